"""Secret and publishable keys: made, changed, rotated, revoked, found by value (guides/api-features/authentication).

A session key is nothing but a value that belongs to its user.

A value is a prefix, the name of the sandbox and a tail. A world does not know that name: `{sandbox}` stands for it, and
a key is found by the tail alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import TypeVar

from msgspec import UNSET
from msgspec.structs import replace

from mock_odus.engine import metadata
from mock_odus.engine.access import KeyValue, PublishableKey, SecretKey, User
from mock_odus.engine.bodies import (
    CreatePublishableKey,
    CreateSecretKey,
    UpdatePublishableKey,
    UpdateSecretKey,
)
from mock_odus.engine.errors import Forbidden
from mock_odus.engine.world import World

K = TypeVar("K", SecretKey, PublishableKey)
H = TypeVar("H", SecretKey, PublishableKey, User)

Grants = frozenset[str] | None
"""The permissions of the key that asks; None is all of them."""


def create_secret(
    world: World, body: CreateSecretKey, asking: Grants = None, *, id: str | None = None, tail: str = ""
) -> tuple[SecretKey, str]:
    """The key, and its value, which is told here and never again; `tail` is how it ends. Forbidden."""
    with world.verb():
        _require_all(asking, body.permissions)
        id = id or world.new_id("key")
        value = new_value(world, "skey", id, tail)
        key = SecretKey(
            id=id,
            created_at=world.now,
            updated_at=world.now,
            note=body.note,
            permissions=_once(body.permissions),
            value=_masked(value),
            metadata=metadata.first(body.metadata),
        )
        return world.put(key), value


def create_publishable(world: World, body: CreatePublishableKey) -> PublishableKey:
    with world.verb():
        id = world.new_id("key")
        key = PublishableKey(
            id=id,
            created_at=world.now,
            updated_at=world.now,
            note=body.note,
            value=new_value(world, "pk", id),
            metadata=metadata.first(body.metadata),
        )
        return world.put(key)


def update_secret(world: World, key: SecretKey, body: UpdateSecretKey, asking: Grants = None) -> SecretKey:
    """Changes the given fields only; from now on the key may do what it then says. Forbidden."""
    with world.verb():
        changed = _changed(key, body)
        if body.permissions is not UNSET:
            _require_all(asking, [one for one in body.permissions if one not in key.permissions])
            changed = replace(changed, permissions=_once(body.permissions))
        return world.update(key, changed)


def update_publishable(world: World, key: PublishableKey, body: UpdatePublishableKey) -> PublishableKey:
    """Changes the given fields only."""
    with world.verb():
        return world.update(key, _changed(key, body))


def rotate(world: World, key: SecretKey, asking: Grants = None) -> tuple[SecretKey, str]:
    """The key with a new value, told here and never again; the old one is worth nothing at once. Forbidden."""
    with world.verb():
        _require_all(asking, key.permissions)
        forget_values(world, key.id)
        value = new_value(world, "skey", key.id)
        return world.put(replace(key, value=_masked(value), updated_at=world.now)), value


def revoke(world: World, key: K) -> K:
    with world.verb():
        forget_values(world, key.id)
        world.remove(type(key), key.id)
        return key


def find(world: World, kind: type[H], tail: str) -> H | None:
    """The key of that kind whose value ends so, or the user whose session key does."""
    held = world.find(KeyValue, _digest(tail))
    return world.find(kind, held.key) if held else None


def new_value(world: World, prefix: str, holder: str, tail: str = "") -> str:
    """A value for the key or the user of that id, beside those that there are; `tail` is how it ends."""
    tail = tail or world.token(prefix)
    world.put(KeyValue(id=_digest(tail), key=holder))
    return f"{prefix}_{{sandbox}}_{tail}"


def forget_values(world: World, holder: str) -> None:
    """The values of that key or user are worth nothing from now on."""
    for held in world.related(KeyValue, "key", holder):
        world.remove(KeyValue, held.id)


def _require_all(asking: Grants, permissions: Iterable[str]) -> None:
    """Forbidden when the asking key lacks one: else it could make itself a stronger key, or learn the value of one."""
    missing = [] if asking is None else [one for one in _once(permissions) if one not in asking]
    if missing:
        raise Forbidden(f"this key cannot grant what it lacks itself: {', '.join(missing)}")


def _once(permissions: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(permissions))


def _changed(key: K, body: UpdateSecretKey | UpdatePublishableKey) -> K:
    note = key.note if body.note is UNSET else body.note
    return replace(key, note=note, metadata=metadata.merge(key.metadata, body.metadata))


def _masked(value: str) -> str:
    return f"{value.rpartition('_')[0]}_****{value[-4:]}"


def _digest(tail: str) -> str:
    return blake2b(tail.encode(), digest_size=16).hexdigest()
