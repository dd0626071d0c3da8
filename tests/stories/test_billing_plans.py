"""Changes of plan: what is charged or credited for the rest of a period, and what the invoices after it come to."""

import pytest

from mock_odus.driver import OdusApiError


def plan(*cycles):
    """A price of these cycles, each an amount and a unit; the last one stays."""
    told = [
        {"position": place, "amount": amount, "intervalUnit": unit, "intervalValue": 1}
        for place, (amount, unit) in enumerate(cycles, 1)
    ]
    return {"product": "pro", "type": "recurring", "currency": "usd", "billingSchedule": {"cycleDefinitions": told}}


TRIAL = (0, "week")
SHOP = {
    "version": 1,
    "name": "plans",
    "extends": "starter",
    "clock": {"start": "2026-01-01T00:00:00Z"},
    "world": {
        "prices": {
            "small": plan((2999, "month")),
            "large": plan((5999, "month")),
            "year": plan((29900, "year")),
            "trial": plan(TRIAL, (2999, "month")),
            "other_trial": plan(TRIAL, (5999, "month")),
        },
    },
}

pytestmark = pytest.mark.odus(scenario=SHOP)


@pytest.fixture
def subscribed(odus, news):
    """Subscribes Jane to a price; of the beginning everybody has heard."""

    def subscribed(price):
        jane, visa = odus.ids["customers.jane"], odus.ids["janes_visa"]
        subscription = odus.subscribe(jane, odus.ids[price], payment_method=visa)
        news()
        return subscription

    return subscribed


@pytest.fixture
def previewed(odus):
    """What another price would cost a subscription now."""
    return lambda subscription, price: odus.subscriptions.preview(subscription, price=odus.ids[price])


@pytest.fixture
def moved(odus, previewed):
    """Moves a subscription to another price: what came of it."""
    return lambda subscription, price: odus.subscriptions.apply_preview(
        subscription, preview=previewed(subscription, price)
    )


# --- in the middle of a period


def test_up_in_the_middle_of_a_month(odus, news, subscribed, previewed):
    """21 of 31 days are left, of 30.00 more: 20.32 now, and the whole new price from the next month on."""
    subscription = subscribed("small")
    odus.advance(to="2026-01-11T00:00:00Z")
    preview = previewed(subscription, "large")
    assert (2032, 0, "2026-01-11T00:15:00.000Z") == (
        preview.amountDue,
        preview.amountCredit,
        preview.previewValidUntil,
    )
    assert [] == news()
    odus.subscriptions.apply_preview(subscription, preview=preview)
    assert [
        "2026-01-11 00:00 payment.created 2032 open unattempted",
        "2026-01-11 00:00 payment.updated 2032 succeeded",
        "2026-01-11 00:00 invoice.created large 2032 paid",
        "2026-01-11 00:00 subscription.updated large cycle 1 until 2026-02-01 00:00",
    ] == news()
    odus.advance(until="renewal")
    assert [
        "2026-02-01 00:00 invoice.created large 5999 open",
        "2026-02-01 00:00 payment.created 5999 open unattempted",
        "2026-02-01 00:00 payment.updated 5999 succeeded",
        "2026-02-01 00:00 invoice.updated large 5999 paid",
        "2026-02-01 00:00 subscription.updated large cycle 2 until 2026-03-01 00:00",
    ] == news()
    assert [None, "unscheduled", "recurring"] == [payment.offSessionType for payment in odus.payments.list()]


def test_down_in_the_middle_of_a_month(odus, news, subscribed, moved):
    """The same 20.32 the other way are credit: nothing is given back, the next invoice is that much lower."""
    subscription = subscribed("large")
    odus.advance(to="2026-01-11T00:00:00Z")
    change = moved(subscription, "small")
    assert (True, None, None) == (change.applied, change.payment, change.invoice)
    assert ["2026-01-11 00:00 subscription.updated small cycle 1 until 2026-02-01 00:00, credit 2032"] == news()
    odus.advance(to="2026-03-01T00:00:00Z")
    assert [
        "2026-02-01 00:00 invoice.created small 2999 open, 2032 by credit",
        "2026-02-01 00:00 payment.created 967 open unattempted",
        "2026-02-01 00:00 payment.updated 967 succeeded",
        "2026-02-01 00:00 invoice.updated small 2999 paid, 2032 by credit",
        "2026-02-01 00:00 subscription.updated small cycle 2 until 2026-03-01 00:00",
        "2026-03-01 00:00 invoice.created small 2999 open",
        "2026-03-01 00:00 payment.created 2999 open unattempted",
        "2026-03-01 00:00 payment.updated 2999 succeeded",
        "2026-03-01 00:00 invoice.updated small 2999 paid",
        "2026-03-01 00:00 subscription.updated small cycle 3 until 2026-04-01 00:00",
    ] == news()


def test_up_and_down_again(odus, news, subscribed, moved):
    """Whoever changes their mind at once has paid for nothing: what was charged is all credit."""
    subscription = subscribed("small")
    odus.advance(to="2026-01-11T00:00:00Z")
    moved(subscription, "large")
    moved(subscription, "small")
    assert [
        "2026-01-11 00:00 payment.created 2032 open unattempted",
        "2026-01-11 00:00 payment.updated 2032 succeeded",
        "2026-01-11 00:00 invoice.created large 2032 paid",
        "2026-01-11 00:00 subscription.updated large cycle 1 until 2026-02-01 00:00",
        "2026-01-11 00:00 subscription.updated small cycle 1 until 2026-02-01 00:00, credit 2032",
    ] == news()


# --- out of a trial


def test_out_of_a_trial_to_a_monthly_plan(odus, news, subscribed, moved):
    """The free days are worth nothing: the month begins now, costs all of its price, and is the one that renews."""
    subscription = subscribed("trial")
    odus.advance(to="2026-01-04T12:00:00Z")
    moved(subscription, "large")
    assert [
        "2026-01-04 12:00 payment.created 5999 open unattempted",
        "2026-01-04 12:00 payment.updated 5999 succeeded",
        "2026-01-04 12:00 invoice.created large 5999 paid",
        "2026-01-04 12:00 subscription.updated large cycle 1 until 2026-02-04 12:00",
    ] == news()
    odus.advance(to="2026-02-05T00:00:00Z")
    assert [
        "2026-02-04 12:00 invoice.created large 5999 open",
        "2026-02-04 12:00 payment.created 5999 open unattempted",
        "2026-02-04 12:00 payment.updated 5999 succeeded",
        "2026-02-04 12:00 invoice.updated large 5999 paid",
        "2026-02-04 12:00 subscription.updated large cycle 2 until 2026-03-04 12:00",
    ] == news()


def test_from_trial_to_trial(odus, news, subscribed, moved):
    """A plan with as long a trial costs nothing now: the week goes on, and the new price is paid after it."""
    subscription = subscribed("trial")
    odus.advance(to="2026-01-04T12:00:00Z")
    change = moved(subscription, "other_trial")
    assert (True, None, None) == (change.applied, change.payment, change.invoice)
    assert ["2026-01-04 12:00 subscription.updated other_trial cycle 1 until 2026-01-08 00:00"] == news()
    odus.advance(until="renewal")
    assert [
        "2026-01-08 00:00 invoice.created other_trial 5999 open",
        "2026-01-08 00:00 payment.created 5999 open unattempted",
        "2026-01-08 00:00 payment.updated 5999 succeeded",
        "2026-01-08 00:00 invoice.updated other_trial 5999 paid",
        "2026-01-08 00:00 subscription.updated other_trial cycle 2 until 2026-02-08 00:00",
    ] == news()


# --- when the charge is declined

DECLINED = {"name": "the change is declined", "when": {"offSessionType": "unscheduled"}, "then": "insufficient_funds"}


def test_a_declined_change_works_ten_minutes_later(odus, news, subscribed, previewed):
    """Nothing but a cancelled payment comes of the decline, and the same preview may be tried while it is good."""
    odus.rule(DECLINED | {"times": 1})
    subscription = subscribed("small")
    odus.advance(to="2026-01-11T00:00:00Z")
    before, preview = odus.subscriptions[subscription], previewed(subscription, "large")
    refused = odus.subscriptions.apply_preview(subscription, preview=preview)
    assert (False, before, None) == (refused.applied, refused.subscription, refused.invoice)
    assert [
        "2026-01-11 00:00 payment.created 2032 open unattempted",
        "2026-01-11 00:00 payment.updated 2032 cancelled failed",
    ] == news()
    odus.advance(by="10 minutes")
    assert odus.subscriptions.apply_preview(subscription, preview=preview).applied
    assert [
        "2026-01-11 00:10 payment.created 2032 open unattempted",
        "2026-01-11 00:10 payment.updated 2032 succeeded",
        "2026-01-11 00:10 invoice.created large 2032 paid",
        "2026-01-11 00:10 subscription.updated large cycle 1 until 2026-02-01 00:00",
    ] == news()


def test_a_declined_change_is_given_up(odus, news, subscribed, previewed):
    """Nobody tries it again, neither is it dunned: the preview expires, and the old plan is renewed as ever."""
    odus.rule(DECLINED)
    subscription = subscribed("small")
    odus.advance(to="2026-01-11T00:00:00Z")
    preview = previewed(subscription, "large")
    odus.subscriptions.apply_preview(subscription, preview=preview)
    assert "2026-01-11 00:00 payment.updated 2032 cancelled failed" == news()[-1]
    odus.advance(by="16 minutes")
    with pytest.raises(OdusApiError, match=r"has not expired, as this did at 2026-01-11T00:15:00\.000Z"):
        odus.subscriptions.apply_preview(subscription, preview=preview)
    odus.advance(to="2026-02-01T00:00:00Z")
    assert [
        "2026-02-01 00:00 invoice.created small 2999 open",
        "2026-02-01 00:00 payment.created 2999 open unattempted",
        "2026-02-01 00:00 payment.updated 2999 succeeded",
        "2026-02-01 00:00 invoice.updated small 2999 paid",
        "2026-02-01 00:00 subscription.updated small cycle 2 until 2026-03-01 00:00",
    ] == news()


# --- more credit than an invoice


@pytest.fixture
def credited(odus, news, subscribed, moved):
    """Jane's, paid for the year and moved to the month on 1 July: 184 of 365 days of 299.00, less the first month."""
    subscription = subscribed("year")
    odus.advance(to="2026-07-01T00:00:00Z")
    moved(subscription, "small")
    assert ["2026-07-01 00:00 subscription.updated small cycle 1 until 2026-08-01 00:00, credit 12074"] == news()
    return subscription


def test_credit_pays_for_months(odus, news, credited):
    """Four renewals need no payment, the fifth charges what the credit leaves, and the sixth everything."""
    odus.advance(to="2026-11-01T00:00:00Z")
    assert [
        "2026-08-01 00:00 invoice.created small 2999 paid, 2999 by credit",
        "2026-08-01 00:00 subscription.updated small cycle 2 until 2026-09-01 00:00, credit 9075",
        "2026-09-01 00:00 invoice.created small 2999 paid, 2999 by credit",
        "2026-09-01 00:00 subscription.updated small cycle 3 until 2026-10-01 00:00, credit 6076",
        "2026-10-01 00:00 invoice.created small 2999 paid, 2999 by credit",
        "2026-10-01 00:00 subscription.updated small cycle 4 until 2026-11-01 00:00, credit 3077",
        "2026-11-01 00:00 invoice.created small 2999 paid, 2999 by credit",
        "2026-11-01 00:00 subscription.updated small cycle 5 until 2026-12-01 00:00, credit 78",
    ] == news()
    assert 1 == len(odus.payments.list())
    odus.advance(to="2027-01-01T00:00:00Z")
    assert [
        "2026-12-01 00:00 invoice.created small 2999 open, 78 by credit",
        "2026-12-01 00:00 payment.created 2921 open unattempted",
        "2026-12-01 00:00 payment.updated 2921 succeeded",
        "2026-12-01 00:00 invoice.updated small 2999 paid, 78 by credit",
        "2026-12-01 00:00 subscription.updated small cycle 6 until 2027-01-01 00:00",
        "2027-01-01 00:00 invoice.created small 2999 open",
        "2027-01-01 00:00 payment.created 2999 open unattempted",
        "2027-01-01 00:00 payment.updated 2999 succeeded",
        "2027-01-01 00:00 invoice.updated small 2999 paid",
        "2027-01-01 00:00 subscription.updated small cycle 7 until 2027-02-01 00:00",
    ] == news()


def test_credit_comes_back_and_is_lost(odus, news, credited):
    """What paid for a part of a voided invoice is credit again; who cancels has none any more."""
    odus.rule({"name": "December is declined", "when": {"amount": 2921}, "then": "insufficient_funds"})
    odus.advance(to="2026-12-01T00:00:00Z")
    assert [
        "2026-12-01 00:00 invoice.created small 2999 open, 78 by credit",
        "2026-12-01 00:00 payment.created 2921 open unattempted",
        "2026-12-01 00:00 payment.updated 2921 open failed, again 2026-12-02 00:00",
        "2026-12-01 00:00 subscription.updated small latest_invoice_retrying",
    ] == news()[-4:]
    odus.invoices.void(odus.subscriptions[credited].latestInvoice)
    assert [
        "2026-12-01 00:00 payment.updated 2921 cancelled",
        "2026-12-01 00:00 invoice.updated small 2999 void",
        "2026-12-01 00:00 subscription.updated small cycle 6 until 2027-01-01 00:00, credit 78",
    ] == news()
    odus.subscriptions.cancel(credited, cancel_immediately=True)
    assert ["2026-12-01 00:00 subscription.updated small subscription_cancelled"] == news()
