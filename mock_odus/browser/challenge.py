"""The challenge page: where a customer is sent to prove who they are (checkout/3ds-and-redirect-handling).

Plain HTML and one form, so that it works without JavaScript. A link works once; later visits say what happened.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from mock_odus.engine import authorizations, challenges
from mock_odus.engine.challenges import Challenge, State
from mock_odus.engine.errors import NotFound
from mock_odus.engine.records import ChallengeAnswer, MethodType, Payment
from mock_odus.sandbox import Sandbox, Sandboxes
from mock_odus.timeline import money
from mock_odus.web.bodies import read
from mock_odus.web.front import Caller

ANSWERS: dict[str, ChallengeAnswer] = {"passed": "passed", "failed": "failed", "cancelled": "cancelled"}

_NAMES: dict[MethodType, str] = {"card": "Card", "paypal": "PayPal", "applePay": "Apple Pay"}
_OVER: dict[State, str] = {"lapsed": "This link has lapsed", "withdrawn": "This payment was cancelled"}

_STYLE = """
:root { color-scheme: light dark; --line: #c9ced6; --soft: #5b6472; --go: #14532d; --stop: #8a1c1c; --back: #f3f5f8;
  --card: #fff; --ink: #16202c; }
@media (prefers-color-scheme: dark) { :root { --line: #3b4552; --soft: #a4aebb; --go: #1d6b3b; --stop: #a32a2a;
  --back: #11161c; --card: #1a212a; --ink: #eef2f6; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; grid-template-columns: minmax(0, 1fr);
  place-items: center; padding: 1rem; overflow-wrap: anywhere; background: var(--back);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 26rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  padding: 1.75rem; }
.mock { margin: 0 0 1.25rem; font-size: .8125rem; color: var(--soft); }
main > :last-child { margin-bottom: 0; }
h1 { margin: 0 0 .5rem; font-size: 1.375rem; line-height: 1.25; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .375rem 1rem; margin: 1.25rem 0; padding: 1rem 0;
  border: solid var(--line); border-width: 1px 0; }
dt { color: var(--soft); } dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
dd:last-of-type { font-size: .75rem; line-height: 2; }
form { display: grid; gap: .625rem; }
button, .button { font: inherit; font-weight: 600; padding: .75rem 1rem; border-radius: 8px; cursor: pointer;
  border: 1px solid transparent; color: #fff; text-align: center; text-decoration: none; }
.passed { background: var(--go); } .failed { background: var(--stop); }
.cancelled, .button { background: transparent; border-color: var(--line); color: inherit; }
.button { display: block; margin-top: 1.25rem; }
:focus-visible { outline: 3px solid #3b82f6; outline-offset: 2px; }
"""
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'; img-src data:; "
    "base-uri 'none'; frame-ancestors *"
)
_HEADERS = {"content-security-policy": _POLICY, "cache-control": "no-store", "referrer-policy": "no-referrer"}


def routes(sandboxes: Sandboxes) -> list[BaseRoute]:
    async def show(request: Request) -> Response:
        try:
            sandbox, challenge = _find(sandboxes, request)
        except NotFound:
            return _unknown()
        payment = sandbox.world.get(Payment, challenge.payment)
        return _question(payment, challenge) if challenge.state == "pending" else _over(request, payment, challenge)

    async def answer(request: Request) -> Response:
        form = parse_qs((await read(request, json=False)).decode("utf-8", "replace"))
        try:
            sandbox, challenge = _find(sandboxes, request)
        except NotFound:
            return _unknown()
        payment = sandbox.world.get(Payment, challenge.payment)
        if challenge.state != "pending":
            return _over(request, payment, challenge)
        result = ANSWERS.get(form.get("result", [""])[0])
        if result is None:
            return _page("Please choose", "<p>Press one of the buttons on the page before.</p>", 400)
        payment = authorizations.finish_challenge(sandbox.world, challenge, result)
        back = _back(request, payment, challenge)
        return RedirectResponse(back, 303) if back else _over(request, payment, challenge)

    return [
        Route("/challenge/{sandbox}/{token}", show, methods=["GET"]),
        Route("/challenge/{sandbox}/{token}", answer, methods=["POST"]),
    ]


def _find(sandboxes: Sandboxes, request: Request) -> tuple[Sandbox, Challenge]:
    sandbox = sandboxes.get(request.path_params["sandbox"])
    return sandbox, challenges.get(sandbox.world, request.path_params["token"])


def _back(request: Request, payment: Payment, challenge: Challenge) -> str | None:
    caller: Caller = request.scope["caller"]
    return challenges.return_url(payment, challenge, caller.links.fill(payment.checkout_key))


def _question(payment: Payment, challenge: Challenge) -> Response:
    card, is_paypal = challenge.means.card, challenge.means.type == "paypal"
    method = f"{card.brand.capitalize()} ending in {card.last_four}" if card else _NAMES[challenge.means.type]
    rows = [("Amount", money(payment.amount, payment.currency)), ("Pay with", method), ("Payment", payment.id)]
    if payment.statement_descriptor:
        rows.insert(0, ("To", payment.statement_descriptor))
    details = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    asks = "PayPal asks you to approve this payment." if is_paypal else "Your bank asks you to confirm this payment."
    yes, no = ("Approve", "Decline") if is_paypal else ("Yes, pass the challenge", "Fail the challenge")
    return _page(
        "Do you want to pay?" if is_paypal else "Is this you?",
        f"""<p>{asks}</p><dl>{details}</dl>
<form method="post">
<button class="passed" name="result" value="passed">{yes}</button>
<button class="failed" name="result" value="failed">{no}</button>
<button class="cancelled" name="result" value="cancelled">Cancel and go back</button>
</form>""",
    )


def _over(request: Request, payment: Payment, challenge: Challenge) -> Response:
    said = {
        "passed": "The challenge was passed.",
        "failed": "The challenge was failed.",
        "cancelled": "The challenge was cancelled.",
        "lapsed": "Nobody answered within 24 hours, so the challenge lapsed.",
        "withdrawn": "The payment was cancelled, so there is nothing to confirm any more.",
    }
    text = escape(said.get(challenge.state, ""))
    status = escape(f"Payment {payment.id} of {money(payment.amount, payment.currency)} is {payment.status}.")
    back = _back(request, payment, challenge)
    link = f'<a class="button" href="{escape(back)}">Back to the shop</a>' if back else ""
    title = _OVER.get(challenge.state, "This link has been used")
    return _page(title, f"<p>{text}</p><p>{status}</p>{link}")


def _unknown() -> Response:
    return _page("Nothing here", "<p>No challenge has this link. It may belong to a sandbox that is gone.</p>", 404)


def _page(title: str, body: str, status: int = 200) -> Response:
    content: Any = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{escape(title)} · mock_odus</title>
<link rel="icon" href="data:,">
<style>{_STYLE}</style>
</head>
<body>
<main>
<p class="mock">mock_odus · a simulated page, no money moves</p>
<h1>{escape(title)}</h1>
{body}
</main>
</body>
</html>
"""
    return HTMLResponse(content, status, headers=_HEADERS)
