"""What a scenario can make of the outside world, from a shop's view: outages, lost answers, late failures, disputes."""

import pytest

from mock_odus.driver import Driver, OdusApiError

EU = {"gateway": "stripe_eu"}


def test_an_outage_of_two_days(odus):
    """While the EU gateway is down the US gateway takes over; before and after it does not."""
    odus.rule({"when": EU | {"between": {"from": "+40 days", "until": "+42 days"}}, "then": {"error": 503}})
    seen = {}
    for day in (39, 40, 41, 42):
        odus.advance(to=f"2026-02-{day - 30:02}T00:00:00Z")
        seen[day] = odus.attempts(payment=odus.pay(2999)).gateways
    down = ["stripe_eu", "adyen_us"]
    assert {39: ["stripe_eu"], 40: down, 41: down, 42: ["stripe_eu"]} == seen


def test_a_customer_pays_twice_for_one_order(odus):
    """The EU gateway's answer is lost after it has taken the money: the shop sees one charge, the customer two."""
    odus.rule({"name": "the answer is lost", "when": EU, "then": {"timeout": {"charged": True}}, "times": 1})
    payment = odus.pay(2999)
    assert ("succeeded", odus.ids["adyen_us"]) == (payment.status, payment.gatewayProfile)
    (orphan,) = odus.orphans()
    assert {
        "at": odus.now,
        "payment": payment.id,
        "transaction": payment.transactions[0].id,
        "operation": "authorize",
        "gatewayProfile": odus.ids["stripe_eu"],
        "amount": 2999,
        "currency": "usd",
        "rule": "the answer is lost",
    } == orphan
    assert [orphan] == odus.orphans(payment=payment, amount={"gte": 2999})
    assert [] == odus.orphans(operation="refund")


def test_a_gateway_forgets_what_it_took(odus):
    """It says yes and keeps nothing, so the refund fails there, and the money is still the shop's."""
    odus.rule({"when": EU, "then": {"approve": {"forgotten": True}}})
    payment = odus.pay(2999)
    assert "succeeded" == payment.status
    refused = odus.payments.reverse(payment)
    assert (0, "succeeded") == (refused.amountReversed, refused.displayStatus)
    assert ["generic_processor_error"] == odus.attempts(payment=payment).declines


def test_a_refund_comes_back(odus):
    """Accepted today, failed two days later: the payment is as if it had never been given back, and can be again."""
    odus.rule(
        {
            "when": {"operation": "refund"},
            "then": [{"fail_later": {"after": "2 days", "code": "card_restricted"}}, "approve"],
        }
    )
    payment = odus.payments.reverse(odus.pay(2999))
    assert "reversed" == payment.displayStatus
    odus.advance(by="2 days")
    payment = odus.payments[payment.id]
    assert ("succeeded", 0) == (payment.displayStatus, payment.amountReversed)
    assert "card_restricted" == payment.transactions[-1].outcome.errorCode
    assert "reversed" == odus.payments.reverse(payment).displayStatus


def test_a_charge_is_disputed_a_month_later(odus):
    """Somebody records the chargeback when its day has come."""
    odus.rule({"then": {"approve": {"chargeback": {"after": "1 month"}}}})
    payment = odus.pay(2999)
    odus.advance(by="30 days")
    assert "succeeded" == odus.payments[payment.id].displayStatus
    odus.advance(by="1 day")
    payment = odus.payments[payment.id]
    assert ("chargeback", "2026-02-01T00:00:00.000Z") == (payment.displayStatus, payment.chargebackRecordedAt)


def test_a_challenge_that_nobody_sees(odus):
    """3DS ran without asking the customer, on a card that would have asked."""
    odus.rule({"then": "frictionless"})
    assert ("succeeded", None) == ((payment := odus.pay(2999, card="4000000000003220")).status, payment.action)


def test_a_customer_tries_twice(odus):
    """A rule can tell the second try of a payment from the first."""
    odus.rule({"when": {"try": 1}, "then": "insufficient_funds"})
    payment = odus.pay(2999)
    assert "failed" == payment.displayStatus
    card = {"number": "4242424242424242", "expMonth": "12", "expYear": "2030", "cvv": "100"}
    assert "succeeded" == odus.payments.authorize(payment, type="card", card=card).status


def test_a_card_from_abroad(odus):
    """Rules can look at the country of a card."""
    odus.rule({"when": {"card.country": {"ne": "US"}}, "then": "fraud_suspected"})
    assert "succeeded" == odus.pay(2999).status
    assert "failed" == odus.pay(2999, card="4000002760003184").displayStatus


def test_some_payments_fail_and_always_the_same(odus):
    """Chances are drawn from the seed: the world begun again has the same bad luck, whenever it happens."""
    rule = {"name": "bad luck", "chance": "30%", "then": "insufficient_funds"}

    def luck():
        odus.rule(rule)
        return [odus.pay(2999).displayStatus for _ in range(20)]

    first = luck()
    odus.reset()
    odus.advance(by="1 day")
    assert first == luck()
    assert {"succeeded", "failed"} == set(first)


@pytest.mark.odus(scenario={"version": 1, "name": "easy", "extends": "starter", "unmatched": "approve"})
def test_every_charge_is_approved(odus):
    """Test cards mean nothing then, but a number that is none is still refused."""
    assert "succeeded" == odus.pay(2999, card="4000000000000002").status
    assert ["invalid_card_details"] == odus.attempts(payment=odus.pay(2999, card="4111111111111111")).declines


@pytest.mark.odus(
    scenario={
        "version": 1,
        "name": "barred",
        "extends": "starter",
        "world": {"blacklist": {"fraud": {"email": "Jane@Example.com", "reason": "chargebacks"}}},
    }
)
def test_a_scenario_begins_with_a_blacklist(odus):
    """Who is on it cannot pay; the entry is known by its name."""
    entry = odus.get(f"/blacklist/{odus.ids['fraud']}")
    assert ("jane@example.com", "chargebacks") == (entry.email, entry.reason)
    odus.delete(f"/blacklist/{entry.id}")
    assert "succeeded" == odus.pay(2999, customer=odus.ids["jane"]).status


@pytest.mark.odus(
    scenario={
        "version": 1,
        "name": "keys",
        "extends": "starter",
        "world": {"secretKeys": {"reports": {"permissions": ["PAYMENT_READ"]}}},
    }
)
def test_a_scenario_begins_with_keys(odus):
    """The value of a named key is known beforehand; it may do what the scenario says, and nothing else."""
    reports = Driver(odus.url, f"{odus.secret_key}_reports")
    assert [] == reports.payments.list()
    with pytest.raises(OdusApiError, match="PAYMENT_CREATE"):
        reports.payments.create(amount=1, currency="usd")
    reports._connection.close()
