"""`api` in a scenario: what befalls requests of the Odus API, over HTTP and below it."""

from __future__ import annotations

import json
import socket
from time import monotonic
from urllib.parse import urlsplit

import pytest

BODY = json.dumps({"amount": 5000, "currency": "usd"}).encode()


@pytest.fixture
def faulty(account):
    """A sandbox whose API has these faults."""

    def made(*faults, **fields):
        document = {"version": 1, "name": "faulty", "extends": "starter", "api": list(faults)} | fields
        return account(scenario=document, is_held=False)  # no document describes what befalls a request

    return made


@pytest.fixture
def line():
    """Sends a request on a connection of its own. Everything that comes back until it is closed."""
    opened = []

    def ask(api, method="POST", path="/payments", body=BODY, close=True):
        host = urlsplit(api.url).netloc
        connection = socket.create_connection(host.split(":"), timeout=10)
        opened.append(connection)
        head = [f"{method} {path} HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {api.key}"]
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        head += ["Connection: close"] if close else []
        connection.sendall("\r\n".join([*head, "", ""]).encode() + body)
        return connection

    yield ask
    for connection in opened:
        connection.close()


def everything(connection):
    received = b""
    while part := connection.recv(65536):
        received += part
    return received


def journaled(api):
    """Method, status and fault of each request of the Odus API, oldest first."""
    found = api.get("/_mock/journal/requests?pageSize=100").json["data"]
    return [(one["method"], one["status"], one["fault"]) for one in found if not one["path"].startswith("/_mock")]


def test_a_status_is_answered_and_nothing_done(faulty):
    """In Odus's form, with the fault's name, and with Retry-After where that is told."""
    api = faulty({"name": "busy", "when": {"path": "/payments"}, "then": {"status": 429, "retryAfter": 5}})
    answer = api.post("/payments", {"amount": 5000, "currency": "usd"})

    told = {"statusCode": 429, "message": "the scenario says so: busy", "error": "Too Many Requests"}
    assert (429, told, "5") == (answer.status, answer.json, answer.headers["retry-after"])
    assert answer.headers["x-request-id"].startswith("req_")
    assert 200 == api.get("/customers").status
    assert 0 == api.get("/_mock/journal/events").json["pagination"]["itemCount"]
    assert [("POST", 429, "busy"), ("GET", 200, None)] == journaled(api)


def test_the_request_decides(faulty):
    """Method, path with globs, and the kind of key; all must fit, each may be one of several."""
    api = faulty(
        {"when": {"method": "GET", "path": ["/payments/*", "/customers"]}, "then": {"status": 500}},
        {"when": {"keyKind": "publishableKey"}, "then": {"status": 503}},
    )
    id = api.payment()["id"]
    browser = api.with_key(api.publishable_key)

    assert [500, 500, 200] == [api.get(path).status for path in (f"/payments/{id}", "/customers", "/payments")]
    assert 503 == browser.post(f"/payments/{id}/authorize", api.card()).status
    assert 201 == api.post("/payments", {"amount": 1, "currency": "usd"}).status


def test_some_of_the_requests_are_struck(faulty):
    """`nth` and `every` count requests that fit, `times` those that were struck; other requests count nothing."""
    post = {"method": "POST", "path": "/customers"}
    api = faulty(
        {"when": post | {"nth": [1, 2]}, "then": {"status": 500}},
        {"when": post | {"every": 2}, "times": 1, "then": {"status": 503}},
    )
    found = []
    for number in range(6):
        api.get("/customers")
        found.append(api.post("/customers", {"email": f"{number}@example.com"}).status)

    assert [500, 500, 201, 503, 201, 201] == found


def test_the_control_api_and_pages_are_spared(faulty):
    """A scenario that breaks everything can still be looked at and ended."""
    api = faulty({"then": {"status": 500}})

    assert 500 == api.get("/payments").status
    assert 200 == api.get("/_mock/clock").status
    assert 404 == api.get("/challenge/nobody/none").status
    assert 200 == api.delete("/_mock/scenario").status
    assert 200 == api.get("/payments").status


