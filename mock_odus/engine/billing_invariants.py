"""What must hold of subscriptions, invoices and renewals between any two verbs. A part of `invariants.py`.

Odus pages: subscriptions/subscription-lifecycle, retry-policy, canceling-and-resuming, payment-bundling.
"""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from mock_odus.engine import attempts, cycles, invoices, periods
from mock_odus.engine.billing import (
    DisabledReason,
    Invoice,
    PlanPreview,
    Subscription,
    SubscriptionStatus,
    UpcomingInvoice,
)
from mock_odus.engine.records import (
    GatewayProfile,
    Job,
    Payment,
    Price,
    Record,
)
from mock_odus.engine.world import World

# status, cancelAtPeriodEnd, autoBillingEnabled, autoBillingDisabledReason
_States = dict[tuple[SubscriptionStatus, bool, bool, DisabledReason | None], str]
STATES: _States = {
    ("active", False, True, None): "billing",
    ("active", True, True, None): "scheduled to cancel",
    ("active", False, False, "latest_invoice_retrying"): "retrying",
    ("active", False, False, "recurring_payment_errored"): "stopped",
    ("cancelled", False, False, "subscription_cancelled"): "cancelled",
    ("cancelled", True, False, "subscription_cancelled"): "cancelled",
}
"""All that a subscription can be."""

# The merchant may have moved since a period began. Where it is March already a month is up to three days longer.
_ELSEWHERE = timedelta(days=4)


def check(world: World) -> None:
    """AssertionError says what does not hold."""
    for subscription in world.table(Subscription).values():
        state = _check_state(world, subscription)
        _check_period(world, subscription)
        _check_due(world, subscription, state)
        _check_latest(world, subscription, state)
        if state != "cancelled":
            _check_credit(world, subscription)
    for invoice in world.table(Invoice).values():
        _check_sums(invoice)
        _check_dates(invoice)
        _check_payer(world, invoice)
    for payment in world.table(Payment).values():
        _check_parts(world, payment)
        _check_retry(world, payment)
        if payment.invoices:
            _check_paid(world, payment)
    _check_told(world)


# --- subscriptions


def _check_state(world: World, subscription: Subscription) -> str:
    id, one = subscription.id, subscription
    values = (one.status, one.cancel_at_period_end, one.auto_billing_enabled, one.auto_billing_disabled_reason)
    assert values in STATES, f"{id} is in no state that there is: {values}"
    state = STATES[values]
    assert (state == "cancelled") == (one.cancelled_at is not None), f"{id}: cancelledAt"
    assert one.credit_balance >= 0, f"{id} owes credit"
    assert state != "cancelled" or one.credit_balance == 0, f"{id} is cancelled and has credit"
    price = world.get(Price, one.price)
    assert (price.product, price.currency) == (one.product, one.currency), f"{id}: product, currency"
    assert world.find(GatewayProfile, one.billing_settings.gateway_profile), f"{id} renews at a gateway that is gone"
    upcoming = None
    if state == "billing":
        amount = cycles.next_amount(price, one.place) * one.quantity
        upcoming = UpcomingInvoice(amount, one.current_period_end)
    assert one.upcoming_invoice == upcoming, f"{id}: upcomingInvoice"
    return state


def _check_period(world: World, subscription: Subscription) -> None:
    """The period lies in the price's schedule where `place` says, counted from its anchor."""
    id, place = subscription.id, subscription.place
    start, end = subscription.current_period_start, subscription.current_period_end
    assert start < end or end == periods.LAST, f"{id}: its period ends before it begins"
    assert subscription.start_date <= start, f"{id}: its period begins before it"
    assert subscription.current_cycle >= 1 <= place.count, f"{id}: currentCycle"
    cycle = cycles.definitions(world.get(Price, subscription.price))[place.index]
    timezone = world.merchant_config().timezone
    for count, moment in ((place.count - 1, start), (place.count, end)):
        length = periods.duration(f"{count * cycle.interval_value} {cycle.interval_unit}")
        anchored = periods.due(place.anchor, length, timezone)
        slack = _ELSEWHERE if length.days or length.months else timedelta()
        assert abs(periods.parse(anchored) - periods.parse(moment)) <= slack, f"{id}: {moment} is not anchored"


