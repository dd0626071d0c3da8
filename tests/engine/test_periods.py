"""Instants and durations: exact ones, and those of a calendar on a wall."""

import pytest

from mock_odus.engine import periods
from mock_odus.engine.periods import Duration

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 days", Duration(days=2)),
        ("1 day", Duration(days=1)),
        ("1d", Duration(days=1)),
        ("2 weeks", Duration(days=14)),
        ("1 month", Duration(months=1)),
        ("1 month 2 days", Duration(months=1, days=2)),
        ("1 year, 2 months and 3 days", Duration(months=14, days=3)),
        ("90 seconds", Duration(milliseconds=90_000)),
        ("5 min", Duration(milliseconds=300_000)),
        ("24 hours", Duration(milliseconds=24 * HOUR)),
        ("250 ms", Duration(milliseconds=250)),
        (" 10 Minutes ", Duration(milliseconds=600_000)),
        ("P1M2D", Duration(months=1, days=2)),
        ("P1Y", Duration(months=12)),
        ("P2W", Duration(days=14)),
        ("PT1H30M5S", Duration(milliseconds=HOUR + 30 * 60_000 + 5_000)),
        ("P1DT12H", Duration(days=1, milliseconds=12 * HOUR)),
    ],
)
def test_durations_are_words_or_iso(text, expected):
    """Days and longer are calendar steps, hours and shorter are exact."""
    assert expected == periods.duration(text)


@pytest.mark.parametrize("text", ["", "  ", "soon", "2", "days", "2 fortnights", "-1 day", "1.5 days", "P", "1 day x"])
def test_what_is_no_duration_is_told(text):
    """Everything else is a ValueError that says what can be written."""
    with pytest.raises(ValueError, match="write '2 days'"):
        periods.duration(text)


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        ("2026-01-31T10:00:00.000Z", "1 month", "2026-02-28T10:00:00.000Z"),
        ("2024-01-31T10:00:00.000Z", "1 month", "2024-02-29T10:00:00.000Z"),
        ("2026-01-31T10:00:00.000Z", "2 months", "2026-03-31T10:00:00.000Z"),
        ("2026-03-31T10:00:00.000Z", "1 month", "2026-04-30T10:00:00.000Z"),
        ("2024-02-29T10:00:00.000Z", "1 year", "2025-02-28T10:00:00.000Z"),
        ("2025-12-15T00:00:00.000Z", "1 month", "2026-01-15T00:00:00.000Z"),
        ("2026-01-31T10:00:00.000Z", "1 month 1 day", "2026-03-01T10:00:00.000Z"),
        ("2026-01-31T10:00:00.123Z", "1 ms", "2026-01-31T10:00:00.124Z"),
    ],
)
def test_a_day_the_month_lacks_becomes_its_last(start, length, expected):
    """Months are calendar months; the other parts are added afterwards."""
    assert expected == periods.after(start, periods.duration(length))


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        # Paris, 29 March 2026: 02:00 becomes 03:00.
        ("2026-03-28T01:30:00.000Z", "1 day", "2026-03-29T01:30:00.000Z"),  # 02:30 is not there: it is 03:30
        ("2026-03-28T11:00:00.000Z", "1 day", "2026-03-29T10:00:00.000Z"),  # noon stays noon
        ("2026-03-28T11:00:00.000Z", "24 hours", "2026-03-29T11:00:00.000Z"),  # exact hours do not
        # 25 October 2026: 03:00 becomes 02:00.
        ("2026-10-24T00:30:00.000Z", "1 day", "2026-10-25T00:30:00.000Z"),  # 02:30 is there twice: the earlier
        ("2025-10-26T01:30:00.000Z", "364 days", "2026-10-25T00:30:00.000Z"),  # also from the later one of another year
        ("2025-10-26T01:30:00.000Z", "154 days", "2026-03-29T01:30:00.000Z"),  # 02:30 is not there: it is 03:30
        ("2026-10-24T10:00:00.000Z", "1 day", "2026-10-25T11:00:00.000Z"),
        ("2026-02-28T23:30:00.000Z", "1 month", "2026-03-31T22:30:00.000Z"),  # the wall shows 1 March, then 1 April
    ],
)
def test_calendar_steps_keep_the_clock_on_the_wall(start, length, expected):
    """A missing local time moves forward by the gap, an ambiguous one is the earlier."""
    assert expected == periods.after(start, periods.duration(length), "Europe/Paris")


