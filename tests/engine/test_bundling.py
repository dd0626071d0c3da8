"""Renewals that travel together: who joins whom, what is charged, and what becomes of a bundle that is refused."""

import pytest

from mock_odus.engine import customers, invariants
from mock_odus.engine.billing import Invoice, Subscription
from mock_odus.engine.bodies import CreateCustomer, MethodOptions, Routing
from tests.engine.billed import NO, BilledShop, ids

APRIL, MAY, JUNE = "2026-04-01T00:00:00.000Z", "2026-05-01T00:00:00.000Z", "2026-06-01T00:00:00.000Z"
OTHER_CARD = {"card": "5555555555554444"}


@pytest.fixture
def shop():
    """It opens on the first of April, and bundles."""
    shop = BilledShop(now=APRIL)
    shop.config(enable_recurring_payment_bundling=True)
    return shop


@pytest.fixture
def plan(shop):
    """3000 by the month."""
    return shop.plan(3000)


@pytest.fixture
def hourly(shop, plan):
    """Subscribes so many times, an hour after the other: `hourly(7)`."""

    def made(number, **fields):
        found = []
        for hour in range(number):
            shop.advance(f"2026-04-01T{hour:02}:00:00.000Z")
            found.append(shop.subscribe(plan, **fields))
        return found

    return made


# --- who joins


def test_each_pays_for_itself_by_default():
    """Nobody has told this shop to bundle: two that are due at once make two payments."""
    shop = BilledShop(now=APRIL)
    first, second = (shop.subscribe(shop.plan(3000)) for _ in range(2))
    shop.advance(MAY)
    assert [ids(first), ids(second)] == shop.bundles


def test_five_of_seven_over_six_hours(shop, hourly):
    """The first five at the time of the first, the other two when the sixth is due."""
    seven = hourly(7)
    shop.advance(MAY)
    assert [ids(*seven[:5])] == shop.bundles
    shop.advance("2026-05-01T04:59:59.999Z")
    assert 1 == len(shop.bundles)
    shop.advance("2026-05-01T05:00:00.000Z")
    assert [ids(*seven[:5]), ids(*seven[5:])] == shop.bundles
    invariants.check(shop.world)


def test_of_seven_that_are_due_at_once_none_waits(shop, plan):
    """The first five made are one bundle, the other two another, at the same minute."""
    seven = [shop.subscribe(plan) for _ in range(7)]
    assert 1 == shop.advance(MAY)
    assert [ids(*seven[:5]), ids(*seven[5:])] == shop.bundles


def test_who_finds_no_room_and_is_not_due_waits(shop, plan):
    """Six are due now, and one is an hour later: it is charged alone, in its own time."""
    six = [shop.subscribe(plan) for _ in range(6)]
    shop.advance("2026-04-01T01:00:00.000Z")
    late = shop.subscribe(plan)
    shop.advance(MAY)
    assert [ids(*six[:5]), ids(six[5])] == shop.bundles
    shop.advance("2026-05-01T01:00:00.000Z")
    assert ids(late) == shop.bundles[-1]


@pytest.mark.parametrize(
    ("joins", "expected"),
    [("2026-04-02T00:00:00.000Z", 1), ("2026-04-02T00:00:00.001Z", 2)],
    ids=["24 hours", "a millisecond more"],
)
def test_a_day_ahead_is_included(shop, plan, joins, expected):
    """Exactly 24 hours after the first joins it, a millisecond more does not."""
    shop.subscribe(plan)
    shop.advance(joins)
    shop.subscribe(plan)
    shop.advance("2026-05-03T00:00:00.000Z")
    assert expected == len(shop.bundles)


def test_the_day_is_counted_from_the_primary_s_own_time(plan, shop):
    """It is due at half past a minute, and renewed at the next whole one: who is due 24 hours after that is not in."""
    shop.advance("2026-04-01T00:00:30.000Z")
    first = shop.subscribe(plan)
    shop.advance("2026-04-02T00:00:30.000Z")
    second = shop.subscribe(plan)
    shop.advance("2026-04-02T00:00:31.000Z")
    third = shop.subscribe(plan)
    shop.advance("2026-05-03T00:00:00.000Z")
    assert [ids(first, second), ids(third)] == shop.bundles


