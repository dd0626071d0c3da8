"""Reads `between`: a span of time in which a rule holds, by instants or counted from the scenario's start."""

from __future__ import annotations

from typing import Any

from mock_odus.engine import periods
from mock_odus.engine.periods import Duration
from mock_odus.scripting.findings import Findings
from mock_odus.scripting.language import Condition, Span, Window
from mock_odus.shapes import Path, one_of, shown

KEY = "between"
BOUNDS = ("from", "until")

_LAST = "9999-12-31T23:59:59.999Z"
# `+1 month` is before `+30 days` in some months only, so two bounds are held against more than one start.
_STARTS = ("2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z")


def read(tree: Any, path: Path, findings: Findings) -> Window | None:
    """The window of a `between`; what is wrong becomes a finding."""
    if not isinstance(tree, dict) or not tree:
        found = "neither" if tree == {} else shown(tree)
        findings.add(path, f"must be {{from, until}}, one of them at least, found {found}")
        return None
    for key in tree:
        if key not in BOUNDS:
            findings.add((*path, key), one_of(key, BOUNDS), key=True)
    since, until = (_bound(tree[key], (*path, key), findings) if key in tree else None for key in BOUNDS)
    if since is not None and until is not None and _is_empty(since, until):
        findings.add(path, f"from must lie before until, found {tree['from']} and {tree['until']}")
    return Window(since, until)


def resolved(window: Window, start: str, timezone: str) -> Condition:
    """The condition that a window is for a scenario that starts at an instant, calendar units on a wall clock."""
    gte, lt = (_instant(bound, start, timezone) for bound in (window.since, window.until))
    return Condition(KEY, spans=(Span(gte=gte, lt=lt),))


def _bound(tree: Any, path: Path, findings: Findings) -> str | Duration | None:
    text = tree if isinstance(tree, str) else ""
    if text.startswith("+"):
        found: Duration | None = findings.read(periods.duration, text[1:], path)
        return found
    try:
        return periods.instant(text)
    except (ValueError, OverflowError):
        allowed = "an instant such as 2026-01-31T10:00:00Z, or a time since the scenario's start such as +40 days"
        findings.add(path, f"must be {allowed}, found {shown(tree)}")
        return None


def _is_empty(since: str | Duration, until: str | Duration) -> bool:
    """Whether no time can ever be in it. An instant and a duration can only be compared once the start is known."""
    if isinstance(since, str) != isinstance(until, str):
        return False
    return all((_instant(since, start, "UTC") or "") >= (_instant(until, start, "UTC") or "") for start in _STARTS)


def _instant(bound: str | Duration | None, start: str, timezone: str) -> str | None:
    """A bound beyond the calendar is never reached."""
    if not isinstance(bound, Duration):
        return bound
    try:
        return periods.after(start, bound, timezone)
    except OverflowError:
        return _LAST
