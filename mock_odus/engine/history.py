"""What was before a world begins: deeds, each done at its time by the engine's own verbs, while every gateway approves.

No rule is asked, and nothing counts for a cascade. The log of it is the caller's to drop, so that nobody is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from mock_odus.engine import authorizations, captures, cascades, cycles, payments, routing, subscriptions
from mock_odus.engine.billing import Subscription
from mock_odus.engine.billing_bodies import UpdateSubscription
from mock_odus.engine.bodies import (
    AuthorizePayment,
    CapturePayment,
    CreateCart,
    CreateCartItem,
    CreatePayment,
    MethodOptions,
    Routing,
)
from mock_odus.engine.errors import Invalid
from mock_odus.engine.gateways import Answer, Approved, Charge, Gateway
from mock_odus.engine.records import (
    Cart,
    GatewayProfile,
    Job,
    MethodType,
    Payment,
    PaymentMethod,
    PaymentMethodOptions,
    Price,
    Rotation,
)
from mock_odus.engine.world import World

RETURN_URL = "https://shop.example/thanks"
"""Where customers of the past came back to."""

MOST_RENEWALS = 1_000
"""How many renewals of one subscription may lie in the past."""


class Deed(Struct, frozen=True):
    at: str
    do: Callable[[], object]


class Approving:
    """In place of a world's gateways: says yes to every charge, and knows the same test cards."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    def test_card(self, number: str) -> str | None:
        """The name of a known test number, or None."""
        return self.gateway.test_card(number)

    def answer(self, world: World, charge: Charge) -> Answer:
        """Yes."""
        return Answer(Approved())

    def mischief(self, world: World, event_type: str, subscriber: str) -> None:
        """None: nobody is told."""


@contextmanager
def approving(world: World) -> Iterator[None]:
    """Whatever is charged meanwhile is approved."""
    gateway = world.gateway
    world.gateway = Approving(gateway)
    try:
        yield
    finally:
        world.gateway = gateway


@contextmanager
def since(world: World, start: str) -> Iterator[None]:
    """Sets the clock back to `start`. In the end all has run that fell due, and it is now again.

    What the world was waiting for before is laid aside meanwhile, and renewals of others are not brought forward.
    """
    now, config = world.now, world.merchant_config()
    waiting = list(world.table(Job).values())
    for job in waiting:
        world.remove(Job, job.id)
    is_lived_in = bool(world.table(Subscription))
    if is_lived_in:
        world.put(replace(config, enable_recurring_payment_bundling=False))
    world.rewind(start)
    try:
        with approving(world):
            yield
            _advance(world, now)
    finally:
        world.rewind(now)
    if is_lived_in:
        world.put(config)
    for job in waiting:
        world.put(job)


def relive(world: World, deeds: Iterable[Deed]) -> None:
    """Does one deed after the other, each at its time; of the same time in the given order."""
    for deed in sorted(deeds, key=lambda deed: deed.at):
        _advance(world, deed.at)
        deed.do()


def _advance(world: World, target: str) -> None:
    made = world.table(Payment)
    while job := world.due(target):
        before = len(made)
        world.run(job)
        for id in list(islice(reversed(made), len(made) - before)):  # one renewal may make several bundles
            take_by_hand(world, id)
    world.forward(target)


def take_by_hand(world: World, payment_id: str) -> None:
    """Captures what nobody else will: a merchant who does it by hand has not let the past lapse."""
    payment = world.get(Payment, payment_id)
    if payment.is_authorized and not payment.is_captured and payment.capture_at is None:
        captures.capture(world, payment, CapturePayment())


# --- what may be done


def sign_up(
    world: World,
    customer: str,
    method: PaymentMethod,
    price: Price,
    *,
    until: str,
    quantity: int = 1,
    gateway: str | None = None,
    retry_policy: str | None = None,
    id: str | None = None,
) -> Subscription:
    """A subscription that begins now, charged straight at a gateway: that of the merchant's defaults, if none is given.

    `until` is when the past ends. Invalid.
    """
    if price.type != "recurring":
        raise Invalid(f"price must be recurring, found {price.id}, which is paid once")
    if _renewals(world, price, until) > MOST_RENEWALS:
        raise Invalid(f"startDate must leave room for at most {MOST_RENEWALS} renewals, found more until {until}")
    gateway = gateway or _first_choice(world, method.type, price.currency)
    if not routing.takes(world, gateway, method.type):
        found = routing.named(world, gateway)
        raise Invalid(f"gatewayProfile must take {routing.takers(method.type)}, found {found}")
    body = CreatePayment(
        price.currency,
        cart=CreateCart([CreateCartItem(price.id, quantity)]),
        customer=customer,
        payment_method=method.id,
        payment_method_options=straight_to(gateway, method.type),
        return_url=RETURN_URL,
    )
    payment = payments.create(world, body)
    assert payment.cart is not None
    items = tuple(replace(item, subscription=id) for item in payment.cart.items)
    paid = authorizations.authorize(world, replace(payment, cart=Cart(items)), AuthorizePayment())
    take_by_hand(world, paid.id)
    begun = world.get(Subscription, paid.subscriptions[0])
    return subscriptions.update(world, begun, UpdateSubscription(retry_policy=retry_policy)) if retry_policy else begun


def straight_to(gateway: str, type: MethodType) -> MethodOptions:
    """The options of a payment that goes to one gateway."""
    way = Routing("gatewayProfile", gateway_profile=gateway)
    match type:
        case "card":
            return MethodOptions(card=way)
        case "paypal":
            return MethodOptions(paypal=way)
        case "applePay":
            return MethodOptions(apple_pay=way)


def _renewals(world: World, price: Price, until: str) -> int:
    """How many there will be from now on until an instant; one more than may be ends the counting."""
    timezone = world.merchant_config().timezone
    period, count = cycles.first(price, world.now, timezone), 0
    while period.end <= until and count <= MOST_RENEWALS:
        period = cycles.following(price, period.place, period.end, timezone)
        count += 1
    return count


def _first_choice(world: World, type: MethodType, currency: str) -> str:
    """The gateway that would be asked first by default; it is not its turn yet. Invalid, Refused when there is none."""
    way = (world.merchant_config().payment_method_options or PaymentMethodOptions()).routing(type)
    if way is None:
        known = ", ".join(world.table(GatewayProfile)) or "none"
        raise Invalid(
            f"gatewayProfile is required, since merchantConfig.paymentMethodOptions has no {type}; known are {known}"
        )
    turn = world.find(Rotation, way.cascade or "")
    first = cascades.candidates(world, way, type, currency)[0].gateway_profile
    if turn:
        world.put(turn)
    elif world.find(Rotation, way.cascade or ""):
        world.remove(Rotation, way.cascade or "")
    return first
