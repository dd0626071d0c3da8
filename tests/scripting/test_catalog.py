"""Products and prices in a scenario file."""

from __future__ import annotations

import pytest

from mock_odus.engine import catalog, payments
from mock_odus.engine.bodies import (
    CreateCart,
    CreateCartItem,
    CreatePayment,
    UpdatePrice,
)
from mock_odus.engine.records import (
    BillingSchedule,
    CycleDefinition,
    Payment,
    Price,
    Product,
)
from mock_odus.scripting import building, loader
from mock_odus.scripting.language import ScenarioError

SHOP = """\
version: 1
name: x
world:
  products:
    mug:
    pro: {name: Pro Plan, statementDescriptor: 0123}
  prices:
    one_mug: {product: mug, type: one_time, currency: USD, amount: 1200}
    monthly:
      name: by the month
      product: pro
      type: recurring
      currency: usd
      billingSchedule:
        cycleDefinitions:
          - {position: 1, amount: 0, intervalUnit: week, intervalValue: 1}
          - {position: 2, amount: 2999, intervalUnit: month, intervalValue: 1}
"""


def test_a_catalogue(world, read):
    """Names stand for ids, and for the name of what has none; text stays text."""
    ids = building.build(world, read(SHOP)).ids
    mug, pro = (world.get(Product, ids["products"][name]) for name in ("mug", "pro"))
    assert [("mug", None), ("Pro Plan", "0123")] == [(one.name, one.statement_descriptor) for one in (mug, pro)]
    one_mug, monthly = (world.get(Price, ids["prices"][name]) for name in ("one_mug", "monthly"))
    assert ("one_mug", mug.id, 1200, None) == (one_mug.name, one_mug.product, one_mug.amount, one_mug.billing_schedule)
    cycles = CycleDefinition(1, 0, "week", 1), CycleDefinition(2, 2999, "month", 1)
    assert ("by the month", pro.id, None, BillingSchedule(cycles)) == (
        monthly.name,
        monthly.product,
        monthly.amount,
        monthly.billing_schedule,
    )


def test_a_price_of_a_product_that_exists_already(world, prefixes):
    """The id of a product in the world does where a name of the file does."""
    first = loader.load(SHOP, file="x.yaml", prefixes=prefixes)
    mug = building.build(world, first).ids["products"]["mug"]
    tea = f"{{product: {mug}, type: one_time, currency: usd, amount: 350}}"
    text = f"version: 1\nname: x\nworld: {{prices: {{tea: {tea}}}}}"
    scenario = loader.load(text, file="x.yaml", prefixes=prefixes, world=world)
    made = building.build(world, scenario, keep=True).ids["prices"]["tea"]
    assert mug == world.get(Price, made).product


def test_a_kept_world_keeps_its_catalogue(world, read):
    """What is there already stays as it is, changes and all."""
    monthly = building.build(world, read(SHOP)).ids["prices"]["monthly"]
    catalog.update_price(world, world.get(Price, monthly), UpdatePrice(is_active=False))
    building.build(world, read(SHOP), keep=True)
    assert world.get(Price, monthly).is_active is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "prices: {tea: {product: tee, type: one_time, currency: usd, amount: 1}}\n  products: {tea: {}}",
            ["x.yaml:4:27: world.prices.tea.product: unknown product 'tee'; did you mean 'tea'?"],
        ),
        (
            "products: {tea: {id: price_1}}",
            ["x.yaml:4:24: world.products.tea.id: must be 'prod_' and 1 to 40 letters or digits, found \"price_1\""],
        ),
        (
            "products: {tea: {statementDescriptor: THE TEA AND COFFEE SHOP}}",
            [
                "x.yaml:4:41: world.products.tea.statementDescriptor: must be text of at most 22 characters and not "
                'empty, found "THE TEA AND COFFEE SHOP"'
            ],
        ),
        (
            "products: {tea: {}}\n  prices: {tea: {product: tea, type: once, curency: usd, currency: usd}}",
            [
                'x.yaml:5:38: world.prices.tea.type: must be one of one_time, recurring, found "once"',
                "x.yaml:5:44: world.prices.tea.curency: is not a known field; did you mean 'currency'?",
            ],
        ),
    ],
)
def test_a_catalogue_that_cannot_be(problems, text, expected):
    """Told with its place, all at once."""
    assert expected == problems(f"version: 1\nname: x\nworld:\n  {text}")


def test_what_the_engine_finds_has_a_place(world, read):
    """The price's own, and the field within it."""
    text = "products: {tea: {}}\n  prices: {tea: {product: tea, type: one_time, currency: usd}}"
    scenario = read(f"version: 1\nname: x\nworld:\n  {text}")
    with pytest.raises(ScenarioError) as caught:
        building.build(world, scenario)
    assert ("x.yaml:5:17: world.prices.tea.amount: is required with type one_time",) == caught.value.problems


def test_the_documentations_cart(world, prefixes):
    """The price that the samples name can be bought in the shipped scenario."""
    building.build(world, loader.find("odus_docs", prefixes=prefixes))
    cart = CreateCart([CreateCartItem("price_2R4e2xDqbww8ewmkIYWE1A6Zcfp")])
    payment = payments.create(world, CreatePayment("usd", cart=cart, customer="cus_2R0uWz4tu9wxTMBXxj9CJfSE9vV"))
    assert [payment.amount] == [one.amount for one in world.table(Payment).values()]
