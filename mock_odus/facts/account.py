"""An account that facts are asked of: a base URL and a key, and what can be done with them in few words."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPSConnection
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from mock_odus.facts.fact import Differs, NotCheckable

RETURN_URL = "https://shop.example/thanks?order=7"
VISA, CHALLENGED, DECLINED = "4242424242424242", "4000000000003220", "4000000000000002"

# Resources of which no page shows the path. Where they are not, nothing can be said of what is told by them.
_GUESSED = re.compile(r"/(invoices|transactions|blacklist|publishable-keys)\b")
_TIMEOUT_SECONDS = 60.0


class Answer(NamedTuple):
    status: int
    headers: HTTPMessage
    body: Any

    @property
    def is_refusal(self) -> bool:
        """Which status tells it is a guess."""
        return 400 <= self.status < 500


class Account:
    """`paths` are the assumed ones by name. `sandbox` is the name of a sandbox of a mock, None elsewhere."""

    def __init__(self, url: str, key: str, paths: Mapping[str, str], sandbox: str | None = None) -> None:
        self.url, self.key, self.paths, self.sandbox = url.rstrip("/"), key, paths, sandbox
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"'{url}' is not the URL of a server; an example: http://127.0.0.1:4010")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._line, self._root = kind(parts.netloc, timeout=_TIMEOUT_SECONDS), parts.path

    def __call__(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """ConnectionError when there is no answer, NotCheckable when a path that we guess is not there."""
        sent = {"Authorization": f"Bearer {key or self.key}"} | dict(headers or {})
        raw = None if body is None else json.dumps(body)
        if raw is not None:
            sent["Content-Type"] = "application/json"
        try:
            self._line.request(method, self._root + quote(path, safe="/?&=[]%,:-_.~"), raw, sent)
            response = self._line.getresponse()
            text = response.read()
        except (OSError, HTTPException) as error:
            self._line.close()
            raise ConnectionError(f"{method} {self.url}{path}: {error or type(error).__name__}") from error
        try:
            told = json.loads(text) if text else None
        except ValueError:
            told = text.decode(errors="replace")
        if response.status in (404, 405) and (name := self._guess(path)):
            raise NotCheckable(f"{name} is our guess, and is not there")
        return Answer(response.status, response.headers, told)

    def close(self) -> None:
        self._line.close()

    # --- What is asked

    def get(self, path: str) -> Any:
        """What a GET answers. Differs when it is not a 200."""
        answer = self("GET", path)
        if answer.status != 200:
            raise Differs(f"GET {path} is answered by {answer.status}: {_message(answer)}")
        return answer.body

    def post(self, path: str, body: object = None) -> Any:
        """The record; any 2xx, since only that of POST /payments is documented."""
        answer = self("POST", path, {} if body is None else body)
        if not 200 <= answer.status < 300:
            raise Differs(f"POST {path} is answered by {answer.status}: {_message(answer)}")
        return answer.body

    def refuses(self, path: str, body: object = None) -> str:
        """The message of a POST that is a 400. Differs when it is not."""
        answer = self("POST", path, {} if body is None else body)
        if answer.status != 400:
            raise Differs(f"POST {path} must be refused by 400, and is answered by {answer.status}")
        return _message(answer)

    def act(self, name: str, id: str, body: object = None) -> Any:
        """Calls a verb that lies where we guess: `payments.authorize`."""
        return self.post(self.at(name, id), body)

    def at(self, name: str, id: str = "") -> str:
        """The path of a verb or resource that lies where we guess."""
        return self.paths[name].replace("{id}", id)

    def records(self, path: str) -> list[Any]:
        """The records of a list, a hundred at most."""
        found: list[Any] = self.get(path + ("&" if "?" in path else "?") + "pageSize=100")["data"]
        return found

    # --- What an account holds

    def email(self) -> str:
        """An address that nobody has."""
        return f"facts-{secrets.token_hex(5)}@mail.example"  # more digits could be a card number, and would be masked

    def customer(self, **fields: Any) -> str:
        """The id of a new customer."""
        id: str = self.post("/customers", {"email": self.email()} | fields)["id"]
        return id

    def profile(self, integration: str) -> str:
        """The id of the account's gateway profile of an integration. NotCheckable without one."""
        found = self.records(f"/gateway-profiles?integration[eq]={integration}")
        if not found:
            raise NotCheckable(f"the account has no gateway profile of {integration}")
        id: str = found[0]["id"]
        return id

    def gateways(self) -> Sequence[str]:
        """The ids of two gateway profiles that take cards. NotCheckable without."""
        return [self.profile("stripe"), self.profile("adyen")]

    def cascade(self, algorithm: str, gateways: Sequence[str], *fields: Mapping[str, Any]) -> str:
        """The id of a new cascade of gateways by their positions, with what its rules have besides."""
        rules = [
            {"gatewayProfile": id, "position": place} | dict(own)
            for place, (id, own) in enumerate(zip(gateways, fields or [{}] * len(gateways), strict=True), 1)
        ]
        id: str = self.post("/cascades", {"title": "Facts", "algorithm": algorithm, "rules": rules})["id"]
        return id

    def plan(self, amount: int = 2999, unit: str = "month", currency: str = "usd") -> str:
        """The id of a new price that recurs."""
        cycle = {"position": 1, "amount": amount, "intervalUnit": unit, "intervalValue": 1}
        product = self.post("/products", {"name": "Pro Plan"})["id"]
        body = {"product": product, "type": "recurring", "currency": currency}
        id: str = self.post("/prices", body | {"billingSchedule": {"cycleDefinitions": [cycle]}})["id"]
        return id

    def secret_key(self, *permissions: str) -> str:
        """The value of a new secret key."""
        value: str = self.post("/secret-keys", {"note": "facts", "permissions": list(permissions)})["value"]
        return value

    @contextmanager
    def settings(self, **changes: Any) -> Iterator[Any]:
        """The merchant's configuration, changed for a while."""
        (config,) = self.records("/merchant-configs")
        try:
            yield self.post(f"/merchant-configs/{config['id']}", changes)
        finally:
            self.post(f"/merchant-configs/{config['id']}", {name: config[name] for name in changes})

    # --- Paying

    def create(self, **fields: Any) -> Any:
        """A new payment of 50.00."""
        return self.post("/payments", {"amount": 5000, "currency": "usd"} | fields)

    @staticmethod
    def card(number: str = VISA) -> dict[str, Any]:
        """The body that authorizes with a card."""
        card = {"number": number, "expMonth": "12", "expYear": "40", "cvv": "100", "cardholderName": "Jane Doe"}
        return {"type": "card", "card": card, "returnUrl": RETURN_URL}

    def authorize(self, payment: Any, number: str = VISA) -> Any:
        return self.act("payments.authorize", payment["id"], self.card(number))

    def pay(self, number: str = VISA, **fields: Any) -> Any:
        return self.authorize(self.create(**fields), number)

    def hold(self) -> Any:
        """A payment that is authorized and waits for its capture."""
        return self.pay(paymentMethodOptions={"captureMethod": "manual"})

    def subscribe(self, price: str, customer: str, **fields: Any) -> Any:
        """The subscription that begins when a customer pays for a recurring price."""
        cart = {"items": [{"price": price, "quantity": 1}]}
        paid = self.authorize(self.post("/payments", {"currency": "usd", "customer": customer, "cart": cart} | fields))
        if paid["status"] != "succeeded":
            raise Differs(f"a payment for a recurring price is {paid['status']}")
        found = self.records(f"/subscriptions?customer[eq]={customer}&price[eq]={price}")
        if not found:
            raise Differs("a payment for a recurring price has succeeded, and no subscription has begun")
        return found[-1]

    def renewals(self, customer: str) -> list[Any]:
        """The payments that the billing engine has made of a customer, the oldest first."""
        return self.records(f"/payments?offSessionType[eq]=recurring&customer[eq]={customer}")

    # --- What only a mock can do

    def now(self) -> str:
        """The time on its clock."""
        now: str = self.get("/_mock/clock")["now"]
        return now

    def advance(self, by: str | None = None, *, to: str | None = None, until: str | None = None) -> None:
        """Moves the clock: by a duration, to an instant, or until something."""
        told = {"by": by, "to": to, "until": until}
        self.post("/_mock/clock/advance", {word: value for word, value in told.items() if value is not None})

    def answers(self, payment: Any, result: str) -> str:
        """Answers a challenge as a customer would in a browser, and tells where they are sent then."""
        back: str = self.post(f"/_mock/challenges/{payment['id']}/complete", {"result": result})["returnUrl"]
        return back

    def gateways_say(self, then: object, operation: str = "authorize") -> None:
        """Has every gateway answer so from now on, to authorizations or to another operation."""
        self.post("/_mock/rules", {"when": {"operation": operation}, "then": then})

    def _guess(self, path: str) -> str | None:
        """What it is called, when nobody documents that path."""
        plain = path.partition("?")[0]
        for name, template in self.paths.items():
            pattern = re.escape(template).replace(r"\{id\}", "[^/]+")
            if re.fullmatch(pattern if "{id}" in template else rf"{pattern}(/[^/]+)?", plain):
                return f"paths.{name}"
        found = _GUESSED.match(plain)
        return f"the path {found[0]}" if found else None


def _message(answer: Answer) -> str:
    told = answer.body.get("message", "") if isinstance(answer.body, dict) else answer.body
    return "; ".join(map(str, told)) if isinstance(told, list) else str(told)
