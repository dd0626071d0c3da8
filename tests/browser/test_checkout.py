"""The checkout module in a page of another origin, under a strict policy, as a customer meets it."""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest

pytestmark = pytest.mark.browser

VISA, DECLINED, CHALLENGED = "4242424242424242", "4000000000000002", "4000000000003220"
PAYPAL = {"title": "PayPal", "integration": "paypal"}
PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<script type="module" src="/shop.js"></script></head>
<body><main><h1>Checkout</h1><div id="checkout"></div><div id="number"></div><div id="expiry"></div><div id="cvc"></div>
<div id="holder"></div><button id="pay">Buy now</button><ol id="heard"></ol></main></body></html>"""
SCRIPT = """import {{ OdusCheckout }} from "{sdk}";
const hear = (name) => (detail) => {{
  const line = document.createElement("li");
  line.textContent = JSON.stringify([name, detail]);
  document.getElementById("heard").append(line);
  sessionStorage.setItem("heard", name);
}};
const callbacks = Object.fromEntries(
  ["onPaymentSucceeded", "onPaymentFailed", "onActionRequired"].map((name) => [name, hear(name)]));
const checkout = new OdusCheckout({{ ...{options}, callbacks }});
if ({separate}) {{
  const elements = checkout.elements({{ appearance: {{ colors: {{ border: "#123456" }} }} }});
  elements.create("cardNumber", {{ label: "Number" }}).mount("#number");
  elements.create("cardExpiry", {{ appearance: {{ colors: {{ border: "#654321" }} }} }}).mount("#expiry");
  elements.create("cardCvc", {{ placeholder: "CVC" }}).mount("#cvc");
  elements.create("cardholderName").mount("#holder");
  document.getElementById("pay").addEventListener("click", () => elements.submit());
}} else checkout.mount("#checkout");
"""
POLICY = (
    "default-src 'none'; script-src 'self' {mock}; frame-src {mock}; img-src data:; base-uri 'none'; form-action 'none'"
)
LISTEN = """(() => {
  const said = [];
  const keep = (value) => said.push(JSON.stringify(value) ?? "");
  for (const kind of [MessagePort, Window]) {
    const post = (kind === Window ? window : kind.prototype).postMessage;
    (kind === Window ? window : kind.prototype).postMessage = function (message, ...more) {
      keep(message);
      return post.call(this, message, ...more);
    };
  }
  addEventListener("message", ({ data }) => keep(data));
  window.saidHere = () => [...said, location.href, JSON.stringify({ ...localStorage, ...sessionStorage }),
    document.cookie];
})()"""


class Till:
    """A page of the shop with the checkout on it."""

    def __init__(self, visitor, mock, origin, pages, payment, *, separate=False, **options):
        self.visitor, self.page, self.origin, self.payment = visitor, visitor.page, origin, payment
        told = {
            "paymentId": payment.id,
            "checkoutKey": payment.checkoutKey,
            "returnUrl": f"{origin}/thanks?order=7",
            **options,
        }
        script = SCRIPT.format(sdk=f"{mock}/sdk/checkout.js", options=json.dumps(told), separate=json.dumps(separate))
        pages["/shop.js"] = ("text/javascript", "", script.encode())
        pages["/checkout"] = ("text/html", POLICY.format(mock=mock), PAGE.encode())
        self.page.set_default_timeout(5000)
        self.page.goto(f"{origin}/checkout")

    @property
    def frame(self):
        return self.page.frame_locator("#checkout iframe")

    def type(self, number=VISA, expiry="1240", cvc="100"):
        """Types a card into the fields, key by key."""
        for name, text in (("cardNumber", number), ("cardExpiry", expiry), ("cardCvc", cvc)):
            self.field(name).press_sequentially(text)

    def field(self, name):
        places = {"cardNumber": "number", "cardExpiry": "expiry", "cardCvc": "cvc", "cardholderName": "holder"}
        if self.page.locator("#checkout iframe").count():
            return self.frame.locator(f"input[name={name}]")
        return self.page.frame_locator(f"#{places[name]} iframe").locator(f"input[name={name}]")

    def press(self, name="Pay $49.00"):
        self.frame.get_by_role("button", name=name).click()

    def heard(self):
        """The next callback: its name and what it was told."""
        line = self.page.locator("#heard li").last
        line.wait_for()
        return json.loads(line.inner_text())

    def came_back(self):
        """Where the browser is, and its parameters."""
        self.page.wait_for_url("**/thanks**")
        return dict(parse_qsl(urlsplit(self.page.url).query))


@pytest.fixture
def payment(account):
    """A payment of 49.00 that can be paid in every way."""

    def make(**fields):
        paypal = account.gateway_profiles.create(**PAYPAL).id
        stripe = account.ids["stripe_eu"]
        options = {
            "paypal": {"mode": "gatewayProfile", "gatewayProfile": paypal},
            "applePay": {"mode": "gatewayProfile", "gatewayProfile": stripe},
        }
        return account.payments.create(amount=4900, currency="usd", paymentMethodOptions=options, **fields)

    return make


@pytest.fixture
def till(account, mock, shop, pages, payment, visit):
    """A checkout of a new payment on a page of another origin."""

    def make(look=None, created=None, **options):
        return Till(visit(**(look or {})), mock.url, shop, pages, created or payment(), **options)

    return make


def test_a_card_is_paid_in_the_page(account, till):
    """Without 3DS the success is told to the callback, and the page stays where it is."""
    shop = till()
    shop.type()
    assert "4242 4242 4242 4242" == shop.field("cardNumber").input_value()
    assert "12 / 40" == shop.field("cardExpiry").input_value()
    shop.press()

    assert ["onPaymentSucceeded", {"payment": shop.payment.id, "status": "succeeded"}] == shop.heard()
    shop.frame.get_by_text("This payment is complete.").wait_for()
    assert "succeeded" == account.payments[shop.payment.id].status
    assert f"{shop.origin}/checkout" == shop.page.url
    assert [] == shop.visitor.complaints


def test_a_decline_shows_the_safe_message(account, till):
    """It is told to the callback and stands on the page; the next card goes through."""
    shop = till()
    shop.type(DECLINED)
    shop.press()
    name, told = shop.heard()
    safe = account.payments[shop.payment.id].transactions[-1].outcome.safeErrorMessage

    assert ("onPaymentFailed", safe) == (name, told["message"])
    assert {"payment", "status", "message", "retryStrategy"} == set(told)
    assert safe == shop.frame.get_by_role("alert").inner_text()
    shop.field("cardNumber").fill(VISA)
    shop.press()
    shop.page.locator("#heard li").nth(1).wait_for()
    assert "onPaymentSucceeded" == shop.heard()[0]
    assert [] == shop.visitor.complaints


@pytest.mark.parametrize(
    ("number", "button", "success"),
    [
        (CHALLENGED, "Yes, pass the challenge", "true"),
        (CHALLENGED, "Fail the challenge", "false"),
        (CHALLENGED, "Cancel and go back", "false"),
        (None, "Approve", "true"),
        (None, "Decline", "false"),
    ],
)
def test_a_redirect_leaves_the_page(account, till, number, button, success):
    """3DS and PayPal go away and come back to returnUrl; no callback is called."""
    shop = till()
    if number:
        shop.type(number)
    shop.press("Pay $49.00" if number else "Pay with PayPal")
    shop.page.wait_for_url("**/challenge/**")
    shop.page.get_by_role("button", name=button).click()

    expected = {"order": "7", "success": success, "payment": shop.payment.id, "checkoutKey": shop.payment.checkoutKey}
    assert expected == shop.came_back()
    assert shop.page.evaluate("sessionStorage.getItem('heard')") is None
    assert ("succeeded" if success == "true" else "open") == account.payments[shop.payment.id].status
    assert [] == shop.visitor.complaints


def test_a_lapsed_challenge_can_be_tried_again(account, till):
    """A customer who left and comes back a day later pays with another card."""
    shop = till()
    shop.type(CHALLENGED)
    shop.press()
    shop.page.wait_for_url("**/challenge/**")
    shop.page.goto(f"{shop.origin}/checkout")
    shop.frame.get_by_role("button", name="Continue").wait_for()
    account.advance(by="1 day")
    shop.page.reload()
    shop.type()
    shop.press()

    assert "onPaymentSucceeded" == shop.heard()[0]


def test_the_shop_may_handle_the_redirect_itself(till):
    """With manualActionHandling it is told where to send the customer, and the page stays."""
    shop = till(manualActionHandling=True)
    shop.type(CHALLENGED)
    shop.press()
    name, told = shop.heard()

    assert ("onActionRequired", "requires_action") == (name, told["status"])
    assert "/challenge/" in told["redirectUrl"]
    assert f"{shop.origin}/checkout" == shop.page.url


def test_apple_pay_needs_no_card(till):
    """The simulated wallet pays at once."""
    shop = till()
    shop.press("Pay with Apple Pay")

    assert "onPaymentSucceeded" == shop.heard()[0]


def test_a_saved_card_needs_no_number(account, till, payment):
    """Cards that the shop's server tells of can be chosen, the first one is; a new one can still be typed."""
    jane = account.ids["jane"]
    saved = [dict(one) for one in account.payment_methods.list(customer=jane)]
    shop = till(created=payment(customer=jane), savedMethods=json.loads(json.dumps(saved, default=dict)))
    shop.frame.get_by_label("Another card").check()
    shop.field("cardNumber").wait_for()
    shop.frame.get_by_label("Visa •••• 4242").check()
    shop.field("cardNumber").wait_for(state="hidden")
    shop.press()

    assert "onPaymentSucceeded" == shop.heard()[0]
    assert account.ids["janes_visa"] == account.payments[shop.payment.id].paymentMethod


