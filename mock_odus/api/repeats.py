"""`Idempotency-Key`: what a repeated one does. Odus does not document the header; `policies.idempotency` says.

Switched off, a repeated request acts again, and who counts on something else hears of it. Switched on, it answers what
the first answered. What is remembered is part of the world, so a snapshot knows which requests were made before it.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

from starlette.requests import Request
from starlette.responses import Response

from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import FirstAnswer
from mock_odus.engine.world import World
from mock_odus.web.front import Caller


def warn(caller: Caller, key: bytes) -> None:
    """Warns of a key that something was done with before: it is ignored, and it was done again."""
    if key in caller.sandbox.idempotency_keys:
        caller.warn("this Idempotency-Key was used before and is ignored: a second record was made")
    caller.sandbox.idempotency_keys.add(key)


def once(request: Request, key: bytes, raw: bytes, act: Callable[[], Response]) -> Response:
    """The answer of the first request with that key, or of this one, which is remembered. Invalid for another body.

    A refusal is not remembered: nothing has happened, so the same key may try again.
    """
    caller: Caller = request.scope["caller"]
    world: World = caller.world
    credential = caller.known()
    id = _digest(world, credential.kind.encode(), credential.id.encode(), key)
    asked = _digest(world, request.method.encode(), request.scope["path"].encode(), raw)
    if first := world.find(FirstAnswer, id):
        if first.asked != asked:
            raise Invalid("this Idempotency-Key was used for another request; take a new one for each")
        return Response(first.body, first.status, media_type="application/json")
    answer = act()
    with world.verb():
        world.put(FirstAnswer(id=id, asked=asked, status=answer.status_code, body=bytes(answer.body)))
    return answer


def _digest(world: World, *parts: bytes) -> str:
    """Bodies may hold card numbers, so only this is kept of them."""
    total = blake2b(f"{world.seed}".encode(), digest_size=16)
    for part in parts:
        total.update(len(part).to_bytes(4, "big") + part)
    return total.hexdigest()
