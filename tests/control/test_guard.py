"""Who may drive the mock: no foreign page, no rebound name, no key but a secret one."""

import pytest

from mock_odus.app import Server, create_app

ROUTES = [
    ("GET", "/_mock/health"),
    ("GET", "/_mock/sandboxes"),
    ("POST", "/_mock/sandboxes"),
    ("POST", "/_mock/sandboxes/mock/reset"),
    ("DELETE", "/_mock/sandboxes/mock"),
    ("GET", "/_mock/snapshots"),
    ("POST", "/_mock/snapshots"),
    ("POST", "/_mock/snapshots/x/restore"),
    ("DELETE", "/_mock/snapshots/x"),
    ("GET", "/_mock/digest"),
    ("GET", "/_mock/clock"),
    ("POST", "/_mock/clock/advance"),
    ("POST", "/_mock/clock/freeze"),
    ("POST", "/_mock/clock/tick"),
    ("GET", "/_mock/scenario"),
    ("GET", "/_mock/scenarios/starter"),
    ("POST", "/_mock/scenario/check"),
    ("PUT", "/_mock/scenario"),
    ("DELETE", "/_mock/scenario"),
    ("GET", "/_mock/rules"),
    ("POST", "/_mock/rules"),
    ("DELETE", "/_mock/rules/x"),
    ("GET", "/_mock/journal/requests"),
    ("GET", "/_mock/journal/events"),
    ("GET", "/_mock/journal/attempts"),
    ("GET", "/_mock/journal/jobs"),
    ("GET", "/_mock/timeline"),
    ("GET", "/_mock/challenges"),
    ("POST", "/_mock/challenges/x/complete"),
    ("POST", "/_mock/deliveries/settle"),
    ("POST", "/_mock/events"),
    ("GET", "/_mock/stream"),
    ("GET", "/_mock/scenarios"),
    ("GET", "/_mock/coverage"),
]
KEYED = [route for route in ROUTES if route not in (("GET", "/_mock/health"), ("POST", "/_mock/sandboxes"))]


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:4010"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost.evil.example"},
        {"Host": "evil.localhost.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.2"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Origin": "http://["},
        {"Origin": ""},
    ],
    ids=str,
)
def test_foreign_pages_and_names_are_a_403(api, method, path, headers):
    """A Host that could have been rebound, and an Origin that is not the mock's own, are refused everywhere."""
    answer = api(method, path, headers=headers)

    assert (403, "Forbidden") == (answer.status, answer.json["error"])


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "mock:4010"},
        {"Host": "localhost"},
        {"Host": "shop.localhost:80"},
        {"Host": "mock.local"},
        {"Host": "mock.internal"},
        {"Host": "LOCALHOST"},
        {"Host": "10.0.0.7:4010"},
        {"Host": "[::1]:4010"},
        {"Host": "mock", "Origin": "http://mock"},
        {"Host": "mock:1", "Origin": "https://mock:2"},
        {"Origin": "http://127.0.0.1:9"},
    ],
    ids=str,
)
def test_own_names_are_let_in(api, headers):
    """Names without a dot, local ones, addresses, and pages of the same host may drive the mock."""
    assert 200 == api.get("/_mock/clock", headers=headers).status


def test_the_odus_api_is_for_every_host(api):
    """Only the control API is guarded: a shop may reach the payments under any name."""
    assert 200 == api.get("/payments", headers={"Host": "odus.shop.example", "Origin": "https://shop.example"}).status


@pytest.mark.parametrize(("method", "path"), KEYED)
def test_a_key_that_is_given_must_be_good(api, method, path):
    """An unknown key is a 401, a publishable or a checkout key a 403."""
    checkout = api.payment()["checkoutKey"]

    assert 401 == api.with_key("skey_nobody")(method, path).status
    assert 401 == api.with_key(None)(method, path, headers={"Authorization": "Basic x"}).status
    assert 403 == api.with_key(api.publishable_key)(method, path).status
    assert 403 == api.with_key(checkout)(method, path).status


def test_health_and_a_new_sandbox_need_no_key(api, account):
    """Anyone near enough to connect may ask for health; a foreign key there is no matter."""
    assert 200 == api.with_key("skey_nobody").get("/_mock/health").status
    assert account().name


def test_an_allowed_host_is_written_in_any_case(api):
    """Names of hosts are the same in capitals."""
    server = Server(create_app(allowed_hosts=["Mock.Example"]))
    server.start()
    opener = api.at(server.url)
    statuses = [
        opener.get("/_mock/health", headers={"Host": host}).status for host in ("MOCK.example", "other.example")
    ]
    opener.close()
    server.stop()

    assert [200, 403] == statuses


def test_a_refused_page_changes_nothing(api):
    """A refused request has no effect."""
    before = api.get("/_mock/digest").json
    api.post("/_mock/clock/advance", {"by": "1 day"}, headers={"Origin": "https://evil.example"})

    assert before == api.get("/_mock/digest").json