def test_the_payments_own_saved_card_is_offered(account, till, payment):
    """Of a method that the payment names a browser knows no more than that it is there."""
    created = payment(customer=account.ids["jane"], paymentMethod=account.ids["janes_visa"])
    shop = till(created=created)
    assert shop.frame.get_by_label("Your saved card").is_checked()
    shop.press()

    assert "onPaymentSucceeded" == shop.heard()[0]


def test_what_cannot_be_is_told_at_the_field(till):
    """Nothing is sent; the first field at fault has the focus and says why."""
    shop = till()
    shop.press()
    assert "Enter the card number." == shop.frame.locator("#cardNumber-problem").inner_text()
    assert "Enter the security code." == shop.frame.locator("#cardCvc-problem").inner_text()
    shop.type("4242424242424241", "0120", "1")
    shop.press()

    assert "This is no valid card number." == shop.frame.locator("#cardNumber-problem").inner_text()
    assert "This card has expired." == shop.frame.locator("#cardExpiry-problem").inner_text()
    assert "The security code has 3 or 4 digits." == shop.frame.locator("#cardCvc-problem").inner_text()
    assert "cardNumber" == shop.frame.locator("input:focus").get_attribute("name")
    assert 0 == shop.page.locator("#heard li").count()


@pytest.mark.parametrize(
    ("number", "brand", "shown"),
    [
        ("378282246310005", "amex", "3782 822463 10005"),
        ("5555555555554444", "mastercard", "5555 5555 5555 4444"),
        ("6011111111111117", "discover", "6011 1111 1111 1117"),
        ("370000000000018", "amex", "3700 000000 00018"),
    ],
)
def test_a_brand_is_seen_and_its_number_grouped(till, number, brand, shown):
    """The mark beside the number follows what is typed, and each documented number can be paid with."""
    shop = till()
    shop.type(number)
    assert shown == shop.field("cardNumber").input_value()
    assert f"brand {brand}" == shop.frame.locator(".brand").get_attribute("class")
    shop.press()

    assert "onPaymentSucceeded" == shop.heard()[0]


