"""What we guess about Odus, typed. `assumptions.yaml` holds every guess with its reason; a user's file corrects it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from mock_odus import documents
from mock_odus.documents import Document
from mock_odus.engine import periods
from mock_odus.engine.declines import ERROR_CODES
from mock_odus.engine.periods import Duration
from mock_odus.engine.policies import Policies
from mock_odus.shapes import Path as Place
from mock_odus.shapes import nearest, one_of, place, problems, shown

OWN = Path(__file__).with_name("assumptions.yaml")

# Documented, so not to be corrected (guides/api-features/authentication and the samples of each page).
_DOCUMENTED_PREFIXES = {
    "payment": "pay",
    "customer": "cus",
    "paymentMethod": "pm",
    "cascade": "cas",
    "product": "prod",
    "price": "price",
    "subscription": "sub",
    "event": "evt",
    "webhookSubscriber": "whs",
}


class AssumptionsError(Exception):
    """A file of corrections that cannot be used: one line a problem."""


Days = Annotated[int, Meta(ge=1, le=3650, description="an integer from 1 to 3650, in days")]
Prefix = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]{0,15}\Z", description="1 to 16 of a-z and 0-9, a letter first")]
Length = Annotated[str, Meta(description="a duration such as '7 days'")]
_STEP = r"/[A-Za-z0-9_.~-]+"
ResourcePath = Annotated[str, Meta(pattern=rf"^({_STEP}){{1,5}}\Z", description="a path such as /webhook-subscribers")]
VerbPath = Annotated[
    str,
    Meta(pattern=rf"^({_STEP}){{1,5}}/\{{id\}}({_STEP}){{1,5}}\Z", description="a path such as /payments/{id}/capture"),
]
Refusal = Literal[400, 401, 402, 403, 404, 409, 410, 412, 422, 423, 429]


class AssumedPaths(
    Struct,
    frozen=True,
    rename={
        "authorize": "payments.authorize",
        "capture": "payments.capture",
        "cancel": "payments.cancel",
        "resume": "subscriptions.resume",
        "apply_preview": "subscriptions.apply-preview",
        "pay": "invoices.pay",
        "void": "invoices.void",
        "webhook_subscribers": "webhookSubscribers",
        "request_logs": "requestLogs",
    },
):
    """Where resources and verbs are reached, as it is written in the file."""

    authorize: VerbPath
    capture: VerbPath
    cancel: VerbPath
    resume: VerbPath
    apply_preview: VerbPath
    pay: VerbPath
    void: VerbPath
    webhook_subscribers: ResourcePath
    request_logs: ResourcePath


class AssumedCodes(Struct, frozen=True, rename="camel"):
    """What is answered when a POST is done, and when it is refused for one of three reasons."""

    action: Literal[200, 201, 202]
    unauthorized: Refusal
    forbidden: Refusal
    not_found: Refusal


class AssumedPrefixes(Struct, frozen=True, rename="camel"):
    """What ids begin with, as it is written in the file."""

    transaction: Prefix
    gateway_profile: Prefix
    merchant_config: Prefix
    blacklist_entry: Prefix
    key: Prefix
    user: Prefix
    retry_policy: Prefix
    invoice: Prefix
    plan_preview: Prefix
    delivery: Prefix


class AssumedWebhooks(Struct, frozen=True, rename="camel"):
    """How events are posted, as it is written in the file."""

    signature_header: Annotated[
        str, Meta(pattern=r"^[A-Za-z0-9-]{1,64}\Z", description="a header's name of letters, digits and '-'")
    ]
    signature_encoding: Literal["hex", "base64"]
    retry_delays: Annotated[list[Length], Meta(max_length=20)]


class AssumedPolicies(
    Struct,
    frozen=True,
    rename={
        "failover_on": "cascade.failover_on",
        "lapses_after": "authorization.lapses_after",
        "dunning_days": "dunning.days",
        "stop_on_hard_decline": "dunning.stop_on_hard_decline",
        "catch_up": "billing.catch_up",
    },
):
    """How the engine behaves, as it is written in the file."""

    failover_on: list[str]
    lapses_after: Length
    dunning_days: Annotated[list[Days], Meta(min_length=1, max_length=100)]
    stop_on_hard_decline: bool
    catch_up: Literal["skip", "bill_each"]
    idempotency: Literal["on", "off"]


class AssumedDefaults(Struct, frozen=True, rename="camel"):
    """What a new account is set to."""

    display_currency: Annotated[str, Meta(pattern=r"^[a-z]{3}\Z", description="a currency of three lower-case letters")]
    timezone: str


class Assumptions(Struct, frozen=True, rename="camel"):
    """The values in force: paths by operation, status codes by case, and what the engine reads as `Policies`."""

    paths: AssumedPaths
    status_codes: AssumedCodes
    prefixes: AssumedPrefixes
    webhook: AssumedWebhooks
    policies: AssumedPolicies
    defaults: AssumedDefaults

    def path(self, name: str, declared: str) -> str:
        """Where `payments.authorize` is reached; what nobody has guessed lies where it was declared."""
        found: str = msgspec.to_builtins(self.paths).get(name, declared)
        return found

    def for_engine(self) -> Policies:
        return Policies(
            failover_on=frozenset(self.policies.failover_on),
            display_currency=self.defaults.display_currency,
            timezone=self.defaults.timezone,
            prefixes=_DOCUMENTED_PREFIXES | msgspec.to_builtins(self.prefixes),
            dunning_days=tuple(self.policies.dunning_days),
            stop_on_hard_decline=self.policies.stop_on_hard_decline,
            catch_up=self.policies.catch_up,
            lapses_after=periods.duration(self.policies.lapses_after),
            webhook_delays=tuple(map(periods.duration, self.webhook.retry_delays)),
            webhook_header=self.webhook.signature_header.lower(),
            webhook_encoding=self.webhook.signature_encoding,
        )


class Guess(Struct, frozen=True):
    """One entry: the value in force, ours, why it was guessed so, and whether a user's file corrected it."""

    section: str
    name: str
    value: Any
    own: Any
    reason: str
    corrected: bool


