"""What is wrong with a scenario file is told with file, line, column, path and the nearest word."""

from __future__ import annotations

from typing import get_args

import pytest

from mock_odus.engine.permissions import Permission
from mock_odus.scripting import loader
from mock_odus.scripting.forms import WorldForm
from mock_odus.scripting.language import ScenarioError
from mock_odus.shapes import field_names

WORLD = """\
world:
  gatewayProfiles: {stripe_eu: {integration: stripe}, adyen_us: {integration: adyen}}
  cascades: {main: {algorithm: priority_queue, rules: [{gatewayProfile: stripe_eu, position: 1}]}}
  customers: {jane: {}}
"""
KINDS = ", ".join(field_names(WorldForm))
SHIPPED = ", ".join(loader.available())
CONDITIONS = (
    "operation, gateway, integration, cascade, position, amount, currency, initiator, offSessionType, method, "
    "card.number, card.brand, card.last4, card.country, card.bin, customer, customer.email, payment, price, product, "
    "subscription, cycle, retry, try, between, metadata.KEY, customer.metadata.KEY"
)

TOP = {
    "rulez: []": "x.yaml:3:1: rulez: is not a known field; did you mean 'rules'?",
    "answers: []": (
        "x.yaml:3:1: answers: is not a known field; known are version, name, about, extends, seed, clock, unmatched, "
        "world, rules, api, webhooks"
    ),
    "unmatched: decline": ('x.yaml:3:12: unmatched: must be one of test_cards, approve, fail, found "decline"'),
    "extends: startr": (
        f"x.yaml:3:10: extends: unknown scenario 'startr'; did you mean 'starter'?; known are {SHIPPED}"
    ),
    "extends: ../scenarios/starter": (
        f"x.yaml:3:10: extends: unknown scenario '../scenarios/starter'; known are {SHIPPED}"
    ),
    "extends: [starter]": "x.yaml:3:10: extends: must be text, found a list",
    "seed: lucky": 'x.yaml:3:7: seed: must be an integer, found "lucky"',
    'seed: "7"': 'x.yaml:3:7: seed: must be an integer, found "7"',
    "clock: {start: yesterday}": (
        'x.yaml:3:16: clock.start: must be an instant such as 2026-01-31T10:00:00Z, found "yesterday"'
    ),
    "clock: {mode: tickin}": (
        "x.yaml:3:15: clock.mode: must be one of frozen, ticking, found \"tickin\"; did you mean 'ticking'?"
    ),
    "clock: {rate: 0}": "x.yaml:3:15: clock.rate: must be a number above 0 and up to 1000000, found 0",
    "clock: {rate: fast}": 'x.yaml:3:15: clock.rate: must be a number above 0 and up to 1000000, found "fast"',
    "clock: {mode: frozen, rate: 60}": ("x.yaml:3:29: clock.rate: is for a clock that ticks, and clock.mode is frozen"),
    "clock: frozen": 'x.yaml:3:8: clock: must be an object, found "frozen"',
    "rules: {a: 1}": "x.yaml:3:8: rules: must be a list, found an object",
    "rules: [approve]": 'x.yaml:3:9: rules[0]: must be an object, found "approve"',
    "rules:\n  - name: a": "x.yaml:4:5: rules[0].then: is required",
    "name: y": 'x.yaml:3:1: doubled key "name"; it stands in line 2 already',
    "about: &a hi": "x.yaml:3:8: about: an anchor (&a) stands here; anchors are not allowed",
    "about: !!str hi": "x.yaml:3:8: about: a tag (!!str) stands here; tags are not allowed",
}

