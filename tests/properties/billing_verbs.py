"""What can be done with prices, subscriptions, invoices and retry policies, beside everything else: verbs as rules."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from msgspec import UNSET

from mock_odus.engine import (
    account,
    authorizations,
    catalog,
    dunning,
    invoices,
    payments,
    periods,
    plan_changes,
    retry_policies,
    subscriptions,
)
from mock_odus.engine.billing import Invoice, PlanPreview, RetryPolicy, Subscription
from mock_odus.engine.billing_bodies import (
    ApplyPreview,
    CreateRetryPolicy,
    PreviewPlan,
    UpdateInvoice,
    UpdateRetryPolicy,
    UpdateSubscription,
)
from mock_odus.engine.bodies import (
    CreateCart,
    CreateCartItem,
    CreatePayment,
    CreatePrice,
    CreateProduct,
    MethodOptions,
    UpdateMerchantConfig,
    UpdatePrice,
)
from mock_odus.engine.gateways import Declined
from mock_odus.engine.records import (
    Customer,
    GatewayProfile,
    PaymentMethod,
    Price,
    Product,
)
from tests.properties import drawn
from tests.properties.drawn import ANSWERS, FINALS, PLACES, RETURN_URL
from tests.properties.payment_verbs import SettledVerbs

# The newest first: a one-time price, and then as here.
MONTHLY, YEARLY, TRIAL, WEEKLY, CHEAPER = (
    [(2999, "month", 1)],
    [(9999, "year", 1)],
    [(0, "month", 1), (700, "month", 1), (500, "week", 2)],
    [(100, "week", 1)],
    [(1999, "month", 1)],
)
ONCE = 0
PLACE = {"monthly": 1, "yearly": 2, "trial": 3, "weekly": 4, "cheaper": 5}
NO = Declined("insufficient_funds")
NOW_AND_THEN = st.sampled_from([True, False, False])


def is_owed(invoice):
    return invoice.status in ("open", "uncollectible")


def is_open(invoice):
    return invoice.status == "open"


def is_billing(subscription):
    return subscription.is_billing


def is_active(subscription):
    return subscription.status == "active"


def is_ending(subscription):
    return is_active(subscription) and subscription.cancel_at_period_end


class BillingVerbs(SettledVerbs):
    """A shop with subscribers, and what is done with them and their payments."""

    def stock(self):
        """The eve of the first renewals: Jane has three of them, near enough to be billed together, and some credit.

        Joe has had two subscriptions until nobody paid for them. One of those is cancelled.
        """
        world = self.world
        for cycles in (CHEAPER, WEEKLY, TRIAL, YEARLY, MONTHLY):
            _price(world, cycles, None)
        catalog.create_price(world, CreatePrice(self.pick(world, Product, 0).id, "one_time", "usd", 1200))
        policy, gateways = self.pick(world, RetryPolicy, 0), list(world.table(GatewayProfile))
        steps = drawn.steps(gateways, [(1, 10, None), (1, None, 1), (3, 33, None)])
        retry_policies.update(world, policy, UpdateRetryPolicy(steps=steps))
        bundling = UpdateMerchantConfig(enable_recurring_payment_bundling=True)
        account.update_config(world, world.merchant_config(), bundling)
        for customer, items in (
            (0, [(PLACE["weekly"], 1), (PLACE["weekly"], 7)]),
            (1, [(PLACE["monthly"], 1), (PLACE["trial"], 2)]),
            (1, [(PLACE["monthly"], 1), (ONCE, 1), (PLACE["yearly"], 1)]),
        ):
            body = self._cart(world, customer, items, None)
            authorizations.authorize(world, payments.create(world, body), drawn.by_card("4242424242424242"))
            world.advance(periods.after(world.now, periods.duration("5 hours")))
        _, gone, credited, *_ = world.table(Subscription).values()
        found = plan_changes.preview(world, credited, PreviewPlan(self.pick(world, Price, PLACE["cheaper"]).id))
        plan_changes.apply(world, credited, ApplyPreview(found.id))
        self.gateway.answers = 4 * [NO]
        world.advance("2026-02-28T00:00:00.000Z")
        dunning.cancel(world, world.get(Subscription, gone.id), immediately=True)

    def _cart(self, world, customer, items, options, initiator="customer"):
        return CreatePayment(
            currency="usd",
            initiator=initiator,
            customer=self.pick(world, Customer, customer).id,
            cart=CreateCart([CreateCartItem(self.pick(world, Price, price).id, number) for price, number in items]),
            payment_method_options=options,
            return_url=RETURN_URL,
        )

    def act_on_subscription(self, place, verb, answers=(), *, when):
        self.act_on_fit(Subscription, place, verb, answers, when=when)

    # --- Catalogue

    @rule(cycles=drawn.SCHEDULES, fee=drawn.FEES)
    def sell(self, cycles, fee):
        self.act(lambda world: _price(world, cycles, fee))

    @rule(place=PLACES, verb=st.sampled_from(["rest", "sell again", "delete", "delete product"]))
    def touch_prices(self, place, verb):
        match verb:
            case "rest" | "sell again":
                body = UpdatePrice(is_active=verb != "rest")
                self.act_on(Price, place, lambda world, price: catalog.update_price(world, price, body))
            case "delete":
                self.act_on(Price, place, catalog.delete_price)
            case "delete product":
                self.act_on(Product, place, catalog.delete_product)

    # --- Sign-up

    @rule(
        customer=PLACES,
        items=st.lists(st.tuples(PLACES, drawn.QUANTITIES), min_size=1, max_size=4),
        initiator=drawn.INITIATORS,
        capture=drawn.CAPTURE,
        way=drawn.by_card_or_wallet(),
        answers=ANSWERS,
    )
    def sign_up(self, customer, items, initiator, capture, way, answers):
        """Created and authorized, or neither."""
        options = MethodOptions(capture_method=capture, capture_delay=2)

        def verb(world):
            with world.verb():
                payment = payments.create(world, self._cart(world, customer, items, options, initiator))
                authorizations.authorize(world, payment, way)

        self.act(verb, answers)

    # --- Renewals

    @precondition(lambda self: _billed_next(self.world))
    @rule(answers=drawn.REFUSALS, early=st.booleans())
    def refuse(self, answers, early):
        """To the next renewal or retry, which is refused, or to the instant before."""
        due = _billed_next(self.world)
        if early:
            due = max(self.world.now, periods.after(due, periods.Duration(milliseconds=-1)))
        self.wait(answers, due)

    @precondition(lambda self: _billed_next(self.world))
    @rule(times=st.integers(1, 4), answers=drawn.REFUSALS)
    def refuse_again(self, times, answers):
        for _ in range(times):
            if due := _billed_next(self.world):
                self.wait(4 * answers, due)

    # --- Subscriptions

    @rule(place=PLACES, immediately=NOW_AND_THEN)
    def cancel_subscription(self, place, immediately):
        self.act_on_subscription(
            place, lambda world, one: dunning.cancel(world, one, immediately=immediately), when=is_active
        )

    @rule(place=PLACES)
    def resume_subscription(self, place):
        self.act_on_subscription(place, subscriptions.resume, when=is_ending)

    @rule(place=PLACES, method=st.none() | PLACES, policy=st.none() | PLACES, metadata=st.none() | drawn.METADATA)
    def update_subscription(self, place, method, policy, metadata):
        def verb(world, subscription):
            saved = None if method is None else self.pick(world, PaymentMethod, method)
            body = UpdateSubscription(
                payment_method=saved.id if saved else UNSET,
                retry_policy=None if policy is None else self.pick(world, RetryPolicy, policy).id,
                metadata=metadata,
            )
            subscriptions.update(world, subscription, body)

        self.act_on_subscription(place, verb, when=is_active)

    # --- Plans

    @rule(place=PLACES, price=PLACES)
    def preview(self, place, price):
        self._preview(place, price)

    def _preview(self, place, price):
        def verb(world, subscription):
            plan_changes.preview(world, subscription, PreviewPlan(self.pick(world, Price, price).id))

        self.act_on_subscription(place, verb, when=is_billing)

    @rule(place=PLACES, price=PLACES, answers=FINALS)
    def change_plan(self, place, price, answers):
        self._preview(place, price)
        self._apply(0, True, answers)

    @rule(place=PLACES, own=st.sampled_from([True, True, True, False]), answers=FINALS)
    def apply(self, place, own, answers):
        self._apply(place, own, answers)

    def _apply(self, place, own, answers):
        """One of the previews: to its own subscription, or to any."""

        def verb(world, preview):
            which = preview.base.id if own else self.pick(world, Subscription, place).id
            plan_changes.apply(world, world.get(Subscription, which), ApplyPreview(preview.id))

        def asked(preview):
            return answers if preview.amount_due else []

        self.act_on_fit(PlanPreview, place, verb, asked, when=lambda preview: not preview.is_used)

    # --- Invoices

    @rule(place=PLACES)
    def void_invoice(self, place):
        self.act_on_fit(Invoice, place, dunning.void, when=is_open)

    @rule(place=PLACES, answers=FINALS)
    def pay_invoice(self, place, answers):
        self.act_on_fit(Invoice, place, dunning.pay, answers, when=is_owed)

    @rule(place=PLACES, metadata=drawn.METADATA)
    def update_invoice(self, place, metadata):
        body = UpdateInvoice(metadata=metadata)
        self.act_on_fit(Invoice, place, lambda world, one: invoices.update(world, one, body), when=is_owed)

    # --- Settings

    @rule(place=PLACES, verb=st.sampled_from(["create", "update", "delete"]), steps=drawn.STEPS, enabled=st.booleans())
    def touch_policies(self, place, verb, steps, enabled):
        def listed(world):
            return drawn.steps(list(world.table(GatewayProfile)), steps)

        match verb:
            case "create":
                self.act(lambda world: retry_policies.create(world, CreateRetryPolicy("A policy", listed(world), True)))
            case "update":
                self.act_on(
                    RetryPolicy,
                    place,
                    lambda world, policy: retry_policies.update(
                        world, policy, UpdateRetryPolicy(steps=listed(world), is_enabled=enabled)
                    ),
                )
            case "delete":
                self.act_on(RetryPolicy, place, retry_policies.delete)

    @rule(bundling=st.booleans(), capture=drawn.CAPTURE, delay=st.sampled_from([None, 1, 5]), policy=PLACES)
    def bill_otherwise(self, bundling, capture, delay, policy):
        def verb(world):
            body = UpdateMerchantConfig(
                enable_recurring_payment_bundling=bundling,
                recurring_capture_method=capture,
                capture_delay=delay,
                default_retry_policy=self.pick(world, RetryPolicy, policy).id,
            )
            account.update_config(world, world.merchant_config(), body)

        self.act(verb)


def _billed_next(world):
    """When the next renewal or retry is due; None when there is none."""
    return next((job.due for job in world.agenda(100) if job.kind in ("renew", "retry_payment")), None)


def _price(world, cycles, fee):
    product = catalog.create_product(world, CreateProduct("A plan"))
    body = CreatePrice(product.id, "recurring", "usd", fee, drawn.schedule(*cycles))
    return catalog.create_price(world, body)
