"""What holds in every world between any two verbs, beyond what `engine/invariants.py` asserts."""

from collections import Counter
from functools import lru_cache
from itertools import pairwise

from msgspec.structs import replace

from mock_odus.engine import cycles, invariants, lifecycle, periods
from mock_odus.engine.attempts import OPERATIONS
from mock_odus.engine.billing import Invoice, Subscription
from mock_odus.engine.challenges import Challenge
from mock_odus.engine.records import (
    Customer,
    Job,
    Orphan,
    Payment,
    Price,
    Transaction,
)
from tests.properties.drawn import ZONES

# In which order a verb tells what is billed.
BORN = (
    "payment.created",
    "payment.updated",
    "subscription.created",
    "invoice.created",
    "invoice.updated",
    "subscription.updated",
)
RENEWED = ("invoice.created", "payment.created", "payment.updated", "invoice.updated", "subscription.updated")


def check(world):
    """Asserts all of them."""
    invariants.check(world)
    shown(world)
    attempts(world)
    challenges(world)
    told(world)
    orphans(world)
    late_failures(world)
    anchors(world)


def shown(world):
    """What is displayed is what follows from the rest."""
    for payment in world.table(Payment).values():
        assert lifecycle.display_status(payment) == payment.display_status, payment


def attempts(world):
    """Transactions are numbered; one of them at most charged, and only that one's gateway is asked afterwards."""
    for payment in world.table(Payment).values():
        assert list(range(1, len(payment.transactions) + 1)) == [one.attempt for one in payment.transactions]
        charged = [one for one in payment.transactions if OPERATIONS[one.type] == "authorize" and _is_success(one)]
        assert len(charged) <= 1, payment
        assert bool(charged) == (
            payment.status == "succeeded" or payment.cancellation_reason in ("voided", "lapsed")
        ) or (payment.cancellation_reason == "requested"), payment
        later = [one for one in payment.transactions if OPERATIONS[one.type] != "authorize" and one.gateway_profile]
        assert {one.gateway_profile for one in later} <= {one.gateway_profile for one in charged}, payment
        assert payment.gateway_profile == (charged[0].gateway_profile if charged else None), payment
        assert sum(one.type == "capture" and _is_success(one) for one in payment.transactions) <= 1, payment


def challenges(world):
    """A payment that waits has one pending challenge, for its last transaction; nobody else has one."""
    pending = {one.payment: one for one in world.table(Challenge).values() if one.state == "pending"}
    waiting = {one.id: one for one in world.table(Payment).values() if one.status == "requires_action"}
    assert waiting.keys() == pending.keys()
    for id, payment in waiting.items():
        last = payment.transactions[-1]
        assert (pending[id].id, pending[id].transaction) == (payment.action.token, last.id)
        assert ("partial", "pending") == (last.outcome.status, last.challenge)
    for transaction in world.table(Transaction).values():
        if transaction.challenge == "pending":
            assert transaction.payment in waiting, transaction


def told(world):
    """The last event of a record shows it as it is; one that was deleted was told so."""
    last = {entry.subject: entry for entry in world.log if entry.kind == "event"}
    for kind in (Payment, Customer, Subscription, Invoice):
        for id, record in world.table(kind).items():
            told = last[id].record
            if kind is Invoice and record.status == "open":  # that somebody has asked again is no news
                told = replace(told, attempt_count=record.attempt_count)
            assert told == record, f"{id} has changed and nobody was told"
    for entry in last.values():
        if isinstance(entry.record, Customer) and entry.subject not in world.table(Customer):
            assert "customer.deleted" == entry.name


def since(world, logged):
    """What was told since the log was so long: by a verb, and by each job that ran."""
    new = world.log[logged:]
    begins = [0, *(place for place, entry in enumerate(new) if entry.kind == "job"), len(new)]
    for begin, end in pairwise(begins):
        once(new[begin:end])
        in_order(new[begin:end])


