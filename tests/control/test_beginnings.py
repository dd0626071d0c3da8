"""Sandboxes that begin alike are copies of one beginning."""

import pytest

from mock_odus.beginnings import KEPT, Beginnings
from mock_odus.engine import customers
from mock_odus.engine.bodies import CreateCustomer
from mock_odus.sandbox import Sandbox, Settings
from mock_odus.scripting import library, loader
from tests.timekeeper.hands import POLICIES, scenario


def begun(beginnings, **settings):
    return Sandbox("shop", "", "", Settings(**settings), POLICIES, beginnings=beginnings)


def is_copy(sandbox, other):
    """What was made once is the very same record in both."""
    return sandbox.world.merchant_config() is other.world.merchant_config()


def spoil(world):
    customers.create(world, CreateCustomer(email="late@example.com"))


@pytest.mark.parametrize("name", library.available())
def test_the_second_begins_as_the_first_did(name):
    """Whatever was done in the first meanwhile: it is a world of its own, equal to one that was made alone."""
    asked = loader.find(name, prefixes=POLICIES.prefixes)
    alone = begun(Beginnings(), scenario=asked).world.digest()
    beginnings = Beginnings()
    first = begun(beginnings, scenario=asked)
    spoil(first.world)
    second = begun(beginnings, scenario=asked)
    second.world.check()

    assert alone == second.world.digest() != first.world.digest()
    assert is_copy(second, first)
    spoil(second.world)
    second.reset()
    assert alone == second.world.digest()


def test_what_differs_begins_differently():
    """Another seed, start or scenario is another beginning."""
    beginnings, starter = Beginnings(), scenario()
    asked = [
        {},
        {"seed": 7},
        {"start": "2027-01-01T00:00:00.000Z"},
        {"scenario": starter},
        {"scenario": scenario(start="2028-01-01")},
    ]

    assert len(asked) == len({begun(beginnings, **one).world.digest() for one in asked})


def test_what_was_forgotten_is_made_again():
    """Only those are kept that were asked for last; another is made as it was the first time."""
    beginnings, starter = Beginnings(), scenario()
    first, often = begun(beginnings, scenario=starter), begun(beginnings, seed=99)
    for seed in range(2 * KEPT):
        begun(beginnings, seed=seed)
        assert is_copy(begun(beginnings, seed=99), often)
    again = begun(beginnings, scenario=starter)

    assert not is_copy(again, first)
    assert first.world.digest() == again.world.digest()
