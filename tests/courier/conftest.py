"""A receiver on loopback that answers as it is told, and a sandbox that posts to it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Receiver:
    """What arrived, as (event type, subject, sandbox's time); `answers` is asked for the status of each post."""

    def __init__(self):
        self.seen = []
        self.posts = []
        self.answers = lambda event, headers: 200
        receiver = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                event = json.loads(body)
                receiver.posts.append((self.path, dict(self.headers), body))
                status = receiver.answers(event, self.headers)
                if status is None:  # hangs up without a word
                    self.close_connection = True
                    return
                receiver.seen.append((event["eventType"], event["data"]["id"], self.headers["x-mock-now"], status))
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hooks?shop=7"
        self._thread = threading.Thread(target=lambda: self._server.serve_forever(0.01), daemon=True)
        self._thread.start()

    @property
    def taken(self):
        """What was answered with a 2xx: event type and subject."""
        return [(type, subject) for type, subject, _, status in self.seen if status < 300]

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def receiver():
    found = Receiver()
    yield found
    found.close()


@pytest.fixture
def subscribe(api):
    """Makes a subscriber of the sandbox, of everything unless told otherwise."""

    def made(url, *events):
        return api.made("/webhook-subscribers", {"url": url, "events": list(events or ("*",))})

    return made


@pytest.fixture
def settle(api):
    """Waits until what is due now has been sent. How many are still to be sent later."""
    return lambda: api.made("/_mock/deliveries/settle")["pending"]


@pytest.fixture
def journal(api):
    """All deliveries, oldest first."""
    return lambda query="": api.get(f"/_mock/journal/deliveries?pageSize=100&{query}").json["data"]
