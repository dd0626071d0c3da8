"""Saved payment methods: what makes a second record and what does not, and who is the default."""

import pytest
from msgspec import to_builtins

from mock_odus.engine import cards, customers, methods
from mock_odus.engine.bodies import CreateCustomer, UpdatePaymentMethod
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import PaymentMethod
from mock_odus.engine.views import Links, view

LATER = "2026-01-02T00:00:00.000Z"
VISA, MASTERCARD, OTHER_VISA = "4242424242424242", "5555555555554444", "4242424242424258"
WALLETS = [("paypal", "paypal"), ("applePay", "hash of a token")]
UPDATED, DELETED = "payment_method.updated", "payment_method.deleted"


@pytest.fixture
def save(shop):
    """Saves a card, or with `fingerprint` a method of another type."""

    def save(number=VISA, *, customer=None, type="card", fingerprint=None, gateway=None, **fields):
        card = None if fingerprint else cards.tokenize(shop.world, shop.card(number, **fields))
        return methods.save(
            shop.world,
            customer or shop.customer,
            type=type,
            card=card,
            fingerprint=fingerprint or card.fingerprint,
            gateway_profile=gateway,
        )

    return save


@pytest.fixture
def told(shop):
    """The events that an act makes, each with the id of its record."""

    def events(act, *args, **fields):
        mark = len(shop.world.log)
        act(*args, **fields)
        return [(entry.name, entry.subject) for entry in shop.world.log[mark:]]

    return events


def update(shop, method, **fields):
    """The method changed by a body of these fields."""
    return methods.update(shop.world, shop.world.get(PaymentMethod, method.id), UpdatePaymentMethod(**fields))


def defaults(shop):
    """The ids of the customer's default methods."""
    return [method.id for method in methods.of(shop.world, shop.customer.id) if method.is_default]


# --- Saving


def test_the_first_is_the_default(shop, save):
    """The first saved method of each customer becomes the default, no later one does."""
    joe = customers.create(shop.world, CreateCustomer(email="joe@example.com"))
    saved = [save(VISA), save(MASTERCARD), save(type="paypal", fingerprint="paypal"), save(VISA, customer=joe)]

    assert [True, False, False, True] == [method.is_default for method in saved]
    assert saved[:3] == methods.of(shop.world, shop.customer.id)
    assert [saved[3]] == methods.of(shop.world, joe.id)


def test_a_new_method_is_told(save, told):
    """One event, with the method as it is."""
    (event,) = told(save)
    assert "payment_method.created" == event[0]


@pytest.mark.parametrize(("type", "fingerprint"), WALLETS)
def test_a_wallet_is_a_method_without_a_card(save, type, fingerprint):
    """`card` is null for all types but cards."""
    saved = save(type=type, fingerprint=fingerprint)
    shown = to_builtins(view(saved, "secret", Links("http://mock.local", "mock")))

    assert (type, None, True) == (shown["type"], shown["card"], shown["isDefault"])


@pytest.mark.parametrize("method", [{}, *({"type": type, "fingerprint": mark} for type, mark in WALLETS)])
def test_the_same_again_is_no_second_record(shop, save, told, method):
    """The same card, PayPal account or Apple Pay token keeps its record, and nothing is told."""
    first = save(**method)
    shop.world.advance(LATER)
    before = shop.world.digest()

    assert [] == told(save, **method)
    assert first == save(**method)
    assert before == shop.world.digest()


def test_the_same_fingerprint_of_another_type_is_another_method(save):
    """A card's fingerprint and a wallet's never meet."""
    assert save(type="paypal", fingerprint="x").id != save(type="applePay", fingerprint="x").id


def test_a_card_that_was_renewed_keeps_its_record(shop, save, told):
    """Another expiry date: the same id, the new date, and an event."""
    first = save(exp_year=2030)
    shop.world.advance(LATER)

    assert [(UPDATED, first.id)] == told(save, exp_year=2031)
    renewed = shop.world.get(PaymentMethod, first.id)
    assert ("2031", LATER, first.created_at) == (renewed.card.exp_year, renewed.updated_at, renewed.created_at)


def test_a_name_that_is_left_out_is_not_taken_away(shop, save, told):
    """The holder's name stays as it was given once; another one replaces it."""
    method = save(cardholder_name="Jane Doe")

    assert [] == told(save)
    assert "Jane Doe" == shop.world.get(PaymentMethod, method.id).card.cardholder_name
    assert [(UPDATED, method.id)] == told(save, cardholder_name="Jane Roe")
    assert "Jane Roe" == shop.world.get(PaymentMethod, method.id).card.cardholder_name


def test_it_remembers_the_gateway_that_authorized_it_last(shop, save, told):
    """A later gateway takes the place of the first; none leaves it; as nobody is shown it, nothing is told."""
    first, second, _ = shop.gateways
    method = save(gateway=first)
    shop.world.advance(LATER)

    for gateway, remembered in ((None, first), (second, second), (None, second)):
        assert [] == told(save, gateway=gateway)
        assert remembered == shop.world.get(PaymentMethod, method.id).gateway_profile
    assert method.updated_at == shop.world.get(PaymentMethod, method.id).updated_at


