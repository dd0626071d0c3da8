"""The story of a world, oldest first: which gateway was asked, which rule decided, what happened next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Literal

from msgspec import Struct

from mock_odus.engine.billing import Invoice, Subscription
from mock_odus.engine.records import (
    Entry,
    GatewayProfile,
    Instant,
    Payment,
    Price,
    Product,
    Stored,
    Transaction,
)
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
    "end_subscription": "the period is over, and the subscription ends with it",
    "fail_reversal": "the gateway takes its yes back",
    "lapse_authorization": "nobody captured in time",
    "lapse_challenge": "nobody answered the challenge within 24 hours",
    "record_chargeback": "the customer charges back",
    "renew": "the period is over, the next one is to be paid",
    "retry_payment": "the next try is due",
}

_BLOCKED = ("customer_restricted", "customer_blacklisted")

_GONE = "a gateway that was deleted"

_LOOK_BACK = 20_000  # entries of the log, for how a record was before

_CHANGING = (Payment, Subscription, Invoice)

Mood = Literal["good", "bad", "wait", "plain"]


class Line(Struct, frozen=True):
    """One thing that happened. `subject` is the id it happened to, `mood` how it went (a colour on a terminal).

    `gateway` is the title of the one that was asked.
    """

    at: Instant
    kind: str
    what: str
    subject: str
    text: str
    rule: str | None = None
    mood: Mood = "plain"
    gateway: str | None = None


def story(
    world: World,
    *,
    payment: str | None = None,
    subscription: str | None = None,
    customer: str | None = None,
    last: int | None = None,
) -> list[Line]:
    """The lines of everything, of one payment, of one subscription and its payments, or of all that is a customer's.

    Where several are given, the lines that belong to all of them.
    `last` asks for so many at the end, which costs little however long the story is.
    """
    seen: dict[str, Stored] = {}
    belongs = _subjects(world, payment, subscription, customer)
    if last is None:
        return [_line(world, entry, seen) for entry in world.log if belongs(entry)]
    log = world.log
    places = list(islice((place for place in reversed(range(len(log))) if belongs(log[place])), last))[::-1]
    if places:
        before = log[max(0, places[0] - _LOOK_BACK) : places[0]]
        seen |= {entry.subject: entry.record for entry in before if isinstance(entry.record, _CHANGING)}
    return [_line(world, log[place], seen) for place in places]


def render(lines: list[Line], *, colour: bool = False) -> str:
    """The story as text, a line each; the date stands only where it changes."""
    return "\n".join(_rows(lines, colour))


def diagram(lines: list[Line]) -> str:
    """The story as a sequence diagram in the language of Mermaid: Odus, and each gateway that it asked."""
    names = {line.gateway: "" for line in lines if line.gateway}
    names = {title: f"G{number}" for number, title in enumerate(names, 1)}
    found = ["sequenceDiagram", "    participant Odus"]
    found += [f"    participant {name} as {_drawn(title)}" for title, name in names.items()]
    for line in lines:
        when = f"{line.at[:10]} {line.at[11:19]}"
        if line.gateway:
            name, rule = names[line.gateway], f" ← {_by(line.rule)}" if line.rule else ""
            found.append(f"    Odus->>{name}: {when} {line.what}")
            found.append(f"    {name}-->>Odus: {_drawn(line.text + rule)}")
        else:
            found.append(f"    Note over Odus: {when} {_drawn(f'{line.what}: {line.text}')}")
    return "\n".join(found)


def _drawn(text: str) -> str:
    """Text as a diagram takes it: on one line, and without what would end it or begin something else."""
    escapes = {"#": "#35;", ";": "#59;", "<": "#lt;", ">": "#gt;", '"': "#quot;", "\n": " ", "\r": " "}
    return "".join(escapes.get(character, character) for character in text)


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
    name = "".join(character if character.isprintable() else " " for character in rule)
    return "the test card's own meaning" if rule == "test_cards" else f"rule '{name}'"


def _subjects(
    world: World, payment: str | None, subscription: str | None, customer: str | None
) -> Callable[[Entry], bool]:
    """Whether an entry is about what was asked for."""
    tests: list[Callable[[Entry], bool]] = []
    if payment is not None:
        tests.append(lambda entry: _owner(world, entry) == payment)
    if subscription is not None:
        its_own = {subscription, *_charged_for(world, subscription)}
        tests.append(lambda entry: _owner(world, entry) in its_own)
    if customer is not None:
        tests.append(lambda entry: customer in (entry.subject, _customer(world, entry)))
    return lambda entry: all(test(entry) for test in tests)


def _owner(world: World, entry: Entry) -> str:
    """The payment of a transaction, the subscription of an invoice, anything else itself."""
    if isinstance(entry.record, Invoice):
        return entry.record.subscription
    record = entry.record if isinstance(entry.record, Transaction) else world.find(Transaction, entry.subject)
    return record.payment if record else entry.subject


def _customer(world: World, entry: Entry) -> str | None:
    """Whose entry it is, as far as anybody's."""
    owner = _owner(world, entry)
    record = entry.record or world.find(Payment, owner) or world.find(Subscription, owner)
    found: str | None = getattr(record, "customer", None)
    return found


