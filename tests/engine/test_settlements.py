"""What follows from a payment's change: judged by how the payment stands, and as often as one likes."""

import pytest

from mock_odus.engine import invariants, settlements
from mock_odus.engine.bodies import CreateCart, CreateCartItem, MethodOptions
from mock_odus.engine.gateways import Challenged, FailsLater
from mock_odus.engine.periods import Duration
from mock_odus.engine.records import Payment
from tests.engine.billed import NO, BilledShop

APRIL, MAY, JUNE = "2026-04-01T00:00:00.000Z", "2026-05-01T00:00:00.000Z", "2026-06-01T00:00:00.000Z"
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


# --- asked again


def signed_up(shop, one):
    """Paid, and begun."""


def renewed(shop, one):
    shop.renew(one)


def held(shop, one):
    """Authorized, and to be captured by hand."""
    shop.config(recurring_capture_method="manual")
    shop.renew(one)


def let_go(shop, one):
    held(shop, one)
    shop.cancel(shop.charged(one))


def retrying(shop, one):
    shop.renew(one, NO)


def recovered(shop, one):
    shop.renew(one, NO)
    shop.settle(shop.latest(one))


def given_up(shop, one):
    shop.advance(GIVEN_UP, *4 * [NO])


def paid_after_all(shop, one):
    given_up(shop, one)
    shop.settle(shop.latest(one))


def forgiven(shop, one):
    shop.renew(one, NO)
    shop.void(shop.latest(one))


def moved(shop, one):
    shop.move(one, shop.plan(6000))


def move_declined(shop, one):
    shop.apply(one, shop.preview(one, shop.plan(6000)), NO)


def left(shop, one):
    shop.renew(one, NO)
    shop.end(one, now=True)


STORIES = [
    signed_up,
    renewed,
    held,
    let_go,
    retrying,
    recovered,
    given_up,
    paid_after_all,
    forgiven,
    moved,
    move_declined,
    left,
]


@pytest.mark.parametrize("story", STORIES)
def test_what_follows_has_followed_already(shop, monthly, told, story):
    """However the story went, each of its payments is what it would be, and nothing follows a second time."""
    story(shop, monthly)
    before = shop.world.digest()
    for payment in list(shop.world.table(Payment).values()):
        assert [] == told(settlements.follow, shop.world, payment)
        assert payment == settlements.follow(shop.world, payment)
    assert before == shop.world.digest()


@pytest.mark.parametrize("story", STORIES)
def test_a_note_on_a_payment_moves_nothing(shop, monthly, told, story):
    """It is a change of the payment like any other, and the one event; an old payment has no say any more."""
    story(shop, monthly)
    agenda, subscription, invoices = shop.agenda, shop.read(monthly), shop.invoices(monthly)
    for payment in list(shop.world.table(Payment).values()):
        assert ["payment.updated"] == told(shop.update, payment, metadata={"a": "1"})
    assert (agenda, subscription, invoices) == (shop.agenda, shop.read(monthly), shop.invoices(monthly))
    invariants.check(shop.world)


# --- what follows, and what does not


def test_a_declined_sign_up_is_nothing_yet(shop, told):
    """Nor is a challenged one; the subscription and its invoice come with the success, after the payment."""
    payment = shop.create(None, cart=CreateCart([CreateCartItem(shop.plan(3000).id)]))
    assert ["payment.updated"] == told(shop.authorize, payment, NO, NO, NO)
    assert ["payment.updated"] == told(shop.authorize, shop.read(payment), Challenged())
    assert ["payment_method.created", "payment.updated", "subscription.created", "invoice.created"] == told(
        shop.finish, shop.read(payment), "passed"
    )
    invariants.check(shop.world)


def test_a_capture_is_news_of_the_invoice_alone(shop, monthly, told):
    """The subscription has gone on with the authorization."""
    held(shop, monthly)
    before = shop.read(monthly)
    assert ["payment.updated", "invoice.updated"] == told(shop.capture, shop.charged(monthly))
    assert (3000, before) == (shop.latest(monthly).amount_paid, shop.read(monthly))


def test_money_that_is_given_back_is_news_of_the_payment_alone(shop, monthly, told):
    """As is a refund that fails after all, and a chargeback."""
    shop.renew(monthly)
    before = shop.read(monthly), shop.latest(monthly)
    assert ["payment.updated"] == told(shop.reverse, shop.charged(monthly), FailsLater(Duration(days=2)), amount=1000)
    assert ["payment.updated"] == told(shop.advance, "2026-05-03T00:00:00.000Z")
    assert ["payment.updated"] == told(shop.charge_back, shop.charged(monthly))
    assert before == (shop.read(monthly), shop.latest(monthly))
    invariants.check(shop.world)


def test_a_renewal_that_somebody_cancels_is_given_up(shop, monthly, told):
    """As when its steps are exhausted, though it is not shown as failed; nothing is tried again."""
    payment = shop.charged(shop.renew(monthly, NO))
    assert ["payment.updated", "invoice.updated", "subscription.updated"] == told(shop.cancel, payment)
    assert ("cancelled", "cancelled", None) == (
        shop.read(payment).status,
        shop.read(payment).display_status,
        shop.read(payment).retry_next_at,
    )
    assert ("uncollectible", "recurring_payment_errored", []) == (
        shop.latest(monthly).status,
        shop.read(monthly).auto_billing_disabled_reason,
        shop.agenda,
    )
    assert "paid" == shop.settle(shop.latest(monthly)).status
    invariants.check(shop.world)


def test_a_sign_up_that_somebody_cancels_begins_nothing(shop, told):
    """There is nothing to give up."""
    payment = shop.create(None, cart=CreateCart([CreateCartItem(shop.plan(3000).id)]))
    assert ["payment.updated"] == told(shop.cancel, payment)
    assert [] == shop.agenda


def test_a_payment_by_hand_may_be_let_go_of_as_well(shop, monthly):
    """What was given up is paid, and void when nobody captures that; the subscription is billing again all the same."""
    given_up(shop, monthly)
    old = shop.charged(monthly)
    shop.config(recurring_capture_method="manual")
    shop.settle(shop.latest(monthly))
    assert ("paid", 0) == (shop.latest(monthly).status, shop.latest(monthly).amount_paid)
    billing = shop.read(monthly)
    shop.advance("2026-05-17T00:00:00.000Z")
    assert ("void", billing, old) == (shop.latest(monthly).status, shop.read(monthly), shop.read(old))
    assert [("renew", JUNE)] == shop.agenda
    invariants.check(shop.world)


def test_a_period_that_was_let_go_of_is_over_when_the_next_is_paid(shop, monthly):
    """Its invoice stays void, and is nobody's debt."""
    let_go(shop, monthly)
    shop.config(recurring_capture_method=None)
    assert (3, JUNE) == (shop.renew(monthly).current_cycle, shop.read(monthly).current_period_start)
    assert ["paid", "void", "paid"] == [invoice.status for invoice in shop.invoices(monthly)]
    invariants.check(shop.world)
