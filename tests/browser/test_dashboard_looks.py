"""Every page of the dashboard: accessible, fitting, quiet, usable by keyboard, and showing text as text."""

import re

import pytest

from mock_odus.browser import dashboard

FILES = dashboard.files()

pytestmark = pytest.mark.browser

REGISTERED = re.findall(r'^  page\("([^"]+)"', FILES["pages.js"].read_text(), re.MULTILINE)
RULES: dict[str, object] = {"wide": {}, "dark": {"runOnly": ["color-contrast"]}, "phone": {"runOnly": ["target-size"]}}
LOOKS = {
    "wide": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}},
}
MARKUP = "<script>window.hacked=1</script><img src=x onerror=window.hacked=1>"
LONG_TASKS = """
window.tasks = [];
new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((entry) => entry.duration)))
  .observe({ type: "longtask", buffered: true });
"""


def settled(page):
    """Waits until a page shows what it asked for."""
    page.get_by_role("heading", level=1).or_(page.locator(".empty")).first.wait_for()
    page.locator(".loading").first.wait_for(state="detached")


def busy(account):
    """An account in which something of everything has happened, and the paths of records in it."""
    account.subscribe(account.ids["jane"], account.ids["pro_monthly"])
    account.pay(2000, card="4000000000000002")
    account.pay(4900, card="4000000000003220", return_url="https://shop.example/")
    account.rule({"when": {"gateway": "stripe_eu"}, "then": "unreachable", "name": "down"})
    account.advance(until="renewal")
    account.snapshot("saved")
    return [f"payments/{payment.id}" for payment in account.payments.list()[::3]]


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_accessible_fits_and_is_quiet(account, dashboard, look):
    """Axe finds nothing, nothing scrolls sideways, and nothing is said on the console.

    In the dark axe looks at the contrasts only, and on a phone at the sizes of what is pressed; it leaves pages without
    records out.
    """
    from axe_playwright_python.sync_playwright import Axe  # late: other marks run without it

    axe, visitor = Axe(), dashboard(**LOOKS[look], bypass_csp=True)
    page = visitor.page
    home = page.url.rpartition("/")[0]
    for records in ([], busy(account)) if look == "wide" else (busy(account),):
        for path in [*REGISTERED, *records]:
            page.goto(f"{home}/{path}")
            settled(page)
            found = axe.run(page, options=RULES[look]).response["violations"] if records else []
            assert [] == [f"{path} {one['id']}: {one['help']} {one['nodes'][0]['html']}" for one in found]
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert [] == visitor.complaints


def test_texts_are_never_markup(account, dashboard):
    """A customer, a gateway, a rule and a payment full of script tags are text in every view."""
    jane = account.customers.update(account.ids["jane"], name=MARKUP, metadata={"note": MARKUP})
    profile = account.gateway_profiles.list()[0]
    account.gateway_profiles.update(profile.id, title=MARKUP)
    cascade = account.cascades.list()[0]
    account.cascades.update(cascade.id, title=MARKUP)
    account.products.update(account.ids["pro"], name=MARKUP, description=MARKUP)
    account.rule({"name": MARKUP, "when": {"amount": 4900}, "then": "unreachable"})
    payment = account.pay(4900, customer=jane, metadata={"note": MARKUP})
    account.subscribe(jane, account.ids["pro_monthly"])
    visitor = dashboard("payments")
    page = visitor.page
    home = page.url.rpartition("/")[0]
    shown = 0
    for path in [*REGISTERED, f"payments/{payment.id}", "find/jane", f"find/{MARKUP.replace('/', '%2F')}"]:
        page.goto(f"{home}/{path}")
        settled(page)
        shown += page.get_by_text("<script>").count()
        assert page.evaluate("window.hacked === undefined && !document.querySelector('main img')"), path
        assert 1 == page.locator("script").count(), path

    assert shown >= 4
    assert [] == visitor.complaints


def test_ten_thousand_payments_scroll_and_filter_smoothly(account, dashboard):
    """Filtering, sorting, paging and scrolling block the page for no longer than 200 ms at once."""
    gateway = {"gatewayProfiles": {"eu": {"integration": "stripe"}}}
    card = {"card": {"mode": "gatewayProfile", "gatewayProfile": "eu"}}
    world = {**gateway, "merchantConfig": {"paymentMethodOptions": card}, "fake": {"payments": 10_000}}
    account.scenario({"version": 1, "name": "many", "world": world})
    visitor = dashboard("payments?pageSize=100")
    page = visitor.page
    page.add_init_script(LONG_TASKS)
    page.reload()
    page.get_by_text("1–100 of 10,000").wait_for()
    for turn in range(10):
        page.mouse.wheel(0, 600 if turn < 6 else -600)
    page.get_by_label("Amount from").fill("5000")
    page.get_by_text("of 10,000").wait_for(state="detached")
    page.get_by_role("button", name="Amount").click()
    page.wait_for_url("**sortBy=amount**")
    page.get_by_role("button", name="Last").click()
    page.wait_for_url("**page=**")
    settled(page)
    page.get_by_label("Shown as").select_option("succeeded")
    page.wait_for_url("**displayStatus**")
    page.get_by_text("1–100 of").wait_for()

    assert [] == [duration for duration in page.evaluate("window.tasks") if duration > 200]
    assert [] == visitor.complaints


def test_the_keyboard_is_enough(account, dashboard):
    """From the address bar over the skipping link into a dialog and back, with a visible focus all the way."""
    visitor = dashboard("payments")
    page = visitor.page
    page.get_by_role("heading", name="No payments yet").wait_for()
    page.keyboard.press("Tab")
    focused = "document.activeElement.textContent.trim()"
    assert "Skip to the page" == page.evaluate(focused)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert "New payment" == page.evaluate(focused)
    assert "solid" == page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    assert "New payment" == page.evaluate(focused)
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    assert "amount" == page.evaluate("document.activeElement.name")
    page.keyboard.press("Enter")
    page.get_by_role("row", name="49.00 USD").wait_for()

    assert 1 == len(account.payments.list())
    assert [] == visitor.complaints


def test_a_key_right_after_the_one_that_opens_a_dialog_is_the_dialogs(account, dashboard):
    """Enter on the button and Enter in the dialog's first field pay, even if the browser paints late."""
    page = dashboard("payments").page
    page.get_by_role("heading", name="No payments yet").wait_for()
    page.evaluate("window.requestAnimationFrame = () => 0")  # the next frame never comes: what waits for it comes late
    page.get_by_role("button", name="New payment").first.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Amount").press("Enter")
    page.get_by_role("row", name="49.00 USD").wait_for()

    assert 1 == len(account.payments.list())


def test_the_menu_of_a_phone_opens_and_leads_on(dashboard):
    """The navigation is folded up on a narrow page; going somewhere folds it up again."""
    visitor = dashboard("payments", **LOOKS["phone"])
    page = visitor.page
    timeline = page.get_by_role("navigation", name="Pages of the dashboard").get_by_role("link", name="Timeline")
    page.get_by_role("button", name="Menu").wait_for()
    assert not timeline.is_visible()
    visitor.press("Menu")
    timeline.click()
    page.get_by_role("heading", name="Timeline").wait_for()
    timeline.wait_for(state="hidden")
