"""Plans that are changed in mid-period: what is due or given as credit, and what becomes of the period."""

from fractions import Fraction
from math import floor

import pytest
from msgspec.structs import replace

from mock_odus.engine import customers, invariants, periods
from mock_odus.engine.billing import UpcomingInvoice
from mock_odus.engine.bodies import RestrictCustomer
from mock_odus.engine.gateways import Challenged
from mock_odus.engine.records import PaymentMethod
from tests.engine.billed import NO, BilledShop

APRIL = "2026-04-01T00:00:00.000Z"  # has 30 days
TENTH, MIDDLE, LAST = "2026-04-11T00:00:00.000Z", "2026-04-16T00:00:00.000Z", "2026-04-30T23:59:59.999Z"
MAY, JUNE = "2026-05-01T00:00:00.000Z", "2026-06-01T00:00:00.000Z"
QUARTER_PAST = "2026-04-16T00:15:00.000Z"


@pytest.fixture
def shop():
    """It opens on the first of April."""
    return BilledShop(now=APRIL)


@pytest.fixture
def monthly(shop):
    """A subscription at 3000 by the month; it is the middle of its first."""
    subscription = shop.subscribe(shop.plan(3000))
    shop.advance(MIDDLE)
    return subscription


@pytest.fixture
def dearer(shop):
    """A plan at 6000 by the month."""
    return shop.plan(6000)


def figures(preview):
    return preview.amount_due, preview.amount_credit


def period(subscription):
    return subscription.current_period_start, subscription.current_period_end


# --- what it costs


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (3000, 6000, (1500, 0)),
        (6000, 3000, (0, 1500)),
        (3000, 3000, (0, 0)),
        (1000, 1001, (1, 0)),  # 0.5
        (1001, 1000, (0, 0)),  # -0.5
        (1003, 1000, (0, 1)),  # -1.5
        (999, 2000, (501, 0)),  # 500.5; 1000 less 500 (499.5) if each part were rounded
        (1000, 0, (0, 500)),
        (0, 1000, (500, 0)),
    ],
)
def test_half_of_the_period_is_half_of_the_difference(shop, old, new, expected):
    """Rounded half up, once, on the difference; what is less than nothing is credit."""
    subscription = shop.subscribe(shop.plan(old))
    shop.advance(MIDDLE)
    assert expected == figures(shop.preview(subscription, shop.plan(new)))


@pytest.mark.parametrize("now", [APRIL, "2026-04-01T00:00:00.001Z", "2026-04-07T13:37:59.123Z", TENTH, LAST])
@pytest.mark.parametrize(("old", "new"), [(2999, 4999), (4999, 2999), (7, 10_000_019)])
@pytest.mark.parametrize("quantity", [1, 3])
def test_what_is_left_counts_to_the_millisecond(shop, now, old, new, quantity):
    """Thirty days are 2 592 000 000 ms; all of them are left when the period has just begun."""
    subscription = shop.subscribe(shop.plan(old), quantity=quantity)
    shop.advance(now)
    left = Fraction((periods.parse(MAY) - periods.parse(now)).total_seconds()).limit_denominator(1000)
    difference = floor((new - old) * quantity * left / (30 * 86_400) + Fraction(1, 2))
    assert (max(0, difference), max(0, -difference)) == figures(shop.preview(subscription, shop.plan(new)))


def test_another_interval_costs_its_whole_first_cycle(shop, monthly):
    """12000 for a year, less 1500 for half a month of 3000; its setup fee of 500 is nobody's who subscribes already."""
    assert (10_500, 0) == figures(shop.preview(monthly, shop.plan((12_000, "year", 1), fee=500)))


def test_the_same_interval_costs_no_setup_fee_either(shop, monthly):
    """Half of 3000 more."""
    assert (1500, 0) == figures(shop.preview(monthly, shop.plan(6000, fee=500)))


def test_what_is_left_of_a_year_may_be_worth_more_than_a_month(shop):
    """A year of 36500 has 365 days; 100 of them are gone, 26500 is left, and the first month costs 1000."""
    subscription = shop.subscribe(shop.plan((36_500, "year", 1)))
    shop.advance("2026-07-10T00:00:00.000Z")
    assert (0, 25_500) == figures(shop.preview(subscription, shop.plan(1000)))


