"""Ids: KSUIDs of the sandbox's clock and its seed."""

from itertools import pairwise
from operator import ne

import pytest

from mock_odus.engine import ids
from mock_odus.engine.gateways import Declined

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
NEW_YEAR = 1_767_225_600  # 2026-01-01T00:00:00Z
KSUID_EPOCH = 1_400_000_000


def seconds(ksuid):
    """The Unix time in a KSUID: its upper 32 bits, in seconds since the format's own epoch."""
    number = 0
    for letter in ksuid:
        number = number * 62 + ALPHABET.index(letter)
    return (number >> 128) + KSUID_EPOCH


@pytest.mark.parametrize("at", [KSUID_EPOCH, NEW_YEAR, NEW_YEAR + 1, KSUID_EPOCH + 2**32 - 1])
def test_an_id_tells_its_time(at):
    """27 base-62 characters whose upper 32 bits are the seconds since the KSUID epoch."""
    ksuid = ids.ksuid(at, 7, "pay", 1)
    assert 27 == len(ksuid)
    assert set(ksuid) <= set(ALPHABET)
    assert at == seconds(ksuid)


def test_ids_sort_by_time():
    """A later id sorts behind an earlier one, whatever the rest of it."""
    made = [ids.ksuid(NEW_YEAR + second, second % 5, "pay", 100 - second) for second in range(0, 100, 7)]
    assert all(earlier < later for earlier, later in pairwise(made))


def test_the_same_makes_the_same():
    """Time, seed, name and ordinal decide, and each of them counts."""
    one = ids.ksuid(NEW_YEAR, 7, "pay", 1)
    assert one == ids.ksuid(NEW_YEAR, 7, "pay", 1)
    others = [
        ids.ksuid(NEW_YEAR + 1, 7, "pay", 1),
        ids.ksuid(NEW_YEAR, 8, "pay", 1),
        ids.ksuid(NEW_YEAR, 7, "cus", 1),
        ids.ksuid(NEW_YEAR, 7, "pay", 2),
    ]
    assert 5 == len({one, *others})


def test_no_ordinal_has_the_id_of_another():
    """Nor do any two differ in a few characters only."""
    made = [ids.ksuid(NEW_YEAR, 7, "pay", ordinal) for ordinal in range(2_000)]
    assert 2_000 == len(set(made))
    assert all(sum(map(ne, one, other)) > 10 for one, other in pairwise(made))


def test_a_record_is_named_by_its_kind(shop):
    """The prefix says what it is, the time part when it was made."""
    payment = shop.pay()
    assert "pay" == payment.id.partition("_")[0]
    assert "txn" == payment.transactions[0].id.partition("_")[0]
    assert "pm" == payment.payment_method.partition("_")[0]
    assert NEW_YEAR == seconds(payment.id.partition("_")[2])


def test_a_payments_id_does_not_depend_on_the_rest(shop, open_shop):
    """Whatever else was made before it, the sixth payment of a moment has the same id."""
    other = open_shop()
    for _ in range(5):
        other.profile()
        other.pay(Declined("insufficient_funds"))
    for _ in range(5):
        shop.create()
    assert shop.create().id == other.create().id


def test_a_named_id_is_the_same_everywhere():
    """A scenario's record is known before the mock starts: kind and name decide, nothing else."""
    id = ids.named("cus", "customers", "jane")
    assert "cus_000000VcQpMg1ojwx68RUlT9zTA" == id
    assert 3 == len({id, ids.named("cus", "customers", "joe"), ids.named("cus", "payments", "jane")})


def test_the_id_of_an_event_follows_from_its_place(shop):
    """Event ids are derived from the place in the log, with the time of the entry."""
    shop.create()
    shop.world.advance("2026-01-02T00:00:00.000Z")
    shop.create()
    events = [shop.world.event_id(place) for place in range(len(shop.world.log))]
    assert len(events) == len(set(events))
    assert all(id.startswith("evt_") for id in events)
    assert NEW_YEAR + 86_400 == seconds(events[-1].partition("_")[2])
