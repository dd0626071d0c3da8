"""What Odus documents of gateways and routing (guides/dashboard/gateway-profiles, guides/routing/*)."""

import pytest


def profiles(odus):
    return [one["id"] for one in odus.get("/gateway-profiles")["data"]]


@pytest.mark.parametrize("integration", ["stripe", "adyen", "checkout", "paypal"])
@pytest.mark.parametrize("environment", ["live", "test"])
def test_four_integrations_in_two_environments(odus, integration, environment):
    """A title, an integration, an environment (guides/dashboard/gateway-profiles)."""
    body = {"title": "Mine", "integration": integration, "environment": environment}
    made = odus.post("/gateway-profiles", body)
    assert body == {name: made[name] for name in body}


def test_credentials_must_match_the_environment(odus):
    """A live key in a test profile is refused (guides/dashboard/gateway-profiles)."""
    body = {"title": "Mine", "integration": "stripe", "environment": "test"}
    live = {"publicKey": "pk_live_0123456789", "secretKey": "sk_live_0123456789"}
    assert 400 == odus("POST", "/gateway-profiles", body | {"credentials": live}).status


def test_a_profile_shows_where_the_gateway_reports_to(odus):
    """The merchant's and the profile's ids are query parameters of `webhookUrl` (integrations/*-webhooks)."""
    profile = odus.get(f"/gateway-profiles/{profiles(odus)[0]}")
    config = odus.get("/merchant-configs")["data"][0]
    query = profile["webhookUrl"].partition("?")[2]
    assert profile["id"] in query
    assert config["id"] in query


def test_a_cascade_needs_a_title(odus):
    """400 without (guides/routing)."""
    rules = [{"gatewayProfile": profiles(odus)[0], "position": 1}]
    body = {"algorithm": "round_robin", "rules": rules}
    assert 400 == odus("POST", "/cascades", body).status
    assert "Main" == odus.post("/cascades", body | {"title": "Main"})["title"]


@pytest.mark.parametrize("unlimited", [0, 2])
def test_a_priority_queue_has_one_rule_without_limits(odus, unlimited):
    """Exactly one with neither limit nor cap (guides/routing)."""
    limit = {"transactionLimit": 1, "limitPeriod": "day"}
    rules = [
        {"gatewayProfile": id, "position": place} | ({} if unlimited else limit)
        for place, id in enumerate(profiles(odus)[:2], 1)
    ]
    assert 400 == odus("POST", "/cascades", {"title": "Q", "algorithm": "priority_queue", "rules": rules}).status


def test_a_rule_at_its_limit_is_skipped_for_the_rest_of_the_period(odus, advance):
    """And is back in the next one (guides/routing)."""
    first, second = profiles(odus)[:2]
    rules = [
        {"gatewayProfile": first, "position": 1, "transactionLimit": 1, "limitPeriod": "day"},
        {"gatewayProfile": second, "position": 2},
    ]
    cascade = odus.post("/cascades", {"title": "Q", "algorithm": "priority_queue", "rules": rules})["id"]
    options = {"card": {"mode": "cascade", "cascade": cascade}}
    used = [odus.pay(paymentMethodOptions=options)["gatewayProfile"] for _ in range(2)]
    advance("1 day")
    used.append(odus.pay(paymentMethodOptions=options)["gatewayProfile"])
    assert [first, second, first] == used


def test_weights_share_the_payments_out(odus):
    """Proportionally, and they need not sum to 100 (guides/routing)."""
    first, second = profiles(odus)[:2]
    rules = [
        {"gatewayProfile": first, "position": 1, "weight": 3},
        {"gatewayProfile": second, "position": 2, "weight": 1},
    ]
    cascade = odus.post("/cascades", {"title": "W", "algorithm": "weighted_round_robin", "rules": rules})["id"]
    options = {"card": {"mode": "cascade", "cascade": cascade}}
    used = [odus.pay(paymentMethodOptions=options)["gatewayProfile"] for _ in range(8)]
    assert (6, 2) == (used.count(first), used.count(second))


def test_the_settings_of_the_merchant(odus):
    """Currency, timezone, capture, bundling (guides/subscriptions/payment-bundling and the dashboard's settings)."""
    (config,) = odus.get("/merchant-configs")["data"]
    body = {
        "displayCurrency": "eur",
        "timezone": "Europe/Paris",
        "captureMethod": "automaticDelayed",
        "captureDelay": 3,
        "recurringCaptureMethod": "automatic",
        "enableRecurringPaymentBundling": True,
    }
    changed = odus.post(f"/merchant-configs/{config['id']}", body)
    assert body == {name: changed[name] for name in body}
