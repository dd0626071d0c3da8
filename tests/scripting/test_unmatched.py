"""What happens to a charge that no rule fits, and what is told of it when the scenario wanted a rule for each."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from mock_odus.engine.errors import NotFound
from mock_odus.engine.gateways import Approved, Challenged, Declined
from mock_odus.engine.records import Customer
from mock_odus.scripting import building, loader, rules
from mock_odus.scripting.misses import Difference, Miss, Near

HEAD = "version: 1\nname: x\n"
WORLD = """\
unmatched: fail
world:
  gatewayProfiles: {eu: {integration: stripe, id: gwp_1}, us: {integration: adyen}}
  customers: {jane: {id: cus_1}}
"""


@pytest.fixture
def run(world, read):
    """Starts a scenario; what ran before ends."""
    return lambda text: building.build(world, read(HEAD + text), keep=True)


@pytest.fixture
def missed(run, world, charge):
    """The nearest rules of a charge that none of these fits."""

    def nearest(rules, **facts):
        run(f"{WORLD}rules:\n{rules}")
        world.gateway.answer(world, charge(**facts))
        return list(world.table(Miss).values())[-1].nearest

    return nearest


def outcome(world, charge):
    return world.gateway.answer(world, charge).outcome


def test_the_test_cards_decide(run, world, charge, card):
    """Unless the scenario says otherwise the built-in table is asked."""
    run("rules: [{when: {amount: 1}, then: lost_card}]")
    assert Challenged() == outcome(world, charge(card=replace(card, test_card="stripe/3220")))


@pytest.mark.parametrize(("test_card", "method"), [("stripe/3220", "card"), ("stripe/0002", "card"), (None, "paypal")])
def test_all_is_approved(run, world, charge, card, test_card, method):
    """With `approve` no card means what it means in the table, and nobody is challenged."""
    run("unmatched: approve\nrules: [{when: {amount: 1}, then: lost_card}]")
    asked = charge(card=card and replace(card, test_card=test_card), method=method)
    assert Approved() == outcome(world, asked)
    assert Declined("lost_card") == outcome(world, replace(asked, amount=1))


def test_the_try_ends(run, world, charge):
    """With `fail` the charge errors, no other gateway is asked, and the processor's message names the nearest rules."""
    rule = "{{name: {}, when: {{try: {}}}, then: approve}}".format
    run(f"{WORLD}rules: [{rule('a', 7)}, {rule('b', 8)}]")
    said = outcome(world, charge())
    assert ("generic_processor_error", True) == (said.code, said.ends_try)
    assert "no rule of the scenario fits this charge; nearest: 'a', 'b'. See /_mock/journal/misses" == (
        said.processor_message
    )


def test_there_may_be_no_rule_at_all(run, world, charge):
    """A scenario that has none is missed by every charge."""
    run(WORLD)
    assert "there is none" in outcome(world, charge()).processor_message
    assert [()] == [miss.nearest for miss in world.table(Miss).values()]


@pytest.mark.parametrize("unmatched", ["test_cards", "approve", "fail"])
@pytest.mark.parametrize("operation", ["capture", "refund", "void"])
def test_captures_refunds_and_voids_are_approved(run, world, charge, unmatched, operation):
    """Whatever the scenario says of the rest, what follows a charge goes well, and is never missed."""
    run(f"unmatched: {unmatched}")
    assert Approved() == outcome(world, charge(operation=operation))
    assert {} == world.table(Miss)


def test_what_is_told_of_the_charge(missed, world, charge, customer):
    """All that conditions can see, by their keys, with the names of the scenario, and no card number."""
    missed("  - {name: a, when: {amount: 1}, then: approve}", off_session_type="recurring")
    (miss,) = world.table(Miss).values()
    assert ("miss_1", world.now) == (miss.id, miss.at)
    assert {
        "operation": "authorize",
        "gateway": "eu",
        "integration": "stripe",
        "cascade": "cas_1",
        "position": 1,
        "amount": 5000,
        "currency": "usd",
        "initiator": "customer",
        "offSessionType": "recurring",
        "method": "card",
        "card.number": "stripe/4242",
        "card.brand": "visa",
        "card.last4": "4242",
        "card.bin": "424242",
        "card.country": "US",
        "customer": "jane",
        "customer.email": "a@unlucky.example",
        "payment": "pay_1",
        "try": 1,
        "metadata.orderId": "01234",
        "customer.metadata.plan": "gold",
    } == miss.charge
    assert b"4242424242424242" not in msgspec.json.encode(miss)


def test_a_fact_that_is_lacking_is_left_out(missed, world):
    """A guest has no customer, and a charge of no cascade no place in it."""
    missed("  - {when: {amount: 1}, then: approve}", customer=None, card=None, cascade=None, position=None, metadata={})
    (miss,) = world.table(Miss).values()
    keys = "operation gateway integration amount currency initiator method payment try"
    assert keys.split() == list(miss.charge)


