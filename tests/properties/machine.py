"""Two worlds that live through the same: how they begin, how time passes in them, and what holds all the while."""

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from mock_odus import assumptions
from mock_odus.engine import account, authorizations, cascades, customers, payments, periods, profiles
from mock_odus.engine.bodies import (
    CreateCascade,
    CreateCustomer,
    CreateGatewayProfile,
    CreatePayment,
    MethodOptions,
    Routing,
    UpdateMerchantConfig,
)
from mock_odus.engine.errors import OdusError
from mock_odus.engine.gateways import Approved, Challenged, Unreachable
from mock_odus.engine.jobs import JOBS
from mock_odus.engine.reactions import REACTION
from mock_odus.engine.records import Payment
from mock_odus.engine.world import World
from tests.properties import drawn, invariants

START = "2026-01-31T10:00:00.000Z"
POLICIES = assumptions.load().for_engine()


class Twins(RuleBasedStateMachine):
    """A world, and a twin that lives through the same without the refused requests: they stay equal."""

    snapshots = Bundle("snapshots")

    @initialize(seed=st.integers(-(2**63), 2**63 - 1))
    def begin(self, seed):
        self.gateway = drawn.DrawnGateway()
        self.world = world = World(
            seed=seed, now=START, policies=POLICIES, gateway=self.gateway, jobs=JOBS, reaction=REACTION
        )
        account.open_account(world)
        *takers, paypal = (
            profiles.create(world, CreateGatewayProfile(title="A gateway", integration=integration)).id
            for integration in ("stripe", "adyen", "checkout", "paypal")
        )
        queue, turns = (
            cascades.create(world, CreateCascade("A cascade", algorithm, drawn.through(algorithm, takers))).id
            for algorithm in ("priority_queue", "weighted_round_robin")
        )
        options = MethodOptions(
            card=Routing("cascade", cascade=queue),
            paypal=Routing("gatewayProfile", gateway_profile=paypal, capture_method="manual"),
            apple_pay=Routing("cascade", cascade=turns),
        )
        body = UpdateMerchantConfig(timezone="Europe/Paris", payment_method_options=options)
        account.update_config(world, world.merchant_config(), body)
        jane, joe = (customers.create(world, CreateCustomer(email=f"{name}@example.com")) for name in "ab")
        manual = MethodOptions(capture_method="manual")
        # To act on from the first step: one paid, one to capture, one that waits, one declined, one untouched.
        for customer, answers, options in (
            (jane, [Approved()], None),
            (jane, [Approved()], manual),
            (joe, [Challenged()], None),
            (joe, 3 * [Unreachable()], None),
            (jane, None, None),
        ):
            payment = payments.create(
                world,
                CreatePayment(
                    amount=5000,
                    currency="usd",
                    customer=customer.id,
                    payment_method_options=options,
                    return_url=drawn.RETURN_URL,
                ),
            )
            if answers:
                self.gateway.answers = list(answers)
                authorizations.authorize(world, payment, drawn.by_card("4242424242424242"))
        self.twin = world.fork()

    def act(self, verb, answers=()):
        """Runs a verb in both worlds; one that is refused in the first is not sent to the twin."""
        self.gateway.answers = list(answers)
        before, logged = self.world.digest(), len(self.world.log)
        try:
            verb(self.world)
        except OdusError:
            assert before == self.world.digest()
            assert list(answers) == self.gateway.answers, "a refused request has asked a gateway"
            return
        invariants.once(self.world, logged)
        self.gateway.answers = list(answers)
        verb(self.twin)

    def act_on(self, kind, place, verb, answers=()):
        """Runs a verb on one of the records of a kind, if there is one."""
        if self.pick(self.world, kind, place):
            self.act(lambda world: verb(world, self.pick(world, kind, place)), answers)

    @staticmethod
    def pick(world, kind, place):
        """One of the records of a kind, the newest first; None while there is none."""
        records = list(world.table(kind).values())
        return records[-1 - place % len(records)] if records else None

    def act_on_payment(self, place, verb, answers=(), *, when):
        """Runs a verb on a payment: three times out of four on one that the verb is made for, if there is one."""

        def chosen(world):
            found = list(world.table(Payment).values())
            if place % 4 and (fit := [one for one in found if when(one)]):
                found = fit
            return found[-1 - place // 4 % len(found)]

        asks = answers(chosen(self.world)) if callable(answers) else answers
        self.act(lambda world: verb(world, chosen(world)), asks)

    # --- Time and copies

    @rule(text=st.sampled_from(["1 ms", "30 seconds", "23 hours", "1 day", "1 week", "1 month"]), answers=drawn.FINALS)
    def advance(self, text, answers):
        """The world leaps, the twin stops half-way: both end alike."""
        target = periods.after(self.world.now, periods.duration(text))
        half = periods.after(self.twin.now, periods.Duration(milliseconds=15_000))
        self.gateway.answers = list(answers)
        self.world.advance(target)
        self.gateway.answers = list(answers)
        if half < target:
            self.twin.advance(half)
        self.twin.advance(target)

    @precondition(lambda self: self.world.agenda(1))
    @rule(early=st.booleans(), answers=drawn.FINALS)
    def run_the_next_job(self, early, answers):
        """To the very instant at which something is due, or a millisecond before it."""
        due = self.world.agenda(1)[0].due
        if early:
            due = max(self.world.now, periods.after(due, periods.Duration(milliseconds=-1)))
        for world in (self.world, self.twin):
            self.gateway.answers = list(answers)
            world.advance(due)

    @rule()
    def go_back(self):
        """The clock cannot."""
        self.act(lambda world: world.advance("2020-01-01T00:00:00.000Z"))

    @rule(target=snapshots)
    def save(self):
        return self.world.snapshot()

    @rule(snapshot=snapshots)
    def restore(self, snapshot):
        self.world.restore(snapshot)
        self.twin.restore(snapshot)

    @rule()
    def part(self):
        """The twin is made anew, from the world."""
        self.twin = self.world.fork()

    # --- What holds

    @invariant()
    def holds(self):
        invariants.check(self.world)

    @invariant()
    def twins(self):
        assert self.twin.digest() == self.world.digest()
