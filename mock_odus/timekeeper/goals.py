"""Where an advance goes: to an instant, or until something has happened."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from mock_odus.engine import periods
from mock_odus.engine.billing import Invoice, Subscription
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import Job, Payment
from mock_odus.engine.world import World
from mock_odus.shapes import one_of, shown

RENEWAL = "renew"
UNTIL = ("next", "renewal", "renewal:sub_…", "idle")


class Goal(Struct):
    """`target` is the instant, once that is known: `is_met` tells of a job that has just run whether it was the one.

    Everything that is due at the instant is run too.
    """

    target: str | None
    is_met: Callable[[World, Job], bool] = lambda world, job: False

    def see(self, world: World, job: Job) -> None:
        """A job has run."""
        if self.target is None and self.is_met(world, job):
            self.target = job.due

    def due(self, world: World) -> Job | None:
        """What is to be run next on the way."""
        return world.due(self.target or periods.LAST)


def by(world: World, text: str) -> Goal:
    """So much later, by the calendar of the merchant's timezone. Invalid."""
    try:
        length = periods.duration(text.removeprefix("+"))
        return Goal(periods.after(world.now, length, world.merchant_config().timezone))
    except OverflowError:
        raise Invalid("by leads past the year 9999") from None
    except ValueError as error:
        raise Invalid(f"by {error}") from None


def to(text: str, field: str = "to") -> Goal:
    """An instant. Invalid, which names the field."""
    try:
        return Goal(periods.instant(text))
    except (ValueError, OverflowError):
        raise Invalid(f"{field} must be an instant such as 2026-01-31T09:00:00Z, found {shown(text)}") from None


def until(world: World, text: str) -> Goal:
    """`next`, `renewal`, `renewal:sub_…` or `idle`. Invalid, also when it would never happen; NotFound."""
    word, _, id = text.partition(":")
    if word == "renewal" and id:
        return _renewal_of(world, world.get(Subscription, id))
    match text:
        case "next":
            if (job := world.due(periods.LAST)) is None:
                raise Invalid("until next: nothing is due")
            return Goal(job.due)
        case "renewal":
            if not any(job.kind == RENEWAL for job in world.table(Job).values()):
                raise Invalid("until renewal: no subscription has a renewal due")
            return Goal(None, lambda world, job: job.kind == RENEWAL)
        case "idle":
            return Goal(None)
    raise Invalid(f"until {one_of(text, UNTIL)}")


def _renewal_of(world: World, subscription: Subscription) -> Goal:
    """Its job is not looked for by its time: another subscription's renewal may take it along a day earlier."""
    own = world.find(Job, f"{RENEWAL}/{subscription.id}")
    if own is None:
        raise Invalid(f"until renewal: subscription {subscription.id} {_why_not(world, subscription)}")
    return Goal(None, lambda world, job: world.find(Job, own.id) is not own)


def _why_not(world: World, subscription: Subscription) -> str:
    """Why a subscription has no renewal due."""
    if subscription.status == "cancelled":
        return f"was cancelled at {subscription.cancelled_at}"
    if subscription.cancel_at_period_end:
        return f"is scheduled to cancel at {subscription.current_period_end}"
    if subscription.auto_billing_disabled_reason == "latest_invoice_retrying":
        return f"waits for its latest invoice to be paid, which is tried again at {_next_try(world, subscription)}"
    if subscription.auto_billing_disabled_reason == "recurring_payment_errored":
        return "has stopped: its latest invoice was given up, and nothing is billed until somebody pays it"
    return "has no renewal due before the end of the calendar"


def _next_try(world: World, subscription: Subscription) -> str | None:
    invoice = world.find(Invoice, subscription.latest_invoice or "")
    payment = world.find(Payment, invoice.payment or "") if invoice else None
    return payment.retry_next_at if payment else None
