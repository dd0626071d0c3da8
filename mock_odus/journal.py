"""The journal of requests: one ring for the process, tagged by sandbox.

What merchants see of it are the request logs (guides/dashboard/request-logs): calls of the API that could change
something, with both bodies. Card numbers and secrets are struck out before a body is kept.
"""

import json
import re
from collections import Counter, deque
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from mock_odus.engine.access import KeyKind
from mock_odus.engine.records import Stored
from mock_odus.shapes import mask

BUDGET = 64 * 1024 * 1024
LOGGED = ("POST", "DELETE")
LONGEST_BODY = 16 * 1024
_ENTRY_BYTES = 600  # about what an entry takes without its texts
_LONGEST = 300  # characters kept of a path, a query and a user agent

# Most bodies hold nothing of this, which may cost no more than a look: one regular expression for all took 79 us for a
# payment's answer, looking for the names first takes 7.
_SECRET_NAMES = (
    *("number", "cvv", "cvc", "password", "value", "secret", "checkoutKey"),
    *("secretKey", "publicKey", "apiKey", "clientSecret", "webhookVerificationKey"),
)
_QUOTED = {name: f'"{name}"' for name in _SECRET_NAMES}
_NAMES = frozenset(name.lower() for name in _SECRET_NAMES)
_NAMES_IN_BYTES = tuple(name.encode() for name in _NAMES)


class RequestLog(Stored, frozen=True):
    """A call of the API. `id` is that of the request; `initiator` the kind of its key, null without one.

    Bodies are JSON as it was sent, card data and secrets struck out.
    """

    request_id: str
    endpoint: str
    method: str
    status_code: int
    client_ip: str | None
    initiator: KeyKind | None
    user_agent: str | None
    request_body: str | None
    response_body: str | None


class Bodies(Struct, frozen=True, gc=False):
    """What a request log has beside the rest: where the call came from, what was sent and what was answered."""

    client_ip: str | None
    user_agent: str | None
    sent: str | None
    answered: bytes


class Request(Struct, frozen=True, gc=False):
    """`sandbox` is its serial number, `at` the sandbox's time, `seconds` real ones, `key_kind` None without a key.

    `fault` names what the scenario did to it; `status` is None when there was no answer. `bodies` is None where
    merchants are told nothing.
    """

    sandbox: int
    id: str
    at: str
    method: str
    path: str
    query: str
    status: int | None
    key_kind: KeyKind | None
    seconds: float
    fault: str | None
    bodies: Bodies | None


class RequestJournal:
    """Forgets the oldest entries past its budget in bytes; `counts` by sandbox stay exact."""

    def __init__(self, budget: int = BUDGET) -> None:
        self.counts: Counter[int] = Counter()
        self._budget = budget
        self._held = 0
        self._ring: deque[Request] = deque()

    def add(
        self,
        sandbox: int,
        id: str,
        at: str,
        method: str,
        path: str,
        query: bytes,
        status: int | None,
        key_kind: KeyKind | None,
        seconds: float,
        fault: str | None = None,
        bodies: Bodies | None = None,
    ) -> None:
        """Notes a request. Whatever in its path or query could be a card number is struck out first."""
        self.counts[sandbox] += 1
        shown = mask(query.decode("latin-1"))[:_LONGEST] if query else ""
        entry = Request(sandbox, id, at, method, mask(path)[:_LONGEST], shown, status, key_kind, seconds, fault, bodies)
        self._ring.append(entry)
        self._held += _size(entry)
        while self._held > self._budget:
            self._held -= _size(self._ring.popleft())

    def of(self, sandbox: int) -> list[Request]:
        """What is still held of a sandbox's requests, oldest first."""
        return [request for request in self._ring if request.sandbox == sandbox]

    def logs(self, sandbox: int) -> Iterator[RequestLog]:
        """The request logs of a sandbox that are still held, oldest first."""
        for request in self._ring:
            if request.sandbox == sandbox and request.status and (bodies := request.bodies):
                yield RequestLog(
                    request.id,
                    request.at,
                    request.id,
                    request.path,
                    request.method,
                    request.status,
                    bodies.client_ip,
                    request.key_kind,
                    bodies.user_agent,
                    bodies.sent,
                    conceal(bodies.answered) or None,
                )


def bodies(client: str | None, user_agent: bytes | None, sent: bytes | None, answered: bytes) -> Bodies:
    """What a request log keeps of a call whose body, if any, is JSON."""
    agent = mask(user_agent.decode("latin-1"))[:_LONGEST] if user_agent else None
    return Bodies(client, agent, conceal(sent) if sent else None, answered)


def of_refused(body: bytes) -> bytes | None:
    """What is kept of a body that was refused and may be anything: None unless it is JSON.

    A secret may lie where none is expected, and under a name that is spelled otherwise.
    """
    try:
        value = msgspec.json.decode(body)
        lowered = body.lower()
        if b"\\u" not in body and not any(name in lowered for name in _NAMES_IN_BYTES):  # an escape could hide a name
            return body
        return msgspec.json.encode(_struck_out(value))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _struck_out(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: "***" if name.lower() in _NAMES else _struck_out(inner) for name, inner in value.items()}
    return [_struck_out(inner) for inner in value] if isinstance(value, list) else value


def conceal(body: bytes) -> str:
    """A JSON text without card data and secrets; a very long one is not kept at all."""
    if len(body) > LONGEST_BODY:
        return f"({len(body)} bytes)"
    text = body.decode("utf-8", "replace")
    if "\\u" in text:  # an escape could hide anything
        text = json.dumps(json.loads(text), ensure_ascii=False)
    for name, quoted in _QUOTED.items():
        if quoted in text:
            text = f'{quoted}:"***"'.join(_secret(name).split(text))  # half of what `sub` costs
    return mask(text)


@cache  # at the start all of them would take 2 ms
def _secret(name: str) -> re.Pattern[str]:
    return re.compile(rf'"{name}"\s*:\s*(?:"[^"\\]*(?:\\.[^"\\]*)*"|[0-9]+)')


def _size(request: Request) -> int:
    bodies = request.bodies
    return _ENTRY_BYTES + (len(bodies.sent or "") + len(bodies.answered) if bodies else 0)