@pytest.mark.parametrize("number", [VISA, DECLINED, CHALLENGED])
def test_separate_fields_pay_together(till, number):
    """Elements in frames of their own: one submit, the same callbacks, the same redirect; looks at two levels."""
    shop = till(separate=True)
    shop.type(number)
    shop.field("cardholderName").fill("Jane Doe")
    border = "getComputedStyle(document.documentElement).getPropertyValue('--border')"
    colours = [frame.evaluate(border) for frame in shop.page.frames if "/sdk/" in frame.url]
    assert {"#123456", "#654321"} == set(colours)
    shop.page.get_by_role("button", name="Buy now").click()
    if number == CHALLENGED:
        shop.page.wait_for_url("**/challenge/**")
    else:
        assert ("onPaymentSucceeded" if number == VISA else "onPaymentFailed") == shop.heard()[0]
    assert [] == shop.visitor.complaints


def test_separate_fields_say_what_is_wrong(till):
    """Each says it beneath itself, and nothing is sent."""
    shop = till(separate=True)
    shop.field("cardNumber").fill("4242")
    shop.field("cardCvc").fill("1")
    shop.page.get_by_role("button", name="Buy now").click()

    number = shop.page.frame_locator("#number iframe").get_by_text("This is no valid card number.")
    number.wait_for()
    shop.page.frame_locator("#expiry iframe").get_by_text("Enter the expiry date.").wait_for()
    assert 0 == shop.page.locator("#heard li").count()


