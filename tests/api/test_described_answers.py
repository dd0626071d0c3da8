"""Every operation of the Odus API, asked live: its answers and its refusals are what the OpenAPI document says."""

import pytest

from mock_odus import assumptions
from mock_odus.api.routes import document
from mock_odus.engine.permissions import ALL

OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, operations in document(assumptions.load())["paths"].items()
    for method, operation in operations.items()
}
LISTS = [(path, operation) for id, (_, path, operation) in OPERATIONS.items() if id.startswith("list")]
OPERANDS = {"TextFilter": "x", "InstantFilter": "2026-01-01", "IntegerFilter": "1", "BooleanFilter": "true"}

BACK = {"returnUrl": "https://shop.example/back"}
USD = {"amount": 5000, "currency": "USD"}
KEYS = {"publicKey": "pk_test_1", "secretKey": "sk_test_1"}
MONTHLY = {"cycleDefinitions": [{"position": 1, "amount": 900, "intervalUnit": "month", "intervalValue": 1}]}
YEARLY = {"cycleDefinitions": [{"position": 1, "amount": 9000, "intervalUnit": "year", "intervalValue": 1}]}
PLAN = {"type": "recurring", "currency": "usd", "billingSchedule": YEARLY}
CART = {"cart": {"items": [{"price": "{monthly}"}]}}
ADDRESSES = {"billingAddress": {"city": "Paris"}, "shippingAddress": {"line1": "1 High Street", "line2": None}}


def card(number):
    """The body that authorizes with a card."""
    return {"type": "card", "card": {"number": number, "expMonth": 12, "expYear": "40", "cvv": "100"}}


