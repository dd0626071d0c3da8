"""Products and prices: what may change, and what stays because something needs it (guides/products/*)."""

import pytest

from mock_odus.engine import catalog
from mock_odus.engine.bodies import (
    CreateBillingSchedule,
    CreateCart,
    CreateCartItem,
    CreateCycleDefinition,
    UpdatePrice,
    UpdateProduct,
)
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import Price, Product

DAY = "2026-01-02T00:00:00.000Z"


def schedule(*cycles):
    """Of position, amount, unit and number of units."""
    return CreateBillingSchedule([CreateCycleDefinition(*cycle) for cycle in cycles])


MONTHLY = schedule((1, 2999, "month", 1))


def sell(shop, price):
    """A payment whose cart holds the price."""
    return shop.create(None, cart=CreateCart([CreateCartItem(price.id)]))


@pytest.fixture
def problems():
    """What keeps a price from being made."""

    def told(shop, **fields):
        with pytest.raises(Invalid) as caught:
            shop.price(**fields)
        return list(caught.value.problems)

    return told


# --- Products


def test_a_product_is_what_was_given(shop, told):
    """Sold unless it is said otherwise; what is left out is null."""
    product = shop.product(name="Pro Plan", statement_descriptor="MYAPP PRO PLAN", metadata={"a": "1", "b": ""})
    assert ("Pro Plan", None, "MYAPP PRO PLAN", True, {"a": "1"}) == (
        product.name,
        product.description,
        product.statement_descriptor,
        product.is_active,
        product.metadata,
    )
    assert product.id.startswith("prod_")
    assert shop.product(is_active=False).is_active is False
    assert ["product.created"] == told(shop.product)


def test_a_product_changes_only_where_asked(shop, told):
    """What changes nothing is no event, and leaves updatedAt."""
    product = shop.product(description="holds tea", metadata={"a": "1"})
    shop.world.advance(DAY)
    same = catalog.update_product(shop.world, product, UpdateProduct(name="Mug", metadata={}))
    assert product is same
    changed = catalog.update_product(shop.world, product, UpdateProduct(description=None, metadata={"b": "2"}))
    assert ("Mug", None, {"a": "1", "b": "2"}, DAY) == (
        changed.name,
        changed.description,
        changed.metadata,
        changed.updated_at,
    )
    assert [] == told(catalog.update_product, shop.world, changed, UpdateProduct())
    assert ["product.updated"] == told(catalog.update_product, shop.world, changed, UpdateProduct(is_active=False))


def test_a_product_without_prices_goes(shop, told):
    """Nothing needs it."""
    product = shop.product()
    assert ["product.deleted"] == told(catalog.delete_product, shop.world, product)
    assert {} == shop.world.table(Product)


def test_a_product_with_prices_stays(shop, told):
    """It is made inactive instead, once; when the last price has gone it can go as well."""
    price = shop.price()
    product = shop.world.get(Product, price.product)
    assert ["product.updated"] == told(catalog.delete_product, shop.world, product)
    product = shop.world.get(Product, product.id)
    assert product.is_active is False
    assert [] == told(catalog.delete_product, shop.world, product)
    catalog.delete_price(shop.world, price)
    assert ["product.deleted"] == told(catalog.delete_product, shop.world, product)


# --- Prices


def test_a_one_time_price(shop, told):
    """An amount in a currency, which is kept in lower case; it may be free."""
    product = shop.product().id
    price = shop.price(product=product, currency="EUR", name="one mug")
    assert ("one mug", product, "one_time", "eur", 1200, None, True) == (
        price.name,
        price.product,
        price.type,
        price.currency,
        price.amount,
        price.billing_schedule,
        price.is_active,
    )
    assert price.id.startswith("price_")
    free = shop.price(0, product=product)
    assert 0 == free.amount
    assert [price, free] == shop.world.related(Price, "product", product)
    assert ["price.created"] == told(shop.price, product=product)


