"""What every answer carries, and what the router itself answers."""

import re
import socket

import pytest

from mock_odus.app import Server, create_app
from mock_odus.web.routing import Route

START = "2026-01-01T00:00:00.000Z"
KSUID = re.compile(r"[0-9A-Za-z]{27}")

ANSWERS = {
    200: ("GET", "/payments", {}),
    201: ("POST", "/customers", {"body": {"email": "a@b.example"}}),
    400: ("POST", "/payments", {"body": {}}),
    404: ("GET", "/payments/pay_x", {}),
    405: ("PUT", "/payments", {}),
    413: ("POST", "/payments", {"raw": b" " * (1024 * 1024 + 1)}),
    415: ("POST", "/payments", {"raw": b"x", "headers": {"Content-Type": "text/plain"}}),
    409: ("POST", "/_mock/clock/advance", {"body": {"to": "2020-01-01T00:00:00Z"}}),
}


@pytest.mark.parametrize(("status", "call"), ANSWERS.items(), ids=map(str, ANSWERS))
def test_every_answer_has_an_id_and_the_time(api, status, call):
    """`x-request-id` and the sandbox's time are on answers of every status."""
    api.post("/_mock/clock/advance", {"by": "1 hour"})
    method, path, options = call
    answer = api(method, path, **options)

    assert status == answer.status
    assert re.fullmatch(r"req_[0-9A-Za-z]{27}", answer.headers["x-request-id"])
    assert "2026-01-01T01:00:00.000Z" == answer.headers["x-mock-now"]


@pytest.mark.parametrize("key", [None, "skey_nobody"])
@pytest.mark.parametrize(("method", "path"), [("GET", "/payments"), ("GET", "/nowhere"), ("PATCH", "/payments")])
def test_answers_to_strangers_have_an_id_and_a_time(api, method, path, key):
    """Without a good key the time is the default sandbox's."""
    answer = api.with_key(key)(method, path)

    assert {"/payments": 401, "/nowhere": 404}[path] == answer.status or "PATCH" == method
    assert re.fullmatch(r"req_[0-9A-Za-z]{27}", answer.headers["x-request-id"])
    assert answer.headers["x-mock-now"].endswith("Z")


def test_a_fault_of_ours_has_an_id_and_a_time_and_tells_nothing(api):
    """A 500 carries both headers, and its body none of the details."""
    app = create_app(scenario="starter")

    async def broken(request):
        raise RuntimeError("the secret detail")

    app.branches.add(Route("/broken", broken))
    server = Server(app)
    server.start()
    answer = api.at(server.url).get("/broken")
    entries = api.at(server.url).get("/_mock/journal/requests?path[eq]=/broken").json["data"]
    server.stop()

    assert (500, "Internal Server Error") == (answer.status, answer.json["error"])
    assert "secret" not in answer.text
    assert START == answer.headers["x-mock-now"]
    assert re.fullmatch(r"req_[0-9A-Za-z]{27}", answer.headers["x-request-id"])
    assert [(500, answer.headers["x-request-id"])] == [(entry["status"], entry["id"]) for entry in entries]


def test_a_request_id_is_told_once(api):
    """No two answers have the same id; the journal knows each by it."""
    ids = [api.get("/payments").headers["x-request-id"] for _ in range(5)]

    assert 5 == len(set(ids))
    assert ids == [entry["id"] for entry in api.get("/_mock/journal/requests?path[eq]=/payments").json["data"]]


