"""`/webhook-subscribers`: where events are posted (guides/dashboard/webhook-subscriber)."""

from __future__ import annotations

from msgspec.structs import asdict

from mock_odus.api.resource import Resource
from mock_odus.engine import subscribers as engine
from mock_odus.engine.bodies import CreateWebhookSubscriber, UpdateWebhookSubscriber
from mock_odus.engine.webhooks import CreatedSubscriber, WebhookSubscriber
from mock_odus.web.front import Caller

webhook_subscribers = Resource(WebhookSubscriber, "/webhook-subscribers", "WEBHOOK_SUBSCRIBER")


@webhook_subscribers.create(CreateWebhookSubscriber, answers=CreatedSubscriber)
def create(caller: Caller, body: CreateWebhookSubscriber) -> CreatedSubscriber:
    """Makes a subscriber; the secret that signs is told in this answer only."""
    return CreatedSubscriber(**asdict(engine.create(caller.world, body)))


@webhook_subscribers.update(UpdateWebhookSubscriber)
def update(caller: Caller, subscriber: WebhookSubscriber, body: UpdateWebhookSubscriber) -> WebhookSubscriber:
    """Changes where events are posted, or which."""
    return engine.update(caller.world, subscriber, body)


@webhook_subscribers.delete
def delete(caller: Caller, subscriber: WebhookSubscriber) -> WebhookSubscriber:
    """Deletes a subscriber; what was not delivered yet never will be."""
    return engine.delete(caller.world, subscriber)
