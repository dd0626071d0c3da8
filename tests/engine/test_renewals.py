"""Renewals: when one runs, what it charges and where, and who cannot be charged. What follows has files of its own."""

import pytest

from mock_odus.engine import blacklist, catalog, customers, invariants
from mock_odus.engine.billing import UpcomingInvoice
from mock_odus.engine.bodies import CreateBlacklistEntry, MethodOptions, RestrictCustomer
from mock_odus.engine.gateways import Challenged, Unreachable
from mock_odus.engine.records import CartItem
from tests.engine.billed import NO, BilledShop

JANUARY, FEBRUARY = "2026-01-31T10:00:00.000Z", "2026-02-28T10:00:00.000Z"


@pytest.fixture
def shop():
    """It opens on the last of January."""
    return BilledShop(now=JANUARY)


@pytest.fixture
def monthly(shop):
    """A subscription at 3000 by the month."""
    return shop.subscribe(shop.plan(3000))


# --- when


@pytest.mark.parametrize(
    ("second", "due"),
    [("00.000", "10:00"), ("00.001", "10:01"), ("30.000", "10:01"), ("59.999", "10:01")],
)
def test_it_comes_with_the_next_look(second, due):
    """Odus looks once a minute. The period it pays for begins where the last one ended, and not at the look."""
    shop = BilledShop(now=f"2026-01-31T10:00:{second}Z")
    subscription = shop.subscribe(shop.plan(3000))
    assert [("renew", f"2026-02-28T{due}:00.000Z")] == shop.agenda
    shop.advance(f"2026-02-28T{due}:00.000Z")
    renewed = shop.read(subscription)
    assert (f"2026-02-28T10:00:{second}Z", f"2026-03-31T10:00:{second}Z", 2) == (
        renewed.current_period_start,
        renewed.current_period_end,
        renewed.current_cycle,
    )
    assert [("renew", f"2026-03-31T{due}:00.000Z")] == shop.agenda


def test_a_plan_by_the_minute_is_renewed_at_every_look():
    """Begun at half past a minute it is half a minute late each time, and never later."""
    shop = BilledShop(now="2026-01-31T10:00:30.000Z")
    subscription = shop.subscribe(shop.plan((10, "minute", 1)))
    shop.advance("2026-01-31T11:00:30.000Z")
    invoices = shop.invoices(subscription)
    assert [f"10:{minute:02}" for minute in range(2, 60)] == [one.created_at[11:16] for one in invoices[1:-1]]
    assert {"30.000Z"} == {one.period_end[17:] for one in invoices}
    assert ("2026-01-31T11:00:30.000Z", 60) == (invoices[-1].period_end, shop.read(subscription).current_cycle)
    invariants.check(shop.world)


def test_a_merchant_who_moves_takes_the_days_along(shop, monthly):
    """Eleven in Paris was ten in UTC in January; after March it is nine, and it is counted from January still."""
    shop.config(timezone="Europe/Paris")
    shop.renew(monthly)
    assert "2026-03-31T09:00:00.000Z" == shop.read(monthly).current_period_end
    shop.renew(monthly)
    assert "2026-04-30T09:00:00.000Z" == shop.read(monthly).current_period_end


# --- what


def test_what_a_renewals_payment_is_like(shop):
    """The merchant makes it for the saved method, straight at the stored gateway, with a cart as the first one's."""
    plan = shop.plan(3000)
    subscription = shop.renew(shop.subscribe(plan, quantity=2))
    payment = shop.charged(subscription)
    assert ("merchant", "recurring", 6000, "usd") == (
        payment.initiator,
        payment.off_session_type,
        payment.amount,
        payment.currency,
    )
    assert (subscription.customer, subscription.payment_method) == (payment.customer, payment.payment_method)
    assert (CartItem(plan.id, 2),) == payment.cart.items
    assert ((subscription.id,), (subscription.latest_invoice,)) == (payment.subscriptions, payment.invoices)
    way = payment.payment_method_options.card
    assert ("gatewayProfile", shop.gateways[0], None) == (way.mode, way.gateway_profile, payment.cascade)


def test_what_a_gateway_is_told_of_a_renewal(shop, monthly):
    """Which subscription, cycle and price it is for, and that it is not tried again yet: rules are about that."""
    shop.renew(monthly)
    charge = shop.gateway.charges[-1]
    assert ((monthly.id,), (2,), 0, "recurring", "merchant") == (
        charge.subscriptions,
        charge.cycles,
        charge.retry,
        charge.off_session_type,
        charge.initiator,
    )
    assert ((monthly.price,), (monthly.product,), FEBRUARY) == (charge.prices, charge.products, charge.at)
    assert (1, 3000, None, None) == (charge.tries, charge.amount, charge.cascade, charge.position)


def test_each_cycle_costs_its_own(shop):
    """Two pieces at 1000, then at 2000, then at 3000 for ever. What comes next is told a period ahead."""
    subscription = shop.subscribe(shop.plan(1000, 2000, 3000), quantity=2)
    assert UpcomingInvoice(4000, FEBRUARY) == subscription.upcoming_invoice
    for amount, coming, month in [(4000, 6000, "03"), (6000, 6000, "04"), (6000, 6000, "05")]:
        renewed = shop.renew(subscription)
        assert amount == shop.charged(renewed).amount_captured
        assert UpcomingInvoice(coming, f"2026-{month}-28T10:00:00.000Z") == renewed.upcoming_invoice


