"""What Odus documents of payments (guides/payments/*, checkout/*, api/core/payment-controller-create)."""

import pytest

JANE = "cus_2R0uWz4tu9wxTMBXxj9CJfSE9vV"
JANES_VISA = "pm_2RTUw7lL6IuBUwGQOD1EB0OAmx7"
MANUAL = {"captureMethod": "manual", "card": {"mode": "cascade", "cascade": "cas_abc123"}}

APPROVED = [
    *("4242424242424242", "5555555555554444", "378282246310005", "6011111111111117"),
    *("370000000000018", "5555444433331111", "6011000000000004"),
]


def held(odus):
    """A payment that is authorized and waits for its capture."""
    return odus.pay(paymentMethodOptions=MANUAL)


def last(payment):
    return payment["transactions"][-1]["outcome"]


# --- Creating one


@pytest.mark.parametrize(
    "body",
    [
        {"amount": 5000, "currency": "usd", "paymentMethodOptions": MANUAL},
        {
            "amount": 5000,
            "currency": "usd",
            "metadata": {
                "orderId": "ORD-2024-1234",
                "campaignId": "SPRING_SALE",
                "notes": "Priority shipping requested",
            },
        },
    ],
    ids=["manual capture", "metadata"],
)
def test_the_sampled_payments_are_made(odus, body):
    """201, open, and nothing is charged (guides/payments/making-payments, api/core/payment-controller-create)."""
    answer = odus("POST", "/payments", body)
    assert (201, "open", "customer", False) == (
        answer.status,
        *(answer.body[name] for name in ("status", "initiator", "isCaptured")),
    )
    assert body.get("metadata", {}) == answer.body["metadata"]


def test_without_any_method_it_is_not_made(odus):
    """No method is named and the merchant has no default (guides/payments/making-payments)."""
    config = odus.get("/merchant-configs")["data"][0]
    odus.post(f"/merchant-configs/{config['id']}", {"paymentMethodOptions": None})
    assert 400 == odus("POST", "/payments", {"amount": 5000, "currency": "usd"}).status
    assert 0 == odus.get("/payments")["pagination"]["itemCount"]


def test_a_method_types_capture_overrides_the_common_one(odus):
    """`card.captureMethod` beats `captureMethod` (guides/payments/capture)."""
    own = {
        "captureMethod": "automatic",
        "card": {"mode": "cascade", "cascade": "cas_abc123", "captureMethod": "manual"},
    }
    assert odus.pay(paymentMethodOptions=own)["isCaptured"] is False


# --- Paying


@pytest.mark.parametrize("number", APPROVED)
def test_an_approved_card_pays(odus, number):
    """Any future expiry, any CVV, any holder (guides/testing)."""
    paid = odus.pay(number)
    assert ("succeeded", True, 5000) == tuple(paid[name] for name in ("status", "isCaptured", "amountCaptured"))


@pytest.mark.parametrize("number", ["4000000000003220", "371449635398431"])
def test_a_3ds_card_asks_the_customer(odus, number):
    """requires_action with a link, and confirmation_requested (checkout/3ds-and-redirect-handling, guides/testing)."""
    waiting = odus.pay(number)
    assert "requires_action" == waiting["status"]
    assert waiting["action"]["redirectUrl"].startswith("http")
    assert "confirmation_requested" == last(waiting)["specialCode"]


def test_the_customer_comes_back_to_the_return_url(odus):
    """Its own parameters are kept, `success` and `payment` added (checkout/3ds-and-redirect-handling)."""
    waiting = odus.pay("4000000000003220")
    back = odus.post(f"/_mock/challenges/{waiting['id']}/complete", {"result": "passed"})["returnUrl"]
    assert back.startswith("https://shop.example/thanks?order=7&")
    assert {"success=true", f"payment={waiting['id']}"} <= set(back.partition("?")[2].split("&"))
    assert "succeeded" == odus.get(f"/payments/{waiting['id']}")["status"]


