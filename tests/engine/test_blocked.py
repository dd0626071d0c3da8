"""Who and what is no longer there or may not pay: restricted, blacklisted and deleted customers, deleted gateways."""

import pytest

from mock_odus.engine import blacklist, cascades, customers, invariants, profiles
from mock_odus.engine.bodies import (
    CreateBlacklistEntry,
    CreateCustomer,
    MethodOptions,
    RestrictCustomer,
    Routing,
)
from mock_odus.engine.gateways import Challenged, Declined
from mock_odus.engine.records import (
    BlacklistEntry,
    Cascade,
    Customer,
    GatewayProfile,
    PaymentMethod,
)

FUNDS = Declined("insufficient_funds")
FLAGS = {"customer": "restrict_cit", "merchant": "restrict_mit"}
OTHER = {"customer": "merchant", "merchant": "customer"}


@pytest.fixture
def restrict(shop):
    """Sets the shop's customer's restrictions."""

    def set(**fields):
        return customers.restrict(shop.world, shop.world.get(Customer, shop.customer.id), RestrictCustomer(**fields))

    return set


@pytest.fixture
def block(shop):
    """Puts an email on the blacklist."""
    return lambda email: blacklist.create(shop.world, CreateBlacklistEntry(email=email))


# --- Restricted


@pytest.mark.parametrize("initiator", FLAGS)
def test_a_restriction_blocks_its_own_initiator(shop, restrict, refused, initiator):
    """Neither created nor authorized; the refusal names the flag and the reason."""
    payment = shop.create(initiator=initiator)
    restrict(**{FLAGS[initiator]: True, "restrict_reason": "owes us money"})
    name = {"customer": "restrictCit", "merchant": "restrictMit"}[initiator]
    words = rf"is restricted: {name} blocks {initiator}-initiated payments \(owes us money\)"
    refused(words, shop.create, initiator=initiator)
    refused(words, shop.authorize, payment)
    assert [] == shop.gateway.charges


@pytest.mark.parametrize("initiator", FLAGS)
def test_a_restriction_leaves_the_other_initiator_alone(shop, restrict, initiator):
    """The two are independent."""
    restrict(**{FLAGS[initiator]: True})
    assert "succeeded" == shop.pay(initiator=OTHER[initiator]).status


def test_a_lifted_restriction_blocks_nobody(shop, restrict, refused):
    """A payment that was refused can be authorized then."""
    payment = shop.create()
    restrict(restrict_cit=True)
    refused("is restricted: restrictCit blocks customer-initiated payments$", shop.authorize, payment)
    restrict(restrict_cit=None)
    assert "succeeded" == shop.authorize(payment).status


# --- Blacklisted


@pytest.mark.parametrize("initiator", FLAGS)
def test_the_blacklist_blocks_everybody_with_that_email(shop, block, refused, initiator):
    """Whoever starts the payment, in whatever case the email is written, each customer who has it."""
    twin = customers.create(shop.world, CreateCustomer(email="JANE@Example.com"))
    payments = [shop.create(customer=one.id, initiator=initiator) for one in (shop.customer, twin)]
    block("Jane@example.COM")
    for payment in payments:
        refused("is blacklisted by email", shop.create, customer=payment.customer, initiator=initiator)
        refused("is blacklisted by email", shop.authorize, payment)
    assert [] == shop.gateway.charges


def test_the_blacklist_blocks_nobody_else(shop, block):
    """Another customer and a guest pay."""
    block("joe@example.com")
    assert ["succeeded", "succeeded"] == [shop.pay().status, shop.pay(customer=None).status]


def test_an_email_that_is_free_again_blocks_nobody(shop, block):
    """An entry that is deleted is forgotten."""
    payment = shop.create()
    entry = block("jane@example.com")
    blacklist.delete(shop.world, shop.world.get(BlacklistEntry, entry.id))
    assert "succeeded" == shop.authorize(payment).status


# --- What stays possible


@pytest.mark.parametrize("how", ["restricted", "blacklisted", "deleted"])
def test_what_was_authorized_goes_on(shop, restrict, block, how):
    """Captured, reversed, cancelled and charged back without the customer's leave."""
    held, again, paid, open_payment = shop.hold(), shop.hold(), shop.pay(), shop.create()
    match how:
        case "restricted":
            restrict(restrict_cit=True, restrict_mit=True)
        case "blacklisted":
            block("jane@example.com")
        case "deleted":
            customers.delete(shop.world, shop.customer)
    assert shop.capture(held).is_captured
    assert ["cancelled", "cancelled"] == [shop.cancel(again).status, shop.cancel(open_payment).status]
    assert shop.reverse(paid, amount=1).is_partially_reversed
    assert shop.charge_back(shop.read(paid)).is_chargebacked
    invariants.check(shop.world)


@pytest.mark.parametrize("how", ["restricted", "blacklisted"])
def test_a_challenge_that_was_put_is_answered(shop, restrict, block, how):
    """The try had begun: whoever is blocked while the customer is away finishes it, at further gateways too."""
    waiting = shop.pay(Challenged(then=FUNDS))
    restrict(restrict_cit=True) if how == "restricted" else block("jane@example.com")
    assert "succeeded" == shop.finish(waiting, "passed").status


