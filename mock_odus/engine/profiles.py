"""Gateway profiles: an account at a processor (guides/dashboard/gateway-profiles). The mock never contacts one."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET
from msgspec.structs import asdict, replace

from mock_odus.engine import metadata, routing
from mock_odus.engine.billing import RetryPolicy
from mock_odus.engine.bodies import CreateGatewayProfile, UpdateGatewayProfile
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.records import (
    Cascade,
    Environment,
    GatewayProfile,
    Integration,
)
from mock_odus.engine.world import World

# What each integration wants, and what the value begins with in each environment ("" is anything).
_CREDENTIALS: dict[Integration, dict[str, dict[Environment, str]]] = {
    "stripe": {
        "publicKey": {"test": "pk_test_", "live": "pk_live_"},
        "secretKey": {"test": "sk_test_", "live": "sk_live_"},
    },
    "adyen": {
        "merchantAccount": {"test": "", "live": ""},
        "apiKey": {"test": "", "live": ""},
        "liveUrlPrefix": {"live": ""},
    },
    "checkout": {
        "publicKey": {"test": "pk_sbox_", "live": "pk_"},
        "secretKey": {"test": "sk_sbox_", "live": "sk_"},
    },
    "paypal": {"clientId": {"test": "", "live": ""}, "clientSecret": {"test": "", "live": ""}},
}


def create(world: World, body: CreateGatewayProfile, *, id: str | None = None) -> GatewayProfile:
    """Credentials may be left out; given, they are checked against the environment and kept only as a mask."""
    with world.verb():
        if problems := list(_credential_problems(body.integration, body.environment, body.credentials)):
            raise Invalid(*problems)
        id = id or world.new_id("gatewayProfile")
        merchant = world.merchant_config().id
        profile = GatewayProfile(
            id=id,
            created_at=world.now,
            updated_at=world.now,
            title=body.title,
            integration=body.integration,
            environment=body.environment,
            credentials=_masked(body.credentials),
            webhook_verification_key=body.webhook_verification_key and _mask(body.webhook_verification_key),
            webhook_url=f"{{origin}}/webhooks/{body.integration}?merchant={merchant}&gatewayProfile={id}",
            metadata=metadata.first(body.metadata),
        )
        return world.put(profile)


def update(world: World, profile: GatewayProfile, body: UpdateGatewayProfile) -> GatewayProfile:
    """Changes the given fields only; credentials are replaced whole. Invalid."""
    with world.verb():
        if problems := list(_update_problems(profile, body)):
            raise Invalid(*problems)
        given = {name: value for name, value in asdict(body).items() if value is not UNSET}
        if isinstance(body.credentials, dict):
            given["credentials"] = _masked(body.credentials)
        if isinstance(body.webhook_verification_key, str):
            given["webhook_verification_key"] = _mask(body.webhook_verification_key)
        given["metadata"] = metadata.merge(profile.metadata, body.metadata)
        changed = replace(profile, **given)
        return world.update(profile, changed)


def delete(world: World, profile: GatewayProfile) -> GatewayProfile:
    """Refused while something is routed to it, and for good once it has made a transaction."""
    with world.verb():
        if profile.is_used:
            raise Refused(f"gateway profile {profile.id} has made transactions, so it stays: refunds go through it")
        if users := list(_users(world, profile.id)):
            raise Refused(f"gateway profile {profile.id} is used by {', '.join(users)}: take it out there first")
        world.remove(GatewayProfile, profile.id)
        return profile


def _users(world: World, id: str) -> Iterator[str]:
    """What leads to a gateway profile, in words."""
    for cascade in world.table(Cascade).values():
        if any(rule.gateway_profile == id for rule in cascade.rules):
            yield f"cascade {cascade.id}"
    for method in routing.defaults_to(world, id):
        yield f"the default for {method} of {world.merchant_config().id}"
    for policy in world.table(RetryPolicy).values():
        if any(step.gateway_profile == id for step in policy.steps):
            yield f"retry policy {policy.id}"
    if renewed := routing.subscriptions(world, lambda one: one.billing_settings.gateway_profile == id):
        yield renewed


def _update_problems(profile: GatewayProfile, body: UpdateGatewayProfile) -> Iterator[str]:
    if body.integration is not UNSET:
        yield f"integration is fixed, it stays {profile.integration}: make another gateway profile"
    environment = profile.environment if body.environment is UNSET else body.environment
    if isinstance(body.credentials, dict):
        yield from _credential_problems(profile.integration, environment, body.credentials)
    elif body.credentials is UNSET and profile.credentials and environment != profile.environment:
        yield (
            f"credentials are required with a new environment: those kept are of the {profile.environment} one; give "
            f"those of {environment}, or null for none"
        )


def _credential_problems(
    integration: Integration, environment: Environment, credentials: dict[str, str] | None
) -> Iterator[str]:
    if credentials is None:
        return
    known = _CREDENTIALS[integration].items()
    wanted = {name: begins[environment] for name, begins in known if environment in begins}
    where = f"of a {environment} {integration} profile"
    yield from (f"credentials.{name} is required {where}" for name in wanted if name not in credentials)
    for name, value in credentials.items():
        if name not in wanted:
            yield f"credentials.{name} is not a credential {where}; known are {', '.join(wanted)}"
        elif not value or not value.startswith(wanted[name]) or _is_test_key_in_live(environment, value):
            begin = f"begin with {wanted[name]}" if wanted[name] else "not be empty"
            yield f"credentials.{name} {where} must {begin}: environment and credentials must match"


def _is_test_key_in_live(environment: Environment, value: str) -> bool:
    return environment == "live" and value.startswith(("pk_sbox_", "sk_sbox_"))


def _mask(secret: str) -> str:
    return "****" + (secret[-4:] if len(secret) >= 12 else "")


def _masked(credentials: dict[str, str] | None) -> dict[str, str] | None:
    return credentials and {name: _mask(value) for name, value in credentials.items()}
