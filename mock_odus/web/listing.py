"""Lists: which entries of a table or a journal a query gets, a page at a time (filters.py reads what it asks for).

A list by an indexed reference never scans, one in the order of creation never sorts, and one without filters copies
nothing: entries are read by their keys, and only those that a page shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from msgspec.structs import replace

from mock_odus.engine.records import Stored
from mock_odus.engine.views import Audience, Links, view
from mock_odus.engine.world import World
from mock_odus.web import filters
from mock_odus.web.filters import Condition, Fields, Selection

MAX_PAGE = 100
DEFAULT_PAGE = 10

Query = list[tuple[str, str]]
Keys = Collection[Any]
"""Where entries stand: the ids of records, or the positions of rows. It can be read from its end, too."""


def records(world: World, kind: type[Stored], query: Query, audience: Audience, links: Links) -> dict[str, Any]:
    """The list of a resource as this audience sees it. Invalid names every bad parameter."""
    selection = filters.parse(filters.of_record(kind, audience, links), query)
    table = world.table(kind)
    ids, conditions = _candidates(world, kind, selection.conditions)
    selection = replace(selection, conditions=conditions)
    return _page(ids, table.__getitem__, selection, query, lambda id: view(table[id], audience, links))


class Made(Sequence[Any]):
    """Rows that are made of something when they are looked at, and once: a page shows ten of a million."""

    def __init__(self, kept: Sequence[Any], make: Callable[[Any], Any]) -> None:
        self._kept, self._make = kept, make
        self._made: dict[int, Any] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, place: Any) -> Any:
        if place not in self._made:
            self._made[place] = self._make(self._kept[place])
        return self._made[place]


def rows(fields: Fields, found: Sequence[Any], query: Query) -> dict[str, Any]:
    """The same for a list of rows, such as a journal's. Invalid."""
    return _page(range(len(found)), found.__getitem__, filters.parse(fields, query), query, found.__getitem__)


def _candidates(world: World, kind: type[Stored], conditions: list[Condition]) -> tuple[Keys, list[Condition]]:
    """The fewest ids that an id or an indexed reference leaves, and the conditions that are still to be looked at."""
    ids: Keys = world.table(kind)
    settled = None
    for condition in conditions:
        found = _indexed(world, kind, condition)
        if found is not None and (settled is None or len(found) < len(ids)):
            ids, settled = found, condition
    return ids, [condition for condition in conditions if condition is not settled]


def _indexed(world: World, kind: type[Stored], condition: Condition) -> Keys | None:
    """The ids of all records that fit a condition; None when only a scan would tell.

    What is found under several values is put in the order of creation by one look at the keys of the table.
    """
    attribute = condition.field.attribute
    if attribute is None or condition.operator not in ("eq", "in"):
        return None
    if attribute != "id" and not world.is_indexed(kind, attribute):
        return None
    values = condition.operand if condition.operator == "in" else (condition.operand,)
    found: list[Keys] = [_under(world, kind, attribute, value) for value in values]
    found = [ids for ids in found if ids]
    if len(found) <= 1:
        return found[0] if found else ()
    wanted = {id for ids in found for id in ids}
    return [id for id in world.table(kind) if id in wanted]


def _under(world: World, kind: type[Stored], attribute: str, value: Any) -> Keys:
    """The ids of the records that have a value, in the order of creation."""
    if attribute == "id":
        return (value,) if world.find(kind, value) else ()
    return world.bucket(kind, attribute, value)


def _page(
    keys: Keys, entry: Callable[[Any], Any], selection: Selection, query: Query, show: Callable[[Any], Any]
) -> dict[str, Any]:
    for condition in selection.conditions:
        fits, read = condition.test, condition.field.read
        keys = [key for key in keys if fits(read(entry(key)))]
    by = selection.by
    if by is None:
        return page_of(keys, dict(query), show, newest=selection.descending)

    def rank(key: Any) -> tuple[bool, Any]:
        value = by.read(entry(key))
        return value is None, value  # null comes after everything

    # Stable both ways: equal values keep the order in which their entries were made.
    return page_of(sorted(keys, key=rank, reverse=selection.descending), dict(query), show)


def page_of(
    keys: Keys, query: Mapping[str, str], show: Callable[[Any], Any], *, newest: bool = False
) -> dict[str, Any]:
    """One page, and where it lies. A `page` or `pageSize` that cannot be is passed over in silence, each on its own."""
    size = _positive(query.get("pageSize")) or DEFAULT_PAGE
    size = size if size <= MAX_PAGE else DEFAULT_PAGE
    page = _positive(query.get("page")) or 1
    count = len(keys)
    first = (page - 1) * size
    ordered: Iterable[Any] = reversed(keys) if newest else keys  # type: ignore[call-overload]
    return {
        "data": [show(key) for key in islice(ordered, first, first + size)] if first < count else [],
        "pagination": {
            "hasNextPage": first + size < count,
            "hasPreviousPage": page > 1,
            "itemCount": count,
            "page": page,
            "pageCount": -(-count // size),
            "pageSize": size,
        },
    }


def _positive(text: str | None) -> int | None:
    match = re.fullmatch(r"0*([1-9][0-9]{0,15})", text or "")
    return int(match[1]) if match else None
