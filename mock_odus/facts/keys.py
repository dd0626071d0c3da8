"""What Odus documents of keys, settings and logs (guides/api-features/authentication and others)."""

from __future__ import annotations

from mock_odus.facts.account import Account
from mock_odus.facts.fact import Chapter, holds, same

fact = Chapter("account")

PAGE = "guides/api-features/authentication"
CAPTURE = "guides/payments/capture"
SETTINGS = {
    "displayCurrency": "eur",
    "timezone": "Europe/Paris",
    "captureMethod": "automaticDelayed",
    "captureDelay": 3,
    "recurringCaptureMethod": "automatic",
    "enableRecurringPaymentBundling": True,
}


@fact("A key is a bearer token; nobody else's opens the door.", PAGE)
def bearer(odus: Account) -> None:
    key = odus.secret_key("PAYMENT_READ")
    same(200, odus("GET", "/payments", key=key).status)
    holds(odus("GET", "/payments", key=f"{key}x").is_refusal, "an unknown key is let in")


@fact("The values of secret keys begin with skey_.", PAGE)
def secret_keys(odus: Account) -> None:
    same("skey", odus.secret_key("PAYMENT_READ").partition("_")[0])


@fact("The values of publishable keys begin with pk_.", PAGE)
def publishable_keys(odus: Account) -> None:
    same("pk", odus.post("/publishable-keys")["value"].partition("_")[0])


@fact("A secret key is scoped by permissions.", PAGE)
def permissions(odus: Account) -> None:
    key = odus.secret_key("PAYMENT_READ")
    same(200, odus("GET", "/payments", key=key).status)
    for method, path, body in (("POST", "/payments", {"amount": 5000, "currency": "usd"}), ("GET", "/customers", None)):
        holds(odus(method, path, body, key=key).is_refusal, f"{method} {path} is done without its permission")


@fact("A publishable key is for browsers and only reads, and not everything.", PAGE, needs="test card")
def publishable(odus: Account) -> None:
    key = odus.post("/publishable-keys")["value"]
    payment = odus.create()
    same(200, odus("GET", f"/payments/{payment['id']}", key=key).status)
    for path, body in (("/payments", {"amount": 5000, "currency": "usd"}), (f"/payments/{payment['id']}/reverse", {})):
        holds(odus("POST", path, body, key=key).is_refusal, f"it may POST {path}")
    holds(odus("GET", "/secret-keys", key=key).is_refusal, "it may read secret keys")


@fact("A checkout key is for the requests of one checkout, and for nothing else.", PAGE, needs="test card")
def checkout_key(odus: Account) -> None:
    payment = odus.create()
    key = payment["checkoutKey"]
    paid = odus("POST", odus.at("payments.authorize", payment["id"]), odus.card(), key=key)
    same("succeeded", paid.body["status"])
    for path in (f"/payments/{odus.create()['id']}", "/payments", "/customers"):
        holds(odus("GET", path, key=key).is_refusal, f"it may GET {path}")


@fact("CUSTOMER_UPDATE covers creating as well as updating customers.", "guides/customers/managing-customers")
def customer_update(odus: Account) -> None:
    key = odus.secret_key("CUSTOMER_UPDATE")
    made = odus("POST", "/customers", {"email": odus.email()}, key=key)
    holds(200 <= made.status < 300, f"creating is answered by {made.status}")
    changed = odus("POST", f"/customers/{made.body['id']}", {"name": "New"}, key=key)
    holds(200 <= changed.status < 300, f"updating is answered by {changed.status}")
    holds(odus("GET", "/customers", key=key).is_refusal, "it covers reading too")


@fact("There is one merchant configuration, as a list.", "")
def one_configuration(odus: Account) -> None:
    same(1, odus.get("/merchant-configs")["pagination"]["itemCount"])


@fact("Currency, timezone, capture and bundling are settings that are changed by POST.", "", needs="test card")
def settings(odus: Account) -> None:
    with odus.settings(**SETTINGS) as changed:
        same(SETTINGS, {name: changed[name] for name in SETTINGS})


@fact("A setting is changed by itself.", "guides/subscriptions/payment-bundling")
def one_setting(odus: Account) -> None:
    (config,) = odus.records("/merchant-configs")
    currency = "eur" if config["displayCurrency"] == "usd" else "usd"
    with odus.settings(displayCurrency=currency) as changed:
        same(config | {name: changed[name] for name in ("displayCurrency", "updatedAt")}, changed)
        same(currency, changed["displayCurrency"])


@fact("A payment that names no capture method is captured as the merchant has set.", CAPTURE, needs="test card")
def merchants_capture(odus: Account) -> None:
    with odus.settings(captureMethod="manual"):
        same(False, odus.pay()["isCaptured"])


@fact("The merchant's timezone moves a delayed capture: a day is one of its calendar.", CAPTURE, needs="clock")
def timezone(odus: Account) -> None:
    with odus.settings(timezone="Europe/Paris"):
        odus.advance(to="2026-03-28T12:00:00Z")
        payment = odus.pay(paymentMethodOptions={"captureMethod": "automaticDelayed", "captureDelay": 1})
        odus.advance("23 hours")  # in the night the clocks of Paris went forward
        same(True, odus.get(f"/payments/{payment['id']}")["isCaptured"])


@fact("Calls by POST and DELETE are logged, with who called, and no others.", "guides/dashboard/request-logs")
def logs(odus: Account) -> None:
    email = odus.email()
    odus("POST", "/customers", {"email": email})
    odus("GET", "/customers")
    found = odus.get(f"{odus.at('requestLogs')}?sortDirection=desc&pageSize=100")["data"]
    same({"POST", "DELETE"}, {log["method"] for log in found} | {"POST", "DELETE"})
    ours = [log for log in found if email in str(log["requestBody"])]
    same([("POST", "/customers", "secretKey")], [(log["method"], log["endpoint"], log["initiator"]) for log in ours])


@fact("A log tells request id, time, endpoint, method, status, IP, initiator, user agent and both bodies.",
      "guides/dashboard/request-logs")  # fmt: skip
def log_fields(odus: Account) -> None:
    odus.customer()
    (log,) = odus.get(f"{odus.at('requestLogs')}?pageSize=1")["data"]
    fields = {"requestId", "createdAt", "endpoint", "method", "statusCode"}
    same(set(), (fields | {"clientIp", "initiator", "userAgent", "requestBody", "responseBody"}) - set(log))
