"""The dashboard's pages of Odus's own resources: what they show, and what can be done on them."""

import pytest

pytestmark = pytest.mark.browser

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def act(dashboard):
    """Opens a page, and presses and fills what it is told; the dialog's last button does it."""

    class Acting:
        def __init__(self, path):
            self.visitor = dashboard(path)
            self.page = self.visitor.page
            self.complaints = self.visitor.complaints

        def __call__(self, button, fields=(), *, submit=None):
            self.page.get_by_role("button", name=button, exact=True).first.click()
            dialog = self.page.get_by_role("dialog")
            for label, value in dict(fields).items():
                field = dialog.get_by_label(label)
                if isinstance(value, bool):
                    field.set_checked(value)
                elif field.evaluate("field => field.tagName") == "SELECT":
                    field.select_option(value)
                else:
                    field.fill(value)
            dialog.get_by_role("button", name=submit or button, exact=True).last.click()
            return dialog

        def shows(self, text):
            self.page.get_by_text(text).first.wait_for()

        def leads_to(self, path):
            self.page.wait_for_url(f"**/{path}")

    return Acting


@pytest.fixture
def subscription(account):
    return account.subscribe(account.ids["jane"], account.ids["pro_monthly"]).id


def test_a_part_of_a_payment_is_refunded(account, act):
    """The dialog says what is left; what is too much stands at its field in the mock's words."""
    payment = account.pay(4900)
    on = act(f"payments/{payment.id}")
    dialog = on("Refund", {"Amount": "5000"})
    dialog.get_by_text("amount must be at most 4900").wait_for()
    dialog.get_by_label("Amount").fill("900")
    dialog.get_by_role("button", name="Refund", exact=True).click()
    on.shows("partially reversed")

    assert 900 == account.payments.get(payment.id).amountReversed


def test_a_payment_is_made_and_charged(account, act):
    """With a test card that declines, and then with one that does not."""
    on = act("payments")
    on("New payment")
    payment = account.payments.list()[0]
    on.leads_to("payments")
    on.page.get_by_role("link", name="…").first.click()
    on("Authorize", {"Pay with": "4000000000000002"})
    on.shows("failed")
    on("Authorize", {"Pay with": "4242424242424242"})
    on.shows("succeeded")

    assert ["generic_soft_decline", None] == [
        one.outcome.errorCode for one in account.payments.get(payment.id).transactions if one.integration == "stripe"
    ]
    assert [] == on.complaints


def test_a_restricted_customer_cannot_pay(account, act):
    """What is ticked is set, the page says so, and a payment is refused; lifted, it is not."""
    jane = account.ids["jane"]
    on = act(f"customers/{jane}")
    on("Restrict", {"Block what the customer begins": True, "Reason": "too many disputes"})
    on.shows("blocked")
    on("Restrict", {"Block what the customer begins": False, "Reason": ""})
    on.page.get_by_text("blocked", exact=True).wait_for(state="detached")

    restricted = account.customers.get(jane)
    assert (False, None) == (restricted.restrictCit, restricted.restrictReason)
    assert [] == on.complaints


def test_an_email_is_blacklisted_and_taken_off(account, act):
    """From the customer's page, which leads to the list."""
    on = act(f"customers/{account.ids['jane']}")
    on("Blacklist", {"Reason": "fraud"})
    on.leads_to("blacklist")
    on.shows("jane@example.com")
    assert ["jane@example.com"] == [one.email for one in account.blacklist.list()]
    on("Take off")
    on.shows("Nobody is blacklisted")

    assert [] == account.blacklist.list()
    assert [] == on.complaints


def test_a_subscription_ends_with_its_period_or_goes_on(account, act, subscription):
    """A cancel can be called off until then; with the toggle it is for good."""
    on = act(f"subscriptions/{subscription}")
    on("Cancel", {"Cancel immediately": False}, submit="Cancel")
    on.shows("ends with its period")
    on("Resume")
    on.page.get_by_role("button", name="Change plan").wait_for()
    assert not account.subscriptions.get(subscription).cancelAtPeriodEnd
    on("Cancel", {"Cancel immediately": True}, submit="Cancel")
    on.shows("subscription cancelled")

    assert "cancelled" == account.subscriptions.get(subscription).status
    assert [] == on.complaints


