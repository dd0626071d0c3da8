"""Subscriptions: what one is born with, and how it is cancelled, resumed and changed by hand, in each of its states."""

import pytest

from mock_odus.engine import customers, invariants, methods
from mock_odus.engine.billing import BillingSettings, Subscription
from mock_odus.engine.bodies import (
    CreateCart,
    CreateCartItem,
    CreateCustomer,
    MethodOptions,
    Routing,
)
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.gateways import Challenged
from mock_odus.engine.records import PaymentMethod
from tests.engine.billed import NO, BilledShop

JANUARY, FEBRUARY = "2026-01-31T10:00:00.000Z", "2026-02-28T10:00:00.000Z"
BY_HAND = MethodOptions(capture_method="manual")


@pytest.fixture
def shop():
    """It opens on the last of January."""
    return BilledShop(now=JANUARY)


@pytest.fixture
def monthly(shop):
    """A subscription at 3000 by the month."""
    return shop.subscribe(shop.plan(3000))


@pytest.fixture
def begun(shop):
    """The subscriptions there are."""
    return lambda: list(shop.world.table(Subscription).values())


# --- birth


def test_it_begins_when_it_is_paid_for(shop, begun):
    """Not when its payment is made, declined or challenged; its first period begins then, whenever that is."""
    payment = shop.create(None, cart=CreateCart([CreateCartItem(shop.plan(3000).id)]))
    assert "failed" == shop.authorize(payment, NO, NO, NO).display_status
    waiting = shop.authorize(shop.read(payment), Challenged())
    assert [] == begun()
    shop.advance("2026-02-01T09:00:00.000Z")
    paid = shop.finish(waiting, "passed")
    (subscription,) = begun()
    assert ((subscription.id,), "2026-02-01T09:00:00.000Z", "2026-03-01T09:00:00.000Z") == (
        paid.subscriptions,
        subscription.start_date,
        subscription.current_period_end,
    )
    invariants.check(shop.world)


def test_it_begins_once(shop, begun):
    """Whatever becomes of its first payment later: captured, noted on, given back or charged back."""
    subscription = shop.subscribe(shop.plan(3000), payment_method_options=BY_HAND)
    shop.capture(shop.charged(subscription))
    shop.update(shop.charged(subscription), metadata={"a": "1"})
    shop.reverse(shop.charged(subscription), amount=1000)
    shop.charge_back(shop.charged(subscription))
    assert [subscription] == begun()


def test_what_is_sold_once_begins_nothing(shop, begun):
    """A cart without a recurring price is a payment and nothing more."""
    paid = shop.authorize(shop.create(None, cart=CreateCart([CreateCartItem(shop.price().id)])))
    assert ((), (), []) == (paid.subscriptions, paid.invoices, begun())


@pytest.mark.parametrize(
    ("options", "method", "delay"),
    [
        (None, "automatic", None),
        (BY_HAND, "manual", None),
        (MethodOptions(capture_method="automaticDelayed", capture_delay=3), "automaticDelayed", 3),
        (MethodOptions(capture_method="manual", capture_delay=3), "manual", None),
    ],
)
def test_it_keeps_how_it_was_paid_for(shop, options, method, delay):
    """The method type, the gateway that said yes, and the capture, with a delay where there is one."""
    subscription = shop.subscribe(shop.plan(3000), NO, payment_method_options=options)
    assert BillingSettings("card", shop.gateways[1], method, delay) == subscription.billing_settings


def test_a_capture_method_of_the_method_type_is_the_one_that_is_kept(shop):
    """It overrides the payment's own."""
    way = Routing("gatewayProfile", gateway_profile=shop.gateways[2], capture_method="manual")
    subscription = shop.subscribe(shop.plan(3000), payment_method_options=MethodOptions("automatic", card=way))
    assert BillingSettings("card", shop.gateways[2], "manual", None) == subscription.billing_settings


def test_the_same_plan_twice_is_two_subscriptions(shop, begun):
    """One for each item of the cart, each with its quantity."""
    plan = shop.plan(3000)
    shop.authorize(shop.create(None, cart=CreateCart([CreateCartItem(plan.id, 2), CreateCartItem(plan.id)])))
    assert [(plan.id, 2), (plan.id, 1)] == [(one.price, one.quantity) for one in begun()]


