"""Payments: make one, change it, find it by its checkout key.

Odus page: guides/payments/making-payments. What is done with a payment stands in `authorizations.py`, `captures.py`,
`reversals.py` and `chargebacks.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import UNSET
from msgspec.structs import asdict, replace

from mock_odus.engine import carts, cascades, customers, lifecycle, metadata, periods
from mock_odus.engine.billing import Subscription
from mock_odus.engine.bodies import CreatePayment, UpdatePayment
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.records import (
    FIELDS,
    CaptureMethod,
    Cart,
    CartItem,
    Customer,
    Initiator,
    MerchantConfig,
    MethodRouting,
    MethodType,
    OffSessionType,
    Payment,
    PaymentMethod,
    PaymentMethodOptions,
)
from mock_odus.engine.world import World

CHECKOUT_KEY_READS = periods.Duration(milliseconds=24 * 3_600_000)
METHODS: tuple[MethodType, ...] = ("card", "paypal", "applePay")


def create(world: World, body: CreatePayment, *, id: str | None = None) -> Payment:
    """An open payment; nothing is charged.

    Invalid; Refused when no payment method is available for it, or its customer may not pay.
    """
    with world.verb():
        config = world.merchant_config()
        problems = _reference_problems(world, body.customer, body.payment_method)
        amount, cart = body.amount, None
        if body.cart is not None or amount is None:  # else there is nothing to look up
            amount, cart, wrong = carts.bill(world, body)
            problems += wrong
        try:
            options = _options(world, body, config)
        except Invalid as error:
            raise Invalid(*problems, *error.problems) from None
        ordinal = len(world.table(Payment)) + 1
        id, now = id or world.new_id("payment", ordinal), world.now
        payment = Payment(
            id=id,
            created_at=now,
            updated_at=now,
            amount=amount,
            currency=body.currency.lower(),
            initiator=body.initiator,
            status="open",
            display_status="unattempted",
            customer=body.customer,
            payment_method=body.payment_method,
            payment_method_options=options,
            cart=cart,
            metadata=metadata.first(body.metadata),
            action=None,
            capture_method=options.capture_method or config.capture_method,
            capture_delay=options.capture_delay or config.capture_delay,
            return_url=body.return_url,
            statement_descriptor=body.statement_descriptor,
            billing_address=body.billing_address,
            shipping_address=body.shipping_address,
            utm=body.utm,
            checkout_key=_checkout_key(id),
            off_session_type="unscheduled" if body.initiator == "merchant" else None,
            ordinal=ordinal,
            cycles=carts.cycles(world, cart),
        )
        problems += _availability_problems(world, payment)
        if problems:
            raise Invalid(*problems)
        refuse_blocked(world, payment.customer, payment.initiator)
        if cart is not None:
            carts.note_use(world, cart)
        world.put(payment)
        world.emit("payment.created", payment)
        return payment


def next_id(world: World) -> tuple[str, int]:
    """The id that the next payment will have, and its ordinal."""
    ordinal = len(world.table(Payment)) + 1
    return world.new_id("payment", ordinal), ordinal


def open_for(
    world: World,
    subscriptions: Sequence[Subscription],
    amount: int,
    *,
    invoices: tuple[str, ...] = (),
    cart: Cart | None = None,
    off_session_type: OffSessionType = "recurring",
    cycles: tuple[int, ...] = (),
    retry: int | None = None,
    preview: str | None = None,
    reserved: tuple[str, int] | None = None,
) -> Payment:
    """A payment that the merchant makes for subscriptions, as the first of them is charged; nothing is charged yet.

    Its gateway is the stored one, and so is how it is captured, unless the merchant has said how renewals are.
    `reserved` is what `next_id` said, if it was asked.
    """
    primary = subscriptions[0]
    settings, config = primary.billing_settings, world.merchant_config()
    method, delay = settings.capture_method, settings.capture_delay
    if config.recurring_capture_method:
        method, delay = config.recurring_capture_method, config.capture_delay
    id, ordinal = reserved or next_id(world)
    payment = Payment(
        id=id,
        created_at=world.now,
        updated_at=world.now,
        amount=amount,
        currency=primary.currency,
        initiator="merchant",
        status="open",
        display_status="unattempted",
        customer=primary.customer,
        payment_method=primary.payment_method,
        payment_method_options=_direct(settings.payment_method_type, settings.gateway_profile, method, delay),
        cart=cart or _cart(tuple((one.price, one.quantity) for one in subscriptions)),
        metadata=metadata.NONE,
        action=None,
        capture_method=method,
        capture_delay=delay,
        return_url=None,
        statement_descriptor=None,
        billing_address=None,
        shipping_address=None,
        utm=None,
        checkout_key=_checkout_key(id),
        off_session_type=off_session_type,
        subscriptions=tuple(one.id for one in subscriptions),
        invoices=invoices,
        ordinal=ordinal,
        cycles=cycles,
        retry=retry,
        preview=preview,
    )
    world.put(payment)
    world.emit("payment.created", payment)
    return payment


# Renewals are alike for years, so they share these.


@lru_cache(maxsize=1024)
def _cart(items: tuple[tuple[str, int], ...]) -> Cart:
    return Cart(tuple(CartItem(price, quantity) for price, quantity in items))


@lru_cache(maxsize=1024)
def _direct(type: MethodType, gateway: str, method: CaptureMethod, delay: int | None) -> PaymentMethodOptions:
    """Straight to one gateway."""
    routing = MethodRouting("gatewayProfile", gateway_profile=gateway)
    return PaymentMethodOptions(method, delay, **{FIELDS[type]: routing})


def _options(world: World, body: CreatePayment, config: MerchantConfig) -> PaymentMethodOptions:
    """What the caller gave, filled up with the merchant's defaults. Invalid, Refused when nothing is available."""
    options = config.payment_method_options or PaymentMethodOptions()
    if body.payment_method_options is not None:
        given = cascades.options(world, body.payment_method_options)
        options = PaymentMethodOptions(
            capture_method=given.capture_method or options.capture_method,
            capture_delay=given.capture_delay or options.capture_delay,
            card=given.card or _taken_over(options.card, given),
            paypal=given.paypal or _taken_over(options.paypal, given),
            apple_pay=given.apple_pay or _taken_over(options.apple_pay, given),
        )
    if not (options.card or options.paypal or options.apple_pay):
        raise Refused(
            "no payment method is available: give paymentMethodOptions.card, paypal or applePay, or set a default for "
            f"the merchant with POST /merchant-configs/{config.id}"
        )
    return options


