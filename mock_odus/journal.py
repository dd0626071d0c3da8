"""The journal of requests: one ring for the process, tagged by sandbox. Bodies are not kept: a card number could be."""

from __future__ import annotations

from collections import Counter, deque
from typing import Any, NamedTuple

from mock_odus.shapes import mask

BUDGET = 64 * 1024 * 1024
_ENTRY_BYTES = 600  # about what an entry takes, its texts at their longest apart
_LONGEST = 300  # characters kept of a path and of a query


class Request(NamedTuple):
    """`at` is the sandbox's time, `seconds` real ones, `key_kind` None without a key.

    `fault` names what the scenario did to it; `status` is None when there was no answer.
    """

    sandbox: str
    id: str
    at: str
    method: str
    path: str
    query: str
    status: int | None
    key_kind: str | None
    seconds: float
    fault: str | None


class RequestJournal:
    """Forgets the oldest entries past its budget in bytes; `counts` by sandbox stay exact."""

    def __init__(self, budget: int = BUDGET) -> None:
        self.counts: Counter[str] = Counter()
        # Plain tuples, a third of the cost of named ones: one is made on every request, few are ever read.
        self._ring: deque[tuple[Any, ...]] = deque(maxlen=budget // (_ENTRY_BYTES + 2 * _LONGEST))

    def add(
        self,
        sandbox: str,
        id: str,
        at: str,
        method: str,
        path: str,
        query: bytes,
        status: int | None,
        key_kind: str | None,
        seconds: float,
        fault: str | None = None,
    ) -> None:
        """Notes a request. Whatever in its path or query could be a card number is struck out first."""
        self.counts[sandbox] += 1
        shown = mask(query.decode("latin-1"))[:_LONGEST] if query else ""
        self._ring.append((sandbox, id, at, method, mask(path)[:_LONGEST], shown, status, key_kind, seconds, fault))

    def of(self, sandbox: str) -> list[Request]:
        """What is still held of a sandbox's requests, oldest first."""
        return [Request._make(request) for request in self._ring if request[0] == sandbox]
