"""Lists: paging, sorting and filters in LHS brackets (guides/api-features/pagination-filtering-sorting)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from itertools import islice
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import Record, Stored
from mock_odus.engine.views import is_public
from mock_odus.engine.world import INDEXES, World
from mock_odus.shapes import nearest

MAX_PAGE = 100
DEFAULT_PAGE = 10
OPERATORS = ("eq",)
_OWN = ("page", "pageSize", "sortBy", "sortDirection")
_BRACKET = re.compile(r"([^\[\]]+)\[([^\[\]]*)\]")

Filter = tuple[str, Any]
"""The name of a record's attribute, and the value it must equal."""


def page_of(
    items: Collection[Any], query: Mapping[str, str], show: Callable[[Any], Any], *, newest: bool = False
) -> dict[str, Any]:
    """One page, and where it lies. A `page` or `pageSize` that cannot be is passed over in silence, each on its own."""
    size = min(_positive(query.get("pageSize")) or DEFAULT_PAGE, 10**9)
    size = size if size <= MAX_PAGE else DEFAULT_PAGE
    page = _positive(query.get("page")) or 1
    count = len(items)
    ordered: Iterable[Any] = reversed(items) if newest else items  # type: ignore[call-overload]
    first = (page - 1) * size
    shown = [show(item) for item in islice(ordered, first, first + size)] if first < count else []
    return {
        "data": shown,
        "pagination": {
            "hasNextPage": first + size < count,
            "hasPreviousPage": page > 1,
            "itemCount": count,
            "page": page,
            "pageCount": -(-count // size),
            "pageSize": size,
        },
    }


def records(
    world: World, kind: type[Stored], query: list[tuple[str, str]], show: Callable[[Any], Any]
) -> dict[str, Any]:
    """The list of a resource. By an indexed reference it never scans. Invalid names every bad parameter."""
    filters = parse(filterable(kind), query)
    table = world.table(kind)
    items: Collection[Any] = table.values()
    for name, value in filters:
        if name in INDEXES.get(kind, ()):
            items = world.related(kind, name, value)
            break
    if filters:
        items = [item for item in items if all(getattr(item, name) == value for name, value in filters)]
    params = dict(query)
    return page_of(items, params, show, newest=params.get("sortDirection", "").lower() == "desc")


def rows(fields: Collection[str], found: list[dict[str, Any]], query: list[tuple[str, str]]) -> dict[str, Any]:
    """The same for a list of plain rows, such as a journal's. Invalid."""
    filters = parse({name: (name, frozenset({str})) for name in fields}, query)
    kept = [row for row in found if all(_text(row[name]) == value for name, value in filters)]
    params = dict(query)
    return page_of(kept, params, lambda row: row, newest=params.get("sortDirection", "").lower() == "desc")


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def parse(fields: dict[str, tuple[str, frozenset[type]]], query: list[tuple[str, str]]) -> list[Filter]:
    """The filters of a query. Invalid names every parameter at fault."""
    filters: list[Filter] = []
    problems: list[str] = []
    for key, text in query:
        match = _BRACKET.fullmatch(key)
        if key == "sortBy" and text != "createdAt":
            problems.append(f"sortBy must be createdAt, found '{text}'")
        elif key == "sortDirection" and text.lower() not in ("asc", "desc"):
            problems.append(f"sortDirection must be asc or desc, found '{text}'")
        elif key in _OWN:
            continue
        elif match is None:
            hint = f"; write {key}[eq]={text}" if key in fields else nearest(key, [*_OWN, *fields])
            problems.append(f"{key} is not a parameter of this list{hint}; filters are written field[eq]=value")
        elif match[1] not in fields:
            hint = nearest(match[1], list(fields))
            problems.append(f"{match[1]} is not a field to filter by{hint}; known are {', '.join(fields)}")
        elif match[2] not in OPERATORS:
            problems.append(f"{key} has an unknown operator; known are {', '.join(OPERATORS)}")
        else:
            name, wanted = fields[match[1]]
            try:
                filters.append((name, _value(text, wanted)))
            except ValueError as error:
                problems.append(f"{key} must be {error}, found '{text}'")
    if problems:
        raise Invalid(*problems)
    return filters


@cache
def filterable(kind: type[Record]) -> dict[str, tuple[str, frozenset[type]]]:
    """The public scalars of a record: name in the API → attribute, and the types its value may have."""
    found = {}
    for field in msgspec.structs.fields(kind):
        scalars = _scalars(field.type)
        if scalars and is_public(field.type):
            found[field.encode_name] = (field.name, scalars)
    return found


def _scalars(wanted: Any) -> frozenset[type]:
    """The scalar types inside a type; empty when it holds anything else."""
    if hasattr(wanted, "__metadata__"):
        return _scalars(wanted.__origin__)
    if get_origin(wanted) is Literal:
        return frozenset({str})
    if get_origin(wanted) in (Union, UnionType):
        parts = [_scalars(option) for option in get_args(wanted) if option is not NoneType]
        return frozenset().union(*parts) if all(parts) else frozenset()
    return frozenset({wanted}) if wanted in (str, int, bool, float) else frozenset()


def _value(text: str, wanted: frozenset[type]) -> Any:
    if bool in wanted:
        if text not in ("true", "false"):
            raise ValueError("true or false")
        return text == "true"
    if int in wanted:
        if not re.fullmatch(r"-?\d{1,18}", text):
            raise ValueError("an integer")
        return int(text)
    return text


def _positive(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"0*[1-9]\d{0,15}", text) else None