def test_a_free_cycle_is_paid_without_a_payment(shop, told):
    """Nobody is asked for nothing: the invoice is paid, and the first that costs something is charged."""
    subscription = shop.subscribe(shop.plan(0, 0, 3000))
    shop.gateway.charges.clear()
    assert ["invoice.created", "subscription.updated"] == told(shop.renew, subscription)
    free = shop.latest(subscription)
    assert ("paid", FEBRUARY, None, 0, []) == (
        free.status,
        free.paid_at,
        free.payment,
        free.attempt_count,
        shop.gateway.charges,
    )
    shop.renew(subscription)
    assert [3000] == [charge.amount for charge in shop.gateway.charges]
    invariants.check(shop.world)


def test_a_price_that_is_not_sold_any_more_is_renewed(shop):
    """Whoever has subscribed to it goes on paying it."""
    plan = shop.plan(3000)
    subscription = shop.subscribe(plan)
    catalog.delete_price(shop.world, shop.read(plan))
    assert (2, False) == (shop.renew(subscription).current_cycle, shop.read(plan).is_active)


# --- where


def test_the_gateway_that_took_the_first_payment_takes_them_all(shop):
    """Of a cascade that is whichever said yes, though another stands first in the queue, then and later."""
    subscription = shop.subscribe(shop.plan(3000), NO)
    shop.renew(subscription)
    assert [shop.gateways[0], shop.gateways[1], shop.gateways[1]] == [one.gateway for one in shop.gateway.charges]


def test_no_other_gateway_is_asked(shop, monthly):
    """Neither the rest of the queue, when the stored one is down, nor what the merchant has for new payments by now."""
    shop.route(shop.cascade({"gateway_profile": shop.gateways[2], "position": 1}))
    shop.gateway.charges.clear()
    shop.renew(monthly, Unreachable())
    assert [shop.gateways[0]] == [charge.gateway for charge in shop.gateway.charges]
    assert ["processor_unavailable"] == shop.codes(shop.charged(monthly))


# --- how it is captured


def test_it_is_captured_as_the_first_payment_was(shop):
    """Three days later, by the merchant's calendar."""
    delayed = MethodOptions(capture_method="automaticDelayed", capture_delay=3)
    subscription = shop.subscribe(shop.plan(3000), payment_method_options=delayed)
    shop.renew(subscription)
    payment = shop.charged(subscription)
    assert ("automaticDelayed", 3, "2026-03-03T10:00:00.000Z", "uncaptured") == (
        payment.capture_method,
        payment.capture_delay,
        payment.capture_at,
        payment.display_status,
    )
    shop.advance("2026-03-03T10:00:00.000Z")
    assert "succeeded" == shop.read(payment).display_status


def test_how_the_merchant_captures_renewals_is_read_each_time(shop, monthly):
    """By hand, two days later, and at once again; what the subscription remembers stays as it was."""
    found = []
    for way in (
        {"recurring_capture_method": "manual"},
        {"recurring_capture_method": "automaticDelayed", "capture_delay": 2},
        {"recurring_capture_method": None},
    ):
        shop.config(**way)
        shop.renew(monthly)
        found.append((shop.charged(monthly).capture_method, shop.charged(monthly).capture_at))
    assert [("manual", None), ("automaticDelayed", "2026-04-02T10:00:00.000Z"), ("automatic", None)] == found
    assert monthly.billing_settings == shop.read(monthly).billing_settings


# --- who cannot be charged


def restrict(shop):
    customers.restrict(shop.world, shop.customer, RestrictCustomer(restrict_mit=True))


def blacklisted(shop):
    blacklist.create(shop.world, CreateBlacklistEntry(shop.customer.email))


@pytest.mark.parametrize(
    ("prevent", "code"), [(restrict, "customer_restricted"), (blacklisted, "customer_blacklisted")]
)
def test_who_may_not_pay_is_dunned_unasked(shop, monthly, prevent, code):
    """The failed transaction says why, the renewal is tried again, and no gateway has heard of it."""
    shop.gateway.charges.clear()
    prevent(shop)
    retrying = shop.renew(monthly)
    assert ([code], [], "latest_invoice_retrying") == (
        shop.codes(shop.charged(monthly)),
        shop.gateway.charges,
        retrying.auto_billing_disabled_reason,
    )
    invariants.check(shop.world)


def test_what_a_customer_may_not_pay_alone_is_renewed(shop, monthly):
    """A restriction of the customer's own payments is none of the merchant's."""
    customers.restrict(shop.world, shop.customer, RestrictCustomer(restrict_cit=True))
    assert 2 == shop.renew(monthly).current_cycle


def test_a_card_that_was_never_saved_cannot_be_charged(shop):
    """Typed in by the merchant it began a subscription, and is gone; with a saved one the next try works."""
    subscription = shop.subscribe(shop.plan(3000), initiator="merchant")
    assert (None, 1) == (subscription.payment_method, len(shop.gateway.charges))
    shop.renew(subscription)
    assert (["invalid_card_details"], 1) == (shop.codes(shop.charged(subscription)), len(shop.gateway.charges))
    saved = shop.pay().payment_method
    shop.change(subscription, payment_method=saved)
    shop.advance("2026-03-01T10:00:00.000Z")
    assert (saved, "succeeded") == (shop.charged(subscription).payment_method, shop.charged(subscription).status)
    invariants.check(shop.world)


def test_who_would_be_asked_for_proof_is_not_there(shop, monthly):
    """A challenge fails at once: nobody is sent anywhere, and nothing waits for an answer."""
    shop.renew(monthly, Challenged())
    payment = shop.charged(monthly)
    assert (["authentication_failed"], "open", None) == (shop.codes(payment), payment.status, payment.action)
    assert [("retry_payment", "2026-03-01T10:00:00.000Z")] == shop.agenda
