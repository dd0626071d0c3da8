"""The checkout module for browsers, and the page of its frames (checkout/3ds-and-redirect-handling).

Everybody may load it, from pages of every origin. The frame may run its own files and call this mock, and nothing else.
"""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from mock_odus.browser.shelf import hand_out
from mock_odus.engine.errors import NotFound
from mock_odus.web.routing import Route

FILES = {file.name: file for file in (Path(__file__).parent / "checkout_sdk").iterdir()}

_FOR_ALL = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors *"
)


def routes() -> list[Route]:
    return [Route("/sdk/{file}", _show, methods=["GET"])]


async def _show(request: Request) -> Response:
    file = FILES.get(request.path_params["file"])
    if file is None:
        raise NotFound(f"no such file; here are: {', '.join(sorted(FILES))}")
    is_page = file.suffix == ".html"
    more = {"content-security-policy": _POLICY, "referrer-policy": "no-referrer"} if is_page else {}
    return hand_out(file, request, _FOR_ALL | more)
