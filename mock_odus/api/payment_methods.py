"""`/payment-methods`: saved by payments, never created by hand (guides/payments/payment-methods)."""

from __future__ import annotations

from mock_odus.api.resource import Resource
from mock_odus.engine import methods as engine
from mock_odus.engine.bodies import UpdatePaymentMethod
from mock_odus.engine.records import PaymentMethod
from mock_odus.web.front import Caller

payment_methods = Resource(PaymentMethod, "/payment-methods", "PAYMENT_METHOD")


@payment_methods.update(UpdatePaymentMethod)
def update(caller: Caller, method: PaymentMethod, body: UpdatePaymentMethod) -> PaymentMethod:
    """Makes a saved method the default, or changes its metadata."""
    return engine.update(caller.world, method, body)


@payment_methods.delete
def delete(caller: Caller, method: PaymentMethod) -> PaymentMethod:
    """Deletes a saved method."""
    return engine.delete(caller.world, method)
