"""Time is one: it makes no difference in how many steps it goes by, and nothing that is only tried leaves a trace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_odus.engine import dunning, invariants, periods
from mock_odus.engine.billing import Subscription
from tests.properties.billed_shop import BilledShop, HashedGateway
from tests.properties.years import LONG, QUICK, YEARS, ZONES, begin, go, live

START = "2026-01-31T10:00:00.000Z"


def alike(one, other):
    """Two worlds in which the same was the case, and the same was told."""
    invariants.check(one)
    assert one.log == other.log
    assert one.digest() == other.digest()


# --- in one step, or in many


def check_a_year(year):
    leap, steps = begin(year), begin(year)
    live(leap, year)
    live(steps, year, step=24)
    alike(leap.world, steps.world)


@QUICK
@given(year=YEARS)
def test_a_year_at_once_is_a_year_of_days(year):
    """With declines, recoveries and cancellations in it, it ends in the same world and tells the same story."""
    check_a_year(year)


@pytest.mark.fuzz
@LONG
@given(year=YEARS)
def test_many_years_at_once_are_years_of_days(year):
    """The same for more of them."""
    check_a_year(year)


@pytest.mark.parametrize("timezone", ZONES)
@pytest.mark.parametrize("start", ["2026-03-07T05:30:00.000Z", "2026-03-28T00:30:00.000Z", "2026-10-24T00:30:30.500Z"])
def test_days_in_which_the_clock_is_changed_pass_the_same_by_the_hour(start, timezone):
    """Where it leaps forward and where it is put back, for plans of minutes, hours and days."""
    plans = [[(10, "minute", 45)], [(20, "hour", 1)], [(30, "day", 1)], [(0, "hour", 5), (40, "day", 1)]]
    leap, steps = (BilledShop(start, *plans, timezone=timezone, refuses=2) for _ in range(2))
    target = periods.after(leap.world.now, periods.Duration(days=4))
    go(leap.world, target)
    go(steps.world, target, step=1)
    alike(leap.world, steps.world)


def test_the_end_of_the_calendar_ends_nothing():
    """What would be due behind it never is: a plan of ten years stays as it is, and what is scheduled to end does."""
    shop = BilledShop("2026-01-31T10:00:00.000Z", [(5000, "year", 10)], [(5000, "year", 7)], refuses=0)
    stays, goes = shop.world.table(Subscription).values()
    shop.world.advance("9999-06-01T00:00:00.000Z")
    invariants.check(shop.world)
    assert [] == shop.world.agenda()
    dunning.cancel(shop.world, shop.read(goes), immediately=False)
    shop.world.advance(periods.LAST)
    invariants.check(shop.world)
    assert ("active", periods.LAST) == (shop.read(stays).status, shop.read(stays).current_period_end)
    assert "cancelled" == shop.read(goes).status


@pytest.mark.parametrize("timezone", [*ZONES, "Asia/Tokyo"])
@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_the_last_instant_lies_in_a_period(timezone, period):
    """Also where the calendar is over by then: what is limited by the month is still limited."""
    assert "9999-11-30T00:00:00.000Z" <= periods.period_start(periods.LAST, period, timezone) < periods.LAST


# --- the same again


@QUICK
@given(year=YEARS, seed=st.integers())
def test_the_same_seed_lives_the_same_year(year, seed):
    """And another one the same story, under other ids."""
    one, again, other = begin(year, seed), begin(year, seed), begin(year, seed + 1)
    for shop in (one, again, other):
        live(shop, year)
    alike(one.world, again.world)
    assert one.world.digest() != other.world.digest()
    assert [(entry.at, entry.name) for entry in one.world.log] == [(entry.at, entry.name) for entry in other.world.log]


@QUICK
@given(year=YEARS)
def test_a_dry_run_foretells_and_changes_nothing(year):
    """A fork lives through the year first: what it was made of stays, and then ends in the same world."""
    shop, foretold = begin(year), begin(year)
    before, told = shop.world.digest(), len(shop.world.log)
    foretold.world = shop.world.fork()
    live(foretold, year)
    assert (before, told) == (shop.world.digest(), len(shop.world.log))
    invariants.check(shop.world)
    live(shop, year)
    alike(shop.world, foretold.world)


# --- all or nothing


class FragileGateway(HashedGateway):
    """Breaks when it is asked for the so manieth time."""

    def __init__(self, breaks_at):
        super().__init__(refuses=40)
        self.left = breaks_at

    def answer(self, world, charge):
        self.left -= 1
        if self.left == 0:
            raise RuntimeError("a fault of ours")
        return super().answer(world, charge)


@pytest.mark.parametrize("breaks_at", [5, 6, 7, 11, 19])
def test_a_job_that_raises_puts_everything_back(breaks_at):
    """Everything but the clock, which has come to the job; tried again, it goes on as if nothing had been."""
    plans = [[(2999, "month", 1)], [(0, "month", 1), (500, "month", 1)], [(999, "month", 1)], [(100, "week", 1)]]
    shop, sound = (
        BilledShop(START, *plans, gateway=gateway, enable_recurring_payment_bundling=True)
        for gateway in (FragileGateway(breaks_at), HashedGateway(40))
    )
    target = "2026-06-01T00:00:00.000Z"
    before, broken = _run_until_it_breaks(shop.world, target)
    after = shop.world.snapshot()
    assert (before.tables, before.log) == (after.tables, after.log)
    assert broken == shop.world.due(target)
    assert broken.due == shop.world.now
    invariants.check(shop.world)
    shop.world.advance(target)
    sound.world.advance(target)
    alike(shop.world, sound.world)


def _run_until_it_breaks(world, target):
    """The world as it was before the job that broke it, and that job."""
    while job := world.due(target):
        before = world.snapshot()
        try:
            world.run(job)
        except RuntimeError:
            return before, job
    raise AssertionError("nothing broke")
