"""Every route under /_mock, all of them guarded against foreign pages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mock_odus.control import clock, guard, journal, sandboxes, scenarios
from mock_odus.control.context import Control, Endpoint


def routes(control: Control) -> list[Route]:
    parts = (sandboxes, clock, scenarios, journal)
    return [_guarded(route, control) for part in parts for route in part.routes(control)]


def _guarded(route: Route, control: Control) -> Route:
    endpoint: Endpoint = route.endpoint

    async def checked(request: Request) -> Response:
        guard.check(request, control.allowed_hosts)
        return await endpoint(request)

    return Route(route.path, checked, methods=list(route.methods or ()))
