"""Worlds without a scenario: gateways answer what the test lists."""

from __future__ import annotations

import pytest

from mock_odus.engine import (
    account,
    authorizations,
    captures,
    cascades,
    catalog,
    challenges,
    chargebacks,
    customers,
    payments,
    periods,
    profiles,
    reversals,
)
from mock_odus.engine.bodies import (
    AuthorizePayment,
    CapturePayment,
    CardDetails,
    CreateCascade,
    CreateCascadeRule,
    CreateCustomer,
    CreateGatewayProfile,
    CreatePayment,
    CreatePrice,
    CreateProduct,
    MethodOptions,
    RecordChargeback,
    ReversePayment,
    Routing,
    UpdateMerchantConfig,
    UpdatePayment,
)
from mock_odus.engine.declines import ERROR_CODES
from mock_odus.engine.errors import OdusError
from mock_odus.engine.gateways import Answer, Approved
from mock_odus.engine.jobs import JOBS
from mock_odus.engine.policies import Policies
from mock_odus.engine.reactions import REACTION
from mock_odus.engine.records import Cascade, Orphan, Payment
from mock_odus.engine.world import World

START = "2026-01-01T00:00:00.000Z"
RETURN_URL = "https://shop.example/thanks"
ENDING = {"authentication_failed", "invalid_card_details", "customer_restricted", "customer_blacklisted"}
POLICIES = Policies(
    failover_on=frozenset(set(ERROR_CODES) - ENDING),
    display_currency="usd",
    prefixes={
        "payment": "pay",
        "customer": "cus",
        "paymentMethod": "pm",
        "cascade": "cas",
        "product": "prod",
        "price": "price",
        "event": "evt",
        "transaction": "txn",
        "gatewayProfile": "gwp",
        "merchantConfig": "mcf",
        "blacklistEntry": "blk",
        "subscription": "sub",
        "invoice": "inv",
        "retryPolicy": "rp",
        "planPreview": "prv",
        "key": "key",
        "webhookSubscriber": "whs",
        "delivery": "dlv",
        "user": "usr",
    },
    webhook_delays=tuple(map(periods.duration, ("5 seconds", "5 minutes", "30 minutes"))),
)


class ListedGateway:
    """Says what stands in `answers`, outcomes or whole answers, one after the other, then approves."""

    known = ("4242424242424242", "5555555555554444", "4242424242424258")
    unknown = "4012888888881881"

    def __init__(self):
        self.answers = []
        self.charges = []
        self.mischiefs = []

    def test_card(self, number):
        return f"test/{number[-4:]}" if number in self.known else None

    def mischief(self, world, event_type, subscriber):
        """What stands in `mischiefs`, one after the other; then everything arrives."""
        return self.mischiefs.pop(0) if self.mischiefs else None

    def answer(self, world, charge):
        self.charges.append(charge)
        said = self.answers.pop(0) if self.answers else Approved()
        return said if isinstance(said, Answer) else Answer(said)


