"""Keys: what is kept of their values, and that nobody makes a stronger key than their own."""

import pytest
from msgspec.structs import replace

from mock_odus.engine import invariants, keys
from mock_odus.engine.access import KeyValue, PublishableKey, SecretKey
from mock_odus.engine.bodies import (
    CreatePublishableKey,
    CreateSecretKey,
    UpdatePublishableKey,
    UpdateSecretKey,
)
from mock_odus.engine.errors import Forbidden, Invalid

WEAK = frozenset({"SECRET_KEY_CREATE", "SECRET_KEY_UPDATE", "PAYMENT_READ"})


def secret(world, *permissions):
    """A new key and the tail of its value."""
    key, value = keys.create_secret(world, CreateSecretKey(permissions=list(permissions or ["PAYMENT_READ"])))
    return key, tail(value)


def tail(value):
    return value.rpartition("_")[2]


def kept(world):
    """All that the world holds, as text."""
    return repr(world.snapshot().tables)


def test_a_key_is_found_by_its_value_only(world):
    """By the whole tail of a value of its own kind, and by nothing less."""
    key, end = secret(world)
    public = keys.create_publishable(world, CreatePublishableKey())

    assert key == keys.find(world, SecretKey, end)
    assert public == keys.find(world, PublishableKey, tail(public.value))
    assert keys.find(world, PublishableKey, end) is None
    assert keys.find(world, SecretKey, tail(public.value)) is None
    for wrong in ("", end[:-1], end[1:], end + "0", end.swapcase(), key.id, key.id.partition("_")[2]):
        assert keys.find(world, SecretKey, wrong) is None


def test_the_value_of_a_secret_key_is_kept_nowhere(world):
    """Neither after its making nor after a rotation; the last four characters stay."""
    key, first = secret(world)
    rotated, value = keys.rotate(world, key)

    assert f"skey_{{sandbox}}_****{first[-4:]}" == key.value
    assert f"skey_{{sandbox}}_****{value[-4:]}" == rotated.value
    assert first not in kept(world)
    assert tail(value) not in kept(world)


def test_a_rotated_key_has_one_value(world):
    """The new one opens it, the old one nothing; id, permissions and date of birth stay."""
    key, first = secret(world)
    world.forward("2026-02-01T00:00:00.000Z")
    rotated, value = keys.rotate(world, key)

    assert keys.find(world, SecretKey, first) is None
    assert rotated == keys.find(world, SecretKey, tail(value))
    assert (key.id, key.permissions, key.created_at) == (rotated.id, rotated.permissions, rotated.created_at)
    assert "2026-02-01T00:00:00.000Z" == rotated.updated_at
    assert [key.id] == [held.key for held in world.table(KeyValue).values()]
    invariants.check(world)


def test_a_revoked_key_leaves_nothing(world):
    """Its record and its value are gone, those of other keys stay."""
    key, first = secret(world)
    other, second = secret(world)
    public = keys.create_publishable(world, CreatePublishableKey())
    keys.revoke(world, key)
    keys.revoke(world, public)

    assert keys.find(world, SecretKey, first) is None
    assert keys.find(world, PublishableKey, tail(public.value)) is None
    assert other == keys.find(world, SecretKey, second)
    assert [other.id] == [held.key for held in world.table(KeyValue).values()]
    invariants.check(world)


def test_a_snapshot_holds_the_values_of_its_time(world):
    """Restored, the old value opens the key again and the later one nothing."""
    key, first = secret(world)
    before = world.snapshot()
    _, value = keys.rotate(world, key)
    world.restore(before)

    assert key == keys.find(world, SecretKey, first)
    assert keys.find(world, SecretKey, tail(value)) is None


def test_the_digest_knows_no_values(world):
    """Two worlds that differ in the values of their keys alone are equal."""
    secret(world)
    keys.create_publishable(world, CreatePublishableKey())
    twin = world.fork()
    for kind in (SecretKey, PublishableKey, KeyValue):
        twin.table(kind).update({id: _otherwise(record) for id, record in twin.table(kind).items()})

    assert world.digest() == twin.digest()


def _otherwise(record):
    return replace(record, key="key_x") if isinstance(record, KeyValue) else replace(record, value="x")


def test_permissions_are_kept_once(world):
    """Named twice is named once, in the order given."""
    key, _ = secret(world, "PAYMENT_REVERSE", "PAYMENT_READ", "PAYMENT_REVERSE")
    changed = keys.update_secret(world, key, UpdateSecretKey(permissions=["PAYMENT_READ", "PAYMENT_READ"]))

    assert ("PAYMENT_REVERSE", "PAYMENT_READ") == key.permissions
    assert ("PAYMENT_READ",) == changed.permissions


def test_a_weak_key_makes_no_strong_one(world):
    """Whatever the asking key lacks it cannot grant to a new key, nor to one that is there; it may take away."""
    strong, _ = secret(world, "PAYMENT_READ", "PAYMENT_REVERSE")
    before = world.digest()
    reverse = ["PAYMENT_READ", "PAYMENT_REVERSE", "PAYMENT_CANCEL"]

    with pytest.raises(Forbidden, match=r"cannot grant what it lacks itself: PAYMENT_REVERSE, PAYMENT_CANCEL\Z"):
        keys.create_secret(world, CreateSecretKey(permissions=reverse), WEAK)
    with pytest.raises(Forbidden, match=r"lacks itself: PAYMENT_CANCEL\Z"):
        keys.update_secret(world, strong, UpdateSecretKey(permissions=reverse), WEAK)
    assert before == world.digest()

    less = keys.update_secret(world, strong, UpdateSecretKey(note="mine", permissions=["PAYMENT_REVERSE"]), WEAK)
    assert ("mine", ("PAYMENT_REVERSE",)) == (less.note, less.permissions)
    made, _ = keys.create_secret(world, CreateSecretKey(permissions=["PAYMENT_READ"]), WEAK)
    assert ("PAYMENT_READ",) == made.permissions


def test_a_weak_key_does_not_learn_the_value_of_a_strong_one(world):
    """Rotating tells a value, so it takes every permission that the key grants."""
    strong, end = secret(world, "PAYMENT_READ", "PAYMENT_REVERSE")
    before = world.digest()

    with pytest.raises(Forbidden, match="PAYMENT_REVERSE"):
        keys.rotate(world, strong, WEAK)
    assert before == world.digest()
    assert strong == keys.find(world, SecretKey, end)
    keys.rotate(world, secret(world, "PAYMENT_READ")[0], WEAK)


def test_what_changes_nothing_leaves_the_date(world):
    """An update with what is there already is the same record."""
    key, _ = secret(world)
    public = keys.create_publishable(world, CreatePublishableKey(note="web"))
    world.forward("2026-02-01T00:00:00.000Z")

    assert key is keys.update_secret(world, key, UpdateSecretKey(permissions=["PAYMENT_READ"], note=None))
    assert public is keys.update_publishable(world, public, UpdatePublishableKey(note="web"))
    changed = keys.update_publishable(world, public, UpdatePublishableKey(note=None, metadata={"a": "b"}))
    assert (None, {"a": "b"}, public.value) == (changed.note, changed.metadata, changed.value)
    assert "2026-02-01T00:00:00.000Z" == changed.updated_at


def test_a_refused_update_changes_nothing(world):
    """Too many pairs of metadata undo the rest of the request."""
    key, _ = secret(world)
    before = world.digest()
    pairs = {f"k{number}": "v" for number in range(51)}

    with pytest.raises(Invalid, match="metadata"):
        keys.update_secret(world, key, UpdateSecretKey(note="x", metadata=pairs))
    assert before == world.digest()
