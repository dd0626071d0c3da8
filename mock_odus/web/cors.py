"""Pages of every origin may call the Odus API: a key is sent by hand, and no cookie stands for one.

The control API, the dashboard, the challenge page and the demo shop are for pages of their own only; the files of the
checkout say for themselves who may read them, since a browser that kept one from the mock's own page would find it shut
later.
Starlette's CORSMiddleware would cost a third of a read, also where no browser asks.
"""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import Scope

_SHUT = ("/_mock", "/challenge", "/dashboard", "/sdk", "/shop")
_READABLE = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"x-request-id, x-mock-now, x-mock-warning"),
]

PREFLIGHT = Response(
    status_code=204,
    headers={
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET, POST, DELETE",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
        "Access-Control-Max-Age": "7200",
    },
)
"""The answer to a browser's question whether it may ask. It has no key yet, so it is nobody's: no id, no journal."""


def is_preflight(scope: Scope) -> bool:
    """Whether an OPTIONS is such a question, and of a path that is open to it."""
    names = {name for name, _ in scope["headers"]}
    return {b"origin", b"access-control-request-method"} <= names and not scope["path"].startswith(_SHUT)


def readable(path: str) -> list[tuple[bytes, bytes]]:
    """What an answer carries so that a page of another origin may read it."""
    return [] if path.startswith(_SHUT) else _READABLE
