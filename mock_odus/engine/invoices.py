"""Invoices: what is owed for a period, and how what was paid is spread over several of them.

An invoice is open, then paid, or void, or uncollectible. It is made of lines; credit lowers what is charged for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from mock_odus.engine import metadata
from mock_odus.engine.billing import Invoice, InvoiceLine, InvoiceStatus, Subscription
from mock_odus.engine.billing_bodies import UpdateInvoice
from mock_odus.engine.cycles import Period
from mock_odus.engine.records import Price, Product
from mock_odus.engine.world import World


def next_id(world: World) -> str:
    """The id that the next invoice will have."""
    return world.new_id("invoice", len(world.table(Invoice)) + 1)


def create(
    world: World,
    subscription: Subscription,
    lines: tuple[InvoiceLine, ...],
    *,
    start: str,
    end: str,
    status: InvoiceStatus = "open",
    payment: str | None = None,
    amount_paid: int = 0,
    attempt_count: int = 0,
    credit: int = 0,
) -> Invoice:
    """An invoice of a subscription over a period; as much of `credit` is applied as there is to pay."""
    amount = sum(line.amount for line in lines)
    now = world.now
    invoice = Invoice(
        id=next_id(world),
        created_at=now,
        updated_at=now,
        customer=subscription.customer,
        subscription=subscription.id,
        amount=amount,
        currency=subscription.currency,
        status=status,
        lines=lines,
        period_start=start,
        period_end=end,
        payment=payment,
        due_at=now,
        attempt_count=attempt_count,
        amount_paid=amount_paid,
        credit_applied=min(credit, amount),
        paid_at=now if status == "paid" else None,
        metadata=metadata.NONE,
    )
    world.put(invoice)
    world.emit("invoice.created", invoice)
    return invoice


def change(world: World, invoice: Invoice, **changes: Any) -> Invoice:
    """What changes nothing is no event."""
    return world.update(invoice, replace(invoice, **changes), "invoice.updated")


def update(world: World, invoice: Invoice, body: UpdateInvoice) -> Invoice:
    """Metadata is all that can be changed by hand. Invalid."""
    with world.verb():
        if body.metadata is UNSET:
            return invoice
        return change(world, invoice, metadata=metadata.merge(invoice.metadata, body.metadata))


def line(world: World, price: Price, quantity: int, period: Period) -> InvoiceLine:
    """The line of a period."""
    return InvoiceLine(
        description=_name(world, price),
        price=price.id,
        quantity=quantity,
        amount=period.amount * quantity,
        period_start=period.start,
        period_end=period.end,
    )


def line_once(world: World, price: Price, quantity: int) -> InvoiceLine:
    """The line of what is charged once: a thing that is sold, or the setup fee of a recurring price."""
    fee = "Setup fee: " if price.type == "recurring" else ""
    return InvoiceLine(f"{fee}{_name(world, price)}", price.id, quantity, (price.amount or 0) * quantity)


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """`total` spread in proportion to the weights, to the unit: what is left over goes to the largest remainders."""
    whole = sum(weights)
    if len(weights) == 1 and whole:  # most often there is one invoice
        return [total]
    if whole == 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts


def _name(world: World, price: Price) -> str:
    return price.name or world.get(Product, price.product).name
