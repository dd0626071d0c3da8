"""What Odus documents of plan changes and bundles (guides/subscriptions/updating-plans, payment-bundling)."""

from __future__ import annotations

from typing import Any

from mock_odus.facts.account import Account
from mock_odus.facts.fact import Chapter, holds, same
from mock_odus.facts.subscriptions import after, again, begun, cancel

fact = Chapter("plans")

PAGE = "guides/subscriptions/updating-plans"
BUNDLING = "guides/subscriptions/payment-bundling"


def _preview(odus: Account, subscription: Any) -> Any:
    """A preview of a plan for twice as much."""
    return odus.post(f"/subscriptions/{subscription['id']}/preview", {"price": odus.plan(5998)})


def _refuses(odus: Account, told: Any) -> None:
    """That the preview can be applied any more."""
    odus.refuses(odus.at("subscriptions.apply-preview", told["subscription"]["id"]), {"preview": told["id"]})


@fact("A preview tells what is due or given as credit and how the subscription would be, and changes nothing.", PAGE,
      needs="test card")  # fmt: skip
def preview(odus: Account) -> None:
    subscription = begun(odus)
    told = _preview(odus, subscription)
    same(set(), {"id", "amountDue", "amountCredit", "previewValidUntil", "subscription"} - set(told))
    same((True, 0, subscription["id"]), (told["amountDue"] > 0, told["amountCredit"], told["subscription"]["id"]))
    holds(told["subscription"]["price"] != subscription["price"], "the price is the old one")
    same(subscription, again(odus, subscription))


@fact("A preview holds for 15 minutes.", PAGE, needs="clock")
def expires(odus: Account) -> None:
    told = _preview(odus, begun(odus))
    same(after(odus.now(), minutes=15), told["previewValidUntil"])
    odus.advance("16 minutes")
    _refuses(odus, told)


@fact("An applied preview makes the subscription what it has shown.", PAGE, needs="test card")
def applied(odus: Account) -> None:
    subscription = begun(odus)
    told = _preview(odus, subscription)
    odus.act("subscriptions.apply-preview", subscription["id"], {"preview": told["id"]})
    now, names = again(odus, subscription), ("price", "currentPeriodStart", "currentPeriodEnd", "currentCycle")
    same([told["subscription"][name] for name in names], [now[name] for name in names])


@fact("Any change of the subscription invalidates a preview.", PAGE, needs="test card")
def invalidated(odus: Account) -> None:
    subscription = begun(odus)
    told = _preview(odus, subscription)
    odus.post(f"/subscriptions/{subscription['id']}", {"metadata": {"seats": "3"}})
    _refuses(odus, told)


@fact("A renewal invalidates a preview, though the 15 minutes have not passed.", PAGE, needs="clock")
def renewed(odus: Account) -> None:
    subscription = begun(odus)
    odus.advance(to=after(subscription["currentPeriodEnd"], minutes=-5))
    told = _preview(odus, subscription)
    odus.advance("6 minutes")
    _refuses(odus, told)


# --- Bundles

_ON = {"enableRecurringPaymentBundling": True}


def _bundles(odus: Account, customer: str) -> list[int]:
    """How many subscriptions each renewal pays for."""
    return [len(renewal["subscriptions"]) for renewal in odus.renewals(customer)]


@fact("Bundling is off unless the merchant turns it on: renewals are paid one by one.", BUNDLING, needs="clock")
def off(odus: Account) -> None:
    customer = odus.customer()
    (config,) = odus.records("/merchant-configs")
    same(False, config["enableRecurringPaymentBundling"])
    for _ in range(2):
        odus.subscribe(odus.plan(), customer)
    odus.advance("1 month")
    same([1, 1], _bundles(odus, customer))


