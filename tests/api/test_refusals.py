"""What a refused request is told: every problem, where it is, what would be right, and nothing secret."""

import json

import pytest

CARD_NUMBER = "4000000000000077"


def test_an_error_has_odus_shape(api):
    """A validation error is `{statusCode, message: [...], error}` in JSON."""
    answer = api.post("/payments", {"amount": -1, "currency": "usd"})

    assert 400 == answer.status
    assert "application/json" == answer.headers["content-type"]
    assert {"statusCode", "message", "error"} == answer.json.keys()
    assert (400, "Bad Request") == (answer.json["statusCode"], answer.json["error"])
    assert ["amount must be a positive integer, found -1"] == answer.json["message"]


def test_any_other_error_is_one_sentence(api):
    """What is no validation error says its message as text."""
    answer = api.get("/payments/pay_nowhere")

    assert 404 == answer.status
    assert {"statusCode": 404, "message": "no payment with id 'pay_nowhere'", "error": "Not Found"} == answer.json


def test_every_problem_is_told_at_once(api):
    """One answer names all fields at fault, each by its path, in every depth of the body."""
    answer = api.post(
        "/payments",
        {
            "amount": "50",
            "curency": "usd",
            "initiator": "robot",
            "paymentMethodOptions": {"card": {"mode": "cascades"}},
            "billingAddress": {"line1": 7, "town": "Paris"},
            "metadata": {"orderId": 7},
        },
    )

    assert 400 == answer.status
    assert [
        "amount",
        "billingAddress.line1",
        "billingAddress.town",
        "curency",
        "currency",
        "initiator",
        "metadata.orderId",
        "paymentMethodOptions.card.mode",
    ] == sorted(problem.split(" ")[0] for problem in answer.problems)


def test_problems_of_list_entries_name_their_place(api):
    """A fault inside a list is found by its position."""
    rules = [{"gatewayProfile": api.ids["adyen_us"], "position": 1}, {"gatewayProfile": 7, "position": 11}]
    answer = api.post("/cascades", {"title": "Two", "algorithm": "priority_queue", "rules": rules})

    assert [
        "rules[1].gatewayProfile must be text, found 7",
        "rules[1].position must be an integer from 1 to 10, found 11",
    ] == answer.problems


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/customers", {"email": "a@b.example", "nmae": "x"}, "nmae is not a known field; did you mean 'name'?"),
        (
            "/payments",
            {"amount": 1, "currency": "usd", "customerId": "x"},
            "customerId is not a known field; did you mean 'customer'?",
        ),
        (
            "/payments",
            {"amount": 1, "currency": "usd", "initiator": "merchnt"},
            "initiator must be one of customer, merchant, found \"merchnt\"; did you mean 'merchant'?",
        ),
        (
            "/gateway-profiles",
            {"title": "x", "integration": "strpe"},
            "integration must be one of stripe, adyen, checkout, paypal, found \"strpe\"; did you mean 'stripe'?",
        ),
    ],
)
def test_a_slip_is_told_the_nearest_word(api, path, body, told):
    """An unknown field or word is answered with the one that was probably meant."""
    assert [told] == api.post(path, body).problems


@pytest.mark.parametrize(
    ("path", "required"),
    [
        ("/payments", ["currency"]),
        ("/customers", ["email"]),
        ("/gateway-profiles", ["title", "integration"]),
        ("/cascades", ["title", "algorithm", "rules"]),
        ("/secret-keys", ["permissions"]),
    ],
)
def test_required_fields_are_named(api, path, required):
    """An empty create names every field it needs."""
    answer = api.post(path, {})

    assert 400 == answer.status
    assert sorted(f"{name} is required" for name in required) == sorted(answer.problems)


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("customer", {"customer": "cus_nobody"}),
        ("paymentMethod", {"customer": "jane", "paymentMethod": "pm_none"}),
        (
            "paymentMethodOptions.card.cascade",
            {"paymentMethodOptions": {"card": {"mode": "cascade", "cascade": "cas_x"}}},
        ),
        (
            "paymentMethodOptions.card.gatewayProfile",
            {"paymentMethodOptions": {"card": {"mode": "gatewayProfile", "gatewayProfile": "gwp_x"}}},
        ),
    ],
)
def test_an_unknown_id_in_a_body_is_a_400_that_names_the_field(api, field, body):
    """What a body refers to must exist: 400, never 404."""
    if body.get("customer") == "jane":
        body = body | {"customer": api.ids["jane"]}
    answer = api.post("/payments", {"amount": 1, "currency": "usd"} | body)

    assert 400 == answer.status
    assert [field] == [problem.split(" ")[0] for problem in answer.problems]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/payments/{}"),
        ("POST", "/payments/{}"),
        ("POST", "/payments/{}/authorize"),
        ("POST", "/payments/{}/reverse"),
        ("GET", "/transactions/{}"),
        ("GET", "/customers/{}"),
        ("POST", "/customers/{}"),
        ("GET", "/payment-methods/{}"),
        ("GET", "/gateway-profiles/{}"),
        ("POST", "/gateway-profiles/{}"),
        ("DELETE", "/gateway-profiles/{}"),
        ("GET", "/cascades/{}"),
        ("POST", "/cascades/{}"),
        ("DELETE", "/cascades/{}"),
        ("GET", "/merchant-configs/{}"),
        ("POST", "/merchant-configs/{}"),
        ("GET", "/secret-keys/{}"),
        ("DELETE", "/secret-keys/{}"),
    ],
)
@pytest.mark.parametrize("id", ["pay_nowhere", "cus_nowhere", "x", "%00", "..", "%F0%9F%92%B3", "a%20b"])
def test_an_unknown_id_in_the_path_is_a_404(api, method, path, id):
    """An id that no record of that kind has is not found, whatever it looks like."""
    assert 404 == api(method, path.format(id)).status


