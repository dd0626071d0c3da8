"""Cascades: what their rules may be, how they change and go, and which gateway is next (guides/routing/*)."""

import pytest
from msgspec.structs import asdict

from mock_odus.engine import cascades
from mock_odus.engine.bodies import (
    CreateCascadeRule,
    MethodOptions,
    Routing,
    UpdateCascade,
)
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.gateways import Challenged, Declined
from mock_odus.engine.records import Cascade, MethodRouting, Usage

DECLINED = Declined("insufficient_funds")
LIMIT = {"transaction_limit": 1, "limit_period": "day"}
CAP = {"transaction_cap": 1, "cap_period": "day"}
QUEUE, ROUND, WEIGHTED = "priority_queue", "round_robin", "weighted_round_robin"


def rule(position=1, gateway_profile="first", **fields):
    return {"gateway_profile": gateway_profile, "position": position} | fields


def written(shop, rules):
    """The rules with the ids of the gateways that they name."""
    names = dict(zip(("first", "second", "third"), shop.gateways)) | {"wallet": shop.profile("paypal")}
    return [one | {"gateway_profile": names.get(one["gateway_profile"], one["gateway_profile"])} for one in rules]


def check(problems, expected):
    """Each problem begins with one of what is expected, and none is left over."""
    assert len(expected) == len(problems), problems
    assert all(problem.startswith(begin) for problem, begin in zip(sorted(problems), sorted(expected))), problems


# --- which is next


def test_the_lowest_position_is_first(shop):
    """Positions decide, not the order in which the rules are written."""
    first, second, third = shop.gateways
    limit = {"transaction_limit": 100, "limit_period": "day"}
    shop.route(shop.cascade(rule(9, first, **limit), rule(2, second), rule(5, third, **limit)))
    assert [2, 3, 1] == shop.asked(DECLINED, DECLINED, DECLINED)


def test_no_gateway_is_asked_twice_in_one_attempt(shop):
    """A profile that stands in two rules is asked by the first of them only, which the approval counts for."""
    first = shop.gateways[0]
    shop.route(shop.cascade(rule(1, first, transaction_limit=100, limit_period="day"), rule(2, first)))
    assert [1] == [one.position for one in shop.pay(DECLINED).transactions]


def test_a_method_is_routed_by_its_own_cascade(shop):
    """PayPal goes through the cascade that was given for it."""
    wallets = shop.cascade(rule(1, shop.profile("paypal")), rule(2, shop.profile("paypal"), **LIMIT))
    found = cascades.candidates(shop.world, MethodRouting("cascade", wallets), "paypal", "usd")
    assert [(wallets, 1), (wallets, 2)] == [(one.cascade, one.position) for one in found]


# --- what the rules may be


@pytest.mark.parametrize(
    ("algorithm", "rules", "expected"),
    [
        (QUEUE, [rule(1), rule(2)], ["rules must hold exactly one rule with neither limit nor cap"]),
        (QUEUE, [rule(1, **LIMIT), rule(2, **CAP)], ["rules must hold exactly one rule with neither limit nor cap"]),
        (QUEUE, [rule(1, **LIMIT), rule(1)], ["rules[0].position must be unique", "rules[1].position must be unique"]),
        (
            QUEUE,
            [rule(1, transaction_limit=1), rule(2)],
            ["rules[0] must have transactionLimit and limitPeriod together"],
        ),
        (
            QUEUE,
            [rule(1, cap_period="day")],
            ["rules[0] must have transactionCap and capPeriod together"],
        ),
        (
            QUEUE,
            [rule(1, transaction_cap=1), rule(2)],
            ["rules[0] must have transactionCap and capPeriod together"],
        ),
        (QUEUE, [rule(gateway_profile="gwp_x")], ["rules[0].gatewayProfile must be an existing gateway profile"]),
        (
            QUEUE,
            [rule(1, "gwp_x"), rule(1, limit_period="day"), rule(3)],
            ["rules[0].gateway", "rules[0].position", "rules[1].position", "rules[1] must", "rules must hold"],
        ),
        (ROUND, [rule(1, "gwp_x"), rule(1)], ["rules[0].gateway", "rules[0].position", "rules[1].position"]),
        (
            ROUND,
            [rule(1, **LIMIT, **CAP)],
            [
                "rules[0].capPeriod must be left out in a round_robin",
                "rules[0].limitPeriod must be left out in a round_robin",
                "rules[0].transactionCap must be left out in a round_robin",
                "rules[0].transactionLimit must be left out in a round_robin",
            ],
        ),
        (WEIGHTED, [rule(1, weight=1), rule(2)], ["rules[1].weight is required in a weighted_round_robin"]),
        (WEIGHTED, [rule(1, weight=0), rule(2, weight=0)], ["rules must hold at least one weight above 0"]),
        (
            WEIGHTED,
            [rule(1, "gwp_x", cap_period="day"), rule(1, weight=0)],
            [
                "rules[0].capPeriod must be left out in a weighted_round_robin",
                "rules[0].gatewayProfile must be an existing",
                "rules[0].position must be unique",
                "rules[0].weight is required",
                "rules[1].position must be unique",
            ],
        ),
    ],
)
def test_a_cascade_that_cannot_be_is_refused_with_every_reason(shop, algorithm, rules, expected):
    """Known gateways, unique positions, and to each algorithm its own: limits and caps with periods, or weights."""
    rules, before = written(shop, rules), shop.world.digest()
    with pytest.raises(Invalid) as caught:
        shop.cascade(*rules, algorithm=algorithm)
    check(caught.value.problems, expected)
    assert before == shop.world.digest()


