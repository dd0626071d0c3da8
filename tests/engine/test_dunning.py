"""Dunning: when a failed renewal is tried again, for how much and where, and what a late success pays for.

What `invoices` and bundles have to say of it stands in `test_invoices.py` and `test_refused_bundles.py`.
"""

import pytest
from msgspec.structs import replace

from mock_odus.engine import dunning, invariants, retry_policies
from mock_odus.engine.billing import RetryPolicy
from mock_odus.engine.billing_bodies import CreateRetryPolicy, CreateRetryStep, UpdateRetryPolicy
from mock_odus.engine.gateways import Declined
from tests.engine.billed import NO, BilledShop

JANUARY, FEBRUARY = "2026-01-31T10:00:00.000Z", "2026-02-28T10:00:00.000Z"
LOST = Declined("lost_card")


@pytest.fixture
def shop():
    """It opens on the last of January."""
    return BilledShop(now=JANUARY)


@pytest.fixture
def monthly(shop):
    """A subscription at 3000 by the month; its first renewal is on 28 February."""
    return shop.subscribe(shop.plan(3000))


@pytest.fixture
def policy(shop):
    """Makes a retry policy the merchant's default, of steps that are each a delay and what else they say."""

    def made(*steps):
        described = [CreateRetryStep(place, delay, **more) for place, (delay, more) in enumerate(steps, 1)]
        policy = retry_policies.create(shop.world, CreateRetryPolicy("A policy", described))
        shop.config(default_retry_policy=policy.id)
        return policy

    return made


@pytest.fixture
def change(shop):
    """Changes a retry policy."""
    return lambda policy, **fields: retry_policies.update(
        shop.world, shop.world.get(RetryPolicy, policy.id), UpdateRetryPolicy(**fields)
    )


def asked(shop):
    """Each charge since the sign-up, as its day, which step it was, and how much."""
    return [(charge.at[5:10], charge.retry, charge.amount) for charge in shop.gateway.charges[1:]]


def place(shop, subscription):
    """What stands on the latest invoice: its status, and the days of its period."""
    invoice = shop.latest(subscription)
    return invoice.status, invoice.period_start[5:10], invoice.period_end[5:10]


# --- when


def test_a_step_waits_since_the_attempt_and_not_since_the_period():
    """The renewal was half a minute late, and so is each try after it."""
    shop = BilledShop(now="2026-01-31T10:00:30.000Z")
    shop.subscribe(shop.plan(3000))
    shop.advance("2026-02-28T10:01:00.000Z", NO)
    assert [("retry_payment", "2026-03-01T10:01:00.000Z")] == shop.agenda


def test_days_are_the_merchants():
    """Eleven o'clock in Paris is an hour earlier in UTC on the day after the clocks went forward."""
    shop = BilledShop(now="2026-02-28T10:00:00.000Z")
    shop.config(timezone="Europe/Paris")
    shop.renew(shop.subscribe(shop.plan(3000)), NO)
    assert ("2026-03-28T10:00:00.000Z", [("retry_payment", "2026-03-29T09:00:00.000Z")]) == (
        shop.world.now,
        shop.agenda,
    )


def test_a_policy_that_is_turned_off_meanwhile_gives_up_when_the_next_step_is_due(shop, monthly, policy, change):
    """Nobody is asked any more; until then the payment says when it will be tried."""
    mine = policy((1, {}), (1, {}))
    shop.renew(monthly, NO)
    change(mine, is_enabled=False)
    assert ("open", "2026-03-01T10:00:00.000Z") == (shop.charged(monthly).status, shop.charged(monthly).retry_next_at)
    shop.advance("2026-03-01T10:00:00.000Z")
    assert ([("02-28", 0, 3000)], "uncollectible") == (asked(shop), shop.latest(monthly).status)
    assert ("failed", "recurring_payment_errored") == (
        shop.charged(monthly).display_status,
        shop.read(monthly).auto_billing_disabled_reason,
    )
    invariants.check(shop.world)