def test_an_id_of_another_kind_is_not_found(api):
    """A customer is no payment."""
    assert 404 == api.get(f"/payments/{api.ids['jane']}").status


@pytest.mark.parametrize("number", [CARD_NUMBER, "4000 0000 0000 0077", "4000-0000-0000-0077"])
@pytest.mark.parametrize(
    "shape",
    [
        lambda number: {"type": "card", "card": number},
        lambda number: {"type": "card", "card": [number, "9173"]},
        lambda number: {"type": "card", "card": {"number": number, "cvv": "9173"}},
        lambda number: {"type": "card", "card": {"number": {"value": number}, "cvv": {"value": "9173"}}},
        lambda number: {"type": "card", "card": {"nummer": number, "cvc": "9173"}},
        lambda number: {"type": number, "cvv": "9173"},
        lambda number: {"number": number, "cvv": "9173"},
        lambda number: {"paymentMethod": {"number": number, "cvv": "9173"}},
        lambda number: {"paymentMethod": number},
        lambda number: {"card": {"number": number, "expMonth": 13, "expYear": number, "cvv": "9173x"}},
        lambda number: {"returnUrl": number},
        lambda number: {"returnUrl": [number, "9173"]},
        lambda number: {number: 1},
        lambda number: {"type": "card", "card": {number: 1}},
        lambda number: [number, "9173"],
        lambda number: number,
    ],
)
def test_a_refusal_never_repeats_card_data(api, shape, number):
    """No error holds a card number or a CVV, in whatever field they stand."""
    answer = api.post(f"/payments/{api.payment()['id']}/authorize", shape(number))

    assert 400 == answer.status
    digits = answer.text.replace(" ", "").replace("-", "")
    assert "4000000000" not in digits
    assert "9173" not in digits


def test_a_number_that_is_cut_short_is_struck_out_too(api):
    """A long value is shortened after its card number was struck out, so that no half of one is left."""
    answer = api.post(f"/payments/{api.payment()['id']}/authorize", {"paymentMethod": ["x" * 41, CARD_NUMBER]})

    assert "40000000" not in answer.text


@pytest.mark.parametrize("credentials", ["sk_live_hush", ["sk_live_hush"], {"secretKey": ["sk_live_hush"]}])
def test_a_refusal_never_repeats_a_credential_of_the_wrong_shape(api, credentials):
    """A credential that does not fit its type is not shown."""
    answer = api.post("/gateway-profiles", {"title": "x", "integration": "stripe", "credentials": credentials})

    assert 400 == answer.status
    assert "hush" not in answer.text


def test_a_refusal_never_repeats_a_credential(api):
    """A credential of the other environment is refused without being shown."""
    credentials = {"publicKey": "pk_live_hush", "secretKey": "sk_live_hush", "apikey": "hush"}
    answer = api.post("/gateway-profiles", {"title": "x", "integration": "stripe", "credentials": credentials})

    assert ["credentials.publicKey", "credentials.secretKey", "credentials.apikey"] == [
        problem.split(" ")[0] for problem in answer.problems
    ]
    assert "hush" not in answer.text


def test_a_refused_request_changes_nothing(api):
    """The world's digest is the same after each kind of refusal."""
    payment = api.payment()["id"]
    before = api.get("/_mock/digest").json

    for path, body in [
        ("/payments", {"amount": 0, "currency": "usd"}),
        ("/payments", {"amount": 5, "currency": "usd", "customer": "cus_nobody"}),
        (f"/payments/{payment}/authorize", {}),
        (f"/payments/{payment}/authorize", api.card()),
        (f"/payments/{payment}/reverse", {}),
        (f"/payments/{payment}", {"metadata": {"a": None}}),
        ("/customers", {}),
        ("/cascades", {"title": "x", "algorithm": "priority_queue", "rules": []}),
    ]:
        assert 400 == api.post(path, body).status, path

    assert before == api.get("/_mock/digest").json


def test_every_field_of_a_record_is_present(api):
    """Fields that are unset are null, not left out."""
    payment = api.payment()

    assert None is payment["customer"]
    assert None is payment["action"]
    assert None is payment["cart"]
    assert [] == payment["transactions"]
    assert {} == payment["metadata"]
    assert api.get(f"/payments/{payment['id']}").json == payment


def test_a_deeply_nested_value_is_no_fault_of_ours(api):
    """A validation error of a nested value is still JSON."""
    body = json.loads('{"amount":' + "[" * 200 + "]" * 200 + "}")

    assert 400 == api.post("/payments", body).status
