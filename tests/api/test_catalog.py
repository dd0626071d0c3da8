"""Products, prices and carts over HTTP (guides/products/*, guides/subscriptions/creating-subscriptions)."""

import pytest

CYCLES = [
    {"position": 1, "amount": 0, "intervalUnit": "week", "intervalValue": 1},
    {"position": 2, "amount": 2999, "intervalUnit": "month", "intervalValue": 1},
]


@pytest.fixture
def product(api):
    return api.made("/products", {"name": "Mug"})["id"]


@pytest.fixture
def price(api, product):
    """Makes prices of that product; one of 12.00, paid once, unless told otherwise."""
    usual = {"product": product, "type": "one_time", "currency": "usd", "amount": 1200}
    return lambda **fields: api.made("/prices", usual | fields)


def test_a_product_is_answered_whole(api):
    """Every field is there, null where nothing was given."""
    product = api.made("/products", {"name": "Mug"})

    assert {
        "name": "Mug",
        "description": None,
        "statementDescriptor": None,
        "isActive": True,
        "metadata": {},
    } == {name: value for name, value in product.items() if name not in ("id", "createdAt", "updatedAt")}
    assert product == api.get(f"/products/{product['id']}").json


def test_a_price_is_answered_whole(api, product, price):
    """A schedule as it was sent; that a cart holds a price is shown to nobody."""
    monthly = price(type="recurring", currency="EUR", amount=None, billingSchedule={"cycleDefinitions": CYCLES})

    assert {
        "name": None,
        "product": product,
        "type": "recurring",
        "currency": "eur",
        "amount": None,
        "billingSchedule": {"cycleDefinitions": CYCLES},
        "isActive": True,
        "metadata": {},
    } == {name: value for name, value in monthly.items() if name not in ("id", "createdAt", "updatedAt")}
    assert monthly == api.get(f"/prices/{monthly['id']}").json


def test_prices_are_listed_by_product(api, product, price):
    """A product's prices, in the order in which they were made; filters are those of every list."""
    mine = [price()["id"], price(amount=900)["id"]]
    price(product=api.made("/products", {"name": "Tea"})["id"])

    assert mine == [one["id"] for one in api.get(f"/prices?product[eq]={product}").json["data"]]
    assert mine[1:] == [one["id"] for one in api.get(f"/prices?product[eq]={product}&amount[lt]=1000").json["data"]]


def test_a_shop_shows_its_catalogue_with_the_publishable_key(api, product, price):
    """One product or price and their lists, as a secret key sees them."""
    paths = ("/products", f"/products/{product}", "/prices", f"/prices/{price()['id']}")
    browser = api.with_key(api.publishable_key)

    assert [(200, api.get(path).json) for path in paths] == [
        (answer.status, answer.json) for answer in map(browser.get, paths)
    ]


def test_what_is_needed_is_made_inactive_by_its_delete(api, product, price):
    """A product with prices and a price in a cart stay, however often they are deleted; the answer tells."""
    sold = price()["id"]
    api.made("/payments", {"currency": "usd", "cart": {"items": [{"price": sold}]}})

    for _ in range(2):
        for path in (f"/prices/{sold}", f"/products/{product}"):
            answer = api.delete(path)
            assert (200, False) == (answer.status, answer.json["isActive"])
            assert answer.json == api.get(path).json


def test_what_nobody_needs_is_gone(api, product, price):
    """The answer is the record as it was; then there is none."""
    unsold = price()

    assert unsold == api.delete(f"/prices/{unsold['id']}").json
    assert True is api.delete(f"/products/{product}").json["isActive"]
    assert (404, 404) == (api.get(f"/prices/{unsold['id']}").status, api.get(f"/products/{product}").status)


def test_a_price_says_what_is_fixed(api, price):
    """A 400 for each field that cannot change, whatever is sent there, and nothing else changes."""
    mug = price()
    fixed = {"product": 1, "type": "one_time", "currency": None, "amount": 1, "billingSchedule": {"x": []}}
    answer = api.post(f"/prices/{mug['id']}", fixed | {"name": "Other"})

    assert 400 == answer.status
    assert [f"{name} is fixed" for name in fixed] == [
        problem[: problem.index("fixed") + 5] for problem in answer.problems
    ]
    assert mug == api.get(f"/prices/{mug['id']}").json


def test_a_cart_is_paid(api, price):
    """The amount is derived; the payment shows its cart, with the quantities."""
    mug, tea = price()["id"], price(amount=350)["id"]
    items = [{"price": mug, "quantity": 2}, {"price": tea}]
    payment = api.made(
        "/payments", {"currency": "usd", "cart": {"items": items}, "returnUrl": "https://shop.example/thanks"}
    )
    paid = api.made(f"/payments/{payment['id']}/authorize", api.card())

    assert (2750, 2750) == (payment["amount"], paid["amountCaptured"])
    assert {"items": [items[0], {"price": tea, "quantity": 1}]} == payment["cart"] == paid["cart"]


def test_a_recurring_price_is_sold_to_a_customer(api, price):
    """Somebody must subscribe: without a customer it is a 400. A trial costs nothing but the setup fee at first."""
    monthly = price(type="recurring", billingSchedule={"cycleDefinitions": CYCLES})["id"]
    body = {"currency": "usd", "cart": {"items": [{"price": monthly}]}}
    refused = api.post("/payments", body)

    assert 400 == refused.status
    assert ["customer is required: cart.items[0].price is recurring, and somebody must subscribe"] == refused.problems
    assert 1200 == api.made("/payments", body | {"customer": api.ids["jane"]})["amount"]


def test_a_plan_with_subscribers_is_not_sold_any_more_after_its_delete(api):
    """It stays for those who have it, inactive, and goes on renewing."""
    plan = api.recurring()
    subscription = api.subscribed(plan)
    deleted = api.delete(f"/prices/{plan['id']}")
    cart = {"items": [{"price": plan["id"]}]}

    assert (200, False) == (deleted.status, deleted.json["isActive"])
    assert 400 == api.post("/payments", {"currency": "usd", "customer": api.ids["jane"], "cart": cart}).status
    api.made("/_mock/clock/advance", {"by": "1 month"})
    assert 2 == api.get(f"/subscriptions/{subscription['id']}").json["currentCycle"]


@pytest.mark.parametrize(
    ("items", "problem"),
    [
        ([], "cart.items must be a list of 1 to 100 entries, found []"),
        ([{"price": "price_x"}] * 101, "cart.items must be a list of 1 to 100 entries, found a list"),
        ([{"prise": "price_x"}], "cart.items[0].prise is not a known field; did you mean 'price'?"),
        ([{"price": "price_x", "quantity": 0}], "cart.items[0].quantity must be an integer from 1 to 999999, found 0"),
    ],
)
def test_a_cart_that_cannot_be(api, items, problem):
    """1 to 100 items, each a price and how many of it."""
    answer = api.post("/payments", {"currency": "usd", "cart": {"items": items}})

    assert (400, problem) == (answer.status, answer.problems[0])
