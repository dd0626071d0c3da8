"""Carts: what a payment is for, at the prices of the catalogue (guides/subscriptions/creating-subscriptions)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import asdict

from mock_odus.engine import catalog
from mock_odus.engine.bodies import MAX_AMOUNT, CreateCart, CreatePayment
from mock_odus.engine.records import Cart, CartItem, Price, Product
from mock_odus.engine.world import World


class Bill(NamedTuple):
    """What a payment comes to, and for what. `problems` are told before anything is made of it."""

    amount: int
    cart: Cart | None
    problems: list[str]


def bill(world: World, body: CreatePayment) -> Bill:
    """The amount of a payment by its cart, which must be the given one if both are there."""
    if body.cart is None:
        missing = [] if body.amount is not None else ["amount is required for a payment without a cart"]
        return Bill(body.amount or 0, None, missing)
    if problems := list(_item_problems(world, body.cart, body.currency.lower())):
        return Bill(0, None, problems)
    cart = Cart(tuple(CartItem(**asdict(item)) for item in body.cart.items))
    total = sum((world.get(Price, item.price).amount or 0) * item.quantity for item in cart.items)
    if total > MAX_AMOUNT:
        problems.append(f"cart must come to at most {MAX_AMOUNT}, found {total}")
    elif body.amount not in (None, total):
        problems.append(f"amount must be what the cart comes to, {total}, or left out, found {body.amount}")
    return Bill(total, cart, problems)


def note_use(world: World, cart: Cart) -> None:
    """The prices of a payment's cart are here to stay."""
    for item in cart.items:
        catalog.note_use(world, world.get(Price, item.price))


def _item_problems(world: World, cart: CreateCart, currency: str) -> Iterator[str]:
    for place, item in enumerate(cart.items):
        if problem := _price_problem(world, world.find(Price, item.price), currency):
            yield f"cart.items[{place}].price must be {problem}, found '{item.price}'"


def _price_problem(world: World, price: Price | None, currency: str) -> str | None:
    """What a price must be and is not; None when it can be sold."""
    if price is None:
        return "an existing price"
    if not price.is_active:
        return "an active price"
    if not world.get(Product, price.product).is_active:
        return f"a price of an active product, which {price.product} is not"
    if price.currency != currency:
        return f"in the payment's currency, {currency}, and not in {price.currency}"
    if price.type == "recurring":
        return "a one-time price: subscriptions are not here yet, they come with the next release"
    return None
