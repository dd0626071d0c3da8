"""`/retry-policies`: how a failed renewal is tried again (guides/subscriptions/retry-policy)."""

from __future__ import annotations

from mock_odus.api.resource import Resource
from mock_odus.engine import retry_policies as engine
from mock_odus.engine.billing import RetryPolicy
from mock_odus.engine.billing_bodies import CreateRetryPolicy, UpdateRetryPolicy
from mock_odus.web.front import Caller

retry_policies = Resource(RetryPolicy, "/retry-policies", "RETRY_POLICY")


@retry_policies.find("default")
def default(caller: Caller) -> RetryPolicy:
    """Finds the retry policy of the subscriptions that name none."""
    return engine.default(caller.world)


@retry_policies.create(CreateRetryPolicy)
def create(caller: Caller, body: CreateRetryPolicy) -> RetryPolicy:
    """Makes a retry policy."""
    return engine.create(caller.world, body)


@retry_policies.update(UpdateRetryPolicy)
def update(caller: Caller, policy: RetryPolicy, body: UpdateRetryPolicy) -> RetryPolicy:
    """Changes what is given of a retry policy; steps are replaced whole."""
    return engine.update(caller.world, policy, body)


@retry_policies.delete
def delete(caller: Caller, policy: RetryPolicy) -> RetryPolicy:
    """Deletes a retry policy that is neither the default nor any subscription's."""
    return engine.delete(caller.world, policy)
