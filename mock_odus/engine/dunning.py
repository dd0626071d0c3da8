"""Dunning: a failed renewal is tried again, step by step, until it is paid or given up.

The steps are those of a retry policy. Each waits its days since the attempt before it, and charges the same payment.
Odus page: subscriptions/retry-policy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from mock_odus.engine import authorizations, invoices, lifecycle, payments, periods, retry_policies, subscriptions
from mock_odus.engine.billing import Invoice, RetryStep, Subscription
from mock_odus.engine.errors import Refused
from mock_odus.engine.records import (
    Cart,
    Payment,
    PaymentMethod,
    Transaction,
)
from mock_odus.engine.world import World


def retry(world: World, payment_id: str) -> None:
    """Job: the next step of the retry policy."""
    payment = world.get(Payment, payment_id)
    primary = _primary(world, payment)
    step = retry_policies.step(retry_policies.of(world, primary), payment.retries + 1)
    if step is None:  # the policy was changed or disabled meanwhile
        lifecycle.change(world, payment, **given_up(world))
        return
    payment = replace(payment, retries=payment.retries + 1, retry=payment.retries + 1)
    charge(world, payment, primary, otherwise=after(world, payment, primary), step=step)


def charge(
    world: World,
    payment: Payment,
    primary: Subscription,
    *,
    otherwise: Callable[[Transaction], dict[str, Any]],
    step: RetryStep | None = None,
) -> Payment:
    """One attempt at a payment, with what its primary subscription is charged to now."""
    settings = primary.billing_settings
    gateway, amount = settings.gateway_profile, payment.amount
    if step and step.gateway_profile and settings.payment_method_type == "card":
        gateway = step.gateway_profile
    if step and step.price_reduction_percentage:
        amount = reduced(amount, step.price_reduction_percentage)
    if payment.payment_method != primary.payment_method:
        payment = replace(payment, payment_method=primary.payment_method)
    return authorizations.charge_saved(
        world, payment, gateway, settings.payment_method_type, amount=amount, otherwise=otherwise
    )


def after(world: World, payment: Payment, primary: Subscription) -> Callable[[Transaction], dict[str, Any]]:
    """What becomes of a renewal's payment when its attempt fails: it waits for the next step, or is given up."""

    def otherwise(transaction: Transaction) -> dict[str, Any]:
        step = retry_policies.step(retry_policies.of(world, primary), payment.retries + 1)
        if step is None or (world.policies.stop_on_hard_decline and transaction.outcome.decline_type == "hard_decline"):
            return given_up(world)
        delay = periods.Duration(days=step.retry_delay)
        return {"retry_next_at": periods.due(world.now, delay, world.merchant_config().timezone)}

    return otherwise


def reduced(amount: int, percentage: int) -> int:
    """An amount less so many percent, rounded half up; something is always left to charge."""
    return max(1, (amount * (100 - percentage) + 50) // 100)


def given_up(world: World) -> dict[str, Any]:
    return {
        "status": "cancelled",
        "cancelled_at": world.now,
        "cancellation_reason": "retries_exhausted",
        "retry_next_at": None,
    }


def _primary(world: World, payment: Payment) -> Subscription:
    return world.get(Subscription, payment.subscriptions[0])


# --- by hand


def pay(world: World, invoice: Invoice) -> Invoice:
    """One attempt more: at the payment of an open invoice, or at a new one for an uncollectible.

    A failure leaves the steps to come as they were. Refused for what is paid or void, and when nothing can be charged.
    """
    with world.verb():
        if invoice.status not in ("open", "uncollectible"):
            raise Refused(f"invoice {invoice.id} is {invoice.status}, so it cannot be paid")
        subscription, payment = world.get(Subscription, invoice.subscription), world.get(Payment, invoice.payment or "")
        primary = _primary(world, payment) if invoice.status == "open" else subscription
        if not world.find(PaymentMethod, primary.payment_method or ""):
            raise Refused(
                f"subscription {primary.id} has no payment method: give it one with POST /subscriptions/{primary.id}"
            )
        if invoice.status == "open":
            charge(world, replace(payment, retry=None), primary, otherwise=lambda _: {})
        else:
            payment = payments.open_for(
                world, [subscription], invoice.amount, invoices=(invoice.id,), cycles=(subscription.current_cycle + 1,)
            )
            charge(world, payment, subscription, otherwise=lambda _: given_up(world))
        return world.get(Invoice, invoice.id)


def void(world: World, invoice: Invoice) -> Invoice:
    """Forgives the period of an open invoice: its payment is cancelled, and billing goes on. Refused for others."""
    with world.verb():
        if invoice.status != "open":
            raise Refused(f"invoice {invoice.id} is {invoice.status}: only an open one can be voided")
        subscription = world.get(Subscription, invoice.subscription)
        voided = withdraw(world, invoice)
        credit = subscription.credit_balance + invoice.credit_applied
        period = subscriptions.period_paid_for(world, subscription)
        subscriptions.advance(world, subscription, period, voided, credit_balance=credit)
        return voided


def cancel(world: World, subscription: Subscription, *, immediately: bool) -> Subscription:
    """At the end of the period, or now for good: then an open invoice is void, and its payment cancelled.

    What has no period left, or is not billed any more, ends now as well. Refused for what is cancelled, or is
    scheduled to be.
    """
    with world.verb():
        subscriptions.require_active(subscription, "cancelled")
        has_time_left = subscription.auto_billing_enabled and subscription.current_period_end > world.now
        if has_time_left and not immediately:
            return subscriptions.schedule_end(world, subscription)
        latest = world.find(Invoice, subscription.latest_invoice or "")
        if latest and latest.status == "open":
            withdraw(world, latest)
        return subscriptions.end(world, subscription)


def withdraw(world: World, invoice: Invoice) -> Invoice:
    """Makes an open invoice void and takes it out of its payment, which is cancelled when it was the last."""
    payment = world.get(Payment, invoice.payment or "")
    # It is void before the payment changes, so that nobody takes it for given up; it is told afterwards.
    world.put(replace(invoice, status="void"))
    place = payment.invoices.index(invoice.id)
    if len(payment.invoices) == 1:
        changes = given_up(world) | {"cancellation_reason": "requested"}
    else:
        assert payment.cart is not None
        changes = {
            "amount": payment.amount - invoice.amount_due,
            "cart": Cart(_without(payment.cart.items, place)),
            "invoices": _without(payment.invoices, place),
            "subscriptions": _without(payment.subscriptions, place),
            "cycles": _without(payment.cycles, place),
        }
    lifecycle.change(world, payment, **changes)
    return invoices.change(world, invoice, status="void", voided_at=world.now, credit_applied=0)


def _without(items: tuple[Any, ...], place: int) -> tuple[Any, ...]:
    return items[:place] + items[place + 1 :]