def test_a_gateway_that_comes_with_a_renewed_card_is_remembered(shop, save, told):
    """One event for both."""
    method = save(gateway=shop.gateways[0])

    assert [(UPDATED, method.id)] == told(save, exp_year=2031, gateway=shop.gateways[1])
    renewed = shop.world.get(PaymentMethod, method.id)
    assert (shop.gateways[1], "2031") == (renewed.gateway_profile, renewed.card.exp_year)


def test_neither_fingerprint_nor_gateway_is_shown(shop, save):
    """What tells methods apart and where they were authorized stays inside."""
    shown = to_builtins(view(save(gateway=shop.gateways[0]), "secret", Links("http://mock.local", "mock")))

    wanted = {"id", "type", "customer", "isDefault", "card", "metadata", "createdAt", "updatedAt"}
    assert wanted == set(shown)
    assert {"brand", "lastFour", "expMonth", "expYear", "cardholderName"} == set(shown["card"])


# --- The default


def test_another_default_takes_the_place_of_the_first(shop, save, told):
    """Both are told, once each; other methods and other customers keep what they have."""
    joe = customers.create(shop.world, CreateCustomer(email="joe@example.com"))
    first, second, third = save(VISA), save(MASTERCARD), save(OTHER_VISA)
    joes = save(VISA, customer=joe)
    shop.world.advance(LATER)

    assert [(UPDATED, first.id), (UPDATED, second.id)] == told(
        update, shop, second, is_default=True, metadata={"a": "1"}
    )
    assert [second.id] == defaults(shop)
    changed = shop.world.get(PaymentMethod, second.id)
    assert (True, {"a": "1"}, LATER) == (changed.is_default, changed.metadata, changed.updated_at)
    assert (third, joes) == (shop.world.get(PaymentMethod, third.id), shop.world.get(PaymentMethod, joes.id))


def test_the_default_once_more_is_no_event(shop, save, told):
    """What changes nothing is not told."""
    method = save()
    shop.world.advance(LATER)
    before = shop.world.digest()

    assert [] == told(update, shop, method, is_default=True)
    assert [] == told(update, shop, method, metadata={"a": ""})
    assert [] == told(update, shop, method)
    assert before == shop.world.digest()


def test_metadata_alone_leaves_the_default(shop, save, told):
    """Metadata is merged on a default and on another method alike."""
    first, second = save(VISA), save(MASTERCARD)

    for method in (first, second):
        assert [(UPDATED, method.id)] == told(update, shop, method, metadata={"a": "1"})
    assert [first.id] == defaults(shop)


@pytest.mark.parametrize("place", [0, 1])
def test_a_default_is_not_taken_away(shop, save, place):
    """`isDefault: false` is refused, also where it is false already: the message says what to do instead."""
    method = (save(VISA), save(MASTERCARD))[place]
    before = shop.world.digest()

    with pytest.raises(Invalid, match=r"isDefault must be true, .* make another method the default"):
        update(shop, method, is_default=False, metadata={"a": "1"})
    assert before == shop.world.digest()


def test_too_much_metadata_leaves_the_old_default(shop, save):
    """A refused update changes neither of the two."""
    first, second = save(VISA), save(MASTERCARD)
    before = shop.world.digest()

    with pytest.raises(Invalid, match="metadata must have at most 50 pairs"):
        update(shop, second, is_default=True, metadata={f"k{number}": "v" for number in range(51)})
    assert before == shop.world.digest()
    assert [first.id] == defaults(shop)


# --- Deleting


def test_the_oldest_that_is_left_becomes_the_default(shop, save, told):
    """When the default is deleted; both are told, the deleted one as it was."""
    first, second, third = save(VISA), save(MASTERCARD), save(OTHER_VISA)
    update(shop, third, is_default=True)
    third = shop.world.get(PaymentMethod, third.id)

    assert [(DELETED, third.id), (UPDATED, first.id)] == told(methods.delete, shop.world, third)
    assert third == next(entry.record for entry in shop.world.log if entry.name == DELETED)
    assert [first.id] == defaults(shop)
    assert [first.id, second.id] == [method.id for method in methods.of(shop.world, shop.customer.id)]


def test_another_that_goes_leaves_the_default(shop, save, told):
    """Only the deleted method is told."""
    first, second = save(VISA), save(MASTERCARD)

    assert [(DELETED, second.id)] == told(methods.delete, shop.world, second)
    assert [first.id] == defaults(shop)


def test_after_the_last_comes_a_first_again(shop, save, told):
    """Nothing is left to be the default; the next one saved is, under an id of its own."""
    only = save()

    assert [(DELETED, only.id)] == told(methods.delete, shop.world, only)
    assert [] == methods.of(shop.world, shop.customer.id)
    again = save()
    assert again.id != only.id
    assert [again.id] == defaults(shop)