def test_the_checkout_speaks_german(till):
    """Texts, amount and problems; a variant of a language is that language."""
    shop = till(locale="de-DE")
    shop.press("49,00 $ bezahlen")

    assert "Bitte geben Sie die Kartennummer ein." == shop.frame.locator("#cardNumber-problem").inner_text()
    assert shop.frame.get_by_label("Prüfziffer").is_visible()
    assert shop.frame.get_by_role("button", name="Mit PayPal bezahlen").is_visible()


def test_a_shop_may_bring_a_language(till):
    """Labels of the shop win, English stands in for what it has not said, and hostile ones stay text."""
    labels = {"pay": "Payer {amount}", "cardNumber": "Numéro de carte", "or": "<img src=x>"}
    shop = till(locale="fr", appearance={"labels": labels})

    shop.frame.get_by_role("button", name="Payer 49,00 $US").wait_for()
    assert shop.frame.get_by_label("Numéro de carte").is_visible()
    assert shop.frame.get_by_text("<img src=x>").is_visible()
    assert shop.frame.get_by_label("Security code").is_visible()


def test_the_looks_are_the_shops(till):
    """Colours, font, layout and the set of payment methods follow `appearance`."""
    colors = {"accent": "rgb(10, 90, 60)", "text": "red; } * { display: none"}
    looks = {"colors": colors, "fontFamily": "serif", "layout": "stacked", "paymentMethods": ["card"]}
    shop = till(appearance=looks)
    button = shop.frame.get_by_role("button")

    assert ["Pay $49.00"] == button.all_inner_texts()
    assert "rgb(10, 90, 60)" == button.evaluate("one => getComputedStyle(one).backgroundColor")
    assert "serif" == button.evaluate("one => getComputedStyle(one).fontFamily")
    widths = [shop.field(name).bounding_box()["width"] for name in ("cardNumber", "cardCvc")]
    assert widths[0] == widths[1]


def test_a_number_goes_nowhere_but_to_the_mock(mock, shop, pages, visit, payment):
    """Typed, refused, declined and paid: no request but the call that pays, no message, store, address or line."""
    visitor = visit()
    asked = []
    visitor.page.on("request", lambda request: asked.append((request.url, request.post_data or "")))
    visitor.page.add_init_script(LISTEN)
    shop = Till(visitor, mock.url, shop, pages, payment())
    shop.type("4000000000000002")
    shop.press()
    shop.heard()
    shop.field("cardNumber").fill(VISA)
    shop.press()
    shop.page.locator("#heard li").nth(1).wait_for()

    pays = f"{mock.url}/payments/{shop.payment.id}/authorize"
    assert {pays} == {url for url, sent in asked if {VISA, DECLINED} & {sent[i : i + 16] for i in range(len(sent))}}
    said = [line for frame in shop.page.frames for line in frame.evaluate("saidHere()")]
    told = "".join([*said, *(url for url, _ in asked), *visitor.complaints, shop.page.content()]).replace(" ", "")
    assert "succeeded" in told
    assert VISA not in told
    assert DECLINED not in told


