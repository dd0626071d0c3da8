"""How subscriptions begin and end: 3DS at sign-up, trials, setup fees, and a customer who leaves or nearly does."""

import pytest

from mock_odus.driver import NotPaid, OdusApiError

CHALLENGED_ONCE = "4000000000003220"
CHALLENGED_ALWAYS = "4000002760003184"


def plan(*amounts, fee=None):
    """By the month, a cycle an amount; the last one stays."""
    cycles = [
        {"position": place, "amount": amount, "intervalUnit": "month", "intervalValue": 1}
        for place, amount in enumerate(amounts, 1)
    ]
    usual = {"product": "pro", "type": "recurring", "currency": "usd", "billingSchedule": {"cycleDefinitions": cycles}}
    return usual | ({"amount": fee} if fee else {})


SHOP = {
    "version": 1,
    "name": "sign-ups",
    "extends": "starter",
    "clock": {"start": "2026-01-31T10:00:00Z"},
    "world": {"prices": {"pro": plan(2999), "trial": plan(0, 2999), "fitted": plan(0, 2999, fee=4900)}},
}

pytestmark = pytest.mark.odus(scenario=SHOP)


@pytest.fixture
def jane(odus):
    return odus.ids["customers.jane"]


@pytest.fixture
def pro(odus):
    """29.99 a month."""
    return odus.ids["prices.pro"]


@pytest.fixture
def challenged(odus, jane, pro):
    """Signs Jane up with a card that asks who she is: the payment that waits for her."""

    def challenged(card=CHALLENGED_ONCE):
        with pytest.raises(NotPaid, match="requires_action") as waiting:
            odus.subscribe(jane, pro, card=card)
        return waiting.value.payment

    return challenged


# --- 3DS


def test_a_challenge_is_abandoned(odus, news, challenged):
    """Nobody comes back for 24 hours: the payment reopens, and neither subscription nor invoice nor card is left."""
    payment = challenged()
    assert [
        "2026-01-31 10:00 payment.created 2999 open unattempted",
        "2026-01-31 10:00 payment.updated 2999 requires_action incomplete",
    ] == news()
    odus.advance(to="2026-02-01T09:59:59.999Z")
    assert [] == news()
    odus.advance(by="1 year")
    assert ["2026-02-01 10:00 payment.updated 2999 open incomplete"] == news()
    assert ([], []) == (odus.subscriptions.list(), odus.invoices.list())
    assert [odus.ids["janes_visa"]] == [method.id for method in odus.payment_methods.list()]
    assert ["lapsed"] == [attempt.challenge for attempt in odus.attempts(payment=payment)]
    with pytest.raises(OdusApiError, match="no challenge is waiting"):
        odus.complete_challenge(payment)


def test_a_challenge_is_passed_after_all(odus, news, challenged):
    """Jane gives up, tries again on Tuesday and passes: her subscription begins then, and its months are counted so."""
    payment = challenged()
    odus.advance(to="2026-02-03T18:30:00Z")
    assert "2026-02-01 10:00 payment.updated 2999 open incomplete" == news()[-1]
    card = {"number": CHALLENGED_ONCE, "expMonth": "12", "expYear": "2030", "cvv": "100"}
    odus.payments.authorize(payment, type="card", card=card)
    odus.complete_challenge(payment)
    assert [
        "2026-02-03 18:30 payment.updated 2999 requires_action incomplete",
        "2026-02-03 18:30 payment_method.created visa 3220",
        "2026-02-03 18:30 payment.updated 2999 succeeded",
        "2026-02-03 18:30 subscription.created pro cycle 1 until 2026-03-03 18:30",
        "2026-02-03 18:30 invoice.created pro 2999 paid",
    ] == news()


def test_a_challenge_is_failed(odus, news, challenged):
    """Somebody else has Jane's card: it is declined, and nothing begins."""
    odus.complete_challenge(challenged(), "failed")
    odus.advance(by="1 year")
    assert [
        "2026-01-31 10:00 payment.created 2999 open unattempted",
        "2026-01-31 10:00 payment.updated 2999 requires_action incomplete",
        "2026-01-31 10:00 payment.updated 2999 open failed",
    ] == news()


