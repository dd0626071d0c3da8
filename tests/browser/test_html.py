"""Every page that a person meets is valid HTML."""

import json

import pytest

from tests.browser.test_dashboard_looks import REGISTERED, busy, settled

CHALLENGED, DECLINED = "4000000000003220", "4000000000000002"
RULES = {  # who can use a page is asked of axe
    "extends": ["html-validate:standard", "html-validate:document"],
    "rules": {
        "heading-level": ["error", {"minInitialRank": "h2"}],  # a page may begin with what leads through it
        "no-implicit-button-type": "off",  # a button that submits needs to say nothing
        "require-sri": ["error", {"target": "crossorigin"}],
    },
}

pytestmark = pytest.mark.browser


def complaints(workshop, name, texts):
    """What html-validate finds in them."""
    (workshop.folder / ".htmlvalidate.json").write_text(json.dumps(RULES))
    (workshop.folder / name).mkdir()
    for page, text in texts.items():
        (workshop.folder / name / f"{page}.html").write_text(text)
    checking = workshop.start("html-validate", "--formatter", "stylish", name)
    found, failure = checking.communicate()
    assert ("", bool(found)) == (failure, checking.returncode != 0)
    return found


@pytest.fixture
def addresses(account):
    """Where the pages are: the bank and PayPal before and after the answer, the shop, the frame of the checkout."""
    home = f"{account.url}/shop/{account.name}"
    paypal = account.gateway_profiles.create(title="PayPal", integration="paypal").id
    options = {"paypal": {"mode": "gatewayProfile", "gatewayProfile": paypal}}
    asked, answered = (account.pay(4900, card=CHALLENGED) for _ in range(2))
    account.complete_challenge(answered, "passed")
    by_paypal = account.payments.create(amount=4900, currency="usd", paymentMethodOptions=options)
    waits = account.payments.authorize(by_paypal, type="paypal", returnUrl="https://shop.example/thanks")
    account.subscribe(account.ids["jane"], account.ids["pro_monthly"])
    unpaid = account.payments.create(amount=4900, currency="usd")
    declined = account.pay(4900, card=DECLINED)
    return {
        "bank": asked.action.redirectUrl,
        "bank-answered": answered.action.redirectUrl,
        "bank-unknown": f"{account.url}/challenge/{account.name}/nobody",
        "paypal": waits.action.redirectUrl,
        "shop": home,
        "shop-checkout": f"{home}/checkout/{unpaid.id}",
        "shop-fields": f"{home}/checkout/{unpaid.id}?fields=separate",
        "shop-paid": f"{home}/result?payment={answered.id}",
        "shop-declined": f"{home}/result?payment={declined.id}",
        "shop-account": f"{home}/account",
        "shop-unknown": f"{account.url}/shop/nobody",
        "shop-sorry": f"{home}/result?payment=nothing",
        "frame": f"{account.url}/sdk/frame.html",
    }


def test_every_page_is_valid(workshop, addresses, visit):
    """As they are served, and as their scripts have changed them; the bank's also when its code was a wrong one."""
    page = visit().page
    texts = {}
    for name, address in addresses.items():
        texts[name] = page.goto(address).text()
        page.wait_for_load_state("networkidle")
        texts[f"{name}-shown"] = page.content()
    page.goto(addresses["shop-checkout"])
    page.frame_locator("#checkout iframe").get_by_role("button", name="Pay $").wait_for()
    texts["frame-shown"] = page.frames[1].content()
    page.goto(addresses["bank"])
    page.get_by_label("Confirmation code").fill("9999")
    page.get_by_role("button", name="Confirm payment").click()
    texts["bank-wrong-code"] = page.content()

    assert "" == complaints(workshop, "customer", texts)


def test_every_page_of_the_dashboard_is_valid(workshop, account, dashboard):
    """As its scripts have made it, of an account in which much has happened."""
    page = dashboard().page
    home = page.url.rpartition("/")[0]
    texts = {}
    for path in [*REGISTERED, *busy(account)]:
        page.goto(f"{home}/{path}")
        settled(page)
        texts[path.replace("/", "-") or "home"] = page.content()

    assert "" == complaints(workshop, "dashboard", texts)
