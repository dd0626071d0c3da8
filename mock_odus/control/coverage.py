"""Which routes of Odus are spoken here, and what each stands on."""

from __future__ import annotations

from functools import cache

from starlette.requests import Request
from starlette.responses import Response

from mock_odus.control.answers import CoveredRoute
from mock_odus.control.context import Call, Control
from mock_odus.web.answers import Answer


def routes(control: Control) -> list[Call]:
    covered = cache(lambda: _covered(control))

    async def get_coverage(request: Request) -> Response:
        """Lists every route of the Odus API that is known, and whether it is documented or assumed."""
        control.sandbox(request)
        return Answer(covered())

    return [Call("GET", "/_mock/coverage", get_coverage, list[CoveredRoute])]


def _covered(control: Control) -> list[CoveredRoute]:
    """As the document of the Odus API tells it."""
    return [
        {
            "method": method.upper(),
            "path": path,
            "status": "supported",
            "basis": operation["x-odus-basis"],
            "source": operation.get("x-odus-source"),
        }
        for path, operations in control.odus()["paths"].items()
        for method, operation in operations.items()
    ]
