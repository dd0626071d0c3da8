"""The dashboard's frame: the clock that is always there, the search, the sandboxes, the addresses."""

import pytest

from mock_odus.app import Server, create_app

pytestmark = pytest.mark.browser

NOW = ".now"


def test_the_clock_moves(account, dashboard):
    """Each button moves the sandbox's clock, and the bar shows the new time and what came of it."""
    account.subscribe(account.ids["jane"], account.ids["pro_monthly"])
    visitor = dashboard("payments")
    for button, now, done in (
        ("+1 day", "2026-01-02", "Nothing was due on the way."),
        ("+1 week", "2026-01-09", "Nothing was due on the way."),
        ("Next event", "2026-02-01", "1 job, 1 attempt, 5 events."),
        ("+1 month", "2026-03-01", "1 job, 1 attempt, 5 events."),
        ("Next renewal", "2026-04-01", "1 job, 1 attempt, 5 events."),
    ):
        visitor.press(button)
        visitor.page.locator(NOW, has_text=f"{now} 00:00:00").wait_for()
        visitor.page.get_by_text(done).wait_for()
        assert f"{now}T00:00:00.000Z" == account.now
    visitor.press("Other…")
    visitor.press("Go")
    visitor.page.get_by_text("one of the two").wait_for()
    visitor.page.get_by_role("dialog").get_by_role("textbox", name="To").fill("2026-04-02T09:30:00Z")
    visitor.press("Go")
    visitor.page.locator(NOW, has_text="2026-04-02 09:30:00").wait_for()
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


def test_a_long_way_tells_how_far_it_is_and_can_be_stopped(account, dashboard):
    """A plan by the minute makes thousands of jobs: they are counted, and a press ends it where it is."""
    minutely = {"position": 1, "amount": 100, "intervalUnit": "minute", "intervalValue": 1}
    price = account.prices.create(
        product=account.ids["pro"], type="recurring", currency="usd", billing_schedule={"cycleDefinitions": [minutely]}
    )
    account.subscribe(account.ids["jane"], price)
    visitor = dashboard("sandboxes")
    visitor.press("+1 month")
    visitor.page.get_by_role("progressbar").wait_for()
    visitor.page.get_by_text("500 jobs").wait_for()
    visitor.press("Stop here")
    visitor.page.get_by_text("Stopped on the way.").wait_for()

    assert "2026-01-01" < account.now < "2026-02-01"
    assert [] == visitor.complaints


def test_what_cannot_be_is_told(dashboard):
    """Without subscriptions there is no next renewal: the bar says what the mock said."""
    visitor = dashboard("payments")
    visitor.press("Next renewal")
    visitor.page.get_by_role("alert").wait_for()

    assert "renewal" in visitor.page.get_by_role("alert").inner_text()


def test_a_mock_that_is_gone_is_told(visit):
    """When it ends the bar says so, and what is shown stays."""
    server = Server(create_app(scenario="starter"))
    server.start()
    page = visit().page
    page.goto(f"{server.url}/dashboard/mock/payments")
    page.get_by_role("heading", name="No payments yet").wait_for()
    page.get_by_text("not connected").wait_for(state="detached")
    server.stop()
    page.get_by_text("not connected").wait_for()

    assert page.get_by_role("heading", name="No payments yet").is_visible()


def test_a_sandbox_that_is_gone_is_told(account, dashboard):
    """When somebody deletes it, the page says so and offers those that are there."""
    visitor = dashboard("payments")
    visitor.page.get_by_role("heading", name="No payments yet").wait_for()
    account.delete(f"/_mock/sandboxes/{account.name}")
    try:
        visitor.page.get_by_role("heading", name="No such sandbox").wait_for()
    finally:
        account._connection.ask("POST", "/_mock/sandboxes", {"name": account.name})  # the fixture will delete it
    visitor.page.get_by_role("link", name="mock", exact=True).click()
    visitor.page.wait_for_url("**/dashboard/mock/home")
