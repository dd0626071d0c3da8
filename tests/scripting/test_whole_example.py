"""A scenario that uses most of the language: gateways, dunning, a past, made-up customers, rules."""

from __future__ import annotations

from collections import Counter

import pytest

from mock_odus.engine import deliveries, invariants, periods, subscribers
from mock_odus.engine.billing import Subscription
from mock_odus.engine.bodies import CreateWebhookSubscriber
from mock_odus.engine.records import Customer, Transaction
from mock_odus.scripting import building, faults, loader, rules

EXAMPLE = """\
version: 1
name: cascade failover
about: >
  The EU gateway is short of luck: the first renewal of every subscription is declined there and saved
  a day later by the first dunning step, which is pinned to the US gateway. From day 40 to 42 the EU gateway is down.
seed: 7
clock: {start: 2026-01-31T10:00:00Z, mode: frozen}

world:
  gatewayProfiles:
    stripe_eu: {title: Stripe EU, integration: stripe}
    adyen_us:  {title: Adyen US,  integration: adyen}
  cascades:
    main:
      algorithm: priority_queue
      rules:
        - {gatewayProfile: stripe_eu, position: 1, transactionLimit: 100, limitPeriod: day}
        - {gatewayProfile: adyen_us,  position: 2}
  retryPolicies:
    rescue: {steps: [{position: 1, retryDelay: 1, useInitialGateway: false, gatewayProfile: adyen_us}]}
  merchantConfig:
    timezone: Europe/Paris
    defaultRetryPolicy: rescue
    paymentMethodOptions: {card: {mode: cascade, cascade: main}}
  products: {pro: {name: Pro Plan}}
  prices:
    pro_monthly: {product: pro, type: recurring, currency: usd,
                  billingSchedule: {cycleDefinitions: [
                    {position: 1, amount: 2999, intervalUnit: month, intervalValue: 1}]}}
  customers: {jane: {email: jane@example.com, name: Jane Smith}}
  paymentMethods: {janes_visa: {customer: jane, card: {number: "4242424242424242"}}}
  subscriptions: {janes_pro: {customer: jane, price: pro_monthly, paymentMethod: janes_visa, startDate: -40 days}}
  fake: {customers: 50, subscriptions: 200}

rules:
  - name: EU gateway is down for two days
    when: {gateway: stripe_eu, between: {from: +40 days, until: +42 days}}
    then: unreachable
  - name: first renewal is short of money at the EU gateway
    when: {gateway: stripe_eu, cycle: 2, retry: 0}
    then: insufficient_funds
  - name: big tickets are challenged, and the customer gives up half of the time
    when: {initiator: customer, amount: {gte: 50000}}
    chance: 50%
    then: {challenge: {answer: abandoned}}
  - name: this customer's card fails twice, then works
    when: {customer.email: "*@unlucky.example"}
    per: customer
    then: [insufficient_funds, timeout, approve]

api:
  - name: every tenth create is answered by a 503
    when: {method: POST, path: /payments, every: 10}
    then: {status: 503}
webhooks:
  - name: payment updates arrive twice and late
    when: {eventType: payment.updated}
    then: {duplicate: 1, delay: 5 minutes}
"""
DOWN, SHORT = "EU gateway is down for two days", "first renewal is short of money at the EU gateway"


@pytest.fixture
def ids(world, prefixes):
    """The ids of the example's records, once it has been loaded."""
    scenario = loader.load(EXAMPLE, file="example.yaml", prefixes=prefixes)
    world.advance(scenario.clock_start)
    return building.build(world, scenario).ids


def test_what_exists(world, ids):
    """Jane is in her second month, the made-up customers have a past of their own, and nobody was told of any of it."""
    assert (51, 201) == (len(world.table(Customer)), len(world.table(Subscription)))
    janes = world.get(Subscription, ids["subscriptions"]["janes_pro"])
    assert ("2025-12-22T10:00:00.000Z", 2, "2026-02-22T10:00:00.000Z") == (
        janes.start_date,
        janes.current_cycle,
        janes.current_period_end,
    )
    assert ids["gatewayProfiles"]["stripe_eu"] == janes.billing_settings.gateway_profile
    assert "2026-01-31T10:00:00.000Z" == world.now
    assert [] == world.log
    assert {None} == {one.rule for one in world.table(Transaction).values()}
    invariants.check(world)


def test_what_happens(world, ids):
    """First renewals at the EU gateway are declined and saved a day later at the US gateway; then it is down."""
    mark = len(world.table(Transaction))
    world.advance("2026-04-30T00:00:00.000Z")
    invariants.check(world)
    told = list(world.table(Transaction).values())[mark:]
    declined = [one for one in told if one.rule == SHORT]
    names = {id: name for name, id in ids["gatewayProfiles"].items()}
    assert {("stripe_eu", 2, 0, "insufficient_funds")} == {
        (names[one.gateway_profile], one.cycle, one.retry, one.outcome.error_code) for one in declined
    }
    saved = [one for one in told if one.retry == 1 and one.payment in {lost.payment for lost in declined}]
    assert len(declined) == len(saved) > 0
    good = [one.outcome.status for one in saved if one.card.test_card != "stripe/0341"]  # which declines all renewals
    assert {"adyen_us"} == {names[one.gateway_profile] for one in saved}
    assert {"success"} == set(good)
    down = [one.created_at for one in told if one.rule == DOWN]
    assert "2026-03-12T10:00:00.000Z" <= min(down) <= max(down) < "2026-03-14T10:00:00.000Z"
    assert {SHORT: len(declined), DOWN: len(down)} == Counter(
        {listed.rule.name: listed.hits for listed in rules.rules(world) if listed.hits}
    )


def test_what_is_told(world, ids):
    """Each update of a payment is told twice, five minutes late; everything else at once and once."""
    subscribers.create(world, CreateWebhookSubscriber("https://shop.example/hooks", ["*"]))
    told = []
    while (due := world.due("2026-02-10T00:00:00.000Z")) is not None:
        world.run(due)
        found = deliveries.catch_up(world)
        while found:
            told += [(one.event_type, one.event, world.log[one.event].at, world.now) for one in found]
            found = [one for one in (deliveries.report(world, one, "delivered") for one in found) if one]
    late = [one for one in told if one[0] == "payment.updated"]
    once = [one for one in told if one[0] != "payment.updated"]

    assert {2} == set(Counter(event for _, event, *_ in late).values())
    assert {300} == {periods.unix(now) - periods.unix(at) for *_, at, now in late}
    assert {1} == set(Counter(event for _, event, *_ in once).values())
    assert all(at == now for *_, at, now in once)


def test_what_befalls_requests(world, ids):
    """Every tenth create of a payment, and nothing else."""
    asked = [("POST", "/payments"), ("GET", "/payments"), ("POST", "/customers")] * 20
    struck = [place for place, request in enumerate(asked) if faults.trouble(world, *request, "secretKey")]

    assert [9 * 3, 19 * 3] == struck
