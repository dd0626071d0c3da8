"""The dashboard at /dashboard: files, and nothing else. What they show they ask of the public APIs, as anybody could.

Every address below /dashboard is the same page, which finds out by itself what it is about; its files lie below
`/dashboard/_/`, since no sandbox can be named so. The page may run its own files and call this mock, and nothing else.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from mock_odus.browser.shelf import TYPES, hand_out
from mock_odus.engine.errors import NotFound
from mock_odus.web import guard
from mock_odus.web.routing import Route

_HOME = Path(__file__).parent / "dashboard_files"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {"content-security-policy": POLICY, "referrer-policy": "no-referrer"}


@cache
def files() -> dict[str, Path]:
    """All that may be handed out, by its path below `/dashboard/_/`."""
    return {file.relative_to(_HOME).as_posix(): file for file in sorted(_HOME.rglob("*")) if file.suffix in TYPES}


def routes(allowed_hosts: frozenset[str]) -> list[Route]:
    async def show_page(request: Request) -> Response:
        guard.check(request, allowed_hosts)
        return hand_out(files()["index.html"], request, _HEADERS)

    async def show_file(request: Request) -> Response:
        guard.check(request, allowed_hosts)
        file = files().get(request.path_params["file"])
        if file is None:
            raise NotFound(f"no such file; here are: {', '.join(files())}")
        return hand_out(file, request, _HEADERS)

    return [
        Route("/dashboard/_/{file:path}", show_file, methods=["GET"]),
        Route("/dashboard", show_page, methods=["GET"]),
        Route("/dashboard/{page:path}", show_page, methods=["GET"]),
    ]
