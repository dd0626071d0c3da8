"""Subscriptions, retry policies and payments in a scenario file: what they become, and what is said of mistakes."""

from __future__ import annotations

import pytest

from mock_odus.engine import invariants
from mock_odus.engine.billing import Invoice, RetryPolicy, Subscription
from mock_odus.engine.records import (
    Customer,
    GatewayProfile,
    Job,
    MerchantConfig,
    Payment,
    PaymentMethod,
    Price,
    Rotation,
    Transaction,
    Updatable,
)
from mock_odus.scripting import building, rules
from mock_odus.scripting.language import ScenarioError

HEAD = """\
version: 1
name: x
world:
  gatewayProfiles: {eu: {integration: stripe}, us: {integration: adyen}, pal: {integration: paypal}}
  cascades:
    main:
      algorithm: round_robin
      rules: [{gatewayProfile: us, position: 1}, {gatewayProfile: eu, position: 2}]
  retryPolicies: {rescue: {steps: [{position: 1, retryDelay: 2, gatewayProfile: us}]}}
  merchantConfig: {paymentMethodOptions: {card: {mode: cascade, cascade: main}}}
  products: {pro: {}}
  prices:
    monthly:
      product: pro
      type: recurring
      currency: usd
      billingSchedule: {cycleDefinitions: [{position: 1, amount: 2999, intervalUnit: month, intervalValue: 1}]}
    once: {product: pro, type: one_time, currency: usd, amount: 500}
  customers: {jane: , joe: }
  paymentMethods: {visa: {customer: jane, card: {number: 4242424242424242}}}
"""
JANES = "customer: jane, price: monthly, paymentMethod: visa"


@pytest.fixture
def build(world, read):
    """Builds a world from the head and more of it."""
    return lambda text, **how: building.build(world, read(HEAD + text), **how)


@pytest.fixture
def subscribed(world, build):
    """The subscription of a file whose only one, `a`, is described."""

    def made(text, more=""):
        return world.get(Subscription, build(f"  subscriptions: {{a: {{{text}}}}}{more}").ids["subscriptions"]["a"])

    return made


@pytest.fixture
def refused(world, read):
    """What is said of a subscription `a` that the engine refuses; nothing is changed by it."""

    def told(text, more=""):
        before, gateway = world.digest(), world.gateway
        with pytest.raises(ScenarioError) as caught:
            building.build(world, read(f"{HEAD}  subscriptions: {{a: {{{text}}}}}{more}"))
        assert (before, gateway) == (world.digest(), world.gateway)
        return [problem.partition(": ")[2] for problem in caught.value.problems]

    return told


def names(running, kind):
    return {id: name for name, id in running.ids[kind].items()}


# --- subscriptions


def test_one_begins_with_the_scenario(world, subscribed):
    """Without a start it begins now: paid for, with the named id, through the gateway that the cascade asks first."""
    one = subscribed(JANES)
    assert ("active", 1, world.now, 1, "2026-02-01T00:00:00.000Z") == (
        one.status,
        one.current_cycle,
        one.start_date,
        one.quantity,
        one.current_period_end,
    )
    (payment,) = world.table(Payment).values()
    assert ("succeeded", "customer", None, 2999, one.id) == (
        payment.status,
        payment.initiator,
        payment.off_session_type,
        payment.amount,
        payment.subscriptions[0],
    )
    assert "adyen" == world.get(GatewayProfile, one.billing_settings.gateway_profile).integration
    invariants.check(world)


def test_no_turn_of_a_cascade_is_taken(world, subscribed):
    """The cascade is looked at, and not asked: its first turn is still to come."""
    subscribed(f"{JANES}, startDate: -40 days")
    assert {} == world.table(Rotation)
    assert {None} == {one.cascade for one in world.table(Transaction).values()}


def test_everything_that_can_be_said(world, subscribed):
    """Names of a price, a method, a gateway and a policy, and how many."""
    one = subscribed(f"{JANES}, quantity: 3, gatewayProfile: eu, retryPolicy: rescue, id: sub_janes")
    assert ("sub_janes", 3, 8997) == (one.id, one.quantity, one.upcoming_invoice.amount)
    assert ("rescue", "stripe") == (
        world.get(RetryPolicy, one.retry_policy).title,
        world.get(GatewayProfile, one.billing_settings.gateway_profile).integration,
    )


