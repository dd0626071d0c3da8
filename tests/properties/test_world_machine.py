"""Random verbs, one after the other; after each the world's invariants hold."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from msgspec import UNSET

from mock_odus import assumptions
from mock_odus.engine import (
    account,
    authorizations,
    blacklist,
    cascades,
    challenges,
    customers,
    keys,
    methods,
    payments,
    periods,
    profiles,
    reversals,
)
from mock_odus.engine.bodies import (
    AuthorizePayment,
    CardDetails,
    CreateBlacklistEntry,
    CreateCascade,
    CreateCascadeRule,
    CreateCustomer,
    CreateGatewayProfile,
    CreatePayment,
    CreatePublishableKey,
    CreateSecretKey,
    MethodOptions,
    RestrictCustomer,
    ReversePayment,
    Routing,
    UpdateCustomer,
    UpdateMerchantConfig,
    UpdatePayment,
    UpdatePaymentMethod,
)
from mock_odus.engine.declines import ERROR_CODES
from mock_odus.engine.errors import OdusError
from mock_odus.engine.gateways import Answer, Approved, Challenged, Declined, TimedOut, Unreachable
from mock_odus.engine.jobs import JOBS
from mock_odus.engine.records import BlacklistEntry, Customer, Payment, PaymentMethod, SecretKey
from mock_odus.engine.world import World

START = "2026-01-31T10:00:00.000Z"
POLICIES = assumptions.load().for_engine()

FINAL = st.sampled_from([Approved(), Unreachable(), TimedOut(), *map(Declined, sorted(ERROR_CODES))])
CHALLENGE = st.builds(
    Challenged,
    answer=st.sampled_from([None, "passed", "failed", "cancelled", "abandoned"]),
    after_ms=st.sampled_from([None, 0, 30_000, 25 * 3_600_000]),
    then=FINAL,
)
ANSWERS = st.lists(st.one_of(CHALLENGE, FINAL, st.just(Challenged())), max_size=4)
METADATA = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "1", "2"]), max_size=3)
NUMBERS = st.sampled_from(["4242424242424242", "5555555555554444", "4242424242424241", "4012888888881881"])
AMOUNTS = st.integers(1, 5000)
PLACES = st.integers(0, 11)
FLAG = st.sampled_from([None, True, False])
INITIATORS = st.sampled_from(["customer", "customer", "merchant"])
RETURN_URL = "https://shop.example/thanks"


def by_card(number, year=2030):
    return AuthorizePayment(type="card", card=CardDetails(number, 1, year, "100"), return_url=RETURN_URL)


class DrawnGateway:
    """Says what was drawn, and approves when that is used up."""

    def __init__(self):
        self.answers = []

    def test_card(self, number):
        """The name of a number that this gateway knows."""
        return f"test/{number[-4:]}" if number in ("4242424242424242", "5555555555554444") else None

    def answer(self, world, charge):
        return Answer(self.answers.pop(0) if self.answers else Approved())


class Worlds(RuleBasedStateMachine):
    """A world, and a twin that lives through the same without the refused requests: they stay equal."""

    snapshots = Bundle("snapshots")

    @initialize(seed=st.integers(-(2**63), 2**63 - 1))
    def begin(self, seed):
        self.gateway = DrawnGateway()
        self.world = World(seed=seed, now=START, policies=POLICIES, gateway=self.gateway, jobs=JOBS)
        account.open_account(self.world)
        first, second, third = (
            profiles.create(self.world, CreateGatewayProfile(title="A gateway", integration=integration)).id
            for integration in ("stripe", "adyen", "checkout")
        )
        rules = [
            CreateCascadeRule(first, 1, transaction_limit=2, limit_period="week"),
            CreateCascadeRule(second, 2, transaction_cap=9000, cap_period="month"),
            CreateCascadeRule(third, 3),
        ]
        queue = cascades.create(self.world, CreateCascade("A queue", "priority_queue", rules))
        options = MethodOptions(card=Routing("cascade", cascade=queue.id))
        account.update_config(
            self.world,
            self.world.merchant_config(),
            UpdateMerchantConfig(timezone="Europe/Paris", payment_method_options=options),
        )
        jane, joe = (customers.create(self.world, CreateCustomer(email=f"{name}@example.com")) for name in "ab")
        # Something to act on from the first step: one paid, one that waits, one declined, one that nobody has touched.
        for customer, answers in (
            (jane, [Approved()]),
            (joe, [Challenged()]),
            (joe, 3 * [Unreachable()]),
            (jane, None),
        ):
            body = CreatePayment(amount=5000, currency="usd", customer=customer.id, return_url=RETURN_URL)
            payment = payments.create(self.world, body)
            if answers:
                self.gateway.answers = list(answers)
                authorizations.authorize(self.world, payment, by_card("4242424242424242"))
        self.twin = self.world.fork()

    def act(self, verb):
        """Runs a verb in both worlds; one that is refused in the first is not sent to the twin."""
        answers, before = list(self.gateway.answers), self.world.digest()
        try:
            verb(self.world)
        except OdusError:
            assert before == self.world.digest()
            assert answers == self.gateway.answers, "a refused request has asked a gateway"
            return
        self.gateway.answers = answers
        verb(self.twin)

    @staticmethod
    def pick(world, kind, place):
        """One of the records of a kind, or None while there is none."""
        records = list(world.table(kind).values())
        return records[place % len(records)] if records else None

    @rule(
        amount=AMOUNTS,
        currency=st.sampled_from(["usd", "EUR"]),
        initiator=INITIATORS,
        guest=st.booleans(),
        place=PLACES,
        method=st.booleans(),
        url=st.sampled_from([None, RETURN_URL]),
    )
    def create(self, amount, currency, initiator, guest, place, method, url):
        def verb(world):
            saved = self.pick(world, PaymentMethod, place) if method else None
            customer = None if guest else self.pick(world, Customer, place).id
            body = CreatePayment(
                amount=amount,
                currency=currency,
                initiator=initiator,
                customer=customer,
                payment_method=saved and saved.id,
                return_url=url,
            )
            payments.create(world, body)

        self.act(verb)

    @rule(place=PLACES, number=NUMBERS, year=st.sampled_from([2030, 2031, 2025]), answers=ANSWERS)
    def authorize_by_card(self, place, number, year, answers):
        self.gateway.answers = answers
        body = by_card(number, year)
        self.act_on(Payment, place, lambda world, payment: authorizations.authorize(world, payment, body))

    @rule(place=PLACES, amount=AMOUNTS, initiator=INITIATORS, number=NUMBERS, answers=ANSWERS)
    def pay(self, place, amount, initiator, number, answers):
        self.gateway.answers = answers

        def verb(world):
            customer = self.pick(world, Customer, place).id
            body = CreatePayment(amount=amount, currency="usd", initiator=initiator, customer=customer)
            with world.verb():
                authorizations.authorize(world, payments.create(world, body), by_card(number))

        self.act(verb)

    @rule(place=PLACES, which=st.none() | PLACES, answers=ANSWERS)
    def authorize_by_method(self, place, which, answers):
        self.gateway.answers = answers

        def verb(world, payment):
            method = None if which is None else self.pick(world, PaymentMethod, which)
            authorizations.authorize(world, payment, AuthorizePayment(payment_method=method and method.id))

        self.act_on(Payment, place, verb)

    @rule(place=PLACES, answer=st.sampled_from(["passed", "failed", "cancelled"]), answers=ANSWERS)
    def finish(self, place, answer, answers):
        self.gateway.answers = answers
        self.act_on(
            challenges.Challenge,
            place,
            lambda world, challenge: authorizations.finish_challenge(world, challenge, answer),
        )

    @rule(place=PLACES, amount=st.none() | AMOUNTS, answers=st.lists(FINAL, max_size=1))
    def reverse(self, place, amount, answers):
        self.gateway.answers = answers
        body = ReversePayment(amount=amount)
        self.act_on(Payment, place, lambda world, payment: reversals.reverse(world, payment, body))

    @rule(place=PLACES, metadata=st.none() | METADATA)
    def update(self, place, metadata):
        body = UpdatePayment(metadata=metadata)
        self.act_on(Payment, place, lambda world, payment: payments.update(world, payment, body))

    @rule(place=PLACES, metadata=METADATA, name=st.sampled_from([None, "Jane", "Joe"]))
    def update_customer(self, place, metadata, name):
        body = UpdateCustomer(name=name, metadata=metadata)
        self.act_on(Customer, place, lambda world, customer: customers.update(world, customer, body))

    @rule(place=PLACES, cit=FLAG, mit=FLAG)
    def restrict(self, place, cit, mit):
        body = RestrictCustomer(restrict_cit=cit, restrict_mit=mit)
        self.act_on(Customer, place, lambda world, customer: customers.restrict(world, customer, body))

    @rule(email=st.sampled_from(["A@example.com", "b@example.com", "c@example.com"]))
    def blacklist_an_email(self, email):
        self.act(lambda world: blacklist.create(world, CreateBlacklistEntry(email=email)))

    @rule(place=PLACES)
    def free_an_email(self, place):
        self.act_on(BlacklistEntry, place, blacklist.delete)

    @rule(place=PLACES, is_default=FLAG)
    def update_method(self, place, is_default):
        body = UpdatePaymentMethod(is_default=UNSET if is_default is None else is_default)
        self.act_on(PaymentMethod, place, lambda world, method: methods.update(world, method, body))

    @rule(place=PLACES)
    def delete_method(self, place):
        self.act_on(PaymentMethod, place, methods.delete)

    @rule(place=PLACES)
    def replace_customer(self, place):
        """One goes, with the saved methods, and another comes, so that there is always one."""

        def verb(world, customer):
            customers.delete(world, customer)
            customers.create(world, CreateCustomer(email=customer.email))

        self.act_on(Customer, place, verb)

    @rule(timezone=st.sampled_from(["UTC", "Asia/Tokyo", "America/New_York", "Nowhere"]))
    def move(self, timezone):
        body = UpdateMerchantConfig(timezone=timezone)
        self.act(lambda world: account.update_config(world, world.merchant_config(), body))

    @rule()
    def create_key(self):
        self.act(lambda world: keys.create_secret(world, CreateSecretKey(permissions=["PAYMENT_READ"])))

    @rule(place=PLACES)
    def revoke_key(self, place):
        self.act_on(SecretKey, place, keys.revoke)

    @rule(place=PLACES)
    def rotate_key(self, place):
        self.act_on(SecretKey, place, keys.rotate)

    @rule()
    def create_publishable_key(self):
        self.act(lambda world: keys.create_publishable(world, CreatePublishableKey()))

    def act_on(self, kind, place, verb):
        if self.pick(self.world, kind, place):
            self.act(lambda world: verb(world, self.pick(world, kind, place)))

    @rule(text=st.sampled_from(["1 ms", "30 seconds", "23 hours", "1 day", "1 week", "1 month"]))
    def advance(self, text):
        """The world leaps, the twin stops half-way: both end alike."""
        target = periods.after(self.world.now, periods.duration(text))
        half = periods.after(self.twin.now, periods.Duration(milliseconds=15_000))
        self.gateway.answers = []
        self.world.advance(target)
        if half < target:
            self.twin.advance(half)
        self.twin.advance(target)

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

    @invariant()
    def holds(self):
        self.world.check()
        ids = [id for kind in (Payment, PaymentMethod, Customer) for id in self.world.table(kind)]
        assert len(ids) == len(set(ids))
        for payment in self.world.table(Payment).values():
            self.money(payment)

    @staticmethod
    def money(payment):
        """What the payment says agrees with what its transactions say."""
        done = [one for one in payment.transactions if one.outcome.status == "success"]
        charged = sum(one.amount for one in done if one.type == "sale")
        given_back = sum(one.amount for one in done if one.type == "refund")
        assert (charged, given_back) == (payment.amount_captured, payment.amount_reversed)
        assert (payment.status == "succeeded") == (charged == payment.amount)
        assert payment.is_fully_reversed == (charged > 0 and charged == given_back)
        assert list(range(1, len(payment.transactions) + 1)) == [one.attempt for one in payment.transactions]

    @invariant()
    def twins(self):
        assert self.twin.digest() == self.world.digest()

    @invariant()
    def one_job_for_each_wait(self):
        waiting = {payment.id for payment in self.world.table(Payment).values() if payment.status == "requires_action"}
        lapses = {job.subject for job in self.world.agenda(10_000) if job.kind == "lapse_challenge"}
        assert waiting == lapses


TestWorlds = Worlds.TestCase
TestWorlds.settings = settings(
    max_examples=100,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
