"""Shares of a cascade: smooth weighted round robin keeps to them exactly in the long run, and closely all the time."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_odus import assumptions
from mock_odus.engine import rotation
from mock_odus.engine.records import Cascade, CascadeRule
from mock_odus.engine.world import World
from mock_odus.scripting.gateway import ScriptedGateway

POLICIES = assumptions.load().for_engine()

WEIGHTS = st.lists(st.integers(0, 100), min_size=1, max_size=10).filter(any)
LARGE = st.lists(st.integers(50, 100), min_size=7, max_size=10)


def turns(weights, count):
    """The places of the rules whose turn it was, one after the other, in a world of their own."""
    world = World(seed=1, now="2026-01-01T00:00:00.000Z", policies=POLICIES, gateway=ScriptedGateway())
    rules = [CascadeRule(f"gwp_{place}", place + 1, weight) for place, weight in enumerate(weights)]
    now = world.now
    cascade = Cascade("cas_1", now, now, "Shares", None, "weighted_round_robin", tuple(rules))
    return [rotation.turn(world, cascade, rules)[0].position - 1 for _ in range(count)]


def lags(weights, picked):
    """How many turns each rule is behind its share, after each turn; less than 0 is ahead."""
    total, taken = sum(weights), [0] * len(weights)
    for count, place in enumerate(picked, 1):
        taken[place] += 1
        yield [Fraction(weight * count, total) - done for weight, done in zip(weights, taken)]


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(weights=st.one_of(WEIGHTS, LARGE), rounds=st.integers(1, 2))
def test_shares_are_kept(weights, rounds):
    """After as many turns as the weights sum up to, each has had its weight exactly; the next ones are the same again.

    On the way nobody is ahead by a whole turn, and of n rules none is behind by more than 1/2 + 1/3 + … + 1/n turns.
    """
    total = sum(weights)
    picked = turns(weights, rounds * total)
    assert weights == [picked[:total].count(place) for place in range(len(weights))]
    assert picked[:total] * rounds == picked

    sharing = sum(weight > 0 for weight in weights)
    most = sum(Fraction(1, n) for n in range(2, sharing + 1))
    every = [lag for row in lags(weights, picked) for lag in row]
    assert Fraction(1, sharing) - 1 <= min(every)
    assert max(every) <= most


@pytest.mark.parametrize(
    ("weights", "behind"), [([70, 30], Fraction(1, 2)), ([1, 79, 79], Fraction(44, 53)), ([1, 1, 1, 6, 6], Fraction(1))]
)
def test_how_far_one_falls_behind(weights, behind):
    """With two or three rules less than a turn; five can make it a whole one."""
    picked = turns(weights, sum(weights))
    assert behind == max(lag for row in lags(weights, picked) for lag in row)


def test_one_of_many_rules_may_be_more_than_a_turn_behind():
    """One of seven waits a little longer than its share, and catches up."""
    weights = [13, 24, 19, 97, 97, 94, 7]
    picked = turns(weights, sum(weights))
    assert 1 < max(lag for row in lags(weights, picked) for lag in row) < Fraction(102, 100)
    assert weights == [picked.count(place) for place in range(7)]
