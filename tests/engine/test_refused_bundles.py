"""Bundles that are refused: they are retried together, given up together, and left one by one."""

import pytest

from mock_odus.engine import invariants
from tests.engine.billed import NO, BilledShop, ids

APRIL, MAY, JUNE = "2026-04-01T00:00:00.000Z", "2026-05-01T00:00:00.000Z", "2026-06-01T00:00:00.000Z"


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
def refused_bundle(shop):
    """Subscriptions an hour apart, at 1000, 2000 and 4000 or other amounts, whose common renewal in May was refused."""

    def made(*amounts, capture=None):
        found = []
        for hour, amount in enumerate(amounts or (1000, 2000, 4000)):
            shop.advance(f"2026-04-01T{hour:02}:00:00.000Z")
            found.append(shop.subscribe(shop.plan(amount)))
        shop.config(recurring_capture_method=capture)
        shop.renew(found[0], NO)
        return [shop.read(one) for one in found]

    return made


def statuses(shop, subscriptions):
    return [shop.latest(one).status for one in subscriptions]


def test_refused_all_are_retrying_together(shop, refused_bundle):
    """Those too whose time has not come yet; there is one payment and one date."""
    three = refused_bundle()
    assert {(False, "latest_invoice_retrying")} == {
        (one.auto_billing_enabled, one.auto_billing_disabled_reason) for one in three
    }
    assert 3 * ["open"] == statuses(shop, three)
    assert [("retry_payment", "2026-05-02T00:00:00.000Z")] == shop.agenda
    assert "2026-05-02T00:00:00.000Z" == shop.charged(three[2]).retry_next_at
    invariants.check(shop.world)


def test_the_primary_s_policy_holds_for_all(shop, plan):
    """The second would have been tried after nine days."""
    first, second = shop.subscribe(plan), shop.subscribe(plan)
    shop.change(first, retry_policy=shop.policy(2, 4))
    shop.change(second, retry_policy=shop.policy(9))
    shop.renew(first, NO)
    assert "2026-05-03T00:00:00.000Z" == shop.charged(second).retry_next_at
    shop.advance("2026-05-03T00:00:00.000Z", NO)
    assert "2026-05-07T00:00:00.000Z" == shop.charged(second).retry_next_at


def test_recovered_each_goes_on_from_its_own_date(shop, refused_bundle):
    """A day late, and nobody's anchor has moved."""
    three = refused_bundle()
    shop.advance("2026-05-02T00:00:00.000Z")
    ends = [shop.read(one).current_period_end for one in three]
    assert [f"2026-06-01T0{hour}:00:00.000Z" for hour in range(3)] == ends
    assert 3 * [(2, True)] == [(shop.latest(one).attempt_count, shop.read(one).auto_billing_enabled) for one in three]


def test_recovered_late_each_skips_what_has_passed_for_it(shop, plan):
    """A monthly and a daily one, paid after three days: the month goes on, of the days the one that contains now."""
    monthly, daily = shop.subscribe(plan), shop.subscribe(shop.plan((3000, "day", 30), (100, "day", 1)))
    shop.change(monthly, retry_policy=shop.policy(3))
    shop.renew(monthly, NO)
    assert [ids(monthly, daily)] == shop.bundles
    shop.advance("2026-05-04T00:00:00.000Z")
    found = [(one.current_period_start, one.current_period_end) for one in map(shop.read, (monthly, daily))]
    assert [(MAY, JUNE), ("2026-05-04T00:00:00.000Z", "2026-05-05T00:00:00.000Z")] == found
    assert found == [(one.period_start, one.period_end) for one in map(shop.latest, (monthly, daily))]
    invariants.check(shop.world)


def test_given_up_all_are_stopped(shop, refused_bundle):
    """The payment is cancelled as failed, the invoices are uncollectible."""
    three = refused_bundle()
    shop.advance("2026-05-20T00:00:00.000Z", NO, NO, NO)
    assert (3 * ["uncollectible"], "failed") == (statuses(shop, three), shop.charged(three[0]).display_status)
    assert {"recurring_payment_errored"} == {shop.read(one).auto_billing_disabled_reason for one in three}
    invariants.check(shop.world)


def test_given_up_each_is_paid_by_itself(shop, refused_bundle):
    """By hand, at its full amount; only that one goes on."""
    three = refused_bundle()
    second = three[1]
    shop.advance("2026-05-20T00:00:00.000Z", NO, NO, NO)
    shop.settle(shop.latest(second))
    assert ["uncollectible", "paid", "uncollectible"] == statuses(shop, three)
    assert (2000, ids(second)) == (shop.charged(second).amount_captured, list(shop.charged(second).subscriptions))
    assert [False, True, False] == [shop.read(one).auto_billing_enabled for one in three]
    invariants.check(shop.world)


def test_cancelled_by_hand_it_is_given_up(shop, refused_bundle):
    """As when the steps are exhausted."""
    three = refused_bundle()
    shop.cancel(shop.charged(three[0]))
    assert 3 * ["uncollectible"] == statuses(shop, three)
    assert {"recurring_payment_errored"} == {shop.read(one).auto_billing_disabled_reason for one in three}


def test_an_invoice_that_is_paid_by_hand_pays_its_bundle(shop, refused_bundle):
    """There is one payment, and it is charged whole."""
    three = refused_bundle()
    shop.settle(shop.latest(three[1]))
    assert (3 * ["paid"], 7000) == (statuses(shop, three), shop.charged(three[0]).amount_captured)
    assert [("renew", f"2026-06-01T0{hour}:00:00.000Z") for hour in range(3)] == shop.agenda