WORLDS = {
    "world: {zebras: {}}": f"x.yaml:3:9: world.zebras: is not a known field; known are {KINDS}",
    "world:\n  customer:\n    jane: {}": (
        "x.yaml:4:3: world.customer: is not a known field; did you mean 'customers'?"
    ),
    "world: {customers: {jane: {emial: a@b.example}}}": (
        "x.yaml:3:28: world.customers.jane.emial: is not a known field; did you mean 'email'?"
    ),
    "world: {customers: {jane: {email: jane}}}": (
        'x.yaml:3:35: world.customers.jane.email: must be an email address such as a@b.example, found "jane"'
    ),
    "world: {customers: {jane doe: {email: a@b.example}}}": (
        "x.yaml:3:31: world.customers.jane doe: must be a name of letters, digits, '_', '-' and '.', found \"jane doe\""
    ),
    "world: {customers: {jane: {id: jane}}}": (
        "x.yaml:3:32: world.customers.jane.id: must be 'cus_' and 1 to 40 letters or digits, found \"jane\""
    ),
    "world: {customers: {jane: 5}}": "x.yaml:3:27: world.customers.jane: must be an object, found 5",
    "world: {gatewayProfiles: {a: {integration: strype}}}": (
        "x.yaml:3:44: world.gatewayProfiles.a.integration: must be one of stripe, adyen, checkout, paypal, "
        "found \"strype\"; did you mean 'stripe'?"
    ),
    "world: {gatewayProfiles: {a: {}}}": "x.yaml:3:30: world.gatewayProfiles.a.integration: is required",
    WORLD + "  merchantConfig: {paymentMethodOptions: {card: {mode: cascade, cascade: mian}}}": (
        "x.yaml:7:74: world.merchantConfig.paymentMethodOptions.card.cascade: unknown cascade 'mian'; "
        "did you mean 'main'?"
    ),
    WORLD + "  merchantConfig: {paymentMethodOptions: {card: {mode: gatewayProfile, gatewayProfile: stripe}}}": (
        "x.yaml:7:88: world.merchantConfig.paymentMethodOptions.card.gatewayProfile: unknown gatewayProfile 'stripe'; "
        "did you mean 'stripe_eu'?"
    ),
    WORLD + "  merchantConfig: {paymentMethodOptions: {paypal: {mode: cascade, cascade: mian}}}": (
        "x.yaml:7:76: world.merchantConfig.paymentMethodOptions.paypal.cascade: unknown cascade 'mian'; "
        "did you mean 'main'?"
    ),
    "world: {blacklist: {jane: {reason: fraud}}}": "x.yaml:3:27: world.blacklist.jane.email: is required",
    "world: {secretKeys: {backend: {permissions: [PAYMENT_RAED]}}}": (
        f"x.yaml:3:46: world.secretKeys.backend.permissions[0]: must be one of {', '.join(get_args(Permission))}, "
        "found \"PAYMENT_RAED\"; did you mean 'PAYMENT_READ'?"
    ),
    "world: {users: {alice: {password: secret, role: admin}}}": (
        "x.yaml:3:35: world.users.alice.password: must be a password of 8 to 200 characters, with an upper-case and a "
        "lower-case letter, a digit and a special character"
    ),
    "world: {users: {alice: {password: 'Str0ng#Pass', role: adnim}}}": (
        'x.yaml:3:56: world.users.alice.role: must be one of admin, developer, supportAgent, found "adnim"; '
        "did you mean 'admin'?"
    ),
    "world: {blacklist: {jane: {email: a@b.example, id: jane}}}": (
        "x.yaml:3:52: world.blacklist.jane.id: must be 'blk_' and 1 to 40 letters or digits, found \"jane\""
    ),
    "world: {cascades: {c: {algorithm: priority_queue, rules: [{gatewayProfile: a, position: 1}]}}}": (
        "x.yaml:3:76: world.cascades.c.rules[0].gatewayProfile: unknown gatewayProfile 'a'; none is named here"
    ),
    WORLD + "  paymentMethods: {card: {customer: joan, card: {number: 4242424242424242}}}": (
        "x.yaml:7:37: world.paymentMethods.card.customer: unknown customer 'joan'; did you mean 'jane'?"
    ),
    WORLD + "  paymentMethods: {card: {customer: jane, card: {number: 4242424242424241}}}": (
        "x.yaml:7:58: world.paymentMethods.card.card.number: is not a known test number (it ends in 4241); "
        "see scenarios/test_cards.yaml; did you mean 'stripe/4242'?"
    ),
    WORLD + "  paymentMethods: {card: {customer: jane}}": ("x.yaml:7:26: world.paymentMethods.card.card: is required"),
}

