"""The life of keys: secret ones told once and rotated, publishable ones in full, checkout keys for one payment.

What each kind may do on which route stands in `test_permissions.py`.
"""

import re

import pytest

DECLINED, CHALLENGED, CHALLENGED_THEN_DECLINED = "4000000000000002", "4000000000003220", "4000008400001629"
NO_FUNDS, VISA = "4000000000009995", "4242424242424242"
MANUAL = {"paymentMethodOptions": {"captureMethod": "manual"}}
SENSITIVE = {"errorCode", "errorMessage", "declineType", "processorCode", "processorMessage", "checkoutKey"}


def made_key(api, *permissions):
    return api.made("/secret-keys", {"permissions": permissions or ["PAYMENT_READ"]})


# --- Secret keys -----------------------------------------------------------------------------------------------------


def test_the_value_of_a_key_is_told_once(api):
    """The create answers the value, every later answer masks it; the id is never the value."""
    created = api.made("/secret-keys", {"permissions": ["PAYMENT_READ"], "note": "for the shop"})
    value = created["value"]
    found = api.get(f"/secret-keys/{created['id']}").json

    assert re.fullmatch(rf"skey_{api.name}_[0-9A-Za-z]{{27}}", value)
    assert re.fullmatch(r"key_[0-9A-Za-z]{27}", created["id"])
    assert created["id"].partition("_")[2] not in value
    assert f"skey_{api.name}_****{value[-4:]}" == found["value"]
    assert ("for the shop", ["PAYMENT_READ"]) == (found["note"], found["permissions"])
    for path in ("/secret-keys", f"/secret-keys/{created['id']}", "/_mock/timeline", "/_mock/journal/requests"):
        assert value.encode() not in api.get(path).raw
    assert value.encode() not in api.post(f"/secret-keys/{created['id']}", {"note": "other"}).raw
    assert value.encode() not in api.delete(f"/secret-keys/{created['id']}").raw


def test_a_rotated_key_has_a_new_value(api):
    """It is told in the answer alone and opens what the old one did; the old one is a 401 at once."""
    created = made_key(api)
    rotated = api.made(f"/secret-keys/{created['id']}/rotate")
    found = api.get(f"/secret-keys/{created['id']}").json

    assert re.fullmatch(rf"skey_{api.name}_[0-9A-Za-z]{{27}}", rotated["value"])
    assert created["value"] != rotated["value"]
    assert rotated | {"value": f"skey_{api.name}_****{rotated['value'][-4:]}"} == found
    assert 401 == api.with_key(created["value"]).get("/payments").status
    assert 200 == api.with_key(rotated["value"]).get("/payments").status
    assert 1 == api.get("/secret-keys").json["pagination"]["itemCount"]


def test_a_key_may_rotate_itself(api):
    """With the permission a key gets its own next value, and is worth nothing from then on."""
    created = made_key(api, "SECRET_KEY_UPDATE", "SECRET_KEY_READ")
    own = api.with_key(created["value"])
    value = own.made(f"/secret-keys/{created['id']}/rotate")["value"]

    assert 401 == own.get("/secret-keys").status
    assert 200 == api.with_key(value).get("/secret-keys").status


def test_an_update_changes_what_a_key_may_do(api):
    """From the next request on; its value, and what was not given, stay."""
    created = api.made("/secret-keys", {"permissions": ["PAYMENT_READ"], "note": "shop", "metadata": {"a": "1"}})
    client = api.with_key(created["value"])
    changed = api.made(f"/secret-keys/{created['id']}", {"permissions": ["CUSTOMER_READ", "CUSTOMER_READ"]})

    assert (["CUSTOMER_READ"], "shop", {"a": "1"}) == (changed["permissions"], changed["note"], changed["metadata"])
    assert (403, 200) == (client.get("/payments").status, client.get("/customers").status)
    changed = api.made(f"/secret-keys/{created['id']}", {"note": None, "metadata": {"a": "", "b": "2"}})
    assert (["CUSTOMER_READ"], None, {"b": "2"}) == (changed["permissions"], changed["note"], changed["metadata"])


