"""Cascades of every algorithm in a scenario file."""

from __future__ import annotations

import pytest

from mock_odus.engine import cascades
from mock_odus.engine.records import MethodRouting
from mock_odus.scripting import building
from mock_odus.scripting.language import ScenarioError

HEAD = """\
version: 1
name: x
world:
  gatewayProfiles: {one: {integration: stripe}, two: {integration: adyen}, three: {integration: checkout}}
  cascades:
    all:
"""


def first(world, ids, count):
    """The names of the gateway profiles that are asked first in so many attempts."""
    names = {id: name for name, id in ids["gatewayProfiles"].items()}
    way = MethodRouting("cascade", ids["cascades"]["all"])
    return [names[cascades.candidates(world, way, "card", "usd")[0].gateway_profile] for _ in range(count)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "{algorithm: round_robin, rules: [{gatewayProfile: two, position: 1}, {gatewayProfile: one, position: 2}]}",
            ["two", "one", "two", "one"],
        ),
        (
            "{algorithm: weighted_round_robin, rules: [{gatewayProfile: one, position: 1, weight: 1}, "
            "{gatewayProfile: two, position: 2, weight: 0}, {gatewayProfile: three, position: 3, weight: 2}]}",
            ["three", "one", "three", "three"],
        ),
        (
            "{algorithm: priority_queue, rules: [{gatewayProfile: one, position: 2}, "
            "{gatewayProfile: two, position: 1, transactionLimit: 1, limitPeriod: day}]}",
            ["two", "two", "two", "two"],
        ),
    ],
)
def test_every_algorithm_works_at_once(world, read, text, expected):
    """A file may use each, and the charges go by it."""
    ids = building.build(world, read(f"{HEAD}      {text}")).ids
    assert expected == first(world, ids, 4)


def test_loading_again_begins_anew(world, read):
    """A scenario's cascade has its first turn when the world is made, and keeps it when the world is kept."""
    rules = ", ".join(f"{{gatewayProfile: {name}, position: {place}}}" for place, name in enumerate(("one", "two"), 1))
    scenario = read(f"{HEAD}      {{algorithm: round_robin, rules: [{rules}]}}")
    empty = world.snapshot()
    ids = building.build(world, scenario).ids
    assert ["one"] == first(world, ids, 1)
    building.build(world, scenario, keep=True)
    assert ["two", "one"] == first(world, ids, 2)
    world.restore(empty)
    building.build(world, scenario)
    assert ["one"] == first(world, ids, 1)


def test_a_slip_in_a_cascade_has_its_place(problems):
    """What does not fit its type is told with line, column and the nearest word."""
    assert [
        "x.yaml:7:18: world.cascades.all.algorithm: must be one of round_robin, weighted_round_robin, priority_queue, "
        "found \"round_robbin\"; did you mean 'round_robin'?",
        "x.yaml:8:58: world.cascades.all.rules[0].weight: must be an integer from 0 to 100, found 101",
    ] == problems(
        f"{HEAD}      algorithm: round_robbin\n      rules: [{{gatewayProfile: one, position: 1, weight: 101}}]"
    )


def test_rules_that_an_algorithm_forbids_are_told_with_the_cascade(world, read):
    """What the engine refuses, all of it, and nothing was made."""
    digest = world.digest()
    text = """\
      algorithm: weighted_round_robin
      rules:
        - {gatewayProfile: one, position: 1}
        - {gatewayProfile: two, position: 1, weight: 5, transactionCap: 100, capPeriod: week}
"""
    with pytest.raises(ScenarioError) as caught:
        building.build(world, read(HEAD + text))
    rules = "world.cascades.all.rules"
    only = "must be left out in a weighted_round_robin: limits and caps are for a priority_queue"
    assert (
        f"x.yaml:9:11: {rules}[0].weight: is required in a weighted_round_robin: 0 to 100",
        f"x.yaml:9:43: {rules}[0].position: must be unique, found 1 2 times",
        f"x.yaml:10:43: {rules}[1].position: must be unique, found 1 2 times",
        f"x.yaml:10:73: {rules}[1].transactionCap: {only}",
        f"x.yaml:10:89: {rules}[1].capPeriod: {only}",
    ) == caught.value.problems
    assert digest == world.digest()
