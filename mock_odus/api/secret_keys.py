"""`/secret-keys`: a value is told once, when it is made and when it is rotated (guides/api-features/authentication)."""

from __future__ import annotations

from mock_odus.api.resource import Answer, Resource
from mock_odus.engine import keys as engine
from mock_odus.engine.access import SecretKey
from mock_odus.engine.bodies import CreateSecretKey, RotateSecretKey, UpdateSecretKey
from mock_odus.web.front import Caller

secret_keys = Resource(SecretKey, "/secret-keys", "SECRET_KEY")


@secret_keys.create(CreateSecretKey)
def create(caller: Caller, body: CreateSecretKey) -> Answer:
    """Makes a key; its value is told in this answer only. A key cannot grant what it lacks itself."""
    key, value = engine.create_secret(caller.world, body, caller.known().permissions)
    return key, {"value": caller.links.fill(value)}


@secret_keys.update(UpdateSecretKey)
def update(caller: Caller, key: SecretKey, body: UpdateSecretKey) -> SecretKey:
    """Changes what a key may do, its note or its metadata."""
    return engine.update_secret(caller.world, key, body, caller.known().permissions)


@secret_keys.action("rotate", RotateSecretKey, action="UPDATE")
def rotate(caller: Caller, key: SecretKey, body: RotateSecretKey) -> Answer:
    """Gives a key another value, told in this answer only; the old one is worth nothing at once."""
    key, value = engine.rotate(caller.world, key, caller.known().permissions)
    return key, {"value": caller.links.fill(value)}


@secret_keys.delete
def revoke(caller: Caller, key: SecretKey) -> SecretKey:
    """Deletes a key, which is worth nothing at once."""
    return engine.revoke(caller.world, key)
