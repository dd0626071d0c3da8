"""Customers, and what keeps them from paying (guides/customers/managing-customers, customer-restrictions)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import UNSET
from msgspec.structs import asdict, replace

from mock_odus.engine import blacklist, metadata, methods
from mock_odus.engine.billing import Subscription
from mock_odus.engine.bodies import (
    CreateCustomer,
    CustomerRestrictions,
    RestrictCustomer,
    UpdateCustomer,
)
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.records import Customer, Initiator
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
        return world.update(customer, changed, "customer.updated")


def restrict(world: World, customer: Customer, body: RestrictCustomer) -> Customer:
    """Blocks or frees the customer's own payments and the merchant's, each by itself. Invalid for another id."""
    if body.customer not in (None, customer.id):
        raise Invalid(f"customer must be the customer in the path, {customer.id}, found '{body.customer}'")
    return set_restrictions(world, customer, body)


def set_restrictions(world: World, customer: Customer, given: CustomerRestrictions) -> Customer:
    """Changes what is given only; what changes nothing is no event."""
    with world.verb():
        changed = customer
        if given.restrict_cit is not UNSET:
            changed = replace(changed, restrict_cit=bool(given.restrict_cit))
        if given.restrict_mit is not UNSET:
            changed = replace(changed, restrict_mit=bool(given.restrict_mit))
        if given.restrict_reason is not UNSET:
            changed = replace(changed, restrict_reason=given.restrict_reason)
        return world.update(customer, changed, "customer.updated")


def block(
    world: World, customer: Customer, initiator: Initiator
) -> Literal["customer_restricted", "customer_blacklisted"] | None:
    """What keeps the customer from a payment of this initiator now, as an error code; None when nothing does."""
    if blacklist.holds(world, customer.email):
        return "customer_blacklisted"
    restricted = customer.restrict_cit if initiator == "customer" else customer.restrict_mit
    return "customer_restricted" if restricted else None


def delete(world: World, customer: Customer) -> Customer:
    """The saved methods go with the customer. Payments keep the id, and the blacklist keeps the email.

    Refused while a subscription of theirs is active.
    """
    with world.verb():
        subscriptions = world.related(Subscription, "customer", customer.id)
        if active := [one.id for one in subscriptions if one.status == "active"]:
            raise Refused(f"customer {customer.id} is subscribed to {', '.join(active)}: cancel that first")
        methods.delete_all(world, customer.id)
        world.remove(Customer, customer.id)
        world.emit("customer.deleted", customer)
        return customer


def _require_a_date(body: CreateCustomer | UpdateCustomer) -> None:
    given = body.date_of_birth
    try:
        date.fromisoformat(given if isinstance(given, str) else "2000-01-01")
    except ValueError:
        raise Invalid(f"dateOfBirth must be a date that exists, found '{given}'") from None
