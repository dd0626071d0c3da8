"""The shop's own tests. It runs as a server here, as it does in production, and Odus posts webhooks to its address."""

import json
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from shop import open_shop

NEEDS_3DS, DECLINED = "4000000000003220", "4000000000009995"


class Browser:
    """Asks the shop over HTTP."""

    def __init__(self, url):
        self.url = url

    def get(self, path):
        with urlopen(path if path.startswith("http") else self.url + path) as answer:
            return json.load(answer)

    def post(self, path, body, **headers):
        with urlopen(Request(self.url + path, json.dumps(body).encode(), headers)) as answer:
            return json.load(answer)


@pytest.fixture
def shop(odus, monkeypatch):
    monkeypatch.setenv("SHOP_PLAN", odus.ids["pro_monthly"])
    server = open_shop(port=0)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield Browser(server.shop.url)
    odus.settle()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def order(shop):
    return shop.post("/orders", {"amount": 4900})["payment"]


@pytest.fixture
def joining(shop):
    """The payment of a first month."""
    return shop.post("/members", {"email": "sam@example.com"})["payment"]


def status(odus, shop, order):
    """As the shop has it, once all webhooks have been answered."""
    odus.settle()
    return shop.get(f"/orders/{order}")["status"]


def sam(odus, shop):
    odus.settle()
    return shop.get("/members/sam@example.com")


def test_an_order_is_paid(odus, shop, order):
    assert status(odus, shop, order) == "open"
    odus.pay(payment=order)  # what the customer does in the browser
    assert status(odus, shop, order) == "succeeded"


def test_a_declined_card_can_be_replaced(odus, shop, order):
    odus.pay(payment=order, card=DECLINED)
    assert status(odus, shop, order) == "open"
    odus.pay(payment=order)
    assert status(odus, shop, order) == "succeeded"


@pytest.mark.parametrize("result", ["passed", "failed", "cancelled"])
def test_the_bank_asks_who_is_paying(odus, shop, order, result):
    payment = odus.pay(payment=order, card=NEEDS_3DS)
    assert status(odus, shop, order) == "requires_action"
    back = odus.complete_challenge(payment, result).returnUrl
    assert shop.get(back) == {"thanks": result == "passed"}


def test_a_membership_is_renewed(odus, shop, joining):
    odus.pay(payment=joining)
    assert sam(odus, shop) == {"until": "2026-02-01T00:00:00.000Z", "owes": False}
    odus.advance(by="1 month")
    assert sam(odus, shop) == {"until": "2026-03-01T00:00:00.000Z", "owes": False}


def test_a_member_owes_until_a_retry_succeeds(odus, shop, joining):
    odus.rule({"when": {"initiator": "merchant"}, "then": ["insufficient_funds", "approve"]})
    odus.pay(payment=joining)
    odus.advance(until="renewal")
    assert sam(odus, shop)["owes"]
    odus.advance(by="1 day")
    assert sam(odus, shop) == {"until": "2026-03-01T00:00:00.000Z", "owes": False}


def test_a_forged_webhook_is_refused(shop, order):
    with pytest.raises(HTTPError, match="401"):
        shop.post("/webhooks/odus", {"data": {"id": order}}, **{"x-odus-signature": "0" * 64})


def test_what_odus_posts_is_what_the_shop_hears(odus, shop, order):
    """Another subscriber hears the same: a receiver of the test's own, which checks signatures."""
    hooks = odus.webhooks
    odus.pay(payment=order)
    assert hooks.wait_for("payment.updated", id=order).data.status == "succeeded"
    assert status(odus, shop, order) == "succeeded"
    assert {delivery.status for delivery in odus.deliveries()} == {"delivered"}
