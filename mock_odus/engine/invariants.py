"""What must hold between any two verbs, whatever was done in whatever order. Tests ask; nothing here is for users."""

from __future__ import annotations

from collections import defaultdict

from mock_odus.engine import attempts, billing_invariants
from mock_odus.engine.access import KeyValue, PublishableKey, SecretKey, User
from mock_odus.engine.records import Job, Payment, Transaction
from mock_odus.engine.world import World


def check(world: World) -> None:
    """AssertionError says what does not hold."""
    world.check()
    made: dict[str, list[Transaction]] = defaultdict(list)
    for transaction in world.table(Transaction).values():
        made[transaction.payment].append(transaction)
    for payment in world.table(Payment).values():
        assert payment.transactions == tuple(made[payment.id]), (
            f"{payment.id} carries other transactions than the table"
        )
        _check_status(payment)
        _check_money(payment)
        _check_jobs(world, payment)
    billing_invariants.check(world)
    keys = [*world.table(SecretKey), *world.table(PublishableKey)]
    users = world.table(User)  # who may have logged in, also more than once
    opened = [value.key for value in world.table(KeyValue).values() if value.key not in users]
    assert sorted(keys) == sorted(opened), "a key has no value, or more than one, or a value has no key"


def _check_status(payment: Payment) -> None:
    id, status = payment.id, payment.status
    assert (status == "requires_action") == (payment.action is not None), f"{id}: action"
    assert (status == "succeeded") == payment.is_authorized, f"{id}: isAuthorized"
    assert (status == "cancelled") == (payment.cancelled_at is not None), f"{id}: cancelledAt"
    assert (status == "cancelled") == (payment.cancellation_reason is not None), f"{id}: cancellationReason"
    assert payment.is_chargebacked == (payment.chargeback_recorded_at is not None), f"{id}: chargebackRecordedAt"


def _check_money(payment: Payment) -> None:
    id, captured, reversed = payment.id, payment.amount_captured, payment.amount_reversed
    assert 0 <= reversed <= captured <= payment.amount_authorized <= payment.amount, (
        f"{id}: reversed ≤ captured ≤ authorized ≤ amount does not hold"
    )
    authorized = attempts.charged(payment).amount if payment.is_authorized else 0
    assert payment.amount_authorized == authorized, f"{id}: amountAuthorized"
    is_reduced = payment.is_authorized and authorized < payment.amount
    assert not is_reduced or payment.off_session_type == "recurring", f"{id}: amountAuthorized is not all of it"
    done = [one for one in payment.transactions if one.outcome.status == "success"]
    taken = sum(one.amount for one in done if one.type in ("sale", "capture"))
    given_back = sum(one.amount for one in done if one.type == "refund")
    assert (taken, given_back) == (captured, reversed), f"{id} says other amounts than its transactions"
    is_captured = payment.is_authorized and (captured > 0 or payment.amount == 0)
    assert payment.is_captured == is_captured, f"{id}: isCaptured"
    assert payment.is_fully_reversed == (0 < reversed == captured), f"{id}: isFullyReversed"
    assert payment.is_partially_reversed == (0 < reversed < captured), f"{id}: isPartiallyReversed"


def _check_jobs(world: World, payment: Payment) -> None:
    """What a payment waits for is due one day, and nothing else is."""
    is_held = payment.is_authorized and not payment.is_captured
    for kind, is_wanted in (
        ("lapse_authorization", is_held),
        ("lapse_challenge", payment.status == "requires_action"),
        ("capture_payment", payment.capture_at is not None),
    ):
        job = world.find(Job, f"{kind}/{payment.id}")
        assert is_wanted == (job is not None), f"{payment.id}: {kind} is {'not ' if is_wanted else ''}due"
        assert kind != "capture_payment" or job is None or job.due == payment.capture_at, f"{payment.id}: captureAt"
    assert is_held or payment.capture_at is None, f"{payment.id}: captureAt"
