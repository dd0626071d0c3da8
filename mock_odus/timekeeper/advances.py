"""Moves a sandbox's clock by order, one job at a time, and lets others speak in between."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from time import perf_counter
from typing import Literal

from msgspec.structs import replace

from mock_odus.engine import deliveries, periods
from mock_odus.engine.errors import Conflict
from mock_odus.engine.records import Job
from mock_odus.engine.webhooks import WebhookSubscriber
from mock_odus.engine.world import World
from mock_odus.sandbox import Sandbox
from mock_odus.timekeeper.goals import RENEWAL, Goal
from mock_odus.timekeeper.reports import Report, Tally

BREATH = 0.005  # seconds of work after which other requests get their turn
MAX_STEPS = 1_000_000
SOON = periods.Duration(days=3)
HELD = (
    "webhooks wait for the caller's answer: GET /_mock/deliveries/held lists them, "
    'and POST /_mock/deliveries/hold {"held": false} has them posted'
)


class Breath:
    """Lets others have their turn after every few milliseconds of work."""

    def __init__(self) -> None:
        self._end = perf_counter() + BREATH

    async def take(self) -> bool:
        """Whether it was time for one: then anything may have happened meanwhile."""
        if perf_counter() < self._end:
            return False
        await asyncio.sleep(0)
        self._end = perf_counter() + BREATH
        return True


Settle = Literal["step", "end", "hold"]
"""When webhooks are posted on the way: after each step, at the end, or by the caller, for whom the clock then stops."""

Pause = Callable[[], Awaitable[bool]]
"""What is done after a step; whether to go on."""


async def advance(sandbox: Sandbox, goal: Goal, max_steps: int = MAX_STEPS, settle: Settle = "step") -> Report:
    """Runs everything due at or before the goal, then sets the clock there. A ticking clock ticks on from there.

    Conflict when the goal lies in the past, when the clock is moving already, or when the world is replaced under way
    (reset, restore, another scenario).
    """
    require_standing(sandbox)
    _require_future(sandbox.world, goal)
    epoch = sandbox.epoch

    def look() -> None:
        if sandbox.epoch != epoch:
            became = "was reset, restored, deleted or given another scenario"
            raise Conflict(f"sandbox '{sandbox.name}' {became} while its clock was moving")
        sandbox.stir()

    sandbox.advancing = True
    held = settle == "hold" or sandbox.holds_webhooks
    sandbox.holds_webhooks = held or settle == "end"
    before = Counter(sandbox.courier.counts) if sandbox.courier else Counter()
    try:
        report = await _run(sandbox.world, goal, max_steps, look, _pause(sandbox, settle))
        if settle == "end":
            sandbox.holds_webhooks = held
            await _post(sandbox)
        if held and settle != "hold" and not report.hint and not await _wait_for_caller(sandbox):
            report = replace(report, hint=HELD)
        return replace(report, deliveries=_delivered(sandbox, before))
    finally:
        sandbox.advancing = False
        if sandbox.epoch == epoch or settle == "end":
            sandbox.holds_webhooks = held
        if sandbox.ticker:
            sandbox.ticker.restart()


async def rehearse(sandbox: Sandbox, goal: Goal, max_steps: int = MAX_STEPS) -> Report:
    """The report that an advance would give; nothing is changed. Conflict when the goal lies in the past."""
    _require_future(sandbox.world, goal)
    twin, breath = sandbox.world.fork(), Breath()
    report = await _run(twin, goal, max_steps)
    for _ in twin.dismantle():
        await breath.take()
    return report


def require_standing(sandbox: Sandbox) -> None:
    """Conflict while an advance is under way."""
    if sandbox.advancing:
        raise Conflict(f"the clock of sandbox '{sandbox.name}' is moving already: one advance at a time")


def _require_future(world: World, goal: Goal) -> None:
    if goal.target is not None and goal.target < world.now:
        world.forward(goal.target)  # refuses, and says why


async def _post(sandbox: Sandbox) -> bool:
    if sandbox.courier:
        await sandbox.courier.settle()
    return True


async def _wait_for_caller(sandbox: Sandbox) -> bool:
    """Whether there is nothing that the caller should take before the clock goes on."""
    deliveries.catch_up(sandbox.world)
    return not deliveries.ready(sandbox.world)


def _pause(sandbox: Sandbox, settle: Settle) -> Pause | None:
    if settle == "end":
        return None
    return partial(_post if settle == "step" else _wait_for_caller, sandbox)


def _delivered(sandbox: Sandbox, before: Counter[str]) -> dict[str, int]:
    counts = (sandbox.courier.counts if sandbox.courier else Counter()) - before
    failed = counts["failed"] + counts["refused"]
    return {"delivered": counts["delivered"], "failed": failed, "pending": deliveries.waiting(sandbox.world)}


async def _run(
    world: World, goal: Goal, max_steps: int, look: Callable[[], None] = lambda: None, pause: Pause | None = None
) -> Report:
    """`look` is called when others have had their turn; `pause` is made while anybody wants to hear of what happens."""
    tally, breath = Tally(world), Breath()
    goes_on = True
    if pause and world.table(WebhookSubscriber):
        goes_on = await pause()
        look()
    while goes_on and tally.jobs < max_steps and (job := goal.due(world)):
        written = len(world.log)
        world.run(job)
        tally.add(job, world.log[written:])
        goal.see(world, job)
        if pause and world.table(WebhookSubscriber):
            goes_on = await pause()
            look()
        if await breath.take():
            look()
    is_left = not goes_on or goal.due(world) is not None
    if goal.target and not is_left:
        world.forward(goal.target)
    if not goes_on:
        hint: str | None = "stopped for webhooks that wait for the caller's answer: GET /_mock/deliveries/held"
    else:
        hint = _left(tally.jobs, goal) if is_left else _soon(world, await _next_renewal(world, breath))
    look()
    return tally.report(world, target=goal.target, stopped_early=is_left, hint=hint)


def _left(jobs: int, goal: Goal) -> str:
    reason = f"stopped after {jobs} jobs, which is as many as maxSteps allows"
    if goal.target:
        return f"{reason}; more is due until {goal.target}"
    return f"{reason}; more is due, and a subscription that is renewed is never idle"


def _soon(world: World, renewal: Job | None) -> str | None:
    """A month after the end of February is not the end of March: who has stopped short should know."""
    if renewal is None or renewal.due > periods.due(world.now, SOON):
        return None
    return f"the next renewal is near: {renewal.subject} is renewed at {renewal.due}"


async def _next_renewal(world: World, breath: Breath) -> Job | None:
    """The earliest of all jobs that are renewals."""
    first: Job | None = None
    for job in list(world.table(Job).values()):
        if job.kind == RENEWAL and (first is None or (job.due, job.sequence) < (first.due, first.sequence)):
            first = job
        await breath.take()
    return first
