"""The invariants of billing are ones that can be broken: each of them sees what contradicts it."""

import pytest
from msgspec.structs import replace

from mock_odus.engine import dunning, invariants, plan_changes
from mock_odus.engine.billing import Invoice, Place, PlanPreview, Subscription
from mock_odus.engine.billing_bodies import PreviewPlan
from mock_odus.engine.bodies import (
    CreateBillingSchedule,
    CreateCart,
    CreateCartItem,
    CreateCycleDefinition,
)
from mock_odus.engine.gateways import Declined
from mock_odus.engine.records import Payment

START, END = "2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"


@pytest.fixture
def subscription(shop):
    """One that is billed by the month."""
    schedule = CreateBillingSchedule([CreateCycleDefinition(1, 3000, "month", 1)])
    price = shop.price(None, type="recurring", billing_schedule=schedule)
    paid = shop.authorize(shop.create(None, cart=CreateCart([CreateCartItem(price.id)])))
    return shop.world.get(Subscription, paid.subscriptions[0])


@pytest.fixture
def retrying(shop, subscription):
    """The same when its first renewal was refused."""
    shop.gateway.answers = [Declined("insufficient_funds")]
    shop.world.advance(END)
    return shop.world.get(Subscription, subscription.id)


@pytest.fixture
def broken(world):
    """Asserts that the check sees what a record says, in these words; before that all was well."""

    def check(record, words, **fields):
        invariants.check(world)
        with world.verb():
            world.put(replace(record, **fields))
        with pytest.raises(AssertionError, match=words):
            invariants.check(world)

    return check


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "cancelled"}, "no state that there is"),
        ({"auto_billing_enabled": False}, "no state that there is"),
        ({"cancel_at_period_end": True}, "upcomingInvoice"),
        ({"cancel_at_period_end": True, "upcoming_invoice": None}, "renew is due"),
        ({"cancelled_at": START}, "cancelledAt"),
        ({"credit_balance": -1}, "owes credit"),
        ({"credit_balance": 1}, "was given 0 and has used 0"),
        ({"currency": "eur"}, "product, currency"),
        ({"quantity": 2}, "upcomingInvoice"),
        ({"upcoming_invoice": None}, "upcomingInvoice"),
        ({"current_period_start": "2026-03-01T00:00:00.000Z"}, "ends before it begins"),
        ({"start_date": END}, "begins before it"),
        ({"current_cycle": 0}, "currentCycle"),
        ({"place": Place(0, START, 3)}, "is not anchored"),
        ({"place": Place(0, "2026-01-16T00:00:00.000Z", 1)}, "is not anchored"),
        ({"latest_invoice": None}, "latestInvoice"),
        ({"metadata": {"a": "1"}}, "has changed untold"),
    ],
)
def test_check_sees_a_subscription_that_contradicts_itself(subscription, broken, fields, words):
    """Its state, its period and what is due for it agree, and all of it was told."""
    broken(subscription, words, **fields)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"amount": 2999}, "sum of its lines"),
        ({"credit_applied": 1}, "was given 0 and has used 1"),
        ({"reduction": 3001}, "reduction"),
        ({"amount_paid": 3001}, "amountPaid"),
        ({"amount_paid": 2999}, "not shared out"),
        ({"reduction": 1, "amount_paid": 2999}, "other than its invoices say"),
        ({"paid_at": None}, "paidAt"),
        ({"voided_at": START}, "voidedAt"),
        ({"status": "open", "amount_paid": 0}, "its latest invoice is open"),
        ({"status": "uncollectible", "amount_paid": 0, "paid_at": None}, "its latest invoice is uncollectible"),
        ({"status": "void", "amount_paid": 0, "voided_at": START}, "its payment succeeded"),
        ({"period_end": START}, "its period"),
        ({"currency": "eur"}, "customer"),
        ({"payment": None}, "without a payment"),
    ],
)
def test_check_sees_an_invoice_that_contradicts_itself(world, subscription, broken, fields, words):
    """Its sums, its dates and its payment agree."""
    broken(world.get(Invoice, subscription.latest_invoice), words, **fields)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"amount": 2999}, "not what its invoices come to"),
        ({"retry_next_at": None}, "retryNextAt"),
        ({"retry_next_at": "2026-02-03T00:00:00.000Z"}, "retryNextAt"),
        ({"cycles": (3,)}, "pays for cycle 3, and 2 is due"),
        ({"cycles": (2, 2)}, "not as many"),
        ({"invoices": ()}, "knows nothing of it"),
    ],
)
def test_check_sees_a_renewal_that_contradicts_itself(world, retrying, broken, fields, words):
    """It charges what is owed, and is tried again."""
    payment = world.get(Payment, world.get(Invoice, retrying.latest_invoice).payment)
    broken(payment, words, **fields)


@pytest.mark.parametrize(("kind", "state"), [("renew", "billing"), ("end_subscription", "scheduled to cancel")])
def test_check_sees_what_is_not_due(world, subscription, kind, state):
    """A renewal, or an end, at the very instant."""
    if kind == "end_subscription":
        dunning.cancel(world, subscription, immediately=False)
    invariants.check(world)
    with world.verb():
        world.schedule(kind, subscription.id, "2026-02-01T00:01:00.000Z")
    with pytest.raises(AssertionError, match=f"is {state} until {END}: {kind} is due 2026-02-01T00:01:00.000Z"):
        invariants.check(world)


def test_check_sees_what_nobody_waits_for(world, retrying):
    """A subscription that is being retried is neither renewed nor ended, and its state is that of its invoice."""
    invariants.check(world)
    with world.verb():
        world.schedule("renew", retrying.id, "2026-02-01T00:01:00.000Z")
    with pytest.raises(AssertionError, match="is retrying"):
        invariants.check(world)


def test_check_sees_credit_that_was_never_given(shop, world, subscription, broken):
    """A change of plan that was only previewed gives none."""
    schedule = CreateBillingSchedule([CreateCycleDefinition(1, 1000, "month", 1)])
    price = shop.price(None, type="recurring", billing_schedule=schedule)
    found = plan_changes.preview(world, subscription, PreviewPlan(price.id))
    assert isinstance(found, PlanPreview)
    broken(found, "has 0 of credit, was given 2000 and has used 0", is_used=True)
