"""Files that browsers fetch as they are: read once, each with its type and a tag by which it need not be sent again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".ts": "application/typescript; charset=utf-8",
}


@cache
def _content(file: Path) -> tuple[bytes, str]:
    content = file.read_bytes()
    return content, f'"{sha256(content).hexdigest()[:16]}"'


def hand_out(file: Path, request: Request, headers: Mapping[str, str]) -> Response:
    """The file, or 304 to who has it already. Browsers ask each time: another version of the mock has other files."""
    content, tag = _content(file)
    told = {"etag": tag, "cache-control": "no-cache", "x-content-type-options": "nosniff", **headers}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=told)
    return Response(content, headers=told | {"content-type": TYPES[file.suffix]})
