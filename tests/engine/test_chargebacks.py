"""Chargebacks, recorded by hand or by the scenario, and what they do to the customer (guides/payments/chargebacks)."""

import pytest

from mock_odus.engine import blacklist, customers
from mock_odus.engine.bodies import CreateCustomer, CustomerRestrictions, MethodOptions
from mock_odus.engine.errors import Invalid
from mock_odus.engine.gateways import Approved, Challenged, Declined
from mock_odus.engine.periods import Duration
from mock_odus.engine.records import BlacklistEntry, Customer

FUNDS = Declined("insufficient_funds")
TWENTY_DAYS = Approved(chargeback_after=Duration(days=20))
DUE = "2026-01-21T00:00:00.000Z"


def test_a_chargeback_marks_the_payment(shop):
    """`isChargebacked` and when; the status and the money stay as they are, and no gateway is asked."""
    paid = shop.pay()
    shop.world.advance("2026-01-02T00:00:00.000Z")
    payment = shop.charge_back(paid)
    assert ("succeeded", "chargeback", True, "2026-01-02T00:00:00.000Z") == (
        payment.status,
        payment.display_status,
        payment.is_chargebacked,
        payment.chargeback_recorded_at,
    )
    assert (5000, 0, paid.transactions) == (payment.amount_captured, payment.amount_reversed, payment.transactions)
    assert 1 == len(shop.gateway.charges)
    assert (False, None) == (paid.is_chargebacked, paid.chargeback_recorded_at)


def test_there_is_one_chargeback(shop, refused):
    """A second recording is refused and says when the first was."""
    payment = shop.charge_back(shop.pay())
    refused("has its chargeback recorded already, at 2026-01-01T00:00:00.000Z", shop.charge_back, payment)


@pytest.mark.parametrize("answers", [None, (FUNDS, FUNDS, FUNDS), (Challenged(),)])
def test_only_what_succeeded_is_charged_back(shop, refused, answers):
    """Nothing has been charged before."""
    payment = shop.create() if answers is None else shop.pay(*answers)
    refused("nothing has been charged yet", shop.charge_back, payment)


def test_a_refund_stays_possible(shop):
    """In part and in whole; the payment is shown as charged back throughout."""
    payment = shop.reverse(shop.charge_back(shop.pay()), amount=500)
    assert (500, True, "chargeback") == (payment.amount_reversed, payment.is_partially_reversed, payment.display_status)
    payment = shop.reverse(payment)
    assert (5000, True, "chargeback") == (payment.amount_reversed, payment.is_fully_reversed, payment.display_status)


def test_what_was_given_back_can_be_charged_back(shop):
    """A fully reversed payment has still succeeded."""
    assert "chargeback" == shop.charge_back(shop.reverse(shop.pay())).display_status


def test_a_capture_stays_possible(shop):
    """Also what is only authorized can be charged back, and captured afterwards."""
    payment = shop.capture(shop.charge_back(shop.hold()), amount=3000)
    assert ("chargeback", True, 3000) == (payment.display_status, payment.is_captured, payment.amount_captured)


def test_what_is_charged_back_still_lapses(shop):
    """An authorization that nobody captures is released all the same."""
    shop.charge_back(held := shop.hold())
    shop.world.advance("2026-01-08T00:00:00.000Z")
    payment = shop.read(held)
    assert ("cancelled", "chargeback", True) == (payment.status, payment.display_status, payment.is_chargebacked)


# --- The customer


def test_the_customers_email_is_blacklisted(shop, refused):
    """In lower case, as every entry; the customer can pay no more."""
    customer = customers.create(shop.world, CreateCustomer(email="Joe@Example.com"))
    shop.charge_back(shop.pay(customer=customer.id), blacklist_customer=True)
    (entry,) = shop.world.table(BlacklistEntry).values()
    assert "joe@example.com" == entry.email
    refused("is blacklisted by email", shop.create, customer=customer.id)
    refused("is blacklisted by email", shop.create, customer=customer.id, initiator="merchant")


def test_an_email_is_blacklisted_once(shop):
    """One that is there already keeps its entry."""
    first, second = shop.pay(), shop.pay()
    shop.charge_back(first, blacklist_customer=True)
    before = dict(shop.world.table(BlacklistEntry))
    shop.charge_back(second, blacklist_customer=True)
    assert before == shop.world.table(BlacklistEntry)


