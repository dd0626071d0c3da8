"""Invoices: what stands on them, what is paid of them, and how they are paid, voided and labelled by hand."""

import pytest

from mock_odus.engine import invariants
from mock_odus.engine.billing import Invoice, Subscription
from mock_odus.engine.bodies import CreateCart, CreateCartItem, MethodOptions
from mock_odus.engine.records import PaymentMethod
from tests.engine.billed import NO, BilledShop

APRIL, MAY, JUNE = "2026-04-01T00:00:00.000Z", "2026-05-01T00:00:00.000Z", "2026-06-01T00:00:00.000Z"
SECOND_OF_MAY = "2026-05-02T00:00:00.000Z"
GIVEN_UP = "2026-05-10T00:00:00.000Z"  # after 1, 4 and 9 days
BY_HAND = MethodOptions(capture_method="manual")


@pytest.fixture
def shop():
    """It opens on the first of April."""
    return BilledShop(now=APRIL)


@pytest.fixture
def monthly(shop):
    """A subscription at 3000 by the month."""
    return shop.subscribe(shop.plan(3000))


@pytest.fixture
def retrying(shop, monthly):
    """It could not be renewed in May, and will be tried again on the second."""
    return shop.renew(monthly, NO)


@pytest.fixture
def stopped(shop, monthly):
    """It could not be renewed in May, four times."""
    shop.advance(GIVEN_UP, *4 * [NO])
    return shop.read(monthly)


def period(record):
    if isinstance(record, Invoice):
        return record.period_start, record.period_end
    return record.current_period_start, record.current_period_end


# --- what stands on them


def test_the_first_invoice_holds_all_that_was_bought(shop):
    """The setup fee and the first period, times quantity, and what is sold once; only periods have a period."""
    mug = shop.price(1200, product=shop.product(name="Mug").id)
    plan = shop.plan(3000, fee=500, product=shop.product(name="Pro").id)
    cart = CreateCart([CreateCartItem(mug.id, 3), CreateCartItem(plan.id, 2)])
    paid = shop.authorize(shop.create(None, cart=cart))
    (invoice,) = shop.listed(Invoice, paid.invoices)
    assert [
        ("Setup fee: Pro", plan.id, 2, 1000, None, None),
        ("Pro", plan.id, 2, 6000, APRIL, MAY),
        ("Mug", mug.id, 3, 3600, None, None),
    ] == [
        (line.description, line.price, line.quantity, line.amount, line.period_start, line.period_end)
        for line in invoice.lines
    ]
    assert ("paid", 10_600, 10_600, (APRIL, MAY)) == (
        invoice.status,
        invoice.amount,
        invoice.amount_paid,
        period(invoice),
    )


def test_what_is_sold_once_stands_on_one_invoice(shop):
    """Two plans in a cart are two subscriptions; the mug is on the invoice of the first."""
    mug, first, second = shop.price(1200), shop.plan(3000), shop.plan(500)
    paid = shop.authorize(shop.create(None, cart=CreateCart([CreateCartItem(one.id) for one in (mug, first, second)])))
    found = shop.listed(Invoice, paid.invoices)
    assert [[first.id, mug.id], [second.id]] == [[line.price for line in one.lines] for one in found]
    assert [4200, 500] == [one.amount_paid for one in found]
    assert [one.id for one in found] == [one.latest_invoice for one in shop.listed(Subscription, paid.subscriptions)]


def test_a_line_is_called_as_its_price(shop):
    """By the product's name when the price has none."""
    names = {"name": "Pro, by the month", "product": shop.product(name="Pro").id}
    (line,) = shop.latest(shop.subscribe(shop.plan(3000, **names))).lines
    assert "Pro, by the month" == line.description


def test_a_renewal_has_one_line_and_is_due_at_once(shop, monthly):
    """The fee was for the beginning."""
    shop.renew(monthly)
    invoice = shop.latest(monthly)
    (line,) = invoice.lines
    assert (3000, (MAY, JUNE)) == (line.amount, (line.period_start, line.period_end))
    assert ((MAY, JUNE), MAY, MAY, 1) == (period(invoice), invoice.due_at, invoice.paid_at, invoice.attempt_count)


def test_every_try_is_counted_and_none_is_told(shop, monthly, told):
    """How often somebody has asked is no news by itself."""
    policy = shop.policy(1, 1, 1)
    shop.change(monthly, retry_policy=policy)
    assert ["invoice.created", "payment.created", "payment.updated", "subscription.updated"] == told(
        shop.renew, monthly, NO
    )
    assert ["payment.updated"] == told(shop.advance, SECOND_OF_MAY, NO)
    assert 2 == shop.latest(monthly).attempt_count
    shop.advance("2026-05-03T00:00:00.000Z")
    assert ("paid", 3) == (shop.latest(monthly).status, shop.latest(monthly).attempt_count)


