"""What a soak speaks through: a connection that survives what a scenario does to it, and a receiver of webhooks."""

from __future__ import annotations

import asyncio
import json
import re
import select
import socket
from collections import defaultdict
from threading import Event, Thread
from typing import Any, NamedTuple

LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
CHUNKED = re.compile(rb"(?i)\r\ntransfer-encoding: *chunked")
SECONDS = 3_600
"""A soak may be made to stand still for a while."""


class Answer(NamedTuple):
    """`status` is None where the connection was closed before there was a whole answer."""

    status: int | None
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)


class Wire:
    """Asks one thing after the other, on one connection as long as it lasts."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def __call__(self, method: str, path: str, body: Any = None, *, key: str) -> Answer:
        raw = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
        if method != "GET":
            head += f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n"
        line = self._line()
        try:
            line.sendall(head.encode() + b"\r\n" + raw)
            return self._answer(line)
        except ConnectionError:
            self.close()
            return Answer(None, b"")

    def close(self) -> None:
        if self._socket:
            self._socket.close()
        self._socket = None

    def _line(self) -> socket.socket:
        """The connection, or another one when the server has closed it meanwhile."""
        if self._socket and select.select([self._socket], [], [], 0)[0]:
            self.close()
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _answer(self, line: socket.socket) -> Answer:
        found = b""
        while b"\r\n\r\n" not in found:
            found += self._more(line)
        head, _, body = found.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if CHUNKED.search(head):
            while not body.endswith(b"0\r\n\r\n"):
                body += self._more(line)
        else:
            while len(body) < int(length[1] if length else 0):
                body += self._more(line)
        if b"connection: close" in head.lower():
            self.close()
        return Answer(int(head[9:12]), body)

    @staticmethod
    def _more(line: socket.socket) -> bytes:
        if not (data := line.recv(1 << 18)):
            raise ConnectionResetError
        return data


class Receiver:
    """Takes webhooks in a thread of its own. Every tenth is refused, and so is what is no JSON.

    `seen` are the ids of the events that were taken, by path.
    """

    def __init__(self) -> None:
        self.seen: defaultdict[str, set[str]] = defaultdict(set)
        self.posts = 0
        self.port = 0
        ready = Event()
        Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True).start()
        ready.wait()

    async def _serve(self, ready: Event) -> None:
        server = await asyncio.get_running_loop().create_server(lambda: _Post(self), "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await server.serve_forever()

    def take(self, path: str, body: bytes) -> int:
        """The status that is answered."""
        self.posts += 1
        try:
            event = json.loads(body)["eventId"]
        except ValueError:
            return 400
        if self.posts % 10 == 0:
            return 500
        self.seen[path].add(event)
        return 200


class _Post(asyncio.Protocol):
    """A connection of the mock's."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        head, found, rest = self._held.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if found and length and len(rest) >= int(length[1]):
            self._held = b""
            status = self._receiver.take(head.split()[1].decode(), rest)
            self._transport.write(b"HTTP/1.1 %d X\r\ncontent-length: 0\r\n\r\n" % status)
