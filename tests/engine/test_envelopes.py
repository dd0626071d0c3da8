"""What a subscriber is posted: the record as it was, signed; and how a scenario spoils it."""

import hashlib
import hmac
import json

import pytest

from mock_odus.engine import deliveries, envelopes, subscribers
from mock_odus.engine.bodies import CreateWebhookSubscriber
from mock_odus.engine.gateways import Mischief
from mock_odus.engine.views import Links

LINKS = Links("http://localhost:4010", "mock")


@pytest.fixture
def subscriber(shop):
    """One of everything."""
    return subscribers.create(shop.world, CreateWebhookSubscriber("https://shop.example/hooks", ["*"]))


def posted(shop, subscriber, *mischiefs):
    """The first event of a declined payment, as it is sent: body and headers."""
    shop.gateway.mischiefs = list(mischiefs)
    shop.create()
    (delivery,) = deliveries.catch_up(shop.world)
    body = envelopes.body(shop.world, delivery, LINKS)
    return body, envelopes.headers(shop.world, subscriber, delivery, body)


def signed(subscriber, body):
    return hmac.new(subscriber.secret.encode(), body, hashlib.sha256).hexdigest()


def test_the_envelope_is_that_of_the_pages(shop, subscriber):
    """Five fields; `profile` is the subscriber, `data` the record as it was then, whatever happened since."""
    body, headers = posted(shop, subscriber)
    envelope = json.loads(body)

    assert ["eventId", "eventType", "profile", "timestamp", "data"] == list(envelope)
    assert ("payment.created", subscriber.id, "2026-01-01T00:00:00.000Z") == (
        envelope["eventType"],
        envelope["profile"],
        envelope["timestamp"],
    )
    assert ("open", 5000) == (envelope["data"]["status"], envelope["data"]["amount"])
    assert ("application/json", "2026-01-01T00:00:00.000Z") == (headers["content-type"], headers["x-mock-now"])


def test_the_raw_body_is_signed(shop, subscriber):
    """HMAC-SHA256 with the subscriber's secret, in lower-case hex."""
    body, headers = posted(shop, subscriber)

    assert signed(subscriber, body) == headers["x-odus-signature"]


def test_a_corrupt_signature_is_another(shop, subscriber):
    """It looks like one, and fits no body."""
    body, headers = posted(shop, subscriber, Mischief(corrupt_signature=True))

    assert signed(subscriber, body) != headers["x-odus-signature"]
    assert 64 == len(headers["x-odus-signature"])
    json.loads(body)


def test_a_malformed_body_is_signed_as_it_is_sent(shop, subscriber):
    """It is cut off, so the app's own reader has to cope, not its signature check."""
    body, headers = posted(shop, subscriber, Mischief(malformed=True))

    assert signed(subscriber, body) == headers["x-odus-signature"]
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)