def _check_due(world: World, subscription: Subscription, state: str) -> None:
    """It is renewed when it is billing, ends when it is scheduled to, and waits for nothing else."""
    end = subscription.current_period_end
    wanted = {}
    if state == "billing" and end < periods.LAST:
        wanted["renew"] = periods.whole_minute(max(end, world.now))
    if state == "scheduled to cancel":
        wanted["end_subscription"] = end
    for kind in ("renew", "end_subscription"):
        job = world.find(Job, f"{kind}/{subscription.id}")
        due, expected = job and job.due, wanted.get(kind)
        assert due == expected, f"{subscription.id} is {state} until {end}: {kind} is due {due} and not {expected}"


def _check_latest(world: World, subscription: Subscription, state: str) -> None:
    """Only the latest invoice can be unpaid, and that is what the subscription's state says."""
    id = subscription.id
    found = world.related(Invoice, "subscription", id)
    latest = next((one for one in found if one.id == subscription.latest_invoice), None)
    assert latest is not None, f"{id}: latestInvoice is not one of its own"
    for status, meant in (("open", "retrying"), ("uncollectible", "stopped")):
        owed = [one.id for one in found if one.status == status]
        assert owed in ([], [latest.id]), f"{id}: {owed} are {status}, and {latest.id} is its latest"
        assert state == meant or not owed or (state, status) == ("cancelled", "uncollectible"), (
            f"{id} is {state}, and its latest invoice is {status}"
        )
        assert state != meant or owed, f"{id} is {state}, and its latest invoice is {latest.status}"


def _check_credit(world: World, subscription: Subscription) -> None:
    """What changes of plan have given and no invoice has used."""
    previews = world.table(PlanPreview).values()
    given = sum(one.amount_credit for one in previews if one.is_used and one.base.id == subscription.id)
    used = sum(one.credit_applied for one in world.related(Invoice, "subscription", subscription.id))
    left = subscription.credit_balance
    assert left == given - used, f"{subscription.id} has {left} of credit, was given {given} and has used {used}"


# --- invoices


def _check_sums(invoice: Invoice) -> None:
    id, one = invoice.id, invoice
    assert one.amount == sum(line.amount for line in one.lines), f"{id}: amount is not the sum of its lines"
    assert 0 <= one.credit_applied <= one.amount, f"{id}: 0 ≤ creditApplied ≤ amount does not hold"
    assert 0 <= one.reduction <= one.amount_due, f"{id}: 0 ≤ reduction ≤ amount due does not hold"
    assert 0 <= one.amount_paid <= one.amount_due - one.reduction, f"{id}: amountPaid is more than is due"
    assert one.status == "paid" or one.amount_paid == 0, f"{id} is {one.status}, and something is paid"
    assert one.status in ("paid", "void") or one.reduction == 0, f"{id} is {one.status} and reduced"
    assert one.status in ("paid", "open") or one.credit_applied == 0, f"{id} is {one.status} and keeps credit"


def _check_dates(invoice: Invoice) -> None:
    """One that is void may have been paid before: by an authorization that was let go of."""
    id, status = invoice.id, invoice.status
    assert invoice.period_start < invoice.period_end or invoice.period_end == periods.LAST, f"{id}: its period"
    assert (status == "void") == (invoice.voided_at is not None), f"{id}: voidedAt"
    assert status != "paid" or invoice.paid_at is not None, f"{id}: paidAt"
    assert status in ("paid", "void") or invoice.paid_at is None, f"{id}: paidAt"


def _check_payer(world: World, invoice: Invoice) -> None:
    """An invoice is what became of its payment."""
    id, status = invoice.id, invoice.status
    subscription = world.get(Subscription, invoice.subscription)
    assert (subscription.customer, subscription.currency) == (invoice.customer, invoice.currency), f"{id}: customer"
    if invoice.payment is None:
        assert (status, invoice.amount_due) == ("paid", 0), f"{id} is {status} without a payment"
        return
    payment = world.get(Payment, invoice.payment)
    if id in payment.invoices:
        expected = {"open": "open", "paid": "succeeded", "void": "cancelled", "uncollectible": "cancelled"}[status]
        assert payment.status == expected, f"{id} is {status}, and its payment {payment.status}"
    else:  # taken out of a bundle that goes on
        assert status == "void", f"{id} is {status}, and its payment knows nothing of it"
    assert status != "open" or invoice.attempt_count == attempts.count(payment), f"{id}: attemptCount"