# Each stands as a rule's `when`; the column is counted from its first character, 1.
WHEN = {
    "gateway": '1: rules[0].when: must be a mapping of conditions such as {gateway: NAME}, found "gateway"',
    "{gatway: stripe_eu}": "2: rules[0].when.gatway: unknown condition 'gatway'; did you mean 'gateway'?",
    "{weather: fair}": f"2: rules[0].when.weather: unknown condition 'weather'; known are {CONDITIONS}",
    "{cycel: 2}": "2: rules[0].when.cycel: unknown condition 'cycel'; did you mean 'cycle'?",
    "{cycle: first}": (
        '9: rules[0].when.cycle: must be an integer, a range such as 1..3, or bounds such as {gte: 100}, found "first"'
    ),
    "{price: pro}": "9: rules[0].when.price: unknown price 'pro'; none is named here",
    "{subscription: {ne: janes}}": (
        "21: rules[0].when.subscription.ne: must be 'sub_' and 1 to 40 letters or digits, found \"janes\""
    ),
    "{metadata: x}": "2: rules[0].when.metadata: unknown condition 'metadata'; did you mean 'metadata.KEY'?",
    "{gateway: stripe}": "11: rules[0].when.gateway: unknown gatewayProfile 'stripe'; did you mean 'stripe_eu'?",
    "{gateway: [adyen_us, stripe]}": (
        "22: rules[0].when.gateway[1]: unknown gatewayProfile 'stripe'; did you mean 'stripe_eu'?"
    ),
    "{gateway: '*_uk'}": "11: rules[0].when.gateway: unknown gatewayProfile '*_uk'; known are stripe_eu, adyen_us",
    "{cascade: mane}": "11: rules[0].when.cascade: unknown cascade 'mane'; did you mean 'main'?",
    "{customer: jan}": "12: rules[0].when.customer: unknown customer 'jan'; did you mean 'jane'?",
    "{customer: cus_abc}": "12: rules[0].when.customer: unknown customer 'cus_abc'; known are jane",
    "{payment: one}": ("11: rules[0].when.payment: must be 'pay_' and 1 to 40 letters or digits, found \"one\""),
    "{operation: authorise}": (
        '13: rules[0].when.operation: must be one of authorize, capture, refund, void, found "authorise"; '
        "did you mean 'authorize'?"
    ),
    "{integration: {ne: strip}}": (
        '20: rules[0].when.integration.ne: must be one of stripe, adyen, checkout, paypal, found "strip"; '
        "did you mean 'stripe'?"
    ),
    "{card.brand: viza}": (
        "14: rules[0].when.card.brand: must be one of visa, mastercard, amex, discover, diners, jcb, unionpay, "
        "unknown, found \"viza\"; did you mean 'visa'?"
    ),
    "{card.last4: 42}": '14: rules[0].when.card.last4: must be four digits, found "42"',
    "{card.bin: 4242}": '12: rules[0].when.card.bin: must be the first six digits, found "4242"',
    "{card.country: GER}": ('16: rules[0].when.card.country: must be a country of two letters such as DE, found "GER"'),
    "{try: first}": (
        '7: rules[0].when.try: must be an integer, a range such as 1..3, or bounds such as {gte: 100}, found "first"'
    ),
    "{between: {}}": "11: rules[0].when.between: must be {from, until}, one of them at least, found neither",
    "{between: }": "11: rules[0].when.between: must be {from, until}, one of them at least, found null",
    "{between: +40 days}": ('11: rules[0].when.between: must be {from, until}, one of them at least, found "+40 days"'),
    "{between: {form: +40 days, until: +42 days}}": (
        "12: rules[0].when.between.form: must be one of from, until, found \"form\"; did you mean 'from'?"
    ),
    "{between: {from: tomorrow}}": (
        "18: rules[0].when.between.from: must be an instant such as 2026-01-31T10:00:00Z, or a time since the "
        'scenario\'s start such as +40 days, found "tomorrow"'
    ),
    "{between: {until: 40 days}}": (
        "19: rules[0].when.between.until: must be an instant such as 2026-01-31T10:00:00Z, or a time since the "
        'scenario\'s start such as +40 days, found "40 days"'
    ),
    "{between: {from: }}": (
        "18: rules[0].when.between.from: must be an instant such as 2026-01-31T10:00:00Z, or a time since the "
        "scenario's start such as +40 days, found null"
    ),
    "{between: {from: +40 dais}}": (
        "18: rules[0].when.between.from: '40 dais' is not a duration; write '2 days', '1 month', '90 seconds' or "
        "'P1M2D'"
    ),
    "{between: {from: +42 days, until: +40 days}}": (
        "11: rules[0].when.between: from must lie before until, found +42 days and +40 days"
    ),
    "{between: {from: +1 month, until: +1 month}}": (
        "11: rules[0].when.between: from must lie before until, found +1 month and +1 month"
    ),
    "{between: {from: 2026-02-01, until: 2026-02-01T01:00:00+02:00}}": (
        "11: rules[0].when.between: from must lie before until, found 2026-02-01 and 2026-02-01T01:00:00+02:00"
    ),
    "{currency: euro}": ('12: rules[0].when.currency: must be a currency of three letters such as usd, found "euro"'),
    "{amount: much}": (
        '10: rules[0].when.amount: must be an integer, a range such as 1..3, or bounds such as {gte: 100}, found "much"'
    ),
    "{amount: 3..1}": "10: rules[0].when.amount: must be a range upwards such as 1..3, found 3..1",
    "{amount: {min: 5}}": '11: rules[0].when.amount.min: must be one of gt, gte, lt, lte, ne, found "min"',
    "{amount: {}}": "10: rules[0].when.amount: must name at least one of gt, gte, lt, lte, ne",
    "{amount: []}": "10: rules[0].when.amount: must name at least one value",
    "{amount: }": (
        "10: rules[0].when.amount: must be an integer, a range such as 1..3, or bounds such as {gte: 100}, found null"
    ),
    "{amount: {gt: [1]}}": "15: rules[0].when.amount.gt: must be one value, found a list",
    "{customer.email: {gt: a}}": ("19: rules[0].when.customer.email.gt: is for numbers; customer.email takes ne only"),
    "{customer.email: {ne: '*'}}": "23: rules[0].when.customer.email.ne: takes no glob",
    "{card.number: 4242424242424241}": (
        "15: rules[0].when.card.number: is not a known test number (it ends in 4241); see scenarios/test_cards.yaml; "
        "did you mean 'stripe/4242'?"
    ),
    "{card.number: '99*'}": (
        "15: rules[0].when.card.number: is not a known test number (it ends in 99*); see scenarios/test_cards.yaml"
    ),
}