def test_the_customer_is_restricted(shop):
    """What is given is set, the rest stays."""
    restrictions = CustomerRestrictions(restrict_cit=True, restrict_reason="charged back")
    shop.charge_back(shop.pay(), customer_restrictions=restrictions)
    customer = shop.world.get(Customer, shop.customer.id)
    assert (True, False, "charged back") == (customer.restrict_cit, customer.restrict_mit, customer.restrict_reason)
    assert not blacklist.holds(shop.world, customer.email)


def test_both_may_be_combined(shop):
    """Blacklisted and restricted by one call."""
    restrictions = CustomerRestrictions(restrict_mit=True)
    shop.charge_back(shop.pay(), blacklist_customer=True, customer_restrictions=restrictions)
    assert (True, True) == (
        shop.world.get(Customer, shop.customer.id).restrict_mit,
        blacklist.holds(shop.world, shop.customer.email),
    )


@pytest.mark.parametrize("gone", ["a guest", "deleted"])
def test_nobody_is_neither_blacklisted_nor_restricted(shop, refused, gone):
    """Without a customer either is refused, both are told, and a plain chargeback is recorded."""
    payment = shop.pay(customer=None) if gone == "a guest" else shop.pay()
    if gone == "deleted":
        customers.delete(shop.world, shop.customer)
    given = {"blacklist_customer": True, "customer_restrictions": CustomerRestrictions()}
    for name, value in given.items():
        refused("needs a customer on the payment", shop.charge_back, payment, **{name: value})
    with pytest.raises(Invalid) as caught:
        shop.charge_back(payment, **given)
    assert ["blacklistCustomer", "customerRestrictions"] == [problem.split()[0] for problem in caught.value.problems]
    assert shop.charge_back(payment).is_chargebacked


# --- By the scenario


def test_the_scenario_charges_back(shop):
    """At its time, by itself; nothing is shown before."""
    payment = shop.pay(TWENTY_DAYS)
    assert [("record_chargeback", DUE)] == shop.agenda
    shop.world.advance("2026-01-20T23:59:59.999Z")
    assert payment == shop.read(payment)
    shop.world.advance(DUE)
    charged = shop.read(payment)
    assert (True, DUE, "chargeback") == (
        charged.is_chargebacked,
        charged.chargeback_recorded_at,
        charged.display_status,
    )
    assert (False, []) == (blacklist.holds(shop.world, shop.customer.email), shop.agenda)


def test_it_counts_from_the_approval(shop):
    """After a challenge that is when it was passed; at the gateway that went on, when that approved."""
    waiting = shop.pay(Challenged(then=FUNDS))
    shop.world.advance("2026-01-01T10:00:00.000Z")
    shop.finish(waiting, "passed", TWENTY_DAYS)
    assert [("record_chargeback", "2026-01-21T10:00:00.000Z")] == shop.agenda


def test_it_may_stand_behind_a_challenge(shop):
    """What the gateway says once the challenge is passed may bring a chargeback."""
    shop.finish(shop.pay(Challenged(then=TWENTY_DAYS)), "passed")
    assert [("record_chargeback", DUE)] == shop.agenda


def test_it_is_calendar_days_on_the_merchants_clock(open_shop):
    """Twenty days later at the same time of the wall clock."""
    shop = open_shop(now="2026-03-20T11:00:00.000Z")
    shop.config(timezone="Europe/Paris")
    shop.pay(TWENTY_DAYS)
    assert [("record_chargeback", "2026-04-09T10:00:00.000Z")] == shop.agenda


def test_a_hand_is_quicker_than_the_scenario(shop):
    """A chargeback that is recorded already is not recorded again."""
    payment = shop.charge_back(shop.pay(TWENTY_DAYS))
    shop.world.advance("2026-02-01T00:00:00.000Z")
    assert payment == shop.read(payment)


def test_a_payment_that_was_taken_back_is_not_charged_back(shop):
    """A voided or lapsed authorization has nothing to charge back; a refunded payment has."""
    options = MethodOptions(capture_method="manual")
    voided, lapsed = (shop.authorize(shop.create(payment_method_options=options), TWENTY_DAYS) for _ in range(2))
    shop.cancel(voided)
    refunded = shop.reverse(shop.pay(TWENTY_DAYS))
    shop.world.advance("2026-02-01T00:00:00.000Z")
    assert [False, False, True] == [shop.read(one).is_chargebacked for one in (voided, lapsed, refunded)]
    assert ["cancelled", "cancelled", "chargeback"] == [
        shop.read(one).display_status for one in (voided, lapsed, refunded)
    ]
