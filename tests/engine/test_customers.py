"""Customers: what keeps them from paying, and what goes with them."""

import pytest
from msgspec import UNSET

from mock_odus.engine import blacklist, cards, customers, invariants, methods
from mock_odus.engine.bodies import (
    CreateCustomer,
    CustomerRestrictions,
    RestrictCustomer,
    UpdateCustomer,
)
from mock_odus.engine.errors import Invalid, NotFound
from mock_odus.engine.records import Customer, PaymentMethod

LATER = "2026-01-02T00:00:00.000Z"
FREE = (False, False, None)
BOTH = {"restrict_cit": True, "restrict_mit": True, "restrict_reason": "Chargeback fraud"}


def state(customer):
    return customer.restrict_cit, customer.restrict_mit, customer.restrict_reason


def now(shop):
    """The shop's customer as they are now."""
    return shop.world.get(Customer, shop.customer.id)


def restrict(shop, **fields):
    return customers.restrict(shop.world, now(shop), RestrictCustomer(**fields))


@pytest.fixture
def told(shop):
    """The events that an act makes, each with the id of its record."""

    def events(act, *args, **fields):
        mark = len(shop.world.log)
        act(*args, **fields)
        return [(entry.name, entry.subject) for entry in shop.world.log[mark:]]

    return events


# --- Restrictions


@pytest.mark.parametrize(
    ("given", "then"),
    [
        ({}, (True, True, "Chargeback fraud")),
        ({"restrict_cit": False}, (False, True, "Chargeback fraud")),
        ({"restrict_mit": None}, (True, False, "Chargeback fraud")),
        ({"restrict_reason": None}, (True, True, None)),
        ({"restrict_reason": "Other"}, (True, True, "Other")),
        ({"restrict_cit": None, "restrict_mit": False}, (False, False, "Chargeback fraud")),
        ({"restrict_cit": True, "restrict_mit": None, "restrict_reason": None}, (True, False, None)),
    ],
)
def test_only_what_is_given_changes(shop, given, then):
    """Each field stands for itself; `false` and `null` lift."""
    assert state(shop.customer) == FREE
    restrict(shop, **BOTH)

    assert then == state(restrict(shop, **given))
    assert then == state(now(shop))


def test_a_restriction_is_told(shop, told):
    """One event for all fields, none when nothing changes."""
    shop.world.advance(LATER)
    assert [("customer.updated", shop.customer.id)] == told(restrict, shop, **BOTH)
    assert LATER == now(shop).updated_at
    before = shop.world.digest()

    assert [] == told(restrict, shop, **BOTH)
    assert [] == told(restrict, shop)
    assert before == shop.world.digest()
    lifted = {"restrict_cit": None, "restrict_mit": False, "restrict_reason": None}
    assert [("customer.updated", shop.customer.id)] == told(restrict, shop, **lifted)
    assert [] == told(restrict, shop, **lifted)


def test_the_customer_may_be_repeated(shop):
    """The id in the body must be the one in the path; another is refused and restricts nobody."""
    joe = customers.create(shop.world, CreateCustomer(email="joe@example.com"))
    assert restrict(shop, customer=shop.customer.id, restrict_cit=True).restrict_cit
    before = shop.world.digest()

    with pytest.raises(Invalid, match=f"customer must be .*{shop.customer.id}, found '{joe.id}'"):
        restrict(shop, customer=joe.id, restrict_mit=True)
    assert before == shop.world.digest()


def test_restrictions_can_be_set_by_another_verb(shop, told):
    """The same rules hold where no customer is repeated."""
    given = CustomerRestrictions(restrict_mit=True, restrict_reason=UNSET)

    assert [("customer.updated", shop.customer.id)] == told(
        customers.set_restrictions, shop.world, shop.customer, given
    )
    assert (False, True, None) == state(now(shop))


# --- What blocks a payment


