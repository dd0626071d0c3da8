"""The calendar of rebills: which renewals were paid on each day of a month, which failed, and which are expected.

What is expected is counted from the subscriptions as they are now: nobody leaves, nothing fails, no bundle brings one
forward.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import timedelta
from typing import Literal, TypedDict

from msgspec import Struct

from mock_odus.analytics import buckets
from mock_odus.engine import cycles, dunning, periods, retry_policies
from mock_odus.engine.billing import Invoice, Subscription
from mock_odus.engine.cycles import Period
from mock_odus.engine.records import (
    CycleDefinition,
    Job,
    Payment,
    Price,
)
from mock_odus.engine.world import World

State = Literal["paid", "failed", "expected"]


class Rebills(TypedDict):
    """So many renewals, and what they come to in minor units."""

    count: int
    amount: int


class RebillDay(TypedDict):
    """`paid` on that day, `failed` that fell due on it and are not paid since, `expected` on it: next tries as well."""

    date: str
    paid: Rebills
    failed: Rebills
    expected: Rebills


class Rebill(Struct, frozen=True):
    """`renewals` of one kind at one time."""

    at: str
    state: State
    amount: int
    currency: str
    renewals: int = 1


def by_day(world: World, month: str, timezone: str, currency: str) -> list[RebillDay]:
    """Every day of a month such as `2026-02` of the timezone."""
    days = buckets.month(month, timezone)
    edges = [one.start for _, one in days]
    end = days[-1][1].end
    found: list[RebillDay] = [
        {"date": str(day), "paid": _nothing(), "failed": _nothing(), "expected": _nothing()} for day, _ in days
    ]
    for rebill in (*_done(world), *_tries(world), *_renewals(world, [*edges, end])):
        if rebill.currency == currency and edges[0] <= rebill.at < end:
            sums = found[bisect_right(edges, rebill.at) - 1][rebill.state]
            sums["count"] += rebill.renewals
            sums["amount"] += rebill.amount
    return found


def _nothing() -> Rebills:
    return {"count": 0, "amount": 0}


def _done(world: World) -> Iterator[Rebill]:
    """The renewals that were asked for: what is paid stands where it was paid, the others where they fell due."""
    for invoice in world.table(Invoice).values():
        payment = world.find(Payment, invoice.payment or "")
        if payment and payment.off_session_type != "recurring":  # the first period, or a change of plan
            continue
        if invoice.status == "paid":
            amount = invoice.amount_due - invoice.reduction
            yield Rebill(invoice.paid_at or invoice.due_at, "paid", amount, invoice.currency)
        elif invoice.status in ("open", "uncollectible"):
            yield Rebill(invoice.due_at, "failed", invoice.amount_due, invoice.currency)


def _tries(world: World) -> Iterator[Rebill]:
    """What is tried again: a bundle is as many renewals as it has invoices."""
    for job in world.table(Job).values():
        if job.kind == "retry_payment":
            payment = world.get(Payment, job.subject)
            subscription = world.get(Subscription, payment.subscriptions[0])
            step = retry_policies.step(retry_policies.of(world, subscription), payment.retries + 1)
            if step:
                off = step.price_reduction_percentage
                amount = dunning.reduced(payment.amount, off) if off else payment.amount
                yield Rebill(job.due, "expected", amount, payment.currency, len(payment.invoices))


def _renewals(world: World, edges: list[str]) -> Iterator[Rebill]:
    """What will be renewed between the first of the edges and the last; they are those of days."""
    timezone = world.merchant_config().timezone
    for subscription in world.table(Subscription).values():
        if subscription.is_billing and subscription.current_period_end < edges[-1]:
            yield from _renewals_of(world, subscription, edges, timezone)


def _renewals_of(world: World, subscription: Subscription, edges: list[str], timezone: str) -> Iterator[Rebill]:
    price, credit, end = world.get(Price, subscription.price), subscription.credit_balance, edges[-1]
    current = price, subscription.place, subscription.current_period_end
    if credit:  # it is used up by what comes first
        period = cycles.following(*current, timezone)
    else:
        period = cycles.containing(*current, edges[0], timezone)
    last = cycles.definitions(price)[-1]
    while period.start < end:
        length = _exact(last)
        if length and period.place.index + 1 == len(cycles.definitions(price)) and not credit:
            yield from _evenly(subscription, period, length, edges)
            return
        due = period.amount * subscription.quantity
        used = min(credit, due)
        credit -= used
        # Odus looks once a minute. What comes before the first edge is nobody's here.
        yield Rebill(periods.whole_minute(period.start), "expected", due - used, subscription.currency)
        period = cycles.following(price, period.place, period.end, timezone)


def _exact(cycle: CycleDefinition) -> timedelta | None:
    """How long the periods are that the calendar has no part in: of those a day may hold very many."""
    unit = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}.get(cycle.interval_unit)
    return unit and unit * cycle.interval_value


def _evenly(subscription: Subscription, period: Period, length: timedelta, edges: list[str]) -> Iterator[Rebill]:
    """Counts what is renewed at equal distances, from a period on, without walking through all of it."""
    first = periods.parse(periods.whole_minute(period.start))
    passed = [max(0, -((first - periods.parse(edge)) // length)) for edge in edges]
    for edge, before, after in zip(edges, passed, passed[1:], strict=False):
        if count := after - before:
            amount = period.amount * subscription.quantity * count
            yield Rebill(edge, "expected", amount, subscription.currency, count)