@pytest.mark.parametrize("length", ["8000 years", "4000000 days", "99999999999999 hours"])
def test_the_calendar_ends_with_the_year_9999(length):
    """A step past it is an OverflowError."""
    with pytest.raises(OverflowError):
        periods.after("2026-01-01T00:00:00.000Z", periods.duration(length))


@pytest.mark.parametrize("length", [Duration(days=1), Duration(months=1), Duration(milliseconds=24 * HOUR)])
@pytest.mark.parametrize("timezone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_what_is_due_behind_the_calendar_is_due_at_its_end(length, timezone):
    """Where `after` refuses; before the end they agree."""
    assert periods.LAST == periods.due("9999-12-31T12:00:00.000Z", length, timezone)
    start = "2026-01-01T00:00:00.000Z"
    assert periods.after(start, length, timezone) == periods.due(start, length, timezone)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31T09:00:00Z", "2026-01-31T09:00:00.000Z"),
        ("2026-01-31", "2026-01-31T00:00:00.000Z"),
        ("2026-01-31T09:00:00", "2026-01-31T09:00:00.000Z"),
        ("2026-01-31T09:00:00.123999+02:00", "2026-01-31T07:00:00.123Z"),
        (" 2026-01-31T09:00:00.5Z ", "2026-01-31T09:00:00.500Z"),
    ],
)
def test_any_iso_instant_is_read(text, expected):
    """Instants are shown in UTC, cut to milliseconds; without an offset they are UTC."""
    assert expected == periods.instant(text)


@pytest.mark.parametrize(
    ("now", "period", "expected"),
    [
        ("2026-01-31T22:59:59.999Z", "day", "2026-01-30T23:00:00.000Z"),
        ("2026-01-31T23:00:00.000Z", "day", "2026-01-31T23:00:00.000Z"),
        ("2026-01-31T22:59:59.999Z", "month", "2025-12-31T23:00:00.000Z"),
        ("2026-01-31T23:00:00.000Z", "month", "2026-01-31T23:00:00.000Z"),
        ("2026-02-01T22:59:59.999Z", "week", "2026-01-25T23:00:00.000Z"),  # still Sunday in Paris
        ("2026-02-01T23:00:00.000Z", "week", "2026-02-01T23:00:00.000Z"),
        ("2026-06-30T21:59:59.999Z", "month", "2026-05-31T22:00:00.000Z"),
        ("2026-06-30T22:00:00.000Z", "month", "2026-06-30T22:00:00.000Z"),  # two hours ahead in summer
        ("2026-03-29T21:59:59.999Z", "day", "2026-03-28T23:00:00.000Z"),  # a day of 23 hours
        ("2026-10-25T22:59:59.999Z", "day", "2026-10-24T22:00:00.000Z"),  # a day of 25 hours
        ("2025-12-31T23:30:00.000Z", "week", "2025-12-28T23:00:00.000Z"),  # a week may begin in another year
    ],
)
def test_calendar_periods_begin_in_the_merchants_timezone(now, period, expected):
    """Days at midnight in Paris, weeks on Monday, months on the first."""
    assert expected == periods.period_start(now, period, "Europe/Paris")


@pytest.mark.parametrize(
    ("timezone", "now", "expected"),
    [
        ("Asia/Beirut", "2026-03-29T12:00:00.000Z", "2026-03-28T22:00:00.000Z"),  # from 24:00 straight to 01:00
        ("America/Havana", "2026-11-01T12:00:00.000Z", "2026-11-01T04:00:00.000Z"),  # at 01:00 back to midnight
    ],
)
def test_a_day_whose_midnight_is_leapt_over_or_comes_twice(timezone, now, expected):
    """It begins at the leap, or at the earlier of the two."""
    assert expected == periods.period_start(now, "day", timezone)