def test_a_step_that_is_not_completed_reopens_the_payment(odus, advance):
    """After 24 hours it is open again (guides/payments/payment-statuses)."""
    waiting = odus.pay("4000000000003220")
    advance("24 hours")
    assert ("open", None) == tuple(odus.get(f"/payments/{waiting['id']}")[name] for name in ("status", "action"))


def test_a_declined_card_leaves_the_payment_open(odus):
    """There is no status `failed` (guides/testing, guides/payments/payment-statuses)."""
    declined = odus.pay("4000000000000002")
    assert ("open", "failure") == (declined["status"], last(declined)["status"])


def test_a_failed_gateway_is_followed_by_the_next_at_once(odus):
    """Each try is listed (guides/routing)."""
    declined = odus.pay("4000000000000002")
    assert 2 == len(declined["transactions"])
    assert 2 == len({one["gatewayProfile"] for one in declined["transactions"]})


def test_what_is_sensitive_is_for_secret_keys(odus):
    """Error code, messages and decline type are left out for a browser (guides/payments/error-codes)."""
    payment = odus.create()
    declined = odus.authorize(payment, "4000000000000002")
    shown = odus("GET", f"/payments/{payment['id']}", key=payment["checkoutKey"]).body
    sensitive = {"errorCode", "errorMessage", "declineType", "processorCode", "processorMessage"}
    assert sensitive <= set(last(declined))
    assert set() == sensitive & set(last(shown))
    assert {"status", "safeErrorMessage", "retryStrategy", "specialCode"} <= set(last(shown))


def test_a_new_card_is_saved_with_its_customer(odus):
    """After a success of the customer's own, tokenized (guides/payments/payment-methods)."""
    customer = odus.post("/customers", {"email": "jane@example.com", "name": "Jane Smith"})["id"]
    odus.pay(customer=customer)
    (method,) = odus.get(f"/payment-methods?customer[eq]={customer}&isDefault[eq]=true")["data"]
    assert {"brand": "visa", "lastFour": "4242", "expMonth": "12", "expYear": "2040"}.items() <= method["card"].items()


def test_a_saved_method_is_as_the_page_shows_it(odus):
    """Type, customer, default, and a card whose expiry is text (guides/payments/payment-methods)."""
    method = odus.get(f"/payment-methods/{JANES_VISA}")
    card = {
        "brand": "visa",
        "lastFour": "4242",
        "expMonth": "12",
        "expYear": "2027",
        "cardholderName": "Jane Doe",
    }
    assert {"id": JANES_VISA, "type": "card", "customer": JANE, "isDefault": True, "card": card} == {
        name: method[name] for name in ("id", "type", "customer", "isDefault", "card")
    }


def test_a_merchants_payment_fails_where_a_customer_would_be_asked(odus):
    """Nobody is there to be challenged (checkout/3ds-and-redirect-handling)."""
    failed = odus.authorize(odus.create(initiator="merchant", customer=JANE), "4000002760003184")
    assert ("open", "failure") == (failed["status"], last(failed)["status"])


# --- Capture: guides/payments/capture


def test_a_manual_capture_may_be_partial(odus):
    """`isCaptured` and the amount; `amount` stays (guides/payments/capture)."""
    captured = odus.post(f"/payments/{held(odus)['id']}/capture", {"amount": 3000})
    assert (True, 3000, 5000) == tuple(captured[name] for name in ("isCaptured", "amountCaptured", "amount"))


def test_a_delayed_capture_happens_by_itself(odus, advance):
    """After `captureDelay` days (guides/payments/capture)."""
    delayed = MANUAL | {"captureMethod": "automaticDelayed", "captureDelay": 2}
    payment = odus.pay(paymentMethodOptions=delayed)
    assert payment["isCaptured"] is False
    advance("2 days")
    assert odus.get(f"/payments/{payment['id']}")["isCaptured"] is True


def test_an_authorization_lapses_after_a_week(odus, advance):
    """The funds are released (guides/payments/capture)."""
    payment = held(odus)
    assert ("succeeded", "uncaptured") == (payment["status"], payment["displayStatus"])
    advance("7 days")
    assert "cancelled" == odus.get(f"/payments/{payment['id']}")["status"]


