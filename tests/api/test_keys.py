"""Who may do what: secret keys with their permissions, publishable keys, checkout keys, and strangers."""

import re

import pytest

ROUTES = [
    ("GET", "/payments", "PAYMENT_READ"),
    ("GET", "/payments/{payment}", "PAYMENT_READ"),
    ("POST", "/payments", "PAYMENT_CREATE"),
    ("POST", "/payments/{payment}", "PAYMENT_UPDATE"),
    ("POST", "/payments/{payment}/authorize", "PAYMENT_AUTHORIZE"),
    ("POST", "/payments/{payment}/reverse", "PAYMENT_REVERSE"),
    ("GET", "/transactions", "TRANSACTION_READ"),
    ("GET", "/transactions/{transaction}", "TRANSACTION_READ"),
    ("GET", "/customers", "CUSTOMER_READ"),
    ("GET", "/customers/{jane}", "CUSTOMER_READ"),
    ("POST", "/customers", "CUSTOMER_UPDATE"),
    ("POST", "/customers/{jane}", "CUSTOMER_UPDATE"),
    ("POST", "/customers/{jane}/restrictions", "CUSTOMER_UPDATE"),
    ("DELETE", "/customers/{jane}", "CUSTOMER_DELETE"),
    ("GET", "/payment-methods", "PAYMENT_METHOD_READ"),
    ("GET", "/payment-methods/{janes_visa}", "PAYMENT_METHOD_READ"),
    ("POST", "/payment-methods/{janes_visa}", "PAYMENT_METHOD_UPDATE"),
    ("DELETE", "/payment-methods/{janes_visa}", "PAYMENT_METHOD_DELETE"),
    ("GET", "/blacklist", "BLACKLIST_READ"),
    ("GET", "/blacklist/{entry}", "BLACKLIST_READ"),
    ("POST", "/blacklist", "BLACKLIST_CREATE"),
    ("DELETE", "/blacklist/{entry}", "BLACKLIST_DELETE"),
    ("GET", "/gateway-profiles", "GATEWAY_PROFILE_READ"),
    ("GET", "/gateway-profiles/{stripe_eu}", "GATEWAY_PROFILE_READ"),
    ("POST", "/gateway-profiles", "GATEWAY_PROFILE_CREATE"),
    ("GET", "/cascades", "CASCADE_READ"),
    ("GET", "/cascades/{main}", "CASCADE_READ"),
    ("POST", "/cascades", "CASCADE_CREATE"),
    ("GET", "/merchant-configs", "MERCHANT_CONFIG_READ"),
    ("GET", "/merchant-configs/{config}", "MERCHANT_CONFIG_READ"),
    ("POST", "/merchant-configs/{config}", "MERCHANT_CONFIG_UPDATE"),
    ("GET", "/secret-keys", "SECRET_KEY_READ"),
    ("GET", "/secret-keys/{key}", "SECRET_KEY_READ"),
    ("POST", "/secret-keys", "SECRET_KEY_CREATE"),
    ("DELETE", "/secret-keys/{key}", "SECRET_KEY_DELETE"),
]
SENSITIVE = {"errorCode", "errorMessage", "declineType", "processorCode", "processorMessage"}


@pytest.fixture
def ids(api):
    """One id of everything that a path may name."""
    declined = api.paid("4000000000000002")
    return api.ids | {
        "payment": declined["id"],
        "transaction": declined["transactions"][0]["id"],
        "config": api.get("/merchant-configs").json["data"][0]["id"],
        "key": api.made("/secret-keys", {"permissions": ["PAYMENT_READ"]})["id"],
        "entry": api.made("/blacklist", {"email": "nobody@example.com"})["id"],
    }


