"""Customers who leave while their renewal is tried again, or after it was given up."""

import pytest

from mock_odus.driver import OdusApiError
from tests.stories.janes import janes

NO = "insufficient_funds"
DECLINED_TWICE = [
    "2026-02-28 10:00 invoice.created janes 2999 open",
    "2026-02-28 10:00 payment.created 2999 open unattempted",
    "2026-02-28 10:00 payment.updated 2999 open failed, again 2026-03-01 10:00",
    "2026-02-28 10:00 subscription.updated janes latest_invoice_retrying",
    "2026-03-01 10:00 payment.updated 2999 open failed, again 2026-03-04 10:00",
]


@pytest.mark.odus(scenario=janes(NO))
@pytest.mark.parametrize("now", [True, False], ids=["now", "at the period's end"])
def test_cancelled_between_two_tries(odus, news, now):
    """Her last period is over, so both are the same: the debt is void, its payment cancelled, and nothing follows."""
    odus.advance(to="2026-03-02T12:00:00Z")
    assert DECLINED_TWICE == news()
    left = odus.subscriptions.cancel(odus.ids["janes"], cancel_immediately=now)
    assert ("cancelled", "2026-03-02T12:00:00.000Z", False) == (left.status, left.cancelledAt, left.cancelAtPeriodEnd)
    assert [
        "2026-03-02 12:00 payment.updated 2999 cancelled",
        "2026-03-02 12:00 invoice.updated janes 2999 void",
        "2026-03-02 12:00 subscription.updated janes subscription_cancelled",
    ] == news()
    odus.advance(by="1 year")
    assert ([], []) == (news(), odus.agenda())
    for verb in (odus.subscriptions.resume, odus.subscriptions.cancel):
        with pytest.raises(OdusApiError, match="is cancelled since 2026-03-02T12:00"):
            verb(odus.ids["janes"])


@pytest.mark.odus(scenario=janes(NO, NO, "approve"))
def test_recovered_and_then_cancelled(odus, news):
    """Once the third try has worked there is a month left, and she stays for it."""
    odus.advance(to="2026-03-05T00:00:00Z")
    assert [
        *DECLINED_TWICE,
        "2026-03-04 10:00 payment.updated 2999 succeeded",
        "2026-03-04 10:00 invoice.updated janes 2999 paid",
        "2026-03-04 10:00 subscription.updated janes cycle 2 until 2026-03-31 10:00",
    ] == news()
    odus.subscriptions.cancel(odus.ids["janes"])
    assert ["2026-03-05 00:00 subscription.updated janes ends 2026-03-31 10:00"] == news()
    odus.advance(by="1 year")
    assert ["2026-03-31 10:00 subscription.updated janes subscription_cancelled"] == news()


@pytest.mark.odus(scenario=janes(NO, NO, "approve", steps=[1]))
@pytest.mark.parametrize("now", [True, False], ids=["now", "at the period's end"])
def test_cancelled_after_it_was_given_up(odus, news, now):
    """Nothing is open any more, so nothing is void. Who pays the old debt has paid it, and is not subscribed again."""
    odus.advance(to="2026-03-05T00:00:00Z")
    assert [
        *DECLINED_TWICE[:-1],
        "2026-03-01 10:00 payment.updated 2999 cancelled failed",
        "2026-03-01 10:00 invoice.updated janes 2999 uncollectible",
        "2026-03-01 10:00 subscription.updated janes recurring_payment_errored",
    ] == news()
    left = odus.subscriptions.cancel(odus.ids["janes"], cancel_immediately=now)
    assert ["2026-03-05 00:00 subscription.updated janes subscription_cancelled"] == news()
    odus.advance(by="1 year")
    assert [] == news()
    odus.invoices.pay(left.latestInvoice)
    assert [
        "2027-03-05 00:00 payment.created 2999 open unattempted",
        "2027-03-05 00:00 payment.updated 2999 succeeded",
        "2027-03-05 00:00 invoice.updated janes 2999 paid",
    ] == news()
    assert [] == odus.agenda()


@pytest.mark.odus(scenario=janes(NO))
def test_what_is_tried_again_cannot_be_resumed(odus, news):
    """Nothing was scheduled, and a refusal changes nothing: she is dunned as before."""
    odus.advance(until="renewal")
    with pytest.raises(OdusApiError, match="not scheduled to cancel"):
        odus.subscriptions.resume(odus.ids["janes"])
    odus.advance(until="next")
    assert DECLINED_TWICE == news()
