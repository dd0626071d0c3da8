"""What holds in every world between any two verbs, beyond what `engine/invariants.py` asserts."""

from collections import Counter

from mock_odus.engine import invariants, lifecycle
from mock_odus.engine.attempts import OPERATIONS
from mock_odus.engine.challenges import Challenge
from mock_odus.engine.records import Customer, Job, Orphan, Payment, Transaction


def check(world):
    """Asserts all of them."""
    invariants.check(world)
    shown(world)
    attempts(world)
    challenges(world)
    told(world)
    orphans(world)
    late_failures(world)


def shown(world):
    """What is displayed is what follows from the rest."""
    for payment in world.table(Payment).values():
        charges = [one for one in payment.transactions if OPERATIONS[one.type] == "authorize"]
        derived = lifecycle.display_status(payment, charges[-1] if charges else None)
        assert derived == payment.display_status, payment


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
    for kind in (Payment, Customer):
        for id, record in world.table(kind).items():
            assert last[id].record == record, f"{id} has changed and nobody was told"
    for entry in last.values():
        if isinstance(entry.record, Customer) and entry.subject not in world.table(Customer):
            assert "customer.deleted" == entry.name


def once(world, logged):
    """At most one event for a record since the log was so long; a challenge answered in the call makes it two."""
    new = world.log[logged:]
    answered = {entry.record.payment for entry in new if entry.kind == "challenge"}
    opened = {one.payment for one in (entry.record for entry in new if entry.kind == "attempt") if one.challenge}
    for (subject, name), times in Counter((one.subject, one.name) for one in new if one.kind == "event").items():
        allowed = 2 if subject in answered & opened and name == "payment.updated" else 1
        assert times <= allowed, f"{times} times {name} of {subject} in one verb"


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


def _is_success(transaction):
    return transaction.outcome.status == "success"
