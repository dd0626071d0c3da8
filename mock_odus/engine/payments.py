"""Payments: create, authorize through a cascade, finish a challenge, give back.

Odus pages: guides/payments/making-payments, payment-statuses, refunds; checkout/3ds-and-redirect-handling.
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET
from msgspec.structs import asdict, replace

from mock_odus.engine import attempts, cards, cascades, challenges, customers, lifecycle, metadata, periods
from mock_odus.engine.attempts import Means
from mock_odus.engine.bodies import AuthorizePayment, CreatePayment, ReversePayment, UpdatePayment
from mock_odus.engine.cascades import Candidate
from mock_odus.engine.challenges import Challenge
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.gateways import Answer, Approved, Challenged, Declined, Final
from mock_odus.engine.records import (
    ChallengeAnswer,
    Customer,
    MethodRouting,
    Payment,
    PaymentMethod,
    PaymentMethodOptions,
    Transaction,
)
from mock_odus.engine.world import World

CHECKOUT_KEY_READS = periods.Duration(milliseconds=24 * 3_600_000)


def create(world: World, body: CreatePayment, *, id: str | None = None) -> Payment:
    """An open payment; nothing is charged. Invalid, or Refused when no payment method is available for it."""
    with world.verb():
        if problems := _reference_problems(world, body):
            raise Invalid(*problems)
        config = world.merchant_config()
        options = _options(world, body, config.payment_method_options or PaymentMethodOptions())
        if options.card is None:
            raise Refused(
                "no payment method is available: give paymentMethodOptions.card, or set a default for the merchant "
                f"with POST /merchant-configs/{config.id}"
            )
        id, now = id or world.new_id("payment"), world.now
        payment = Payment(
            id=id,
            created_at=now,
            updated_at=now,
            amount=body.amount,
            currency=body.currency.lower(),
            initiator=body.initiator,
            status="open",
            display_status="unattempted",
            customer=body.customer,
            payment_method=body.payment_method,
            payment_method_options=options,
            cart=None,
            metadata=metadata.first(body.metadata),
            action=None,
            capture_method="automatic",
            capture_delay=None,
            return_url=body.return_url,
            statement_descriptor=body.statement_descriptor,
            billing_address=body.billing_address,
            shipping_address=body.shipping_address,
            utm=body.utm,
            checkout_key=_checkout_key(id),
            off_session_type="unscheduled" if body.initiator == "merchant" else None,
        )
        world.put(payment)
        world.emit("payment.created", payment)
        return payment


def _options(world: World, body: CreatePayment, defaults: PaymentMethodOptions) -> PaymentMethodOptions:
    """What the caller gave, filled up with the merchant's defaults."""
    if body.payment_method_options is None:
        return defaults
    given = cascades.options(world, body.payment_method_options)
    return replace(given, card=given.card or defaults.card)


def _checkout_key(id: str) -> str:
    """The id's tail, so that the payment is found without an index, and the same backwards: no id is ever a key.

    A mock's key need not be hard to guess, so a hash on every create is spared.
    """
    tail = id.partition("_")[2]
    return f"ckey_{{sandbox}}_{tail}{tail[::-1]}"


def find_by_checkout_tail(world: World, tail: str) -> Payment | None:
    """The payment whose checkout key ends so; the key dies 24 hours after the payment has succeeded."""
    payment = world.find(Payment, f"{world.policies.prefixes['payment']}_{tail[: len(tail) // 2]}")
    if payment is None or not payment.checkout_key.endswith(f"_{tail}"):
        return None
    over = payment.succeeded_at and periods.after(payment.succeeded_at, CHECKOUT_KEY_READS)
    return None if over and world.now > over else payment


def _reference_problems(world: World, body: CreatePayment) -> list[str]:
    problems = []
    if body.customer is not None and not world.find(Customer, body.customer):
        problems.append(f"customer must be an existing customer, found '{body.customer}'")
    if body.payment_method is not None:
        problems += _method_problems(world, body.payment_method, body.customer)
    try:
        cascades.options(world, body.payment_method_options)
    except Invalid as error:
        problems.extend(error.problems)
    return problems