OUTCOMES = (
    "approve, decline, error, fail_later, challenge, frictionless, unreachable, timeout, soft_decline, hard_decline, "
    "insufficient_funds, expired_card, invalid_card_details, authentication_failed, generic_processor_error, "
    "fraud_suspected, card_restricted, generic_hard_decline, generic_soft_decline, processor_unavailable, "
    "processor_timeout, lost_card, stolen_card, limit_exceeded, customer_restricted, customer_blacklisted"
)

# Each stands as a rule's `then`.
THEN = {
    "declin": "1: rules[0].then: unknown outcome 'declin'; did you mean 'decline'?",
    "decline": "1: rules[0].then: needs a code: {decline: insufficient_funds}",
    "maybe": f"1: rules[0].then: unknown outcome 'maybe'; known are {OUTCOMES}",
    "error": "1: rules[0].then: needs an HTTP status: {error: 503}",
    "fail_later": "1: rules[0].then: needs a time: {fail_later: {after: 2 days}}",
    "[approve, insufficient_fund]": (
        "11: rules[0].then[1]: unknown outcome 'insufficient_fund'; did you mean 'insufficient_funds'?"
    ),
    "[]": "1: rules[0].then: must hold at least one outcome",
    "[[approve]]": (
        "2: rules[0].then[0]: must be an outcome such as approve or insufficient_funds, found a list in a list"
    ),
    "": "0: rules[0].then: must be an outcome such as approve or insufficient_funds, found null",
    "{}": "1: rules[0].then: must name exactly one outcome, found none",
    "{latency: 2 seconds}": "1: rules[0].then: must name exactly one outcome, found none",
    "{approve: , timeout: }": "1: rules[0].then: must name exactly one outcome, found approve and timeout",
    "{declined: lost_card}": "2: rules[0].then.declined: unknown outcome 'declined'; did you mean 'decline'?",
    "{unreachable: {after: 1 s}}": "15: rules[0].then.unreachable: takes nothing beside latency, found an object",
    "{approve: yes}": '11: rules[0].then.approve: must be an object such as {forgotten: true}, found "yes"',
    "{approve: {forgoten: true}}": (
        "12: rules[0].then.approve.forgoten: is not a known field; did you mean 'forgotten'?"
    ),
    "{approve: {forgotten: yes}}": '23: rules[0].then.approve.forgotten: must be one of true, false, found "yes"',
    "{approve: {chargeback: 20 days}}": (
        '24: rules[0].then.approve.chargeback: must be an object such as {after: 20 days}, found "20 days"'
    ),
    "{approve: {chargeback: {}}}": "24: rules[0].then.approve.chargeback.after: is required",
    "{approve: {chargeback: {after: soon}}}": (
        "32: rules[0].then.approve.chargeback.after: 'soon' is not a duration; write '2 days', '1 month', "
        "'90 seconds' or 'P1M2D'"
    ),
    "{approve: {chargeback: {after: 9000 years}}}": (
        "32: rules[0].then.approve.chargeback.after: must end before the year 9999, found '9000 years'"
    ),
    "{frictionless: {forgotten: true}}": (
        "16: rules[0].then.frictionless: takes nothing beside latency, found an object"
    ),
    "{error: }": "9: rules[0].then.error: must be an HTTP status from 400 to 599, found null",
    "{error: 200}": '9: rules[0].then.error: must be an HTTP status from 400 to 599, found "200"',
    "{error: [503]}": "9: rules[0].then.error: must be an HTTP status from 400 to 599, found a list",
    "{decline: lost_cart}": "11: rules[0].then.decline: unknown error code 'lost_cart'; did you mean 'lost_card'?",
    "{decline: }": "11: rules[0].then.decline: must be an error code such as insufficient_funds, found null",
    "{decline: {code: lost_cart}}": (
        "18: rules[0].then.decline.code: unknown error code 'lost_cart'; did you mean 'lost_card'?"
    ),
    "{decline: {cod: lost_card, code: lost_card}}": (
        "12: rules[0].then.decline.cod: is not a known field; did you mean 'code'?"
    ),
    "{decline: {type: soft_decline}}": "11: rules[0].then.decline.code: is required",
    "{decline: {code: lost_card, type: soft}}": (
        '35: rules[0].then.decline.type: must be one of soft_decline, hard_decline, found "soft"'
    ),
    "{challenge: {answer: pass}}": (
        "22: rules[0].then.challenge.answer: must be one of passed, failed, cancelled, abandoned, "
        "found \"pass\"; did you mean 'passed'?"
    ),
    "{challenge: {after: 5 seconds}}": "21: rules[0].then.challenge.after: needs `answer`: what is answered then",
    "{challenge: {answer: passed, after: soon}}": (
        "37: rules[0].then.challenge.after: 'soon' is not a duration; write '2 days', '1 month', '90 seconds' or "
        "'P1M2D'"
    ),
    "{challenge: {then: challenge}}": (
        "20: rules[0].then.challenge.then: cannot be a challenge again: a customer is challenged once"
    ),
    "{challenge: {then: declined}}": (
        "20: rules[0].then.challenge.then: unknown outcome 'declined'; did you mean 'decline'?"
    ),
    "{timeout: {after: 1 month}}": (
        "19: rules[0].then.timeout.after: must be an exact length, no months or years, found '1 month'"
    ),
    "{timeout: {chraged: true, after: 1 s}}": (
        "12: rules[0].then.timeout.chraged: is not a known field; did you mean 'charged'?"
    ),
    "{timeout: {charged: 1}}": '21: rules[0].then.timeout.charged: must be one of true, false, found "1"',
    "{challenge: {then: frictionless}}": (
        "20: rules[0].then.challenge.then: cannot be frictionless: the customer has been challenged"
    ),
    "{fail_later: {after: 2 days}}": (
        "14: rules[0].then.fail_later: is for refunds and voids: write `operation: refund`, or `operation: [refund, "
        "void]`, in `when`"
    ),
    "{challenge: {answer: passed, after: 90000000 days}}": (
        "37: rules[0].then.challenge.after: must end before the year 9999, found '90000000 days'"
    ),
    "{timeout: {after: 1 s}, latency: 1 s}": (
        "34: rules[0].then.latency: cannot stand beside timeout.after: both say how long it takes"
    ),
    "{approve: , latency: [1]}": ("22: rules[0].then.latency: must be a duration such as '2 seconds', found a list"),
}

