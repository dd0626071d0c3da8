"""Rules are shown as a user would write them: what is shown, read again, is the same rule."""

from __future__ import annotations

import json

import pytest

from mock_odus.scripting import building, loader, rules, writing

HEAD = "version: 1\nname: x\n"
WORLD = """\
world:
  gatewayProfiles: {eu: {integration: stripe}, us: {integration: adyen}}
  cascades: {main: {algorithm: priority_queue, rules: [{gatewayProfile: eu, position: 1}]}}
  products: {pro: , tea: }
  prices:
    pro:
      product: pro
      type: recurring
      currency: usd
      billingSchedule: {cycleDefinitions: [{position: 1, amount: 2999, intervalUnit: month, intervalValue: 1}]}
  customers: {jane: }
  subscriptions: {janes: {customer: jane, price: pro, card: {number: 4242424242424242}, gatewayProfile: eu}}
  payments: {order: {amount: 5, currency: usd, paymentMethodOptions: {card: {mode: cascade, cascade: main}}}}
"""


@pytest.fixture
def shown(world, read):
    """A rule that a file holds, as it is shown once the world has taken it in."""

    def show(text):
        running = building.build(world, read(f"{HEAD}{WORLD}rules: [{text}]"), keep=True)
        return writing.rule(running.rules[0], running.ids)

    return show


SAME = [
    {"name": "r", "when": {"operation": "authorize"}, "then": "approve"},
    {"name": "r", "when": {"operation": ["refund", "void"], "amount": [1, {"gte": 3, "lte": 5}]}, "then": "lost_card"},
    {"name": "r", "when": {"gateway": "eu", "cascade": {"ne": "main"}, "customer": ["jane"]}, "then": "unreachable"},
    {"name": "r", "when": {"gateway": ["eu", "us"]}, "then": "timeout", "per": "card", "times": 3},
    {"name": "r", "when": {"customer.email": ["a@b.example", "*@c.example"]}, "then": "unreachable", "chance": "12.5%"},
    {"name": "r", "when": {"metadata.a": "01", "card.number": ["stripe/4242", "adyen/8431"]}, "then": "unreachable"},
    {"name": "r", "when": {"between": {"from": "2026-02-01T00:00:00.000Z"}}, "then": "unreachable", "chance": "0%"},
    {
        "name": "r",
        "when": {"between": {"from": "2026-02-01T00:00:00.000Z", "until": "2026-02-02T00:00:00.000Z"}, "try": 2},
        "then": ["unreachable", "timeout", {"error": 503}],
    },
]
BILLING = [
    {"name": "r", "when": {"operation": "authorize", "cycle": 2, "retry": 0, "price": "pro"}, "then": "lost_card"},
    {"name": "r", "when": {"product": {"ne": "tea"}, "cycle": {"gte": 2}}, "then": "timeout", "per": "subscription"},
    {"name": "r", "when": {"subscription": ["janes", "sub_later"], "payment": "order"}, "then": "unreachable"},
]
OUTCOMES = [
    "approve",
    "frictionless",
    "challenge",
    "timeout",
    "unreachable",
    "insufficient_funds",
    {"error": 404},
    {"approve": {"forgotten": True}},
    {"approve": {"chargeback": {"after": "1 month 2 days 1 hour 30 minutes"}, "forgotten": True}},
    {"approve": None, "latency": "1 second 500 milliseconds"},
    {"decline": {"code": "lost_card", "type": "soft_decline", "processorCode": "05", "processorMessage": "NO"}},
    {"lost_card": None, "latency": "2 seconds"},
    {"timeout": {"charged": True}, "latency": "30 seconds"},
    {"challenge": {"answer": "failed", "after": "0 seconds", "then": {"error": 500}}},
    {"challenge": {"then": {"approve": {"forgotten": True}}}},
]


@pytest.mark.parametrize("rule", [*SAME, *BILLING], ids=str)
def test_a_rule_is_shown_as_it_was_written(shown, rule):
    """Names stand for ids, and what was left out is left out."""
    expected = json.loads(json.dumps(rule))
    expected["when"] = {key: value if value != ["jane"] else "jane" for key, value in rule["when"].items()}
    assert expected == shown(json.dumps(rule))


@pytest.mark.parametrize("then", OUTCOMES, ids=str)
def test_an_outcome_is_shown_as_it_was_written(shown, then):
    """Every outcome has its own words."""
    assert then == shown(json.dumps({"then": then, "when": {"operation": "authorize"}}))["then"]


@pytest.mark.parametrize("operation", ["refund", "void"])
def test_what_fails_later(shown, operation):
    """The code is told even where it was left out."""
    then = "{fail_later: {after: 49 hours}}"
    assert {"fail_later": {"after": "49 hours", "code": "generic_processor_error"}} == (
        shown(f"{{when: {{operation: {operation}}}, then: {then}}}")["then"]
    )


@pytest.mark.parametrize(
    "rule", [*SAME, *BILLING, *({"name": "r", "then": [then, "approve"]} for then in OUTCOMES)], ids=str
)
def test_what_is_shown_can_be_written(world, shown, rule):
    """Posted again, a shown rule is the same rule but for its id."""
    first = shown(json.dumps(rule))
    again = rules.add_rule(world, loader.load_rule(json.dumps(first), world))
    assert first == writing.rule(again, rules.running(world).ids)
    assert rules.rules(world)[1].rule.then == again.then
    assert rules.rules(world)[1].rule.when == again.when


def test_a_relative_window_is_shown_as_instants(shown):
    """Once the scenario has started it is known when its days are."""
    when = shown("{when: {between: {from: +1 day}}, then: unreachable}")["when"]
    assert {"between": {"from": "2026-01-02T00:00:00.000Z"}} == when


def test_a_number_is_never_shown(shown):
    """A card is shown by its name in the table."""
    assert {"operation": "authorize", "card.number": "stripe/0002"} == (
        shown("{when: {card.number: 4000 0000 0000 0002}, then: approve}")["when"]
    )
