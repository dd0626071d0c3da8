"""Gateway profiles: what may change, what is never kept, and when one may go (guides/dashboard/gateway-profiles)."""

import pytest
from msgspec.structs import asdict, replace

from mock_odus.engine import cascades, profiles, retry_policies
from mock_odus.engine.billing import Subscription
from mock_odus.engine.billing_bodies import CreateRetryPolicy, CreateRetryStep
from mock_odus.engine.bodies import (
    CreateBillingSchedule,
    CreateCart,
    CreateCartItem,
    CreateCycleDefinition,
    CreateGatewayProfile,
    MethodOptions,
    Routing,
    UpdateGatewayProfile,
)
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.records import Cascade, GatewayProfile

TEST = {"publicKey": "pk_test_12345678", "secretKey": "sk_test_12345678"}
OTHER = {"publicKey": "pk_test_12345678", "secretKey": "sk_test_00000000"}
LIVE = {"publicKey": "pk_live_87654321", "secretKey": "sk_live_87654321"}
MASKED = {"publicKey": "****4321", "secretKey": "****4321"}


@pytest.fixture
def profile(world):
    """A test profile at Stripe with credentials."""
    body = CreateGatewayProfile("Stripe", "stripe", credentials=TEST, webhook_verification_key="whsec_12345678")
    return profiles.create(world, body)


@pytest.fixture
def refused(world, profile):
    """The problems of an update, which has changed nothing."""

    def told(**fields):
        before = world.digest()
        with pytest.raises(Invalid) as caught:
            profiles.update(world, profile, UpdateGatewayProfile(**fields))
        assert before == world.digest()
        return [problem.partition(" ")[0] for problem in caught.value.problems]

    return told


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"title": "Other", "metadata": {"a": "b"}}, {"title": "Other", "metadata": {"a": "b"}}),
        ({"credentials": OTHER}, {"credentials": {"publicKey": "****5678", "secretKey": "****0000"}}),
        ({"credentials": None}, {"credentials": None}),
        ({"webhook_verification_key": "whsec_0000abcd"}, {"webhook_verification_key": "****abcd"}),
        ({"webhook_verification_key": None}, {"webhook_verification_key": None}),
        ({"environment": "live", "credentials": LIVE}, {"environment": "live", "credentials": MASKED}),
        ({"environment": "live", "credentials": None}, {"environment": "live", "credentials": None}),
        ({"environment": "test", "title": "Other"}, {"title": "Other"}),
    ],
)
def test_only_the_given_fields_change(world, profile, change, expected):
    """The others stay; credentials are replaced whole, and only a mask of them is kept."""
    world.advance("2026-01-02T00:00:00.000Z")
    changed = profiles.update(world, profile, UpdateGatewayProfile(**change))
    assert asdict(profile) | expected | {"updated_at": world.now} == asdict(changed)
    assert changed == world.get(GatewayProfile, profile.id)


def test_what_changes_nothing_is_no_change(world, profile):
    """The same values again leave the world as it was."""
    world.advance("2026-01-02T00:00:00.000Z")
    before = world.digest()
    body = UpdateGatewayProfile(title="Stripe", environment="test", credentials=TEST)
    assert profile == profiles.update(world, profile, body)
    assert before == world.digest()


@pytest.mark.parametrize("integration", ["adyen", "stripe", None, "paddle"])
def test_the_integration_is_fixed(refused, integration):
    """Whatever is given for it."""
    assert ["integration"] == refused(integration=integration, title="Other")


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"environment": "live"}, ["credentials"]),
        ({"environment": "live", "credentials": TEST}, ["credentials.publicKey", "credentials.secretKey"]),
        ({"credentials": LIVE}, ["credentials.publicKey", "credentials.secretKey"]),
        ({"credentials": {"secretKey": "sk_test_1"}}, ["credentials.publicKey"]),
        ({"environment": "live", "integration": "adyen"}, ["integration", "credentials"]),
        (
            {"credentials": TEST | {"apiKey": "x"}, "integration": "adyen"},
            ["integration", "credentials.apiKey"],
        ),
    ],
)
def test_credentials_must_match_the_environment(refused, change, fields):
    """The environment as it would be; of those that are kept only a mask is left, so a new one needs new ones."""
    assert fields == refused(**change)


def test_a_profile_without_credentials_changes_its_environment(world, shop):
    """There is nothing that could not match."""
    profile = world.get(GatewayProfile, shop.profile("adyen"))
    assert "live" == profiles.update(world, profile, UpdateGatewayProfile(environment="live")).environment


def test_an_unused_profile_is_deleted(world, profile):
    """It is gone."""
    assert profile == profiles.delete(world, profile)
    assert world.find(GatewayProfile, profile.id) is None


def test_a_profile_in_use_cannot_be_deleted(shop, profile):
    """Whatever leads to it is named: every cascade, every default."""
    world, config = shop.world, shop.world.merchant_config()
    rules = [{"gateway_profile": profile.id, "position": place} for place in (1, 2)]
    first, second = (shop.cascade(*rules, algorithm="round_robin") for _ in range(2))
    way = Routing("gatewayProfile", gateway_profile=profile.id)
    shop.config(payment_method_options=MethodOptions(card=way, apple_pay=way))
    before = world.digest()
    with pytest.raises(Refused) as caught:
        profiles.delete(world, profile)
    assert (
        f"gateway profile {profile.id} is used by cascade {first}, cascade {second}, the default for card of "
        f"{config.id}, the default for applePay of {config.id}: take it out there first"
    ) == caught.value.message
    assert before == world.digest()

    shop.route(shop.queue)
    for cascade in (first, second):
        cascades.delete(world, world.get(Cascade, cascade))
    assert profile == profiles.delete(world, profile)


def test_a_profile_that_a_retry_goes_to_cannot_be_deleted(world, profile):
    """A step of a retry policy names it; once the policy is gone it may go."""
    steps = [CreateRetryStep(1, 3), CreateRetryStep(2, 7, gateway_profile=profile.id)]
    policy = retry_policies.create(world, CreateRetryPolicy("Mine", steps))
    before = world.digest()
    with pytest.raises(Refused, match=f"is used by retry policy {policy.id}: take it out there first"):
        profiles.delete(world, profile)
    assert before == world.digest()
    retry_policies.delete(world, policy)
    assert profile == profiles.delete(world, profile)


def test_a_profile_that_renewals_go_to_cannot_be_deleted(shop, profile):
    """As long as the subscription lives, also one whose payments were made before at another gateway."""
    schedule = CreateBillingSchedule([CreateCycleDefinition(1, 900, "month", 1)])
    price = shop.price(None, type="recurring", billing_schedule=schedule)
    paid = shop.authorize(shop.create(None, cart=CreateCart([CreateCartItem(price.id)])))
    made = shop.world.get(Subscription, paid.subscriptions[0])
    settings = replace(made.billing_settings, gateway_profile=profile.id)
    moved = shop.world.put(replace(made, billing_settings=settings))
    with pytest.raises(Refused, match=rf"is used by 1 subscription \({made.id}\): take it out there first"):
        profiles.delete(shop.world, profile)
    shop.world.put(replace(moved, status="cancelled"))
    assert profile == profiles.delete(shop.world, profile)


def test_a_profile_with_transactions_stays(shop, profile):
    """Refunds go through it, so it cannot be deleted any more."""
    used = shop.world.put(replace(profile, is_used=True))
    with pytest.raises(Refused, match="has made transactions, so it stays: refunds go through it"):
        profiles.delete(shop.world, used)
    assert used == shop.world.get(GatewayProfile, profile.id)
