"""The challenge page: where a customer is sent to prove who they are (checkout/3ds-and-redirect-handling).

A bank that asks for a code, or PayPal: plain HTML and forms, so that it works without JavaScript. A link works once;
later visits say what happened.
"""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mock_odus.browser import pages
from mock_odus.engine import authorizations, challenges, periods
from mock_odus.engine.challenges import Challenge, State
from mock_odus.engine.errors import NotFound
from mock_odus.engine.records import ChallengeAnswer, MethodType, Payment
from mock_odus.sandbox import Sandbox, Sandboxes
from mock_odus.timeline import money
from mock_odus.web.bodies import read
from mock_odus.web.front import Caller
from mock_odus.web.routing import Route

ANSWERS: dict[str, ChallengeAnswer] = {"passed": "passed", "failed": "failed", "cancelled": "cancelled"}
CODES: dict[str, ChallengeAnswer] = {"1234": "passed", "0000": "failed"}
"""What the codes do that somebody may type in; any other is asked for again."""

_NAMES: dict[MethodType, str] = {"card": "Card", "paypal": "PayPal", "applePay": "Apple Pay"}
_OVER: dict[State, str] = {"lapsed": "This link has lapsed", "withdrawn": "This payment was cancelled"}


def routes(sandboxes: Sandboxes) -> list[Route]:
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
        if challenge.means.type == "card" and (code := form.get("code", [""])[0].strip()):
            result = CODES.get(code)
            if result is None:
                return _question(payment, challenge, "This is not the code. Please try again.")
        if result is None:
            return pages.page("Please choose", "<p>Press one of the buttons on the page before.</p>", status=400)
        mark = len(sandbox.world.log)
        payment = authorizations.finish_challenge(sandbox.world, challenge, result)
        caller: Caller = request.scope["caller"]
        await caller.wait_for_gateways(mark)
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


def _question(payment: Payment, challenge: Challenge, problem: str = "") -> Response:
    """What the customer is asked, with what was wrong with the answer before."""
    card, is_paypal = challenge.means.card, challenge.means.type == "paypal"
    method = f"{card.brand.capitalize()} ending in {card.last_four}" if card else _NAMES[challenge.means.type]
    rows = [("Amount", money(payment.amount, payment.currency)), ("Pay with", method), ("Payment", payment.id)]
    if merchant := payment.statement_descriptor or _host(payment.return_url):
        rows.insert(0, ("To", merchant))
    details = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    until = escape(_people(periods.due(challenge.created_at, challenges.LAPSE)))
    lapse = f'<p class="small">This request lapses on {until}.</p>'
    if is_paypal:
        body = f"""<p>Approve this payment with your PayPal balance.</p><dl>{details}</dl>
<form method="post">{_buttons("Approve", "Decline")}</form>{lapse}"""
        return pages.page("Do you want to pay?", body, look="paypal", brand="PayPal")
    wrong = ' aria-invalid="true" aria-describedby="problem"' if problem else ""
    body = f"""<p>We have sent you a code. Enter it to confirm this payment.</p><dl>{details}</dl>
<form method="post" class="code">
<label for="code">Confirmation code</label>
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="8" required{wrong}>
<p id="problem" class="problem" role="alert">{escape(problem)}</p>
<button class="confirm">Confirm payment</button>
</form>{lapse}"""
    bar = f"""<form method="post" class="bar" aria-label="Answers of the mock">
<p>mock_odus · nobody sends a code: <b>1234</b> passes, <b>0000</b> fails</p>
{_buttons("Yes, pass the challenge", "Fail the challenge")}
</form>"""
    return pages.page("Is this you?", body, look="bank", brand="Sample Bank", bar=bar)


def _buttons(yes: str, no: str) -> str:
    return f"""
<button class="passed" name="result" value="passed">{yes}</button>
<button class="failed" name="result" value="failed">{no}</button>
<button class="cancelled" name="result" value="cancelled">Cancel and go back</button>
"""


def _host(url: str | None) -> str:
    """Who asks for the money, when the payment does not say it: the shop that gets the customer back."""
    return (urlsplit(url).hostname or "") if url else ""


def _people(instant: str) -> str:
    """`2026-01-02 at 00:00 UTC`"""
    return f"{instant[:10]} at {instant[11:16]} UTC"


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
    return pages.page(title, f"<p>{text}</p><p>{status}</p>{link}")


def _unknown() -> Response:
    text = "<p>No challenge has this link. It may belong to a sandbox that is gone.</p>"
    return pages.page("Nothing here", text, status=404)