@pytest.mark.parametrize("start", ["-3 months", "P", "2025-10-01T00:00:00Z"])
def test_one_began_before(world, subscribed, start):
    """What was renewed since has been paid, each at its own time, and nobody is told."""
    start = "-P3M" if start == "P" else start
    one = subscribed(f"{JANES}, startDate: {start}")
    assert ("2025-10-01T00:00:00.000Z", 4, "2026-02-01T00:00:00.000Z") == (
        one.start_date,
        one.current_cycle,
        one.current_period_end,
    )
    paid = [(invoice.created_at[:10], invoice.status) for invoice in world.table(Invoice).values()]
    assert [("2025-10-01", "paid"), ("2025-11-01", "paid"), ("2025-12-01", "paid"), ("2026-01-01", "paid")] == paid
    assert "2026-01-01T00:00:00.000Z" == world.now
    assert [] == world.log
    assert [("renew", one.id)] == [(job.kind, job.subject) for job in world.table(Job).values()]
    invariants.check(world)


def test_days_are_counted_on_the_merchants_clock(world, subscribed):
    """100 days ago it was the same time of day."""
    world.advance("2026-01-31T10:00:00.000Z")
    one = subscribed(f"{JANES}, startDate: -100 days")
    assert "2025-10-23T10:00:00.000Z" == one.start_date


def test_a_timezone_moves_the_start(world, read):
    """100 days before 11:00 in Paris is 11:00 in Paris, an hour earlier by UTC."""
    world.advance("2026-01-31T10:00:00.000Z")
    text = HEAD.replace("merchantConfig: {", "merchantConfig: {timezone: Europe/Paris, ")
    building.build(world, read(f"{text}  subscriptions: {{a: {{{JANES}, startDate: -100 days}}}}"))
    assert ["2025-10-23T09:00:00.000Z"] == [one.start_date for one in world.table(Subscription).values()]


def test_rules_are_about_what_comes(world, subscribed):
    """No rule is asked of the past, and none has served; the next renewal meets them."""
    down = "\nrules: [{name: down, when: {subscription: a, cycle: {gte: 2}}, then: unreachable}]"
    one = subscribed(f"{JANES}, startDate: -40 days", down)
    assert [0] == [listed.hits for listed in rules.rules(world)]
    world.advance("2026-01-22T00:00:00.000Z")
    assert [1] == [listed.hits for listed in rules.rules(world)]
    assert "latest_invoice_retrying" == world.get(Subscription, one.id).auto_billing_disabled_reason


def test_records_are_as_old_as_what_they_did(world, subscribed):
    """A customer is there before the first subscription begins, and so are the account, the prices and the gateways."""
    one = subscribed(f"{JANES}, startDate: -3 months")
    kinds = (MerchantConfig, GatewayProfile, Price, Customer, PaymentMethod, RetryPolicy)
    dates = {record.created_at for kind in kinds for record in world.table(kind).values()}
    assert {one.start_date} == dates
    for kind in (*kinds, Subscription, Payment, Invoice):
        assert issubclass(kind, Updatable)
        assert all(record.created_at <= record.updated_at <= world.now for record in world.table(kind).values())


def test_a_card_of_its_own(world, build):
    """A card is saved on the customer, once."""
    card = "{customer: joe, price: monthly, card: {number: 5555555555554444}, startDate: -1 day}"
    running = build(f"  subscriptions: {{a: {card}, b: {card}}}")
    (method,) = world.related(PaymentMethod, "customer", running.ids["customers"]["joe"])
    assert ("mastercard", "2031", {method.id}) == (
        method.card.brand,
        method.card.exp_year,
        {one.payment_method for one in world.table(Subscription).values()},
    )


def test_they_are_made_in_the_order_of_their_starts(world, build):
    """Whatever the order of the file, what began first was there first."""
    running = build(
        f"  subscriptions: {{a: {{{JANES}, startDate: -1 day}}, b: {{{JANES}}}, c: {{{JANES}, startDate: -90 days}}}}"
    )
    known = names(running, "subscriptions")
    assert ["c", "a", "b"] == [known[id] for id in world.table(Subscription)]
    invariants.check(world)