def once(new):
    """At most one event for a record in a verb; a challenge answered in the call makes it two."""
    answered = {entry.record.payment for entry in new if entry.kind == "challenge"}
    opened = {one.payment for one in (entry.record for entry in new if entry.kind == "attempt") if one.challenge}
    for (subject, name), times in Counter((one.subject, one.name) for one in new if one.kind == "event").items():
        allowed = 2 if subject in answered & opened and name == "payment.updated" else 1
        assert times <= allowed, f"{times} times {name} of {subject} in one verb"


def in_order(new):
    """What is billed is told from cause to effect: what was opened, what came of the payment, what follows from it."""
    payments = {entry.subject: entry.record for entry in new if entry.kind == "event" and _is_a(entry, Payment)}
    owned = {entry.subject: entry.record for entry in new if entry.kind == "event" and _is_a(entry, Invoice)}
    for id, payment in payments.items():
        mine = {id, *payment.invoices, *payment.subscriptions}
        mine |= {one.id for one in owned.values() if one.payment == id}
        mine |= {one.subscription for one in owned.values() if one.payment == id}
        told = [entry.name for entry in new if entry.kind == "event" and entry.subject in mine]
        if "payment.updated" not in told:
            assert ["payment.created"] == told or "payment.created" not in told, told
            continue
        order = RENEWED if payment.off_session_type == "recurring" else BORN
        places = [order.index(name) for name in told]
        if "subscription.created" in told:  # each with its invoice
            pairs = told[told.index("subscription.created") :]
            assert ["subscription.created", "invoice.created"] * (len(pairs) // 2) == pairs
        else:
            assert sorted(places) == places, told


def _is_a(entry, kind):
    return isinstance(entry.record, kind)


def orphans(world):
    """What a gateway holds in secret: a failed attempt, or an authorization whose void has failed."""
    for orphan in world.table(Orphan).values():
        transaction = world.get(Transaction, orphan.id)
        assert (orphan.payment, orphan.amount) == (transaction.payment, transaction.amount)
        if _is_success(transaction):
            assert "cancelled" == world.get(Payment, orphan.payment).status
        else:
            assert "processor_timeout" == transaction.outcome.error_code


def late_failures(world):
    """A refund or void that will fail is due to; until then it is a success, and afterwards none."""
    due = {job.subject for job in world.table(Job).values() if job.kind == "fail_reversal"}
    for transaction in world.table(Transaction).values():
        if transaction.fails_with:
            assert (transaction.id in due) == _is_success(transaction), transaction
            assert transaction.type in ("refund", "void")
    assert due <= world.table(Transaction).keys()


def anchors(world):
    """Periods are counted from an anchor, by the clock of one of the places where the merchant has been.

    The anchor stays as long as the cycle and the plan do.
    """
    for one in world.table(Subscription).values():
        cycle = cycles.definitions(world.get(Price, one.price))[one.place.index]
        place, ends = one.place, (one.current_period_start, one.current_period_end)
        for count, moment in zip((place.count - 1, place.count), ends):
            assert moment in _anchored(place.anchor, f"{count * cycle.interval_value} {cycle.interval_unit}"), one
    last = {}
    for entry in world.log:
        if entry.kind != "event" or not isinstance(entry.record, Subscription):
            continue
        now, before = entry.record, last.get(entry.subject, entry.record)
        last[entry.subject] = now
        place, old = now.place, before.place
        if place == old:
            continue
        if now.price != before.price:
            assert place == replace(old, index=0) or (place.index, place.count) == (0, 1), now
        elif place.index == old.index:
            assert place.anchor == old.anchor, now
            assert place.count > old.count, now
        else:
            assert place.index > old.index, now
            assert place.anchor >= before.current_period_end, now


@lru_cache(maxsize=4096)
def _anchored(anchor, length):
    """The instants that are so long after another, by the clocks of the merchant's places."""
    return {periods.due(anchor, periods.duration(length), zone) for zone in ZONES}


def _is_success(transaction):
    return transaction.outcome.status == "success"
