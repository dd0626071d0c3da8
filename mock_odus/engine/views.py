"""What a caller sees of a record: by audience, and with its links filled in. Reads one record, never a table."""

from __future__ import annotations

from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from mock_odus.engine.records import Record

Audience = Literal["secret", "browser"]


class Links(NamedTuple):
    """Where this mock is reached, and the name of the sandbox: what `{origin}` and `{sandbox}` stand for."""

    origin: str
    sandbox: str

    def fill(self, text: str) -> str:
        return text.replace("{origin}", self.origin).replace("{sandbox}", self.sandbox)


class _Plan(NamedTuple):
    """What to do to the fields of one type: names to drop, texts to fill in, parts to go into."""

    drop: tuple[str, ...]
    fill: tuple[str, ...]
    parts: tuple[tuple[str, type[Struct]], ...]


def view(record: Record, audience: Audience, links: Links) -> dict[str, Any]:
    """The record as plain values, as find-one answers it."""
    shown: dict[str, Any] = msgspec.to_builtins(record)
    _apply(shown, type(record), audience, links)
    return shown


def _apply(shown: dict[str, Any], kind: type[Struct], audience: Audience, links: Links) -> None:
    plan = _plan(kind, audience)
    for name in plan.drop:
        del shown[name]
    for name in plan.fill:
        shown[name] = links.fill(shown[name])
    for name, part in plan.parts:
        value = shown[name]
        if isinstance(value, list | tuple):
            for item in value:
                _apply(item, part, audience, links)
        elif value is not None:
            _apply(value, part, audience, links)


@cache
def _plan(kind: type[Struct], audience: Audience) -> _Plan:
    drop, fill, parts = [], [], []
    for field in msgspec.structs.fields(kind):
        if not is_shown(field.type, audience):
            drop.append(field.encode_name)
        elif is_linked(field.type):
            fill.append(field.encode_name)
        elif (part := _part(field.type)) and _touches(part, audience):
            parts.append((field.encode_name, part))
    return _Plan(tuple(drop), tuple(fill), tuple(parts))


def _touches(kind: type[Struct], audience: Audience) -> bool:
    return any(_plan(kind, audience))


def is_shown(wanted: Any, audience: Audience) -> bool:
    """Whether this audience sees a field of this type."""
    return marks(wanted).get("audience") in (None, audience)


def is_linked(wanted: Any) -> bool:
    """Whether a view fills in what a field of this type holds."""
    return "linked" in marks(wanted)


def marks(wanted: Any) -> dict[str, Any]:
    """What `Private`, `Sensitive`, `Linked` and `Instant` say of a type, however they are nested."""
    if get_origin(wanted) is not Annotated:
        return {}
    found: dict[str, Any] = marks(get_args(wanted)[0])
    for meta in wanted.__metadata__:
        if isinstance(meta, Meta) and meta.extra:
            found = found | meta.extra
    return found


def _part(wanted: Any) -> type[Struct] | None:
    """The record inside `Action | None` or `tuple[Transaction, ...]`."""
    if isinstance(wanted, type) and issubclass(wanted, Struct):
        return wanted
    if get_origin(wanted) in (Union, UnionType, tuple, list):
        return next((part for option in get_args(wanted) if (part := _part(option))), None)
    return None
