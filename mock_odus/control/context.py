"""What an endpoint of the control API works with, and how it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mock_odus.engine.errors import Forbidden, Unauthorized
from mock_odus.engine.world import World
from mock_odus.journal import RequestJournal
from mock_odus.sandbox import Sandbox, Sandboxes
from mock_odus.scripting.language import Scenario
from mock_odus.web.bodies import decode, read
from mock_odus.web.front import Caller

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Control:
    """The process's own things; `find` and `read_document` turn a name or a text into a scenario."""

    sandboxes: Sandboxes
    journal: RequestJournal
    find: Callable[[str], Scenario]
    read_document: Callable[[str, World | None], Scenario]
    allowed_hosts: frozenset[str]

    def sandbox(self, request: Request) -> Sandbox:
        """The sandbox of the key, the default one without a key. Unauthorized, Forbidden."""
        caller: Caller = request.scope["caller"]
        if caller.refusal:
            raise Unauthorized(caller.refusal)
        if caller.credential and caller.credential.kind != "secretKey":
            raise Forbidden(f"a {caller.credential.kind} may not drive the mock: it takes a secretKey")
        return caller.sandbox


async def body_of(request: Request, wanted: type[Any]) -> Any:
    """The decoded body. Invalid with every problem."""
    return decode(await read(request), wanted)
