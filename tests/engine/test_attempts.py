"""One gateway, asked once: what it is told, what its transaction keeps, and what the log tells of it."""

import pytest

from mock_odus.engine.gateways import Answer, Approved, Challenged, Declined
from mock_odus.engine.records import Transaction

FUNDS = Declined("insufficient_funds")


@pytest.fixture
def noted(shop):
    """What the log tells of attempts and challenges: its name, and the transaction as it then was."""
    return lambda: [
        (entry.name, entry.record.outcome.status)
        for entry in shop.world.log
        if entry.kind in ("attempt", "challenge") and entry.subject == entry.record.id
    ]


def test_each_attempt_is_noted_as_it_was(shop, noted):
    """Each gateway that was asked, and a refund that was made elsewhere; the answer to a challenge is told apart."""
    payment = shop.finish(shop.pay(FUNDS, Challenged()), "passed")
    shop.reverse(shop.reverse(payment, FUNDS, amount=1), amount=1, external=True)
    assert [
        ("authorize", "failure"),
        ("authorize", "partial"),
        ("passed", "success"),
        ("refund", "failure"),
        ("refund", "success"),
    ] == noted()


def test_what_nobody_answered_is_noted_as_well(shop, noted):
    """A lapse and a withdrawal leave the attempt partial, and say which of the two it was."""
    shop.cancel(shop.pay(Challenged()))
    shop.pay(Challenged())
    shop.world.advance("2026-01-02T00:00:00.000Z")
    assert 2 * [("authorize", "partial")] + [("withdrawn", "partial"), ("lapsed", "partial")] == sorted(
        noted(), key=lambda one: one[0] != "authorize"
    )


@pytest.mark.parametrize(("initiator", "type"), [("customer", None), ("merchant", "unscheduled")])
def test_a_gateway_knows_the_card_and_the_customer(shop, initiator, type):
    """The card without its number, the customer's whole record, and whether anybody is there."""
    shop.pay(initiator=initiator)
    (charge,) = shop.gateway.charges
    assert (initiator, type, shop.customer) == (charge.initiator, charge.off_session_type, charge.customer)
    assert ("visa", "4242", "test/4242") == (charge.card.brand, charge.card.last_four, charge.card.test_card)


def test_a_guest_is_nobody(shop):
    """The gateway is told of no customer, and the transaction names none."""
    (transaction,) = shop.pay(customer=None).transactions
    assert (None, None) == (shop.gateway.charges[0].customer, transaction.customer)


def test_a_transaction_keeps_who_paid_and_how_long_it_took(shop):
    """For the journal: customer, initiator, card, cascade, position, rule and latency."""
    payment = shop.pay(Answer(FUNDS, "slow", 2000), Answer(Approved(), latency_ms=70), initiator="merchant")
    first, second = payment.transactions
    assert [(2000, "slow", 1), (70, None, 2)] == [(one.latency_ms, one.rule, one.position) for one in (first, second)]
    assert (shop.customer.id, "merchant", shop.queue, "4242") == (
        first.customer,
        first.initiator,
        first.cascade,
        first.card.last_four,
    )


def test_a_transaction_is_the_tables(shop):
    """The payment carries what the table holds, an external refund and the end of a challenge included."""
    payment = shop.reverse(shop.finish(shop.pay(FUNDS, Challenged()), "passed"), amount=1, external=True)
    assert [*payment.transactions] == list(shop.world.table(Transaction).values())


def test_an_external_refund_keeps_whose_it_was(shop):
    """Customer and initiator as on the charge."""
    payment = shop.reverse(shop.pay(initiator="merchant"), external=True)
    assert 2 * [(shop.customer.id, "merchant")] == [(one.customer, one.initiator) for one in payment.transactions]


def test_a_number_that_is_no_test_card_is_told_why(shop):
    """The decline says what the mock takes instead."""
    (transaction,) = shop.pay(card=shop.gateway.unknown).transactions
    assert "This mock takes test card numbers only" in transaction.outcome.processor_message