def test_a_plan_is_changed_after_a_look_at_what_it_costs(account, act, subscription):
    """The preview's figures stand before the button that applies it."""
    on = act(f"subscriptions/{subscription}")
    dialog = on("Change plan", {"New price": account.ids["pro_yearly"]}, submit="Preview")
    dialog.get_by_text("269.01 USD").wait_for()
    dialog.get_by_role("button", name="Apply").click()
    dialog.wait_for(state="detached")

    assert account.ids["pro_yearly"] == account.subscriptions.get(subscription).price
    assert [] == on.complaints


def test_an_open_invoice_is_paid_by_hand(account, act, subscription):
    """A declined renewal leaves one; its page asks for the money once more."""
    account.rule({"name": "short once", "when": {"cycle": 2}, "then": ["insufficient_funds", "approve"]})
    account.advance(until="renewal")
    invoice = account.invoices.list(status="open")[0]
    on = act(f"invoices/{invoice.id}")
    on("Pay")
    on.page.locator(".heading").get_by_text("paid").wait_for()

    assert "paid" == account.invoices.get(invoice.id).status
    assert [] == on.complaints


def test_a_price_with_a_trial_is_made(account, act):
    """Cycles are rows of the form."""
    on = act("products")
    on("New product", {"Name": "Gold"})
    on.page.get_by_role("heading", name="Gold").wait_for()
    on.page.get_by_role("button", name="New recurring price", exact=True).first.click()
    dialog = on.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Add another").click()
    first, second = (dialog.get_by_role("group", name=f"Cycles {place}") for place in (1, 2))
    first.get_by_label("Amount").fill("0")
    first.get_by_label("Unit").select_option("week")
    second.get_by_label("Amount").fill("1900")
    dialog.get_by_role("button", name="New recurring price").click()
    on.shows("0.00 USD for a week, then 19.00 USD a month")

    (price,) = account.get(f"/prices?product[eq]={on.page.url.rpartition('/')[2]}").data
    cycles = price.billingSchedule.cycleDefinitions
    assert [(1, 0, "week"), (2, 1900, "month")] == [(one.position, one.amount, one.intervalUnit) for one in cycles]
    assert [] == on.complaints


def test_what_is_wrong_with_a_cascade_stands_at_its_rules(account, act):
    """In the mock's words; mended, the cascade is made."""
    on = act("cascades")
    on.page.get_by_role("button", name="New cascade", exact=True).click()
    dialog = on.page.get_by_role("dialog")
    dialog.get_by_label("Title").fill("Second try")
    rule = dialog.get_by_role("group", name="Rules 1")
    rule.get_by_label("Gateway profile").select_option(account.ids["adyen_us"])
    rule.get_by_label("Weight").fill("101")
    dialog.get_by_role("button", name="New cascade").click()
    dialog.locator(".rows .problem").get_by_text("rules[0].weight").wait_for()
    rule.get_by_label("Weight").fill("")
    dialog.get_by_role("button", name="New cascade").click()
    on.page.get_by_role("heading", name="Second try").wait_for()

    (made,) = account.get("/cascades?title[eq]=Second%20try").data
    assert [(1, account.ids["adyen_us"], None)] == [
        (one.position, one.gatewayProfile, one.weight) for one in made.rules
    ]


def test_credentials_are_written_and_never_shown(account, act):
    """Neither on the page nor in what the API answers."""
    on = act("gateway-profiles")
    on("New gateway profile", {"Title": "Backup", "Credentials": "publicKey=pk_test_1\nsecretKey=sk_test_hidden123"})
    on.page.get_by_role("heading", name="Backup").wait_for()

    assert "hidden123" not in on.page.content()
    assert "stripe" == account.get("/gateway-profiles?title[eq]=Backup").data[0].integration
    assert [] == on.complaints


