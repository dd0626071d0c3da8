"""Whose turn it is in a cascade that shares its charges out (guides/routing/*).

Smooth weighted round robin: every turn the current weight of each rule grows by its weight; the largest is picked and
loses the sum of all weights. Weights of 5, 1 and 1 give a a b a c a a, not five in a row. Plain round robin is the same
with equal weights.
"""

from __future__ import annotations

from mock_odus.engine.records import Cascade, CascadeRule, Rotation
from mock_odus.engine.world import World


def turn(world: World, cascade: Cascade, rules: list[CascadeRule]) -> list[CascadeRule]:
    """Moves on by one. The rule whose turn it is, and behind it the others in position order, cyclic.

    `rules` are those that may be asked, in position order; only they grow. A weight of 0 never has its turn.
    """
    is_weighted = cascade.algorithm == "weighted_round_robin"
    weights = {rule.position: rule.weight or 0 if is_weighted else 1 for rule in rules}
    kept = world.find(Rotation, cascade.id)
    current = dict(kept.weights) if kept else {}
    for position, weight in weights.items():
        current[position] = current.get(position, 0) + weight
    picked = max(weights, key=lambda position: current[position])  # of equal ones the first
    current[picked] -= sum(weights.values())
    world.put(Rotation(id=cascade.id, weights=current))
    place = list(weights).index(picked)
    return rules[place:] + rules[:place]


def forget(world: World, cascade: Cascade) -> None:
    """The next turn is the first."""
    if world.find(Rotation, cascade.id):
        world.remove(Rotation, cascade.id)
