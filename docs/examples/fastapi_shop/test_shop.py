"""The shop's own tests. `odus` is a mock of Odus for each test, `shop` the app, which hears its webhooks."""

import pytest
from fastapi.testclient import TestClient

from shop import create_app

NEEDS_3DS, DECLINED = "4000000000003220", "4000000000009995"


@pytest.fixture
def shop(odus, monkeypatch):
    with TestClient(create_app()) as client:

        def hear(body, headers):
            return client.post("/webhooks/odus", content=body, headers=headers)

        monkeypatch.setenv("ODUS_WEBHOOK_SECRET", odus.on_webhook(hear).secret)
        monkeypatch.setenv("SHOP_PLAN", odus.ids["pro_monthly"])
        yield client


@pytest.fixture
def order(shop):
    return shop.post("/orders", json={"amount": 4900}).json()["payment"]


@pytest.fixture
def joining(shop):
    """The payment of a first month."""
    return shop.post("/members", json={"email": "sam@example.com"}).json()["payment"]


def status(shop, order):
    return shop.get(f"/orders/{order}").json()["status"]


def sam(shop):
    return shop.get("/members/sam@example.com").json()


def test_an_order_is_paid(odus, shop, order):
    assert status(shop, order) == "open"
    odus.pay(payment=order)  # what the customer does in the browser
    assert status(shop, order) == "succeeded"


def test_a_declined_card_can_be_replaced(odus, shop, order):
    odus.pay(payment=order, card=DECLINED)
    assert status(shop, order) == "open"
    odus.pay(payment=order)
    assert status(shop, order) == "succeeded"


@pytest.mark.parametrize(("result", "told"), [("passed", "Thank you!"), ("cancelled", "try another card")])
def test_the_bank_asks_who_is_paying(odus, shop, order, result, told):
    payment = odus.pay(payment=order, card=NEEDS_3DS)
    assert status(shop, order) == "requires_action"
    assert told in shop.get(odus.complete_challenge(payment, result).returnUrl).text


def test_the_eu_gateway_is_down(odus, shop, order):
    """The cascade goes on to the next gateway, and the customer notices nothing."""
    odus.rule({"when": {"gateway": "stripe_eu"}, "then": "unreachable"})
    odus.pay(payment=order)
    assert status(shop, order) == "succeeded"
    assert odus.attempts(payment=order).gateways == ["stripe_eu", "adyen_us"]


def test_a_membership_is_renewed(odus, shop, joining):
    odus.pay(payment=joining)
    assert sam(shop) == {"until": "2026-02-01T00:00:00.000Z", "owes": False}
    odus.advance(by="1 month")
    assert sam(shop) == {"until": "2026-03-01T00:00:00.000Z", "owes": False}


def test_a_member_owes_until_a_retry_succeeds(odus, shop, joining):
    odus.rule({"when": {"initiator": "merchant"}, "then": ["insufficient_funds", "approve"]})
    odus.pay(payment=joining)
    odus.advance(until="renewal")
    assert sam(shop)["owes"]
    odus.advance(by="1 day")
    assert sam(shop) == {"until": "2026-03-01T00:00:00.000Z", "owes": False}


@pytest.mark.odus(scenario={"version": 1, "name": "down", "extends": "starter", "api": [{"then": {"status": 503}}]})
def test_odus_is_down(odus):
    with TestClient(create_app()) as shop:
        assert shop.post("/orders", json={"amount": 4900}).status_code == 502


def test_a_forged_webhook_is_refused(odus, shop, order):
    forged = {"eventType": "payment.updated", "data": {"id": order}}
    assert shop.post("/webhooks/odus", json=forged, headers={"x-odus-signature": "0" * 64}).status_code == 401
