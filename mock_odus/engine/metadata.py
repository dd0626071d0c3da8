"""Metadata: text by key on every stored record (guides/api-features/metadata)."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from mock_odus.engine.errors import Invalid

MAX_PAIRS = 50

NONE: dict[str, str] = {}
"""One for every record that has none: nobody writes into a record."""


def merge(old: dict[str, str], given: dict[str, str] | UnsetType | None) -> dict[str, str]:
    """`given` laid over `old`: `""` deletes a key, `None` clears all, UNSET changes nothing. Invalid past 50 pairs."""
    if given is UNSET:
        return old
    if given is None:
        return NONE
    merged = {key: value for key, value in (old | given).items() if value != ""}
    if len(merged) > MAX_PAIRS:
        raise Invalid(f"metadata must have at most {MAX_PAIRS} pairs, found {len(merged)}")
    return merged


def first(given: dict[str, str] | None) -> dict[str, str]:
    """The metadata of a new record."""
    return merge(NONE, given) if given else NONE
