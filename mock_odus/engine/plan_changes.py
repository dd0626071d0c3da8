"""Changes of plan: what one would cost now, and making it so (subscriptions/updating-plans).

What is left of the period is worth its share of what was paid for it and not let go of since. It is set against the
new price's share of the same period when that bills in the same interval, else against its whole first cycle, which
then begins now.
"""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from mock_odus.engine import attempts, catalog, cycles, dunning, invoices, payments, periods, subscriptions
from mock_odus.engine.billing import Invoice, PlanPreview, Subscription
from mock_odus.engine.billing_bodies import ApplyPreview, PreviewPlan
from mock_odus.engine.cycles import Period
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.records import (
    Cart,
    CartItem,
    Payment,
    Price,
    Product,
    Record,
)
from mock_odus.engine.world import World

VALID = periods.Duration(milliseconds=15 * 60_000)


class Applied(Record, frozen=True):
    """What came of a change of plan. A refused charge leaves the subscription as it was."""

    applied: bool
    subscription: Subscription
    payment: Payment | None
    invoice: Invoice | None


def preview(world: World, subscription: Subscription, body: PreviewPlan) -> PlanPreview:
    """What the plan would cost, for 15 minutes. Refused unless the subscription is billing; Invalid for the price."""
    with world.verb():
        subscriptions.require_active(subscription, "moved to another plan")
        if not subscription.is_billing:
            raise Refused(f"subscription {subscription.id} {_why_not(subscription)}, so its plan cannot be changed")
        price = world.find(Price, body.price)
        if price is None or (problem := _problem(world, subscription, price)):
            raise Invalid(f"price must be {problem if price else 'an existing price'}, found '{body.price}'")
        catalog.note_use(world, price)
        period = _period(world, subscription, price)
        difference = _difference(world, subscription, period)
        changed = _changed(world, subscription, price, period, credit=max(0, -difference))
        line = invoices.line(world, price, subscription.quantity, period)
        return world.put(
            PlanPreview(
                id=world.new_id("planPreview"),
                subscription=changed,
                amount_due=max(0, difference),
                amount_credit=max(0, -difference),
                preview_valid_until=periods.due(world.now, VALID),
                base=subscription,
                line=replace(line, amount=max(0, difference)),
            )
        )


def apply(world: World, subscription: Subscription, body: ApplyPreview) -> Applied:
    """Charges what was previewed, at once; a decline changes nothing but the payment that tells it.

    Invalid for a preview that is unknown, another's, used, expired, or of a subscription that has changed since.
    """
    with world.verb():
        found = world.find(PlanPreview, body.preview)
        if found is None or (problem := _staleness(world, subscription, found)):
            raise Invalid(f"preview must be {problem if found else 'an existing preview'}, found '{body.preview}'")
        if found.amount_due == 0:
            return Applied(True, _apply(world, found, None), None, None)
        payment = payments.open_for(
            world,
            [subscription],
            found.amount_due,
            cart=Cart((CartItem(found.subscription.price, subscription.quantity),)),
            off_session_type="unscheduled",
            preview=found.id,
        )
        payment = dunning.charge(world, payment, subscription, otherwise=lambda _: dunning.given_up(world))
        invoice = world.get(Invoice, payment.invoices[0]) if payment.invoices else None
        return Applied(invoice is not None, world.get(Subscription, subscription.id), payment, invoice)


def take_effect(world: World, payment: Payment) -> Payment:
    """The reaction to the success of a payment for a change of plan: it is made, and has an invoice."""
    found = world.get(PlanPreview, payment.preview or "")
    invoice = invoices.create(
        world,
        found.subscription,
        (found.line,),
        start=found.subscription.current_period_start,
        end=found.subscription.current_period_end,
        status="paid",
        payment=payment.id,
        amount_paid=payment.amount_captured,
        attempt_count=attempts.count(payment),
    )
    _apply(world, found, invoice.id)
    return replace(payment, invoices=(invoice.id,))


def _apply(world: World, found: PlanPreview, invoice: str | None) -> Subscription:
    world.put(replace(found, is_used=True))
    latest = invoice or found.base.latest_invoice
    changed = world.put(replace(found.subscription, latest_invoice=latest, updated_at=world.now))
    world.emit("subscription.updated", changed)
    subscriptions.arm(world, changed)
    return changed