# --- what is paid of them


def test_what_is_captured_later_is_paid_later(shop, monthly):
    """The invoice is paid when its payment succeeds; amountPaid is what was captured so far, and never more."""
    shop.config(recurring_capture_method="manual")
    shop.renew(monthly)
    assert ("paid", 0) == (shop.latest(monthly).status, shop.latest(monthly).amount_paid)
    shop.capture(shop.charged(monthly), amount=1)
    assert ("paid", 1) == (shop.latest(monthly).status, shop.latest(monthly).amount_paid)
    invariants.check(shop.world)


def test_what_a_cart_captures_in_part_is_shared_out(shop):
    """Half of 4000 and of 1000; the first holds a mug."""
    mug, first, second = shop.price(1000), shop.plan(3000), shop.plan(1000)
    cart = CreateCart([CreateCartItem(one.id) for one in (first, second, mug)])
    paid = shop.authorize(shop.create(None, cart=cart, payment_method_options=BY_HAND))
    shop.capture(paid, amount=2500)
    assert [2000, 500] == [one.amount_paid for one in shop.listed(Invoice, paid.invoices)]
    invariants.check(shop.world)


def test_a_delayed_capture_pays_when_it_is_due(shop, monthly):
    """Two days after the renewal."""
    shop.config(recurring_capture_method="automaticDelayed", capture_delay=2)
    shop.renew(monthly)
    shop.advance("2026-05-02T23:59:59.999Z")
    assert 0 == shop.latest(monthly).amount_paid
    shop.advance("2026-05-03T00:00:00.000Z")
    assert 3000 == shop.latest(monthly).amount_paid


@pytest.mark.parametrize("lapse", [True, False])
def test_money_that_is_let_go_of_makes_it_void(shop, monthly, lapse):
    """By hand or after seven days; subscription and period stay as they were."""
    shop.config(recurring_capture_method="manual")
    before = shop.renew(monthly)
    if lapse:
        shop.advance("2026-05-08T00:00:00.000Z")
    else:
        shop.cancel(shop.charged(monthly))
    invoice = shop.latest(monthly)
    assert ("void", 0, shop.world.now) == (invoice.status, invoice.amount_paid, invoice.voided_at)
    assert before == shop.read(monthly)
    invariants.check(shop.world)


def test_a_first_payment_that_is_let_go_of_ends_nothing(shop):
    """Its invoice is void; the subscription goes on to its first renewal."""
    subscription = shop.subscribe(shop.plan(3000), payment_method_options=BY_HAND)
    shop.cancel(shop.charged(subscription))
    assert ("void", subscription) == (shop.latest(subscription).status, shop.read(subscription))
    assert 2 == shop.renew(subscription).current_cycle


def test_refunds_and_chargebacks_leave_it_paid(shop, monthly):
    """They touch neither the invoice nor the subscription."""
    subscription = shop.renew(monthly)
    before = shop.latest(monthly)
    shop.reverse(shop.charged(monthly), amount=1000)
    shop.charge_back(shop.charged(monthly))
    assert (before, subscription) == (shop.latest(monthly), shop.read(monthly))


def test_a_step_may_let_the_customer_off_a_part(shop, monthly):
    """10 % of 3000 is `reduction`; the amount stays, and what was paid is the rest."""
    shop.change(monthly, retry_policy=shop.policy(1, price_reduction_percentage=10))
    shop.renew(monthly, NO)
    assert 0 == shop.latest(monthly).reduction
    shop.advance(SECOND_OF_MAY)
    invoice = shop.latest(monthly)
    assert ("paid", 3000, 300, 2700) == (invoice.status, invoice.amount, invoice.reduction, invoice.amount_paid)


# --- paid by hand


def test_an_open_one_is_tried_once_more(shop, retrying):
    """At its own payment, and billing goes on; nothing is left to retry."""
    payment = shop.charged(retrying)
    paid = shop.settle(shop.latest(retrying))
    assert ("paid", payment.id, 2) == (paid.status, paid.payment, paid.attempt_count)
    assert ((MAY, JUNE), True) == (period(shop.read(retrying)), shop.read(retrying).auto_billing_enabled)
    assert [("renew", JUNE)] == shop.agenda
    invariants.check(shop.world)


def test_a_failure_by_hand_leaves_the_steps_as_they_were(shop, retrying):
    """The invoice is answered, still open, and the next step comes in its time."""
    asked = shop.settle(shop.latest(retrying), NO)
    assert ("open", 2) == (asked.status, asked.attempt_count)
    assert [("retry_payment", SECOND_OF_MAY)] == shop.agenda
    shop.advance(SECOND_OF_MAY, NO)
    assert [("retry_payment", "2026-05-05T00:00:00.000Z")] == shop.agenda
    invariants.check(shop.world)


