"""The ledger: what the invoices that are paid came to is what was captured for them, to the unit."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_odus.engine import (
    account,
    captures,
    chargebacks,
    dunning,
    invariants,
    invoices,
    plan_changes,
    retry_policies,
    reversals,
)
from mock_odus.engine.billing import Invoice
from mock_odus.engine.billing_bodies import ApplyPreview, CreateRetryPolicy, CreateRetryStep, PreviewPlan
from mock_odus.engine.bodies import (
    CapturePayment,
    RecordChargeback,
    ReversePayment,
    UpdateMerchantConfig,
)
from mock_odus.engine.gateways import Answer, Approved, Declined
from mock_odus.engine.records import Payment
from tests.properties.billed_shop import BilledShop
from tests.properties.years import QUICK, YEARS, begin, live

START = "2026-01-31T10:00:00.000Z"
FULL, ODD, DEAR = [(2999, "month", 1)], [(333, "month", 1)], [(9999, "month", 1)]
NO = Declined("insufficient_funds")


class ToldGateway:
    """Says what it was told to, one thing after the other, then approves."""

    def __init__(self):
        self.answers = []

    def test_card(self, number):
        """The name of a number: this gateway knows them all."""
        return f"test/{number[-4:]}"

    def mischief(self, world, event_type, subscriber):
        return None

    def answer(self, world, charge):
        return Answer(self.answers.pop(0) if self.answers else Approved())


class Books(BilledShop):
    """One customer's subscriptions to some plans, all begun with one payment, and what they came to."""

    def __init__(self, *schedules, bundling=True, **options):
        self.gateway = ToldGateway()
        super().__init__(START, gateway=self.gateway, enable_recurring_payment_bundling=bundling)
        self.prices = [self.sell(cycles) for cycles in schedules]
        self.subscriptions = self.sign_up(self.customers[0], *((price, 1) for price in self.prices), **options)

    def config(self, **fields):
        account.update_config(self.world, self.world.merchant_config(), UpdateMerchantConfig(**fields))

    def reduce(self, *percents):
        """Steps of dunning, a day after the other, that let off so many percent."""
        steps = [CreateRetryStep(place, 1, price_reduction_percentage=off) for place, off in enumerate(percents, 1)]
        self.config(default_retry_policy=retry_policies.create(self.world, CreateRetryPolicy("Reduced", steps)).id)

    def bill(self, *answers):
        """To the next renewal or retry, at which the gateway answers so."""
        self.gateway.answers = list(answers)
        self.world.advance(next(job.due for job in self.world.agenda() if job.kind in ("renew", "retry_payment")))

    def latest(self, place=0):
        """The latest invoice of a subscription."""
        return self.world.get(Invoice, self.read(self.subscriptions[place]).latest_invoice)

    def payer(self, place=0):
        """The payment of its latest invoice."""
        return self.world.get(Payment, self.latest(place).payment)

    def move(self, price, place=0):
        """A change of plan."""
        found = plan_changes.preview(self.world, self.read(self.subscriptions[place]), PreviewPlan(price.id))
        return plan_changes.apply(self.world, self.read(self.subscriptions[place]), ApplyPreview(found.id))

    def shown(self, *fields):
        """Some fields of the latest invoice of each."""
        return [tuple(getattr(self.latest(place), name) for name in fields) for place in range(len(self.subscriptions))]

    def balance(self):
        """What the paid invoices came to, by currency; AssertionError when other than that was captured for them."""
        return balance(self.world)


def balance(world):
    invariants.check(world)
    owed, payers = Counter(), {}
    for invoice in world.table(Invoice).values():
        payment = world.find(Payment, invoice.payment or "")
        if invoice.status == "paid" and (payment is None or is_fully_captured(payment)):
            owed[invoice.currency] += invoice.amount - invoice.credit_applied - invoice.reduction
            payers |= {payment.id: payment} if payment else {}
    captured = Counter()
    for payment in payers.values():
        captured[payment.currency] += payment.amount_captured
    assert owed == captured
    return dict(owed)


def is_fully_captured(payment):
    return payment.is_captured and payment.amount_captured == payment.amount_authorized


# --- story by story


@pytest.mark.parametrize(
    ("percent", "reductions", "captured"),
    [
        (10, [300, 33, 1000], 11998),
        (1, [30, 3, 100], 13198),
        (33, [990, 110, 3299], 8932),
        (99, [2969, 330, 9899], 133),
    ],
)
def test_a_price_reduction_is_spread_over_a_bundle(percent, reductions, captured):
    """By largest remainder: the parts come to the whole, and each invoice is paid but for its part."""
    books = Books(FULL, ODD, DEAR)
    born = books.balance()["usd"]
    books.reduce(percent)
    books.bill(NO)
    assert born == books.balance()["usd"]
    books.bill()
    assert captured == books.payer().amount_captured
    assert [("paid", reduction) for reduction in reductions] == books.shown("status", "reduction")
    assert born + captured == books.balance()["usd"]


def test_what_is_voided_in_a_bundle_is_not_charged():
    """The others pay for themselves, the one that was let off for nothing."""
    books = Books(FULL, ODD, DEAR)
    books.bill(NO)
    dunning.void(books.world, books.latest(1))
    books.bill()
    assert [("paid", 2999), ("void", 0), ("paid", 9999)] == books.shown("status", "amount_paid")
    assert {"usd": 2 * (2999 + 9999) + 333} == books.balance()


