"""What a scenario does to requests of the API: an error instead of the answer, a late one, half of one, or none at all.

Below HTTP the connection itself is needed, which uvicorn keeps beside `send`.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from typing import Any

from starlette.responses import Response
from starlette.types import Message, Receive, Send

from mock_odus.scripting.language import ApiFault, Trouble
from mock_odus.web.problems import body

LOG = logging.getLogger("mock_odus")
OTHER_FACES = ("/_mock/", "/challenge/", "/dashboard", "/sdk/", "/shop")
"""Where requests go that are none of the Odus API: nothing happens to them."""

_NOTHING_DONE = ("status", "drop_before", "reset", "empty", "hang")
_DROPS = 50  # pieces of an answer that drips


def is_done(fault: ApiFault) -> bool:
    """Whether what was asked for is done all the same."""
    return fault.trouble.kind not in _NOTHING_DONE


def refusal(fault: ApiFault) -> Response:
    """Answers in place of the API."""
    status, wait = fault.trouble.status, fault.trouble.retry_after
    assert status is not None
    answer = body(status, f"the scenario says so: {fault.name}")
    if wait is not None:
        answer.headers["retry-after"] = str(wait)
    return answer


async def no_answer(trouble: Trouble, receive: Receive, send: Send) -> None:
    """Ends the connection without a byte, now or when the client has had enough."""
    if trouble.kind != "hang":
        await _hang_up(receive, send, rudely=trouble.kind == "reset")
    await _until_gone(receive)


class Spoiled:
    """Stands in for `send` and spoils the answer, which the API gives in two messages."""

    def __init__(self, trouble: Trouble, receive: Receive, send: Send) -> None:
        self.trouble = trouble
        self._receive = receive
        self._send = send
        self._start: Message = {}

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        whole: bytes = message["body"]
        half = whole[: len(whole) // 2]
        match self.trouble.kind:
            case "drop_after":
                await _hang_up(self._receive, self._send)
            case "latency":
                await asyncio.sleep(self.trouble.seconds)
                await self._answer(whole)
            case "drip":
                await self._drip(whole)
            case "truncate":
                await self._answer(half, more_body=True)
                await _hang_up(self._receive, self._send)
            case "malformed":
                lengths = [(b"content-length", str(len(half)).encode())]
                others = [header for header in self._start["headers"] if header[0] != b"content-length"]
                self._start["headers"] = others + lengths
                await self._answer(half)

    async def _answer(self, content: bytes, *, more_body: bool = False) -> None:
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": content, "more_body": more_body})

    async def _drip(self, whole: bytes) -> None:
        size = max(1, -(-len(whole) // _DROPS))
        pieces = [whole[place : place + size] for place in range(0, len(whole), size)]
        await self._send(self._start)
        for piece in pieces:
            await asyncio.sleep(self.trouble.seconds / len(pieces))
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})


async def _hang_up(receive: Receive, send: Send, *, rudely: bool = False) -> None:
    """Closes the connection; rudely is with an RST."""
    transport: Any = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        LOG.warning("a scenario closes a connection, and this server does not let it: answered with 502 instead")
        await body(502, "the scenario closes the connection here")({"type": "http"}, receive, send)
        return
    if rudely:
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()
    await _until_gone(receive)  # until then uvicorn would miss the answer


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