def _method_problems(world: World, id: str, customer: str | None) -> list[str]:
    method = world.find(PaymentMethod, id)
    if method is None:
        return [f"paymentMethod must be a saved payment method, found '{id}'"]
    if customer is None:
        return ["paymentMethod needs a customer: a saved payment method belongs to one"]
    if method.customer != customer:
        return [f"paymentMethod must belong to customer {customer}, found '{id}'"]
    return []


def update(world: World, payment: Payment, body: UpdatePayment) -> Payment:
    """Metadata and addresses, in any status; what changes nothing is no event."""
    with world.verb():
        lifecycle.require(payment, "update")
        given = {name: value for name, value in asdict(body).items() if value is not UNSET}
        given["metadata"] = metadata.merge(payment.metadata, body.metadata)
        if replace(payment, **given) == payment:
            return payment
        return _save(world, payment, **given)


def authorize(world: World, payment: Payment, body: AuthorizePayment, *, by_checkout: bool = False) -> Payment:
    """Asks gateway after gateway. A decline is no error: the payment is open again, its last transaction says why.

    Refused when the status forbids it; Invalid for a card, method or returnUrl that cannot be.
    """
    with world.verb():
        lifecycle.require(payment, "authorize")
        problems = []
        if payment.initiator == "customer" and not (body.return_url or payment.return_url):
            problems.append("returnUrl is required when the customer pays: a challenge sends them back to it")
        try:
            means, saved_method = _means(world, payment, body)
        except Invalid as error:
            raise Invalid(*error.problems, *problems) from None
        if problems:
            raise Invalid(*problems)
        routing = _routing(payment)
        trying = replace(payment, tries=payment.tries + 1, return_url=body.return_url or payment.return_url)
        asked = tuple(cascades.candidates(world, routing, payment.currency))
        return _walk(world, trying, asked, means, saved_method=saved_method, by_checkout=by_checkout)


def _routing(payment: Payment) -> MethodRouting:
    routing = payment.payment_method_options.card
    assert routing is not None, "a payment is not created without a payment method"
    return routing


def _means(world: World, payment: Payment, body: AuthorizePayment) -> tuple[Means, str | None]:
    """What is charged, and the id of the saved method if it is one."""
    given = [name for name, value in (("paymentMethod", body.payment_method), ("card", body.card)) if value is not None]
    if len(given) > 1:
        raise Invalid("paymentMethod and card exclude each other: give one of them")
    if body.card is not None:
        if body.type is None:
            raise Invalid("type is required with a card: give 'card'")
        return Means("card", cards.tokenize(world, body.card)), None
    if body.type is not None:
        raise Invalid("card is required with type 'card'")
    id = body.payment_method or payment.payment_method
    if id is None:
        raise Invalid("paymentMethod is required: give the id of a saved one, or type 'card' with a card")
    if problems := _method_problems(world, id, payment.customer):
        raise Invalid(*problems)
    return Means("card", world.get(PaymentMethod, id).card), id


def _walk(
    world: World,
    payment: Payment,
    candidates: tuple[Candidate, ...],
    means: Means,
    *,
    saved_method: str | None,
    by_checkout: bool,
    challenge_passed: bool = False,
) -> Payment:
    """The cascade: one candidate after the other until one approves, challenges, or ends the attempt."""
    for place, candidate in enumerate(candidates):
        occasion = f"{payment.id}/{payment.tries}"
        answer = attempts.ask(world, payment, "sale", payment.amount, means, candidate, occasion=occasion)
        outcome = answer.outcome
        if isinstance(outcome, Challenged):
            if challenge_passed:  # carried on from an earlier gateway: nobody is asked twice
                outcome = outcome.then
            elif payment.initiator == "merchant":  # nobody is there to answer
                outcome = Declined("authentication_failed")
        answer = Answer(outcome, answer.rule, answer.latency_ms)
        transaction = attempts.record(world, payment, "sale", payment.amount, means, candidate, answer)
        payment = replace(payment, transactions=(*payment.transactions, transaction))
        if isinstance(outcome, Challenged):
            action = challenges.open(
                world,
                transaction,
                outcome,
                remaining=candidates[place + 1 :],
                means=means,
                saved_method=saved_method,
                by_checkout=by_checkout,
            )
            payment = _save(world, payment, status="requires_action", action=action)
            if outcome.answer and outcome.answer != "abandoned" and outcome.after_ms is None:
                return finish_challenge(world, challenges.get(world, action.token), outcome.answer)
            return payment
        if isinstance(outcome, Approved):
            return _succeed(world, payment, transaction, means, saved_method)
        if transaction.outcome.error_code not in world.policies.failover_on:
            break
    return _save(world, payment, status="open", action=None)


