"""What follows for billing from a change of a payment: this is the one place where money moves a subscription.

It looks at how the payment stands and makes its invoices agree, so it may be asked as often as one likes.
"""

from __future__ import annotations

from msgspec.structs import replace

from mock_odus.engine import attempts, invoices, plan_changes, subscriptions
from mock_odus.engine.billing import Invoice, InvoiceLine, Subscription
from mock_odus.engine.cycles import Period
from mock_odus.engine.records import Job, Payment
from mock_odus.engine.world import World


def follow(world: World, payment: Payment) -> Payment:
    """The reaction to a payment's change, given it as it will be. The payment with what is born of it."""
    owed = [world.get(Invoice, id) for id in payment.invoices]
    if payment.status == "succeeded":
        if owed:
            _settle(world, payment, owed)
            return _done(world, payment)
        return plan_changes.take_effect(world, payment) if payment.preview else subscriptions.begin(world, payment)
    if payment.status == "cancelled":
        _undo(world, payment, owed)
        return _done(world, payment)
    if payment.off_session_type == "recurring":
        _wait(world, payment, owed)
    return payment


def _settle(world: World, payment: Payment, owed: list[Invoice]) -> None:
    """What was owed is paid, and each subscription goes on to the period it has paid for."""
    due = [invoice.amount_due for invoice in owed]
    reductions = invoices.shares(payment.amount - payment.amount_authorized, due)
    charged = [amount - reduction for amount, reduction in zip(due, reductions, strict=True)]
    captured = invoices.shares(payment.amount_captured, charged)
    paid = []
    for invoice, reduction, amount in zip(owed, reductions, captured, strict=True):
        if invoice.status == "paid":
            invoices.change(world, invoice, amount_paid=amount)
            continue
        subscription = world.get(Subscription, invoice.subscription)
        period = _period(world, subscription, invoice)
        before = 0 if invoice.payment == payment.id else invoice.attempt_count
        settled = invoices.change(
            world,
            invoice,
            status="paid",
            payment=payment.id,
            paid_at=world.now,
            amount_paid=amount,
            reduction=reduction,
            attempt_count=before + attempts.count(payment),
            period_start=period.start,
            period_end=period.end,
            lines=_moved(invoice, period),
        )
        paid.append((subscription, period, settled))
    for subscription, period, settled in paid:
        if subscription.status == "active":  # an old debt of a cancelled one restarts nothing
            subscriptions.advance(world, subscription, period, settled)


def _period(world: World, subscription: Subscription, invoice: Invoice) -> Period:
    """What a payment now pays for: of a cancelled subscription the old debt, and nothing that would come."""
    if subscription.status == "active":
        return subscriptions.period_paid_for(world, subscription)
    return Period(invoice.period_start, invoice.period_end, invoice.amount, subscription.place)


def _moved(invoice: Invoice, period: Period) -> tuple[InvoiceLine, ...]:
    """The lines of an invoice that pays for a period; most often that is the one it was made for."""
    if (invoice.period_start, invoice.period_end) == (period.start, period.end):
        return invoice.lines
    return tuple(replace(line, period_start=period.start, period_end=period.end) for line in invoice.lines)


def _undo(world: World, payment: Payment, owed: list[Invoice]) -> None:
    """What was to be paid is given up; what was paid, and the money let go of, is void."""
    undone = [one for one in owed if one.payment == payment.id and one.status in ("open", "paid")]
    for invoice in undone:
        if invoice.status == "open":
            count = attempts.count(payment)
            invoices.change(world, invoice, status="uncollectible", credit_applied=0, attempt_count=count)
        else:
            invoices.change(world, invoice, status="void", voided_at=world.now, credit_applied=0, amount_paid=0)
    for invoice in undone:
        subscription = world.get(Subscription, invoice.subscription)
        credit = subscription.credit_balance + invoice.credit_applied if subscription.status == "active" else 0
        if invoice.status == "open":
            subscriptions.stop(world, subscription, credit)
        else:
            subscriptions.change(world, subscription, credit_balance=credit)


def _wait(world: World, payment: Payment, owed: list[Invoice]) -> None:
    """The attempt has failed: the next step is due, and nothing else is billed until it is paid."""
    if payment.retry_next_at and not _is_due(world, payment):
        world.schedule("retry_payment", payment.id, payment.retry_next_at)
    for invoice in owed:
        # How often somebody has asked is no news by itself.
        world.put(replace(invoice, attempt_count=attempts.count(payment)))
        subscriptions.suspend(world, world.get(Subscription, invoice.subscription))


def _is_due(world: World, payment: Payment) -> bool:
    job = world.find(Job, f"retry_payment/{payment.id}")
    return job is not None and job.due == payment.retry_next_at


def _done(world: World, payment: Payment) -> Payment:
    """Nothing is tried again."""
    world.unschedule("retry_payment", payment.id)
    return replace(payment, retry_next_at=None) if payment.retry_next_at else payment
