"""Subscriptions: how one is born, goes on from period to period, is stopped, cancelled and resumed.

            paid: the next period
           ┌───────────────┐
           ▼               │        declined
      billing ─────────────┴──────────────────────► retrying ──── exhausted ────► stopped
       │    ▲ ◄──────────────── recovered ──────────────┘                            │
 cancel│    │resume                                                 paid by hand     │
       ▼    │                                       billing ◄────────────────────────┘
  scheduled to cancel ── its period ends ──► cancelled ◄──── cancelled at once, from each of them

Odus pages: subscriptions/creating-subscriptions, subscription-lifecycle, canceling-and-resuming.
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from mock_odus.engine import attempts, cycles, invoices, metadata, periods, routing
from mock_odus.engine.billing import (
    BillingSettings,
    Invoice,
    RetryPolicy,
    Subscription,
    UpcomingInvoice,
)
from mock_odus.engine.billing_bodies import UpdateSubscription
from mock_odus.engine.cycles import Period
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.records import (
    CartItem,
    Payment,
    PaymentMethod,
    Price,
)
from mock_odus.engine.world import World

# --- birth


def begin(world: World, payment: Payment) -> Payment:
    """One subscription for each recurring item of a cart that was paid, its first invoice paid already.

    What the cart sells once stands on the first of the invoices. The payment with the ids of them all.
    """
    assert payment.cart is not None
    priced = [(item, world.get(Price, item.price)) for item in payment.cart.items]
    recurring = [(item, price) for item, price in priced if price.type == "recurring"]
    if not recurring:
        return payment
    once = tuple(invoices.line_once(world, price, item.quantity) for item, price in priced if price.type == "one_time")
    born = []
    for item, price in recurring:
        period = cycles.first(price, world.now, world.merchant_config().timezone)
        fee = (invoices.line_once(world, price, item.quantity),) if price.amount else ()
        lines = (*fee, invoices.line(world, price, item.quantity, period), *once)
        born.append((_new(world, payment, item, price, period), period, lines))
        once = ()
    owed = [sum(line.amount for line in lines) for _, _, lines in born]
    paid = invoices.shares(payment.amount_captured, owed)
    opened = []
    for (subscription, period, lines), amount_paid in zip(born, paid, strict=True):
        subscription = world.put(replace(subscription, latest_invoice=invoices.next_id(world)))
        world.emit("subscription.created", subscription)
        arm(world, subscription)
        invoice = invoices.create(
            world,
            subscription,
            lines,
            start=period.start,
            end=period.end,
            status="paid",
            payment=payment.id,
            amount_paid=amount_paid,
            attempt_count=attempts.count(payment),
        )
        opened.append(invoice.id)
    return replace(payment, subscriptions=tuple(one.id for one, _, _ in born), invoices=tuple(opened))


def _new(world: World, payment: Payment, item: CartItem, price: Price, period: Period) -> Subscription:
    assert payment.customer is not None, "a payment with a recurring price is not created without a customer"
    assert payment.gateway_profile is not None
    charged = attempts.charged(payment).payment_method_details
    assert charged is not None
    now = world.now
    is_delayed = payment.capture_method == "automaticDelayed"
    return Subscription(
        id=item.subscription or world.new_id("subscription"),
        created_at=now,
        updated_at=now,
        status="active",
        cancel_at_period_end=False,
        auto_billing_enabled=True,
        auto_billing_disabled_reason=None,
        start_date=now,
        current_period_start=period.start,
        current_period_end=period.end,
        current_cycle=1,
        customer=payment.customer,
        price=price.id,
        product=price.product,
        currency=payment.currency,
        quantity=item.quantity,
        payment_method=payment.payment_method,
        retry_policy=None,
        billing_settings=BillingSettings(
            payment_method_type=charged.type,
            gateway_profile=payment.gateway_profile,
            capture_method=payment.capture_method,
            capture_delay=payment.capture_delay if is_delayed else None,
        ),
        latest_invoice=None,
        upcoming_invoice=upcoming(price, period, item.quantity),
        credit_balance=0,
        place=period.place,
        period_paid=period.amount * item.quantity,
        ordinal=len(world.table(Subscription)) + 1,
    )


# --- from period to period


def arm(world: World, subscription: Subscription) -> None:
    """Makes due what comes at the end of the period: a renewal, an end, or nothing."""
    world.unschedule("end_subscription", subscription.id)
    end = subscription.current_period_end
    if subscription.is_billing and end < periods.LAST:
        world.schedule("renew", subscription.id, periods.whole_minute(max(end, world.now)))
    else:
        world.unschedule("renew", subscription.id)
        if subscription.auto_billing_enabled and subscription.cancel_at_period_end:
            world.schedule("end_subscription", subscription.id, end)


def next_period(world: World, subscription: Subscription) -> Period:
    """What would be paid for next: the period after the current one."""
    price = world.get(Price, subscription.price)
    timezone = world.merchant_config().timezone
    return cycles.following(price, subscription.place, subscription.current_period_end, timezone)


def period_paid_for(world: World, subscription: Subscription) -> Period:
    """The period that a payment now pays for. One that comes late pays for the one that contains now."""
    if world.policies.catch_up == "bill_each":
        return next_period(world, subscription)
    price = world.get(Price, subscription.price)
    timezone = world.merchant_config().timezone
    end = subscription.current_period_end
    return cycles.containing(price, subscription.place, end, world.now, timezone)


def advance(world: World, subscription: Subscription, period: Period, invoice: Invoice, **changes: Any) -> Subscription:
    """The period is paid for, or forgiven: it is the current one now, and the next will be billed again."""
    price = world.get(Price, subscription.price)
    changed = change(
        world,
        subscription,
        auto_billing_enabled=True,
        auto_billing_disabled_reason=None,
        current_period_start=period.start,
        current_period_end=period.end,
        current_cycle=subscription.current_cycle + 1,
        place=period.place,
        period_paid=invoice.amount - invoice.reduction if invoice.status == "paid" else 0,
        latest_invoice=invoice.id,
        upcoming_invoice=upcoming(price, period, subscription.quantity),
        **changes,
    )
    arm(world, changed)
    return changed


def take_on(world: World, subscription: Subscription, invoice: str, credit_left: int) -> Subscription:
    """An invoice is open for its next period. That is told with what comes of it."""
    return world.put(replace(subscription, latest_invoice=invoice, credit_balance=credit_left))


def suspend(world: World, subscription: Subscription) -> None:
    """Its latest invoice could not be paid: nothing more is billed until it is."""
    if not subscription.auto_billing_enabled:
        return
    suspended = change(
        world,
        subscription,
        auto_billing_enabled=False,
        auto_billing_disabled_reason="latest_invoice_retrying",
        upcoming_invoice=None,
    )
    arm(world, suspended)


def stop(world: World, subscription: Subscription, credit: int) -> None:
    """Its latest invoice was given up: nothing is billed until somebody pays it by hand. Credit comes back."""
    stopped = change(
        world,
        subscription,
        auto_billing_enabled=False,
        auto_billing_disabled_reason="recurring_payment_errored",
        upcoming_invoice=None,
        credit_balance=credit,
    )
    arm(world, stopped)


def upcoming(price: Price, period: Period, quantity: int) -> UpcomingInvoice:
    """What comes after a period."""
    return UpcomingInvoice(cycles.next_amount(price, period.place) * quantity, period.end)


def change(world: World, subscription: Subscription, **changes: Any) -> Subscription:
    """What changes nothing is no event."""
    return world.update(subscription, replace(subscription, **changes), "subscription.updated")


# --- by hand


def update(world: World, subscription: Subscription, body: UpdateSubscription) -> Subscription:
    """Metadata, the retry policy, or what the next renewal or retry is charged to. Invalid.

    Refused when anything but the metadata of a cancelled one would change.
    """
    with world.verb():
        changes: dict[str, Any] = {"metadata": metadata.merge(subscription.metadata, body.metadata)}
        problems = []
        if body.retry_policy is not UNSET:
            changes["retry_policy"] = body.retry_policy
            if body.retry_policy is not None and not world.find(RetryPolicy, body.retry_policy):
                problems.append(f"retryPolicy must be an existing retry policy, found '{body.retry_policy}'")
        if isinstance(body.payment_method, str):
            changes["payment_method"] = body.payment_method
            if problem := _method_problem(world, subscription, body.payment_method):
                problems.append(problem)
            else:
                changes["billing_settings"] = _settings(world, subscription, body.payment_method)
        if problems:
            raise Invalid(*problems)
        if subscription.status == "cancelled" and len(changes) > 1:
            raise Refused(f"subscription {subscription.id} is cancelled: only its metadata can be changed")
        return change(world, subscription, **changes)


def _method_problem(world: World, subscription: Subscription, id: str) -> str | None:
    method = world.find(PaymentMethod, id)
    if method is None:
        return f"paymentMethod must be a saved payment method, found '{id}'"
    if method.customer != subscription.customer:
        return f"paymentMethod must belong to customer {subscription.customer}, found '{id}'"
    stored = subscription.billing_settings.gateway_profile
    if not routing.takes(world, stored, method.type) and method.gateway_profile is None:
        return (
            f"paymentMethod must be of a type that the subscription's gateway takes, {routing.named(world, stored)}, "
            f"or have been authorized by another before; found {method.type}"
        )
    return None


def _settings(world: World, subscription: Subscription, id: str) -> BillingSettings:
    """The stored gateway stays when it can take the method; else it is the one that has authorized the method."""
    method, settings = world.get(PaymentMethod, id), subscription.billing_settings
    gateway = settings.gateway_profile
    if not routing.takes(world, gateway, method.type):
        gateway = method.gateway_profile or gateway
    return replace(settings, payment_method_type=method.type, gateway_profile=gateway)


def resume(world: World, subscription: Subscription) -> Subscription:
    """Calls off a cancel at the period's end. Refused when none is scheduled."""
    with world.verb():
        require_active(subscription, "resumed")
        if not subscription.cancel_at_period_end:
            raise Refused(f"subscription {subscription.id} is not scheduled to cancel: there is nothing to resume")
        amount = cycles.next_amount(world.get(Price, subscription.price), subscription.place) * subscription.quantity
        resumed = change(
            world,
            subscription,
            cancel_at_period_end=False,
            upcoming_invoice=UpcomingInvoice(amount, subscription.current_period_end),
        )
        arm(world, resumed)
        return resumed