def test_ids_are_a_prefix_and_a_ksuid(api):
    """Every record's id is its prefix and 27 base-62 characters, sorted by the sandbox's time."""
    paid = api.paid(customer=api.ids["jane"])
    subscribed = api.subscribed()
    preview = api.made(f"/subscriptions/{subscribed['id']}/preview", {"price": api.recurring()["id"]})
    api.post("/_mock/clock/advance", {"by": "1 second"})
    later = api.payment()
    ids = {
        "pay": paid["id"],
        "txn": paid["transactions"][0]["id"],
        "cus": api.made("/customers", {"email": "a@b.example"})["id"],
        "gwp": api.made("/gateway-profiles", {"title": "x", "integration": "stripe"})["id"],
        "pm": paid["paymentMethod"],
        "mcf": api.get("/merchant-configs").json["data"][0]["id"],
        "key": api.made("/secret-keys", {"permissions": ["PAYMENT_READ"]})["id"],
        "sub": subscribed["id"],
        "inv": subscribed["latestInvoice"],
        "prv": preview["id"],
        "rp": api.get("/retry-policies/default").json["id"],
        "blk": api.made("/blacklist", {"email": "a@b.example"})["id"],
        "usr": api.made("/users", {"email": "a@b.example", "password": "Str0ng#Pass", "role": "admin"})["id"],
        "prod": (product := api.made("/products", {"name": "Mug"})["id"]),
        "price": api.made("/prices", {"product": product, "type": "one_time", "currency": "usd", "amount": 1})["id"],
    }

    for prefix, id in ids.items():
        begin, _, tail = id.partition("_")
        assert prefix == begin
        assert KSUID.fullmatch(tail), id
    assert paid["id"] < later["id"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/payments", {"GET", "HEAD", "POST"}),
        ("PATCH", "/payments/pay_x", {"GET", "HEAD", "POST"}),
        ("DELETE", "/payments/pay_x", {"GET", "HEAD", "POST"}),
        ("GET", "/payments/pay_x/authorize", {"POST"}),
        ("POST", "/transactions", {"GET", "HEAD"}),
        ("POST", "/payment-methods", {"GET", "HEAD"}),
        ("POST", "/subscriptions", {"GET", "HEAD"}),
        ("POST", "/invoices", {"GET", "HEAD"}),
        ("DELETE", "/subscriptions/sub_x", {"GET", "HEAD", "POST"}),
        ("POST", "/_mock/health", {"GET", "HEAD"}),
        ("GET", "/_mock/clock/advance", {"POST"}),
        ("POST", "/_mock/scenario", {"GET", "HEAD", "PUT", "DELETE"}),
        ("OPTIONS", "/customers", {"GET", "HEAD", "POST"}),
    ],
)
def test_a_method_that_a_path_does_not_take_is_a_405(api, method, path, allowed):
    """The answer names every method that is allowed, in `Allow` and in words."""
    answer = api(method, path)

    assert (405, "Method Not Allowed") == (answer.status, answer.json["error"])
    assert allowed == set(re.split(r",\s*", answer.headers["allow"]))
    assert method in answer.json["message"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nowhere",
        "/payment",
        "/payments/",
        "/payments//authorize",
        "/payments/x/y/z",
        "//payments",
        "/_mock",
        "/_mock/",
        "/_mock/nowhere",
        "/Payments",
        "/v1/payments",
        "/%00",
        "/%ff",
        "/payments/x/refund",
        "/challenge",
        "/challenge/mock",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_route_is_a_404_in_json(api, method, path):
    """A path that leads nowhere says so in the API's own form."""
    answer = api(method, path)

    assert (404, "Not Found") == (answer.status, answer.json["error"])


def test_a_host_that_cannot_be_is_no_fault_of_ours(api):
    """A Host header that is no host does not break an answer."""
    for host in ("[", "a[b", "", "localhost:x"):
        assert 404 == api.get("/nowhere", headers={"Host": host}).status, host
        assert 405 == api.put("/payments", headers={"Host": host}).status, host
        assert 200 == api.get("/payments", headers={"Host": host}).status, host


@pytest.mark.parametrize(
    "line", ["OPTIONS *", "GET http://127.0.0.1/payments", "GET payments", "CONNECT a:1", "GET ?x"]
)
def test_a_request_line_without_a_path_is_no_fault_of_ours(server, line):
    """Forms of a request line that name no path are answered with a refusal."""
    with socket.create_connection((server.host, server.port)) as connection:
        connection.sendall(f"{line} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        status = connection.recv(65536).split(b" ")[1]

    assert b"4" == status[:1], status


def test_head_answers_like_get_without_a_body(api):
    """HEAD has the status and the length of GET, and no bytes."""
    payment = api.payment()
    for path in ("/payments", f"/payments/{payment['id']}", "/payments/pay_x", "/_mock/health"):
        got, head = api.get(path), api("HEAD", path)

        assert got.status == head.status
        assert b"" == head.raw
        assert "x-request-id" in head.headers
    assert str(len(got.raw)) == head.headers["content-length"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/payments", {"amount": 1, "currency": "usd"}),
        ("/customers", {"email": "a@b.example"}),
        ("/blacklist", {"email": "a@b.example"}),
        ("/products", {"name": "Mug"}),
        ("/gateway-profiles", {"title": "x", "integration": "stripe"}),
        ("/secret-keys", {"permissions": ["PAYMENT_READ"]}),
        ("/users", {"email": "a@b.example", "password": "Str0ng#Pass", "role": "admin"}),
    ],
)
def test_a_post_answers_201_and_get_200(api, path, body):
    """A create answers 201 and the record, which GET then answers with 200."""
    created = api.post(path, body)
    found = api.get(f"{path}/{created.json['id']}")

    assert (201, 200) == (created.status, found.status)
    assert {name: value for name, value in created.json.items() if name != "value"} == {
        name: value for name, value in found.json.items() if name != "value"
    }


def test_updates_and_actions_answer_201_and_a_delete_200(api):
    """Every successful POST is a 201; a DELETE is a 200 and the deleted record."""
    paid = api.paid()
    key = api.made("/secret-keys", {"permissions": ["PAYMENT_READ"]})

    assert 201 == api.post(f"/payments/{paid['id']}", {"metadata": {"a": "b"}}).status
    assert 201 == api.post(f"/customers/{api.ids['jane']}", {"name": "Jane Doe"}).status
    assert 201 == api.post(f"/payments/{paid['id']}/reverse").status
    deleted = api.delete(f"/secret-keys/{key['id']}")
    assert (200, key["id"]) == (deleted.status, deleted.json["id"])
    assert 404 == api.delete(f"/secret-keys/{key['id']}").status
