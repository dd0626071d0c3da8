"""Reads `webhooks`: what happens to events on their way to a subscriber."""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from mock_odus import shapes
from mock_odus.engine import periods
from mock_odus.engine.bodies import EventType
from mock_odus.engine.gateways import Mischief
from mock_odus.engine.periods import Duration
from mock_odus.scripting.extending import Part
from mock_odus.scripting.findings import Findings
from mock_odus.scripting.forms import MischiefForm, WebhookFaultForm, WebhookWhen, percent
from mock_odus.scripting.language import WebhookFault
from mock_odus.scripting.matching import like
from mock_odus.scripting.naming import Names
from mock_odus.shapes import Path, one_of

EVENT_TYPES: tuple[str, ...] = tuple(word for word in get_args(EventType) if word != "*")
KIND = "webhookSubscribers"


def read(part: Part, form: Any, path: Path, name: str, names: Names) -> WebhookFault | None:
    """`name` is the fault's when it has none of its own. None when its form is wrong, which has been told."""
    if any(shapes.problems(form, WebhookFaultForm, path)):
        return None
    fault, findings = msgspec.convert(form, WebhookFaultForm), part.findings
    when, then = fault.when or WebhookWhen(), (*path, "then")
    return WebhookFault(
        name=fault.name or name,
        mischief=_mischief(fault.then, then, findings),
        event_types=_event_types(when, (*path, "when", "eventType"), findings),
        subscribers=_subscribers(when, (*path, "when", "subscriber"), names, findings),
        nth=tuple(when.nth) if isinstance(when.nth, list) else (when.nth,) if when.nth else (),
        every=when.every,
        times=fault.times,
        chance=percent(fault.chance),
    )


def _mischief(form: MischiefForm, path: Path, findings: Findings) -> Mischief:
    told = {name: value for name, value in msgspec.structs.asdict(form).items() if value}
    if not told:
        findings.add(path, f"must be one or more of {', '.join(form.__struct_encode_fields__)}")
    if form.drop and len(told) > 1:
        findings.add((*path, "drop"), "stands alone: what is lost cannot be anything else")
    if form.delay and form.reorder:
        findings.add((*path, "reorder"), "cannot stand beside delay: either is late in its own way")
    delay: Duration | None = findings.read(periods.duration, form.delay, (*path, "delay")) if form.delay else None
    return Mischief(
        duplicate=form.duplicate or 0,
        delay=delay,
        drop=bool(form.drop),
        reorder=bool(form.reorder),
        corrupt_signature=bool(form.corrupt_signature),
        malformed=bool(form.malformed),
    )


def _event_types(when: WebhookWhen, path: Path, findings: Findings) -> tuple[str, ...]:
    """The types as they are written, globs too."""
    for word, place in _words(when.event_type, path):
        if not any(like(word, known) for known in EVENT_TYPES):
            findings.add(place, one_of(word, EVENT_TYPES))
    return tuple(word for word, _ in _words(when.event_type, path))


def _subscribers(when: WebhookWhen, path: Path, names: Names, findings: Findings) -> tuple[str, ...]:
    """Their ids; a glob stands for all names that it fits."""
    found: list[str] = []
    for word, place in _words(when.subscriber, path):
        ids = [id for name, id in names.ids.get(KIND, {}).items() if like(word, name)] if "*" in word else []
        if id := names.id(KIND, word):
            ids.append(id)
        if not ids:
            findings.add(place, names.unknown(KIND, word))
        found += ids
    return tuple(found)


def _words(written: str | list[str] | None, path: Path) -> list[tuple[str, Path]]:
    if isinstance(written, list):
        return [(word, (*path, place)) for place, word in enumerate(written)]
    return [] if written is None else [(written, path)]