@pytest.mark.parametrize(
    ("algorithm", "rules"),
    [
        (QUEUE, [rule(1, weight=5, **LIMIT, **CAP), rule(10, "second")]),
        (QUEUE, [rule(1, "wallet", **LIMIT), rule(2)]),
        (ROUND, [rule(1)]),
        (ROUND, [rule(place, "third", weight=0) for place in range(10, 0, -1)]),
        (WEIGHTED, [rule(1, weight=0), rule(2, weight=100)]),
    ],
)
def test_a_cascade_keeps_what_it_is_given(shop, algorithm, rules):
    """Rules in the order in which they were written, weights also where they do nothing."""
    rules = written(shop, rules)
    made = shop.world.get(Cascade, shop.cascade(*rules, algorithm=algorithm))
    nothing = dict.fromkeys(CreateCascadeRule.__struct_fields__)
    assert [nothing | one for one in rules] == [asdict(one) for one in made.rules]


# --- changing one


@pytest.fixture
def default(shop):
    """The cascade that cards go through by default."""
    return shop.world.get(Cascade, shop.queue)


def test_only_the_given_fields_change(shop, default):
    """The others stay, metadata is merged, and the time of the change is told."""
    shop.world.advance("2026-01-02T00:00:00.000Z")
    changed = cascades.update(shop.world, default, UpdateCascade(title="New", metadata={"a": "b"}))
    expected = asdict(default) | {"title": "New", "metadata": {"a": "b"}, "updated_at": shop.world.now}
    assert expected == asdict(changed)
    assert changed == shop.world.get(Cascade, default.id)


def test_what_changes_nothing_is_no_change(shop, default):
    """The same values again leave the world as it was."""
    shop.world.advance("2026-01-02T00:00:00.000Z")
    before = shop.world.digest()
    rules = [CreateCascadeRule(**asdict(one)) for one in default.rules]
    body = UpdateCascade(title=default.title, algorithm=QUEUE, rules=rules, description=None)
    assert default == cascades.update(shop.world, default, body)
    assert before == shop.world.digest()


def test_changed_rules_are_followed(shop, default):
    """The next attempt goes by the new rules, also of a payment that was made before."""
    payment = shop.create()
    rules = [CreateCascadeRule(**one) for one in written(shop, [rule(1, "third")])]
    cascades.update(shop.world, default, UpdateCascade(rules=rules))
    paid = shop.authorize(payment, DECLINED)
    assert [shop.gateways[2]] == [one.gateway_profile for one in paid.transactions]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"algorithm": ROUND}, 2 * ["rules[0].", "rules[1]."]),
        ({"algorithm": WEIGHTED}, 3 * ["rules[0].", "rules[1]."] + ["rules[2].weight is required"]),
        ({"rules": [rule(1), rule(2)]}, ["rules must hold exactly one rule with neither limit nor cap"]),
        ({"rules": [rule(1, weight=0)], "algorithm": WEIGHTED}, ["rules must hold at least one weight above 0"]),
        (
            {"rules": [rule(1, "wallet"), rule(2, "gwp_x", **LIMIT)]},
            [
                "rules[0].gatewayProfile must take cards (stripe, adyen, checkout), since this cascade is the "
                "merchant's default for card; found gwp_",
                "rules[1].gatewayProfile must be an existing gateway profile, found 'gwp_x'",
            ],
        ),
    ],
)
def test_a_change_that_cannot_be_changes_nothing(shop, default, change, expected):
    """The cascade as it would be must be whole, and fit for what goes through it by default; every reason is told."""
    if "rules" in change:
        change = change | {"rules": [CreateCascadeRule(**one) for one in written(shop, change["rules"])]}
    before = shop.world.digest()
    with pytest.raises(Invalid) as caught:
        cascades.update(shop.world, default, UpdateCascade(**change))
    check(caught.value.problems, expected)
    assert before == shop.world.digest()


