"""The users page: the team, and the dashboard as one of them sees it."""

import pytest

from mock_odus.driver import OdusApiError

pytestmark = pytest.mark.browser

PASSWORD = "Str0ng#Pass"
LOOKS = {"wide": {}, "dark": {"color_scheme": "dark"}, "phone": {"viewport": {"width": 360, "height": 740}}}


@pytest.fixture
def sam(account):
    """A support agent."""
    return account.users.create(email="sam@example.com", password=PASSWORD, role="supportAgent", firstName="Sam")


def act_as(visitor, password=PASSWORD):
    """Logs in from the user's page, and looks at the dashboard as they do."""
    visitor.press("Act as this user")
    visitor.page.get_by_label("Password").fill(password)
    visitor.press("Log in")
    visitor.press("See the dashboard as they do")


def complaints(visitor):
    """What was said on the console but for refusals, which a browser always tells there."""
    return [text for text in visitor.complaints if "403 (Forbidden)" not in text and "401 (Unauth" not in text]


def test_a_user_is_made_changed_and_deleted(account, dashboard):
    """What is wrong stands at its field in the mock's words; what is done is done in the account."""
    visitor = dashboard("users")
    page = visitor.page
    page.get_by_role("heading", name="Nobody but you").wait_for()
    page.get_by_role("button", name="New user").first.click()
    page.get_by_role("textbox", name="Email").fill("ann@example.com")
    page.get_by_label("Password").fill("weak")
    page.get_by_label("Role").select_option("supportAgent")
    page.get_by_role("dialog").get_by_role("button", name="New user").click()
    problem = page.get_by_text("password must be a password of 8 to 200 characters")
    problem.wait_for()
    assert problem.get_attribute("id") == page.get_by_label("Password").get_attribute("aria-describedby")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("dialog").get_by_role("button", name="New user").click()
    page.get_by_role("heading", name="ann@example.com").wait_for()
    visitor.press("Edit")
    page.get_by_label("Role").select_option("developer")
    page.get_by_label("First name").fill("Ann")
    visitor.press("Save")
    page.get_by_role("heading", name="Ann", exact=True).wait_for()
    (ann,) = account.users.list()
    assert ("ann@example.com", "developer", "Ann") == (ann.email, ann.role, ann.firstName)
    visitor.press("Delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_role("heading", name="Nobody but you").wait_for()

    assert [] == account.users.list()
    assert [] == [text for text in visitor.complaints if "400 (Bad Request)" not in text]


def test_the_list_is_filtered_by_role(account, sam, dashboard):
    """The filter stands in the address, and a row leads to the user."""
    account.users.create(email="ann@example.com", password=PASSWORD, role="admin")
    visitor = dashboard("users")
    page = visitor.page
    page.get_by_role("row", name="ann@example.com").wait_for()
    page.get_by_label("Role").select_option("supportAgent")
    page.get_by_role("row", name="ann@example.com").wait_for(state="detached")
    assert "role[eq]=supportAgent" in page.url
    page.get_by_role("link", name="sam@example.com").click()
    page.get_by_role("heading", name="Sam", exact=True).wait_for()

    assert page.url.endswith(f"/users/{sam.id}")
    assert [] == visitor.complaints


def test_a_support_agent_sees_what_the_role_may(account, sam, dashboard):
    """Payments are shown, all else is refused in the mock's own words; the clock stays the owner's."""
    account.pay(4900)
    visitor = dashboard(f"users/{sam.id}")
    page = visitor.page
    act_as(visitor)
    page.get_by_text("You act as sam@example.com").wait_for()
    page.get_by_role("row", name="49.00 USD succeeded").wait_for()
    visitor.press("New payment")
    page.get_by_role("dialog").get_by_role("button", name="New payment").click()
    page.get_by_text("a supportAgent lacks the permission PAYMENT_CREATE").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Users").click()
    page.get_by_text("a supportAgent lacks the permission USER_READ").wait_for()
    visitor.press("+1 day")
    page.locator(".now", has_text="2026-01-02").wait_for()
    page.reload()
    page.get_by_text("a supportAgent lacks the permission USER_READ").wait_for()
    visitor.press("Stop acting")
    page.get_by_role("row", name="sam@example.com").wait_for()
    page.locator(".acting").wait_for(state="detached")

    assert ("2026-01-02", 1) == (account.now[:10], len(account.payments.list()))
    assert [] == complaints(visitor)


def test_another_role_holds_at_once(account, sam, dashboard):
    """Who acts as a user whose role is changed may do what the new one may, and nothing once they are deleted."""
    visitor = dashboard(f"users/{sam.id}")
    page = visitor.page
    act_as(visitor)
    page.get_by_role("heading", name="No payments yet").wait_for()
    page.get_by_role("link", name="Users").click()
    page.get_by_text("a supportAgent lacks").wait_for()
    account.users.update(sam, role="admin")
    visitor.press("Try again")
    page.get_by_role("row", name="sam@example.com").wait_for()
    account.users.delete(sam)
    page.reload()
    page.get_by_text("this key is unknown or was revoked").wait_for()

    assert [] == complaints(visitor)


def test_a_wrong_password_is_told(account, sam, dashboard):
    """Nobody acts as anybody without it; the key that it gives is shown, and works."""
    visitor = dashboard(f"users/{sam.id}")
    page = visitor.page
    visitor.press("Act as this user")
    page.get_by_label("Password").fill("Wr0ng#Pass")
    visitor.press("Log in")
    page.get_by_text("the email or the password is wrong").wait_for()
    page.get_by_label("Password").fill(PASSWORD)
    visitor.press("Log in")
    key = page.get_by_role("dialog").locator("pre").inner_text()
    page.get_by_text("It has 3 permissions: PAYMENT_READ, CUSTOMER_READ, SUBSCRIPTION_READ.").wait_for()

    assert key.startswith(f"sess_{account.name}_")
    assert 0 == page.locator(".acting").count()
    with pytest.raises(OdusApiError, match="a supportAgent lacks the permission PRODUCT_READ"):
        account._connection.ask("GET", "/products", key=key)
    assert [] == complaints(visitor)


@pytest.mark.parametrize("look", LOOKS)
def test_users_are_accessible_and_fit(account, sam, dashboard, look):
    """The list, a user, the dialogs and the strip that says who acts: axe finds nothing, nothing scrolls sideways."""
    from axe_playwright_python.sync_playwright import Axe  # late: other marks run without it

    def check():
        found = Axe().run(page).response["violations"]
        assert [] == [f"{one['id']}: {one['help']} {one['nodes'][0]['html']}" for one in found]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    visitor = dashboard("users", **LOOKS[look], bypass_csp=True)
    page = visitor.page
    page.get_by_role("row", name="sam@example.com").wait_for()
    check()
    page.get_by_role("link", name="sam@example.com").click()
    page.get_by_role("heading", name="Sam", exact=True).wait_for()
    check()
    visitor.press("Act as this user")
    check()
    page.get_by_label("Password").fill(PASSWORD)
    visitor.press("Log in")
    page.get_by_role("button", name="See the dashboard as they do").wait_for()
    check()
    visitor.press("See the dashboard as they do")
    page.get_by_role("heading", name="No payments yet").wait_for()
    page.locator(".acting").wait_for()
    check()


def test_names_are_never_markup(account, dashboard):
    """A user who is named with a script tag is text in the list, the page and the strip."""
    markup = "<script>window.hacked=1</script>"
    eve = account.users.create(
        email="<b>@x.example", password=PASSWORD, role="admin", firstName=markup, lastName=markup
    )
    visitor = dashboard("users")
    page = visitor.page
    page.get_by_text("<script>").wait_for()
    page.get_by_role("link", name="<b>@x.example").click()
    page.get_by_role("heading", name=markup).wait_for()
    act_as(visitor)
    page.get_by_text("You act as <b>@x.example").wait_for()

    assert eve.id == account.users.list()[0].id
    assert page.evaluate("window.hacked === undefined")
    assert [] == visitor.complaints
