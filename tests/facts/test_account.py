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


# --- The team --------------------------------------------------------------------------------------------------------

ALICE = {
    "email": "alice@example.com",
    "password": "Str0ng#Pass",
    "role": "developer",
    "firstName": "Alice",
    "lastName": "Smith",
}


@pytest.mark.parametrize("role", ["admin", "developer", "supportAgent"])
def test_a_user_has_a_role(odus, role):
    """One of three, and a name; the password is never answered (guides/dashboard/team-management)."""
    made = odus.post("/users", ALICE | {"role": role, "username": "alice"})
    assert ALICE | {"role": role, "username": "alice"} == {name: made.get(name) for name in (*ALICE, "username")} | {
        "password": ALICE["password"]
    }
    found = odus.get(f"/users/{made['id']}")
    assert made == found == odus.get("/users")["data"][0]
    assert "password" not in made


@pytest.mark.parametrize("name", ["email", "password", "role"])
def test_a_user_needs_an_email_a_password_and_a_role(odus, name):
    """The names are optional (guides/dashboard/team-management)."""
    assert [f"{name} is required"] == odus.refuses("/users", {key: ALICE[key] for key in ALICE if key != name})
    assert odus.post("/users", {key: ALICE[key] for key in ("email", "password", "role")})["firstName"] is None


@pytest.mark.parametrize("password", ["Sh0rt#p", "str0ng#pass", "STR0NG#PASS", "Strong#Pass", "Str0ngPass1"])
def test_a_password_is_strong(odus, password):
    """Eight characters or more, upper and lower case, a digit, a special one (guides/dashboard/team-management)."""
    (problem,) = odus.refuses("/users", ALICE | {"password": password})
    assert problem.startswith("password must be")
    assert password not in problem


def test_a_username_has_at_most_20_characters(odus):
    """Twenty are good, one more is not (guides/dashboard/team-management)."""
    assert "x" * 20 == odus.post("/users", ALICE | {"username": "x" * 20})["username"]
    (problem,) = odus.refuses("/users", ALICE | {"email": "bob@example.com", "username": "x" * 21})
    assert problem.startswith("username must be text of at most 20 characters")


def test_another_role_is_none(odus):
    """There are three (guides/dashboard/team-management)."""
    (problem,) = odus.refuses("/users", ALICE | {"role": "owner"})
    assert problem.startswith("role must be one of admin, developer, supportAgent")


def test_only_an_admin_manages_users(odus, log_in):
    """A developer may neither make one nor look (guides/dashboard/team-management)."""
    bob = ALICE | {"email": "bob@example.com"}
    admin, developer = log_in("admin"), log_in("developer")
    assert 403 == odus("POST", "/users", bob, key=developer).status
    assert 403 == odus("GET", "/users", key=developer).status
    assert 300 > odus("POST", "/users", bob, key=admin).status


def test_a_developer_does_all_else(odus, log_in):
    """Payments, products, keys (guides/dashboard/team-management)."""
    key = log_in("developer")
    assert 300 > odus("POST", "/payments", {"amount": 5000, "currency": "usd"}, key=key).status
    assert 300 > odus("POST", "/products", {"name": "Pro Plan"}, key=key).status
    assert 300 > odus("POST", "/secret-keys", {"note": "shop", "permissions": ["PAYMENT_READ"]}, key=key).status


def test_a_support_agent_reads_three_kinds_of_record(odus, log_in):
    """Payments, customers and subscriptions, and changes none of them (guides/dashboard/team-management)."""
    key, payment = log_in("supportAgent"), odus.create()
    assert [200] * 3 == [odus("GET", path, key=key).status for path in ("/payments", "/customers", "/subscriptions")]
    assert 403 == odus("POST", f"/payments/{payment['id']}/cancel", {}, key=key).status
    assert [403] * 3 == [odus("GET", path, key=key).status for path in ("/products", "/secret-keys", "/users")]