def _charged_for(world: World, subscription: str) -> set[str]:
    """The payments of a subscription; one that it was taken out of is still named by an invoice."""
    invoices = world.related(Invoice, "subscription", subscription)
    customer = invoices[0].customer if invoices else None
    named = [one.id for one in world.related(Payment, "customer", customer) if subscription in one.subscriptions]
    return {*named, *(invoice.payment for invoice in invoices if invoice.payment)}


def _line(world: World, entry: Entry, seen: dict[str, Stored]) -> Line:
    record = entry.record
    if isinstance(record, Transaction):
        text, mood = _attempt(world, record) if entry.kind == "attempt" else _challenge(record)
        what = entry.name if entry.kind == "attempt" else "challenge"
        rule, gateway = (record.rule, _asked(world, record)) if entry.kind == "attempt" else (None, None)
        return Line(entry.at, entry.kind, what, record.payment, text, rule, mood, gateway)
    if isinstance(record, _CHANGING):
        before = seen.get(record.id) or (None if entry.name.endswith(".created") else record)
        seen[record.id] = record
        text, mood = _change(world, before, record)
        return Line(entry.at, entry.kind, entry.name, record.id, text, mood=mood)
    if entry.kind == "job":
        what = _DUE.get(entry.name, entry.name.replace("_", " "))
        return Line(entry.at, entry.kind, "job", entry.subject, f"{what}: {entry.subject}")
    return Line(entry.at, entry.kind, entry.name, entry.subject, _about(record))


def _attempt(world: World, transaction: Transaction) -> tuple[str, Mood]:
    amount = money(transaction.amount, transaction.currency)
    if transaction.gateway_profile is None:
        return f"{amount} given back elsewhere, no gateway asked", "plain"
    profile = world.find(GatewayProfile, transaction.gateway_profile)
    gateway = f"{profile.title} ({profile.integration})" if profile else _GONE
    if transaction.rule is None and transaction.outcome.error_code in _BLOCKED:
        return f"{gateway} is not asked for {amount}: {transaction.outcome.error_code}", "bad"
    said, mood = _said(transaction)
    return f"{gateway} {said} {amount}", mood


def _asked(world: World, transaction: Transaction) -> str | None:
    if transaction.gateway_profile is None:
        return None
    profile = world.find(GatewayProfile, transaction.gateway_profile)
    return profile.title if profile else _GONE


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


def _change(world: World, before: Any, record: Payment | Subscription | Invoice) -> tuple[str, Mood]:
    """What an event tells of a record; `before` is the record as the last one told it, None the first time."""
    if isinstance(record, Payment):
        return _payment(before, record)
    if isinstance(record, Invoice):
        return _invoice(before, record)
    return _subscription(world, before, record)


def _payment(before: Payment | None, payment: Payment) -> tuple[str, Mood]:
    if before is None:
        return f"{payment.id} of {money(payment.amount, payment.currency)} is {payment.status}", "plain"
    mood: Mood = {"succeeded": "good", "failed": "bad", "incomplete": "wait"}.get(payment.display_status, "plain")  # type: ignore[assignment]
    text = f"{_status(before.status, payment.status)}, shown as {payment.display_status}"
    if payment.retry_next_at and payment.retry_next_at != before.retry_next_at:
        text += f"; the next try is on {_day(payment.retry_next_at)}"
    return text, mood


