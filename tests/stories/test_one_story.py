"""The story from which the driver's shape came."""

CHALLENGED_CARD = "4000000000003220"


def test_a_payment_survives_an_outage_a_challenge_and_a_refund(odus):
    """The EU gateway is down: the US gateway takes over, challenges, approves, and gives the money back a day later."""
    odus.rule({"name": "the EU gateway is down", "when": {"gateway": "stripe_eu"}, "then": "unreachable"})
    payment = odus.pay(2999, card=CHALLENGED_CARD)
    assert "requires_action" == payment.status
    assert "success=true" in odus.complete_challenge(payment).returnUrl
    odus.advance(by="1 day")
    assert "reversed" == odus.payments.reverse(payment).displayStatus
    attempts = odus.attempts(payment=payment)
    assert ["stripe_eu", "adyen_us", "adyen_us"] == attempts.gateways
    assert ["processor_unavailable", "approve", "approve"] == attempts.outcomes
    assert ["2026-01-01", "2026-01-01", "2026-01-02"] == [attempt.at[:10] for attempt in attempts]
