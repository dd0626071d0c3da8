"""How to find out what we guess: for each entry of `assumptions.yaml` a way to see its value on a running service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

from mock_odus.facts.account import Account, Answer
from mock_odus.facts.fact import Needs, NotCheckable
from mock_odus.facts.subscriptions import after, begun, renew
from mock_odus.facts.webhooks import held, signatures, subscribed

M = TypeVar("M", bound="Callable[[Account], Any]")


class Measure(NamedTuple):
    """`read` tells the value in force; None when it is another than ours, and cannot be told."""

    needs: Needs
    read: Callable[[Account], Any]


MEASURES: dict[str, Measure] = {}


def measure(*names: str, needs: Needs = "nothing") -> Callable[[M], M]:
    """Declares what follows as the way to see the value of an entry."""

    def declare(read: M) -> M:
        for name in names:
            MEASURES[name] = Measure(needs, read)
        return read

    return declare


# --- Paths


def _is_there(odus: Account, name: str, id: str = "") -> str | None:
    """The assumed path, when somebody answers there."""
    try:
        odus("POST" if id else "GET", odus.at(name, id), {} if id else None)
    except NotCheckable:
        return None
    return odus.paths[name]


@measure("paths.payments.authorize", needs="test card")
def _authorize(odus: Account) -> str | None:
    return _is_there(odus, "payments.authorize", odus.create()["id"])


@measure("paths.payments.capture", needs="test card")
def _capture(odus: Account) -> str | None:
    return _is_there(odus, "payments.capture", odus.create()["id"])


@measure("paths.payments.cancel", needs="test card")
def _cancel(odus: Account) -> str | None:
    return _is_there(odus, "payments.cancel", odus.create()["id"])


@measure("paths.subscriptions.resume", needs="test card")
def _resume(odus: Account) -> str | None:
    return _is_there(odus, "subscriptions.resume", begun(odus)["id"])


@measure("paths.subscriptions.apply-preview", needs="test card")
def _apply_preview(odus: Account) -> str | None:
    return _is_there(odus, "subscriptions.apply-preview", begun(odus)["id"])


def _invoice(odus: Account) -> str:
    id: str = odus.records(f"/invoices?subscription[eq]={begun(odus)['id']}")[0]["id"]
    return id


@measure("paths.invoices.pay", needs="test card")
def _pay(odus: Account) -> str | None:
    return _is_there(odus, "invoices.pay", _invoice(odus))


@measure("paths.invoices.void", needs="test card")
def _void(odus: Account) -> str | None:
    return _is_there(odus, "invoices.void", _invoice(odus))


@measure("paths.webhookSubscribers")
def _webhook_subscribers(odus: Account) -> str | None:
    return _is_there(odus, "webhookSubscribers")


@measure("paths.requestLogs")
def _request_logs(odus: Account) -> str | None:
    return _is_there(odus, "requestLogs")


# --- Status codes


def _refusal(answer: Answer) -> int | None:
    return answer.status if answer.is_refusal else None


@measure("statusCodes.action")
def _action(odus: Account) -> int:
    return odus("POST", "/customers", {"email": odus.email()}).status


@measure("statusCodes.unauthorized")
def _unauthorized(odus: Account) -> int | None:
    return _refusal(odus("GET", "/payments", key="skey_that_nobody_has"))


@measure("statusCodes.forbidden")
def _forbidden(odus: Account) -> int | None:
    return _refusal(odus("GET", "/customers", key=odus.secret_key("PAYMENT_READ")))


@measure("statusCodes.notFound")
def _not_found(odus: Account) -> int | None:
    return _refusal(odus("GET", f"/payments/pay_{'0' * 27}"))


# --- Prefixes


def _prefix(id: str) -> str:
    return id.rpartition("_")[0]


@measure("prefixes.transaction", needs="test card")
def _transaction(odus: Account) -> str:
    return _prefix(odus.pay()["transactions"][0]["id"])


@measure("prefixes.gatewayProfile")
def _gateway_profile(odus: Account) -> str:
    return _prefix(odus.profile("stripe"))


@measure("prefixes.merchantConfig")
def _merchant_config(odus: Account) -> str:
    return _prefix(odus.records("/merchant-configs")[0]["id"])


@measure("prefixes.blacklistEntry")
def _blacklist_entry(odus: Account) -> str:
    return _prefix(odus.post("/blacklist", {"email": odus.email()})["id"])


@measure("prefixes.key")
def _key(odus: Account) -> str:
    return _prefix(odus.post("/secret-keys", {"note": "facts", "permissions": ["PAYMENT_READ"]})["id"])


@measure("prefixes.retryPolicy")
def _retry_policy(odus: Account) -> str:
    return _prefix(odus.get("/retry-policies/default")["id"])


@measure("prefixes.invoice", needs="test card")
def _invoice_prefix(odus: Account) -> str:
    return _prefix(_invoice(odus))


@measure("prefixes.planPreview", needs="test card")
def _plan_preview(odus: Account) -> str:
    return _prefix(odus.post(f"/subscriptions/{begun(odus)['id']}/preview", {"price": odus.plan(5998)})["id"])


@measure("prefixes.user")
def _user(odus: Account) -> str:
    body = {"email": odus.email(), "password": "Str0ng#Pass", "role": "supportAgent"}
    return _prefix(odus.post("/users", body)["id"])


@measure("prefixes.delivery", needs="script")
def _delivery(odus: Account) -> str:
    subscribed(odus, "payment.created")
    odus.create()
    return _prefix(held(odus)[0]["id"])


# --- Webhooks


def _signed(odus: Account) -> tuple[str, str]:
    """The header that holds a signature, and how it is written."""
    secret = subscribed(odus, "payment.created")["secret"]
    odus.create()
    (delivery,) = held(odus)
    for encoding, signature in signatures(secret, delivery["body"]).items():
        for header, value in delivery["headers"].items():
            if value == signature:
                return header, encoding
    raise NotCheckable("no header of a webhook holds the signature")


@measure("webhook.signatureHeader", needs="script")
def _signature_header(odus: Account) -> str:
    return _signed(odus)[0]


@measure("webhook.signatureEncoding", needs="script")
def _signature_encoding(odus: Account) -> str:
    return _signed(odus)[1]


@measure("webhook.retryDelays", needs="clock")
def _retry_delays(odus: Account) -> list[str]:
    url = "http://127.0.0.1:9/nobody-listens"
    odus.post(odus.at("webhookSubscribers"), {"url": url, "events": ["payment.created"]})
    odus.create()
    odus.advance("60 days")
    times = [datetime.fromisoformat(one["at"]) for one in odus.records("/_mock/journal/deliveries")]
    return [_words(later - before) for before, later in pairwise(times)]


def _words(span: timedelta) -> str:
    """`5 seconds`, in the largest unit that fits; a day is told in hours when it is one."""
    seconds = int(span.total_seconds())
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds % size == 0 and seconds > size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"


# --- Policies


@measure("policies.cascade.failover_on", needs="script")
def _failover_on(odus: Account) -> list[str]:
    options = {"card": {"mode": "cascade", "cascade": odus.cascade("round_robin", odus.gateways())}}
    found = []
    for code in ERROR_CODES:
        odus.gateways_say(code)
        if len(odus.pay(paymentMethodOptions=options)["transactions"]) > 1:
            found.append(code)
    return found


ERROR_CODES = (
    *("insufficient_funds", "expired_card", "invalid_card_details", "authentication_failed"),
    *("generic_processor_error", "fraud_suspected", "card_restricted", "generic_hard_decline"),
    *("generic_soft_decline", "processor_unavailable", "processor_timeout", "lost_card", "stolen_card"),
    "limit_exceeded",
)
"""What a gateway may answer (guides/payments/error-codes, and what is assumed beside it)."""


@measure("policies.authorization.lapses_after", needs="clock")
def _lapses_after(odus: Account) -> str:
    payment, began = odus.hold(), odus.now()
    for _ in range(5):
        odus.advance(until="next")
        if odus.get(f"/payments/{payment['id']}")["status"] == "cancelled":
            return _words(datetime.fromisoformat(odus.now()) - datetime.fromisoformat(began))
    raise NotCheckable("the authorization does not lapse")


@measure("policies.dunning.days")
def _dunning_days(odus: Account) -> list[int]:
    return [step["retryDelay"] for step in odus.get("/retry-policies/default")["steps"]]


@measure("policies.dunning.stop_on_hard_decline", needs="script")
def _stop_on_hard_decline(odus: Account) -> bool:
    subscription = begun(odus, 3)
    odus.gateways_say("generic_hard_decline")
    renew(odus, subscription)
    (renewal,) = odus.renewals(subscription["customer"])
    return bool(renewal["status"] == "cancelled")


@measure("policies.billing.catch_up", needs="script")
def _catch_up(odus: Account) -> str:
    customer = odus.customer()
    subscription = odus.subscribe(odus.plan(unit="week"), customer)
    step = {"position": 1, "retryDelay": 10, "useInitialGateway": True}
    policy = odus.post("/retry-policies", {"title": "Facts", "steps": [step]})["id"]
    odus.post(f"/subscriptions/{subscription['id']}", {"retryPolicy": policy})
    odus.gateways_say(["insufficient_funds", "approve"])
    odus.advance(to=after(subscription["currentPeriodEnd"], days=10, hours=1))
    return "skip" if len(odus.renewals(customer)) == 1 else "bill_each"


@measure("policies.idempotency")
def _idempotency(odus: Account) -> str:
    body, headers = {"email": odus.email()}, {"Idempotency-Key": odus.email()}
    first, second = (odus("POST", "/customers", body, headers=headers).body["id"] for _ in range(2))
    return "on" if first == second else "off"


# --- Defaults


def _new_account(odus: Account) -> Any:
    """The configuration of an account that nobody has configured."""
    made = odus.post("/_mock/sandboxes", {})
    try:
        return odus("GET", "/merchant-configs", key=made["secretKey"]).body["data"][0]
    finally:
        odus("DELETE", f"/_mock/sandboxes/{made['name']}")


@measure("defaults.displayCurrency", needs="script")
def _display_currency(odus: Account) -> str:
    currency: str = _new_account(odus)["displayCurrency"]
    return currency


@measure("defaults.timezone", needs="script")
def _timezone(odus: Account) -> str:
    zone: str = _new_account(odus)["timezone"]
    return zone
