"""Gateway profiles: an account at a processor (guides/dashboard/gateway-profiles). The mock never contacts one."""

from __future__ import annotations

from mock_odus.engine import metadata
from mock_odus.engine.bodies import CreateGatewayProfile
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import Environment, GatewayProfile, Integration
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
        if problems := _credential_problems(body):
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
            credentials=body.credentials and {name: _mask(value) for name, value in body.credentials.items()},
            webhook_verification_key=body.webhook_verification_key and _mask(body.webhook_verification_key),
            webhook_url=f"{{origin}}/webhooks/{body.integration}?merchant={merchant}&gatewayProfile={id}",
            metadata=metadata.first(body.metadata),
        )
        return world.put(profile)


def _credential_problems(body: CreateGatewayProfile) -> list[str]:
    if body.credentials is None:
        return []
    wanted = {
        name: begins[body.environment]
        for name, begins in _CREDENTIALS[body.integration].items()
        if body.environment in begins
    }
    where = f"of a {body.environment} {body.integration} profile"
    problems = [f"credentials.{name} is required {where}" for name in wanted if name not in body.credentials]
    for name, value in body.credentials.items():
        if name not in wanted:
            problems.append(f"credentials.{name} is not a credential {where}; known are {', '.join(wanted)}")
        elif not value or not value.startswith(wanted[name]) or _is_test_key_in_live(body.environment, value):
            begin = f"begin with {wanted[name]}" if wanted[name] else "not be empty"
            problems.append(f"credentials.{name} {where} must {begin}: environment and credentials must match")
    return problems


def _is_test_key_in_live(environment: Environment, value: str) -> bool:
    return environment == "live" and value.startswith(("pk_sbox_", "sk_sbox_"))


def _mask(secret: str) -> str:
    return "****" + (secret[-4:] if len(secret) >= 12 else "")
