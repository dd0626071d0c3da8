"""The demo shop, used as a person does: buying, subscribing, coming back, changing one's mind, moving the clock."""

import pytest

pytestmark = pytest.mark.browser

VISA, CHALLENGED, DECLINED = "4242424242424242", "4000000000003220", "4000000000000002"


class Visitor:
    def __init__(self, account, visit):
        self.account, self.visit = account, visit
        self.page, self.home = visit.page, f"{account.url}/shop/{account.name}"
        self.page.set_default_timeout(5000)
        self.page.goto(self.home)

    def buy(self, offer="Buy Canvas tote"):
        self.page.get_by_role("button", name=offer).click()

    @property
    def frame(self):
        return self.page.frame_locator("#checkout iframe")

    def pay(self, number=VISA):
        """Types another card into the checkout, and pays."""
        self.frame.get_by_role("button", name="Pay $").wait_for()
        if self.frame.get_by_label("Another card").count():
            self.frame.get_by_label("Another card").check()
        for name, text in (("cardNumber", number), ("cardExpiry", "1240"), ("cardCvc", "100")):
            self.frame.locator(f"input[name={name}]").fill(text)
        self.frame.get_by_role("button", name="Pay $").click()

    def title(self):
        return self.page.get_by_role("heading", level=1).inner_text()

    def press(self, name):
        self.page.get_by_role("button", name=name).click()


@pytest.fixture
def jane(account, visit):
    """Jane in the shop."""
    return Visitor(account, visit())


def test_something_is_bought(account, jane):
    """From the shelf through the checkout to the page that says thanks."""
    jane.buy()
    jane.pay()
    jane.page.wait_for_url("**/result**")

    assert "Thank you, Jane" == jane.title()
    jane.page.get_by_text("24.00 USD").wait_for()
    assert ["succeeded"] == [payment.status for payment in account.payments.list()]
    assert [] == jane.visit.complaints


@pytest.mark.parametrize(("button", "title"), [("Confirm payment", "Thank you, Jane"), ("Cancel", "That did not work")])
def test_the_bank_sends_back_to_the_shop(jane, button, title):
    """3DS with the code of the bank, or cancelled and offered once more."""
    jane.buy()
    jane.pay(CHALLENGED)
    jane.page.wait_for_url("**/challenge/**")
    jane.page.get_by_label("Confirmation code").fill("1234")
    jane.press(button)
    jane.page.wait_for_url("**/result**")

    assert title == jane.title()
    jane.page.get_by_role("link", name="Try again").wait_for(state="visible" if button == "Cancel" else "hidden")
    assert [] == jane.visit.complaints


def test_paypal_sends_back_to_the_shop(jane):
    """Its page has a look of its own."""
    jane.buy()
    jane.frame.get_by_role("button", name="Pay with PayPal").click()
    jane.press("Approve")
    jane.page.wait_for_url("**/result**")

    assert "Thank you, Jane" == jane.title()


def test_a_subscription_is_begun_cancelled_and_resumed(account, jane):
    """With the saved card; the account page shows it, and the clock renews it."""
    jane.buy("Subscribe Pro Plan, 29.99 USD a month")
    jane.frame.get_by_role("button", name="Pay $29.99").click()
    jane.page.wait_for_url("**/result**")
    jane.page.get_by_role("link", name="Your account").click()
    jane.page.get_by_text("Renews on 2026-02-01 · period 1").wait_for()
    jane.press("Cancel at the end of the period")
    jane.page.get_by_text("Ends on 2026-02-01").wait_for()
    jane.press("Keep it")
    jane.page.get_by_text("Renews on 2026-02-01").wait_for()
    jane.press("Next renewal")
    jane.page.get_by_text("Renews on 2026-03-01 · period 2").wait_for()

    assert "2026-02-01T00:00:00.000Z" == account.now
    assert [] == jane.visit.complaints


@pytest.mark.parametrize("number", [VISA, DECLINED])
def test_separate_fields_pay_in_the_shop(jane, number):
    """The shop shows the safe message by itself."""
    jane.buy()
    jane.page.get_by_role("link", name="separate fields").click()
    for place, name, text in (
        ("number", "cardNumber", number),
        ("expiry", "cardExpiry", "1240"),
        ("cvc", "cardCvc", "100"),
    ):
        jane.page.frame_locator(f"#{place} iframe").locator(f"input[name={name}]").fill(text)
    jane.press("Pay 24.00 USD")

    if number == VISA:
        jane.page.wait_for_url("**/result**")
    else:
        jane.page.locator("#message:not(:empty)").wait_for()
    assert [] == jane.visit.complaints


def test_the_panel_loads_another_scenario(account, jane):
    """The shop goes on with the account that the scenario makes."""
    jane.page.get_by_label("Begin anew with").fill("cascade_failover")
    jane.press("Load")
    jane.page.get_by_text("scenario cascade failover").wait_for()
    jane.buy()
    jane.pay()
    jane.page.wait_for_url("**/result**")

    assert "Thank you, Jane" == jane.title()


@pytest.mark.parametrize("look", [{"viewport": {"width": 320, "height": 640}}, {"color_scheme": "dark"}, {}])
def test_every_page_is_accessible_and_fits(account, visit, look):
    """Axe finds nothing on shelf, checkout, separate fields, result and account, and nothing scrolls sideways."""
    from axe_playwright_python.sync_playwright import Axe  # late: other marks run without it

    visitor = visit(**look, bypass_csp=True)
    jane = Visitor(account, visitor)
    account.subscribe(account.ids["jane"], account.ids["pro_monthly"])
    jane.buy()
    checkout = jane.page.url
    payment = checkout.rpartition("/")[2]
    for path in (
        *(jane.home, checkout, f"{checkout}?fields=separate", f"{jane.home}/result?payment={payment}"),
        *(f"{jane.home}/account", f"{jane.home}/result?payment=pay_x"),
    ):
        jane.page.goto(path)
        found = Axe().run(jane.page).response["violations"]
        assert [] == [f"{path} {one['id']}: {one['help']} {one['nodes'][0]['html']}" for one in found]
        assert jane.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
