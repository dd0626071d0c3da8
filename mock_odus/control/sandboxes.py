"""Health, sandboxes, snapshots and the digest."""

from __future__ import annotations

from time import monotonic
from typing import Any

import msgspec
from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from mock_odus import __version__
from mock_odus.control.answers import Digest, Health, NewSandbox, SandboxAnswer, SnapshotAnswer
from mock_odus.control.bodies import Clock, CreateSandbox, CreateSnapshot, Nothing, Reset
from mock_odus.control.context import Call, Control, body_of
from mock_odus.engine.errors import Conflict, Invalid, NotFound, Refused
from mock_odus.engine.world import Snapshot
from mock_odus.sandbox import Sandbox, Settings, start_of
from mock_odus.scripting import rules
from mock_odus.scripting.language import TEST_CARDS, Scenario
from mock_odus.web.answers import Answer


def routes(control: Control) -> list[Call]:
    began = monotonic()

    async def check_health(request: Request) -> Response:
        """Tells that the mock is up."""
        health: Health = {"status": "ok", "version": __version__, "uptimeSeconds": round(monotonic() - began, 1)}
        return Answer(health)

    async def list_sandboxes(request: Request) -> Response:
        """Lists all sandboxes of the process, with their keys."""
        control.sandbox(request)
        return Answer([_sandbox(sandbox) for sandbox in control.sandboxes.by_name.values()])

    async def create_sandbox(request: Request) -> Response:
        """Makes a sandbox, an account of its own. The same name again finds the one there, with status 200."""
        body: CreateSandbox = await body_of(request, CreateSandbox)
        clock = body.clock or Clock()
        if clock.rate and clock.mode == "frozen":
            raise Invalid("clock.rate is for a clock that ticks, and clock.mode is frozen")
        _require_consent(body, clock)
        settings = Settings(
            seed=body.seed,
            start=start_of(clock.start) if clock.start else None,
            scenario=_scenario(control, body.scenario),
            mode="ticking" if clock.rate else clock.mode,
            rate=clock.rate,
        )
        sandbox, is_new = control.sandboxes.create(body.name, settings, _origin(control, body.from_))
        control.make_room()
        return Answer(_new(sandbox), 201 if is_new else 200)

    async def reset_sandbox(request: Request) -> Response:
        """Makes a sandbox as it was when it was created. `scenario: null` drops its scenario."""
        sandbox = _named(control, request)
        body: Reset = await body_of(request, Reset)
        sandbox.reset(keep_scenario=body.scenario is UNSET)
        return Answer(_sandbox(sandbox), 201)

    async def delete_sandbox(request: Request) -> Response:
        """Deletes a sandbox; the default one cannot be deleted."""
        sandbox = _named(control, request)
        shown = _sandbox(sandbox)
        control.sandboxes.delete(sandbox.name)
        return Answer(shown)

    async def save_snapshot(request: Request) -> Response:
        """Saves the sandbox's world under a name."""
        sandbox = control.sandbox(request)
        body: CreateSnapshot = await body_of(request, CreateSnapshot)
        return Answer(_snapshot(body.name, sandbox.save(body.name)), 201)

    async def list_snapshots(request: Request) -> Response:
        """Lists the sandbox's snapshots."""
        sandbox = control.sandbox(request)
        return Answer([_snapshot(name, snapshot) for name, snapshot in sandbox.snapshots.items()])

    async def restore_snapshot(request: Request) -> Response:
        """Makes the sandbox's world what it was when the snapshot was saved, its time included."""
        sandbox = control.sandbox(request)
        await body_of(request, Nothing)
        sandbox.restore(request.path_params["name"])
        return Answer(_sandbox(sandbox), 201)

    async def delete_snapshot(request: Request) -> Response:
        """Deletes a snapshot."""
        sandbox = control.sandbox(request)
        name = request.path_params["name"]
        shown = _snapshot(name, sandbox.snapshot(name))
        del sandbox.snapshots[name]
        return Answer(shown)

    async def get_digest(request: Request) -> Response:
        """Tells a hash of the sandbox's whole world."""
        digest: Digest = {"digest": control.sandbox(request).world.digest()}
        return Answer(digest)

    return [
        Call("GET", "/_mock/health", check_health, Health, needs_key=False),
        Call("GET", "/_mock/sandboxes", list_sandboxes, list[SandboxAnswer]),
        Call(
            "POST",
            "/_mock/sandboxes",
            create_sandbox,
            NewSandbox,
            body=CreateSandbox,
            statuses=(201, 200),
            refused=(Conflict, NotFound),
            needs_key=False,
        ),
        Call("POST", "/_mock/sandboxes/{name}/reset", reset_sandbox, SandboxAnswer, body=Reset),
        Call("DELETE", "/_mock/sandboxes/{name}", delete_sandbox, SandboxAnswer, refused=(Refused,)),
        Call("POST", "/_mock/snapshots", save_snapshot, SnapshotAnswer, body=CreateSnapshot),
        Call("GET", "/_mock/snapshots", list_snapshots, list[SnapshotAnswer]),
        Call("POST", "/_mock/snapshots/{name}/restore", restore_snapshot, SandboxAnswer, body=Nothing),
        Call("DELETE", "/_mock/snapshots/{name}", delete_snapshot, SnapshotAnswer),
        Call("GET", "/_mock/digest", get_digest, Digest),
    ]


def _named(control: Control, request: Request) -> Sandbox:
    control.sandbox(request)
    return control.sandboxes.get(request.path_params["name"])


def _scenario(control: Control, given: str | dict[str, Any] | None) -> Scenario | None:
    if isinstance(given, dict):
        return control.read_document(msgspec.json.encode(given).decode(), None, {})
    return None if given is None else control.find(given)


def _require_consent(body: CreateSandbox, clock: Clock) -> None:
    """A snapshot says already what a fork of it is. Invalid."""
    told = {"seed": body.seed, "scenario": body.scenario, "clock.start": clock.start}
    doubled = [name for name, value in told.items() if value is not None] if body.from_ is not None else []
    if doubled:
        raise Invalid(*(f"{name} must be left out with from: the snapshot has its own" for name in doubled))


def _origin(control: Control, text: str | None) -> Snapshot | None:
    """The snapshot that `from` names. Invalid, NotFound."""
    if text is None:
        return None
    sandbox, _, name = text.partition("/")
    if not name:
        raise Invalid(f"from must be <sandbox>/<snapshot>, found '{text}'")
    return control.sandboxes.get(sandbox).snapshot(name)


def _sandbox(sandbox: Sandbox) -> SandboxAnswer:
    if sandbox.ticker:  # it may be another one than the caller's, whose clock the front door has brought up to date
        sandbox.ticker.follow()
    return {
        "name": sandbox.name,
        "secretKey": sandbox.secret_key,
        "publishableKey": sandbox.publishable_key,
        "now": sandbox.world.now,
        "scenario": sandbox.scenario,
        "counts": sandbox.world.counts,
    }


def _new(sandbox: Sandbox) -> NewSandbox:
    """The sandbox, and what its scenario says beyond its name."""
    running = rules.running(sandbox.world)
    unmatched = running.unmatched if running else TEST_CARDS
    return {**_sandbox(sandbox), "unmatched": unmatched, "world": running.ids if running else {}}


def _snapshot(name: str, snapshot: Snapshot) -> SnapshotAnswer:
    return {"name": name, "at": snapshot.now, "counts": snapshot.counts}