def test_the_earliest_leads(shop, plan):
    """By the end of its period, whoever was made first; those that end together go by their making."""
    monthly = shop.subscribe(plan)
    weekly, other = (shop.subscribe(shop.plan((700, "day", 29))) for _ in range(2))
    shop.advance("2026-04-30T00:00:00.000Z")
    assert [ids(weekly, other, monthly)] == shop.bundles


APART = {
    "gateway": lambda shop: {
        "payment_method_options": MethodOptions(card=Routing("gatewayProfile", gateway_profile=shop.gateways[1]))
    },
    "method type": lambda shop: {
        "payment_method_options": MethodOptions(apple_pay=Routing("gatewayProfile", gateway_profile=shop.gateways[0])),
        "by": {"type": "applePay", "token": "a token"},
    },
    "capture method": lambda shop: {"payment_method_options": MethodOptions(capture_method="manual")},
    "capture delay": lambda shop: {
        "payment_method_options": MethodOptions(capture_method="automaticDelayed", capture_delay=3)
    },
    "customer": lambda shop: {"customer": customers.create(shop.world, CreateCustomer(email="joe@example.com")).id},
}


@pytest.mark.parametrize("kind", APART)
def test_only_what_is_alike_travels_together(shop, plan, kind):
    """Of four that are due at once, two and two differ in one thing and are charged apart."""
    differing = APART[kind](shop)
    delayed = MethodOptions(capture_method="automaticDelayed", capture_delay=2)
    usual = {"payment_method_options": delayed} if kind == "capture delay" else {}
    first, third = shop.subscribe(plan, **usual), shop.subscribe(plan, **differing)
    second, fourth = shop.subscribe(plan, **usual), shop.subscribe(plan, **differing)
    shop.advance(MAY)
    assert [ids(first, second), ids(third, fourth)] == shop.bundles
    invariants.check(shop.world)


def test_currencies_are_never_mixed(shop, plan):
    """Dollars with dollars, euros with euros."""
    euros = shop.plan(2000, currency="eur")
    first, second, third, fourth = (shop.subscribe(one) for one in (plan, euros, plan, euros))
    shop.advance(MAY)
    assert [ids(first, third), ids(second, fourth)] == shop.bundles
    assert ["usd", "eur"] == [shop.charged(one).currency for one in (first, second)]


def test_how_the_merchant_captures_renewals_keeps_nobody_apart(shop, plan):
    """What counts is how a subscription was born, as the settings say that are stored with it."""
    manual = MethodOptions(capture_method="manual")
    first, second = shop.subscribe(plan), shop.subscribe(plan, payment_method_options=manual)
    shop.config(recurring_capture_method="automatic")
    shop.advance(MAY)
    assert [ids(first), ids(second)] == shop.bundles


def test_only_what_is_billed_joins(shop, plan):
    """Not what is scheduled to cancel, is cancelled, stopped or retrying."""
    first, ending, ended, last = (shop.subscribe(plan) for _ in range(4))
    stopped, retrying = (shop.subscribe(shop.plan((3000, "day", days))) for days in (25, 27))
    shop.change(stopped, retry_policy=shop.policy(1))
    shop.change(retrying, retry_policy=shop.policy(9))
    shop.end(ending)
    shop.end(ended, now=True)
    shop.advance("2026-04-30T00:00:00.000Z", NO, NO, NO)
    reasons = [shop.read(one).auto_billing_disabled_reason for one in (stopped, retrying)]
    assert ["recurring_payment_errored", "latest_invoice_retrying"] == reasons
    shop.advance(MAY)
    assert [ids(stopped), ids(retrying), ids(first, last)] == shop.bundles


def test_what_is_bundled_by_now_is_bundled_once(shop, plan):
    """A plan by the hour that was charged early with another's renewal is due an hour later than it was."""
    shop.subscribe(plan)
    shop.advance("2026-04-30T23:30:00.000Z")
    short = shop.subscribe(shop.plan((10, "hour", 1)))
    shop.advance(MAY)
    assert "2026-05-01T01:30:00.000Z" == shop.read(short).current_period_end
    shop.advance("2026-05-01T01:29:00.000Z")
    assert 1 == len(shop.bundles)


# --- what is charged


