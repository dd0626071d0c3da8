"""Every route under /_mock."""

from __future__ import annotations

from starlette.routing import BaseRoute

from mock_odus.control import clock, journal, sandboxes, scenarios
from mock_odus.control.context import Control


def routes(control: Control) -> list[BaseRoute]:
    return [route for part in (sandboxes, clock, scenarios, journal) for route in part.routes(control)]
