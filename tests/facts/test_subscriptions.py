"""What Odus documents of subscriptions, from their birth to their end (guides/subscriptions/*)."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

DECLINED = "4000000000000002"
FIELDS = [
    *("id", "status", "cancelAtPeriodEnd", "autoBillingEnabled", "autoBillingDisabledReason", "startDate"),
    *("currentPeriodStart", "currentPeriodEnd", "currentCycle", "metadata"),
]


def after(instant, **time):
    """So much later, as text."""
    later = datetime.fromisoformat(instant) + timedelta(**time)
    return later.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def state(subscription):
    """What the page on the lifecycle tells the states apart by."""
    names = ("status", "cancelAtPeriodEnd", "autoBillingEnabled", "autoBillingDisabledReason")
    return tuple(subscription[name] for name in names)


@pytest.fixture
def customer(odus):
    return odus.customer()


@pytest.fixture
def subscription(odus, customer):
    """One that is billed by the month."""
    return odus.subscribe(odus.plan(), customer)


@pytest.fixture
def now(odus, subscription):
    """The subscription as it is when asked."""
    return lambda: odus.get(f"/subscriptions/{subscription['id']}")


@pytest.fixture
def cancel(odus, subscription):
    return lambda **body: odus.post(f"/subscriptions/{subscription['id']}/cancel", body)


# --- Birth


def test_there_is_no_way_to_create_a_subscription(odus, customer):
    """They are made by payments only (guides/subscriptions/creating-subscriptions)."""
    answer = odus("POST", "/subscriptions", {"customer": customer, "price": odus.plan()})
    assert answer.status in (404, 405)


def test_a_payment_for_a_recurring_price_begins_a_subscription(odus, customer):
    """When it succeeds (guides/subscriptions/creating-subscriptions)."""
    price = odus.plan()
    cart = {"items": [{"price": price, "quantity": 1}]}
    payment = odus.post("/payments", {"currency": "usd", "customer": customer, "cart": cart})
    odus.authorize(payment, DECLINED)
    assert [] == odus.get(f"/subscriptions?customer[eq]={customer}")["data"]
    odus.authorize(payment)
    (begun,) = odus.get(f"/subscriptions?customer[eq]={customer}")["data"]
    assert (price, "active") == (begun["price"], begun["status"])


def test_the_sampled_cart_begins_a_subscription(odus):
    """Its price is one that recurs (guides/subscriptions/creating-subscriptions)."""
    jane, price = "cus_2R0uWz4tu9wxTMBXxj9CJfSE9vV", "price_2R4e2xDqbww8ewmkIYWE1A6Zcfp"
    options = {"card": {"mode": "cascade", "cascade": "cas_abc123"}}
    assert price == odus.subscribe(price, jane, initiator="customer", paymentMethodOptions=options)["price"]


def test_somebody_must_subscribe(odus):
    """A payment for a recurring price names its customer (guides/subscriptions/creating-subscriptions)."""
    odus.refuses("/payments", {"currency": "usd", "cart": {"items": [{"price": odus.plan(), "quantity": 1}]}})


def test_a_renewal_is_charged_as_the_first_payment_was(odus, customer, advance):
    """By the method type, the gateway and the capture of that (guides/subscriptions/creating-subscriptions)."""
    gateway = odus.profile("adyen")
    options = {"captureMethod": "manual", "card": {"mode": "gatewayProfile", "gatewayProfile": gateway}}
    subscription = odus.subscribe(odus.plan(), customer, paymentMethodOptions=options)
    advance(to=after(subscription["currentPeriodEnd"], minutes=1))
    (renewal,) = odus.renewals()
    assert (gateway, "manual", False, subscription["paymentMethod"]) == tuple(
        renewal[name] for name in ("gatewayProfile", "captureMethod", "isCaptured", "paymentMethod")
    )


def test_a_renewal_does_not_go_through_the_cascade(odus, subscription, advance, gateway_says):
    """Its gateway is the stored one, and no other is asked (guides/subscriptions/creating-subscriptions)."""
    gateway_says("processor_unavailable")
    advance(to=after(subscription["currentPeriodEnd"], minutes=1))
    (renewal,) = odus.renewals()
    assert 1 == len(renewal["transactions"])
    assert "open" == renewal["status"]


def test_a_renewal_is_the_merchants_and_recurring(odus, subscription, advance):
    """That is how reports tell it from other payments (guides/reports/payment-summary-report)."""
    advance(to=after(subscription["currentPeriodEnd"], minutes=1))
    (renewal,) = odus.renewals()
    assert ("merchant", "recurring") == (renewal["initiator"], renewal["offSessionType"])


# --- Its states


def test_a_subscription_shows_every_documented_field(subscription):
    """From its beginning on (guides/subscriptions/subscription-lifecycle)."""
    assert [] == [field for field in FIELDS if field not in subscription]
    assert (1, subscription["startDate"]) == (subscription["currentCycle"], subscription["currentPeriodStart"])


def test_the_five_states(odus, subscription, now, cancel, advance, gateway_says):
    """Each is told by four fields (guides/subscriptions/subscription-lifecycle)."""
    assert ("active", False, True, None) == state(subscription)
    assert ("active", True, True, None) == state(cancel())
    assert ("active", False, True, None) == state(odus.post(f"/subscriptions/{subscription['id']}/resume"))
    gateway_says("insufficient_funds")
    advance(to=after(subscription["currentPeriodEnd"], minutes=1))
    assert ("active", False, False, "latest_invoice_retrying") == state(now())
    advance("1 month")
    assert ("active", False, False, "recurring_payment_errored") == state(now())
    cancel(cancelImmediately=True)
    status, _, *rest = state(now())
    assert ("cancelled", [False, "subscription_cancelled"]) == (status, rest)


def test_the_period_advances_when_it_is_paid(subscription, now, advance):
    """The next begins where the last one ended, and is counted (guides/subscriptions/subscription-lifecycle)."""
    advance(to=after(subscription["currentPeriodEnd"], minutes=1))
    assert (subscription["currentPeriodEnd"], 2) == (now()["currentPeriodStart"], now()["currentCycle"])
    assert now()["currentPeriodEnd"] > subscription["currentPeriodEnd"]


def test_the_period_stays_as_long_as_it_is_not_paid(subscription, now, advance, gateway_says):
    """A declined renewal moves nothing on (guides/subscriptions/subscription-lifecycle)."""
    gateway_says("insufficient_funds")
    advance(to=after(subscription["currentPeriodEnd"], minutes=1))
    names = ("currentPeriodStart", "currentPeriodEnd", "currentCycle")
    assert [subscription[name] for name in names] == [now()[name] for name in names]


def test_due_subscriptions_are_looked_for_every_minute(odus, customer, advance):
    """So one that is due within a minute is renewed with the next (guides/subscriptions/payment-bundling)."""
    advance("30 seconds")
    subscription = odus.subscribe(odus.plan(unit="hour"), customer)
    advance(to=subscription["currentPeriodEnd"])
    advance("1 minute")
    assert 2 == odus.get(f"/subscriptions/{subscription['id']}")["currentCycle"]


# --- Retries


def steps(*days, **fields):
    return [{"position": place, "retryDelay": delay, "useInitialGateway": True} for place, delay in enumerate(days, 1)]


def attempts(renewal):
    """After how many days, since the one before, each attempt but the first was made."""
    times = [datetime.fromisoformat(one["createdAt"]) for one in renewal["transactions"]]
    return [(later - before).days for before, later in pairwise(times)]


def test_each_step_waits_its_days_since_the_attempt_before(odus, subscription, advance, gateway_says):
    """The steps are gone through by their positions (guides/subscriptions/retry-policy)."""
    policy = odus.post("/retry-policies", {"title": "Three", "steps": steps(3, 7, 14)[::-1]})["id"]
    odus.post(f"/subscriptions/{subscription['id']}", {"retryPolicy": policy})
    gateway_says("insufficient_funds")
    advance(to=after(subscription["currentPeriodEnd"], days=26))
    (renewal,) = odus.renewals()
    assert [3, 7, 14] == attempts(renewal)


def test_a_step_may_charge_less_and_elsewhere(odus, subscription, advance, gateway_says):
    """A percentage off and a gateway of its own are settings of a step (guides/subscriptions/retry-policy)."""
    (first,), gateway = steps(3), odus.profile("adyen")
    second = {"position": 2, "retryDelay": 7, "useInitialGateway": False, "gatewayProfile": gateway}
    body = {"title": "Two", "steps": [first | {"priceReductionPercentage": 10}, second]}
    odus.post(f"/subscriptions/{subscription['id']}", {"retryPolicy": odus.post("/retry-policies", body)["id"]})
    gateway_says("insufficient_funds")
    advance(to=after(subscription["currentPeriodEnd"], days=11))
    (renewal,) = odus.renewals()
    assert [2999, 2699, 2999] == [one["amount"] for one in renewal["transactions"]]
    stored = subscription["billingSettings"]["gatewayProfile"]
    assert [stored, stored, gateway] == [one["gatewayProfile"] for one in renewal["transactions"]]


def test_only_cards_are_tried_at_another_gateway(odus, customer, advance, answer, gateway_says):
    """What is paid by PayPal is tried again where it was paid first (guides/subscriptions/retry-policy)."""
    paypal = odus.post("/gateway-profiles", {"title": "PayPal", "integration": "paypal"})["id"]
    options = {"paypal": {"mode": "gatewayProfile", "gatewayProfile": paypal}}
    cart = {"items": [{"price": odus.plan(), "quantity": 1}]}
    payment = {"currency": "usd", "customer": customer, "cart": cart, "paymentMethodOptions": options}
    made = odus.post("/payments", payment)
    answer(odus.post(f"/payments/{made['id']}/authorize", odus.card() | {"type": "paypal", "card": None}), "passed")
    (subscription,) = odus.get(f"/subscriptions?customer[eq]={customer}")["data"]
    step = {"position": 1, "retryDelay": 3, "useInitialGateway": False, "gatewayProfile": odus.profile("adyen")}
    policy = odus.post("/retry-policies", {"title": "Elsewhere", "steps": [step]})["id"]
    odus.post(f"/subscriptions/{subscription['id']}", {"retryPolicy": policy})
    gateway_says("insufficient_funds")
    advance(to=after(subscription["currentPeriodEnd"], days=4))
    (renewal,) = odus.renewals()
    assert [paypal, paypal] == [one["gatewayProfile"] for one in renewal["transactions"]]


def test_a_payment_is_cancelled_when_all_retries_have_failed(odus, subscription, now, advance, gateway_says):
    """And its subscription is billed no more (guides/payments/payment-statuses, guides/subscriptions/retry-policy)."""
    policy = odus.post("/retry-policies", {"title": "One", "steps": steps(3)})["id"]
    odus.post(f"/subscriptions/{subscription['id']}", {"retryPolicy": policy})
    gateway_says("insufficient_funds")
    advance(to=after(subscription["currentPeriodEnd"], days=4))
    (renewal,) = odus.renewals()
    assert ("cancelled", "recurring_payment_errored") == (renewal["status"], now()["autoBillingDisabledReason"])


def test_a_retry_that_succeeds_turns_billing_on_again(subscription, now, advance, gateway_says):
    """The subscription is paid for and goes on (guides/subscriptions/retry-policy)."""
    gateway_says(["insufficient_funds", "approve"])
    advance("2 months")
    assert ("active", False, True, None) == state(now())


# --- The end


def test_a_cancel_takes_effect_when_the_period_ends(odus, subscription, now, cancel, advance):
    """Unless told otherwise, and nothing is charged then (guides/subscriptions/canceling-and-resuming)."""
    assert ("active", True) == state(cancel())[:2]
    advance(to=after(subscription["currentPeriodEnd"], minutes=1))
    assert "cancelled" == now()["status"]
    assert [] == odus.renewals()


def test_a_second_cancel_at_the_end_is_refused(odus, subscription, cancel):
    """It is scheduled already; at once is still possible (guides/subscriptions/canceling-and-resuming)."""
    cancel()
    odus.refuses(f"/subscriptions/{subscription['id']}/cancel", {"cancelImmediately": False})
    assert "cancelled" == cancel(cancelImmediately=True)["status"]


def test_an_immediate_cancel_is_for_good(odus, subscription, cancel):
    """Only what is active can be cancelled or resumed (guides/subscriptions/canceling-and-resuming)."""
    assert "cancelled" == cancel(cancelImmediately=True)["status"]
    odus.refuses(f"/subscriptions/{subscription['id']}/resume")
    odus.refuses(f"/subscriptions/{subscription['id']}/cancel", {"cancelImmediately": True})


def test_a_scheduled_cancel_can_be_undone(odus, subscription, now, cancel, advance):
    """Until the period ends (guides/subscriptions/canceling-and-resuming)."""
    cancel()
    assert False is odus.post(f"/subscriptions/{subscription['id']}/resume")["cancelAtPeriodEnd"]
    advance(to=after(subscription["currentPeriodEnd"], minutes=1))
    assert ("active", 2) == (now()["status"], now()["currentCycle"])


def test_an_immediate_cancel_voids_what_is_owed(odus, subscription, cancel, advance, gateway_says):
    """The invoice that was open is void (guides/subscriptions/canceling-and-resuming)."""
    gateway_says("insufficient_funds")
    advance(to=after(subscription["currentPeriodEnd"], minutes=1))
    (owed,) = odus.get("/invoices?status[eq]=open")["data"]
    cancel(cancelImmediately=True)
    assert "void" == odus.get(f"/invoices/{owed['id']}")["status"]


# --- Another plan


@pytest.fixture
def preview(odus, subscription):
    """A preview of a plan for twice as much."""
    price = odus.plan(5998)
    return lambda: odus.post(f"/subscriptions/{subscription['id']}/preview", {"price": price})


def test_a_preview_tells_what_a_plan_costs_and_changes_nothing(subscription, now, preview):
    """What is due or given as credit, and the subscription as it would be (guides/subscriptions/updating-plans)."""
    told = preview()
    assert {"id", "amountDue", "amountCredit", "previewValidUntil", "subscription"} <= told.keys()
    assert 0 < told["amountDue"]
    assert 0 == told["amountCredit"]
    assert subscription["id"] == told["subscription"]["id"]
    assert subscription["price"] != told["subscription"]["price"]
    assert subscription == now()


def test_a_preview_holds_for_15_minutes(odus, subscription, preview, advance):
    """Then it cannot be applied any more (guides/subscriptions/updating-plans)."""
    told = preview()
    assert after(subscription["startDate"], minutes=15) == told["previewValidUntil"]
    advance("16 minutes")
    odus.refuses(f"/subscriptions/{subscription['id']}/apply-preview", {"preview": told["id"]})


def test_a_preview_is_applied(odus, now, preview):
    """The subscription is then as the preview has shown it (guides/subscriptions/updating-plans)."""
    told = preview()
    odus.post(f"/subscriptions/{told['subscription']['id']}/apply-preview", {"preview": told["id"]})
    names = ("price", "currentPeriodStart", "currentPeriodEnd", "currentCycle")
    assert [told["subscription"][name] for name in names] == [now()[name] for name in names]


def test_a_change_of_the_subscription_invalidates_a_preview(odus, subscription, preview, cancel):
    """Whatever has changed (guides/subscriptions/updating-plans)."""
    told = preview()
    cancel()
    odus.post(f"/subscriptions/{subscription['id']}/resume")
    odus.post(f"/subscriptions/{subscription['id']}", {"metadata": {"seats": "3"}})
    odus.refuses(f"/subscriptions/{subscription['id']}/apply-preview", {"preview": told["id"]})


def test_a_renewal_invalidates_a_preview(odus, subscription, preview, advance):
    """Though the 15 minutes have not passed (guides/subscriptions/updating-plans)."""
    advance(to=after(subscription["currentPeriodEnd"], minutes=-5))
    told = preview()
    advance("6 minutes")
    odus.refuses(f"/subscriptions/{subscription['id']}/apply-preview", {"preview": told["id"]})


# --- Bundles


@pytest.fixture
def bundle(odus):
    """Turns bundling on."""
    (config,) = odus.get("/merchant-configs")["data"]
    return lambda: odus.post(f"/merchant-configs/{config['id']}", {"enableRecurringPaymentBundling": True})


def bundles(odus):
    """How many subscriptions each renewal pays for."""
    return [len(renewal["subscriptions"]) for renewal in odus.renewals()]


def test_renewals_are_paid_one_by_one_unless_told_otherwise(odus, customer, advance):
    """Bundling is off (guides/subscriptions/payment-bundling)."""
    (config,) = odus.get("/merchant-configs")["data"]
    assert False is config["enableRecurringPaymentBundling"]
    for _ in range(2):
        odus.subscribe(odus.plan(), customer)
    advance("1 month")
    assert [1, 1] == bundles(odus)


def test_renewals_within_a_day_are_paid_together(odus, customer, advance, bundle):
    """The later ones early, and what is due after 24 hours by itself (guides/subscriptions/payment-bundling)."""
    bundle()
    first = odus.subscribe(odus.plan(1000), customer)
    advance("1 day")
    odus.subscribe(odus.plan(200), customer)
    advance("1 minute")
    odus.subscribe(odus.plan(30), customer)
    advance(to=after(first["currentPeriodEnd"], minutes=1))
    assert ([2], [1200]) == (bundles(odus), [renewal["amount"] for renewal in odus.renewals()])
    advance("2 days")
    assert ([2, 1], [1200, 30]) == (bundles(odus), [renewal["amount"] for renewal in odus.renewals()])


def test_a_bundle_has_five_at_most(odus, customer, advance, bundle):
    """Each subscription is in one bundle a run (guides/subscriptions/payment-bundling)."""
    bundle()
    for _ in range(7):
        odus.subscribe(odus.plan(), customer)
    advance("1 month")
    assert [5, 2] == bundles(odus)
    paid_for = [id for renewal in odus.renewals() for id in renewal["subscriptions"]]
    assert sorted(set(paid_for)) == sorted(paid_for)


@pytest.mark.parametrize("differs", ["currency", "gateway", "capture", "customer"])
def test_only_what_is_alike_is_paid_together(odus, customer, advance, bundle, differs):
    """Currency, gateway and capture of one customer must be the same (guides/subscriptions/payment-bundling)."""
    bundle()
    odus.subscribe(odus.plan(), customer)
    elsewhere = {"card": {"mode": "gatewayProfile", "gatewayProfile": odus.profile("adyen")}}
    {
        "currency": lambda: odus.subscribe(odus.plan(currency="eur"), customer, currency="eur"),
        "gateway": lambda: odus.subscribe(odus.plan(), customer, paymentMethodOptions=elsewhere),
        "capture": lambda: odus.subscribe(odus.plan(), customer, paymentMethodOptions={"captureMethod": "manual"}),
        "customer": lambda: odus.subscribe(odus.plan(), odus.customer()),
    }[differs]()
    advance("1 month")
    assert [1, 1] == bundles(odus)


def test_what_is_not_billed_is_not_bundled(odus, customer, advance, bundle):
    """One that is scheduled to cancel stays out (guides/subscriptions/payment-bundling)."""
    bundle()
    odus.subscribe(odus.plan(), customer)
    ending = odus.subscribe(odus.plan(), customer)
    odus.post(f"/subscriptions/{ending['id']}/cancel")
    advance("1 month")
    assert [1] == bundles(odus)
