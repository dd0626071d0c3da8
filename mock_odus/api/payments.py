"""`/payments` (guides/payments/making-payments, capture, refunds, chargebacks; checkout/3ds-and-redirect-handling)."""

from __future__ import annotations

from mock_odus.api.resource import Resource
from mock_odus.engine import authorizations, captures, chargebacks, reversals
from mock_odus.engine import payments as engine
from mock_odus.engine.bodies import (
    AuthorizePayment,
    CancelPayment,
    CapturePayment,
    CreatePayment,
    RecordChargeback,
    ReversePayment,
    UpdatePayment,
)
from mock_odus.engine.records import Payment
from mock_odus.web.front import Caller

payments = Resource(Payment, "/payments", "PAYMENT", readers=("secretKey", "publishableKey", "checkoutKey"))


@payments.create(CreatePayment)
def create(caller: Caller, body: CreatePayment) -> Payment:
    """Makes a payment; nothing is charged yet."""
    return engine.create(caller.world, body)


@payments.update(UpdatePayment)
def update(caller: Caller, payment: Payment, body: UpdatePayment) -> Payment:
    """Changes metadata and addresses, or the customer of an open payment."""
    return engine.update(caller.world, payment, body)


@payments.action("authorize", AuthorizePayment, kinds=("secretKey", "checkoutKey"))
def authorize(caller: Caller, payment: Payment, body: AuthorizePayment) -> Payment:
    """Asks the gateways for the money. A decline is no error: the last transaction tells it."""
    by_checkout = caller.known().kind == "checkoutKey"
    return authorizations.authorize(caller.world, payment, body, by_checkout=by_checkout)


@payments.action("capture", CapturePayment)
def capture(caller: Caller, payment: Payment, body: CapturePayment) -> Payment:
    """Takes what is authorized, or a part of it; the rest is released."""
    return captures.capture(caller.world, payment, body)


@payments.action("reverse", ReversePayment)
def reverse(caller: Caller, payment: Payment, body: ReversePayment) -> Payment:
    """Gives back what was captured, or a part of it; voids what was not."""
    return reversals.reverse(caller.world, payment, body)


@payments.action("cancel", CancelPayment)
def cancel(caller: Caller, payment: Payment, body: CancelPayment) -> Payment:
    """Ends a payment that is not captured."""
    return reversals.cancel(caller.world, payment)


@payments.action("record-chargeback", RecordChargeback, action="CHARGEBACK")
def record_chargeback(caller: Caller, payment: Payment, body: RecordChargeback) -> Payment:
    """Marks the payment as charged back; blacklists or restricts its customer when asked to."""
    return chargebacks.record(caller.world, payment, body)
