"""A server of one's own with little patience, raw connections to it, and a neighbour who wants an answer meanwhile."""

from __future__ import annotations

import re
import socket
from contextlib import closing
from time import perf_counter

import pytest

from mock_odus.app import Server, create_app
from tests.conftest import Client

PATIENCE = 0.4
PROMPTLY = 5.0
"""Seconds, on a machine that may be busy; who is held up waits for ever."""


class Line:
    """One connection, and the bytes on it."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)

    def send(self, data):
        """False when the server does not listen any more."""
        try:
            self.socket.sendall(data)
        except OSError:
            return False
        return True

    def rest(self):
        """Everything that comes until the server closes."""
        found = b""
        try:
            while data := self.socket.recv(65536):
                found += data
        except ConnectionResetError:
            pass
        return found

    def answer(self):
        """Status and text of one answer; the connection stays open."""
        found = b""
        while b"\r\n\r\n" not in found:
            found += self._more()
        head, _, body = found.partition(b"\r\n\r\n")
        length = int(re.search(rb"(?i)content-length: *(\d+)", head)[1])
        while len(body) < length:
            body += self._more()
        return int(head.split()[1]), body.decode()

    def _more(self):
        data = self.socket.recv(65536)
        assert data, "closed in the middle of an answer"
        return data

    def close(self):
        self.socket.close()


@pytest.fixture
def hasty():
    """A server that waits for a request less than half a second."""
    server = Server(create_app(scenario="starter"), patience=PATIENCE)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def dial():
    """Opens raw connections to a port."""
    opened = []

    def make(port):
        opened.append(Line(port))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def line(hasty, dial):
    """Opens raw connections to the hasty server."""
    return lambda: dial(hasty.port)


@pytest.fixture
def neighbour(hasty):
    """Asserts that somebody else is answered promptly."""

    def asks():
        began = perf_counter()
        with closing(Client(hasty.url, "skey_mock")) as client:
            assert 201 == client.post("/payments", {"amount": 5000, "currency": "usd"}).status
        assert perf_counter() - began < PROMPTLY

    return asks