@pytest.mark.parametrize("method", ["captureMethod: manual", "captureMethod: automaticDelayed, captureDelay: 2"])
def test_what_is_captured_later(world, read, method):
    """A merchant who captures by hand has taken the money of the past; delayed captures run at their time."""
    text = HEAD.replace("merchantConfig: {", f"merchantConfig: {{{method}, ")
    building.build(world, read(f"{text}  subscriptions: {{a: {{{JANES}, startDate: -45 days}}}}"))
    assert [("succeeded", True)] * 2 == [(one.status, one.is_captured) for one in world.table(Payment).values()]
    invariants.check(world)


# --- keeping the world


def test_a_kept_world_keeps_its_subscriptions(world, build):
    """What exists stays as it is; jobs that wait run neither twice nor early."""
    text = f"  subscriptions: {{a: {{{JANES}, startDate: -40 days}}}}"
    running = build(text)
    world.advance("2026-02-10T12:00:00.000Z")
    a = world.get(Subscription, running.ids["subscriptions"]["a"])
    jobs, log, paid = dict(world.table(Job)), list(world.log), dict(world.table(Payment))
    build(f"  subscriptions: {{a: {{{JANES}}}, b: {{{JANES}, startDate: -9 weeks}}}}", keep=True)
    assert a == world.get(Subscription, a.id)
    assert (log, "2026-02-10T12:00:00.000Z") == (world.log, world.now)
    assert jobs.items() <= world.table(Job).items()
    assert paid.items() <= world.table(Payment).items()
    assert ["2025-11-22T00:00:00.000Z", "2025-12-09T12:00:00.000Z"] == [
        one.start_date for one in world.table(Subscription).values()
    ]
    invariants.check(world)
    world.advance("2026-03-31T00:00:00.000Z")
    invariants.check(world)
    assert [5, 4] == [one.current_cycle for one in world.table(Subscription).values()]


def test_a_kept_world_does_not_bundle_its_renewals_with_the_past(world, build, read):
    """A subscription that is due within a day of the past of another is not charged early by it."""
    bundling = HEAD.replace("merchantConfig: {", "merchantConfig: {enableRecurringPaymentBundling: true, ")
    first = f"  subscriptions: {{a: {{{JANES}, startDate: 2025-12-01T06:00:00Z}}}}"
    a = world.get(Subscription, building.build(world, read(bundling + first)).ids["subscriptions"]["a"])
    text = f"{bundling}  subscriptions: {{b: {{{JANES}, startDate: 2025-12-01}}}}"
    building.build(world, read(text), keep=True)
    assert a == world.get(Subscription, a.id)
    assert world.merchant_config().enable_recurring_payment_bundling
    invariants.check(world)


# --- retry policies and payments


def test_a_retry_policy(world, read):
    """Its steps name gateways, the merchant's configuration names it, and its title is its name."""
    text = HEAD.replace("merchantConfig: {", "merchantConfig: {defaultRetryPolicy: rescue, ")
    running = building.build(world, read(text))
    policy = world.get(RetryPolicy, running.ids["retryPolicies"]["rescue"])
    assert (policy.id, "rescue") == (world.merchant_config().default_retry_policy, policy.title)
    assert [(2, running.ids["gatewayProfiles"]["us"], False)] == [
        (step.retry_delay, step.gateway_profile, step.use_initial_gateway) for step in policy.steps
    ]