@pytest.mark.parametrize(
    ("cit", "mit", "by_customer", "by_merchant"),
    [
        (False, False, None, None),
        (True, False, "customer_restricted", None),
        (False, True, None, "customer_restricted"),
        (True, True, "customer_restricted", "customer_restricted"),
    ],
)
def test_each_flag_blocks_its_own_initiator(shop, cit, mit, by_customer, by_merchant):
    """`restrictCit` blocks what the customer starts, `restrictMit` what the merchant does, the blacklist both."""
    customer = restrict(shop, restrict_cit=cit, restrict_mit=mit, restrict_reason="A reason blocks nobody")

    assert by_customer == customers.block(shop.world, customer, "customer")
    assert by_merchant == customers.block(shop.world, customer, "merchant")
    entry = blacklist.add(shop.world, customer.email.upper())
    for initiator in ("customer", "merchant"):
        assert "customer_blacklisted" == customers.block(shop.world, customer, initiator)
    blacklist.delete(shop.world, entry)
    assert by_customer == customers.block(shop.world, customer, "customer")


def test_every_customer_with_the_email_is_blocked(shop):
    """Also one who is made later, in whatever case the email is written."""
    blacklist.add(shop.world, "JANE@example.com")
    namesake = customers.create(shop.world, CreateCustomer(email="Jane@Example.com"))
    other = customers.create(shop.world, CreateCustomer(email="jane.doe@example.com"))

    blocked = [customers.block(shop.world, one, "merchant") for one in (shop.customer, namesake, other)]
    assert ["customer_blacklisted", "customer_blacklisted", None] == blocked


def test_another_email_is_another_answer(shop):
    """The list is looked at when it matters, with the email that the customer has then."""
    blacklist.add(shop.world, "joe@example.com")
    assert None is customers.block(shop.world, shop.customer, "customer")

    for email, blocked in (("JOE@example.com", "customer_blacklisted"), ("jane@example.com", None)):
        changed = customers.update(shop.world, now(shop), UpdateCustomer(email=email))
        assert blocked == customers.block(shop.world, changed, "customer")


# --- Deleting


@pytest.fixture
def wallet(shop):
    """Two saved methods of the customer."""
    saved = []
    for number in ("4242424242424242", "5555555555554444"):
        card = cards.tokenize(shop.world, shop.card(number))
        saved.append(
            methods.save(
                shop.world,
                shop.customer,
                type="card",
                card=card,
                fingerprint=card.fingerprint,
                gateway_profile=shop.gateways[0],
            )
        )
    return saved


def test_saved_methods_go_with_their_customer(shop, wallet, told):
    """Each method's event, the oldest first, then the customer's; no other default is made on the way."""
    joe = customers.create(shop.world, CreateCustomer(email="joe@example.com"))
    card = wallet[0].card
    joes = methods.save(shop.world, joe, type="card", card=card, fingerprint=card.fingerprint, gateway_profile=None)

    assert [
        ("payment_method.deleted", wallet[0].id),
        ("payment_method.deleted", wallet[1].id),
        ("customer.deleted", shop.customer.id),
    ] == told(customers.delete, shop.world, shop.customer)
    assert [joe] == list(shop.world.table(Customer).values())
    assert [joes] == list(shop.world.table(PaymentMethod).values())
    with pytest.raises(NotFound):
        now(shop)
    assert shop.customer == shop.world.log[-1].record


def test_payments_keep_the_id_of_a_deleted_customer(shop, wallet):
    """What was made stays as it was made."""
    payment = shop.create(payment_method=wallet[1].id)
    customers.delete(shop.world, shop.customer)

    assert payment == shop.read(payment)
    assert (shop.customer.id, wallet[1].id) == (shop.read(payment).customer, shop.read(payment).payment_method)
    invariants.check(shop.world)


def test_the_blacklist_keeps_the_email_of_a_deleted_customer(shop):
    """Who comes back with it is still blocked."""
    blacklist.add(shop.world, shop.customer.email)
    customers.delete(shop.world, shop.customer)

    back = customers.create(shop.world, CreateCustomer(email=shop.customer.email))
    assert back.id != shop.customer.id
    assert "customer_blacklisted" == customers.block(shop.world, back, "customer")
