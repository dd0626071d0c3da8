"""Money that is let go of after its period began: what such a period is still worth when the plan is changed."""

import pytest

from mock_odus.engine import invariants
from mock_odus.engine.records import Payment
from tests.engine.billed import BilledShop

APRIL, MIDDLE = "2026-04-01T00:00:00.000Z", "2026-04-16T00:00:00.000Z"


@pytest.fixture
def shop():
    """It opens on the first of April, and captures by hand."""
    opened = BilledShop(now=APRIL)
    opened.config(capture_method="manual", recurring_capture_method="manual")
    return opened


@pytest.fixture
def figures(shop):
    """What a change to another plan would cost now, and what it would give as credit."""

    def told(subscription, amount):
        preview = shop.preview(subscription, shop.plan(amount))
        return preview.amount_due, preview.amount_credit

    return told


def let_go(shop, invoice):
    shop.reverse(shop.world.get(Payment, invoice.payment))


def test_a_first_period_whose_money_was_let_go_of_is_worth_nothing(shop, figures):
    """A cheaper plan gives no credit for what nobody has paid; the new plan is charged."""
    subscription = shop.subscribe(shop.plan(1000, fee=500))
    assert (0, 900) == figures(subscription, 100)
    let_go(shop, shop.latest(subscription))
    assert (100, 0) == figures(subscription, 100)
    invariants.check(shop.world)


def test_so_is_a_renewed_one_that_lapsed(shop, figures):
    """Nobody captured within seven days; what is left of May costs its share of the new plan."""
    subscription = shop.renew(shop.subscribe(shop.plan(1000)))
    shop.advance("2026-05-08T00:00:00.000Z")
    assert "void" == shop.latest(subscription).status
    assert (3100 * 24 // 31, 0) == figures(subscription, 3100)


def test_credit_that_came_back_is_not_given_twice(shop, figures):
    """The period it was used for counts as unpaid in whole."""
    subscription = shop.move(shop.subscribe(shop.plan(1400)), shop.plan(1000))
    shop.renew(subscription)
    let_go(shop, shop.latest(subscription))
    assert 400 == shop.read(subscription).credit_balance
    assert (100, 0) == figures(subscription, 100)


def test_a_change_whose_money_was_let_go_of_leaves_what_was_paid_before(shop, figures):
    """Half of April at 1000 is 500, whatever the plan is now."""
    subscription = shop.subscribe(shop.plan(1000))
    shop.capture(shop.charged(subscription))
    shop.advance(MIDDLE)
    moved = shop.move(subscription, shop.plan(3000))
    assert 1000 == shop.charged(moved).amount
    let_go(shop, shop.latest(moved))
    assert (0, 500) == figures(moved, 0)


def test_of_a_changed_period_the_change_alone_may_be_paid(shop, figures):
    """The first charge is let go of; what was paid is the difference, 2000 by the month."""
    subscription = shop.subscribe(shop.plan(1000))
    first = shop.latest(subscription)
    shop.advance("2026-04-06T00:00:00.000Z")
    moved = shop.move(subscription, shop.plan(3000))
    shop.capture(shop.charged(moved))
    let_go(shop, first)
    shop.advance(MIDDLE)
    assert (0, 1000) == figures(moved, 0)


def test_what_was_given_back_already_makes_no_debt(shop, figures):
    """Moved to less, the period is worth less than what is let go of: nothing, and not less."""
    subscription = shop.subscribe(shop.plan(3000))
    first = shop.latest(subscription)
    moved = shop.move(subscription, shop.plan(1000))
    let_go(shop, first)
    assert (100, 0) == figures(moved, 100)


def test_a_change_to_another_interval_leaves_what_it_was_set_against(shop, figures):
    """Of the year's 12000 the customer was charged 11500; that is gone, and 500 of April are left."""
    subscription = shop.subscribe(shop.plan(1000))
    shop.capture(shop.charged(subscription))
    shop.advance(MIDDLE)
    moved = shop.move(subscription, shop.plan((12000, "year", 1)))
    assert 11500 == shop.charged(moved).amount
    let_go(shop, shop.latest(moved))
    assert (0, 500) == figures(moved, 0)


def test_a_period_that_has_passed_takes_nothing_from_the_one_after(shop):
    """A plan by the day: what lapses is a week old, and today is paid for."""
    subscription = shop.subscribe(shop.plan((700, "day", 1)))
    first = shop.latest(subscription)
    shop.advance("2026-04-08T00:00:00.000Z")
    assert "void" == shop.read(first).status
    assert 700 == shop.preview(subscription, shop.plan((0, "day", 1))).amount_credit


def test_what_was_let_go_of_before_a_change_is_not_taken_off_again(shop, figures):
    """Nothing was paid for April, so 3000 were charged for half of it, and those are all that count from then on."""
    subscription = shop.subscribe(shop.plan(1000))
    let_go(shop, shop.latest(subscription))
    shop.advance(MIDDLE)
    moved = shop.move(subscription, shop.plan(6000))
    assert 3000 == shop.charged(moved).amount
    assert (0, 3000) == figures(moved, 0)
    let_go(shop, shop.latest(moved))
    assert (0, 0) == figures(moved, 0)
    invariants.check(shop.world)