def test_a_recurring_price(shop):
    """Cycles as they were given, a free trial among them; its own amount is a setup fee, if there is one."""
    cycles = [(2, 2999, "month", 1), (1, 0, "week", 2)]
    price = shop.price(None, type="recurring", billing_schedule=schedule(*cycles))
    assert cycles == [
        (one.position, one.amount, one.interval_unit, one.interval_value)
        for one in price.billing_schedule.cycle_definitions
    ]
    assert None is price.amount
    assert 500 == shop.price(500, type="recurring", billing_schedule=MONTHLY).amount


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"product": "prod_x"}, ["product must be an existing product, found 'prod_x'"]),
        ({"amount": None}, ["amount is required with type one_time"]),
        (
            {"billing_schedule": MONTHLY},
            ["billingSchedule must be left out with type one_time: it is for recurring prices"],
        ),
        ({"type": "recurring"}, ["billingSchedule is required with type recurring"]),
        (
            {"product": "prod_x", "amount": None, "billing_schedule": schedule((1, 0, "day", 1), (1, 1, "day", 1))},
            [
                "product must be an existing product, found 'prod_x'",
                "amount is required with type one_time",
                "billingSchedule must be left out with type one_time: it is for recurring prices",
                "billingSchedule.cycleDefinitions[0].position must be unique, found 1 2 times",
                "billingSchedule.cycleDefinitions[1].position must be unique, found 1 2 times",
            ],
        ),
    ],
)
def test_a_price_that_cannot_be(shop, problems, fields, told):
    """Every problem is told: a type without what it needs, or with what it must not have."""
    assert told == problems(shop, **fields)


@pytest.mark.parametrize(
    ("unit", "longest"),
    [("minute", 5_256_000), ("hour", 87_600), ("day", 3_650), ("week", 520), ("month", 120), ("year", 10)],
)
def test_a_cycle_lasts_ten_years_at_most(shop, problems, unit, longest):
    """So that its end lies within the calendar."""
    shop.price(type="recurring", billing_schedule=schedule((1, 1, unit, longest)))
    assert [
        f"billingSchedule.cycleDefinitions[0].intervalValue must be at most {longest} with intervalUnit {unit}, which "
        f"is ten years, found {longest + 1}"
    ] == problems(shop, type="recurring", billing_schedule=schedule((1, 1, unit, longest + 1)))


def test_a_price_changes_its_name_and_whether_it_is_sold(shop, told):
    """And its metadata; what changes nothing is no event."""
    price = shop.price(metadata={"a": "1"})
    shop.world.advance(DAY)
    changed = catalog.update_price(shop.world, price, UpdatePrice(name="one mug", is_active=False, metadata=None))
    assert ("one mug", False, {}, DAY) == (changed.name, changed.is_active, changed.metadata, changed.updated_at)
    assert [] == told(catalog.update_price, shop.world, changed, UpdatePrice(is_active=False))
    assert ["price.updated"] == told(catalog.update_price, shop.world, changed, UpdatePrice(name=None))


@pytest.mark.parametrize(
    ("field", "value", "stays"),
    [
        ("product", "prod_x", "product is fixed, it stays prod_"),
        ("type", "recurring", "type is fixed, it stays one_time: make another price"),
        ("currency", "usd", "currency is fixed, it stays usd: make another price"),
        ("amount", 1, "amount is fixed, it stays 1200: make another price"),
        ("billing_schedule", None, "billingSchedule is fixed: make another price"),
    ],
)
def test_what_is_fixed(shop, refused, field, value, stays):
    """What a price costs, and for what, never changes; not even to what it is."""
    refused(stays, catalog.update_price, shop.world, shop.price(), UpdatePrice(name="other", **{field: value}))


def test_a_price_that_nobody_bought_goes(shop, told):
    """Nothing needs it; the list of its product's prices forgets it."""
    price = shop.price()
    assert ["price.deleted"] == told(catalog.delete_price, shop.world, price)
    assert [] == shop.world.related(Price, "product", price.product)


def test_a_price_in_a_cart_stays(shop, told):
    """It is made inactive instead, once. That it was bought changes nothing that anybody sees."""
    price = shop.price()
    assert ["payment.created"] == told(sell, shop, price)
    used = shop.world.get(Price, price.id)
    assert (price.updated_at, True) == (used.updated_at, used.is_active)
    assert ["price.updated"] == told(catalog.delete_price, shop.world, used)
    kept = shop.world.get(Price, price.id)
    assert kept.is_active is False
    assert [] == told(catalog.delete_price, shop.world, kept)