def test_a_given_up_one_is_paid_anew(shop, stopped):
    """By a new payment of the full amount, which the merchant makes; billing goes on in the period of now."""
    old = shop.charged(stopped)
    paid = shop.settle(shop.latest(stopped))
    new = shop.charged(stopped)
    assert ("paid", 3000, 5) == (paid.status, paid.amount_paid, paid.attempt_count)
    assert ("recurring", "merchant", True) == (new.off_session_type, new.initiator, new.id != old.id)
    assert ((MAY, JUNE), True, 2) == (
        period(shop.read(stopped)),
        shop.read(stopped).auto_billing_enabled,
        shop.read(stopped).current_cycle,
    )
    invariants.check(shop.world)


def test_a_given_up_one_may_be_refused_again(shop, stopped):
    """The new payment is cancelled, and nothing else changes."""
    before, count = (shop.latest(stopped), shop.read(stopped)), len(shop.world.log)
    assert before[0] == shop.settle(before[0], NO)
    assert before == (shop.latest(stopped), shop.read(stopped))
    told = [entry.record for entry in shop.world.log[count:] if entry.kind == "event"]
    assert ["open", "cancelled"] == [one.status for one in told]
    assert [] == shop.agenda
    invariants.check(shop.world)


def test_an_old_debt_of_what_is_cancelled_restarts_nothing(shop, stopped):
    """It is paid, and the subscription stays cancelled."""
    ended = shop.end(stopped)
    assert "paid" == shop.settle(shop.latest(stopped)).status
    assert (ended, []) == (shop.read(stopped), shop.agenda)
    invariants.check(shop.world)


def test_what_is_settled_cannot_be_paid(shop, retrying, refused):
    """Neither what is void nor what is paid."""
    shop.void(shop.latest(retrying))
    for status, invoice in zip(("paid", "void"), shop.invoices(retrying), strict=True):
        refused(f"invoice {invoice.id} is {status}, so it cannot be paid", shop.settle, invoice)


@pytest.mark.parametrize("state", ["retrying", "stopped"])
def test_without_a_method_nothing_can_be_paid(shop, request, refused, state):
    """The refusal names the subscription that needs one."""
    subscription = request.getfixturevalue(state)
    shop.world.remove(PaymentMethod, subscription.payment_method)
    words = f"subscription {subscription.id} has no payment method"
    refused(words, shop.settle, shop.latest(subscription))


# --- voided by hand


def test_a_void_one_forgives_the_period(shop, retrying, told):
    """The payment is cancelled, the period advances, and billing goes on."""
    payment, invoice = shop.charged(retrying), shop.latest(retrying)
    assert ["payment.updated", "invoice.updated", "subscription.updated"] == told(shop.void, invoice)
    found = shop.read(invoice)
    assert ("void", MAY, 0, None) == (found.status, found.voided_at, found.amount_paid, found.paid_at)
    assert ("cancelled", None) == (shop.read(payment).display_status, shop.read(payment).retry_next_at)
    goes_on = shop.read(retrying)
    assert ((MAY, JUNE), True, None, 2) == (
        period(goes_on),
        goes_on.auto_billing_enabled,
        goes_on.auto_billing_disabled_reason,
        goes_on.current_cycle,
    )
    assert [("renew", JUNE)] == shop.agenda
    invariants.check(shop.world)


def test_only_an_open_one_can_be_voided(shop, stopped, refused):
    """Not what is paid, given up, or void already."""
    paid, given_up = shop.invoices(stopped)
    refused(f"invoice {paid.id} is paid: only an open one can be voided", shop.void, paid)
    refused(f"invoice {given_up.id} is uncollectible: only an open one can be voided", shop.void, given_up)
    shop.settle(given_up)
    shop.renew(stopped, NO)
    open_one = shop.latest(stopped)
    shop.void(open_one)
    refused(f"invoice {open_one.id} is void: only an open one can be voided", shop.void, open_one)


# --- labelled


def test_metadata_is_merged_whatever_became_of_it(shop, stopped):
    """Of one that is paid, and of one that was given up."""
    for invoice in shop.invoices(stopped):
        shop.label(invoice, metadata={"a": "1", "b": "2"})
        assert {"b": "3"} == shop.label(invoice, metadata={"a": "", "b": "3"}).metadata
        assert {} == shop.label(invoice, metadata=None).metadata


def test_what_changes_nothing_is_no_event(shop, monthly, told):
    """One that changes something is."""
    invoice = shop.latest(monthly)
    assert ["invoice.updated"] == told(shop.label, invoice, metadata={"a": "1"})
    assert [] == told(shop.label, invoice, metadata={"a": "1"})
    assert [] == told(shop.label, invoice)
