"""A list of outcomes moves once a try, however many gateways are asked in it."""

import pytest

GATEWAYS = ["first", "second", "third"]
THREE_GATEWAYS = {
    "version": 1,
    "name": "three gateways",
    "world": {
        "gatewayProfiles": {
            "first": {"integration": "stripe"},
            "second": {"integration": "adyen"},
            "third": {"integration": "checkout"},
        },
        "cascades": {
            "queue": {
                "algorithm": "priority_queue",
                "rules": [
                    {"gatewayProfile": "first", "position": 1, "transactionLimit": 9, "limitPeriod": "day"},
                    {"gatewayProfile": "second", "position": 2, "transactionLimit": 9, "limitPeriod": "day"},
                    {"gatewayProfile": "third", "position": 3},
                ],
            }
        },
        "merchantConfig": {"paymentMethodOptions": {"card": {"mode": "cascade", "cascade": "queue"}}},
        "customers": {"jane": {}},
    },
    "rules": [{"name": "fails twice, then works", "then": ["insufficient_funds", "insufficient_funds", "approve"]}],
}
CARD = {"number": "4242424242424242", "expMonth": "12", "expYear": "2030", "cvv": "100"}


@pytest.mark.odus(scenario=THREE_GATEWAYS)
def test_a_payment_fails_twice_over_all_gateways_and_then_works(odus):
    """Tries 1 and 2 fail at three gateways each, try 3 succeeds at the first one."""
    payment = odus.payments.create(
        amount=2999, currency="usd", customer=odus.ids["jane"], returnUrl="https://shop.example/thanks"
    )
    seen = []
    for _ in range(3):
        payment = odus.payments.authorize(payment, type="card", card=CARD)
        seen.append((payment.status, payment.displayStatus, len(payment.transactions)))

    assert [("open", "failed", 3), ("open", "failed", 6), ("succeeded", "succeeded", 7)] == seen
    attempts = odus.attempts(payment=payment)
    assert [*GATEWAYS, *GATEWAYS, "first"] == attempts.gateways
    assert [*6 * ["insufficient_funds"], "approve"] == attempts.outcomes
    assert 7 * ["fails twice, then works"] == [attempt.rule for attempt in attempts]
    assert list(range(1, 8)) == [attempt.attempt for attempt in attempts]


@pytest.mark.odus(scenario=THREE_GATEWAYS)
def test_the_last_outcome_stays(odus):
    """From the third try on every payment is approved: one count for the whole scenario."""
    tries = [odus.pay(1000 + number) for number in range(4)]
    assert ["open", "open", "succeeded", "succeeded"] == [payment.status for payment in tries]
    assert [3, 3, 1, 1] == [len(payment.transactions) for payment in tries]


@pytest.mark.odus(scenario=THREE_GATEWAYS)
def test_the_first_event_still_shows_the_open_payment(odus):
    """After two failed tries, a success and a refund, `payment.created` tells of an open payment and no transaction."""
    payment = odus.payments.create(
        amount=2999, currency="usd", customer=odus.ids["jane"], returnUrl="https://shop.example/thanks"
    )
    for _ in range(3):
        payment = odus.payments.authorize(payment, type="card", card=CARD)
    odus.payments.reverse(payment, amount=500)

    events = odus.events(subject=payment)
    assert ["payment.created", *4 * ["payment.updated"]] == [event.eventType for event in events]
    created = events[0].data
    assert ("open", "unattempted", [], 0) == (
        created.status,
        created.displayStatus,
        created.transactions,
        created.amountCaptured,
    )
    assert [0, 3, 6, 7, 8] == [len(event.data.transactions) for event in events]
    assert odus.payments[payment] == events[-1].data
