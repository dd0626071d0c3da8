"""The periods of a price's schedule. They are counted from an anchor, never from one to the next.

A plan that begins on 31 January ends its periods on 28 February and then on 31 March: each is so many months after
the anchor. Each cycle definition has an anchor of its own, the instant at which its first period begins. They run in
the order of their positions, one period each, and the last repeats for ever (guides/products/prices).
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from msgspec import Struct

from mock_odus.engine import periods
from mock_odus.engine.billing import Place
from mock_odus.engine.periods import Duration
from mock_odus.engine.records import CycleDefinition, IntervalUnit, Price

_UNITS: dict[IntervalUnit, Duration] = {
    "minute": Duration(milliseconds=60_000),
    "hour": Duration(milliseconds=3_600_000),
    "day": Duration(days=1),
    "week": Duration(days=7),
    "month": Duration(months=1),
    "year": Duration(months=12),
}
_LONGEST_MONTH = 31


class Period(Struct, frozen=True, gc=False):
    """One period of a price: from `start` (included) to `end`, at `amount` for one piece."""

    start: str
    end: str
    amount: int
    place: Place


def definitions(price: Price) -> tuple[CycleDefinition, ...]:
    """The cycles of a recurring price, in order."""
    assert price.billing_schedule is not None, "only a recurring price has cycles"
    cycles = price.billing_schedule.cycle_definitions
    return cycles if len(cycles) == 1 else tuple(sorted(cycles, key=lambda cycle: cycle.position))


def first(price: Price, start: str, timezone: str) -> Period:
    """The period with which a subscription to the price begins."""
    return _period(definitions(price), Place(0, start, 1), timezone)


def following(price: Price, place: Place, end: str, timezone: str) -> Period:
    """The period after the one at `place`, which ends at `end`."""
    cycles = definitions(price)
    if place.index + 1 < len(cycles):
        return _period(cycles, Place(place.index + 1, end, 1), timezone)
    return _period(cycles, Place(place.index, place.anchor, place.count + 1), timezone, start=end)


def containing(price: Price, place: Place, end: str, now: str, timezone: str) -> Period:
    """The first period after the one at `place` that ends after `now`: those that have passed are skipped."""
    period = following(price, place, end, timezone)
    cycles = definitions(price)
    while period.end <= now and period.end < periods.LAST:
        if period.place.index + 1 == len(cycles):
            passed = _passed(cycles[-1], period.place.anchor, now)
            count = max(period.place.count + 1, passed)
            period = _period(cycles, Place(period.place.index, period.place.anchor, count), timezone)
        else:
            period = following(price, period.place, period.end, timezone)
    return period


def next_amount(price: Price, place: Place) -> int:
    """What the period after the one at `place` costs, for one piece."""
    cycles = definitions(price)
    return cycles[min(place.index + 1, len(cycles) - 1)].amount


def is_same_interval(one: CycleDefinition, other: CycleDefinition) -> bool:
    """Whether two cycles last equally long by the calendar: twelve months are a year."""
    return _length(one) == _length(other)


def _period(cycles: tuple[CycleDefinition, ...], place: Place, timezone: str, *, start: str | None = None) -> Period:
    cycle = cycles[place.index]
    start = start or _end(cycle, place.anchor, place.count - 1, timezone)
    return Period(start, _end(cycle, place.anchor, place.count, timezone), cycle.amount, place)


@lru_cache(maxsize=1024)  # a renewal asks when it begins and once more when it is paid
def _end(cycle: CycleDefinition, anchor: str, count: int, timezone: str) -> str:
    length = _length(cycle)
    whole = Duration(length.months * count, length.days * count, length.milliseconds * count)
    return periods.due(anchor, whole, timezone)


def _length(cycle: CycleDefinition) -> Duration:
    unit, value = _UNITS[cycle.interval_unit], cycle.interval_value
    return Duration(unit.months * value, unit.days * value, unit.milliseconds * value)


def _passed(cycle: CycleDefinition, anchor: str, now: str) -> int:
    """How many periods have passed at least. A few may be missing, and are then stepped over one by one."""
    length = _length(cycle)
    elapsed = periods.parse(now) - periods.parse(anchor)
    longest = timedelta(days=length.days + length.months * _LONGEST_MONTH, milliseconds=length.milliseconds)
    return elapsed // longest - 1  # a day is up to an hour longer when the clock is put back
