"""The challenge page as a person meets it (checkout/3ds-and-redirect-handling)."""

import pytest

pytestmark = pytest.mark.browser

PASS, FAIL, CANCEL = "Yes, pass the challenge", "Fail the challenge", "Cancel and go back"
PHONE = {"viewport": {"width": 320, "height": 568}}
LOOKS = [{"color_scheme": "light"}, {"color_scheme": "dark"}, PHONE, {"forced_colors": "active"}]


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
@pytest.mark.parametrize(
    ("button", "status", "success"), [(PASS, "succeeded", "true"), (FAIL, "open", "false"), (CANCEL, "open", "false")]
)
def test_a_button_brings_the_customer_back(account, challenged, shop, visit, button, status, success, scripts):
    """Pass, fail or cancel: the browser lands on returnUrl with its own parameter, success and payment."""
    visitor = visit(java_script_enabled=scripts)
    visitor.page.goto(challenged.action.redirectUrl)
    visitor.press(button)
    visitor.page.wait_for_url(f"{shop}/**")

    expected = {"order": "7", "success": success, "payment": challenged.id}
    assert (f"{shop}/thanks", expected, "done") == visitor.came_back
    assert status == account.payments[challenged.id].status
    assert [] == visitor.complaints


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_code_of_the_bank_is_asked_until_it_is_right(account, challenged, shop, visit, scripts):
    """Another code is asked for again at its field; the right one brings the customer back."""
    visitor = visit(java_script_enabled=scripts)
    visitor.page.goto(challenged.action.redirectUrl)
    code = visitor.page.get_by_label("Confirmation code")
    code.fill("9999")
    visitor.press("Confirm payment")
    assert "This is not the code. Please try again." == visitor.page.get_by_role("alert").inner_text()
    code.fill("1234")
    code.press("Enter")
    visitor.page.wait_for_url(f"{shop}/**")

    assert "true" == visitor.came_back[1]["success"]
    assert "succeeded" == account.payments[challenged.id].status
    assert [] == visitor.complaints


def test_going_back_does_not_answer_twice(account, challenged, shop, visit):
    """The back button and another press: the page says what happened, and nothing changes."""
    visitor = visit()
    visitor.page.goto(challenged.action.redirectUrl)
    visitor.press(FAIL)
    visitor.page.wait_for_url(f"{shop}/**")
    visitor.page.goto(challenged.action.redirectUrl)

    assert "This link has been used" == visitor.page.get_by_role("heading").inner_text()
    assert visitor.page.get_by_text("The challenge was failed.").is_visible()
    assert 0 == visitor.page.get_by_role("button").count()
    visitor.page.get_by_role("link", name="Back to the shop").click()
    visitor.page.wait_for_url(f"{shop}/**")
    assert "false" == visitor.came_back[1]["success"]
    assert "open" == account.payments[challenged.id].status
    assert [] == visitor.complaints


def test_a_press_on_a_page_that_was_left_open_is_told(account, challenged, visit):
    """A page that stayed open while the challenge was answered elsewhere says so when a button is pressed."""
    visitor = visit()
    visitor.page.goto(challenged.action.redirectUrl)
    account.complete_challenge(challenged, "cancelled")
    visitor.press(PASS)

    visitor.page.get_by_text("The challenge was cancelled.").wait_for()
    assert "open" == account.payments[challenged.id].status


def test_a_lapsed_link_says_so(account, challenged, visit):
    """After 24 hours the page tells that nobody answered."""
    account.advance(by="1 day")
    visitor = visit()
    visitor.page.goto(challenged.action.redirectUrl)

    assert visitor.page.get_by_text("Nobody answered within 24 hours").is_visible()
    assert 0 == visitor.page.get_by_role("button").count()


def test_an_unknown_link_is_a_page(account, visit):
    """A link that nobody made is a page of status 404, with a heading."""
    visitor = visit()
    answer = visitor.page.goto(f"{account.url}/challenge/{account.name}/nothing")

    assert 404 == answer.status
    assert "Nothing here" == visitor.page.get_by_role("heading").inner_text()


