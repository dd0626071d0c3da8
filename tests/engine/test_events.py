"""What is told, when, and in which order; and that the past stays as it was."""

import pytest

from mock_odus.engine import customers, keys
from mock_odus.engine.bodies import (
    CreateCustomer,
    CreateSecretKey,
    CustomerRestrictions,
    MethodOptions,
    Routing,
    UpdateCustomer,
)
from mock_odus.engine.errors import Invalid
from mock_odus.engine.gateways import Approved, Challenged, Declined, FailsLater, Unreachable
from mock_odus.engine.periods import Duration

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


def test_each_verb_of_a_payment_tells_once(shop, told):
    """Whether the gateway agrees or not: one `payment.updated`, and nothing else."""
    updated = ["payment.updated"]
    joe = customers.create(shop.world, CreateCustomer(email="joe@example.com"))
    paid, held, other, third = shop.pay(), shop.hold(), shop.hold(), shop.hold()
    assert updated == told(shop.update, shop.create(), customer=joe.id, metadata={"a": "1"})
    assert updated == told(shop.capture, held, FUNDS)
    assert updated == told(shop.capture, shop.read(held), amount=1)
    assert updated == told(shop.reverse, paid, amount=1)
    assert updated == told(shop.reverse, shop.read(paid), amount=1, external=True)
    assert updated == told(shop.reverse, other, FUNDS)
    assert updated == told(shop.reverse, shop.read(other))
    assert updated == told(shop.cancel, third, FUNDS)
    assert updated == told(shop.cancel, shop.read(third))
    assert updated == told(shop.cancel, shop.create())
    assert updated == told(shop.cancel, shop.pay(Challenged()))
    assert updated == told(shop.charge_back, shop.read(paid))


def test_a_verification_tells_as_any_payment(shop, told):
    """A payment of 0 saves its card and succeeds."""
    payment = shop.create(0)
    assert ["payment_method.created", "payment.updated"] == told(shop.authorize, payment)


@pytest.mark.parametrize(
    ("body", "fields", "expected"),
    [
        ({"type": "applePay", "token": "t"}, {}, ["payment_method.created", "payment.updated"]),
        ({"type": "applePay", "token": "t"}, {"customer": None}, ["payment.updated"]),
        ({"type": "applePay", "token": "t"}, {"initiator": "merchant"}, ["payment.updated"]),
    ],
)
def test_a_new_wallet_is_told_before_its_payment(shop, told, body, fields, expected):
    """Where it is saved; a guest's is not."""
    wallet = MethodOptions(apple_pay=Routing("cascade", cascade=shop.queue))
    payment = shop.create(payment_method_options=wallet, **fields)
    assert expected == told(shop.authorize, payment, **body)
    again = shop.create(payment_method_options=wallet, **fields)
    assert ["payment.updated"] == told(shop.authorize, again, **body)


def test_a_chargeback_tells_of_the_customer_too(shop, told):
    """After the payment, and only when a restriction changes something; the blacklist is no subject of events."""
    restrictions = CustomerRestrictions(restrict_cit=True)
    first, second, third = shop.pay(), shop.pay(), shop.pay()
    assert ["payment.updated", "customer.updated"] == told(shop.charge_back, first, customer_restrictions=restrictions)
    assert ["payment.updated"] == told(shop.charge_back, second, customer_restrictions=restrictions)
    assert ["payment.updated"] == told(shop.charge_back, third, blacklist_customer=True)


def test_a_challenge_answered_in_the_call_tells_twice(shop, told):
    """It waits, and then it does not: both changes happened. The card is told in between."""
    payment = shop.create()
    told_of = told(shop.authorize, payment, Challenged(answer="passed", then=FUNDS), FUNDS)
    assert ["payment.updated", "payment_method.created", "payment.updated"] == told_of
    statuses = [entry.record.status for entry in shop.world.log if entry.name == "payment.updated"]
    assert ["requires_action", "succeeded"] == statuses


def test_what_happens_by_itself_is_told(shop, told):
    """Each thing once, when it happens; what comes to nothing is no event."""
    later = FailsLater(Duration(days=1))
    delayed = MethodOptions(capture_method="automaticDelayed", capture_delay=2)
    shop.pay(payment_method_options=delayed)
    shop.reverse(shop.pay(), later)
    shop.cancel(shop.hold(), later)
    shop.hold()
    shop.pay(Challenged(answer="failed", after_ms=1))
    shop.charge_back(shop.pay(Approved(chargeback_after=Duration(days=20))))
    shop.pay(Approved(chargeback_after=Duration(days=20)))
    due = ["01-01T00:00:00.001", "01-02T00:00:00.000", "01-03T00:00:00.000", "01-08T00:00:00.000", "01-21T00:00:00.000"]
    assert [1, 2, 1, 1, 1] == [len(told(shop.world.advance, f"2026-{at}Z")) for at in due]
    assert 6 * ["payment.updated"] == shop.events[-6:]


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


def test_the_last_event_is_the_payment_as_it_is(shop):
    """After each verb, and after each job: what is told is what is there."""
    payment = shop.authorize(shop.create(payment_method_options=MethodOptions(capture_method="manual")), Challenged())
    acts = [
        lambda: shop.finish(shop.read(payment), "passed"),
        lambda: shop.capture(shop.read(payment), FUNDS),
        lambda: shop.capture(shop.read(payment), amount=3000),
        lambda: shop.reverse(shop.read(payment), FailsLater(Duration(days=1)), amount=1000),
        lambda: shop.charge_back(shop.read(payment)),
        lambda: shop.world.advance("2026-01-02T00:00:00.000Z"),
    ]
    seen = []
    for act in acts:
        act()
        seen.append(shop.read(payment))
    told = [entry.record for entry in shop.world.log if entry.name == "payment.updated"]
    assert seen == told[1:]
    assert len(acts) == len({(one.display_status, one.amount_reversed, one.transactions) for one in told[1:]})


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
