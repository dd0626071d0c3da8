"""The demo shop at /shop: how a shop uses Odus, with its server part here and the checkout module in its pages.

It speaks to the public API only, as every shop would; its panel moves the clock and the scenario through the control
API. Nothing is kept here: who reloads the page finds what the API tells.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp

from mock_odus.browser import storefront
from mock_odus.browser.shelf import hand_out
from mock_odus.engine.errors import NotFound
from mock_odus.sandbox import DEFAULT, Sandboxes
from mock_odus.web.bodies import read
from mock_odus.web.front import Caller
from mock_odus.web.routing import Route

JANE = {"email": "jane@example.com", "name": "Jane Smith"}
TOTE = {"name": "Canvas tote", "description": "Sturdy, roomy, and never really shipped."}
CARD_GATEWAYS = ("stripe", "adyen", "checkout")
FILES = Path(__file__).parent / "shop_files"

Page = Callable[["Odus"], Awaitable[Response]]


class Unavailable(Exception):
    """What the API answered instead of what the shop had asked for."""


class Odus:
    """The API as this shop's server calls it, with the secret key of the account."""

    def __init__(self, request: Request, app: ASGIApp, secret_key: str) -> None:
        self.request, self._app, self._secret_key = request, app, secret_key
        caller: Caller = request.scope["caller"]
        self.origin, self.sandbox = caller.origin, request.path_params["sandbox"]
        self.home = f"/shop/{self.sandbox}"

    async def __call__(self, method: str, path: str, body: Any = None, **filters: str) -> Any:
        """What the API answers. Unavailable when it refuses."""
        from httpx2 import ASGITransport, AsyncClient  # takes a while, and most mocks have no shop

        # Who really asks is passed on: pages of other origins may not use the panel.
        asked_by = {name: self.request.headers[name] for name in ("host", "origin") if name in self.request.headers}
        headers = {"authorization": f"Bearer {self._secret_key}", **asked_by}
        async with AsyncClient(transport=ASGITransport(self._app), base_url=self.origin) as client:
            answer = await client.request(method, path, json=body, headers=headers, params=filters)
        if answer.is_success:
            return answer.json()
        raise Unavailable(str(answer.json()["message"]))

    async def first(self, path: str, **filters: str) -> Any:
        """The first record that fits, or None."""
        return next(iter((await self("GET", path, **filters))["data"]), None)

    async def form(self) -> dict[str, str]:
        fields = parse_qs((await read(self.request, json=False)).decode("utf-8", "replace"))
        return {name: values[0] for name, values in fields.items()}


def routes(sandboxes: Sandboxes, api: Callable[[], ASGIApp]) -> list[Route]:
    """`api` gives the application that answers the public API."""

    def page(show: Page) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                sandbox = sandboxes.get(request.path_params["sandbox"])
            except NotFound as error:
                return storefront.sorry("/shop", str(error), 404)
            odus = Odus(request, api(), sandbox.secret_key)
            if _is_foreign(request):
                return storefront.sorry(odus.home, "A page of another origin may not use this shop.", 403)
            try:
                return await show(odus)
            except Unavailable as error:
                return storefront.sorry(odus.home, str(error), 502)

        return answer

    async def enter(request: Request) -> Response:
        return RedirectResponse(f"/shop/{DEFAULT}", 303)

    async def style(request: Request) -> Response:
        return hand_out(FILES / "shop.css", request, {})

    async def script(request: Request) -> Response:
        return hand_out(FILES / "shop.js", request, {})

    own = "/shop/{sandbox}"
    return [
        Route("/shop", enter, methods=["GET"]),
        Route(f"{own}/shop.css", style, methods=["GET"]),
        Route(f"{own}/shop.js", script, methods=["GET"]),
        Route(own, page(_home), methods=["GET"]),
        Route(own, page(_buy), methods=["POST"]),
        Route(f"{own}/checkout/{{payment}}", page(_checkout), methods=["GET"]),
        Route(f"{own}/result", page(_result), methods=["GET"]),
        Route(f"{own}/account", page(_account), methods=["GET"]),
        Route(f"{own}/account", page(_change), methods=["POST"]),
        Route(f"{own}/panel", page(_panel), methods=["POST"]),
    ]


def _segment(text: str) -> str:
    """What somebody sent, as one segment of a path, whatever is in it."""
    return quote(text, safe="", errors="replace")


def _is_foreign(request: Request) -> bool:
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")


# --- what is sold, and to whom


async def _home(odus: Odus) -> Response:
    """The shelf: whatever the account sells. Of an account that sells nothing once only, a bag is made."""
    prices = await _prices(odus)
    if not any(price["type"] == "one_time" for price in prices):
        product = await odus("POST", "/products", TOTE)
        tote = {"product": product["id"], "type": "one_time", "currency": "usd", "amount": 2400}
        await odus("POST", "/prices", tote)
        prices = await _prices(odus)
    products = (await odus("GET", "/products", pageSize="100"))["data"]
    names = {product["id"]: product for product in products}
    return await _shown(odus, "Everything for a good test", storefront.shelf(odus.home, prices, names))


