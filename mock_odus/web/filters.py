"""What lists are asked for: filters in LHS brackets and an order (guides/api-features/pagination-filtering-sorting).

A filter compares what the list shows: links are filled in, and what a caller may not see it cannot ask for either.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from operator import attrgetter, itemgetter
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Struct

from mock_odus.engine import periods
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import Record
from mock_odus.engine.views import Audience, Links, is_linked, is_shown, marks
from mock_odus.shapes import nearest, one_of, shown

PAGING = ("page", "pageSize")
SORTING = ("sortBy", "sortDirection")
_DIRECTIONS = ("asc", "desc", "ASC", "DESC")
_BRACKET = re.compile(r"(.+)\[([^\[\]]*)\]", re.DOTALL)  # the last one: a metadata key may have brackets of its own
_METADATA = "metadata."

Test = Callable[[Any], bool]
"""Whether a value fits."""

# No null fits a comparison with something; it does fit `ne` and `nin`.
_TESTS: dict[str, Callable[[Any], Test]] = {
    "eq": lambda wanted: partial(operator.eq, wanted),
    "ne": lambda wanted: partial(operator.ne, wanted),
    "gt": lambda wanted: lambda value: value is not None and value > wanted,
    "gte": lambda wanted: lambda value: value is not None and value >= wanted,
    "lt": lambda wanted: lambda value: value is not None and value < wanted,
    "lte": lambda wanted: lambda value: value is not None and value <= wanted,
    "in": lambda wanted: lambda value: value in wanted,
    "nin": lambda wanted: lambda value: value not in wanted,
    "like": lambda wanted: lambda value: value is not None and wanted in value.casefold(),
    "isNull": lambda wanted: lambda value: (value is None) is wanted,
}


# --- Kinds of fields -------------------------------------------------------------------------------------------------


class Kind(Struct, frozen=True):
    """What a field holds, the operators it takes, what an operand must be, and how that is read (ValueError)."""

    name: str
    operators: tuple[str, ...]
    wants: str
    read: Callable[[str], Any]


def _instant(text: str) -> str:
    # A plus that nobody encoded arrives as a space; between a date and a time that is a `T`, a space may stand too.
    return periods.instant(text.replace(" ", "+") if "T" in text else text)


def _integer(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,300}", text):
        raise ValueError
    return int(text)


def _number(text: str) -> float:
    if not re.fullmatch(r"-?[0-9]{1,300}(\.[0-9]{1,300})?", text):
        raise ValueError
    return float(text)


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError
    return text == "true"


_ORDERED = ("eq", "ne", "gt", "gte", "lt", "lte", "in", "nin")
TEXT = Kind("text", (*_ORDERED, "like", "isNull"), "text", str)
INSTANT = Kind("an instant", (*_ORDERED, "isNull"), "an instant such as 2026-01-31T09:00:00Z or 2026-01-31", _instant)
INTEGER = Kind("an integer", (*_ORDERED, "isNull"), "an integer", _integer)
NUMBER = Kind("a number", (*_ORDERED, "isNull"), "a number", _number)
BOOLEAN = Kind("a boolean", ("eq", "ne", "in", "nin", "isNull"), "true or false", _boolean)
_SCALARS: dict[Any, Kind] = {str: TEXT, int: INTEGER, float: NUMBER, bool: BOOLEAN}


def kind_of(wanted: Any) -> Kind | None:
    """The kind of a type; None when it holds anything but one kind of scalar."""
    if marks(wanted).get("instant"):
        return INSTANT
    if get_origin(wanted) is Annotated:
        return kind_of(get_args(wanted)[0])
    if get_origin(wanted) is Literal:
        return TEXT
    if get_origin(wanted) in (Union, UnionType):
        kinds = {kind_of(option) for option in get_args(wanted) if option is not NoneType}
        return kinds.pop() if len(kinds) == 1 else None
    return _SCALARS.get(wanted)


# --- The fields of a list --------------------------------------------------------------------------------------------


class Field(Struct, frozen=True):
    """How an entry's value is read. `attribute` is what a record calls it, and what an index of the world may have."""

    kind: Kind
    read: Callable[[Any], Any]
    attribute: str | None = None


class Fields(Struct, frozen=True):
    """What a list can be filtered and sorted by. Its entries stand in the order of the first instant among them."""

    known: Mapping[str, Field]
    metadata: bool = False

    def get(self, name: str) -> Field | None:
        key = name.removeprefix(_METADATA)
        if self.metadata and key and key != name:
            return Field(TEXT, lambda record: record.metadata.get(key))
        return self.known.get(name)

    @property
    def names(self) -> list[str]:
        return [*self.known, "metadata.<key>"] if self.metadata else list(self.known)

    @property
    def made(self) -> str | None:
        """The field that tells when an entry was made: `createdAt` of a record."""
        return next((name for name, field in self.known.items() if field.kind is INSTANT), None)


