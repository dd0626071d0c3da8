"""Which gateway next: a priority queue, its limits and its caps (guides/routing/*)."""

import pytest

from mock_odus.engine.bodies import MethodOptions, Routing
from mock_odus.engine.errors import Invalid
from mock_odus.engine.gateways import Challenged, Declined

DECLINED = Declined("insufficient_funds")


@pytest.fixture
def queue(shop):
    """Makes a queue of (gateway's place, rule) the default and names what it has asked."""

    def made(*rules):
        shop.route(shop.cascade(*rules))

    return made


@pytest.fixture
def asked(shop):
    """Pays, and names the place of each gateway that was asked."""

    def paid(*answers, at=None, **fields):
        if at:
            shop.world.advance(at)
        payment = shop.pay(*answers, **fields)
        return [shop.gateways.index(one.gateway_profile) + 1 for one in payment.transactions]

    return paid


def limited(shop, place=0, **limits):
    """A rule with limits on one gateway, and the one without behind it."""
    first = {"gateway_profile": shop.gateways[place], "position": 1} | limits
    return first, {"gateway_profile": shop.gateways[place + 1], "position": 2}


def test_the_lowest_position_is_first(shop, queue, asked):
    """Positions decide, not the order in which the rules are written."""
    limit = {"transaction_limit": 100, "limit_period": "day"}
    queue(
        {"gateway_profile": shop.gateways[0], "position": 9, **limit},
        {"gateway_profile": shop.gateways[1], "position": 2},
        {"gateway_profile": shop.gateways[2], "position": 5, **limit},
    )
    assert [2, 3, 1] == asked(DECLINED, DECLINED, DECLINED)


def test_no_gateway_is_asked_twice_in_one_attempt(shop, queue, asked):
    """A profile that stands in two rules is asked by the first of them only."""
    queue(
        {"gateway_profile": shop.gateways[0], "position": 1, "transaction_limit": 100, "limit_period": "day"},
        {"gateway_profile": shop.gateways[0], "position": 2},
    )
    assert [1] == asked(DECLINED)


def test_a_rule_at_its_limit_is_skipped(shop, queue, asked):
    """After so many approvals the next rule serves."""
    queue(*limited(shop, transaction_limit=2, limit_period="day"))
    assert [[1], [1], [2], [2]] == [asked() for _ in range(4)]


def test_only_approvals_count(shop, queue, asked):
    """Declined attempts and refunds leave a limit as it is."""
    queue(*limited(shop, transaction_limit=2, limit_period="day"))
    assert [1, 2] == asked(DECLINED)
    shop.reverse(shop.pay())
    assert [[1], [2]] == [asked(), asked()]


def test_an_approval_counts_for_the_rule_that_led_to_it(shop, queue, asked):
    """What the second gateway approves does not use up the first one's limit."""
    queue(*limited(shop, transaction_limit=1, limit_period="day"))
    assert [1, 2] == asked(DECLINED)
    assert [[1], [2]] == [asked(), asked()]


def test_direct_charges_do_not_count(shop, queue, asked):
    """A payment routed straight to a gateway leaves the rules alone."""
    queue(*limited(shop, transaction_limit=1, limit_period="day"))
    straight = MethodOptions(card=Routing("gatewayProfile", gateway_profile=shop.gateways[0]))
    assert [1] == asked(payment_method_options=straight)
    assert [[1], [2]] == [asked(), asked()]


def test_two_cascades_count_apart(shop, queue, asked):
    """The limit is the rule's in its own cascade, not the gateway's."""
    queue(*limited(shop, transaction_limit=1, limit_period="day"))
    assert [[1], [2]] == [asked(), asked()]
    queue(*limited(shop, transaction_limit=1, limit_period="day"))
    assert [[1], [2]] == [asked(), asked()]


def test_a_cap_sums_amounts_and_the_last_may_overshoot(shop, queue, asked):
    """A rule is skipped once its sum has reached the cap; the charge that crosses it still passes."""
    queue(*limited(shop, transaction_cap=1000, cap_period="day"))
    assert [[1], [1], [2]] == [asked(amount=999), asked(amount=5000), asked(amount=1)]


def test_a_cap_is_reached_exactly(shop, queue, asked):
    """A sum equal to the cap is at the cap."""
    queue(*limited(shop, transaction_cap=1000, cap_period="day"))
    assert [[1], [2]] == [asked(amount=1000), asked(amount=1)]


def test_sums_are_kept_by_currency(shop, queue, asked):
    """Dollars do not use up the cap for euros."""
    queue(*limited(shop, transaction_cap=1000, cap_period="day"))
    assert [[1], [2]] == [asked(amount=1000), asked(amount=1)]
    assert [[1], [2]] == [asked(amount=1000, currency="eur"), asked(amount=1, currency="EUR")]