async def _prices(odus: Odus) -> Any:
    return (await odus("GET", "/prices", **{"isActive[eq]": "true", "pageSize": "100"}))["data"]


async def _customer(odus: Odus) -> Any:
    """Who is logged in: always Jane."""
    return await odus.first("/customers", **{"email[eq]": JANE["email"]}) or await odus("POST", "/customers", JANE)


# --- paying


async def _buy(odus: Odus) -> Response:
    """The server makes a payment; the browser will pay it with its checkout key."""
    price = await odus("GET", f"/prices/{_segment((await odus.form()).get('price', ''))}")
    customer = await _customer(odus)
    payment = await odus(
        "POST",
        "/payments",
        {
            "cart": {"items": [{"price": price["id"], "quantity": 1}]},
            "currency": price["currency"],
            "statementDescriptor": "FERN AND FIELD",
            "customer": customer["id"],
            "paymentMethodOptions": await _payment_methods(odus),
        },
    )
    return RedirectResponse(f"{odus.home}/checkout/{payment['id']}", 303)


async def _payment_methods(odus: Odus) -> dict[str, Any]:
    """PayPal and Apple Pay beside what the account takes anyway, through gateways of which it may have none yet."""
    found = (await odus("GET", "/gateway-profiles", pageSize="100"))["data"]
    by_integration = {profile["integration"]: profile["id"] for profile in reversed(found)}
    for integration, title in (("paypal", "PayPal"), ("stripe", "Stripe")):
        if integration == "stripe" and any(name in by_integration for name in CARD_GATEWAYS):
            continue
        if integration not in by_integration:
            profile = await odus("POST", "/gateway-profiles", {"title": title, "integration": integration})
            by_integration[integration] = profile["id"]
    cards = next(by_integration[name] for name in CARD_GATEWAYS if name in by_integration)
    through = {"paypal": by_integration["paypal"], "applePay": cards}
    defaults = (await odus.first("/merchant-configs"))["paymentMethodOptions"] or {}
    if not defaults.get("card"):
        through["card"] = cards
    return {name: {"mode": "gatewayProfile", "gatewayProfile": id} for name, id in through.items()}


async def _checkout(odus: Odus) -> Response:
    payment = await odus("GET", f"/payments/{_segment(odus.request.path_params['payment'])}")
    saved = await odus("GET", "/payment-methods", **{"customer[eq]": payment["customer"] or ""})
    query = odus.request.query_params
    options = {
        "paymentId": payment["id"],
        "checkoutKey": payment["checkoutKey"],
        "returnUrl": f"{odus.origin}{odus.home}/result",
        "locale": query.get("locale", "en"),
        "savedMethods": saved["data"],
        "appearance": {"theme": "auto", "colors": storefront.COLORS},
    }
    body = storefront.checkout(odus.home, payment, json.dumps(options), is_separate=query.get("fields") == "separate")
    return await _shown(odus, "Checkout", body)


async def _result(odus: Odus) -> Response:
    """What counts is what the API says, not what stands in the address."""
    payment = await odus("GET", f"/payments/{_segment(odus.request.query_params.get('payment', ''))}")
    title = "Thank you, Jane" if payment["status"] == "succeeded" else "That did not work"
    return await _shown(odus, title, storefront.result(odus.home, payment))


# --- the customer's own page


async def _account(odus: Odus) -> Response:
    mine = {"customer[eq]": (await _customer(odus))["id"], "pageSize": "100"}
    subscriptions = (await odus("GET", "/subscriptions", **mine))["data"]
    invoices = (await odus("GET", "/invoices", **mine))["data"]
    names = {one["id"]: one["name"] for one in (await odus("GET", "/products", pageSize="100"))["data"]}
    methods = (await odus("GET", "/payment-methods", **mine))["data"]
    return await _shown(odus, "Your account", storefront.account(odus.home, subscriptions, invoices, names, methods))


async def _change(odus: Odus) -> Response:
    form = await odus.form()
    verb = "resume" if form.get("do") == "resume" else "cancel"
    await odus("POST", f"/subscriptions/{_segment(form.get('subscription', ''))}/{verb}", {})
    return RedirectResponse(f"{odus.home}/account", 303)


# --- the panel: what a person who tests wants to do, and no shop could


async def _panel(odus: Odus) -> Response:
    form = await odus.form()
    if "scenario" in form:
        await odus("PUT", "/_mock/scenario", {"name": form["scenario"]})
    elif form.get("by") == "renewal":
        await odus("POST", "/_mock/clock/advance", {"until": "renewal"})
    else:
        await odus("POST", "/_mock/clock/advance", {"by": form.get("by", "")})
    back = urlsplit(odus.request.headers.get("referer", "")).path
    return RedirectResponse(back if back in (odus.home, f"{odus.home}/account") else odus.home, 303)


async def _shown(odus: Odus, title: str, body: str) -> Response:
    """The page, with the panel beneath it."""
    clock, scenario = await odus("GET", "/_mock/clock"), await odus("GET", "/_mock/scenario")
    panel = storefront.panel(odus.home, clock["now"], escape(scenario["name"] or "none"))
    return storefront.page(odus.home, title, body, panel)