@pytest.mark.parametrize("look", [{"viewport": {"width": 320, "height": 640}}, {"color_scheme": "dark"}, {}])
def test_the_checkout_is_accessible_and_fits(till, look):
    """Axe finds nothing in page or frame, on a phone, in the dark and in errors, and nothing scrolls sideways."""
    from axe_playwright_python.sync_playwright import Axe  # late: other marks run without it

    shop = till(look={**look, "bypass_csp": True}, appearance={"theme": "auto"})
    shop.press()
    frame = next(frame for frame in shop.page.frames if "/sdk/" in frame.url)
    part = {"rules": {"page-has-heading-one": {"enabled": False}}}  # a frame is part of a page, which has its own
    for place, options in ((shop.page, None), (frame, part)):
        found = Axe().run(place, options=options).response["violations"]
        assert [] == [f"{one['id']}: {one['help']} {one['nodes'][0]['html']}" for one in found]
        assert place.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_unmounting_takes_it_away(till):
    """Nothing of it is left on the page, and it can be mounted again."""
    shop = till()
    shop.page.evaluate(
        """async (url) => {
        const { OdusCheckout } = await import(url);
        const other = new OdusCheckout({ paymentId: "pay_x", checkoutKey: "ckey_x", returnUrl: "http://shop.test/" });
        other.mount("#number");
        other.unmount();
    }""",
        f"{urlsplit(shop.page.frames[1].url).scheme}://{urlsplit(shop.page.frames[1].url).netloc}/sdk/checkout.js",
    )

    assert 0 == shop.page.locator("#number iframe").count()
    assert 1 == shop.page.locator("#checkout iframe").count()


def test_what_is_missing_is_named(mock, visit):
    """The constructor says which options it needs."""
    page = visit().page
    page.goto(f"{mock.url}/sdk/frame.html")
    said = page.evaluate(
        """async (url) => {
        const { OdusCheckout } = await import(url);
        try { new OdusCheckout({ paymentId: "pay_x" }); } catch (error) { return error.message; }
    }""",
        f"{mock.url}/sdk/checkout.js",
    )

    assert "OdusCheckout: required: checkoutKey, returnUrl" == said


@pytest.mark.parametrize("way", ["import map", "route"])
def test_the_real_package_is_swapped_out(mock, shop, pages, visit, payment, way):
    """A shop that imports @odus/checkout gets the mock's: by an import map, or by a route of Playwright."""
    visitor, created = visit(), payment()
    options = {"paymentId": created.id, "checkoutKey": created.checkoutKey, "returnUrl": f"{shop}/thanks"}
    name = "@odus/checkout" if way == "import map" else f"{shop}/vendor/odus-checkout.js"
    imports = json.dumps({"imports": {"@odus/checkout": f"{mock.url}/sdk/checkout.js"}})
    script = f'import {{ OdusCheckout }} from "{name}"; new OdusCheckout({json.dumps(options)}).mount("main");'
    page = f"""<!DOCTYPE html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,">
<script type="importmap">{imports}</script></head><body><main></main>
<script type="module">{script}</script></body></html>"""
    pages["/checkout"] = ("text/html", "", page.encode())
    if way == "route":
        body = f'export * from "{mock.url}/sdk/checkout.js";'
        visitor.page.route(
            "**/odus-checkout.js", lambda route: route.fulfill(body=body, content_type="text/javascript")
        )
    visitor.page.goto(f"{shop}/checkout")
    visitor.page.frame_locator("iframe").get_by_role("button", name="Pay $49.00").wait_for()

    assert [] == visitor.complaints
