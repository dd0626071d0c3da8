"""What may go where: which gateways take a method type, and the routings that a caller gives.

Odus pages: guides/routing/*, guides/payments/making-payments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import get_args

from msgspec.structs import asdict

from mock_odus.engine.billing import Subscription
from mock_odus.engine.bodies import MethodOptions, Routing
from mock_odus.engine.cards import TAKERS
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import (
    Cascade,
    GatewayProfile,
    MethodRouting,
    MethodType,
    PaymentMethodOptions,
)
from mock_odus.engine.world import World

METHODS: tuple[MethodType, ...] = get_args(MethodType)
_NAMES: dict[MethodType, str] = {"card": "cards", "paypal": "PayPal", "applePay": "Apple Pay"}


def takes(world: World, profile: str, method: MethodType) -> bool:
    """Whether a gateway profile is there and can take a method type."""
    found = world.find(GatewayProfile, profile)
    return found is not None and found.integration in TAKERS[method]


def takers(method: MethodType) -> str:
    """Who can take a method type, for a sentence: `PayPal (paypal)`."""
    return f"{_NAMES[method]} ({', '.join(TAKERS[method])})"


def named(world: World, profile: str) -> str:
    """A gateway profile and its integration, for a sentence: `gwp_1 (stripe)`."""
    return f"{profile} ({world.get(GatewayProfile, profile).integration})"


def defaults_to(world: World, id: str) -> list[MethodType]:
    """The method types that go to this cascade or gateway profile where a payment does not say otherwise."""
    options = world.merchant_config().payment_method_options or PaymentMethodOptions()
    return [type for type in METHODS if (way := options.routing(type)) and id in (way.cascade, way.gateway_profile)]


def subscriptions(world: World, fits: Callable[[Subscription], bool]) -> str:
    """Those not cancelled that fit, for a sentence: `5 subscriptions (sub_1, sub_2, sub_3, …)`; empty for none."""
    ids = [one.id for one in world.table(Subscription).values() if one.status != "cancelled" and fits(one)]
    if not ids:
        return ""
    names = ", ".join(ids[:3]) + (", …" if len(ids) > 3 else "")
    return f"{len(ids)} subscription{'s' if len(ids) > 1 else ''} ({names})"


def options(world: World, body: MethodOptions | None, path: str = "paymentMethodOptions") -> PaymentMethodOptions:
    """The routings that a caller gave, checked. Invalid, with every problem of every method type."""
    if body is None:
        return PaymentMethodOptions()
    given: dict[MethodType, Routing | None] = {"card": body.card, "paypal": body.paypal, "applePay": body.apple_pay}
    problems = [
        f"{path}.{method}{problem}"
        for method, routing in given.items()
        if routing is not None
        for problem in _problems(world, routing, method)
    ]
    if problems:
        raise Invalid(*problems)
    return PaymentMethodOptions(
        capture_method=body.capture_method,
        capture_delay=body.capture_delay,
        card=_stored(body.card),
        paypal=_stored(body.paypal),
        apple_pay=_stored(body.apple_pay),
    )


def _stored(routing: Routing | None) -> MethodRouting | None:
    return MethodRouting(**asdict(routing)) if routing else None


def _problems(world: World, routing: Routing, method: MethodType) -> Iterator[str]:
    """What is wrong with a routing; each sentence goes on from its path."""
    if routing.mode == "cascade":
        if routing.gateway_profile is not None:
            yield ".gatewayProfile must be left out with mode 'cascade'"
        cascade = world.find(Cascade, routing.cascade or "")
        if routing.cascade is None:
            yield ".cascade is required with mode 'cascade'"
        elif cascade is None:
            yield f".cascade must be an existing cascade, found '{routing.cascade}'"
        else:
            yield from _unfit(world, dict.fromkeys(rule.gateway_profile for rule in cascade.rules), method)
    else:
        if routing.cascade is not None:
            yield ".cascade must be left out with mode 'gatewayProfile'"
        if routing.gateway_profile is None:
            yield ".gatewayProfile is required with mode 'gatewayProfile'"
        elif not world.find(GatewayProfile, routing.gateway_profile):
            yield f".gatewayProfile must be an existing gateway profile, found '{routing.gateway_profile}'"
        else:
            yield from _unfit(world, [routing.gateway_profile], method)


def _unfit(world: World, profiles: Iterable[str], method: MethodType) -> Iterator[str]:
    if wrong := [named(world, profile) for profile in profiles if not takes(world, profile, method)]:
        yield f" must be routed to gateways that take {takers(method)}, found {', '.join(wrong)}"
