"""`fake`: a merchant's book that is made up, believable and the same in every run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter

import pytest

from mock_odus import seeding
from mock_odus.engine import account, invariants
from mock_odus.engine.billing import Subscription
from mock_odus.engine.records import (
    Customer,
    Payment,
    PaymentMethod,
    Price,
    Product,
    Transaction,
)
from mock_odus.engine.world import World
from mock_odus.scripting import building, loader
from mock_odus.scripting.language import ScenarioError

HEAD = """\
version: 1
name: x
world:
  gatewayProfiles: {eu: {integration: stripe}, us: {integration: adyen}, pal: {integration: paypal}}
"""
SHOP = """\
  products: {pro: {}, old: {isActive: false}}
  prices:
    hourly:
      product: pro
      type: recurring
      currency: eur
      billingSchedule: {cycleDefinitions: [{position: 1, amount: 5, intervalUnit: hour, intervalValue: 1}]}
    monthly:
      product: pro
      type: recurring
      currency: eur
      billingSchedule: {cycleDefinitions: [{position: 1, amount: 2999, intervalUnit: month, intervalValue: 1}]}
    mug: {product: pro, type: one_time, currency: eur, amount: 1200}
    old_mug: {product: old, type: one_time, currency: eur, amount: 1}
"""


@pytest.fixture
def build(world, read):
    """Builds a world from the head and more of it."""
    return lambda text, **how: building.build(world, read(HEAD + text), **how)


def test_as_many_as_asked_for(world, build):
    """So many customers with a saved card each, payments and subscriptions; nobody is told, and now is still now."""
    build("  fake: {customers: 20, payments: 30, subscriptions: 40}")
    once = [one for one in world.table(Payment).values() if one.cart is None]
    kinds = (Customer, PaymentMethod, Subscription)
    assert ([20, 20, 40], 30) == ([len(world.table(kind)) for kind in kinds], len(once))
    assert ([], "2026-01-01T00:00:00.000Z") == (world.log, world.now)
    invariants.check(world)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("{subscriptions: 7}", 7), ("{payments: 3, subscriptions: 2}", 3), ("{customers: 5}", 5), ("{}", 0)],
)
def test_customers_come_with_what_they_do(world, build, text, expected):
    """Unless they are counted, there is one for each subscription or payment."""
    build(f"  fake: {text}")
    assert expected == len(world.table(Customer))


def test_nobody_in_it_exists(world, build):
    """Emails end in reserved domains and differ, telephone numbers are fictitious, and everybody has an address."""
    build("  fake: {customers: 300}")
    people = list(world.table(Customer).values())
    assert {"example.com", "example"} == {re.split(r"@(?:\w+\.(?=example$))?", one.email)[-1] for one in people}
    assert 300 == len({one.email for one in people})
    assert all(re.fullmatch(r"\+1[0-9]{3}55501[0-9]{2}", one.phone_number) for one in people)
    assert all(one.name and one.billing_address.city and one.billing_address.postal_code for one in people)


def test_cards_are_test_cards():
    """Every card stands in the built-in table."""
    assert set() == set(seeding.CARDS) - set(loader.test_cards().numbers)


def test_eighteen_months(world, build):
    """Sign-ups are spread over the time before, some have left, some payments were never made or given back."""
    build("  fake: {customers: 100, payments: 300, subscriptions: 300}")
    started = [one.start_date[:7] for one in world.table(Subscription).values()]
    assert "2024-07" <= min(started) < max(started) == "2025-12"
    assert len(set(started)) > 12
    assert 150 < sum(month >= "2025-04" for month in started)  # the business grows
    status = Counter(one.status for one in world.table(Subscription).values())
    assert 30 < status["cancelled"] < 90
    shown = Counter(one.display_status for one in world.table(Payment).values() if one.cart is None)
    assert {"succeeded", "unattempted", "reversed", "partially_reversed"} == set(shown)
    assert shown["succeeded"] > 200
    joined = {one.id: one.created_at for one in world.table(Customer).values()}
    assert all(joined[one.customer] <= one.created_at for one in world.table(Payment).values())
    assert {"success"} == {one.outcome.status for one in world.table(Transaction).values()}
    assert {None} == {one.rule for one in world.table(Transaction).values()}


def test_what_the_file_sells(world, build):
    """Prices of the file are paid, those that are on sale, and none is made up; by the hour nobody pays for long."""
    ids = build(f"{SHOP}  fake: {{payments: 20, subscriptions: 30}}").ids["prices"]
    assert len(ids) == len(world.table(Price))
    assert {ids["hourly"], ids["monthly"]} == {one.price for one in world.table(Subscription).values()}
    once = {one.cart.items[0].price for one in world.table(Payment).values() if not one.subscriptions}
    assert {ids["mug"]} == once
    assert 24 >= max(one.current_cycle for one in world.table(Subscription).values() if one.price == ids["hourly"])
    invariants.check(world)


def test_what_is_sold_when_the_file_sells_nothing(world, build):
    """A few products by the month and by the year, in the merchant's currency."""
    build("  merchantConfig: {displayCurrency: EUR}\n  fake: {subscriptions: 20}")
    assert (3, 6) == (len(world.table(Product)), len(world.table(Price)))
    assert {"eur"} == {one.currency for one in world.table(Price).values()}
    assert {"eur"} == {one.currency for one in world.table(Subscription).values()}


