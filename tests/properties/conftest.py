"""Sandboxes of one application, asked in the same thread, without a socket."""

from __future__ import annotations

import json
from itertools import count
from typing import Any, NamedTuple

import pytest

from mock_odus.app import create_app

RETURN_URL = "https://shop.example/thanks?cart=1"
DECLINED = "4000000000000002"
CHALLENGED = "4000000000003220"
WORLD: dict[str, Any] = {
    "version": 1,
    "name": "three gateways",
    "world": {
        "gatewayProfiles": {
            "first": {"integration": "stripe"},
            "second": {"integration": "adyen"},
            "third": {"integration": "checkout"},
            "wallet": {"integration": "paypal"},
        },
        "cascades": {
            "queue": {
                "algorithm": "priority_queue",
                "rules": [
                    {"gatewayProfile": "first", "position": 1, "transactionLimit": 1000, "limitPeriod": "month"},
                    {"gatewayProfile": "second", "position": 2, "transactionCap": 10**9, "capPeriod": "day"},
                    {"gatewayProfile": "third", "position": 3},
                ],
            },
            "wallets": {"algorithm": "priority_queue", "rules": [{"gatewayProfile": "wallet", "position": 1}]},
        },
        "merchantConfig": {"paymentMethodOptions": {"card": {"mode": "cascade", "cascade": "queue"}}},
        "customers": {"jane": {}, "joe": {}},
        "paymentMethods": {
            "janes": {"customer": "jane", "card": {"number": "4242424242424242"}},
            "joes": {"customer": "joe", "card": {"number": "5555555555554444"}},
        },
    },
}


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)


