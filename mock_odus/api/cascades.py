"""`/cascades` (guides/routing/*)."""

from __future__ import annotations

from mock_odus.api.resource import Resource
from mock_odus.engine import cascades as engine
from mock_odus.engine.bodies import CreateCascade
from mock_odus.engine.records import Cascade
from mock_odus.web.front import Caller

cascades = Resource(Cascade, "/cascades", "CASCADE")


@cascades.create(CreateCascade)
def create(caller: Caller, body: CreateCascade) -> Cascade:
    return engine.create(caller.world, body)
