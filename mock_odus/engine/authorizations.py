"""Authorizing a payment: one gateway after the other, and the challenge that may stand in between.

Odus pages: guides/payments/making-payments, payments/flow-overview; checkout/3ds-and-redirect-handling.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from msgspec.structs import replace

from mock_odus.engine import (
    attempts,
    captures,
    cards,
    cascades,
    challenges,
    customers,
    lifecycle,
    methods,
    payments,
    periods,
)
from mock_odus.engine.attempts import Means, Try
from mock_odus.engine.bodies import AuthorizePayment
from mock_odus.engine.cascades import Candidate
from mock_odus.engine.challenges import Challenge
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.gateways import Answer, Approved, Challenged, Declined, Final
from mock_odus.engine.records import (
    ChallengeAnswer,
    Customer,
    GatewayProfile,
    MethodType,
    Payment,
    PaymentMethod,
    Transaction,
)
from mock_odus.engine.world import World

Otherwise = Callable[[Transaction], dict[str, Any]]
"""What changes in a payment when the last gateway that was asked has failed."""


def _reopen(transaction: Transaction) -> dict[str, Any]:
    return {"status": "open", "action": None}


def authorize(world: World, payment: Payment, body: AuthorizePayment, *, by_checkout: bool = False) -> Payment:
    """Asks gateway after gateway. A decline is no error: the payment is open again, its last transaction says why.

    Refused when the status forbids it, or the customer may not pay; Invalid for a card, method or returnUrl that cannot
    be.
    """
    with world.verb():
        lifecycle.require(payment, "authorized")
        if payment.off_session_type == "recurring":
            raise Refused(
                f"payment {payment.id} belongs to a renewal: pay it with POST /invoices/{payment.invoices[0]}/pay"
            )
        problems = []
        if payment.initiator == "customer" and not (body.return_url or payment.return_url):
            problems.append("returnUrl is required when the customer pays: a challenge sends them back to it")
        try:
            means = _means(world, payment, body)
        except Invalid as error:
            raise Invalid(*error.problems, *problems) from None
        if problems:
            raise Invalid(*problems)
        payments.refuse_blocked(world, payment.customer, payment.initiator)
        routing = payment.payment_method_options.routing(means.type)
        assert routing is not None, "means are of a type that is available"
        candidates = cascades.candidates(world, routing, means.type, payment.currency)
        trying = replace(payment, tries=payment.tries + 1, return_url=body.return_url or payment.return_url)
        return _walk(world, trying, tuple(candidates), means, by_checkout=by_checkout)


# --- what is charged


def _means(world: World, payment: Payment, body: AuthorizePayment) -> Means:
    """Invalid when the body names nothing that can be charged, or more than one thing."""
    means = _typed_in(world, body) if body.type or body.card or body.token else _saved(world, payment, body)
    if payment.payment_method_options.routing(means.type) is None:
        raise Invalid(payments.not_available(payment, means.type, "paymentMethod" if means.saved else "type"))
    return means


def _typed_in(world: World, body: AuthorizePayment) -> Means:
    if body.payment_method is not None:
        given = "card" if body.card else "token" if body.token else "type"
        raise Invalid(f"paymentMethod and {given} exclude each other: give one of them")
    if body.type is None:
        wanted = "card" if body.card else "applePay"
        raise Invalid(f"type is required with a {'card' if body.card else 'token'}: give '{wanted}'")
    if body.card is not None and body.type != "card":
        raise Invalid(f"card must be left out with type '{body.type}'")
    if body.token is not None and body.type != "applePay":
        raise Invalid(f"token must be left out with type '{body.type}'")
    if body.type == "card":
        if body.card is None:
            raise Invalid("card is required with type 'card'")
        card = cards.tokenize(world, body.card)
        return attempts.means("card", card, fingerprint=card.fingerprint)
    if body.type == "applePay":
        if body.token is None:
            raise Invalid("token is required with type 'applePay'")
        token = blake2b(f"{world.seed}/{body.token}".encode(), digest_size=12).hexdigest()
        return attempts.means("applePay", fingerprint=token)
    return attempts.means("paypal", fingerprint="paypal")  # a customer has one account there, as far as we can know


def _saved(world: World, payment: Payment, body: AuthorizePayment) -> Means:
    id = body.payment_method or payment.payment_method
    if id is None:
        raise Invalid("paymentMethod is required: give the id of a saved one, or a type such as 'card' with a card")
    if problems := payments.method_problems(world, id, payment.customer):
        raise Invalid(*problems)
    method = world.get(PaymentMethod, id)
    return attempts.means(method.type, method.card, fingerprint=method.fingerprint, saved=id)


# --- without the customer


def charge_saved(
    world: World, payment: Payment, gateway: str, method_type: MethodType, *, amount: int, otherwise: Otherwise
) -> Payment:
    """Asks one gateway to charge the saved method of a merchant's payment with all of it, or with less.

    `otherwise` tells what becomes of the payment when that fails. Who may not be charged is not asked for: the failed
    transaction says why.
    """
    payment = replace(payment, tries=payment.tries + 1)
    method = world.find(PaymentMethod, payment.payment_method or "")
    customer = world.find(Customer, payment.customer or "")
    if method is None or customer is None:
        means, blocked = attempts.means(method_type, fingerprint=""), "invalid_card_details"
    else:
        means = attempts.means(method.type, method.card, fingerprint=method.fingerprint, saved=method.id)
        blocked = customers.block(world, customer, payment.initiator) or ""
    if not blocked:
        return _walk(world, payment, (Candidate(gateway),), means, amount=amount, otherwise=otherwise)
    attempt = Try(world, payment, attempts.type_of(payment, means.type), amount, means)
    transaction = attempt.record(Candidate(gateway), Answer(Declined(blocked)))
    return lifecycle.change(world, attempt.tried, **otherwise(transaction))


# --- the cascade


def _walk(
    world: World,
    payment: Payment,
    candidates: tuple[Candidate, ...],
    means: Means,
    *,
    by_checkout: bool = False,
    challenge_passed: bool = False,
    amount: int | None = None,
    otherwise: Otherwise = _reopen,
) -> Payment:
    """One candidate after the other, until one approves, challenges, or ends the attempt."""
    amount = payment.amount if amount is None else amount
    kind = attempts.type_of(payment, means.type)
    attempt = Try(world, payment, kind, amount, means, f"{payment.id}/{payment.tries}")
    for place, candidate in enumerate(candidates):
        answer = attempt.ask(candidate)
        outcome = answer.outcome
        if type(outcome) is Challenged:
            if challenge_passed:  # carried on from an earlier gateway: nobody is asked twice
                outcome = outcome.then
            elif payment.initiator == "merchant":  # nobody is there to answer
                outcome = Declined("authentication_failed", ends_try=True)
            answer = replace(answer, outcome=outcome)
        transaction = attempt.record(candidate, answer)
        if type(outcome) is Challenged:
            action = challenges.open(
                world, transaction, outcome, remaining=candidates[place + 1 :], means=means, by_checkout=by_checkout
            )
            payment = lifecycle.change(world, attempt.tried, status="requires_action", action=action)
            if outcome.answer and outcome.answer != "abandoned" and outcome.after_ms is None:
                return finish_challenge(world, challenges.get(world, action.token), outcome.answer)
            return payment
        if type(outcome) is Approved:
            return _succeed(world, payment, attempt.transactions, means, outcome)
        if _ends_try(world, transaction, outcome):
            break
    return lifecycle.change(world, attempt.tried, **otherwise(attempt.transactions[-1]))


def _ends_try(world: World, transaction: Transaction, outcome: object) -> bool:
    """Whether no other gateway is asked after this failure."""
    if isinstance(outcome, Declined) and outcome.ends_try:
        return True
    return transaction.outcome.error_code not in world.policies.failover_on


def _succeed(
    world: World, payment: Payment, transactions: tuple[Transaction, ...], means: Means, approved: Approved
) -> Payment:
    """The last transaction was approved."""
    transaction = transactions[-1]
    cascades.note_approval(world, transaction)
    if approved.chargeback_after:
        due = periods.due(world.now, approved.chargeback_after, world.merchant_config().timezone)
        world.schedule("record_chargeback", payment.id, due)
    is_captured = transaction.type == "sale" or payment.amount == 0
    capture_method = attempts.capture_method(payment, means.type)
    return lifecycle.change(
        world,
        payment,
        status="succeeded",
        action=None,
        transactions=transactions,
        capture_method=capture_method,
        is_authorized=True,
        is_captured=is_captured,
        amount_authorized=transaction.amount,
        amount_captured=transaction.amount if is_captured else 0,
        capture_at=None if is_captured else captures.arm(world, payment, capture_method),
        gateway_profile=transaction.gateway_profile,
        cascade=transaction.cascade,
        payment_method=_charged_method(world, payment, transaction, means),
        succeeded_at=world.now,
        retry_next_at=None,
    )


def _charged_method(world: World, payment: Payment, transaction: Transaction, means: Means) -> str | None:
    """The id of the saved method that was charged. A customer's own new one is saved now; a guest's is not."""
    profile = transaction.gateway_profile
    if means.saved:
        # Deleted during a challenge it is only a name. Nobody is shown which gateway took it last: that is no event.
        if (saved := world.find(PaymentMethod, means.saved)) and saved.gateway_profile != profile:
            world.put(replace(saved, gateway_profile=profile))
        return means.saved
    customer = world.find(Customer, payment.customer or "")
    if customer is None or payment.initiator == "merchant":
        return None
    return methods.save(
        world,
        customer,
        type=means.type,
        card=means.card,
        fingerprint=means.fingerprint,
        gateway_profile=profile,
    ).id


# --- the challenge


def finish_challenge(world: World, challenge: Challenge, answer: ChallengeAnswer) -> Payment:
    """The customer came back. A passed challenge may still be declined, and then goes on to the next gateway.

    Refused when the challenge is over: a link works once.
    """
    with world.verb():
        if challenge.state != "pending":
            raise Refused(f"this challenge is over: it was {challenge.state}")
        assert answer != "abandoned", "an abandoned challenge lapses by itself"
        challenges.close(world, challenge, answer)
        payment = world.get(Payment, challenge.payment)
        asked = world.get(Transaction, challenge.transaction)
        outcome: Final = challenge.then if answer == "passed" else Declined("authentication_failed")
        transaction = attempts.complete(world, asked, outcome, answer)
        payment = replace(payment, transactions=(*payment.transactions[:-1], transaction))
        if isinstance(outcome, Approved):
            return _succeed(world, payment, payment.transactions, challenge.means, outcome)
        if answer != "passed" or _ends_try(world, transaction, outcome):
            return lifecycle.change(world, payment, status="open", action=None)
        # A profile may have been deleted while the customer was away.
        remaining = tuple(one for one in challenge.remaining if world.find(GatewayProfile, one.gateway_profile))
        return _walk(
            world,
            replace(payment, status="open", action=None),
            remaining,
            challenge.means,
            by_checkout=challenge.by_checkout,
            challenge_passed=True,
        )


def answer_challenge(world: World, payment_id: str) -> None:
    """Job: the answer that the scenario had in store for a challenge."""
    challenge = challenges.pending(world, world.get(Payment, payment_id))
    if challenge and challenge.answer:
        finish_challenge(world, challenge, challenge.answer)


def lapse_challenge(world: World, payment_id: str) -> None:
    """Job: nobody came back within 24 hours. The payment reopens, its transaction stays `partial`."""
    payment = world.get(Payment, payment_id)
    challenge = challenges.pending(world, payment)
    if challenge:
        payment = challenges.unanswered(world, payment, challenge, "lapsed")
        lifecycle.change(world, payment, status="open", action=None)