@pytest.mark.parametrize(("method", "path", "permission"), ROUTES, ids=lambda part: part)
def test_a_stranger_is_a_401(api, ids, method, path, permission):
    """Without a key, with an unknown and with a malformed one no route answers anything else."""
    path = path.format(**ids)

    for key in (None, "skey_nobody", f"{api.key}x", f"{api.key}_x", "ckey_nobody_x", "", "pay"):
        answer = api.with_key(key)(method, path)
        assert (401, "Unauthorized") == (answer.status, answer.json["error"]), key
    for header in ("Basic abc", api.key, f"Token {api.key}", "Bearer", f"Bearer {api.key} x", "Bearer sk\xe9y"):
        assert 401 == api.with_key(None)(method, path, headers={"Authorization": header}).status, header


@pytest.mark.parametrize(("method", "path", "permission"), ROUTES, ids=lambda part: part)
def test_a_missing_permission_is_a_403_that_names_it(api, ids, method, path, permission):
    """A key with every other permission is refused, and told which one it lacks; with it alone the route answers."""
    every = {wanted for *_, wanted in ROUTES}
    others = api.made("/secret-keys", {"permissions": sorted(every - {permission})})["value"]
    refused = api.with_key(others)(method, path.format(**ids))

    assert (403, "Forbidden") == (refused.status, refused.json["error"])
    assert f"this key lacks the permission {permission}" == refused.json["message"]
    alone = api.made("/secret-keys", {"permissions": [permission]})["value"]
    assert api.with_key(alone)(method, path.format(**ids)).status in (200, 201, 400)


@pytest.mark.parametrize(("method", "path", "permission"), ROUTES, ids=lambda part: part)
def test_a_publishable_key_reads_one_payment_and_nothing_else(api, ids, method, path, permission):
    """A browser's key may GET a payment whose id it knows; all else is a 403 naming the permission."""
    answer = api.with_key(api.publishable_key)(method, path.format(**ids))

    if (method, path) == ("GET", "/payments/{payment}"):
        assert 200 == answer.status
    else:
        assert 403 == answer.status
        assert permission in answer.json["message"]


@pytest.mark.parametrize("kind", ["publishable", "checkout"])
def test_a_browser_sees_nothing_sensitive(api, kind):
    """Browser keys read a payment without the checkout key and without what only the merchant may know of a decline."""
    payment = api.paid("4000000000000002")
    key = {"publishable": api.publishable_key, "checkout": payment["checkoutKey"]}[kind]
    seen = api.with_key(key).get(f"/payments/{payment['id']}").json

    assert payment.keys() - {"checkoutKey"} == seen.keys()
    for mine, theirs in zip(payment["transactions"], seen["transactions"], strict=True):
        assert mine.keys() == theirs.keys()
        assert mine["outcome"].keys() - SENSITIVE == theirs["outcome"].keys()
        assert mine["outcome"]["safeErrorMessage"] == theirs["outcome"]["safeErrorMessage"]
    assert "generic_soft_decline" == payment["transactions"][0]["outcome"]["errorCode"]


def test_a_checkout_key_authorizes_its_payment(api):
    """The key that came with a payment pays it and reads it."""
    payment = api.payment(returnUrl="https://shop.example/")
    browser = api.with_key(payment["checkoutKey"])

    paid = browser.post(f"/payments/{payment['id']}/authorize", api.card())
    assert (201, "succeeded") == (paid.status, paid.json["status"])
    assert "checkoutKey" not in paid.json
    assert "succeeded" == browser.get(f"/payments/{payment['id']}").json["status"]


@pytest.mark.parametrize(("method", "path", "permission"), ROUTES, ids=lambda part: part)
def test_a_checkout_key_is_for_one_payment(api, ids, method, path, permission):
    """A checkout key reaches nothing but its own payment."""
    browser = api.with_key(api.payment()["checkoutKey"])

    assert 403 == browser(method, path.format(**ids)).status


def test_a_checkout_key_does_no_more_than_pay(api):
    """On its own payment too, a checkout key may not change or reverse."""
    payment = api.payment(returnUrl="https://shop.example/")
    browser = api.with_key(payment["checkoutKey"])

    assert 403 == browser.post(f"/payments/{payment['id']}", {"metadata": {"a": "b"}}).status
    assert 403 == browser.post(f"/payments/{payment['id']}/reverse").status


