"""What we guess about Odus, typed. `assumptions.yaml` holds every guess with its reason; a user's file corrects it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from mock_odus import documents
from mock_odus.engine import periods
from mock_odus.engine.policies import Policies
from mock_odus.shapes import nearest, place, problems

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
}


class AssumptionsError(Exception):
    """A file of corrections that cannot be used: one line a problem."""


Days = Annotated[int, Meta(ge=1, le=3650, description="an integer from 1 to 3650, in days")]


class AssumedPolicies(Struct, frozen=True, rename="camel"):
    """How the engine behaves, as it is written in the file."""

    failover_on: list[str]
    dunning_days: Annotated[list[Days], Meta(min_length=1, max_length=100)]
    stop_on_hard_decline: bool
    catch_up: Literal["skip", "bill_each"]


class AssumedWebhooks(Struct, frozen=True, rename="camel"):
    """How events are posted, as it is written in the file."""

    signature_header: Annotated[
        str, Meta(pattern=r"^[A-Za-z0-9-]{1,64}\Z", description="a header's name of letters, digits and '-'")
    ]
    retry_delays: Annotated[list[str], Meta(max_length=20)]


class Assumptions(Struct, frozen=True, rename="camel"):
    """The values in force: paths by operation, status codes by case, and what the engine reads as `Policies`."""

    paths: dict[str, str]
    status_codes: dict[str, int]
    prefixes: dict[str, str]
    webhook: AssumedWebhooks
    policies: AssumedPolicies
    defaults: dict[str, str]

    def for_engine(self) -> Policies:
        return Policies(
            failover_on=frozenset(self.policies.failover_on),
            display_currency=self.defaults["displayCurrency"],
            prefixes=_DOCUMENTED_PREFIXES | self.prefixes,
            dunning_days=tuple(self.policies.dunning_days),
            stop_on_hard_decline=self.policies.stop_on_hard_decline,
            catch_up=self.policies.catch_up,
            webhook_delays=tuple(periods.duration(delay) for delay in self.webhook.retry_delays),
            webhook_header=self.webhook.signature_header.lower(),
        )


class Guess(Struct, frozen=True):
    """One entry: the value in force, why it was guessed so, and whether a user's file corrected it."""

    section: str
    name: str
    value: Any
    reason: str
    corrected: bool


def guesses(corrections: Path | None = None) -> list[Guess]:
    """Every guess, the user's corrections laid over them. AssumptionsError."""
    own = _read(Path(__file__).with_name("assumptions.yaml"))
    given = _read(corrections) if corrections else {}
    found = []
    faults = [
        f"{corrections}: {section}.{name} is not an assumption{nearest(f'{section}.{name}', _names(own))}"
        for section, entries in given.items()
        for name in (entries if isinstance(entries, dict) else [""])
        if name not in own.get(section, {})
    ]
    if faults:
        raise AssumptionsError("\n".join(faults))
    for section, entries in own.items():
        for name, entry in entries.items():
            corrected = name in given.get(section, {})
            value = _value(given[section][name]) if corrected else entry["value"]
            found.append(Guess(section, name, value, entry["reason"], corrected))
    return found


def load(corrections: Path | None = None) -> Assumptions:
    """The assumptions in force. AssumptionsError."""
    values: dict[str, dict[str, Any]] = {}
    for guess in guesses(corrections):
        values.setdefault(guess.section, {})[guess.name] = guess.value
    if faults := list(problems(values, Assumptions)):
        raise AssumptionsError("\n".join(f"{corrections}: {place(fault.path)} {fault.text}" for fault in faults))
    assumed = msgspec.convert(values, Assumptions)
    try:
        assumed.for_engine()
    except ValueError as error:
        raise AssumptionsError(f"{corrections}: webhook.retryDelays {error}") from None
    return assumed


def _read(file: Path) -> dict[str, dict[str, Any]]:
    try:
        document = documents.read(file.read_bytes())
    except OSError as error:
        raise AssumptionsError(f"{file}: cannot be read: {error.strerror}") from None
    if document.mistakes:
        raise AssumptionsError("\n".join(f"{file}:{m.line}:{m.column}: {m.text}" for m in document.mistakes))
    found = documents.value(document.root)
    if not isinstance(found, dict):
        raise AssumptionsError(f"{file}: must be a mapping of {', '.join(Assumptions.__struct_encode_fields__)}")
    return found


def _value(entry: Any) -> Any:
    return entry["value"] if isinstance(entry, dict) and "value" in entry else entry


def _names(own: dict[str, dict[str, Any]]) -> list[str]:
    return [f"{section}.{name}" for section, entries in own.items() for name in entries]
