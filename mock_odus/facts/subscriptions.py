"""What Odus documents of subscriptions: birth, states, renewals and end (guides/subscriptions/*)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from mock_odus.facts.account import DECLINED, Account
from mock_odus.facts.fact import Chapter, holds, same

fact = Chapter("subscriptions")

CREATING = "guides/subscriptions/creating-subscriptions"
LIFECYCLE = "guides/subscriptions/subscription-lifecycle"
ENDING = "guides/subscriptions/canceling-and-resuming"
FIELDS = (
    *("id", "status", "cancelAtPeriodEnd", "autoBillingEnabled", "autoBillingDisabledReason", "startDate"),
    *("currentPeriodStart", "currentPeriodEnd", "currentCycle", "metadata"),
)


def after(instant: str, **time: float) -> str:
    """So much later, as text."""
    later = datetime.fromisoformat(instant) + timedelta(**time)
    return later.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def state(subscription: Any) -> tuple[Any, ...]:
    """What the page on the lifecycle tells the states apart by."""
    names = ("status", "cancelAtPeriodEnd", "autoBillingEnabled", "autoBillingDisabledReason")
    return tuple(subscription[name] for name in names)


def begun(odus: Account, *days: int) -> Any:
    """One that is billed by the month; its renewals are retried after so many days each."""
    subscription = odus.subscribe(odus.plan(), odus.customer())
    if not days:
        return subscription
    steps = [{"position": place, "retryDelay": delay, "useInitialGateway": True} for place, delay in enumerate(days, 1)]
    policy = odus.post("/retry-policies", {"title": "Facts", "steps": steps})["id"]
    return odus.post(f"/subscriptions/{subscription['id']}", {"retryPolicy": policy})


def again(odus: Account, subscription: Any) -> Any:
    """The subscription as it is now."""
    return odus.get(f"/subscriptions/{subscription['id']}")


def renew(odus: Account, subscription: Any) -> None:
    """Waits until it is due and Odus has looked."""
    odus.advance(to=after(subscription["currentPeriodEnd"], minutes=1))


def cancel(odus: Account, subscription: Any, **body: bool) -> Any:
    return odus.post(f"/subscriptions/{subscription['id']}/cancel", body)


# --- Birth


@fact("There is no endpoint that creates a subscription.", CREATING)
def no_create(odus: Account) -> None:
    body = {"customer": odus.customer(), "price": odus.plan()}
    holds(odus("POST", "/subscriptions", body).is_refusal, "one is made")


@fact("A payment for a recurring price begins a subscription when it succeeds.", CREATING, needs="test card")
def birth(odus: Account) -> None:
    price, customer = odus.plan(), odus.customer()
    cart = {"items": [{"price": price, "quantity": 1}]}
    payment = odus.post("/payments", {"currency": "usd", "customer": customer, "cart": cart})
    odus.authorize(payment, DECLINED)
    same([], odus.records(f"/subscriptions?customer[eq]={customer}"))
    odus.authorize(payment)
    (subscription,) = odus.records(f"/subscriptions?customer[eq]={customer}")
    same((price, "active", "sub"), (subscription["price"], subscription["status"], subscription["id"].split("_")[0]))


@fact("A payment for a recurring price names its customer.", CREATING, needs="test card")
def somebody(odus: Account) -> None:
    odus.refuses("/payments", {"currency": "usd", "cart": {"items": [{"price": odus.plan(), "quantity": 1}]}})


@fact("A renewal has the method type, the gateway and the capture of the first payment.", CREATING, needs="clock")
def like_the_first(odus: Account) -> None:
    gateway, customer = odus.profile("adyen"), odus.customer()
    options = {"captureMethod": "manual", "card": {"mode": "gatewayProfile", "gatewayProfile": gateway}}
    subscription = odus.subscribe(odus.plan(), customer, paymentMethodOptions=options)
    renew(odus, subscription)
    (renewal,) = odus.renewals(customer)
    told = tuple(renewal[name] for name in ("gatewayProfile", "captureMethod", "isCaptured", "paymentMethod"))
    same((gateway, "manual", False, subscription["paymentMethod"]), told)


@fact("A renewal does not go through the cascade.", CREATING, needs="script")
def no_cascade(odus: Account) -> None:
    subscription = begun(odus)
    odus.gateways_say("processor_unavailable")
    renew(odus, subscription)
    (renewal,) = odus.renewals(subscription["customer"])
    same((1, "open"), (len(renewal["transactions"]), renewal["status"]))


@fact("A renewal is the merchant's, and its offSessionType is recurring.", "guides/reports/payment-summary-report",
      needs="clock")  # fmt: skip
def recurring(odus: Account) -> None:
    subscription = begun(odus)
    renew(odus, subscription)
    same(["merchant"], [one["initiator"] for one in odus.renewals(subscription["customer"])])


@fact("A renewal is captured as recurringCaptureMethod says, when the merchant has set it.", "", needs="clock")
def recurring_capture(odus: Account) -> None:
    subscription = begun(odus)
    with odus.settings(recurringCaptureMethod="manual"):
        renew(odus, subscription)
    same([False], [one["isCaptured"] for one in odus.renewals(subscription["customer"])])


# --- States


@fact("A subscription shows every documented field from its beginning on.", LIFECYCLE, needs="test card")
def fields(odus: Account) -> None:
    subscription = begun(odus)
    same([], [field for field in FIELDS if field not in subscription])
    same((1, subscription["startDate"]), (subscription["currentCycle"], subscription["currentPeriodStart"]))


@fact("One that is billed is active.", LIFECYCLE, needs="test card")
def billing(odus: Account) -> None:
    same(("active", False, True, None), state(begun(odus)))


@fact("One that is scheduled to cancel is active, with cancelAtPeriodEnd.", LIFECYCLE, needs="test card")
def scheduled(odus: Account) -> None:
    same(("active", True, True, None), state(cancel(odus, begun(odus))))


@fact("One that is retried is active, without auto billing: latest_invoice_retrying.", LIFECYCLE, needs="script")
def retrying(odus: Account) -> None:
    subscription = begun(odus, 3)
    odus.gateways_say("insufficient_funds")
    renew(odus, subscription)
    same(("active", False, False, "latest_invoice_retrying"), state(again(odus, subscription)))


@fact("One whose retries are exhausted is active, without auto billing: recurring_payment_errored.", LIFECYCLE,
      needs="script")  # fmt: skip
def stopped(odus: Account) -> None:
    subscription = begun(odus, 3)
    odus.gateways_say("insufficient_funds")
    odus.advance(to=after(subscription["currentPeriodEnd"], days=4))
    same(("active", False, False, "recurring_payment_errored"), state(again(odus, subscription)))


@fact("One that is cancelled is not billed: subscription_cancelled.", LIFECYCLE, needs="test card")
def cancelled(odus: Account) -> None:
    status, _, *rest = state(cancel(odus, begun(odus), cancelImmediately=True))
    same(("cancelled", [False, "subscription_cancelled"]), (status, rest))


@fact("The period advances when it is paid: the next begins where the last one ended, and is counted.", LIFECYCLE,
      needs="clock")  # fmt: skip
def advances(odus: Account) -> None:
    subscription = begun(odus)
    renew(odus, subscription)
    now = again(odus, subscription)
    same((subscription["currentPeriodEnd"], 2), (now["currentPeriodStart"], now["currentCycle"]))
    holds(now["currentPeriodEnd"] > subscription["currentPeriodEnd"], "the end stays where it was")


@fact("The last cycle repeats until the subscription ends.", CREATING, needs="clock")
def repeats(odus: Account) -> None:
    subscription = begun(odus)
    odus.advance("3 months 1 minute")
    same(4, again(odus, subscription)["currentCycle"])
    same([2999] * 3, [renewal["amount"] for renewal in odus.renewals(subscription["customer"])])


@fact("The period stays as long as it is not paid.", LIFECYCLE, needs="script")
def stays(odus: Account) -> None:
    subscription = begun(odus, 3)
    odus.gateways_say("insufficient_funds")
    renew(odus, subscription)
    now, names = again(odus, subscription), ("currentPeriodStart", "currentPeriodEnd", "currentCycle")
    same([subscription[name] for name in names], [now[name] for name in names])


@fact("Odus looks every minute for what is due.", "guides/subscriptions/payment-bundling", needs="clock")
def every_minute(odus: Account) -> None:
    odus.advance("30 seconds")
    subscription = odus.subscribe(odus.plan(unit="hour"), odus.customer())
    odus.advance(to=subscription["currentPeriodEnd"])
    odus.advance("1 minute")
    same(2, again(odus, subscription)["currentCycle"])


# --- The end


@fact("A cancel takes effect when the period ends, unless told otherwise, and nothing is charged then.", ENDING,
      needs="clock")  # fmt: skip
def at_period_end(odus: Account) -> None:
    subscription = begun(odus)
    cancel(odus, subscription)
    renew(odus, subscription)
    same("cancelled", again(odus, subscription)["status"])
    same([], odus.renewals(subscription["customer"]))


@fact("A second cancel at the period's end is a 400; at once is still possible.", ENDING, needs="test card")
def second_cancel(odus: Account) -> None:
    subscription = begun(odus)
    cancel(odus, subscription)
    odus.refuses(f"/subscriptions/{subscription['id']}/cancel", {"cancelImmediately": False})
    same("cancelled", cancel(odus, subscription, cancelImmediately=True)["status"])


@fact("An immediate cancel is for good: only what is active can be cancelled or resumed.", ENDING, needs="test card")
def for_good(odus: Account) -> None:
    subscription = begun(odus)
    cancel(odus, subscription, cancelImmediately=True)
    odus.refuses(f"/subscriptions/{subscription['id']}/cancel", {"cancelImmediately": True})
    odus.refuses(odus.at("subscriptions.resume", subscription["id"]))


@fact("A scheduled cancel can be undone until the period ends, and billing goes on.", ENDING, needs="clock")
def resumed(odus: Account) -> None:
    subscription = begun(odus)
    cancel(odus, subscription)
    same(False, odus.act("subscriptions.resume", subscription["id"])["cancelAtPeriodEnd"])
    renew(odus, subscription)
    same(("active", 2), tuple(again(odus, subscription)[name] for name in ("status", "currentCycle")))


@fact("An immediate cancel voids the open invoice.", ENDING, needs="script")
def voids(odus: Account) -> None:
    subscription = begun(odus, 3)
    odus.gateways_say("insufficient_funds")
    renew(odus, subscription)
    (owed,) = odus.records(f"/invoices?status[eq]=open&subscription[eq]={subscription['id']}")
    cancel(odus, subscription, cancelImmediately=True)
    same("void", odus.get(f"/invoices/{owed['id']}")["status"])
