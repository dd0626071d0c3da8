"""An advance from within: it gives way while it runs, and a dry run leaves nothing behind."""

import asyncio

import pytest

from mock_odus.sandbox import Sandbox, Settings
from mock_odus.timekeeper import advances, goals
from tests.timekeeper.hands import POLICIES, challenged, scenario

MANY = 4_000


@pytest.fixture(scope="module")
def crowd():
    """A world in which thousands of challenges lapse after a day."""
    sandbox = Sandbox("shop", "", "", Settings(scenario=scenario()), POLICIES)
    for _ in range(MANY):
        challenged(sandbox.world)
    return sandbox.world.snapshot()


@pytest.fixture
def sandbox(crowd):
    sandbox = Sandbox("shop", "", "", Settings(), POLICIES)
    sandbox.begin_from(crowd)
    return sandbox


def beside(work):
    """The result of some work, and how often another had a turn meanwhile."""

    async def run():
        turns = 0
        task = asyncio.ensure_future(work)
        while not task.done():
            turns += 1
            await asyncio.sleep(0)
        return task.result(), turns

    return asyncio.run(run())


@pytest.mark.parametrize("move", [advances.advance, advances.rehearse])
def test_others_have_their_turn(sandbox, move):
    """Every few milliseconds, whether it is meant or only tried out."""
    report, turns = beside(move(sandbox, goals.by(sandbox.world, "2 days")))

    assert MANY == report.jobs
    assert turns >= 3


def test_two_may_be_tried_out_at_once(sandbox):
    """A dry run moves no clock, so it stands in nobody's way."""

    async def both():
        goal = [goals.by(sandbox.world, "2 days") for _ in range(3)]
        return await asyncio.gather(
            advances.rehearse(sandbox, goal[0]),
            advances.rehearse(sandbox, goal[1]),
            advances.advance(sandbox, goal[2]),
        )

    first, second, real = asyncio.run(both())
    assert first == second == real


def test_what_others_do_meanwhile_is_not_the_advances(sandbox):
    """Only the jobs' own events are in its report."""

    async def run():
        task = asyncio.ensure_future(advances.advance(sandbox, goals.by(sandbox.world, "2 days")))
        await asyncio.sleep(0)
        others = 0
        while not task.done():
            others += 1
            challenged(sandbox.world)
            await asyncio.sleep(0)
        return await task, others

    report, others = asyncio.run(run())
    assert others >= 1
    assert {"payment.updated": report.jobs} == report.events
    assert 0 == report.attempts


def test_a_dismantled_world_is_empty(sandbox):
    """Step by step, and the one it was a fork of has everything still."""
    before = sandbox.world.digest()
    twin = sandbox.world.fork()
    steps = sum(1 for _ in twin.dismantle())

    assert steps > 3
    assert ({}, []) == (twin.counts, twin.log)
    assert before == sandbox.world.digest()
