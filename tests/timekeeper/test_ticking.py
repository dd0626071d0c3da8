"""A clock that runs with the real one: what time it is, and what runs by itself when."""

import asyncio

import pytest

from mock_odus.engine.errors import Conflict
from mock_odus.sandbox import Sandbox, Settings
from mock_odus.timekeeper import advances, goals
from tests.timekeeper.hands import DAY, HOUR, POLICIES, Hands, challenged, ran, scenario

MINUTE = "2026-11-24T04:05:00.000Z"
FROZEN = "2026-01-01T00:00:00.000Z"


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
def ticking(hands):
    """Makes a sandbox whose clock ticks."""

    def make(rate=None, clock=None, **told):
        settings = Settings(scenario=scenario(**clock or {}), mode="ticking", rate=rate, **told)
        return Sandbox("shop", "", "", settings, POLICIES, hands.clock)

    return make


def now(sandbox):
    """The time of a request."""
    sandbox.ticker.follow()
    sandbox.ticker.plan()
    return sandbox.world.now


# --- what time it is


def test_it_begins_at_the_hosts_minute(ticking):
    """The time of day, cut to the minute."""
    assert MINUTE == now(ticking())


def test_it_begins_where_it_is_told(ticking):
    """The settings, then the scenario, then the host."""
    assert "2030-01-01T00:00:00.000Z" == now(ticking(clock={"start": "2030-01-01"}))
    told = ticking(clock={"start": "2030-01-01"}, start="2031-01-01T00:00:00.000Z")
    assert "2031-01-01T00:00:00.000Z" == now(told)


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (None, "2026-11-24T04:05:01.500Z"),
        (60, "2026-11-24T04:06:30.000Z"),
        (3600, "2026-11-24T05:35:00.000Z"),
        (0.5, "2026-11-24T04:05:00.750Z"),
        (1_000_000, "2026-12-11T12:45:00.000Z"),
    ],
)
def test_it_runs_with_the_real_one_at_its_rate(ticking, hands, rate, expected):
    """`rate` virtual seconds for each real one, to the millisecond."""
    sandbox = ticking(rate)
    hands.wait(1.5)

    assert expected == now(sandbox)


def test_it_does_not_move_by_being_asked(ticking, hands):
    """Many short steps are one long one: nothing is rounded away, and nothing goes back."""
    sandbox = ticking()
    for _ in range(1_536):
        hands.wait(1 / 1_024)
        before = sandbox.world.now
        assert before <= now(sandbox)

    assert "2026-11-24T04:05:01.500Z" == now(sandbox)


def test_it_ends_with_the_calendar(ticking, hands):
    """There is nothing after the year 9999."""
    sandbox = ticking(rate=1_000_000)
    hands.wait(365 * DAY)

    assert "9999-12-31T23:59:59.999Z" == now(sandbox)


# --- what runs by itself


def test_what_is_due_runs_by_itself_at_its_own_time(ticking, hands):
    """Nobody has asked for anything, and each job has run at its due instant."""
    sandbox = ticking()
    first = challenged(sandbox.world)
    now(sandbox)
    hands.wait(HOUR)
    now(sandbox)
    second = challenged(sandbox.world)
    now(sandbox)
    hands.wait(2 * DAY)

    assert [
        ("2026-11-25T04:05:00.000Z", "lapse_challenge", first),
        ("2026-11-25T05:05:00.000Z", "lapse_challenge", second),
    ] == ran(sandbox.world)
    assert "2026-11-26T05:05:00.000Z" == now(sandbox)


def test_there_is_one_alarm_for_what_is_due_next(ticking, hands):
    """None when nothing is due; what is due sooner takes its place; far away, there is one every hour."""
    sandbox = ticking(rate=100)
    assert [] == hands.alarms

    challenged(sandbox.world)
    now(sandbox)
    assert [pytest.approx(DAY / 100)] == hands.alarms
    hands.wait(60)
    sandbox.world.schedule("lapse_challenge", "pay_gone", "2026-11-24T06:05:00.000Z")
    now(sandbox)
    assert [pytest.approx(12)] == hands.alarms
    sandbox.world.unschedule("lapse_challenge", "pay_gone")
    sandbox.tick(1)
    assert [HOUR] == hands.alarms


def test_a_request_sees_what_was_due_before_it(ticking, hands):
    """Also when the alarm is late."""
    sandbox = ticking()
    payment = challenged(sandbox.world)
    hands.seconds += 2 * DAY
    assert [] == ran(sandbox.world)

    assert "2026-11-26T04:05:00.000Z" == now(sandbox)
    assert [("2026-11-25T04:05:00.000Z", "lapse_challenge", payment)] == ran(sandbox.world)


def test_what_is_due_at_once_runs_at_once(ticking, hands):
    """Also where a virtual millisecond lasts for a real second."""
    sandbox = ticking(rate=0.001)
    payment = challenged(sandbox.world)
    now(sandbox)
    sandbox.world.schedule("lapse_challenge", payment, sandbox.world.now)
    now(sandbox)
    hands.wait(0)

    assert [(MINUTE, "lapse_challenge", payment)] == ran(sandbox.world)
    assert [] == hands.alarms


def test_a_backlog_is_worked_off_breath_by_breath(ticking, hands):
    """Nobody is held up for long: what is left rings at once again, and time has not passed it."""
    sandbox = ticking()
    for _ in range(3_000):
        challenged(sandbox.world)
    hands.seconds += 2 * DAY
    sandbox.ticker.follow()
    sandbox.ticker.plan()
    done = len(ran(sandbox.world))

    assert 0 < done < 3_000
    assert "2026-11-25T04:05:00.000Z" == sandbox.world.now
    assert [0] == hands.alarms
    hands.wait(0)
    assert (3_000, "2026-11-26T04:05:00.000Z") == (len(ran(sandbox.world)), sandbox.world.now)


