"""What an endpoint of the control API works with, and how it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from starlette.requests import Request

from mock_odus.engine.errors import Forbidden, Unauthorized
from mock_odus.engine.world import World
from mock_odus.journal import RequestJournal
from mock_odus.sandbox import Sandbox, Sandboxes
from mock_odus.scripting.language import Scenario
from mock_odus.web.bodies import decode, read
from mock_odus.web.front import Caller
from mock_odus.web.routing import Endpoint, Route


class Control(Struct, frozen=True):
    """The process's own things; `find` and `read_document` turn a name or a text into a scenario.

    A text may come with an existing world that it may refer to, and with texts by name that it may extend.
    `make_room` is called when another sandbox was made. `summaries` are those of the scenarios that can be named,
    `text` is the document of one (None when there is none), `codes` are the status codes of refusals, and `odus` makes
    the OpenAPI document of the Odus API.
    """

    sandboxes: Sandboxes
    make_room: Callable[[], None]
    journal: RequestJournal
    find: Callable[[str], Scenario]
    read_document: Callable[[str, World | None, Mapping[str, str]], Scenario]
    summaries: Callable[[], dict[str, str]]
    text: Callable[[str], str | None]
    allowed_hosts: frozenset[str]
    codes: Mapping[type[Exception], int]
    odus: Callable[[], dict[str, Any]]

    def sandbox(self, request: Request) -> Sandbox:
        """The sandbox of the key, the default one without a key. Unauthorized, Forbidden."""
        caller: Caller = request.scope["caller"]
        if caller.refusal:
            raise Unauthorized(caller.refusal)
        if caller.credential and caller.credential.kind != "secretKey":
            raise Forbidden(f"a {caller.credential.kind} may not drive the mock: it takes a secretKey")
        return caller.sandbox


class Call(Route):
    """A route, and what the API's own document says of it: the endpoint's name is its id, the docstring its summary.

    `answer`, `body` and `query` are the types of what it answers and takes; a `listed` answer is a page of these,
    a `streamed` one never ends by itself. Without `needs_body` nothing that is sent is refused for its form.
    `refused` are reasons to refuse it beyond those that its form tells.
    """

    @property
    def takes_no_query(self) -> bool:
        """Whether every parameter is refused. Who asks without a key, a probe of health, may add one against caches."""
        return not (self.query or self.listed or (self.method == "GET" and not self.needs_key))

    def __init__(
        self,
        method: str,
        path: str,
        endpoint: Endpoint,
        answer: Any,
        *,
        body: Any = None,
        query: type | None = None,
        statuses: tuple[int, ...] = (),
        refused: tuple[type[Exception], ...] = (),
        listed: bool = False,
        as_text: bool = False,
        streamed: bool = False,
        takes_yaml: bool = False,
        needs_body: bool = True,
        needs_key: bool = True,
    ) -> None:
        super().__init__(path, endpoint, methods=[method])
        self.method = method
        self.listed = listed
        self.as_text = as_text
        self.streamed = streamed
        self.answer = answer
        self.body = body
        self.query = query
        self.statuses = statuses or (201 if method == "POST" else 200,)
        self.refused = refused
        self.takes_yaml = takes_yaml
        self.needs_body = needs_body
        self.needs_key = needs_key


async def body_of(request: Request, wanted: type[Any]) -> Any:
    """The decoded body. Invalid with every problem."""
    return decode(await read(request), wanted)
