"""Pages of other origins: they call the Odus API with a key and read whatever it answers; nothing else is theirs."""

import pytest

from mock_odus.app import Server, create_app
from mock_odus.web.routing import Route

ORIGIN = {"Origin": "https://shop.example"}
ASKING = ORIGIN | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
SHUT = {"/_mock/clock": 405, "/_mock/nowhere": 404, "/_mock": 404, "/challenge/mock/x": 405, "/challenge/mock": 404}

ANSWERS = {
    200: ("GET", "/payments", {}),
    201: ("POST", "/customers", {"body": {"email": "a@b.example"}}),
    400: ("POST", "/payments", {"body": {}}),
    404: ("GET", "/payments/pay_x", {}),
    405: ("PUT", "/payments", {}),
    413: ("POST", "/payments", {"raw": b" " * (1024 * 1024 + 1)}),
    415: ("POST", "/payments", {"raw": b"x", "headers": {"Content-Type": "text/plain"}}),
}


def cors(answer):
    """The headers of an answer that speak to browsers; of each there may be one only."""
    names = [name.lower() for name in answer.headers if name.lower().startswith("access-control-")]
    assert len(set(names)) == len(names), names
    return {name.removeprefix("access-control-"): answer.headers[name] for name in names}


READABLE = {"allow-origin": "*", "expose-headers": "x-request-id, x-mock-now, x-mock-warning"}


@pytest.mark.parametrize(("status", "call"), ANSWERS.items(), ids=map(str, ANSWERS))
def test_a_page_may_read_every_answer(api, status, call):
    """Refusals too, or a browser would show nothing of them; and it may read the id and the time."""
    method, path, options = call
    answer = api(method, path, **options | {"headers": ORIGIN | options.get("headers", {})})

    assert (status, READABLE) == (answer.status, cors(answer))
    assert "x-request-id" in answer.headers


@pytest.mark.parametrize("path", ["/payments", "/nowhere", "/payments/pay_x/authorize", "/openapi.json", "/"])
@pytest.mark.parametrize("key", [None, "skey_nobody"])
def test_a_page_without_a_good_key_may_read_why(api, path, key):
    """A 401 carries the headers as well, and so does a path that leads nowhere."""
    for method in ("GET", "POST"):
        assert READABLE == cors(api.with_key(key)(method, path, headers=ORIGIN))


def test_a_page_may_read_a_403(api):
    """A browser's key is told what it may not do."""
    answer = api.with_key(api.publishable_key).get("/payments", headers=ORIGIN)

    assert (403, READABLE) == (answer.status, cors(answer))


def test_a_page_may_read_a_fault_of_ours(api):
    """A 500 carries the headers too."""
    app = create_app(scenario="starter")

    async def broken(request):
        raise RuntimeError("on purpose")

    app.branches.add(Route("/broken", broken))
    server = Server(app)
    server.start()
    answer = api.at(server.url).get("/broken", headers=ORIGIN)
    server.stop()

    assert (500, READABLE) == (answer.status, cors(answer))


def test_a_warning_can_be_read(api):
    """A repeated Idempotency-Key is warned of in a header that pages may read."""
    repeated = {"headers": ORIGIN | {"Idempotency-Key": "1"}}
    api.post("/customers", {"email": "a@b.example"}, **repeated)
    answer = api.post("/customers", {"email": "a@b.example"}, **repeated)

    assert "was used before" in answer.headers["x-mock-warning"]
    assert READABLE == cors(answer)


@pytest.mark.parametrize("origin", ["https://shop.example", "http://localhost:3000", "null", ""])
@pytest.mark.parametrize("path", ["/payments", "/payments/pay_x/authorize", "/secret-keys/x", "/nowhere"])
def test_a_browser_may_ask_first(api, path, origin):
    """Without a key: which methods and headers pages may use, of every origin, and for how long that holds."""
    answer = api.with_key(None)("OPTIONS", path, headers=ASKING | {"Origin": origin})

    assert (204, b"") == (answer.status, answer.raw)
    assert {
        "allow-origin": "*",
        "allow-methods": "GET, POST, DELETE",
        "allow-headers": "Authorization, Content-Type, Idempotency-Key",
        "max-age": "7200",
    } == cors(answer)


def test_a_browsers_question_leaves_no_trace(api):
    """It is in no journal, and takes no request id from those of a sandbox."""
    before = [row["id"] for row in journal(api)]
    for key in (api.key, None):
        api.with_key(key)("OPTIONS", "/payments", headers=ASKING)
    answer = api.get("/payments")
    after = [row["id"] for row in journal(api)]

    assert [answer.headers["x-request-id"]] == after[len(before) + 1 :]
    assert "OPTIONS" not in {row["method"] for row in journal(api)}


def journal(api):
    return api.get("/_mock/journal/requests?pageSize=100").json["data"]


@pytest.mark.parametrize("headers", [{}, ORIGIN, {"Access-Control-Request-Method": "POST"}])
def test_any_other_options_is_a_405(api, headers):
    """Only a browser's question is answered; OPTIONS by itself is no method of any route."""
    answer = api("OPTIONS", "/payments", headers=headers)

    assert 405 == answer.status
    assert (READABLE if "Origin" in headers else {}) == cors(answer)


@pytest.mark.parametrize(("path", "status"), SHUT.items())
def test_what_is_not_for_pages_stays_shut(api, path, status):
    """The control API and the challenge page answer no browser's question, and let no page read anything."""
    assert status == api("OPTIONS", path, headers=ASKING).status
    for method in ("GET", "POST", "OPTIONS"):
        for key in (api.key, None):
            assert {} == cors(api.with_key(key)(method, path, headers=ASKING))


def test_without_an_origin_nothing_is_added(api):
    """A server that calls is not told about browsers."""
    assert {} == cors(api.get("/payments"))
    assert {} == cors(api.get("/payments/pay_x"))


def test_cookies_are_not_asked_for(api):
    """No page is allowed to send credentials of the browser's own."""
    for answer in (api.get("/payments", headers=ORIGIN), api("OPTIONS", "/payments", headers=ASKING)):
        assert "access-control-allow-credentials" not in answer.headers
