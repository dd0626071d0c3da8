"""The merchant's own settings, and the retry policy that every merchant has."""

from __future__ import annotations

from msgspec import UNSET
from msgspec.structs import asdict, replace

from mock_odus.engine import cascades, metadata, periods
from mock_odus.engine.billing import RetryPolicy, RetryStep
from mock_odus.engine.bodies import MethodOptions, UpdateMerchantConfig
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import MerchantConfig, PaymentMethodOptions
from mock_odus.engine.world import World


def open_account(world: World) -> MerchantConfig:
    """What every new world holds: one merchant configuration, and the retry policy that it names as the default."""
    with world.verb():
        policy = world.put(_default_retry_policy(world))
        return world.put(
            MerchantConfig(
                id=world.new_id("merchantConfig"),
                created_at=world.now,
                updated_at=world.now,
                display_currency=world.policies.display_currency,
                timezone=world.policies.timezone,
                capture_method="automatic",
                default_retry_policy=policy.id,
            )
        )


def update_config(world: World, config: MerchantConfig, body: UpdateMerchantConfig) -> MerchantConfig:
    """Changes the given fields only. Invalid."""
    with world.verb():
        given = {name: value for name, value in asdict(body).items() if value is not UNSET}
        problems = []
        if body.timezone is not UNSET and not periods.is_timezone(str(body.timezone)):
            problems.append(f"timezone must be an IANA timezone such as Europe/Paris, found '{body.timezone}'")
        if isinstance(body.default_retry_policy, str) and not world.find(RetryPolicy, body.default_retry_policy):
            problems.append(f"defaultRetryPolicy must be an existing retry policy, found '{body.default_retry_policy}'")
        if isinstance(body.payment_method_options, MethodOptions):
            try:
                given["payment_method_options"] = cascades.options(world, body.payment_method_options)
            except Invalid as error:
                problems.extend(error.problems)
                del given["payment_method_options"]
        if "display_currency" in given:
            given["display_currency"] = given["display_currency"].lower()
        given["metadata"] = metadata.merge(config.metadata, body.metadata)
        changed = replace(config, **given)
        if _lacks_a_delay(changed):
            problems.append("captureDelay is required with captureMethod automaticDelayed: 1 to 5 days")
        if problems:
            raise Invalid(*problems)
        return world.update(config, changed)


def _default_retry_policy(world: World) -> RetryPolicy:
    delays = enumerate(world.policies.dunning_days, 1)
    return RetryPolicy(
        id=world.new_id("retryPolicy"),
        created_at=world.now,
        updated_at=world.now,
        title="Default",
        is_enabled=True,
        steps=tuple(RetryStep(position, delay, use_initial_gateway=True) for position, delay in delays),
    )


def _lacks_a_delay(config: MerchantConfig) -> bool:
    """Whether something is captured after a delay by default, and nobody has said after which."""
    if config.capture_delay is not None:
        return False
    if "automaticDelayed" in (config.capture_method, config.recurring_capture_method):
        return True
    options = config.payment_method_options or PaymentMethodOptions()
    return options.capture_delay is None and options.is_delayed(options.capture_method or config.capture_method)
