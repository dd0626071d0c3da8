"""What Odus documents of gateways and routing (guides/dashboard/gateway-profiles, guides/routing/*)."""

import pytest

KEYS = {
    "test": {"publicKey": "pk_test_0123456789", "secretKey": "sk_test_0123456789"},
    "live": {"publicKey": "pk_live_0123456789", "secretKey": "sk_live_0123456789"},
}


def body(algorithm, rules):
    return {"title": "Mine", "algorithm": algorithm, "rules": rules}


@pytest.fixture
def gateways(odus):
    """The ids of the first two gateway profiles."""
    return [one["id"] for one in odus.get("/gateway-profiles")["data"]][:2]


@pytest.fixture
def cascade(odus):
    """Makes a cascade of gateways by their positions, with what the rules have besides, and tells its id."""

    def make(algorithm, gateways, *fields):
        rules = [
            {"gatewayProfile": id, "position": place} | own
            for place, (id, own) in enumerate(zip(gateways, fields or [{}] * len(gateways)), 1)
        ]
        return odus.post("/cascades", body(algorithm, rules))["id"]

    return make


@pytest.fixture
def used(odus):
    """The gateway profiles that so many payments of a cascade end at."""

    def pay(cascade, count):
        options = {"card": {"mode": "cascade", "cascade": cascade}}
        return [odus.pay(paymentMethodOptions=options)["gatewayProfile"] for _ in range(count)]

    return pay


# --- Gateway profiles


@pytest.mark.parametrize("integration", ["stripe", "adyen", "checkout", "paypal"])
@pytest.mark.parametrize("environment", ["live", "test"])
def test_four_integrations_in_two_environments(odus, integration, environment):
    """A title, an integration, an environment (guides/dashboard/gateway-profiles)."""
    body = {"title": "Mine", "integration": integration, "environment": environment}
    made = odus.post("/gateway-profiles", body)
    assert body == {name: made[name] for name in body}


@pytest.mark.parametrize(("environment", "other"), [("test", "live"), ("live", "test")])
def test_credentials_must_match_the_environment(odus, environment, other):
    """Those of the other one are refused (guides/dashboard/gateway-profiles)."""
    body = {"title": "Mine", "integration": "stripe", "environment": environment}
    odus.refuses("/gateway-profiles", body | {"credentials": KEYS[other]})
    assert environment == odus.post("/gateway-profiles", body | {"credentials": KEYS[environment]})["environment"]


def test_a_profile_shows_where_the_gateway_reports_to(odus, gateways):
    """The merchant's and the profile's ids are query parameters of `webhookUrl` (guides/dashboard/gateway-profiles)."""
    query = odus.get(f"/gateway-profiles/{gateways[0]}")["webhookUrl"].partition("?")[2]
    (config,) = odus.get("/merchant-configs")["data"]
    assert {gateways[0], config["id"]} <= {part.partition("=")[2] for part in query.split("&")}


# --- Cascades


def test_a_cascade_needs_a_title(odus, gateways):
    """A description may be left out (guides/routing)."""
    body = {"algorithm": "round_robin", "rules": [{"gatewayProfile": gateways[0], "position": 1}]}
    odus.refuses("/cascades", body)
    assert "Main" == odus.post("/cascades", body | {"title": "Main"})["title"]


@pytest.mark.parametrize("count", [0, 11])
def test_a_cascade_has_one_to_ten_rules(odus, gateways, count):
    """Not more, not less (guides/routing)."""
    rules = [{"gatewayProfile": gateways[0], "position": 1 + place % 10} for place in range(count)]
    assert any("1 to 10" in told for told in odus.refuses("/cascades", body("round_robin", rules)))


@pytest.mark.parametrize("wrong", [{"position": 0}, {"position": 11}, {"weight": -1}, {"weight": 101}])
def test_positions_and_weights_have_bounds(odus, gateways, wrong):
    """Positions go from 1 to 10, weights from 0 to 100 (guides/routing)."""
    good = {"gatewayProfile": gateways[0], "position": 1, "weight": 100}
    odus.post("/cascades", body("weighted_round_robin", [good]))
    odus.refuses("/cascades", body("weighted_round_robin", [good | wrong]))


@pytest.mark.parametrize("unlimited", [0, 2])
def test_a_priority_queue_has_one_rule_without_limits(odus, gateways, unlimited):
    """Exactly one with neither limit nor cap (guides/routing)."""
    limit = {} if unlimited else {"transactionLimit": 1, "limitPeriod": "day"}
    rules = [{"gatewayProfile": id, "position": place} | limit for place, id in enumerate(gateways, 1)]
    odus.refuses("/cascades", body("priority_queue", rules))


def test_round_robin_is_even(gateways, cascade, used):
    """It cycles through the gateways (guides/routing)."""
    first, second = gateways
    assert [first, second, first, second] == used(cascade("round_robin", gateways), 4)


def test_weights_share_the_payments_out(gateways, cascade, used):
    """In proportion; they need not sum to 100 (guides/routing)."""
    found = used(cascade("weighted_round_robin", gateways, {"weight": 3}, {"weight": 1}), 8)
    assert [6, 2] == [found.count(gateway) for gateway in gateways]


def test_a_failed_gateway_is_followed_by_the_next_at_once(odus, gateways, cascade, gateway_says):
    """Within one authorization, whether it fails or rejects (guides/routing)."""
    options = {"card": {"mode": "cascade", "cascade": cascade("round_robin", gateways)}}
    gateway_says("unreachable")
    unreachable = odus.pay(paymentMethodOptions=options)
    gateway_says("generic_soft_decline")
    declined = odus.pay(paymentMethodOptions=options)
    assert [2, 2] == [
        len({one["gatewayProfile"] for one in payment["transactions"]}) for payment in (unreachable, declined)
    ]


@pytest.mark.parametrize("period", ["day", "week", "month"])
@pytest.mark.parametrize("field", ["transactionLimit", "transactionCap"])
def test_an_exhausted_rule_is_skipped_for_the_rest_of_the_period(gateways, cascade, used, advance, field, period):
    """By the number of payments or by their sum; it is back in the next period (guides/routing)."""
    first, second = gateways
    limit = {field: {"transactionLimit": 1, "transactionCap": 5000}[field]}
    limit[{"transactionLimit": "limitPeriod", "transactionCap": "capPeriod"}[field]] = period
    queue = cascade("priority_queue", gateways, limit, {})
    assert [first, second, second] == used(queue, 3)
    advance(f"1 {period}")
    assert [first, second] == used(queue, 2)
