"""`/subscriptions`: born of payments, never created by hand (guides/subscriptions/*)."""

from __future__ import annotations

from mock_odus.api.resource import Resource
from mock_odus.engine import dunning, plan_changes
from mock_odus.engine import subscriptions as engine
from mock_odus.engine.billing import PlanPreview, Subscription
from mock_odus.engine.billing_bodies import (
    ApplyPreview,
    CancelSubscription,
    PreviewPlan,
    ResumeSubscription,
    UpdateSubscription,
)
from mock_odus.engine.plan_changes import Applied
from mock_odus.web.front import Caller

subscriptions = Resource(
    Subscription,
    "/subscriptions",
    "SUBSCRIPTION",
    instead={
        "POST /subscriptions": "a subscription begins when a payment succeeds whose cart holds a recurring price: "
        "POST /payments",
        "DELETE /subscriptions/{id}": "a subscription is ended by POST /subscriptions/{id}/cancel",
    },
)


@subscriptions.update(UpdateSubscription)
def update(caller: Caller, subscription: Subscription, body: UpdateSubscription) -> Subscription:
    """Changes metadata, the retry policy, or the payment method of the next charge; nothing is charged now."""
    return engine.update(caller.world, subscription, body)


@subscriptions.action("cancel", CancelSubscription, action="UPDATE")
def cancel(caller: Caller, subscription: Subscription, body: CancelSubscription) -> Subscription:
    """Ends a subscription with its period, or at once and for good."""
    return dunning.cancel(caller.world, subscription, immediately=body.cancel_immediately)


@subscriptions.action("resume", ResumeSubscription, action="UPDATE")
def resume(caller: Caller, subscription: Subscription, body: ResumeSubscription) -> Subscription:
    """Calls off a cancel that waits for the end of the period."""
    return engine.resume(caller.world, subscription)


@subscriptions.action("preview", PreviewPlan, action="UPDATE", answers=PlanPreview)
def preview_plan(caller: Caller, subscription: Subscription, body: PreviewPlan) -> PlanPreview:
    """Tells what a change to another price would cost now. Nothing is changed."""
    return plan_changes.preview(caller.world, subscription, body)


@subscriptions.action("apply-preview", ApplyPreview, action="UPDATE", answers=Applied)
def apply_preview(caller: Caller, subscription: Subscription, body: ApplyPreview) -> Applied:
    """Charges what was previewed and changes the plan. A decline is no error: `applied` is false then."""
    return plan_changes.apply(caller.world, subscription, body)
