"""Retry policies: how they change and go, and which step is next (guides/subscriptions/retry-policy)."""

import pytest
from msgspec.structs import asdict, replace

from mock_odus.engine import retry_policies
from mock_odus.engine.billing import RetryPolicy, Subscription
from mock_odus.engine.billing_bodies import CreateRetryPolicy, CreateRetryStep, UpdateRetryPolicy
from mock_odus.engine.bodies import (
    CreateBillingSchedule,
    CreateCart,
    CreateCartItem,
    CreateCycleDefinition,
)
from mock_odus.engine.errors import Invalid

DAY = "2026-01-02T00:00:00.000Z"
MONTHLY = CreateBillingSchedule([CreateCycleDefinition(1, 900, "month", 1)])


def step(position=1, retry_delay=3, **fields):
    return CreateRetryStep(position, retry_delay, **fields)


@pytest.fixture
def make(world):
    """Makes a policy of these steps."""

    def made(*steps, **fields):
        return retry_policies.create(world, CreateRetryPolicy("Mine", list(steps), **fields))

    return made


@pytest.fixture
def policy(make):
    """Two steps: after three days, and seven days later for 10 % less."""
    return make(step(), step(2, 7, price_reduction_percentage=10), metadata={"a": "1"})


@pytest.fixture
def subscribe(shop):
    """Makes a subscription with that policy, or with none of its own."""

    def made(policy=None, **fields):
        price = shop.price(None, type="recurring", billing_schedule=MONTHLY)
        paid = shop.authorize(shop.create(None, cart=CreateCart([CreateCartItem(price.id)])))
        subscription = shop.world.get(Subscription, paid.subscriptions[0])
        return shop.world.put(replace(subscription, retry_policy=policy and policy.id, **fields))

    return made


@pytest.fixture
def problems(world):
    """What an act is refused with; nothing has changed then."""

    def told(act, *args):
        before = world.digest()
        with pytest.raises(Invalid) as caught:
            act(*args)
        assert before == world.digest()
        return list(caught.value.problems)

    return told


# --- making one


def test_a_policy_keeps_what_it_is_given(shop, make):
    """Steps in the order in which they were written; it is enabled unless it says otherwise."""
    third = shop.gateways[2]
    made = make(step(9, 14, gateway_profile=third), step(2, 3650, price_reduction_percentage=99), metadata={"a": ""})
    expected = [
        {"position": 9, "retry_delay": 14, "use_initial_gateway": False, "gateway_profile": third},
        {"position": 2, "retry_delay": 3650, "use_initial_gateway": True, "gateway_profile": None},
    ]
    reductions = [{"price_reduction_percentage": percent} for percent in (None, 99)]
    assert [one | reduced for one, reduced in zip(expected, reductions)] == [asdict(one) for one in made.steps]
    assert ("Mine", True, {}) == (made.title, made.is_enabled, made.metadata)
    assert made.id.startswith("rp_")
    assert made == shop.world.get(RetryPolicy, made.id)
    assert make(step(), is_enabled=False).is_enabled is False


@pytest.mark.parametrize("said", [None, True])
def test_a_step_goes_to_the_initial_gateway_unless_it_names_another(make, said):
    """Whether it says so or not."""
    assert make(step(use_initial_gateway=said)).steps[0].use_initial_gateway is True


@pytest.mark.parametrize("said", [None, False])
def test_a_step_that_names_a_gateway_goes_there(shop, make, said):
    """Whether it says that it is not the initial one or not."""
    made = make(step(use_initial_gateway=said, gateway_profile=shop.gateways[0])).steps[0]
    assert (False, shop.gateways[0]) == (made.use_initial_gateway, made.gateway_profile)


def test_nothing_tells_of_a_policy(world, make, told):
    """Neither that it was made, nor that it was changed or deleted, is an event."""
    policy = make(step())
    assert [] == told(make, step())
    assert [] == told(retry_policies.update, world, policy, UpdateRetryPolicy(title="Other"))
    assert [] == told(retry_policies.delete, world, policy)


def test_every_problem_of_the_steps_is_told(shop, problems, make):
    """With its place: positions that stand twice, and gateways that are missing, unknown, too many or unfit."""
    first, wallet = shop.gateways[0], shop.profile("paypal")
    wrong = [
        step(1, use_initial_gateway=False),
        step(2, gateway_profile=first, use_initial_gateway=True),
        step(1, gateway_profile="gwp_x"),
        step(4, gateway_profile=wallet),
        step(5, gateway_profile=first),
    ]
    assert [
        "steps[0].position must be unique, found 1 2 times",
        "steps[0].gatewayProfile is required with useInitialGateway false: name the gateway profile to try instead",
        f"steps[1].gatewayProfile must be left out with useInitialGateway true, found '{first}': a step goes to one or "
        "the other",
        "steps[2].position must be unique, found 1 2 times",
        "steps[2].gatewayProfile must be an existing gateway profile, found 'gwp_x'",
        f"steps[3].gatewayProfile must take cards (stripe, adyen, checkout), found {wallet} (paypal)",
    ] == problems(make, *wrong)


# --- changing one


