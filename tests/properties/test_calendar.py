"""The calendar of billing against a second opinion, which is written with dateutil and knows nothing of the engine's.

Steps are taken on a wall clock from an anchor. Where the clock leaps over a local time it moves forward by the gap, and
of an ambiguous one it is the earlier.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from mock_odus.engine import cycles, periods
from mock_odus.engine.billing import Place
from mock_odus.engine.periods import Duration
from mock_odus.engine.records import BillingSchedule, CycleDefinition, Price

ZONES = [
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "America/Sao_Paulo",  # leapt from midnight to one o'clock, until 2018
    "Australia/Lord_Howe",  # leaps by half an hour
    "Asia/Kathmandu",  # 5:45 ahead, and never leaps
    "Africa/Casablanca",  # leaps four times a year
    "Pacific/Apia",  # had no 30 December 2011
]
END = "9999-12-31T23:59:59.999Z"
EXACT = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
FIRST, DAYS = datetime(2009, 1, 1, tzinfo=UTC), 20 * 365
MILLISECOND = timedelta(milliseconds=1)

quick = settings(max_examples=200, deadline=None, derandomize=True, database=None)


# --- The second opinion


def read(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def written(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def on_wall(moment, zone):
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def instant(wall, zone):
    """The first instant at which a clock shows that time; where it leaps over it, as long after the leap."""
    aware = wall.replace(tzinfo=UTC)
    before, after = ((aware + timedelta(hours=hours)).astimezone(ZoneInfo(zone)).utcoffset() for hours in (-38, 38))
    shown = [aware - offset for offset in (before, after) if on_wall(aware - offset, zone) == wall]
    return min(shown) if shown else aware + (after - before) - after


def moved(start, unit, count, zone):
    """An instant so many units later, as text; at the end of the calendar what would come behind it."""
    try:
        if unit in EXACT:
            return written(read(start) + EXACT[unit] * count)
        return written(instant(on_wall(read(start), zone) + relativedelta(**{f"{unit}s": count}), zone))
    except (OverflowError, ValueError):
        return END


class Counted(NamedTuple):
    """The period of that number, from 1, of the cycle at that place, from 0, which began at `anchor`."""

    cycle: int
    anchor: str
    number: int
    start: str
    end: str
    amount: int


def counted(schedule, zone, start):
    """The periods of a schedule one after the other, for ever."""
    last = len(schedule) - 1
    cycle, anchor, number = 0, start, 0
    while True:
        number += 1
        amount, unit, value = schedule[cycle]
        end = moved(anchor, unit, number * value, zone)
        yield Counted(cycle, anchor, number, start, end, amount)
        start = end
        if cycle < last:
            cycle, anchor, number = cycle + 1, end, 0


# --- What is drawn


@lru_cache
def leaps(zone):
    """The instants at which clocks were or will be moved, to the minute."""
    found = []
    days = [FIRST + timedelta(days=day) for day in range(DAYS)]
    offsets = [day.astimezone(ZoneInfo(zone)).utcoffset() for day in days]
    for (early, before), (late, after) in pairwise(zip(days, offsets)):
        if before == after:
            continue
        while late - early > timedelta(minutes=1):
            middle = early + (late - early) // 2
            if middle.astimezone(ZoneInfo(zone)).utcoffset() == before:
                early = middle
            else:
                late = middle
        found.append(late.replace(second=0, microsecond=0))
    return found


@st.composite
def moments(draw, zone):
    """An instant: any, or one near a leap of the clocks, or at the end of a month."""
    kind = draw(st.sampled_from(["any", "leap", "month"]))
    if kind == "leap" and leaps(zone):
        around = draw(st.sampled_from(leaps(zone)))
        return around + timedelta(minutes=draw(st.sampled_from([-1440, -61, -60, -59, -31, -30, -1, 0, 1, 29, 30, 60])))
    moment = FIRST + draw(st.integers(0, DAYS * 86_400_000)) * MILLISECOND
    return moment.replace(day=1) - timedelta(days=1) if kind == "month" else moment


UNITS = st.sampled_from(["minute", "hour", "day", "week", "month", "year"])
DATES = st.sampled_from(["day", "week", "month", "year"])


@st.composite
def steps(draw):
    """Where, when from, in which unit and how many: as often as not to where the clocks leap."""
    zone = draw(st.sampled_from(ZONES))
    unit, count = draw(DATES), draw(st.integers(1, 60))
    moment = draw(moments(zone))
    if draw(st.booleans()):
        moment = instant(on_wall(moment, zone) - relativedelta(**{f"{unit}s": count}), zone)
    return written(moment), unit, count, zone


SCHEDULES = st.lists(
    st.tuples(st.integers(0, 9), UNITS, st.sampled_from([1, 1, 1, 2, 3, 5, 13])), min_size=1, max_size=4
)
STARTS = st.sampled_from(ZONES).flatmap(lambda zone: st.tuples(st.just(zone), moments(zone).map(written)))


def price(schedule):
    """A price of that schedule, its cycles written down the wrong way round."""
    definitions = [CycleDefinition(position, *cycle) for position, cycle in enumerate(schedule, 1)]
    return Price(
        id="price",
        created_at=END,
        updated_at=END,
        name=None,
        product="prod",
        type="recurring",
        currency="usd",
        amount=None,
        billing_schedule=BillingSchedule(tuple(reversed(definitions))),
    )


def shown(period):
    place = period.place
    return Counted(place.index, place.anchor, place.count, period.start, period.end, period.amount)


# --- Steps


@quick
@given(steps())
@example(("2026-01-31T10:00:00.000Z", "month", 1, "UTC"))
def test_a_step_lands_where_dateutil_says(step):
    """Days, weeks, months and years, of any number, from anywhere to anywhere on eight wall clocks."""
    start, unit, count, zone = step
    units = {"day": Duration(days=count), "week": Duration(days=7 * count), "month": Duration(months=count)}
    length = units.get(unit, Duration(months=12 * count))
    assert moved(start, unit, count, zone) == periods.after(start, length, zone)


@quick
@given(STARTS, st.integers(0, 30), st.integers(0, 400), st.integers(0, 10**9))
def test_months_come_before_days_and_days_before_hours(start, months, days, milliseconds):
    """Months and days are taken on the wall clock, in this order; what is exact is added to the instant."""
    zone, at = start
    landed = read(at)
    if months or days:
        landed = instant(on_wall(landed, zone) + relativedelta(months=months, days=days), zone)
    assert written(landed + milliseconds * MILLISECOND) == periods.after(at, Duration(months, days, milliseconds), zone)


@pytest.mark.parametrize(
    ("start", "zone", "expected"),
    [
        ("2026-03-28T01:30:00.000Z", "Europe/Paris", "2026-03-29T01:30:00.000Z"),  # 02:30 is 03:30
        ("2026-03-07T07:30:00.000Z", "America/New_York", "2026-03-08T07:30:00.000Z"),  # 02:30 is 03:30
        ("2026-10-02T15:45:00.000Z", "Australia/Lord_Howe", "2026-10-03T15:45:00.000Z"),  # 02:15 is 02:45
        ("2018-11-03T03:30:00.000Z", "America/Sao_Paulo", "2018-11-04T03:30:00.000Z"),  # 00:30 is 01:30
        ("2011-12-29T20:00:00.000Z", "Pacific/Apia", "2011-12-30T20:00:00.000Z"),  # the 30th is the 31st
        ("2026-10-24T00:30:00.000Z", "Europe/Paris", "2026-10-25T00:30:00.000Z"),  # 02:30 for the first time
        ("2026-10-31T05:30:00.000Z", "America/New_York", "2026-11-01T05:30:00.000Z"),  # 01:30 for the first time
    ],
)
def test_both_opinions_know_the_known_days(start, zone, expected):
    """A day later where the clocks leap: worked out by hand, so that not both are wrong alike."""
    assert (expected, expected) == (moved(start, "day", 1, zone), periods.after(start, Duration(days=1), zone))


# --- Periods


@quick
@given(STARTS, SCHEDULES, st.integers(1, 12))
def test_periods_follow_one_another_as_counted_from_their_anchors(start, schedule, number):
    """Each begins where the one before it ended, and ends so many units after its own cycle's anchor."""
    zone, at = start
    sold = price(schedule)
    period = cycles.first(sold, at, zone)
    for expected, _ in zip(counted(schedule, zone, at), range(number)):
        assert expected == shown(period)
        period = cycles.following(sold, period.place, period.end, zone)


