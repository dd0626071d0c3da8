"""What is told, when, and in which order; and that the past stays as it was."""

import pytest

from mock_odus.engine import customers, keys
from mock_odus.engine.bodies import CreateCustomer, CreateSecretKey, UpdateCustomer
from mock_odus.engine.errors import Invalid
from mock_odus.engine.gateways import Challenged, Declined, Unreachable

FUNDS = Declined("insufficient_funds")


def test_each_verb_tells_once(shop, told):
    """At most one event for a record and verb, however many gateways were asked."""
    open_payment = shop.create()
    waiting, paid = shop.pay(Challenged()), shop.pay()
    assert ["payment.created"] == told(shop.create)
    assert ["payment.updated"] == told(shop.update, open_payment, metadata={"a": "1"})
    assert ["payment.updated"] == told(shop.authorize, open_payment, FUNDS, Unreachable(), FUNDS)
    assert ["payment.updated"] == told(shop.finish, waiting, "failed")
    assert ["payment.updated"] == told(shop.reverse, paid, amount=1)
    assert ["payment.updated"] == told(shop.reverse, shop.read(paid), FUNDS, amount=1)
    assert ["customer.created"] == told(customers.create, shop.world, CreateCustomer(email="a@b.example"))
    assert ["customer.updated"] == told(customers.update, shop.world, shop.customer, UpdateCustomer(name="Jane"))


def test_a_new_card_is_told_before_its_payment(shop, told):
    """The first success of a new card: the method's event, then the payment's."""
    assert ["payment.created", "payment_method.created", "payment.updated"] == told(shop.pay, FUNDS)
    assert ["payment.created", "payment.updated"] == told(shop.pay)


def test_a_new_card_is_told_after_a_challenge(shop, told):
    """The card is saved when the challenge is passed, not before."""
    waiting = shop.pay(Challenged())
    assert ["payment_method.created", "payment.updated"] == told(shop.finish, waiting, "passed")


def test_a_renewed_card_is_told(shop, told):
    """The same number with another expiry is a change of the method."""
    shop.pay()
    card = shop.card(exp_year=2031)
    payment = shop.create()
    assert ["payment_method.updated", "payment.updated"] == told(shop.authorize, payment, card=card)


def test_a_lapse_is_told(shop, told):
    """What happens by itself is told as well."""
    shop.pay(Challenged())
    assert ["payment.updated"] == told(shop.world.advance, "2026-01-02T00:00:00.000Z")


def test_no_change_is_no_event(shop, told):
    """What sets a field to its own value changes nothing, not even updatedAt."""
    payment = shop.create(metadata={"a": "1"})
    shop.world.advance("2026-01-02T00:00:00.000Z")
    before = shop.world.digest()
    assert [] == told(shop.update, payment)
    assert [] == told(shop.update, payment, metadata={"a": "1", "b": ""})
    assert [] == told(shop.update, payment, billing_address=None)
    same = UpdateCustomer(email=shop.customer.email, metadata={})
    assert [] == told(customers.update, shop.world, shop.customer, same)
    assert [] == told(shop.config, timezone="UTC", display_currency="USD")
    assert before == shop.world.digest()


def test_a_refused_verb_tells_nothing(shop, told):
    """No event for what did not happen."""

    def refused():
        with pytest.raises(Invalid):
            shop.pay(card="4242424242424241")

    assert ["payment.created"] == told(refused)


def test_a_secret_key_is_told_to_nobody(shop, told):
    """Keys are no subject of events."""
    assert [] == told(keys.create_secret, shop.world, CreateSecretKey(permissions=["PAYMENT_READ"]))


def test_an_event_keeps_the_record_as_it_was(shop):
    """After two retries and a refund, `payment.created` still shows the open payment without transactions."""
    payment = shop.pay(FUNDS, FUNDS, FUNDS, metadata={"a": "1"})
    shop.authorize(payment, FUNDS, FUNDS, FUNDS)
    paid = shop.authorize(shop.read(payment))
    shop.reverse(paid, amount=500)
    shop.update(shop.read(payment), metadata={"a": "2"})

    told = [entry for entry in shop.world.log if entry.kind == "event" and entry.subject == payment.id]
    created = told[0]
    assert "payment.created" == created.name
    assert ("open", "unattempted", (), {"a": "1"}) == (
        created.record.status,
        created.record.display_status,
        created.record.transactions,
        created.record.metadata,
    )
    assert [0, 3, 6, 7, 8, 8] == [len(entry.record.transactions) for entry in told]
    assert shop.read(payment) == told[-1].record


def test_a_waiting_transaction_stays_partial_in_its_event(shop):
    """An answer completes the transaction in place; the event before it still shows it waiting."""
    waiting = shop.pay(Challenged())
    shop.finish(waiting, "passed")
    updates = [entry.record for entry in shop.world.log if entry.name == "payment.updated"]
    assert ["partial", "success"] == [record.transactions[0].outcome.status for record in updates]


def test_the_log_is_dated_by_the_sandboxs_clock(shop):
    """Every entry has the time at which it happened."""
    shop.pay(Challenged())
    shop.world.advance("2026-02-01T00:00:00.000Z")
    lapsed = [entry.at for entry in shop.world.log if entry.kind in ("job", "challenge")]
    assert ["2026-01-02T00:00:00.000Z"] * 2 == lapsed