# --- cancelled and resumed


def billing(shop, one):
    pass


def scheduled(shop, one):
    shop.end(one)


def retrying(shop, one):
    shop.renew(one, NO)


def stopped(shop, one):
    shop.advance("2026-03-09T10:00:00.000Z", *4 * [NO])


def cancelled(shop, one):
    shop.end(one, now=True)


def cancel(shop, one):
    return shop.end(one)


def cancel_now(shop, one):
    return shop.end(one, now=True)


def resume(shop, one):
    return shop.resume(one)


BILLING = ("active", False, True, None)
TO_END = ("active", True, True, None)
ENDED = ("cancelled", False, False, "subscription_cancelled")
ENDED_EARLY = ("cancelled", True, False, "subscription_cancelled")


@pytest.mark.parametrize(
    ("before", "act", "after", "due"),
    [
        (billing, cancel, TO_END, [("end_subscription", FEBRUARY)]),
        (billing, cancel_now, ENDED, []),
        (scheduled, resume, BILLING, [("renew", FEBRUARY)]),
        (scheduled, cancel_now, ENDED_EARLY, []),
        (retrying, cancel, ENDED, []),
        (retrying, cancel_now, ENDED, []),
        (stopped, cancel, ENDED, []),
        (stopped, cancel_now, ENDED, []),
    ],
)
def test_where_a_cancel_or_a_resume_leads(shop, monthly, before, act, after, due):
    """The state that the answer shows, and what is due then: what is not billed any more ends at once."""
    before(shop, monthly)
    now = act(shop, monthly)
    state = now.status, now.cancel_at_period_end, now.auto_billing_enabled, now.auto_billing_disabled_reason
    assert (after, due, now) == (state, shop.agenda, shop.read(monthly))
    invariants.check(shop.world)


@pytest.mark.parametrize(
    ("before", "act", "words"),
    [
        (scheduled, cancel, f"is scheduled to cancel already, at {FEBRUARY}: give cancelImmediately to end it now"),
        (billing, resume, "is not scheduled to cancel: there is nothing to resume"),
        (retrying, resume, "is not scheduled to cancel"),
        (stopped, resume, "is not scheduled to cancel"),
        (cancelled, cancel, f"is cancelled since {JANUARY}, so it cannot be cancelled"),
        (cancelled, cancel_now, f"is cancelled since {JANUARY}, so it cannot be cancelled"),
        (cancelled, resume, f"is cancelled since {JANUARY}, so it cannot be resumed"),
    ],
)
def test_what_can_be_neither_cancelled_nor_resumed(shop, monthly, refused, before, act, words):
    """The refusal says why, and changes nothing."""
    before(shop, monthly)
    refused(words, act, shop, monthly)


def test_an_end_comes_to_the_second():
    """Only renewals wait for the next look: after the end of the period there is nothing to be resumed."""
    shop = BilledShop(now="2026-01-31T10:00:30.000Z")
    subscription = shop.end(shop.subscribe(shop.plan(3000)))
    shop.advance("2026-02-28T10:00:29.999Z")
    assert "active" == shop.read(subscription).status
    shop.advance("2026-02-28T10:00:30.000Z")
    assert ("cancelled", "2026-02-28T10:00:30.000Z") == (
        shop.read(subscription).status,
        shop.read(subscription).cancelled_at,
    )


def test_what_is_over_and_not_renewed_yet_ends_at_once():
    """Between the end of its period and the next look there is no period to wait for, and nothing is charged."""
    shop = BilledShop(now="2026-01-31T10:00:30.000Z")
    subscription = shop.subscribe(shop.plan(3000))
    shop.advance("2026-02-28T10:00:45.000Z")
    assert ("cancelled", 1) == (shop.end(subscription).status, len(shop.gateway.charges))
    assert [] == shop.agenda
    invariants.check(shop.world)


def test_at_the_instant_of_a_renewal_the_cancel_wins(shop, monthly):
    """Scheduled a millisecond before; nobody is charged."""
    shop.advance("2026-02-28T09:59:59.999Z")
    shop.end(monthly)
    shop.advance(FEBRUARY)
    assert ("cancelled", 1, 1) == (
        shop.read(monthly).status,
        shop.read(monthly).current_cycle,
        len(shop.gateway.charges),
    )