def test_who_cancels_in_a_bundle_leaves_the_others_to_pay():
    """The payment that waits is lowered; when the last has gone it is cancelled, and nothing was captured."""
    books = Books(FULL, ODD)
    books.bill(NO)
    payment = books.payer()
    dunning.cancel(books.world, books.read(books.subscriptions[0]), immediately=True)
    assert (333, "open") == (books.read(payment).amount, books.read(payment).status)
    dunning.cancel(books.world, books.read(books.subscriptions[1]), immediately=True)
    assert "cancelled" == books.read(payment).status
    assert {"usd": 2999 + 333} == books.balance()


def test_credit_pays_before_the_card_does():
    """A change to a cheaper plan at once leaves nearly all that was paid; the renewals use it up."""
    books = Books(DEAR)
    books.move(books.sell(FULL))
    assert 7000 == books.read(books.subscriptions[0]).credit_balance
    books.bill()
    assert [("paid", None, 2999)] == books.shown("status", "payment", "credit_applied")
    books.bill()
    books.bill()
    assert [("paid", 1002, 1997)] == books.shown("status", "credit_applied", "amount_paid")
    assert {"usd": 9999 + 1997} == books.balance()


@pytest.mark.parametrize("end", ["give up", "void", "cancel"])
def test_credit_on_an_invoice_that_nobody_pays_comes_back(end):
    """It is the subscription's again, but for a cancelled one."""
    books = Books(ODD)
    books.move(books.sell([(33, "month", 1)]))
    dearer = books.sell([(3000, "month", 12)])
    assert 300 == books.read(books.subscriptions[0]).credit_balance
    books.move(dearer)
    books.world.advance("2027-01-31T00:00:00.000Z")
    books.bill(NO)
    assert [("open", 300)] == books.shown("status", "credit_applied")
    assert 2700 == books.payer().amount
    match end:
        case "give up":
            reversals.cancel(books.world, books.payer())
        case "void":
            dunning.void(books.world, books.latest())
        case "cancel":
            dunning.cancel(books.world, books.read(books.subscriptions[0]), immediately=True)
    assert 0 == books.latest().credit_applied
    assert (0 if end == "cancel" else 300) == books.read(books.subscriptions[0]).credit_balance
    books.balance()


def test_what_was_given_up_is_paid_by_hand_in_full():
    """Whatever its steps would have let off, in a payment of its own."""
    books = Books(FULL, ODD)
    books.reduce(50)
    books.bill(NO)
    books.bill(NO)
    assert [("uncollectible", 0), ("uncollectible", 0)] == books.shown("status", "amount_paid")
    dunning.pay(books.world, books.latest(1))
    assert [("uncollectible", 0), ("paid", 333)] == books.shown("status", "amount_paid")
    assert {"usd": 2999 + 2 * 333} == books.balance()


def test_a_part_that_is_captured_is_shared_out():
    """A bundle captured in part stays out of the ledger, and each invoice says its share."""
    books = Books(FULL, ODD)
    books.config(recurring_capture_method="manual")
    books.bill()
    assert [("paid", 0), ("paid", 0)] == books.shown("status", "amount_paid")
    captures.capture(books.world, books.payer(), CapturePayment(amount=1000))
    assert [("paid", 900), ("paid", 100)] == books.shown("status", "amount_paid")
    assert {"usd": 2999 + 333} == books.balance()


@pytest.mark.parametrize("end", ["void", "lapse"])
def test_a_sign_up_whose_money_was_let_go_of_is_not_in_it(end):
    """Its invoices are void, the subscriptions stay as they are."""
    books = Books(FULL, ODD, capture_method="manual")
    if end == "void":
        reversals.reverse(books.world, books.payer(), ReversePayment())
    else:
        books.wait("7 days")
    assert [("void", 0), ("void", 0)] == books.shown("status", "amount_paid")
    assert ["active", "active"] == [books.read(one).status for one in books.subscriptions]
    assert {} == books.balance()


def test_a_change_of_plan_counts_when_it_is_captured():
    """It is made with the authorization, and its invoice is paid; what was paid for it comes with the capture."""
    books = Books(FULL, capture_method="manual")
    books.move(books.sell(DEAR))
    assert [("paid", 7000, 0)] == books.shown("status", "amount", "amount_paid")
    assert {} == books.balance()
    captures.capture(books.world, books.payer(), CapturePayment())
    assert [("paid", 7000, 7000)] == books.shown("status", "amount", "amount_paid")
    assert {"usd": 7000} == books.balance()


def test_refunds_and_chargebacks_do_not_move_it():
    """What was captured for a period was captured, whatever became of it."""
    books = Books(FULL)
    books.bill()
    told = books.shown("status", "amount_paid")
    reversals.reverse(books.world, books.payer(), ReversePayment(amount=1000))
    chargebacks.record(books.world, books.payer(), RecordChargeback())
    assert [("paid", 2999)] == told == books.shown("status", "amount_paid")
    assert {"usd": 2 * 2999} == books.balance()


# --- whatever happens


@QUICK
@given(year=YEARS)
def test_a_year_of_anything_balances(year):
    """Whatever was refused, reduced, forgiven, changed or paid by hand."""
    shop = begin(year)
    live(shop, year)
    balance(shop.world)


@QUICK
@given(total=st.integers(0, 10**12), weights=st.lists(st.integers(0, 10**9), max_size=8))
def test_shares_come_to_the_whole(total, weights):
    """And each is its exact part, rounded up or down."""
    found = invoices.shares(total, weights)
    whole = sum(weights)
    assert (total if whole else 0) == sum(found)
    for share, weight in zip(found, weights, strict=True):
        assert whole == 0 or abs(share * whole - total * weight) < whole
