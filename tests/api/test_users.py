"""`/users` over HTTP, and the session keys of those who log in.

What each role may do on which route stands in `test_permissions.py`.
"""

import re

import pytest

ALICE = {"email": "alice@example.com", "password": "Str0ng#Pass", "role": "admin"}
PAIR = {name: ALICE[name] for name in ("email", "password")}


@pytest.fixture
def alice(api):
    return api.made("/users", ALICE)


def logged_in(api, **pair):
    """A client with the key of a new session."""
    return api.with_key(api.made("/_mock/sessions", PAIR | pair)["key"])


def test_a_user_is_made_found_changed_and_deleted(api):
    """The answers are the record, always without its password."""
    names = {"username": "alice", "firstName": "Alice", "lastName": "Smith", "metadata": {"team": "1"}}
    made = api.made("/users", ALICE | names)
    path = f"/users/{made['id']}"

    assert {"id", "createdAt", "updatedAt", "email", "role", *names} == made.keys()
    assert ALICE | names == {name: made[name] for name in (*names, "email", "role")} | {"password": "Str0ng#Pass"}
    assert made == api.get(path).json == api.get("/users?role[eq]=admin&email[like]=ALICE").json["data"][0]
    changed = api.made(path, {"role": "developer", "username": None, "password": "Other#Pass1"})
    assert ("developer", None, made.keys()) == (changed["role"], changed["username"], changed.keys())
    assert changed == api.delete(path).json
    assert 404 == api.get(path).status


def test_a_password_is_nowhere_to_be_seen(api, alice):
    """Neither in an answer, a refusal, a request log, a journal nor the story of the world."""
    api.post(f"/users/{alice['id']}", {"password": "Str0ng#Pass", "role": "nobody"})
    api.post("/users", {"password": "Str0ng#Pass", "nonsense": 1})
    api.post("/_mock/sessions", PAIR | {"email": "Str0ng#Pass"})
    logged_in(api)
    paths = ("/users", "/request-logs?pageSize=100", "/_mock/journal/requests?pageSize=100", "/_mock/timeline")

    for path in (*paths, "/_mock/journal/events"):
        assert b"Str0ng#Pass" not in api.get(path).raw, path
    assert '"password":"***"' in api.get("/request-logs").json["data"][0]["requestBody"].replace(" ", "")


def test_a_log_in_answers_a_key_and_what_it_may_do(api, alice):
    """The key is the sandbox's own, the user an id."""
    session = api.made("/_mock/sessions", PAIR)

    assert {"key", "user", "role", "permissions"} == session.keys()
    assert re.fullmatch(rf"sess_{api.name}_[0-9A-Za-z]{{27}}", session["key"])
    assert (alice["id"], "admin", True) == (session["user"], session["role"], "USER_CREATE" in session["permissions"])
    api.made(f"/users/{alice['id']}", {"role": "supportAgent"})
    wanted = ["PAYMENT_READ", "CUSTOMER_READ", "SUBSCRIPTION_READ"]
    assert wanted == api.made("/_mock/sessions", PAIR)["permissions"]


@pytest.mark.parametrize("pair", [{"password": "Wr0ng#Pass"}, {"email": "nobody@example.com"}, {"password": ""}])
def test_a_wrong_pair_is_a_401(api, alice, pair):
    """Which of the two was wrong is not told."""
    answer = api.post("/_mock/sessions", PAIR | pair)

    assert (401, "the email or the password is wrong") == (answer.status, answer.json["message"])


def test_a_user_logs_in_where_they_are_known(api, account, alice):
    """In another sandbox the pair is wrong, and the key opens its own sandbox only."""
    other = account()
    payment = api.payment()["id"]

    assert 401 == other.post("/_mock/sessions", PAIR).status
    assert 200 == logged_in(api).get(f"/payments/{payment}").status
    key = api.made("/_mock/sessions", PAIR)["key"].replace(api.name, other.name)
    assert 401 == other.with_key(key).get("/payments").status