def test_one_payment_pays_all(shop, hourly):
    """Three at 3000: the gateway is asked once, and is told of each; each invoice is paid with its own."""
    three = hourly(3)
    shop.gateway.charges.clear()
    shop.renew(three[0])
    (charge,) = shop.gateway.charges
    assert (9000, tuple(ids(*three)), (2, 2, 2), 0) == (
        charge.amount,
        charge.subscriptions,
        charge.cycles,
        charge.retry,
    )
    payment = shop.charged(three[0])
    assert ("recurring", "merchant", 9000) == (payment.off_session_type, payment.initiator, payment.amount_captured)
    assert 3 * [3000] == [invoice.amount_paid for invoice in shop.listed(Invoice, payment.invoices)]
    assert ids(*three) == [invoice.subscription for invoice in shop.listed(Invoice, payment.invoices)]
    assert [item.price for item in payment.cart.items] == [one.price for one in three]
    invariants.check(shop.world)


def test_the_primary_s_method_is_charged(shop, plan):
    """Though the other would have been charged to another card alone."""
    first = shop.subscribe(plan)
    shop.advance("2026-04-01T01:00:00.000Z")
    second = shop.subscribe(plan, by=OTHER_CARD)
    assert first.payment_method != second.payment_method
    shop.renew(first)
    assert first.payment_method == shop.charged(second).payment_method
    assert "4242" == shop.charged(second).transactions[0].payment_method_details.card.last_four
    assert second.payment_method == shop.read(second).payment_method


def test_who_is_charged_early_keeps_its_anchor(shop, hourly):
    """Its period advances at once from its own end, which may be ahead of now, and each later one as well."""
    first, second = hourly(2)
    shop.renew(first)
    periods = [(one.current_period_start, one.current_period_end) for one in map(shop.read, (first, second))]
    assert [(MAY, JUNE), ("2026-05-01T01:00:00.000Z", "2026-06-01T01:00:00.000Z")] == periods
    shop.renew(first)
    assert "2026-07-01T01:00:00.000Z" == shop.read(second).current_period_end
    assert 3 == shop.read(second).current_cycle


def test_the_order_of_what_is_told(shop, hourly, told):
    """All invoices, the payment, then what became of it for the invoices and for the subscriptions."""
    three = hourly(3)
    asked = 3 * ["invoice.created"] + ["payment.created", "payment.updated"]
    gone_on = 3 * ["invoice.updated"] + 3 * ["subscription.updated"]
    assert asked + gone_on == told(shop.renew, three[0])
    assert asked + 3 * ["subscription.updated"] == told(shop.renew, three[0], NO)
    assert ["payment.updated", *gone_on] == told(shop.advance, "2026-06-02T00:00:00.000Z")


def test_what_is_told_keeps_the_order_of_the_bundle(shop, hourly):
    """The primary comes first, of invoices and subscriptions alike."""
    three = hourly(3)
    mark = len(shop.world.log)
    shop.renew(three[0])
    told = [entry.record for entry in shop.world.log[mark:] if entry.kind == "event"]
    assert 2 * ids(*three) == [one.subscription for one in told if isinstance(one, Invoice)]
    assert ids(*three) == [one.id for one in told if isinstance(one, Subscription)]


@pytest.mark.parametrize(
    ("dearer", "expected"),
    [(4000, ("paid", None, 1000, 5000)), (2500, ("paid", "a payment", 750, 5250))],
    ids=["all of it", "a part of it"],
)
def test_credit_is_applied_before_a_bundle_is_charged(shop, dearer, expected):
    """Half of what the month was too dear is the second's credit: what that covers is not charged with the others."""
    first, second, third = (shop.subscribe(shop.plan(amount)) for amount in (1000, dearer, 4000))
    shop.advance("2026-04-16T00:00:00.000Z")
    shop.move(second, shop.plan(1000))
    shop.renew(first)
    invoice, payment = shop.latest(second), shop.charged(first)
    assert expected == (
        invoice.status,
        invoice.payment and "a payment",
        invoice.credit_applied,
        payment.amount_captured,
    )
    covered = invoice.payment is None
    assert (ids(first, third) if covered else ids(first, second, third)) == list(payment.subscriptions)
    assert JUNE == shop.read(second).current_period_end
    assert (500 if covered else 0) == shop.read(second).credit_balance
    invariants.check(shop.world)
