"""How much a cascade's rule has approved, and whether it is at its limit or cap (guides/routing/*).

A rule's totals are kept for every instant at which it approved something, and what a calendar period has taken is the
difference between two of them. So a period may begin anywhere: when the merchant's timezone changes, or the period of
a limit, nothing is forgotten and nothing counted twice.
"""

from __future__ import annotations

from bisect import bisect_left

from msgspec.structs import replace

from mock_odus.engine import periods
from mock_odus.engine.records import (
    Cascade,
    CascadeRule,
    Counter,
    Period,
    Transaction,
    Usage,
)
from mock_odus.engine.world import World

_NOTHING = Usage(id="", at="", count=0, amounts={})


def note(world: World, transaction: Transaction) -> None:
    """Counts an approval for the rule that led to it, now."""
    name = _name(transaction.cascade, transaction.position, transaction.gateway_profile)
    ordinal = _last(world, name)
    before = _total(world, name, ordinal)
    if before.at != world.now:
        ordinal = world.count(name)
    amount = before.amounts.get(transaction.currency, 0) + transaction.amount
    amounts = before.amounts | {transaction.currency: amount}
    world.put(Usage(id=f"{name}/{ordinal}", at=world.now, count=before.count + 1, amounts=amounts))


def is_exhausted(world: World, cascade: Cascade, rule: CascadeRule, currency: str) -> bool:
    """Whether a rule has reached its limit, or its cap in this currency."""
    if rule.transaction_limit is None and rule.transaction_cap is None:
        return False
    name = _name(cascade.id, rule.position, rule.gateway_profile)
    # What never took so much in all has not in this period either.
    total = _total(world, name, _last(world, name))
    most, period = rule.transaction_limit, rule.limit_period
    if most is not None and period and total.count >= most and _taken(world, name, period).count >= most:
        return True
    most, period = rule.transaction_cap, rule.cap_period
    if most is None or period is None or total.amounts.get(currency, 0) < most:
        return False
    return _taken(world, name, period).amounts.get(currency, 0) >= most


def forget(world: World, cascade: Cascade) -> None:
    """Drops what was counted for a cascade: another of its id begins with nothing."""
    for name in [name for name in world.table(Counter) if name.startswith(f"usage/{cascade.id}/")]:
        world.remove(Counter, name)


def _name(cascade: str | None, position: int | None, profile: str | None) -> str:
    """The gateway profile is a part of it: a rule that gets another one begins with nothing."""
    return f"usage/{cascade}/{position}/{profile}"


def _taken(world: World, name: str, period: Period) -> Usage:
    """What was approved in the calendar period that holds now."""
    start = periods.period_start(world.now, period, world.merchant_config().timezone)
    last = _last(world, name)
    earlier = bisect_left(range(1, last + 1), start, key=lambda ordinal: _total(world, name, ordinal).at)
    before, total = _total(world, name, earlier), _total(world, name, last)
    amounts = {currency: amount - before.amounts.get(currency, 0) for currency, amount in total.amounts.items()}
    return replace(total, count=total.count - before.count, amounts=amounts)


def _last(world: World, name: str) -> int:
    """How many totals are kept under a name."""
    counter = world.find(Counter, name)
    return counter.value if counter else 0


def _total(world: World, name: str, ordinal: int) -> Usage:
    return world.get(Usage, f"{name}/{ordinal}") if ordinal else _NOTHING
