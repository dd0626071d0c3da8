"""What the engine refuses. No HTTP here: `web/problems.py` gives each kind its status code.

OdusError
├── Invalid      the request is wrong in itself: one problem for each field      (400, a list)
├── Refused      the request is fine, the record's state forbids it              (400, a sentence)
├── Forbidden    the key may not do this                                         (403)
├── Unauthorized no key, an unknown key, a revoked key                           (401)
├── NotFound     no record of that id                                            (404)
└── Conflict     the sandbox is busy, or would have to go back in time           (409)
"""

from __future__ import annotations


class OdusError(Exception):
    """A refusal. Nothing has changed when one is raised."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Invalid(OdusError):
    """`problems` holds one sentence a problem, each beginning with the path of its field."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Refused(OdusError):
    pass


class Forbidden(OdusError):
    pass


class Unauthorized(OdusError):
    pass


class NotFound(OdusError):
    pass


class Conflict(OdusError):
    pass
