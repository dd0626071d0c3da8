"""`/merchant-configs`: a list of one, changed in place."""

from __future__ import annotations

from mock_odus.api.resource import Resource
from mock_odus.engine import account as engine
from mock_odus.engine.bodies import UpdateMerchantConfig
from mock_odus.engine.records import MerchantConfig
from mock_odus.web.front import Caller

merchant_configs = Resource(MerchantConfig, "/merchant-configs", "MERCHANT_CONFIG")


@merchant_configs.update(UpdateMerchantConfig)
def update(caller: Caller, config: MerchantConfig, body: UpdateMerchantConfig) -> MerchantConfig:
    """Changes what is given of the merchant's settings."""
    return engine.update_config(caller.world, config, body)
