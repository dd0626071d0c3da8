"""`between` holds in a span of time, by instants or counted from the scenario's start."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from mock_odus.scripting import building, loader, rules

HEAD = "version: 1\nname: x\n"
DAY = "2026-01-{:02}T00:00:00.000Z"


@pytest.fixture
def begun(world, read):
    """Loads a scenario whose only rule has a window; tells the instants from it that the rule then has."""

    def begin(between, more=""):
        running = building.build(
            world, read(f"{HEAD}{more}rules: [{{name: r, when: {{between: {between}}}, then: lost_card}}]")
        )
        return bounds(running.rules[0])

    return begin


def bounds(rule):
    (span,) = next(condition for condition in rule.when if condition.fact == "between").spans
    return span.gte, span.lt


def at(world, charge, instant):
    """Which rule answers at an instant."""
    return world.gateway.answer(world, charge(at=instant)).rule


def test_from_is_in_it_and_until_is_not(begun, world, charge):
    """The first instant fits, the last does not."""
    begun("{from: +1 day, until: +3 days}")
    told = {day: at(world, charge, DAY.format(day)) for day in range(1, 6)}
    assert {1: "test_cards", 2: "r", 3: "r", 4: "test_cards", 5: "test_cards"} == told
    assert "r" == at(world, charge, "2026-01-03T23:59:59.999Z")


def test_either_end_may_be_open(begun):
    """Without `from` it holds from the beginning, without `until` for ever."""
    assert (None, DAY.format(3)) == begun("{until: +2 days}")
    assert (DAY.format(3), None) == begun("{from: +P2D}")


def test_instants_are_taken_as_they_are(begun):
    """An instant is no matter of the start; any offset will do, and the two kinds of bounds go together."""
    assert (DAY.format(2), DAY.format(11)) == begun("{from: 2026-01-02T02:00:00+02:00, until: +10 days}")


def test_calendar_units_are_the_merchant_s(begun):
    """Months and days keep the wall clock of the merchant's timezone, which has its summer; hours are exact."""
    paris = "world: {merchantConfig: {timezone: Europe/Paris}}\n"
    assert ("2026-03-31T23:00:00.000Z", "2026-04-01T00:00:00.000Z") == begun(
        "{from: +3 months, until: +2160 hours}", paris
    )


def test_it_counts_from_when_the_scenario_was_loaded(begun, world):
    """The start is the sandbox's now just after loading, wherever the clock stood before."""
    world.forward("2026-01-05T12:00:00.000Z")
    assert ("2026-01-05T12:00:00.000Z", "2026-01-06T12:00:00.000Z") == begun("{from: +0 days, until: +1 day}")


def test_a_live_rule_counts_from_the_same_start(begun, world):
    """A rule that is put on top later counts as if it had stood in the file; without a scenario, from the first one."""
    begun("{until: +1 day}")
    world.forward(DAY.format(20))
    added = rules.add_rule(world, loader.load_rule("{when: {between: {from: +1 day}}, then: approve}", world))
    assert (DAY.format(2), None) == bounds(added)


def test_the_first_live_rule_starts_the_count(world):
    """Where no scenario runs, the first rule's coming is the start."""
    world.forward(DAY.format(20))
    first = rules.add_rule(world, loader.load_rule("{when: {between: {from: +1 day}}, then: approve}", world))
    world.forward(DAY.format(25))
    second = rules.add_rule(world, loader.load_rule("{when: {between: {from: +1 day}}, then: approve}", world))
    assert [(DAY.format(21), None)] * 2 == [bounds(first), bounds(second)]


def test_a_bound_beyond_the_calendar_is_never_reached(begun):
    """A duration of any length is taken."""
    assert ("9999-12-31T23:59:59.999Z", None) == begun("{from: +99999999999999999999 years}")


def test_a_window_is_one_condition_of_several(begun, world, charge):
    """The others must hold as well."""
    added = loader.load_rule("{name: both, when: {amount: 7, between: {until: +1 day}}, then: lost_card}", world)
    rules.add_rule(world, added)
    told = [
        world.gateway.answer(world, replace(charge(at=DAY.format(day)), amount=amount)).rule
        for day in (1, 3)
        for amount in (7, 8)
    ]
    assert ["both", "test_cards", "test_cards", "test_cards"] == told
