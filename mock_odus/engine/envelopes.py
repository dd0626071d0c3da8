"""What a subscriber is posted, and by what it knows that it is genuine (guides/api-features/webhooks)."""

from __future__ import annotations

import hmac
from base64 import b64encode
from typing import Literal

import msgspec

from mock_odus.engine import views
from mock_odus.engine.views import Links
from mock_odus.engine.webhooks import Delivery, WebhookSubscriber
from mock_odus.engine.world import World

_encode = msgspec.json.Encoder().encode


def body(world: World, delivery: Delivery, links: Links) -> bytes:
    """The event as JSON: the record as it was when it happened, as a secret key sees it."""
    entry = world.log[delivery.event]
    assert entry.record is not None
    sent = _encode(
        {
            "eventId": world.event_id(delivery.event),
            "eventType": delivery.event_type,
            "profile": delivery.subscriber,
            "timestamp": entry.at,
            "data": views.view(entry.record, "secret", links),
        }
    )
    return sent[: len(sent) // 2] if delivery.twist and delivery.twist.malformed else sent


def headers(world: World, subscriber: WebhookSubscriber, delivery: Delivery, sent: bytes) -> dict[str, str]:
    """What goes with a body: its type, its signature, and the sandbox's time."""
    name = world.policies.webhook_header
    secret = subscriber.secret
    if delivery.twist and delivery.twist.corrupt_signature:
        secret += "?"
    signed = signature(secret, sent, world.policies.webhook_encoding)
    return {"content-type": "application/json", name: signed, "x-mock-now": world.now}


def signature(secret: str, sent: bytes, encoding: Literal["hex", "base64"] = "hex") -> str:
    """HMAC-SHA256 of the raw body with the subscriber's secret; hex is in lower case."""
    digest = hmac.digest(secret.encode(), sent, "sha256")
    return digest.hex() if encoding == "hex" else b64encode(digest).decode()