@pytest.mark.parametrize(
    ("when", "key", "wanted", "found"),
    [
        ("{amount: {gte: 9000}}", "amount", {"gte": 9000}, 5000),
        ("{amount: [1, 2]}", "amount", [1, 2], 5000),
        ("{gateway: us}", "gateway", "us", "eu"),
        ("{gateway: {ne: eu}}", "gateway", {"ne": "eu"}, "eu"),
        ("{customer.email: '*@x.example'}", "customer.email", "*@x.example", "a@unlucky.example"),
        ("{metadata.orderId: 1}", "metadata.orderId", "1", "01234"),
        ("{metadata.other: 1}", "metadata.other", "1", None),
        ("{card.number: '*0002'}", "card.number", "stripe/0002", "stripe/4242"),
        ("{operation: refund}", "operation", "refund", "authorize"),
        ("{try: 2}", "try", 2, 1),
        ("{cycle: 2}", "cycle", 2, None),
        ("{retry: {lte: 3}}", "retry", {"lte": 3}, None),
        ("{subscription: sub_1}", "subscription", "sub_1", None),
        (
            "{between: {from: +1 day}}",
            "between",
            {"from": "2026-01-02T00:00:00.000Z"},
            "2026-01-01T00:00:00.000Z",
        ),
    ],
)
def test_what_differs(missed, when, key, wanted, found):
    """A condition that does not hold is told as it was written, beside what the charge has."""
    assert (Near("a", (Difference(key, wanted, found),)),) == missed(f"  - {{name: a, when: {when}, then: approve}}")


def test_what_is_told_of_a_renewal(missed, world):
    """A bundle's prices and cycles as a list, what is alone by itself, names where the scenario has them."""
    facts = {"prices": ("price_1", "price_2"), "products": ("prod_1",), "subscriptions": ("sub_1", "sub_2")}
    (near,) = missed("  - {name: a, when: {cycle: 2, retry: 1}, then: approve}", **facts, cycles=(3, 4), retry=0)
    assert (Difference("cycle", 2, [3, 4]), Difference("retry", 1, 0)) == near.differs
    (miss,) = world.table(Miss).values()
    assert {
        "price": ["price_1", "price_2"],
        "product": "prod_1",
        "subscription": ["sub_1", "sub_2"],
        "cycle": [3, 4],
        "retry": 0,
    } == {key: miss.charge[key] for key in ("price", "product", "subscription", "cycle", "retry")}


def test_a_lost_chance_differs(missed):
    """A rule whose conditions all hold can still have lost its chance."""
    assert (Near("a", (Difference("chance", "0%", "lost"),)),) == missed("  - {name: a, chance: 0%, then: approve}")


def test_a_spent_rule_differs(run, world, charge):
    """A rule whose conditions all hold can be spent."""
    run(f"{WORLD}rules: [{{name: a, when: {{currency: usd}}, times: 1, then: approve}}]")
    world.gateway.answer(world, charge(occasion="pay_1/1"))
    world.gateway.answer(world, charge(occasion="pay_1/2"))
    (miss,) = world.table(Miss).values()
    assert (Near("a", (Difference("times", 1, "spent"),)),) == miss.nearest


def test_the_nearest_come_first(missed):
    """Three rules are told: those of which the fewest conditions differ, of equals the one that stands above."""
    told = missed(
        "  - {name: three, when: {amount: 1, currency: eur, position: 9}, then: approve}\n"
        "  - {name: two, when: {amount: 1, currency: eur}, then: approve}\n"
        "  - {name: one, when: {amount: 1}, then: approve}\n"
        "  - {name: one too, when: {currency: eur}, then: approve}\n"
        "  - {name: two too, when: {amount: 1, currency: eur}, then: approve}"
    )
    assert [("one", 1), ("one too", 1), ("two", 2)] == [(near.rule, len(near.differs)) for near in told]


def test_misses_are_the_world_s(run, world, charge):
    """They are in its digest and its snapshots, and go with a verb that fails."""
    run(WORLD)
    before = world.snapshot()
    digest = world.digest()

    def refused():
        with world.verb():
            world.gateway.answer(world, charge())
            world.get(Customer, "cus_none")

    with pytest.raises(NotFound):
        refused()
    assert digest == world.digest()
    world.gateway.answer(world, charge())
    assert digest != world.digest()
    again = world.fork()
    assert again.digest() == world.digest()
    world.restore(before)
    assert (digest, {}) == (world.digest(), world.table(Miss))


def test_a_scenario_that_ends_asks_for_no_rules(run, world, charge):
    """When the rules go, the test cards decide again."""
    run(WORLD)
    rules.start(world, None, None, (), {})
    assert Approved() == outcome(world, charge())
    rules.add_rule(world, loader.load_rule("{when: {amount: 1}, then: lost_card}", world))
    assert Approved() == outcome(world, charge())


def test_a_live_rule_is_among_the_nearest(run, world, charge):
    """Rules that were put on top are told like the scenario's own."""
    run(WORLD)
    rules.add_rule(world, loader.load_rule("{name: live, when: {amount: 1}, then: lost_card}", world))
    assert "'live'" in outcome(world, charge()).processor_message
