"""One gateway, asked once: the charge it is handed and the transaction that its answer becomes.

Odus page: guides/payments/error-codes.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import assert_never

from msgspec.structs import replace

from mock_odus.engine import cards, declines
from mock_odus.engine.cascades import Candidate
from mock_odus.engine.gateways import Answer, Approved, Challenged, Charge, Declined, Outcome, TimedOut, Unreachable
from mock_odus.engine.records import (
    Card,
    Customer,
    GatewayProfile,
    Integration,
    MethodType,
    Operation,
    Payment,
    Record,
    Transaction,
    TransactionOutcome,
    TransactionType,
)
from mock_odus.engine.world import World

NOT_A_TEST_CARD = Declined(
    code="invalid_card_details",
    processor_message="This mock takes test card numbers only: see scenarios/test_cards.yaml",
)

OPERATIONS: dict[TransactionType, Operation] = {
    "authorization": "authorize",
    "sale": "authorize",
    "capture": "capture",
    "refund": "refund",
    "void": "void",
}


class Means(Record, frozen=True):
    """What is charged: a method type, and the card when it is one."""

    type: MethodType
    card: Card | None = None


def ask(
    world: World, payment: Payment, type: TransactionType, amount: int, means: Means, at: Candidate, *, occasion: str
) -> Answer:
    """What the gateway says. A card number that no gateway knows as a test card never gets as far as a rule."""
    if means.card and means.card.test_card is None:
        return Answer(outcome=NOT_A_TEST_CARD)
    charge = Charge(
        operation=OPERATIONS[type],
        occasion=occasion,
        gateway=at.gateway_profile,
        integration=world.get(GatewayProfile, at.gateway_profile).integration,
        payment=payment.id,
        amount=amount,
        currency=payment.currency,
        initiator=payment.initiator,
        method=means.type,
        metadata=payment.metadata,
        off_session_type=payment.off_session_type,
        cascade=at.cascade,
        position=at.position,
        card=means.card,
        customer=world.find(Customer, payment.customer) if payment.customer else None,
    )
    return world.gateway.answer(world, charge)


def record(
    world: World, payment: Payment, type: TransactionType, amount: int, means: Means, at: Candidate, answer: Answer
) -> Transaction:
    """Stores the attempt as a transaction of the payment."""
    integration = world.get(GatewayProfile, at.gateway_profile).integration
    id = world.new_id("transaction")
    transaction = Transaction(
        id=id,
        created_at=world.now,
        payment=payment.id,
        type=type,
        amount=amount,
        currency=payment.currency,
        gateway_profile=at.gateway_profile,
        integration=integration,
        attempt=len(payment.transactions) + 1,
        outcome=outcome_of(answer.outcome, integration),
        payment_method_details=cards.details(means.type, means.card),
        gateway_reference=_reference(integration, id, answer.outcome),
        latency_ms=answer.latency_ms,
        customer=payment.customer,
        initiator=payment.initiator,
        cascade=at.cascade,
        position=at.position,
        card=means.card,
        rule=answer.rule,
        challenge="pending" if isinstance(answer.outcome, Challenged) else None,
    )
    world.put(transaction)
    world.note("attempt", OPERATIONS[type], id, transaction)
    return transaction


def complete(world: World, transaction: Transaction, outcome: Outcome, challenge: str) -> Transaction:
    """Writes the end of a challenge into its transaction: no second one is made."""
    integration = transaction.integration
    done = world.put(replace(transaction, outcome=outcome_of(outcome, integration), challenge=challenge))
    world.note("challenge", challenge, transaction.id, done)
    return done


def outcome_of(outcome: Outcome, integration: Integration | None) -> TransactionOutcome:
    match outcome:
        case Approved():
            return TransactionOutcome(status="success")
        case Challenged():
            return TransactionOutcome(status="partial", special_code="confirmation_requested")
        case Declined():
            return declines.failure(outcome, integration)
        case Unreachable():
            return declines.failure(Declined("processor_unavailable"), None)
        case TimedOut():
            return declines.failure(Declined("processor_timeout"), None)
        case _:
            assert_never(outcome)


def _reference(integration: Integration, id: str, outcome: Outcome) -> str | None:
    """The gateway's own id of the charge; one that did not answer has given none."""
    if isinstance(outcome, Unreachable | TimedOut):
        return None
    return f"{integration}_{blake2b(id.encode(), digest_size=10).hexdigest()}"
