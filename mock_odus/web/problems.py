"""What a refusal looks like over HTTP: Odus's error body, and the status code of each kind of error."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from mock_odus.engine.errors import Conflict, Forbidden, Invalid, NotFound, OdusError, Refused, Unauthorized
from mock_odus.scripting.language import ScenarioError
from mock_odus.shapes import mask

STATUS: dict[type[Exception], int] = {
    Invalid: 400,
    Refused: 400,
    ScenarioError: 400,
    Unauthorized: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
}


class TooLarge(OdusError):
    """413."""


class NotJson(OdusError):
    """415."""


STATUS |= {TooLarge: 413, NotJson: 415}


def body(status: int, message: str | list[str]) -> Response:
    """`{"statusCode", "message", "error"}`; whatever looks like a card number is struck out."""
    text = mask(message) if isinstance(message, str) else [mask(line) for line in message]
    content = {"statusCode": status, "message": text, "error": HTTPStatus(status).phrase}
    return Response(msgspec.json.encode(content), status, media_type="application/json")


class Problems:
    """The exception handlers of the application; `codes` are the assumed status codes."""

    def __init__(self, codes: dict[str, int]) -> None:
        self.status = STATUS | {
            Unauthorized: codes["unauthorized"],
            Forbidden: codes["forbidden"],
            NotFound: codes["notFound"],
        }

    async def refused(self, request: Request, error: Exception) -> Response:
        if isinstance(error, Invalid | ScenarioError):
            return body(self.status[type(error)], list(error.problems))
        return body(self.status[type(error)], str(error))

    async def http(self, request: Request, error: Exception) -> Response:
        """What Starlette itself refuses: an unknown path, a method the path does not take."""
        assert isinstance(error, HTTPException)
        where = f"{request.method} {request.url.path}"
        if error.status_code == 405:
            allowed = (error.headers or {}).get("Allow", "")
            answer = body(405, f"{where}: the method is not allowed here; allowed: {allowed}")
            answer.headers["allow"] = allowed
            return answer
        return body(error.status_code, f"no such route: {where}" if error.status_code == 404 else error.detail)

    async def broken(self, request: Request, error: Exception) -> Response:
        """A fault of ours. The log has the details, the answer has none."""
        return body(500, "mock_odus failed on this request: its log says more; please report it")

    def handlers(self) -> dict[Any, Any]:
        return {
            OdusError: self.refused,
            ScenarioError: self.refused,
            HTTPException: self.http,
            Exception: self.broken,
        }
