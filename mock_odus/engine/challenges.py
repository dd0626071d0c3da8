"""The 3DS step: where the customer is sent, and what is kept until they come back.

Odus pages: checkout/3ds-and-redirect-handling, payments/flow-overview.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import unquote_plus, urlencode

from msgspec.structs import replace

from mock_odus.engine import periods
from mock_odus.engine.attempts import Means
from mock_odus.engine.cascades import Candidate
from mock_odus.engine.errors import NotFound
from mock_odus.engine.gateways import Challenged, Final
from mock_odus.engine.records import (
    Action,
    ChallengeAnswer,
    Kept,
    Payment,
    Transaction,
)
from mock_odus.engine.world import World

LAPSE = periods.Duration(milliseconds=24 * 3_600_000)  # payments/payment-statuses

OURS = ("success", "payment", "checkoutKey")

State = Literal["pending", "passed", "failed", "cancelled", "lapsed", "withdrawn"]
"""`withdrawn`: the payment was cancelled while the customer was away."""


class Challenge(Kept, frozen=True):
    """A challenge put to a customer; its id is the token in the link. It stands here because it holds an outcome."""

    payment: str
    transaction: str
    created_at: str
    state: State
    then: Final
    answer: ChallengeAnswer | None
    remaining: tuple[Candidate, ...]
    means: Means
    by_checkout: bool


def open(
    world: World,
    transaction: Transaction,
    asked: Challenged,
    *,
    remaining: tuple[Candidate, ...],
    means: Means,
    by_checkout: bool,
) -> Action:
    """Keeps what the answer will need, and arms the lapse and the answer that the scenario has in store."""
    token = world.token("challenge")
    world.put(
        Challenge(
            id=token,
            payment=transaction.payment,
            transaction=transaction.id,
            created_at=world.now,
            state="pending",
            then=asked.then,
            answer=asked.answer,
            remaining=remaining,
            means=means,
            by_checkout=by_checkout,
        )
    )
    world.schedule("lapse_challenge", transaction.payment, periods.due(world.now, LAPSE))
    if asked.answer and asked.answer != "abandoned" and asked.after_ms is not None:
        due = periods.due(world.now, periods.Duration(milliseconds=asked.after_ms))
        world.schedule("answer_challenge", transaction.payment, due)
    return Action(redirect_url=f"{{origin}}/challenge/{{sandbox}}/{token}", token=token)


def pending(world: World, payment: Payment) -> Challenge | None:
    """The challenge that the payment waits for."""
    return world.find(Challenge, payment.action.token) if payment.action else None


def get(world: World, token: str) -> Challenge:
    """NotFound."""
    found = world.find(Challenge, token)
    if found is None:
        raise NotFound("no challenge has this link")
    return found


def close(world: World, challenge: Challenge, state: State) -> Challenge:
    """A challenge is answered once: its jobs go with it."""
    world.unschedule("lapse_challenge", challenge.payment)
    world.unschedule("answer_challenge", challenge.payment)
    return world.put(replace(challenge, state=state))


def unanswered(world: World, payment: Payment, challenge: Challenge, state: Literal["lapsed", "withdrawn"]) -> Payment:
    """Closes a challenge to which nobody will come back. Its transaction stays `partial`, and keeps why it did."""
    close(world, challenge, state)
    asked = world.put(replace(world.get(Transaction, challenge.transaction), challenge=state))
    world.note("challenge", state, asked.id, asked)
    return replace(payment, transactions=(*payment.transactions[:-1], asked))


def return_url(payment: Payment, challenge: Challenge, checkout_key: str) -> str | None:
    """Where the browser goes afterwards: the merchant's own parameters kept, Odus's added in place of their namesakes.

    `checkout_key` is added when a checkout key authorized the payment.
    """
    if payment.return_url is None:
        return None
    added = {"success": "true" if payment.status == "succeeded" else "false", "payment": payment.id}
    if challenge.by_checkout:
        added["checkoutKey"] = checkout_key
    # What is the merchant's stays letter for letter: only our own parameters are taken out and put in.
    front, mark, fragment = payment.return_url.partition("#")
    base, _, query = front.partition("?")
    kept = [part for part in query.split("&") if part and unquote_plus(part.partition("=")[0]) not in OURS]
    return f"{base}?{'&'.join([*kept, urlencode(added)])}{mark}{fragment}"
