"""The catalogue: what is sold, and at which prices (guides/products/*)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import UNSET
from msgspec.structs import asdict, replace

from mock_odus.engine import metadata
from mock_odus.engine.bodies import (
    CreateBillingSchedule,
    CreatePrice,
    CreateProduct,
    UpdatePrice,
    UpdateProduct,
)
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import (
    BillingSchedule,
    CycleDefinition,
    IntervalUnit,
    Price,
    Product,
)
from mock_odus.engine.world import World

# Ten years, so that the end of a cycle always lies within the calendar.
_LONGEST: dict[IntervalUnit, int] = {
    "minute": 5_256_000,
    "hour": 87_600,
    "day": 3_650,
    "week": 520,
    "month": 120,
    "year": 10,
}
_FIXED = (
    ("product", "product"),
    ("type", "type"),
    ("currency", "currency"),
    ("amount", "amount"),
    ("billing_schedule", "billingSchedule"),
)


# --- products


def create_product(world: World, body: CreateProduct, *, id: str | None = None) -> Product:
    with world.verb():
        product = Product(
            id=id or world.new_id("product"),
            created_at=world.now,
            updated_at=world.now,
            **(asdict(body) | {"metadata": metadata.first(body.metadata)}),
        )
        world.put(product)
        world.emit("product.created", product)
        return product


def update_product(world: World, product: Product, body: UpdateProduct) -> Product:
    """Changes the given fields only; what changes nothing is no event. Invalid."""
    with world.verb():
        given = {name: value for name, value in asdict(body).items() if value is not UNSET}
        given["metadata"] = metadata.merge(product.metadata, body.metadata)
        return world.update(product, replace(product, **given), "product.updated")


def delete_product(world: World, product: Product) -> Product:
    """One that has prices stays, but is not sold any more."""
    with world.verb():
        if world.bucket(Price, "product", product.id):
            return world.update(product, replace(product, is_active=False), "product.updated")
        world.remove(Product, product.id)
        world.emit("product.deleted", product)
        return product


# --- prices


def create_price(world: World, body: CreatePrice, *, id: str | None = None) -> Price:
    """Invalid names everything that the price's type does not allow."""
    with world.verb():
        if problems := list(_problems(world, body)):
            raise Invalid(*problems)
        price = Price(
            id=id or world.new_id("price"),
            created_at=world.now,
            updated_at=world.now,
            name=body.name,
            product=body.product,
            type=body.type,
            currency=body.currency.lower(),
            amount=body.amount,
            billing_schedule=_stored(body.billing_schedule),
            is_active=body.is_active,
            metadata=metadata.first(body.metadata),
        )
        world.put(price)
        world.emit("price.created", price)
        return price


def update_price(world: World, price: Price, body: UpdatePrice) -> Price:
    """Changes the given fields only; what changes nothing is no event. Invalid for a field that is fixed."""
    with world.verb():
        if problems := list(_fixed_problems(price, body)):
            raise Invalid(*problems)
        given = {name: value for name, value in asdict(body).items() if value is not UNSET}
        given["metadata"] = metadata.merge(price.metadata, body.metadata)
        return world.update(price, replace(price, **given), "price.updated")


def delete_price(world: World, price: Price) -> Price:
    """One that a cart holds stays, but is not sold any more."""
    with world.verb():
        if price.is_used:
            return world.update(price, replace(price, is_active=False), "price.updated")
        world.remove(Price, price.id)
        world.emit("price.deleted", price)
        return price


def note_use(world: World, price: Price) -> None:
    """A cart holds it now, so it is here to stay. Nobody is shown that, so it is no event."""
    if not price.is_used:
        world.put(replace(price, is_used=True))


def _stored(schedule: CreateBillingSchedule | None) -> BillingSchedule | None:
    if schedule is None:
        return None
    return BillingSchedule(tuple(CycleDefinition(**asdict(cycle)) for cycle in schedule.cycle_definitions))


def _problems(world: World, body: CreatePrice) -> Iterator[str]:
    if not world.find(Product, body.product):
        yield f"product must be an existing product, found '{body.product}'"
    if body.type == "one_time" and body.amount is None:
        yield "amount is required with type one_time"
    if body.type == "one_time" and body.billing_schedule is not None:
        yield "billingSchedule must be left out with type one_time: it is for recurring prices"
    if body.type == "recurring" and body.billing_schedule is None:
        yield "billingSchedule is required with type recurring"
    if body.billing_schedule is not None:
        yield from _cycle_problems(body.billing_schedule)


def _cycle_problems(schedule: CreateBillingSchedule) -> Iterator[str]:
    positions = Counter(cycle.position for cycle in schedule.cycle_definitions)
    for place, cycle in enumerate(schedule.cycle_definitions):
        path = f"billingSchedule.cycleDefinitions[{place}]"
        if positions[cycle.position] > 1:
            yield f"{path}.position must be unique, found {cycle.position} {positions[cycle.position]} times"
        if cycle.interval_value > (longest := _LONGEST[cycle.interval_unit]):
            yield (
                f"{path}.intervalValue must be at most {longest} with intervalUnit {cycle.interval_unit}, which is ten "
                f"years, found {cycle.interval_value}"
            )


def _fixed_problems(price: Price, body: UpdatePrice) -> Iterator[str]:
    for attribute, name in _FIXED:
        if getattr(body, attribute) is not UNSET:
            value = getattr(price, attribute)
            stays = f", it stays {value}" if isinstance(value, str | int) else ""
            yield f"{name} is fixed{stays}: make another price"