def test_each_default_has_its_say(shop, default):
    """A gateway that is unfit for two method types is told of twice."""
    way = Routing("cascade", cascade=default.id)
    shop.config(payment_method_options=MethodOptions(card=way, apple_pay=way))
    rules = [CreateCascadeRule(shop.profile("paypal"), 1)]
    with pytest.raises(Invalid) as caught:
        cascades.update(shop.world, default, UpdateCascade(rules=rules))
    check(
        caught.value.problems,
        ["rules[0].gatewayProfile must take Apple Pay", "rules[0].gatewayProfile must take cards"],
    )


# --- deleting one


def test_a_cascade_is_deleted(shop):
    """It is gone, and the others are as they were."""
    first, second = (shop.world.get(Cascade, shop.cascade(rule(1, shop.gateways[0]))) for _ in range(2))
    assert first == cascades.delete(shop.world, first)
    assert [shop.queue, second.id] == list(shop.world.table(Cascade))


def test_the_default_cannot_be_deleted(shop, default):
    """As long as a method type goes through it by default; the refusal names type and configuration."""
    way = Routing("cascade", cascade=default.id)
    shop.config(payment_method_options=MethodOptions(card=way, apple_pay=way))
    before = shop.world.digest()
    with pytest.raises(Refused) as caught:
        cascades.delete(shop.world, default)
    assert before == shop.world.digest()
    config = shop.world.merchant_config().id
    assert (
        f"cascade {default.id} is the merchant's default for card and applePay: change paymentMethodOptions of "
        f"{config} first"
    ) == caught.value.message
    shop.config(payment_method_options=None)
    assert default == cascades.delete(shop.world, default)


# --- after the payment was made


def test_a_payment_whose_cascade_was_deleted_is_refused(shop, default):
    """It keeps its routing, and the refusal says what has become of it."""
    payment = shop.create()
    shop.config(payment_method_options=None)
    cascades.delete(shop.world, default)
    before = shop.world.digest()
    with pytest.raises(Refused) as caught:
        shop.authorize(payment)
    told = f"no gateway is left for this payment, since cascade {default.id} was deleted: create another payment"
    assert told == caught.value.message
    assert before == shop.world.digest()


def test_a_payment_whose_gateway_was_deleted_is_refused(shop):
    """One that goes straight to a gateway profile that is gone."""
    way = MethodRouting("gatewayProfile", gateway_profile="gwp_gone")
    with pytest.raises(Refused, match="since gateway profile gwp_gone was deleted: create another payment"):
        cascades.candidates(shop.world, way, "card", "usd")


@pytest.mark.parametrize("algorithm", [QUEUE, ROUND])
def test_a_payment_whose_cascade_takes_its_method_no_more_is_refused(shop, algorithm):
    """Rules that have changed since may lead to no gateway for it; nobody's turn has come then."""
    id = shop.cascade(rule(1, shop.profile("paypal")), algorithm=algorithm)
    before = shop.world.digest()
    with pytest.raises(
        Refused, match=rf"cascade {id} leads to no gateway that takes cards \(stripe, adyen, checkout\)"
    ):
        cascades.candidates(shop.world, MethodRouting("cascade", id), "card", "usd")
    assert before == shop.world.digest()


def test_gateways_that_do_not_take_the_method_are_left_out(shop):
    """In a cascade that was changed since, the others are asked."""
    rules = written(shop, [rule(1, "wallet", **LIMIT), rule(2, "first"), rule(3, "wallet", **CAP)])
    way = MethodRouting("cascade", shop.cascade(*rules))
    assert [2] == [one.position for one in cascades.candidates(shop.world, way, "applePay", "usd")]


def test_an_approval_outlives_its_cascade(shop, default):
    """The customer passes a challenge after the cascade was deleted: the payment succeeds, nothing is counted."""
    waiting = shop.pay(Challenged())
    shop.config(payment_method_options=None)
    cascades.delete(shop.world, default)
    assert "succeeded" == shop.finish(waiting, "passed").status
    assert {} == shop.world.table(Usage)


def test_an_approval_outlives_its_rule(shop, default):
    """The customer passes a challenge after the rule was replaced: it does not count for the new one."""
    waiting = shop.pay(Challenged())
    rules = [rule(1, "second", **LIMIT), rule(2, "third")]
    body = UpdateCascade(rules=[CreateCascadeRule(**one) for one in written(shop, rules)])
    cascades.update(shop.world, default, body)
    assert "succeeded" == shop.finish(waiting, "passed").status
    assert [[2], [3]] == [shop.asked(), shop.asked()]