def test_where_they_are_charged(world, build):
    """At the gateways that cards go to by default, most often at the first."""
    ids = build(
        "  merchantConfig: {paymentMethodOptions: {card: {mode: gatewayProfile, gatewayProfile: us}}}\n"
        "  fake: {payments: 20}"
    ).ids["gatewayProfiles"]
    assert {ids["us"]} == {one.gateway_profile for one in world.table(Transaction).values()}


def test_every_gateway_that_takes_cards(world, build):
    """Without a default they are all charged."""
    ids = build("  fake: {payments: 60}").ids["gatewayProfiles"]
    asked = Counter(one.gateway_profile for one in world.table(Transaction).values())
    assert [ids["eu"], ids["us"]] == [id for id, _ in asked.most_common()]


def test_named_records_beside_it(world, build):
    """What is named keeps its id and is part of the same past."""
    ids = build(
        f"{SHOP}  customers: {{jane: }}\n"
        "  subscriptions:\n"
        "    janes: {customer: jane, price: monthly, gatewayProfile: us, card: {number: 4242424242424242}, "
        "startDate: -100 days}\n"
        "  fake: {subscriptions: 30}\n"
    ).ids
    assert 4 == world.get(Subscription, ids["subscriptions"]["janes"]).current_cycle
    assert 31 == len(world.table(Subscription))
    starts = [one.start_date for one in world.table(Subscription).values()]
    assert sorted(starts) == starts


def test_a_kept_world_has_its_book(world, build):
    """Loaded again into the same world, nobody is made up a second time."""
    text = f"{SHOP}  fake: {{customers: 5, payments: 5, subscriptions: 5}}"
    build(text)
    counts = world.counts
    world.advance("2026-01-15T00:00:00.000Z")
    before = {kind: dict(world.table(kind)) for kind in (Customer, Payment, Subscription)}
    build(text, keep=True)
    assert before == {kind: dict(world.table(kind)) for kind in before}
    assert counts["customers"] == world.counts["customers"]


def test_a_lived_in_world_gets_a_book(world, build):
    """Into a world that goes on, made-up customers come with their past; what was there stays as it is."""
    build(SHOP)
    world.advance("2026-03-01T00:00:00.000Z")
    prices = dict(world.table(Price))
    build(f"{SHOP}  fake: {{subscriptions: 10}}", keep=True)
    assert prices.keys() == world.table(Price).keys()
    assert 10 == len(world.table(Subscription))
    assert "2026-03-01T00:00:00.000Z" == world.now
    invariants.check(world)


