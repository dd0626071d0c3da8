"""Seeing and steering with the dashboard: the timeline, a payment's journey, challenges, scenarios, sandboxes."""

import pytest

pytestmark = pytest.mark.browser

CHALLENGED = "4000000000003220"
SCENARIO = """\
version: 1
name: mine
extends: starter
rules:
  - {name: no luck, when: {gateway: stripe_eu}, then: insufficient_funds}
"""


def row(page, text):
    return page.get_by_role("listitem").filter(has_text=text)


def write(page, text):
    page.get_by_label("The scenario ").fill(text)


# --- seeing


def test_the_timeline_tells_what_happens_as_it_happens(account, dashboard):
    """Attempts, events, jobs and webhooks stand there without a reload; a kind can be left out."""
    url = account.webhooks.url
    visitor = dashboard("timeline")
    visitor.page.get_by_role("heading", name="Nothing has happened yet").wait_for()
    account.subscribe(account.ids["jane"], account.ids["pro_monthly"])
    row(visitor.page, "Stripe EU (stripe) approves 29.99 USD").wait_for()
    row(visitor.page, f"payment.updated to {url}: answered 200").wait_for()
    account.advance(until="renewal")
    row(visitor.page, "the period is over, the next one is to be paid").wait_for()
    row(visitor.page, "open → succeeded, shown as succeeded").first.wait_for()
    visitor.page.get_by_label("attempts").uncheck()
    row(visitor.page, "approves 29.99 USD").first.wait_for(state="detached")

    assert visitor.page.url.endswith("?kinds=challenge%20event%20job%20delivery")
    assert [] == visitor.complaints


def test_the_timeline_of_one_payment(account, dashboard):
    """An id narrows it down, and the address leads there again."""
    first, second = account.pay(4900), account.pay(5100)
    visitor = dashboard("timeline")
    row(visitor.page, "approves 51.00 USD").wait_for()
    visitor.page.get_by_label("only of").fill(first.id)
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url(f"**/timeline?payment={first.id}")
    row(visitor.page, "approves 51.00 USD").wait_for(state="detached")
    row(visitor.page, "approves 49.00 USD").wait_for()

    assert 0 == row(visitor.page, "51.00 USD").count()
    assert 0 == visitor.page.get_by_text(second.id[-8:]).count()


@pytest.mark.parametrize("width", [1280, 360])
def test_the_journey_is_drawn(account, dashboard, width):
    """Gateways in the order they were asked, what each said, the rule that decided, and how the payment stands."""
    account.scenario("cascade_failover")
    account.rule({"when": {"gateway": "adyen_us"}, "then": "insufficient_funds", "times": 1, "name": "short"})
    payment = account.pay(4900)
    visitor = dashboard(f"payments/{payment.id}", viewport={"width": width, "height": 800})
    picture = visitor.page.locator(".journey svg")
    picture.wait_for()

    assert (
        "The customer pays: Stripe EU processor_unavailable (rule “the EU gateway is down”); "
        "then Adyen US insufficient_funds (rule “short”). The payment is failed."
    ) == picture.get_attribute("aria-label")
    assert ["Stripe EU", "Adyen US"] == picture.locator(".name").all_text_contents()
    assert [] == visitor.complaints


def test_gateways_that_were_not_asked_are_drawn_as_well(account, dashboard):
    """The first one approves: the second stands behind it, and every try and later operation has its own row."""
    payment = account.pay(4900)
    account.payments.reverse(payment.id, amount=100)
    visitor = dashboard(f"payments/{payment.id}")
    picture = visitor.page.locator(".journey svg")
    picture.wait_for()

    assert ["Stripe EU", "Adyen US", "Stripe EU"] == picture.locator(".name").all_text_contents()
    assert ["approves", "approves"] == picture.locator(".said").all_text_contents()
    assert 1 == picture.get_by_text("not asked").count()


# --- challenges


