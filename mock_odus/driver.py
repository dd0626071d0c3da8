"""A test's handle on a sandbox, over HTTP only: it drives a server in this process and one in a container alike.

Amounts are integers in minor units (2999 is 29.99), instants are text (`2026-01-31T09:00:00.000Z`), and whatever the
server refuses is raised as `OdusApiError`.
"""

from __future__ import annotations

import json as _json
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlencode, urlsplit

if TYPE_CHECKING:
    from http.client import HTTPConnection

__tracebackhide__ = True
"""A report of pytest ends at the test's own line: what lies below it is ours, and may hold card numbers."""

PAGE_SIZE = 100
TIMEOUT_SECONDS = 60.0
JSON, YAML = "application/json", "application/yaml"
TEST_CARD = "4242424242424242"

_LIST_WORDS = ("page", "pageSize", "sortBy", "sortDirection")
_PLACE = re.compile(r"(?:scenario|rule)(:\d+:\d+: )(.*)", re.DOTALL)


class OdusApiError(Exception):
    """What the server refused: `status`, `message`, `problems` (one sentence each), `method` and `path`.

    Example: `with pytest.raises(OdusApiError, match="amount"): odus.payments.create(amount=-1, currency="usd")`
    """

    def __init__(self, method: str, path: str, status: int, answer: Any) -> None:
        told = answer.get("message", answer) if isinstance(answer, dict) else answer
        self.method, self.path, self.status = method, path, status
        self.problems: tuple[str, ...] = tuple(map(str, told)) if isinstance(told, list) else (str(told),)
        self.message = "; ".join(self.problems)
        super().__init__("\n  - ".join((f"{method} {path} was answered by {status}", *self.problems)))


class UnknownName(KeyError):
    """A name no record of the running scenario bears, or one that two kinds of records share."""

    def __str__(self) -> str:
        return str(self.args[0])


class Record(dict[str, Any]):
    """A JSON object whose keys are also attributes: `payment.displayStatus`, `payment.transactions[0].outcome`.

    A key that every dict has as a method (`items`, `values`, …) is read as `payment.cart["items"]`.
    """

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            pass
        nearest = "" if name.startswith("__") else _nearest(camel(name), self)
        raise AttributeError(f"no '{name}' here{nearest}", name=name, obj=None)


class Page(list[Record]):
    """Records of a list, oldest first, with the server's `pagination` of the last page read."""

    def __init__(self, records: Sequence[Record] = (), pagination: Record | None = None) -> None:
        super().__init__(records)
        self.pagination = Record() if pagination is None else pagination


class Attempts(Page):
    """Entries of the journal of attempts: one gateway, asked once.

    `gateways`: which were asked, by their name in the scenario, else their id. `outcomes`: `approve`, `challenge`
    (still waiting) or an error code. `declines`: the error codes alone.

    Example: `assert ["eu", "us"] == odus.attempts(payment=payment).gateways`
    """

    def __init__(self, entries: Sequence[Record], pagination: Record | None, names: Mapping[str, str]) -> None:
        super().__init__(entries, pagination)
        self.gateways = [names.get(entry["gatewayProfile"], entry["gatewayProfile"]) for entry in entries]
        self.outcomes = [_word(entry["outcome"]) for entry in entries]
        self.declines = [entry["outcome"]["errorCode"] for entry in entries if entry["outcome"]["status"] == "failure"]


class Ids(dict[str, str]):
    """Name → id of the running scenario's records: `odus.ids["jane"]`, or `odus.ids["customers.jane"]`.

    The long form is needed where two kinds of records share a name; `UnknownName` says so.
    """

    def __init__(self, world: Mapping[str, Any]) -> None:
        kinds = {kind: names for kind, names in world.items() if isinstance(names, dict)}
        every = [name for names in kinds.values() for name in names]
        super().__init__()
        for kind, names in kinds.items():
            self.update({f"{kind}.{name}": id_ for name, id_ in names.items()})
            self.update({name: id_ for name, id_ in names.items() if every.count(name) == 1})
        self.kinds: dict[str, dict[str, str]] = kinds

    def __missing__(self, name: str) -> str:
        several = [f"'{kind}.{name}'" for kind, names in self.kinds.items() if name in names]
        if several:
            raise UnknownName(f"'{name}' names several records: write {' or '.join(several)}")
        raise UnknownName(f"the running scenario names no record '{name}'{_nearest(name, self)}")


