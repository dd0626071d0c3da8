"""What the demo shop looks like. Everything but markup written here is escaped."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape
from typing import Any

from starlette.responses import HTMLResponse, Response

from mock_odus.timeline import money

Record = Mapping[str, Any]

CARDS = [
    ("4242 4242 4242 4242", "approved"),
    ("4000 0000 0000 3220", "asks for 3DS"),
    ("4000 0084 0000 1629", "3DS, then declined"),
    ("4000 0000 0000 0002", "declined"),
    ("4000 0000 0000 9995", "insufficient funds"),
    ("4000 0000 0000 0341", "renewals are declined"),
]
"""Those that show most; guides/testing has the others."""

COLORS = {"accent": "light-dark(#1f5c43, #8fd3b0)", "accentText": "light-dark(#fff, #0b1a13)"}
"""What the checkout takes over of the looks; those of shop.css."""

SCENARIOS = ("starter", "cascade_failover")
STEPS = {"1 day": "A day", "1 month": "A month", "renewal": "Next renewal"}

# The shop imports @odus/checkout as it would with the real package; this map leads to the mock's.
_IMPORTS = '{"imports":{"@odus/checkout":"/sdk/checkout.js"}}'
_POLICY = (
    "default-src 'none'; "
    f"script-src 'self' 'sha256-{b64encode(sha256(_IMPORTS.encode()).digest()).decode()}'; "
    "style-src 'self'; frame-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {"content-security-policy": _POLICY, "cache-control": "no-store", "referrer-policy": "same-origin"}


def page(home: str, title: str, body: str, panel: str = "", status: int = 200) -> Response:
    """A whole page: `body` and `panel` are markup, the rest is text."""
    home = escape(home)
    return HTMLResponse(
        f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{escape(title)} · Fern &amp; Field</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{home}/shop.css">
<script type="importmap">{_IMPORTS}</script>
<script type="module" src="{home}/shop.js"></script>
</head>
<body>
<header><a class="name" href="{home}">Fern &amp; Field</a>
<nav aria-label="Shop"><a href="{home}">Shop</a> <a href="{home}/account">Account</a></nav></header>
<main>
<h1>{escape(title)}</h1>
{body}
</main>
{panel}
</body>
</html>
""",
        status,
        headers=_HEADERS,
    )


def sorry(home: str, message: str, status: int) -> Response:
    """Something that the shop could not do."""
    body = f'<p>{escape(message)}</p><p><a class="button" href="{escape(home)}">Back to the shop</a></p>'
    return page(home, "Sorry", body, status=status)


def shelf(home: str, prices: Sequence[Record], products: Mapping[str, Record]) -> str:
    """A card for each price."""
    return f'<div class="shelf">{"".join(_offer(home, price, products[price["product"]]) for price in prices)}</div>'


def _offer(home: str, price: Record, product: Record) -> str:
    once = price["type"] == "one_time"
    label = "Buy" if once else "Subscribe"
    name = product["name"]
    about = product["description"] or ("Yours to keep." if once else "Billed until you cancel.")
    return f"""
<form method="post" action="{escape(home)}" class="offer {"once" if once else "plan"}">
<h2>{escape(name)}</h2>
<p>{escape(about)}</p>
<p class="price">{escape(cost(price))}</p>
<button name="price" value="{escape(price["id"])}">{label}<span
class="hidden"> {escape(name)}, {escape(cost(price))}</span></button>
</form>"""


def cost(price: Record) -> str:
    """`24.00 USD`, or `29.99 USD a month` of a plan."""
    if price["type"] == "one_time":
        return money(price["amount"], price["currency"])
    cycle = max(price["billingSchedule"]["cycleDefinitions"], key=lambda one: one["position"])
    value, unit = cycle["intervalValue"], cycle["intervalUnit"]
    return f"{money(cycle['amount'], price['currency'])} {f'a {unit}' if value == 1 else f'every {value} {unit}s'}"


def checkout(home: str, payment: Record, options: str, *, is_separate: bool) -> str:
    """The place for the checkout; `options` is what shop.js hands to it."""
    here = f"{escape(home)}/checkout/{escape(payment['id'])}"
    fields = f"""<form id="fields" data-options="{escape(options)}">
<div id="number"></div><div class="pair"><div id="expiry"></div><div id="cvc"></div></div><div id="holder"></div>
<p id="message" role="alert"></p><button>Pay {escape(money(payment["amount"], payment["currency"]))}</button></form>"""
    whole = f'<div id="checkout" data-options="{escape(options)}"></div>'
    return f"""<div class="till"><section class="card" aria-label="Payment">{fields if is_separate else whole}</section>
<aside class="card" aria-label="Order"><h2>Your order</h2>
<dl><dt>Total today</dt><dd>{escape(money(payment["amount"], payment["currency"]))}</dd>
<dt>Ships to</dt><dd>Jane Smith</dd></dl>
<p class="small">See it with <a href="{here}">all in one</a>, <a href="{here}?fields=separate">separate fields</a>, or
<a href="{here}?locale=de" hreflang="de">in German</a>.</p></aside></div>"""


