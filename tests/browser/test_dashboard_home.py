"""The home page: figures by the calendar, what was sold, what will be billed; all of it in the address."""

import re

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def earned(account):
    """A month of business: 100.00 on 1 January, 20.00 of it given back on the 3rd, a plan of 29.99, now the 20th."""
    first = account.pay(10000)
    account.subscribe(account.ids["jane"], account.ids["pro_monthly"])
    account.advance(by="2 days")
    account.payments.reverse(first, amount=2000)
    account.advance(to="2026-01-20T10:00:00Z")
    return account


def total(page, title):
    """What stands over a chart."""
    chart = page.locator(".chart").filter(has=page.get_by_role("heading", name=title, exact=True))
    return chart.locator(".total").inner_text()


def choices(page, name):
    return page.locator(f".choices label:has-text('{name} ') select").first


def day(page, date):
    """What the calendar of rebills says of a day."""
    return page.locator(f".rebills td:has(time[datetime='{date}'])")


def test_four_charts_tell_what_was_earned(earned, dashboard):
    """Gross and net revenue, refunds and their rate, in the last 30 days; each piece is in a table as well."""
    visitor = dashboard("home")
    page = visitor.page
    page.locator(".chart").first.wait_for()

    wanted = {
        "Gross revenue": "129.99 USD 2 payments",
        "Net revenue": "109.99 USD after refunds",
        "Refunds": "20.00 USD 1 refund",
        "Refund rate": "15.39 % of gross revenue",
    }
    assert wanted == {title: total(page, title) for title in wanted}
    page.get_by_text("All figures as a table").click()
    rows = [row.inner_text().split("\t") for row in page.locator(".figures tbody tr").all()]
    assert 30 == len(rows)
    assert ["1 Jan 2026", "2", "129.99 USD", "0.00 USD", "129.99 USD", "0 %"] == rows[10]
    assert ["3 Jan 2026", "0", "0.00 USD", "20.00 USD", "-20.00 USD", "–"] == rows[12]
    assert [] == visitor.complaints


def test_a_chart_says_what_a_piece_is(earned, dashboard):
    """Under the pointer stand the day and its amount."""
    visitor = dashboard("home?from=2026-01-01&to=2026-01-02")
    plot = visitor.page.locator(".chart.gross .plot")
    plot.locator(".bar").wait_for()
    plot.locator(".bar").hover()
    told = plot.locator(".tip").inner_text()
    visitor.page.mouse.move(0, 0)
    plot.locator(".tip").wait_for(state="detached")

    assert "1 Jan 2026 129.99 USD" == told


def test_ranges_count_from_the_sandboxs_today(earned, dashboard):
    """Each stands in the address, which shows the same to whoever it is sent to; nothing is no chart."""
    visitor = dashboard("home")
    page = visitor.page
    spans = {
        "month": ("Month", "2026-01-01 to 2026-01-20"),
        "7d": ("7 days", "2026-01-14 to 2026-01-20"),
        "quarter": ("Quarter", "2026-01-01 to 2026-01-20"),
        "today": ("Today", "2026-01-20"),
        "year": ("Year", "2026-01-01 to 2026-01-20"),
        "all": ("All", "2026-01-01 to 2026-01-20"),
        "": ("30 days", "2025-12-22 to 2026-01-20"),
    }
    for name, (text, span) in spans.items():
        button = page.get_by_role("button", name=text, exact=True)
        button.click()
        page.get_by_text(f"{span}, by the calendar of UTC").wait_for()
        assert page.url.endswith(f"/home?range={name}" if name else "/home")
        assert "true" == button.get_attribute("aria-pressed")
        nothing = "visible" if name in ("7d", "today") else "hidden"
        page.get_by_text("Nothing was earned in this time").wait_for(state=nothing)
    again = dashboard("home?range=month")
    again.page.get_by_text("2026-01-01 to 2026-01-20, by the calendar of UTC").wait_for()

    assert "129.99 USD 2 payments" == total(again.page, "Gross revenue")
    assert [] == visitor.complaints == again.complaints


