"""`/products`: what is sold (guides/products/*)."""

from __future__ import annotations

from mock_odus.api.resource import BROWSERS, Resource
from mock_odus.engine import catalog as engine
from mock_odus.engine.bodies import CreateProduct, UpdateProduct
from mock_odus.engine.records import Product
from mock_odus.web.front import Caller

products = Resource(Product, "/products", "PRODUCT", readers=BROWSERS, listers=BROWSERS)


@products.create(CreateProduct)
def create(caller: Caller, body: CreateProduct) -> Product:
    """Makes a product."""
    return engine.create_product(caller.world, body)


@products.update(UpdateProduct)
def update(caller: Caller, product: Product, body: UpdateProduct) -> Product:
    """Changes what is given of a product."""
    return engine.update_product(caller.world, product, body)


@products.delete
def delete(caller: Caller, product: Product) -> Product:
    """Deletes a product. One that has prices is made inactive instead."""
    return engine.delete_product(caller.world, product)
