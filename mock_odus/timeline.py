"""The story of a world, oldest first: which gateway was asked, which rule decided, what happened next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from msgspec import Struct

from mock_odus.engine.records import Entry, GatewayProfile, Instant, Payment, Stored, Transaction
from mock_odus.engine.world import World

# ISO 4217; all other currencies have two digits.
_WITHOUT_MINOR_UNIT = frozenset(
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "isk",
        "jpy",
        "kmf",
        "krw",
        "pyg",
        "rwf",
        "ugx",
        "uyi",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    ]
)
_IN_THOUSANDTHS = frozenset(["bhd", "iqd", "jod", "kwd", "lyd", "omr", "tnd"])

_DUE = {
    "answer_challenge": "the challenge is answered",
    "capture_payment": "the delayed capture is due",
    "fail_reversal": "the gateway takes its yes back",
    "lapse_authorization": "nobody captured within 7 days",
    "lapse_challenge": "nobody answered the challenge within 24 hours",
    "record_chargeback": "the customer charges back",
}

Mood = Literal["good", "bad", "wait", "plain"]


class Line(Struct, frozen=True):
    """One thing that happened. `subject` is the id it happened to, `mood` how it went (a colour on a terminal)."""

    at: Instant
    kind: str
    what: str
    subject: str
    text: str
    rule: str | None = None
    mood: Mood = "plain"


def story(world: World, *, payment: str | None = None, customer: str | None = None) -> list[Line]:
    """The lines of everything, of one payment, or of one customer and their payments."""
    seen: dict[str, Payment] = {}
    return [_line(world, entry, seen) for entry in world.log if _belongs(world, entry, payment, customer)]


def render(lines: list[Line], *, colour: bool = False) -> str:
    """The story as text, a line each; the date stands only where it changes."""
    return "\n".join(_rows(lines, colour))


def _rows(lines: list[Line], colour: bool) -> Iterator[str]:
    paint = {"good": "\033[32m", "bad": "\033[31m", "wait": "\033[33m", "plain": ""} if colour else {}
    dim, end = ("\033[2m", "\033[0m") if colour else ("", "")
    width = max((len(line.what) for line in lines), default=0)
    day = ""
    for line in lines:
        date, time = line.at[:10], line.at[11:19]
        if date != day:
            day = date
            yield f"{dim}{date}{end}"
        rule = f"  {dim}← {_by(line.rule)}{end}" if line.rule else ""
        start = paint.get(line.mood, "")
        yield f"  {dim}{time}{end}  {line.what:<{width}}  {start}{line.text}{end if start else ''}{rule}"


def _by(rule: str) -> str:
    return "the test card's own meaning" if rule == "test_cards" else f"rule '{rule}'"


def _belongs(world: World, entry: Entry, payment: str | None, customer: str | None) -> bool:
    if payment is None and customer is None:
        return True
    record = entry.record
    transaction = record if isinstance(record, Transaction) else world.find(Transaction, entry.subject)
    owner = transaction.payment if transaction else entry.subject
    if payment is not None:
        return owner == payment
    if owner == customer or getattr(record, "customer", None) == customer:
        return True
    found = world.find(Payment, owner)
    return found is not None and found.customer == customer


def _line(world: World, entry: Entry, seen: dict[str, Payment]) -> Line:
    record = entry.record
    if isinstance(record, Transaction):
        text, mood = _attempt(world, record) if entry.kind == "attempt" else _challenge(record)
        what = entry.name if entry.kind == "attempt" else "challenge"
        rule = record.rule if entry.kind == "attempt" else None
        return Line(entry.at, entry.kind, what, record.payment, text, rule, mood)
    if isinstance(record, Payment):
        before = seen.get(record.id)
        seen[record.id] = record
        return Line(entry.at, entry.kind, entry.name, record.id, *_payment(before, record))
    if entry.kind == "job":
        what = _DUE.get(entry.name, entry.name.replace("_", " "))
        return Line(entry.at, entry.kind, "job", entry.subject, f"{what}: {entry.subject}")
    return Line(entry.at, entry.kind, entry.name, entry.subject, _about(record))


def _attempt(world: World, transaction: Transaction) -> tuple[str, Mood]:
    amount = money(transaction.amount, transaction.currency)
    if transaction.gateway_profile is None:
        return f"{amount} given back elsewhere, no gateway asked", "plain"
    profile = world.find(GatewayProfile, transaction.gateway_profile)
    gateway = f"{profile.title} ({profile.integration})" if profile else "a gateway that was deleted"
    said, mood = _said(transaction)
    return f"{gateway} {said} {amount}", mood


def _said(transaction: Transaction) -> tuple[str, Mood]:
    outcome = transaction.outcome
    if outcome.status == "success":
        return "approves", "good"
    if outcome.status == "partial":
        return "asks for a challenge for", "wait"
    return f"says {outcome.error_code} to", "bad"


def _challenge(transaction: Transaction) -> tuple[str, Mood]:
    answer = transaction.challenge or "answered"
    if transaction.outcome.status == "success":
        return f"{answer}: the gateway approves {money(transaction.amount, transaction.currency)}", "good"
    if transaction.outcome.status == "partial":
        lapsed = answer == "lapsed"
        return "nobody came back within 24 hours" if lapsed else "withdrawn: the payment was cancelled", "bad"
    return f"{answer}: {transaction.outcome.error_code}", "bad"


def _payment(before: Payment | None, payment: Payment) -> tuple[str, None, Mood]:
    if before is None:
        return f"{payment.id} of {money(payment.amount, payment.currency)} is {payment.status}", None, "plain"
    mood: Mood = {"succeeded": "good", "failed": "bad", "incomplete": "wait"}.get(payment.display_status, "plain")  # type: ignore[assignment]
    if before.status != payment.status:
        text = f"{before.status} → {payment.status}"
    else:
        text = f"is {payment.status}"
    return f"{text}, shown as {payment.display_status}", None, mood


def _about(record: Any) -> str:
    if not isinstance(record, Stored):
        return ""
    email = getattr(record, "email", None)
    return f"{record.id} {email}" if email else record.id


def money(amount: int, currency: str) -> str:
    """Minor units for people: `50.00 USD`, `5000 JPY`, `5.000 KWD`."""
    digits = 0 if currency in _WITHOUT_MINOR_UNIT else 3 if currency in _IN_THOUSANDTHS else 2
    return f"{amount / 10**digits:.{digits}f} {currency.upper()}"