def test_a_trial_is_worth_nothing(shop):
    """Four days of a free week are left: a month at 6000 begins now and is paid whole, three times."""
    trial = shop.subscribe(shop.plan((0, "week", 1), 3000), quantity=3)
    shop.advance("2026-04-04T00:00:00.000Z")
    found = shop.preview(trial, shop.plan(6000))
    assert (18_000, 0) == figures(found)
    assert ("2026-04-04T00:00:00.000Z", "2026-05-04T00:00:00.000Z") == period(found.subscription)


def test_a_free_month_is_paid_for_from_now_on(shop, dearer):
    """Half of a trial of a month is left, and a plan by the month takes it over: half of 6000."""
    trial = shop.subscribe(shop.plan(0, 3000))
    shop.advance(MIDDLE)
    found = shop.preview(trial, dearer)
    assert ((3000, 0), (APRIL, MAY)) == (figures(found), period(found.subscription))


def test_from_one_trial_to_another_costs_nothing(shop):
    """The free week goes on, and the new schedule begins with it."""
    trial = shop.subscribe(shop.plan((0, "week", 1), 3000))
    shop.advance("2026-04-04T00:00:00.000Z")
    other = shop.plan((0, "week", 1), 5000)
    applied = shop.apply(trial, shop.preview(trial, other))
    assert (True, None, None) == (applied.applied, applied.payment, applied.invoice)
    renewed = shop.renew(trial)
    assert 5000 == shop.latest(renewed).amount
    assert ("2026-04-08T00:00:00.000Z", "2026-05-08T00:00:00.000Z") == period(renewed)


def test_a_setup_fee_was_not_paid_for_the_period(shop, dearer):
    """Half of 3000 is left of what was paid; the fee of 9000 is gone."""
    subscription = shop.subscribe(shop.plan(3000, fee=9000))
    shop.advance(MIDDLE)
    assert (1500, 0) == figures(shop.preview(subscription, dearer))


def test_what_a_retry_step_let_the_customer_off_was_not_paid(shop, dearer):
    """3000 less 10 % for May, half of which is left: half of 6000 less half of 2700."""
    policy = shop.policy(1, price_reduction_percentage=10)
    subscription = shop.change(shop.subscribe(shop.plan(3000)), retry_policy=policy)
    shop.renew(subscription, NO)
    shop.advance("2026-05-16T12:00:00.000Z")
    assert 2700 == shop.latest(subscription).amount_paid
    assert (1650, 0) == figures(shop.preview(subscription, dearer))


def test_a_period_that_was_forgiven_is_worth_nothing(shop, dearer):
    """Half of 6000 for half of the May that nobody paid for."""
    subscription = shop.renew(shop.subscribe(shop.plan(3000)), NO)
    shop.void(shop.latest(subscription))
    shop.advance("2026-05-16T12:00:00.000Z")
    assert (3000, 0) == figures(shop.preview(subscription, dearer))


def test_what_credit_has_paid_is_paid(shop, monthly, dearer):
    """April was moved to 1000, and 1000 of the 2000 that this gave is May's; half of May is worth 500."""
    shop.apply(monthly, shop.preview(monthly, shop.plan(1000)))
    shop.renew(monthly)
    assert (1000, None) == (shop.latest(monthly).credit_applied, shop.latest(monthly).payment)
    shop.advance("2026-05-16T12:00:00.000Z")
    assert (2500, 0) == figures(shop.preview(monthly, dearer))


def test_to_and_fro_in_the_same_moment_is_even(shop, dearer):
    """What one change costs, the other gives back: twice half of 3000."""
    subscription = shop.subscribe(shop.plan(3000), quantity=2)
    shop.advance(MIDDLE)
    moved = shop.move(subscription, dearer)
    assert 3000 == shop.latest(moved).amount
    assert (0, 3000) == figures(shop.preview(moved, replace(dearer, id=subscription.price)))


# --- what becomes of the period