def test_a_reduction_is_spread_by_the_largest_remainder(shop, refused_bundle):
    """13 % off 7000 is 910: 129.87, 260 and 520.13 of 999, 2000 and 4001."""
    shop.config(default_retry_policy=shop.policy(1, price_reduction_percentage=13))
    three = refused_bundle(999, 2000, 4001)
    shop.advance("2026-05-02T00:00:00.000Z")
    found = [(shop.latest(one).reduction, shop.latest(one).amount_paid) for one in three]
    assert [(130, 869), (260, 1740), (520, 3481)] == found
    assert (6090, 7000) == (shop.charged(three[0]).amount_captured, shop.charged(three[0]).amount)
    invariants.check(shop.world)


def test_turned_off_bundling_splits_no_bundle_that_is_retried(shop, refused_bundle):
    """It is paid together; the next renewals are each their own."""
    three = refused_bundle()
    shop.config(enable_recurring_payment_bundling=False)
    shop.advance("2026-05-02T00:00:00.000Z")
    assert (3 * ["paid"], 1) == (statuses(shop, three), len(shop.bundles))
    shop.advance("2026-06-02T00:00:00.000Z")
    assert [ids(one) for one in three] == shop.bundles[1:]


# --- captured later


def test_captured_in_part_it_is_shared_out(shop, refused_bundle):
    """3501 of 7000 is 500.14, 1000.29 and 2000.57: the largest remainder gets the last cent."""
    three = refused_bundle(capture="manual")
    shop.advance("2026-05-02T00:00:00.000Z")
    assert [0, 0, 0] == [shop.latest(one).amount_paid for one in three]
    shop.capture(shop.charged(three[0]), amount=3501)
    assert [500, 1000, 2001] == [shop.latest(one).amount_paid for one in three]
    invariants.check(shop.world)


def test_let_go_of_all_its_invoices_are_void(shop, refused_bundle):
    """Nothing was captured for seven days; the subscriptions stay where they were."""
    three = refused_bundle(capture="manual")
    shop.advance("2026-05-02T00:00:00.000Z")
    before = [shop.read(one) for one in three]
    shop.advance("2026-05-09T00:00:00.000Z")
    assert (3 * ["void"], before) == (statuses(shop, three), [shop.read(one) for one in three])
    invariants.check(shop.world)


# --- who leaves


def leave_by_void(shop, subscription):
    shop.void(shop.latest(subscription))


def leave_by_cancel(shop, subscription):
    shop.end(subscription, now=True)


@pytest.mark.parametrize("leave", [leave_by_void, leave_by_cancel])
@pytest.mark.parametrize(("place", "left"), [(0, 6000), (1, 5000), (2, 3000)])
def test_who_leaves_lowers_the_payment_by_its_invoice(shop, refused_bundle, leave, place, left):
    """The others wait for the next step as before, and pay without it."""
    three = refused_bundle()
    payment, leaver = shop.charged(three[0]), three[place]
    others = [one for one in three if one is not leaver]
    leave(shop, leaver)
    lowered = shop.read(payment)
    assert (left, ids(*others), 2) == (lowered.amount, list(lowered.subscriptions), len(lowered.cart.items))
    assert ("void", payment.retry_next_at) == (shop.latest(leaver).status, lowered.retry_next_at)
    invariants.check(shop.world)
    shop.advance("2026-05-02T00:00:00.000Z")
    assert (["paid", "paid"], left) == (statuses(shop, others), shop.read(payment).amount_captured)
    assert "void" == shop.latest(leaver).status
    invariants.check(shop.world)


def test_what_is_told_when_one_leaves(shop, refused_bundle, told):
    """The payment, the invoice, the subscription; the others are as they were."""
    three = refused_bundle()
    names = ["payment.updated", "invoice.updated", "subscription.updated"]
    assert names == told(leave_by_void, shop, three[1])
    assert names == told(leave_by_cancel, shop, three[0])
    assert names == told(leave_by_void, shop, three[2])


@pytest.mark.parametrize("leave", [leave_by_void, leave_by_cancel])
def test_when_none_is_left_the_payment_is_cancelled(shop, refused_bundle, leave):
    """By request, so it is not shown as failed; nothing is tried again."""
    three = refused_bundle()
    payment = shop.charged(three[0])
    for one in three:
        leave(shop, one)
    assert ("cancelled", "cancelled") == (shop.read(payment).status, shop.read(payment).display_status)
    assert 3 * ["void"] == statuses(shop, three)
    assert "retry_payment" not in [kind for kind, _ in shop.agenda]
    invariants.check(shop.world)


def test_the_primary_hands_over(shop, plan):
    """The next one's method is charged from then on, and its policy says when."""
    first = shop.subscribe(plan)
    shop.advance("2026-04-01T01:00:00.000Z")
    second = shop.change(shop.subscribe(plan, by={"card": "5555555555554444"}), retry_policy=shop.policy(2, 9))
    shop.renew(first, NO)
    leave_by_void(shop, first)
    shop.advance("2026-05-02T00:00:00.000Z", NO)
    payment = shop.charged(second)
    assert (second.payment_method, "2026-05-11T00:00:00.000Z") == (payment.payment_method, payment.retry_next_at)


def test_who_leaves_with_credit_takes_it_back(shop, plan):
    """The payment is lowered by what was charged of the invoice, which the credit had lowered before."""
    first, second = shop.subscribe(plan), shop.subscribe(shop.plan(4000))
    shop.advance("2026-04-16T00:00:00.000Z")
    shop.move(second, plan)
    shop.renew(first, NO)
    assert (5500, 500, 0) == (
        shop.charged(first).amount,
        shop.latest(second).credit_applied,
        shop.read(second).credit_balance,
    )
    leave_by_void(shop, second)
    assert (3000, 0, 500) == (
        shop.charged(first).amount,
        shop.latest(second).credit_applied,
        shop.read(second).credit_balance,
    )
    invariants.check(shop.world)
