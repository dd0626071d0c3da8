"""Retry policies: when and where a failed renewal is tried again (guides/subscriptions/retry-policy)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import UNSET
from msgspec.structs import asdict, replace

from mock_odus.engine import metadata, routing
from mock_odus.engine.billing import RetryPolicy, RetryStep, Subscription
from mock_odus.engine.billing_bodies import CreateRetryPolicy, CreateRetryStep, UpdateRetryPolicy
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.records import GatewayProfile
from mock_odus.engine.world import World

# --- the resource


def create(world: World, body: CreateRetryPolicy, *, id: str | None = None) -> RetryPolicy:
    """Invalid names everything that is wrong with any of the steps."""
    with world.verb():
        if problems := list(_problems(world, body.steps)):
            raise Invalid(*problems)
        policy = RetryPolicy(
            id=id or world.new_id("retryPolicy"),
            created_at=world.now,
            updated_at=world.now,
            title=body.title,
            is_enabled=body.is_enabled,
            steps=_stored(body.steps),
            metadata=metadata.first(body.metadata),
        )
        return world.put(policy)


def update(world: World, policy: RetryPolicy, body: UpdateRetryPolicy) -> RetryPolicy:
    """Changes the given fields only; steps are replaced whole. Invalid."""
    with world.verb():
        given = {name: value for name, value in asdict(body).items() if value is not UNSET}
        if body.steps is not UNSET:
            if problems := list(_problems(world, body.steps)):
                raise Invalid(*problems)
            given["steps"] = _stored(body.steps)
        given["metadata"] = metadata.merge(policy.metadata, body.metadata)
        changed = replace(policy, **given)
        return world.update(policy, changed)


def delete(world: World, policy: RetryPolicy) -> RetryPolicy:
    """Refused while it is the merchant's default, and while a subscription that is not cancelled names it."""
    with world.verb():
        config = world.merchant_config()
        if policy.id == config.default_retry_policy:
            raise Refused(
                f"retry policy {policy.id} is the merchant's default: change defaultRetryPolicy of {config.id} first"
            )
        if users := routing.subscriptions(world, lambda one: one.retry_policy == policy.id):
            raise Refused(f"retry policy {policy.id} is used by {users}: change retryPolicy there first")
        world.remove(RetryPolicy, policy.id)
        return policy


def _stored(steps: Sequence[CreateRetryStep]) -> tuple[RetryStep, ...]:
    """A step that does not say goes to the initial gateway, unless it names another."""
    return tuple(RetryStep(**asdict(step) | {"use_initial_gateway": step.gateway_profile is None}) for step in steps)


def _problems(world: World, steps: Sequence[CreateRetryStep]) -> Iterator[str]:
    positions = Counter(step.position for step in steps)
    for place, step in enumerate(steps):
        path = f"steps[{place}]"
        if positions[step.position] > 1:
            yield f"{path}.position must be unique, found {step.position} {positions[step.position]} times"
        if problem := _gateway_problem(world, step):
            yield f"{path}.gatewayProfile {problem}"


def _gateway_problem(world: World, step: CreateRetryStep) -> str | None:
    """What is wrong with where a step goes; only the charges of cards can go elsewhere than the first time."""
    profile = step.gateway_profile
    if profile is None:
        wanted = "is required with useInitialGateway false: name the gateway profile to try instead"
        return wanted if step.use_initial_gateway is False else None
    if step.use_initial_gateway:
        return f"must be left out with useInitialGateway true, found '{profile}': a step goes to one or the other"
    if not world.find(GatewayProfile, profile):
        return f"must be an existing gateway profile, found '{profile}'"
    if not routing.takes(world, profile, "card"):
        return f"must take {routing.takers('card')}, found {routing.named(world, profile)}"
    return None


# --- which one, and what it says


def default(world: World) -> RetryPolicy:
    """The policy of subscriptions that name none; there always is one."""
    id = world.merchant_config().default_retry_policy
    assert id is not None, "a merchant has no default retry policy"
    return world.get(RetryPolicy, id)


def of(world: World, subscription: Subscription) -> RetryPolicy:
    """The subscription's own policy, else the merchant's default, also where its own was deleted after its end."""
    return world.find(RetryPolicy, subscription.retry_policy or "") or default(world)


def step(policy: RetryPolicy, number: int) -> RetryStep | None:
    """The step of that number, from 1, in the order of `position`; None when the policy gives up."""
    if not policy.is_enabled or not 0 < number <= len(policy.steps):
        return None
    return sorted(policy.steps, key=lambda step: step.position)[number - 1]
