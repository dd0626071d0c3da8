"""Lists, `times` and `per` move once a try, and a rule counts its answers."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from mock_odus.engine.errors import NotFound
from mock_odus.engine.records import Customer
from mock_odus.scripting import loader, rules

HEAD = "version: 1\nname: x\n"


@pytest.fixture
def ask(world, charge, read):
    """Starts the rules of a text; then asks the gateways and tells each answer's outcome and rule."""

    def start(text):
        scenario = read(f"{HEAD}rules:\n{text}")
        rules.start(world, scenario.name, None, scenario.rules, scenario.ids)

        def asked(occasion="pay_1/1", **facts):
            answer = world.gateway.answer(world, charge(occasion=occasion, payment=occasion.split("/")[0], **facts))
            word = msgspec.to_builtins(answer.outcome)
            return word.get("code") or word["outcome"], answer.rule

        return asked

    return start


def test_the_list_moves_once_a_try(ask):
    """Over three gateways a list of two refusals fails three times, three times, and then works."""
    asked = ask("  - {name: r, then: [insufficient_funds, insufficient_funds, approve]}")
    told = [[asked(f"pay_1/{n}", gateway=f"gwp_{g}")[0] for g in range(3)] for n in range(1, 5)]
    assert [["insufficient_funds"] * 3, ["insufficient_funds"] * 3, ["approve"] * 3, ["approve"] * 3] == told


def test_a_try_keeps_its_place(ask):
    """A try that others pass, as while a customer is challenged, goes on with the element it had."""
    asked = ask("  - {then: [challenge, lost_card, approve]}")
    assert ["challenge", "lost_card", "challenge", "approve", "lost_card"] == [
        asked(occasion)[0] for occasion in ("pay_1/1", "pay_2/1", "pay_1/1", "pay_1/2", "pay_2/1")
    ]


def test_times(ask, world):
    """A rule with `times` serves so many tries, whatever the number of gateways, and is spent."""
    asked = ask("  - {name: once, times: 2, then: lost_card}\n  - {name: other, then: stolen_card}")
    occasions = ["pay_1/1", "pay_1/1", "pay_1/2", "pay_1/3", "pay_1/2"]
    assert ["once", "once", "once", "other", "once"] == [asked(occasion)[1] for occasion in occasions]
    assert [("once", 4, True), ("other", 1, False)] == [
        (listed.rule.name, listed.hits, listed.spent) for listed in rules.rules(world)
    ]


@pytest.mark.parametrize(
    ("per", "facts"),
    [
        ("customer", ("customer", "id")),
        ("card", ("card", "fingerprint")),
    ],
)
def test_per(ask, charge, per, facts):
    """Each customer or card has a count of its own; a charge without one shares the common count."""
    asked = ask(f"  - {{per: {per}, then: [lost_card, approve]}}")
    name, field = facts
    one = getattr(charge(), name)
    other = replace(one, **{field: "other"})
    given = [one, other, None, None, one, other]
    told = [asked(f"pay_{n}/1", **{name: fact})[0] for n, fact in enumerate(given)]
    assert ["lost_card", "lost_card", "lost_card", "approve", "approve", "approve"] == told


def test_per_subscription(ask):
    """Each subscription begins the list anew; a bundle counts by its first, and charges for none share a count."""
    asked = ask("  - {per: subscription, then: [lost_card, approve]}")
    given = [("sub_1",), ("sub_2", "sub_1"), (), ("sub_1", "sub_2"), (), ("sub_2",)]
    told = [asked(f"pay_{n}/1", subscriptions=ids)[0] for n, ids in enumerate(given)]
    assert ["lost_card", "lost_card", "lost_card", "approve", "approve", "approve"] == told


def test_per_payment(ask):
    """Each payment begins the list anew."""
    asked = ask("  - {per: payment, then: [lost_card, approve]}")
    occasions = ["pay_1/1", "pay_2/1", "pay_1/2", "pay_2/2"]
    assert ["lost_card", "lost_card", "approve", "approve"] == [asked(occasion)[0] for occasion in occasions]


def test_per_gateway(ask):
    """Each gateway moves by itself, so that they can be at different places."""
    asked = ask("  - {per: gateway, then: [lost_card, approve]}")
    told = [asked(f"pay_1/{n}", gateway=gateway)[0] for n, gateway in enumerate(["a", "b", "a", "b"])]
    assert ["lost_card", "lost_card", "approve", "approve"] == told