RULES = {
    "then: approve, per: subscripton": (
        'rules[0].per: must be one of payment, customer, card, subscription, gateway, found "subscripton"; '
        "did you mean 'subscription'?"
    ),
    "then: approve, times: 0": "rules[0].times: must be a positive integer, found 0",
    "then: approve, chance: 0.3": ('rules[0].chance: must be a percentage from 0% to 100% such as 30%, found "0.3"'),
    "then: approve, chance: 101%": ('rules[0].chance: must be a percentage from 0% to 100% such as 30%, found "101%"'),
    "then: approve, chance: -5%": ('rules[0].chance: must be a percentage from 0% to 100% such as 30%, found "-5%"'),
    "then: challenge, when: {operation: capture}": (
        "rules[0].then: challenge is for authorize only, and this rule is about capture"
    ),
    "then: [approve, challenge], when: {operation: [authorize, void]}": (
        "rules[0].then[1]: challenge is for authorize only, and this rule is about authorize and void"
    ),
    "then: {challenge: {answer: passed}}, when: {operation: {ne: void}}": (
        "rules[0].then.challenge: challenge is for authorize only, and this rule is about authorize, capture and refund"
    ),
    "then: frictionless, when: {operation: refund}": (
        "rules[0].then: frictionless is for authorize only, and this rule is about refund"
    ),
    "then: {approve: {forgotten: true}}, when: {operation: capture}": (
        "rules[0].then.approve.forgotten: forgotten is for authorize only, and this rule is about capture"
    ),
    "then: {approve: {chargeback: {after: 1 day}}}, when: {operation: '*'}": (
        "rules[0].then.approve.chargeback: chargeback is for authorize only, and this rule is about authorize, "
        "capture, refund and void"
    ),
    "then: {timeout: {charged: true}}, when: {operation: void}": (
        "rules[0].then.timeout.charged: charged is for authorize, capture and refund only, and this rule is about void"
    ),
    "then: {fail_later: {after: 2 days}}, when: {operation: [refund, capture]}": (
        "rules[0].then.fail_later: fail_later is for refund and void only, and this rule is about capture and refund"
    ),
    "then: {fail_later: {code: lost_card}}, when: {operation: refund}": "rules[0].then.fail_later.after: is required",
    "then: {fail_later: {after: 2 days, code: lost_cart}}, when: {operation: refund}": (
        "rules[0].then.fail_later.code: unknown error code 'lost_cart'; did you mean 'lost_card'?"
    ),
    "then: {fail_later: {after: later}}, when: {operation: void}": (
        "rules[0].then.fail_later.after: 'later' is not a duration; write '2 days', '1 month', '90 seconds' or 'P1M2D'"
    ),
    "then: {fail_later: 2 days}, when: {operation: void}": (
        'rules[0].then.fail_later: must be an object such as {after: 2 days}, found "2 days"'
    ),
    "then: approve, name: test_cards": ("rules[0].name: 'test_cards' is the name of the built-in table; take another"),
}


