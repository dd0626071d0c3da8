"""What Odus documents of paying: test cards, declines, 3DS, PayPal (guides/testing, guides/checkout/*)."""

from __future__ import annotations

from typing import Any

from mock_odus.facts.account import CHALLENGED, DECLINED, Account
from mock_odus.facts.fact import Chapter, holds, same

fact = Chapter("paying")

TESTING = "guides/testing"
ERRORS = "guides/payments/error-codes"
REDIRECTS = "guides/checkout/3ds-and-redirect-handling"

SENSITIVE = {"errorCode", "errorMessage", "declineType", "processorCode", "processorMessage"}
PUBLIC = {"status", "safeErrorMessage", "retryStrategy", "specialCode"}
HARD = ("fraud_suspected", "card_restricted", "generic_hard_decline")
SOFT = ("insufficient_funds", "expired_card", "invalid_card_details", "authentication_failed")
BACK = "https://shop.example/thanks?order=7&"


def _last(payment: Any) -> Any:
    return payment["transactions"][-1]["outcome"]


def _approves(odus: Account, integration: str, *numbers: str) -> None:
    """Any future expiry, any CVV, any holder."""
    way = {"card": {"mode": "gatewayProfile", "gatewayProfile": odus.profile(integration)}}
    for number in numbers:
        paid = odus.pay(number, paymentMethodOptions=way)
        same((number, "succeeded"), (number, paid["status"]))
        same([integration], [one["integration"] for one in paid["transactions"]])


# --- Test cards


@fact("Stripe approves its Visa, Mastercard, Amex and Discover test cards.", TESTING, needs="test card")
def stripe_cards(odus: Account) -> None:
    _approves(odus, "stripe", "4242424242424242", "5555555555554444", "378282246310005", "6011111111111117")


@fact("Adyen approves its Amex, Mastercard and Discover test cards.", TESTING, needs="test card")
def adyen_cards(odus: Account) -> None:
    _approves(odus, "adyen", "370000000000018", "5555444433331111", "6011000000000004")


@fact("Checkout.com approves its Visa test card.", TESTING, needs="test card")
def checkout_cards(odus: Account) -> None:
    _approves(odus, "checkout", "4242424242424242")


@fact("The 3DS test cards of Stripe and Adyen redirect.", TESTING, needs="test card")
def challenged_cards(odus: Account) -> None:
    for integration, number in (("stripe", CHALLENGED), ("adyen", "371449635398431")):
        way = {"card": {"mode": "gatewayProfile", "gatewayProfile": odus.profile(integration)}}
        same("requires_action", odus.pay(number, paymentMethodOptions=way)["status"])


@fact("Stripe declines 4000000000000002.", TESTING, needs="test card")
def declined_card(odus: Account) -> None:
    way = {"card": {"mode": "gatewayProfile", "gatewayProfile": odus.profile("stripe")}}
    declined = odus.pay(DECLINED, paymentMethodOptions=way)
    same(("open", "failure"), (declined["status"], _last(declined)["status"]))


# --- Declines


@fact("The error codes of the page come with a message for the merchant and one for the customer.", ERRORS,
      needs="script")  # fmt: skip
def error_codes(odus: Account) -> None:
    for code in (*SOFT, "generic_processor_error", *HARD):
        odus.gateways_say(code)
        outcome = _last(odus.pay())
        same(("failure", code), (outcome["status"], outcome["errorCode"]))
        holds(outcome["errorMessage"] and outcome["safeErrorMessage"], f"{code} has no message")


@fact("Suspected fraud, a restricted card and a generic hard decline are hard declines.", ERRORS, needs="script")
def hard_declines(odus: Account) -> None:
    for code in HARD:
        odus.gateways_say(code)
        same((code, "hard_decline"), (code, _last(odus.pay())["declineType"]))


@fact("A generic_processor_error is transient and may be retried.", ERRORS, needs="script")
def transient(odus: Account) -> None:
    odus.gateways_say("generic_processor_error")
    same("retry", _last(odus.pay())["retryStrategy"])


@fact("Error code, messages and decline type are sensitive: a browser's key does not see them.", ERRORS,
      needs="test card")  # fmt: skip
