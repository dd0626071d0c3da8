"""Money that moved: what was captured and what was given back, read off the transactions in one pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from mock_odus.engine.records import Payment, Transaction
from mock_odus.engine.world import World


class Move(Struct, frozen=True):
    """`amount` in minor units of `currency`, captured from a customer or refunded to one."""

    at: str
    kind: Literal["captured", "refunded"]
    amount: int
    currency: str
    payment: str


def moves(world: World) -> Iterator[Move]:
    """Every one of them. An authorization alone moves nothing; a refund that failed in the end has moved nothing."""
    for one in world.table(Transaction).values():
        if one.outcome.status != "success":
            continue
        match one.type:
            case "sale":
                yield Move(_taken(world, one), "captured", one.amount, one.currency, one.payment)
            case "capture":
                yield Move(one.created_at, "captured", one.amount, one.currency, one.payment)
            case "refund":
                yield Move(one.created_at, "refunded", one.amount, one.currency, one.payment)


def _taken(world: World, sale: Transaction) -> str:
    """When a sale took the money: after a challenge that is later than its making."""
    if sale.challenge is None:
        return sale.created_at
    return world.get(Payment, sale.payment).succeeded_at or sale.created_at
