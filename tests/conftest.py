"""For all tests: one server, a sandbox of its own for each test that asks, a client that hides nothing.

At the end stands what the engine's part took, since it has a budget of two seconds.
"""

from __future__ import annotations

import json as _json
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from mock_odus.app import Server, create_app
from tests import described

ENGINE_SECONDS = 2.0
VISA = "4242424242424242"


class Answer:
    """What came back: status, headers, and the body as bytes, text and JSON."""

    def __init__(self, status, headers, raw):
        self.status, self.headers, self.raw = status, headers, raw

    @property
    def text(self):
        return self.raw.decode()

    @property
    def json(self):
        return _json.loads(self.raw)

    @property
    def problems(self):
        """The messages of a refusal, one a problem."""
        message = self.json["message"]
        return [message] if isinstance(message, str) else message


class Client:
    """Speaks HTTP with a key. A body is sent as JSON; `raw` bytes are sent as they are.

    It is held to the OpenAPI documents: whatever is answered on a route that they describe must be as they say.
    """

    def __init__(self, url, key=None, *, is_held=True):
        self.url, self.key, self.is_held = url, key, is_held
        self._line = HTTPConnection(urlsplit(url).netloc, timeout=30)
        self._others = []

    def __call__(self, method, path, body=None, *, raw=None, headers=()):
        sent = {"Authorization": f"Bearer {self.key}"} if self.key is not None else {}
        if raw is None and body is not None:
            raw = _json.dumps(body).encode()
        if raw is not None:
            sent["Content-Type"] = "application/json"
        self._line.request(method, path, raw, sent | dict(headers))
        response = self._line.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        if self.is_held:
            described.check(method, path, answer)
        return answer

    def get(self, path, **options):
        return self("GET", path, **options)

    def post(self, path, body=None, **options):
        return self("POST", path, {} if body is None and "raw" not in options else body, **options)

    def delete(self, path, **options):
        return self("DELETE", path, **options)

    def put(self, path, body=None, **options):
        return self("PUT", path, body, **options)

    def with_key(self, key):
        """The same server, asked with another key; None is no key."""
        self._others.append(Client(self.url, key, is_held=self.is_held))
        return self._others[-1]

    def at(self, url):
        """Another server, asked with the default sandbox's key; it may be corrected, so the documents do not hold."""
        self._others.append(Client(url, "skey_mock", is_held=False))
        return self._others[-1]

    def made(self, path, body=None):
        """The record that a POST made."""
        answer = self.post(path, body)
        assert 201 == answer.status, answer.text
        return answer.json

    def close(self):
        for line in (self._line, *self._others):
            line.close()


class Account(Client):
    """A client with the secret key of a new sandbox; `ids` are those of the starter scenario, by name."""

    def __init__(self, url, sandbox, *, is_held=True):
        super().__init__(url, sandbox["secretKey"], is_held=is_held)
        self.name = sandbox["name"]
        self.publishable_key = sandbox["publishableKey"]
        self.ids = {name: id for kind in sandbox["world"].values() for name, id in kind.items()}

    def payment(self, **fields):
        """A new payment of 50.00."""
        return self.made("/payments", {"amount": 5000, "currency": "usd"} | fields)

    def paid(self, number=VISA, **fields):
        """A payment that a card was tried on."""
        payment = self.payment(returnUrl="https://shop.example/back", **fields)
        return self.made(f"/payments/{payment['id']}/authorize", self.card(number))

    def recurring(self, *cycles, **fields):
        """A price by the month, of 29.99 unless other cycles are given, each an amount, a unit and how many of it."""
        product = self.made("/products", {"name": "Pro Plan"})["id"]
        names = ("position", "amount", "intervalUnit", "intervalValue")
        told = [dict(zip(names, (place, *one))) for place, one in enumerate(cycles or [(2999, "month", 1)], 1)]
        usual = {"product": product, "type": "recurring", "currency": "usd"}
        return self.made("/prices", usual | {"billingSchedule": {"cycleDefinitions": told}} | fields)

    def subscribed(self, price=None, number=VISA, quantity=1, **fields):
        """A new subscription of Jane, paid by card."""
        items = [{"price": (price or self.recurring())["id"], "quantity": quantity}]
        usual = {"currency": "usd", "customer": self.ids["jane"], "returnUrl": "https://shop.example/back"}
        payment = self.made("/payments", usual | {"cart": {"items": items}} | fields)
        paid = self.made(f"/payments/{payment['id']}/authorize", self.card(number))
        return self.get(f"/subscriptions/{paid['subscriptions'][0]}").json

    @staticmethod
    def card(number=VISA, **fields):
        """The body of an authorize with a card."""
        return {"type": "card", "card": {"number": number, "expMonth": "12", "expYear": "2030", "cvv": "100"} | fields}


@pytest.fixture(scope="session")
def app():
    return create_app(scenario="starter")


@pytest.fixture(scope="session")
def server(app):
    server = Server(app)
    server.start()
    yield server
    server.stop()


@contextmanager
def accounts(server):
    """Makes sandboxes, which are gone afterwards."""
    opened = []

    def make(*, is_held=True, **settings):
        opener = Client(server.url)
        sandbox = opener.made("/_mock/sandboxes", {"scenario": "starter"} | settings)
        account = Account(server.url, sandbox, is_held=is_held)
        opener.close()
        opened.append(account)
        return account

    yield make
    for account in opened:
        account.delete(f"/_mock/sandboxes/{account.name}")
        account.close()


@pytest.fixture
def account(server):
    """Makes sandboxes for one test."""
    with accounts(server) as make:
        yield make


@pytest.fixture
def api(account):
    """A client of a new sandbox."""
    return account()


@pytest.fixture
def held_to(api):
    """That client, held to the OpenAPI document at a path, also in what it sends."""
    return lambda path: described.Described(api, path)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [
        report
        for outcome in ("passed", "failed", "error")
        for report in terminalreporter.stats.get(outcome, [])
        if getattr(report, "nodeid", "").startswith("tests/engine/")
    ]
    if reports:
        seconds = sum(report.duration for report in reports)
        late = "" if seconds <= ENGINE_SECONDS else f", over its budget of {ENGINE_SECONDS:.0f} s"
        terminalreporter.write_line(f"engine: {len(reports)} tests took {seconds:.2f} s{late}")