def test_payments(world, build):
    """One with a method or a card is paid, whatever the rules say; one without stays open."""
    running = build(
        "  payments:\n"
        "    saved: {amount: 500, currency: usd, customer: jane, paymentMethod: visa, id: pay_saved}\n"
        "    guest: {cart: {items: [{price: once, quantity: 2}]}, currency: usd, card: {number: 4000000000000002}}\n"
        "    open: {amount: 700, currency: usd, customer: joe, metadata: {orderId: 7}}\n"
        "    direct:\n"
        "      amount: 9\n"
        "      currency: usd\n"
        "      card: {number: 4242424242424242}\n"
        "      paymentMethodOptions: {card: {mode: gatewayProfile, gatewayProfile: eu}}\n"
        "rules: [{then: lost_card}]\n"
    )
    made = {name: world.get(Payment, id) for name, id in running.ids["payments"].items()}
    assert [
        ("saved", "succeeded", 500),
        ("guest", "succeeded", 1000),
        ("open", "open", 700),
        ("direct", "succeeded", 9),
    ] == [(name, payment.status, payment.amount) for name, payment in made.items()]
    assert ("pay_saved", running.ids["paymentMethods"]["visa"]) == (made["saved"].id, made["saved"].payment_method)
    assert (None, "0002") == (made["guest"].payment_method, made["guest"].transactions[0].card.last_four)
    assert ((), {"orderId": "7"}) == (made["open"].transactions, made["open"].metadata)
    assert running.ids["gatewayProfiles"]["eu"] == made["direct"].gateway_profile
    assert ([0], []) == ([listed.hits for listed in rules.rules(world)], world.log)
    invariants.check(world)


def test_a_blacklisted_customer_has_a_past(world, subscribed):
    """Who is blocked when the scenario begins was not when they subscribed."""
    one = subscribed(f"{JANES}, startDate: -40 days", "\n  blacklist: {jane: {email: jane@example.com}}")
    assert 2 == one.current_cycle


# --- mistakes

READ = {
    f"{JANES.replace('jane', 'jan')}": "a.customer: unknown customer 'jan'; did you mean 'jane'?",
    f"{JANES.replace('monthly', 'month')}": "a.price: unknown price 'month'; did you mean 'monthly'?",
    f"{JANES.replace('visa', 'vise')}": "a.paymentMethod: unknown paymentMethod 'vise'; did you mean 'visa'?",
    f"{JANES}, gatewayProfile: eux": "a.gatewayProfile: unknown gatewayProfile 'eux'; did you mean 'eu'?",
    f"{JANES}, retryPolicy: resque": "a.retryPolicy: unknown retryPolicy 'resque'; did you mean 'rescue'?",
    f"{JANES}, quantity: 0": "a.quantity: must be an integer from 1 to 999999, found 0",
    f"{JANES}, amount: 5": "a.amount: is not a known field; known are customer, price, quantity, paymentMethod, card, "
    "gatewayProfile, startDate, retryPolicy, id",
    f"{JANES}, card: {{number: 4242424242424242}}": (
        "a.card: must be left out with a paymentMethod: one of them is charged"
    ),
    "customer: jane, price: monthly": ("a: needs a paymentMethod or a card: that is what its renewals are charged to"),
    "customer: jane, price: monthly, card: {number: 4242424242424241}": (
        "a.card.number: is not a known test number (it ends in 4241); see scenarios/test_cards.yaml; did you mean "
        "'stripe/4242'?"
    ),
    f"{JANES}, startDate: +3 days": (
        'a.startDate: must not lie after the scenario\'s start: sign up in the test instead, found "+3 days"'
    ),
    f"{JANES}, startDate: -40 dais": (
        "a.startDate: '40 dais' is not a duration; write '2 days', '1 month', '90 seconds' or 'P1M2D'"
    ),
    f"{JANES}, startDate: yesterday": (
        "a.startDate: must be an instant such as 2026-01-31T10:00:00Z, or a time before the scenario's start such as "
        '-40 days, found "yesterday"'
    ),
    f"{JANES}, startDate: [1]": "a.startDate: must be text, found a list",
}


@pytest.mark.parametrize("text", READ)
def test_what_is_read_wrong(problems, text):
    """Told with its place when the file is read."""
    (told,) = problems(f"{HEAD}  subscriptions: {{a: {{{text}}}}}")
    place, _, rest = told.partition(": ")
    assert f"world.subscriptions.{READ[text]}" == rest
    assert place.startswith("x.yaml:21:")