def test_a_session_follows_the_role(api, alice):
    """What the role may at the moment of the request is what counts."""
    session = logged_in(api)

    assert 200 == session.get("/users").status
    api.made(f"/users/{alice['id']}", {"role": "developer"})
    refused = session.get("/users")
    assert (403, "a developer lacks the permission USER_READ") == (refused.status, refused.json["message"])
    assert 200 == session.get("/products").status


@pytest.mark.parametrize("end", ["delete", "password", "reset"])
def test_a_session_ends(api, alice, end):
    """With its user, with the password, and with the world: 401 from then on."""
    session = logged_in(api)
    assert 200 == session.get("/payments").status
    match end:
        case "delete":
            api.delete(f"/users/{alice['id']}")
        case "password":
            api.made(f"/users/{alice['id']}", {"password": "Other#Pass1"})
        case "reset":
            api.post(f"/_mock/sandboxes/{api.name}/reset")

    answer = session.get("/payments")
    assert (401, "this key is unknown or was revoked") == (answer.status, answer.json["message"])


def test_a_snapshot_holds_sessions(api, alice):
    """Restored, a session that was open is open, and one that was not is none."""
    before = logged_in(api)
    api.made("/_mock/snapshots", {"name": "before"})
    later = logged_in(api)
    api.delete(f"/users/{alice['id']}")
    api.post("/_mock/snapshots/before/restore")

    assert (200, 401) == (before.get("/payments").status, later.get("/payments").status)


def test_a_session_sees_nothing_sensitive(api, alice):
    """The reasons of declines and checkout keys are for secret keys only, even where an admin looks."""
    payment = api.paid("4000000000000002")
    shown = logged_in(api).get(f"/payments/{payment['id']}").json
    outcome = shown["transactions"][0]["outcome"]

    assert {"checkoutKey"} == payment.keys() - shown.keys()
    hidden = {"errorCode", "errorMessage", "declineType", "processorCode", "processorMessage"}
    assert hidden == payment["transactions"][0]["outcome"].keys() - outcome.keys()
    assert "checkoutKey" not in logged_in(api).made("/payments", {"amount": 1, "currency": "usd"})


def test_a_request_log_names_the_session(api, alice):
    """What a user did at the dashboard is told from what a server did."""
    logged_in(api).made("/customers", {"email": "sam@example.com"})
    api.made("/customers", {"email": "tom@example.com"})

    logs = api.get("/request-logs?endpoint[eq]=/customers").json["data"]
    assert ["sessionKey", "secretKey"] == [log["initiator"] for log in logs]
    assert 1 == api.get("/request-logs?initiator[eq]=sessionKey").json["pagination"]["itemCount"]
    assert "sessionKey" == api.get("/_mock/journal/requests?keyKind[eq]=sessionKey").json["data"][0]["keyKind"]


def test_a_session_does_not_drive_the_mock(api, alice):
    """The control API takes a secret key, and so does another log-in."""
    session = logged_in(api)

    for call in (lambda: session.get("/_mock/digest"), lambda: session.post("/_mock/sessions", PAIR)):
        answer = call()
        wanted = "a sessionKey may not drive the mock: it takes a secretKey"
        assert (403, wanted) == (answer.status, answer.json["message"])


def test_a_session_grants_no_more_than_it_has(api, alice):
    """A developer makes no key that could manage users."""
    api.made(f"/users/{alice['id']}", {"role": "developer"})
    session = logged_in(api)

    assert 201 == session.post("/secret-keys", {"permissions": ["PAYMENT_READ"]}).status
    refused = session.post("/secret-keys", {"permissions": ["PAYMENT_READ", "USER_CREATE"]})
    assert (403, True) == (refused.status, refused.json["message"].endswith("lacks itself: USER_CREATE"))


def test_a_fault_can_strike_sessions_only(api, alice):
    """A scenario may name the kind of key."""
    text = {"when": {"keyKind": "sessionKey"}, "then": {"status": 503}}
    scenario = {"version": 1, "name": "x", "extends": "starter", "api": [text]}
    api.put("/_mock/scenario?keepWorld=true", scenario)
    api.is_held = False  # no document describes what befalls a request

    assert (503, 200) == (logged_in(api).get("/payments").status, api.get("/payments").status)
