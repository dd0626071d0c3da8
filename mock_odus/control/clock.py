"""The clock: what time it is, what is due, and moving it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_odus import timekeeper
from mock_odus.control.answers import ClockAnswer
from mock_odus.control.bodies import Advance
from mock_odus.control.context import Call, Control, body_of
from mock_odus.engine import periods
from mock_odus.engine.errors import Conflict, Invalid
from mock_odus.sandbox import Sandbox
from mock_odus.web.answers import Answer


def routes(control: Control) -> list[Call]:
    async def get_clock(request: Request) -> Response:
        """Tells the sandbox's time, and what is due next."""
        return Answer(_clock(control.sandbox(request)))

    async def advance_clock(request: Request) -> Response:
        """Runs everything that is due until an instant, each at its own time. Not while the clock is moving already."""
        sandbox = control.sandbox(request)
        body: Advance = await body_of(request, Advance)
        return Answer(await timekeeper.advance(sandbox, _target(sandbox, body), body.max_steps), 201)

    return [
        Call("GET", "/_mock/clock", get_clock, ClockAnswer),
        Call("POST", "/_mock/clock/advance", advance_clock, timekeeper.Report, body=Advance, refused=(Conflict,)),
    ]


def _clock(sandbox: Sandbox) -> ClockAnswer:
    world = sandbox.world
    return {"now": world.now, "mode": "frozen", "rate": None, "agenda": timekeeper.agenda(world.agenda())}


def _target(sandbox: Sandbox, body: Advance) -> str:
    """The instant an advance goes to. Invalid."""
    if (body.by is None) == (body.to is None):
        raise Invalid("by or to is required, and only one of them: by '1 month', to '2026-02-01T00:00:00Z'")
    try:
        if body.by is not None:
            timezone = sandbox.world.merchant_config().timezone
            return periods.after(sandbox.world.now, periods.duration(body.by.removeprefix("+")), timezone)
        return periods.instant(str(body.to))
    except OverflowError:
        raise Invalid("by leads past the year 9999") from None
    except ValueError as error:
        raise Invalid(f"by {error}" if body.to is None else f"to must be an instant, found '{body.to}'") from None