def _invoice(before: Invoice | None, invoice: Invoice) -> tuple[str, Mood]:
    plan = next(line.description for line in invoice.lines if line.period_start)
    mood: Mood = {"paid": "good", "uncollectible": "bad"}.get(invoice.status, "plain")  # type: ignore[assignment]
    parts = (invoice.amount, invoice.credit_applied, invoice.reduction)
    amount, credit, off = (money(part, invoice.currency) for part in parts)
    if before is None:
        by_credit = f", {credit} of it by credit," if invoice.credit_applied else ""
        return f"{invoice.id} of {amount} for {plan}{by_credit} is {invoice.status}", mood
    let_off = f", but for {off}" if invoice.reduction != before.reduction else ""
    return f"{plan}: {_status(before.status, invoice.status)}{let_off}", mood


def _subscription(world: World, before: Subscription | None, subscription: Subscription) -> tuple[str, Mood]:
    price = world.get(Price, subscription.price)
    plan = price.name or world.get(Product, price.product).name
    if before is None:
        return f"{subscription.id} to {plan} begins, paid until {_day(subscription.current_period_end)}", "good"
    told, mood = _stands(subscription) if before is subscription else _turn(before, subscription)
    return f"{plan}: {told}", mood


def _stands(now: Subscription) -> tuple[str, Mood]:
    """How far it is. What has changed nobody can say of one that a scenario began with, when it is first told of."""
    end = _day(now.current_period_end)
    if now.status == "cancelled":
        return "is cancelled", "plain"
    if now.auto_billing_disabled_reason:
        return _unbilled(now), "bad"
    if now.cancel_at_period_end:
        return f"ends on {end}", "plain"
    return f"cycle {now.current_cycle}, paid until {end}", "good"


def _turn(before: Subscription, now: Subscription) -> tuple[str, Mood]:
    """Of what has changed, what matters most."""
    end = _day(now.current_period_end)
    if now.status != before.status:
        return "is cancelled", "plain"
    if now.price != before.price and now.upcoming_invoice:
        return f"is the new plan, {money(now.upcoming_invoice.amount, now.currency)} from {end} on", "good"
    if now.current_cycle != before.current_cycle:
        return f"cycle {now.current_cycle}, paid until {end}", "good"
    if now.auto_billing_disabled_reason != before.auto_billing_disabled_reason:
        return _unbilled(now), "bad"
    if now.cancel_at_period_end != before.cancel_at_period_end:
        return f"ends on {end}" if now.cancel_at_period_end else f"is resumed, and renewed on {end}", "plain"
    if now.payment_method != before.payment_method:
        return f"is charged to {now.payment_method} from now on", "plain"
    if now.credit_balance != before.credit_balance:
        return f"has a credit of {money(now.credit_balance, now.currency)}", "plain"
    if now.retry_policy != before.retry_policy:
        return f"is tried again by {now.retry_policy or 'the default retry policy'} from now on", "plain"
    return "has other metadata", "plain"


def _unbilled(subscription: Subscription) -> str:
    if subscription.auto_billing_disabled_reason == "latest_invoice_retrying":
        return "nothing else is billed until its invoice is paid"
    return "is given up, and billed no more until somebody pays its invoice"


def _status(before: str, now: str) -> str:
    return f"is {now}" if before == now else f"{before} → {now}"


def _day(instant: str) -> str:
    """An instant for people, to the minute."""
    return instant[:16].replace("T", " ")


def _about(record: Any) -> str:
    if not isinstance(record, Stored):
        return ""
    email = getattr(record, "email", None)
    return f"{record.id} {email}" if email else record.id


def money(amount: int, currency: str) -> str:
    """Minor units for people: `50.00 USD`, `5000 JPY`, `5.000 KWD`."""
    digits = 0 if currency in _WITHOUT_MINOR_UNIT else 3 if currency in _IN_THOUSANDTHS else 2
    return f"{amount / 10**digits:.{digits}f} {currency.upper()}"
