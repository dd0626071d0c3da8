"""Documented facts, each asked over HTTP of a base URL with a key: here a mock that holds the documentation's ids."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from mock_odus.app import Server, create_app

RETURN_URL = "https://shop.example/thanks?order=7"


class Answer(NamedTuple):
    status: int
    headers: Any
    body: Any


class Odus:
    """A base URL and a key, and nothing else."""

    def __init__(self, url, key):
        self.url, self.key = url, key

    def __call__(self, method, path, body=None, *, key=None):
        line = HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        headers = {"Authorization": f"Bearer {key or self.key}", "Content-Type": "application/json"}
        line.request(method, path, None if body is None else json.dumps(body), headers)
        response = line.getresponse()
        raw = response.read()
        line.close()
        return Answer(response.status, response.headers, json.loads(raw))

    def get(self, path):
        answer = self("GET", path)
        assert 200 == answer.status, answer
        return answer.body

    def post(self, path, body=None):
        """The record; any 2xx, since only that of POST /payments is documented."""
        answer = self("POST", path, {} if body is None else body)
        assert 200 <= answer.status < 300, answer
        return answer.body

    def create(self, **fields):
        return self.post("/payments", {"amount": 5000, "currency": "usd"} | fields)

    def authorize(self, payment, number="4242424242424242", **fields):
        card = {"number": number, "expMonth": "12", "expYear": "40", "cvv": "100", "cardholderName": "Jane Doe"}
        body = {"type": "card", "card": card, "returnUrl": RETURN_URL} | fields
        return self.post(f"/payments/{payment['id']}/authorize", body)

    def pay(self, number="4242424242424242", **fields):
        return self.authorize(self.create(**fields), number)


@pytest.fixture(scope="session")
def _server():
    server = Server(create_app(scenario="odus_docs"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def odus(_server):
    """A clean account on the mock; on the real service it would be a test account."""
    account = Odus(_server.url, "skey_mock")
    account.post("/_mock/sandboxes/mock/reset")
    return account


@pytest.fixture
def advance(odus):
    """Moves the clock: what only a mock can do."""
    return lambda by: odus.post("/_mock/clock/advance", {"by": by})
