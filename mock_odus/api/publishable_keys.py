"""`/publishable-keys`: keys for browsers, always shown whole (guides/api-features/authentication)."""

from __future__ import annotations

from mock_odus.api.resource import Resource
from mock_odus.engine import keys as engine
from mock_odus.engine.access import PublishableKey
from mock_odus.engine.bodies import CreatePublishableKey, UpdatePublishableKey
from mock_odus.web.front import Caller

publishable_keys = Resource(PublishableKey, "/publishable-keys", "PUBLISHABLE_KEY")


@publishable_keys.create(CreatePublishableKey)
def create(caller: Caller, body: CreatePublishableKey) -> PublishableKey:
    """Makes a key for browsers."""
    return engine.create_publishable(caller.world, body)


@publishable_keys.update(UpdatePublishableKey)
def update(caller: Caller, key: PublishableKey, body: UpdatePublishableKey) -> PublishableKey:
    """Changes a key's note or metadata."""
    return engine.update_publishable(caller.world, key, body)


@publishable_keys.delete
def revoke(caller: Caller, key: PublishableKey) -> PublishableKey:
    """Deletes a key, which is worth nothing at once."""
    return engine.revoke(caller.world, key)