# --- what it would be


def _period(world: World, subscription: Subscription, price: Price) -> Period:
    """The current period at the new price; or, when that bills in another interval, one that begins now."""
    old = cycles.definitions(world.get(Price, subscription.price))[subscription.place.index]
    new = cycles.definitions(price)[0]
    if not cycles.is_same_interval(old, new):
        return cycles.first(price, world.now, world.merchant_config().timezone)
    start, end = subscription.current_period_start, subscription.current_period_end
    return Period(start, end, new.amount, replace(subscription.place, index=0))


def _difference(world: World, subscription: Subscription, period: Period) -> int:
    """What is to be paid, or with a minus what is given as credit; rounded half up, once."""
    start, end = _current(subscription)
    whole = _milliseconds(start, end) or 1
    # It may be over, and its renewal wait for the whole minute.
    left = max(0, _milliseconds(max(world.now, start), end))
    new = period.amount * subscription.quantity * (left if (period.start, period.end) == (start, end) else whole)
    unused = max(0, subscription.period_paid - _let_go(world, subscription, start, end)) * left
    return (2 * (new - unused) + whole) // (2 * whole)


def _let_go(world: World, subscription: Subscription, start: str, end: str) -> int:
    """What was paid for a period and let go of since: of that nothing is left."""
    made = world.related(Invoice, "subscription", subscription.id)
    gone = [one for one in made if one.status == "void" and one.paid_at]
    return sum(_brought(world, one) for one in gone if (one.period_start, one.period_end) == (start, end))


def _brought(world: World, invoice: Invoice) -> int:
    """What an invoice had paid for the whole of its period."""
    payment = world.get(Payment, invoice.payment or "")
    if payment.preview is None:
        return sum(line.amount for line in invoice.lines if line.period_start) - invoice.reduction
    found = world.get(PlanPreview, payment.preview)
    is_kept = _current(found.base) == _current(found.subscription)
    return found.subscription.period_paid - found.base.period_paid if is_kept else found.amount_due


def _current(subscription: Subscription) -> tuple[str, str]:
    return subscription.current_period_start, subscription.current_period_end


def _milliseconds(start: str, end: str) -> int:
    return (periods.parse(end) - periods.parse(start)) // timedelta(milliseconds=1)


def _changed(world: World, subscription: Subscription, price: Price, period: Period, *, credit: int) -> Subscription:
    """The subscription as it would be: the cycles are counted on, from the first of the new schedule.

    What was let go of stays taken off what was paid for the period, so it is put on top of that.
    """
    return replace(
        subscription,
        updated_at=world.now,
        price=price.id,
        product=price.product,
        current_period_start=period.start,
        current_period_end=period.end,
        place=period.place,
        period_paid=period.amount * subscription.quantity + _let_go(world, subscription, period.start, period.end),
        credit_balance=subscription.credit_balance + credit,
        upcoming_invoice=subscriptions.upcoming(price, period, subscription.quantity),
    )


# --- what is wrong


def _problem(world: World, subscription: Subscription, price: Price) -> str | None:
    """What the price must be and is not."""
    if price.type != "recurring":
        return "a recurring price"
    if price.id == subscription.price:
        return "another price than the subscription has"
    if not price.is_active:
        return "an active price"
    if not world.get(Product, price.product).is_active:
        return f"a price of an active product, which {price.product} is not"
    if price.currency != subscription.currency:
        return f"in the subscription's currency, {subscription.currency}, and not in {price.currency}"
    return None


def _why_not(subscription: Subscription) -> str:
    if subscription.cancel_at_period_end:
        return f"is scheduled to cancel at {subscription.current_period_end}"
    return f"is not billed now ({subscription.auto_billing_disabled_reason})"


def _staleness(world: World, subscription: Subscription, found: PlanPreview) -> str | None:
    """Why a preview cannot be applied."""
    if found.base.id != subscription.id:
        return f"one of this subscription, and not of {found.base.id}"
    if found.is_used:
        return "one that was not applied yet"
    if world.now > found.preview_valid_until:
        return f"one that has not expired, as this did at {found.preview_valid_until}"
    if found.base is not subscription:  # a change that was taken back, while the clock stood still, is one as well
        return "made after the subscription's last change"
    return None
