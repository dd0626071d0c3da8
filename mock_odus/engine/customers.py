"""Customers and their saved payment methods (guides/customers/managing-customers, payments/payment-methods)."""

from __future__ import annotations

from datetime import date

from msgspec import UNSET
from msgspec.structs import asdict, replace

from mock_odus.engine import metadata
from mock_odus.engine.bodies import CreateCustomer, UpdateCustomer
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import Card, Customer, PaymentMethod
from mock_odus.engine.world import World


def create(world: World, body: CreateCustomer, *, id: str | None = None) -> Customer:
    """Emails are not unique. Invalid."""
    with world.verb():
        _require_a_date(body)
        customer = Customer(
            id=id or world.new_id("customer"),
            created_at=world.now,
            updated_at=world.now,
            **(asdict(body) | {"metadata": metadata.first(body.metadata)}),
        )
        world.put(customer)
        world.emit("customer.created", customer)
        return customer


def update(world: World, customer: Customer, body: UpdateCustomer) -> Customer:
    """Changes the given fields only; what changes nothing is no event. Invalid."""
    with world.verb():
        _require_a_date(body)
        given = {name: value for name, value in asdict(body).items() if value is not UNSET}
        changed = replace(customer, **(given | {"metadata": metadata.merge(customer.metadata, body.metadata)}))
        if changed == customer:
            return customer
        changed = world.put(replace(changed, updated_at=world.now))
        world.emit("customer.updated", changed)
        return changed


def _require_a_date(body: CreateCustomer | UpdateCustomer) -> None:
    given = body.date_of_birth
    try:
        date.fromisoformat(given if isinstance(given, str) else "2000-01-01")
    except ValueError:
        raise Invalid(f"dateOfBirth must be a date that exists, found '{given}'") from None


def save_card(
    world: World, customer: Customer, card: Card, *, gateway_profile: str | None = None, id: str | None = None
) -> PaymentMethod:
    """Saves a card on a customer; the first becomes the default. A card saved before keeps its record."""
    with world.verb():
        methods = world.related(PaymentMethod, "customer", customer.id)
        for method in methods:
            if method.card and method.card.fingerprint == card.fingerprint:
                return _renew(world, method, card)
        method = PaymentMethod(
            id=id or world.new_id("paymentMethod"),
            created_at=world.now,
            updated_at=world.now,
            type="card",
            customer=customer.id,
            is_default=not methods,
            card=card,
            gateway_profile=gateway_profile,
        )
        world.put(method)
        world.emit("payment_method.created", method)
        return method


def _renew(world: World, method: PaymentMethod, card: Card) -> PaymentMethod:
    if method.card == card:
        return method
    method = world.put(replace(method, card=card, updated_at=world.now))
    world.emit("payment_method.updated", method)
    return method
