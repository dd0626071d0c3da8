"""The clock: what time it is, what is due, moving it, and whether it ticks."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_odus.control.answers import ClockAnswer
from mock_odus.control.bodies import Advance, Freeze, Tick
from mock_odus.control.context import Call, Control, body_of
from mock_odus.engine.errors import Conflict, Invalid, NotFound
from mock_odus.sandbox import Sandbox
from mock_odus.timekeeper import advances, goals, reports
from mock_odus.timekeeper.goals import Goal
from mock_odus.web.answers import Answer


def routes(control: Control) -> list[Call]:
    async def get_clock(request: Request) -> Response:
        """Tells the sandbox's time, whether it ticks, and what is due next."""
        return Answer(_clock(control.sandbox(request)))

    async def advance_clock(request: Request) -> Response:
        """Runs everything that is due on the way, each at its own time. Not while the clock is moving already."""
        sandbox = control.sandbox(request)
        body: Advance = await body_of(request, Advance)
        goal = _goal(sandbox, body)
        if body.dry_run:
            return Answer(await advances.rehearse(sandbox, goal, body.max_steps), 201)
        return Answer(await advances.advance(sandbox, goal, body.max_steps, body.settle), 201)

    async def freeze_clock(request: Request) -> Response:
        """Lets the clock stand: where it is, or at a later instant once all that is due until then has run."""
        sandbox = control.sandbox(request)
        body: Freeze = await body_of(request, Freeze)
        advances.require_standing(sandbox)
        if body.at is not None:
            await advances.advance(sandbox, goals.to(body.at, "at"))
        sandbox.freeze()
        return Answer(_clock(sandbox), 201)

    async def tick_clock(request: Request) -> Response:
        """Lets the clock run with the real one, from where it is."""
        sandbox = control.sandbox(request)
        body: Tick = await body_of(request, Tick)
        advances.require_standing(sandbox)
        sandbox.tick(body.rate)
        return Answer(_clock(sandbox), 201)

    return [
        Call("GET", "/_mock/clock", get_clock, ClockAnswer),
        Call(
            "POST",
            "/_mock/clock/advance",
            advance_clock,
            reports.Report,
            body=Advance,
            refused=(Conflict, NotFound),
        ),
        Call("POST", "/_mock/clock/freeze", freeze_clock, ClockAnswer, body=Freeze, refused=(Conflict,)),
        Call("POST", "/_mock/clock/tick", tick_clock, ClockAnswer, body=Tick, refused=(Conflict,)),
    ]


def _clock(sandbox: Sandbox) -> ClockAnswer:
    ticker = sandbox.ticker
    return {
        "now": sandbox.world.now,
        "mode": "ticking" if ticker else "frozen",
        "rate": ticker.rate if ticker else None,
        "agenda": reports.agenda(sandbox.world),
    }


def _goal(sandbox: Sandbox, body: Advance) -> Goal:
    """Where an advance goes. Invalid, NotFound."""
    told = [word for word in (body.by, body.to, body.until) if word is not None]
    if len(told) != 1:
        raise Invalid(
            "by, to or until is required, and only one of them: "
            "by '1 month', to '2026-02-01T00:00:00Z', until 'renewal'"
        )
    if body.by is not None:
        return goals.by(sandbox.world, body.by)
    return goals.to(body.to) if body.to is not None else goals.until(sandbox.world, str(body.until))
