"""The stored records, frozen. Read this file first; `billing`, `webhooks` and `access` have those of their own.

A record carries its parts (a payment its transactions), so that an event can keep it as it was. Amounts are integers
in minor units; instants are the text the API shows (`2026-01-01T00:00:00.000Z`), which compares as time does.
Odus pages: guides/payments/*, guides/customers/*, guides/products/*, guides/dashboard/gateway-profiles,
guides/routing/*.
"""

from typing import Annotated, Literal, TypeVar

from msgspec import Meta, Struct

T = TypeVar("T")

Private = Annotated[T, Meta(extra={"audience": "engine"})]
"""Kept for the engine and the journal, shown to nobody."""

Sensitive = Annotated[T, Meta(extra={"audience": "secret"})]
"""Shown to secret keys and in webhooks only (guides/payments/error-codes)."""

Linked = Annotated[T, Meta(extra={"linked": True})]
"""Text with `{origin}` and `{sandbox}` in it. The view fills them in: a record does not know where it is served."""

Instant = Annotated[str, Meta(extra={"instant": True})]
"""When something is, as the text the API shows. A list may be asked for it in any form of ISO 8601."""

Status = Literal["open", "requires_action", "succeeded", "cancelled"]
DisplayStatus = Literal[
    "unattempted",
    "incomplete",
    "failed",
    "uncaptured",
    "succeeded",
    "partially_reversed",
    "reversed",
    "chargeback",
    "cancelled",
]
Initiator = Literal["customer", "merchant"]
OffSessionType = Literal["recurring", "unscheduled"]
CaptureMethod = Literal["automatic", "manual", "automaticDelayed"]
MethodType = Literal["card", "paypal", "applePay"]
Integration = Literal["stripe", "adyen", "checkout", "paypal"]
Environment = Literal["live", "test"]
Algorithm = Literal["round_robin", "weighted_round_robin", "priority_queue"]
Period = Literal["day", "week", "month"]
PriceType = Literal["one_time", "recurring"]
IntervalUnit = Literal["minute", "hour", "day", "week", "month", "year"]
TransactionType = Literal["authorization", "sale", "capture", "refund", "void"]
Operation = Literal["authorize", "capture", "refund", "void"]
OutcomeStatus = Literal["success", "partial", "failure"]
DeclineType = Literal["soft_decline", "hard_decline"]
RetryStrategy = Literal["retry", "retry_later", "change_payment_method", "authenticate"]
ChallengeAnswer = Literal["passed", "failed", "cancelled", "abandoned"]


class Record(Struct, frozen=True, rename="camel", gc=False):
    """A stored thing. `gc=False`: records are trees of plain values and never form cycles."""


class Kept(Record, frozen=True):
    """What a table holds, by its id."""

    id: str


class Stored(Kept, frozen=True):
    """A record of a resource, dated on the sandbox's clock."""

    created_at: Instant


class Updatable(Stored, frozen=True):
    updated_at: Instant


class Address(Record, frozen=True, forbid_unknown_fields=True):
    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None


# --- Account ---------------------------------------------------------------------------------------------------------


class MethodRouting(Record, frozen=True):
    """Where charges of one method type go: through a cascade, or straight to one gateway profile."""

    mode: Literal["cascade", "gatewayProfile"]
    cascade: str | None = None
    gateway_profile: str | None = None
    capture_method: CaptureMethod | None = None


FIELDS: dict[MethodType, str] = {"card": "card", "paypal": "paypal", "applePay": "apple_pay"}
"""Where `PaymentMethodOptions` keep the routing of a method type."""


class PaymentMethodOptions(Record, frozen=True):
    capture_method: CaptureMethod | None = None
    capture_delay: int | None = None
    card: MethodRouting | None = None
    paypal: MethodRouting | None = None
    apple_pay: MethodRouting | None = None

    def routing(self, type: MethodType) -> MethodRouting | None:
        """Where charges of a method type go; None when it is not available."""
        found: MethodRouting | None = getattr(self, FIELDS[type])
        return found

    def is_delayed(self, default: CaptureMethod) -> bool:
        """Whether charges of one of the method types are captured after a delay; `default` is for those without own."""
        for way in (self.card, self.paypal, self.apple_pay):
            if way and (way.capture_method or default) == "automaticDelayed":
                return True
        return False