def test_counts_are_part_of_the_world(faulty):
    """Restored, the same request is struck again; a chance falls on the same ones."""
    api = faulty({"name": "dice", "chance": "40%", "then": {"status": 500}})
    api.made("/_mock/snapshots", {"name": "before"})
    first = [api.get("/payments").status for _ in range(40)]
    api.post("/_mock/snapshots/before/restore")

    assert first == [api.get("/payments").status for _ in range(40)]
    assert {200, 500} == set(first)


def test_a_lost_answer_and_a_lost_request(faulty, line):
    """`drop: after` does what was asked for, `drop: before` does not; the client sees the same."""
    api = faulty(
        {"name": "after", "when": {"nth": 1}, "then": {"drop": "after"}},
        {"name": "before", "when": {"nth": 1}, "then": {"drop": "before"}},
        {"name": "empty", "when": {"nth": 1}, "then": "empty"},
    )

    assert [b"", b"", b""] == [everything(line(api)) for _ in range(3)]
    assert 1 == api.get("/payments").json["pagination"]["itemCount"]
    told = [("POST", 201, "after"), ("POST", None, "before"), ("POST", None, "empty"), ("GET", 200, None)]
    assert told == journaled(api)


def test_a_reset(faulty, line):
    """The connection is reset, not closed, and the payment is not made."""
    api = faulty({"when": {"nth": 1}, "then": "reset"})

    with pytest.raises(ConnectionResetError):
        everything(line(api))
    assert 0 == api.get("/payments").json["pagination"]["itemCount"]


def test_a_hanging_request(faulty, line):
    """Nothing comes, however long one waits; when the client is gone the next is served."""
    api = faulty({"when": {"nth": 1}, "then": "hang"})
    connection = line(api)
    connection.settimeout(0.2)

    with pytest.raises(TimeoutError):
        connection.recv(1)
    connection.close()
    assert 0 == api.get("/payments").json["pagination"]["itemCount"]


def test_half_an_answer(faulty, line):
    """`truncate` breaks off within the length that was announced; `malformed` ends well and is no JSON."""
    api = faulty({"when": {"nth": 1}, "then": "truncate"}, {"when": {"nth": 1}, "then": "malformed"})
    heads, bodies = zip(*(everything(line(api)).split(b"\r\n\r\n", 1) for _ in range(2)))
    lengths = [
        int(row.partition(b":")[2]) for head in heads for row in head.lower().split(b"\r\n") if b"content-length" in row
    ]

    assert all(head.startswith(b"HTTP/1.1 201") for head in heads)
    assert lengths[0] // 2 == len(bodies[0])
    assert lengths[1] == len(bodies[1])
    for body in bodies:
        with pytest.raises(json.JSONDecodeError):
            json.loads(body)
    assert 2 == api.get("/payments").json["pagination"]["itemCount"]


def test_a_slow_answer(faulty, line):
    """`latency` is really waited, `drip` sends the answer piece by piece; both are whole in the end."""
    api = faulty({"when": {"nth": 1}, "then": {"latency": "80 ms"}}, {"when": {"nth": 1}, "then": {"drip": "80 ms"}})
    for wanted in ("late", "in drips"):
        began = monotonic()
        head, _, body = everything(line(api)).partition(b"\r\n\r\n")

        assert monotonic() - began >= 0.08, wanted
        assert head.startswith(b"HTTP/1.1 201")
        assert 5000 == json.loads(body)["amount"]


def test_the_connection_is_good_for_another_request(faulty, line):
    """A late answer, one in drips, a malformed one and a scripted error leave it open."""
    kinds = ({"latency": "1 ms"}, {"drip": "5 ms"}, "malformed", {"status": 503})
    api = faulty(*({"when": {"nth": 1, "method": "POST"}, "then": then} for then in kinds))

    assert [201, 201, 201, 503, 201] == [
        api.post("/payments", {"amount": 5, "currency": "usd"}).status for _ in range(5)
    ]


def test_webhooks_of_a_lost_answer_are_sent(faulty, line):
    """What was done is told, though the client has heard nothing."""
    api = faulty({"when": {"path": "/payments", "nth": 1}, "then": {"drop": "after"}})
    api.made("/webhook-subscribers", {"url": "http://127.0.0.1:9/nobody", "events": ["*"]})
    everything(line(api))
    api.made("/_mock/deliveries/settle")

    found = api.get("/_mock/journal/deliveries").json["data"]
    assert ("payment.created", 1, "failed") in [(one["eventType"], one["attempt"], one["status"]) for one in found]
