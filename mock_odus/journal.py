"""The journal of requests: one ring for the process, tagged by sandbox. Bodies are not kept, so no card number can be."""

from __future__ import annotations

from collections import Counter, deque
from urllib.parse import unquote

from msgspec import Struct

from mock_odus.shapes import mask

BUDGET = 64 * 1024 * 1024
_ENTRY = 400  # bytes an entry takes besides its path and query, roughly


class Request(Struct, frozen=True, rename="camel", gc=False):
    """`at` is the sandbox's time, `duration_ms` real milliseconds, `key_kind` null without a key."""

    id: str
    at: str
    sandbox: str
    method: str
    path: str
    query: str
    status: int
    key_kind: str | None
    duration_ms: float

    @property
    def size(self) -> int:
        return _ENTRY + len(self.path) + len(self.query)


class RequestJournal:
    """Forgets the oldest entries past its budget in bytes; `counts` by sandbox stay exact."""

    def __init__(self, budget: int = BUDGET) -> None:
        self.counts: Counter[str] = Counter()
        self._ring: deque[Request] = deque()
        self._budget = budget
        self._size = 0

    def add(self, request: Request) -> None:
        self.counts[request.sandbox] += 1
        self._ring.append(request)
        self._size += request.size
        while self._size > self._budget:
            self._size -= self._ring.popleft().size

    def of(self, sandbox: str) -> list[Request]:
        """What is still held of a sandbox's requests, oldest first."""
        return [request for request in self._ring if request.sandbox == sandbox]


def safe(text: str) -> str:
    """A path or query as the journal may keep it."""
    return text if text.isalpha() else mask(unquote(text))
