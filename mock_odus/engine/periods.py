"""Instants and durations. Instants are text in UTC with milliseconds; calendar steps are taken on a wall clock."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache, lru_cache
from typing import NamedTuple

LAST = "9999-12-31T23:59:59.999Z"

_UNITS = {
    "millisecond": timedelta(milliseconds=1),
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
}
_MINUTE = _UNITS["minute"]
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}
_SHORTEST_MONTH = 28
_NO_NAMES = ("localtime", "posixrules", "posix/", "right/")
_LONGEST = 100  # characters of a duration
_WORD = re.compile(r"\s*(\d+)\s*([a-z]+)\s*(?:,|and)?", re.IGNORECASE)
_ISO = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$", re.IGNORECASE
)
_SHORT = {"ms": "millisecond", "s": "second", "sec": "second", "min": "minute", "m": "minute", "h": "hour", "d": "day"}


class Duration(NamedTuple):
    """So many calendar months, calendar days, and exact milliseconds."""

    months: int = 0
    days: int = 0
    milliseconds: int = 0


def parse(text: str) -> datetime:
    """An ISO 8601 instant as an aware UTC datetime, cut to milliseconds; without an offset it is UTC. ValueError."""
    moment = datetime.fromisoformat(text.strip())
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    finer = moment.microsecond % 1000
    return moment.replace(microsecond=moment.microsecond - finer) if finer else moment


def show(moment: datetime) -> str:
    """The text of an instant as Odus writes it: `2026-01-01T00:00:00.000Z`."""
    return moment.isoformat("T", "milliseconds")[:23] + "Z"


def instant(text: str) -> str:
    """Any ISO 8601 instant in Odus's form. ValueError."""
    return show(parse(text))


def unix(text: str) -> int:
    """An instant in Odus's form as whole seconds since 1970."""
    return int(datetime.fromisoformat(text).timestamp())


def duration(text: str) -> Duration:
    """`2 days`, `1 month 2 days`, `90 seconds`, `P1M2D`. ValueError says what is allowed."""
    if len(text) > _LONGEST:
        raise ValueError(f"a duration has at most {_LONGEST} characters, this one has {len(text)}")
    words = text.strip()
    if match := _ISO.match(words):
        years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        found = Duration(years * 12 + months, weeks * 7 + days, ((hours * 60 + minutes) * 60 + seconds) * 1000)
        if any(match.groups()):
            return found
    total, position = Duration(), 0
    while position < len(words) or not words:  # nothing is no duration either
        match = _WORD.match(words, position)
        unit = match and _unit(match[2].lower())
        if not match or not unit:
            raise ValueError(f"'{text}' is not a duration; write '2 days', '1 month', '90 seconds' or 'P1M2D'")
        count, position = int(match[1]), match.end()
        total = Duration(
            total.months + count * _MONTHS.get(unit, 0),
            total.days + count * _DAYS.get(unit, 0),
            total.milliseconds + count * int(_UNITS.get(unit, timedelta()) / timedelta(milliseconds=1)),
        )
    return total


def _unit(word: str) -> str | None:
    for unit in (_SHORT.get(word, word), word.removesuffix("s")):
        if unit in _UNITS or unit in _DAYS or unit in _MONTHS:
            return unit
    return None


def after(start: str, length: Duration, timezone: str = "UTC") -> str:
    """`start` moved by `length`: months and days on the wall clock of `timezone`, the rest exactly.

    A day that the month lacks becomes its last one. A local time that does not exist moves forward by the gap, an
    ambiguous one is the earlier. OverflowError when it leaves the calendar (the year 9999).
    """
    moment = parse(start)
    if length.months or length.days:
        local = moment.astimezone(zone(timezone))
        months = local.year * 12 + local.month - 1 + length.months
        year, month, day = months // 12, months % 12 + 1, local.day
        if year > 9999:
            raise OverflowError("past the year 9999")
        if day > _SHORTEST_MONTH:
            day = min(day, monthrange(year, month)[1])
        wall = local.hour, local.minute, local.second, local.microsecond  # made anew: of two such times, the earlier
        moment = (datetime(year, month, day, *wall, tzinfo=local.tzinfo) + timedelta(length.days)).astimezone(UTC)
    if length.milliseconds:
        moment += timedelta(milliseconds=length.milliseconds)
    return show(moment)


def due(start: str, length: Duration, timezone: str = "UTC") -> str:
    """When something is due that comes `length` after `start`: at the end of the calendar what would come behind it."""
    try:
        return after(start, length, timezone)
    except OverflowError:
        return LAST


def whole_minute(moment: str) -> str:
    """The first whole minute at or after an instant: Odus looks for what is due once a minute."""
    if moment.endswith(":00.000Z"):
        return moment
    try:
        following = datetime.fromisoformat(moment[:16]) + _MINUTE
    except OverflowError:
        return LAST
    return f"{following.isoformat('T', 'minutes')}:00.000Z"


@lru_cache(maxsize=64)  # asked for every rule of a queue, and most often about the same day
def period_start(now: str, period: str, timezone: str) -> str:
    """When the calendar `day`, `week` (from Monday) or `month` that holds `now` has begun in a timezone.

    That is at midnight; where the clock leaps over it, at the leap, and where midnight comes twice, at the earlier.
    """
    first = local_day(now, timezone)
    if period == "week":
        first -= timedelta(days=first.weekday())
    elif period == "month":
        first = first.replace(day=1)
    return day_start(first, timezone)


def day_start(day: date, timezone: str) -> str:
    """When a day of the calendar begins in a timezone, under the rules above. OverflowError."""
    return show(datetime.combine(day, time(), zone(timezone)).astimezone(UTC))


def local_day(at: str, timezone: str) -> date:
    """The day of the calendar on which an instant falls in a timezone; at its very end that of UTC."""
    moment = parse(at)
    try:
        return moment.astimezone(zone(timezone)).date()
    except OverflowError:  # there it is the year 10000 already
        return moment.date()


def is_timezone(name: str) -> bool:
    """Whether that is a timezone of the IANA's."""
    try:
        zone(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


@cache
def zone(name: str) -> tzinfo:
    """A timezone by its name. KeyError, ValueError or OSError when there is none."""
    if name == "UTC":
        return UTC
    if name.startswith(_NO_NAMES):  # files beside those of the IANA: this machine's own zone, and leap seconds
        raise KeyError(name)
    from zoneinfo import ZoneInfo  # late: it looks for where this machine keeps them, a hundredth of the start

    return ZoneInfo(name)