def _succeed(
    world: World, payment: Payment, transaction: Transaction, means: Means, saved_method: str | None
) -> Payment:
    cascades.note_approval(world, transaction)
    if saved_method is None and means.card and payment.customer and payment.initiator == "customer":
        customer = world.get(Customer, payment.customer)
        profile = transaction.gateway_profile
        saved_method = customers.save_card(world, customer, means.card, gateway_profile=profile).id
    return _save(
        world,
        payment,
        status="succeeded",
        action=None,
        is_authorized=True,
        is_captured=True,
        amount_authorized=payment.amount,
        amount_captured=payment.amount,
        gateway_profile=transaction.gateway_profile,
        cascade=transaction.cascade,
        payment_method=saved_method,
        succeeded_at=world.now,
    )


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
            return _succeed(world, payment, transaction, challenge.means, challenge.saved_method)
        if answer != "passed" or transaction.outcome.error_code not in world.policies.failover_on:
            return _save(world, payment, status="open", action=None)
        return _walk(
            world,
            replace(payment, status="open", action=None),
            challenge.remaining,
            challenge.means,
            saved_method=challenge.saved_method,
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
    if challenge is None:
        return
    challenges.close(world, challenge, "lapsed")
    asked = world.get(Transaction, challenge.transaction)
    lapsed = world.put(replace(asked, challenge="lapsed"))
    world.note("challenge", "lapsed", asked.id, lapsed)
    transactions = (*payment.transactions[:-1], lapsed)
    _save(world, payment, status="open", action=None, transactions=transactions)


def reverse(world: World, payment: Payment, body: ReversePayment) -> Payment:
    """Refunds all that is left, or `amount` of it. A refund that the gateway refuses is a failed transaction.

    Refused when nothing has been charged or all is given back; Invalid for more than is left.
    """
    with world.verb():
        lifecycle.require(payment, "reverse")
        left = payment.amount_captured - payment.amount_reversed
        if payment.is_fully_reversed:
            raise Refused(f"payment {payment.id} is fully reversed: nothing is left to give back")
        if body.amount is not None and body.amount > left:
            raise Invalid(f"amount must be at most {left}, which is what is left to reverse; found {body.amount}")
        amount = body.amount or left
        charged = _charged(payment)
        assert charged.gateway_profile is not None
        at = Candidate(charged.gateway_profile, charged.cascade, charged.position)
        means = Means("card", charged.card)
        occasion = f"{payment.id}/refund/{len(payment.transactions) + 1}"
        answer = attempts.ask(world, payment, "refund", amount, means, at, occasion=occasion)
        transaction = attempts.record(world, payment, "refund", amount, means, at, answer)
        reversed = payment.amount_reversed + (amount if isinstance(answer.outcome, Approved) else 0)
        return _save(
            world,
            payment,
            transactions=(*payment.transactions, transaction),
            amount_reversed=reversed,
            is_fully_reversed=reversed == payment.amount_captured,
            is_partially_reversed=0 < reversed < payment.amount_captured,
        )


def _charged(payment: Payment) -> Transaction:
    """The transaction that took the money."""
    return next(one for one in payment.transactions if one.type == "sale" and one.outcome.status == "success")


def _save(world: World, payment: Payment, **changes: Any) -> Payment:
    """The one way a payment changes: the derived fields follow, and the change is an event."""
    changed = replace(payment, updated_at=world.now, **changes)
    last = next((one for one in reversed(changed.transactions) if one.type in ("sale", "authorization")), None)
    changed = world.put(replace(changed, display_status=lifecycle.display_status(changed, last)))
    world.emit("payment.updated", changed)
    return changed
