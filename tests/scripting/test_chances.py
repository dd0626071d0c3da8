"""A chance falls the same in every run, and what it does not fall on is left to the next rule, uncounted."""

from __future__ import annotations

from math import sqrt

import pytest

from mock_odus.scripting import building, rules

HEAD = "version: 1\nname: x\nrules:\n"
PAYMENTS = 10_000
DEVIATIONS = 4


@pytest.fixture
def run(world, read):
    """Starts the rules of a text; what ran before ends."""
    return lambda text: building.build(world, read(HEAD + text))


@pytest.fixture
def ask(world, charge):
    """The rule that answers the charge of a payment, by its ordinal, and a try."""

    def asked(ordinal=1, attempt="1", **facts):
        payment = f"pay_{ordinal}"
        asked = charge(payment=payment, ordinal=ordinal, occasion=f"{payment}/{attempt}", **facts)
        return world.gateway.answer(world, asked).rule

    return asked


@pytest.mark.parametrize("percent", [30, 12.5, 99])
def test_a_chance_is_kept(run, ask, percent):
    """Of ten thousand payments so many are met as a fair draw would meet, and not the first ones only."""
    run(f"  - {{name: r, chance: {percent}%, then: lost_card}}")
    met = [ask(ordinal) == "r" for ordinal in range(PAYMENTS)]
    share = percent / 100
    expected, spread = PAYMENTS * share, DEVIATIONS * sqrt(PAYMENTS * share * (1 - share))
    assert abs(sum(met) - expected) < spread
    assert abs(sum(met[::2]) - expected / 2) < spread


@pytest.mark.parametrize(("percent", "expected"), [("0%", "test_cards"), ("100%", "r")])
def test_the_ends_are_sure(run, ask, percent, expected):
    """0% never falls, 100% always."""
    run(f"  - {{name: r, chance: {percent}, then: lost_card}}")
    assert {expected} == {ask(ordinal) for ordinal in range(500)}


def test_the_same_try_has_the_same_roll(run, ask):
    """Every gateway of a try gets one roll, however often it is asked; another try, or a refund, gets its own."""
    run(
        "  - {name: r, chance: 50%, then: lost_card}\n"
        "  - {name: r2, when: {operation: refund}, chance: 50%, then: lost_card}"
    )
    tries = [{ask(ordinal, gateway=f"gwp_{n}") for n in range(5)} for ordinal in range(100)]
    assert [1] * 100 == [len(answers) for answers in tries]
    assert 2 == len({answer for answers in tries for answer in answers})
    assert 2 == len({ask(1, str(attempt)) for attempt in range(30)})
    assert {"r2", None} == {ask(1, f"refund/{place}", operation="refund") for place in range(30)}


def test_each_gateway_may_have_its_own_roll(run, ask):
    """With `per: gateway` the gateways of one try differ, and each keeps its own."""
    run("  - {name: r, chance: 50%, per: gateway, then: lost_card}")
    told = [ask(gateway=f"gwp_{n}") for n in range(30)]
    assert 2 == len(set(told))
    assert told == [ask(gateway=f"gwp_{n}") for n in range(30)]


def test_other_rules_change_nothing(run, ask):
    """A roll is the rule's own: it depends neither on the other rules nor on when it was put in."""
    run("  - {name: r, chance: 30%, then: lost_card}")
    alone = [ask(ordinal) for ordinal in range(300)]
    run(
        "  - {name: above, when: {amount: 1}, chance: 30%, then: approve}\n"
        "  - {name: r, chance: 30%, then: lost_card}\n"
        "  - {name: below, when: {amount: 1}, then: approve}"
    )
    assert alone == [ask(ordinal) for ordinal in range(300)]


def test_rules_and_seeds_roll_apart(run, ask, world):
    """Another name and another seed give other rolls."""
    run("  - {name: r, chance: 50%, then: lost_card}")
    first = [ask(ordinal) == "r" for ordinal in range(100)]
    world.seed += 1
    seeded = [ask(ordinal) == "r" for ordinal in range(100)]
    world.seed -= 1
    run("  - {name: q, chance: 50%, then: lost_card}")
    named = [ask(ordinal) == "q" for ordinal in range(100)]
    assert 3 == len({tuple(first), tuple(seeded), tuple(named)})


def test_a_lost_chance_counts_nothing(run, ask, world):
    """A rule that was not met moves neither its list nor its hits, and the next rule answers."""
    run("  - {name: r, chance: 20%, then: [lost_card, stolen_card, approve]}\n  - {name: next, then: expired_card}")
    told = [ask(ordinal) for ordinal in range(100)]
    assert {"r", "next"} == set(told)
    assert [("r", told.count("r")), ("next", told.count("next"))] == [
        (listed.rule.name, listed.hits) for listed in rules.rules(world)
    ]
    assert [told.count("r")] == [cursor.served for cursor in world.table(rules.Cursor).values()]


def test_a_chance_with_times(run, ask, world):
    """`times` counts the tries that were met, and then the rule is spent."""
    run("  - {name: r, chance: 20%, times: 3, then: lost_card}")
    told = [ask(ordinal) for ordinal in range(200)]
    assert 3 == told.count("r")
    assert [True] == [listed.spent for listed in rules.rules(world)]


def test_a_roll_is_not_of_the_time(run, ask):
    """Moving the clock moves no chance."""
    run("  - {name: r, chance: 50%, then: lost_card}")
    early, late = ([ask(ordinal, at=at) for ordinal in range(50)] for at in ("2026-01-01", "2027-05-05"))
    assert early == late