def _taken_over(routing: MethodRouting | None, given: PaymentMethodOptions) -> MethodRouting | None:
    """A default of the merchant: how the caller wants this payment captured wins over what that says."""
    return replace(routing, capture_method=None) if routing and given.capture_method else routing


def _availability_problems(world: World, payment: Payment) -> Iterator[str]:
    options = payment.payment_method_options
    if payment.payment_method is not None:
        saved = world.find(PaymentMethod, payment.payment_method)
        if saved and options.routing(saved.type) is None:
            yield not_available(payment, saved.type, "paymentMethod")
    if payment.capture_delay is None and options.is_delayed(payment.capture_method):
        yield "paymentMethodOptions.captureDelay is required with captureMethod automaticDelayed: 1 to 5 days"


def not_available(payment: Payment, type: MethodType, field: str) -> str:
    """The sentence about a method type that the payment does not take."""
    known = ", ".join(one for one in METHODS if payment.payment_method_options.routing(one))
    return f"{field} must be of a type that is available for this payment ({known}), found {type}"


def _reference_problems(world: World, customer: str | None, payment_method: str | None) -> list[str]:
    problems = []
    if customer is not None and not world.find(Customer, customer):
        problems.append(f"customer must be an existing customer, found '{customer}'")
    if payment_method is not None:
        problems += method_problems(world, payment_method, customer)
    return problems


def method_problems(world: World, id: str, customer: str | None) -> list[str]:
    """What keeps a saved method from being charged for a customer."""
    method = world.find(PaymentMethod, id)
    if method is None:
        return [f"paymentMethod must be a saved payment method, found '{id}'"]
    if customer is None:
        return ["paymentMethod needs a customer: a saved payment method belongs to one"]
    if method.customer != customer:
        return [f"paymentMethod must belong to customer {customer}, found '{id}'"]
    return []


def refuse_blocked(world: World, id: str | None, initiator: Initiator) -> None:
    """Refused for a customer who may not pay now (guides/customers/customer-restrictions), or who was deleted."""
    if id is None:
        return
    customer = world.find(Customer, id)
    if customer is None:
        raise Refused(f"customer {id} was deleted, so this payment cannot be authorized: cancel it")
    match customers.block(world, customer, initiator):
        case "customer_blacklisted":
            raise Refused(f"customer {id} is blacklisted by email: see GET /blacklist")
        case "customer_restricted":
            field = "restrictCit" if initiator == "customer" else "restrictMit"
            why = f" ({customer.restrict_reason})" if customer.restrict_reason else ""
            raise Refused(f"customer {id} is restricted: {field} blocks {initiator}-initiated payments{why}")


def _checkout_key(id: str) -> str:
    """The id's tail, so that the payment is found without an index, and the same backwards: no id is ever a key.

    A mock's key need not be hard to guess, so a hash on every create is spared.
    """
    tail = id.partition("_")[2]
    return f"ckey_{{sandbox}}_{tail}{tail[::-1]}"


def find_by_checkout_tail(world: World, tail: str) -> Payment | None:
    """The payment whose checkout key ends so; the key dies 24 hours after the payment succeeded or was cancelled."""
    payment = world.find(Payment, f"{world.policies.prefixes['payment']}_{tail[: len(tail) // 2]}")
    if payment is None or not payment.checkout_key.endswith(f"_{tail}"):
        return None
    ended = payment.succeeded_at or payment.cancelled_at
    over = ended and periods.due(ended, CHECKOUT_KEY_READS)
    return None if over and world.now > over else payment


def update(world: World, payment: Payment, body: UpdatePayment) -> Payment:
    """Metadata and addresses in any status, the customer of an open one; what changes nothing is no event.

    Invalid; Refused when another customer comes too late, or may not pay.
    """
    with world.verb():
        given = {name: value for name, value in asdict(body).items() if value is not UNSET}
        given["metadata"] = metadata.merge(payment.metadata, body.metadata)
        changed = replace(payment, **given)
        if changed == payment:
            return payment
        if changed.customer != payment.customer:
            lifecycle.require(payment, "given a customer")
            if payment.off_session_type == "recurring":
                raise Refused(f"payment {payment.id} belongs to a renewal, so its customer stays")
            if problems := _reference_problems(world, changed.customer, None):
                raise Invalid(*problems)
            if payment.payment_method and method_problems(world, payment.payment_method, changed.customer):
                raise Invalid(
                    f"customer must be the one whose payment method {payment.payment_method} this payment names, "
                    f"found '{changed.customer}'"
                )
            refuse_blocked(world, changed.customer, payment.initiator)
        return lifecycle.change(world, payment, **given)
