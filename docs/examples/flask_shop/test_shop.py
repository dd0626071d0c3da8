"""The shop's own tests. `odus` is a mock of Odus for each test, `shop` the app, which hears its webhooks."""

import pytest

from shop import create_app

NEEDS_3DS, DECLINED, DECLINED_LATER = "4000000000003220", "4000000000009995", "4000000000000341"


@pytest.fixture
def shop(odus, monkeypatch):
    client = create_app().test_client()

    def hear(body, headers):
        return client.post("/webhooks/odus", data=body, headers=headers)

    monkeypatch.setenv("ODUS_WEBHOOK_SECRET", odus.on_webhook(hear).secret)
    monkeypatch.setenv("SHOP_PLAN", odus.ids["pro_monthly"])
    return client


def is_paid(shop, order):
    return shop.get(f"/orders/{order['payment']}").json["paid"]


def test_an_order_is_paid(odus, shop):
    order = shop.post("/orders", json={"amount": 4900}).json
    assert not is_paid(shop, order)
    odus.pay(payment=order["payment"])  # what the customer does in the browser
    assert is_paid(shop, order)


def test_a_declined_card_can_be_replaced(odus, shop):
    order = shop.post("/orders", json={"amount": 4900}).json
    odus.pay(payment=order["payment"], card=DECLINED)
    assert not is_paid(shop, order)
    odus.pay(payment=order["payment"])
    assert is_paid(shop, order)


@pytest.mark.parametrize(("result", "told"), [("passed", "Thank you!"), ("failed", "try another card")])
def test_the_bank_asks_who_is_paying(odus, shop, result, told):
    order = shop.post("/orders", json={"amount": 4900}).json
    payment = odus.pay(payment=order["payment"], card=NEEDS_3DS)
    assert payment.status == "requires_action"
    back = odus.complete_challenge(payment, result).returnUrl
    assert told in shop.get(back).text
    assert is_paid(shop, order) == (result == "passed")


def test_a_membership_is_renewed(odus, shop):
    joined = shop.post("/members", json={"email": "sam@example.com"}).json
    odus.pay(payment=joined["payment"])
    assert shop.get("/members/sam@example.com").json == {"until": "2026-02-01T00:00:00.000Z", "owes": False}
    odus.advance(by="1 month")
    assert shop.get("/members/sam@example.com").json == {"until": "2026-03-01T00:00:00.000Z", "owes": False}


def test_a_member_owes_until_a_retry_succeeds(odus, shop):
    odus.rule({"when": {"initiator": "merchant"}, "then": ["insufficient_funds", "approve"]})
    joined = shop.post("/members", json={"email": "sam@example.com"}).json
    odus.pay(payment=joined["payment"])
    odus.advance(until="renewal")
    assert shop.get("/members/sam@example.com").json["owes"]
    odus.advance(by="1 day")
    assert shop.get("/members/sam@example.com").json == {"until": "2026-03-01T00:00:00.000Z", "owes": False}


def test_a_card_that_never_works_again(odus, shop):
    joined = shop.post("/members", json={"email": "sam@example.com"}).json
    odus.pay(payment=joined["payment"], card=DECLINED_LATER)
    odus.advance(by="2 months")
    assert shop.get("/members/sam@example.com").json["owes"]


@pytest.mark.odus(scenario="duplicate_and_out_of_order_webhooks")
def test_a_webhook_may_come_twice(odus, shop):
    order = shop.post("/orders", json={"amount": 4900}).json
    odus.pay(payment=order["payment"])
    assert is_paid(shop, order)


LATE = {"when": {"eventType": "payment.updated", "nth": 1}, "then": {"delay": "5 minutes"}}


@pytest.mark.odus(scenario={"version": 1, "name": "late", "extends": "starter", "webhooks": [LATE]})
def test_a_webhook_may_come_late(odus, shop):
    """The one of the decline comes after the one of the success."""
    order = shop.post("/orders", json={"amount": 4900}).json
    odus.pay(payment=order["payment"], card=DECLINED)
    odus.advance(by="1 minute")
    odus.pay(payment=order["payment"])
    assert is_paid(shop, order)
    odus.advance(by="10 minutes")
    assert is_paid(shop, order)


def test_a_forged_webhook_is_refused(odus, shop):
    order = shop.post("/orders", json={"amount": 4900}).json
    forged = {"eventType": "payment.updated", "data": {"id": order["payment"], "status": "succeeded"}}
    answer = shop.post("/webhooks/odus", json=forged, headers={"x-odus-signature": "0" * 64})
    assert answer.status_code == 401
    assert not is_paid(shop, order)
