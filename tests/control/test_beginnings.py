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
    """Only so many are kept; an older one is made as it was the first time."""
    beginnings, starter = Beginnings(), scenario()
    first = begun(beginnings, scenario=starter).world.digest()
    others = {begun(beginnings, seed=seed).world.digest() for seed in range(2 * KEPT)}

    assert 2 * KEPT == len(others)
    assert first == begun(beginnings, scenario=starter).world.digest()
