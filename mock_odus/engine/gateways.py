"""The port to the outside: a charge goes in, an answer comes out. The scripting layer is its one adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from mock_odus.engine.periods import Duration
from mock_odus.engine.records import (
    Card,
    ChallengeAnswer,
    Customer,
    DeclineType,
    Initiator,
    Integration,
    MethodType,
    OffSessionType,
    Operation,
)

if TYPE_CHECKING:
    from mock_odus.engine.world import World


class Charge(Struct, frozen=True, kw_only=True, gc=False):
    """The fact sheet a gateway is handed; its fields are the conditions of a scenario's `when`.

    `occasion` names the try this charge belongs to (`pay_…/1`): every gateway asked in it shows the same one. `tries`
    is how often the payment has been authorized, from 1. `ordinal` counts the payments of the world: chances are drawn
    from it, so that they do not depend on the time. `at` is the sandbox's instant. A bundle has several
    `subscriptions`, each with a price and a cycle; `retry` is 0 on a renewal, 1 on the first step of its retry policy.
    What `is_saved` was paid with before, and has passed whatever challenge that took.
    """

    operation: Operation
    occasion: str
    at: str
    gateway: str
    integration: Integration
    payment: str
    ordinal: int
    tries: int
    amount: int
    currency: str
    initiator: Initiator
    method: MethodType
    metadata: dict[str, str]
    off_session_type: OffSessionType | None = None
    cascade: str | None = None
    position: int | None = None
    card: Card | None = None
    customer: Customer | None = None
    prices: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    subscriptions: tuple[str, ...] = ()
    cycles: tuple[int, ...] = ()
    retry: int | None = None
    is_saved: bool = True


class Approved(Struct, frozen=True, tag_field="outcome", tag="approve", omit_defaults=True):
    """`frictionless`: 3DS ran, and asked nobody. `forgotten`: the gateway says yes and keeps nothing.

    `chargeback_after` is when somebody records a chargeback, counted from the approval.
    """

    frictionless: bool = False
    forgotten: bool = False
    chargeback_after: Duration | None = None


class Declined(Struct, frozen=True, tag_field="outcome", tag="decline", omit_defaults=True):
    """`code` is an error code of the contract; what is left out comes from `declines.py`.

    `ends_try`: no other gateway is asked, whatever the code.
    """

    code: str
    type: DeclineType | None = None
    processor_code: str | None = None
    processor_message: str | None = None
    ends_try: bool = False


class Unreachable(Struct, frozen=True, tag_field="outcome", tag="unreachable", omit_defaults=True):
    """No answer, or with `status` an HTTP error in place of one."""

    status: int | None = None


class TimedOut(Struct, frozen=True, tag_field="outcome", tag="timeout", omit_defaults=True):
    """No answer in time. `charged`: Odus saw nothing, yet the gateway did what it was asked."""

    charged: bool = False


class Challenged(Struct, frozen=True, tag_field="outcome", tag="challenge", omit_defaults=True):
    """The customer has to prove who they are. `then` is what this gateway says once they have.

    With `answer` the challenge answers by itself, inside the call or `after_ms` milliseconds later.
    """

    answer: ChallengeAnswer | None = None
    after_ms: int | None = None
    then: Approved | Declined | Unreachable | TimedOut = Approved()


class FailsLater(Struct, frozen=True, tag_field="outcome", tag="fail_later", omit_defaults=True):
    """A refund or void that is accepted now and fails `after` a while, with an error code."""

    after: Duration
    code: str = "generic_processor_error"


Final = Approved | Declined | Unreachable | TimedOut
Outcome = Final | Challenged | FailsLater


class Answer(Struct, frozen=True, gc=False):
    """`rule` is the name of the rule that decided, `test_cards`, or None; `latency_ms` how long the gateway took."""

    outcome: Outcome
    rule: str | None = None
    latency_ms: int = 0


class Mischief(Struct, frozen=True, omit_defaults=True):
    """What the scenario does to a webhook on its way. `reorder`: it is swapped with the next to the same subscriber."""

    duplicate: int = 0
    delay: Duration | None = None
    drop: bool = False
    reorder: bool = False
    corrupt_signature: bool = False
    malformed: bool = False


class Gateway(Protocol):
    def test_card(self, number: str) -> str | None:
        """The name of a known test number (`stripe/4242`), or None."""

    def answer(self, world: World, charge: Charge) -> Answer:
        """What the gateway says to a charge. May write to the world's tables, never raises."""

    def mischief(self, world: World, event_type: str, subscriber: str) -> Mischief | None:
        """What happens to an event on its way to a subscriber; None when it simply arrives."""