def test_a_retry_policy_is_changed(account, act):
    """Its steps are replaced whole."""
    policy = account.get("/retry-policies/default")
    on = act(f"retry-policies/{policy.id}")
    on.page.get_by_role("button", name="Edit").click()
    dialog = on.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Remove 3").click()
    dialog.get_by_role("group", name="Steps 2").get_by_label("% off").fill("10")
    dialog.get_by_role("button", name="Save").click()
    on.shows("10 %")

    steps = account.get("/retry-policies/default").steps
    assert [(1, None, True), (3, 10, True)] == [
        (one.retryDelay, one.priceReductionPercentage, one.useInitialGateway) for one in steps
    ]
    assert [] == on.complaints


def test_a_subscriber_is_told_again(account, act):
    """Its secret is shown once, its deliveries with what came of them."""
    on = act("webhooks")
    on("New subscriber", {"URL": "http://127.0.0.1:9/hook"})
    dialog = on.page.get_by_role("dialog")
    dialog.get_by_text("whsec_").wait_for()
    dialog.get_by_role("button", name="I have it").click()
    on.page.get_by_role("heading", name="http://127.0.0.1:9/hook").wait_for()
    account.post("/customers", {"email": "new@example.com"})
    on.page.get_by_role("button", name="Redeliver").first.click()
    on.page.get_by_role("row", name="customer.created").nth(2).wait_for()

    assert "whsec_" not in on.page.content()
    assert [] == on.complaints


def test_a_key_is_made_rotated_and_revoked(account, act):
    """Each value is told once, and the one before is worth nothing."""
    on = act("keys")
    values = []
    on("New secret key", {"Note": "my app", "PAYMENT_READ": True})
    for again in ("Rotate", None):
        dialog = on.page.get_by_role("dialog", name="Take this now")
        values.append(dialog.locator("code").inner_text())
        dialog.get_by_role("button", name="I have it").click()
        if again:
            on(again)
    on("Revoke")
    on.shows("No secret keys made")

    assert 2 == len(set(values))
    assert values[-1] not in on.page.content()
    assert [] == on.complaints


def test_the_merchants_timezone_is_changed(account, act):
    """One that there is not stands at its field."""
    on = act("merchant")
    dialog = on("Edit", {"Timezone": "Europe/Pariss"}, submit="Save")
    dialog.locator(".problem").get_by_text("Europe/Paris").wait_for()
    dialog.get_by_label("Timezone").fill("Europe/Paris")
    dialog.get_by_role("button", name="Save").click()
    dialog.wait_for(state="detached")

    assert "Europe/Paris" == account.get("/merchant-configs").data[0].timezone


def test_request_logs_are_filtered(account, act):
    """By endpoint; the record holds both bodies, card data struck out."""
    account.pay(4900, card="4242424242424242")
    on = act("request-logs?endpoint[like]=authorize")
    on.page.get_by_role("link", name="authorize").click()
    on.page.get_by_role("heading", name="authorize").wait_for()

    assert '"number": "***"' in on.page.locator("pre").first.inner_text()
    assert [] == on.complaints


def test_what_somebody_typed_is_text_on_every_page(account, dashboard, subscription):
    """A script in a name, a title or a note is shown, not run."""
    jane = account.ids["jane"]
    account.post(f"/customers/{jane}", {"name": SCRIPT, "metadata": {"note": SCRIPT}})
    product = account.post("/products", {"name": SCRIPT, "description": SCRIPT}).id
    for path, body in [
        ("gateway-profiles", {"title": SCRIPT, "integration": "stripe"}),
        ("retry-policies", {"title": SCRIPT, "steps": [{"position": 1, "retryDelay": 1}]}),
        ("blacklist", {"email": "x@example.com", "reason": SCRIPT}),
        ("secret-keys", {"note": SCRIPT, "permissions": ["PAYMENT_READ"]}),
    ]:
        account.post(f"/{path}", body)
    visitor = dashboard()
    for path in (
        *("customers", f"customers/{jane}", "products", f"products/{product}"),
        *("gateway-profiles", "retry-policies", "blacklist", "keys", "request-logs"),
    ):
        visitor.page.goto(f"{account.url}/dashboard/{account.name}/{path}")
        visitor.page.get_by_role("main").get_by_text(
            "/secret-keys" if path == "request-logs" else "script"
        ).first.wait_for()
        assert 1 == visitor.page.locator("script").count(), path

    assert [] == visitor.complaints