def sensitive(odus: Account) -> None:
    payment = odus.create()
    same(set(), (SENSITIVE | PUBLIC) - set(_last(odus.authorize(payment, DECLINED))))
    for key in (payment["checkoutKey"], odus.post("/publishable-keys")["value"]):
        shown = _last(odus("GET", f"/payments/{payment['id']}", key=key).body)
        same((set(), set()), (SENSITIVE & set(shown), PUBLIC - set(shown)))


@fact("The outcome of a success has neither an error nor a special code.", ERRORS, needs="test card")
def success(odus: Account) -> None:
    outcome = _last(odus.pay())
    same(("success", None, None), (outcome["status"], outcome["specialCode"], outcome["errorCode"]))


# --- 3DS and redirects


@fact("The outcome of a redirect is partial, its special code confirmation_requested.", ERRORS, needs="test card")
def confirmation(odus: Account) -> None:
    outcome = _last(odus.pay(CHALLENGED))
    same(("partial", "confirmation_requested"), (outcome["status"], outcome["specialCode"]))


@fact("The customer comes back to returnUrl, whose parameters stay, with success and payment added.", REDIRECTS,
      needs="script")  # fmt: skip
def comes_back(odus: Account) -> None:
    waiting = odus.pay(CHALLENGED)
    back = odus.answers(waiting, "passed")
    same(BACK, back[: len(BACK)])
    same(set(), {"success=true", f"payment={waiting['id']}"} - set(back.partition("?")[2].split("&")))
    same("succeeded", odus.get(f"/payments/{waiting['id']}")["status"])


@fact("A customer who cancels comes back to returnUrl too, without success.", REDIRECTS, needs="script")
def cancels(odus: Account) -> None:
    waiting = odus.pay(CHALLENGED)
    back = odus.answers(waiting, "cancelled")
    same(BACK, back[: len(BACK)])
    same(set(), {"success=false", f"payment={waiting['id']}"} - set(back.partition("?")[2].split("&")))


@fact("A step that is not completed within 24 hours reopens the payment.", "guides/payments/payment-statuses",
      needs="clock")  # fmt: skip
def lapses(odus: Account) -> None:
    waiting = odus.pay(CHALLENGED)
    odus.advance("23 hours 59 minutes")
    same("requires_action", odus.get(f"/payments/{waiting['id']}")["status"])
    odus.advance("1 minute")
    same("open", odus.get(f"/payments/{waiting['id']}")["status"])


@fact("PayPal sends the customer to its approval page, and is paid when they come back.", REDIRECTS, needs="script")
def paypal(odus: Account) -> None:
    wallet = odus.post("/gateway-profiles", {"title": "PayPal", "integration": "paypal"})["id"]
    payment = odus.create(paymentMethodOptions={"paypal": {"mode": "gatewayProfile", "gatewayProfile": wallet}})
    body = {"type": "paypal", "returnUrl": "https://shop.example/thanks"}
    waiting = odus.act("payments.authorize", payment["id"], body)
    same(("requires_action", True), (waiting["status"], waiting["action"]["redirectUrl"].startswith("http")))
    holds("success=true" in odus.answers(waiting, "passed"), "the customer comes back without success")
    same("succeeded", odus.get(f"/payments/{waiting['id']}")["status"])


@fact("A payment of the merchant's fails at once where its customer would be asked.", REDIRECTS, needs="script")
def nobody_there(odus: Account) -> None:
    odus.gateways_say("challenge")
    failed = odus.authorize(odus.create(initiator="merchant"))
    same(("open", "failure"), (failed["status"], _last(failed)["status"]))


@fact("The SDK has OdusCheckout with returnUrl, appearance, onPaymentSucceeded and onPaymentFailed.",
      "tags/explanation", REDIRECTS, needs="script")  # fmt: skip
def sdk(odus: Account) -> None:
    told = odus.get("/sdk/checkout.d.ts")
    words = ("class OdusCheckout", "returnUrl", "appearance", "onPaymentSucceeded", "onPaymentFailed", "mount")
    same([], [word for word in words if word not in told])
