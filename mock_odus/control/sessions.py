"""Sessions: a user of the merchant's team logs in, as at the dashboard, and gets the key that it would use."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_odus.control.answers import SessionAnswer
from mock_odus.control.bodies import LogIn
from mock_odus.control.context import Call, Control, body_of
from mock_odus.engine import users
from mock_odus.engine.permissions import ALL, ROLES
from mock_odus.web.answers import Answer
from mock_odus.web.front import Caller


def routes(control: Control) -> list[Call]:
    async def log_in(request: Request) -> Response:
        """Answers a session key of the user, which does what their role may."""
        sandbox = control.sandbox(request)
        body: LogIn = await body_of(request, LogIn)
        caller: Caller = request.scope["caller"]
        user, key = users.log_in(sandbox.world, body.email, body.password)
        answer: SessionAnswer = {
            "key": caller.links.fill(key),
            "user": user.id,
            "role": user.role,
            "permissions": [one for one in ALL if one in ROLES[user.role]],
        }
        return Answer(answer, 201)

    return [Call("POST", "/_mock/sessions", log_in, SessionAnswer, body=LogIn)]
