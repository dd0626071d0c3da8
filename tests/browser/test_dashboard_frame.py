"""The dashboard's frame: the clock that is always there, the search, the sandboxes, the addresses."""

import pytest

pytestmark = pytest.mark.browser

NOW = ".now"


@pytest.mark.parametrize(
    ("button", "now"),
    [
        ("+1 day", "2026-01-02 00:00:00"),
        ("+1 week", "2026-01-08 00:00:00"),
        ("+1 month", "2026-02-01 00:00:00"),
        ("Next event", "2026-02-01 00:00:00"),
        ("Next renewal", "2026-02-01 00:00:00"),
    ],
)
def test_the_clock_moves(account, dashboard, button, now):
    """Each button moves the sandbox's clock, and the bar shows the new time."""
    account.subscribe(account.ids["jane"], account.ids["pro_monthly"])
    visitor = dashboard("payments")
    visitor.press(button)
    visitor.page.locator(NOW, has_text=now).wait_for()

    assert now == account.now[:19].replace("T", " ")
    assert [] == visitor.complaints


def test_the_clock_ticks_and_stands(account, dashboard):
    """A press lets it run by itself, another one stops it."""
    visitor = dashboard("payments")
    visitor.press("Let it tick")
    visitor.page.locator(NOW, has_text="00:00:02").wait_for()
    visitor.press("Freeze")
    visitor.page.get_by_role("button", name="Let it tick").wait_for()

    assert "frozen" == account.get("/_mock/clock").mode
    assert [] == visitor.complaints


def test_what_others_do_is_seen_at_once(account, dashboard):
    """A payment that a test makes stands in the list, and the clock that it moves in the bar, without a reload."""
    visitor = dashboard("payments")
    visitor.page.get_by_role("heading", name="No payments yet").wait_for()
    account.pay(4900)
    visitor.page.get_by_role("row", name="49.00 USD succeeded").wait_for()
    account.advance(by="1 day")
    visitor.page.locator(NOW, has_text="2026-01-02").wait_for()

    assert [] == visitor.complaints


def test_an_id_is_found(account, dashboard):
    """The key / leads to the search, and an id to its page; a transaction's to that of its payment."""
    payment = account.pay(4900)
    visitor = dashboard("payments")
    for id in (payment.id, payment.transactions[0].id):
        visitor.page.get_by_role("heading", name="Payments").wait_for()
        visitor.page.keyboard.press("/")
        visitor.page.keyboard.type(id)
        visitor.page.keyboard.press("Enter")
        visitor.page.wait_for_url(f"**/payments/{payment.id}")
        visitor.page.go_back()

    assert [] == visitor.complaints


def test_another_sandbox_is_another_account(account, dashboard):
    """The switch leads to the same page of another sandbox, whose payments it shows."""
    account.pay(4900)
    visitor = dashboard("payments")
    visitor.page.get_by_role("row", name="49.00 USD").wait_for()
    visitor.page.get_by_label("Sandbox").select_option("mock")
    visitor.page.wait_for_url("**/dashboard/mock/payments")
    visitor.page.get_by_role("row", name="49.00 USD").wait_for(state="detached")

    assert [] == visitor.complaints


@pytest.mark.parametrize(
    ("path", "title"), [("nowhere", "There is no page here"), ("../nobody/payments", "No such sandbox")]
)
def test_what_is_not_there_says_so(dashboard, path, title):
    """An unknown page and an unknown sandbox offer the way to what there is."""
    visitor = dashboard(path)

    visitor.page.get_by_role("heading", name=title).wait_for()
    assert visitor.page.get_by_role("main").get_by_role("link").count()


def test_times_are_shown_in_the_chosen_timezone(account, dashboard):
    """The switch holds for every instant, and for the next visit."""
    account.pay(4900)
    config = account.get("/merchant-configs").data[0]
    account.post(f"/merchant-configs/{config.id}", {"timezone": "Asia/Tokyo"})
    visitor = dashboard("payments")
    visitor.page.get_by_label("Times in").select_option("Asia/Tokyo")
    visitor.page.get_by_role("row", name="2026-01-01 09:00").wait_for()
    visitor.page.reload()

    assert "2026-01-01 09:00:00" == visitor.page.locator(NOW).inner_text()
