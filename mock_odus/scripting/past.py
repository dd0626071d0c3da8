"""The past of a scenario: its subscriptions, each signed up for at its `startDate`."""

from __future__ import annotations

from mock_odus.engine import periods
from mock_odus.engine.errors import Invalid
from mock_odus.engine.periods import Duration
from mock_odus.engine.world import World
from mock_odus.shapes import shown

LONGEST = Duration(months=-120)


def start_of(text: str) -> str | Duration:
    """What a `startDate` says: an instant, or how long before the scenario begins. ValueError."""
    if text.startswith("-"):
        return periods.duration(text[1:])
    if text.startswith("+"):
        raise ValueError(f"must not lie after the scenario's start: sign up in the test instead, found {shown(text)}")
    try:
        return periods.instant(text)
    except (ValueError, OverflowError):
        allowed = "an instant such as 2026-01-31T10:00:00Z, or a time before the scenario's start such as -40 days"
        raise ValueError(f"must be {allowed}, found {shown(text)}") from None


def resolved(world: World, text: str | None) -> str:
    """The instant of a `startDate` in a world that is at the scenario's start. Invalid."""
    if text is None:
        return world.now
    found = start_of(text)
    timezone = world.merchant_config().timezone
    try:
        start = _before(world.now, found, timezone) if isinstance(found, Duration) else found
    except (ValueError, OverflowError):
        start = ""  # before the calendar begins
    if start > world.now:
        instead = "sign up in the test instead"
        raise Invalid(f"startDate must not lie after the scenario's start, {world.now}: {instead}, found '{text}'")
    if start < periods.after(world.now, LONGEST, timezone):
        raise Invalid(f"startDate must lie within ten years before the scenario's start, {world.now}, found '{text}'")
    return start


def _before(now: str, length: Duration, timezone: str) -> str:
    return periods.after(now, Duration(*(-part for part in length)), timezone)