# --- others set the clock


def test_an_advance_jumps_and_the_clock_ticks_on_from_there(ticking, hands):
    """What is due on the way runs in the advance, and the alarm is for what comes after."""
    sandbox = ticking()
    challenged(sandbox.world)
    report = asyncio.run(advances.advance(sandbox, goals.by(sandbox.world, "1 month")))

    assert (1, "2026-12-24T04:05:00.000Z") == (report.jobs, report.to)
    assert [] == hands.alarms
    hands.wait(90)
    assert "2026-12-24T04:06:30.000Z" == now(sandbox)


def test_while_an_advance_moves_the_clock_nobody_follows(ticking, hands):
    """Requests that come in between see the time of the advance, and alarms have to wait."""
    sandbox = ticking()
    challenged(sandbox.world)
    hands.wait(10)
    sandbox.advancing = True
    assert MINUTE == now(sandbox)
    assert [] == hands.alarms


def test_a_reset_begins_at_the_hosts_minute_again(ticking, hands):
    """As just created: mode and rate as they were told, whatever was set since."""
    sandbox = ticking(rate=60)
    asyncio.run(advances.advance(sandbox, goals.by(sandbox.world, "1 year")))
    sandbox.tick(2)
    sandbox.reset()

    assert (MINUTE, 60) == (now(sandbox), sandbox.ticker.rate)
    sandbox.freeze()
    sandbox.reset()
    hands.wait(1)
    assert "2026-11-24T04:06:00.000Z" == now(sandbox)


def test_a_restored_world_ticks_on_from_its_own_time(ticking, hands):
    """The clock is the snapshot's, and its jobs have their alarm."""
    sandbox = ticking()
    challenged(sandbox.world)
    sandbox.save("before")
    hands.seconds += 2 * DAY
    now(sandbox)
    assert [] == hands.alarms
    sandbox.restore("before")

    assert [HOUR] == hands.alarms
    assert MINUTE == now(sandbox)
    hands.wait(2)
    assert "2026-11-24T04:05:02.000Z" == now(sandbox)
    hands.wait(DAY)
    assert 1 == len(ran(sandbox.world))


def test_another_scenario_may_set_mode_and_rate(ticking, hands):
    """What it does not say stays as it is; the world begins where the old one was."""
    sandbox = ticking(rate=60)
    hands.wait(1)
    now(sandbox)
    sandbox.load(scenario())
    hands.wait(1)
    assert "2026-11-24T04:07:00.000Z" == now(sandbox)

    sandbox.load(scenario(mode="frozen"))
    assert None is sandbox.ticker
    sandbox.load(scenario(rate=10, start="2030-01-01"))
    hands.wait(1)
    assert "2030-01-01T00:00:10.000Z" == now(sandbox)


def test_a_frozen_clock_has_no_alarm(ticking, hands):
    """Freezing calls it off, and real time does not matter any more."""
    sandbox = ticking()
    challenged(sandbox.world)
    now(sandbox)
    sandbox.freeze()
    hands.wait(2 * DAY)

    assert ([], MINUTE, []) == (hands.alarms, sandbox.world.now, ran(sandbox.world))


def test_without_a_loop_there_is_no_alarm():
    """A world that nobody serves only follows when it is asked to."""
    from mock_odus.timekeeper.ticking import call_later

    assert None is call_later(0, lambda: None)


# --- settings and scenarios


@pytest.mark.parametrize(
    ("told", "clock", "by_default", "expected"),
    [
        (None, {}, "frozen", None),
        (None, {}, "ticking", 1),
        ("frozen", {}, "ticking", None),
        ("frozen", {"mode": "ticking"}, "ticking", None),
        ("ticking", {"mode": "frozen"}, "frozen", 1),
        (None, {"mode": "frozen"}, "ticking", None),
        (None, {"mode": "ticking"}, "frozen", 1),
        (None, {"rate": 60}, "frozen", 60),
    ],
)
def test_who_says_whether_it_ticks(hands, told, clock, by_default, expected):
    """The settings, then the scenario, then the default; a rate is that of a clock that ticks."""
    settings = Settings(scenario=scenario(**clock), mode=told)
    sandbox = Sandbox("shop", "", "", settings, POLICIES, hands.clock, by_default)

    assert expected == (sandbox.ticker.rate if sandbox.ticker else None)
    assert (FROZEN if expected is None else MINUTE) == sandbox.world.now


def test_only_one_advance_at_a_time(ticking):
    """A clock that is moving cannot be moved."""
    sandbox = ticking()
    sandbox.advancing = True
    with pytest.raises(Conflict, match="one advance at a time"):
        asyncio.run(advances.advance(sandbox, goals.by(sandbox.world, "1 day")))


@pytest.mark.parametrize("how", ["freeze", "reset", "restore", "end", "advance", "faster"])
def test_nobody_waits_for_a_gateway_longer_than_the_clock_takes(ticking, how):
    """Whatever brings the clock there, or lets it stand, ends the wait; that something happened does not."""

    async def story():
        sandbox = ticking()
        sandbox.save("before")
        waiting = asyncio.create_task(sandbox.ticker.wait(60_000))
        for _ in range(5):
            await asyncio.sleep(0)
            sandbox.stir()
        assert not waiting.done()
        match how:
            case "restore":
                sandbox.restore("before")
            case "advance":
                await advances.advance(sandbox, goals.by(sandbox.world, "2 minutes"))
            case "faster":
                sandbox.tick(1e9)
            case _:
                getattr(sandbox, how)()
        await asyncio.wait_for(waiting, 5)
        assert [] == sandbox.watchers

    asyncio.run(story())
