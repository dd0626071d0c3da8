"""Limits and caps against a recount: whatever is approved, whenever, and whichever calendar it is looked at by."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from mock_odus import assumptions
from mock_odus.engine import account, cascades, periods, profiles
from mock_odus.engine.bodies import (
    CreateCascade,
    CreateCascadeRule,
    CreateGatewayProfile,
    UpdateCascade,
)
from mock_odus.engine.records import MethodRouting, Transaction, TransactionOutcome
from mock_odus.engine.world import World
from mock_odus.scripting.gateway import ScriptedGateway

POLICIES = assumptions.load().for_engine()
STARTS = st.sampled_from(["2026-03-27T12:00:00.000Z", "2026-10-23T12:00:00.000Z", "2026-12-30T12:00:00.000Z"])
ZONES = ["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Pacific/Pago_Pago", "Asia/Beirut"]
PERIODS = st.sampled_from(["day", "week", "month"])

PAY = st.tuples(st.just("pay"), st.integers(1, 5), st.sampled_from(["usd", "eur"]), st.booleans())
WAIT = st.tuples(st.just("wait"), st.sampled_from([1, 59, 60, 5 * 60, 23 * 60, 25 * 60, 8 * 24 * 60]))
MOVE = st.tuples(st.just("move"), st.sampled_from(ZONES))
LIMITS = st.tuples(st.just("limit"), st.integers(1, 4), PERIODS, st.integers(1, 12), PERIODS)
STEPS = st.lists(st.one_of(PAY, PAY, PAY, WAIT, MOVE, LIMITS), min_size=5, max_size=60)


def calendar(moment, period):
    """What names the period that a local time lies in."""
    if period == "week":
        return tuple(moment.isocalendar())[:2]
    return (moment.year, moment.month, moment.day)[: {"day": 3, "month": 2}[period]]


class Till:
    """A world with a limited gateway and another behind it, and a plain list of what was approved at the first."""

    def __init__(self, start):
        self.world = World(seed=1, now=start, policies=POLICIES, gateway=ScriptedGateway())
        account.open_account(self.world)
        profile = CreateGatewayProfile("A gateway", "stripe")
        self.first, self.second = (profiles.create(self.world, profile).id for _ in range(2))
        self.limits = (2, "day", 6, "week")
        self.cascade = cascades.create(self.world, CreateCascade("A queue", "priority_queue", self.rules))
        self.way = MethodRouting("cascade", self.cascade.id)
        self.approved = []

    @property
    def rules(self):
        return [CreateCascadeRule(self.first, 1, None, *self.limits), CreateCascadeRule(self.second, 2)]

    def step(self, what, *details):
        getattr(self, what)(*details)

    def pay(self, amount, currency, is_approved):
        asked = cascades.candidates(self.world, self.way, "card", currency)
        assert [2] if self.is_used_up(currency) else [1, 2] == [one.position for one in asked]
        if is_approved:
            cascades.note_approval(self.world, self.transaction(asked[0], amount, currency))
            if asked[0].position == 1:
                self.approved.append((self.world.now, amount, currency))

    def is_used_up(self, currency):
        """By the list, with Python's own calendar."""
        zone = ZoneInfo(self.world.merchant_config().timezone)
        limit, limit_period, cap, cap_period = self.limits

        def taken(period):
            def name(at):
                return calendar(periods.parse(at).astimezone(zone), period)

            return [one for one in self.approved if name(one[0]) == name(self.world.now)]

        in_currency = sum(amount for _, amount, its in taken(cap_period) if its == currency)
        return len(taken(limit_period)) >= limit or in_currency >= cap

    def transaction(self, candidate, amount, currency):
        return Transaction(
            id="txn_1",
            created_at=self.world.now,
            payment="pay_1",
            type="sale",
            amount=amount,
            currency=currency,
            gateway_profile=candidate.gateway_profile,
            integration="stripe",
            attempt=1,
            outcome=TransactionOutcome("success"),
            cascade=candidate.cascade,
            position=candidate.position,
        )

    def wait(self, minutes):
        self.world.advance(periods.show(periods.parse(self.world.now) + timedelta(minutes=minutes)))

    def move(self, timezone):
        self.world.put(replace(self.world.merchant_config(), timezone=timezone))

    def limit(self, *limits):
        self.limits = limits
        self.cascade = cascades.update(self.world, self.cascade, UpdateCascade(rules=self.rules))


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(start=STARTS, steps=STEPS)
def test_a_rule_is_skipped_exactly_when_a_recount_says_so(start, steps):
    """By count and by sum, by currency, in every timezone the merchant moves to and under limits that change."""
    till = Till(start)
    for step in steps:
        till.step(*step)