class Connection:
    """HTTP to one server: a kept-alive connection for each thread, JSON both ways."""

    def __init__(self, url: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self.url = url.rstrip("/")
        self._address = urlsplit(self.url)
        if self._address.scheme not in ("http", "https") or not self._address.hostname:
            raise ValueError(f"'{url}' is not the URL of a server; an example: http://127.0.0.1:4010")
        self._timeout = timeout
        self._lines: dict[int, HTTPConnection] = {}

    def ask(self, method: str, path: str, content: Any = None, *, key: str = "", media_type: str = JSON) -> Any:
        """The decoded answer, text where it is not JSON; `content` is sent as JSON unless it is bytes.

        OdusApiError from status 400 on, ConnectionError when the server cannot be reached or says nothing sensible.
        """
        from http.client import HTTPException  # late: importing it costs as much as importing this whole package

        headers = {"Authorization": f"Bearer {key}"} if key else {}
        if content is not None:
            content = content if isinstance(content, bytes) else _json.dumps(content).encode()
            headers["Content-Type"] = media_type
        line = self._line()
        try:
            line.request(method, self._address.path + path, content, headers)
            response = line.getresponse()
            answer: Any = response.read()
        except (OSError, HTTPException) as error:
            line.close()
            raise ConnectionError(f"{method} {self.url}{path}: {error or type(error).__name__}") from error
        except BaseException:
            line.close()
            raise
        if "json" in (response.headers.get("Content-Type") or ""):
            answer = _json.loads(answer, object_hook=Record)
        else:
            answer = answer.decode(errors="replace")
        if response.status >= 400:
            raise OdusApiError(method, path, response.status, answer)
        return answer

    def close(self) -> None:
        """Closes all connections; the next call opens one again."""
        for line in self._lines.values():
            line.close()

    def _line(self) -> HTTPConnection:
        """This thread's connection. One that the server has closed is opened again before anything is sent.

        No request is ever sent twice: that would hide a fault of the server, or pay twice.
        """
        line = self._lines.get(threading.get_ident())
        if line is None:
            from http.client import HTTPConnection, HTTPSConnection

            kind = HTTPSConnection if self._address.scheme == "https" else HTTPConnection
            line = kind(self._address.netloc, timeout=self._timeout)  # it sets TCP_NODELAY
            self._lines[threading.get_ident()] = line
        elif line.sock is not None and _has_something_to_read(line.sock):
            line.close()
        return line


class Collection:
    """One resource. Any other attribute is an action: `odus.payments.reverse(payment.id, amount=500)`.

    Keywords are sent in camelCase (`payment_method` as `paymentMethod`), what lies inside a value as it is. Wherever an
    id is expected a record will do. Whatever the server refuses is raised as OdusApiError.
    """

    def __init__(self, driver: Driver, name: str) -> None:
        self._driver = driver
        self._path = "/" + _kebab(name)

    def create(self, **fields: Any) -> Record:
        """A new record. Example: `odus.customers.create(email="jane@example.com")`"""
        return self._driver._record("POST", self._path, _given(fields))

    def get(self, id: str | Mapping[str, Any]) -> Record:
        """The record as it is now; also `odus.payments[id]`. Status 404 when there is none."""
        return self._driver._record("GET", self._at(id))

    def __getitem__(self, id: str | Mapping[str, Any]) -> Record:
        return self.get(id)

    def list(self, **params: Any) -> Page:
        """All records that fit; with `page` or `page_size` that one page, as the API pages.

        Filters: `status="open"`, `amount={"gte": 100}`, `currency=["usd", "eur"]`, `customer=None` (is null),
        `metadata={"orderId": "1"}`. Sorting: `sort_by`, `sort_direction`.

        Example: `odus.payments.list(status="succeeded", sort_by="amount")`
        """
        return self._driver._list(self._path, params)

    def update(self, id: str | Mapping[str, Any], **fields: Any) -> Record:
        """The record, changed in the given fields. Example: `odus.customers.update(jane, name="Jane Doe")`"""
        return self._driver._record("POST", self._at(id), _given(fields))

    def delete(self, id: str | Mapping[str, Any]) -> Record:
        """The deleted record."""
        return self._driver._record("DELETE", self._at(id))

    def __getattr__(self, action: str) -> Callable[..., Record]:
        if action.startswith("_"):
            raise AttributeError(action)

        def act(id: str | Mapping[str, Any], **fields: Any) -> Record:
            return self._driver._record("POST", f"{self._at(id)}/{_kebab(action)}", _given(fields))

        return act

    def _at(self, id: str | Mapping[str, Any]) -> str:
        return f"{self._path}/{quote(_id(id), safe='')}"


class Driver:
    """A test's handle on one sandbox.

    `url` and `secret_key` are what the app under test needs. `name` and `publishable_key` default to those that belong
    to `secret_key`. `scenarios` is a folder in which scenario names are looked for before the server is asked, `folder`
    where relative paths of scenario files begin.

    Example: `Driver("http://127.0.0.1:4010", "skey_mock").pay(2999)`
    """

    def __init__(
        self,
        url: str,
        secret_key: str,
        *,
        publishable_key: str | None = None,
        name: str | None = None,
        scenarios: str | os.PathLike[str] | None = None,
        folder: str | os.PathLike[str] = ".",
        connection: Connection | None = None,
    ) -> None:
        self._connection = connection or Connection(url)
        self.url = self._connection.url
        self.secret_key = secret_key
        self.name = name or secret_key.removeprefix("skey_")
        self.publishable_key = publishable_key or f"pk_{self.name}"
        self._scenarios = None if scenarios is None else Path(scenarios)
        self._folder = Path(folder)
        self._ids: Ids | None = None
        self._unhit: dict[tuple[str, str], str] = {}
        self.payments = Collection(self, "payments")
        self.transactions = Collection(self, "transactions")
        self.customers = Collection(self, "customers")
        self.payment_methods = Collection(self, "payment_methods")
        self.gateway_profiles = Collection(self, "gateway_profiles")
        self.cascades = Collection(self, "cascades")
        self.merchant_configs = Collection(self, "merchant_configs")
        self.secret_keys = Collection(self, "secret_keys")

    @classmethod
    def open(
        cls,
        url: str,
        name: str,
        *,
        scenario: str | Mapping[str, Any] | os.PathLike[str] | None = None,
        rules: Sequence[Mapping[str, Any]] = (),
        now: str | None = None,
        seed: int | None = None,
        scenarios: str | os.PathLike[str] | None = None,
        folder: str | os.PathLike[str] = ".",
        connection: Connection | None = None,
    ) -> Self:
        """A handle on a new sandbox, which `close` deletes. `now` is its first instant, before the scenario's own.

        `rules` stand above the scenario's, in their order. Example:
        `Driver.open(url, "shop-1", scenario="starter", rules=[{"then": "insufficient_funds"}])`
        """
        driver = cls(url, f"skey_{name}", scenarios=scenarios, folder=folder, connection=connection)
        file = driver._file(scenario)
        settings = {
            "name": name,
            "scenario": scenario if file is None else None,
            "seed": seed,
            "clock": now and {"start": now},
        }
        with _places_in(None):
            answer = driver._connection.ask("POST", "/_mock/sandboxes", _told(settings))
        driver.secret_key, driver.publishable_key = answer.secretKey, answer.publishableKey
        driver._ids = Ids(answer.world)
        try:
            if file is not None:
                driver.scenario(file)
                if now is not None:
                    driver.reset()  # loading has moved the clock to the file's own start
            elif isinstance(scenario, Mapping):
                driver._wrote(scenario)
            for place, rule in reversed(list(enumerate(rules))):
                driver.rule({"name": f"rules[{place}] of the test", **rule})
        except BaseException:
            driver.close()
            raise
        return driver

    def close(self) -> None:
        """Deletes the sandbox, with all that is in it."""
        self.delete(f"/_mock/sandboxes/{self.name}")

    def __repr__(self) -> str:
        return f"<odus sandbox {self.name} at {self.url}>"

    # --- Time --------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> str:
        """The sandbox's instant. Example: `assert "2026-01-01T00:00:00.000Z" == odus.now`"""
        return str(self.get("/_mock/clock")["now"])

    def advance(self, *, by: str | None = None, to: str | None = None, max_steps: int | None = None) -> Record:
        """Moves time forward and runs all that falls due at its own instant; answers what happened.

        `by` is a duration (`1 month`, `90 seconds`, `P1M2D`; months are calendar months), `to` an instant. Status 409
        when it lies in the past. Stops early after `max_steps` jobs. Example: `odus.advance(by="1 day")`
        """
        return self._record("POST", "/_mock/clock/advance", _told({"by": by, "to": to, "maxSteps": max_steps}))

    def agenda(self) -> list[Record]:
        """What falls due next: `at`, `kind` and `subject` of up to ten jobs."""
        return list(self.get("/_mock/clock")["agenda"])

    # --- The outside world -------------------------------------------------------------------------------------------

    def scenario(self, scenario: str | Mapping[str, Any] | os.PathLike[str]) -> Record:
        """Loads a scenario and makes its world: by name, as a document, or from a `.yaml` file. Replaces the last one.

        Rules of a document given here must be used by the test. Status 400 tells every problem of a bad one.
        Example: `odus.scenario({"version": 1, "name": "empty"})`
        """
        self._count_hits()
        file = self._file(scenario)
        document = {"name": scenario} if isinstance(scenario, str) else scenario
        with _places_in(file):
            if file is not None:
                answer: Record = self._ask("PUT", "/_mock/scenario", file.read_bytes(), media_type=YAML)
            else:
                answer = self._ask("PUT", "/_mock/scenario", document)
        if isinstance(scenario, Mapping):
            self._wrote(scenario)
        self._ids = Ids(answer.world)
        return answer

    def rule(self, rule: Mapping[str, Any]) -> Record:
        """Puts one rule above all others; answers it with its `id`. The test must use it.

        Example: `odus.rule({"when": {"gateway": "eu"}, "then": "unreachable", "times": 1})`
        """
        with _places_in(None):
            answer = self._record("POST", "/_mock/rules", rule)
        self._unhit["id", answer.id] = answer.name
        return answer

    def rules(self) -> list[Record]:
        """The rules of the running scenario, the first to be asked first, with `hits` and `spent`."""
        return list(self.get("/_mock/rules"))

    def unused_rules(self, *, named: bool = False) -> list[str]:
        """Names of rules written through this handle that decided nothing yet; `named`: of all rules."""
        if named:
            return [rule.name for rule in self.rules() if not rule.hits]
        self._count_hits()
        return list(self._unhit.values())

    @property
    def ids(self) -> Ids:
        """Name → id of the running scenario's records. Example: `odus.pay(500, customer=odus.ids["jane"])`"""
        if self._ids is None:
            self._ids = Ids(self.get("/_mock/scenario")["world"])
        return self._ids

    def complete_challenge(self, payment: str | Mapping[str, Any], result: str = "passed") -> Record:
        """Answers a payment's challenge as the customer: `passed`, `failed` or `cancelled`.

        Answers `payment` as it is then, and `returnUrl`, where the browser is sent. Example:
        `odus.complete_challenge(payment, "failed")`
        """
        return self._record("POST", f"/_mock/challenges/{_id(payment)}/complete", {"result": result})

    # --- The sandbox -------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Everything as just created: the scenario's world made again, the clock at its start."""
        self._count_hits()
        self.post(f"/_mock/sandboxes/{self.name}/reset")
        self._ids = None

    def snapshot(self, name: str) -> Record:
        """Keeps the world under a name (1 to 64 of `a-z`, `0-9` and `-`), for `restore`."""
        return self._record("POST", "/_mock/snapshots", {"name": name})

    def restore(self, name: str) -> None:
        """The world as it was at the snapshot, clock, rules and hits included. Status 404 when there is none."""
        self._count_hits()
        self.post(f"/_mock/snapshots/{quote(name, safe='')}/restore")
        self._ids = None

    def digest(self) -> str:
        """A hash of the whole world: equal worlds, equal digests."""
        return str(self.get("/_mock/digest")["digest"])

    # --- What happened -----------------------------------------------------------------------------------------------

    def attempts(self, **filters: Any) -> Attempts:
        """Every gateway asked, oldest first. Filters as in `list`: `payment=…`, `operation="authorize"`, …

        Example: `assert ["processor_unavailable", "approve"] == odus.attempts(payment=payment).outcomes`
        """
        page = self._list("/_mock/journal/attempts", filters)
        names = {id_: name for name, id_ in self.ids.kinds.get("gatewayProfiles", {}).items()} if page else {}
        return Attempts(page, page.pagination, names)

    def events(self, **filters: Any) -> Page:
        """Every event, oldest first: `eventType`, `subject`, and in `data` the record as it was then.

        Example: `assert 1 == len(odus.events(event_type="payment.created"))`
        """
        return self._list("/_mock/journal/events", filters)

    def requests(self, **filters: Any) -> Page:
        """Every request to the API in this sandbox, oldest first. Example: `odus.requests(method="POST")`"""
        return self._list("/_mock/journal/requests", filters)

    def timeline(
        self,
        payment: str | Mapping[str, Any] | None = None,
        customer: str | Mapping[str, Any] | None = None,
        format: str = "text",
    ) -> Any:
        """The merged story, oldest first: `text`, or `json` for a list of records. Example: `print(odus.timeline())`"""
        about = {"payment": payment, "customer": customer}
        query = {key: _id(value) for key, value in about.items() if value is not None}
        return self.get("/_mock/timeline?" + urlencode({**query, "format": format}))

    # --- Paying ------------------------------------------------------------------------------------------------------

    def pay(
        self,
        amount: int,
        currency: str = "usd",
        *,
        card: str | None = None,
        customer: str | Mapping[str, Any] | None = None,
        payment_method: str | Mapping[str, Any] | None = None,
        return_url: str = "https://shop.example/return",
        **fields: Any,
    ) -> Record:
        """Creates a payment and authorizes it, by `card` (a test number) or by a saved `payment_method`.

        `amount` is in minor units; without card and method an approved Visa pays. A declined payment is answered, not
        raised: `payment.displayStatus` is `failed`. Example: `odus.pay(2999, card="4000000000009995")`
        """
        if card is not None and payment_method is not None:
            raise TypeError("pay() takes card or payment_method, not both")
        if customer is not None:
            fields["customer"] = customer
        payment = self.payments.create(amount=amount, currency=currency, **fields)
        how: dict[str, Any] = {} if fields.get("initiator") == "merchant" else {"return_url": return_url}
        if payment_method is not None:
            how["payment_method"] = payment_method
        else:
            number = {"number": card or TEST_CARD, "expMonth": "12", "expYear": "2099", "cvv": "123"}
            how |= {"type": "card", "card": number}
        return self.payments.authorize(payment.id, **how)

    # --- HTTP with the secret key ------------------------------------------------------------------------------------

    def get(self, path: str) -> Any:
        """The decoded answer to a GET: records, or text. Example: `odus.get("/payments?status[eq]=open")`"""
        return self._ask("GET", path)

    def post(self, path: str, json: Any = None) -> Any:
        """The decoded answer to a POST; without `json` an empty object is sent.

        Example: `odus.post("/payments", {"amount": 2999, "currency": "usd"})`
        """
        return self._ask("POST", path, {} if json is None else json)

    def delete(self, path: str) -> Any:
        """The decoded answer to a DELETE. Example: `odus.delete("/_mock/rules/" + rule.id)`"""
        if path.startswith("/_mock/rules/"):
            self._count_hits()
        return self._ask("DELETE", path)

    def _ask(self, method: str, path: str, content: Any = None, **how: Any) -> Any:
        return self._connection.ask(method, path, content, key=self.secret_key, **how)

    def _record(self, method: str, path: str, content: Any = None) -> Record:
        answer: Record = self._ask(method, path, content)
        return answer

    def _list(self, path: str, params: Mapping[str, Any]) -> Page:
        query = _query(params)
        whole = not any(word in ("page", "pageSize") for word, _ in query)
        page = Page()
        while True:
            place = [("page", str(len(page) // PAGE_SIZE + 1)), ("pageSize", str(PAGE_SIZE))] if whole else []
            answer = self.get(f"{path}?{urlencode([*query, *place])}")
            page.extend(answer.data)
            page.pagination = answer.pagination
            if not whole or not page.pagination.hasNextPage:
                return page

    # --- Rules that must be used -------------------------------------------------------------------------------------

    def _wrote(self, scenario: Mapping[str, Any]) -> None:
        for place, rule in enumerate(scenario.get("rules") or ()):
            name = rule.get("name") or f"rules[{place}]"
            self._unhit["name", name] = name

    def _count_hits(self) -> None:
        """Forgets the written rules that were used. Called before anything that takes hits or rules away."""
        if self._unhit:
            for rule in self.rules():
                if rule.hits:
                    self._unhit.pop(("id", rule.id), None)
                    self._unhit.pop(("name", rule.name), None)

    # --- Scenario files ----------------------------------------------------------------------------------------------

    def _file(self, scenario: object) -> Path | None:
        """The file meant by a path, or by a name in the folder of scenarios; None for anything else."""
        if isinstance(scenario, os.PathLike) or (isinstance(scenario, str) and scenario.endswith((".yaml", ".yml"))):
            return self._folder / os.fspath(scenario)
        if isinstance(scenario, str) and self._scenarios is not None:
            file = self._scenarios / f"{scenario}.yaml"
            return file if file.is_file() else None
        return None


@contextmanager
def _places_in(file: Path | None) -> Iterator[None]:
    """Problems of a scenario tell their place in the file; what was written in the test has no lines to speak of."""
    try:
        yield
    except OdusApiError as error:
        problems = [_place_in(file, problem) for problem in error.problems]
        raise OdusApiError(error.method, error.path, error.status, {"message": problems}) from None


def _place_in(file: Path | None, problem: str) -> str:
    place = _PLACE.match(problem)
    if place is None:
        return problem
    return f"{file}{place[1]}{place[2]}" if file else place[2]


def camel(name: str) -> str:
    """`payment_method` → `paymentMethod`; a name without underscores is left alone."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z])[A-Z]", lambda match: "-" + match[0].lower(), name).replace("_", "-")


def _id(value: Any) -> str:
    return str(value["id"]) if isinstance(value, Mapping) else str(value)


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as the API spells them; a record of the API stands for its id."""
    return {camel(key): value.get("id", value) if isinstance(value, Record) else value for key, value in fields.items()}


def _told(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Without those that were left out."""
    return {key: value for key, value in fields.items() if value is not None}


def _query(params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Keywords as list parameters and bracket filters."""
    query: list[tuple[str, str]] = []
    for name, value in params.items():
        field = camel(name)
        if field in _LIST_WORDS:
            query.append((field, str(value)))
        elif field == "metadata" and isinstance(value, Mapping):
            for key, wanted in value.items():
                query += _conditions(f"metadata.{key}", wanted)
        else:
            query += _conditions(field, value)
    return query


def _conditions(field: str, value: Any) -> list[tuple[str, str]]:
    match value:
        case None:
            return [(f"{field}[isNull]", "true")]
        case {"id": str(id_)}:
            return [(f"{field}[eq]", id_)]
        case Mapping():
            return [(f"{field}[{operator}]", _text(operand)) for operator, operand in value.items()]
        case list() | tuple():
            return [(f"{field}[in]", ",".join(map(_text, value)))]
        case _:
            return [(f"{field}[eq]", _text(value))]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _word(outcome: Mapping[str, Any]) -> str:
    match outcome["status"]:
        case "success":
            return "approve"
        case "partial":
            return "challenge"
        case _:
            return str(outcome["errorCode"])


def _nearest(name: str, known: Mapping[str, Any] | Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), 1)
    if near:
        return f"; did you mean '{near[0]}'?"
    return f"; there is {', '.join(sorted(known))}" if known else ""


def _has_something_to_read(sock: Any) -> bool:
    """Between two requests that can only be the end of the connection."""
    from selectors import EVENT_READ, DefaultSelector

    with DefaultSelector() as selector:
        selector.register(sock, EVENT_READ)
        return bool(selector.select(0))
