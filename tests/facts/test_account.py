"""What Odus documents of keys and settings (guides/api-features/authentication and others)."""

import pytest

SETTINGS = {
    "displayCurrency": "eur",
    "timezone": "Europe/Paris",
    "captureMethod": "automaticDelayed",
    "captureDelay": 3,
    "recurringCaptureMethod": "automatic",
    "enableRecurringPaymentBundling": True,
}


def test_a_key_is_a_bearer_token(odus):
    """Nobody else's opens the door (guides/api-features/authentication)."""
    key = odus.post("/secret-keys", {"note": "shop", "permissions": ["PAYMENT_READ"]})["value"]
    assert 200 == odus("GET", "/payments", key=key).status
    assert 401 == odus("GET", "/payments", key=f"{key}x").status


def test_the_values_of_keys_begin_as_documented(odus):
    """Secret keys begin with `skey_`, publishable ones with `pk_` (guides/api-features/authentication)."""
    assert odus.post("/secret-keys", {"note": "shop", "permissions": ["PAYMENT_READ"]})["value"].startswith("skey_")
    assert odus.post("/publishable-keys")["value"].startswith("pk_")


def test_a_secret_key_does_what_it_is_permitted(odus):
    """It is scoped by permissions (guides/api-features/authentication)."""
    key = odus.post("/secret-keys", {"note": "reports", "permissions": ["PAYMENT_READ"]})["value"]
    assert 200 == odus("GET", "/payments", key=key).status
    assert 403 == odus("POST", "/payments", {"amount": 5000, "currency": "usd"}, key=key).status
    assert 403 == odus("GET", "/customers", key=key).status


def test_a_publishable_key_only_reads(odus):
    """It is for browsers (guides/api-features/authentication)."""
    key = odus.post("/publishable-keys")["value"]
    payment = odus.create()
    assert 200 == odus("GET", f"/payments/{payment['id']}", key=key).status
    assert 403 == odus("POST", "/payments", {"amount": 5000, "currency": "usd"}, key=key).status
    assert 403 == odus("POST", f"/payments/{payment['id']}/cancel", {}, key=key).status
    assert 403 == odus("GET", "/secret-keys", key=key).status


def test_customer_update_makes_customers(odus):
    """`CUSTOMER_UPDATE` covers creating as well as updating them (guides/customers/managing-customers)."""
    key = odus.post("/secret-keys", {"note": "crm", "permissions": ["CUSTOMER_UPDATE"]})["value"]
    made = odus("POST", "/customers", {"email": "new@example.com"}, key=key)
    assert 300 > made.status
    assert 300 > odus("POST", f"/customers/{made.body['id']}", {"name": "New"}, key=key).status
    assert 403 == odus("GET", "/customers", key=key).status


def test_there_is_a_permission_for_retry_policies(odus):
    """`RETRY_POLICY_CREATE` (guides/subscriptions/retry-policy)."""
    made = odus.post("/secret-keys", {"note": "billing", "permissions": ["RETRY_POLICY_CREATE"]})
    assert ["RETRY_POLICY_CREATE"] == made["permissions"]


def test_there_is_one_merchant_configuration(odus):
    """A list of one (docs)."""
    assert 1 == odus.get("/merchant-configs")["pagination"]["itemCount"]


@pytest.mark.parametrize("name", [name for name in SETTINGS if name != "captureMethod"])
def test_a_setting_is_changed_by_itself(odus, name):
    """Currency, timezone, capture and bundling (docs, guides/subscriptions/payment-bundling)."""
    (config,) = odus.get("/merchant-configs")["data"]
    changed = odus.post(f"/merchant-configs/{config['id']}", {name: SETTINGS[name]})
    assert config | {name: SETTINGS[name]} | {"updatedAt": changed["updatedAt"]} == changed


def test_all_settings_are_changed_at_once(odus):
    """The delay belongs to the delayed capture (docs)."""
    (config,) = odus.get("/merchant-configs")["data"]
    changed = odus.post(f"/merchant-configs/{config['id']}", SETTINGS)
    assert SETTINGS == {name: changed[name] for name in SETTINGS}


def test_the_merchants_capture_is_the_default(odus):
    """A payment that names none is captured as the merchant has set (guides/payments/capture)."""
    (config,) = odus.get("/merchant-configs")["data"]
    odus.post(f"/merchant-configs/{config['id']}", {"captureMethod": "manual"})
    assert odus.pay()["isCaptured"] is False


def test_the_timezone_moves_a_delayed_capture(odus, advance):
    """A day is one of the merchant's calendar (guides/payments/capture)."""
    (config,) = odus.get("/merchant-configs")["data"]
    odus.post(f"/merchant-configs/{config['id']}", {"timezone": "Europe/Paris"})
    advance(to="2026-03-28T12:00:00Z")
    payment = odus.pay(paymentMethodOptions={"captureMethod": "automaticDelayed", "captureDelay": 1})
    advance("23 hours")  # in the night the clocks of Paris went forward
    assert odus.get(f"/payments/{payment['id']}")["isCaptured"] is True


def test_calls_that_change_something_are_logged(odus):
    """POST and DELETE only, found by the request's id (guides/dashboard/request-logs)."""
    id = odus("POST", "/customers", {"email": "sam@example.com"}).headers["x-request-id"]
    odus("GET", "/customers")
    found = odus("GET", f"/request-logs?requestId[eq]={id}").body["data"]
    assert [("POST", "/customers", "secretKey")] == [
        (log["method"], log["endpoint"], log["initiator"]) for log in found
    ]
    assert {"POST", "DELETE"} >= {log["method"] for log in odus("GET", "/request-logs?pageSize=100").body["data"]}
