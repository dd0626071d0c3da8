"""A request's body, read and decoded; when it does not fit its type, every problem is told."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request

from mock_odus.engine.errors import Invalid
from mock_odus.shapes import problems
from mock_odus.web.front import Caller
from mock_odus.web.problems import NotJson, TooLarge

B = TypeVar("B")

MAX_BYTES = 1024 * 1024
_DECODERS: dict[type, msgspec.json.Decoder[Any]] = {}


async def read(request: Request, *, json: bool = True) -> bytes:
    """The raw body, `{}` when it is empty. TooLarge past 1 MiB, NotJson for another content type."""
    raw = b""
    more = True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        raw += message.get("body", b"")
        more = message.get("more_body", False)
        if len(raw) > MAX_BYTES:
            raise TooLarge(f"the body must be at most {MAX_BYTES} bytes")
    if not raw.strip():
        return b"{}"
    if json:
        caller: Caller = request.scope["caller"]
        kind = caller.headers.get(b"content-type", b"")
        if kind != b"application/json" and not _is_json(kind):
            raise NotJson(f"the body must be application/json, found {kind.decode('latin-1')!r}")
        if (coding := caller.headers.get(b"content-encoding", b"identity")) != b"identity":
            raise NotJson(f"the body must not be compressed, found Content-Encoding {coding.decode('latin-1')!r}")
        caller.sent = raw
    return raw


def _is_json(content_type: bytes) -> bool:
    kind = content_type.partition(b";")[0].strip().lower()
    return kind == b"application/json" or kind.endswith(b"+json")


def decode(raw: bytes, wanted: type[B]) -> B:
    """The body as its type. Invalid, with one problem for each field at fault."""
    decoder = _DECODERS.get(wanted)
    if decoder is None:
        decoder = _DECODERS[wanted] = msgspec.json.Decoder(wanted)
    try:
        body: B = decoder.decode(raw)
        return body
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"the body is not valid JSON: {error}") from None
    if not isinstance(value, dict):
        raise Invalid("the body must be a JSON object")
    raise Invalid(*map(str, problems(value, wanted)))
