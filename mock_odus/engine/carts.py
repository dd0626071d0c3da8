"""Carts: what a payment is for, at the prices of the catalogue (guides/subscriptions/creating-subscriptions)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import asdict

from mock_odus.engine import catalog
from mock_odus.engine import cycles as schedules
from mock_odus.engine.bodies import MAX_AMOUNT, CreateCart, CreatePayment
from mock_odus.engine.records import (
    Cart,
    CartItem,
    Price,
    Product,
)
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
    prices = [world.get(Price, item.price) for item in cart.items]
    total = sum(_first_charge(price) * item.quantity for price, item in zip(prices, cart.items, strict=True))
    if body.customer is None and any(map(_recurs, prices)):
        place = next(place for place, price in enumerate(prices) if _recurs(price))
        problems.append(f"customer is required: cart.items[{place}].price is recurring, and somebody must subscribe")
    if total > MAX_AMOUNT:
        problems.append(f"cart must come to at most {MAX_AMOUNT:,}, found {total:,}")
    elif body.amount not in (None, total):
        problems.append(f"amount must be what the cart comes to, {total}, or left out, found {body.amount}")
    return Bill(total, cart, problems)


def cycles(world: World, cart: Cart | None) -> tuple[int, ...]:
    """The cycles that are paid for: the first of each subscription to be."""
    return tuple(1 for item in cart.items if _recurs(world.get(Price, item.price))) if cart else ()


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
    return None


def _recurs(price: Price) -> bool:
    return price.type == "recurring"


def _first_charge(price: Price) -> int:
    """What one piece costs at once: of a recurring price the setup fee and the first cycle."""
    return (price.amount or 0) + (schedules.definitions(price)[0].amount if _recurs(price) else 0)
