"""Sandboxes that nobody uses any more: past a thousand of them, one that was idle for an hour makes room."""

from __future__ import annotations

import logging
from collections.abc import Callable
from operator import itemgetter

from mock_odus.sandbox import Sandbox, Sandboxes

LOG = logging.getLogger("mock_odus")

KEPT = 1_000
IDLE = 3_600.0
"""Seconds of the real clock."""

_PAUSE = 60.0  # seconds between two looks at all of them


class Idling:
    """Looks through the sandboxes when another one is made, so that no request pays for it.

    What a sandbox has been asked is counted anyway: one whose count is the same an hour later has been idle.
    """

    def __init__(self, sandboxes: Sandboxes, seconds: Callable[[], float]) -> None:
        """`seconds` are those of a clock that never goes back."""
        self._sandboxes = sandboxes
        self._seconds = seconds
        self._seen: dict[Sandbox, tuple[int, float]] = {}
        self._looked = float("-inf")

    def make_room(self) -> None:
        """Deletes as many as there are too many, those first that were idle for longest, and only idle ones."""
        now = self._seconds()
        if len(self._sandboxes.by_name) <= KEPT or now - self._looked < _PAUSE:
            return
        self._looked = now
        self._seen = {sandbox: self._look(sandbox, now) for sandbox in self._sandboxes.by_name.values()}
        del self._seen[self._sandboxes.default]
        idle = [(since, sandbox) for sandbox, (_, since) in self._seen.items() if now - since >= IDLE]
        idle.sort(key=itemgetter(0))  # stable: of two that are alike the older one goes
        for since, sandbox in idle[: len(self._sandboxes.by_name) - KEPT]:
            LOG.info("sandbox %s was idle for %d minutes and made room", sandbox.name, (now - since) // 60)
            self._sandboxes.delete(sandbox.name)
            del self._seen[sandbox]

    def _look(self, sandbox: Sandbox, now: float) -> tuple[int, float]:
        """How often it was asked, and since when it has been so."""
        seen = self._seen.get(sandbox)
        is_idle = seen and seen[0] == sandbox.requests and not sandbox.watchers and not sandbox.advancing
        return seen if seen and is_idle else (sandbox.requests, now)
