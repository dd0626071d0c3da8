"""Reads `api`: what happens to requests of the Odus API."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec

from mock_odus import shapes
from mock_odus.engine import periods
from mock_odus.scripting.extending import Part
from mock_odus.scripting.findings import Findings
from mock_odus.scripting.forms import ApiFaultForm, ApiWhen, TroubleForm, percent
from mock_odus.scripting.language import ApiFault, Trouble
from mock_odus.shapes import Path

LONGEST = 600
"""Real seconds that an answer may take."""

SAMPLES = {
    "status": "{status: 503}",
    "latency": "{latency: 2 seconds}",
    "drop": "{drop: before} or {drop: after}",
    "drip": "{drip: 10 seconds}",
}
ALONE = ("truncate", "malformed", "reset", "empty", "hang")
_STATUSES = frozenset(int(status) for status in HTTPStatus)


def read(part: Part, form: Any, path: Path, name: str) -> ApiFault | None:
    """`name` is the fault's when it has none of its own. None when its form is wrong, which has been told."""
    if any(shapes.problems(form, ApiFaultForm, path)):
        _explain(form.get("then") if isinstance(form, dict) else None, (*path, "then"), part.findings)
        return None
    fault, findings = msgspec.convert(form, ApiFaultForm), part.findings
    when = fault.when or ApiWhen()
    for place, glob in enumerate(_several(when.path)):
        at = (*path, "when", "path", *([place] if isinstance(when.path, list) else []))
        _check_path(glob, at, findings)
    return ApiFault(
        name=fault.name or name,
        trouble=_trouble(fault.then, (*path, "then"), findings),
        methods=_several(when.method),
        paths=_several(when.path),
        key_kinds=_several(when.key_kind),
        nth=_several(when.nth),
        every=when.every,
        times=fault.times,
        chance=percent(fault.chance),
    )


def _several(written: Any) -> tuple[Any, ...]:
    return tuple(written) if isinstance(written, list) else () if written is None else (written,)


def _check_path(glob: str, path: Path, findings: Findings) -> None:
    if not glob.startswith(("/", "*")):
        findings.add(path, f"must be a path such as /payments or /payments/*/authorize, found '{glob}'")
    elif glob.startswith("/_mock"):
        findings.add(path, f"must be a path of the Odus API: nothing happens to the control API, found '{glob}'")


def _trouble(form: str | TroubleForm, path: Path, findings: Findings) -> Trouble:
    if isinstance(form, str):
        return Trouble(form)  # type: ignore[arg-type]
    told = [name for name in SAMPLES if getattr(form, name) is not None]
    if len(told) != 1:
        found = " and ".join(told) or "none"
        findings.add(path, f"must be one of status, latency, drop and drip, found {found}")
        return Trouble("hang")
    if form.retry_after is not None and form.status is None:
        findings.add((*path, "retryAfter"), "stands beside a status only")
    if form.drop:
        return Trouble("drop_before" if form.drop == "before" else "drop_after")
    if form.status is not None:
        if form.status not in _STATUSES:
            findings.add((*path, "status"), f"must be a status code that HTTP has, found {form.status}")
        return Trouble("status", form.status, form.retry_after)
    kind, text = ("latency", form.latency) if form.latency is not None else ("drip", form.drip)
    return Trouble(kind, seconds=_seconds(text or "", (*path, kind), findings))  # type: ignore[arg-type]


def _explain(then: Any, path: Path, findings: Findings) -> None:
    """Some of what happens is a word, some is a word with a value: each is easily written as the other."""
    if isinstance(then, str) and then in SAMPLES:
        findings.add(path, f"needs a value: {SAMPLES[then]}")
    for word in ALONE if isinstance(then, dict) else ():
        if word in then:
            findings.add((*path, word), f"stands alone: write `then: {word}`", key=True)


def _seconds(text: str, path: Path, findings: Findings) -> float:
    """They pass on a real clock, so there is an end to them."""
    duration: periods.Duration | None = findings.read(periods.duration, text, path)
    if duration and (duration.months or duration.days or duration.milliseconds > LONGEST * 1000):
        findings.add(path, f"must be at most {LONGEST // 60} minutes, since they are really waited; found '{text}'")
    return duration.milliseconds / 1000 if duration else 0.0
