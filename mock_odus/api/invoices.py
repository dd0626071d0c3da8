"""`/invoices`: what subscriptions owe and have paid, made by the billing engine."""

from __future__ import annotations

from mock_odus.api.resource import Resource
from mock_odus.engine import dunning
from mock_odus.engine import invoices as engine
from mock_odus.engine.billing import Invoice
from mock_odus.engine.billing_bodies import PayInvoice, UpdateInvoice, VoidInvoice
from mock_odus.web.front import Caller

invoices = Resource(
    Invoice,
    "/invoices",
    "INVOICE",
    instead={
        "POST /invoices": "an invoice comes with each period of a subscription, which begins by POST /payments",
        "DELETE /invoices/{id}": "an open invoice is called off by POST /invoices/{id}/void",
    },
)


@invoices.update(UpdateInvoice)
def update(caller: Caller, invoice: Invoice, body: UpdateInvoice) -> Invoice:
    """Changes the metadata."""
    return engine.update(caller.world, invoice, body)


@invoices.action("pay", PayInvoice, action="UPDATE")
def pay(caller: Caller, invoice: Invoice, body: PayInvoice) -> Invoice:
    """Asks once more for what is owed. A decline is no error: the invoice is as it was, and its payment tells why."""
    return dunning.pay(caller.world, invoice)


@invoices.action("void", VoidInvoice, action="UPDATE")
def void(caller: Caller, invoice: Invoice, body: VoidInvoice) -> Invoice:
    """Forgives what is owed for a period; the subscription goes on."""
    return dunning.void(caller.world, invoice)
