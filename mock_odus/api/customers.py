"""`/customers` (guides/customers/managing-customers, customer-restrictions)."""

from __future__ import annotations

from mock_odus.api.resource import Resource
from mock_odus.engine import customers as engine
from mock_odus.engine.bodies import CreateCustomer, RestrictCustomer, UpdateCustomer
from mock_odus.engine.records import Customer
from mock_odus.web.front import Caller

customers = Resource(Customer, "/customers", "CUSTOMER")


@customers.create(CreateCustomer, action="UPDATE")
def create(caller: Caller, body: CreateCustomer) -> Customer:
    """Makes a customer. Emails are not unique."""
    return engine.create(caller.world, body)


@customers.update(UpdateCustomer)
def update(caller: Caller, customer: Customer, body: UpdateCustomer) -> Customer:
    """Changes what is given of a customer."""
    return engine.update(caller.world, customer, body)


@customers.action("restrictions", RestrictCustomer, action="UPDATE")
def restrict(caller: Caller, customer: Customer, body: RestrictCustomer) -> Customer:
    """Blocks the payments that a customer or the merchant begins, or lifts that."""
    return engine.restrict(caller.world, customer, body)


@customers.delete
def delete(caller: Caller, customer: Customer) -> Customer:
    """Deletes a customer with their saved payment methods."""
    return engine.delete(caller.world, customer)
