"""Request logs: calls that could change something, with both bodies, but for card data and secrets."""

import json

import pytest

VISA = "4242424242424242"
CARD = {"type": "card", "card": {"number": VISA, "expMonth": 12, "expYear": "40", "cvv": "987"}}
KEYS = {"publicKey": "pk_test_abc", "secretKey": "sk_test_abc"}
PROFILE = {"title": "One", "integration": "stripe", "credentials": KEYS}


def logs(api, query=""):
    answer = api.get(f"/request-logs?pageSize=100&{query}")
    assert 200 == answer.status, answer.text
    return answer.json["data"]


def last(api):
    return logs(api)[-1]


def test_a_call_is_told_with_both_bodies(api):
    """Who asked from where, what was sent, what was answered."""
    answer = api("POST", "/customers", {"email": "sam@example.com"}, headers={"User-Agent": "shop/1.0"})
    log = last(api)
    assert {"email": "sam@example.com"} == json.loads(log.pop("requestBody"))
    assert answer.json == json.loads(log.pop("responseBody"))
    assert {
        "id": answer.headers["x-request-id"],
        "createdAt": answer.headers["x-mock-now"],
        "requestId": answer.headers["x-request-id"],
        "endpoint": "/customers",
        "method": "POST",
        "statusCode": 201,
        "clientIp": "127.0.0.1",
        "initiator": "secretKey",
        "userAgent": "shop/1.0",
    } == log
    assert api.get(f"/request-logs/{log['id']}").json["responseBody"] == answer.text


def test_only_calls_that_could_change_something_are_told(api):
    """POST and DELETE of the API; neither reading nor steering the mock."""
    made = api.made("/customers", {"email": "sam@example.com"})["id"]
    before = len(logs(api))
    api.get("/customers")
    api.made("/_mock/clock/advance", {"by": "1 day"})
    api("DELETE", f"/customers/{made}")
    assert [("DELETE", f"/customers/{made}", None)] == [
        (log["method"], log["endpoint"], log["requestBody"]) for log in logs(api)[before:]
    ]


def test_neither_card_data_nor_secrets_are_kept(api):
    """Numbers, codes, credentials, values of keys and secrets are struck out, wherever the call went wrong."""
    paid = api.payment()
    path = f"/payments/{paid['id']}/authorize"
    api("POST", path, CARD)
    api("POST", path, CARD | {"note": "4242 4242 4242 4242", VISA: 1})
    api("POST", "/gateway-profiles", PROFILE)
    key = api.made("/secret-keys", {"permissions": ["PAYMENT_READ"]})["value"]
    hook = {"url": "https://shop.example/hooks", "events": ["*"]}
    secret = api.made("/webhook-subscribers", hook)["secret"]
    escaped = "".join(f"\\u{ord(digit):04x}" for digit in VISA)
    api("POST", path, raw=f'{{"card": {{"n\\u0075mber": "{escaped}", "cvv": 987}}}}'.encode())
    told = json.dumps(logs(api))
    for hidden in (VISA, "4242 4242", '"987', ": 987", "_test_abc", key, secret, paid["checkoutKey"], "\\\\u0034"):
        assert hidden not in told, hidden
    assert "shop.example/hooks" in told


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/users", {"Password": "Str0ng#Pass"}),
        ("/users", {"password": {"x": "Str0ng#Pass"}}),
        ("/users", {"password": ["Str0ng#Pass"], "name": "Sam"}),
        ("/gateway-profiles", {"credentials": {"secretkey": "Str0ng#Pass"}}),
        ("/gateway-profiles", [{"credentials": {"API" + "KEY": "Str0ng#Pass"}}]),
    ],
)
def test_a_secret_in_the_wrong_place_is_not_kept(api, path, body):
    """What was refused is kept without it, whatever it is and however its name is spelled."""
    assert 400 == api.post(path, body).status
    assert "***" in last(api)["requestBody"]
    assert "Str0ng" not in json.dumps(last(api))


def test_a_name_behind_an_escape_hides_no_secret(api):
    """Not even one that is misspelt as well."""
    assert 400 == api("POST", "/users", raw=b'{"P\\u0061ssword": {"x": "Str0ng#Pass"}}').status
    assert {"Password": "***"} == json.loads(last(api)["requestBody"])


def test_logs_stand_in_the_order_of_their_times(api):
    """Also when the clock was set back between them."""
    api.made("/_mock/snapshots", {"name": "before"})
    api.made("/_mock/clock/advance", {"by": "1 year"})
    api.payment()
    api.made("/_mock/snapshots/before/restore")
    api.payment()
    times = [log["createdAt"] for log in logs(api)]

    assert times == sorted(times)
    assert times[::-1] == [log["createdAt"] for log in logs(api, "sortBy=createdAt&sortDirection=desc")]


def test_a_body_that_is_not_json_is_not_kept(api):
    """It could hide anything."""
    path = f"/payments/{api.payment()['id']}/authorize"
    api("POST", path, raw=b'{"card": {"cvv": 987')
    assert (400, None) == (last(api)["statusCode"], last(api)["requestBody"])
    api("POST", path, raw=b"number=4242424242424242", headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert (415, None) == (last(api)["statusCode"], last(api)["requestBody"])
    assert "content type" in last(api)["responseBody"] or "application/json" in last(api)["responseBody"]


def test_a_very_long_body_is_not_kept(api):
    """Its length is told instead."""
    api.made("/customers", {"email": "sam@example.com", "metadata": {f"key{n}": "x" * 500 for n in range(40)}})
    assert "(" == last(api)["requestBody"][0]
    assert last(api)["requestBody"].endswith(" bytes)")


@pytest.mark.parametrize(
    ("query", "endpoints"),
    [
        ("method[eq]=DELETE", ["/customers/nobody"]),
        ("statusCode[gte]=400", ["/customers/nobody", "/payments"]),
        ("endpoint[like]=paym", ["/payments", "/payments"]),
        ("initiator[eq]=publishableKey", ["/payments"]),
        ("initiator[isNull]=true", []),
    ],
)
def test_logs_are_filtered(api, query, endpoints):
    """By method, status, a part of the endpoint, and the kind of key."""
    api("POST", "/customers", {"email": "sam@example.com"})
    api("DELETE", "/customers/nobody")
    api("POST", "/payments", {"amount": 5000, "currency": "usd"})
    api.with_key(api.publishable_key)("POST", "/payments", {"amount": 5000, "currency": "usd"})
    assert endpoints == [log["endpoint"] for log in logs(api, query)]


def test_a_log_is_found_by_its_request(api):
    """The id that came with the answer leads to it; another one to nothing."""
    id = api("POST", "/payments", {"amount": 5000, "currency": "usd"}).headers["x-request-id"]
    assert [id] == [log["id"] for log in logs(api, f"requestId[eq]={id}")]
    assert 404 == api.get("/request-logs/req_nobody").status


def test_what_never_reached_the_api_has_no_log(api):
    """A connection that a scenario cuts before anything is done."""
    api.put(
        "/_mock/scenario?keepWorld=true",
        {
            "version": 1,
            "name": "cut",
            "api": [{"name": "cut", "when": {"method": "POST"}, "then": {"drop": "before"}}],
        },
    )
    before = len(logs(api))
    with pytest.raises(ConnectionError):
        api("POST", "/customers", {"email": "sam@example.com"})
    assert before == len(logs(api.with_key(api.key)))
