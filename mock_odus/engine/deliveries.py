"""Deliveries: which subscriber gets which event, in which order, and when to try again.

The courier sends; here stands what is due, and what follows from the answer (guides/api-features/webhooks).
"""

from __future__ import annotations

from operator import attrgetter

from msgspec.structs import replace

from mock_odus.engine import periods
from mock_odus.engine.gateways import Mischief
from mock_odus.engine.periods import Duration
from mock_odus.engine.records import Counter, Job
from mock_odus.engine.webhooks import Delivery, DeliveryStatus, Lane, Swapped, Twist, WebhookSubscriber
from mock_odus.engine.world import World

JOB = "deliver_webhook"
PATIENCE = Duration(milliseconds=60_000)
"""How long a delivery that is swapped with the next waits for it."""

_TOLD = "log told to webhook subscribers"


def catch_up(world: World) -> list[Delivery]:
    """Makes the deliveries of what has happened since the last time. Those that may be sent now, in order."""
    told = world.find(Counter, _TOLD)
    start, end = told.value if told else 0, len(world.log)
    if start == end:
        return []
    subscribers = list(world.table(WebhookSubscriber).values())
    found: list[Delivery] = []
    with world.verb():
        world.put(Counter(_TOLD, end))
        for place in range(start, end) if subscribers else ():
            entry = world.log[place]
            if entry.kind == "event":
                for subscriber in subscribers:
                    if entry.name in subscriber.events or "*" in subscriber.events:
                        found += _tell(world, subscriber, place)
            elif entry.kind == "job" and entry.name == JOB:
                found.append(world.get(Delivery, entry.subject))
    return found


def skip(world: World) -> None:
    """What has happened by now is told to nobody."""
    with world.verb():
        world.put(Counter(_TOLD, len(world.log)))


def ready(world: World) -> list[Delivery]:
    """What may be sent now, in its order: the first of each lane that does not wait for another attempt's time."""
    firsts = (lane.waiting[0] for lane in world.table(Lane).values())
    found = [world.get(Delivery, id) for id in firsts if not world.find(Job, f"{JOB}/{id}")]
    return sorted(found, key=attrgetter("turn"))


def takeable(world: World) -> list[Delivery]:
    """Of what may be sent now as much as can be taken in a row, before the next of a lane comes ahead of the rest."""
    found = ready(world)
    behind: tuple[int, bool] | None = None
    for place, delivery in enumerate(found):
        if behind and behind < delivery.turn:
            return found[:place]
        for id in world.get(Lane, delivery.lane).waiting[1:2]:
            turn = world.get(Delivery, id).turn
            behind = min(behind or turn, turn)
    return found


def waiting(world: World) -> int:
    """How many deliveries are still to be made, now or later."""
    if not world.table(WebhookSubscriber):
        return 0  # others need not look through the jobs of all their subscriptions
    in_lanes = sum(len(lane.waiting) for lane in world.table(Lane).values())
    held_up = [job for job in world.table(Job).values() if job.kind == JOB]
    return in_lanes + sum(1 for job in held_up if not world.find(Lane, world.get(Delivery, job.subject).lane))


def let_go(world: World, delivery_id: str) -> None:
    """Job: the time of another attempt, or of a delivery that the scenario has held up."""
    delivery = world.get(Delivery, delivery_id)
    if world.find(Lane, delivery.lane) is None:
        _free(world, delivery)


def report(
    world: World,
    delivery: Delivery,
    status: DeliveryStatus,
    *,
    response_status: int | None = None,
    error: str | None = None,
    duration_ms: int | None = None,
) -> Delivery | None:
    """What came of an attempt. A failed one is followed by another, until the delays are used up.

    The next delivery that may be sent now because of it, if there is one.
    """
    with world.verb():
        world.put(
            replace(
                delivery,
                status=status,
                at=world.now,
                response_status=response_status,
                error=error,
                duration_ms=duration_ms,
            )
        )
        lane = world.find(Lane, delivery.lane)
        if lane is None or lane.waiting[0] != delivery.id:
            return None  # its subscriber was deleted while it was under way
        delays = world.policies.webhook_delays
        if status == "failed" and delivery.attempt <= len(delays):
            due = periods.due(world.now, delays[delivery.attempt - 1])
            again = world.put(_another(world, delivery, due))
            world.put(Lane(lane.id, (again.id, *lane.waiting[1:])))
            world.schedule(JOB, again.id, due)
            return None
        if len(lane.waiting) == 1:
            world.remove(Lane, lane.id)
            return None
        world.put(Lane(lane.id, lane.waiting[1:]))
        return world.get(Delivery, lane.waiting[1])


