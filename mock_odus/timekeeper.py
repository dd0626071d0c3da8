"""Moves a sandbox's clock, one job at a time, and lets others speak in between. Only this file reads the real clock."""

from __future__ import annotations

import asyncio
from collections import Counter
from time import perf_counter
from typing import TypedDict

from msgspec import Struct

from mock_odus.engine.errors import Conflict
from mock_odus.engine.records import Instant, Job
from mock_odus.engine.world import World
from mock_odus.sandbox import Sandbox
from mock_odus.scripting import rules

BREATH = 0.005  # seconds of work after which other requests get their turn
MAX_STEPS = 1_000_000
STEPS_SHOWN = 1_000


class Step(Struct, frozen=True):
    at: Instant
    kind: str
    subject: str
    result: str


class Due(TypedDict):
    at: Instant
    kind: str
    subject: str


class Report(Struct, frozen=True, rename={"from_": "from", "stopped_early": "stoppedEarly"}):
    """What an advance did. `attempts` counts gateways asked, `rules` the hits of each rule by name."""

    from_: Instant
    to: Instant
    stopped_early: bool
    jobs: int
    events: dict[str, int]
    attempts: int
    rules: dict[str, int]
    steps: list[Step]
    agenda: list[Due]


async def advance(sandbox: Sandbox, target: str, max_steps: int = MAX_STEPS) -> Report:
    """Runs everything due at or before `target`, then sets the clock there.

    Conflict when the target lies in the past, when the clock is moving already, or when the world is replaced under
    way (reset, restore, another scenario).
    """
    if sandbox.advancing:
        raise Conflict(f"the clock of sandbox '{sandbox.name}' is moving already: one advance at a time")
    world, epoch = sandbox.world, sandbox.epoch
    start, logged, hits = world.now, len(world.log), _hits(world)
    if target < start:
        world.forward(target)  # refuses, and says why
    steps: list[Step] = []
    ran = 0
    sandbox.advancing = True
    try:
        breath = perf_counter() + BREATH
        while (job := world.due(target)) and ran < max_steps:
            world.run(job)
            ran += 1
            if ran <= STEPS_SHOWN:
                steps.append(Step(job.due, job.kind, job.subject, "done"))
            if perf_counter() >= breath:
                await asyncio.sleep(0)
                if sandbox.epoch != epoch:
                    raise Conflict(f"sandbox '{sandbox.name}' was reset or restored while its clock was moving")
                breath = perf_counter() + BREATH
        stopped_early = world.due(target) is not None
        if not stopped_early:
            world.forward(target)
    finally:
        sandbox.advancing = False
    new = world.log[logged:]
    return Report(
        from_=start,
        to=world.now,
        stopped_early=stopped_early,
        jobs=ran,
        events=dict(Counter(entry.name for entry in new if entry.kind == "event")),
        attempts=sum(entry.kind == "attempt" for entry in new),
        rules={name: now - hits.get(name, 0) for name, now in _hits(world).items() if now > hits.get(name, 0)},
        steps=steps,
        agenda=agenda(world.agenda()),
    )


def _hits(world: World) -> dict[str, int]:
    return {listed.rule.name: listed.hits for listed in rules.rules(world)}


def agenda(jobs: list[Job]) -> list[Due]:
    """What is due next, as the API shows it."""
    return [{"at": job.due, "kind": job.kind, "subject": job.subject} for job in jobs]
