"""Documented facts, each asked over HTTP of a base URL with a key: here a mock that holds the documentation's ids.

The docstring of a test is the fact, and the pages that state it. What a test needs beside an account stands in its
arguments: `advance`, `answer` and `gateway_says` are what only a mock can do.
"""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from mock_odus.app import Server, create_app

RETURN_URL = "https://shop.example/thanks?order=7"
VISA = "4242424242424242"
MANUAL = {"captureMethod": "manual", "card": {"mode": "cascade", "cascade": "cas_abc123"}}


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

    def refuses(self, path, body=None):
        """The problems of a POST that is a 400."""
        answer = self("POST", path, {} if body is None else body)
        assert 400 == answer.status, answer
        return answer.body["message"]

    def profile(self, integration):
        """The id of the account's gateway profile of an integration."""
        found = self.get(f"/gateway-profiles?integration[eq]={integration}")["data"]
        return found[0]["id"]

    @staticmethod
    def card(number=VISA):
        """The body that authorizes with a card."""
        card = {"number": number, "expMonth": "12", "expYear": "40", "cvv": "100", "cardholderName": "Jane Doe"}
        return {"type": "card", "card": card, "returnUrl": RETURN_URL}

    def authorize(self, payment, number=VISA):
        return self.post(f"/payments/{payment['id']}/authorize", self.card(number))

    def pay(self, number=VISA, **fields):
        return self.authorize(self.create(**fields), number)

    def plan(self, amount=2999, unit="month", currency="usd"):
        """The id of a price that recurs."""
        cycle = {"position": 1, "amount": amount, "intervalUnit": unit, "intervalValue": 1}
        product = self.post("/products", {"name": "Pro Plan"})["id"]
        body = {"product": product, "type": "recurring", "currency": currency}
        return self.post("/prices", body | {"billingSchedule": {"cycleDefinitions": [cycle]}})["id"]

    def customer(self):
        """The id of a new customer."""
        return self.post("/customers", {"email": "sam@example.com"})["id"]

    def subscribe(self, price, customer, **fields):
        """The subscription that begins when a customer pays for a recurring price."""
        cart = {"items": [{"price": price, "quantity": 1}]}
        body = {"currency": "usd", "customer": customer, "cart": cart} | fields
        assert "succeeded" == self.authorize(self.post("/payments", body))["status"]
        found = self.get(f"/subscriptions?customer[eq]={customer}&price[eq]={price}")["data"]
        return found[-1]

    def renewals(self):
        """The payments that the billing engine has made, the oldest first."""
        return self.get("/payments?offSessionType[eq]=recurring&pageSize=100")["data"]

    def hold(self):
        """A payment that is authorized and waits for its capture."""
        return self.pay(paymentMethodOptions=MANUAL)


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
    """Moves the clock: by a duration, or to an instant."""
    return lambda by=None, *, to=None: odus.post("/_mock/clock/advance", {"to": to} if to else {"by": by})


@pytest.fixture
def answer(odus):
    """Answers a payment's challenge as its customer would in a browser, and tells where they are sent then."""
    return lambda payment, result: odus.post(f"/_mock/challenges/{payment['id']}/complete", {"result": result})[
        "returnUrl"
    ]


@pytest.fixture
def gateway_says(odus):
    """Has every gateway answer so from now on, to authorizations or to another operation."""
    return lambda then, operation="authorize": odus.post(
        "/_mock/rules", {"when": {"operation": operation}, "then": then}
    )


@pytest.fixture
def log_in(odus):
    """Makes a user of a role and logs in as they would at the dashboard: the key that it then uses."""

    def session(role):
        pair = {"email": f"{role}@example.com", "password": "Str0ng#Pass"}
        odus.post("/users", pair | {"role": role})
        return odus.post("/_mock/sessions", pair)["key"]

    return session