def test_times_per_customer(ask, charge, world):
    """With `per`, `times` is counted for each, and the rule is never spent for all."""
    asked = ask("  - {name: r, per: customer, times: 1, then: lost_card}")
    other = replace(charge().customer, id="cus_2")
    told = [asked("pay_1/1")[1], asked("pay_2/1")[1], asked("pay_3/1", customer=other)[1]]
    assert ["r", "test_cards", "r"] == told
    assert [False] == [listed.spent for listed in rules.rules(world)]


def test_a_rule_that_does_not_fit_counts_nothing(ask):
    """Only the rule that answers moves."""
    asked = ask(
        "  - {name: eur, when: {currency: eur}, then: [lost_card, approve]}\n  - {then: [stolen_card, approve]}"
    )
    told = [asked("pay_1/1"), asked("pay_1/2", currency="eur"), asked("pay_1/3")]
    assert ["stolen_card", "lost_card", "approve"] == [outcome for outcome, _ in told]


def test_the_first_fitting_rule_decides(ask):
    """Rules are asked in their order; then the table of test cards."""
    asked = ask(
        "  - {name: a, when: {amount: {gte: 100}}, then: lost_card}\n"
        "  - {name: b, when: {amount: 5..200}, then: stolen_card}"
    )
    assert [("lost_card", "a"), ("stolen_card", "b"), ("approve", "test_cards")] == [
        asked(amount=amount) for amount in (150, 50, 1)
    ]


def test_a_live_rule_stands_on_top(ask, world):
    """A rule that was added comes first, has the next id, and is called by it when it has no name."""
    asked = ask("  - {name: a, then: lost_card}")
    added = rules.add_rule(world, loader.load_rule("then: stolen_card", world))
    named = rules.add_rule(world, loader.load_rule("{name: top, when: {currency: eur}, then: timeout}", world))
    assert [("rule_2", "rule_2"), ("rule_3", "top")] == [(rule.id, rule.name) for rule in (added, named)]
    assert [("stolen_card", "rule_2"), ("timeout", "top")] == [asked(), asked(currency="eur")]
    assert ["top", "rule_2", "a"] == [listed.rule.name for listed in rules.rules(world)]


def test_a_removed_rule_answers_no_more(ask, world):
    """After a rule was removed the next one decides; a second removal finds nothing."""
    asked = ask("  - {name: a, then: lost_card}\n  - {name: b, then: stolen_card}")
    removed = rules.remove_rule(world, "rule_1")
    assert ("a", ("stolen_card", "b")) == (removed.name, asked())
    with pytest.raises(NotFound, match="no rule with id 'rule_1'"):
        rules.remove_rule(world, "rule_1")


def test_a_live_rule_needs_no_scenario(world, charge):
    """Rules can be put into a world where nothing runs; such a world has no scenario's name."""
    rules.add_rule(world, loader.load_rule("{then: lost_card}", world))
    assert "rule_1" == world.gateway.answer(world, charge()).rule
    assert None is rules.running(world).name


def test_counts_are_the_world_s(ask, world):
    """Counts lie in the world: a restored snapshot counts on from where it was, and a fork by itself."""
    asked = ask("  - {name: r, then: [lost_card, stolen_card, approve]}")
    asked("pay_1/1")
    snapshot, digest = world.snapshot(), world.digest()
    fork = world.fork()
    assert ["stolen_card", "approve"] == [asked("pay_1/2")[0], asked("pay_1/3")[0]]
    assert 1 == rules.rules(fork)[0].hits
    world.restore(snapshot)
    assert digest == world.digest() == fork.digest()
    assert "stolen_card" == asked("pay_1/2")[0]


def test_a_verb_that_fails_counts_nothing(ask, world):
    """What an undone verb asked is not counted."""
    asked = ask("  - {name: r, times: 1, then: lost_card}")
    digest = world.digest()

    def refused():
        with world.verb():
            asked()
            world.get(Customer, "cus_none")

    with pytest.raises(NotFound):
        refused()
    assert digest == world.digest()


@pytest.mark.parametrize("operation", ["capture", "refund", "void"])
def test_captures_refunds_and_voids(ask, operation):
    """Only a gateway that is down, or a rule that names them, refuses anything but an authorization."""
    asked = ask(
        "  - {name: a, when: {currency: eur}, then: unreachable}\n"
        f"  - {{name: b, when: {{operation: {operation}, currency: chf}}, then: lost_card}}\n"
        "  - {name: c, then: stolen_card}"
    )
    told = [asked(operation=operation, currency=currency) for currency in ("eur", "chf", "usd")]
    assert [("unreachable", "a"), ("lost_card", "b"), ("approve", None)] == told
