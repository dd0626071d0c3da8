"""A renewal that is declined: tried again by the merchant's policy until it is paid, or given up and paid by hand."""

import pytest

from tests.stories.janes import janes

NO = "insufficient_funds"
DECLINED = [
    "2026-02-28 10:00 invoice.created janes 2999 open",
    "2026-02-28 10:00 payment.created 2999 open unattempted",
    "2026-02-28 10:00 payment.updated 2999 open failed, again 2026-03-01 10:00",
    "2026-02-28 10:00 subscription.updated janes latest_invoice_retrying",
]


def renewed(at, cycle, end):
    """What is told of a renewal that is paid."""
    return [
        f"{at} invoice.created janes 2999 open",
        f"{at} payment.created 2999 open unattempted",
        f"{at} payment.updated 2999 succeeded",
        f"{at} invoice.updated janes 2999 paid",
        f"{at} subscription.updated janes cycle {cycle} until {end}",
    ]


@pytest.fixture
def owed(odus):
    """The id of the invoice that Jane's subscription waits for."""
    return lambda: odus.subscriptions[odus.ids["janes"]].latestInvoice


# --- until it is paid


@pytest.mark.odus(scenario=janes(NO, NO, NO, "approve"))
def test_three_declines_and_then_it_works(odus, news):
    """After 1, 3 and 5 days more. The month it pays for began when it should have, and so does the next."""
    odus.advance(until="renewal")
    assert DECLINED == news()
    odus.advance(until="next")
    assert ["2026-03-01 10:00 payment.updated 2999 open failed, again 2026-03-04 10:00"] == news()
    odus.advance(until="next")
    assert ["2026-03-04 10:00 payment.updated 2999 open failed, again 2026-03-09 10:00"] == news()
    odus.advance(until="next")
    assert [
        "2026-03-09 10:00 payment.updated 2999 succeeded",
        "2026-03-09 10:00 invoice.updated janes 2999 paid",
        "2026-03-09 10:00 subscription.updated janes cycle 2 until 2026-03-31 10:00",
    ] == news()
    odus.advance(until="next")
    assert renewed("2026-03-31 10:00", 3, "2026-04-30 10:00") == news()
    attempts = odus.attempts(cycle={"gt": 1})
    assert [*3 * [NO], "approve", "approve"] == attempts.outcomes
    assert [(2, 0), (2, 1), (2, 2), (2, 3), (3, 0)] == [(attempt.cycle, attempt.retry) for attempt in attempts]
    assert [4, 1] == [len(payment.transactions) for payment in odus.payments.list(off_session_type="recurring")]


@pytest.mark.odus(scenario=janes(NO, NO, "approve"))
def test_another_card_and_paid_by_hand(odus, news, owed):
    """Jane does not wait for the next try; that is called off, and her new card pays for the next month as well."""
    odus.advance(to="2026-03-02T12:00:00Z")
    assert [*DECLINED, "2026-03-01 10:00 payment.updated 2999 open failed, again 2026-03-04 10:00"] == news()
    card = odus.saved_card(odus.ids["jane"], "5555555555554444")
    odus.subscriptions.update(odus.ids["janes"], payment_method=card)
    assert [
        "2026-03-02 12:00 payment.created 100 open unattempted",
        "2026-03-02 12:00 payment_method.created mastercard 4444",
        "2026-03-02 12:00 payment.updated 100 succeeded",
        "2026-03-02 12:00 subscription.updated janes latest_invoice_retrying",
    ] == news()
    odus.invoices.pay(owed())
    assert [
        "2026-03-02 12:00 payment.updated 2999 succeeded",
        "2026-03-02 12:00 invoice.updated janes 2999 paid",
        "2026-03-02 12:00 subscription.updated janes cycle 2 until 2026-03-31 10:00",
    ] == news()
    odus.advance(until="next")
    assert renewed("2026-03-31 10:00", 3, "2026-04-30 10:00") == news()
    renewals = odus.payments.list(off_session_type="recurring")
    assert 2 * [card.id] == [payment.paymentMethod for payment in renewals]


@pytest.mark.odus(scenario=janes(NO, NO, "approve"))
def test_a_try_by_hand_is_one_more(odus, news, owed):
    """It fails, and the first step comes when it would have come anyway."""
    odus.advance(to="2026-02-28T18:00:00Z")
    assert DECLINED == news()
    odus.invoices.pay(owed())
    assert ["2026-02-28 18:00 payment.updated 2999 open failed, again 2026-03-01 10:00"] == news()
    odus.advance(until="next")
    assert [
        "2026-03-01 10:00 payment.updated 2999 succeeded",
        "2026-03-01 10:00 invoice.updated janes 2999 paid",
        "2026-03-01 10:00 subscription.updated janes cycle 2 until 2026-03-31 10:00",
    ] == news()
    assert [0, None, 1] == [attempt.retry for attempt in odus.attempts(cycle={"gt": 1})]


# --- until it is given up


@pytest.mark.odus(scenario=janes(NO, NO, NO, NO, NO, "approve"))
def test_given_up_and_paid_by_hand(odus, news, owed):
    """Four declines, and nothing is billed. In April somebody pays, at the second try, for the month it is by then."""
    odus.advance(to="2026-03-09T09:59:59.999Z")
    assert [
        *DECLINED,
        "2026-03-01 10:00 payment.updated 2999 open failed, again 2026-03-04 10:00",
        "2026-03-04 10:00 payment.updated 2999 open failed, again 2026-03-09 10:00",
    ] == news()
    odus.advance(until="next")
    assert [
        "2026-03-09 10:00 payment.updated 2999 cancelled failed",
        "2026-03-09 10:00 invoice.updated janes 2999 uncollectible",
        "2026-03-09 10:00 subscription.updated janes recurring_payment_errored",
    ] == news()
    odus.advance(to="2026-04-15T12:00:00Z")
    assert [] == news()
    assert "uncollectible" == odus.invoices.pay(owed()).status
    assert [
        "2026-04-15 12:00 payment.created 2999 open unattempted",
        "2026-04-15 12:00 payment.updated 2999 cancelled failed",
    ] == news()
    assert "paid" == odus.invoices.pay(owed()).status
    assert [
        "2026-04-15 12:00 payment.created 2999 open unattempted",
        "2026-04-15 12:00 payment.updated 2999 succeeded",
        "2026-04-15 12:00 invoice.updated janes 2999 paid",
        "2026-04-15 12:00 subscription.updated janes cycle 2 until 2026-04-30 10:00",
    ] == news()
    odus.advance(until="next")
    assert renewed("2026-04-30 10:00", 3, "2026-05-31 10:00") == news()
    renewals = odus.payments.list(off_session_type="recurring")
    assert [*2 * [("merchant", "failed")], *2 * [("merchant", "succeeded")]] == [
        (payment.initiator, payment.displayStatus) for payment in renewals
    ]


@pytest.mark.odus(scenario=janes(NO, steps=[1], enabled=False))
def test_a_policy_that_is_off_gives_up_at_once(odus, news):
    """There is no second try, and no renewal a month later."""
    odus.advance(by="1 year")
    assert [
        "2026-02-28 10:00 invoice.created janes 2999 open",
        "2026-02-28 10:00 payment.created 2999 open unattempted",
        "2026-02-28 10:00 payment.updated 2999 cancelled failed",
        "2026-02-28 10:00 invoice.updated janes 2999 uncollectible",
        "2026-02-28 10:00 subscription.updated janes recurring_payment_errored",
    ] == news()