def redeliver(world: World, delivery: Delivery) -> tuple[Delivery, bool]:
    """The same event once more, without what the scenario did to it, and whether it may be sent now."""
    with world.verb():
        again = _another(world, delivery, world.now)
        return again, _enqueue(world, again)


def call_off(world: World, subscriber: WebhookSubscriber) -> None:
    """What was not delivered to a subscriber yet never will be."""
    for delivery in [one for one in world.table(Delivery).values() if one.status == "pending"]:
        if delivery.subscriber == subscriber.id:
            world.unschedule(JOB, delivery.id)
            world.put(replace(delivery, status="failed", at=world.now, error="the subscriber was deleted"))
            if world.find(Lane, delivery.lane):
                world.remove(Lane, delivery.lane)
    if world.find(Swapped, subscriber.id):
        world.remove(Swapped, subscriber.id)


def _tell(world: World, subscriber: WebhookSubscriber, place: int) -> list[Delivery]:
    """The deliveries of one event to one subscriber, of which those may be sent that are answered."""
    entry = world.log[place]
    first = Delivery(
        id=_new_id(world),
        event=place,
        event_type=entry.name,
        subject=entry.subject,
        subscriber=subscriber.id,
        attempt=1,
        at=world.now,
        lane=f"{subscriber.id}/{entry.subject}",
    )
    mischief = world.gateway.mischief(world, entry.name, subscriber.id)
    if mischief is None:
        found = [first] if _enqueue(world, first) else []
    else:
        found = _twisted(world, first, mischief)
    swapped = world.find(Swapped, subscriber.id)
    if swapped and swapped.delivery != first.id:
        found.append(_free(world, replace(world.get(Delivery, swapped.delivery), after=place)))
    return found


def _twisted(world: World, first: Delivery, mischief: Mischief) -> list[Delivery]:
    if mischief.drop:
        world.put(replace(first, status="failed", error="dropped by the scenario"))
        return []
    if mischief.corrupt_signature or mischief.malformed:
        first = replace(first, twist=Twist(mischief.corrupt_signature, mischief.malformed))
    found = []
    for number in range(1 + mischief.duplicate):
        copy = first if number == 0 else replace(first, id=_new_id(world))
        if mischief.delay or (mischief.reorder and number == 0 and not world.find(Swapped, first.subscriber)):
            _hold_up(world, copy, mischief.delay or PATIENCE)
            if not mischief.delay:
                world.put(Swapped(first.subscriber, copy.id))
        elif _enqueue(world, copy):
            found.append(copy)
    return found


def _hold_up(world: World, delivery: Delivery, how_long: Duration) -> None:
    due = periods.due(world.now, how_long, world.merchant_config().timezone)
    world.put(replace(delivery, at=due, lane=delivery.id))
    world.schedule(JOB, delivery.id, due)


def _free(world: World, delivery: Delivery) -> Delivery:
    """A delivery that was held up may be sent now."""
    world.unschedule(JOB, delivery.id)
    swapped = world.find(Swapped, delivery.subscriber)
    if swapped and swapped.delivery == delivery.id:
        world.remove(Swapped, swapped.id)
    _enqueue(world, delivery)
    return delivery


def _enqueue(world: World, delivery: Delivery) -> bool:
    """Puts a delivery at the end of its lane. Whether it is the first there."""
    world.put(delivery)
    lane = world.find(Lane, delivery.lane)
    world.put(Lane(delivery.lane, (*(lane.waiting if lane else ()), delivery.id)))
    return lane is None


def _another(world: World, delivery: Delivery, at: str) -> Delivery:
    """Another attempt at the same, as it should be."""
    return replace(
        delivery,
        id=_new_id(world),
        attempt=delivery.attempt + 1,
        at=at,
        status="pending",
        response_status=None,
        error=None,
        duration_ms=None,
        twist=None,
    )


def _new_id(world: World) -> str:
    return world.new_id("delivery", len(world.table(Delivery)) + 1)
