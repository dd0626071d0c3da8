"""Scenarios become worlds, by the engine's own verbs."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_odus.engine import account, authorizations, customers, invariants, keys, payments, users
from mock_odus.engine.access import SecretKey
from mock_odus.engine.bodies import AuthorizePayment, CreateCustomer, CreatePayment
from mock_odus.engine.records import (
    BlacklistEntry,
    Cascade,
    Customer,
    GatewayProfile,
    PaymentMethod,
    Price,
)
from mock_odus.engine.world import World
from mock_odus.scripting import building, loader, rules
from mock_odus.scripting.language import ScenarioError

HEAD = "version: 1\nname: x\nworld:\n"


@pytest.mark.parametrize("name", sorted(loader.available()))
def test_shipped_scenarios_run(world, prefixes, name):
    """Every scenario that comes with the package loads and builds, and leaves a sound world without a log."""
    running = building.build(world, loader.find(name, prefixes=prefixes))
    assert running == rules.running(world)
    assert [] == world.log
    invariants.check(world)


def test_the_starter(world, prefixes):
    """The starter holds two gateways, a cascade as the default for cards, two prices, a customer with a saved card."""
    ids = building.build(world, loader.find("starter", prefixes=prefixes)).ids
    assert ["Stripe EU", "Adyen US"] == [profile.title for profile in world.table(GatewayProfile).values()]
    cascade = world.get(Cascade, ids["cascades"]["main"])
    assert list(ids["gatewayProfiles"].values()) == [rule.gateway_profile for rule in cascade.rules]
    assert cascade.id == world.merchant_config().payment_method_options.card.cascade
    assert ["pro_monthly", "pro_yearly"] == [price.name for price in world.table(Price).values()]
    jane = world.get(Customer, ids["customers"]["jane"])
    assert ("jane@example.com", "Jane Smith") == (jane.email, jane.name)
    method = world.get(PaymentMethod, ids["paymentMethods"]["janes_visa"])
    assert (jane.id, True, "visa", "4242", "12", "2031", "stripe/4242") == (
        method.customer,
        method.is_default,
        method.card.brand,
        method.card.last_four,
        method.card.exp_month,
        method.card.exp_year,
        method.card.test_card,
    )


def test_the_failover_story(world, prefixes):
    """The EU gateway is down, the US gateway takes over, and asks who is paying when it is 40.00 or more."""
    ids = building.build(world, loader.find("cascade_failover", prefixes=prefixes)).ids
    told = [pay(world, ids, amount).transactions for amount in (3999, 4000)]
    down, asks = "the EU gateway is down", "the US gateway asks who is paying"
    assert [
        [("failure", down, None), ("success", "test_cards", None)],
        [("failure", down, None), ("success", asks, "passed")],
    ] == [[(part.outcome.status, part.rule, part.challenge) for part in parts] for parts in told]
    assert [(down, 2), (asks, 1)] == [(listed.rule.name, listed.hits) for listed in rules.rules(world)]


def test_rules_get_ids(world, read):
    """Rules are numbered when a world takes them in, and go on counting when others take their place."""
    scenario = read("version: 1\nname: x\nrules: [{then: approve}, {then: approve}]")
    first, second = building.build(world, scenario), building.build(world, scenario)
    assert ["rule_1", "rule_2"] == [rule.id for rule in first.rules]
    assert ["rule_3", "rule_4"] == [rule.id for rule in second.rules]
    assert second.rules == rules.running(world).rules


def test_a_blacklist(world, read):
    """Entries have the ids of their names, and an email that is there already is told with its place."""
    text = "  blacklist: {fraud: {email: Jane@Example.com, reason: fraud}}"
    ids = building.build(world, read(HEAD + text)).ids
    entry = world.get(BlacklistEntry, ids["blacklist"]["fraud"])
    assert ("jane@example.com", "fraud") == (entry.email, entry.reason)
    with pytest.raises(ScenarioError) as caught:
        building.build(world, read(f"{HEAD}  blacklist: {{again: {{email: jane@example.com}}}}"))
    expected = (
        "x.yaml:4:30: world.blacklist.again.email: must not be on the blacklist already, found 'jane@example.com' as "
        f"{entry.id}"
    )
    assert (expected,) == caught.value.problems


def test_secret_keys(world, read):
    """A key's value ends in its name, so that an app's configuration can hold it."""
    text = "  secretKeys: {backend: {note: Of the shop, permissions: [PAYMENT_READ]}}"
    ids = building.build(world, read(HEAD + text)).ids
    key = keys.find(world, SecretKey, "backend")
    assert (ids["secretKeys"]["backend"], "Of the shop", ("PAYMENT_READ",)) == (key.id, key.note, key.permissions)
    assert "skey_{sandbox}_****kend" == key.value


def test_users(world, read):
    """They can log in at once; without an email they have one of their name."""
    text = '  users: {alice: {password: "Str0ng#Pass", role: supportAgent, firstName: Alice}}'
    ids = building.build(world, read(HEAD + text)).ids
    user, _ = users.log_in(world, "alice@example.com", "Str0ng#Pass")
    assert (ids["users"]["alice"], "supportAgent", "Alice") == (user.id, user.role, user.first_name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "  merchantConfig: {timezone: Mars/Olympus}",
            (
                "x.yaml:4:30: world.merchantConfig.timezone: must be an IANA timezone such as Europe/Paris, "
                "found 'Mars/Olympus'",
            ),
        ),
        (
            "  gatewayProfiles: {a: {integration: stripe, credentials: {secretKey: sk_live_x}}}",
            (
                "x.yaml:4:59: world.gatewayProfiles.a.credentials.publicKey: is required of a test stripe profile",
                "x.yaml:4:71: world.gatewayProfiles.a.credentials.secretKey: of a test stripe profile must begin with "
                "sk_test_: environment and credentials must match",
            ),
        ),
        (
            "  gatewayProfiles: {a: {integration: stripe}}\n  cascades:\n    c:\n      algorithm: priority_queue\n"
            "      rules: [{gatewayProfile: a, position: 1, transactionLimit: 5, limitPeriod: day}]",
            (
                "x.yaml:8:14: world.cascades.c.rules: must hold exactly one rule with neither limit nor cap in a "
                "priority queue, found 0",
            ),
        ),
        (
            "  gatewayProfiles: {4242424242424242: {integration: stripe, credentials: {publicKey: pk_test_x}}}",
            (
                "x.yaml:4:74: world.gatewayProfiles.************.credentials.secretKey: is required of a test stripe "
                "profile",
            ),
        ),
        (
            "  customers: {j: }\n  paymentMethods: {c: {customer: j, card: {number: 4242424242424242, expYear: 2020}}}",
            (
                "x.yaml:5:79: world.paymentMethods.c: card.expYear and card.expMonth are in the past: the sandbox's "
                "clock is at 2026-01-01T00:00:00.000Z",
            ),
        ),
        (
            "  customers: {j: }\n  paymentMethods:\n    a: &x {customer: j, card: {number: 4242424242424242}}\n"
            "    b: {customer: j, card: {number: 4242 4242 4242 4242}}".replace("&x ", ""),
            ("x.yaml:7:28: world.paymentMethods.b.card: is saved on this customer already",),
        ),
    ],
)
def test_what_the_engine_refuses(world, read, text, expected):
    """A record that the engine refuses is told with its place, and nothing was made."""
    digest = world.digest()
    with pytest.raises(ScenarioError) as caught:
        building.build(world, read(HEAD + text))
    assert expected == caught.value.problems
    assert digest == world.digest()


def test_all_that_the_engine_refuses_is_told_at_once(world, read):
    """In the order of the file, records by their names; who needs a record that cannot be made is passed over."""
    text = (
        "  subscriptions: {s: {customer: joe, price: tea, paymentMethod: visa}}\n"
        "  prices: {tea: {product: leaf, type: recurring, currency: usd}}\n"
        "  products: {leaf: }\n"
        "  gatewayProfiles: {pal: {integration: paypal}}\n"
        "  cascades: {main: {algorithm: round_robin, rules: [{gatewayProfile: pal, position: 1}]}}\n"
        "  merchantConfig: {paymentMethodOptions: {card: {mode: gatewayProfile, gatewayProfile: pal}}}\n"
        "  customers: {jane: , joe: }\n"
        "  paymentMethods: {visa: {customer: jane, card: {number: 4242424242424242, expYear: 2020}}}\n"
        "  fake: {payments: 1}"
    )
    digest = world.digest()
    with pytest.raises(ScenarioError) as caught:
        building.build(world, read(HEAD + text))
    assert (
        "x.yaml:5:17: world.prices.tea.billingSchedule: is required with type recurring",
        "x.yaml:9:49: world.merchantConfig.paymentMethodOptions.card: must be routed to gateways that take cards "
        "(stripe, adyen, checkout), found pal (paypal)",
        "x.yaml:11:85: world.paymentMethods.visa: card.expYear and card.expMonth are in the past: the sandbox's clock "
        "is at 2026-01-01T00:00:00.000Z",
    ) == caught.value.problems
    assert digest == world.digest()


def test_keeping_the_world(world, read):
    """With `keep` a world goes on: its log stays, and named records that exist stay as they are."""
    scenario = read(HEAD + "  customers: {jane: {name: Jane}, joe: }")
    building.build(world, scenario)
    other = customers.create(world, CreateCustomer(email="other@example.com"))
    again = read(HEAD + "  customers: {jane: {name: Janet}, jim: }")
    running = building.build(world, again, keep=True)
    assert ["Jane", "joe", None, "jim"] == [customer.name for customer in world.table(Customer).values()]
    assert [other.id] == [entry.subject for entry in world.log]
    assert {"jane", "jim"} == set(running.ids["customers"])


def test_equal_scenarios_make_equal_worlds(world, prefixes):
    """The same scenario in two worlds of one seed gives one digest."""
    twin = World(seed=world.seed, now=world.now, policies=world.policies, gateway=world.gateway, jobs=world.jobs)
    account.open_account(twin)
    for one in (world, twin):
        building.build(one, loader.find("cascade_failover", prefixes=prefixes))
    assert world.digest() == twin.digest()


def test_shipped_scenarios_stand_in_a_folder():
    """The folder is found from where the package lies."""
    assert isinstance(loader.shipped(), Path)
    assert loader.shipped().is_dir()


def pay(world, ids, amount):
    """Jane pays by her saved card."""
    body = CreatePayment(
        amount=amount,
        currency="usd",
        customer=ids["customers"]["jane"],
        payment_method=ids["paymentMethods"]["janes_visa"],
        return_url="https://shop.example/back",
    )
    return authorizations.authorize(world, payments.create(world, body), AuthorizePayment())