def of_record(kind: type[Record], audience: Audience, links: Links) -> Fields:
    """The top-level scalars of a record that this audience sees, and its metadata."""
    known, linked = _shown_scalars(kind, audience)
    filled = {name: Field(TEXT, _filled(known[name].read, links)) for name in linked}
    return Fields({**known, **filled}, metadata="metadata" in kind.__struct_fields__)


def of_rows(types: Mapping[str, Any]) -> Fields:
    """The scalars of plain rows, such as a journal's, whose values are of these types."""
    kinds = {name: kind_of(wanted) for name, wanted in types.items()}
    return Fields({name: Field(kind, itemgetter(name)) for name, kind in kinds.items() if kind})


@cache
def _shown_scalars(kind: type[Record], audience: Audience) -> tuple[dict[str, Field], tuple[str, ...]]:
    """The scalars by their names in the API, and the names of those that hold links."""
    known, linked = {}, []
    for field in msgspec.structs.fields(kind):
        if (scalar := kind_of(field.type)) and is_shown(field.type, audience):
            known[field.encode_name] = Field(scalar, attrgetter(field.name), field.name)
            if is_linked(field.type):
                linked.append(field.encode_name)
    return known, tuple(linked)


def _filled(read: Callable[[Any], str], links: Links) -> Callable[[Any], str]:
    return lambda record: links.fill(read(record))


# --- Queries ---------------------------------------------------------------------------------------------------------


class Condition(Struct, frozen=True):
    field: Field
    operator: str
    operand: Any
    test: Test


class Selection(Struct, frozen=True):
    """Which entries, and in which order. `by` is None where they keep the one in which they were made."""

    conditions: list[Condition]
    by: Field | None
    descending: bool


def parse(fields: Fields, query: Iterable[tuple[str, str]]) -> Selection:
    """What a query selects, whatever it says of pages. Invalid names every parameter at fault."""
    conditions: list[Condition] = []
    problems: list[str] = []
    by, descending = None, False
    for key, text in query:
        try:
            if key == "sortBy":
                by = _order(fields, text)
            elif key == "sortDirection":
                descending = _is_descending(text)
            elif key not in PAGING:
                conditions.append(_condition(fields, key, text))
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise Invalid(*problems)
    return Selection(conditions, by, descending)


def _order(fields: Fields, name: str) -> Field | None:
    field = fields.get(name)
    if field is None:
        raise ValueError(f"sortBy {one_of(name, fields.names)}")
    return None if name == fields.made else field


def _is_descending(text: str) -> bool:
    if text not in _DIRECTIONS:
        raise ValueError(f"sortDirection {one_of(text, _DIRECTIONS)}")
    return text.lower() == "desc"


def _condition(fields: Fields, key: str, text: str) -> Condition:
    match = _BRACKET.fullmatch(key)
    if match is None:
        hint = f"; write {key}[eq]={text}" if fields.get(key) else nearest(key, [*PAGING, *SORTING, *fields.names])
        raise ValueError(f"{key} is not a parameter of this list{hint}; filters are written field[eq]=value")
    name, asked = match[1], match[2]
    field = fields.get(name)
    if field is None:
        names = fields.names
        raise ValueError(f"{name} is not a field to filter by{nearest(name, names)}; known are {', '.join(names)}")
    if asked not in field.kind.operators:
        takes = field.kind.operators
        wrong = "an operator that does not fit" if asked in _TESTS else f"an unknown operator{nearest(asked, takes)}"
        raise ValueError(f"{key} has {wrong}; {field.kind.name} takes {', '.join(takes)}")
    try:
        operand = _operand(field.kind, asked, text)
    except (ValueError, OverflowError):
        wants = BOOLEAN.wants if asked == "isNull" else field.kind.wants
        each = "a comma list, each " if asked in ("in", "nin") else ""
        hint = f"; null is asked for by {name}[isNull]=true" if text == "null" else ""
        raise ValueError(f"{key} must be {each}{wants}, found {shown(text)}{hint}") from None
    return Condition(field, asked, operand, _TESTS[asked](operand))


def _operand(kind: Kind, asked: str, text: str) -> Any:
    match asked:
        case "isNull":
            return BOOLEAN.read(text)
        case "in" | "nin":
            return frozenset(map(kind.read, text.split(","))) if text else frozenset()
        case "like":
            return text.casefold()
        case _:
            return kind.read(text)
