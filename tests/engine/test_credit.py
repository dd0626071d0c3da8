"""Credit: what a cheaper plan gives back, and how it is used up, given back and lost."""

import pytest

from mock_odus.engine import invariants
from tests.engine.billed import NO, BilledShop

APRIL, MIDDLE, MAY = "2026-04-01T00:00:00.000Z", "2026-04-16T00:00:00.000Z", "2026-05-01T00:00:00.000Z"
GIVEN_UP = "2026-05-10T00:00:00.000Z"


@pytest.fixture
def shop():
    """It opens on the first of April."""
    return BilledShop(now=APRIL)


@pytest.fixture
def credited(shop):
    """A subscription at 1000 by the month that has so much credit since the middle of April."""

    def made(credit):
        subscription = shop.subscribe(shop.plan(1000 + 2 * credit))  # half of the month is left
        shop.advance(MIDDLE)
        return shop.move(subscription, shop.plan(1000))

    return made


def used(shop, subscription):
    """Of the latest invoice: what it is, what credit and money paid of it, and the credit that is left."""
    invoice = shop.latest(subscription)
    return invoice.status, invoice.credit_applied, invoice.amount_paid, shop.read(subscription).credit_balance


def test_a_cheaper_plan_gives_credit(credited):
    """What is left of the old plan less what the new one costs."""
    assert 400 == credited(400).credit_balance


def test_credit_lowers_the_next_charge(shop, credited):
    """The invoice comes to as much as ever; 600 of it is charged."""
    subscription = credited(400)
    shop.renew(subscription)
    assert (1000, 600) == (shop.latest(subscription).amount, shop.charged(subscription).amount)
    assert ("paid", 400, 600, 0) == used(shop, subscription)
    shop.renew(subscription)
    assert ("paid", 0, 1000, 0) == used(shop, subscription)
    invariants.check(shop.world)


def test_credit_may_last_for_several_periods(shop, credited, told):
    """Of 2500 it pays two months without a payment, and half of the third."""
    subscription = credited(2500)
    shop.gateway.charges.clear()
    found = []
    for _ in range(2):
        assert ["invoice.created", "subscription.updated"] == told(shop.renew, subscription)
        assert (None, 0) == (shop.latest(subscription).payment, shop.latest(subscription).attempt_count)
        found.append(used(shop, subscription))
    assert ([("paid", 1000, 0, 1500), ("paid", 1000, 0, 500)], []) == (found, shop.gateway.charges)
    shop.renew(subscription)
    assert ("paid", 500, 500, 0) == used(shop, subscription)
    shop.renew(subscription)
    assert (("paid", 0, 1000, 0), 5) == (used(shop, subscription), shop.read(subscription).current_cycle)
    invariants.check(shop.world)


def test_credit_of_exactly_an_invoice_leaves_nothing_to_charge(shop, credited):
    """No payment is made."""
    subscription = credited(1000)
    shop.renew(subscription)
    assert (("paid", 1000, 0, 0), None) == (used(shop, subscription), shop.latest(subscription).payment)


def test_an_upcoming_invoice_tells_nothing_of_credit(shop, credited):
    """It is what the renewal comes to before."""
    assert 1000 == credited(400).upcoming_invoice.amount


def test_credits_are_added_up(shop, credited):
    """Moved to 500 at the same moment: half of 500 more."""
    subscription = credited(400)
    assert 650 == shop.move(subscription, shop.plan(500)).credit_balance


def test_credit_waits_with_its_invoice(shop, credited):
    """While that is retried it is applied there, and when that is paid it is used up."""
    subscription = credited(400)
    shop.renew(subscription, NO)
    assert ("open", 400, 0, 0) == used(shop, subscription)
    shop.advance("2026-05-02T00:00:00.000Z")
    assert ("paid", 400, 600, 0) == used(shop, subscription)
    invariants.check(shop.world)


def test_a_reduction_is_off_what_credit_has_left(shop, credited):
    """10 % of 600."""
    subscription = credited(400)
    shop.change(subscription, retry_policy=shop.policy(1, price_reduction_percentage=10))
    shop.renew(subscription, NO)
    shop.advance("2026-05-02T00:00:00.000Z")
    assert (60, ("paid", 400, 540, 0)) == (shop.latest(subscription).reduction, used(shop, subscription))
    invariants.check(shop.world)


def test_a_void_invoice_gives_it_back(shop, credited):
    """Its period is forgiven, and the credit pays for the next."""
    subscription = credited(400)
    shop.renew(subscription, NO)
    shop.void(shop.latest(subscription))
    assert ("void", 0, 0, 400) == used(shop, subscription)
    shop.renew(subscription)
    assert ("paid", 400, 600, 0) == used(shop, subscription)
    invariants.check(shop.world)


def test_an_invoice_that_is_given_up_gives_it_back(shop, credited):
    """Paid by hand it is charged in full, and the credit stays for the next."""
    subscription = credited(400)
    shop.advance(GIVEN_UP, *4 * [NO])
    assert ("uncollectible", 0, 0, 400) == used(shop, subscription)
    shop.settle(shop.latest(subscription))
    assert ("paid", 0, 1000, 400) == used(shop, subscription)
    shop.renew(subscription)
    assert ("paid", 400, 600, 0) == used(shop, subscription)
    invariants.check(shop.world)


def test_money_that_is_let_go_of_gives_it_back(shop, credited):
    """The invoice that it was applied to is void after seven days."""
    shop.config(recurring_capture_method="manual")
    subscription = credited(400)
    shop.renew(subscription)
    assert ("paid", 400, 0, 0) == used(shop, subscription)
    shop.advance("2026-05-08T00:00:00.000Z")
    assert ("void", 0, 0, 400) == used(shop, subscription)
    invariants.check(shop.world)


def test_cancelled_it_is_lost(shop, credited):
    """There is nothing left to use it for."""
    assert 0 == shop.end(credited(400), now=True).credit_balance


def test_cancelled_while_it_is_retried_it_is_lost_as_well(shop, credited):
    """The invoice that it was applied to is void."""
    subscription = credited(400)
    shop.renew(subscription, NO)
    shop.end(subscription, now=True)
    assert ("void", 0, 0, 0) == used(shop, subscription)
    invariants.check(shop.world)


def test_it_is_lost_at_the_end_of_the_period(shop, credited):
    """Until then it can be resumed with it."""
    subscription = credited(400)
    assert 400 == shop.end(subscription).credit_balance
    shop.advance(MAY)
    assert ("cancelled", 0) == (shop.read(subscription).status, shop.read(subscription).credit_balance)


def test_what_is_let_go_of_after_the_end_gives_nothing_back(shop, credited):
    """A cancelled subscription has no use for credit."""
    shop.config(recurring_capture_method="manual")
    subscription = credited(400)
    shop.renew(subscription)
    ended = shop.end(subscription, now=True)
    shop.advance("2026-05-08T00:00:00.000Z")
    assert ("void", ended) == (shop.latest(subscription).status, shop.read(subscription))
    invariants.check(shop.world)
