"""Deliveries: who is told of what, in which order, when again, and what a scenario does to them."""

import pytest

from mock_odus.engine import deliveries, payments, subscribers
from mock_odus.engine.bodies import CreateWebhookSubscriber, UpdatePayment, UpdateWebhookSubscriber
from mock_odus.engine.errors import Refused
from mock_odus.engine.gateways import Mischief
from mock_odus.engine.periods import Duration
from mock_odus.engine.records import Job
from mock_odus.engine.webhooks import Delivery, Lane, Swapped

URL = "https://shop.example/hooks"


def subscribe(shop, *events):
    return subscribers.create(shop.world, CreateWebhookSubscriber(URL, list(events or ("*",))))


def touch(shop, payment):
    """One more event of a payment."""
    note = f"{len(shop.world.log)}"
    return payments.update(
        shop.world, shop.world.get(type(payment), payment.id), UpdatePayment(metadata={"note": note})
    )


def told(found):
    return [(one.event_type, one.subject) for one in found]


def caught_up(shop):
    return told(deliveries.catch_up(shop.world))


def take(shop, status="delivered"):
    """Reports what came of everything that may be sent now, round by round. The event types in order."""
    found, done = deliveries.catch_up(shop.world), []
    while found:
        following = [deliveries.report(shop.world, one, status) for one in found]
        done += found
        found = [one for one in following if one]
    return done


@pytest.fixture
def listening(shop):
    """The shop, with a subscriber of what happens to payments."""
    subscribe(shop, "payment.created", "payment.updated")
    return shop


def test_only_what_was_asked_for_is_told(shop):
    """By exact names, or all of it; two subscribers are told each for itself."""
    one, other = subscribe(shop, "payment.created"), subscribe(shop, "payment.updated", "payment.created")
    payment = shop.pay()

    found = deliveries.catch_up(shop.world)
    assert [
        (one.id, "payment.created", payment.id),
        (other.id, "payment.created", payment.id),
    ] == [(delivery.subscriber, delivery.event_type, delivery.subject) for delivery in found]
    assert "payment.updated" == deliveries.report(shop.world, found[1], "delivered").event_type


def test_nothing_older_is_told(shop):
    """What happened before a subscriber was made, or before it asked for it, is not."""
    shop.pay()
    subscriber = subscribe(shop, "customer.created")
    shop.pay()
    subscribers.update(shop.world, subscriber, UpdateWebhookSubscriber(events=["payment.created"]))

    assert [] == caught_up(shop)
    payment = shop.create()
    assert [("payment.created", payment.id)] == caught_up(shop)


def test_what_was_caught_up_with_is_not_told_again(listening):
    """The second look finds nothing."""
    listening.create()

    assert 1 == len(caught_up(listening))
    assert [] == caught_up(listening)


def test_an_object_is_told_of_in_order(listening):
    """The second event of an object waits for the first; those of another object do not."""
    first, second = listening.pay(), listening.create()

    found = deliveries.catch_up(listening.world)
    assert [("payment.created", first.id), ("payment.created", second.id)] == told(found)
    following = deliveries.report(listening.world, found[0], "delivered")
    assert ("payment.updated", first.id) == (following.event_type, following.subject)
    assert deliveries.report(listening.world, following, "delivered") is None


def test_a_failed_one_is_tried_again_and_the_rest_waits(listening):
    """After each delay in turn, on the sandbox's clock; then the next of the object is told at that time."""
    world, payment = listening.world, listening.pay()
    (first,) = deliveries.catch_up(world)

    assert deliveries.report(world, first, "failed", response_status=500, error="answered 500") is None
    assert [] == deliveries.catch_up(world)
    assert [("2026-01-01T00:00:05.000Z", "deliver_webhook")] == [(job.due, job.kind) for job in world.agenda()]
    world.advance("2026-01-01T00:00:05.000Z")
    (again,) = deliveries.catch_up(world)
    assert (2, first.event, "pending") == (again.attempt, again.event, again.status)
    deliveries.report(world, again, "failed")
    world.advance("2026-01-01T00:05:05.000Z")
    (again,) = deliveries.catch_up(world)
    following = deliveries.report(world, again, "delivered")
    assert ("payment.updated", payment.id, 1) == (following.event_type, following.subject, following.attempt)
    assert ("failed", 500, "answered 500") == (
        world.get(Delivery, first.id).status,
        world.get(Delivery, first.id).response_status,
        world.get(Delivery, first.id).error,
    )


def test_it_is_given_up_after_the_last_delay(listening):
    """One attempt and one after each delay; what waited behind it is told nevertheless."""
    world, _ = listening.world, listening.pay()
    (one,) = deliveries.catch_up(world)
    for _ in world.policies.webhook_delays:
        assert deliveries.report(world, one, "failed") is None
        world.advance(world.agenda()[0].due)
        (one,) = deliveries.catch_up(world)
    following = deliveries.report(world, one, "failed")

    assert (4, "payment.updated") == (one.attempt, following.event_type)
    assert 1 == deliveries.waiting(world)


def test_a_refused_one_is_not_tried_again(listening):
    """Another attempt would lead to the same address."""
    listening.create()
    (one,) = deliveries.catch_up(listening.world)
    deliveries.report(listening.world, one, "refused")

    assert ([], 0) == (listening.world.agenda(), deliveries.waiting(listening.world))