# --- Deleted


def test_a_deleted_customer_pays_nothing(shop, refused):
    """Their open payment says so and can be cancelled; a new one cannot name them."""
    payment = shop.create()
    customers.delete(shop.world, shop.customer)
    refused("was deleted, so this payment cannot be authorized: cancel it", shop.authorize, payment)
    refused("customer must be an existing customer", shop.create)


def test_a_deleted_customers_payment_can_be_given_another(shop):
    """An open one goes on with somebody else."""
    payment = shop.create()
    customers.delete(shop.world, shop.customer)
    joe = customers.create(shop.world, CreateCustomer(email="joe@example.com"))
    paid = shop.authorize(shop.update(payment, customer=joe.id))
    assert ("succeeded", joe.id) == (paid.status, shop.world.get(PaymentMethod, paid.payment_method).customer)


def test_a_customer_deleted_during_the_challenge(shop):
    """The payment succeeds, keeps their id, and saves nothing for nobody."""
    waiting = shop.pay(Challenged())
    customers.delete(shop.world, shop.customer)
    payment = shop.finish(waiting, "passed")
    assert ("succeeded", shop.customer.id, None) == (payment.status, payment.customer, payment.payment_method)
    assert {} == shop.world.table(PaymentMethod)
    invariants.check(shop.world)


def test_a_method_deleted_during_the_challenge(shop):
    """It was charged, so the payment names it."""
    method = shop.pay().payment_method
    waiting = shop.authorize(shop.create(), Challenged(), payment_method=method)
    customers.delete(shop.world, shop.customer)
    payment = shop.finish(waiting, "passed")
    assert ("succeeded", method) == (payment.status, payment.payment_method)


def unroute(shop):
    """Nothing is the merchant's default any more."""
    shop.config(payment_method_options=None)


def test_a_cascade_deleted_before_the_payment(shop, refused):
    """The payment keeps its routing, and says that it leads nowhere."""
    payment = shop.create()
    unroute(shop)
    cascades.delete(shop.world, shop.world.get(Cascade, shop.queue))
    words = f"no gateway is left for this payment, since cascade {shop.queue} was deleted: create another payment"
    refused(words, shop.authorize, payment)


def test_a_gateway_deleted_before_the_payment(shop, refused):
    """The same for a payment that goes straight to a gateway."""
    lone = shop.profile()
    payment = shop.create(payment_method_options=MethodOptions(card=Routing("gatewayProfile", gateway_profile=lone)))
    profiles.delete(shop.world, shop.world.get(GatewayProfile, lone))
    refused(f"no gateway is left for this payment, since gateway profile {lone} was deleted", shop.authorize, payment)


def test_a_cascade_deleted_during_the_challenge(shop):
    """The candidates were fixed when the try began: those that are left are asked."""
    waiting = shop.pay(Challenged(then=FUNDS))
    unroute(shop)
    cascades.delete(shop.world, shop.world.get(Cascade, shop.queue))
    payment = shop.finish(waiting, "passed")
    assert ("succeeded", shop.gateways[1], shop.queue) == (payment.status, payment.gateway_profile, payment.cascade)
    assert "reversed" == shop.reverse(payment).display_status
    invariants.check(shop.world)


def test_gateways_deleted_during_the_challenge(shop):
    """One that is gone is not asked; when none is left the payment is open again."""
    waiting, other = shop.pay(Challenged(then=FUNDS)), shop.pay(Challenged(then=FUNDS))
    unroute(shop)
    cascades.delete(shop.world, shop.world.get(Cascade, shop.queue))
    profiles.delete(shop.world, shop.world.get(GatewayProfile, shop.gateways[1]))
    payment = shop.finish(waiting, "passed", FUNDS)
    assert [shop.gateways[0], shop.gateways[2]] == [one.gateway_profile for one in payment.transactions]
    assert ("open", "failed") == (payment.status, payment.display_status)
    assert shop.gateways[2] == shop.finish(other, "passed").gateway_profile


def test_the_only_gateway_left_is_the_one_that_declined(shop):
    """Nobody else is there to ask: open and failed, with one event."""
    waiting = shop.pay(Challenged(then=FUNDS))
    unroute(shop)
    cascades.delete(shop.world, shop.world.get(Cascade, shop.queue))
    for gateway in shop.gateways[1:]:
        profiles.delete(shop.world, shop.world.get(GatewayProfile, gateway))
    mark = len(shop.events)
    payment = shop.finish(waiting, "passed")
    assert ("open", "failed", ["insufficient_funds"]) == (payment.status, payment.display_status, shop.codes(payment))
    assert ["payment.updated"] == shop.events[mark:]


def test_a_gateway_that_charged_stays(shop, refused):
    """Refunds go through it, so it cannot be deleted."""
    shop.pay()
    refused("has made transactions", profiles.delete, shop.world, shop.world.get(GatewayProfile, shop.gateways[0]))
