"""An advance that stops wherever somebody has to take webhooks, told as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mock_odus.driver.records import Record

__tracebackhide__ = True

STEPS_SHOWN = 1_000
MAX_STEPS = 1_000_000


def advance(ask: Callable[[Mapping[str, Any]], Record], take: Callable[[], None], told: Mapping[str, Any]) -> Record:
    """Asks for the same advance until it has arrived; webhooks are taken before it goes on."""
    take()
    whole = ask(told)
    most = told.get("maxSteps") or MAX_STEPS
    part = whole
    while True:
        waits = part.stoppedEarly and whole.jobs < most
        take()
        if not waits:
            return whole
        aim = {"to": part.target} if part.target else {"until": told["until"]}
        part = ask({**aim, "maxSteps": most - whole.jobs})
        whole = joined(whole, part)


def joined(whole: Record, part: Record) -> Record:
    """Two reports as one: of an advance, and of the one that went on from where it stopped."""
    months = {month.month: month for month in whole.months}
    for month in part.months:
        months[month.month] = added(months[month.month], month) if month.month in months else month
    return Record(
        {
            **part,
            "from": whole["from"],
            "jobs": whole.jobs + part.jobs,
            "events": added(whole.events, part.events),
            "attempts": whole.attempts + part.attempts,
            "rules": added(whole.rules, part.rules),
            "months": list(months.values()),
            "steps": (whole.steps + part.steps)[:STEPS_SHOWN],
        }
    )


def added(one: Mapping[str, Any], other: Mapping[str, Any]) -> Record:
    """Number by number; what is no number is as the later one tells."""
    found = Record(one)
    for name, value in other.items():
        if isinstance(value, int):
            found[name] = found.get(name, 0) + value
        elif isinstance(value, Mapping):
            found[name] = added(found.get(name, {}), value)
        else:
            found[name] = value
    return found
