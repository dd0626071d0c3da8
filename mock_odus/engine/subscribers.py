"""Webhook subscribers: where events are posted (guides/dashboard/webhook-subscriber)."""

from __future__ import annotations

from msgspec import UNSET
from msgspec.structs import asdict, replace

from mock_odus.engine import deliveries, metadata
from mock_odus.engine.bodies import CreateWebhookSubscriber, UpdateWebhookSubscriber
from mock_odus.engine.webhooks import WebhookSubscriber
from mock_odus.engine.world import World


def create(world: World, body: CreateWebhookSubscriber, *, id: str | None = None) -> WebhookSubscriber:
    """Nothing that happened before is told to it. Its secret is to be told to the caller once. Invalid."""
    with world.verb():
        deliveries.catch_up(world)
        id = id or world.new_id("webhookSubscriber")
        subscriber = WebhookSubscriber(
            id=id,
            created_at=world.now,
            updated_at=world.now,
            url=body.url,
            events=tuple(dict.fromkeys(body.events)),
            secret=f"whsec_{id.partition('_')[2]}",
            metadata=metadata.first(body.metadata),
        )
        return world.put(subscriber)


def update(world: World, subscriber: WebhookSubscriber, body: UpdateWebhookSubscriber) -> WebhookSubscriber:
    """Changes the given fields only. What happened before is told as it would have been. Invalid."""
    with world.verb():
        deliveries.catch_up(world)
        given = {name: value for name, value in asdict(body).items() if value is not UNSET}
        if isinstance(body.events, list):
            given["events"] = tuple(dict.fromkeys(body.events))
        given["metadata"] = metadata.merge(subscriber.metadata, body.metadata)
        changed = replace(subscriber, **given)
        return world.update(subscriber, changed)


def delete(world: World, subscriber: WebhookSubscriber) -> WebhookSubscriber:
    """What was not delivered yet never will be."""
    with world.verb():
        deliveries.catch_up(world)
        deliveries.call_off(world, subscriber)
        world.remove(WebhookSubscriber, subscriber.id)
        return subscriber
