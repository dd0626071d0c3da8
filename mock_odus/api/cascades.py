"""`/cascades` (guides/routing/*)."""

from __future__ import annotations

from mock_odus.api.resource import Resource
from mock_odus.engine import cascades as engine
from mock_odus.engine.bodies import CreateCascade, UpdateCascade
from mock_odus.engine.records import Cascade
from mock_odus.web.front import Caller

cascades = Resource(Cascade, "/cascades", "CASCADE")


@cascades.create(CreateCascade)
def create(caller: Caller, body: CreateCascade) -> Cascade:
    """Makes a cascade of gateway profiles."""
    return engine.create(caller.world, body)


@cascades.update(UpdateCascade)
def update(caller: Caller, cascade: Cascade, body: UpdateCascade) -> Cascade:
    """Changes what is given of a cascade; other rules count from zero."""
    return engine.update(caller.world, cascade, body)


@cascades.delete
def delete(caller: Caller, cascade: Cascade) -> Cascade:
    """Deletes a cascade that is no default."""
    return engine.delete(caller.world, cascade)
