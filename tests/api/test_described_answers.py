"""Every operation of the Odus API, asked live: its answers and its refusals are what the OpenAPI document says."""

import re

import pytest

from mock_odus import assumptions
from mock_odus.api.routes import document
from mock_odus.engine.permissions import ALL
from tests import described
from tests.api.story import played
from tests.conftest import Answer

OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, operations in document(assumptions.load())["paths"].items()
    for method, operation in operations.items()
}
LISTS = [(path, operation) for id, (_, path, operation) in OPERATIONS.items() if id.startswith("list")]
OPERANDS = {"TextFilter": "x", "InstantFilter": "2026-01-01", "IntegerFilter": "1", "BooleanFilter": "true"}


@pytest.fixture
def odus(held_to):
    """A client that is held to the document."""
    return held_to("/openapi.json")


def test_every_operation_answers_as_described(odus):
    """A live answer of each, as a secret key gets it."""
    played(odus, odus.client)

    assert set() == OPERATIONS.keys() - odus.seen


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/payments", b'{"data":[]}', '"pagination" is a required property'),
        ("/products/prod_x", b'{"id":"prod_x"}', '"createdAt" is a required property'),
        ("/_mock/digest", b'{"digest":"x","more":1}', "'more' was unexpected"),
        ("/_mock/digest", b'{"digest":"2026-01-01T00:00:00.000Z"}', "is not allowed for"),
    ],
)
def test_every_client_of_these_tests_is_held_to_the_documents(api, path, body, told):
    """What is missing, what is too much and an instant that is not called one make its call fail."""
    with pytest.raises(AssertionError, match=re.escape(told)):
        described.check("GET", path, Answer(200, api.get("/products").headers, body))
    assert api.is_held
    assert api.with_key(None).is_held


def test_browser_keys_get_what_is_described(odus):
    """What they do not see is not required; that it is missing is no fault of the answer."""
    payment = odus.client.paid("4000000000000002")
    shown = odus("GET", f"/payments/{payment['id']}", client=odus.client.with_key(odus.client.publishable_key)).json

    assert "checkoutKey" not in shown
    assert "errorCode" not in shown["transactions"][0]["outcome"]


@pytest.mark.parametrize("id", OPERATIONS)
def test_every_refusal_is_described(odus, id):
    """No key, a key without the permission, an id that nobody has, a body that is wrong, none or too much."""
    method, path, operation = OPERATIONS[id]
    target, body = path.replace("{id}", "x_1"), {} if method == "POST" else None
    permission = operation["x-odus-permission"]
    others = [other for other in ALL if other != permission]
    key = odus.client.made("/secret-keys", {"permissions": others})["value"]
    refused = odus(method, target, body, client=odus.client.with_key(key))

    assert 401 == odus(method, target, body, client=odus.client.with_key(None)).status
    assert (403, f"this key lacks the permission {permission}") == (refused.status, refused.json["message"])
    if "{id}" in path:
        assert 404 == odus(method, target, body).status
    if body is not None:
        assert 415 == odus(method, target, raw=b"a=b", headers={"Content-Type": "text/plain"}).status
        assert 413 == odus(method, target, raw=b" " * (1024 * 1024 + 1)).status
    if body is not None and "{id}" not in path:
        assert 400 == odus(method, target, {"nobody": "knows"}).status


@pytest.mark.parametrize("id", OPERATIONS)
def test_the_kinds_of_key_are_those_that_may_call(api, id):
    """Every other kind is refused whatever it asks for; those that are named are let in."""
    method, path, operation = OPERATIONS[id]
    payment = api.payment()
    keys = {"secretKey": api.key, "publishableKey": api.publishable_key, "checkoutKey": payment["checkoutKey"]}
    user = {"email": "alice@example.com", "password": "Str0ng#Pass"}
    api.made("/users", user | {"role": "admin"})
    keys["sessionKey"] = api.made("/_mock/sessions", user)["key"]
    target = path.replace("{id}", payment["id"])
    body = {"nobody": "knows"} if method == "POST" else None

    let_in = {kind for kind, key in keys.items() if api.with_key(key)(method, target, body).status != 403}
    assert set(operation["x-odus-key-kinds"]) == let_in


# --- Lists


@pytest.mark.parametrize(("path", "operation"), LISTS, ids=[path for path, _ in LISTS])
def test_every_parameter_of_a_list_is_taken(odus, path, operation):
    """Every filter with every operator, and every field to sort by, is understood; another operator is not."""
    for parameter in operation["parameters"]:
        name, schema = parameter["name"], odus.resolved(parameter["schema"])
        if parameter.get("style") == "deepObject":
            operand = OPERANDS[parameter["schema"]["$ref"].rpartition("/")[2]]
            for operator in schema["properties"]:
                value = "true" if operator == "isNull" else operand
                assert 200 == odus("GET", f"{path}?{name}[{operator}]={value}").status, (name, operator)
            assert 400 == odus("GET", f"{path}?{name}[is]=x").status
        elif name.startswith("sort"):
            words = [word for one in schema.get("anyOf", [schema]) for word in one.get("enum", ["metadata.a"])]
            for word in words:
                assert 200 == odus("GET", f"{path}?{name}={word}").status, word