# What is called `name` on the left is `{name}` further down: the id of the record, or of the first of a list.
STORY = [
    ("profile", "POST /gateway-profiles", {"title": "One", "integration": "stripe", "credentials": KEYS}),
    ("", "POST /gateway-profiles/{profile}", {"title": "Two", "metadata": {"a": "b"}}),
    ("", "GET /gateway-profiles/{profile}", None),
    ("", "GET /gateway-profiles", None),
    ("", "DELETE /gateway-profiles/{profile}", None),
    ("eu", "GET /gateway-profiles", None),
    (
        "cascade",
        "POST /cascades",
        {"title": "One", "algorithm": "round_robin", "rules": [{"gatewayProfile": "{eu}", "position": 1}]},
    ),
    ("", "POST /cascades/{cascade}", {"description": "two"}),
    ("", "GET /cascades/{cascade}", None),
    ("", "GET /cascades", None),
    ("", "DELETE /cascades/{cascade}", None),
    (
        "policy",
        "POST /retry-policies",
        {"title": "One", "steps": [{"position": 1, "retryDelay": 3, "gatewayProfile": "{eu}"}]},
    ),
    ("", "POST /retry-policies/{policy}", {"isEnabled": False}),
    ("", "GET /retry-policies/{policy}", None),
    ("", "GET /retry-policies/default", None),
    ("", "GET /retry-policies", None),
    ("", "DELETE /retry-policies/{policy}", None),
    (
        "subscriber",
        "POST /webhook-subscribers",
        {"url": "https://shop.example/hooks", "events": ["customer.deleted"], "metadata": {"a": "b"}},
    ),
    ("", "POST /webhook-subscribers/{subscriber}", {"events": ["price.deleted"]}),
    ("", "GET /webhook-subscribers/{subscriber}", None),
    ("", "GET /webhook-subscribers", None),
    ("", "DELETE /webhook-subscribers/{subscriber}", None),
    ("config", "GET /merchant-configs", None),
    ("", "GET /merchant-configs/{config}", None),
    (
        "",
        "POST /merchant-configs/{config}",
        {"paymentMethodOptions": {"card": {"mode": "gatewayProfile", "gatewayProfile": "{eu}"}}},
    ),
    ("sam", "POST /customers", {"email": "sam@example.com", **ADDRESSES}),
    ("", "POST /customers/{sam}", {"dateOfBirth": "1990-01-31", "phoneNumber": None}),
    ("given_up", "POST /payments", {**USD, **BACK, **ADDRESSES, "utm": {"source": "mail"}}),
    ("", "POST /payments/{given_up}", {"metadata": {"order": "1"}, "customer": "{sam}"}),
    ("", "POST /payments/{given_up}/authorize", card("4000000000000002")),
    ("", "POST /payments/{given_up}/authorize", card("4000000000003220")),
    ("", "GET /payments/{given_up}", None),
    ("", "POST /payments/{given_up}/cancel", {}),
    (
        "paid",
        "POST /payments",
        {**USD, **BACK, "customer": "{sam}", "paymentMethodOptions": {"captureMethod": "manual"}},
    ),
    ("", "POST /payments/{paid}/authorize", card("4242424242424242")),
    ("", "POST /payments/{paid}/capture", {"amount": 4000}),
    ("", "POST /payments/{paid}/reverse", {"amount": 1000}),
    ("", "POST /payments/{paid}/record-chargeback", {"blacklistCustomer": True}),
    ("", "GET /payments/{paid}", None),
    ("", "GET /payments", None),
    ("transaction", "GET /transactions?sortDirection=desc", None),
    ("", "GET /transactions/{transaction}", None),
    ("method", "GET /payment-methods?customer[eq]={sam}", None),
    ("", "POST /payment-methods/{method}", {"isDefault": True}),
    ("", "GET /payment-methods/{method}", None),
    ("", "DELETE /payment-methods/{method}", None),
    ("mug", "POST /products", {"name": "Mug", "description": None, "statementDescriptor": "MUGS"}),
    ("", "POST /products/{mug}", {"description": "holds tea"}),
    ("", "GET /products/{mug}", None),
    ("once", "POST /prices", {"product": "{mug}", "type": "one_time", "currency": "USD", "amount": 1200}),
    (
        "monthly",
        "POST /prices",
        {"product": "{mug}", "type": "recurring", "currency": "usd", "amount": 100, "billingSchedule": MONTHLY},
    ),
    ("", "POST /prices/{once}", {"name": "one mug"}),
    ("", "POST /payments", {"currency": "usd", "cart": {"items": [{"price": "{once}", "quantity": 2}]}}),
    ("", "GET /prices/{monthly}", None),
    ("yearly", "POST /prices", {**PLAN, "product": "{mug}"}),
    ("kim", "POST /customers", {"email": "kim@example.com"}),
    ("first", "POST /payments", {"currency": "usd", "customer": "{kim}", **BACK, **CART}),
    ("", "POST /payments/{first}/authorize", card("4000000000000341")),  # approved once, then declined
    ("subscription", "GET /subscriptions?customer[eq]={kim}", None),
    ("", "GET /subscriptions/{subscription}", None),
    ("", "POST /subscriptions/{subscription}", {"retryPolicy": None, "metadata": {"seats": "3"}}),
    ("", "POST /subscriptions/{subscription}/cancel", {}),
    ("", "POST /subscriptions/{subscription}/resume", {}),
    ("preview", "POST /subscriptions/{subscription}/preview", {"price": "{yearly}"}),
    ("", "POST /subscriptions/{subscription}/apply-preview", {"preview": "{preview}"}),
    ("", "POST /_mock/clock/advance", {"by": "1 month"}),
    ("invoice", "GET /invoices?status[eq]=open", None),
    ("", "GET /invoices/{invoice}", None),
    ("", "POST /invoices/{invoice}", {"metadata": {"month": "2"}}),
    ("", "POST /invoices/{invoice}/pay", {}),
    ("", "POST /invoices/{invoice}/void", {}),
    ("", "GET /prices", None),
    ("", "GET /products", None),
    ("", "DELETE /prices/{once}", None),
    ("", "DELETE /products/{mug}", None),
    ("entry", "POST /blacklist", {"email": "joe@example.com", "reason": "fraud"}),
    ("", "GET /blacklist/{entry}", None),
    ("", "GET /blacklist", None),
    ("", "DELETE /blacklist/{entry}", None),
    ("", "POST /customers/{sam}/restrictions", {"restrictCit": True, "restrictReason": "fraud"}),
    ("", "GET /customers/{sam}", None),
    ("", "GET /customers", None),
    ("", "DELETE /customers/{sam}", None),
    ("secret", "POST /secret-keys", {"permissions": ["PAYMENT_READ"], "note": "mine"}),
    ("", "POST /secret-keys/{secret}", {"note": None}),
    ("", "POST /secret-keys/{secret}/rotate", {}),
    ("", "GET /secret-keys/{secret}", None),
    ("", "GET /secret-keys", None),
    ("", "DELETE /secret-keys/{secret}", None),
    ("public", "POST /publishable-keys", {}),
    ("", "POST /publishable-keys/{public}", {"note": "shop"}),
    ("", "GET /publishable-keys/{public}", None),
    ("", "GET /publishable-keys", None),
    ("", "DELETE /publishable-keys/{public}", None),
    ("alice", "POST /users", {"email": "alice@example.com", "password": "Str0ng#Pass", "role": "developer"}),
    ("", "POST /users/{alice}", {"role": "admin", "username": "alice", "metadata": {"team": "1"}}),
    ("", "GET /users/{alice}", None),
    ("", "GET /users", None),
    ("", "DELETE /users/{alice}", None),
    ("log", "GET /request-logs?sortDirection=desc&method[eq]=DELETE", None),
    ("", "GET /request-logs/{log}", None),
]


@pytest.fixture
def odus(held_to):
    """A client that is held to the document."""
    return held_to("/openapi.json")


def filled(node, names):
    """The same with every `{name}` filled in."""
    if isinstance(node, dict):
        return {key: filled(value, names) for key, value in node.items()}
    if isinstance(node, list):
        return [filled(value, names) for value in node]
    return node.format_map(names) if isinstance(node, str) else node


def test_every_operation_answers_as_described(odus):
    """A live answer of each, as a secret key gets it."""
    names = {}
    for name, call, body in STORY:
        method, path = filled(call, names).split()
        ask = odus.client if path.startswith("/_mock") else odus  # how the mock is driven is told elsewhere
        answer = ask(method, path, filled(body, names))
        assert answer.status < 400, (call, answer.text)
        if name:
            names[name] = (answer.json.get("data") or [answer.json])[0]["id"]

    assert set() == OPERATIONS.keys() - odus.seen


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
