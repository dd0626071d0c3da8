"""The calendar of the analytics: where hours, days, weeks and months begin in a timezone."""

import pytest

from mock_odus.analytics import buckets
from mock_odus.analytics.buckets import Range
from mock_odus.engine.errors import Invalid

NOW = "2026-03-29T12:00:00.000Z"


def begins(granularity, timezone, first, last):
    """When the buckets between two dates begin, and where the last one ends, to the minute."""
    range = buckets.resolve(first, last, timezone, earliest=None, now=NOW)
    return [at[:16] for at in (*buckets.starts(range, granularity, timezone), range.end)]


@pytest.mark.parametrize(
    ("timezone", "day", "hours"),
    [
        ("UTC", "2026-03-29", 24),
        ("Europe/Paris", "2026-03-28", 24),
        ("Europe/Paris", "2026-03-29", 23),
        ("Europe/Paris", "2026-10-25", 25),
        ("America/Sao_Paulo", "2018-11-04", 23),  # midnight does not exist
        ("America/Havana", "2026-11-01", 25),  # the hour before one o'clock comes twice
    ],
)
def test_a_day_has_its_hours(timezone, day, hours):
    """One bucket for each hour that there really is, the missing and the second one included."""
    assert hours == len(begins("hour", timezone, day, day)) - 1


def test_half_an_hour_is_an_hour_where_the_clock_moves_by_one():
    """Lord Howe Island leaps from 2:00 to 2:30, and goes back from 2:00 to 1:30."""
    forward = begins("hour", "Australia/Lord_Howe", "2026-10-04T00:30:00+10:30", "2026-10-04T04:00:00+11:00")
    back = begins("hour", "Australia/Lord_Howe", "2026-04-05T01:00:00+11:00", "2026-04-05T03:00:00+10:30")

    assert ["14:00", "14:30", "15:30", "16:00", "17:00"] == [at[11:] for at in forward]
    assert ["14:00", "15:00", "15:30", "16:30"] == [at[11:] for at in back]


def test_days_begin_at_the_midnight_of_the_timezone():
    """An hour earlier by UTC once summer time has begun; where midnight is leapt over, at the leap."""
    wanted = ["2026-03-28T23:00", "2026-03-29T22:00", "2026-03-30T22:00"]
    assert wanted == begins("day", "Europe/Paris", "2026-03-29", "2026-03-30")
    assert ["2018-11-04T03:00", "2018-11-05T02:00"] == begins("day", "America/Sao_Paulo", "2018-11-04", "2018-11-04")


def test_a_day_that_a_country_left_out_has_no_bucket():
    """Samoa went from 29 to 31 December 2011."""
    wanted = ["2011-12-29T10:00", "2011-12-30T10:00", "2011-12-31T10:00"]
    assert wanted == begins("day", "Pacific/Apia", "2011-12-29", "2011-12-31")


def test_weeks_begin_on_monday_and_months_on_the_first():
    """The first bucket begins with the range, and the last ends with it."""
    weeks = begins("week", "UTC", "2026-01-01", "2026-01-13")
    months = begins("month", "Asia/Kathmandu", "2025-12-31", "2026-02-28")

    assert ["2026-01-01", "2026-01-05", "2026-01-12", "2026-01-14"] == [at[:10] for at in weeks]
    assert ["2025-12-30T18:15", "2025-12-31T18:15", "2026-01-31T18:15", "2026-02-28T18:15"] == months


@pytest.mark.parametrize("granularity", ["hour", "day", "week", "month"])
def test_the_calendar_ends(granularity):
    """The last day that there is has its buckets too, wherever it is."""
    for timezone in ("UTC", "Pacific/Kiritimati", "America/Los_Angeles"):
        assert "9999-12-31T23:59" == begins(granularity, timezone, "9999-12-30", "9999-12-31")[-1]


def test_without_a_range_it_is_all_until_tonight():
    """From the day of the earliest, by the timezone, to the end of today; an instant is taken as it is."""
    ends = {"earliest": "2026-01-31T23:30:00.000Z", "now": "2026-02-01T22:59:59.999Z"}

    until_tonight = buckets.resolve(None, None, "Europe/Paris", **ends)

    assert Range("2026-01-31T23:00:00.000Z", "2026-02-01T23:00:00.000Z") == until_tonight
    instants = Range("2026-01-01T09:30:00.000Z", "2026-01-01T10:00:00.000Z")
    assert instants == buckets.resolve("2026-01-01T10:30:00+01:00", "2026-01-01T10:00Z", "Europe/Paris", **ends)


@pytest.mark.parametrize(
    ("first", "last", "granularity"),
    [
        ("2026-10-25", "2026-10-25", "hour"),  # 25 hours
        ("2026-10-25", "2026-10-26", "day"),
        ("2026-12-01", "2027-01-31", "day"),
        ("2026-12-01", "2027-02-01", "week"),
        ("2028-01-01", "2028-12-31", "week"),
        ("2028-01-01", "2029-01-01", "month"),
    ],
)
def test_the_pieces_fit_the_range(first, last, granularity):
    """A day by its hours, two months by their days, a year by its weeks, more by the month."""
    range = buckets.resolve(first, last, "Europe/Paris", earliest=None, now=NOW)
    assert granularity == buckets.fitting(range)


@pytest.mark.parametrize(
    ("first", "last", "problem"),
    [
        ("soon", "2026-01-01", 'from must be a date such as 2026-01-31, or an instant such as .*, found "soon"'),
        ("2026-01-01", "2026-02-30", "to must be a date such as"),
        ("0001-01-01", "2026-01-01", "from must be a date such as"),  # in Paris it begins a year before the calendar
        ("2026-01-02", "2026-01-01", "from must be before to"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "from must be before to"),
    ],
)
def test_what_is_no_range_is_refused(first, last, problem):
    """What was found and what is allowed are told."""
    with pytest.raises(Invalid, match=problem):
        buckets.resolve(first, last, "Europe/Paris", earliest=None, now=NOW)


def test_too_many_buckets_are_refused():
    """Two thousand are the most; a coarser granularity is asked for."""
    assert 2_000 == len(begins("hour", "UTC", "2026-01-01T00:00:00Z", "2026-03-25T08:00:00Z")) - 1
    with pytest.raises(Invalid, match="granularity must be coarser than hour"):
        begins("hour", "UTC", "2026-01-01T00:00:00Z", "2026-03-25T08:00:00.001Z")
