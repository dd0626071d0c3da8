"""Payments: making one, changing it, and finding it by its checkout key (guides/payments/making-payments)."""

import pytest

from mock_odus.engine import customers, invariants, payments
from mock_odus.engine.bodies import (
    CreateCustomer,
    MethodOptions,
    RestrictCustomer,
    Routing,
)
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.gateways import Challenged, Declined
from mock_odus.engine.records import Address, Payment, PaymentMethod

FUNDS = Declined("insufficient_funds")


@pytest.fixture
def joe(shop):
    """Another customer."""
    return customers.create(shop.world, CreateCustomer(email="joe@example.com"))


@pytest.fixture
def theirs(shop):
    """The ids of a customer's payments, as lists show them."""
    return lambda customer: [one.id for one in shop.world.related(Payment, "customer", customer.id)]


# --- Create


def test_a_new_payment_is_open_and_unattempted(shop):
    """Nothing is charged: no gateway is asked, all amounts but the asked one are 0."""
    payment = shop.create(2999, "USD", metadata={"orderId": "1"}, statement_descriptor="SHOP")
    assert ("open", "unattempted", "usd", 2999) == (
        payment.status,
        payment.display_status,
        payment.currency,
        payment.amount,
    )
    assert (0, 0, 0) == (payment.amount_authorized, payment.amount_captured, payment.amount_reversed)
    assert ((), None, None) == (payment.transactions, payment.action, payment.off_session_type)
    assert [] == shop.gateway.charges
    assert payment.created_at == payment.updated_at == shop.world.now


def test_a_merchants_payment_is_off_session(shop):
    """A merchant-initiated payment outside a renewal is unscheduled."""
    assert "unscheduled" == shop.create(initiator="merchant").off_session_type


def test_without_a_method_there_is_no_payment(shop):
    """Neither named nor a default: no payment is created."""
    shop.config(payment_method_options=None)
    before = shop.world.digest()
    with pytest.raises(Refused, match="no payment method is available"):
        shop.create()
    assert before == shop.world.digest()


def test_own_routing_stands_before_the_default(shop):
    """A payment's own cascade or gateway is used, and shown."""
    direct = MethodOptions(card=Routing("gatewayProfile", gateway_profile=shop.gateways[2]))
    payment = shop.pay(payment_method_options=direct)
    assert [shop.gateways[2]] == [one.gateway_profile for one in payment.transactions]
    assert (shop.gateways[2], None) == (payment.gateway_profile, payment.cascade)
    assert "gatewayProfile" == payment.payment_method_options.card.mode


def test_the_default_is_fixed_at_creation(shop):
    """A later change of the merchant's default does not move an open payment."""
    payment = shop.create()
    shop.config(payment_method_options=None)
    assert "succeeded" == shop.authorize(payment).status


def test_every_bad_reference_is_told(shop):
    """Unknown ids are told all at once, each by its field."""
    with pytest.raises(Invalid) as caught:
        shop.create(
            customer="cus_x",
            payment_method="pm_x",
            payment_method_options=MethodOptions(card=Routing("cascade", cascade="cas_x")),
        )
    begins = ["customer", "paymentMethod", "paymentMethodOptions.card.cascade"]
    assert begins == [problem.split()[0] for problem in caught.value.problems]


def test_what_belongs_together_must_agree(shop, joe, refused):
    """A saved method belongs to the payment's customer; a guest has none."""
    method = shop.pay().payment_method
    refused(f"paymentMethod must belong to customer {joe.id}", shop.create, customer=joe.id, payment_method=method)
    refused("paymentMethod needs a customer", shop.create, customer=None, payment_method=method)


def test_a_method_must_be_saved(shop, refused):
    """An id that nothing has."""
    refused("paymentMethod must be a saved payment method, found 'pm_x'", shop.create, payment_method="pm_x")


@pytest.mark.parametrize("type", ["card", "paypal", "apple_pay"])
def test_one_method_type_is_enough(shop, type):
    """A merchant need not take cards."""
    gateway = shop.profile("paypal") if type == "paypal" else shop.gateways[0]
    options = MethodOptions(**{type: Routing("gatewayProfile", gateway_profile=gateway)})
    shop.config(payment_method_options=None)
    routing = getattr(shop.create(payment_method_options=options).payment_method_options, type)
    assert gateway == routing.gateway_profile


def test_own_and_default_options_add_up(shop):
    """A payment's own options and the merchant's defaults add up, each method type for itself."""
    card = Routing("gatewayProfile", gateway_profile=shop.gateways[2])
    options = shop.create(payment_method_options=MethodOptions(apple_pay=card)).payment_method_options
    assert (shop.queue, None, shop.gateways[2]) == (
        options.card.cascade,
        options.paypal,
        options.apple_pay.gateway_profile,
    )


# --- Update


def test_an_update_changes_only_what_is_given(shop):
    """Metadata merges; the rest of the payment stays."""
    payment = shop.create(metadata={"a": "1"})
    shop.world.advance("2026-01-02T00:00:00.000Z")
    changed = shop.update(payment, metadata={"b": "2"})
    assert {"a": "1", "b": "2"} == changed.metadata
    assert ("2026-01-02T00:00:00.000Z", payment.created_at) == (changed.updated_at, changed.created_at)


