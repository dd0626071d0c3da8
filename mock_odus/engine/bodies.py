"""What a caller may send: one struct for each create, update and verb. The API and scenario files both read these.

`UNSET` is a field that was not sent, where leaving out and `null` mean different things. Amounts in minor units.
"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_odus.engine.permissions import Permission
from mock_odus.engine.records import (
    Address,
    Algorithm,
    CaptureMethod,
    Environment,
    Initiator,
    Integration,
    IntervalUnit,
    MethodType,
    Period,
    PriceType,
    Utm,
)
from mock_odus.shapes import Hidden

MAX_AMOUNT = 999_999_999_999

# A host of plain characters or an IPv6 address, a port, and then whatever has no space in it.
_GROUP = "[0-9A-Fa-f]{1,4}"
_SHORTENED = "|".join(f"({_GROUP}:){{1,{left}}}(:{_GROUP}){{1,{7 - left}}}" for left in range(1, 7))
_IPV6 = f"({_GROUP}:){{7}}{_GROUP}|{_SHORTENED}|({_GROUP}:){{1,7}}:|:((:{_GROUP}){{1,7}}|:)"
_URL = rf"^https?://([A-Za-z0-9._~%@-]+|\[({_IPV6})\])(:[0-9]{{1,5}})?([/?#][^\s]*)?\Z"

Amount = Annotated[int, Meta(ge=1, le=MAX_AMOUNT)]
AmountOrNothing = Annotated[int, Meta(ge=0, le=MAX_AMOUNT)]
CaptureDelay = Annotated[int, Meta(ge=1, le=5, description="an integer from 1 to 5, in days")]
Currency = Annotated[str, Meta(pattern=r"^[A-Za-z]{3}\Z", description="a currency of three letters such as usd")]
Email = Annotated[
    str,
    Meta(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+\Z", max_length=254, description="an email address such as a@b.example"),
]
ReturnUrl = Annotated[str, Meta(pattern=_URL, max_length=2048, description="an absolute http or https URL")]
Text = Annotated[str, Meta(min_length=1, max_length=500)]
Quantity = Annotated[int, Meta(ge=1, le=999_999)]
StatementDescriptor = Annotated[str, Meta(min_length=1, max_length=22)]
Metadata = dict[
    Annotated[str, Meta(min_length=1, max_length=100, description="a key of 1 to 100 characters")],
    Annotated[str, Meta(max_length=500, description="text of at most 500 characters")],
]
Date = Annotated[
    str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\Z", description="a date: YYYY-MM-DD")
]
Permissions = Annotated[list[Permission], Meta(min_length=1, max_length=200)]


class Body(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    pass


# --- Account


class Routing(Body, frozen=True):
    """`cascade` with mode `cascade`, `gatewayProfile` with mode `gatewayProfile`."""

    mode: Literal["cascade", "gatewayProfile"]
    cascade: str | None = None
    gateway_profile: str | None = None
    capture_method: CaptureMethod | None = None


class MethodOptions(Body, frozen=True):
    """Where the charges of each method type go. A method type's own `captureMethod` overrides the one for all."""

    capture_method: CaptureMethod | None = None
    capture_delay: CaptureDelay | None = None
    card: Routing | None = None
    paypal: Routing | None = None
    apple_pay: Routing | None = None


class UpdateMerchantConfig(Body, frozen=True):
    display_currency: Currency | UnsetType = UNSET
    timezone: Text | UnsetType = UNSET
    capture_method: CaptureMethod | UnsetType = UNSET
    capture_delay: CaptureDelay | None | UnsetType = UNSET
    recurring_capture_method: CaptureMethod | None | UnsetType = UNSET
    enable_recurring_payment_bundling: bool | UnsetType = UNSET
    payment_method_options: MethodOptions | None | UnsetType = UNSET
    default_retry_policy: Annotated[str, Meta(description="the id of a retry policy")] | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET


class CreateSecretKey(Body, frozen=True):
    permissions: Permissions
    note: Text | None = None
    metadata: Metadata | None = None


class UpdateSecretKey(Body, frozen=True):
    permissions: Permissions | UnsetType = UNSET
    note: Text | None | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET


