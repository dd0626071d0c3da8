"""Settles what the records of a scenario name: ids are unique, names become ids, cards are test cards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

from mock_odus.engine.records import MethodType
from mock_odus.scripting import past
from mock_odus.scripting.extending import World, mapping
from mock_odus.scripting.naming import KINDS, Names, quoted
from mock_odus.shapes import Path

Reference = tuple[Path, dict[str, Any], str, str]
"""Where something is named: the path of its mapping, the mapping, its key, and the kind of record that it names."""

# Records that name others in fields of their own.
_FIELDS: dict[str, dict[str, str]] = {
    "prices": {"product": "products"},
    "paymentMethods": {"customer": "customers"},
    "subscriptions": {
        "customer": "customers",
        "price": "prices",
        "paymentMethod": "paymentMethods",
        "gatewayProfile": "gatewayProfiles",
        "retryPolicy": "retryPolicies",
    },
    "payments": {"customer": "customers", "paymentMethod": "paymentMethods"},
    "merchantConfig": {"defaultRetryPolicy": "retryPolicies"},
}


def settle(world: World, names: Names) -> None:
    """What is wrong becomes a finding."""
    _check_ids(world, names)
    for path, holder, key, kind in _references(world):
        if isinstance(word := holder.get(key), str):
            if found := names.id(kind, word):
                holder[key] = found
            else:
                world.fault((*path, key), names.unknown(kind, word))
    for kind in ("paymentMethods", "subscriptions", "payments"):
        for name, record in world.of(kind):
            number = mapping(record, "card").get("number")
            if isinstance(number, str) and names.card(number) is None:
                world.fault((kind, name, "card", "number"), names.unknown_card(number))
            _check_means(world, kind, name, record)
    for name, record in world.of("subscriptions"):
        if isinstance(text := record.get("startDate"), str):
            try:
                past.start_of(text)
            except ValueError as error:
                world.fault(("subscriptions", name, "startDate"), str(error))


def _check_ids(world: World, names: Names) -> None:
    taken = Counter(id for own in names.ids.values() for id in own.values())
    for kind, own in names.ids.items():
        for name, id in own.items():
            if not names.is_id(KINDS[kind].singular, id):
                world.fault((kind, name, "id"), names.bad_id(KINDS[kind].singular, id))
            elif taken[id] > 1:
                world.fault((kind, name, "id"), f"is the id of {taken[id]} records, found {quoted(id)}")


def _check_means(world: World, kind: str, name: str, record: dict[str, Any]) -> None:
    """A saved method and a card exclude each other, and a subscription needs one of them."""
    saved, card = (record.get(key) is not None for key in ("paymentMethod", "card"))
    if kind != "paymentMethods" and saved and card:
        world.fault((kind, name, "card"), "must be left out with a paymentMethod: one of them is charged")
    if kind == "subscriptions" and not saved and not card:
        world.fault((kind, name), "needs a paymentMethod or a card: that is what its renewals are charged to")


# --- where others are named


def _references(world: World) -> Iterator[Reference]:
    for kind, fields in _FIELDS.items():
        holders = world.of(kind) if kind in KINDS else iter([("", world.records.get(kind, {}))])
        for name, holder in holders:
            for key, named in fields.items():
                yield ((kind, name) if name else (kind,)), holder, key, named
    yield from _steps(world, "cascades", "rules")
    yield from _steps(world, "retryPolicies", "steps")
    yield from _routings(("merchantConfig",), world.records.get("merchantConfig", {}))
    for name, payment in world.of("payments"):
        yield from _routings(("payments", name), payment)
        items = mapping(payment, "cart").get("items")
        for place, item in _mappings(items):
            yield ("payments", name, "cart", "items", place), item, "price", "prices"


def _steps(world: World, kind: str, key: str) -> Iterator[Reference]:
    """The gateway profiles of a cascade's rules, or of a retry policy's steps."""
    for name, record in world.of(kind):
        for place, step in _mappings(record.get(key)):
            yield (kind, name, key, place), step, "gatewayProfile", "gatewayProfiles"


def _routings(path: Path, holder: dict[str, Any]) -> Iterator[Reference]:
    options = mapping(holder, "paymentMethodOptions")
    for method in get_args(MethodType):
        at = (*path, "paymentMethodOptions", method)
        yield at, mapping(options, method), "cascade", "cascades"
        yield at, mapping(options, method), "gatewayProfile", "gatewayProfiles"


def _mappings(found: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    for place, one in enumerate(found if isinstance(found, list) else ()):
        if isinstance(one, dict):
            yield place, one
