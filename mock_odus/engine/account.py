"""The merchant's own settings and secret keys (guides/api-features/authentication)."""

from __future__ import annotations

from hashlib import blake2b
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import UNSET
from msgspec.structs import asdict, replace

from mock_odus.engine import cascades, metadata
from mock_odus.engine.bodies import CreateSecretKey, UpdateMerchantConfig
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import MerchantConfig, SecretKey
from mock_odus.engine.world import World


def open_account(world: World) -> MerchantConfig:
    """What every new world holds: one merchant configuration."""
    with world.verb():
        return world.put(
            MerchantConfig(
                id=world.new_id("merchantConfig"),
                created_at=world.now,
                updated_at=world.now,
                display_currency=world.policies.display_currency,
                timezone="UTC",
                capture_method="automatic",
            )
        )


def update_config(world: World, config: MerchantConfig, body: UpdateMerchantConfig) -> MerchantConfig:
    with world.verb():
        given = {name: value for name, value in asdict(body).items() if value is not UNSET}
        problems = []
        if body.timezone is not UNSET and not _is_timezone(str(body.timezone)):
            problems.append(f"timezone must be an IANA timezone such as Europe/Paris, found '{body.timezone}'")
        if body.payment_method_options is not UNSET:
            try:
                given["payment_method_options"] = cascades.options(world, body.payment_method_options)
            except Invalid as error:
                problems.extend(error.problems)
        if problems:
            raise Invalid(*problems)
        if "display_currency" in given:
            given["display_currency"] = given["display_currency"].lower()
        given["metadata"] = metadata.merge(config.metadata, body.metadata)
        changed = replace(config, **given)
        return config if changed == config else world.put(replace(changed, updated_at=world.now))


def create_key(world: World, body: CreateSecretKey) -> tuple[SecretKey, str]:
    """The stored key and the tail of its value. The value is `skey_<sandbox>_<tail>`, told here and never again."""
    with world.verb():
        tail = world.token("skey")
        key = SecretKey(
            id=world.new_id("key"),
            created_at=world.now,
            updated_at=world.now,
            note=body.note,
            permissions=tuple(dict.fromkeys(body.permissions)),
            value=f"skey_{{sandbox}}_****{tail[-4:]}",
            digest=_digest(tail),
            metadata=metadata.first(body.metadata),
        )
        return world.put(key), tail


def find_key(world: World, tail: str) -> SecretKey | None:
    """The key whose value ends so."""
    found = world.related(SecretKey, "digest", _digest(tail))
    return found[0] if found else None


def revoke_key(world: World, key: SecretKey) -> SecretKey:
    with world.verb():
        world.remove(SecretKey, key.id)
        return key


def _digest(tail: str) -> str:
    return blake2b(tail.encode(), digest_size=16).hexdigest()


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
