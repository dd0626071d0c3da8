"""Orphans: what a gateway did and Odus does not know of."""

import pytest

from mock_odus.engine.bodies import MethodOptions
from mock_odus.engine.gateways import Answer, Challenged, Declined, FailsLater, TimedOut, Unreachable
from mock_odus.engine.periods import Duration
from mock_odus.engine.records import Orphan

LOST = TimedOut(charged=True)
FUNDS = Declined("insufficient_funds")


def test_the_money_was_taken_although_nobody_answered(shop):
    """The next gateway charges as well; the journal can tell of the first charge, by its transaction."""
    payment = shop.pay(LOST)
    assert ["processor_timeout", "success"] == shop.codes(payment)
    (orphan,) = shop.world.table(Orphan).values()
    assert (payment.transactions[0].id, payment.id, "authorize", 5000, "usd", shop.gateways[0], shop.world.now) == (
        orphan.id,
        orphan.payment,
        orphan.operation,
        orphan.amount,
        orphan.currency,
        orphan.gateway_profile,
        orphan.at,
    )


def test_a_customer_who_tries_again_may_be_charged_three_times(shop):
    """Each lost answer is an orphan of its own."""
    payment = shop.pay(LOST, LOST, FUNDS)
    assert ("open", "failed") == (payment.status, payment.display_status)
    paid = shop.authorize(payment)
    assert "succeeded" == paid.status
    assert 2 * [(payment.id, "authorize", 5000)] == shop.orphans


@pytest.mark.parametrize("answer", [TimedOut(), Unreachable(), Unreachable(503), FUNDS])
def test_what_was_not_done_is_no_orphan(shop, answer):
    """Silence alone takes no money."""
    shop.pay(answer)
    assert [] == shop.orphans


def test_a_lost_capture(shop):
    """Odus believes that nothing was captured: a failed transaction, and the authorization still lapses."""
    payment = shop.capture(shop.hold(), LOST, amount=2000)
    assert (False, 0, ["success", "processor_timeout"]) == (
        payment.is_captured,
        payment.amount_captured,
        shop.codes(payment),
    )
    assert [(payment.id, "capture", 2000)] == shop.orphans
    shop.world.advance("2026-01-08T00:00:00.000Z")
    assert "cancelled" == shop.read(payment).status


def test_a_lost_delayed_capture(shop):
    """The same when nobody was there to ask."""
    options = MethodOptions(capture_method="automaticDelayed", capture_delay=1)
    payment = shop.pay(payment_method_options=options)
    shop.gateway.answers = [LOST]
    shop.world.advance("2026-01-02T00:00:00.000Z")
    assert ([(payment.id, "capture", 5000)], False) == (shop.orphans, shop.read(payment).is_captured)


def test_a_lost_refund(shop):
    """The customer has the money, Odus believes that they have not; asked again, they get it twice."""
    payment = shop.reverse(shop.pay(), LOST, amount=700)
    assert (0, "succeeded") == (payment.amount_reversed, payment.display_status)
    assert [(payment.id, "refund", 700)] == shop.orphans
    assert 700 == shop.reverse(payment, amount=700).amount_reversed


def test_a_charge_lost_after_a_challenge(shop):
    """The gateway took the money after the challenge and did not say so; the next one charges again."""
    payment = shop.finish(shop.pay(Challenged(then=LOST)), "passed")
    assert ["processor_timeout", "success"] == shop.codes(payment)
    assert [(payment.id, "authorize", 5000)] == shop.orphans


def test_a_challenge_that_is_not_passed_takes_nothing(shop):
    """What would have been lost never happened."""
    shop.finish(shop.pay(Challenged(then=LOST)), "failed")
    assert [] == shop.orphans


def test_a_void_that_failed_later_leaves_its_hold(shop):
    """It is the authorization's orphan, from the moment at which the gateway tells."""
    payment = shop.cancel(shop.hold(), FailsLater(Duration(days=1)))
    assert [] == shop.orphans
    shop.world.advance("2026-01-02T00:00:00.000Z")
    (orphan,) = shop.world.table(Orphan).values()
    assert (payment.transactions[0].id, "authorize", 5000, "2026-01-02T00:00:00.000Z") == (
        orphan.id,
        orphan.operation,
        orphan.amount,
        orphan.at,
    )


def test_an_orphan_names_the_rule_that_made_it(shop):
    """So that a report can say where the money went, and why."""
    shop.pay(Answer(LOST, rule="the line goes dead"))
    assert ["the line goes dead"] == [one.rule for one in shop.world.table(Orphan).values()]
