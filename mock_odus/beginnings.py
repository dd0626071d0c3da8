"""How worlds begin: what a scenario makes of a new account is made once, and copied for all that begin alike."""

from __future__ import annotations

from mock_odus.engine import account
from mock_odus.engine.world import Snapshot, World
from mock_odus.scripting import building
from mock_odus.scripting.language import Scenario

KEPT = 8
"""Tests share a few scenarios; what somebody has made up for one test makes room again."""


class Beginnings:
    """The beginnings that were asked for last. Worlds of one scenario, seed and start are equal, so they are shared."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, str], tuple[Scenario | None, Snapshot]] = {}

    def open(self, world: World, scenario: Scenario | None) -> None:
        """Makes a new world what it is when the scenario begins. ScenarioError."""
        alike = id(scenario), world.seed, world.now  # a scenario that is kept here keeps its id
        if known := self._known.pop(alike, None):
            world.restore(known[1])
        else:
            account.open_account(world)
            if scenario:
                building.build(world, scenario)
            known = scenario, world.snapshot()
        self._known[alike] = known  # as the one that was asked for last
        if len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
