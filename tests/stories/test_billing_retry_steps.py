"""The steps of a retry policy: when they come, what they charge, and which gateway they ask."""

import pytest

from tests.stories.janes import janes

NO = "insufficient_funds"
TEN_OFF = {"priceReductionPercentage": 10}
AT_ADYEN = {"useInitialGateway": False, "gatewayProfile": "adyen_us"}
AT_FIRST = {"useInitialGateway": True}


def declined(again):
    """What is told of the renewal that is tried again then."""
    return [
        "2026-02-28 10:00 invoice.created janes 2999 open",
        "2026-02-28 10:00 payment.created 2999 open unattempted",
        f"2026-02-28 10:00 payment.updated 2999 open failed, again {again}",
        "2026-02-28 10:00 subscription.updated janes latest_invoice_retrying",
    ]


APRIL = [
    "2026-03-31 10:00 invoice.created janes 2999 open",
    "2026-03-31 10:00 payment.created 2999 open unattempted",
    "2026-03-31 10:00 payment.updated 2999 succeeded",
    "2026-03-31 10:00 invoice.updated janes 2999 paid",
    "2026-03-31 10:00 subscription.updated janes cycle 3 until 2026-04-30 10:00",
]


# --- for less


@pytest.mark.odus(scenario=janes(NO, NO, "approve", steps=[3, (7, TEN_OFF), (14, AT_ADYEN)]))
def test_a_step_for_less_settles_the_invoice(odus, news):
    """10 % of 29.99 is let off and nobody asks for it again; April costs what it costs."""
    odus.advance(to="2026-03-10T10:00:00Z")
    assert [
        *declined("2026-03-03 10:00"),
        "2026-03-03 10:00 payment.updated 2999 open failed, again 2026-03-10 10:00",
        "2026-03-10 10:00 payment.updated 2999 succeeded",
        "2026-03-10 10:00 invoice.updated janes 2999 paid, 300 let off",
        "2026-03-10 10:00 subscription.updated janes cycle 2 until 2026-03-31 10:00",
    ] == news()
    odus.advance(until="next")
    assert APRIL == news()
    assert [2999, 2999, 2699, 2999] == [attempt.amount for attempt in odus.attempts(cycle={"gt": 1})]
    assert [(2999, 2699), (2999, 2999)] == [
        (payment.amount, payment.amountCaptured) for payment in odus.payments.list(off_session_type="recurring")
    ]


@pytest.mark.odus(scenario=janes(NO, NO, "approve", steps=[(1, TEN_OFF), (2, {"priceReductionPercentage": 25})]))
def test_each_step_takes_off_the_original(odus, news):
    """First 10 %, then 25 % of 29.99, which is 22.49, and not 25 % of what the first step asked for."""
    odus.advance(to="2026-03-03T10:00:00Z")
    assert [
        *declined("2026-03-01 10:00"),
        "2026-03-01 10:00 payment.updated 2999 open failed, again 2026-03-03 10:00",
        "2026-03-03 10:00 payment.updated 2999 succeeded",
        "2026-03-03 10:00 invoice.updated janes 2999 paid, 750 let off",
        "2026-03-03 10:00 subscription.updated janes cycle 2 until 2026-03-31 10:00",
    ] == news()
    assert [2999, 2699, 2249] == [attempt.amount for attempt in odus.attempts(cycle={"gt": 1})]


# --- elsewhere


@pytest.mark.odus(scenario=janes(NO, NO, NO, "approve", steps=[3, (7, TEN_OFF), (14, AT_ADYEN)]))
def test_a_step_may_ask_another_gateway(odus, news):
    """It charges the whole amount again, and its money is given back there; April is asked for at the first one."""
    odus.advance(to="2026-03-24T10:00:00Z")
    assert [
        *declined("2026-03-03 10:00"),
        "2026-03-03 10:00 payment.updated 2999 open failed, again 2026-03-10 10:00",
        "2026-03-10 10:00 payment.updated 2999 open failed, again 2026-03-24 10:00",
        "2026-03-24 10:00 payment.updated 2999 succeeded",
        "2026-03-24 10:00 invoice.updated janes 2999 paid",
        "2026-03-24 10:00 subscription.updated janes cycle 2 until 2026-03-31 10:00",
    ] == news()
    odus.advance(until="next")
    assert APRIL == news()
    march, april = odus.payments.list(off_session_type="recurring")
    assert [odus.ids["adyen_us"], odus.ids["stripe_eu"]] == [march.gatewayProfile, april.gatewayProfile]
    odus.payments.reverse(march, amount=1000)
    assert ["2026-03-31 10:00 payment.updated 2999 succeeded partially_reversed"] == news()
    attempts = odus.attempts(cycle={"gt": 1})
    assert [*3 * ["stripe_eu"], "adyen_us", "stripe_eu", "adyen_us"] == attempts.gateways
    assert [2999, 2999, 2699, 2999, 2999, 1000] == [attempt.amount for attempt in attempts]


@pytest.mark.odus(scenario=janes(NO, NO, "approve", steps=[(1, AT_ADYEN), (1, AT_FIRST)]))
def test_the_step_after_it_may_come_back(odus, news):
    """The initial gateway is the one that the subscription was born at, whichever was asked in between."""
    odus.advance(to="2026-03-02T10:00:00Z")
    assert [
        *declined("2026-03-01 10:00"),
        "2026-03-01 10:00 payment.updated 2999 open failed, again 2026-03-02 10:00",
        "2026-03-02 10:00 payment.updated 2999 succeeded",
        "2026-03-02 10:00 invoice.updated janes 2999 paid",
        "2026-03-02 10:00 subscription.updated janes cycle 2 until 2026-03-31 10:00",
    ] == news()
    assert ["stripe_eu", "adyen_us", "stripe_eu"] == odus.attempts(cycle={"gt": 1}).gateways


DOWN = [{"name": "stripe is down for months", "when": {"gateway": "stripe_eu"}, "then": "unreachable"}]


@pytest.mark.odus(scenario=janes("approve", steps=[(1, AT_ADYEN)]), rules=DOWN)
def test_a_gateway_that_is_down_is_asked_each_month_anew(odus, news):
    """A step saves every renewal a day later; what the subscription was born at stays what it is."""
    odus.advance(to="2026-04-30T00:00:00Z")
    saved = [line for line in news() if "subscription.updated" in line]
    assert [
        "2026-02-28 10:00 subscription.updated janes latest_invoice_retrying",
        "2026-03-01 10:00 subscription.updated janes cycle 2 until 2026-03-31 10:00",
        "2026-03-31 10:00 subscription.updated janes latest_invoice_retrying",
        "2026-04-01 10:00 subscription.updated janes cycle 3 until 2026-04-30 10:00",
    ] == saved
    attempts = odus.attempts(cycle={"gt": 1})
    assert (2 * ["stripe_eu", "adyen_us"], 2 * ["processor_unavailable", "approve"]) == (
        attempts.gateways,
        attempts.outcomes,
    )
