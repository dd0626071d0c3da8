"""docs/checkout.md: the alias for Vite puts the mock's module in the place of the real package, in development only."""

import re

import pytest

from tests.pages import blocks

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">
<script type="module" src="/main.js"></script></head><body><div id="checkout"></div></body></html>"""
SCRIPT = """import { OdusCheckout } from "@odus/checkout";
const told = new URLSearchParams(location.search);
new OdusCheckout({
  paymentId: told.get("payment"), checkoutKey: told.get("key"), returnUrl: location.origin, callbacks: {},
}).mount("#checkout");
"""
REAL = """export class OdusCheckout { mount() { console.log("the real package"); } }
"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def project(workshop, mock):
    """A project with the configuration of the page, one page that mounts a checkout, and a stand-in for the package."""
    (config,) = (block for block in blocks("checkout.md", "js") if "defineConfig" in block)
    assert 1 == config.count("http://127.0.0.1:4010")
    files = {
        "vite.config.js": config.replace("http://127.0.0.1:4010", mock.url),
        "index.html": PAGE,
        "main.js": SCRIPT,
        "node_modules/@odus/checkout/package.json": '{"name": "@odus/checkout", "type": "module", "main": "real.js"}',
        "node_modules/@odus/checkout/real.js": REAL,
    }
    for name, text in files.items():
        file = workshop.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return workshop


@pytest.fixture
def developed(project):
    """The address of Vite's own server, for as long as a test takes."""
    server = project.start("vite", "--host", "127.0.0.1", "--port", "0")
    for line in server.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+/", re.sub(r"\x1b\[[\d;]*m", "", line)):
            yield found[0]
            break
    else:
        pytest.fail(f"vite never said where it serves: {server.stderr.read()}")
    server.terminate()
    server.communicate()


def test_a_page_served_by_vite_mounts_the_mocks_checkout(developed, account, visit):
    """With the alias the checkout of the mock pays on a page that asks for the real package."""
    payment = account.payments.create(amount=4900, currency="usd")
    visitor = visit()
    visitor.page.goto(f"{developed}?payment={payment.id}&key={payment.checkoutKey}")
    frame = visitor.page.frame_locator("#checkout iframe")
    for name, text in (("cardNumber", "4242424242424242"), ("cardExpiry", "1240"), ("cardCvc", "100")):
        frame.locator(f"input[name={name}]").press_sequentially(text)
    with visitor.page.expect_response("**/authorize"):
        frame.get_by_role("button", name="Pay $49.00").click()

    assert "succeeded" == account.payments[payment.id].status


def test_what_vite_builds_holds_the_real_package(project, mock):
    """Nothing of the mock gets into production."""
    project.run("vite", "build")
    (built,) = (project.folder / "dist/assets").glob("*.js")

    assert "the real package" in built.read_text()
    assert mock.url not in built.read_text()
