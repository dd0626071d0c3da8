"""Two worlds that live through the same: how they begin, how time passes in them, and what holds all the while."""

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

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
MOST_JOBS = 40


class Twins(RuleBasedStateMachine):
    """A world, and a twin that lives through the same without the refused requests: they stay equal."""

    snapshots = Bundle("snapshots")

    @initialize(
        seed=st.integers(-(2**63), 2**63 - 1),
        catch_up=st.sampled_from(["skip", "skip", "bill_each"]),
        stops=st.sampled_from([False, False, True]),
    )
    def begin(self, seed, catch_up, stops):
        policies = replace(POLICIES, catch_up=catch_up, stop_on_hard_decline=stops)
        self.gateway = drawn.DrawnGateway()
        self.world = world = World(
            seed=seed, now=START, policies=policies, gateway=self.gateway, jobs=JOBS, reaction=REACTION
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
        self.stock()
        self.twin = world.fork()

    def stock(self):
        """What else there is to begin with."""

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
        invariants.since(self.world, logged)
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

    def act_on_fit(self, kind, place, verb, answers=(), *, when):
        """Runs a verb on a record: three times out of four on one that the verb is made for, if there is one."""

        def chosen(world):
            found = list(world.table(kind).values())
            if place % 4 and (fit := [one for one in found if when(one)]):
                found = fit
            return found[-1 - place // 4 % len(found)] if found else None

        record = chosen(self.world)
        if record is not None:
            asks = answers(record) if callable(answers) else answers
            self.act(lambda world: verb(world, chosen(world)), asks)

    def act_on_payment(self, place, verb, answers=(), *, when):
        self.act_on_fit(Payment, place, verb, answers, when=when)

    def wait(self, answers, *targets):
        """The world leaps to the last of some instants, the twin stops at each: both end alike.

        A leap ends early, where it has got to, when it has come to be too much.
        """
        for world, stops in ((self.world, targets[-1:]), (self.twin, targets)):
            self.gateway.answers = list(answers)
            left, logged = MOST_JOBS, len(world.log)
            for target in stops:
                while left and (job := world.due(target)):
                    world.run(job)
                    left -= 1
                if left:
                    world.forward(target)
            invariants.since(world, logged)

    # --- Time and copies

    @rule(text=drawn.LEAPS, answers=drawn.FINALS)
    def advance(self, text, answers):
        """A while goes by."""
        target = periods.due(self.world.now, periods.duration(text))
        half = periods.due(self.world.now, periods.Duration(milliseconds=15_000))
        self.wait(answers, min(half, target), target)

    @precondition(lambda self: self.world.agenda(1))
    @rule(early=st.booleans(), answers=drawn.FINALS)
    def run_the_next_job(self, early, answers):
        """To the very instant at which something is due, or a millisecond before it."""
        due = self.world.agenda(1)[0].due
        if early:
            due = max(self.world.now, periods.after(due, periods.Duration(milliseconds=-1)))
        self.wait(answers, due)

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