@fact("Renewals within 24 hours are paid together, the later ones early.", BUNDLING, needs="clock")
def within_a_day(odus: Account) -> None:
    customer = odus.customer()
    with odus.settings(**_ON):
        first = odus.subscribe(odus.plan(1000), customer)
        odus.advance("1 day")
        odus.subscribe(odus.plan(200), customer)
        odus.advance("1 minute")
        odus.subscribe(odus.plan(30), customer)
        odus.advance(to=after(first["currentPeriodEnd"], minutes=1))
        same(([2], [1200]), (_bundles(odus, customer), [one["amount"] for one in odus.renewals(customer)]))
        odus.advance("2 days")
        same(([2, 1], [1200, 30]), (_bundles(odus, customer), [one["amount"] for one in odus.renewals(customer)]))


@fact("A bundle has five at most, and each subscription is in one bundle a run.", BUNDLING, needs="clock")
def five(odus: Account) -> None:
    customer = odus.customer()
    with odus.settings(**_ON):
        for _ in range(7):
            odus.subscribe(odus.plan(), customer)
        odus.advance("1 month")
    same([5, 2], _bundles(odus, customer))
    paid_for = [id for renewal in odus.renewals(customer) for id in renewal["subscriptions"]]
    same(sorted(set(paid_for)), sorted(paid_for))


def _apart(odus: Account, currency: str = "usd", **fields: Any) -> None:
    customer = odus.customer()
    with odus.settings(**_ON):
        odus.subscribe(odus.plan(), customer)
        odus.subscribe(odus.plan(currency=currency), customer, currency=currency, **fields)
        odus.advance("1 month")
    same([1, 1], _bundles(odus, customer))


@fact("Only one currency is paid together.", BUNDLING, needs="clock")
def one_currency(odus: Account) -> None:
    _apart(odus, "eur")


@fact("Only what has the same gateway profile is paid together.", BUNDLING, needs="clock")
def one_gateway(odus: Account) -> None:
    way = {"mode": "gatewayProfile", "gatewayProfile": odus.profile("adyen")}
    _apart(odus, paymentMethodOptions={"card": way})


@fact("Only what is captured alike is paid together: by method and by delay.", BUNDLING, needs="clock")
def one_capture(odus: Account) -> None:
    _apart(odus, paymentMethodOptions={"captureMethod": "manual"})


@fact("Only one type of payment method is paid together.", BUNDLING, needs="script")
def one_method_type(odus: Account) -> None:
    paypal = odus.post("/gateway-profiles", {"title": "PayPal", "integration": "paypal"})["id"]
    options = {"paypal": {"mode": "gatewayProfile", "gatewayProfile": paypal}}
    customer, cart = odus.customer(), {"items": [{"price": odus.plan(), "quantity": 1}]}
    body = {"currency": "usd", "customer": customer, "cart": cart, "paymentMethodOptions": options}
    wallet = {"type": "paypal", "returnUrl": "https://shop.example/thanks"}
    with odus.settings(**_ON):
        odus.subscribe(odus.plan(), customer)
        odus.answers(odus.act("payments.authorize", odus.post("/payments", body)["id"], wallet), "passed")
        odus.advance("1 month 1 minute")
    same([1, 1], _bundles(odus, customer))


@fact("Only one customer's subscriptions are paid together.", BUNDLING, needs="clock")
def one_customer(odus: Account) -> None:
    customers = [odus.customer(), odus.customer()]
    with odus.settings(**_ON):
        for customer in customers:
            odus.subscribe(odus.plan(), customer)
        odus.advance("1 month")
    same([[1], [1]], [_bundles(odus, customer) for customer in customers])


@fact("What is not billed is not bundled: one that is scheduled to cancel stays out.", BUNDLING, needs="clock")
def only_billed(odus: Account) -> None:
    customer = odus.customer()
    with odus.settings(**_ON):
        odus.subscribe(odus.plan(), customer)
        cancel(odus, odus.subscribe(odus.plan(), customer))
        odus.advance("1 month")
    same([1], _bundles(odus, customer))
