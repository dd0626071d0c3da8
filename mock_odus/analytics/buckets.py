"""The calendar by which figures are gathered: hours, days, weeks from Monday and months, as a timezone counts them.

A day on which the clock is moved has 23 or 25 hours, and each has a bucket of its own.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from mock_odus.engine import periods
from mock_odus.engine.errors import Invalid
from mock_odus.shapes import shown

Granularity = Literal["hour", "day", "week", "month"]

MOST = 2_000
"""More buckets than that nobody can look at."""


class Range(Struct, frozen=True):
    """From `start` (included) to `end`, both instants."""

    start: str
    end: str

    def holds(self, at: str) -> bool:
        return self.start <= at < self.end


def resolve(first: str | None, last: str | None, timezone: str, *, earliest: str | None, now: str) -> Range:
    """The range between a `from` and a `to`, each an instant or a date of the timezone; a last date counts whole.

    Without them: from the day of `earliest`, to the end of today. Invalid.
    """
    today = periods.local_day(now, timezone)
    start = (
        _instant("from", first, timezone)
        if first
        else periods.day_start(periods.local_day(earliest or now, timezone), timezone)
    )
    end = _instant("to", last, timezone, days=1) if last else _opens(today, timezone, days=1)
    if start >= end:
        raise Invalid(f"from must be before to, found {start} and {end}")
    return Range(start, end)


def fitting(range: Range) -> Granularity:
    """Pieces of which a person can see each: a day by its hours, two months by their days, a year by its weeks."""
    days = (periods.parse(range.end) - periods.parse(range.start)) / timedelta(days=1)
    return "hour" if days <= 1.5 else "day" if days <= 62.5 else "week" if days <= 366.5 else "month"


def starts(range: Range, granularity: Granularity, timezone: str) -> list[str]:
    """When each bucket begins: the first with the range, the others by the calendar. Invalid when they are too many."""
    found = [range.start]
    while (edge := _following(found[-1], granularity, timezone)) < range.end:
        found.append(edge)
        if len(found) > MOST:
            raise Invalid(
                f"granularity must be coarser than {granularity}: that is more than {MOST} between from and to"
            )
    return found


def month(text: str, timezone: str) -> list[tuple[date, Range]]:
    """The days of a month such as `2026-02`, each with its range."""
    first = date.fromisoformat(f"{text}-01")
    days = [first.replace(day=number) for number in range(1, _days_of_month(first) + 1)]
    return [(day, Range(periods.day_start(day, timezone), _opens(day, timezone, days=1))) for day in days]


def _instant(field: str, text: str, timezone: str, *, days: int = 0) -> str:
    """An instant as it is, a date as its beginning, or that of the day so many days later."""
    try:
        if len(text) == len("2026-01-31"):
            day = date.fromisoformat(text)
            return _opens(day, timezone, days=days) if days else periods.day_start(day, timezone)
        return periods.instant(text)
    except (ValueError, OverflowError):
        wanted = "a date such as 2026-01-31, or an instant such as 2026-01-31T09:00:00Z"
        raise Invalid(f"{field} must be {wanted}, found {shown(text)}") from None


def _following(at: str, granularity: Granularity, timezone: str) -> str:
    """When the bucket after the one that holds `at` begins."""
    if granularity == "hour":
        return _next_hour(at, timezone)
    day = periods.local_day(at, timezone)
    days = {"day": 1, "week": 7 - day.weekday(), "month": _days_of_month(day) - day.day + 1}[granularity]
    while (edge := _opens(day, timezone, days=days)) <= at:  # a country may leave out a whole day
        days += 1
    return edge


def _next_hour(at: str, timezone: str) -> str:
    """Where the clock is moved by half an hour there are buckets of half an hour."""
    moment = periods.parse(at)
    try:
        local = moment.astimezone(periods.zone(timezone))
        passed = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        return periods.show(moment - passed + timedelta(hours=1))
    except OverflowError:
        return periods.LAST


def _days_of_month(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _opens(day: date, timezone: str, *, days: int = 0) -> str:
    """When the day so many days later begins; behind the end of the calendar that end."""
    try:
        return periods.day_start(day + timedelta(days=days), timezone)
    except OverflowError:
        return periods.LAST
