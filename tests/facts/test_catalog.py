"""What Odus documents of products and prices (guides/products/*)."""

import pytest

PRO = {
    "name": "Pro Plan",
    "description": "Full access to all Pro features",
    "statementDescriptor": "MYAPP PRO PLAN",
}


@pytest.fixture
def product(odus):
    return odus.post("/products", PRO)["id"]


def monthly(**fields):
    """A billing schedule of one cycle."""
    cycle = {"position": 1, "amount": 2999, "intervalUnit": "month", "intervalValue": 1}
    return {"cycleDefinitions": [cycle | fields]}


def test_the_sampled_product_is_made(odus):
    """A name, a description, a statement descriptor (guides/products)."""
    made = odus.post("/products", PRO)
    assert PRO == {name: made[name] for name in PRO}


def test_a_statement_descriptor_has_22_characters_at_most(odus):
    """One more is refused (guides/products)."""
    assert "x" * 22 == odus.post("/products", PRO | {"statementDescriptor": "x" * 22})["statementDescriptor"]
    odus.refuses("/products", PRO | {"statementDescriptor": "x" * 23})


def test_a_one_time_price(odus, product):
    """An amount in a currency (guides/products)."""
    body = {"name": "Once", "product": product, "type": "one_time", "currency": "usd", "amount": 2999}
    made = odus.post("/prices", body)
    assert body == {name: made[name] for name in body}


def test_a_recurring_price_has_a_schedule_and_perhaps_a_setup_fee(odus, product):
    """The fee is the price's own amount (guides/products)."""
    body = {"product": product, "type": "recurring", "currency": "usd", "billingSchedule": monthly()}
    assert body["billingSchedule"] == odus.post("/prices", body)["billingSchedule"]
    assert 500 == odus.post("/prices", body | {"amount": 500})["amount"]


@pytest.mark.parametrize("unit", ["minute", "hour", "day", "week", "month", "year"])
def test_a_cycle_is_counted_in_any_of_six_units(odus, product, unit):
    """So many of them (guides/products)."""
    body = {"product": product, "type": "recurring", "currency": "usd"}
    made = odus.post("/prices", body | {"billingSchedule": monthly(intervalUnit=unit, intervalValue=3)})
    (cycle,) = made["billingSchedule"]["cycleDefinitions"]
    assert (unit, 3) == (cycle["intervalUnit"], cycle["intervalValue"])


def test_a_schedule_may_begin_otherwise_than_it_goes_on(odus, product):
    """A trial of nothing, then the months (guides/products)."""
    trial = {"position": 1, "amount": 0, "intervalUnit": "week", "intervalValue": 1}
    schedule = {"cycleDefinitions": [trial, *monthly(position=2)["cycleDefinitions"]]}
    body = {"product": product, "type": "recurring", "currency": "usd", "billingSchedule": schedule}
    assert schedule == odus.post("/prices", body)["billingSchedule"]