def test_a_preview_changes_nothing(shop, monthly, dearer, told):
    """Nobody is charged or told, and the subscription stays as it was; it shows what would be."""
    before = shop.read(monthly)
    assert [] == told(shop.preview, monthly, dearer)
    assert before == shop.read(monthly)
    found = shop.preview(monthly, dearer)
    upcoming = UpcomingInvoice(6000, MAY)
    expected = replace(
        before, price=dearer.id, product=dearer.product, period_paid=6000, upcoming_invoice=upcoming, updated_at=MIDDLE
    )
    assert (expected, QUARTER_PAST) == (found.subscription, found.preview_valid_until)


def test_what_was_previewed_is_what_comes(shop, monthly):
    """Also ten minutes later, and when it begins a period of its own: but for the invoice, and when it was changed."""
    found = shop.preview(monthly, shop.plan((12_000, "year", 1)))
    later = "2026-04-16T00:10:00.000Z"
    shop.advance(later)
    applied = shop.apply(monthly, found)
    expected = replace(found.subscription, latest_invoice=applied.invoice.id, updated_at=later)
    assert expected == applied.subscription == shop.read(monthly)


def test_the_same_interval_keeps_period_and_anchor():
    """Begun on 31 January, changed in the middle of its 28 days: periods still end on the last day of each month."""
    shop = BilledShop(now="2026-01-31T10:00:00.000Z")
    subscription = shop.subscribe(shop.plan(3000))
    shop.advance("2026-02-14T10:00:00.000Z")
    moved = shop.move(subscription, shop.plan(6000))
    ends = [moved.current_period_end, *(shop.renew(moved).current_period_end for _ in range(3))]
    assert [f"2026-{day}T10:00:00.000Z" for day in ("02-28", "03-31", "04-30", "05-31")] == ends
    assert [3000, 1500, 6000, 6000, 6000] == [one.amount for one in shop.invoices(moved)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("year", 1), ("month", 12)),
        (("week", 2), ("day", 14)),
        (("hour", 1), ("minute", 60)),
        (("day", 7), ("week", 1)),
    ],
)
def test_intervals_are_the_same_by_their_length(shop, old, new):
    """Twelve months are a year, seven days a week, sixty minutes an hour: the period goes on."""
    subscription = shop.subscribe(shop.plan((3000, *old)))
    assert period(subscription) == period(shop.preview(subscription, shop.plan((6000, *new))).subscription)


@pytest.mark.parametrize(("old", "new"), [(("month", 1), ("day", 30)), (("day", 1), ("hour", 24))])
def test_intervals_that_are_only_as_long_by_chance_are_others(shop, old, new):
    """April has thirty days, and a day without a leap of the clocks 24 hours: a new period begins all the same."""
    subscription = shop.subscribe(shop.plan((3000, *old)))
    now = "2026-04-01T06:00:00.000Z"
    shop.advance(now)
    found = shop.preview(subscription, shop.plan((6000, *new))).subscription
    assert now == found.current_period_start


def test_another_interval_begins_now(shop, monthly):
    """A year that counts from the change, at its whole price; the month is over."""
    moved = shop.move(monthly, shop.plan((12_000, "year", 1)))
    assert (MIDDLE, "2027-04-16T00:00:00.000Z") == period(moved)
    assert UpcomingInvoice(12_000, "2027-04-16T00:00:00.000Z") == moved.upcoming_invoice
    invoice = shop.latest(moved)
    assert ((MIDDLE, "2027-04-16T00:00:00.000Z"), 10_500) == (
        (invoice.period_start, invoice.period_end),
        invoice.amount,
    )
    shop.advance(JUNE)
    assert [3000, 10_500] == [one.amount for one in shop.invoices(moved)]
    assert ("2027-04-16T00:00:00.000Z", "2028-04-16T00:00:00.000Z") == period(shop.renew(moved))
    assert 12_000 == shop.latest(moved).amount


def test_a_new_schedule_runs_from_its_first_position(shop, monthly):
    """April at 1000, then May at 2000, and 4000 from June on; the cycles are counted on."""
    moved = shop.move(monthly, shop.plan(1000, 2000, 4000))
    assert (1, UpcomingInvoice(2000, MAY), 1000) == (moved.current_cycle, moved.upcoming_invoice, moved.credit_balance)
    amounts = []
    for _ in range(3):
        moved = shop.renew(moved)
        amounts.append((shop.latest(moved).amount, moved.current_cycle))
    assert [(2000, 2), (4000, 3), (4000, 4)] == amounts


