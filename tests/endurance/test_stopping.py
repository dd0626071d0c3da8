"""The server is told to stop while it has its hands full: what it has taken is answered, and then it is gone."""

import json
import signal
import subprocess
import sys
from contextlib import contextmanager
from http.client import HTTPConnection
from threading import Barrier, Thread
from time import perf_counter

import pytest

SECONDS = 2.0
CREATE = json.dumps({"amount": 5000, "currency": "usd"}).encode()
HEADERS = {"Authorization": "Bearer skey_mock", "Content-Type": "application/json"}
POST = b"".join(
    [
        b"POST /payments HTTP/1.1\r\nHost: localhost\r\n",
        *(f"{name}: {value}\r\n".encode() for name, value in HEADERS.items()),
        b"Content-Length: %d\r\n\r\n" % len(CREATE),
        CREATE,
    ]
)


@contextmanager
def serving():
    """A server in a process of its own, and its port."""
    command = [sys.executable, "-m", "mock_odus", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process, int(process.stdout.readline().rpartition(":")[2])
        finally:
            process.kill()


def ended(process):
    """Asserts that a process that was told to end does so in time, and without a traceback."""
    began = perf_counter()
    _, errors = process.communicate(timeout=10)
    assert perf_counter() - began < SECONDS
    assert "Traceback" not in errors


class Caller(Thread):
    """Makes payments one after the other until nobody listens any more. One that is not answered is an error."""

    def __init__(self, port, started):
        super().__init__()
        self.port, self.started, self.made = port, started, 0

    def run(self):
        while line := self._connected():
            while True:
                line.request("POST", "/payments", CREATE, HEADERS)
                answer = line.getresponse()
                answer.read()
                self.made += answer.status == 201
                if self.made == 1:
                    self.started.wait(10)
                if answer.will_close:
                    break
            line.close()

    def _connected(self):
        line = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            line.connect()
        except ConnectionRefusedError:
            return None
        return line


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_under_load_everything_that_was_taken_is_answered(dial, stop):
    """Requests that lie in a hundred connections when the signal comes, some of them new, get their answers."""
    with serving() as (process, port):
        used, fresh = ([dial(port) for _ in range(50)] for _ in range(2))
        for line in used:
            line.send(POST)
            assert 201 == line.answer()[0]
        process.send_signal(signal.SIGSTOP)  # while it stands still, everything comes at once
        fresh += [dial(port) for _ in range(50)]
        for line in (*used, *fresh):
            line.send(POST)
        process.send_signal(stop)
        process.send_signal(signal.SIGCONT)
        ended(process)

        answers = [line.rest() for line in (*used, *fresh)]
        assert [] == [answer for answer in answers if not answer.startswith(b"HTTP/1.1 201 ")]
        assert [] == [answer for answer in answers if not answer.endswith(b"}")]


def test_who_asks_all_the_time_is_answered_to_the_end():
    """Clients that never pause are told to close, and find nobody there when they come again: no request is lost."""
    with serving() as (process, port):
        started = Barrier(9)
        callers = [Caller(port, started) for _ in range(8)]
        for caller in callers:
            caller.start()
        started.wait(10)
        process.send_signal(signal.SIGTERM)
        ended(process)
        for caller in callers:
            caller.join(10)

        assert 0 == sum(caller.is_alive() for caller in callers)
        assert all(caller.made for caller in callers)


def test_what_would_never_end_is_ended(dial):
    """Listeners, those who wait for something, half a request and silence hold nothing up."""
    bearer = b"Host: localhost\r\nAuthorization: Bearer skey_mock\r\n\r\n"
    with serving() as (process, port):
        stream, waiting, half, silent = (dial(port) for _ in range(4))
        stream.send(b"GET /_mock/stream HTTP/1.1\r\n" + bearer)
        waiting.send(b"GET /_mock/journal/events?waitFor=99&timeout=60s HTTP/1.1\r\n" + bearer)
        half.send(POST[:-5])
        assert stream.socket.recv(4096)
        process.send_signal(signal.SIGTERM)
        ended(process)

    assert waiting.rest().startswith(b"HTTP/1.1 200 ")
    assert half.rest().startswith(b"HTTP/1.1 503 ")
    assert b"" == silent.rest()
