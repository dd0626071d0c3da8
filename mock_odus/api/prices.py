"""`/prices`: what a product costs, once or again and again (guides/products/*)."""

from __future__ import annotations

from mock_odus.api.resource import BROWSERS, Resource
from mock_odus.engine import catalog as engine
from mock_odus.engine.bodies import CreatePrice, UpdatePrice
from mock_odus.engine.records import Price
from mock_odus.web.front import Caller

prices = Resource(Price, "/prices", "PRICE", readers=BROWSERS, listers=BROWSERS)


@prices.create(CreatePrice)
def create(caller: Caller, body: CreatePrice) -> Price:
    """Makes a price of a product."""
    return engine.create_price(caller.world, body)


@prices.update(UpdatePrice)
def update(caller: Caller, price: Price, body: UpdatePrice) -> Price:
    """Changes a price's name or metadata, or whether it is sold; the rest is fixed."""
    return engine.update_price(caller.world, price, body)


@prices.delete
def delete(caller: Caller, price: Price) -> Price:
    """Deletes a price. One that a cart holds is made inactive instead."""
    return engine.delete_price(caller.world, price)