def test_the_keyboard_is_enough(challenged, shop, visit):
    """Tab goes from button to button in the order they stand, and Enter presses the one in focus."""
    visitor = visit()
    visitor.page.goto(challenged.action.redirectUrl)
    focused = []
    for _ in range(3):
        visitor.page.keyboard.press("Tab")
        focused.append(visitor.page.evaluate("document.activeElement.textContent"))
    outline = visitor.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    visitor.page.keyboard.press("Shift+Tab")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url(f"{shop}/**")

    assert [PASS, FAIL, CANCEL] == focused
    assert "none" != outline
    assert "false" == visitor.came_back[1]["success"]


def test_the_link_of_a_used_page_is_reached_by_keyboard(account, challenged, shop, visit):
    """On the page of a used link, Tab reaches the way back."""
    account.complete_challenge(challenged)
    visitor = visit()
    visitor.page.goto(challenged.action.redirectUrl)
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url(f"{shop}/**")

    assert "true" == visitor.came_back[1]["success"]


def pages(account, challenged, visitor):
    """Each page that there is, one after the other."""
    yield visitor.page.goto(challenged.action.redirectUrl)
    account.complete_challenge(challenged)
    yield visitor.page.goto(challenged.action.redirectUrl)
    yield visitor.page.goto(f"{account.url}/challenge/{account.name}/nothing")


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "phone", "high contrast"])
def test_every_page_is_accessible(account, challenged, visit, look):
    """Axe finds nothing on any page, in either colour scheme, on a phone and in high contrast."""
    from axe_playwright_python.sync_playwright import Axe  # late: other marks run without it

    visitor = visit(**look, bypass_csp=True)
    for _ in pages(account, challenged, visitor):
        found = Axe().run(visitor.page).response["violations"]

        assert [] == [f"{one['id']}: {one['help']} {one['nodes'][0]['html']}" for one in found]


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_no_page_scrolls_sideways(account, shop, visit, width):
    """Long ids and a long name fit the narrowest phone, and the buttons are large enough to touch."""
    payment = account.pay(
        999_999_999_999, card="4000000000003220", return_url=shop, statement_descriptor="WWWWWWWWWWWWWWWWWWWWWW"
    )
    visitor = visit(viewport={"width": width, "height": 600})
    for _ in pages(account, payment, visitor):
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
        assert 44 <= min(box["height"] for box in boxes(visitor.page))


def boxes(page):
    found = [*page.get_by_role("button").all(), *page.get_by_role("link").all()]
    return [one.bounding_box() for one in found] or [{"height": 44}]


def test_a_hostile_name_stays_text(account, shop, visit):
    """A statement descriptor that looks like markup is read as it was written, and runs nothing."""
    hostile = "<img src=x onerror=1>"
    payment = account.pay(100, card="4000000000003220", return_url=shop, statement_descriptor=hostile)
    visitor = visit()
    visitor.page.goto(payment.action.redirectUrl)

    assert visitor.page.get_by_text(hostile).is_visible()
    assert 0 == visitor.page.locator("img").count()
    assert [] == visitor.complaints


def test_the_console_stays_empty(account, challenged, visit):
    """No page has a word to say to the console, the icon included; only the 404 itself is noted."""
    visitor = visit()
    for _ in pages(account, challenged, visitor):
        pass

    assert [] == [line for line in visitor.complaints if "404" not in line]


@pytest.mark.parametrize("site", ["frame", "top"])
def test_the_page_works_inside_a_frame(account, challenged, shop, visit, site):
    """A checkout may show the challenge in a frame: it is answered there, and comes back there."""
    visitor = visit()
    if site == "top":
        visitor.page.goto(challenged.action.redirectUrl)
        frame = visitor.page.main_frame
    else:
        visitor.page.goto(f"{shop}/checkout")
        add = "url => document.body.append(Object.assign(document.createElement('iframe'), {src: url, name: 'bank'}))"
        visitor.page.evaluate(add, challenged.action.redirectUrl)
        visitor.page.frame_locator("iframe").get_by_role("button", name=PASS).wait_for()
        frame = visitor.page.frame("bank")
    frame.get_by_role("button", name=PASS).click()
    frame.wait_for_url(f"{shop}/thanks**")

    assert "succeeded" == account.payments[challenged.id].status
