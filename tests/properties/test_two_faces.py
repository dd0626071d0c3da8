"""HTTP adds nothing and takes nothing away: a sandbox that is asked over HTTP, and the engine called directly.

With the same seed both do the same all the time: what one refuses the other refuses, the answer is the record as a
secret key sees it, and the worlds are equal to the last bit.
"""

import json
from collections.abc import Callable
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from mock_odus import assumptions
from mock_odus.engine import (
    authorizations,
    billing_bodies,
    bodies,
    captures,
    chargebacks,
    customers,
    dunning,
    methods,
    payments,
    periods,
    plan_changes,
    reversals,
    subscriptions,
)
from mock_odus.engine.billing import Invoice, PlanPreview, Subscription
from mock_odus.engine.errors import NotFound, OdusError
from mock_odus.engine.records import (
    Customer,
    Payment,
    PaymentMethod,
    Price,
)
from mock_odus.engine.views import Links, view
from mock_odus.sandbox import Sandbox, Settings
from mock_odus.scripting import loader
from tests.properties.conftest import RETURN_URL, WORLD, Mock, typed

MOCK = Mock()
POLICIES = assumptions.load().for_engine()
QUICK = settings(
    max_examples=10,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
LONG = settings(QUICK, max_examples=100, stateful_step_count=60)

MONTH = {"position": 1, "amount": 900, "intervalUnit": "month", "intervalValue": 1}
WEEK = {"position": 1, "amount": 200, "intervalUnit": "week", "intervalValue": 1}
SCENARIO = WORLD | {
    "world": WORLD["world"]
    | {
        "products": {"pro": {}},
        "prices": {
            name: {
                "product": "pro",
                "type": "recurring",
                "currency": "usd",
                "billingSchedule": {"cycleDefinitions": [one]},
            }
            for name, one in (("monthly", MONTH), ("weekly", WEEK))
        },
    },
    "rules": [
        {"name": "now and then", "chance": "20%", "then": ["insufficient_funds", "approve"], "per": "card"},
        {"when": {"amount": 777}, "then": {"challenge": {"answer": "passed", "after": "1 hour"}}},
        {"when": {"amount": 666}, "then": {"timeout": {"charged": True}}},
        {"when": {"operation": "refund"}, "chance": "20%", "then": {"fail_later": {"after": "2 days"}}},
    ],
}


class Way(NamedTuple):
    """Where something is posted to, the verb behind it, and of what it is asked: most often of one that it fits."""

    path: str
    wanted: type
    verb: Callable
    kind: type | None = None
    fits: Callable = lambda record: True


def _is_open(record):
    return record.status == "open"


def _is_active(record):
    return record.status == "active"


CREATE = Way("/payments", bodies.CreatePayment, payments.create)
UPDATE = Way("/payments/{}", bodies.UpdatePayment, payments.update, Payment)
AUTHORIZE = Way("/payments/{}/authorize", bodies.AuthorizePayment, authorizations.authorize, Payment, _is_open)
CAPTURE = Way(
    "/payments/{}/capture",
    bodies.CapturePayment,
    captures.capture,
    Payment,
    lambda one: one.is_authorized and not one.is_captured,
)
REVERSE = Way(
    "/payments/{}/reverse", bodies.ReversePayment, reversals.reverse, Payment, lambda one: one.status == "succeeded"
)
CANCEL = Way(
    "/payments/{}/cancel",
    bodies.CancelPayment,
    lambda world, one, body: reversals.cancel(world, one),
    Payment,
    lambda one: one.status in ("open", "requires_action"),
)
CHARGE_BACK = Way(
    "/payments/{}/record-chargeback",
    bodies.RecordChargeback,
    chargebacks.record,
    Payment,
    lambda one: one.is_captured and not one.is_chargebacked,
)
GREET = Way("/customers", bodies.CreateCustomer, customers.create)
RENAME = Way("/customers/{}", bodies.UpdateCustomer, customers.update, Customer)
RESTRICT = Way("/customers/{}/restrictions", bodies.RestrictCustomer, customers.restrict, Customer)
PREFER = Way("/payment-methods/{}", bodies.UpdatePaymentMethod, methods.update, PaymentMethod)
UNSUBSCRIBE = Way(
    "/subscriptions/{}/cancel",
    billing_bodies.CancelSubscription,
    lambda world, one, body: dunning.cancel(world, one, immediately=body.cancel_immediately),
    Subscription,
    _is_active,
)
RESUME = Way(
    "/subscriptions/{}/resume",
    billing_bodies.ResumeSubscription,
    lambda world, one, body: subscriptions.resume(world, one),
    Subscription,
    lambda one: _is_active(one) and one.cancel_at_period_end,
)
PREVIEW = Way("/subscriptions/{}/preview", billing_bodies.PreviewPlan, plan_changes.preview, Subscription, _is_active)
APPLY = Way(
    "/subscriptions/{}/apply-preview", billing_bodies.ApplyPreview, plan_changes.apply, Subscription, _is_active
)
PAY = Way(
    "/invoices/{}/pay",
    billing_bodies.PayInvoice,
    lambda world, one, body: dunning.pay(world, one),
    Invoice,
    lambda one: one.status in ("open", "uncollectible"),
)
VOID = Way(
    "/invoices/{}/void",
    billing_bodies.VoidInvoice,
    lambda world, one, body: dunning.void(world, one),
    Invoice,
    _is_open,
)

PLACES = st.integers(0, 15)
AMOUNTS = st.none() | st.sampled_from([0, 1, 500, 5000, 5001])
CARDS = st.sampled_from([*4 * ["4242424242424242"], "5555555555554444", "4000000000000002", "4000000000003220", "4242"])


class Faces(RuleBasedStateMachine):
    """One sandbox behind HTTP, one that is only an engine."""

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed):
        document = json.dumps(SCENARIO)
        self.served = MOCK.open(seed=seed, scenario=SCENARIO)
        scenario = loader.load(document, file="scenario", prefixes=POLICIES.prefixes)
        self.direct = Sandbox("direct", "", "", Settings(seed=seed, scenario=scenario), POLICIES)
        self.links = Links("http://mock.local", self.served.name)

    @property
    def world(self):
        return self.direct.world

    def pick(self, kind, place, fits=lambda record: True):
        """The id of one of the newer records, three times out of four one that fits; of none while there is none."""
        ids = list(self.world.table(kind))
        if place % 4 and (fit := [id for id in ids if fits(self.world.get(kind, id))]):
            ids = fit
        return ids[-1 - place // 4 % len(ids)] if ids else "none"

    def post(self, way, body, place=1):
        """The same, asked for in both ways."""
        id = self.pick(way.kind, place, way.fits) if way.kind else ""
        answer = self.served("POST", way.path.format(id), body)
        status, done = 201, None
        try:
            with self.world.verb():
                records = [self.world.get(way.kind, id)] if way.kind else []
                done = way.verb(self.world, *records, msgspec.convert(body, way.wanted))
        except NotFound:
            status = 404
        except (OdusError, msgspec.ValidationError):
            status = 400
        assert status == answer.status, answer
        if done is not None:
            assert json.loads(msgspec.json.encode(view(done, "secret", self.links))) == answer.json

    # --- payments

    @rule(amount=st.sampled_from([777, 666, 1, 5000]), place=PLACES, manual=st.booleans())
    def create(self, amount, place, manual):
        options = {"captureMethod": "manual"} if manual else {}
        customer = self.pick(Customer, place)
        body = {"amount": amount, "currency": "usd", "customer": customer, "returnUrl": RETURN_URL}
        self.post(CREATE, body | {"paymentMethodOptions": options})

    @rule(number=CARDS, place=PLACES)
    def authorize(self, number, place):
        self.post(AUTHORIZE, typed(number) | {"returnUrl": RETURN_URL}, place)

    @rule(number=CARDS, amount=st.sampled_from([666, 5000]), customer=PLACES, manual=st.booleans())
    def pay(self, number, amount, customer, manual):
        self.create(amount, customer, manual)
        self.authorize(number, 1)

    @rule(amount=AMOUNTS, back=AMOUNTS)
    def hold_and_take(self, amount, back):
        """The newest payment that is held is captured, and some of it given back."""
        self.create(5000, 1, True)
        self.authorize("4242424242424242", 1)
        self.follow_up(CAPTURE, amount, 1)
        self.follow_up(REVERSE, back, 1)

    @rule(place=PLACES, method=PLACES)
    def authorize_again(self, place, method):
        self.post(AUTHORIZE, {"paymentMethod": self.pick(PaymentMethod, method), "returnUrl": RETURN_URL}, place)

    @rule(way=st.sampled_from([CAPTURE, REVERSE]), amount=AMOUNTS, place=PLACES)
    def follow_up(self, way, amount, place):
        self.post(way, {} if amount is None else {"amount": amount}, place)

    @rule(way=st.sampled_from([CANCEL, CHARGE_BACK]), place=PLACES)
    def end(self, way, place):
        self.post(way, {}, place)

    @rule(place=PLACES, metadata=st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2))
    def note(self, place, metadata):
        self.post(UPDATE, {"metadata": metadata}, place)

    # --- customers

    @rule(name=st.text(max_size=5))
    def greet(self, name):
        self.post(GREET, {"email": "sam@example.com", "name": name})

    @rule(place=PLACES, name=st.none() | st.text(max_size=5))
    def rename(self, place, name):
        self.post(RENAME, {"name": name}, place)

    @rule(place=PLACES, cit=st.booleans())
    def restrict(self, place, cit):
        self.post(RESTRICT, {"restrictCit": cit}, place)

    @rule(place=PLACES)
    def prefer(self, place):
        self.post(PREFER, {"isDefault": True}, place)

    # --- subscriptions

    @rule(customer=PLACES, price=PLACES, number=CARDS)
    def subscribe(self, customer, price, number):
        items = [{"price": self.pick(Price, price)}]
        body = {"currency": "usd", "customer": self.pick(Customer, customer), "cart": {"items": items}}
        self.post(CREATE, body | {"returnUrl": RETURN_URL})
        self.authorize(number, 1)

    @rule(place=PLACES, immediately=st.booleans())
    def unsubscribe(self, place, immediately):
        self.post(UNSUBSCRIBE, {"cancelImmediately": immediately}, place)

    @rule(place=PLACES, way=st.sampled_from([RESUME, PAY, VOID]))
    def bill(self, place, way):
        self.post(way, {}, place)

    @rule(place=PLACES, price=PLACES)
    def change_plan(self, place, price):
        self.post(PREVIEW, {"price": self.pick(Price, price)}, place)
        self.post(APPLY, {"preview": self.pick(PlanPreview, 1)}, place)

    # --- time

    @rule(by=st.sampled_from(["1 minute", "1 hour", "1 day", "8 days", "1 month"]))
    def advance(self, by):
        self.served.advance(by)
        self.world.advance(periods.due(self.world.now, periods.duration(by), self.world.merchant_config().timezone))

    @rule()
    def save_and_restore(self):
        self.served.post("/_mock/snapshots", {"name": "here"})
        self.served.post("/_mock/snapshots/here/restore")
        self.world.restore(self.world.snapshot())

    def teardown(self):
        self.served("DELETE", f"/_mock/sandboxes/{self.served.name}")

    @invariant()
    def alike(self):
        assert self.world.digest() == self.served.digest


def test_http_adds_nothing():
    """Ten lives of some dozen steps."""
    run_state_machine_as_test(Faces, settings=QUICK)


@pytest.mark.fuzz
def test_http_adds_nothing_however_long():
    """The same, ten times as many and twice as long."""
    run_state_machine_as_test(Faces, settings=LONG)