@pytest.mark.parametrize("text", TOP)
def test_top_level(fault, text):
    """What stands at the top of a file is checked key by key."""
    assert TOP[text] == fault(text)


@pytest.mark.parametrize("text", WORLDS)
def test_world(fault, text):
    """Records of the world are checked as API bodies are, their references by name."""
    assert WORLDS[text] == fault(text)


@pytest.mark.parametrize("text", WHEN)
def test_when(fault, text):
    """A condition that cannot be says what is allowed and what comes nearest."""
    column, _, rest = WHEN[text].partition(": ")
    expected = f"x.yaml:9:{int(column) + 10}: {rest}"
    assert expected == fault(f"{WORLD}rules:\n  - then: approve\n    when: {text}\n")


@pytest.mark.parametrize("text", THEN)
def test_then(fault, text):
    """An outcome that cannot be says what is allowed and what comes nearest."""
    column, _, rest = THEN[text].partition(": ")
    expected = f"x.yaml:4:{int(column) + 10}: {rest}"
    assert expected == fault(f"rules:\n  - then: {text}\n")


@pytest.mark.parametrize("text", RULES)
def test_rules(fault, text):
    """The other keys of a rule are checked as well."""
    assert RULES[text] == fault(f"rules: [{{{text}}}]").partition(": ")[2]


def test_the_documented_example(prefixes):
    """An error message looks as the documentation promises."""
    text = "\n".join(
        ["version: 1", "name: x", "rules:"]
        + ["  - then: approve", "    # why", "    per: card"] * 2
        + ["  -", "    name: c", "    when: {}", "    times: 1", "    then:       declin"]
    )
    with pytest.raises(ScenarioError) as caught:
        loader.load(text, file="scenarios/x.yaml", prefixes=prefixes)
    expected = "scenarios/x.yaml:14:17: rules[2].then: unknown outcome 'declin'; did you mean 'decline'?"
    assert (expected,) == caught.value.problems


