"""What becomes of billing where two rules meet, or time ends."""

import pytest

from mock_odus.engine import catalog, dunning, invariants, periods, plan_changes
from mock_odus.engine.billing import Invoice, Subscription
from mock_odus.engine.billing_bodies import ApplyPreview, PreviewPlan
from mock_odus.engine.bodies import (
    CreateBillingSchedule,
    CreateCart,
    CreateCartItem,
    CreateCycleDefinition,
)
from mock_odus.engine.gateways import Declined
from mock_odus.engine.records import PaymentMethod, Price

NO = Declined("insufficient_funds")
FIVE_HOURS = periods.Duration(milliseconds=5 * 3_600_000)


@pytest.fixture
def plan(shop):
    """A recurring price: `plan(2999)` by the month, `plan(100, "minute")`."""

    def made(amount=2999, unit="month", value=1):
        schedule = CreateBillingSchedule([CreateCycleDefinition(1, amount, unit, value)])
        return shop.price(None, type="recurring", billing_schedule=schedule)

    return made


@pytest.fixture
def subscribe(shop):
    """The subscriptions that are born of a cart with one of each price."""

    def born(*prices):
        paid = shop.authorize(shop.create(None, cart=CreateCart([CreateCartItem(price.id) for price in prices])))
        return [shop.world.get(Subscription, id) for id in paid.subscriptions]

    return born


@pytest.fixture
def read(world):
    """A record as it is now."""
    return lambda record: world.get(type(record), record.id)


@pytest.fixture
def latest(world, read):
    """The latest invoice of a subscription."""
    return lambda subscription: world.get(Invoice, read(subscription).latest_invoice)


@pytest.fixture
def bundle(shop, world, plan, subscribe, read):
    """Two subscriptions whose common renewal was refused, the second five hours before its period ends."""
    shop.config(enable_recurring_payment_bundling=True)
    (first,) = subscribe(plan())
    world.advance(periods.after(world.now, FIVE_HOURS))
    (second,) = subscribe(plan())
    shop.gateway.answers = [NO]
    world.advance(first.current_period_end)
    assert world.now < second.current_period_end
    return read(first), read(second)


def test_a_renewal_that_came_early_and_was_refused_can_only_be_cancelled_at_once(world, bundle, read, latest):
    """It is not billed any more, so it cannot be scheduled to end, although its period has not ended yet."""
    first, second = bundle
    dunning.cancel(world, second, immediately=False)
    assert "cancelled" == read(second).status
    assert ("void", "open") == (latest(second).status, latest(first).status)
    invariants.check(world)


def test_a_bundle_that_is_given_up_tells_its_invoices_before_its_subscriptions(shop, world, bundle, told):
    """As one that is paid does."""
    shop.gateway.answers = [NO, NO, NO]
    world.advance("2026-02-05T00:00:00.000Z")
    assert ["payment.updated"] + 2 * ["invoice.updated"] + 2 * ["subscription.updated"] == told(
        world.advance, "2026-03-01T00:00:00.000Z"
    )[-5:]


def test_what_pays_for_a_bundle_is_what_its_primary_is_charged_to(shop, world, bundle, read, latest, refused):
    """An invoice of it can be paid by hand as long as that is there."""
    first, second = bundle
    world.remove(PaymentMethod, first.payment_method)
    refused(f"subscription {first.id} has no payment method", dunning.pay, world, latest(second))


def test_a_plan_somebody_moved_to_is_here_to_stay(world, plan, subscribe, read):
    """Its price cannot be deleted from under the subscription: it is only not sold any more."""
    (subscription,) = subscribe(plan())
    other = plan(5999)
    found = plan_changes.preview(world, subscription, PreviewPlan(other.id))
    plan_changes.apply(world, subscription, ApplyPreview(found.id))
    catalog.delete_price(world, read(other))
    assert not world.get(Price, other.id).is_active
    invariants.check(world)


def test_a_period_that_is_over_and_waits_for_its_renewal_is_worth_nothing(open_shop):
    """Between its end and the whole minute at which it is renewed nothing is left to set against another plan."""
    shop = open_shop(now="2026-01-31T10:00:30.000Z")
    schedule = [CreateBillingSchedule([CreateCycleDefinition(1, amount, "minute", 1)]) for amount in (1000, 4000)]
    old, new = (shop.price(None, type="recurring", billing_schedule=one) for one in schedule)
    paid = shop.authorize(shop.create(None, cart=CreateCart([CreateCartItem(old.id)])))
    shop.world.advance("2026-01-31T10:01:45.000Z")
    subscription = shop.world.get(Subscription, paid.subscriptions[0])
    assert subscription.current_period_end < shop.world.now
    found = plan_changes.preview(shop.world, subscription, PreviewPlan(new.id))
    assert (0, 0) == (found.amount_due, found.amount_credit)


def test_a_period_that_outlasts_the_calendar_is_not_the_end(world, plan, subscribe, read):
    """Nothing is due for it, and when time ends the subscription is still active."""
    (subscription,) = subscribe(plan(9999, "year", 10))
    world.advance(periods.LAST)
    assert ("active", periods.LAST) == (read(subscription).status, read(subscription).current_period_end)
    invariants.check(world)


def test_an_old_debt_that_is_paid_is_for_the_old_period(shop, world, plan, subscribe, latest):
    """A cancelled subscription does not go on, however late somebody pays for what it owed."""
    (subscription,) = subscribe(plan())
    shop.gateway.answers = 4 * [NO]
    world.advance("2026-03-01T00:00:00.000Z")
    owed = latest(subscription)
    dunning.cancel(world, world.get(Subscription, subscription.id), immediately=True)
    world.advance("2026-08-01T00:00:00.000Z")
    paid = dunning.pay(world, owed)
    assert ("uncollectible", "paid") == (owed.status, paid.status)
    assert (owed.period_start, owed.period_end, owed.lines) == (paid.period_start, paid.period_end, paid.lines)
