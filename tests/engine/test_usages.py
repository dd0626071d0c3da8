"""Limits and caps of a priority queue: what counts, for how long, in whose calendar (guides/routing/*)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import asdict

from mock_odus.engine import cascades, periods
from mock_odus.engine.bodies import (
    CreateCascade,
    CreateCascadeRule,
    MethodOptions,
    Routing,
    UpdateCascade,
)
from mock_odus.engine.gateways import Challenged, Declined
from mock_odus.engine.records import Cascade

DECLINED = Declined("insufficient_funds")
PARIS = "Europe/Paris"


@pytest.fixture
def queue(shop):
    """Makes a queue the default: a rule with limits on the first gateway, and the second behind it."""

    def made(**limits):
        first, second, _ = shop.gateways
        id = shop.cascade(
            {"gateway_profile": first, "position": 1, **limits}, {"gateway_profile": second, "position": 2}
        )
        shop.route(id)
        return shop.world.get(Cascade, id)

    return made


def either(what, period, most=1):
    """A limit of so many payments of 50.00, or the cap that comes to the same."""
    if what == "limit":
        return {"transaction_limit": most, "limit_period": period}
    return {"transaction_cap": 5000 * most, "cap_period": period}


# --- what counts


def test_a_rule_at_its_limit_is_skipped(shop, queue):
    """After so many approvals the next rule serves."""
    queue(transaction_limit=2, limit_period="day")
    assert [[1], [1], [2], [2]] == [shop.asked() for _ in range(4)]


def test_only_approvals_count(shop, queue):
    """Declined attempts and refunds leave a limit as it is."""
    queue(transaction_limit=2, limit_period="day")
    assert [1, 2] == shop.asked(DECLINED)
    shop.reverse(shop.pay())
    assert [[1], [2]] == [shop.asked(), shop.asked()]


def test_an_approval_counts_for_the_rule_that_led_to_it(shop, queue):
    """What the second gateway approves does not use up the first one's limit."""
    queue(transaction_limit=1, limit_period="day")
    assert [1, 2] == shop.asked(DECLINED)
    assert [[1], [2]] == [shop.asked(), shop.asked()]


def test_direct_charges_do_not_count(shop, queue):
    """A payment routed straight to a gateway leaves the rules alone."""
    queue(transaction_limit=1, limit_period="day")
    straight = MethodOptions(card=Routing("gatewayProfile", gateway_profile=shop.gateways[0]))
    assert [1] == shop.asked(payment_method_options=straight)
    assert [[1], [2]] == [shop.asked(), shop.asked()]


def test_two_cascades_count_apart(shop, queue):
    """The limit is the rule's in its own cascade, not the gateway's."""
    for _ in range(2):
        queue(transaction_limit=1, limit_period="day")
        assert [[1], [2]] == [shop.asked(), shop.asked()]


def test_a_cap_sums_amounts_and_the_last_may_overshoot(shop, queue):
    """A rule is skipped once its sum has reached the cap; the charge that crosses it still passes."""
    queue(transaction_cap=1000, cap_period="day")
    assert [[1], [1], [2]] == [shop.asked(amount=999), shop.asked(amount=5000), shop.asked(amount=1)]


def test_a_cap_is_reached_exactly(shop, queue):
    """A sum equal to the cap is at the cap."""
    queue(transaction_cap=1000, cap_period="day")
    assert [[1], [2]] == [shop.asked(amount=1000), shop.asked(amount=1)]


def test_sums_are_kept_by_currency(shop, queue):
    """Dollars do not use up the cap for euros."""
    queue(transaction_cap=1000, cap_period="day")
    assert [[1], [2]] == [shop.asked(amount=1000), shop.asked(amount=1)]
    assert [[1], [2]] == [shop.asked(amount=1000, currency="eur"), shop.asked(amount=1, currency="EUR")]


def test_a_limit_counts_all_currencies(shop, queue):
    """The count is one for all currencies."""
    queue(transaction_limit=1, limit_period="day")
    assert [[1], [2]] == [shop.asked(), shop.asked(currency="eur")]


