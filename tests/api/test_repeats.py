"""`policies.idempotency: on`: a request that comes again with its Idempotency-Key is not acted on again."""

import pytest

from mock_odus.app import Server, create_app

BODY = {"amount": 5000, "currency": "usd"}
KEY = {"headers": {"Idempotency-Key": "order-7"}}


@pytest.fixture
def api(account, tmp_path):
    """A client of a mock that honours the header."""
    file = tmp_path / "mine.yaml"
    file.write_text("policies: {idempotency: on}")
    server = Server(create_app(scenario="starter", corrections=file))
    server.start()
    yield account().at(server.url)
    server.stop()


def test_the_same_request_is_answered_as_before(api):
    """Byte for byte, though the record has changed since; nothing is made, and nobody is warned."""
    first = api.post("/payments", BODY, **KEY)
    api.post(f"/payments/{first.json['id']}", {"metadata": {"order": "7"}})
    again = api.post("/payments", BODY, **KEY)

    assert (first.status, first.raw) == (again.status, again.raw)
    assert "x-mock-warning" not in again.headers
    assert "application/json" == again.headers["content-type"]
    assert 1 == api.get("/payments").json["pagination"]["itemCount"]


def test_a_charge_is_not_made_twice(api):
    """An authorize that comes again asks no gateway, also when it was declined."""
    card = {"number": "4000000000000002", "expMonth": "12", "expYear": "2040", "cvv": "100"}
    body = {"type": "card", "card": card, "returnUrl": "https://shop.example/back"}
    path = f"/payments/{api.made('/payments', BODY)['id']}/authorize"
    first, again = (api.post(path, body, **KEY) for _ in range(2))

    assert ("failed", first.raw) == (again.json["displayStatus"], again.raw)
    assert len(first.json["transactions"]) == len(api.get("/transactions").json["data"])


@pytest.mark.parametrize(
    ("path", "body"), [("/payments", BODY | {"amount": 5001}), ("/customers", {"email": "a@b.example"})]
)
def test_another_request_is_refused(api, path, body):
    """With another body or path it is a 400, and nothing is made."""
    api.post("/payments", BODY, **KEY)
    refused = api.post(path, body, **KEY)

    assert (400, ["this Idempotency-Key was used for another request; take a new one for each"]) == (
        refused.status,
        refused.json["message"],
    )
    assert 1 == api.get("/payments").json["pagination"]["itemCount"]


def test_a_refused_request_may_be_mended(api):
    """A 400 means that nothing happened, so its key is free."""
    assert 400 == api.post("/payments", {}, **KEY).status
    assert 201 == api.post("/payments", BODY, **KEY).status


def test_keys_of_callers_are_apart(api):
    """A browser that sends the same Idempotency-Key is not shown what a secret key was answered."""
    payment = api.made("/payments", BODY)
    path, body = f"/payments/{payment['id']}/authorize", {"type": "card"}
    api.post(path, body, **KEY)
    first = api.post("/payments", BODY, **KEY)
    browser = api.with_key(payment["checkoutKey"]).post(path, body, **KEY)

    assert (201, 400) == (first.status, browser.status)
    assert "another request" not in browser.text


def test_a_key_is_the_same_however_it_is_sent(api):
    """Its scheme in other letters, or its value after a rotation."""
    made = api.made("/secret-keys", {"permissions": ["PAYMENT_CREATE", "PAYMENT_READ"]})
    key = made["value"]
    first = api.with_key(key).post("/payments", BODY, **KEY)
    spelled = api("POST", "/payments", BODY, headers=KEY["headers"] | {"Authorization": f"bearer  {key}"})
    rotated = api.made(f"/secret-keys/{made['id']}/rotate")["value"]
    again = api.with_key(rotated).post("/payments", BODY, **KEY)
    other = api.post("/payments", BODY, **KEY)

    assert (first.raw, first.raw) == (spelled.raw, again.raw)
    assert first.json["id"] != other.json["id"]


def test_requests_are_forgotten_with_what_they_made(api):
    """After a restore or a reset the same key makes the record again; a snapshot remembers."""
    api.post("/_mock/snapshots", {"name": "before"})
    first = api.post("/payments", BODY, **KEY).json["id"]
    api.post("/_mock/snapshots", {"name": "after"})
    api.post("/_mock/snapshots/before/restore")
    assert 0 == api.get("/payments").json["pagination"]["itemCount"]
    assert 201 == api.post("/payments", BODY, **KEY).status
    assert 1 == api.get("/payments").json["pagination"]["itemCount"]
    api.post("/_mock/snapshots/after/restore")
    assert first == api.post("/payments", BODY, **KEY).json["id"]
    api.post("/_mock/sandboxes/mock/reset")
    api.post("/payments", BODY, **KEY)
    assert 1 == api.get("/payments").json["pagination"]["itemCount"]


def test_no_card_number_is_kept(api):
    """Of a request only a digest is remembered; what is answered masks it as ever."""
    payment = api.made("/payments", BODY)
    card = {"number": "4242424242424242", "expMonth": "12", "expYear": "2040", "cvv": "100"}
    body = {"type": "card", "card": card, "returnUrl": "https://shop.example/back"}
    assert "4242424242424242" not in api.post(f"/payments/{payment['id']}/authorize", body, **KEY).text
    assert "4242424242424242" not in api.post(f"/payments/{payment['id']}/authorize", body, **KEY).text
