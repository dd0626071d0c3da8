"""Saved payment methods: what a customer has paid with, one of them the default (guides/payments/payment-methods)."""

from __future__ import annotations

from msgspec import UNSET
from msgspec.structs import replace

from mock_odus.engine import metadata
from mock_odus.engine.billing import Subscription
from mock_odus.engine.bodies import UpdatePaymentMethod
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.records import (
    Card,
    Customer,
    MethodType,
    PaymentMethod,
)
from mock_odus.engine.world import World


def save(
    world: World,
    customer: Customer,
    *,
    type: MethodType,
    card: Card | None,
    fingerprint: str,
    gateway_profile: str | None,
    id: str | None = None,
) -> PaymentMethod:
    """Saves a method on a customer; the first becomes the default. What was saved before keeps its record."""
    with world.verb():
        saved = of(world, customer.id)
        for method in saved:
            if (method.type, method.fingerprint) == (type, fingerprint):
                return _renew(world, method, card, gateway_profile)
        method = PaymentMethod(
            id=id or world.new_id("paymentMethod"),
            created_at=world.now,
            updated_at=world.now,
            type=type,
            customer=customer.id,
            is_default=not saved,
            card=card,
            gateway_profile=gateway_profile,
            fingerprint=fingerprint,
        )
        world.put(method)
        world.emit("payment_method.created", method)
        return method


def of(world: World, customer: str) -> list[PaymentMethod]:
    """The saved methods of a customer, the oldest first."""
    return world.related(PaymentMethod, "customer", customer)


def update(world: World, method: PaymentMethod, body: UpdatePaymentMethod) -> PaymentMethod:
    """Makes it the default in place of another, changes its metadata. Invalid."""
    with world.verb():
        if body.is_default is False:
            raise Invalid("isDefault must be true, found false: to take it away, make another method the default")
        merged = metadata.merge(method.metadata, body.metadata)
        if body.is_default is UNSET or method.is_default:
            return _change(world, method, metadata=merged)
        for other in of(world, method.customer):
            _change(world, other, is_default=False)
        return _change(world, method, is_default=True, metadata=merged)


def delete(world: World, method: PaymentMethod) -> PaymentMethod:
    """The oldest of those that are left becomes the default when the default goes.

    Refused while an active subscription is charged to it.
    """
    with world.verb():
        subscriptions = world.related(Subscription, "customer", method.customer)
        users = [one.id for one in subscriptions if one.status == "active" and one.payment_method == method.id]
        if users:
            raise Refused(
                f"payment method {method.id} is charged by {', '.join(users)}: give that another one first, with POST "
                "/subscriptions/{id}"
            )
        _remove(world, method)
        left = of(world, method.customer)
        if method.is_default and left:
            _change(world, left[0], is_default=True)
        return method


def delete_all(world: World, customer: str) -> None:
    """All saved methods of a customer, the oldest first."""
    with world.verb():
        for method in of(world, customer):
            _remove(world, method)


def _remove(world: World, method: PaymentMethod) -> None:
    world.remove(PaymentMethod, method.id)
    world.emit("payment_method.deleted", method)


def _renew(world: World, method: PaymentMethod, card: Card | None, gateway_profile: str | None) -> PaymentMethod:
    if gateway_profile is not None:
        # Nobody is shown which gateway authorized a method last, so this alone is no event.
        method = world.put(replace(method, gateway_profile=gateway_profile))
    if card and card.cardholder_name is None and method.card:  # who leaves the name out does not take it away
        card = replace(card, cardholder_name=method.card.cardholder_name)
    return _change(world, method, card=card)


def _change(world: World, method: PaymentMethod, **fields: object) -> PaymentMethod:
    return world.update(method, replace(method, **fields), "payment_method.updated")