def test_whichever_comes_first(shop, queue):
    """A rule with a limit and a cap is skipped when either is reached, each by its own period."""
    queue(transaction_limit=2, limit_period="month", transaction_cap=1000, cap_period="day")
    assert [[1], [2]] == [shop.asked(amount=1000), shop.asked(amount=1)]
    assert [[1], [2]] == [shop.asked(amount=1, at="2026-01-02T00:00:00.000Z"), shop.asked(amount=1)]
    assert [2] == shop.asked(amount=1, at="2026-01-03T00:00:00.000Z")


def test_an_approval_counts_when_it_is_given(shop, queue):
    """A challenge passed after midnight uses up the new day's limit."""
    queue(transaction_limit=1, limit_period="day")
    shop.world.advance("2026-01-01T23:59:00.000Z")
    waiting = shop.pay(Challenged())
    shop.world.advance("2026-01-02T00:01:00.000Z")
    shop.finish(waiting, "passed")
    assert [2] == shop.asked()


# --- calendar periods


@pytest.mark.parametrize("what", ["limit", "cap"])
@pytest.mark.parametrize(
    ("period", "first", "last", "following"),
    [
        ("day", "2026-01-30T23:00:00.000Z", "2026-01-31T22:59:59.999Z", "2026-01-31T23:00:00.000Z"),
        ("week", "2026-01-25T23:00:00.000Z", "2026-02-01T22:59:59.999Z", "2026-02-01T23:00:00.000Z"),
        ("month", "2026-01-31T23:00:00.000Z", "2026-02-28T22:59:59.999Z", "2026-02-28T23:00:00.000Z"),
        # 29 March has 23 hours.
        ("day", "2026-03-28T23:00:00.000Z", "2026-03-29T21:59:59.999Z", "2026-03-29T22:00:00.000Z"),
        ("day", "2026-03-29T22:00:00.000Z", "2026-03-30T21:59:59.999Z", "2026-03-30T22:00:00.000Z"),
        ("week", "2026-03-22T23:00:00.000Z", "2026-03-29T21:59:59.999Z", "2026-03-29T22:00:00.000Z"),
        ("month", "2026-02-28T23:00:00.000Z", "2026-03-31T21:59:59.999Z", "2026-03-31T22:00:00.000Z"),
        # 25 October has 25 hours.
        ("day", "2026-10-24T22:00:00.000Z", "2026-10-25T22:59:59.999Z", "2026-10-25T23:00:00.000Z"),
        ("day", "2026-10-25T23:00:00.000Z", "2026-10-26T22:59:59.999Z", "2026-10-26T23:00:00.000Z"),
        ("week", "2026-10-18T22:00:00.000Z", "2026-10-25T22:59:59.999Z", "2026-10-25T23:00:00.000Z"),
        ("month", "2026-09-30T22:00:00.000Z", "2026-10-31T22:59:59.999Z", "2026-10-31T23:00:00.000Z"),
    ],
)
def test_a_rule_comes_back_with_the_next_calendar_period(shop, queue, what, period, first, last, following):
    """Used up in its period's first instant, skipped to its last, back in the first of the next: Paris, any season."""
    shop.config(timezone=PARIS)
    queue(**either(what, period))
    assert [[1], [2]] == [shop.asked(at=first), shop.asked()]
    assert [2] == shop.asked(at=last)
    assert [[1], [2]] == [shop.asked(at=following), shop.asked()]


@pytest.mark.parametrize("what", ["limit", "cap"])
@pytest.mark.parametrize("start", [datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC)])
def test_a_limit_holds_for_each_day_around_a_change_of_the_clock(shop, queue, what, start):
    """Two a day, asked every hour for five days: on each day in Paris the first two, and no other."""
    shop.config(timezone=PARIS)
    queue(**either(what, "day", most=2))
    days = {}
    for moment in (start + timedelta(hours=hour) for hour in range(120)):
        date = moment.astimezone(ZoneInfo(PARIS)).date()
        days.setdefault(date, []).append(shop.asked(at=periods.show(moment)))
    assert 6 == len(days)
    assert {date: ([[1]] * 2 + [[2]] * 23)[: len(asked)] for date, asked in days.items()} == days


# --- other timezones, other rules


