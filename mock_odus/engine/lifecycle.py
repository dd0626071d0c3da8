"""How a payment changes: what may follow what, as a table, and the one way in which a change is written.

               authorize                 challenge passed
      open ───────────────► requires_action ────────────► succeeded
       ▲  │                    │   │                          │
       │  └── authorize ───────┼───┼──────────────────────────┤
       │     failed, cancelled │   │ cancel                   │ void, or lapse of what was
       └──── or lapsed ────────┘   ▼                          ▼ authorized and never captured
                               cancelled ◄────────────────────┘

There is no `failed` status (guides/payments/payment-statuses): a declined payment is `open` and may be tried again.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from mock_odus.engine.errors import Refused
from mock_odus.engine.records import (
    DisplayStatus,
    Entry,
    Payment,
    Status,
)
from mock_odus.engine.world import World

ALLOWED: dict[str, frozenset[Status]] = {
    "given a customer": frozenset({"open"}),
    "authorized": frozenset({"open"}),
    "captured": frozenset({"succeeded"}),
    "reversed": frozenset({"succeeded"}),
    "cancelled": frozenset({"open", "requires_action", "succeeded"}),
    "charged back": frozenset({"succeeded"}),
}
"""What may be done to a payment, by its status."""

_NOT_YET = "nothing has been charged yet"
_GONE = "it is cancelled for good; create another payment"

_WHY_NOT: dict[tuple[str, Status], str] = {
    ("given a customer", "requires_action"): "it waits for the customer it has",
    ("given a customer", "succeeded"): "it has already succeeded",
    ("given a customer", "cancelled"): _GONE,
    ("authorized", "requires_action"): "it waits for the customer: send them to action.redirectUrl again",
    ("authorized", "succeeded"): "it has already succeeded",
    ("authorized", "cancelled"): _GONE,
    ("captured", "open"): "nothing has been authorized yet",
    ("captured", "requires_action"): "nothing has been authorized yet",
    ("captured", "cancelled"): _GONE,
    ("reversed", "open"): f"{_NOT_YET}; cancel it instead",
    ("reversed", "requires_action"): f"{_NOT_YET}; cancel it instead",
    ("reversed", "cancelled"): "nothing is left to give back",
    ("cancelled", "cancelled"): "it is that already",
    ("charged back", "open"): _NOT_YET,
    ("charged back", "requires_action"): _NOT_YET,
    ("charged back", "cancelled"): "nothing is left to charge back",
}


def require(payment: Payment, done: str) -> None:
    """Refuses what the payment's status forbids to be done to it. Refused."""
    if payment.status not in ALLOWED[done]:
        why = _WHY_NOT[done, payment.status]
        raise Refused(f"payment {payment.id} is {payment.status}, so it cannot be {done}: {why}")


def change(world: World, payment: Payment, **changes: Any) -> Payment:
    """The one way a payment changes: the derived fields follow, and the change is an event.

    Billing reacts to it: it may add to the payment before that is told, and what else it does is told afterwards.
    """
    changed = replace(payment, updated_at=world.now, **changes)
    caused: list[Entry] = []
    if changed.cart is not None and world.reaction:  # nothing is billed without a cart
        mark = len(world.log)
        changed = world.reaction(world, changed)
        caused = world.hold_back(mark)
    changed = world.put(replace(changed, display_status=display_status(changed)))
    world.emit("payment.updated", changed)
    world.log += caused
    return changed


def display_status(payment: Payment) -> DisplayStatus:
    """One of the nine words of guides/reports/payment-summary-report; the first that fits."""
    if payment.is_chargebacked:
        return "chargeback"
    if payment.status == "cancelled":
        return "failed" if payment.cancellation_reason == "retries_exhausted" else "cancelled"
    if payment.is_fully_reversed:
        return "reversed"
    if payment.amount_reversed > 0:
        return "partially_reversed"
    if payment.status == "succeeded":
        return "succeeded" if payment.is_captured else "uncaptured"
    if payment.status == "requires_action":
        return "incomplete"
    last = next((one for one in reversed(payment.transactions) if one.type in ("sale", "authorization")), None)
    if last is None:
        return "unattempted"
    return "incomplete" if last.outcome.status == "partial" else "failed"