def test_challenges_are_answered(account, dashboard):
    """From the timeline, in the customers' place: each has its buttons, and the card is gone with the last."""
    answers = {"Pass": (4900, "succeeded"), "Fail": (5100, "open"), "Cancel": (5300, "open")}
    payments = {
        button: account.pay(amount, card=CHALLENGED, return_url="https://shop.example/")
        for button, (amount, _) in answers.items()
    }
    visitor = dashboard("timeline")
    waiting = visitor.page.locator(".waiting")
    for button, (amount, _) in answers.items():
        one = waiting.get_by_role("listitem").filter(has_text=f"{amount / 100:.2f} USD")
        one.get_by_role("button", name=button, exact=True).click()
        one.wait_for(state="detached")
    waiting.wait_for(state="detached")

    assert {button: status for button, (_, status) in answers.items()} == {
        button: account.payments[payment.id].status for button, payment in payments.items()
    }
    assert ["passed", "failed", "cancelled"] == [attempt.challenge for attempt in account.attempts()]
    assert [] == visitor.complaints


def test_the_page_of_the_bank_is_linked(account, challenged, dashboard):
    """The link opens what the customer would see."""
    visitor = dashboard(f"payments/{challenged.id}")

    assert challenged.action.redirectUrl == visitor.page.get_by_role("link", name="Open its page").get_attribute("href")


# --- payments by hand


def test_a_payment_is_made_charged_and_refunded(account, dashboard):
    """Every step has its button, and what the mock refuses stands at its field."""
    visitor = dashboard("payments")
    page = visitor.page
    page.get_by_role("button", name="New payment").first.click()
    page.get_by_label("Amount").fill("0")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="New payment").click()
    page.get_by_text("amount must be a positive integer, found 0").wait_for()
    dialog.get_by_label("Amount").fill("7500")
    dialog.get_by_role("button", name="New payment").click()
    page.get_by_role("row", name="75.00 USD unattempted").get_by_role("link").first.click()
    visitor.press("Authorize")
    dialog.get_by_role("button", name="Authorize").click()
    page.get_by_role("heading", name="75.00 USD").wait_for()
    visitor.press("Refund")
    dialog.get_by_label("Amount").fill("500")
    dialog.get_by_role("button", name="Refund").click()
    page.get_by_text("partially reversed").first.wait_for()

    (payment,) = account.payments.list()
    assert ("succeeded", 500) == (payment.status, payment.amountReversed)
    assert ["Failed to load resource: the server responded with a status of 400 (Bad Request)"] == visitor.complaints


def test_a_request_is_copied(account, dashboard):
    """As a curl line with the key, and as a line of a test, with the filters that are set."""
    account.pay(4900)
    visitor = dashboard("payments?status[eq]=succeeded", permissions=["clipboard-read", "clipboard-write"])
    read = "navigator.clipboard.readText()"
    visitor.press("Copy as curl")
    visitor.page.get_by_role("button", name="Copied").wait_for()
    path = "/payments?sortBy=createdAt&sortDirection=desc&pageSize=25&status[eq]=succeeded"
    curl = f"curl -g '{account.url}{path}' -H 'Authorization: Bearer {account.secret_key}'"
    assert curl == visitor.page.evaluate(read)
    visitor.press("Copy as pytest")
    visitor.page.get_by_role("button", name="Copied").last.wait_for()
    line = visitor.page.evaluate(read)
    assert f'answer = odus.get("{path}")' == line
    space = {"odus": account}
    exec(line, space)
    assert [4900] == [payment.amount for payment in space["answer"].data]


def test_what_a_form_will_ask_is_copied(account, dashboard):
    """What was typed becomes a line of a test, which does the same as the button."""
    visitor = dashboard("payments", permissions=["clipboard-read", "clipboard-write"])
    visitor.page.get_by_role("button", name="New payment").first.click()
    dialog = visitor.page.get_by_role("dialog")
    dialog.get_by_label("Amount").fill("1234")
    dialog.get_by_label("Metadata").fill('order=it\'s 7\nnote="x"')
    dialog.get_by_role("button", name="Copy as pytest").click()
    dialog.get_by_role("button", name="Copied").wait_for()
    line = visitor.page.evaluate("navigator.clipboard.readText()")
    exec(line, {"odus": account})

    (payment,) = account.payments.list()
    assert (1234, {"order": "it's 7", "note": '"x"'}) == (payment.amount, payment.metadata)


# --- scenarios and rules