def test_a_schedule_is_left_wherever_it_stands(shop, dearer):
    """In the third month of one with a trial of a week; the anchor of its months is kept."""
    subscription = shop.subscribe(shop.plan((0, "week", 1), 2000, 3000))
    for _ in range(3):
        subscription = shop.renew(subscription)
    assert ("2026-06-08T00:00:00.000Z", "2026-07-08T00:00:00.000Z") == period(subscription)
    shop.advance("2026-06-23T00:00:00.000Z")
    moved = shop.move(subscription, dearer)
    assert (1500, 4) == (shop.latest(moved).amount, moved.current_cycle)
    assert (5, 6000) == (shop.renew(moved).current_cycle, shop.latest(moved).amount)
    assert "2026-08-08T00:00:00.000Z" == shop.read(moved).current_period_end


def test_a_period_that_was_paid_early_is_left_whole(shop, dearer):
    """Two are renewed together, the second six hours early: all of its May is left, and all of the difference due."""
    shop.config(enable_recurring_payment_bundling=True)
    first = shop.subscribe(shop.plan(3000))
    shop.advance("2026-04-01T06:00:00.000Z")
    early = shop.subscribe(shop.plan(3000))
    shop.renew(first)
    early = shop.read(early)
    assert ("2026-05-01T06:00:00.000Z", "2026-06-01T06:00:00.000Z") == period(early)
    found = shop.preview(early, dearer)
    assert ((3000, 0), period(early)) == (figures(found), period(found.subscription))
    yearly = shop.preview(early, shop.plan((12_000, "year", 1)))
    assert ((9000, 0), MAY) == (figures(yearly), yearly.subscription.current_period_start)
    shop.apply(early, found)
    invariants.check(shop.world)
    assert (6000, "2026-07-01T06:00:00.000Z") == (
        shop.latest(shop.renew(early)).amount,
        shop.read(early).current_period_end,
    )


def test_another_product_is_allowed(shop, monthly):
    """The subscription is to that product then."""
    product = shop.product(name="Pro")
    moved = shop.move(monthly, shop.plan(6000, product=product.id))
    assert (product.id, "Pro") == (moved.product, shop.latest(moved).lines[0].description)


# --- applying it


def test_it_is_charged_at_once_by_the_merchant(shop, monthly, dearer, told):
    """To the saved method at the stored gateway, though it was another that stands first in the queue now."""
    shop.gateway.charges.clear()
    found = shop.preview(monthly, dearer)
    names = ["payment.created", "payment.updated", "invoice.created", "subscription.updated"]
    assert names == told(shop.apply, monthly, found)
    (charge,) = shop.gateway.charges
    assert ("merchant", "unscheduled", 1500) == (charge.initiator, charge.off_session_type, charge.amount)
    assert (monthly.billing_settings.gateway_profile, (monthly.id,)) == (charge.gateway, charge.subscriptions)
    assert (dearer.id,) == charge.prices
    invariants.check(shop.world)


def test_the_invoice_of_a_change_is_paid_already(shop, monthly, dearer):
    """It is the subscription's latest, and its line says which plan, for which period."""
    applied = shop.apply(monthly, shop.preview(monthly, dearer))
    invoice, payment = applied.invoice, applied.payment
    assert ("paid", 1500, 1500, payment.id) == (invoice.status, invoice.amount, invoice.amount_paid, invoice.payment)
    assert (1, MIDDLE) == (invoice.attempt_count, invoice.paid_at)
    assert ((invoice.id,), (monthly.id,)) == (payment.invoices, payment.subscriptions)
    (line,) = invoice.lines
    assert (dearer.id, 1500, APRIL, MAY) == (line.price, line.amount, line.period_start, line.period_end)
    assert ("succeeded", 1500) == (payment.display_status, payment.amount_captured)
    assert invoice.id == applied.subscription.latest_invoice


def test_credit_needs_no_payment(shop, monthly, told):
    """It is put down at once, and nobody is asked."""
    found = shop.preview(monthly, shop.plan(1000))
    shop.gateway.charges.clear()
    assert ["subscription.updated"] == told(shop.apply, monthly, found)
    assert (1000, []) == (shop.read(monthly).credit_balance, shop.gateway.charges)
    invariants.check(shop.world)


def test_credit_pays_for_no_change_of_plan(shop, monthly, dearer):
    """What was previewed is charged; the credit stays for the next renewals."""
    shop.move(monthly, shop.plan(1000))
    applied = shop.apply(monthly, shop.preview(monthly, dearer))
    assert (2500, 0, 1000) == (
        applied.payment.amount,
        applied.invoice.credit_applied,
        applied.subscription.credit_balance,
    )


def test_a_declined_change_changes_nothing_but_tells_the_payment(shop, monthly, dearer, told):
    """The payment is cancelled with its failed transaction; there is no dunning, and the renewal comes as ever."""
    before, found = shop.read(monthly), shop.preview(monthly, dearer)
    names = ["payment.created", "payment.updated"]
    results = []
    assert names == told(lambda: results.append(shop.apply(monthly, found, NO)))
    (applied,) = results
    assert (False, None, before) == (applied.applied, applied.invoice, applied.subscription)
    payment = shop.read(applied.payment)
    assert ("cancelled", "failed", None) == (payment.status, payment.display_status, payment.retry_next_at)
    assert ["insufficient_funds"] == shop.codes(payment)
    assert (before, [("renew", MAY)]) == (shop.read(monthly), shop.agenda)
    invariants.check(shop.world)
    shop.renew(monthly)
    assert 3000 == shop.latest(monthly).amount


def test_a_declined_change_may_be_tried_again(shop, monthly, dearer):
    """With the same preview, until it expires; each try leaves a payment of its own."""
    found = shop.preview(monthly, dearer)
    declined = shop.apply(monthly, found, NO)
    shop.advance(QUARTER_PAST)
    applied = shop.apply(monthly, found)
    assert (True, 6000) == (applied.applied, applied.subscription.upcoming_invoice.amount)
    assert ("failed", "succeeded") == (shop.read(declined.payment).display_status, applied.payment.display_status)
    assert declined.payment.id != applied.payment.id
    invariants.check(shop.world)


def test_a_change_that_would_need_its_customer_is_declined(shop, monthly, dearer):
    """Nobody is there to answer a challenge."""
    applied = shop.apply(monthly, shop.preview(monthly, dearer), Challenged())
    assert (False, ["authentication_failed"]) == (applied.applied, shop.codes(applied.payment))


@pytest.mark.parametrize(
    ("prevent", "code"),
    [
        (lambda shop, method: customers.restrict(
            shop.world, shop.customer, RestrictCustomer(customer=shop.customer.id, restrict_mit=True)
        ), "customer_restricted"),
        (lambda shop, method: shop.world.remove(PaymentMethod, method), "invalid_card_details"),
    ],
)  # fmt: skip
def test_who_cannot_be_charged_stays_on_the_old_plan(shop, monthly, dearer, prevent, code):
    """The failed transaction says why, and no gateway was asked."""
    found = shop.preview(monthly, dearer)
    shop.gateway.charges.clear()
    prevent(shop, monthly.payment_method)
    applied = shop.apply(monthly, found)
    assert (False, [code], []) == (applied.applied, shop.codes(applied.payment), shop.gateway.charges)


def test_a_change_is_captured_as_renewals_are(shop, monthly, dearer):
    """By hand when the merchant says so; let go of, its invoice is void, and the plan stays."""
    shop.config(recurring_capture_method="manual")
    applied = shop.apply(monthly, shop.preview(monthly, dearer))
    assert ("uncaptured", "paid", 0) == (
        applied.payment.display_status,
        applied.invoice.status,
        applied.invoice.amount_paid,
    )
    shop.capture(applied.payment, amount=1000)
    assert 1000 == shop.read(applied.invoice).amount_paid
    other = shop.apply(monthly, shop.preview(monthly, shop.plan(9000)))
    shop.cancel(other.payment)
    assert ("void", other.subscription) == (shop.read(other.invoice).status, shop.read(monthly))
    invariants.check(shop.world)