def schedule_end(world: World, subscription: Subscription) -> Subscription:
    """It ends with its period, and nothing is charged then. Refused for the second time."""
    if subscription.cancel_at_period_end:
        raise Refused(
            f"subscription {subscription.id} is scheduled to cancel already, at {subscription.current_period_end}: "
            "give cancelImmediately to end it now"
        )
    scheduled = change(world, subscription, cancel_at_period_end=True, upcoming_invoice=None)
    arm(world, scheduled)
    return scheduled


def end(world: World, subscription: Subscription) -> Subscription:
    """Cancelled for good. Its credit is lost."""
    ended = change(
        world,
        subscription,
        status="cancelled",
        auto_billing_enabled=False,
        auto_billing_disabled_reason="subscription_cancelled",
        cancelled_at=world.now,
        credit_balance=0,
        upcoming_invoice=None,
    )
    arm(world, ended)
    return ended


def end_when_due(world: World, subscription_id: str) -> None:
    """Job: the period of a subscription that was scheduled to cancel is over."""
    end(world, world.get(Subscription, subscription_id))


def require_active(subscription: Subscription, done: str) -> None:
    """Refused for what is cancelled (subscriptions/canceling-and-resuming)."""
    if subscription.status != "active":
        raise Refused(
            f"subscription {subscription.id} is cancelled since {subscription.cancelled_at}, so it cannot be {done}"
        )
