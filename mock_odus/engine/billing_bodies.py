"""What a caller may send of billing: subscriptions, their invoices and retry policies. `bodies.py` has the rest."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from mock_odus.engine.bodies import Body, Metadata, Text


class CreateRetryStep(Body, frozen=True):
    """One more try, `retryDelay` days after the one before: at the initial gateway, or at a gateway profile of its own.

    `useInitialGateway` may be left out. `priceReductionPercentage` is taken off the amount, for this try only.
    """

    position: Annotated[int, Meta(ge=1, le=100)]
    retry_delay: Annotated[int, Meta(ge=1, le=3650, description="an integer from 1 to 3650, in days")]
    use_initial_gateway: bool | None = None
    gateway_profile: str | None = None
    price_reduction_percentage: Annotated[int, Meta(ge=1, le=99)] | None = None


RetrySteps = Annotated[list[CreateRetryStep], Meta(min_length=1, max_length=100)]


class CreateRetryPolicy(Body, frozen=True):
    title: Text
    steps: RetrySteps
    is_enabled: bool = True
    metadata: Metadata | None = None


class UpdateRetryPolicy(Body, frozen=True):
    """`steps` replace the old ones whole."""

    title: Text | UnsetType = UNSET
    steps: RetrySteps | UnsetType = UNSET
    is_enabled: bool | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET


class UpdateSubscription(Body, frozen=True):
    """Nothing is charged: the next renewal or retry uses it. `retryPolicy: null` is the merchant's default."""

    payment_method: str | UnsetType = UNSET
    retry_policy: str | None | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET


class CancelSubscription(Body, frozen=True):
    """Without `cancelImmediately` it is cancelled when its period ends."""

    cancel_immediately: bool = False


class ResumeSubscription(Body, frozen=True):
    pass


class PreviewPlan(Body, frozen=True):
    """Another recurring price, of the same currency."""

    price: str


class ApplyPreview(Body, frozen=True):
    preview: str


class UpdateInvoice(Body, frozen=True):
    metadata: Metadata | None | UnsetType = UNSET


class PayInvoice(Body, frozen=True):
    pass


class VoidInvoice(Body, frozen=True):
    pass