# --- Reversal: guides/payments/refunds


def test_a_refund_of_everything(odus):
    """`{}` gives back what was captured (guides/payments/refunds)."""
    payment = odus.pay()
    reversed = odus.post(f"/payments/{payment['id']}/reverse", {})
    assert (True, 5000) == (reversed["isFullyReversed"], reversed["amountReversed"])
    assert 400 == odus("POST", f"/payments/{payment['id']}/reverse", {}).status


def test_refunds_in_parts(odus):
    """`{"amount":500}` may be repeated up to what was captured (guides/payments/refunds)."""
    payment = odus.pay(amount=1200)
    path = f"/payments/{payment['id']}/reverse"
    assert [500, 1000] == [odus.post(path, {"amount": 500})["amountReversed"] for _ in range(2)]
    assert 400 == odus("POST", path, {"amount": 500}).status
    assert odus.post(path, {"amount": 200})["isFullyReversed"] is True


def test_a_reversal_before_the_capture_is_a_void(odus):
    """The payment is cancelled (guides/payments/refunds, payment-statuses)."""
    assert "cancelled" == odus.post(f"/payments/{held(odus)['id']}/reverse", {})["status"]


def test_a_refund_made_elsewhere_is_recorded(odus):
    """`{"amount":1500,"isExternal":true}`, and no gateway is asked (guides/payments/refunds)."""
    reversed = odus.post(f"/payments/{odus.pay()['id']}/reverse", {"amount": 1500, "isExternal": True})
    assert 1500 == reversed["amountReversed"]
    assert reversed["transactions"][-1]["gatewayProfile"] is None


def test_what_has_not_succeeded_cannot_be_reversed(odus):
    """It needs the status succeeded (guides/payments/refunds)."""
    assert 400 == odus("POST", f"/payments/{odus.create()['id']}/reverse", {}).status


# --- Chargebacks: guides/payments/chargebacks


def test_a_chargeback_is_recorded(odus):
    """An empty body is enough; it can be reversed afterwards (guides/payments/chargebacks)."""
    path = f"/payments/{odus.pay()['id']}"
    marked = odus.post(f"{path}/record-chargeback", {})
    assert marked["isChargebacked"] is True
    assert marked["chargebackRecordedAt"].endswith("Z")
    assert 5000 == odus.post(f"{path}/reverse", {})["amountReversed"]


def test_a_chargeback_may_blacklist_and_restrict(odus):
    """Both at once; the blacklist is by email, for new payments too (guides/payments/chargebacks)."""
    body = {"blacklistCustomer": True, "customerRestrictions": {"restrictCit": True, "restrictReason": "fraud"}}
    odus.post(f"/payments/{odus.pay(customer=JANE)['id']}/record-chargeback", body)
    assert "fraud" == odus.get(f"/customers/{JANE}")["restrictReason"]
    twin = odus.post("/customers", {"email": "JANE@example.com"})["id"]
    assert 400 == odus("POST", "/payments", {"amount": 1, "currency": "usd", "customer": twin}).status


# --- Customers: guides/customers/*


def test_the_sampled_customer_is_made(odus):
    """An email and a name (guides/customers/managing-customers)."""
    customer = odus.post("/customers", {"email": "jane@example.com", "name": "Jane Smith"})
    assert ("jane@example.com", "Jane Smith") == (customer["email"], customer["name"])
    assert customer["id"].startswith("cus_")


@pytest.mark.parametrize(("flag", "initiator"), [("restrictCit", "customer"), ("restrictMit", "merchant")])
def test_a_restriction_blocks_its_own_initiator(odus, flag, initiator):
    """Each by itself (guides/customers/customer-restrictions)."""
    odus.post(f"/customers/{JANE}/restrictions", {"customer": JANE, flag: True, "restrictReason": "dispute"})
    body = {"amount": 1, "currency": "usd", "customer": JANE}
    statuses = {one: odus("POST", "/payments", body | {"initiator": one}).status for one in ("customer", "merchant")}
    assert {"customer": 201, "merchant": 201} | {initiator: 400} == statuses