@pytest.mark.parametrize("state", ["open", "requires_action", "succeeded", "cancelled"])
def test_metadata_and_addresses_change_in_any_status(shop, state):
    """Nothing else moves: neither the status nor the transactions."""
    payment = {
        "open": shop.create,
        "requires_action": lambda: shop.pay(Challenged()),
        "succeeded": shop.pay,
        "cancelled": lambda: shop.cancel(shop.create()),
    }[state]()
    address = Address(line1="1 High St", country="GB")
    changed = shop.update(payment, metadata={"a": "1"}, billing_address=address, shipping_address=address)
    assert ({"a": "1"}, address, address) == (changed.metadata, changed.billing_address, changed.shipping_address)
    assert (state, payment.display_status, payment.transactions, payment.action) == (
        changed.status,
        changed.display_status,
        changed.transactions,
        changed.action,
    )


def test_null_takes_an_address_away(shop):
    """And leaves the other one."""
    payment = shop.create(billing_address=Address(city="Paris"), shipping_address=Address(city="Rome"))
    changed = shop.update(payment, billing_address=None)
    assert (None, "Rome") == (changed.billing_address, changed.shipping_address.city)


@pytest.mark.parametrize("answers", [None, (FUNDS, FUNDS, FUNDS)])
def test_an_open_payment_is_given_a_customer(shop, joe, theirs, answers):
    """A guest's or another one's, declined or not: lists by customer follow, in order of creation."""
    first = shop.create(customer=joe.id)
    payment = shop.create() if answers is None else shop.pay(*answers)
    last = shop.create(customer=joe.id)
    changed = shop.update(payment, customer=joe.id)
    assert (joe.id, payment.transactions, "open") == (changed.customer, changed.transactions, changed.status)
    assert ([first.id, payment.id, last.id], []) == (theirs(joe), theirs(shop.customer))
    guest = shop.update(shop.create(customer=None), customer=shop.customer.id)
    assert [guest.id] == theirs(shop.customer)
    invariants.check(shop.world)


def test_the_new_customer_pays(shop, joe):
    """Their card is saved, and they are told to the gateway."""
    payment = shop.authorize(shop.update(shop.create(), customer=joe.id))
    assert joe == shop.gateway.charges[-1].customer
    assert joe.id == shop.world.get(PaymentMethod, payment.payment_method).customer


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("requires_action", "it waits for the customer it has"),
        ("succeeded", "it has already succeeded"),
        ("cancelled", "it is cancelled for good"),
    ],
)
def test_only_an_open_payment_is_given_a_customer(shop, joe, refused, theirs, state, why):
    """Metadata that comes along is not kept either; the same customer again is no change."""
    payment = {
        "requires_action": lambda: shop.pay(Challenged()),
        "succeeded": shop.pay,
        "cancelled": lambda: shop.cancel(shop.create()),
    }[state]()
    refused(why, shop.update, payment, customer=joe.id, metadata={"a": "1"})
    assert ([payment.id], []) == (theirs(shop.customer), theirs(joe))
    assert payment == shop.update(payment, customer=shop.customer.id)


def test_a_payment_cannot_be_given_to_just_anybody(shop, joe, refused):
    """They must be known, own the method that is named, and be allowed to pay."""
    method = shop.pay().payment_method
    payment = shop.create(payment_method=method)
    refused("customer must be an existing customer, found 'cus_x'", shop.update, payment, customer="cus_x")
    refused("customer must be the one whose payment method pm_", shop.update, payment, customer=joe.id)
    customers.restrict(shop.world, joe, RestrictCustomer(restrict_cit=True))
    refused("is restricted: restrictCit", shop.update, shop.create(), customer=joe.id)
    shop.update(shop.create(initiator="merchant"), customer=joe.id)


# --- The checkout key


@pytest.fixture
def found(shop):
    """The id of the payment that a payment's checkout key finds now, if any."""

    def find(payment):
        other = payments.find_by_checkout_tail(shop.world, payment.checkout_key.rpartition("_")[2])
        return other and other.id

    return find


def test_each_payment_has_its_own_checkout_key(shop, found):
    """It finds its payment, for as long as that is open."""
    first, second = shop.create(), shop.create()
    shop.world.advance("2027-01-01T00:00:00.000Z")
    assert [first.id, second.id] == [found(first), found(second)]
    assert first.checkout_key != second.checkout_key


@pytest.mark.parametrize("end", ["succeeded", "cancelled"])
def test_a_checkout_key_outlives_its_payment_by_24_hours(shop, found, end):
    """So that the browser can read what came of it."""
    payment = shop.pay() if end == "succeeded" else shop.cancel(shop.create())
    shop.world.advance("2026-01-02T00:00:00.000Z")
    assert payment.id == found(payment)
    shop.world.advance("2026-01-02T00:00:00.001Z")
    assert found(payment) is None


def test_an_id_is_no_checkout_key(shop):
    """Nor is any other text."""
    payment = shop.create()
    tail = payment.id.partition("_")[2]
    assert [None] * 4 == [payments.find_by_checkout_tail(shop.world, one) for one in ("", "x", tail, tail + tail)]
