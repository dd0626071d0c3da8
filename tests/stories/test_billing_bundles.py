"""Seven subscriptions of one customer, due within six hours: which are paid for together, and what a decline does."""

import pytest

JANES = {"customer": "jane", "price": "plan", "paymentMethod": "janes_visa", "gatewayProfile": "stripe_eu"}
BUNDLING = {"enableRecurringPaymentBundling": True}
HOURS = {"six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12}
FIRST_FIVE = ["six", "seven", "eight", "nine", "ten"]


def price(currency):
    """10.00 a month."""
    cycle = {"position": 1, "amount": 1000, "intervalUnit": "month", "intervalValue": 1}
    return {
        "product": "pro",
        "type": "recurring",
        "currency": currency,
        "billingSchedule": {"cycleDefinitions": [cycle]},
    }


def seven(config=BUNDLING, **others):
    """A scenario on 1 February, with subscriptions since 15 January that are named after the hour of their renewal.

    `others` says in what some of them are not like the rest.
    """
    return {
        "version": 1,
        "name": "seven",
        "extends": "starter",
        "clock": {"start": "2026-02-01T00:00:00Z"},
        "world": {
            "prices": {"plan": price("usd"), "plan_in_euros": price("eur")},
            "merchantConfig": config,
            "retryPolicies": {"patient": {"steps": [{"position": 1, "retryDelay": 2}]}},
            "subscriptions": {
                name: JANES | {"startDate": f"2026-01-15T{hour:02}:00:00Z"} | others.get(name, {})
                for name, hour in HOURS.items()
            },
        },
    }


def billed(at, *names):
    """What is told when a bundle is due, before its gateway answers."""
    return [
        *(f"{at} invoice.created {name} 1000 open" for name in names),
        f"{at} payment.created {1000 * len(names)} open unattempted",
    ]


def paid(at, *names, cycle=2):
    """What is told when it answers yes: each goes on to its own hour in the next month."""
    return [
        f"{at} payment.updated {1000 * len(names)} succeeded",
        *(f"{at} invoice.updated {name} 1000 paid" for name in names),
        *(
            f"{at} subscription.updated {name} cycle {cycle} until 2026-{cycle + 1:02}-15 {HOURS[name]:02}:00"
            for name in names
        ),
    ]


def renewed(at, *names, cycle=2):
    """A bundle that is paid at once."""
    return [*billed(at, *names), *paid(at, *names, cycle=cycle)]


def named(odus, ids):
    """The names of subscriptions, by their ids."""
    return [name for id in ids for name in HOURS if odus.ids[name] == id]


# --- which


@pytest.mark.odus(scenario=seven(eight={"price": "plan_in_euros"}, ten={"gatewayProfile": "adyen_us"}))
def test_five_of_seven_that_are_alike(odus, news):
    """One of the others is paid in euros, one by another gateway: both wait for their hours. A month later the same."""
    five = ["six", "seven", "nine", "eleven", "twelve"]
    odus.advance(to="2026-02-16T00:00:00Z")
    assert [
        *renewed("2026-02-15 06:00", *five),
        *renewed("2026-02-15 08:00", "eight"),
        *renewed("2026-02-15 10:00", "ten"),
    ] == news()
    renewals = odus.payments.list(off_session_type="recurring")
    assert [five, ["eight"], ["ten"]] == [named(odus, payment.subscriptions) for payment in renewals]
    odus.advance(to="2026-03-16T00:00:00Z")
    assert [
        *renewed("2026-03-15 06:00", *five, cycle=3),
        *renewed("2026-03-15 08:00", "eight", cycle=3),
        *renewed("2026-03-15 10:00", "ten", cycle=3),
    ] == news()


@pytest.mark.odus(scenario=seven())
def test_the_first_five_of_seven(odus, news):
    """All are alike, but a bundle takes five: the last two wait, and are a bundle when the first of them is due."""
    odus.advance(to="2026-02-15T06:00:00Z")
    assert renewed("2026-02-15 06:00", *FIRST_FIVE) == news()
    (payment,) = odus.payments.list(off_session_type="recurring")
    assert (FIRST_FIVE, 5000, 5) == (named(odus, payment.subscriptions), payment.amount, len(payment.invoices))
    assert payment.invoices == [invoice.id for invoice in odus.invoices.list(payment=payment)]
    ten = odus.subscriptions[odus.ids["ten"]]
    assert "2026-02-15T10:00:00.000Z" == ten.currentPeriodStart > odus.now
    assert "plan: cycle 2, paid until 2026-03-15 10:00" in odus.timeline(subscription=ten)
    odus.advance(to="2026-02-16T00:00:00Z")
    assert renewed("2026-02-15 11:00", "eleven", "twelve") == news()


@pytest.mark.odus(scenario=seven(config={}))
def test_nothing_is_bundled_unasked(odus, news):
    """As a merchant begins, each subscription is paid for by itself, at its own hour."""
    odus.advance(to="2026-02-16T00:00:00Z")
    assert [line for name, hour in HOURS.items() for line in renewed(f"2026-02-15 {hour:02}:00", name)] == news()


# --- declined

PATIENT = {"retryPolicy": "patient"}


@pytest.mark.odus(scenario=seven(six=PATIENT))
def test_a_declined_bundle_is_rescued(odus, news):
    """All five wait two days, by the policy of the first. One is cancelled meanwhile, and the other four are paid."""
    odus.rule({"name": "the bundle is declined", "when": {"subscription": "six", "retry": 0}, "then": "lost_card"})
    odus.advance(to="2026-02-16T00:00:00Z")
    assert [
        *billed("2026-02-15 06:00", *FIRST_FIVE),
        "2026-02-15 06:00 payment.updated 5000 open failed, again 2026-02-17 06:00",
        *(f"2026-02-15 06:00 subscription.updated {name} latest_invoice_retrying" for name in FIRST_FIVE),
        *renewed("2026-02-15 11:00", "eleven", "twelve"),
    ] == news()
    assert "plan: nothing else is billed until its invoice is paid" in odus.timeline(subscription=odus.ids["six"])
    odus.subscriptions.cancel(odus.ids["eight"], cancel_immediately=True)
    assert [
        "2026-02-16 00:00 payment.updated 4000 open failed, again 2026-02-17 06:00",
        "2026-02-16 00:00 invoice.updated eight 1000 void",
        "2026-02-16 00:00 subscription.updated eight subscription_cancelled",
    ] == news()
    odus.advance(to="2026-03-01T00:00:00Z")
    assert paid("2026-02-17 06:00", "six", "seven", "nine", "ten") == news()


@pytest.mark.odus(scenario=seven(six=PATIENT))
def test_a_declined_bundle_is_given_up(odus, news):
    """Two attempts fail, and all five are stopped. Who pays by hand is billed again, with whom there is by then."""
    odus.rule({"name": "the bundle is declined", "when": {"subscription": "six"}, "then": "lost_card"})
    odus.advance(to="2026-02-15T06:00:00Z")
    assert "2026-02-15 06:00 subscription.updated ten latest_invoice_retrying" == news()[-1]
    odus.advance(to="2026-03-02T12:00:00Z")
    assert [
        *renewed("2026-02-15 11:00", "eleven", "twelve"),
        "2026-02-17 06:00 payment.updated 5000 cancelled failed",
        *(f"2026-02-17 06:00 invoice.updated {name} 1000 uncollectible" for name in FIRST_FIVE),
        *(f"2026-02-17 06:00 subscription.updated {name} recurring_payment_errored" for name in FIRST_FIVE),
    ] == news()
    odus.invoices.pay(odus.subscriptions[odus.ids["nine"]].latestInvoice)
    assert ["2026-03-02 12:00 payment.created 1000 open unattempted", *paid("2026-03-02 12:00", "nine")] == news()
    odus.advance(to="2026-03-16T00:00:00Z")
    assert renewed("2026-03-15 09:00", "nine", "eleven", "twelve", cycle=3) == news()
