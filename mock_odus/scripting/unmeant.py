"""Rules that are well formed and yet cannot be meant: those that never decide, or not as often as they are written for.

Only what holds whatever is charged is told. A rule takes every charge that another one fits when it asks for no more
than that one does, and is neither spent after some time nor left to chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from mock_odus.scripting.language import Condition, Rule, Window

Asked = frozenset[Condition | Window]

MOST_ASKED = 8
"""A rule that asks for more is not looked at: there are too many rules that ask for some of it."""


def told(rules: Iterable[Rule]) -> Iterator[tuple[str, str]]:
    """The names of such rules, each with what is wrong; `rules` are those of one file, the first to be asked first."""
    takers: dict[Asked, str] = {}
    for rule in rules:
        asked: Asked = frozenset((*rule.when, *((rule.window,) if rule.window else ())))
        if taker := _taker(asked, takers):
            yield rule.name, f"never decides: '{taker}' stands above it and takes every charge that it fits"
        elif rule.times is not None and rule.times < len(rule.then):
            yield (
                rule.name,
                f"times: {rule.times} lets only the first {rule.times} of {len(rule.then)} outcomes be reached",
            )
        if rule.times is None and rule.chance is None:
            takers.setdefault(asked, rule.name)


def _taker(asked: Asked, takers: dict[Asked, str]) -> str | None:
    """A rule above that asks for nothing else, and for no more."""
    if len(asked) > MOST_ASKED:
        return None
    for size in range(len(asked) + 1):
        for some in combinations(asked, size):
            if taker := takers.get(frozenset(some)):
                return taker
    return None
