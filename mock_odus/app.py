"""Wires everything: the only file that knows all faces of the mock."""

from __future__ import annotations

import asyncio
import gc
import json
import re
import socket
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

from starlette.types import ASGIApp

from mock_odus import assumptions
from mock_odus.api import routes as api
from mock_odus.assumptions import Assumptions
from mock_odus.browser import challenge, dashboard, sdk, shop
from mock_odus.control import routes as control
from mock_odus.control.context import Control
from mock_odus.courier.courier import Courier
from mock_odus.courier.posting import Poster
from mock_odus.engine.errors import Invalid
from mock_odus.engine.world import World
from mock_odus.journal import RequestJournal
from mock_odus.sandbox import HostClock, Sandboxes, Settings
from mock_odus.scripting import library, loader
from mock_odus.scripting.language import Mode, Scenario
from mock_odus.scripting.summaries import summaries
from mock_odus.timekeeper.idling import Idling
from mock_odus.timekeeper.ticking import RealClock
from mock_odus.watching import ScenarioFile
from mock_odus.web.front import Front
from mock_odus.web.problems import Problems
from mock_odus.web.routing import Branches
from mock_odus.web.serving import PATIENCE, uvicorn_of


def create_app(
    *,
    scenario: str | None = None,
    seed: int | None = None,
    start: str | None = None,
    folders: Sequence[Path] = (),
    corrections: Path | None = None,
    public_url: str | None = None,
    allowed_hosts: Sequence[str] = (),
    secret_key: str = "",
    publishable_key: str = "",
    mode: Mode | None = None,
    rate: float | None = None,
    by_default: Mode = "frozen",
    webhook_hosts: Sequence[str] = (),
    clock: HostClock | None = None,
    watch: bool = False,
    strict: bool = False,
    tell: Callable[[str], None] = lambda text: None,
) -> Front:
    """The whole mock as an ASGI application.

    `scenario` is the name or file that the default sandbox runs, `folders` are looked in before the shipped ones,
    `start` is an instant. `mode` and `rate` are told of the default sandbox's clock, `by_default` holds when its
    scenario says nothing either; `clock` stands in for this machine's own. `webhook_hosts` may be posted to wherever
    they are. `watch` loads that scenario again when its files change, `strict` refuses it for a warning, and `tell` is
    told of either. ScenarioError, AssumptionsError, Invalid.
    """
    assumed = assumptions.load(corrections)
    prefixes = assumed.for_engine().prefixes
    file = ScenarioFile(scenario, folders, prefixes, strict=strict, tell=tell) if scenario else None
    settings = Settings(seed=seed, start=start, scenario=file.read() if file else None, mode=mode, rate=rate)
    poster = Poster(webhook_hosts)
    clock = clock or RealClock()
    sandboxes = Sandboxes(
        assumed.for_engine(),
        settings,
        secret_key=secret_key,
        publishable_key=publishable_key,
        host=clock,
        mode=by_default,
        couriers=lambda sandbox: Courier(sandbox, poster),
    )
    faces = _control(assumed, sandboxes, clock, folders, frozenset(map(str.lower, allowed_hosts)))
    pages = [*challenge.routes(faces.sandboxes), *sdk.routes(), *shop.routes(faces.sandboxes, lambda: front)]
    pages += dashboard.routes(faces.allowed_hosts)
    routes = [*api.routes(assumed), *control.routes(faces), *pages]
    branches = Branches(routes, Problems(assumed.status_codes, api.hints()))
    beside = partial(file.watch, sandboxes.default) if watch and file else None
    front = Front(branches, faces.sandboxes, faces.journal, public_url, poster.close, beside)
    return front


def describe(corrections: Path | None = None, *, of_control: bool = False) -> str:
    """The OpenAPI document of the Odus API, or of the control API, as JSON to read. AssumptionsError."""
    assumed = assumptions.load(corrections)
    if of_control:
        document = control.document(_control(assumed, Sandboxes(assumed.for_engine(), Settings()), RealClock()))
    else:
        document = api.document(assumed)
    return json.dumps(document, indent=2, ensure_ascii=False)


def _control(
    assumed: Assumptions,
    sandboxes: Sandboxes,
    clock: HostClock,
    folders: Sequence[Path] = (),
    allowed_hosts: frozenset[str] = frozenset(),
) -> Control:
    """The process's own things, and the ways to find a scenario in it."""
    policies = assumed.for_engine()

    def find(name: str) -> Scenario:
        # A caller over HTTP may name a scenario, not a file of this machine.
        if not re.fullmatch(r"[\w-]+", name):
            raise Invalid(f"scenario must be the name of a scenario, or a whole document; found '{name}'")
        return loader.find(name, folders, prefixes=policies.prefixes)

    def read_document(text: str, kept: World | None, sent: Mapping[str, str]) -> Scenario:
        return loader.load(text, file="scenario", prefixes=policies.prefixes, world=kept, folders=folders, sent=sent)

    codes = Problems(assumed.status_codes).status
    return Control(
        sandboxes,
        Idling(sandboxes, clock.seconds).make_room,
        RequestJournal(),
        find,
        read_document,
        lambda: summaries(folders),
        lambda name: library.text(name, folders),
        allowed_hosts,
        codes,
        lambda: api.document(assumed),
    )


class Server:
    """The application on a socket, in a thread of this process or in the foreground.

    `log_level` is one of uvicorn's; everything is logged to stderr. `patience` are the seconds within which a request
    must have come whole.
    """

    def __init__(
        self,
        app: ASGIApp,
        host: str = "127.0.0.1",
        port: int = 0,
        log_level: str = "warning",
        *,
        patience: float = PATIENCE,
    ) -> None:
        self._socket = listen(host, port)
        self.host, self.port = self._socket.getsockname()[:2]
        shown = f"[{self.host}]" if ":" in self.host else self.host
        self.url = f"http://{shown}:{self.port}"
        self._server = uvicorn_of(app, patience, log_level)
        self._thread: Thread | None = None
        self._stop: Any = None

    def start(self) -> None:
        """Serves in a daemon thread. The socket listens already, so callers may connect at once."""
        ready = Event()
        self._thread = Thread(target=lambda: asyncio.run(self._serve(ready)), name="mock-odus", daemon=True)
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        """Ends the thread and waits for it."""
        loop, stopped = self._stop
        loop.call_soon_threadsafe(stopped.set)
        assert self._thread is not None
        self._thread.join()

    def run(self) -> None:
        """Serves until the process is told to stop. The process is ours: so is its search for garbage."""
        gc.freeze()
        gc.enable()
        gc.callbacks.append(_keep)
        self._server.run(sockets=[self._socket])

    async def _serve(self, ready: Event) -> None:
        # uvicorn's own loop looks ten times a second whether it should stop; a test should not wait for that.
        stopped = asyncio.Event()
        self._stop = asyncio.get_running_loop(), stopped
        self._server.config.load()
        self._server.lifespan = self._server.config.lifespan_class(self._server.config)
        await self._server.startup(sockets=[self._socket])
        ready.set()
        await stopped.wait()
        await self._server.shutdown(sockets=[self._socket])


def _keep(phase: str, info: dict[str, int]) -> None:
    """What a full search has left is not searched again: records hold no cycles, and a million take long to walk."""
    if phase == "stop" and info["generation"] == 2:
        gc.freeze()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. With the protocol named, asyncio switches Nagle's algorithm off; with 0 it would not."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except OSError:
        found.close()
        raise
    found.listen(2048)
    return found