REFUSED = {
    f"{JANES}, startDate: 2026-01-02": (
        "startDate: must not lie after the scenario's start, 2026-01-01T00:00:00.000Z: sign up in the test instead, "
        "found '2026-01-02'"
    ),
    f"{JANES}, startDate: -11 years": (
        "startDate: must lie within ten years before the scenario's start, 2026-01-01T00:00:00.000Z, found '-11 years'"
    ),
    f"{JANES}, startDate: -9000 years": (
        "startDate: must lie within ten years before the scenario's start, 2026-01-01T00:00:00.000Z, "
        "found '-9000 years'"
    ),
    JANES.replace("jane", "joe"): "paymentMethod: must belong to customer joe, found 'visa'",
    JANES.replace("monthly", "once"): "price: must be recurring, found once, which is paid once",
    JANES.replace("monthly", "once")
    + ", startDate: -40 days": "price: must be recurring, found once, which is paid once",
    f"{JANES}, gatewayProfile: pal": ("gatewayProfile: must take cards (stripe, adyen, checkout), found pal (paypal)"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_the_engine_refuses(refused, text):
    """Told with its place when the world is built, which is as it was."""
    assert [f"world.subscriptions.a.{REFUSED[text]}"] == refused(text)


def test_too_many_renewals(world, read):
    """A price by the minute has no long past."""
    text = HEAD.replace("intervalUnit: month", "intervalUnit: minute")
    with pytest.raises(ScenarioError) as caught:
        building.build(world, read(f"{text}  subscriptions: {{a: {{{JANES}, startDate: -1 day}}}}"))
    expected = (
        "x.yaml:21:87: world.subscriptions.a.startDate: must leave room for at most 1000 renewals, found more until "
        "2026-01-01T00:00:00.000Z"
    )
    assert (expected,) == caught.value.problems


def test_no_gateway_by_default(world, read):
    """Where the merchant has none for cards, a subscription has to name one."""
    text = HEAD.replace("card: {mode: cascade, cascade: main}", "captureMethod: automatic")
    with pytest.raises(ScenarioError) as caught:
        building.build(world, read(f"{text}  subscriptions: {{a: {{{JANES}}}}}"))
    (told,) = caught.value.problems
    expected = (
        "a.gatewayProfile: is required, since merchantConfig.paymentMethodOptions has no card; known are eu, us, pal"
    )
    assert expected in told


PAYMENTS = {
    "{amount: 5, currency: usd, customer: jan}": "a.customer: unknown customer 'jan'; did you mean 'jane'?",
    "{amount: 5, currency: usd, customer: jane, paymentMethod: visa, card: {number: 4242424242424242}}": (
        "a.card: must be left out with a paymentMethod: one of them is charged"
    ),
    "{cart: {items: [{price: onse}]}, currency: usd}": (
        "a.cart.items[0].price: unknown price 'onse'; did you mean 'once'?"
    ),
    "{amount: 5, currency: usd, paymentMethodOptions: {card: {mode: cascade, cascade: mein}}}": (
        "a.paymentMethodOptions.card.cascade: unknown cascade 'mein'; did you mean 'main'?"
    ),
    "{amount: 5, currency: usd, card: {number: 4111111111111112}}": (
        "a.card.number: is not a known test number (it ends in 1112); see scenarios/test_cards.yaml; did you mean "
        "'stripe/1117'?"
    ),
    "{amount: 5}": "a.currency: is required",
}


@pytest.mark.parametrize("text", PAYMENTS)
def test_payments_that_cannot_be(problems, text):
    """Told with their places when the file is read."""
    (told,) = problems(f"{HEAD}  payments: {{a: {text}}}")
    assert f"world.payments.{PAYMENTS[text]}" == told.partition(": ")[2]


@pytest.mark.parametrize(
    ("text", "wrong", "expected"),
    [
        (
            "merchantConfig: {",
            "merchantConfig: {defaultRetryPolicy: rescu, ",
            "merchantConfig.defaultRetryPolicy: unknown retryPolicy 'rescu'; did you mean 'rescue'?",
        ),
        (
            "gatewayProfile: us}]}}",
            "gatewayProfile: uss}]}}",
            "retryPolicies.rescue.steps[0].gatewayProfile: unknown gatewayProfile 'uss'; did you mean 'us'?",
        ),
    ],
)
def test_names_in_retry_policies(problems, text, wrong, expected):
    """The merchant's default and the gateways of steps are names too."""
    (told,) = problems(HEAD.replace(text, wrong))
    assert f"world.{expected}" == told.partition(": ")[2]
