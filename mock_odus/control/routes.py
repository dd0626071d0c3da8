"""Every route under /_mock, all of them guarded against foreign pages."""

from __future__ import annotations

from functools import cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mock_odus.control import (
    analytics,
    clock,
    coverage,
    deliveries,
    events,
    journal,
    sandboxes,
    scenarios,
    sessions,
    stream,
)
from mock_odus.control.context import Call, Control
from mock_odus.engine.errors import Invalid
from mock_odus.web import guard
from mock_odus.web.answers import Answer
from mock_odus.web.front import Caller
from mock_odus.web.routing import Endpoint, Route


def routes(control: Control) -> list[Route]:
    return [_guarded(route, control) for route in _routes(control)]


def document(control: Control) -> dict[str, Any]:
    """The OpenAPI document of the control API."""
    from mock_odus.control import openapi  # costs what only those should pay who ask for it

    return openapi.document([route for route in _routes(control) if isinstance(route, Call)], control.codes)


def _routes(control: Control) -> list[Route]:
    described = cache(lambda: document(control))

    async def get_document(request: Request) -> Response:
        """Tells this document."""
        caller: Caller = request.scope["caller"]
        return Answer(described() | {"servers": [{"url": caller.origin}]})

    parts = (sandboxes, clock, scenarios, journal, events, deliveries, sessions, analytics, stream, coverage)
    return [
        *(route for part in parts for route in part.routes(control)),
        Call("GET", "/_mock/openapi.json", get_document, dict[str, Any], needs_key=False),
    ]


def _guarded(route: Route, control: Control) -> Route:
    endpoint: Endpoint = route.endpoint
    takes_none = isinstance(route, Call) and route.takes_no_query

    async def checked(request: Request) -> Response:
        guard.check(request, control.allowed_hosts)
        if takes_none and (unknown := sorted(set(request.query_params))):
            raise Invalid(*(f"{name} is not a parameter here: this call takes none" for name in unknown))
        return await endpoint(request)

    return Route(route.path, checked, methods=route.methods)
