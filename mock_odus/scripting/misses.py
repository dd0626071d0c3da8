"""Charges that no rule fitted although the scenario wanted one for each (`unmatched: fail`), and what came nearest."""

from __future__ import annotations

from typing import Any

from mock_odus.engine.gateways import Charge
from mock_odus.engine.records import Kept, Record
from mock_odus.engine.world import World
from mock_odus.scripting import rules, windows, writing
from mock_odus.scripting.language import Rule
from mock_odus.scripting.matching import FACTS, fact, holds
from mock_odus.scripting.rules import Running

NEAREST = 3


class Difference(Record, frozen=True):
    """One key of a rule that kept it from fitting. `found` is None when the charge lacks the fact."""

    key: str
    wanted: Any
    found: Any


class Near(Record, frozen=True):
    """A rule that did not fit, and why."""

    rule: str
    differs: tuple[Difference, ...]


class Miss(Kept, frozen=True):
    """A charge, by the keys of conditions, and the rules that came nearest to it, the nearest first."""

    at: str
    charge: dict[str, Any]
    nearest: tuple[Near, ...]


def note(world: World, now: Running, charge: Charge) -> Miss:
    """Puts a miss into the world's tables."""
    found = [Near(rule.name, _differences(world, now, rule, charge)) for rule in now.rules]
    nearest = sorted(found, key=lambda near: len(near.differs))[:NEAREST]
    return world.put(Miss(f"miss_{world.count('miss')}", world.now, _facts(now, charge), tuple(nearest)))


def _differences(world: World, now: Running, rule: Rule, charge: Charge) -> tuple[Difference, ...]:
    found = [
        Difference(condition.fact, writing.wanted(condition, now.ids), _fact(now, charge, condition.fact))
        for condition in rule.when
        if not holds(condition, fact(charge, condition.fact))
    ]
    # Conditions that all hold leave two reasons not to fit.
    if not found and rule.chance is not None and not rules.is_lucky(world, rule, charge):
        found.append(Difference("chance", writing.percent(rule.chance), "lost"))
    if not found:
        found.append(Difference("times", rule.times, "spent"))
    return tuple(found)


def _facts(now: Running, charge: Charge) -> dict[str, Any]:
    """What conditions can see of a charge. The instant is the miss's own."""
    keys = [key for key in FACTS if key != windows.KEY]
    keys += [f"metadata.{key}" for key in charge.metadata]
    keys += [f"customer.metadata.{key}" for key in (charge.customer.metadata if charge.customer else ())]
    return {key: found for key in keys if (found := _fact(now, charge, key)) is not None}


def _fact(now: Running, charge: Charge, key: str) -> Any:
    return writing.name_of(key, fact(charge, key), now.ids)