@pytest.mark.parametrize("what", ["limit", "cap"])
def test_a_new_timezone_forgets_nothing_and_brings_nothing_back(shop, queue, what):
    """What was approved counts in the period that it falls into by the merchant's clock as it is now."""
    queue(**either(what, "day"))
    assert [[1], [2]] == [shop.asked(at="2026-01-01T16:00:00.000Z"), shop.asked()]
    shop.config(timezone="Asia/Tokyo")  # where it was 01:00 on the second
    assert [2] == shop.asked(at="2026-01-02T14:59:59.999Z")
    shop.config(timezone="UTC")  # where the second has been going on for 15 hours, with no approval
    assert [[1], [2]] == [shop.asked(), shop.asked()]
    shop.config(timezone="America/New_York")  # where it is still the second
    assert [2] == shop.asked(at="2026-01-03T04:59:59.999Z")
    assert [1] == shop.asked(at="2026-01-03T05:00:00.000Z")


@pytest.mark.parametrize("what", ["limit", "cap"])
def test_a_limit_that_is_raised_keeps_its_count(shop, queue, what):
    """Two of three are used when a limit of two becomes one of three; another period looks at the same approvals."""
    cascade = queue(**either(what, "day", most=2))
    assert [[1], [1], [2]] == [shop.asked(), shop.asked(), shop.asked()]
    cascade = change(shop, cascade, 0, **either(what, "day", most=3))
    assert [[1], [2]] == [shop.asked(), shop.asked()]
    change(shop, cascade, 0, **either(what, "month", most=4))
    assert [[1], [2]] == [shop.asked(at="2026-01-02T00:00:00.000Z"), shop.asked()]


def test_a_rule_that_gets_another_gateway_begins_with_nothing(shop, queue):
    """A count belongs to cascade, position and gateway profile together."""
    cascade = queue(transaction_limit=1, limit_period="day")
    assert [[1], [2]] == [shop.asked(), shop.asked()]
    change(shop, cascade, 0, gateway_profile=shop.gateways[2])
    assert [[3], [2]] == [shop.asked(), shop.asked()]


def test_a_rule_that_moves_begins_with_nothing(shop, queue):
    """At another position it is another rule."""
    cascade = queue(transaction_limit=1, limit_period="day")
    assert [[1], [2]] == [shop.asked(), shop.asked()]
    cascade = change(shop, cascade, 1, position=5)
    change(shop, cascade, 0, position=4)
    assert [[1], [2]] == [shop.asked(), shop.asked()]


def test_a_cascade_of_an_id_that_was_deleted_begins_with_nothing(shop, queue):
    """Deleted and made again under its id, a cascade has approved nothing yet."""
    old = queue(transaction_limit=1, limit_period="month")
    rules = [CreateCascadeRule(shop.gateways[0], 1, transaction_limit=1, limit_period="month")]
    rules.append(CreateCascadeRule(shop.gateways[1], 2))
    assert [[1], [2]] == [shop.asked(), shop.asked()]
    shop.route(shop.queue)
    cascades.delete(shop.world, old)
    cascades.create(shop.world, CreateCascade("A cascade", "priority_queue", rules), id=old.id)
    shop.route(old.id)
    assert [[1], [2]] == [shop.asked(), shop.asked()]


def change(shop, cascade, place, **fields):
    """The cascade with one of its rules changed."""
    rules = [asdict(rule) for rule in cascade.rules]
    rules[place] |= fields
    body = UpdateCascade(rules=[CreateCascadeRule(**rule) for rule in rules])
    return cascades.update(shop.world, cascade, body)


# --- copies


def test_a_refused_attempt_uses_up_nothing(shop, queue):
    """What was written in a verb that fails in the end is not counted."""
    queue(transaction_limit=1, limit_period="day")

    def attempt():
        with shop.world.verb():
            assert [1] == shop.asked()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        attempt()
    assert [[1], [2]] == [shop.asked(), shop.asked()]


def test_a_restored_world_counts_as_it_did(shop, queue):
    """Snapshots keep the counts."""
    queue(transaction_limit=1, limit_period="day")
    fresh = shop.world.snapshot()
    assert [[1], [2]] == [shop.asked(), shop.asked()]
    used_up = shop.world.snapshot()
    shop.world.restore(fresh)
    assert [1] == shop.asked()
    shop.world.restore(used_up)
    assert [2] == shop.asked()