def test_a_refused_verb_tells_nobody(listening):
    """What was put back never happened."""
    listening.create()
    caught_up(listening)

    def fail():
        with listening.world.verb():
            listening.create()
            assert 1 == len(caught_up(listening))
            raise Refused("no")

    with pytest.raises(Refused):
        fail()
    assert [] == caught_up(listening)
    assert 1 == len(listening.world.table(Delivery))


def test_a_deleted_subscriber_is_told_nothing_more(shop):
    """Neither what waits nor what is to be tried again; what is under way ends quietly."""
    subscriber = subscribe(shop)
    payment, _ = shop.create(), shop.create()
    touch(shop, payment)
    first, second = deliveries.catch_up(shop.world)
    deliveries.report(shop.world, first, "failed")
    subscribers.delete(shop.world, subscriber)

    assert ({}, []) == (shop.world.table(Lane), shop.world.agenda())
    assert deliveries.report(shop.world, second, "delivered") is None
    shop.create()
    assert [] == caught_up(shop)
    errors = [one.error for one in shop.world.table(Delivery).values() if one.status == "failed"]
    assert [None, "the subscriber was deleted", "the subscriber was deleted"] == errors


def test_redelivery_waits_for_its_turn(listening):
    """The same event with another attempt, behind what is still to be told of the object."""
    payment = listening.pay()
    world = listening.world
    (first,) = deliveries.catch_up(world)
    again, may_go = deliveries.redeliver(world, first)
    assert (False, first.event, 2) == (may_go, again.event, again.attempt)
    take_rest = deliveries.report(world, first, "delivered")
    assert again.id == deliveries.report(world, take_rest, "delivered").id
    deliveries.report(world, again, "delivered")
    assert deliveries.redeliver(world, first)[1]
    assert payment.id == again.subject


def test_what_may_be_sent_is_found_again_after_a_restore(listening):
    """The heads of the lanes, but for those that wait for their time."""
    world = listening.world
    listening.pay()
    other = listening.create()
    first, second = deliveries.catch_up(world)
    deliveries.report(world, first, "failed")
    saved = world.snapshot()
    deliveries.report(world, second, "delivered")
    assert [] == deliveries.ready(world)
    world.restore(saved)

    assert [("payment.created", other.id)] == told(deliveries.ready(world))
    assert 3 == deliveries.waiting(world)


# --- what a scenario does to them


def test_a_duplicate_comes_after_the_first(listening):
    """The same event twice more, in the object's order."""
    listening.gateway.mischiefs = [Mischief(duplicate=2)]
    listening.pay()

    done = take(listening)
    assert ["payment.created"] * 3 + ["payment.updated"] == [one.event_type for one in done]
    assert 1 == len({one.event for one in done[:3]})
    assert 3 == len({one.id for one in done[:3]})


def test_a_delayed_one_holds_up_nobody(listening):
    """It is sent at its time, after what happened later."""
    listening.gateway.mischiefs = [Mischief(delay=Duration(milliseconds=300_000))]
    listening.pay()

    assert ["payment.updated"] == [one.event_type for one in take(listening)]
    assert 1 == deliveries.waiting(listening.world)
    listening.world.advance("2026-01-01T00:05:00.000Z")
    assert ["payment.created"] == [one.event_type for one in take(listening)]
    assert 0 == deliveries.waiting(listening.world)


def test_a_delayed_one_is_tried_again_like_any_other(listening):
    """Its delays begin when it was sent first."""
    world = listening.world
    listening.gateway.mischiefs = [Mischief(delay=Duration(milliseconds=300_000))]
    listening.create()
    caught_up(listening)
    world.advance("2026-01-01T00:05:00.000Z")
    (one,) = deliveries.catch_up(world)
    deliveries.report(world, one, "failed")

    assert ["2026-01-01T00:05:05.000Z"] == [job.due for job in world.table(Job).values()]
    world.advance("2026-01-01T00:05:05.000Z")
    assert ["payment.created"] == [one.event_type for one in take(listening)]


def test_a_swapped_one_comes_after_the_next(listening):
    """Whatever object the next is of."""
    listening.gateway.mischiefs = [Mischief(reorder=True)]
    first = listening.create()
    second = listening.create()

    assert [second.id, first.id] == [one.subject for one in take(listening)]
    assert ({}, {}) == (listening.world.table(Swapped), listening.world.table(Job))


def test_a_swapped_one_does_not_wait_for_ever(listening):
    """When no other comes it is sent after a minute."""
    listening.gateway.mischiefs = [Mischief(reorder=True)]
    first = listening.create()

    assert [] == take(listening)
    listening.world.advance("2026-01-01T00:01:00.000Z")
    assert [first.id] == [one.subject for one in take(listening)]
    assert {} == listening.world.table(Swapped)


def test_a_dropped_one_is_lost(listening):
    """The journal says why; what follows is told."""
    listening.gateway.mischiefs = [Mischief(drop=True)]
    listening.pay()

    assert ["payment.updated"] == [one.event_type for one in take(listening)]
    dropped = next(iter(listening.world.table(Delivery).values()))
    assert ("failed", "dropped by the scenario") == (dropped.status, dropped.error)
    assert [] == listening.world.agenda()