class Shop:
    """One merchant's world: a customer, and three gateways in a queue, which is the default for cards."""

    def __init__(self, seed=7, now=START):
        self.gateway = ListedGateway()
        self.world = World(seed=seed, now=now, policies=POLICIES, gateway=self.gateway, jobs=JOBS, reaction=REACTION)
        account.open_account(self.world)
        self.gateways = [self.profile(integration) for integration in ("stripe", "adyen", "checkout")]
        limit = {"transaction_limit": 10**6, "limit_period": "month"}
        first, second, third = self.gateways
        self.queue = self.cascade(
            {"gateway_profile": first, "position": 1, **limit},
            {"gateway_profile": second, "position": 2, **limit},
            {"gateway_profile": third, "position": 3},
        )
        self.route(self.queue)
        self.customer = customers.create(self.world, CreateCustomer(email="jane@example.com"))

    def profile(self, integration="stripe"):
        """The id of a new gateway profile."""
        return profiles.create(self.world, CreateGatewayProfile(title="A gateway", integration=integration)).id

    def cascade(self, *rules, algorithm="priority_queue"):
        """The id of a new cascade."""
        body = CreateCascade(
            title="A cascade", algorithm=algorithm, rules=[CreateCascadeRule(**rule) for rule in rules]
        )
        return cascades.create(self.world, body).id

    def share(self, *weights):
        """Makes a cascade over the shop's gateways the default for cards: weighted, or round robin without weights."""
        algorithm = "weighted_round_robin" if weights else "round_robin"
        rules = [
            {"gateway_profile": gateway, "position": place, "weight": weight}
            for place, (gateway, weight) in enumerate(zip(self.gateways, weights or (None, None, None)), 1)
        ]
        id = self.cascade(*rules, algorithm=algorithm)
        self.route(id)
        return self.world.get(Cascade, id)

    def product(self, **fields):
        return catalog.create_product(self.world, CreateProduct(**({"name": "Mug"} | fields)))

    def price(self, amount=1200, **fields):
        """A one-time price of a new product, unless told otherwise."""
        usual = {"type": "one_time", "currency": "usd", "amount": amount}
        product = fields.pop("product", None) or self.product().id
        return catalog.create_price(self.world, CreatePrice(product=product, **(usual | fields)))

    def config(self, **fields):
        return account.update_config(self.world, self.world.merchant_config(), UpdateMerchantConfig(**fields))

    def route(self, cascade):
        """Makes a cascade the default for cards."""
        return self.config(payment_method_options=MethodOptions(card=Routing("cascade", cascade=cascade)))

    def create(self, amount=5000, currency="usd", **fields):
        """An open payment of the customer, with a returnUrl."""
        usual = {"customer": self.customer.id, "return_url": RETURN_URL}
        return payments.create(self.world, CreatePayment(amount=amount, currency=currency, **(usual | fields)))

    def authorize(self, payment, *answers, card="4242424242424242", by_checkout=False, **body):
        """Asks the gateways, which answer as listed. `card` is a number, typed-in details, or None for none.

        A number stands back behind what the body says.
        """
        self.gateway.answers = list(answers)
        if isinstance(card, str):
            card = None if body.keys() & {"payment_method", "type"} else self.card(card)
        if card:
            body |= {"type": "card", "card": card}
        return authorizations.authorize(self.world, payment, AuthorizePayment(**body), by_checkout=by_checkout)

    def pay(self, *answers, amount=5000, card="4242424242424242", **fields):
        return self.authorize(self.create(amount, **fields), *answers, card=card)

    def asked(self, *answers, at=None, **fields):
        """Pays, at an instant if one is given. The place of each gateway that was asked, from 1."""
        if at:
            self.world.advance(at)
        payment = self.pay(*answers, **fields)
        return [self.gateways.index(one.gateway_profile) + 1 for one in payment.transactions]

    def finish(self, payment, answer, *answers):
        """The customer answers the challenge that a payment waits for; gateways asked then answer as listed."""
        self.gateway.answers = list(answers)
        return authorizations.finish_challenge(self.world, challenges.pending(self.world, payment), answer)

    def hold(self, **fields):
        """A payment that is authorized and waits to be captured by hand."""
        return self.pay(payment_method_options=MethodOptions(capture_method="manual"), **fields)

    def capture(self, payment, *answers, amount=None):
        self.gateway.answers = list(answers)
        return captures.capture(self.world, payment, CapturePayment(amount=amount))

    def cancel(self, payment, *answers):
        self.gateway.answers = list(answers)
        return reversals.cancel(self.world, payment)

    def reverse(self, payment, *answers, amount=None, external=False):
        self.gateway.answers = list(answers)
        return reversals.reverse(self.world, payment, ReversePayment(amount=amount, is_external=external))

    def charge_back(self, payment, **fields):
        return chargebacks.record(self.world, payment, RecordChargeback(**fields))

    def update(self, payment, **fields):
        return payments.update(self.world, payment, UpdatePayment(**fields))

    def read(self, payment):
        """The payment as it is now."""
        return self.world.get(Payment, payment.id)

    @staticmethod
    def card(number="4242424242424242", exp_month=12, exp_year=2030, cvv="100", **fields):
        return CardDetails(number, exp_month, exp_year, cvv, **fields)

    @property
    def orphans(self):
        """What the gateways hold and Odus does not know of: payment, operation and amount."""
        return [(one.payment, one.operation, one.amount) for one in self.world.table(Orphan).values()]

    @property
    def agenda(self):
        """What is due when."""
        return [(job.kind, job.due) for job in self.world.agenda(100)]

    @property
    def events(self):
        return [entry.name for entry in self.world.log if entry.kind == "event"]

    @staticmethod
    def codes(payment):
        """What became of each transaction: its error code, or the status of its outcome."""
        return [one.outcome.error_code or one.outcome.status for one in payment.transactions]


@pytest.fixture
def shop():
    return Shop()


@pytest.fixture
def open_shop():
    """Opens a shop with another seed or start: `open_shop(seed=8)`."""
    return Shop


@pytest.fixture
def world(shop):
    return shop.world


@pytest.fixture
def refused(world):
    """Asserts that an act is refused in these words and changes nothing: `refused("captured", shop.cancel, paid)`."""

    def check(words, act, *args, **fields):
        before = world.digest()
        with pytest.raises(OdusError, match=words):
            act(*args, **fields)
        assert before == world.digest()

    return check


@pytest.fixture
def told(shop):
    """The names of the events that an act makes."""

    def events(act, *args, **fields):
        mark = len(shop.events)
        act(*args, **fields)
        return shop.events[mark:]

    return events