@pytest.mark.parametrize("body", [{"permissions": []}, {"permissions": None}, {"value": "skey_mine"}, {"note": ""}])
def test_a_bad_update_changes_nothing(api, body):
    """A key keeps at least one permission, and nobody chooses its value."""
    created = made_key(api)
    before = api.get("/_mock/digest").json

    assert 400 == api.post(f"/secret-keys/{created['id']}", body).status
    assert before == api.get("/_mock/digest").json


def test_an_unknown_permission_is_refused_with_the_nearest(api):
    """A key is granted only permissions that exist, by its making and later."""
    created = made_key(api)

    for path in ("/secret-keys", f"/secret-keys/{created['id']}"):
        answer = api.post(path, {"permissions": ["PAYMENT_READ", "PAYMENT_REED"]})
        assert 400 == answer.status
        assert answer.problems[0].startswith("permissions[1] must be one of ")
        assert answer.problems[0].endswith("did you mean 'PAYMENT_READ'?")
        assert ["permissions must be a list of 1 to 200 entries, found []"] == api.post(
            path, {"permissions": []}
        ).problems


def test_a_key_cannot_grant_more_than_it_has(api):
    """Neither to a new key, nor to itself, nor by taking over a stronger one: 403, and nothing is changed."""
    strong = made_key(api, "PAYMENT_READ", "PAYMENT_REVERSE")
    own = made_key(api, "SECRET_KEY_CREATE", "SECRET_KEY_UPDATE", "PAYMENT_READ")
    weak = api.with_key(own["value"])
    before = api.get("/_mock/digest").json

    for path, body in (
        ("/secret-keys", {"permissions": ["PAYMENT_READ", "PAYMENT_REVERSE"]}),
        (f"/secret-keys/{own['id']}", {"permissions": ["PAYMENT_REVERSE"]}),
        (f"/secret-keys/{strong['id']}/rotate", {}),
    ):
        answer = weak.post(path, body)
        assert 403 == answer.status
        assert "this key cannot grant what it lacks itself: PAYMENT_REVERSE" == answer.json["message"]
    assert before == api.get("/_mock/digest").json
    assert 200 == api.with_key(strong["value"]).get("/payments").status
    assert 201 == weak.post("/secret-keys", {"permissions": ["PAYMENT_READ"]}).status


def test_a_revoked_key_is_a_401(api):
    """A deleted key is worth nothing at once."""
    created = made_key(api)
    client = api.with_key(created["value"])

    assert 200 == client.get("/payments").status
    api.delete(f"/secret-keys/{created['id']}")
    assert 401 == client.get("/payments").status


# --- Publishable keys ------------------------------------------------------------------------------------------------


def test_a_publishable_key_is_shown_in_full(api):
    """It is no secret: every answer to a secret key has its value, which works until the key is deleted."""
    created = api.made("/publishable-keys", {"note": "web shop", "metadata": {"a": "1"}})
    path, payment = f"/publishable-keys/{created['id']}", api.payment()
    browser = api.with_key(created["value"])

    assert re.fullmatch(rf"pk_{api.name}_[0-9A-Za-z]{{27}}", created["value"])
    assert re.fullmatch(r"key_[0-9A-Za-z]{27}", created["id"])
    assert {"id", "createdAt", "updatedAt", "note", "value", "metadata"} == created.keys()
    assert created == api.get(path).json == api.get("/publishable-keys").json["data"][0]
    changed = api.made(path, {"note": None, "metadata": {"b": "2"}})
    assert (None, {"a": "1", "b": "2"}) == (changed["note"], changed["metadata"])
    assert created["value"] == changed["value"]
    assert 200 == browser.get(f"/payments/{payment['id']}").status
    assert changed == api.delete(path).json
    assert 401 == browser.get(f"/payments/{payment['id']}").status
    assert 404 == api.get(path).status


