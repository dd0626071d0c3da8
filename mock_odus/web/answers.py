"""An answer in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

_encode = msgspec.json.Encoder().encode


class Answer(Response):
    """Anything that msgspec encodes, as `application/json`."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return _encode(content)

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        # Always these two: working them out anew took a tenth of a read.
        self.raw_headers = [
            (b"content-length", str(len(self.body)).encode("latin-1")),
            (b"content-type", b"application/json"),
        ]


class ToldOnce(Answer):
    """An answer with a secret that nobody is told again."""
