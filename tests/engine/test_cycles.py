"""The periods of a price's schedule: hand-made examples; `tests/properties/test_calendar.py` has the random ones."""

import pytest

from mock_odus.engine import cycles
from tests.engine.billed import BilledShop

PARIS = "Europe/Paris"


@pytest.fixture
def shop():
    return BilledShop()


@pytest.fixture
def walk(shop):
    """So many periods of a plan from an instant, as (start, end, amount)."""

    def walked(number, start, *schedule, timezone="UTC"):
        price = shop.plan(*schedule)
        found = [cycles.first(price, start, timezone)]
        while len(found) < number:
            found.append(cycles.following(price, found[-1].place, found[-1].end, timezone))
        assert [one.end for one in found[:-1]] == [one.start for one in found[1:]]
        return [(one.start[:16], one.end[:16], one.amount) for one in found]

    return walked


def test_months_are_counted_from_the_first(walk):
    """Begun on 31 January they end on 28 February and then on 31 March, never on the 28th."""
    ends = [end for _, end, _ in walk(5, "2026-01-31T10:00:00.000Z", 3000)]
    assert [f"2026-{day}T10:00" for day in ("02-28", "03-31", "04-30", "05-31", "06-30")] == ends


def test_a_year_from_a_leap_day_comes_back_to_it(walk):
    """On 28 February in common years."""
    ends = [end[:10] for _, end, _ in walk(4, "2024-02-29T00:00:00.000Z", (9900, "year", 1))]
    assert ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"] == ends


def test_each_cycle_has_an_anchor_of_its_own(walk):
    """A week's trial from 24 January, then months from the 31st."""
    assert [
        ("2026-01-24T00:00", "2026-01-31T00:00", 0),
        ("2026-01-31T00:00", "2026-02-28T00:00", 3000),
        ("2026-02-28T00:00", "2026-03-31T00:00", 3000),
    ] == walk(3, "2026-01-24T00:00:00.000Z", (0, "week", 1), 3000)


def test_each_cycle_runs_once_and_the_last_for_ever(walk):
    """A day, two weeks, and then quarters."""
    assert [
        ("2026-01-01T00:00", "2026-01-02T00:00", 1),
        ("2026-01-02T00:00", "2026-01-16T00:00", 2),
        ("2026-01-16T00:00", "2026-04-16T00:00", 3),
        ("2026-04-16T00:00", "2026-07-16T00:00", 3),
    ] == walk(4, "2026-01-01T00:00:00.000Z", (1, "day", 1), (2, "week", 2), (3, "month", 3))


def test_days_keep_the_time_on_the_wall(walk):
    """Half past nine in Paris is half past eight in UTC, and half past seven from 29 March on."""
    ends = [end for _, end, _ in walk(3, "2026-03-27T08:30:00.000Z", (1, "day", 1), timezone=PARIS)]
    assert ["2026-03-28T08:30", "2026-03-29T07:30", "2026-03-30T07:30"] == ends


def test_a_leap_moves_one_end_and_not_the_next(walk):
    """Half past two does not exist on 29 March and becomes half past three; on the 30th it is half past two again."""
    ends = [end for _, end, _ in walk(3, "2026-03-27T01:30:00.000Z", (1, "day", 1), timezone=PARIS)]
    assert ["2026-03-28T01:30", "2026-03-29T01:30", "2026-03-30T00:30"] == ends


def test_hours_are_exact(walk):
    """Twenty-four of them are a day by the clock that nobody moves."""
    ends = [end for _, end, _ in walk(3, "2026-03-27T08:30:00.000Z", (1, "hour", 24), timezone=PARIS)]
    assert ["2026-03-28T08:30", "2026-03-29T08:30", "2026-03-30T08:30"] == ends


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-02-28T00:00:00.000Z", ("2026-02-28", "2026-03-31")),
        ("2026-03-30T23:59:59.999Z", ("2026-02-28", "2026-03-31")),
        ("2026-03-31T00:00:00.000Z", ("2026-03-31", "2026-04-30")),
        ("2030-01-15T00:00:00.000Z", ("2029-12-31", "2030-01-31")),
    ],
)
def test_the_period_that_contains_now_ends_after_it(shop, now, expected):
    """An end at this very instant has passed."""
    price = shop.plan(3000)
    first = cycles.first(price, "2026-01-31T00:00:00.000Z", "UTC")
    found = cycles.containing(price, first.place, first.end, now, "UTC")
    assert expected == (found.start[:10], found.end[:10])


def test_what_is_paid_ahead_is_not_passed(shop):
    """The period after one that ends in the future is the next, whatever now is."""
    price = shop.plan(3000)
    first = cycles.first(price, "2026-01-31T00:00:00.000Z", "UTC")
    found = cycles.containing(price, first.place, first.end, "2026-02-01T00:00:00.000Z", "UTC")
    assert cycles.following(price, first.place, first.end, "UTC") == found


def test_the_next_amount_is_the_next_cycles(shop):
    """And for ever that of the last one."""
    price = shop.plan(0, 2000, 3000)
    period = cycles.first(price, "2026-01-01T00:00:00.000Z", "UTC")
    amounts = []
    for _ in range(4):
        amounts.append(cycles.next_amount(price, period.place))
        period = cycles.following(price, period.place, period.end, "UTC")
    assert [2000, 3000, 3000, 3000] == amounts
