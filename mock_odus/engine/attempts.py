"""One gateway, asked once: the charge it is handed, and the transaction that its answer becomes.

Odus page: guides/payments/error-codes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from mock_odus.engine import cards, declines
from mock_odus.engine.cascades import Candidate
from mock_odus.engine.gateways import (
    Answer,
    Approved,
    Challenged,
    Charge,
    Declined,
    FailsLater,
    Outcome,
    TimedOut,
    Unreachable,
)
from mock_odus.engine.records import (
    CaptureMethod,
    Card,
    Customer,
    GatewayProfile,
    Integration,
    MethodType,
    Operation,
    Orphan,
    Payment,
    PaymentMethodDetails,
    Price,
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

FORGOTTEN = Declined(code="generic_processor_error", processor_message="The processor knows of no such charge")

# One for all: there are as many of them as payments.
_SUCCESS = TransactionOutcome(status="success")
_WAITING = TransactionOutcome(status="partial", special_code="confirmation_requested")


class Means(Record, frozen=True):
    """What is charged: a method type with its card if it is one, what tells it from others, and its id once saved.

    `details` is what every transaction shows of it.
    """

    type: MethodType
    details: PaymentMethodDetails
    card: Card | None = None
    fingerprint: str = ""
    saved: str | None = None


def means(type: MethodType, card: Card | None = None, *, fingerprint: str, saved: str | None = None) -> Means:
    return Means(type, cards.details(type, card), card, fingerprint, saved)


class _Heard(Record, frozen=True):
    """What a transaction keeps of an answer; only `told` is shown.

    `is_answer`: the gateway has given the charge an id of its own. `is_charged`: it did what it was asked, unknown to
    Odus.
    """

    told: TransactionOutcome
    challenge: str | None = None
    forgotten: bool = False
    fails_with: str | None = None
    is_answer: bool = True
    is_charged: bool = False


class Try(Struct, gc=False):
    """One try at a payment, in which one gateway is asked after the other; all are handed the same charge.

    `payment` is as it was before, and `tried` what became of it. `occasion` names the try (`pay_…/1`).
    """

    world: World
    payment: Payment
    type: TransactionType
    amount: int
    means: Means
    occasion: str = ""
    charge: Charge | None = None
    draft: Transaction | None = None
    transactions: tuple[Transaction, ...] = ()

    def __post_init__(self) -> None:
        self.transactions = self.payment.transactions

    @property
    def tried(self) -> Payment:
        """The payment with every transaction that was recorded."""
        return replace(self.payment, transactions=self.transactions)

    def ask(self, at: Candidate) -> Answer:
        """What the gateway says. A card number that no gateway knows as a test card never gets as far as a rule."""
        world, card = self.world, self.means.card
        if card and card.test_card is None:
            return Answer(outcome=NOT_A_TEST_CARD)
        integration = world.get(GatewayProfile, at.gateway_profile).integration
        if self.charge is None:
            self.charge = self._charge(at, integration)
        else:
            self.charge = replace(
                self.charge,
                gateway=at.gateway_profile,
                integration=integration,
                cascade=at.cascade,
                position=at.position,
            )
        return world.gateway.answer(world, self.charge)

    def _charge(self, at: Candidate, integration: Integration) -> Charge:
        world, payment, means = self.world, self.payment, self.means
        prices = tuple(item.price for item in payment.cart.items) if payment.cart else ()
        return Charge(
            operation=OPERATIONS[self.type],
            occasion=self.occasion,
            at=world.now,
            gateway=at.gateway_profile,
            integration=integration,
            payment=payment.id,
            ordinal=payment.ordinal,
            tries=payment.tries,
            amount=self.amount,
            currency=payment.currency,
            initiator=payment.initiator,
            method=means.type,
            metadata=payment.metadata,
            off_session_type=payment.off_session_type,
            cascade=at.cascade,
            position=at.position,
            card=means.card,
            customer=world.find(Customer, payment.customer) if payment.customer else None,
            prices=prices,
            products=tuple(world.get(Price, price).product for price in prices) if prices else (),
            subscriptions=payment.subscriptions,
            cycles=payment.cycles,
            retry=payment.retry,
            is_saved=means.saved is not None,
        )

    def record(self, at: Candidate, answer: Answer) -> Transaction:
        """Stores the attempt as a transaction of the payment."""
        world = self.world
        profile = world.get(GatewayProfile, at.gateway_profile)
        if not profile.is_used:
            world.put(replace(profile, is_used=True))
        id, heard = _new_id(world), _heard(answer.outcome, profile.integration)
        transaction = replace(
            self.draft or self._draft(),
            id=id,
            gateway_profile=at.gateway_profile,
            integration=profile.integration,
            attempt=len(self.transactions) + 1,
            outcome=heard.told,
            gateway_reference=f"{profile.integration}{id[id.index('_') :]}" if heard.is_answer else None,
            latency_ms=answer.latency_ms,
            cascade=at.cascade,
            position=at.position,
            rule=answer.rule,
            challenge=heard.challenge,
            forgotten=heard.forgotten,
            fails_with=heard.fails_with,
        )
        world.put(transaction)
        world.note("attempt", OPERATIONS[self.type], id, transaction)
        if heard.is_charged:
            hold(world, transaction)
        self.transactions += (transaction,)
        return transaction

    def _draft(self) -> Transaction:
        """What the transactions of the try have in common."""
        payment = self.payment
        self.draft = Transaction(
            id="",
            created_at=self.world.now,
            payment=payment.id,
            type=self.type,
            amount=self.amount,
            currency=payment.currency,
            gateway_profile=None,
            integration=None,
            attempt=0,
            outcome=_WAITING,
            payment_method_details=self.means.details,
            customer=payment.customer,
            initiator=payment.initiator,
            card=self.means.card,
            subscription=payment.subscriptions[0] if payment.subscriptions else None,
            cycle=payment.cycles[0] if payment.cycles else None,
            retry=payment.retry,
        )
        return self.draft


def capture_method(payment: Payment, type: MethodType) -> CaptureMethod:
    """How a charge of this method type is captured: the type's own setting wins over the payment's."""
    routing = payment.payment_method_options.routing(type)
    return (routing and routing.capture_method) or payment.capture_method


def type_of(payment: Payment, type: MethodType) -> TransactionType:
    """A sale takes the money at once; an authorization leaves that to a capture, or only verifies the method."""
    return "sale" if payment.amount and capture_method(payment, type) == "automatic" else "authorization"


def charged(payment: Payment) -> Transaction:
    """The transaction that took the money, or holds it."""
    return next(one for one in payment.transactions if OPERATIONS[one.type] == "authorize" and _is_success(one))


def count(payment: Payment) -> int:
    """How often gateways were asked to charge it."""
    return sum(OPERATIONS[one.type] == "authorize" for one in payment.transactions)


def follow_up(world: World, payment: Payment, type: TransactionType, amount: int) -> tuple[Payment, Outcome]:
    """Asks the gateway that charged for a capture, refund or void. The payment with that transaction; the answer."""
    first = charged(payment)
    assert first.gateway_profile is not None
    assert first.payment_method_details is not None
    at = Candidate(first.gateway_profile, first.cascade, first.position)
    details = first.payment_method_details
    means = Means(details.type, details, first.card)
    occasion = f"{payment.id}/{OPERATIONS[type]}/{len(payment.transactions) + 1}"
    attempt = Try(world, payment, type, amount, means, occasion)
    answer = Answer(FORGOTTEN, rule=first.rule) if first.forgotten else attempt.ask(at)
    attempt.record(at, answer)
    return attempt.tried, answer.outcome


def record_external(world: World, payment: Payment, amount: int) -> Transaction:
    """A refund that was made elsewhere: no gateway was asked."""
    transaction = Transaction(
        id=_new_id(world),
        created_at=world.now,
        payment=payment.id,
        type="refund",
        amount=amount,
        currency=payment.currency,
        gateway_profile=None,
        integration=None,
        attempt=len(payment.transactions) + 1,
        outcome=_SUCCESS,
        customer=payment.customer,
        initiator=payment.initiator,
    )
    world.put(transaction)
    world.note("attempt", "refund", transaction.id, transaction)
    return transaction


def complete(world: World, transaction: Transaction, outcome: Outcome, challenge: str) -> Transaction:
    """Writes the end of a challenge into its transaction: no second one is made."""
    heard = _heard(outcome, transaction.integration)
    done = world.put(replace(transaction, outcome=heard.told, challenge=challenge, forgotten=heard.forgotten))
    world.note("challenge", challenge, transaction.id, done)
    if heard.is_charged:
        hold(world, done)
    return done


def _new_id(world: World) -> str:
    return world.new_id("transaction", len(world.table(Transaction)) + 1)


def hold(world: World, transaction: Transaction) -> None:
    """Notes that the gateway keeps what Odus believes undone."""
    assert transaction.gateway_profile is not None
    world.put(
        Orphan(
            id=transaction.id,
            at=world.now,
            payment=transaction.payment,
            operation=OPERATIONS[transaction.type],
            gateway_profile=transaction.gateway_profile,
            amount=transaction.amount,
            currency=transaction.currency,
            rule=transaction.rule,
        )
    )


def _is_success(transaction: Transaction) -> bool:
    return transaction.outcome.status == "success"


@lru_cache(maxsize=256)
def _heard(outcome: Outcome, integration: Integration | None) -> _Heard:
    match outcome:
        case Declined():
            return _Heard(declines.failure(outcome, integration))
        case Approved(frictionless=frictionless, forgotten=forgotten):
            return _Heard(_SUCCESS, challenge="frictionless" if frictionless else None, forgotten=forgotten)
        case Challenged():
            return _Heard(_WAITING, challenge="pending")
        case FailsLater(code=code):
            return _Heard(_SUCCESS, fails_with=code)
        case Unreachable(status=status):
            said = (str(status), f"The processor answered with HTTP status {status}") if status else (None, None)
            return _Heard(declines.failure(Declined("processor_unavailable", None, *said), None), is_answer=False)
        case TimedOut(charged=charged):
            told = declines.failure(Declined("processor_timeout"), None)
            return _Heard(told, is_answer=False, is_charged=charged)
        case _:
            assert_never(outcome)
