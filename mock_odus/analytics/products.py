"""Product sales: what was captured and given back, spread over the products that it was for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypedDict

from msgspec import Struct

from mock_odus.analytics.buckets import Range
from mock_odus.analytics.moves import Move
from mock_odus.engine import invoices
from mock_odus.engine.billing import Invoice
from mock_odus.engine.records import Payment, Price, Product
from mock_odus.engine.world import World


class ProductSales(TypedDict):
    """`quantity` counts pieces, each again with every renewal; both names are null for payments without a cart."""

    product: str | None
    name: str | None
    quantity: int
    grossAmount: int
    refundedAmount: int
    netAmount: int


class _Line(Struct, frozen=True):
    """A part of what a payment is for: pieces of a product, and what they cost."""

    product: str | None
    quantity: int
    amount: int


def sales(world: World, moves: Iterable[Move], range: Range) -> list[ProductSales]:
    """One entry a product, that of the largest revenue first."""
    sums: dict[str | None, dict[str, int]] = defaultdict(lambda: {"captured": 0, "refunded": 0, "quantity": 0})
    for move in moves:
        if not range.holds(move.at):
            continue
        lines = list(_lines(world, world.get(Payment, move.payment)))
        # What was captured in part, let off or credited lowers every line in proportion.
        for line, amount in zip(lines, invoices.shares(move.amount, [line.amount for line in lines]), strict=True):
            sums[line.product][move.kind] += amount
            if move.kind == "captured":
                sums[line.product]["quantity"] += line.quantity
    found: list[ProductSales] = [
        {
            "product": product,
            "name": _name(world, product),
            "quantity": sum["quantity"],
            "grossAmount": sum["captured"],
            "refundedAmount": sum["refunded"],
            "netAmount": sum["captured"] - sum["refunded"],
        }
        for product, sum in sums.items()
    ]
    return sorted(found, key=lambda one: (-one["grossAmount"], one["name"] or ""))


def _lines(world: World, payment: Payment) -> Iterator[_Line]:
    """By its invoices, which tell what each period cost; else by its cart; else one line of no product."""
    if payment.invoices:
        for id in payment.invoices:
            for line in world.get(Invoice, id).lines:
                # A setup fee comes with the first period of its plan, which is the piece that is sold.
                is_fee = line.period_start is None and world.get(Price, line.price).type == "recurring"
                yield _Line(_product(world, line.price), 0 if is_fee else line.quantity, line.amount)
    elif payment.cart:
        for item in payment.cart.items:
            price = world.find(Price, item.price)
            yield _Line(_product(world, item.price), item.quantity, ((price and price.amount) or 0) * item.quantity)
    else:
        yield _Line(None, 0, 1)


def _product(world: World, price: str) -> str | None:
    found = world.find(Price, price)
    return found.product if found else None


def _name(world: World, product: str | None) -> str | None:
    found = world.find(Product, product or "")
    return found.name if found else None