@quick
@given(STARTS, SCHEDULES, st.integers(0, 8), st.integers(0, 40), st.sampled_from([-1, 0, 1]))
def test_the_period_that_contains_now_is_found_as_by_stepping(start, schedule, passed, skipped, aside):
    """It is the first after a given one that ends after now, be that at an end, or a millisecond beside it."""
    zone, at = start
    walk = counted(schedule, zone, at)
    stepped = [next(walk) for _ in range(passed + skipped + 4)]
    now = written(read(stepped[passed + skipped].end) + aside * MILLISECOND)
    expected = next(one for one in stepped[passed + 1 :] if one.end > now)
    since = stepped[passed]
    place = Place(since.cycle, since.anchor, since.number)
    assert expected == shown(cycles.containing(price(schedule), place, since.end, now, zone))


@quick
@given(STARTS, UNITS, st.integers(1, 40), st.integers(1, 7_900 * 365))
def test_a_skip_over_thousands_of_years_takes_no_steps(start, unit, value, days):
    """What was paid for so late lies in the period that contains now, counted from the anchor as ever."""
    zone, at = start
    schedule = [(1, unit, value)]
    now = written(read(at) + timedelta(days=days))
    first = next(counted(schedule, zone, at))
    assume(first.end <= now)
    found = shown(cycles.containing(price(schedule), Place(0, at, 1), first.end, now, zone))
    bounds = moved(at, unit, (found.number - 1) * value, zone), moved(at, unit, found.number * value, zone)
    assert bounds == (found.start, found.end)
    assert found.start <= now < found.end
    assert (0, at) == (found.cycle, found.anchor)


@pytest.mark.parametrize("unit", ["minute", "hour", "day", "week", "month", "year"])
def test_periods_end_with_the_calendar(unit):
    """What would end behind the year 9999 ends with it, and nothing comes after that."""
    last = cycles.first(price([(1, unit, 10**9)]), "9999-06-01T00:00:00.000Z", "Asia/Kathmandu")
    after = cycles.containing(price([(1, unit, 10**9)]), last.place, last.end, END, "Asia/Kathmandu")
    assert (END, END, END) == (last.end, after.start, after.end)
