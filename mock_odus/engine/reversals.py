"""What takes a payment back: refunds, voids, cancels, and a gateway that finds later that it could not.

Odus pages: guides/payments/refunds, payment-statuses.
"""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from mock_odus.engine import attempts, captures, challenges, declines, lifecycle, periods
from mock_odus.engine.bodies import ReversePayment
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.gateways import Approved, Declined, FailsLater, Outcome
from mock_odus.engine.records import Payment, Transaction
from mock_odus.engine.world import World


def reverse(world: World, payment: Payment, body: ReversePayment) -> Payment:
    """Refunds all that is left, or `amount` of it; voids what is not captured yet. A refusal is a failed transaction.

    Refused when nothing has been charged or all is given back; Invalid for more than is left.
    """
    with world.verb():
        lifecycle.require(payment, "reversed")
        if payment.amount == 0:
            raise Refused(f"payment {payment.id} only verified its payment method: no money can be given back")
        if payment.is_fully_reversed:
            raise Refused(f"payment {payment.id} is fully reversed: nothing is left to give back")
        if not payment.is_captured:
            return _void_in_whole(world, payment, body)
        left = payment.amount_captured - payment.amount_reversed
        if body.amount is not None and body.amount > left:
            raise Invalid(f"amount must be at most {left}, which is what is left to reverse; found {body.amount}")
        return _refund(world, payment, body.amount or left, external=body.is_external)


def _void_in_whole(world: World, payment: Payment, body: ReversePayment) -> Payment:
    """Nothing has been taken yet, so nothing can be given back in part, or by somebody else."""
    problems = []
    if body.amount is not None:
        problems.append("amount must be left out: the payment is not captured, so it is voided as a whole")
    if body.is_external:
        problems.append("isExternal must be false: the payment is not captured, so nothing can have been given back")
    if problems:
        raise Invalid(*problems)
    return _void(world, payment, "voided")


def _refund(world: World, payment: Payment, amount: int, *, external: bool) -> Payment:
    if external:
        given = attempts.record_external(world, payment, amount)
        return _give_back(world, replace(payment, transactions=(*payment.transactions, given)), amount)
    asked, outcome = attempts.follow_up(world, payment, "refund", amount)
    return _give_back(world, asked, amount if _is_accepted(world, asked, outcome) else 0)


def _give_back(world: World, payment: Payment, amount: int) -> Payment:
    """So much more is reversed; less when the amount is negative."""
    reversed = payment.amount_reversed + amount
    return lifecycle.change(
        world,
        payment,
        amount_reversed=reversed,
        is_fully_reversed=reversed == payment.amount_captured,
        is_partially_reversed=0 < reversed < payment.amount_captured,
    )


def cancel(world: World, payment: Payment) -> Payment:
    """Ends a payment that is not captured; what is authorized is voided first. Refused once it is captured."""
    with world.verb():
        lifecycle.require(payment, "cancelled")
        if payment.status == "succeeded":
            if payment.is_captured:
                if not payment.amount:
                    why = "it only verified its payment method"
                    raise Refused(f"payment {payment.id} has succeeded, so it cannot be cancelled: {why}")
                raise Refused(f"payment {payment.id} is captured, so it cannot be cancelled: reverse it instead")
            return _void(world, payment, "requested")
        if challenge := challenges.pending(world, payment):
            payment = challenges.unanswered(world, payment, challenge, "withdrawn")
        return lifecycle.change(
            world,
            payment,
            status="cancelled",
            action=None,
            cancelled_at=world.now,
            cancellation_reason="requested",
        )


def _void(world: World, payment: Payment, reason: Literal["voided", "requested"]) -> Payment:
    asked, outcome = attempts.follow_up(world, payment, "void", payment.amount_authorized)
    if not _is_accepted(world, asked, outcome):
        return lifecycle.change(world, asked)
    return captures.let_go(world, asked, reason)


def _is_accepted(world: World, payment: Payment, outcome: Outcome) -> bool:
    if isinstance(outcome, FailsLater):
        due = periods.due(world.now, outcome.after, world.merchant_config().timezone)
        world.schedule("fail_reversal", payment.transactions[-1].id, due)
    return isinstance(outcome, Approved | FailsLater)


def fail_later(world: World, transaction_id: str) -> None:
    """Job: the gateway tells that a refund or void it had accepted has failed.

    What a refund gave back is charged again. A void leaves its payment cancelled, and the gateway with the hold.
    """
    transaction = world.get(Transaction, transaction_id)
    assert transaction.fails_with is not None
    failure = declines.failure(Declined(transaction.fails_with), transaction.integration)
    failed = world.put(replace(transaction, outcome=failure))
    payment = world.get(Payment, transaction.payment)
    told = tuple(failed if one.id == failed.id else one for one in payment.transactions)
    payment = replace(payment, transactions=told)
    if failed.type == "refund":
        _give_back(world, payment, -failed.amount)
        return
    attempts.hold(world, attempts.charged(payment))
    lifecycle.change(world, payment)
