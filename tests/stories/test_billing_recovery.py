"""A renewal that is paid so late that whole periods have passed: nobody is billed for those."""

import pytest

from tests.stories.janes import janes

NO = "insufficient_funds"


@pytest.fixture
def pays_for(odus):
    """From when to when the latest invoice is, on it and on its line, and how many invoices there are."""

    def pays_for():
        invoices = odus.invoices.list(subscription=odus.ids["janes"])
        (line,) = invoices[-1].lines
        assert (line.periodStart, line.periodEnd) == (invoices[-1].periodStart, invoices[-1].periodEnd)
        return line.periodStart[:10], line.periodEnd[:10], len(invoices)

    return pays_for


@pytest.mark.odus(scenario=janes(NO, NO, NO, "approve", every="week"))
def test_a_week_is_skipped(odus, news, pays_for):
    """Nine days late, of weeks: the one that was due is over, so the money is for the one that it is by now."""
    odus.advance(until="renewal")
    assert [
        "2026-02-07 10:00 invoice.created janes 2999 open",
        "2026-02-07 10:00 payment.created 2999 open unattempted",
        "2026-02-07 10:00 payment.updated 2999 open failed, again 2026-02-08 10:00",
        "2026-02-07 10:00 subscription.updated janes latest_invoice_retrying",
    ] == news()
    assert ("2026-02-07", "2026-02-14", 2) == pays_for()
    odus.advance(to="2026-02-16T09:59:59.999Z")
    assert [
        "2026-02-08 10:00 payment.updated 2999 open failed, again 2026-02-11 10:00",
        "2026-02-11 10:00 payment.updated 2999 open failed, again 2026-02-16 10:00",
    ] == news()
    odus.advance(until="next")
    assert [
        "2026-02-16 10:00 payment.updated 2999 succeeded",
        "2026-02-16 10:00 invoice.updated janes 2999 paid",
        "2026-02-16 10:00 subscription.updated janes cycle 2 until 2026-02-21 10:00",
    ] == news()
    assert ("2026-02-14", "2026-02-21", 2) == pays_for()
    odus.advance(until="next")
    assert [
        "2026-02-21 10:00 invoice.created janes 2999 open",
        "2026-02-21 10:00 payment.created 2999 open unattempted",
        "2026-02-21 10:00 payment.updated 2999 succeeded",
        "2026-02-21 10:00 invoice.updated janes 2999 paid",
        "2026-02-21 10:00 subscription.updated janes cycle 3 until 2026-02-28 10:00",
    ] == news()


@pytest.mark.odus(scenario=janes(NO, "approve", steps=[40]))
def test_months_keep_their_anchor_when_one_is_skipped(odus, news, pays_for):
    """Forty days late: March is over. April is counted from 31 January, as ever, and so is May."""
    odus.advance(to="2026-04-09T10:00:00Z")
    assert [
        "2026-02-28 10:00 invoice.created janes 2999 open",
        "2026-02-28 10:00 payment.created 2999 open unattempted",
        "2026-02-28 10:00 payment.updated 2999 open failed, again 2026-04-09 10:00",
        "2026-02-28 10:00 subscription.updated janes latest_invoice_retrying",
        "2026-04-09 10:00 payment.updated 2999 succeeded",
        "2026-04-09 10:00 invoice.updated janes 2999 paid",
        "2026-04-09 10:00 subscription.updated janes cycle 2 until 2026-04-30 10:00",
    ] == news()
    assert ("2026-03-31", "2026-04-30", 2) == pays_for()
    odus.advance(until="next")
    assert "2026-04-30 10:00 subscription.updated janes cycle 3 until 2026-05-31 10:00" == news()[-1]


# --- the last instant

DAY_DECLINED = [
    "2026-02-01 10:00 invoice.created janes 2999 open",
    "2026-02-01 10:00 payment.created 2999 open unattempted",
    "2026-02-01 10:00 payment.updated 2999 open failed, again 2026-02-02 10:00",
    "2026-02-01 10:00 subscription.updated janes latest_invoice_retrying",
]


@pytest.mark.odus(scenario=janes(NO, "approve", steps=[1], every="day"))
def test_a_period_that_ends_at_this_very_instant_is_skipped(odus, news, pays_for):
    """The step comes a day after the renewal of a day: that day is over, and the money is for the one that begins."""
    odus.advance(to="2026-02-02T10:00:00Z")
    assert [
        *DAY_DECLINED,
        "2026-02-02 10:00 payment.updated 2999 succeeded",
        "2026-02-02 10:00 invoice.updated janes 2999 paid",
        "2026-02-02 10:00 subscription.updated janes cycle 2 until 2026-02-03 10:00",
    ] == news()
    assert ("2026-02-02", "2026-02-03", 2) == pays_for()


@pytest.mark.odus(scenario=janes(NO, "approve", steps=[1], every="day"))
def test_what_is_paid_a_millisecond_before_is_not_late(odus, news, pays_for):
    """The day is paid for in its last moment, and the next one when it begins."""
    odus.advance(to="2026-02-02T09:59:59.999Z")
    odus.invoices.pay(odus.subscriptions[odus.ids["janes"]].latestInvoice)
    assert ("2026-02-01", "2026-02-02", 2) == pays_for()
    odus.advance(to="2026-02-02T10:00:00Z")
    assert [
        *DAY_DECLINED,
        "2026-02-02 09:59 payment.updated 2999 succeeded",
        "2026-02-02 09:59 invoice.updated janes 2999 paid",
        "2026-02-02 09:59 subscription.updated janes cycle 2 until 2026-02-02 10:00",
        "2026-02-02 10:00 invoice.created janes 2999 open",
        "2026-02-02 10:00 payment.created 2999 open unattempted",
        "2026-02-02 10:00 payment.updated 2999 succeeded",
        "2026-02-02 10:00 invoice.updated janes 2999 paid",
        "2026-02-02 10:00 subscription.updated janes cycle 3 until 2026-02-03 10:00",
    ] == news()
    assert ("2026-02-02", "2026-02-03", 3) == pays_for()