def result(home: str, payment: Record) -> str:
    """Paid, or why not and what can be done."""
    home, amount = escape(home), escape(money(payment["amount"], payment["currency"]))
    if payment["status"] == "succeeded":
        more = "Your subscription has begun." if payment["subscriptions"] else "Your order is on its imaginary way."
        return f"""<div class="card good"><p><strong>{amount}</strong> paid. {more}</p>
<p class="small">{escape(payment["id"])}</p>
<p><a class="button" href="{home}/account">Your account</a></p></div>"""
    last = payment["transactions"][-1]["outcome"] if payment["transactions"] else {}
    why = escape(last.get("safeErrorMessage") or "The payment is not complete.")
    again = "" if payment["status"] == "cancelled" else f"{home}/checkout/{escape(payment['id'])}"
    return f"""<div class="card bad"><p>{why}</p><p class="small">{escape(payment["id"])} of {amount}</p>
<p><a class="button" href="{again or home}">{"Try again" if again else "Back to the shop"}</a></p></div>"""


def account(
    home: str,
    subscriptions: Sequence[Record],
    invoices: Sequence[Record],
    names: Mapping[str, str],
    methods: Sequence[Record],
) -> str:
    """Subscriptions with their buttons, invoices, saved cards."""
    plans = "".join(_plan(home, one, names.get(one["product"], one["product"])) for one in reversed(subscriptions))
    rows = "".join(
        f"<tr><td>{escape(one['createdAt'][:10])}</td><td>{escape(money(one['amount'], one['currency']))}</td>"
        f"<td>{escape(one['status'])}</td></tr>"
        for one in reversed(invoices)
    )
    table = f"<table><thead><tr><th>Date</th><th>Amount</th><th>Status</th></tr></thead><tbody>{rows}</tbody></table>"
    cards = "".join(
        f"<li>{escape(card['brand'].capitalize())} ending in {escape(card['lastFour'])}, "
        f"{escape(card['expMonth'])}/{escape(card['expYear'])}</li>"
        for card in (one["card"] for one in methods)
        if card
    )
    return f"""{plans or '<p>No subscription yet. <a href="' + escape(home) + '">Have a look at the plans.</a></p>'}
<section class="card"><h2>Invoices</h2>{table if rows else "<p>None yet.</p>"}</section>
<section class="card"><h2>Saved cards</h2>{f"<ul>{cards}</ul>" if cards else "<p>None yet.</p>"}</section>"""


def _plan(home: str, subscription: Record, name: str) -> str:
    ends, is_over = subscription["cancelAtPeriodEnd"], subscription["status"] != "active"
    until = escape(subscription["currentPeriodEnd"][:10])
    if is_over:
        state, button = "Cancelled", ""
    else:
        verb, label = ("resume", "Keep it") if ends else ("cancel", "Cancel at the end of the period")
        state = f"Ends on {until}" if ends else f"Renews on {until}"
        button = f'<button name="do" value="{verb}">{label}</button>'
    reason = subscription["autoBillingDisabledReason"]
    trouble = f'<p class="trouble">{escape(reason)}</p>' if reason and not is_over else ""
    return f"""<section class="card"><h2>{escape(name)}</h2>
<p>{state} · period {subscription["currentCycle"]}</p>{trouble}
<form method="post" action="{escape(home)}/account">
<input type="hidden" name="subscription" value="{escape(subscription["id"])}">{button}</form></section>"""


def panel(home: str, now: str, scenario: str) -> str:
    """Scenario, time and test cards. `scenario` is markup."""
    home = escape(home)
    steps = "".join(f'<button name="by" value="{value}">{label}</button>' for value, label in STEPS.items())
    names = "".join(f'<option value="{name}">' for name in SCENARIOS)
    cards = "".join(f"<li><code>{number}</code> {what}</li>" for number, what in CARDS)
    return f"""<footer class="panel" aria-label="Test panel"><p class="what"><strong>mock_odus</strong>
It is {escape(now[:10])}, {escape(now[11:16])} UTC, scenario {scenario}.</p>
<form method="post" action="{home}/panel"><span>Go forward</span>{steps}</form>
<form method="post" action="{home}/panel"><label for="scenario">Begin anew with</label>
<input id="scenario" name="scenario" list="scenarios" required pattern="[\\w\\-]+" value="starter">
<datalist id="scenarios">{names}</datalist><button>Load</button></form>
<details><summary>Test cards</summary><ul>{cards}</ul></details></footer>"""
