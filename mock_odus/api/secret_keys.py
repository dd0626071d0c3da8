"""`/secret-keys`: the value is told once, in the answer to the create (guides/api-features/authentication)."""

from __future__ import annotations

from typing import Any

from mock_odus.api.resource import Resource
from mock_odus.engine import account as engine
from mock_odus.engine.bodies import CreateSecretKey
from mock_odus.engine.records import SecretKey
from mock_odus.web.front import Caller

secret_keys = Resource(SecretKey, "/secret-keys", "SECRET_KEY")


@secret_keys.create(CreateSecretKey)
def create(caller: Caller, body: CreateSecretKey) -> tuple[SecretKey, dict[str, Any]]:
    key, tail = engine.create_key(caller.world, body)
    return key, {"value": f"skey_{caller.sandbox.name}_{tail}"}


@secret_keys.delete
def revoke(caller: Caller, key: SecretKey) -> SecretKey:
    return engine.revoke_key(caller.world, key)
