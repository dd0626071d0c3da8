"""`/payments` (guides/payments/making-payments, refunds; checkout/3ds-and-redirect-handling)."""

from __future__ import annotations

from mock_odus.api.resource import Resource
from mock_odus.engine import payments as engine
from mock_odus.engine.bodies import AuthorizePayment, CreatePayment, ReversePayment, UpdatePayment
from mock_odus.engine.records import Payment
from mock_odus.web.front import Caller

payments = Resource(Payment, "/payments", "PAYMENT", readers=("secretKey", "publishableKey", "checkoutKey"))


@payments.create(CreatePayment)
def create(caller: Caller, body: CreatePayment) -> Payment:
    return engine.create(caller.world, body)


@payments.update(UpdatePayment)
def update(caller: Caller, payment: Payment, body: UpdatePayment) -> Payment:
    return engine.update(caller.world, payment, body)


@payments.action("authorize", AuthorizePayment, kinds=("secretKey", "checkoutKey"))
def authorize(caller: Caller, payment: Payment, body: AuthorizePayment) -> Payment:
    by_checkout = caller.known().kind == "checkoutKey"
    return engine.authorize(caller.world, payment, body, by_checkout=by_checkout)


@payments.action("reverse", ReversePayment)
def reverse(caller: Caller, payment: Payment, body: ReversePayment) -> Payment:
    return engine.reverse(caller.world, payment, body)
