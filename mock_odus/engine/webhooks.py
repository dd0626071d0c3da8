"""The records of webhooks: who is told of what, and each attempt to tell (guides/api-features/webhooks)."""

from typing import Literal

from mock_odus.engine.records import (
    Instant,
    Kept,
    Private,
    Record,
    Updatable,
)

DeliveryStatus = Literal["pending", "delivered", "failed", "refused"]


class WebhookSubscriber(Updatable, frozen=True):
    """Where events of the named types are posted; `*` is all of them. `secret` signs, and is told once."""

    url: str
    events: tuple[str, ...]
    secret: Private[str]
    metadata: dict[str, str] = {}


class CreatedSubscriber(WebhookSubscriber, frozen=True):
    """A subscriber as it is answered when it was made, and never again."""

    secret: str


class Twist(Record, frozen=True, omit_defaults=True):
    """What the scenario does to a delivery when it is sent."""

    corrupt_signature: bool = False
    malformed: bool = False


class Delivery(Kept, frozen=True):
    """One attempt to tell a subscriber of an event; another attempt is another record.

    `event` is the event's place in the log. `at` is when it is due, and then when it was sent. `refused` is one to an
    address that the mock does not post to. `duration_ms` is real time. `lane` is the lane in which it waits, and
    `after` the event after which it is told when the scenario has swapped the two.
    """

    event: int
    event_type: str
    subject: str
    subscriber: str
    attempt: int
    at: Instant
    lane: str
    status: DeliveryStatus = "pending"
    response_status: int | None = None
    error: str | None = None
    duration_ms: int | None = None
    twist: Twist | None = None
    after: int | None = None

    @property
    def turn(self) -> tuple[int, bool]:
        """Orders the deliveries that may be sent now."""
        return (self.event, False) if self.after is None else (self.after, True)


class Lane(Kept, frozen=True):
    """Deliveries that are made one after the other, oldest first: those of one object to one subscriber.

    Only the first is tried, so that what happened to the object is told in order. One that the scenario holds up is in
    a lane of its own: it waits for nobody, and nobody for it. A lane that is empty is no more.
    """

    waiting: tuple[str, ...]


class Swapped(Kept, frozen=True):
    """The delivery that is sent after the next one to a subscriber, whose id this has."""

    delivery: str