def test_a_limit_counts_all_currencies(shop, queue, asked):
    """The count is one for all currencies."""
    queue(*limited(shop, transaction_limit=1, limit_period="day"))
    assert [[1], [2]] == [asked(), asked(currency="eur")]


def test_whichever_comes_first(shop, queue, asked):
    """A rule with a limit and a cap is skipped when either is reached, each by its own period."""
    both = {"transaction_limit": 2, "limit_period": "month", "transaction_cap": 1000, "cap_period": "day"}
    queue(*limited(shop, **both))
    assert [[1], [2]] == [asked(amount=1000), asked(amount=1)]
    assert [[1], [2]] == [asked(amount=1, at="2026-01-02T00:00:00.000Z"), asked(amount=1)]
    assert [2] == asked(amount=1, at="2026-01-03T00:00:00.000Z")


@pytest.mark.parametrize(
    ("period", "last", "first"),
    [
        ("day", "2026-01-31T22:59:59.999Z", "2026-01-31T23:00:00.000Z"),
        ("week", "2026-02-01T22:59:59.999Z", "2026-02-01T23:00:00.000Z"),
        ("month", "2026-01-31T22:59:59.999Z", "2026-01-31T23:00:00.000Z"),
    ],
)
@pytest.mark.parametrize("what", ["limit", "cap"])
def test_a_new_calendar_period_begins_at_zero(shop, queue, asked, what, period, last, first):
    """Periods end at midnight in the merchant's timezone, weeks with Sunday."""
    shop.config(timezone="Europe/Paris")
    limit = {"transaction_limit": 1, "limit_period": period}
    cap = {"transaction_cap": 5000, "cap_period": period}
    queue(*limited(shop, **(limit if what == "limit" else cap)))
    start = {"day": "2026-01-31T00:00:00.000Z", "week": "2026-01-26T00:00:00.000Z", "month": "2026-01-02T00:00:00.000Z"}
    assert [1] == asked(at=start[period])
    assert [2] == asked(at=last)
    assert [[1], [2]] == [asked(at=first), asked()]


def test_an_approval_counts_when_it_is_given(shop, queue, asked):
    """A challenge passed after midnight uses up the new day's limit."""
    queue(*limited(shop, transaction_limit=1, limit_period="day"))
    shop.world.advance("2026-01-01T23:59:00.000Z")
    waiting = shop.pay(Challenged())
    shop.world.advance("2026-01-02T00:01:00.000Z")
    shop.finish(waiting, "passed")
    assert [2] == asked()


def rule(position=1, **fields):
    return {"gateway_profile": "first", "position": position} | fields


LIMIT = {"transaction_limit": 1, "limit_period": "day"}
CAP = {"transaction_cap": 1, "cap_period": "day"}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([rule(1), rule(2)], ["rules must hold exactly one rule with neither limit nor cap"]),
        ([rule(1, **LIMIT), rule(2, **CAP)], ["rules must hold exactly one rule with neither limit nor cap"]),
        ([rule(1, **LIMIT), rule(1)], ["rules[0].position must be unique", "rules[1].position must be unique"]),
        ([rule(1, transaction_limit=1), rule(2)], ["rules[0] must have transactionLimit and limitPeriod together"]),
        ([rule(1, cap_period="day")], ["rules[0] must have transactionCap and capPeriod together"]),
        ([rule(gateway_profile="gwp_x")], ["rules[0].gatewayProfile must be an existing gateway profile"]),
        (
            [rule(1, gateway_profile="gwp_x"), rule(1, limit_period="day"), rule(3)],
            ["rules[0].gateway", "rules[0].position", "rules[1].position", "rules[1] must", "rules must hold"],
        ),
    ],
)
def test_a_queue_that_cannot_be_is_refused_with_every_reason(shop, rules, expected):
    """Exactly one rule without limit and cap, unique positions, limits with their periods, known gateways."""
    written = [one | {"gateway_profile": one["gateway_profile"].replace("first", shop.gateways[0])} for one in rules]
    with pytest.raises(Invalid) as caught:
        shop.cascade(*written)
    told = sorted(caught.value.problems)
    assert len(expected) == len(told), told
    assert all(problem.startswith(begin) for problem, begin in zip(told, sorted(expected)))


def test_a_card_cannot_be_routed_to_paypal(shop):
    """A cascade with a gateway that takes no cards is refused where it is named for cards."""
    wrong = shop.cascade({"gateway_profile": shop.profile("paypal"), "position": 1})
    with pytest.raises(Invalid, match=r"paymentMethodOptions\.card must be routed to gateways that take cards"):
        shop.route(wrong)
