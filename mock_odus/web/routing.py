"""From a path to its endpoint. The paths lie by their first segment, since one long list would be walked every time.

Starlette's routes say what a path looks like and who answers there. Its router is left out: it was a seventh of a read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from re import Pattern
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from mock_odus.engine.errors import OdusError
from mock_odus.scripting.language import ScenarioError
from mock_odus.web.problems import Problems

Endpoint = Callable[[Request], Awaitable[Response]]


class Place(NamedTuple):
    """A path, and who answers there by method."""

    path: str
    pattern: Pattern[str]
    endpoints: dict[str, Endpoint]

    @property
    def methods(self) -> list[str]:
        return sorted(self.endpoints)


class Branches:
    """All places, by the first segment of the path. Refusals become answers here."""

    def __init__(self, routes: Sequence[BaseRoute], problems: Problems) -> None:
        self.problems = problems
        self._places: dict[str, Place] = {}
        self._branches: dict[str, list[Place]] = {}
        for route in routes:
            self.add(route)

    def add(self, route: BaseRoute) -> None:
        assert isinstance(route, Route)
        place = self._places.get(route.path)
        if place is None:
            place = self._places[route.path] = Place(route.path, route.path_regex, {})
            self._branches.setdefault(_first_segment(route.path), []).append(place)
        place.endpoints.update(dict.fromkeys(route.methods or (), route.endpoint))

    @property
    def paths(self) -> dict[str, list[str]]:
        """The methods of every path, as it was declared."""
        return {path: place.methods for path, place in self._places.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path = request.scope["path"]
        for place in self._branches.get(_first_segment(path), ()):
            if match := place.pattern.match(path):
                endpoint = place.endpoints.get(request.method)
                if endpoint is None:
                    return self.problems.not_allowed(request, place.path, place.methods)
                request.scope["path_params"] = match.groupdict()
                try:
                    return await endpoint(request)
                except (OdusError, ScenarioError) as error:
                    return self.problems.refused(error)
        return self.problems.no_route(request, list(self._places))


def _first_segment(path: str) -> str:
    return path.partition("/")[2].partition("/")[0]