# --- payments


def _check_parts(world: World, payment: Payment) -> None:
    """Its subscriptions, invoices and cycles stand side by side; those of a cart are born when it is paid."""
    id, subscriptions, owed = payment.id, payment.subscriptions, payment.invoices
    assert len(set(subscriptions)) == len(subscriptions), f"{id} pays twice for a subscription"
    assert len(set(owed)) == len(owed), f"{id} pays twice for an invoice"
    whose = tuple(world.get(Invoice, invoice).subscription for invoice in owed)
    assert whose in ((), subscriptions), f"{id}: its invoices are not those of its subscriptions"
    if payment.preview:
        assert (len(subscriptions), payment.cycles) == (1, ()), f"{id} pays for a plan change and more"
        return
    if payment.off_session_type == "recurring":
        assert owed, f"{id} is a renewal of nothing"
    is_born = bool(owed) or not payment.cycles
    assert len(payment.cycles if is_born else ()) == len(subscriptions) == len(owed), (
        f"{id}: cycles, subscriptions and invoices are not as many"
    )
    assert payment.status != "succeeded" or is_born, f"{id} is paid, and nothing was born of it"


def _check_retry(world: World, payment: Payment) -> None:
    """A renewal that is not paid yet is tried again, and charges what its invoices come to."""
    id = payment.id
    is_waiting = payment.off_session_type == "recurring" and payment.status == "open"
    job = world.find(Job, f"retry_payment/{id}")
    assert payment.retry_next_at == (job and job.due), f"{id}: retryNextAt is not when it is retried"
    assert is_waiting == (job is not None), f"{id} is {payment.status}: a retry is {'' if job else 'not '}due"
    if not is_waiting:
        return
    owed = [world.get(Invoice, invoice) for invoice in payment.invoices]
    assert all((one.status, one.payment) == ("open", id) for one in owed), f"{id} is open, and not all it pays for"
    assert payment.amount == sum(one.amount_due for one in owed), f"{id}: amount is not what its invoices come to"
    for place, subscription in enumerate(payment.subscriptions):
        due = world.get(Subscription, subscription).current_cycle + 1
        assert payment.cycles[place] == due, f"{id}: it pays for cycle {payment.cycles[place]}, and {due} is due"


def _check_paid(world: World, payment: Payment) -> None:
    """The ledger: what was captured is what the invoices came to, each with its share."""
    if payment.status != "succeeded":
        return
    owed = [world.get(Invoice, invoice) for invoice in payment.invoices]
    assert all((one.status, one.payment) == ("paid", payment.id) for one in owed), f"{payment.id} paid for nothing"
    charged = [one.amount_due - one.reduction for one in owed]
    assert payment.amount_authorized == sum(charged), f"{payment.id} has charged other than its invoices say"
    shares = invoices.shares(payment.amount_captured, charged)
    assert [one.amount_paid for one in owed] == shares, f"{payment.id}: what was captured is not shared out"


# --- events


def _check_told(world: World) -> None:
    """The last event of each subscription and invoice shows it as it is; that somebody has asked again is no news."""
    last: dict[str, Record] = {
        entry.subject: entry.record
        for entry in world.log
        if entry.kind == "event" and isinstance(entry.record, Subscription | Invoice)
    }
    for subscription in world.table(Subscription).values():
        assert last.get(subscription.id, subscription) == subscription, f"{subscription.id} has changed untold"
    for invoice in world.table(Invoice).values():
        told = last.get(invoice.id, invoice)
        if invoice.status == "open" and isinstance(told, Invoice):
            told = replace(told, attempt_count=invoice.attempt_count)
        assert told == invoice, f"{invoice.id} has changed untold"
