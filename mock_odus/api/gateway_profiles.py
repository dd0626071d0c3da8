"""`/gateway-profiles` (guides/dashboard/gateway-profiles)."""

from __future__ import annotations

from mock_odus.api.resource import Resource
from mock_odus.engine import profiles as engine
from mock_odus.engine.bodies import CreateGatewayProfile, UpdateGatewayProfile
from mock_odus.engine.records import GatewayProfile
from mock_odus.web.front import Caller

gateway_profiles = Resource(GatewayProfile, "/gateway-profiles", "GATEWAY_PROFILE")


@gateway_profiles.create(CreateGatewayProfile)
def create(caller: Caller, body: CreateGatewayProfile) -> GatewayProfile:
    """Makes a gateway profile. No real gateway is ever contacted."""
    return _warned(caller, engine.create(caller.world, body))


@gateway_profiles.update(UpdateGatewayProfile)
def update(caller: Caller, profile: GatewayProfile, body: UpdateGatewayProfile) -> GatewayProfile:
    """Changes what is given of a gateway profile; its integration is fixed."""
    return _warned(caller, engine.update(caller.world, profile, body))


@gateway_profiles.delete
def delete(caller: Caller, profile: GatewayProfile) -> GatewayProfile:
    """Deletes a gateway profile that has made no transaction and is no default."""
    return engine.delete(caller.world, profile)


def _warned(caller: Caller, profile: GatewayProfile) -> GatewayProfile:
    if profile.environment == "live":
        caller.warn("this live profile is simulated like any other: no real gateway is ever contacted")
    return profile
