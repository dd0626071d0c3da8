"""Which due renewals of a customer travel as one payment (subscriptions/payment-bundling)."""

from __future__ import annotations

from mock_odus.engine import periods
from mock_odus.engine.billing import BillingSettings, Subscription
from mock_odus.engine.world import World

MOST = 5
AHEAD = periods.Duration(milliseconds=24 * 3_600_000)


def bundles(world: World, subscription: Subscription) -> list[list[Subscription]]:
    """The subscriptions to renew now, at the renewal of one of them, in groups that are paid together.

    A group is led by the earliest; those that fit it and fall due within 24 hours after it are charged early with it.
    """
    if not world.merchant_config().enable_recurring_payment_bundling:
        return [[subscription]]
    all = world.related(Subscription, "customer", subscription.customer)
    waiting = sorted((one for one in all if one.is_billing), key=_turn)
    found, led = [], set()
    while primary := next((one for one in waiting if one.current_period_end <= world.now), None):
        kind = _kind(primary)
        last = periods.due(primary.current_period_end, AHEAD)
        if kind in led:  # the first of a kind had its pick; of the rest only those travel that are due
            last = min(last, world.now)
        led.add(kind)
        fitting = [one for one in waiting if one.current_period_end <= last and _kind(one) == kind]
        found.append(fitting[:MOST])
        waiting = [one for one in waiting if one not in fitting[:MOST]]
    return found


def _turn(subscription: Subscription) -> tuple[str, int]:
    return subscription.current_period_end, subscription.ordinal


def _kind(subscription: Subscription) -> tuple[BillingSettings, str]:
    """What must be alike to be paid together: gateway, method type, capture, currency."""
    return subscription.billing_settings, subscription.currency