def test_resumed_it_is_as_if_nothing_had_been(shop, monthly):
    """It tells again what comes next, and nothing else of it has changed."""
    assert shop.end(monthly).upcoming_invoice is None
    assert monthly == shop.resume(monthly)
    assert [("renew", FEBRUARY)] == shop.agenda


# --- changed


@pytest.fixture
def paypal(shop):
    """A saved PayPal account and the gateway that authorized it."""
    gateway = shop.profile("paypal")
    saved = methods.save(shop.world, shop.customer, type="paypal", card=None, fingerprint="f", gateway_profile=gateway)
    return shop.world.get(PaymentMethod, saved.id), gateway


def test_another_card_stays_at_the_stored_gateway(shop, monthly):
    """Though it was authorized elsewhere: that one can take it."""
    card = shop.authorize(shop.create(), NO, card="5555555555554444").payment_method
    assert shop.gateways[1] == shop.world.get(PaymentMethod, card).gateway_profile
    changed = shop.change(monthly, payment_method=card)
    assert (card, monthly.billing_settings) == (changed.payment_method, changed.billing_settings)


def test_another_type_may_need_another_gateway(shop, monthly, paypal):
    """The stored one takes no PayPal: the one that has authorized the account does, from the next renewal on."""
    account, gateway = paypal
    changed = shop.change(monthly, payment_method=account.id)
    assert BillingSettings("paypal", gateway, "automatic", None) == changed.billing_settings
    shop.renew(monthly)
    charge = shop.gateway.charges[-1]
    assert ("paypal", gateway, None) == (charge.method, charge.gateway, charge.card)
    assert "succeeded" == shop.charged(monthly).status
    invariants.check(shop.world)


def test_a_method_that_no_gateway_is_known_for_is_refused(shop, monthly, refused):
    """The refusal names what the stored one is, and what was found."""
    account = methods.save(shop.world, shop.customer, type="paypal", card=None, fingerprint="f", gateway_profile=None)
    words = rf"paymentMethod must be of a type .* {shop.gateways[0]} \(stripe\), .*; found paypal"
    refused(words, shop.change, monthly, payment_method=account.id)


def test_every_problem_of_a_change_is_told(shop, monthly):
    """A method of somebody else, or of nobody, and a policy that is not there, together."""
    joe = customers.create(shop.world, CreateCustomer(email="joe@example.com"))
    his = shop.pay(customer=joe.id, card="5555555555554444").payment_method
    for method, problem in [
        (his, f"paymentMethod must belong to customer {shop.customer.id}, found '{his}'"),
        ("pm_x", "paymentMethod must be a saved payment method, found 'pm_x'"),
    ]:
        with pytest.raises(Invalid) as caught:
            shop.change(monthly, payment_method=method, retry_policy="rp_x", metadata={"a": "1"})
        assert sorted([problem, "retryPolicy must be an existing retry policy, found 'rp_x'"]) == sorted(
            caught.value.problems
        )
    assert monthly == shop.read(monthly)


def test_a_cancelled_one_can_be_noted_on_and_nothing_else(shop, monthly):
    """Nobody will charge it again."""
    shop.end(monthly, now=True)
    for change in ({"payment_method": monthly.payment_method}, {"retry_policy": None}):
        with pytest.raises(Refused, match="is cancelled: only its metadata can be changed"):
            shop.change(monthly, **change)
    assert {"a": "1"} == shop.change(monthly, metadata={"a": "1"}).metadata


def test_what_changes_nothing_is_no_event(shop, monthly, told):
    """One that changes something is, and when."""
    policy = shop.policy(1)
    shop.advance("2026-02-01T00:00:00.000Z")
    assert [] == told(shop.change, monthly, payment_method=monthly.payment_method, retry_policy=None, metadata={})
    assert JANUARY == shop.read(monthly).updated_at
    assert ["subscription.updated"] == told(shop.change, monthly, retry_policy=policy, metadata={"a": "1"})
    assert ("2026-02-01T00:00:00.000Z", policy) == (shop.read(monthly).updated_at, shop.read(monthly).retry_policy)
