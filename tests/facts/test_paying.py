"""What Odus documents of paying: test cards, declines, 3DS, PayPal (guides/testing, guides/checkout/*)."""

import pytest

CHALLENGED, DECLINED = "4000000000003220", "4000000000000002"

APPROVED = [
    *(("stripe", number) for number in ("4242424242424242", "5555555555554444", "378282246310005", "6011111111111117")),
    *(("adyen", number) for number in ("370000000000018", "5555444433331111", "6011000000000004")),
    ("checkout", "4242424242424242"),
]
SENSITIVE = {"errorCode", "errorMessage", "declineType", "processorCode", "processorMessage"}
PUBLIC = {"status", "safeErrorMessage", "retryStrategy", "specialCode"}


def last(payment):
    return payment["transactions"][-1]["outcome"]


@pytest.fixture
def pay_at(odus):
    """Pays with a card at the gateway profile of an integration."""

    def pay(integration, number):
        way = {"mode": "gatewayProfile", "gatewayProfile": odus.profile(integration)}
        return odus.pay(number, paymentMethodOptions={"card": way})

    return pay


# --- Test cards


@pytest.mark.parametrize(("integration", "number"), APPROVED)
def test_an_approved_card_pays(pay_at, integration, number):
    """It is captured at once; any future expiry, any CVV, any holder (guides/testing, guides/payments/capture)."""
    paid = pay_at(integration, number)
    assert ("succeeded", True, 5000) == tuple(paid[name] for name in ("status", "isCaptured", "amountCaptured"))
    assert [integration] == [one["integration"] for one in paid["transactions"]]


@pytest.mark.parametrize(("integration", "number"), [("stripe", CHALLENGED), ("adyen", "371449635398431")])
def test_a_3ds_card_redirects(pay_at, answer, integration, number):
    """It is complete when the customer has come back (guides/testing, guides/checkout/3ds-and-redirect-handling)."""
    waiting = pay_at(integration, number)
    assert "requires_action" == waiting["status"]
    assert waiting["action"]["redirectUrl"].startswith("http")
    assert "success=true" in answer(waiting, "passed")


def test_a_declined_card_fails(pay_at):
    """Generic (guides/testing)."""
    declined = pay_at("stripe", DECLINED)
    assert ("open", "failure") == (declined["status"], last(declined)["status"])


# --- Declines


@pytest.mark.parametrize(
    "code",
    [
        *("insufficient_funds", "expired_card", "invalid_card_details", "authentication_failed"),
        *("generic_processor_error", "fraud_suspected", "card_restricted", "generic_hard_decline"),
    ],
)
def test_an_error_code_tells_why(odus, gateway_says, code):
    """The codes of the page, with a message for the merchant and one for the customer (guides/payments/error-codes)."""
    gateway_says(code)
    outcome = last(odus.pay())
    assert ("failure", code) == (outcome["status"], outcome["errorCode"])
    assert outcome["errorMessage"]
    assert outcome["safeErrorMessage"]


@pytest.mark.parametrize("code", ["fraud_suspected", "card_restricted", "generic_hard_decline"])
def test_a_hard_decline_is_called_so(odus, gateway_says, code):
    """Trying again with the same method is of no use (guides/payments/error-codes)."""
    gateway_says(code)
    assert "hard_decline" == last(odus.pay())["declineType"]


def test_a_transient_error_may_be_retried(odus, gateway_says):
    """`generic_processor_error` (guides/payments/error-codes)."""
    gateway_says("generic_processor_error")
    assert "retry" == last(odus.pay())["retryStrategy"]


def test_what_is_sensitive_is_for_secret_keys(odus):
    """Error code, messages and decline type are left out for a browser (guides/payments/error-codes)."""
    payment = odus.create()
    declined = odus.authorize(payment, DECLINED)
    publishable = odus.post("/publishable-keys")["value"]
    assert SENSITIVE | PUBLIC <= set(last(declined))
    for key in (payment["checkoutKey"], publishable):
        shown = last(odus("GET", f"/payments/{payment['id']}", key=key).body)
        assert (set(), PUBLIC) == (SENSITIVE & set(shown), PUBLIC & set(shown))


def test_a_success_has_no_special_code(odus):
    """Nor an error (guides/payments/error-codes)."""
    outcome = last(odus.pay())
    assert ("success", None, None) == (outcome["status"], outcome["specialCode"], outcome["errorCode"])


# --- 3DS and redirects


def test_a_redirect_asks_for_a_confirmation(odus):
    """The outcome is partial, its special code `confirmation_requested` (guides/payments/error-codes)."""
    outcome = last(odus.pay(CHALLENGED))
    assert ("partial", "confirmation_requested") == (outcome["status"], outcome["specialCode"])


def test_the_customer_comes_back_to_the_return_url(odus, answer):
    """Its own parameters stay; `success` and `payment` are added (guides/checkout/3ds-and-redirect-handling)."""
    waiting = odus.pay(CHALLENGED)
    back = answer(waiting, "passed")
    assert back.startswith("https://shop.example/thanks?order=7&")
    assert {"success=true", f"payment={waiting['id']}"} <= set(back.partition("?")[2].split("&"))
    assert "succeeded" == odus.get(f"/payments/{waiting['id']}")["status"]


def test_a_customer_who_cancels_comes_back_too(odus, answer):
    """With the same parameters (guides/checkout/3ds-and-redirect-handling)."""
    waiting = odus.pay(CHALLENGED)
    back = answer(waiting, "cancelled")
    assert back.startswith("https://shop.example/thanks?order=7&")
    assert {"success=false", f"payment={waiting['id']}"} <= set(back.partition("?")[2].split("&"))


def test_a_step_that_is_not_completed_reopens_the_payment(odus, advance):
    """After 24 hours, and not before (guides/payments/payment-statuses)."""
    waiting = odus.pay(CHALLENGED)
    advance("23 hours 59 minutes")
    assert "requires_action" == odus.get(f"/payments/{waiting['id']}")["status"]
    advance("1 minute")
    assert "open" == odus.get(f"/payments/{waiting['id']}")["status"]


def test_paypal_sends_the_customer_to_its_approval_page(odus, answer):
    """And the payment succeeds when they come back (guides/checkout/3ds-and-redirect-handling)."""
    wallet = odus.post("/gateway-profiles", {"title": "PayPal", "integration": "paypal"})["id"]
    way = {"mode": "gatewayProfile", "gatewayProfile": wallet}
    payment = odus.create(paymentMethodOptions={"paypal": way})
    body = {"type": "paypal", "returnUrl": "https://shop.example/thanks"}
    waiting = odus.post(f"/payments/{payment['id']}/authorize", body)
    assert ("requires_action", True) == (waiting["status"], waiting["action"]["redirectUrl"].startswith("http"))
    assert "success=true" in answer(waiting, "passed")
    assert "succeeded" == odus.get(f"/payments/{waiting['id']}")["status"]


def test_a_merchants_payment_fails_where_a_customer_would_be_asked(odus, gateway_says):
    """Nobody is there, so it fails at once (guides/checkout/3ds-and-redirect-handling)."""
    gateway_says("challenge")
    failed = odus.authorize(odus.create(initiator="merchant"))
    assert ("open", "failure") == (failed["status"], last(failed)["status"])
