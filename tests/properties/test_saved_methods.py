"""Saved methods come, change and go in any order: who has some has exactly one default, and each verb tells once."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from mock_odus import assumptions
from mock_odus.engine import account, customers, invariants, methods
from mock_odus.engine.bodies import CreateCustomer, UpdatePaymentMethod
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import Customer, PaymentMethod
from mock_odus.engine.world import World

POLICIES = assumptions.load().for_engine()
SAVE = st.tuples(st.just("save"), st.integers(0, 2), st.sampled_from(["one", "two", "three"]), st.booleans())
UPDATE = st.tuples(st.just("update"), st.integers(0, 9), st.booleans(), st.sampled_from(["", "1"]))
DELETE = st.tuples(st.just("delete"), st.integers(0, 9))
DELETE_CUSTOMER = st.tuples(st.just("delete customer"), st.integers(0, 2))


def new_world():
    """A world of three customers with three methods each, in which no gateway is ever asked."""
    world = World(seed=7, now="2026-01-01T00:00:00.000Z", policies=POLICIES, gateway=None)
    account.open_account(world)
    for place in range(3):
        customers.create(world, CreateCustomer(email=f"{place}@example.com"))
        for fingerprint in ("one", "two", "three"):
            act(world, "save", place, fingerprint, True)
    return world


def picked(world, kind, place):
    """One of the records of a kind, or None while there is none."""
    records = list(world.table(kind).values())
    return records[place % len(records)] if records else None


def act(world, name, place, *how):
    record = picked(world, Customer if name in ("save", "delete customer") else PaymentMethod, place)
    if record is None:
        return
    match name, *how:
        case "save", fingerprint, wallet:
            type = "paypal" if wallet else "applePay"
            methods.save(world, record, type=type, card=None, fingerprint=fingerprint, gateway_profile=None)
        case "update", is_default, value:
            methods.update(world, record, UpdatePaymentMethod(is_default=is_default, metadata={"a": value}))
        case ("delete",):
            methods.delete(world, record)
        case ("delete customer",):
            customers.delete(world, record)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.lists(st.one_of(SAVE, SAVE, UPDATE, DELETE, DELETE_CUSTOMER), max_size=25))
def test_one_default_and_one_event(acts):
    """After every verb: one default for each customer with methods, none without an owner, the log tells what is."""
    world = new_world()
    for step in acts:
        mark, before = len(world.log), world.digest()
        try:
            act(world, *step)
        except Invalid:
            assert before == world.digest()
        told = world.log[mark:]

        assert all(count == 1 for count in Counter(entry.subject for entry in told).values())
        assert (before == world.digest()) == (told == [])
        for entry in told:
            now = world.find(type(entry.record), entry.subject)
            assert (None if entry.name.endswith(".deleted") else entry.record) == now
        owners = Counter(method.customer for method in world.table(PaymentMethod).values())
        defaults = Counter(method.customer for method in world.table(PaymentMethod).values() if method.is_default)
        assert dict.fromkeys(owners, 1) == defaults
        assert owners.keys() <= world.table(Customer).keys()
        kept = {(one.customer, one.type, one.fingerprint) for one in world.table(PaymentMethod).values()}
        assert len(kept) == len(world.table(PaymentMethod))
        invariants.check(world)