@pytest.mark.parametrize("body", [{"permissions": ["PAYMENT_READ"]}, {"value": "pk_mine"}, {"note": 1}])
def test_a_publishable_key_is_given_a_note_and_metadata_only(api, body):
    """What it may do is the same for all of them, and nobody chooses its value."""
    created = api.made("/publishable-keys")

    for path in ("/publishable-keys", f"/publishable-keys/{created['id']}"):
        answer = api.post(path, body)
        assert 400 == answer.status
        assert answer.problems[0].startswith(next(iter(body)))


def test_a_publishable_key_may_be_asked_for_by_a_secret_one_only(api):
    """The kinds stand apart: neither is found under the other's path."""
    secret, public = made_key(api)["id"], api.made("/publishable-keys")["id"]

    assert 404 == api.get(f"/secret-keys/{public}").status
    assert 404 == api.get(f"/publishable-keys/{secret}").status
    assert 404 == api.post(f"/secret-keys/{public}/rotate").status


def test_a_reset_drops_the_keys_made_by_api(api):
    """The sandbox's own two keys stay, the others are gone with the world they lived in."""
    made = [made_key(api)["value"], api.made("/publishable-keys")["value"]]
    api.post(f"/_mock/sandboxes/{api.name}/reset")
    payment = api.payment()["id"]

    assert [401, 401] == [api.with_key(key).get(f"/payments/{payment}").status for key in made]
    assert 200 == api.with_key(api.publishable_key).get(f"/payments/{payment}").status


# --- Browsers --------------------------------------------------------------------------------------------------------


def completed(api, number, result):
    """A challenged payment whose customer came back."""
    payment = api.paid(number)
    return api.made(f"/_mock/challenges/{payment['id']}/complete", {"result": result})["payment"]


def scripted(api, when, then):
    """A payment of a gateway that answers so; refunded when it was paid."""
    api.made("/_mock/rules", {"when": when, "then": then})
    payment = api.paid()
    return acted(api, payment, "reverse") if payment["status"] == "succeeded" else payment


def acted(api, payment, verb, body=None):
    return api.made(f"/payments/{payment['id']}/{verb}", body)


def lapsed(api):
    payment = api.paid(CHALLENGED)
    api.post("/_mock/clock/advance", {"by": "24 hours"})
    return payment


STATES = {
    "unattempted": lambda api: api.payment(),
    "declined": lambda api: api.paid(DECLINED),
    "declined everywhere": lambda api: api.paid(NO_FUNDS),
    "waiting": lambda api: api.paid(CHALLENGED),
    "challenge failed": lambda api: completed(api, CHALLENGED, "failed"),
    "challenge passed, then declined": lambda api: completed(api, CHALLENGED_THEN_DECLINED, "passed"),
    "challenge lapsed": lapsed,
    "unreachable": lambda api: scripted(api, {}, "unreachable"),
    "uncaptured": lambda api: api.paid(**MANUAL),
    "voided": lambda api: acted(api, api.paid(**MANUAL), "reverse"),
    "cancelled": lambda api: acted(api, api.payment(), "cancel"),
    "succeeded": lambda api: api.paid(),
    "partly reversed": lambda api: acted(api, api.paid(), "reverse", {"amount": 1}),
    "reversed": lambda api: acted(api, api.paid(), "reverse"),
    "refund refused": lambda api: scripted(api, {"operation": "refund"}, "generic_processor_error"),
    "charged back": lambda api: acted(api, api.paid(), "record-chargeback"),
}


