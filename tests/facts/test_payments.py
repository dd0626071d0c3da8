"""What Odus documents of payments: making one and its states (guides/payments/*, api/core/*)."""

import pytest

JANE = "cus_2R0uWz4tu9wxTMBXxj9CJfSE9vV"
PRICE = "price_2R4e2xDqbww8ewmkIYWE1A6Zcfp"
CASCADE = {"mode": "cascade", "cascade": "cas_abc123"}
MANUAL = {"captureMethod": "manual", "card": CASCADE}
CHALLENGED, DECLINED = "4000000000003220", "4000000000000002"

SAMPLES = {
    "manual capture": {"amount": 5000, "currency": "usd", "paymentMethodOptions": MANUAL},
    "metadata": {
        "amount": 5000,
        "currency": "usd",
        "metadata": {"orderId": "ORD-2024-1234", "campaignId": "SPRING_SALE", "notes": "Priority shipping requested"},
    },
    "cart": {
        "currency": "usd",
        "initiator": "customer",
        "customer": JANE,
        "cart": {"items": [{"price": PRICE, "quantity": 1}]},
        "paymentMethodOptions": {"card": CASCADE},
    },
}
FIELDS = [
    *("id", "amount", "currency", "initiator", "status", "displayStatus", "customer", "paymentMethod"),
    *("paymentMethodOptions", "cart", "metadata", "action", "isCaptured", "isFullyReversed", "isChargebacked"),
    *("chargebackRecordedAt", "amountCaptured", "amountReversed", "offSessionType", "createdAt"),
]


# --- Making one


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sampled_payments_are_made(odus, name):
    """201, and every field is as it was sent (guides/payments/making-payments, api/core/payment-controller-create)."""
    answer = odus("POST", "/payments", SAMPLES[name])
    assert 201 == answer.status
    options = SAMPLES[name].get("paymentMethodOptions", {})
    plain = {field: sent for field, sent in SAMPLES[name].items() if field != "paymentMethodOptions"}
    assert plain == {field: answer.body[field] for field in plain}
    assert options.get("captureMethod") == answer.body["paymentMethodOptions"]["captureMethod"]
    assert CASCADE == {key: answer.body["paymentMethodOptions"]["card"][key] for key in CASCADE}


def test_a_payment_shows_every_documented_field(odus):
    """From its making on (guides/payments/making-payments, guides/reports/payment-summary-report)."""
    assert [] == [field for field in FIELDS if field not in odus.create()]


def test_making_a_payment_charges_nothing(odus):
    """It is open, and nothing is captured (guides/payments/making-payments)."""
    made = odus.create()
    assert ("open", "customer", False, 0) == tuple(
        made[name] for name in ("status", "initiator", "isCaptured", "amountCaptured")
    )


def test_the_amount_of_a_cart_is_derived(odus):
    """From its prices and quantities (guides/subscriptions/creating-subscriptions)."""
    (cycle,) = odus.get(f"/prices/{PRICE}")["billingSchedule"]["cycleDefinitions"]
    body = SAMPLES["cart"] | {"cart": {"items": [{"price": PRICE, "quantity": 3}]}}
    assert 3 * cycle["amount"] == odus.post("/payments", body)["amount"]


def test_the_currency_must_match_the_prices(odus):
    """A cart is in one currency (guides/subscriptions/creating-subscriptions)."""
    odus.refuses("/payments", SAMPLES["cart"] | {"currency": "eur"})


def test_without_any_method_it_is_not_made(odus):
    """No method is named and the merchant has no default (guides/payments/making-payments)."""
    (config,) = odus.get("/merchant-configs")["data"]
    odus.post(f"/merchant-configs/{config['id']}", {"paymentMethodOptions": None})
    odus.refuses("/payments", {"amount": 5000, "currency": "usd"})
    assert 0 == odus.get("/payments")["pagination"]["itemCount"]


def test_a_payment_is_listed_and_found(odus):
    """As it was made (guides/payments/making-payments)."""
    made = odus.create()
    assert made == odus.get(f"/payments/{made['id']}")
    assert [made] == odus.get("/payments")["data"]


# --- Its states


def test_a_success_is_terminal_for_authorizing(odus):
    """It cannot be authorized again (guides/payments/payment-statuses)."""
    paid = odus.pay()
    assert "succeeded" == paid["status"]
    odus.refuses(f"/payments/{paid['id']}/authorize", odus.card())


def test_a_declined_payment_is_open_and_may_be_paid_again(odus):
    """There is no status `failed` (guides/payments/payment-statuses)."""
    declined = odus.pay(DECLINED)
    assert "open" == declined["status"]
    assert "succeeded" == odus.authorize(declined)["status"]


@pytest.mark.parametrize("number", [None, DECLINED, CHALLENGED], ids=["untouched", "declined", "challenged"])
def test_what_has_not_succeeded_can_be_cancelled(odus, number):
    """`open` and `requires_action` become `cancelled`, for good (guides/payments/payment-statuses)."""
    payment = odus.pay(number) if number else odus.create()
    assert "cancelled" == odus.post(f"/payments/{payment['id']}/cancel")["status"]
    odus.refuses(f"/payments/{payment['id']}/cancel")


def test_an_uncaptured_success_can_be_cancelled(odus):
    """The authorization is voided (guides/payments/payment-statuses)."""
    assert "cancelled" == odus.post(f"/payments/{odus.hold()['id']}/cancel")["status"]


def test_a_captured_payment_cannot_be_cancelled(odus):
    """It can be reversed (guides/payments/payment-statuses)."""
    paid = odus.pay()
    odus.refuses(f"/payments/{paid['id']}/cancel")
    assert "succeeded" == odus.get(f"/payments/{paid['id']}")["status"]


def test_there_are_nine_display_statuses(odus):
    """What a report shows of a payment (guides/reports/payment-summary-report)."""

    def reverse(payment, **body):
        return odus.post(f"/payments/{payment['id']}/reverse", body)

    shown = {
        "unattempted": odus.create(),
        "incomplete": odus.pay(CHALLENGED),
        "failed": odus.pay(DECLINED),
        "uncaptured": odus.hold(),
        "succeeded": odus.pay(),
        "partially_reversed": reverse(odus.pay(), amount=500),
        "reversed": reverse(odus.pay()),
        "chargeback": odus.post(f"/payments/{odus.pay()['id']}/record-chargeback"),
        "cancelled": odus.post(f"/payments/{odus.create()['id']}/cancel"),
    }
    assert list(shown) == [payment["displayStatus"] for payment in shown.values()]