def guesses(corrections: Path | None = None) -> list[Guess]:
    """Every guess, the user's corrections laid over them. AssumptionsError."""
    own, given = _values(_read(OWN)), _given(corrections)
    return [
        Guess(section, name, given.get(section, {}).get(name, entry["value"]), entry["value"], entry["reason"], told)
        for section, entries in own.items()
        for name, entry in entries.items()
        for told in [name in given.get(section, {})]
    ]


def load(corrections: Path | None = None) -> Assumptions:
    """The assumptions in force. AssumptionsError."""
    values: dict[str, dict[str, Any]] = {}
    for guess in guesses(corrections):
        values.setdefault(guess.section, {})[guess.name] = guess.value
    return msgspec.convert(values, Assumptions)


# --- A user's corrections


def _given(file: Path | None) -> dict[str, dict[str, Any]]:
    """The corrected values by section and name. AssumptionsError with every problem, and its line and column."""
    if file is None:
        return {}
    document, own = _read(file), _values(_read(OWN))
    told = _values(document)
    faults = [(*document.at(path, key=True), path, text) for path, text in _unknown(told, own)]
    given = {
        section: {name: _value(entry) for name, entry in entries.items() if name in own[section]}
        for section, entries in told.items()
        if isinstance(entries, dict) and section in own
    }
    values = {
        section: {name: entry["value"] for name, entry in entries.items()} | given.get(section, {})
        for section, entries in own.items()
    }
    wrong = list(problems(values, Assumptions)) or _contradictions(msgspec.convert(values, Assumptions), given)
    faults += [(*_at(document, path), path, text) for path, text in wrong]
    if faults:
        faults.sort(key=lambda fault: fault[:2])
        raise AssumptionsError("\n".join(f"{file}:{y}:{x}: {place(path)} {text}" for y, x, path, text in faults))
    return given


def _read(file: Path) -> Document:
    try:
        document = documents.read(file.read_bytes())
    except OSError as error:
        raise AssumptionsError(f"{file}: cannot be read: {error.strerror}") from None
    if document.mistakes:
        raise AssumptionsError("\n".join(f"{file}:{m.line}:{m.column}: {m.text}" for m in document.mistakes))
    if not isinstance(_values(document), dict):
        raise AssumptionsError(f"{file}:1:1: must be a mapping of {', '.join(Assumptions.__struct_encode_fields__)}")
    return document


def _values(document: Document) -> Any:
    return documents.value(document.root)


def _value(entry: Any) -> Any:
    return entry["value"] if isinstance(entry, dict) and "value" in entry else entry


def _unknown(told: dict[str, Any], own: dict[str, Any]) -> Iterator[tuple[Place, str]]:
    """What is no section, no assumption, or no part of one."""
    names = [f"{section}.{name}" for section, entries in own.items() for name in entries]
    for section, entries in told.items():
        if section not in own:
            yield (section,), f"is not a section: {one_of(section, list(own), found=False)}"
        elif not isinstance(entries, dict):
            yield (section,), f"must be a mapping of {', '.join(own[section])}, found {shown(entries)}"
        else:
            for name, entry in entries.items():
                if name not in own[section]:
                    yield (section, name), f"is not an assumption{nearest(f'{section}.{name}', names)}"
                elif isinstance(entry, dict) and "value" in entry and (more := entry.keys() - {"value", "reason"}):
                    word = min(more)
                    yield (section, name, word), f"is neither value nor reason{nearest(word, ['value', 'reason'])}"


def _contradictions(assumed: Assumptions, given: dict[str, dict[str, Any]]) -> Iterator[tuple[Place, str]]:
    """What has the right form and cannot be."""
    for position, delay in enumerate(assumed.webhook.retry_delays):
        if _duration(delay) is None:
            yield ("webhook", "retryDelays", position), f"must be a duration such as '5 minutes', found {shown(delay)}"
    lapse = _duration(assumed.policies.lapses_after)
    if lapse is None or lapse == Duration():
        found = shown(assumed.policies.lapses_after)
        yield ("policies", "authorization.lapses_after"), f"must be a duration such as '7 days', found {found}"
    for position, code in enumerate(assumed.policies.failover_on):
        if code not in ERROR_CODES:
            yield ("policies", "cascade.failover_on", position), one_of(code, list(ERROR_CODES))
    if not periods.is_timezone(assumed.defaults.timezone):
        from zoneinfo import available_timezones

        hint = nearest(assumed.defaults.timezone, sorted(available_timezones()))
        found = shown(assumed.defaults.timezone)
        yield ("defaults", "timezone"), f"must be an IANA timezone such as Europe/Paris, found {found}{hint}"
    taken = _DOCUMENTED_PREFIXES | msgspec.to_builtins(assumed.prefixes)
    for section, known in (("prefixes", taken), ("paths", msgspec.to_builtins(assumed.paths))):
        for name in given.get(section, {}):
            if twins := [other for other, value in known.items() if value == known[name] and other != name]:
                yield (section, name), f"is {shown(known[name])}, which is that of {twins[0]}"


def _duration(text: str) -> Duration | None:
    try:
        return periods.duration(text)
    except ValueError:
        return None


def _at(document: Document, path: Place) -> tuple[int, int]:
    """Where a value stands in the file; an entry may be written as a pair of value and reason."""
    inner = (*path[:2], "value")
    return document.at((*inner, *path[2:]) if document.node(inner) is not None else path)
