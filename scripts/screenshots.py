"""The pictures of docs/checkout.md and docs/dashboard.md, in the light and in the dark, wide and on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mock_odus.app import Server, create_app
from mock_odus.driver import Driver

IMAGES = Path(__file__).parents[1] / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic"]
TWICE = {"checkout", "challenge", "account"}  # of these also in the dark and on a phone
DASHBOARD = {"dashboard-payment-dark", "dashboard-timeline-phone"}
WIDE, NARROW = {"width": 960, "height": 720}, {"width": 375, "height": 720}
DESK = {"width": 1280, "height": 860}


def main() -> None:
    from playwright.sync_api import sync_playwright

    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        looks: dict[str, dict[str, Any]] = {
            "": {"viewport": WIDE},
            "-dark": {"viewport": WIDE, "color_scheme": "dark"},
            "-phone": {"viewport": NARROW},
        }
        for name, options in looks.items():
            server = Server(create_app(scenario="starter"))
            server.start()
            tour(browser.new_context(**options).new_page(), server.url, name)
            server.stop()
            server = Server(create_app(scenario="cascade_failover"))
            server.start()
            viewport = NARROW if options["viewport"] == NARROW else DESK
            look_around(browser.new_context(**options | {"viewport": viewport}).new_page(), server.url, name)
            server.stop()
        browser.close()


def tour(page: Any, url: str, look: str) -> None:
    """Goes through the shop once, with a picture of each page."""
    odus, home = Driver(url, "skey_mock"), f"{url}/shop/mock"

    def take(name: str) -> None:
        if not look or name in TWICE:
            save(page, f"{name}{look}")

    page.goto(home)
    page.wait_for_load_state("networkidle")
    take("shop")
    page.get_by_role("button", name="Buy").first.click()
    frame = page.frame_locator("#checkout iframe")
    frame.get_by_role("button", name="Pay $").wait_for()
    frame.get_by_label("Another card").check()
    frame.locator("input[name=cardNumber]").fill("4000000000000002")
    frame.locator("input[name=cardExpiry]").fill("1230")
    frame.locator("input[name=cardCvc]").fill("123")
    page.wait_for_timeout(300)
    take("checkout")
    frame.get_by_role("button", name="Pay $").click()
    frame.get_by_role("alert").filter(has_text=".").wait_for()
    page.wait_for_timeout(300)
    take("declined")
    page.goto(page.url + "?fields=separate")
    page.frame_locator("#number iframe").locator("input").fill("5555555555554444")
    page.wait_for_timeout(500)
    take("elements")
    page.goto(page.url.partition("?")[0])
    frame.locator("button.paypal").click()
    page.wait_for_url("**/challenge/**")
    take("paypal")
    waiting = odus.pay(4900, card="4000000000003220", return_url=f"{home}/result", statement_descriptor="FERN & FIELD")
    page.goto(waiting.action.redirectUrl)
    take("challenge")
    page.get_by_label("Confirmation code").fill("1234")
    page.get_by_role("button", name="Confirm payment").click()
    page.wait_for_url("**/result**")
    take("result")
    odus.subscribe(odus.ids["jane"], odus.ids["pro_monthly"])
    page.goto(f"{home}/account")
    take("account")


def look_around(page: Any, url: str, look: str) -> None:
    """A picture of some pages of the dashboard, after an eventful month."""
    odus = Driver(url, "skey_mock")
    for amount in (1900, 2450, 3900):
        odus.pay(amount, customer=odus.ids["jane"])
    odus.rule({"name": "short of money", "when": {"gateway": "adyen_us"}, "then": "insufficient_funds", "times": 1})
    odus.pay(3200, card="4242424242424242")
    payment = odus.pay(4900, card="4242424242424242", customer=odus.ids["jane"])
    odus.advance(by="1 week")
    odus.rule({"name": "the bank asks", "when": {"gateway": "adyen_us"}, "then": "challenge", "times": 1})
    odus.pay(8900, customer=odus.ids["jane"], return_url=f"{url}/shop/mock/result")
    pages = {
        "payment": f"payments/{payment.id}",
        "timeline": "timeline",
        "scenario": "scenario",
    }
    for name, path in pages.items():
        if look and f"dashboard-{name}{look}" not in DASHBOARD:
            continue
        page.goto(f"{url}/dashboard/mock/{path}")
        page.wait_for_timeout(1200)  # the stream never lets the network rest
        save(page, f"dashboard-{name}{look}")
    if not look:
        world = {
            "merchantConfig": {"timezone": "Europe/Paris"},
            "fake": {"customers": 60, "payments": 400, "subscriptions": 60},
        }
        book = {
            "version": 1,
            "name": "book",
            "extends": "starter",
            "clock": {"start": "2026-03-20T10:00:00Z"},
            "world": world,
        }
        Driver.open(url, "book", scenario=book)
        page.goto(f"{url}/dashboard/book/home?range=year")
        page.wait_for_timeout(1200)
        save(page, "dashboard-home", is_whole=True)


def save(page: Any, name: str, *, is_whole: bool = False) -> None:
    file = IMAGES / f"{name}.png"
    page.screenshot(path=file, full_page=is_whole)
    print(f"{file.name}: {file.stat().st_size // 1024} KB")


main()
