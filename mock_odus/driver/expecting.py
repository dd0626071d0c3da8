"""Expected events: exactly these, in this order, since the last time somebody asked."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import ndiff
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_odus.driver import Driver

__tracebackhide__ = True


class Expecting:
    """`told` counts the events that were looked at already."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self.told = 0

    def events(self, types: Sequence[str]) -> None:
        """AssertionError with the difference, line by line."""
        if isinstance(types, str):
            raise TypeError(f"expect_events takes a list of event types, such as ['{types}'], found '{types}'")
        happened = [str(event.eventType) for event in self._driver.events()]
        new, self.told = happened[self.told :], len(happened)
        if list(types) != new:
            difference = "\n".join(line.rstrip() for line in ndiff(list(types), new) if not line.startswith("?"))
            raise AssertionError(f"other events than expected (- expected, + happened):\n{difference or '  nothing'}")

    def restart(self) -> None:
        """Another world was restored: what had happened in it is not news."""
        self.told = self._driver.events(pageSize=1).pagination.itemCount
