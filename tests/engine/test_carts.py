"""Payments for a cart: the amount comes from the catalogue (guides/subscriptions/creating-subscriptions)."""

import pytest

from mock_odus.engine import catalog
from mock_odus.engine.bodies import (
    MAX_AMOUNT,
    CreateBillingSchedule,
    CreateCart,
    CreateCartItem,
    CreateCycleDefinition,
    UpdatePrice,
    UpdateProduct,
)
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import Price, Product

MONTHLY = CreateBillingSchedule([CreateCycleDefinition(1, 2999, "month", 1)])


def cart(*items):
    """Of prices, or of prices with their quantities."""
    pairs = [item if isinstance(item, tuple) else (item,) for item in items]
    return CreateCart([CreateCartItem(getattr(price, "id", price), *quantity) for price, *quantity in pairs])


@pytest.fixture
def problems(shop):
    """What keeps a payment from being made; it leaves the world as it was."""

    def told(**fields):
        before = shop.world.digest()
        with pytest.raises(Invalid) as caught:
            shop.create(fields.pop("amount", None), **fields)
        assert before == shop.world.digest()
        return list(caught.value.problems)

    return told


def test_the_amount_comes_from_the_cart(shop):
    """Each price times its quantity, which is 1 unless given; the payment shows what it is for."""
    mug, tea = shop.price(1200), shop.price(350)
    payment = shop.create(None, cart=cart(mug, (tea, 3), mug))
    assert 1200 + 3 * 350 + 1200 == payment.amount
    assert [(mug.id, 1), (tea.id, 3), (mug.id, 1)] == [(item.price, item.quantity) for item in payment.cart.items]
    paid = shop.authorize(payment)
    assert (payment.amount, payment.cart) == (paid.amount_captured, paid.cart)


def test_a_payment_by_amount_has_no_cart(shop):
    """It is for nothing in particular."""
    assert None is shop.create().cart


def test_an_amount_and_a_cart_must_agree(shop, problems):
    """Both may be given; both figures are told when they differ."""
    mug = shop.price(1200)
    assert 2400 == shop.create(2400, cart=cart((mug, 2))).amount
    assert ["amount must be what the cart comes to, 2400, or left out, found 1200"] == problems(
        amount=1200, cart=cart((mug, 2))
    )


def test_an_amount_or_a_cart_is_needed(problems):
    """Else nobody knows what to charge."""
    assert ["amount is required for a payment without a cart"] == problems()


def test_the_currency_is_that_of_the_prices(shop, problems):
    """In any case of letters; each item of another currency is named."""
    usd, eur = shop.price(), shop.price(currency="EUR")
    assert "eur" == shop.create(None, "Eur", cart=cart(eur)).currency
    assert [
        f"cart.items[1].price must be in the payment's currency, usd, and not in eur, found '{eur.id}'"
    ] == problems(cart=cart(usd, eur))


def test_every_item_that_cannot_be_sold_is_told(shop, problems):
    """A price that is not there or not active, or of a product that is not."""
    off, dropped = shop.price(), shop.price()
    catalog.update_price(shop.world, off, UpdatePrice(is_active=False))
    catalog.update_product(shop.world, shop.world.get(Product, dropped.product), UpdateProduct(is_active=False))
    assert [
        "cart.items[0].price must be an existing price, found 'price_x'",
        f"cart.items[1].price must be an active price, found '{off.id}'",
        f"cart.items[3].price must be a price of an active product, which {dropped.product} is not, "
        f"found '{dropped.id}'",
    ] == problems(cart=cart("price_x", off, shop.price(), dropped))


def test_a_recurring_price_needs_a_customer(shop, problems):
    """Somebody must subscribe; the first of such items is named."""
    monthly = shop.price(None, type="recurring", billing_schedule=MONTHLY)
    assert ["customer is required: cart.items[1].price is recurring, and somebody must subscribe"] == problems(
        cart=cart(shop.price(), monthly, monthly), customer=None
    )
    assert 2 * 2999 == shop.create(None, cart=cart((monthly, 2))).amount


def test_a_recurring_price_costs_its_setup_fee_and_its_first_cycle(shop):
    """Each times the quantity; what comes later does not matter yet."""
    cycles = [CreateCycleDefinition(2, 2999, "month", 1), CreateCycleDefinition(1, 100, "week", 1)]
    price = shop.price(500, type="recurring", billing_schedule=CreateBillingSchedule(cycles))
    assert 3 * (500 + 100) == shop.create(None, cart=cart((price, 3))).amount


def test_the_carts_problems_stand_among_the_others(shop, problems):
    """A wrong cart hides no wrong customer."""
    told = problems(cart=cart("price_x"), customer="cus_x")
    assert ["customer", "cart.items[0].price"] == [problem.split()[0] for problem in told]


def test_a_cart_has_its_limit(shop, problems):
    """A payment's amount ends where it does without a cart."""
    gold = shop.price(MAX_AMOUNT)
    assert MAX_AMOUNT == shop.create(None, cart=cart(gold)).amount
    assert [f"cart must come to at most {MAX_AMOUNT:,}, found {2 * MAX_AMOUNT:,}"] == problems(cart=cart((gold, 2)))


def test_a_free_cart_only_verifies_the_card(shop):
    """A total of 0 is authorized, and nothing is taken."""
    paid = shop.authorize(shop.create(None, cart=cart(shop.price(0))))
    assert ("succeeded", 0, 0) == (paid.status, paid.amount, paid.amount_captured)
    assert ["authorization"] == [one.type for one in paid.transactions]


def test_an_open_payment_keeps_its_price(shop):
    """What is no longer sold is still paid for."""
    mug = shop.price(1200)
    payment = shop.create(None, cart=cart(mug))
    catalog.delete_price(shop.world, shop.world.get(Price, mug.id))
    assert "succeeded" == shop.authorize(payment).status


def test_a_refused_payment_uses_no_price(shop, problems):
    """The price can be deleted as before."""
    mug = shop.price()
    problems(cart=cart(mug), customer="cus_x")
    catalog.delete_price(shop.world, shop.world.get(Price, mug.id))
    assert {} == shop.world.table(Price)
