"""What a refusal looks like over HTTP: Odus's error body, and the status code of each kind of error."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from mock_odus.assumptions import AssumedCodes
from mock_odus.engine.errors import Conflict, Forbidden, Invalid, NotFound, OdusError, Refused, Unauthorized
from mock_odus.scripting.language import ScenarioError
from mock_odus.shapes import mask, nearest
from mock_odus.web.answers import Answer

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

# Python has renamed these; NestJS, which the API looks like, says them so.
_NAMES = {
    413: "Payload Too Large",
    414: "URI Too Long",
    416: "Requested Range Not Satisfiable",
    422: "Unprocessable Entity",
}


def body(status: int, message: str | list[str]) -> Response:
    """`{"statusCode", "message", "error"}`; whatever looks like a card number is struck out."""
    text = mask(message) if isinstance(message, str) else [mask(line) for line in message]
    content = {"statusCode": status, "message": text, "error": _NAMES.get(status) or HTTPStatus(status).phrase}
    return Answer(content, status)


class Problems:
    """What is answered instead of what was asked for.

    `codes` are the assumed status codes, `hints` what to say when a route (`POST /invoices`) is asked for that is none.
    """

    def __init__(self, codes: AssumedCodes, hints: Mapping[str, str] | None = None) -> None:
        self.hints = hints or {}
        self.status = STATUS | {
            Unauthorized: codes.unauthorized,
            Forbidden: codes.forbidden,
            NotFound: codes.not_found,
        }

    def refused(self, error: OdusError | ScenarioError) -> Response:
        message = list(error.problems) if isinstance(error, Invalid | ScenarioError) else str(error)
        return body(self.status[type(error)], message)

    def no_route(self, request: Request, paths: list[str]) -> Response:
        path = request.scope["path"]
        return body(404, f"no such route: {request.method} {path}{_verbs(path, paths) or nearest(path, paths)}")

    def not_allowed(self, request: Request, route: str, methods: list[str]) -> Response:
        allowed = ", ".join(methods)
        where = f"{request.method} {request.scope['path']}"
        hint = self.hints.get(f"{request.method} {route}")
        told = f"; {hint}" if hint else ""
        answer = body(405, f"{where}: the method is not allowed here; allowed: {allowed}{told}")
        answer.headers["allow"] = allowed
        return answer


def _verbs(path: str, paths: list[str]) -> str:
    """For `/invoices/inv_…/viod` the nearest of the verbs on an invoice, or all of them; else nothing."""
    if path.count("/") != 3:
        return ""
    _, resource, _, verb = path.split("/")
    start = f"/{resource}/{{id}}/"
    known = [one.removeprefix(start) for one in paths if one.startswith(start)]
    return (nearest(verb, known) or f"; known there: {', '.join(known)}") if known else ""


def broken() -> Response:
    """A fault of ours. The log has the details, the answer has none."""
    return body(500, "mock_odus failed on this request: its log says more; please report it")
