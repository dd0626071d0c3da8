"""What Odus documents of retry policies (guides/subscriptions/retry-policy)."""

import pytest


@pytest.fixture
def sample(odus):
    """After 3 days; after 7 days with 10 % off; after 14 days on another gateway."""
    return {
        "title": "Three more tries",
        "steps": [
            {"position": 1, "retryDelay": 3, "useInitialGateway": True},
            {"position": 2, "retryDelay": 7, "useInitialGateway": True, "priceReductionPercentage": 10},
            {"position": 3, "retryDelay": 14, "useInitialGateway": False, "gatewayProfile": odus.profile("adyen")},
        ],
    }


def test_a_policy_has_steps(odus, sample):
    """Days, the initial gateway or another one, and perhaps a lower price (guides/subscriptions/retry-policy)."""
    made = odus.post("/retry-policies", sample)
    found = odus.get(f"/retry-policies/{made['id']}")
    assert sample["title"] == found["title"]
    assert sample["steps"] == [
        {name: shown[name] for name in sent} for sent, shown in zip(sample["steps"], found["steps"], strict=True)
    ]


@pytest.mark.parametrize("missing", ["title", "steps"])
def test_a_policy_needs_a_title_and_steps(odus, sample, missing):
    """Both are required (guides/subscriptions/retry-policy)."""
    del sample[missing]
    assert any(missing in told for told in odus.refuses("/retry-policies", sample))


def test_a_policy_has_at_least_one_step(odus, sample):
    """An empty list of them is refused (guides/subscriptions/retry-policy)."""
    assert any("steps" in told for told in odus.refuses("/retry-policies", sample | {"steps": []}))


@pytest.mark.parametrize("enabled", [True, False])
def test_a_policy_can_be_enabled_and_disabled(odus, sample, enabled):
    """By `isEnabled` (guides/subscriptions/retry-policy)."""
    assert enabled is odus.post("/retry-policies", sample | {"isEnabled": enabled})["isEnabled"]


def test_there_is_always_a_default_policy(odus):
    """It has a path of its own (guides/subscriptions/retry-policy)."""
    default = odus.get("/retry-policies/default")
    assert default["steps"]
    assert default == odus.get(f"/retry-policies/{default['id']}")


def test_the_permission_to_make_one(odus, sample):
    """It is RETRY_POLICY_CREATE (guides/subscriptions/retry-policy)."""
    key = odus.post("/secret-keys", {"permissions": ["RETRY_POLICY_CREATE"]})["value"]
    assert 200 <= odus("POST", "/retry-policies", sample, key=key).status < 300
    assert 403 == odus("GET", "/retry-policies", key=key).status