class Client:
    """Asks an ASGI application. It never waits for anything, so it runs without an event loop."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, method: str, target: str, body: Any = None, *, key: str | None = None, **headers: str) -> Answer:
        """The answer. Bytes are sent as they are, anything else but None as JSON."""
        path, _, query = target.partition("?")
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = {"host": "mock.local", "content-type": "application/json"} | headers
        if key is not None:
            headers["authorization"] = f"Bearer {key}"
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": raw, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        steps = self.app(scope, receive, send)
        while True:
            try:
                steps.send(None)
            except StopIteration:
                break
        told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent[1:]))


class Account:
    """One sandbox, asked with its secret key."""

    def __init__(self, client: Client, sandbox: dict[str, Any]) -> None:
        self.client, self.name = client, sandbox["name"]
        self.key, self.publishable_key = sandbox["secretKey"], sandbox["publishableKey"]

    def __call__(self, method: str, target: str, body: Any = None, **headers: str) -> Answer:
        return self.client(method, target, body, key=self.key, **headers)

    def get(self, target: str) -> Any:
        answer = self("GET", target)
        assert 200 == answer.status, answer
        return answer.json

    def post(self, target: str, body: Any = None) -> Any:
        answer = self("POST", target, body)
        assert 201 == answer.status, answer
        return answer.json

    @property
    def digest(self) -> str:
        return str(self.get("/_mock/digest")["digest"])

    @property
    def ids(self) -> dict[str, str]:
        """The ids of what the scenario names."""
        kinds = self.get("/_mock/scenario")["world"].values()
        return {name: id for names in kinds for name, id in names.items()}

    def create(self, **fields: Any) -> Any:
        usual = {"amount": 5000, "currency": "usd", "customer": self.ids["jane"], "returnUrl": RETURN_URL}
        return self.post("/payments", usual | fields)

    def authorize(self, payment: Any, number: str = "4242424242424242") -> Any:
        return self.post(f"/payments/{payment['id']}/authorize", typed(number))

    def pay(self, number: str = "4242424242424242", **fields: Any) -> Any:
        return self.authorize(self.create(**fields), number)

    def plan(self, amount: int = 900) -> Any:
        """The id of a price by the month."""
        product = self.post("/products", {"name": "Pro"})["id"]
        cycle = {"position": 1, "amount": amount, "intervalUnit": "month", "intervalValue": 1}
        schedule = {"billingSchedule": {"cycleDefinitions": [cycle]}}
        return self.post("/prices", {"product": product, "type": "recurring", "currency": "usd"} | schedule)["id"]

    def subscribe(self, price: str, number: str = "4242424242424242", **fields: Any) -> Any:
        """A subscription of Jane to a price."""
        paid = self.pay(number, amount=None, cart={"items": [{"price": price}]}, **fields)
        return self.get(f"/subscriptions/{paid['subscriptions'][0]}")

    def reverse(self, payment: Any, **fields: Any) -> Any:
        return self.post(f"/payments/{payment['id']}/reverse", fields)

    def advance(self, by: str) -> Any:
        return self.post("/_mock/clock/advance", {"by": by})


def typed(number: str, **fields: Any) -> dict[str, Any]:
    """The body that authorizes with a card."""
    return {"type": "card", "card": {"number": number, "expMonth": "12", "expYear": "2030", "cvv": "100"} | fields}


def history(account: Account) -> list[bytes]:
    """A bit of everything that can happen, told by the bodies of all answers."""
    seen: list[bytes] = []

    def told(method: str, target: str, body: Any = None) -> Any:
        answer = account(method, target, body)
        seen.append(answer.raw)
        return answer.json

    ids = account.ids
    customer = told("POST", "/customers", {"email": "sam@example.com", "metadata": {"b": "2", "a": "1"}})
    told("POST", "/secret-keys", {"permissions": ["PAYMENT_READ", "CUSTOMER_READ"], "note": "shop"})
    told("POST", "/gateway-profiles", {"title": "Fourth", "integration": "stripe"})
    told(
        "POST", "/_mock/rules", {"when": {"gateway": "first"}, "then": ["insufficient_funds", "approve"], "per": "card"}
    )
    told(
        "POST",
        "/_mock/rules",
        {"when": {"amount": 777}, "then": {"challenge": {"answer": "passed", "after": "1 hour"}}},
    )
    for number in ("4242424242424242", CHALLENGED, DECLINED, "4012888888881881", "4242424242424241"):
        payment = told("POST", "/payments", {"amount": 2999, "currency": "EUR", "customer": customer["id"]})
        told("POST", f"/payments/{payment['id']}/authorize", typed(number) | {"returnUrl": RETURN_URL})
        told("POST", f"/payments/{payment['id']}/reverse", {"amount": 100})
    payment = told("POST", "/payments", {"amount": 777, "currency": "usd", "customer": ids["jane"]})
    told("POST", f"/payments/{payment['id']}/authorize", {"paymentMethod": ids["janes"], "returnUrl": RETURN_URL})
    product = told("POST", "/products", {"name": "Pro"})["id"]
    cycle = {"position": 1, "amount": 900, "intervalUnit": "week", "intervalValue": 1}
    weekly = {"type": "recurring", "currency": "usd", "billingSchedule": {"cycleDefinitions": [cycle]}}
    items = [{"price": told("POST", "/prices", weekly | {"product": product})["id"]}]
    begun = told("POST", "/payments", {"currency": "usd", "customer": ids["joe"], "cart": {"items": items}})
    told("POST", f"/payments/{begun['id']}/authorize", typed("4242424242424242") | {"returnUrl": RETURN_URL})
    told("POST", "/_mock/clock/advance", {"by": "30 days"})
    told("POST", f"/payments/{payment['id']}/reverse")
    resources = ("payments", "transactions", "customers", "payment-methods", "gateway-profiles", "cascades")
    for resource in (*resources, "subscriptions", "invoices"):
        told("GET", f"/{resource}?pageSize=100")
    for journal in ("events", "attempts", "jobs"):
        told("GET", f"/_mock/journal/{journal}?pageSize=100")
    for own in ("timeline", "rules", "clock", "scenario", "challenges", "digest"):
        told("GET", f"/_mock/{own}")
    return seen


class Mock:
    """An application, and new sandboxes in it."""

    def __init__(self, **options: Any) -> None:
        self.app = create_app(**options)
        self.client = Client(self.app)
        self.names = count(1)

    def open(self, **fields: Any) -> Account:
        """A new sandbox that runs WORLD unless told otherwise; with `origin` a copy of `sandbox/snapshot`."""
        if "origin" in fields:
            fields["from"] = fields.pop("origin")
        else:
            fields = {"scenario": WORLD} | fields
        name = f"own-{next(self.names)}"  # no id holds a hyphen, so the name can be told from what is around it
        answer = self.client("POST", "/_mock/sandboxes", {"name": name} | fields)
        assert 201 == answer.status, answer
        return Account(self.client, answer.json)


@pytest.fixture(scope="session")
def mock():
    """One application for all of these tests; none of them touches its default sandbox's world."""
    return Mock()


@pytest.fixture
def open_mock():
    """Starts another application: `open_mock(secret_key="skey_shop")`."""
    return Mock


@pytest.fixture(name="history")
def _history():
    return history


@pytest.fixture(name="typed")
def _typed():
    return typed