def test_a_scenario_is_edited_checked_and_loaded(account, dashboard):
    """What is wrong stands below with its place while it is typed; a good text can be loaded, and runs."""
    visitor = dashboard("scenario")
    page = visitor.page
    page.get_by_text("Nothing is wrong with it").wait_for()
    write(page, SCENARIO.replace("insufficient_funds", "insufficent_funds"))
    page.get_by_text("did you mean 'insufficient_funds'?").wait_for()
    assert page.get_by_role("button", name="Load").is_disabled()
    page.get_by_role("button", name="5:55").click()
    place = SCENARIO.index("insufficient")
    assert place == page.get_by_label("The scenario ").evaluate("area => area.selectionStart")
    write(page, SCENARIO)
    page.get_by_text("Nothing is wrong with it").wait_for()
    visitor.press("Load")
    page.get_by_role("heading", name="Running: mine").wait_for()

    assert "mine" == account.get("/_mock/scenario").name
    assert [] == visitor.complaints


def test_a_shipped_scenario_is_picked(account, dashboard):
    """Its text is shown, and it is loaded by its name."""
    visitor = dashboard("scenario")
    visitor.page.get_by_role("combobox", name="Scenario").select_option("hard_decline")
    visitor.page.get_by_label("The scenario hard_decline").wait_for()
    visitor.press("Load")
    visitor.page.get_by_role("heading", name="Running: hard decline").wait_for()

    assert [] == visitor.complaints


def test_the_next_charge_is_decided(account, dashboard):
    """A rule for one charge stands on top, its hit is counted as it happens, and then it is spent."""
    visitor = dashboard("scenario")
    page = visitor.page
    page.get_by_label("Answer").select_option("stolen_card")
    page.get_by_label("Of the gateway").select_option("Stripe EU")
    visitor.press("Put it on top")
    rule = page.locator(".rules li").first
    rule.get_by_text("0 hits").wait_for()
    payment = account.pay(4900)
    rule.get_by_text("1 hit").wait_for()
    rule.get_by_text("spent").wait_for()
    rule.get_by_role("button").click()
    page.get_by_text("No rules: the scenario").wait_for()

    assert "stolen_card" == payment.transactions[0].outcome.errorCode
    assert [] == account.rules()
    assert [] == visitor.complaints


# --- sandboxes and snapshots


def test_a_snapshot_is_saved_restored_and_deleted(account, dashboard):
    """What happened since is gone after the restore, the time as well."""
    visitor = dashboard("sandboxes")
    page = visitor.page
    dialog = page.get_by_role("dialog")
    visitor.press("Save a snapshot")
    dialog.get_by_role("button", name="Save a snapshot").click()
    snapshot = row(page, "before")
    snapshot.wait_for()
    account.pay(4900)
    account.advance(by="1 month")
    snapshot.get_by_role("button", name="Restore").click()
    page.get_by_text("Restored: it is 2026-01-01 00:00:00 again").wait_for()
    assert (0, "2026-01-01T00:00:00.000Z") == (len(account.payments.list()), account.now)
    snapshot.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    page.get_by_text("None yet.").wait_for()

    assert [] == visitor.complaints


def test_a_sandbox_is_made_reset_and_deleted(account, dashboard):
    """A new one is shown at once; resetting empties it, deleting it leads to the default one."""
    visitor = dashboard("sandboxes")
    page = visitor.page
    dialog = page.get_by_role("dialog")
    name = f"{account.name}-new"
    visitor.press("New sandbox")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="New sandbox").click()
    page.wait_for_url(f"**/dashboard/{name}/sandboxes")
    own = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=name, exact=True))
    own.get_by_text("this one").wait_for()
    account._connection.ask("POST", "/payments", {"amount": 1, "currency": "usd"}, key=f"skey_{name}")
    own.get_by_role("button", name="Reset").click()
    dialog.get_by_role("button", name="Reset").click()
    dialog.wait_for(state="detached")
    assert [] == account._connection.ask("GET", "/payments", key=f"skey_{name}").data
    own.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    page.wait_for_url("**/dashboard/mock/sandboxes")

    assert name not in [one.name for one in account.get("/_mock/sandboxes")]
    assert [] == visitor.complaints
