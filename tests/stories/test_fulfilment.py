"""A shop that takes the money when it ships, and what it does when it cannot."""

import pytest

from mock_odus.driver import OdusApiError

CHALLENGED_CARD = "4000000000003220"
SHOP = {
    "version": 1,
    "name": "ships first",
    "extends": "starter",
    "world": {
        "gatewayProfiles": {"paypal": {"integration": "paypal"}},
        "merchantConfig": {
            "timezone": "Europe/Paris",
            "captureMethod": "manual",
            "paymentMethodOptions": {
                "card": {"mode": "cascade", "cascade": "main"},
                "paypal": {"mode": "gatewayProfile", "gatewayProfile": "paypal", "captureMethod": "automatic"},
            },
        },
    },
}

pytestmark = pytest.mark.odus(scenario=SHOP)


def told(odus, payment):
    """What the shop was told of a payment, one word an event."""
    return [event.data.displayStatus for event in odus.events(subject=payment)]


def test_an_order_ships_in_part_and_comes_back_in_part(odus):
    """Authorized on Thursday, two of three items ship on Monday, one of them is sent back a week later."""
    payment = odus.pay(9000, customer=odus.ids["jane"])
    assert ("uncaptured", 9000, 0) == (payment.displayStatus, payment.amountAuthorized, payment.amountCaptured)
    odus.advance(by="4 days")
    payment = odus.payments.capture(payment, amount=6000)
    assert ("succeeded", 6000) == (payment.displayStatus, payment.amountCaptured)
    odus.advance(by="1 week")
    payment = odus.payments.reverse(payment, amount=3000)
    assert ("partially_reversed", 3000) == (payment.displayStatus, payment.amountReversed)
    with pytest.raises(OdusApiError, match="amount must be at most 3000"):
        odus.payments.reverse(payment, amount=6000)
    assert ["authorize", "capture", "refund"] == [attempt.operation for attempt in odus.attempts(payment=payment)]
    assert ["unattempted", "uncaptured", "succeeded", "partially_reversed"] == told(odus, payment)


def test_an_order_is_forgotten(odus):
    """Nobody ships for a week: the money is released, and the capture comes too late."""
    payment = odus.pay(9000)
    odus.advance(by="7 days")
    lapsed = odus.payments[payment.id]
    assert ("cancelled", "lapsed") == (lapsed.status, lapsed.cancellationReason)
    with pytest.raises(OdusApiError, match="it is cancelled for good"):
        odus.payments.capture(payment)


def test_the_gateway_is_down_on_the_day_of_shipping(odus):
    """The capture fails and is tried again an hour later, before the authorization lapses."""
    payment = odus.pay(9000)
    odus.advance(by="6 days")
    odus.rule({"when": {"operation": "capture"}, "then": ["unreachable", "approve"]})
    failed = odus.payments.capture(payment)
    assert ("uncaptured", "processor_unavailable") == (
        failed.displayStatus,
        failed.transactions[-1].outcome.errorCode,
    )
    odus.advance(by="1 hour")
    assert "succeeded" == odus.payments.capture(payment).displayStatus
    odus.advance(by="1 month")
    assert "succeeded" == odus.payments[payment.id].displayStatus


def test_a_customer_changes_their_mind_at_the_bank(odus):
    """The shop cancels while its customer is at the challenge page: coming back is too late, and nothing was taken."""
    payment = odus.pay(9000, card=CHALLENGED_CARD)
    assert "requires_action" == payment.status
    assert "cancelled" == odus.payments.cancel(payment).status
    with pytest.raises(OdusApiError, match="no challenge is waiting"):
        odus.complete_challenge(payment)
    assert ["withdrawn"] == [attempt.challenge for attempt in odus.attempts(payment=payment)]
    assert "withdrawn: the payment was cancelled" in odus.timeline(payment=payment)


def test_a_void_comes_back_to_life(odus):
    """The shop cancels, the gateway agrees and finds two days later that it could not: the hold is an orphan."""
    odus.rule({"when": {"operation": "void"}, "then": {"fail_later": {"after": "2 days"}}})
    payment = odus.payments.cancel(odus.pay(9000))
    assert [] == odus.orphans()
    odus.advance(by="2 days")
    assert "cancelled" == odus.payments[payment.id].status
    assert [(payment.id, "authorize", 9000)] == [
        (orphan.payment, orphan.operation, orphan.amount) for orphan in odus.orphans()
    ]


def test_a_customer_pays_by_paypal(odus):
    """Approved on PayPal's page and captured at once, as the shop wants it there; disputed, and given back."""
    payment = odus.payments.create(
        amount=9000, currency="eur", customer=odus.ids["jane"], returnUrl="https://shop.example/thanks?order=1"
    )
    waiting = odus.payments.authorize(payment, type="paypal")
    assert "requires_action" == waiting.status
    back = odus.complete_challenge(waiting)
    assert back.returnUrl.startswith("https://shop.example/thanks?order=1&success=true&payment=pay_")
    paid = odus.payments[payment.id]
    assert ("succeeded", True, odus.ids["paypal"]) == (paid.status, paid.isCaptured, paid.gatewayProfile)
    disputed = odus.payments.record_chargeback(payment, customerRestrictions={"restrictCit": True})
    assert ("chargeback", True) == (disputed.displayStatus, odus.customers[odus.ids["jane"]].restrictCit)
    returned = odus.payments.reverse(payment)
    assert ("chargeback", True) == (returned.displayStatus, returned.isFullyReversed)
    with pytest.raises(OdusApiError, match="restrictCit blocks customer-initiated payments"):
        odus.payments.create(amount=1, currency="eur", customer=odus.ids["jane"])
