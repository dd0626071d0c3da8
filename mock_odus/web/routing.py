"""From a path to its endpoint. Paths with parameters lie by both ends: one long list would be walked.

Routes are written as Starlette's are. Those compile a regular expression each when they are made, which was a twentieth
of the start; and Starlette's router was a seventh of a read.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import cached_property

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope

from mock_odus.engine.errors import OdusError
from mock_odus.scripting.language import ScenarioError
from mock_odus.web.problems import Problems

Endpoint = Callable[[Request], Awaitable[Response]]

_PARAMETER = re.compile(r"{(\w+)(:path)?}")


class Route:
    """Who answers at a path such as `/payments/{id}`, or `/dashboard/{page:path}` where the rest may hold slashes.

    Whoever answers a GET answers a HEAD.
    """

    def __init__(self, path: str, endpoint: Endpoint, *, methods: Iterable[str] = ("GET",)) -> None:
        self.path = path
        self.endpoint = endpoint
        self.methods = frozenset(methods)
        if "GET" in self.methods:
            self.methods |= {"HEAD"}


class Place:
    """A path, and who answers there by method."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.endpoints: dict[str, Endpoint] = {}

    @property
    def methods(self) -> list[str]:
        return sorted(self.endpoints)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        found, last = "", 0
        for parameter in _PARAMETER.finditer(self.path):
            name, rest = parameter.groups()
            found += re.escape(self.path[last : parameter.start()]) + f"(?P<{name}>{'.*' if rest else '[^/]+'})"
            last = parameter.end()
        return re.compile(found + re.escape(self.path[last:]) + r"\Z")


class Branches:
    """All places: those with parameters by the first and the last segment of the path. Refusals become answers here."""

    def __init__(self, routes: Sequence[Route], problems: Problems) -> None:
        self.problems = problems
        self._places: dict[str, Place] = {}
        self._branches: dict[tuple[str, str], list[Place]] = {}
        for route in routes:
            self.add(route)

    def add(self, route: Route) -> None:
        place = self._places.get(route.path)
        if place is None:
            place = self._places[route.path] = Place(route.path)
            if "{" in route.path:
                first, last = _ends(route.path)
                self._branches.setdefault((first, "" if "{" in last else last), []).append(place)
        place.endpoints.update(dict.fromkeys(route.methods, route.endpoint))

    @property
    def paths(self) -> dict[str, list[str]]:
        """The methods of every path, as it was declared."""
        return {path: place.methods for path, place in self._places.items()}

    async def answer(self, scope: Scope, receive: Receive) -> Response:
        request = Request(scope, receive)
        found = self._find(scope["path"])
        if found is None:
            return self.problems.no_route(request, list(self._places))
        place, parameters = found
        endpoint = place.endpoints.get(request.method)
        if endpoint is None:
            return self.problems.not_allowed(request, place.path, place.methods)
        scope["path_params"] = parameters
        try:
            return await endpoint(request)
        except (OdusError, ScenarioError) as error:
            return self.problems.refused(error)

    def _find(self, path: str) -> tuple[Place, dict[str, str]] | None:
        """The place of a path, and its parameters."""
        if "{" not in path and (place := self._places.get(path)):
            return place, {}
        first, last = _ends(path)
        for ending in (last, ""):
            for place in self._branches.get((first, ending), ()):
                if match := place.pattern.match(path):
                    return place, match.groupdict()
        return None


def _ends(path: str) -> tuple[str, str]:
    """The first segment and the last."""
    return path.partition("/")[2].partition("/")[0], path.rpartition("/")[2]