def test_who_captures_by_hand_has_done_so(world, build):
    """Nothing of the past has lapsed, whichever renewals were paid together."""
    build(
        "  merchantConfig: {captureMethod: manual, enableRecurringPaymentBundling: true}\n"
        "  fake: {customers: 3, payments: 9, subscriptions: 60}"
    )
    assert {"cancelled"}.isdisjoint(one.display_status for one in world.table(Payment).values())
    invariants.check(world)


# --- the same in every run


def twin(world, seed):
    """Another world as every sandbox begins it."""
    other = World(
        seed=seed,
        now=world.now,
        policies=world.policies,
        gateway=world.gateway,
        jobs=world.jobs,
        reaction=world.reaction,
    )
    account.open_account(other)
    return other


def test_it_comes_from_the_seed(world, read):
    """Equal seeds make equal worlds, whatever was drawn in between; another seed makes other people."""
    scenario = read(f"{HEAD}  fake: {{customers: 9, payments: 9, subscriptions: 9}}")
    worlds = [twin(world, seed) for seed in (7, 8, 7)]
    for one in worlds:
        building.build(one, scenario)
    first, other, again = (one.digest() for one in worlds)
    assert (True, False) == (first == again, first == other)
    emails = [{person.email for person in one.table(Customer).values()} for one in worlds]
    assert emails[0] != emails[1]


RUN = """
import sys
sys.path.insert(0, {root!r})
from mock_odus import assumptions
from mock_odus.sandbox import Sandbox, Settings
from mock_odus.scripting import loader
{before}
policies = assumptions.load().for_engine()
scenario = loader.load({text!r}, file="x.yaml", prefixes=policies.prefixes)
world = Sandbox("x", "", "", Settings(scenario=scenario), policies).world
print(world.digest(), "faker" in sys.modules)
"""


def run(text, before="", hash_seed="0"):
    """The digest of a scenario's world in a process of its own, and whether it has imported Faker."""
    root = os.path.dirname(os.path.dirname(seeding.__file__))
    code = RUN.format(text=text, before=before, root=root)
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_nothing_else_has_a_say():
    """Neither the seed of hashes nor what others did with Faker changes a byte."""
    text = f"{HEAD}  fake: {{customers: 9, payments: 9, subscriptions: 9}}"
    others = "from faker import Faker; Faker.seed(99); Faker().name()"
    assert 1 == len({run(text), run(text, hash_seed="7"), run(text, others)})


def test_faker_is_imported_late():
    """A scenario without made-up customers does not wait for it."""
    assert ["False", "True"] == [run(HEAD + text).split()[1] for text in ("", "  fake: {customers: 1}")]


# --- mistakes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{customers: 10001}", "4:21: world.fake.customers: must be an integer from 0 to 10000, found 10001"),
        ("{payments: -1}", "4:20: world.fake.payments: must be an integer from 0 to 10000, found -1"),
        ("{subscriptions: many}", '4:25: world.fake.subscriptions: must be an integer from 0 to 10000, found "many"'),
        ("{customer: 5}", "4:10: world.fake.customer: is not a known field; did you mean 'customers'?"),
        ("50", "4:9: world.fake: must be an object, found 50"),
    ],
)
def test_what_cannot_be(problems, text, expected):
    """Told with its place."""
    assert [f"x.yaml:{expected}"] == problems(f"version: 1\nname: x\nworld:\n  fake: {text}")


def test_nothing_to_charge_them_at(world, read):
    """Without a gateway that takes cards nobody can have paid."""
    text = "version: 1\nname: x\nworld: {gatewayProfiles: {pal: {integration: paypal}}, fake: {payments: 1}}"
    with pytest.raises(ScenarioError) as caught:
        building.build(world, read(text))
    expected = (
        "x.yaml:3:73: world.fake: payments and subscriptions need a gateway profile that takes cards (stripe, adyen, "
        "checkout)"
    )
    assert (expected,) == caught.value.problems
