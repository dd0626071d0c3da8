"""From a path to its endpoint: a router for each first segment, since one long list would be walked every time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import Receive, Scope, Send

from mock_odus.engine.errors import OdusError
from mock_odus.scripting.language import ScenarioError
from mock_odus.web.problems import Problems

Endpoint = Callable[[Request], Awaitable[Response]]


class Branches:
    """Plain Starlette routers by the first segment of the path. Refusals become answers where they are raised."""

    def __init__(self, routes: Sequence[BaseRoute], problems: Problems) -> None:
        self.problems = problems
        by_path: dict[str, dict[str, Endpoint]] = {}
        for route in routes:
            assert isinstance(route, Route)
            by_path.setdefault(route.path, {}).update(dict.fromkeys(route.methods or (), route.endpoint))
        self.paths = {path: sorted(endpoints) for path, endpoints in by_path.items()}
        grouped: dict[str, list[BaseRoute]] = {}
        for path, endpoints in by_path.items():
            grouped.setdefault(path.split("/")[1], []).append(self._route(path, endpoints))
        self.branches = {
            name: Router(group, redirect_slashes=False, default=self.nowhere) for name, group in grouped.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        segment = scope["path"].partition("/")[2].partition("/")[0]
        await self.branches.get(segment, self.nowhere)(scope, receive, send)

    async def nowhere(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.problems.no_route(Request(scope), list(self.paths))(scope, receive, send)

    def _route(self, path: str, endpoints: dict[str, Endpoint]) -> Route:
        """One route for all methods of a path; another method is answered with those that are allowed."""

        async def endpoint(request: Request) -> Response:
            found = endpoints.get(request.method)
            if found is None:
                return self.problems.not_allowed(request, path, self.paths[path])
            try:
                return await found(request)
            except (OdusError, ScenarioError) as error:
                return self.problems.refused(error)

        return Route(path, endpoint, methods=[])
