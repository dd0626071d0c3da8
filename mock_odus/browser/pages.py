"""What the pages of the bank and of PayPal look like. They run nothing, and nobody keeps a copy of them."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Any, Literal

from starlette.responses import HTMLResponse, Response

Look = Literal["bank", "paypal", "plain"]

_STYLE = """
:root { color-scheme: light dark; --line: #d5dae2; --soft: #566070; --go: #14532d; --stop: #8a1c1c; --back: #eef1f6;
  --card: #fff; --ink: #16202c; --brand: #123a6b; --on: #fff; --edge: #7b8696; }
.paypal { --brand: #fff; --on: #0a2f86; --go: #0a4fc4; --back: #f5f7fa; }
@media (prefers-color-scheme: dark) {
  :root { --line: #333d4a; --soft: #a4aebb; --go: #1d6b3b; --stop: #a32a2a; --back: #0f141b; --card: #1a212a;
    --ink: #eef2f6; --brand: #1d4d8b; --edge: #76828f; }
  .paypal { --brand: #1a212a; --on: #9cc0ff; --go: #1257cf; --back: #0f141b; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; grid-template: auto 1fr / minmax(0, 1fr); overflow-wrap: anywhere;
  background: var(--back); color: var(--ink); font: 1rem/1.5 system-ui, "Segoe UI", "Liberation Sans", sans-serif; }
.bar { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; justify-content: center; padding: .625rem 1rem;
  background: #10161e; color: #e8edf4; }
.bar p, .mock { margin: 0; font-size: .8125rem; }
.bar p { flex-basis: 100%; text-align: center; }
@media (forced-colors: active) { .bar { background: Canvas; color: CanvasText; }
  .bar button.cancelled { background: ButtonFace; color: ButtonText; } }
.bar button { padding: .375rem .875rem; min-height: 2.75rem; font-size: .875rem; }
.bar .cancelled { border-color: #6a7686; color: #e8edf4; }
main { place-self: center; width: 100%; max-width: 28rem; padding: 1rem; }
article { background: var(--card); border: 1px solid var(--line); border-radius: 14px; overflow: hidden;
  box-shadow: 0 8px 30px rgb(15 25 45 / .08); }
.brand { display: flex; justify-content: space-between; align-items: center; gap: 1rem; margin: 0;
  padding: 1rem 1.75rem; background: var(--brand); color: var(--on); font-weight: 700; font-size: 1.0625rem;
  border-bottom: 1px solid var(--line); }
.brand span { font-weight: 500; font-size: .8125rem; }
.paypal .brand { font-style: italic; font-size: 1.375rem; } .paypal .brand span { font-style: normal; }
.inside { padding: 1.75rem; }
.inside > :last-child { margin-bottom: 0; }
h1 { margin: 0 0 .5rem; font-size: 1.375rem; line-height: 1.25; }
.inside > p { margin: 0 0 .75rem; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .375rem 1rem; margin: 1.25rem 0; padding: 1rem 0;
  border: solid var(--line); border-width: 1px 0; }
dt { color: var(--soft); } dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
dd:last-of-type { font-size: .75rem; line-height: 2; }
.inside form { display: grid; gap: .625rem; }
label { font-weight: 600; }
input { font: inherit; font-size: 1.25rem; letter-spacing: .2em; width: 100%; min-height: 3rem; padding: .375rem .75rem;
  color: inherit; background: transparent; border: 1px solid var(--edge); border-radius: 8px; }
input[aria-invalid] { border-color: var(--stop); border-width: 2px; }
.problem { margin: 0; color: #a31919; } @media (prefers-color-scheme: dark) { .problem { color: #ff9d95; } }
.problem:empty { display: none; }
button, .button { font: inherit; font-weight: 600; padding: .75rem 1rem; border-radius: 8px; cursor: pointer;
  border: 1px solid transparent; color: #fff; text-align: center; text-decoration: none; }
.confirm { background: #123a6b; } @media (prefers-color-scheme: dark) { .confirm { background: #2b62ad; } }
.passed { background: var(--go); } .failed { background: var(--stop); }
.paypal button { border-radius: 2rem; }
.paypal .failed { background: transparent; border-color: var(--edge); color: inherit; }
.cancelled, .button { background: transparent; border-color: var(--edge); color: inherit; }
.button { display: block; margin-top: 1.25rem; }
.small { font-size: .8125rem; color: var(--soft); }
.inside > form + .small { margin-top: 1rem; }
.mock { margin-top: 1rem; text-align: center; color: var(--soft); }
:focus-visible { outline: 3px solid #3b82f6; outline-offset: 2px; }
"""
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'; img-src data:; "
    "base-uri 'none'; frame-ancestors *"
)
_HEADERS = {"content-security-policy": _POLICY, "cache-control": "no-store", "referrer-policy": "no-referrer"}


def page(
    title: str, body: str, *, look: Look = "plain", brand: str = "mock_odus", bar: str = "", status: int = 200
) -> Response:
    """A whole page. `body` and `bar`, which stands above it, are markup; the rest is text."""
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
<body class="{look}">
<header>{bar}</header>
<main>
<article>
<p class="brand">{escape(brand)} <span>Simulated</span></p>
<div class="inside">
<h1>{escape(title)}</h1>
{body}
</div>
</article>
<p class="mock">mock_odus · a simulated page, no money moves</p>
</main>
</body>
</html>
"""
    return HTMLResponse(content, status, headers=_HEADERS)
