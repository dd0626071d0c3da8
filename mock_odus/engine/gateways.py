"""The port to the outside: a charge goes in, an answer comes out. The scripting layer is its one adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

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


class Charge(Struct, frozen=True, kw_only=True):
    """The fact sheet a gateway is handed; its fields are the conditions of a scenario's `when`.

    `occasion` names the try this charge belongs to (`pay_…/1`): every gateway asked in it shows the same one.
    """

    operation: Operation
    occasion: str
    gateway: str
    integration: Integration
    payment: str
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


class Approved(Struct, frozen=True, tag_field="outcome", tag="approve"):
    pass


class Declined(Struct, frozen=True, tag_field="outcome", tag="decline"):
    """`code` is an error code of the contract; what is left out comes from `declines.py`."""

    code: str
    type: DeclineType | None = None
    processor_code: str | None = None
    processor_message: str | None = None


class Unreachable(Struct, frozen=True, tag_field="outcome", tag="unreachable"):
    pass


class TimedOut(Struct, frozen=True, tag_field="outcome", tag="timeout"):
    pass


class Challenged(Struct, frozen=True, tag_field="outcome", tag="challenge"):
    """The customer has to prove who they are. `then` is what this gateway says once they have.

    With `answer` the challenge answers by itself, inside the call or `after_ms` milliseconds later.
    """

    answer: ChallengeAnswer | None = None
    after_ms: int | None = None
    then: Approved | Declined | Unreachable | TimedOut = Approved()


Final = Approved | Declined | Unreachable | TimedOut
Outcome = Final | Challenged


class Answer(Struct, frozen=True):
    """`rule` is the name of the rule that decided, `test_cards`, or None; `latency_ms` how long the gateway took."""

    outcome: Outcome
    rule: str | None = None
    latency_ms: int = 0


class Gateway(Protocol):
    def test_card(self, number: str) -> str | None:
        """The name of a known test number (`stripe/4242`), or None."""

    def answer(self, world: World, charge: Charge) -> Answer:
        """What the gateway says to a charge. May write to the world's tables, never raises."""
