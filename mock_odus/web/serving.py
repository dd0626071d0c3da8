"""How the application is served: by uvicorn, with an end to everything."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from copy import deepcopy
from functools import partial
from selectors import EVENT_READ, DefaultSelector
from typing import Any

import uvicorn
import uvicorn.config

from mock_odus.web.front import Front

PATIENCE = 30.0
"""Seconds within which a request must have come whole."""

TELLS_REQUESTS = ("info", "debug")
"""Levels of the log on which each request is told."""

_OPEN_DOOR = 0.2  # seconds in which everybody is let in who has knocked
_LAST_CALL = 0.02  # seconds in which whoever asks all the time asks once more


class Uvicorn(uvicorn.Server):
    """Answers what has come before it ends, and ends what would never end by itself."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if isinstance(self.config.app, Front):
            self.config.app.end()
        sockets = sockets or []
        await _let_in(sockets)
        for server in self.servers:
            server.close()
        for listening in sockets:
            listening.close()
        # From now on every answer is the last one of its connection: nobody asks just when it is closed.
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        answered = -1
        while self.server_state.connections and answered != self.server_state.total_requests:
            answered = self.server_state.total_requests
            await asyncio.sleep(_LAST_CALL)
        await super().shutdown(sockets)


async def _let_in(sockets: Sequence[socket.socket]) -> None:
    """Whoever is not let in before a socket is closed has knocked in vain, whatever he has sent already."""
    loop = asyncio.get_running_loop()
    end = loop.time() + _OPEN_DOOR
    with DefaultSelector() as selector:
        for listening in sockets:
            selector.register(listening, EVENT_READ)
        while selector.select(0) and loop.time() < end:  # noqa: ASYNC110 - the loop itself lets them in
            await asyncio.sleep(0)


def uvicorn_of(app: Any, patience: float, log_level: str) -> Uvicorn:
    """The server of an application. Where httptools is missing uvicorn reads with h11, and waits for ever."""
    try:
        from mock_odus.web.connections import Connection
    except ImportError:
        reader: Any = "auto"
    else:
        reader = partial(Connection, patience)
    config = uvicorn.Config(
        app,
        http=reader,
        access_log=log_level in TELLS_REQUESTS,
        log_level=log_level,
        log_config=_logging(),
        lifespan="on",
        ws="none",
        proxy_headers=False,  # behind a proxy --public-url says where browsers come in
        timeout_graceful_shutdown=1,
        server_header=False,
    )
    return Uvicorn(config)


def _logging() -> dict[str, Any]:
    """uvicorn's own, but for the requests, which it tells on stdout: that is for the one line of `serve`."""
    config = deepcopy(uvicorn.config.LOGGING_CONFIG)
    config["handlers"]["access"]["stream"] = "ext://sys.stderr"
    return config