def test_only_the_given_fields_change(world, policy):
    """The others stay, metadata is merged, and the time of the change is told."""
    world.advance(DAY)
    changed = retry_policies.update(world, policy, UpdateRetryPolicy(is_enabled=False, metadata={"b": "2"}))
    expected = {"is_enabled": False, "metadata": {"a": "1", "b": "2"}, "updated_at": DAY}
    assert asdict(policy) | expected == asdict(changed)
    assert changed == world.get(RetryPolicy, policy.id)


def test_steps_are_replaced_whole(world, policy):
    """None of the old ones is left."""
    changed = retry_policies.update(world, policy, UpdateRetryPolicy(steps=[step(7, 1)]))
    assert [(7, 1)] == [(one.position, one.retry_delay) for one in changed.steps]


def test_what_changes_nothing_is_no_change(world, policy):
    """The same values again leave the world as it was."""
    world.advance(DAY)
    before = world.digest()
    steps = [CreateRetryStep(**asdict(one)) for one in policy.steps]
    body = UpdateRetryPolicy(title="Mine", steps=steps, is_enabled=True, metadata={})
    assert policy == retry_policies.update(world, policy, body)
    assert before == world.digest()


def test_a_change_that_cannot_be_changes_nothing(world, policy, problems):
    """Other steps are judged like the first ones, and the title beside them does not change either."""
    body = UpdateRetryPolicy(title="Other", steps=[step(), step(2, gateway_profile="gwp_x")])
    assert ["steps[1].gatewayProfile must be an existing gateway profile, found 'gwp_x'"] == problems(
        retry_policies.update, world, policy, body
    )


# --- deleting one


def test_a_policy_that_nobody_uses_is_deleted(world, policy):
    """It is gone, and the default is not."""
    assert policy == retry_policies.delete(world, policy)
    assert [retry_policies.default(world).id] == list(world.table(RetryPolicy))


def test_the_default_cannot_be_deleted(shop, refused, policy):
    """Until the merchant has another one."""
    world, first = shop.world, retry_policies.default(shop.world)
    config = world.merchant_config().id
    told = f"retry policy {first.id} is the merchant's default: change defaultRetryPolicy of {config} first"
    refused(f"{told}$", retry_policies.delete, world, first)
    shop.config(default_retry_policy=policy.id)
    assert first == retry_policies.delete(world, first)


def test_a_policy_that_a_subscription_names_cannot_be_deleted(world, refused, policy, subscribe):
    """Three of them are named, the rest is counted; a cancelled one does not count."""
    subscribe(policy, status="cancelled", auto_billing_enabled=False)
    first = subscribe(policy)
    told = rf"retry policy {policy.id} is used by 1 subscription \({first.id}\): change retryPolicy there first$"
    refused(told, retry_policies.delete, world, policy)
    ids = [first.id, *(subscribe(policy).id for _ in range(3))]
    subscribe()
    told = rf"is used by 4 subscriptions \({', '.join(ids[:3])}, …\): change retryPolicy there first$"
    refused(told, retry_policies.delete, world, policy)
    for id in ids:
        world.put(replace(world.get(Subscription, id), retry_policy=None))
    assert policy == retry_policies.delete(world, policy)


# --- which one, and what it says


def test_there_is_a_default_from_the_start(world):
    """After one, three and five days, each on the initial gateway."""
    default = retry_policies.default(world)
    assert (default.id, "Default", True) == (world.merchant_config().default_retry_policy, default.title, True)
    assert [(1, 1), (2, 3), (3, 5)] == [(one.position, one.retry_delay) for one in default.steps]
    assert {(True, None, None)} == {
        (one.use_initial_gateway, one.gateway_profile, one.price_reduction_percentage) for one in default.steps
    }


def test_a_subscription_has_its_own_policy_or_the_default(shop, make, policy, subscribe):
    """The default is the one that the merchant has now."""
    own, other = subscribe(policy), subscribe()
    assert policy == retry_policies.of(shop.world, own)
    assert retry_policies.default(shop.world) == retry_policies.of(shop.world, other)
    third = make(step())
    shop.config(default_retry_policy=third.id)
    assert [policy, third] == [retry_policies.of(shop.world, one) for one in (own, other)]


def test_a_policy_that_went_after_its_subscription_is_the_default(world, policy, subscribe):
    """A cancelled subscription goes on naming it, and that does no harm."""
    ended = subscribe(policy, status="cancelled", auto_billing_enabled=False)
    retry_policies.delete(world, policy)
    assert retry_policies.default(world) == retry_policies.of(world, ended)


def test_steps_run_in_the_order_of_their_positions(make):
    """However they were written; there is none before the first and after the last."""
    policy = make(step(30, 14), step(1, 3), step(20, 7))
    found = [retry_policies.step(policy, number) for number in (-1, 0, 1, 2, 3, 4)]
    assert [None, None, 3, 7, 14, None] == [one and one.retry_delay for one in found]


def test_a_policy_that_is_not_enabled_has_no_steps(make):
    """It gives up after the first failure."""
    assert retry_policies.step(make(step(), is_enabled=False), 1) is None