def test_a_checkout_key_reads_a_day_longer(api):
    """Once its payment is settled, a checkout key reads it for 24 hours, and is then worth nothing."""
    payment = api.paid()
    browser = api.with_key(payment["checkoutKey"])

    assert 400 == browser.post(f"/payments/{payment['id']}/authorize", api.card()).status
    api.post("/_mock/clock/advance", {"by": "24 hours"})
    assert 200 == browser.get(f"/payments/{payment['id']}").status
    api.post("/_mock/clock/advance", {"by": "1 second"})
    assert 401 == browser.get(f"/payments/{payment['id']}").status


def test_a_forged_checkout_key_is_unknown(api):
    """The secret part of a checkout key cannot be left out or changed."""
    key = api.payment()["checkoutKey"]

    for forged in (key[:-1], key[:-20], key[:-1] + ("0" if key[-1] != "0" else "1"), key + "0"):
        assert 401 == api.with_key(forged).get("/payments/x").status, forged


def test_the_value_of_a_key_is_told_once(api):
    """The create answers the value, every later answer masks it; the id is never the value."""
    created = api.made("/secret-keys", {"permissions": ["PAYMENT_READ"], "note": "for the shop"})
    value = created["value"]
    found = api.get(f"/secret-keys/{created['id']}").json

    assert value.startswith(f"skey_{api.name}_")
    assert re.fullmatch(r"key_[0-9A-Za-z]{27}", created["id"])
    assert created["id"].partition("_")[2] not in value
    assert f"skey_{api.name}_****{value[-4:]}" == found["value"]
    assert ("for the shop", ["PAYMENT_READ"]) == (found["note"], found["permissions"])
    for path in ("/secret-keys", f"/secret-keys/{created['id']}", "/_mock/timeline", "/_mock/journal/requests"):
        assert value.encode() not in api.get(path).raw
    assert value.encode() not in api.delete(f"/secret-keys/{created['id']}").raw


def test_a_revoked_key_is_a_401(api):
    """A deleted key is worth nothing at once."""
    created = api.made("/secret-keys", {"permissions": ["PAYMENT_READ"]})
    client = api.with_key(created["value"])

    assert 200 == client.get("/payments").status
    api.delete(f"/secret-keys/{created['id']}")
    assert 401 == client.get("/payments").status


def test_an_unknown_permission_is_refused_with_the_nearest(api):
    """A key is granted only permissions that exist."""
    answer = api.post("/secret-keys", {"permissions": ["PAYMENT_READ", "PAYMENT_REED"]})

    assert 400 == answer.status
    assert answer.problems[0].startswith("permissions[1] must be one of ")
    assert answer.problems[0].endswith("did you mean 'PAYMENT_READ'?")
    assert ["permissions must be a list of 1 to 200 entries, found []"] == api.post(
        "/secret-keys", {"permissions": []}
    ).problems


def test_a_key_opens_one_sandbox_only(api, account):
    """Nothing of one sandbox is found, listed or changed with the key of another."""
    other = account()
    mine, theirs = api.payment(), other.payment()

    assert 404 == other.with_key(other.publishable_key).get(f"/payments/{mine['id']}x").status
    assert 401 == api.with_key(theirs["checkoutKey"].replace(other.name, api.name + "x")).get("/payments").status
    assert [mine["id"]] == [payment["id"] for payment in api.get("/payments").json["data"]]
    assert mine["checkoutKey"] != theirs["checkoutKey"]


def test_a_key_in_the_query_or_body_is_no_key(api):
    """Only the Authorization header is looked at."""
    assert 401 == api.with_key(None).get(f"/payments?apiKey={api.key}").status


def test_the_scheme_has_no_case(api):
    """`bearer` is as good as `Bearer`."""
    assert 200 == api.with_key(None).get("/payments", headers={"Authorization": f"bearer {api.key}"}).status
