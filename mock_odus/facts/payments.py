"""What Odus documents of payments: making one and its states (guides/payments/*, api/core/*)."""

from __future__ import annotations

from typing import Any

from mock_odus.facts.account import CHALLENGED, DECLINED, Account
from mock_odus.facts.fact import Chapter, holds, same

fact = Chapter("payments")

MAKING = "guides/payments/making-payments"
STATUSES = "guides/payments/payment-statuses"
SUMMARY = "guides/reports/payment-summary-report"
SUBSCRIBING = "guides/subscriptions/creating-subscriptions"
FIELDS = (
    *("id", "amount", "currency", "initiator", "status", "displayStatus", "customer", "paymentMethod"),
    *("paymentMethodOptions", "cart", "metadata", "action", "isCaptured", "isFullyReversed", "isChargebacked"),
    *("chargebackRecordedAt", "amountCaptured", "amountReversed", "offSessionType", "createdAt"),
)
METADATA = {"orderId": "ORD-2024-1234", "campaignId": "SPRING_SALE", "notes": "Priority shipping requested"}


# --- Making one


@fact("The sampled body with metadata makes a payment.", MAKING, needs="test card")
def with_metadata(odus: Account) -> None:
    same(METADATA, odus.create(metadata=METADATA)["metadata"])


@fact("The sampled body with a manual capture through a cascade makes a payment.", MAKING, needs="test card")
def with_cascade(odus: Account) -> None:
    card = {"mode": "cascade", "cascade": odus.cascade("round_robin", odus.gateways())}
    options = odus.create(paymentMethodOptions={"captureMethod": "manual", "card": card})["paymentMethodOptions"]
    same(("manual", card), (options["captureMethod"], {name: options["card"][name] for name in card}))


@fact("The sampled body with a cart makes a payment, of which the amount is derived.", SUBSCRIBING, needs="test card")
def with_cart(odus: Account) -> None:
    cart = {"items": [{"price": odus.plan(1000), "quantity": 3}]}
    body = {"currency": "usd", "initiator": "customer", "customer": odus.customer(), "cart": cart}
    made = odus.post("/payments", body)
    same(body | {"amount": 3000}, {name: made[name] for name in (*body, "amount")})


@fact("The currency must match that of the prices.", SUBSCRIBING, needs="test card")
def one_currency(odus: Account) -> None:
    cart = {"items": [{"price": odus.plan(), "quantity": 1}]}
    odus.refuses("/payments", {"currency": "eur", "customer": odus.customer(), "cart": cart})


@fact("A payment shows every documented field from its making on.", MAKING, SUMMARY, needs="test card")
def fields(odus: Account) -> None:
    same([], [field for field in FIELDS if field not in odus.create()])


@fact("Making a payment charges nothing; the customer begins it unless told otherwise.", MAKING, needs="test card")
def charges_nothing(odus: Account) -> None:
    made = odus.create()
    told = (made["status"], made["initiator"], made["isCaptured"], made["amountCaptured"])
    same(("open", "customer", False, 0), told)
    same("merchant", odus.create(initiator="merchant")["initiator"])


@fact("Without any method that is available, a payment is not made.", MAKING, needs="script")
def no_method(odus: Account) -> None:
    with odus.settings(paymentMethodOptions=None):
        odus.refuses("/payments", {"amount": 5000, "currency": "usd"})
    same(0, odus.get("/payments")["pagination"]["itemCount"])


@fact("A payment is listed and found, as it was made.", MAKING, needs="test card")
def found(odus: Account) -> None:
    made = odus.create(customer=odus.customer())
    same(made, odus.get(f"/payments/{made['id']}"))
    same([made], odus.records(f"/payments?customer[eq]={made['customer']}"))


# --- Its states


@fact("open is the first status.", STATUSES, needs="test card")
def begins_open(odus: Account) -> None:
    same("open", odus.create()["status"])


@fact("requires_action is not the end: the payment can still succeed.", STATUSES, needs="script")
def requires_action(odus: Account) -> None:
    waiting = odus.pay(CHALLENGED)
    same("requires_action", waiting["status"])
    odus.answers(waiting, "passed")
    same("succeeded", odus.get(f"/payments/{waiting['id']}")["status"])


@fact("A payment that has succeeded cannot be authorized again.", STATUSES, needs="test card")
def success_is_final(odus: Account) -> None:
    paid = odus.pay()
    same("succeeded", paid["status"])
    odus.refuses(odus.at("payments.authorize", paid["id"]), odus.card())


@fact("There is no status failed: a declined payment is open and may be paid again.", STATUSES, needs="test card")
def no_failed(odus: Account) -> None:
    declined = odus.pay(DECLINED)
    same("open", declined["status"])
    same("succeeded", odus.authorize(declined)["status"])


@fact("What is open or requires an action can be cancelled, for good.", STATUSES, needs="test card")
def cancelled(odus: Account) -> None:
    for payment in (odus.create(), odus.pay(DECLINED), odus.pay(CHALLENGED)):
        same("cancelled", odus.act("payments.cancel", payment["id"])["status"])
        odus.refuses(odus.at("payments.authorize", payment["id"]), odus.card())


@fact("An uncaptured authorization can be voided by a cancel.", STATUSES, needs="test card")
def voided(odus: Account) -> None:
    same("cancelled", odus.act("payments.cancel", odus.hold()["id"])["status"])


@fact("There are nine display statuses.", SUMMARY, needs="test card")
def display_statuses(odus: Account) -> None:
    def after(verb: str, payment: Any, **body: Any) -> Any:
        return odus.post(f"/payments/{payment['id']}/{verb}", body)

    shown = {
        "unattempted": odus.create(),
        "incomplete": odus.pay(CHALLENGED),
        "failed": odus.pay(DECLINED),
        "uncaptured": odus.hold(),
        "succeeded": odus.pay(),
        "partially_reversed": after("reverse", odus.pay(), amount=500),
        "reversed": after("reverse", odus.pay()),
        "chargeback": after("record-chargeback", odus.pay()),
        "cancelled": odus.act("payments.cancel", odus.create()["id"]),
    }
    same(list(shown), [payment["displayStatus"] for payment in shown.values()])


@fact("A payment that a customer makes has no offSessionType.", SUMMARY, needs="test card")
def on_session(odus: Account) -> None:
    holds(odus.pay()["offSessionType"] is None, "a customer's own payment has one")


@fact("An action that is sent to the browser has a redirectUrl.", "guides/payments/flow-overview", needs="test card")
def action(odus: Account) -> None:
    holds(odus.pay(CHALLENGED)["action"]["redirectUrl"].startswith("http"), "there is no redirectUrl")
