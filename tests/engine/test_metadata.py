"""Metadata: text by key, merged (guides/api-features/metadata)."""

import msgspec
import pytest
from msgspec import UNSET

from mock_odus.engine import customers, metadata
from mock_odus.engine.bodies import CreateCustomer, UpdateCustomer
from mock_odus.engine.errors import Invalid


def test_the_documented_sample():
    """An update merges, and an empty text removes its key."""
    merged = metadata.merge({"orderId": "12345", "source": "mobile_app"}, {"orderId": "67890", "priority": "high"})
    assert {"orderId": "67890", "source": "mobile_app", "priority": "high"} == merged
    assert {"source": "mobile_app", "priority": "high"} == metadata.merge(merged, {"orderId": ""})


def test_null_clears_and_leaving_out_keeps():
    """`null` removes all pairs; a body without metadata, or with none in it, changes nothing."""
    assert {} == metadata.merge({"a": "1", "b": "2"}, None)
    assert {"a": "1"} == metadata.merge({"a": "1"}, UNSET)
    assert {"a": "1"} == metadata.merge({"a": "1"}, {})


def test_removing_what_is_not_there_is_nothing():
    """An empty text for an unknown key leaves the rest alone; a new record never has it."""
    assert {"a": "1"} == metadata.merge({"a": "1"}, {"b": ""})
    assert {"a": "1"} == metadata.first({"a": "1", "b": ""})


def test_fifty_pairs_after_the_merge():
    """The limit counts what is left: 50 pairs are allowed, 51 are not, and replaced or removed ones do not count."""
    full = {f"k{number}": "v" for number in range(50)}
    assert full == metadata.first(full)
    assert 50 == len(metadata.merge(full, {"k0": "other"}))
    assert 50 == len(metadata.merge(full, {"k0": "", "new": "v"}))
    with pytest.raises(Invalid, match="metadata must have at most 50 pairs, found 51"):
        metadata.merge(full, {"new": "v"})
    with pytest.raises(Invalid, match="at most 50 pairs"):
        metadata.first(full | {"new": "v"})


@pytest.mark.parametrize(
    ("value", "fits"),
    [("x" * 500, True), ("x" * 501, False), ("", True), (1, False), (None, False), (True, False), ({"a": "b"}, False)],
)
def test_values_are_texts_of_at_most_500_characters(value, fits):
    """Strings only, never nested, at most 500 characters."""
    raw = msgspec.json.encode({"metadata": {"key": value}})
    if fits:
        assert {"key": value} == msgspec.json.decode(raw, type=UpdateCustomer).metadata
    else:
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(raw, type=UpdateCustomer)


@pytest.mark.parametrize(("key", "fits"), [("k" * 100, True), ("k" * 101, False), ("", False)])
def test_keys_are_texts_of_at_most_100_characters(key, fits):
    """A key has 1 to 100 characters."""
    raw = msgspec.json.encode({"metadata": {key: "v"}})
    if fits:
        assert {key: "v"} == msgspec.json.decode(raw, type=UpdateCustomer).metadata
    else:
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(raw, type=UpdateCustomer)


def test_a_violation_changes_nothing(shop):
    """A merge past 50 pairs is refused, and the rest of the update with it."""
    full = {f"k{number}": "v" for number in range(50)}
    customer = customers.create(shop.world, CreateCustomer(email="a@b.example", metadata=full))
    before = shop.world.digest()
    with pytest.raises(Invalid):
        customers.update(shop.world, customer, UpdateCustomer(name="New", metadata={"new": "v"}))
    assert before == shop.world.digest()


def test_records_do_not_share_metadata(shop):
    """A change on one record is not seen on another."""
    one, two = shop.create(metadata={"a": "1"}), shop.create()
    shop.update(two, metadata={"b": "2"})
    assert {"a": "1"} == shop.read(one).metadata
    assert {"b": "2"} == shop.read(two).metadata
    assert {} == shop.create().metadata
