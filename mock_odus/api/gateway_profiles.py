"""`/gateway-profiles` (guides/dashboard/gateway-profiles)."""

from __future__ import annotations

from mock_odus.api.resource import Resource
from mock_odus.engine import profiles as engine
from mock_odus.engine.bodies import CreateGatewayProfile
from mock_odus.engine.records import GatewayProfile
from mock_odus.web.front import Caller

gateway_profiles = Resource(GatewayProfile, "/gateway-profiles", "GATEWAY_PROFILE")


@gateway_profiles.create(CreateGatewayProfile)
def create(caller: Caller, body: CreateGatewayProfile) -> GatewayProfile:
    profile = engine.create(caller.world, body)
    if profile.environment == "live":
        caller.warning = "this live profile is simulated like any other: no real gateway is ever contacted"
    return profile
