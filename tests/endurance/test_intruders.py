"""Who tries to get in: pages and names from elsewhere, line breaks in addresses, paths that lead out, keys in logs."""

import logging
from urllib.parse import urlencode

import pytest

from mock_odus.app import create_app
from mock_odus.web.routing import Route
from tests.properties.conftest import CHALLENGED, Client, Mock, typed

APP = create_app()
DECLARED = APP.branches.paths.items()
CONTROL = [(method, path) for path, methods in DECLARED if path.startswith("/_mock") for method in methods]
FOREIGN = [{"host": "evil.example"}, {"host": "localhost:4010", "origin": "https://evil.example"}]


@pytest.fixture
def mock():
    return Mock()


@pytest.mark.parametrize("headers", FOREIGN, ids=["rebound", "cross-site"])
@pytest.mark.parametrize(("method", "path"), CONTROL)
def test_every_route_of_the_control_api_is_guarded(method, path, headers):
    """Each of them, those too that are added one day: a rebound name and a foreign page get a 403 and no word more."""
    target = path.replace("{name}", "mock").replace("{id}", "x").replace("{payment}", "x")
    answer = Client(APP)(method, target, {} if method in ("POST", "PUT") else None, key="skey_mock", **headers)

    assert 403 == answer.status
    assert {"statusCode", "message", "error"} == set(answer.json)


HOSTILE_ADDRESSES = [
    "https://shop.example/\r\nset-cookie: a=b",
    "https://shop.example/\nlocation: https://evil.example",
    "https://shop.example/%0d%0aset-cookie: a=b",
    "https://shop.example/\x00",
    "https://shop.example/\x85x",
    "https://shop.example/\u2028set-cookie: a=b",
    "https://shop.example/é/😀",
    "https://shop.example\\@evil.example/",
    "https://shop.example/?a=\r\n\r\n<script>",
    "javascript:alert(1)",
    "data:text/html,x",
    "//evil.example",
    "https:///evil.example",
]


@pytest.mark.parametrize("address", HOSTILE_ADDRESSES)
def test_no_way_back_adds_a_header(mock, address):
    """It is refused when the payment is made, or the redirect to it is one header on one line."""
    account = mock.open()
    body = {"amount": 5000, "currency": "usd", "returnUrl": address}
    made = account("POST", "/payments", body)
    if made.status == 400:
        assert "returnUrl" in made.json["message"][0]
        return
    waiting = account.authorize(made.json, CHALLENGED)
    page = waiting["action"]["redirectUrl"].removeprefix("http://mock.local")
    back = mock.client("POST", page, b"result=passed")

    assert 303 == back.status
    assert {"content-length", "location", "x-request-id", "x-mock-now"} == set(back.headers)
    assert back.headers["location"].isascii()
    assert back.headers["location"].isprintable()
    assert " " not in back.headers["location"]
    assert back.headers["location"].startswith("https://shop.example")


PATHS = [
    "..",
    "%2e%2e",
    "....",
    "shop.py",
    "/etc/passwd",
    "..%2fshop.py",
    "..\\shop.py",
    "shop.css/../../shop.py",
    "%00",
    "",
]


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("folder", ["/sdk/", "/shop/mock/", "/shop/", "/"])
def test_no_path_leads_out(mock, folder, name):
    """Files are looked for by their names among those there are, and never by a path."""
    answer = mock.client("GET", folder + name)

    assert answer.status in (200, 303, 404, 405)
    assert b"import " not in answer.raw
    assert b"root:" not in answer.raw


def test_no_key_is_logged_or_kept(mock, caplog):
    """Whatever is done with a key, a refusal or a fault of ours too, neither the log nor a journal holds it."""

    async def fail(request):
        raise RuntimeError("a fault of ours")

    caplog.set_level(logging.DEBUG)
    mock.app.branches.add(Route("/broken", fail, methods=["GET", "POST"]))
    account = mock.open()
    made = account.post("/secret-keys", {"permissions": ["PAYMENT_READ"]})
    checkout = account.create(customer=None)["checkoutKey"]
    keys = [account.key, account.publishable_key, made["value"], checkout, "skey_of_nobody"]
    for key in keys:
        for method, target in (("GET", "/broken"), ("POST", "/broken"), ("GET", "/payments"), ("POST", "/payments")):
            mock.client(method, target, {} if method == "POST" else None, key=key)
        mock.client("POST", "/payments", {"amount": 1, "currency": "usd", "note": key}, key=key)
    mock.client("POST", f"/payments/{account.create()['id']}/authorize", typed("4242424242424242"), key=checkout)
    kept = [account(*one).raw.decode() for one in (("GET", "/_mock/journal/requests?pageSize=100"),)]
    logs = account("GET", "/request-logs?pageSize=100").raw.decode()

    assert 10 == len([record for record in caplog.records if record.exc_info])
    assert [] == [key for key in keys if key in caplog.text]
    assert [] == [key for key in keys if key in "".join(kept)]
    assert made["value"] not in logs
    assert checkout not in logs


@pytest.mark.parametrize("id", ["\0", "../payments/{payment}", "%2e%2e/payments/{payment}", "x?y=z", "x#", "é😀"])
def test_a_form_of_the_shop_reaches_nothing_else(mock, id):
    """An id in a form is an id, whatever is in it: no other call of the API, and no fault."""
    account = mock.open()
    payment = account.create()["id"]
    form = {"subscription": id.format(payment=payment), "price": id.format(payment=payment), "do": "cancel"}
    for page in (f"/shop/{account.name}", f"/shop/{account.name}/account"):
        answer = mock.client("POST", page, urlencode(form).encode())
        assert 502 == answer.status
        assert b"<h1>Sorry</h1>" in answer.raw
    assert "open" == account.get(f"/payments/{payment}")["status"]
