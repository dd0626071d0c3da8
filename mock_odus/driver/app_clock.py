"""The clock of the process under test, held at the sandbox's instant."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_odus.driver import Driver


class AppClock:
    """Follows the sandbox's clock from `with` to its end, wherever this handle moves it.

    time-machine replaces only the time of day, in all threads; timers go on, so that servers and their time-outs do.
    """

    def __init__(self, driver: Driver) -> None:
        try:
            import time_machine
        except ImportError:
            raise RuntimeError("freeze_app_clock needs time-machine: pip install time-machine") from None
        self._driver = driver
        self._travel: Any = time_machine.travel
        self._traveller: Any = None
        self._coordinates: Any = None

    def __enter__(self) -> AppClock:
        if self._driver._app_clock is not None:
            raise RuntimeError("the app's clock is held already")
        self._traveller = self._travel(self._driver.now, tick=False)
        self._coordinates = self._traveller.start()
        self._driver._app_clock = self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._driver._app_clock = None
        self._traveller.stop()

    def move(self, now: str) -> None:
        """To an instant such as `2026-01-31T09:00:00.000Z`."""
        self._coordinates.move_to(now)
