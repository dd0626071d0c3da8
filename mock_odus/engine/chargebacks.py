"""Chargebacks: recorded by hand or by the scenario, and what they do to the customer (guides/payments/chargebacks)."""

from __future__ import annotations

from mock_odus.engine import blacklist, customers, lifecycle
from mock_odus.engine.bodies import RecordChargeback
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.records import Customer, Payment
from mock_odus.engine.world import World


def record(world: World, payment: Payment, body: RecordChargeback) -> Payment:
    """Marks the payment. `blacklistCustomer` puts the customer's email on the blacklist.

    Refused for a second one; Invalid when there is no customer to blacklist or restrict.
    """
    with world.verb():
        lifecycle.require(payment, "charged back")
        if payment.is_chargebacked:
            raise Refused(
                f"payment {payment.id} has its chargeback recorded already, at {payment.chargeback_recorded_at}"
            )
        customer = world.find(Customer, payment.customer or "")
        if customer is None:
            given = {"blacklistCustomer": body.blacklist_customer, "customerRestrictions": body.customer_restrictions}
            why = f", and {payment.customer} was deleted" if payment.customer else ""
            if problems := [f"{name} needs a customer on the payment{why}" for name, value in given.items() if value]:
                raise Invalid(*problems)
        changed = lifecycle.change(world, payment, is_chargebacked=True, chargeback_recorded_at=world.now)
        if customer and body.blacklist_customer:
            blacklist.add(world, customer.email)
        if customer and body.customer_restrictions:
            customers.set_restrictions(world, customer, body.customer_restrictions)
        return changed


def record_when_due(world: World, payment_id: str) -> None:
    """Job: the chargeback that the scenario had in store. It comes to nothing when the payment was taken back."""
    payment = world.get(Payment, payment_id)
    if payment.status == "succeeded" and not payment.is_chargebacked:
        record(world, payment, RecordChargeback())
