"""Health, sandboxes, snapshots and the digest."""

from __future__ import annotations

from time import monotonic
from typing import Any

import msgspec
from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mock_odus import __version__
from mock_odus.control.bodies import CreateSandbox, CreateSnapshot, Reset
from mock_odus.control.context import Control, body_of
from mock_odus.engine.errors import Invalid
from mock_odus.engine.world import Snapshot
from mock_odus.sandbox import Sandbox, Settings, start_of
from mock_odus.scripting import rules
from mock_odus.scripting.language import Scenario
from mock_odus.web.answers import Answer


def routes(control: Control) -> list[Route]:
    began = monotonic()

    async def health(request: Request) -> Response:
        return Answer({"status": "ok", "version": __version__, "uptimeSeconds": round(monotonic() - began, 1)})

    async def list_sandboxes(request: Request) -> Response:
        control.sandbox(request)
        return Answer([_sandbox(sandbox) for sandbox in control.sandboxes.by_name.values()])

    async def create(request: Request) -> Response:
        body: CreateSandbox = await body_of(request, CreateSandbox)
        settings = Settings(
            seed=body.seed,
            start=start_of(body.clock.start) if body.clock and body.clock.start else None,
            scenario=_scenario(control, body.scenario),
        )
        sandbox, is_new = control.sandboxes.create(body.name, settings, _origin(control, body.from_))
        return Answer(_sandbox(sandbox) | _world(sandbox), 201 if is_new else 200)

    async def reset(request: Request) -> Response:
        sandbox = _named(control, request)
        body: Reset = await body_of(request, Reset)
        sandbox.reset(keep_scenario=body.scenario is UNSET)
        return Answer(_sandbox(sandbox), 201)

    async def delete(request: Request) -> Response:
        sandbox = _named(control, request)
        shown = _sandbox(sandbox)
        control.sandboxes.delete(sandbox.name)
        return Answer(shown)

    async def save(request: Request) -> Response:
        sandbox = control.sandbox(request)
        body: CreateSnapshot = await body_of(request, CreateSnapshot)
        return Answer(_snapshot(body.name, sandbox.save(body.name)), 201)

    async def list_snapshots(request: Request) -> Response:
        sandbox = control.sandbox(request)
        return Answer([_snapshot(name, snapshot) for name, snapshot in sandbox.snapshots.items()])

    async def restore(request: Request) -> Response:
        sandbox = control.sandbox(request)
        sandbox.restore(request.path_params["name"])
        return Answer(_sandbox(sandbox), 201)

    async def forget(request: Request) -> Response:
        sandbox = control.sandbox(request)
        name = request.path_params["name"]
        shown = _snapshot(name, sandbox.snapshot(name))
        del sandbox.snapshots[name]
        return Answer(shown)

    async def digest(request: Request) -> Response:
        return Answer({"digest": control.sandbox(request).world.digest()})

    return [
        Route("/_mock/health", health, methods=["GET"]),
        Route("/_mock/sandboxes", list_sandboxes, methods=["GET"]),
        Route("/_mock/sandboxes", create, methods=["POST"]),
        Route("/_mock/sandboxes/{name}/reset", reset, methods=["POST"]),
        Route("/_mock/sandboxes/{name}", delete, methods=["DELETE"]),
        Route("/_mock/snapshots", save, methods=["POST"]),
        Route("/_mock/snapshots", list_snapshots, methods=["GET"]),
        Route("/_mock/snapshots/{name}/restore", restore, methods=["POST"]),
        Route("/_mock/snapshots/{name}", forget, methods=["DELETE"]),
        Route("/_mock/digest", digest, methods=["GET"]),
    ]


def _named(control: Control, request: Request) -> Sandbox:
    control.sandbox(request)
    return control.sandboxes.get(request.path_params["name"])


def _scenario(control: Control, given: str | dict[str, Any] | None) -> Scenario | None:
    if isinstance(given, dict):
        return control.read_document(msgspec.json.encode(given).decode(), None)
    return None if given is None else control.find(given)


def _origin(control: Control, text: str | None) -> Snapshot | None:
    """The snapshot that `from` names. Invalid, NotFound."""
    if text is None:
        return None
    sandbox, _, name = text.partition("/")
    if not name:
        raise Invalid(f"from must be <sandbox>/<snapshot>, found '{text}'")
    return control.sandboxes.get(sandbox).snapshot(name)


def _sandbox(sandbox: Sandbox) -> dict[str, Any]:
    return {
        "name": sandbox.name,
        "secretKey": sandbox.secret_key,
        "publishableKey": sandbox.publishable_key,
        "now": sandbox.world.now,
        "scenario": sandbox.scenario,
        "counts": sandbox.world.counts,
    }


def _world(sandbox: Sandbox) -> dict[str, Any]:
    """The ids of what the scenario named."""
    running = rules.running(sandbox.world)
    return {"world": running.ids if running else {}}


def _snapshot(name: str, snapshot: Snapshot) -> dict[str, Any]:
    return {"name": name, "at": snapshot.now, "counts": snapshot.counts}