def without_sensitive(value):
    """The same without what only the merchant may see, at every depth."""
    if isinstance(value, dict):
        return {name: without_sensitive(part) for name, part in value.items() if name not in SENSITIVE}
    return [without_sensitive(part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize("state", STATES)
def test_a_browser_sees_all_but_what_is_sensitive(api, state):
    """In whatever state a payment is, browser keys read it without the checkout key and the reasons of declines."""
    id = STATES[state](api)["id"]
    shown = api.get(f"/payments/{id}").json
    keys = [api.publishable_key, api.made("/publishable-keys")["value"], shown["checkoutKey"]]

    for key in keys:
        assert without_sensitive(shown) == api.with_key(key).get(f"/payments/{id}").json


@pytest.mark.parametrize("number", [VISA, DECLINED, NO_FUNDS, CHALLENGED])
def test_a_browser_that_pays_sees_nothing_sensitive(api, number):
    """The answer to an authorize with a checkout key has what a read with it has."""
    payment = api.payment(returnUrl="https://shop.example/")
    browser = api.with_key(payment["checkoutKey"])
    paid = browser.post(f"/payments/{payment['id']}/authorize", api.card(number))

    assert 201 == paid.status
    assert without_sensitive(api.get(f"/payments/{payment['id']}").json) == paid.json
    assert paid.json == browser.get(f"/payments/{payment['id']}").json


def test_there_is_something_to_hide(api):
    """A secret key does see each of the sensitive fields, filled."""
    declined = api.paid(DECLINED)
    outcome = declined["transactions"][0]["outcome"]

    assert SENSITIVE == {name for name in SENSITIVE if (outcome | declined).get(name)}


def test_a_checkout_key_authorizes_its_payment(api):
    """The key that came with a payment pays it, once, and reads it."""
    payment = api.payment(returnUrl="https://shop.example/")
    browser = api.with_key(payment["checkoutKey"])

    paid = browser.post(f"/payments/{payment['id']}/authorize", api.card())
    assert (201, "succeeded") == (paid.status, paid.json["status"])
    assert 400 == browser.post(f"/payments/{payment['id']}/authorize", api.card()).status
    assert "succeeded" == browser.get(f"/payments/{payment['id']}").json["status"]


def test_a_checkout_key_is_for_one_payment(api):
    """Of another payment it is a 403, whether that exists or not."""
    browser, other = api.with_key(api.payment()["checkoutKey"]), api.payment()

    for id in (other["id"], "pay_x"):
        for answer in (browser.get(f"/payments/{id}"), browser.post(f"/payments/{id}/authorize", api.card())):
            assert (403, "this checkoutKey belongs to another payment") == (answer.status, answer.json["message"])
    assert "open" == api.get(f"/payments/{other['id']}").json["status"]


@pytest.mark.parametrize("end", ["authorize", "cancel"])
def test_a_checkout_key_reads_a_day_longer(api, end):
    """Once its payment has succeeded or was cancelled, it reads it for 24 hours, and is then worth nothing."""
    payment = api.payment(returnUrl="https://shop.example/")
    api.post("/_mock/clock/advance", {"by": "30 days"})
    acted(api, payment, end, api.card() if end == "authorize" else {})
    browser = api.with_key(payment["checkoutKey"])

    assert 400 == browser.post(f"/payments/{payment['id']}/authorize", api.card()).status
    api.post("/_mock/clock/advance", {"by": "24 hours"})
    assert 200 == browser.get(f"/payments/{payment['id']}").status
    api.post("/_mock/clock/advance", {"by": "1 ms"})
    for answer in (browser.get(f"/payments/{payment['id']}"), browser.get("/payments/pay_x")):
        assert (401, "this key is unknown or was revoked") == (answer.status, answer.json["message"])


def test_a_void_does_not_wake_a_checkout_key(api):
    """The day is counted from the success; that the payment is voided later gives no other day."""
    payment = api.paid(**MANUAL)
    browser = api.with_key(payment["checkoutKey"])
    api.post("/_mock/clock/advance", {"by": "2 days"})
    acted(api, payment, "cancel")

    assert 401 == browser.get(f"/payments/{payment['id']}").status


def test_a_forged_checkout_key_is_unknown(api):
    """The secret part of a checkout key cannot be left out or changed."""
    key = api.payment()["checkoutKey"]

    for forged in (key[:-1], key[:-20], key[:-1] + ("0" if key[-1] != "0" else "1"), key + "0"):
        assert 401 == api.with_key(forged).get("/payments/x").status, forged


# --- Where a key is looked for ---------------------------------------------------------------------------------------


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
