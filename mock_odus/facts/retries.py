"""What Odus documents of retry policies, and of how a renewal is retried (guides/subscriptions/retry-policy)."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

from mock_odus.facts.account import Account
from mock_odus.facts.fact import Chapter, holds, same
from mock_odus.facts.subscriptions import after, again, begun, state

fact = Chapter("retries")

PAGE = "guides/subscriptions/retry-policy"


def _sample(odus: Account) -> dict[str, Any]:
    """After 3 days; after 7 days with 10 % off; after 14 days on another gateway."""
    other = {"useInitialGateway": False, "gatewayProfile": odus.profile("adyen")}
    steps = [
        {"position": 1, "retryDelay": 3, "useInitialGateway": True},
        {"position": 2, "retryDelay": 7, "useInitialGateway": True, "priceReductionPercentage": 10},
        {"position": 3, "retryDelay": 14} | other,
    ]
    return {"title": "Three more tries", "steps": steps}


@fact("A policy has steps: days, the initial gateway or another one, and perhaps a lower price.", PAGE)
def sample(odus: Account) -> None:
    body = _sample(odus)
    found = odus.get(f"/retry-policies/{odus.post('/retry-policies', body)['id']}")
    steps = [{name: shown[name] for name in sent} for sent, shown in zip(body["steps"], found["steps"], strict=True)]
    same(body, {"title": found["title"], "steps": steps})


@fact("A policy needs a title and at least one step.", PAGE)
def required(odus: Account) -> None:
    body = _sample(odus)
    odus.refuses("/retry-policies", {"title": body["title"]})
    odus.refuses("/retry-policies", {"steps": body["steps"]})
    odus.refuses("/retry-policies", body | {"steps": []})


@fact("A policy is enabled or disabled by isEnabled.", PAGE)
def enabled(odus: Account) -> None:
    for is_enabled in (True, False):
        same(is_enabled, odus.post("/retry-policies", _sample(odus) | {"isEnabled": is_enabled})["isEnabled"])


@fact("There is always a default policy, at a path of its own.", PAGE)
def default(odus: Account) -> None:
    found = odus.get("/retry-policies/default")
    holds(found["steps"], "it has no steps")
    same(found, odus.get(f"/retry-policies/{found['id']}"))


@fact("The permission to make one is RETRY_POLICY_CREATE.", PAGE)
def permission(odus: Account) -> None:
    key = odus.secret_key("RETRY_POLICY_CREATE")
    status = odus("POST", "/retry-policies", _sample(odus), key=key).status
    holds(200 <= status < 300, f"with it the answer is {status}")
    holds(odus("GET", "/retry-policies", key=key).is_refusal, "it covers reading too")


# --- What comes of them


def _attempts(renewal: Any) -> list[int]:
    """After how many days, since the one before, each attempt but the first was made."""
    times = [datetime.fromisoformat(one["createdAt"]) for one in renewal["transactions"]]
    return [(later - before).days for before, later in pairwise(times)]


@fact("Steps are gone through by position, each so many days after the attempt before.", PAGE, needs="script")
def steps(odus: Account) -> None:
    subscription = begun(odus, 3, 7, 14)
    odus.gateways_say("insufficient_funds")
    odus.advance(to=after(subscription["currentPeriodEnd"], days=26))
    same([[3, 7, 14]], [_attempts(renewal) for renewal in odus.renewals(subscription["customer"])])


@fact("A step may charge less, and at another gateway.", PAGE, needs="script")
def less_and_elsewhere(odus: Account) -> None:
    subscription = begun(odus)
    policy = odus.post("/retry-policies", _sample(odus))["id"]
    odus.post(f"/subscriptions/{subscription['id']}", {"retryPolicy": policy})
    odus.gateways_say("insufficient_funds")
    odus.advance(to=after(subscription["currentPeriodEnd"], days=25))
    (renewal,) = odus.renewals(subscription["customer"])
    same([2999, 2999, 2699, 2999], [one["amount"] for one in renewal["transactions"]])
    *initial, last = [one["gatewayProfile"] for one in renewal["transactions"]]
    same((1, odus.profile("adyen")), (len(set(initial)), last))


@fact(
    "Only cards are tried at another gateway; what is paid by PayPal is tried where it was paid.", PAGE, needs="script"
)
def only_cards(odus: Account) -> None:
    paypal = odus.post("/gateway-profiles", {"title": "PayPal", "integration": "paypal"})["id"]
    options = {"paypal": {"mode": "gatewayProfile", "gatewayProfile": paypal}}
    customer, cart = odus.customer(), {"items": [{"price": odus.plan(), "quantity": 1}]}
    body = {"currency": "usd", "customer": customer, "cart": cart, "paymentMethodOptions": options}
    wallet = {"type": "paypal", "returnUrl": "https://shop.example/thanks"}
    odus.answers(odus.act("payments.authorize", odus.post("/payments", body)["id"], wallet), "passed")
    (subscription,) = odus.records(f"/subscriptions?customer[eq]={customer}")
    step = {"position": 1, "retryDelay": 3, "useInitialGateway": False, "gatewayProfile": odus.profile("adyen")}
    policy = odus.post("/retry-policies", {"title": "Elsewhere", "steps": [step]})["id"]
    odus.post(f"/subscriptions/{subscription['id']}", {"retryPolicy": policy})
    odus.gateways_say("insufficient_funds")
    odus.advance(to=after(subscription["currentPeriodEnd"], days=4))
    (renewal,) = odus.renewals(customer)
    same([paypal, paypal], [one["gatewayProfile"] for one in renewal["transactions"]])


@fact(
    "When all retries have failed the payment is cancelled.", "guides/payments/payment-statuses", PAGE, needs="script"
)
def exhausted(odus: Account) -> None:
    subscription = begun(odus, 3)
    odus.gateways_say("insufficient_funds")
    odus.advance(to=after(subscription["currentPeriodEnd"], days=4))
    same(["cancelled"], [renewal["status"] for renewal in odus.renewals(subscription["customer"])])


@fact("A payment that will be retried tells when.", PAGE, needs="script")
def next_retry(odus: Account) -> None:
    subscription = begun(odus, 3)
    odus.gateways_say("insufficient_funds")
    odus.advance(to=after(subscription["currentPeriodEnd"], minutes=1))
    (renewal,) = odus.renewals(subscription["customer"])
    same(3, (datetime.fromisoformat(renewal["retryNextAt"]) - datetime.fromisoformat(renewal["createdAt"])).days)


@fact("A retry that succeeds turns auto billing on again.", PAGE, needs="script")
def recovers(odus: Account) -> None:
    subscription = begun(odus, 3)
    odus.gateways_say(["insufficient_funds", "approve"])
    odus.advance(to=after(subscription["currentPeriodEnd"], days=4))
    now = again(odus, subscription)
    same((("active", False, True, None), 2), (state(now), now["currentCycle"]))
