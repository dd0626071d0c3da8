"""The demo shop by plain HTTP: its pages, who may use it, and what it asks the API for."""

import re

import pytest

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PAGES = ["", "/account", "/result?payment=pay_x"]


def send(api, path, fields, **headers):
    return api.with_key(None).post(path, raw=fields.encode(), headers=FORM | headers)


@pytest.fixture
def home(api):
    return f"/shop/{api.name}"


def test_the_shop_opens_in_the_default_sandbox(api):
    """`/shop` leads to it."""
    assert "/shop/mock" == api.with_key(None).get("/shop").headers["location"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_a_strict_policy(api, home, page):
    """Own files, own frames, own forms, and the one import map; nothing keeps a copy."""
    answer = api.with_key(None).get(home + page)

    assert "text/html; charset=utf-8" == answer.headers["content-type"]
    assert "default-src 'none'; script-src 'self' 'sha256-" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "no-store" == answer.headers["cache-control"]
    assert api.key not in answer.text


@pytest.mark.parametrize(("file", "kind"), [("shop.css", "text/css"), ("shop.js", "text/javascript")])
def test_its_files_are_served(api, home, file, kind):
    """Each with its type."""
    assert f"{kind}; charset=utf-8" == api.with_key(None).get(f"{home}/{file}").headers["content-type"]


def test_buying_makes_a_payment_for_the_customer(api, home):
    """An open one, of Jane, for the price that was pressed, with PayPal and Apple Pay beside the cards."""
    price = api.ids["pro_monthly"]
    answer = send(api, home, f"price={price}")
    payment = api.get(f"/payments/{answer.headers['location'].rpartition('/')[2]}").json

    assert 303 == answer.status
    assert ("open", 2999, api.ids["jane"]) == (payment["status"], payment["amount"], payment["customer"])
    options = payment["paymentMethodOptions"]
    assert all(options[name] for name in ("card", "paypal", "applePay"))
    assert payment["checkoutKey"] in api.with_key(None).get(answer.headers["location"]).text


def test_it_sells_in_an_empty_account(account):
    """Without a scenario it makes what it needs, once."""
    api = account(scenario=None)
    home = f"/shop/{api.name}"
    for _ in range(2):
        page = api.with_key(None).get(home).text
        assert ["Canvas tote"] == re.findall("<h2>(.*?)</h2>", page)
        price = re.findall(r'name="price" value="(\w+)"', page)[0]
        assert 303 == send(api, home, f"price={price}").status
    assert 2 == api.get("/gateway-profiles").json["pagination"]["itemCount"]


@pytest.mark.parametrize("path", ["", "/account", "/panel"])
def test_pages_of_other_origins_may_not_use_it(api, home, path):
    """A form elsewhere that posts here is refused, and changes nothing."""
    before = api.get("/_mock/digest").json
    answer = send(api, home + path, "by=1+day", Origin="https://evil.example")

    assert 403 == answer.status
    assert before == api.get("/_mock/digest").json


def test_a_foreign_host_does_not_reach_the_panel(api, home):
    """What guards the control API guards the panel: a name that was rebound to this machine is refused."""
    answer = send(api, f"{home}/panel", "by=1+day", Host="evil.example")

    assert 502 == answer.status
    assert "evil.example" in answer.text
    assert "2026-01-01T00:00:00.000Z" == api.get("/_mock/clock").json["now"]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        *(("", "price=price_x"), ("", ""), ("/account", "subscription=sub_x&do=cancel")),
        *(("/panel", "by=never"), ("/panel", ""), ("/panel", "scenario=..%2Fx")),
    ],
)
def test_what_the_api_refuses_is_a_page(api, home, path, fields):
    """With the API's own words, as text."""
    answer = send(api, home + path, fields)

    assert 502 == answer.status
    assert "<h1>Sorry</h1>" in answer.text


def test_an_unknown_sandbox_is_a_page_of_404(api):
    """Whatever its name is, it is text."""
    answer = api.with_key(None).get("/shop/%3Cscript%3E")

    assert 404 == answer.status
    assert "<script>" not in answer.text


def test_hostile_names_stay_text(api, home):
    """Names and descriptions that look like markup are shown as they were written."""
    hostile = "<img src=x onerror=alert(1)>"
    product = api.made("/products", {"name": hostile, "description": hostile})["id"]
    api.made("/prices", {"product": product, "type": "one_time", "currency": "usd", "amount": 100})
    page = api.with_key(None).get(home).text

    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_the_scenario_does_not_spoil_its_pages(api, home):
    """Faults of the API are for the API: the shop tells of them on a page."""
    trouble = {"version": 1, "name": "down", "api": [{"when": {"path": "/prices"}, "then": {"status": 503}}]}
    api("PUT", "/_mock/scenario?keepWorld=true", trouble)
    answer = api.with_key(None).get(home)

    assert 502 == answer.status
    assert "<h1>Sorry</h1>" in answer.text