class RotateSecretKey(Body, frozen=True):
    pass


class CreatePublishableKey(Body, frozen=True):
    note: Text | None = None
    metadata: Metadata | None = None


class UpdatePublishableKey(Body, frozen=True):
    note: Text | None | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET


# --- Gateways


class CreateGatewayProfile(Body, frozen=True):
    title: Text
    integration: Integration
    environment: Environment = "test"
    credentials: Hidden[dict[str, Hidden[str]]] | None = None
    webhook_verification_key: Hidden[Text] | None = None
    metadata: Metadata | None = None


class UpdateGatewayProfile(Body, frozen=True):
    """`integration` is here to be refused: it is fixed."""

    title: Text | UnsetType = UNSET
    integration: Any = UNSET
    environment: Environment | UnsetType = UNSET
    credentials: Hidden[dict[str, Hidden[str]]] | None | UnsetType = UNSET
    webhook_verification_key: Hidden[Text] | None | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET


class CreateCascadeRule(Body, frozen=True):
    """At its limit (a count) or cap (a sum of amounts) a rule is skipped for the rest of the calendar period."""

    gateway_profile: str
    position: Annotated[int, Meta(ge=1, le=10)]
    weight: Annotated[int, Meta(ge=0, le=100)] | None = None
    transaction_limit: Amount | None = None
    limit_period: Period | None = None
    transaction_cap: Amount | None = None
    cap_period: Period | None = None


CascadeRules = Annotated[list[CreateCascadeRule], Meta(min_length=1, max_length=10)]


class CreateCascade(Body, frozen=True):
    title: Text
    algorithm: Algorithm
    rules: CascadeRules
    description: Text | None = None
    metadata: Metadata | None = None


class UpdateCascade(Body, frozen=True):
    title: Text | UnsetType = UNSET
    algorithm: Algorithm | UnsetType = UNSET
    rules: CascadeRules | UnsetType = UNSET
    description: Text | None | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET


# --- Customers


class CreateCustomer(Body, frozen=True):
    email: Email
    name: Text | None = None
    phone_number: Text | None = None
    date_of_birth: Date | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    metadata: Metadata | None = None


class UpdateCustomer(Body, frozen=True):
    email: Email | UnsetType = UNSET
    name: Text | None | UnsetType = UNSET
    phone_number: Text | None | UnsetType = UNSET
    date_of_birth: Date | None | UnsetType = UNSET
    billing_address: Address | None | UnsetType = UNSET
    shipping_address: Address | None | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET


class CustomerRestrictions(Body, frozen=True):
    """What is given is set; `false` and `null` lift."""

    restrict_cit: bool | None | UnsetType = UNSET
    restrict_mit: bool | None | UnsetType = UNSET
    restrict_reason: Text | None | UnsetType = UNSET


class RestrictCustomer(CustomerRestrictions, frozen=True):
    """`customer` repeats the id in the path."""

    customer: str | None = None


class UpdatePaymentMethod(Body, frozen=True):
    is_default: bool | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET


class CreateBlacklistEntry(Body, frozen=True):
    email: Email
    reason: Text | None = None
    metadata: Metadata | None = None


class CardDetails(Body, frozen=True):
    """A card as it is typed in. Lives as long as the request; only `cards.tokenize` reads the number."""

    number: Hidden[Annotated[str, Meta(pattern=r"^[0-9 -]{12,30}\Z", description="a card number of 12 to 19 digits")]]
    exp_month: str | int
    exp_year: str | int
    cvv: Hidden[Annotated[str, Meta(pattern=r"^[0-9]{3,4}\Z", description="3 or 4 digits, as text")]]
    cardholder_name: Text | None = None

    def __repr__(self) -> str:
        return "CardDetails(…)"


# --- Catalogue


class CreateProduct(Body, frozen=True):
    name: Text
    description: Text | None = None
    statement_descriptor: StatementDescriptor | None = None
    is_active: bool = True
    metadata: Metadata | None = None


class UpdateProduct(Body, frozen=True):
    name: Text | UnsetType = UNSET
    description: Text | None | UnsetType = UNSET
    statement_descriptor: StatementDescriptor | None | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET


class CreateCycleDefinition(Body, frozen=True):
    """A cycle of so many units of time. An `amount` of 0 is a free trial."""

    position: Annotated[int, Meta(ge=1, le=100)]
    amount: AmountOrNothing
    interval_unit: IntervalUnit
    interval_value: Annotated[int, Meta(ge=1)]


class CreateBillingSchedule(Body, frozen=True):
    cycle_definitions: Annotated[list[CreateCycleDefinition], Meta(min_length=1, max_length=100)]


class CreatePrice(Body, frozen=True):
    """`amount` with type `one_time`; `billingSchedule` with type `recurring`, where `amount` is a setup fee."""

    product: str
    type: PriceType
    currency: Currency
    amount: AmountOrNothing | None = None
    billing_schedule: CreateBillingSchedule | None = None
    name: Text | None = None
    is_active: bool = True
    metadata: Metadata | None = None


class UpdatePrice(Body, frozen=True):
    """`product`, `type`, `currency`, `amount` and `billingSchedule` are here to be refused: they are fixed."""

    name: Text | None | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET
    product: Any = UNSET
    type: Any = UNSET
    currency: Any = UNSET
    amount: Any = UNSET
    billing_schedule: Any = UNSET


# --- Payments


class CreateCartItem(Body, frozen=True):
    price: str
    quantity: Quantity = 1


class CreateCart(Body, frozen=True):
    items: Annotated[list[CreateCartItem], Meta(min_length=1, max_length=100)]


class CreatePayment(Body, frozen=True):
    """`amount`, or a `cart` from whose prices it is derived."""

    currency: Currency
    amount: Amount | None = None
    cart: CreateCart | None = None
    initiator: Initiator = "customer"
    customer: str | None = None
    payment_method: str | None = None
    payment_method_options: MethodOptions | None = None
    metadata: Metadata | None = None
    return_url: ReturnUrl | None = None
    statement_descriptor: StatementDescriptor | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    utm: Utm | None = None


class UpdatePayment(Body, frozen=True):
    """`customer` while the payment is open."""

    customer: str | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET
    billing_address: Address | None | UnsetType = UNSET
    shipping_address: Address | None | UnsetType = UNSET


class AuthorizePayment(Body, frozen=True):
    """A saved method by id, or a type with what belongs to it, or nothing when the payment already names its method.

    `card` goes with type `card`, `token` with type `applePay`.
    """

    payment_method: str | None = None
    type: MethodType | None = None
    card: CardDetails | None = None
    token: Hidden[Annotated[str, Meta(min_length=1, max_length=10_000)]] | None = None
    return_url: ReturnUrl | None = None


class CapturePayment(Body, frozen=True):
    """Without `amount`: all that is authorized."""

    amount: Amount | None = None


class CancelPayment(Body, frozen=True):
    pass


class ReversePayment(Body, frozen=True):
    """Without `amount`: everything that is left. `isExternal`: given back elsewhere, so no gateway is asked."""

    amount: Amount | None = None
    is_external: bool = False


class RecordChargeback(Body, frozen=True):
    blacklist_customer: bool = False
    customer_restrictions: CustomerRestrictions | None = None


# --- Webhooks

SomeEventType = Literal[
    "payment.created",
    "payment.updated",
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "payment_method.created",
    "payment_method.updated",
    "payment_method.deleted",
    "subscription.created",
    "subscription.updated",
    "invoice.created",
    "invoice.updated",
    "product.created",
    "product.updated",
    "product.deleted",
    "price.created",
    "price.updated",
    "price.deleted",
]
EventType = Literal["*", SomeEventType]
EventTypes = Annotated[list[EventType], Meta(min_length=1, max_length=50)]
WebhookUrl = Annotated[str, Meta(pattern=_URL, max_length=2048, description="an absolute http or https URL")]


class CreateWebhookSubscriber(Body, frozen=True):
    url: WebhookUrl
    events: EventTypes
    metadata: Metadata | None = None


class UpdateWebhookSubscriber(Body, frozen=True):
    url: WebhookUrl | UnsetType = UNSET
    events: EventTypes | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET
