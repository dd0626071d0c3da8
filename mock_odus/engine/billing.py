"""The records of billing: subscriptions, their invoices, and how a failed renewal is tried again.

Odus pages: subscriptions/creating-subscriptions, subscription-lifecycle, retry-policy, updating-plans,
payment-bundling.
"""

from typing import Literal

from mock_odus.engine.records import (
    CaptureMethod,
    Instant,
    Kept,
    MethodType,
    Private,
    Record,
    Updatable,
)

SubscriptionStatus = Literal["active", "cancelled"]
DisabledReason = Literal["latest_invoice_retrying", "recurring_payment_errored", "subscription_cancelled"]
InvoiceStatus = Literal["open", "paid", "void", "uncollectible"]


class RetryStep(Record, frozen=True):
    """One more try of a failed renewal, `retry_delay` days after the one before.

    `price_reduction_percentage` is taken off the original amount, for this try only.
    """

    position: int
    retry_delay: int
    use_initial_gateway: bool
    gateway_profile: str | None = None
    price_reduction_percentage: int | None = None


class RetryPolicy(Updatable, frozen=True):
    """Steps in the order of `position`. One that is not enabled gives up after the first failure."""

    title: str
    is_enabled: bool
    steps: tuple[RetryStep, ...]
    metadata: dict[str, str] = {}


class BillingSettings(Record, frozen=True):
    """How renewals are charged: as the payment that the subscription was born of."""

    payment_method_type: MethodType
    gateway_profile: str
    capture_method: CaptureMethod
    capture_delay: int | None = None


class UpcomingInvoice(Record, frozen=True):
    """What the next renewal comes to, before any credit, and the beginning of the period it pays for."""

    amount: int
    period_start: Instant


class Place(Record, frozen=True):
    """Where in its price's schedule a period lies: the `count`th of the cycle at `index`, which began at `anchor`."""

    index: int
    anchor: Instant
    count: int


class Subscription(Updatable, frozen=True):
    """What a customer pays for again and again.

    `place` is where the current period lies in the price's schedule, `period_paid` what was paid for it (minor units),
    `ordinal` how many subscriptions there were when it was made.
    """

    status: SubscriptionStatus
    cancel_at_period_end: bool
    auto_billing_enabled: bool
    auto_billing_disabled_reason: DisabledReason | None
    start_date: Instant
    current_period_start: Instant
    current_period_end: Instant
    current_cycle: int
    customer: str
    price: str
    product: str
    currency: str
    quantity: int
    payment_method: str | None
    retry_policy: str | None
    billing_settings: BillingSettings
    latest_invoice: str | None
    upcoming_invoice: UpcomingInvoice | None
    credit_balance: int
    place: Private[Place]
    period_paid: Private[int]
    ordinal: Private[int]
    cancelled_at: Instant | None = None
    metadata: dict[str, str] = {}

    @property
    def is_billing(self) -> bool:
        """Whether it will be renewed when its period ends."""
        return self.auto_billing_enabled and not self.cancel_at_period_end


class InvoiceLine(Record, frozen=True):
    """What a part of an invoice is for. A setup fee and a thing that is sold once have no period."""

    description: str
    price: str
    quantity: int
    amount: int
    period_start: Instant | None = None
    period_end: Instant | None = None


class Invoice(Updatable, frozen=True):
    """What is owed for a period. `amount` less `credit_applied` is charged; `amount_paid` is what was captured so far.

    `reduction` is what a step of the retry policy let the customer off.
    """

    customer: str
    subscription: str
    amount: int
    currency: str
    status: InvoiceStatus
    lines: tuple[InvoiceLine, ...]
    period_start: Instant
    period_end: Instant
    payment: str | None
    due_at: Instant
    attempt_count: int = 0
    amount_paid: int = 0
    credit_applied: int = 0
    reduction: int = 0
    paid_at: Instant | None = None
    voided_at: Instant | None = None
    metadata: dict[str, str] = {}

    @property
    def amount_due(self) -> int:
        """What is to be charged, or was."""
        return self.amount - self.credit_applied


class PlanPreview(Kept, frozen=True):
    """What a change of plan would cost now. It holds as long as the subscription is still `base`."""

    amount_due: int
    amount_credit: int
    preview_valid_until: Instant
    subscription: Subscription
    base: Private[Subscription]
    line: Private[InvoiceLine]
    is_used: Private[bool] = False
