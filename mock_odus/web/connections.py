"""What one connection may ask of the server: a head of some size, and a whole request in some time.

uvicorn holds a head of any size, and waits for ever for a request that does not come.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mock_odus.web.problems import body

LARGEST_HEAD = 64 * 1024
"""Bytes after which no more of a request line and its headers is waited for."""

LARGEST_REST = 16 * 1024 * 1024
"""Bytes that are still read of a body which was refused for its size, so that its sender reads why."""

_LINGER = 2.0  # seconds in which who has said all, and is perhaps gone, is still answered


class _Joining:
    """A transport that sends the head of an answer with what is written next, in one packet and one system call."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""
        self.is_closing = transport.is_closing
        self.get_extra_info = transport.get_extra_info
        self.abort = transport.abort

    def write(self, data: bytes) -> None:
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(b"HTTP/1.1 ") and not data.startswith(b"HTTP/1.1 1"):  # 100 Continue is no answer yet
            self._head = data
            return
        self._transport.write(data)

    def flush(self) -> None:
        if self._head:
            self.write(b"")

    def close(self) -> None:
        self.flush()
        self._transport.close()


class Connection(HttpToolsProtocol):
    """A request that comes whole and at once pays a call and four looks for this."""

    def __init__(self, patience: float, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._patience = patience
        self._waiting = 0  # bytes that have come of a request that is not whole yet
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.transport = _Joining(transport)  # type: ignore[assignment]
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._settle()

    def eof_received(self) -> bool | None:  # type: ignore[override]
        if not self._has_head or self.cycle.more_body or self.cycle.response_complete:
            return None
        self.cycle.keep_alive = False
        self.loop.call_later(_LINGER, self.transport.close)
        return True

    def on_response_complete(self) -> None:
        self.transport.flush()  # type: ignore[attr-defined] # of a HEAD nothing follows the head
        super().on_response_complete()

    def data_received(self, data: bytes) -> None:
        if len(data) <= LARGEST_HEAD:
            self._read(data)
            return
        for start in range(0, len(data), LARGEST_HEAD):
            if not self.transport.is_closing():
                self._read(data[start : start + LARGEST_HEAD])

    def shutdown(self) -> None:
        """The server ends. It does not wait for the rest of a request."""
        if self._waiting:
            self._refuse(503, "the mock is shutting down")
        else:
            super().shutdown()

    def _read(self, data: bytes) -> None:
        super().data_received(data)
        if self._has_head and not self.cycle.more_body:
            if self._deadline:
                self._settle()
            return
        self._waiting += len(data)
        if not self._has_head:
            if self._waiting > LARGEST_HEAD:
                self._refuse(431, f"the request line and its headers must be at most {LARGEST_HEAD} bytes")
        elif self.cycle.response_complete and self._waiting > LARGEST_REST:
            self.transport.abort()
        if not self._deadline:
            self._wait()

    @property
    def _has_head(self) -> bool:
        """Whether that of the request which is being read has come, and could be read."""
        return self.cycle is not None and self.cycle.scope is self.scope

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(self._patience, self._give_up)

    def _settle(self) -> None:
        self._waiting = 0
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        if self._waiting:
            self._refuse(408, f"the request must come whole within {self._patience:g} seconds")
        else:
            self.transport.close()

    def _refuse(self, status: int, message: str) -> None:
        """Closes the connection, and says why unless an answer is under way."""
        cycle = self.cycle
        if not cycle.response_started if self._has_head else cycle is None or cycle.response_complete:
            told = body(status, message)
            lines = [f"HTTP/1.1 {status} ".encode(), *(b"%s: %s" % header for header in told.raw_headers)]
            self.transport.write(b"\r\n".join([*lines, b"connection: close", b"", bytes(told.body)]))
        self.transport.close()
