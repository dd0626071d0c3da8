"""Captures: money that was authorized is taken, by hand or after a delay, or the authorization lapses.

Odus page: guides/payments/capture.
"""

from __future__ import annotations

from mock_odus.engine import attempts, lifecycle, periods
from mock_odus.engine.bodies import CapturePayment
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.gateways import Approved
from mock_odus.engine.records import CaptureMethod, Payment
from mock_odus.engine.world import World


def arm(world: World, payment: Payment, method: CaptureMethod) -> str | None:
    """An authorization that is not captured yet lapses one day, or is captured before. When it will be captured."""
    due = None
    if method == "automaticDelayed":
        assert payment.capture_delay is not None, "a payment is not created without the delay it needs"
        delay = periods.Duration(days=payment.capture_delay)
        due = periods.due(world.now, delay, world.merchant_config().timezone)
        world.schedule("capture_payment", payment.id, due)  # first, so that it comes first at the same instant
    world.schedule("lapse_authorization", payment.id, periods.due(world.now, world.policies.lapses_after))
    return due


def disarm(world: World, payment: Payment) -> None:
    """What was armed is called off: the money is taken, or let go."""
    world.unschedule("lapse_authorization", payment.id)
    world.unschedule("capture_payment", payment.id)


def capture(world: World, payment: Payment, body: CapturePayment) -> Payment:
    """Takes all that is authorized, or `amount` of it; the rest is released. A refusal is a failed transaction.

    Refused when nothing waits to be captured; Invalid for more than is authorized.
    """
    with world.verb():
        lifecycle.require(payment, "captured")
        if payment.is_captured:
            raise Refused(f"payment {payment.id} is captured already: there is one capture, and the rest was released")
        most = payment.amount_authorized
        if body.amount is not None and body.amount > most:
            raise Invalid(f"amount must be at most {most}, which is what is authorized; found {body.amount}")
        return _take(world, payment, body.amount)


def capture_when_due(world: World, payment_id: str) -> None:
    """Job: the delayed capture. Refused by the gateway, it is not tried again."""
    _take(world, world.get(Payment, payment_id), None)


def _take(world: World, payment: Payment, amount: int | None) -> Payment:
    taken = amount or payment.amount_authorized
    asked, outcome = attempts.follow_up(world, payment, "capture", taken)
    world.unschedule("capture_payment", payment.id)
    if not isinstance(outcome, Approved):
        return lifecycle.change(world, asked, capture_at=None)
    disarm(world, payment)
    return lifecycle.change(world, asked, is_captured=True, amount_captured=taken, capture_at=None)


def lapse(world: World, payment_id: str) -> None:
    """Job: nobody captured within seven days, and the funds are released."""
    let_go(world, world.get(Payment, payment_id), "lapsed")


def let_go(world: World, payment: Payment, reason: str) -> Payment:
    """The authorization is no more: the payment is cancelled, and nothing captures it later."""
    disarm(world, payment)
    return lifecycle.change(
        world,
        payment,
        status="cancelled",
        cancelled_at=world.now,
        cancellation_reason=reason,
        is_authorized=False,
        amount_authorized=0,
        capture_at=None,
    )