class MerchantConfig(Updatable, frozen=True):
    display_currency: str
    timezone: str
    capture_method: CaptureMethod
    capture_delay: int | None = None
    recurring_capture_method: CaptureMethod | None = None
    enable_recurring_payment_bundling: bool = False
    payment_method_options: PaymentMethodOptions | None = None
    default_retry_policy: str | None = None
    metadata: dict[str, str] = {}


# --- Gateways --------------------------------------------------------------------------------------------------------


class GatewayProfile(Updatable, frozen=True):
    """An account at a processor. `credentials` are masked before they are stored: nothing here ever needs them.

    `is_used`: it has made a transaction.
    """

    title: str
    integration: Integration
    environment: Environment
    credentials: dict[str, str] | None
    webhook_verification_key: str | None
    webhook_url: Linked[str]
    metadata: dict[str, str] = {}
    is_used: Private[bool] = False


class CascadeRule(Record, frozen=True):
    gateway_profile: str
    position: int
    weight: int | None = None
    transaction_limit: int | None = None
    limit_period: Period | None = None
    transaction_cap: int | None = None
    cap_period: Period | None = None


class Cascade(Updatable, frozen=True):
    title: str
    description: str | None
    algorithm: Algorithm
    rules: tuple[CascadeRule, ...]
    metadata: dict[str, str] = {}


# --- Customers -------------------------------------------------------------------------------------------------------


class Customer(Updatable, frozen=True):
    email: str
    name: str | None = None
    phone_number: str | None = None
    date_of_birth: str | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    restrict_cit: bool = False
    restrict_mit: bool = False
    restrict_reason: str | None = None
    metadata: dict[str, str] = {}


class Card(Record, frozen=True):
    """What is kept of a card. `test_card` names a known test number (`stripe/4242`); the number itself is nowhere."""

    brand: str
    last_four: str
    exp_month: str
    exp_year: str
    cardholder_name: str | None = None
    country: Private[str | None] = None
    first_six: Private[str] = ""
    fingerprint: Private[str] = ""
    test_card: Private[str | None] = None


class PaymentMethod(Updatable, frozen=True):
    """A saved method, told from others of its type by its `fingerprint`. `gateway_profile` authorized it last."""

    type: MethodType
    customer: str
    is_default: bool
    card: Card | None = None
    metadata: dict[str, str] = {}
    gateway_profile: Private[str | None] = None
    fingerprint: Private[str] = ""


class BlacklistEntry(Stored, frozen=True):
    """Blocks every payment of every customer with this email, which is kept in lower case and never changes."""

    email: str
    reason: str | None = None
    metadata: dict[str, str] = {}


# --- Catalogue -------------------------------------------------------------------------------------------------------


class Product(Updatable, frozen=True):
    name: str
    description: str | None = None
    statement_descriptor: str | None = None
    is_active: bool = True
    metadata: dict[str, str] = {}


class CycleDefinition(Record, frozen=True):
    """How long a cycle lasts and what it costs. They run in the order of `position`, and the last one repeats."""

    position: int
    amount: int
    interval_unit: IntervalUnit
    interval_value: int


class BillingSchedule(Record, frozen=True):
    cycle_definitions: tuple[CycleDefinition, ...]


class Price(Updatable, frozen=True):
    """What a product costs: once, or by a schedule, to which `amount` is then the setup fee.

    `is_used`: a cart holds it.
    """

    name: str | None
    product: str
    type: PriceType
    currency: str
    amount: int | None
    billing_schedule: BillingSchedule | None
    is_active: bool = True
    metadata: dict[str, str] = {}
    is_used: Private[bool] = False


# --- Payments --------------------------------------------------------------------------------------------------------


class CartItem(Record, frozen=True):
    """`subscription` is the id of the subscription that will be born of it, where that is settled before."""

    price: str
    quantity: int = 1
    subscription: Private[str | None] = None


class Cart(Record, frozen=True):
    items: tuple[CartItem, ...]


class Utm(Record, frozen=True, forbid_unknown_fields=True):
    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    term: str | None = None
    content: str | None = None


class Action(Record, frozen=True):
    """The step a customer has to take. `token` finds the challenge."""

    redirect_url: Linked[str]
    token: Private[str]
    type: Literal["redirect"] = "redirect"


class TransactionOutcome(Record, frozen=True):
    status: OutcomeStatus
    error_code: Sensitive[str | None] = None
    error_message: Sensitive[str | None] = None
    safe_error_message: str | None = None
    decline_type: Sensitive[DeclineType | None] = None
    retry_strategy: RetryStrategy | None = None
    processor_code: Sensitive[str | None] = None
    processor_message: Sensitive[str | None] = None
    special_code: str | None = None