def test_a_policy_that_has_grown_meanwhile_goes_on(shop, monthly, policy, change):
    """There was one step when the renewal failed, and there are two when the first one does."""
    mine = policy((1, {}))
    shop.renew(monthly, NO)
    change(mine, steps=[CreateRetryStep(1, 1), CreateRetryStep(2, 4)])
    shop.advance("2026-03-20T00:00:00.000Z", NO, NO)
    assert [("02-28", 0, 3000), ("03-01", 1, 3000), ("03-05", 2, 3000)] == asked(shop)


def test_another_policy_counts_from_the_next_step_on(shop, monthly):
    """What is due stays due; then it is the new one's second step, after nine days."""
    shop.renew(monthly, NO)
    shop.change(monthly, retry_policy=shop.policy(7, 9))
    shop.advance("2026-03-01T10:00:00.000Z", NO)
    assert [("retry_payment", "2026-03-10T10:00:00.000Z")] == shop.agenda


@pytest.mark.parametrize(
    ("stops", "answers", "expected"),
    [
        (False, [LOST, LOST], ["02-28", "03-01", "03-04"]),
        (True, [LOST], ["02-28"]),
        (True, [NO, LOST], ["02-28", "03-01"]),
        (True, [NO, NO], ["02-28", "03-01", "03-04"]),
    ],
    ids=["as a soft one", "at once", "in a step", "not by a soft one"],
)
def test_a_hard_decline_ends_it_only_where_that_is_assumed(shop, monthly, stops, answers, expected):
    """`dunning.stop_on_hard_decline` says so; by default the steps go on, and the third charge is approved."""
    shop.world.policies = replace(shop.world.policies, stop_on_hard_decline=stops)
    shop.advance("2026-03-20T00:00:00.000Z", *answers)
    assert expected == [day for day, _, _ in asked(shop)]
    assert ("paid" if len(expected) == 3 else "uncollectible") == shop.latest(monthly).status
    invariants.check(shop.world)


# --- for how much, and where


@pytest.mark.parametrize(
    ("amount", "percentage", "expected"),
    [(2999, 10, 2699), (1005, 10, 905), (1004, 10, 904), (3000, 33, 2010), (5, 50, 3), (50, 99, 1), (1, 99, 1)],
)
def test_a_reduction_is_rounded_half_up(amount, percentage, expected):
    """Half a cent of what is left to pay is a whole one, and one cent is left at least."""
    assert expected == dunning.reduced(amount, percentage)


def test_only_the_step_itself_charges_less_or_elsewhere(shop, monthly, policy):
    """The next step charges all of it at the stored gateway again, and so does whoever tries by hand."""
    policy((1, {"price_reduction_percentage": 20, "gateway_profile": shop.gateways[2]}), (1, {}))
    shop.renew(monthly, NO)
    shop.advance("2026-03-01T12:00:00.000Z", NO)
    shop.settle(shop.latest(monthly), NO)
    shop.advance("2026-03-02T10:00:00.000Z")
    first, _, third = shop.gateways
    assert [(3000, first, 0), (2400, third, 1), (3000, first, None), (3000, first, 2)] == [
        (charge.amount, charge.gateway, charge.retry) for charge in shop.gateway.charges[1:]
    ]
    assert ("paid", 0, 3000) == (
        shop.latest(monthly).status,
        shop.latest(monthly).reduction,
        shop.latest(monthly).amount_paid,
    )
    invariants.check(shop.world)


def test_a_gateway_that_a_step_names_is_not_remembered(shop, monthly, policy):
    """It takes the money; what the subscription renews at, and what its renewal was told to, are as before."""
    policy((1, {"gateway_profile": shop.gateways[2]}))
    shop.renew(monthly, NO)
    shop.advance("2026-03-01T10:00:00.000Z")
    payment = shop.charged(monthly)
    assert (shop.gateways[2], shop.gateways[0]) == (
        payment.gateway_profile,
        payment.payment_method_options.card.gateway_profile,
    )
    assert monthly.billing_settings == shop.read(monthly).billing_settings


def test_a_step_charges_what_the_subscription_is_charged_to_by_then(shop, monthly):
    """A card that was given meanwhile; the payment says which one it was."""
    shop.renew(monthly, NO)
    other = shop.pay(card="5555555555554444").payment_method
    shop.change(monthly, payment_method=other)
    shop.advance("2026-03-01T10:00:00.000Z")
    assert ("mastercard", other) == (shop.gateway.charges[-1].card.brand, shop.charged(monthly).payment_method)


