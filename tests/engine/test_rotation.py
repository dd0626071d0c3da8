"""Whose turn it is: round robin, plain and weighted (guides/routing/*)."""

from collections import Counter

import pytest

from mock_odus.engine import cascades
from mock_odus.engine.bodies import CreateCascadeRule, UpdateCascade
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.gateways import Challenged, Declined
from mock_odus.engine.records import MethodRouting, Rotation

DECLINED = Declined("insufficient_funds")
LETTERS = " abc"


def firsts(shop, count):
    """The gateways that are asked first in so many payments, as letters."""
    return "".join(LETTERS[shop.asked()[0]] for _ in range(count))


# --- the order


def test_round_robin_goes_round(shop):
    """One after the other, and again from the first."""
    shop.share()
    assert "abcabcabc" == firsts(shop, 9)


def test_positions_decide_the_order(shop):
    """Not the order in which the rules are written, and gaps between positions are nothing."""
    rules = [{"gateway_profile": gateway, "position": place} for gateway, place in zip(shop.gateways, (9, 2, 5))]
    shop.route(shop.cascade(*rules, algorithm="round_robin"))
    assert "bcabca" == firsts(shop, 6)


def test_weights_are_spread_smoothly(shop):
    """5, 1 and 1: never five in a row."""
    shop.share(5, 1, 1)
    assert "aabacaa" * 2 == firsts(shop, 14)


def test_equal_weights_go_round(shop):
    """However large they are; of equals the lowest position is first."""
    shop.share(7, 7, 7)
    assert "abcabc" == firsts(shop, 6)


def test_a_thousand_payments_are_split_seventy_to_thirty(shop):
    """70 and 30 per cent, and after each of the payments within one of it."""
    shop.share(70, 30)
    taken = Counter()
    for count in range(1, 1001):
        taken[shop.asked()[0]] += 1
        assert abs(taken[1] - count * 0.7) < 1
    assert {1: 700, 2: 300} == taken


def test_weights_need_not_sum_to_100(shop):
    """They are shares of their own sum."""
    shop.share(1, 2)
    assert {"a": 10, "b": 20} == Counter(firsts(shop, 30))


def test_a_weight_of_zero_is_only_ever_a_fallback(shop):
    """It is never asked first, and is asked when another fails."""
    shop.share(0, 1, 1)
    assert "bcbcbc" == firsts(shop, 6)
    assert [2, 3, 1] == shop.asked(DECLINED, DECLINED, DECLINED)


# --- failover


def test_failover_goes_on_in_position_order_from_the_one_picked(shop):
    """Cyclic: behind the last comes the first."""
    shop.share()
    assert [[1, 2, 3], [2, 3, 1], [3, 1, 2]] == [shop.asked(DECLINED, DECLINED, DECLINED) for _ in range(3)]


def test_failover_has_no_regard_for_weights(shop):
    """The remaining rules follow by position, the light before the heavy."""
    shop.share(1, 2, 50)
    assert [3, 1, 2] == shop.asked(DECLINED, DECLINED, DECLINED)


def test_failover_does_not_touch_the_turns(shop):
    """The second gateway's approval in the first one's place is not its turn."""
    shop.share()
    assert [1, 2] == shop.asked(DECLINED)
    assert "bca" == firsts(shop, 3)


def test_a_gateway_of_two_rules_is_asked_once(shop):
    """It has both turns, and one place in an attempt."""
    one, other, _ = shop.gateways
    rules = [{"gateway_profile": gateway, "position": place} for place, gateway in enumerate((one, other, one), 1)]
    shop.route(shop.cascade(*rules, algorithm="round_robin"))
    assert [[1, 2], [2, 1], [1, 2]] == [shop.asked(DECLINED, DECLINED) for _ in range(3)]


# --- when it moves


def test_every_attempt_moves_it_whatever_comes_of_it(shop):
    """Declined, waiting for a challenge, approved: each was a turn; the answer to the challenge is none."""
    shop.share()
    assert [1, 2, 3] == shop.asked(DECLINED, DECLINED, DECLINED)
    waiting = shop.pay(Challenged())
    assert shop.gateways[1] == waiting.transactions[0].gateway_profile
    passed = shop.finish(waiting, "passed")
    assert ("succeeded", 1) == (passed.status, len(passed.transactions))
    assert "cab" == firsts(shop, 3)


def test_a_second_try_of_a_payment_is_a_turn(shop):
    """A payment that was declined goes to the next one first."""
    shop.share()
    payment = shop.authorize(shop.create(), DECLINED, DECLINED, DECLINED)
    paid = shop.authorize(payment)
    assert [1, 2, 3, 2] == [shop.gateways.index(one.gateway_profile) + 1 for one in paid.transactions]


def test_a_refused_authorize_does_not_move_it(shop):
    """Neither a card that cannot be nor a status that forbids it."""
    shop.share()
    paid, payment = shop.pay(), shop.create()
    before = shop.world.digest()
    with pytest.raises(Invalid):
        shop.authorize(payment, card="4242424242424241")
    with pytest.raises(Refused):
        shop.authorize(paid)
    assert before == shop.world.digest()
    assert "bca" == firsts(shop, 3)


