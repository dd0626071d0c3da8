"""Waits until a journal holds enough: looked at again only when something has happened in the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from mock_odus.engine import periods
from mock_odus.engine.errors import Invalid
from mock_odus.sandbox import Sandbox
from mock_odus.shapes import nearest

MOST = 100_000
LONGEST = 60
DEFAULT = "5 seconds"
PARAMETERS = ("waitFor", "timeout")

Query = list[tuple[str, str]]


class Wait(Struct, frozen=True):
    """For so many entries, at most so many real seconds."""

    entries: int
    seconds: float


def read(query: Query) -> tuple[Wait | None, Query]:
    """What the query says of waiting, and the rest of it. Invalid."""
    told = dict(query)
    rest = [(name, value) for name, value in query if name not in PARAMETERS]
    for name, _ in rest:
        if "[" not in name and (hint := nearest(name, PARAMETERS)):
            raise Invalid(f"{name} is not a parameter of this list{hint}")
    if "waitFor" not in told:
        if "timeout" in told:
            raise Invalid("timeout stands beside waitFor only")
        return None, rest
    count = told["waitFor"]
    if not (count.isdecimal() and count.isascii() and len(count) <= 6 and 1 <= int(count) <= MOST):
        raise Invalid(f"waitFor must be an integer from 1 to {MOST}, found '{count}'")
    return Wait(int(count), seconds(told.get("timeout", DEFAULT))), rest


async def until(sandbox: Sandbox, look: Callable[[], dict[str, Any]], wait: Wait) -> dict[str, Any]:
    """The first page that has enough, or the one that there is when time is up."""
    stirred = asyncio.Event()
    sandbox.watchers.append(stirred.set)
    try:
        async with asyncio.timeout(wait.seconds):
            while (page := look())["pagination"]["itemCount"] < wait.entries:
                if sandbox.is_over:
                    break
                await stirred.wait()
                stirred.clear()
            return page
    except TimeoutError:
        return look()
    finally:
        sandbox.watchers.remove(stirred.set)


def seconds(text: str) -> float:
    """How long is really waited at most. Invalid."""
    try:
        duration = periods.duration(text)
    except (ValueError, OverflowError) as error:
        raise Invalid(f"timeout: {error}") from None
    if duration.months or duration.days or duration.milliseconds > LONGEST * 1000:
        raise Invalid(f"timeout must be at most {LONGEST} seconds, which are really waited; found '{text}'")
    return duration.milliseconds / 1000
