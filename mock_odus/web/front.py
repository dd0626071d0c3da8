"""The front door, plain ASGI: whose request this is, and its id and the sandbox's time on every answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from time import perf_counter
from typing import Any

from msgspec import Struct
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_odus.engine import ids
from mock_odus.engine.access import KeyKind
from mock_odus.engine.errors import Forbidden, Unauthorized
from mock_odus.engine.records import Transaction
from mock_odus.engine.views import Audience, Links
from mock_odus.engine.webhooks import WebhookSubscriber
from mock_odus.engine.world import World
from mock_odus.journal import LOGGED, Bodies, RequestJournal, bodies, conceal, of_refused
from mock_odus.sandbox import Credential, Sandbox, Sandboxes
from mock_odus.scripting.faults import trouble
from mock_odus.scripting.language import ApiFault
from mock_odus.web import cors, faults
from mock_odus.web.answers import Answer
from mock_odus.web.problems import broken
from mock_odus.web.routing import Branches

LOG = logging.getLogger("mock_odus")
QUIET = ("/_mock/health", "/dashboard")
"""What is asked for without a key over and over, and says nothing of the app under test."""


class Caller(Struct, gc=False):
    """Who asks, and how. `credential` is None without a key; `refusal` says why a key that was sent is not one.

    `sent` is the body that was read, as JSON.
    """

    credential: Credential | None
    refusal: str | None
    sandbox: Sandbox
    headers: dict[bytes, bytes]
    scheme: str
    public_url: str | None
    journal: RequestJournal
    warning: str | None = None
    sent: bytes | None = None

    @property
    def origin(self) -> str:
        """Where this mock is reached: as told at its start, or as this request reached it."""
        return self.public_url or f"{self.scheme}://{self.headers.get(b'host', b'').decode('latin-1')}"

    @property
    def world(self) -> World:
        return self.sandbox.world

    @property
    def links(self) -> Links:
        return Links(self.origin, self.sandbox.name)

    @property
    def audience(self) -> Audience:
        return "secret" if self.credential and self.credential.kind == "secretKey" else "browser"

    def require(
        self, permission: str, kinds: tuple[KeyKind, ...] = ("secretKey",), id: str | None = None
    ) -> Credential:
        """Unauthorized without a good key, Forbidden when it may not do this, or not to the record of that id.

        Whoever has logged in may do on every route what their role is granted.
        """
        credential = self.known()
        if credential.kind not in kinds and not credential.role:
            raise Forbidden(f"a {credential.kind} may not do this: it takes a secretKey with permission {permission}")
        if credential.permissions is not None and permission not in credential.permissions:
            who = f"a {credential.role}" if credential.role else "this key"
            raise Forbidden(f"{who} lacks the permission {permission}")
        if credential.payment is not None and credential.payment != id:
            raise Forbidden("this checkoutKey belongs to another payment")
        return credential

    def warn(self, text: str) -> None:
        """Adds to what `X-Mock-Warning` says of the answer."""
        self.warning = f"{self.warning}; {text}" if self.warning else text

    def tell(self) -> None:
        """Those who listen hear what this request has brought about, with links to where it reached the mock."""
        if courier := self.sandbox.courier:
            courier.origin = self.origin
            courier.wake()

    async def wait_for_gateways(self, mark: int) -> None:
        """Where the clock ticks an answer takes as long as the gateways that were asked since the log was so long.

        What they did is done, and others hear of it meanwhile.
        """
        latency = 0
        for entry in self.sandbox.world.log[mark:]:
            if entry.kind == "attempt" and isinstance(entry.record, Transaction):
                latency += entry.record.latency_ms
        if latency and (ticker := self.sandbox.ticker):
            self.tell()
            self.sandbox.stir()
            await ticker.wait(latency)

    def known(self) -> Credential:
        """Unauthorized without a good key."""
        if self.credential is None:
            raise Unauthorized(self.refusal or "a key is required: send 'Authorization: Bearer skey_…'")
        return self.credential


class Front:
    def __init__(
        self,
        branches: Branches,
        sandboxes: Sandboxes,
        journal: RequestJournal,
        public_url: str | None,
        close: Callable[[], Awaitable[None]],
        beside: Callable[[], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        """`close` is awaited when the server ends; until then `beside` runs beside the requests."""
        self.branches = branches
        self.sandboxes = sandboxes
        self.journal = journal
        self.public_url = public_url and public_url.rstrip("/")
        self._close = close
        self._beside = beside
        self._probes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._live(receive, send)
            return
        if scope["method"] == "OPTIONS" and cors.is_preflight(scope):
            await cors.PREFLIGHT(scope, receive, send)
            return
        began = perf_counter()
        caller = scope["caller"] = self._caller(scope)
        if caller.sandbox.ticker:
            caller.sandbox.ticker.follow()
        is_probe = caller.credential is None and scope["path"].startswith(QUIET)
        id = self._probe_id(caller.sandbox) if is_probe else caller.sandbox.next_request()
        fault = self._fault(scope, caller)
        try:
            if fault is None:
                response = await self.branches.answer(scope, receive)
            elif faults.is_done(fault):
                response = await self.branches.answer(scope, receive)
                send = faults.Spoiled(fault.trouble, receive, send)
            elif fault.trouble.status is not None:
                response = faults.refusal(fault)
            else:
                self._note(scope, caller, id, None, began, fault)
                await faults.no_answer(fault.trouble, receive, send)
                return
        except ClientDisconnect:
            return
        except Exception:
            LOG.exception("%s failed", id)
            response = broken()
        if caller.sandbox.ticker:
            caller.sandbox.ticker.plan()
        self._mark(scope, caller, id, response)
        if not is_probe:
            self._note(scope, caller, id, response, began, fault)
        await response(scope, receive, send)
        if caller.sandbox.world.table(WebhookSubscriber):
            caller.tell()
        if caller.sandbox.watchers:
            caller.sandbox.stir()

    async def _live(self, receive: Receive, send: Send) -> None:
        """The server begins and ends (ASGI's lifespan): only in its loop can clocks that tick set their alarms."""
        beside: asyncio.Task[None] | None = None
        while True:
            message = await receive()
            tickers = [sandbox.ticker for sandbox in self.sandboxes.by_name.values() if sandbox.ticker]
            if message["type"] == "lifespan.startup":
                for sandbox in self.sandboxes.by_name.values():
                    sandbox.is_over = False
                for ticker in tickers:
                    ticker.restart()
                beside = asyncio.create_task(self._beside()) if self._beside else None
                await send({"type": "lifespan.startup.complete"})
            else:
                if beside:
                    beside.cancel()
                self.end()
                await self._close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def end(self) -> None:
        """Whoever waits for something gets an answer; the server is about to end."""
        for sandbox in self.sandboxes.by_name.values():
            sandbox.end()

    def _probe_id(self, sandbox: Sandbox) -> str:
        """Whether the mock is up is asked every few seconds, and the dashboard is made of many files.

        Neither may shift the ids of a sandbox's own requests.
        """
        self._probes += 1
        return "req_" + ids.ksuid(sandbox.world.seconds, sandbox.world.seed, "probe", self._probes)

    def _caller(self, scope: Scope) -> Caller:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        credential = refusal = None
        if authorization := headers.get(b"authorization"):
            try:
                credential = self.sandboxes.authorize(authorization)
            except Unauthorized as error:
                refusal = error.message
        sandbox = credential.sandbox if credential else self.sandboxes.default
        if scope["path"].startswith(
            ("/challenge/", "/shop/")
        ):  # a link names its sandbox, whatever key the browser sends
            sandbox = self.sandboxes.by_name.get(scope["path"].split("/")[2], sandbox)
        return Caller(credential, refusal, sandbox, headers, scope["scheme"], self.public_url, self.journal)

    def _fault(self, scope: Scope, caller: Caller) -> ApiFault | None:
        """What the scenario does to this request."""
        if scope["path"].startswith(faults.OTHER_FACES):
            return None
        key_kind = caller.credential.kind if caller.credential else None
        return trouble(caller.world, scope["method"], scope["path"], key_kind)

    def _mark(self, scope: Scope, caller: Caller, id: str, response: Response) -> None:
        """The sandbox may have been replaced by this very request; its time is what the answer speaks of."""
        headers = response.raw_headers
        headers += [(b"x-request-id", id.encode()), (b"x-mock-now", caller.sandbox.world.now.encode())]
        if caller.warning:
            headers.append((b"x-mock-warning", caller.warning.encode()))
        if b"origin" in caller.headers:
            headers += cors.readable(scope["path"])

    def _note(
        self, scope: Scope, caller: Caller, id: str, response: Response | None, began: float, fault: ApiFault | None
    ) -> None:
        """Writes the journal. Without a response there is no answer."""
        told = None
        if response and scope["method"] in LOGGED and not scope["path"].startswith(faults.OTHER_FACES):
            told = self._bodies(scope, caller, response)
        self.journal.add(
            caller.sandbox.serial,
            id,
            caller.sandbox.world.now,
            scope["method"],
            scope["path"],
            scope["query_string"],
            response.status_code if response else None,
            caller.credential.kind if caller.credential else None,
            perf_counter() - began,
            fault.name if fault else None,
            told,
        )

    def _bodies(self, scope: Scope, caller: Caller, response: Response) -> Bodies:
        """What merchants see of a call."""
        sent = caller.sent
        if sent and response.status_code >= 400:
            sent = of_refused(sent)
        client = scope.get("client")
        answered = bytes(response.body)
        # An answer shows what the world holds anyway, never a card number: it is looked through when it is read.
        if type(response) is not Answer:
            answered = conceal(answered).encode()
        return bodies(client[0] if client else None, caller.headers.get(b"user-agent"), sent, answered)
