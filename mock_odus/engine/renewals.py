"""Renewals: an invoice for the next period, and a payment for what is owed (subscriptions/creating-subscriptions).

Odus looks every minute for what is due. The saved method is charged through the gateway that the subscription was born
at; the cascade is not asked again.
"""

from __future__ import annotations

from msgspec import Struct

from mock_odus.engine import bundling, dunning, invoices, payments, subscriptions
from mock_odus.engine.billing import Invoice, InvoiceLine, Subscription
from mock_odus.engine.cycles import Period
from mock_odus.engine.records import Price
from mock_odus.engine.world import World


class Owed(Struct, frozen=True, gc=False):
    """A subscription and the period that it is to pay for."""

    subscription: Subscription
    period: Period
    line: InvoiceLine

    @property
    def amount(self) -> int:
        """What is left to charge when the credit is used up."""
        return max(0, self.line.amount - self.subscription.credit_balance)


def renew(world: World, subscription_id: str) -> None:
    """Job: the period is over. What else is due for the customer now may be charged with it."""
    for bundle in bundling.bundles(world, world.get(Subscription, subscription_id)):
        owed = [_owed(world, subscription) for subscription in bundle]
        for one in owed:
            if one.amount == 0:
                _pay_nothing(world, one)
        if owing := [one for one in owed if one.amount]:
            _charge(world, owing)


def _owed(world: World, subscription: Subscription) -> Owed:
    period = subscriptions.next_period(world, subscription)
    line = invoices.line(world, world.get(Price, subscription.price), subscription.quantity, period)
    return Owed(subscription, period, line)


def _pay_nothing(world: World, owed: Owed) -> None:
    """Credit covers it, or it is free: the period is paid for without a payment."""
    invoice = _open(world, owed, None)
    left = owed.subscription.credit_balance - invoice.credit_applied
    subscriptions.advance(world, owed.subscription, owed.period, invoice, credit_balance=left)


def _charge(world: World, owing: list[Owed]) -> None:
    reserved = payments.next_id(world)
    opened = tuple(_open(world, one, reserved[0]).id for one in owing)
    bundle = []
    for one, id in zip(owing, opened, strict=True):
        invoice = world.get(Invoice, id)
        left = one.subscription.credit_balance - invoice.credit_applied
        bundle.append(subscriptions.take_on(world, one.subscription, id, left))
    total = sum(one.amount for one in owing)
    cycle_numbers = tuple(one.current_cycle + 1 for one in bundle)
    payment = payments.open_for(world, bundle, total, invoices=opened, reserved=reserved, cycles=cycle_numbers, retry=0)
    dunning.charge(world, payment, bundle[0], otherwise=dunning.after(world, payment, bundle[0]))


def _open(world: World, owed: Owed, payment: str | None) -> Invoice:
    return invoices.create(
        world,
        owed.subscription,
        (owed.line,),
        start=owed.period.start,
        end=owed.period.end,
        status="open" if payment else "paid",
        payment=payment,
        credit=owed.subscription.credit_balance,
    )
