"""Whatever receivers and scenarios do, every event arrives, and what happened to an object arrives in order."""

import random  # noqa: TID251 - seeded, and the test's own
from collections import defaultdict

import pytest

from mock_odus import assumptions
from mock_odus.engine import account, customers, deliveries, subscribers
from mock_odus.engine.bodies import CreateCustomer, CreateWebhookSubscriber, UpdateCustomer
from mock_odus.engine.gateways import Mischief
from mock_odus.engine.jobs import JOBS
from mock_odus.engine.periods import Duration
from mock_odus.engine.reactions import REACTION
from mock_odus.engine.records import Customer
from mock_odus.engine.webhooks import Delivery, Lane, Swapped
from mock_odus.engine.world import World

POLICIES = assumptions.load().for_engine()
MISCHIEFS = (
    Mischief(duplicate=2),
    Mischief(delay=Duration(milliseconds=90_000)),
    Mischief(reorder=True),
    Mischief(corrupt_signature=True),
    Mischief(malformed=True, duplicate=1),
)


class Moody:
    """A gateway nobody asks, which spoils one in four webhooks on its way."""

    def __init__(self, chance):
        self.chance = chance

    def mischief(self, world, event_type, subscriber):
        return self.chance.choice(MISCHIEFS) if self.chance.random() < 0.25 else None


class Story:
    """Customers that change, and receivers that fail now and then, though never at the sixth attempt."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.world = World(
            seed=seed,
            now="2026-01-01T00:00:00.000Z",
            policies=POLICIES,
            gateway=Moody(self.chance),
            jobs=JOBS,
            reaction=REACTION,
        )
        account.open_account(self.world)
        for _ in range(2):
            body = CreateWebhookSubscriber("http://127.0.0.1:9/", ["customer.created", "customer.updated"])
            subscribers.create(self.world, body)
        self.arrived = defaultdict(list)

    def happen(self):
        """Something is made or changed."""
        world, known = self.world, list(self.world.table(Customer).values())
        if not known or self.chance.random() < 0.1:
            customers.create(world, CreateCustomer(email=f"{len(known)}@example.com"))
        else:
            customers.update(world, self.chance.choice(known), UpdateCustomer(name=f"{len(world.log)}"))

    def post(self):
        """Everything that may be sent is, and what becomes free because of it."""
        found = deliveries.catch_up(self.world)
        while found:
            following = [self.send(delivery) for delivery in found]
            found = [one for one in following if one]

    def send(self, delivery):
        if delivery.twist or (delivery.attempt < 6 and self.chance.random() < 0.2):
            return deliveries.report(self.world, delivery, "failed")
        self.arrived[delivery.subscriber].append(delivery)
        return deliveries.report(self.world, delivery, "delivered")

    def finish(self):
        while job := self.world.due("9999"):
            self.world.run(job)
            self.post()


def play(seed, events):
    story = Story(seed)
    while len(story.world.log) < events:
        story.happen()
        if story.chance.random() < 0.5:
            story.post()
    story.post()
    story.finish()
    return story


def check(story, events):
    world = story.world
    happened = [place for place, entry in enumerate(world.log) if entry.kind == "event"]
    assert events <= len(happened)
    assert 2 == len(story.arrived)
    for subscriber, arrived in story.arrived.items():
        assert set(happened) == {delivery.event for delivery in arrived}
        in_order = defaultdict(list)
        for delivery in arrived:
            if delivery.lane == f"{subscriber}/{delivery.subject}":  # the scenario did not hold it up
                in_order[delivery.subject].append(delivery.event)
        assert all(places == sorted(places) for places in in_order.values())
    assert ({}, {}, []) == (world.table(Lane), world.table(Swapped), world.agenda())
    assert 0 == sum(1 for delivery in world.table(Delivery).values() if delivery.status == "pending")
    world.check()


@pytest.mark.parametrize("events", [1, 20, 300, 10_000])
def test_nothing_is_lost(events):
    """So many events to two subscribers, with random faults, all of them told."""
    check(play(events, events), events)