def test_all_problems_at_once(problems):
    """Every problem of a file is told, in the order of the file."""
    text = """\
version: 2
name: x
sead: 3
name: y
world:
  customers:
    jane: {email: NO, phoneNumber: +15559876543}
rules:
  - {when: {amount: lots, gatway: a}, then: declin}
  - {then: approve, tmes: 1}
"""
    expected = [
        "x.yaml:1:10: version: must be one of 1, found 2",
        "x.yaml:3:1: sead: is not a known field; did you mean 'seed'?",
        'x.yaml:4:1: doubled key "name"; it stands in line 2 already',
        'x.yaml:7:19: world.customers.jane.email: must be an email address such as a@b.example, found "NO"',
        "x.yaml:9:21: rules[0].when.amount: must be an integer, a range such as 1..3, or bounds such as {gte: 100}, "
        'found "lots"',
        "x.yaml:9:27: rules[0].when.gatway: unknown condition 'gatway'; did you mean 'gateway'?",
        "x.yaml:9:45: rules[0].then: unknown outcome 'declin'; did you mean 'decline'?",
        "x.yaml:10:21: rules[1].tmes: is not a known field; did you mean 'times'?",
    ]
    assert expected == problems(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "x.yaml:1:1: the document is empty"),
        ("[]", "x.yaml:1:1: must be an object, found []"),
        ("null", "x.yaml:1:1: must be an object, found null"),
        ("name: x", "x.yaml:1:1: version: is required"),
        ("version: 1", "x.yaml:1:1: name: is required"),
        ("version: 1\nname: x\n---\nversion: 1", "x.yaml:3:1: a second document begins here; a file holds one"),
        ("version: 1\nname: " + "[" * 60, "x.yaml:2:56: name" + "[0]" * 50 + ": nested deeper than 50 levels"),
    ],
)
def test_what_is_no_scenario(problems, text, expected):
    """A file that is no mapping, or lacks its head, is refused."""
    assert [expected] == problems(text)


def test_a_hundred_problems_are_enough(problems):
    """Of very many problems the first hundred are told, and how many there are besides."""
    found = problems("version: 1\nname: x\n" + "\n".join(f"key{number}: 1" for number in range(130)))
    assert (101, "x.yaml: and 30 more problems") == (len(found), found[-1])
    assert found[0].startswith("x.yaml:3:1: key0: is not a known field")


def test_names_of_rules_are_unique(fault):
    """Two rules of one name are an error at the second, which names the first."""
    text = "rules:\n  - {name: a, then: approve}\n  - {name: b, then: approve}\n  - {name: a, then: approve}"
    assert "x.yaml:6:12: rules[2].name: is the name of rules[0] already, found 'a'" == fault(text)


def test_ids_are_unique(problems):
    """Two records of one id are an error at both."""
    found = problems("version: 1\nname: x\nworld: {customers: {a: {id: cus_1}, b: {id: cus_1}}}")
    expected = [
        "x.yaml:3:29: world.customers.a.id: is the id of 2 records, found 'cus_1'",
        "x.yaml:3:45: world.customers.b.id: is the id of 2 records, found 'cus_1'",
    ]
    assert expected == found


@pytest.mark.parametrize(
    "text",
    [
        "rules: [{when: {card.number: 4111111111111112}, then: approve}]",
        "rules: [{when: {customer.email: 5}, then: 4111111111111112}]",
        "rules: [{when: {amount: 4111111111111112, 4111111111111112: 1}, then: {decline: 4111111111111112}}]",
        "'4111111111111112': 4111111111111112",
        "seed: '4111 1111 1111 1112'",
        "world: {customers: {jane: {email: 4111111111111112}}}",
        "world: {paymentMethods: {c: {customer: 4111111111111112, card: {number: 4111-1111-1111-1112, cvv: x}}}}",
        "world: {customers: {4111111111111112: {email: x}}}\nabout: 5\nabout: 6",
    ],
)
def test_a_card_number_is_never_repeated(problems, text):
    """Whatever is wrong, and wherever, a message never holds a card number."""
    told = "\n".join(problems(f"version: 1\nname: x\n{text}"))
    assert "1111" not in told.replace("-", "").replace(" ", "")
