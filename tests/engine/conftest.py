"""Worlds without a scenario: gateways answer what the test lists."""

from __future__ import annotations

import pytest

from mock_odus.engine import account, cascades, challenges, customers, payments, profiles
from mock_odus.engine.bodies import (
    AuthorizePayment,
    CardDetails,
    CreateCascade,
    CreateCascadeRule,
    CreateCustomer,
    CreateGatewayProfile,
    CreatePayment,
    MethodOptions,
    ReversePayment,
    Routing,
    UpdateMerchantConfig,
    UpdatePayment,
)
from mock_odus.engine.declines import ERROR_CODES
from mock_odus.engine.gateways import Answer, Approved
from mock_odus.engine.jobs import JOBS
from mock_odus.engine.policies import Policies
from mock_odus.engine.records import Payment
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
        "event": "evt",
        "transaction": "txn",
        "gatewayProfile": "gwp",
        "merchantConfig": "mcf",
        "key": "key",
    },
)


class ListedGateway:
    """Says what stands in `answers`, one after the other, and approves when they are used up."""

    known = ("4242424242424242", "5555555555554444", "4242424242424258")
    unknown = "4012888888881881"

    def __init__(self):
        self.answers = []
        self.charges = []

    def test_card(self, number):
        return f"test/{number[-4:]}" if number in self.known else None

    def answer(self, world, charge):
        self.charges.append(charge)
        return Answer(self.answers.pop(0) if self.answers else Approved())


class Shop:
    """One merchant's world: a customer, and three gateways in a queue, which is the default for cards."""

    def __init__(self, seed=7, now=START):
        self.gateway = ListedGateway()
        self.world = World(seed=seed, now=now, policies=POLICIES, gateway=self.gateway, jobs=JOBS)
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

    def cascade(self, *rules):
        """The id of a new priority queue."""
        body = CreateCascade(
            title="A queue", algorithm="priority_queue", rules=[CreateCascadeRule(**rule) for rule in rules]
        )
        return cascades.create(self.world, body).id

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
        return payments.authorize(self.world, payment, AuthorizePayment(**body), by_checkout=by_checkout)

    def pay(self, *answers, amount=5000, card="4242424242424242", **fields):
        return self.authorize(self.create(amount, **fields), *answers, card=card)

    def finish(self, payment, answer, *answers):
        """The customer answers the challenge that a payment waits for; gateways asked then answer as listed."""
        self.gateway.answers = list(answers)
        return payments.finish_challenge(self.world, challenges.pending(self.world, payment), answer)

    def reverse(self, payment, *answers, amount=None):
        self.gateway.answers = list(answers)
        return payments.reverse(self.world, payment, ReversePayment(amount=amount))

    def update(self, payment, **fields):
        return payments.update(self.world, payment, UpdatePayment(**fields))

    def read(self, payment):
        """The payment as it is now."""
        return self.world.get(Payment, payment.id)

    @staticmethod
    def card(number="4242424242424242", exp_month=12, exp_year=2030, cvv="100", **fields):
        return CardDetails(number, exp_month, exp_year, cvv, **fields)

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