def test_dates_timezone_and_pieces_stand_in_the_address(account, dashboard):
    """What was paid at 23:30 by UTC counts on the next day in Tokyo, in the hour after eight."""
    account.advance(to="2026-01-05T23:30:00Z")
    account.pay(700)
    visitor = dashboard("home")
    page = visitor.page
    choices(page, "Timezone").select_option("Asia/Tokyo")
    page.locator("input[type=date]").first.fill("2026-01-06")
    page.locator("input[type=date]").last.fill("2026-01-06")
    page.get_by_text("2026-01-06, by the calendar of Asia/Tokyo").wait_for()
    choices(page, "By").select_option("day")
    page.wait_for_url("**granularity=day**")
    choices(page, "By").select_option("hour")
    page.wait_for_url("**granularity=hour**")
    page.get_by_text("All figures as a table").click()
    page.get_by_role("row", name="6 Jan 2026, 08:00 1 7.00 USD").wait_for()
    again = dashboard(page.url.rpartition("/")[2])
    again.page.get_by_text("2026-01-06, by the calendar of Asia/Tokyo").wait_for()

    assert "7.00 USD 1 payment" == total(again.page, "Gross revenue")
    assert ["Asia/Tokyo", "hour"] == [choices(again.page, name).input_value() for name in ("Timezone", "By")]
    assert ["2026-01-06"] * 2 == [one.input_value() for one in again.page.locator("input[type=date]").all()]
    assert [] == visitor.complaints == again.complaints


def test_currencies_stand_apart(account, dashboard):
    """Where there is more than one, one is chosen."""
    account.pay(1000)
    account.pay(500, currency="eur")
    visitor = dashboard("home")
    visitor.page.get_by_label("Currency").select_option("eur")
    visitor.page.locator(".chart.gross", has_text="5.00 EUR").wait_for()

    assert "currency=eur" in visitor.page.url


def test_products_are_told_by_what_they_earn(earned, dashboard):
    """The largest first, with its pieces; what was paid without a cart is told apart."""
    visitor = dashboard("home")
    rows = visitor.page.locator(".sales tbody tr")
    rows.first.wait_for()

    assert [
        ["Without a product", "–", "100.00 USD", "20.00 USD", "80.00 USD"],
        ["Pro Plan", "1", "29.99 USD", "0.00 USD", "29.99 USD"],
    ] == [row.inner_text().strip().split("\t") for row in rows.all()]


def test_the_calendar_tells_what_will_be_billed(earned, dashboard):
    """Month by month, in the address; once the clock gets there it was paid, and today has moved."""
    visitor = dashboard("home")
    page = visitor.page
    visitor.press("The month after")
    page.get_by_text("February 2026").wait_for()
    assert "○ 1 expected 29.99" == re.sub(r"\s+", " ", day(page, "2026-02-01").locator(".rebill").inner_text())
    assert page.url.endswith("?month=2026-02")
    visitor.press("+1 month")
    day(page, "2026-02-01").get_by_text("✓").wait_for()
    assert "date" == day(page, "2026-02-20").get_attribute("aria-current")
    visitor.press("The month before")
    page.get_by_text("January 2026").wait_for()
    visitor.press("This month")
    day(page, "2026-02-01").wait_for()

    assert page.url.endswith("/home")
    assert [] == visitor.complaints


def test_a_failed_renewal_stands_out(account, dashboard):
    """It has failed on its day and is expected again when it will be tried, until it is paid."""
    account.subscribe(account.ids["jane"], account.ids["pro_monthly"], card="4000000000000341")
    account.advance(to="2026-02-01T12:00:00Z")
    page = dashboard("home").page
    day(page, "2026-02-01").get_by_title("1 failed: 29.99 USD").wait_for()
    day(page, "2026-02-02").get_by_title("1 expected: 29.99 USD").wait_for()
    account.rule({"then": "approve"})
    account.advance(by="1 day")

    day(page, "2026-02-02").get_by_title("1 paid: 29.99 USD").wait_for()
    assert 0 == day(page, "2026-02-01").locator(".rebill").count()


def test_nothing_says_what_to_do(account, dashboard):
    """A new account leads to the shop; what is paid meanwhile stands there without a reload."""
    visitor = dashboard("home")
    page = visitor.page
    page.get_by_text("Nothing was earned in this time").wait_for()
    assert f"/shop/{account.name}" == page.get_by_role("link", name="Open the demo shop").get_attribute("href")
    account.pay(4900)
    page.locator(".chart.gross", has_text="49.00 USD").wait_for()

    assert [] == visitor.complaints


def test_the_dashboard_opens_at_home(account, dashboard):
    """Without a page in the address it is this one."""
    visitor = dashboard("")

    visitor.page.wait_for_url(f"**/dashboard/{account.name}/home")
    assert [] == visitor.complaints
