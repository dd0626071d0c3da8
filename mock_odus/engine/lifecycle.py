"""What may follow what, as a table. Everything that decides whether a verb is allowed stands here.

               authorize                 challenge passed
      open ───────────────► requires_action ────────────► succeeded
       ▲  │                    │   │                          │
       │  └── authorize ───────┼───┼──────────────────────────┤
       │     failed, cancelled │   │ cancel                   │ void
       └──── or lapsed ────────┘   ▼                          ▼
                               cancelled ◄────────────────────┘

There is no `failed` status (guides/payments/payment-statuses): a declined payment is `open` and may be tried again.
"""

from __future__ import annotations

from mock_odus.engine.errors import Refused
from mock_odus.engine.records import DisplayStatus, Payment, Status, Transaction

ALLOWED: dict[str, frozenset[Status]] = {
    "update": frozenset({"open", "requires_action", "succeeded", "cancelled"}),
    "authorize": frozenset({"open"}),
    "reverse": frozenset({"succeeded"}),
}

_WHY_NOT: dict[tuple[str, Status], str] = {
    ("authorize", "requires_action"): "it waits for the customer: send them to action.redirectUrl again",
    ("authorize", "succeeded"): "it has already succeeded",
    ("authorize", "cancelled"): "it is cancelled for good; create another payment",
    ("reverse", "open"): "nothing has been charged yet",
    ("reverse", "requires_action"): "nothing has been charged yet",
    ("reverse", "cancelled"): "nothing is left to give back",
}


def require(payment: Payment, verb: str) -> None:
    """Refuses a verb that the payment's status forbids. Refused."""
    if payment.status not in ALLOWED[verb]:
        why = _WHY_NOT[verb, payment.status]
        raise Refused(f"payment {payment.id} is {payment.status}, so it cannot {verb}: {why}")


def display_status(payment: Payment, last: Transaction | None) -> DisplayStatus:
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
    if last is None:
        return "unattempted"
    return "incomplete" if last.outcome.status == "partial" else "failed"