# --- what a late success pays for


@pytest.fixture
def weekly(shop):
    """A subscription at 700 by the week, which could not be renewed on 7 February, nor on the 8th and the 11th."""
    subscription = shop.subscribe(shop.plan((700, "week", 1)))
    shop.advance("2026-02-16T09:59:59.999Z", NO, NO, NO)
    return subscription


def test_weeks_that_have_passed_are_skipped(shop, weekly):
    """Paid on the 16th it is the week from the 14th, with its line; no week is billed but that one and the next."""
    assert ("open", "02-07", "02-14") == place(shop, weekly)
    shop.advance("2026-02-16T10:00:00.000Z")
    assert ("paid", "02-14", "02-21") == place(shop, weekly)
    (line,) = shop.latest(weekly).lines
    assert ("02-14", "02-21", 700) == (line.period_start[5:10], line.period_end[5:10], line.amount)
    assert (2, 2, [("renew", "2026-02-21T10:00:00.000Z")]) == (
        shop.read(weekly).current_cycle,
        len(shop.invoices(weekly)),
        shop.agenda,
    )
    invariants.check(shop.world)


def test_each_week_is_billed_where_that_is_assumed(shop, weekly):
    """`billing.catch_up: bill_each`: the week that was due is paid for, the one begun since is billed at once."""
    shop.world.policies = replace(shop.world.policies, catch_up="bill_each")
    shop.advance("2026-02-16T10:00:00.000Z")
    assert [("paid", "01-31"), ("paid", "02-07"), ("paid", "02-14")] == [
        (one.status, one.period_start[5:10]) for one in shop.invoices(weekly)
    ]
    assert ["02-07", "02-16"] == [one.created_at[5:10] for one in shop.invoices(weekly)[1:]]
    assert (3, [("renew", "2026-02-21T10:00:00.000Z")]) == (shop.read(weekly).current_cycle, shop.agenda)
    invariants.check(shop.world)


def test_a_week_that_is_billed_late_may_be_declined_as_well(shop, weekly):
    """Then it is that one which is tried again, from its own first step on; what was paid is paid."""
    shop.world.policies = replace(shop.world.policies, catch_up="bill_each")
    shop.settle(shop.latest(weekly))
    assert [("renew", "2026-02-16T10:00:00.000Z")] == shop.agenda
    shop.advance("2026-02-16T10:00:00.000Z", NO)
    assert (["paid", "paid", "open"], [("retry_payment", "2026-02-17T10:00:00.000Z")]) == (
        [one.status for one in shop.invoices(weekly)],
        shop.agenda,
    )
    invariants.check(shop.world)


def test_a_week_that_is_forgiven_late_is_the_one_that_it_is_by_then(shop, weekly):
    """The invoice stays what it was for; nobody is billed for what has passed since either."""
    shop.void(shop.latest(weekly))
    assert ("void", "02-07", "02-14") == place(shop, weekly)
    assert ("2026-02-21T10:00:00.000Z", 2) == (shop.read(weekly).current_period_end, shop.read(weekly).current_cycle)
    assert [("renew", "2026-02-21T10:00:00.000Z")] == shop.agenda
    invariants.check(shop.world)


def test_cycles_that_have_passed_are_skipped_as_well(shop, policy):
    """The month at 1000 is over when it is paid: it pays for the one that it is by now, and the next costs 3000."""
    policy((40, {}))
    subscription = shop.subscribe(shop.plan((0, "week", 1), 1000, 3000))
    shop.renew(subscription, NO)
    shop.advance("2026-03-19T10:00:00.000Z")
    assert (("paid", "03-07", "04-07"), 1000) == (place(shop, subscription), shop.latest(subscription).amount_paid)
    assert (3000, 2) == (shop.read(subscription).upcoming_invoice.amount, shop.read(subscription).current_cycle)
    shop.renew(subscription)
    assert (("paid", "04-07", "05-07"), 3000) == (place(shop, subscription), shop.latest(subscription).amount_paid)
    invariants.check(shop.world)
