"""What Odus documents of captures, refunds and chargebacks (guides/payments/*)."""

from __future__ import annotations

from typing import Any

from mock_odus.facts.account import CHALLENGED, DECLINED, Account
from mock_odus.facts.fact import Chapter, holds, same

fact = Chapter("after paying")

CAPTURE = "guides/payments/capture"
REFUNDS = "guides/payments/refunds"
CHARGEBACKS = "guides/payments/chargebacks"
STATUSES = "guides/payments/payment-statuses"
SUMMARY = "guides/reports/payment-summary-report"


def _delayed(days: int) -> dict[str, Any]:
    return {"captureMethod": "automaticDelayed", "captureDelay": days}


def _reverse(odus: Account, payment: Any, **body: Any) -> Any:
    return odus.post(f"/payments/{payment['id']}/reverse", body)


def _chargeback(odus: Account, payment: Any, **body: Any) -> Any:
    return odus.post(f"/payments/{payment['id']}/record-chargeback", body)


# --- Capture


@fact("A payment is captured at once unless told otherwise.", CAPTURE, needs="test card")
def automatic(odus: Account) -> None:
    paid = odus.pay(paymentMethodOptions={"captureMethod": "automatic"})
    same((True, 5000), (paid["isCaptured"], paid["amountCaptured"]))


@fact("A manual capture is asked for, and takes all or a part.", CAPTURE, needs="test card")
def manual(odus: Account) -> None:
    first, second = odus.hold(), odus.hold()
    same(False, first["isCaptured"])
    whole = odus.act("payments.capture", first["id"])
    part = odus.act("payments.capture", second["id"], {"amount": 3000})
    same([(True, 5000), (True, 3000)], [(one["isCaptured"], one["amountCaptured"]) for one in (whole, part)])


@fact("The captureMethod of a method type overrides the common one.", CAPTURE, needs="test card")
def overridden(odus: Account) -> None:
    card = {"mode": "gatewayProfile", "gatewayProfile": odus.profile("stripe"), "captureMethod": "manual"}
    same(False, odus.pay(paymentMethodOptions={"captureMethod": "automatic", "card": card})["isCaptured"])


@fact("A delayed capture happens by itself after captureDelay days, and not before.", CAPTURE, needs="clock")
def delayed(odus: Account) -> None:
    for days in (1, 5):
        payment = odus.pay(paymentMethodOptions=_delayed(days))
        odus.advance(f"{24 * days - 1} hours")
        same(False, odus.get(f"/payments/{payment['id']}")["isCaptured"])
        odus.advance("1 hour")
        same(True, odus.get(f"/payments/{payment['id']}")["isCaptured"])


@fact("A captureDelay is of 1 to 5 days.", CAPTURE)
def delay(odus: Account) -> None:
    for days in (0, 6):
        odus.refuses("/payments", {"amount": 5000, "currency": "usd", "paymentMethodOptions": _delayed(days)})


@fact("An uncaptured authorization lapses after about a week, and its payment is cancelled.", CAPTURE, needs="clock")
def lapse(odus: Account) -> None:
    payment = odus.hold()
    odus.advance("5 days")
    same("succeeded", odus.get(f"/payments/{payment['id']}")["status"])
    odus.advance("4 days")
    same("cancelled", odus.get(f"/payments/{payment['id']}")["status"])


@fact("What is authorized and not captured is succeeded, and shown as uncaptured.", SUMMARY,
      needs="test card")  # fmt: skip
def uncaptured(odus: Account) -> None:
    payment = odus.hold()
    same(("succeeded", "uncaptured"), (payment["status"], payment["displayStatus"]))


# --- Reversal


@fact("{} gives back everything that was captured, once.", REFUNDS, needs="test card")
def refund(odus: Account) -> None:
    paid = odus.pay()
    reversed = _reverse(odus, paid)
    same((True, 5000), (reversed["isFullyReversed"], reversed["amountReversed"]))
    odus.refuses(f"/payments/{paid['id']}/reverse")


@fact('{"amount":500} gives back a part, and may be repeated up to what was captured.', REFUNDS, needs="test card")
def parts(odus: Account) -> None:
    paid = odus.pay(amount=1200)
    same([500, 1000], [_reverse(odus, paid, amount=500)["amountReversed"] for _ in range(2)])
    odus.refuses(f"/payments/{paid['id']}/reverse", {"amount": 500})
    same(True, _reverse(odus, paid, amount=200)["isFullyReversed"])