def test_what_is_undone_was_no_turn(shop):
    """A verb that fails when the gateways were asked puts the turns back as well."""
    shop.share(2, 1)

    def attempt():
        with shop.world.verb():
            assert "ba" == firsts(shop, 2)
            raise ZeroDivisionError

    assert "a" == firsts(shop, 1)
    with pytest.raises(ZeroDivisionError):
        attempt()
    assert "ba" == firsts(shop, 2)


def test_a_restored_world_goes_on_where_it_was(shop):
    """A snapshot keeps whose turn it is, and so does a fork, which then goes its own way."""
    shop.share(5, 1, 1)
    assert "aab" == firsts(shop, 3)
    snapshot, fork = shop.world.snapshot(), shop.world.fork()
    cascade = shop.world.merchant_config().payment_method_options.card
    assert "acaa" == firsts(shop, 4)
    assert [shop.gateways[place] for place in (0, 2, 0, 0)] == [
        cascades.candidates(fork, cascade, "card", "usd")[0].gateway_profile for _ in range(4)
    ]
    shop.world.restore(snapshot)
    before = shop.world.digest()
    assert "acaa" == firsts(shop, 4)
    assert before != shop.world.digest()


def test_whose_turn_it_is_is_part_of_the_digest(shop):
    """Two worlds that differ in nothing else are told apart."""
    cascade = shop.share()
    twin = shop.world.fork()
    assert twin.digest() == shop.world.digest()
    cascades.candidates(twin, MethodRouting("cascade", cascade.id), "card", "usd")
    assert twin.digest() != shop.world.digest()


def test_each_cascade_has_its_own_turns(shop):
    """Two with the same rules do not know of each other."""
    first = shop.share()
    assert "ab" == firsts(shop, 2)
    shop.share()
    assert "a" == firsts(shop, 1)
    shop.route(first.id)
    assert "c" == firsts(shop, 1)


# --- when it begins anew


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"title": "Another"}, "ca"),
        ({"description": None, "metadata": {"a": "b"}}, "ca"),
        ({"algorithm": "round_robin"}, "ca"),
        ({"rules": (1, 2, 3)}, "ca"),
        ({"rules": (1, 2, 4)}, "ab"),
        ({"rules": (2, 1, 3)}, "ba"),
    ],
)
def test_other_rules_begin_anew(shop, change, expected):
    """Rules that are the same as before, or anything else, change nothing about whose turn it is."""
    cascade = shop.share()
    assert "ab" == firsts(shop, 2)
    if "rules" in change:
        change = {"rules": [CreateCascadeRule(*rule) for rule in zip(shop.gateways, change["rules"])]}
    cascades.update(shop.world, cascade, UpdateCascade(**change))
    assert expected == firsts(shop, 2)


def test_another_algorithm_begins_anew(shop):
    """Weights that were there all the time are followed from their first turn."""
    cascade = shop.share(1, 1, 3)
    assert "ca" == firsts(shop, 2)
    cascade = cascades.update(shop.world, cascade, UpdateCascade(algorithm="round_robin"))
    assert "ab" == firsts(shop, 2)
    cascades.update(shop.world, cascade, UpdateCascade(algorithm="weighted_round_robin"))
    assert "cacbc" == firsts(shop, 5)


def test_a_deleted_cascade_leaves_no_turns(shop):
    """Nothing is kept of it."""
    cascade = shop.share()
    shop.pay()
    shop.route(shop.queue)
    cascades.delete(shop.world, cascade)
    assert {} == shop.world.table(Rotation)


# --- more than one method type


def test_those_that_cannot_take_a_method_have_no_turn(shop):
    """In a cascade of both kinds cards go round the card gateways, PayPal to its own, each undisturbed by the other."""
    wallet = shop.profile("paypal")
    ways = (shop.gateways[0], wallet, shop.gateways[1])
    rules = [{"gateway_profile": gateway, "position": place} for place, gateway in enumerate(ways, 1)]
    way = MethodRouting("cascade", shop.cascade(*rules, algorithm="round_robin"))

    def ask(method):
        return [ways.index(one.gateway_profile) + 1 for one in cascades.candidates(shop.world, way, method, "usd")]

    assert [[1, 3], [2], [3, 1], [2], [1, 3], [3, 1]] == [
        ask(method) for method in ("card", "paypal", "card", "paypal", "applePay", "card")
    ]


def test_only_zeros_left_are_asked_by_position(shop):
    """When none that may be asked has a weight above 0, they stand in for the others in order."""
    wallet = shop.profile("paypal")
    rules = [
        {"gateway_profile": gateway, "position": place, "weight": 5 * (gateway == wallet)}
        for place, gateway in enumerate((*shop.gateways[:2], wallet), 1)
    ]
    way = MethodRouting("cascade", shop.cascade(*rules, algorithm="weighted_round_robin"))
    for _ in range(3):
        found = cascades.candidates(shop.world, way, "card", "usd")
        assert shop.gateways[:2] == [one.gateway_profile for one in found]