class CardSummary(Record, frozen=True):
    brand: str
    last_four: str
    exp_month: str
    exp_year: str


class PaymentMethodDetails(Record, frozen=True):
    type: MethodType
    card: CardSummary | None = None


class Transaction(Stored, frozen=True):
    """One gateway, asked once. `attempt` counts the transactions of a payment, from 1."""

    payment: str
    type: TransactionType
    amount: int
    currency: str
    gateway_profile: str | None
    integration: Integration | None
    attempt: int
    outcome: TransactionOutcome
    payment_method_details: PaymentMethodDetails | None = None
    gateway_reference: str | None = None
    latency_ms: int = 0
    customer: Private[str | None] = None
    initiator: Private[Initiator] = "customer"
    cascade: Private[str | None] = None
    position: Private[int | None] = None
    card: Private[Card | None] = None
    rule: Private[str | None] = None
    challenge: Private[str | None] = None
    forgotten: Private[bool] = False
    fails_with: Private[str | None] = None
    subscription: Private[str | None] = None
    cycle: Private[int | None] = None
    retry: Private[int | None] = None


class Payment(Updatable, frozen=True):
    """`cycles` are those of the subscriptions that it pays for, 1 the first charge.

    `retries` counts the steps of the retry policy that were taken; `retry` is the one taken last, 0 the renewal itself,
    None when somebody asked by hand. `preview` is the change of plan that the payment pays for.
    """

    amount: int
    currency: str
    initiator: Initiator
    status: Status
    display_status: DisplayStatus
    customer: str | None
    payment_method: str | None
    payment_method_options: PaymentMethodOptions
    cart: Cart | None
    metadata: dict[str, str]
    action: Action | None
    capture_method: CaptureMethod
    capture_delay: int | None
    return_url: str | None
    statement_descriptor: str | None
    billing_address: Address | None
    shipping_address: Address | None
    utm: Utm | None
    checkout_key: Sensitive[Linked[str]]
    off_session_type: OffSessionType | None
    is_authorized: bool = False
    is_captured: bool = False
    is_partially_reversed: bool = False
    is_fully_reversed: bool = False
    is_chargebacked: bool = False
    chargeback_recorded_at: Instant | None = None
    amount_authorized: int = 0
    amount_captured: int = 0
    amount_reversed: int = 0
    capture_at: Instant | None = None
    retry_next_at: Instant | None = None
    gateway_profile: str | None = None
    cascade: str | None = None
    transactions: tuple[Transaction, ...] = ()
    subscriptions: tuple[str, ...] = ()
    invoices: tuple[str, ...] = ()
    cancelled_at: Instant | None = None
    cancellation_reason: Literal["requested", "voided", "lapsed", "retries_exhausted"] | None = None
    ordinal: Private[int] = 0
    tries: Private[int] = 0
    succeeded_at: Private[Instant | None] = None
    cycles: Private[tuple[int, ...]] = ()
    retries: Private[int] = 0
    retry: Private[int | None] = None
    preview: Private[str | None] = None


class Orphan(Kept, frozen=True):
    """A charge that a gateway holds and Odus does not know of; its id is the transaction's."""

    at: str
    payment: str
    operation: Operation
    gateway_profile: str
    amount: int
    currency: str
    rule: str | None


# --- The engine's own ------------------------------------------------------------------------------------------------


class Job(Kept, frozen=True):
    """A verb due later, as data. One live job for each kind and subject; `sequence` settles ties."""

    kind: str
    subject: str
    due: str
    sequence: int


class Counter(Kept, frozen=True):
    """How many of a thing were made; ids and chances are hashes of the seed and this ordinal."""

    value: int


class FirstAnswer(Kept, frozen=True):
    """What the first request with an Idempotency-Key was answered. `asked` is a digest of that request."""

    asked: str
    status: int
    body: bytes


class Usage(Kept, frozen=True):
    """What a cascade rule had approved in all by an instant: how often, and how much in each currency."""

    at: str
    count: int
    amounts: dict[str, int]


class Rotation(Kept, frozen=True):
    """Whose turn it is in a cascade: the current weight of each rule by its position. The id is the cascade's."""

    weights: dict[int, int]


EntryKind = Literal["event", "attempt", "challenge", "job"]


class Entry(Record, frozen=True):
    """One line of a world's log. `record` is the subject as it was at that moment."""

    at: str
    kind: EntryKind
    name: str
    subject: str
    record: Record | None = None