def test_a_challenged_sign_up_renews_quietly(odus, news, challenged):
    """Jane proves once who she is; the merchant renews without her, each month counted from the day she did."""
    payment = challenged()
    odus.advance(by="3 minutes")
    odus.complete_challenge(payment)
    assert [
        "2026-01-31 10:00 payment.created 2999 open unattempted",
        "2026-01-31 10:00 payment.updated 2999 requires_action incomplete",
        "2026-01-31 10:03 payment_method.created visa 3220",
        "2026-01-31 10:03 payment.updated 2999 succeeded",
        "2026-01-31 10:03 subscription.created pro cycle 1 until 2026-02-28 10:03",
        "2026-01-31 10:03 invoice.created pro 2999 paid",
    ] == news()
    odus.advance(by="2 months")
    assert [
        "2026-02-28 10:03 invoice.created pro 2999 open",
        "2026-02-28 10:03 payment.created 2999 open unattempted",
        "2026-02-28 10:03 payment.updated 2999 succeeded",
        "2026-02-28 10:03 invoice.updated pro 2999 paid",
        "2026-02-28 10:03 subscription.updated pro cycle 2 until 2026-03-31 10:03",
        "2026-03-31 10:03 invoice.created pro 2999 open",
        "2026-03-31 10:03 payment.created 2999 open unattempted",
        "2026-03-31 10:03 payment.updated 2999 succeeded",
        "2026-03-31 10:03 invoice.updated pro 2999 paid",
        "2026-03-31 10:03 subscription.updated pro cycle 3 until 2026-04-30 10:03",
    ] == news()
    asked = [(attempt.cycle, attempt.initiator, attempt.challenge) for attempt in odus.attempts()]
    assert [(1, "customer", "passed"), (2, "merchant", None), (3, "merchant", None)] == asked
    assert [None, "recurring", "recurring"] == [payment.offSessionType for payment in odus.payments.list()]


def test_a_bank_that_asks_every_time(odus, news, challenged):
    """It wants Jane for the renewal as well. She is not there: it fails at once, and is tried again a day later."""
    odus.complete_challenge(challenged(CHALLENGED_ALWAYS))
    assert "2026-01-31 10:00 invoice.created pro 2999 paid" == news()[-1]
    odus.advance(until="renewal")
    assert [
        "2026-02-28 10:00 invoice.created pro 2999 open",
        "2026-02-28 10:00 payment.created 2999 open unattempted",
        "2026-02-28 10:00 payment.updated 2999 open failed, again 2026-03-01 10:00",
        "2026-02-28 10:00 subscription.updated pro latest_invoice_retrying",
    ] == news()
    assert ["approve", "authentication_failed"] == odus.attempts().outcomes


# --- what the first cycle costs


def test_a_setup_fee_and_a_free_month(odus, news, jane):
    """The fee is charged at once, for each piece. What follows the free month is paid, and counted from its end."""
    odus.subscribe(jane, odus.ids["fitted"], payment_method=odus.ids["janes_visa"], quantity=2)
    assert [
        "2026-01-31 10:00 payment.created 9800 open unattempted",
        "2026-01-31 10:00 payment.updated 9800 succeeded",
        "2026-01-31 10:00 subscription.created fitted cycle 1 until 2026-02-28 10:00",
        "2026-01-31 10:00 invoice.created fitted 9800 paid",
    ] == news()
    odus.advance(by="2 months")
    assert [
        "2026-02-28 10:00 invoice.created fitted 5998 open",
        "2026-02-28 10:00 payment.created 5998 open unattempted",
        "2026-02-28 10:00 payment.updated 5998 succeeded",
        "2026-02-28 10:00 invoice.updated fitted 5998 paid",
        "2026-02-28 10:00 subscription.updated fitted cycle 2 until 2026-03-28 10:00",
        "2026-03-28 10:00 invoice.created fitted 5998 open",
        "2026-03-28 10:00 payment.created 5998 open unattempted",
        "2026-03-28 10:00 payment.updated 5998 succeeded",
        "2026-03-28 10:00 invoice.updated fitted 5998 paid",
        "2026-03-28 10:00 subscription.updated fitted cycle 3 until 2026-04-28 10:00",
    ] == news()
    first, second, _ = odus.invoices.list()
    assert [("Setup fee: fitted", 9800), ("fitted", 0)] == [(line.description, line.amount) for line in first.lines]
    assert [("fitted", 5998)] == [(line.description, line.amount) for line in second.lines]


def test_a_free_month_without_a_fee(odus, news, jane):
    """A new card is verified with nothing, and saved; the month after is its first charge."""
    odus.subscribe(jane, odus.ids["trial"], card="5555555555554444")
    assert [
        "2026-01-31 10:00 payment.created 0 open unattempted",
        "2026-01-31 10:00 payment_method.created mastercard 4444",
        "2026-01-31 10:00 payment.updated 0 succeeded",
        "2026-01-31 10:00 subscription.created trial cycle 1 until 2026-02-28 10:00",
        "2026-01-31 10:00 invoice.created trial 0 paid",
    ] == news()
    odus.advance(until="renewal")
    assert [
        "2026-02-28 10:00 invoice.created trial 2999 open",
        "2026-02-28 10:00 payment.created 2999 open unattempted",
        "2026-02-28 10:00 payment.updated 2999 succeeded",
        "2026-02-28 10:00 invoice.updated trial 2999 paid",
        "2026-02-28 10:00 subscription.updated trial cycle 2 until 2026-03-28 10:00",
    ] == news()
    assert [0, 2999] == [attempt.amount for attempt in odus.attempts()]


# --- leaving


@pytest.fixture
def subscription(odus, news, jane, pro):
    """Jane's, since 31 January; of its beginning everybody has heard."""
    subscription = odus.subscribe(jane, pro, payment_method=odus.ids["janes_visa"])
    news()
    return subscription


def test_a_customer_leaves_and_thinks_better_of_it(odus, news, subscription):
    """Cancelled for the end of the month, resumed a minute before it: renewed as if nothing had been."""
    odus.advance(to="2026-02-10T12:00:00Z")
    odus.subscriptions.cancel(subscription)
    assert ["2026-02-10 12:00 subscription.updated pro ends 2026-02-28 10:00"] == news()
    odus.advance(to="2026-02-28T09:59:00Z")
    odus.subscriptions.resume(subscription)
    assert ["2026-02-28 09:59 subscription.updated pro cycle 1 until 2026-02-28 10:00"] == news()
    odus.advance(by="1 minute")
    assert [
        "2026-02-28 10:00 invoice.created pro 2999 open",
        "2026-02-28 10:00 payment.created 2999 open unattempted",
        "2026-02-28 10:00 payment.updated 2999 succeeded",
        "2026-02-28 10:00 invoice.updated pro 2999 paid",
        "2026-02-28 10:00 subscription.updated pro cycle 2 until 2026-03-31 10:00",
    ] == news()


def test_a_customer_leaves_for_good(odus, news, subscription):
    """Cancelled, and not resumed: it ends with its month, without a charge, and there is no way back."""
    odus.advance(to="2026-02-10T12:00:00Z")
    odus.subscriptions.cancel(subscription)
    odus.advance(to="2026-02-28T09:59:59.999Z")
    assert ["2026-02-10 12:00 subscription.updated pro ends 2026-02-28 10:00"] == news()
    odus.advance(by="1 year")
    assert ["2026-02-28 10:00 subscription.updated pro subscription_cancelled"] == news()
    with pytest.raises(OdusApiError, match="is cancelled since 2026-02-28T10:00"):
        odus.subscriptions.resume(subscription)
    assert [1] == [attempt.cycle for attempt in odus.attempts()]
