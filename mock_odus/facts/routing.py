"""What Odus documents of gateways and routing (guides/dashboard/gateway-profiles, guides/routing/*)."""

from __future__ import annotations

from typing import Any

from mock_odus.facts.account import Account
from mock_odus.facts.fact import Chapter, holds, same

fact = Chapter("routing")

PROFILES = "guides/dashboard/gateway-profiles"
PAGE = "guides/routing"
KEYS = {
    "test": {"publicKey": "pk_test_0123456789", "secretKey": "sk_test_0123456789"},
    "live": {"publicKey": "pk_live_0123456789", "secretKey": "sk_live_0123456789"},
}


def _body(algorithm: str, rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": "Facts", "algorithm": algorithm, "rules": rules}


def _used(odus: Account, cascade: str, count: int) -> list[str]:
    """The gateway profiles that so many payments of a cascade end at."""
    options = {"card": {"mode": "cascade", "cascade": cascade}}
    return [odus.pay(paymentMethodOptions=options)["gatewayProfile"] for _ in range(count)]


# --- Gateway profiles


@fact("A gateway profile is a title, one of four integrations, and live or test.", PROFILES, needs="script")
def profiles(odus: Account) -> None:
    for integration in ("stripe", "adyen", "checkout", "paypal"):
        for environment in ("live", "test"):
            body = {"title": "Mine", "integration": integration, "environment": environment}
            made = odus.post("/gateway-profiles", body)
            same(body, {name: made[name] for name in body})


@fact("Credentials must match the environment.", PROFILES, needs="script")
def credentials(odus: Account) -> None:
    for environment, other in (("test", "live"), ("live", "test")):
        body = {"title": "Mine", "integration": "stripe", "environment": environment}
        odus.refuses("/gateway-profiles", body | {"credentials": KEYS[other]})
        odus.post("/gateway-profiles", body | {"credentials": KEYS[environment]})


@fact("webhookUrl has the merchant's and the profile's ids as query parameters.", PROFILES)
def webhook_url(odus: Account) -> None:
    id = odus.profile("stripe")
    query = odus.get(f"/gateway-profiles/{id}")["webhookUrl"].partition("?")[2]
    (config,) = odus.records("/merchant-configs")
    same(set(), {id, config["id"]} - {part.partition("=")[2] for part in query.split("&")})


# --- Cascades


@fact("A cascade needs a title; a description may be left out.", PAGE)
def title(odus: Account) -> None:
    body = {"algorithm": "round_robin", "rules": [{"gatewayProfile": odus.profile("stripe"), "position": 1}]}
    odus.refuses("/cascades", body)
    same("Main", odus.post("/cascades", body | {"title": "Main"})["title"])


@fact("A cascade has 1 to 10 rules.", PAGE)
def rules(odus: Account) -> None:
    id = odus.profile("stripe")
    for count in (0, 11):
        told = [{"gatewayProfile": id, "position": 1 + place % 10} for place in range(count)]
        odus.refuses("/cascades", _body("round_robin", told))


@fact("Positions go from 1 to 10, weights from 0 to 100.", PAGE)
def bounds(odus: Account) -> None:
    good = {"gatewayProfile": odus.profile("stripe"), "position": 1, "weight": 100}
    odus.post("/cascades", _body("weighted_round_robin", [good]))
    for wrong in ({"position": 0}, {"position": 11}, {"weight": -1}, {"weight": 101}):
        odus.refuses("/cascades", _body("weighted_round_robin", [good | wrong]))


@fact("A priority queue has exactly one rule with neither limit nor cap.", PAGE)
def one_unlimited(odus: Account) -> None:
    for limit in ({}, {"transactionLimit": 1, "limitPeriod": "day"}):
        told = [{"gatewayProfile": id, "position": place} | limit for place, id in enumerate(odus.gateways(), 1)]
        odus.refuses("/cascades", _body("priority_queue", told))


@fact("Round robin is even: it cycles through the gateways.", PAGE, needs="test card")
def round_robin(odus: Account) -> None:
    first, second = odus.gateways()
    same([first, second, first, second], _used(odus, odus.cascade("round_robin", [first, second]), 4))


@fact("Weights share the payments out in proportion, and need not sum to 100.", PAGE, needs="test card")
def weighted(odus: Account) -> None:
    gateways = odus.gateways()
    used = _used(odus, odus.cascade("weighted_round_robin", gateways, {"weight": 3}, {"weight": 1}), 8)
    same([6, 2], [used.count(gateway) for gateway in gateways])


@fact(
    "A gateway that fails or rejects is followed by the next at once, within one authorization.", PAGE, needs="script"
)
def failover(odus: Account) -> None:
    options = {"card": {"mode": "cascade", "cascade": odus.cascade("round_robin", odus.gateways())}}
    for answer in ("unreachable", "generic_soft_decline"):
        odus.gateways_say(answer)
        tried = odus.pay(paymentMethodOptions=options)["transactions"]
        holds(len({one["gatewayProfile"] for one in tried}) == 2, f"after {answer} the next is not asked")


def _skips(odus: Account, limit: str, value: int, period_field: str) -> None:
    first, second = odus.gateways()
    for period in ("day", "week", "month"):
        rule = {limit: value, period_field: period}
        queue = odus.cascade("priority_queue", [first, second], rule, {})
        same((period, [first, second, second]), (period, _used(odus, queue, 3)))
        odus.advance(f"1 {period}")
        same((period, [first, second]), (period, _used(odus, queue, 2)))


@fact("A rule at its transactionLimit is skipped for the rest of the period.", PAGE, needs="clock")
def limits(odus: Account) -> None:
    _skips(odus, "transactionLimit", 1, "limitPeriod")


@fact("A rule at its transactionCap is skipped for the rest of the period.", PAGE, needs="clock")
def caps(odus: Account) -> None:
    _skips(odus, "transactionCap", 5000, "capPeriod")
