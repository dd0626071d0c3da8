"""A headless Chromium, a mock of its own, and a shop to come back to."""

import itertools
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from mock_odus.app import Server, create_app
from mock_odus.driver import Driver

NUMBERS = itertools.count(1)
BIN = Path(sys.executable).parent
PATIENCE_SECONDS = 120
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PACKAGES = ["html-validate@9", "openapi-fetch@0", "openapi-typescript@7", "typescript@5", "vite@6"]
SHOP = b"""<!DOCTYPE html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,"></head>
<body><main><h1>Thank you</h1></main></body></html>"""


class Shop(BaseHTTPRequestHandler):
    """What a test has laid at a path, a type, a policy and a body; else one page for every path."""

    def do_GET(self):
        usual = ("text/html", "", SHOP)
        kind, policy, body = self.server.pages.get(urlsplit(self.path).path, usual)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Visit:
    """A page and what went wrong on it: everything on the console, and every failed request but those it gave up."""

    def __init__(self, context):
        self.page = context.new_page()
        self.complaints = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", self._failed)

    def _failed(self, request):
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.url} failed")

    def press(self, name):
        self.page.get_by_role("button", name=name).click()

    @property
    def came_back(self):
        """Where the browser is, without its parameters, and the parameters."""
        where = urlsplit(self.page.url)
        return f"{where.scheme}://{where.netloc}{where.path}", dict(parse_qsl(where.query)), where.fragment


class Workshop:
    """A folder with packages of npm in it."""

    def __init__(self, folder):
        self.folder = folder

    def run(self, *command):
        """What a program of this machine or of a package prints in the folder; a failed one fails the test."""
        done = self.start(*command)
        printed, complaints = done.communicate(timeout=PATIENCE_SECONDS)
        assert 0 == done.returncode, f"{command}\n{printed}{complaints}"
        return printed

    def start(self, *command):
        """That program, running."""
        path = os.pathsep.join([str(self.folder / "node_modules/.bin"), str(BIN), os.environ["PATH"]])
        return subprocess.Popen(
            command, cwd=self.folder, env=os.environ | {"PATH": path}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip


@pytest.fixture(scope="session")
def workshop(tmp_path_factory):
    """One folder for all tests: what npm brings is brought once."""
    shop = Workshop(tmp_path_factory.mktemp("workshop"))
    (shop.folder / "package.json").write_text('{"private": true, "type": "module"}')
    shop.run("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", *PACKAGES)
    return shop


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright  # late: other marks run without it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shop_server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    thread = threading.Thread(target=server.serve_forever)
    server.pages = {}
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def pages(shop_server):
    """What lies in the shop, by path, until the test ends."""
    yield shop_server.pages
    shop_server.pages.clear()


@pytest.fixture(scope="session")
def shop(shop_server):
    """The address of a shop."""
    return f"http://127.0.0.1:{shop_server.server_port}"


@pytest.fixture(scope="session")
def mock():
    server = Server(create_app(scenario="starter"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def account(mock):
    """A handle on a sandbox of its own."""
    driver = Driver.open(mock.url, f"browser-{next(NUMBERS)}", scenario="starter")
    yield driver
    driver.close()
    driver._connection.close()


@pytest.fixture
def challenged(account, shop):
    """A payment that waits for its customer."""
    return account.pay(4900, card="4000000000003220", return_url=f"{shop}/thanks?order=7#done")


@pytest.fixture
def visit(chromium):
    """Opens pages in a fresh profile; options are those of a browser context."""
    opened = []

    def make(**options):
        opened.append(chromium.new_context(**options))
        return Visit(opened[-1])

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def dashboard(account, visit):
    """Opens a page of the dashboard of the account: `dashboard("payments")`; options are those of a browser context."""

    def opened(path="", **options):
        visitor = visit(**options)
        visitor.page.set_default_timeout(5000)
        visitor.page.goto(f"{account.url}/dashboard/{account.name}/{path}")
        return visitor

    return opened
