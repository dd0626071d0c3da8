"""What a caller sees of a record: by audience, and with its links filled in. Reads one record, never a table."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import itemgetter
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import astuple

Audience = Literal["secret", "browser"]


class Links(Struct, frozen=True, gc=False):
    """Where this mock is reached, and the name of the sandbox: what `{origin}` and `{sandbox}` stand for."""

    origin: str
    sandbox: str

    def fill(self, text: str) -> str:
        return text.replace("{origin}", self.origin).replace("{sandbox}", self.sandbox)


class _Plan(Struct, frozen=True):
    """What an audience is shown of one type: a shape without the other fields, texts to fill in, parts to go into."""

    shape: type[Struct]
    values: Callable[[tuple[Any, ...]], tuple[Any, ...]]
    fill: tuple[str, ...]
    parts: tuple[str, ...]
    is_whole: bool


def view(record: Struct, audience: Audience, links: Links) -> Struct:
    """What find-one answers, to be encoded. A struct of its own, since dictionaries cost an answer twice as much."""
    plan = _plan(type(record), audience)
    shown = plan.shape(*plan.values(astuple(record)))
    for name in plan.fill:
        setattr(shown, name, links.fill(getattr(shown, name)))
    for name in plan.parts:
        value = getattr(shown, name)
        if isinstance(value, tuple):
            setattr(shown, name, [view(item, audience, links) for item in value])
        elif value is not None:
            setattr(shown, name, view(value, audience, links))
    return shown


@cache
def _plan(kind: type[Struct], audience: Audience) -> _Plan:
    fields = msgspec.structs.fields(kind)
    shown = [field for field in fields if is_shown(field.type, audience)]
    fill = tuple(field.name for field in shown if is_linked(field.type))
    parts = tuple(field.name for field in shown if (part := _part(field.type)) and _touches(part, audience))
    shape = msgspec.defstruct(kind.__name__, [(field.name, Any) for field in shown], rename="camel", gc=False)
    is_whole = not (fill or parts) and len(shown) == len(fields)
    first, *others = [place for place, field in enumerate(fields) if field in shown]
    values = itemgetter(first, *others) if others else lambda record: (record[first],)  # one is given bare
    return _Plan(shape, values, fill, parts, is_whole)


def _touches(kind: type[Struct], audience: Audience) -> bool:
    return not _plan(kind, audience).is_whole


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