@fact("After a part, {} gives back the rest.", REFUNDS, needs="test card")
def rest(odus: Account) -> None:
    paid = odus.pay()
    _reverse(odus, paid, amount=500)
    reversed = _reverse(odus, paid)
    same((True, 5000), (reversed["isFullyReversed"], reversed["amountReversed"]))


@fact("{} before the capture is a void, and the payment is cancelled.", REFUNDS, STATUSES, needs="test card")
def void(odus: Account) -> None:
    same("cancelled", _reverse(odus, odus.hold())["status"])


@fact('{"amount":1500,"isExternal":true} records a refund made elsewhere, and asks no gateway.', REFUNDS,
      needs="script")  # fmt: skip
def external(odus: Account) -> None:
    odus.gateways_say("unreachable", "refund")
    same(1500, _reverse(odus, odus.pay(), amount=1500, isExternal=True)["amountReversed"])


@fact("What has not succeeded cannot be reversed.", REFUNDS, needs="test card")
def not_paid(odus: Account) -> None:
    for payment in (odus.create(), odus.pay(DECLINED), odus.pay(CHALLENGED)):
        odus.refuses(f"/payments/{payment['id']}/reverse")


@fact("A refund can fail later: the gateway tells Odus, which corrects the payment.", "integrations/*-webhooks",
      needs="script")  # fmt: skip
def fails_later(odus: Account) -> None:
    odus.gateways_say({"fail_later": {"after": "2 days"}}, "refund")
    payment = odus.pay()
    same(5000, _reverse(odus, payment)["amountReversed"])
    odus.advance("2 days")
    same(0, odus.get(f"/payments/{payment['id']}")["amountReversed"])


# --- Chargebacks


@fact("A chargeback is recorded with an empty body, and its time with it.", CHARGEBACKS, needs="test card")
def chargeback(odus: Account) -> None:
    marked = _chargeback(odus, odus.pay())
    same(True, marked["isChargebacked"])
    holds(marked["chargebackRecordedAt"], "there is no chargebackRecordedAt")


@fact("After a chargeback, capture and reverse stay possible.", CHARGEBACKS, needs="test card")
def still_possible(odus: Account) -> None:
    payment = odus.hold()
    _chargeback(odus, payment)
    same(True, odus.act("payments.capture", payment["id"])["isCaptured"])
    same(5000, _reverse(odus, payment)["amountReversed"])


@fact("A chargeback may blacklist the customer's email, for all payments of every customer with it.", CHARGEBACKS,
      needs="test card")  # fmt: skip
def blacklists(odus: Account) -> None:
    email = odus.email()
    customers = [odus.customer(email=email) for _ in range(2)]
    _chargeback(odus, odus.pay(customer=customers[0]), blacklistCustomer=True)
    for customer in customers:
        odus.refuses("/payments", {"amount": 5000, "currency": "usd", "customer": customer})


@fact("A blacklisted customer's renewals are blocked too.", CHARGEBACKS, needs="clock")
def blacklists_renewals(odus: Account) -> None:
    customer = odus.customer()
    subscription = odus.subscribe(odus.plan(), customer)
    _chargeback(odus, odus.pay(customer=customer), blacklistCustomer=True)
    odus.advance("1 month 1 minute")
    paid = [one for one in odus.renewals(customer) if one["status"] == "succeeded"]
    same(([], 1), (paid, odus.get(f"/subscriptions/{subscription['id']}")["currentCycle"]))


@fact("A chargeback may restrict the customer: their own payments, the merchant's, and why.", CHARGEBACKS,
      needs="test card")  # fmt: skip
def restricts(odus: Account) -> None:
    customer = odus.customer()
    restrictions = {"restrictCit": True, "restrictMit": True, "restrictReason": "fraud"}
    _chargeback(odus, odus.pay(customer=customer), customerRestrictions=restrictions)
    same("fraud", odus.get(f"/customers/{customer}")["restrictReason"])
    for initiator in ("customer", "merchant"):
        body = {"amount": 5000, "currency": "usd", "customer": customer, "initiator": initiator}
        odus.refuses("/payments", body)


@fact("A chargeback may do both: restrict now and blacklist for good.", CHARGEBACKS, needs="test card")
def does_both(odus: Account) -> None:
    email = odus.email()
    customer, twin = (odus.customer(email=email) for _ in range(2))
    restrictions = {"restrictCit": True, "restrictReason": "fraud"}
    _chargeback(odus, odus.pay(customer=customer), blacklistCustomer=True, customerRestrictions=restrictions)
    same("fraud", odus.get(f"/customers/{customer}")["restrictReason"])
    odus.refuses("/payments", {"amount": 5000, "currency": "usd", "customer": twin})
