"""Clocks that run with the real one: what is due runs by itself, each job at its own time, asked or not.

There is one alarm for each ticking sandbox, set to what is due next; a clock that stands costs nothing. The time of day
is read only to begin with: from then on real seconds are counted, which never go backwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from time import monotonic, perf_counter
from typing import Protocol

from mock_odus.engine import periods
from mock_odus.engine.records import Job
from mock_odus.sandbox import Sandbox
from mock_odus.timekeeper.advances import BREATH

LONGEST_WAIT = 3_600.0  # seconds; event loops do not take an alarm for years ahead


class Alarm(Protocol):
    def cancel(self) -> None: ...


SetAlarm = Callable[[float, Callable[[], None]], Alarm | None]
"""Calls a function in so many seconds, if there is a loop to do so."""

Sleep = Callable[[float], Awaitable[object]]
"""Returns in so many seconds."""


def call_later(seconds: float, callback: Callable[[], None]) -> Alarm | None:
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return None  # nothing is served yet: whoever starts to serve sets the alarms
    return loop.call_later(seconds, callback)


def time_of_day() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - this package is what the others are sent to


class RealClock:
    """The clock of this machine: its time of day, its seconds, its alarms, and a way to wait."""

    def __init__(
        self,
        day: Callable[[], datetime] = time_of_day,
        seconds: Callable[[], float] = monotonic,
        set_alarm: SetAlarm = call_later,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.day = day
        self.seconds = seconds
        self.set_alarm = set_alarm
        self.sleep = sleep

    def minute(self) -> str:
        """The time of day, cut to the minute, as a world's instant."""
        return periods.show(self.day().replace(second=0, microsecond=0))

    def ticker(self, sandbox: Sandbox, rate: float) -> Ticker:
        return Ticker(sandbox, rate, self)


@lru_cache(maxsize=64)  # asked for by every millisecond that a request comes in
def _second(start: datetime, seconds: int) -> str:
    """The text of the second that begins so much later. OverflowError."""
    return periods.show(start + timedelta(seconds=seconds)).partition(".")[0]


class Ticker:
    """Moves the clock of one sandbox, `rate` virtual seconds for each real one."""

    def __init__(self, sandbox: Sandbox, rate: float, clock: RealClock) -> None:
        self.rate = rate
        self._sandbox = sandbox
        self._clock = clock
        self._alarm: Alarm | None = None
        self._awaited: Job | None = None
        self.restart()

    def restart(self) -> None:
        """Ticks on from the world's time as it is now: it was set to another by somebody else."""
        start = periods.parse(self._sandbox.world.now)
        self._start, self._ahead = start.replace(microsecond=0), start.microsecond // 1_000
        self._began = self._clock.seconds()
        self._followed = self._ahead
        self.stop()
        self.plan()

    def stop(self) -> None:
        if self._alarm:
            self._alarm.cancel()
        self._alarm = None
        self._awaited = None

    async def wait(self, milliseconds: int) -> None:
        """Returns when the sandbox's clock has gone so far on, however it got there, or ticks no more."""
        sandbox, epoch, stirred = self._sandbox, self._sandbox.epoch, asyncio.Event()
        target = periods.due(sandbox.world.now, periods.Duration(milliseconds=milliseconds))
        sandbox.watchers.append(stirred.set)
        try:
            while (ticker := sandbox.ticker) and sandbox.epoch == epoch and sandbox.world.now < target:
                stirred.clear()
                sleeping = asyncio.ensure_future(self._clock.sleep(ticker.seconds_to(target)))
                changing = asyncio.ensure_future(stirred.wait())
                try:
                    await asyncio.wait({sleeping, changing}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    changing.cancel()
                    is_over = not sleeping.cancel()
                if is_over:
                    return
        finally:
            sandbox.watchers.remove(stirred.set)

    def follow(self) -> None:
        """Brings the clock up to the real one and runs what has become due, as far as a breath allows.

        While an advance moves the clock there is nothing to follow; within a millisecond there is nothing new.
        """
        elapsed = self._elapsed()
        if elapsed == self._followed or self._sandbox.advancing:
            return
        world, target, end = self._sandbox.world, self._instant(elapsed), perf_counter() + BREATH
        while job := world.due(target):
            world.run(job)
            if perf_counter() >= end:
                return
        world.forward(target)
        self._followed = elapsed

    def plan(self) -> None:
        """Sets the alarm for what is due next."""
        job = self._sandbox.world.due(periods.LAST)
        if job is self._awaited:
            return
        self.stop()
        if job is not None and not self._sandbox.advancing:
            self._awaited = job
            self._alarm = self._clock.set_alarm(min(self.seconds_to(job.due), LONGEST_WAIT), self._ring)

    def _ring(self) -> None:
        self.stop()
        self._followed = -1  # something may have become due at this very instant
        self.follow()
        self.plan()
        if self._sandbox.courier:
            self._sandbox.courier.wake()
        self._sandbox.stir()

    def _elapsed(self) -> int:
        """Virtual milliseconds since the second in which it began."""
        return self._ahead + int((self._clock.seconds() - self._began) * self.rate * 1_000)

    def _instant(self, elapsed: int) -> str:
        """What the clock shows so long after that second."""
        seconds, milliseconds = divmod(elapsed, 1_000)
        try:
            return f"{_second(self._start, seconds)}.{milliseconds:03}Z"
        except OverflowError:
            return periods.LAST

    def seconds_to(self, instant: str) -> float:
        """Real seconds until the clock shows an instant."""
        ahead = (periods.parse(instant) - self._start).total_seconds() * 1_000
        return max(0.0, (ahead - self._elapsed()) / self.rate / 1_000)
