"""The scenario that `serve` was told to run, as a file that may change while the mock is running."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mock_odus.sandbox import Sandbox
from mock_odus.scripting import loader
from mock_odus.scripting.language import Scenario, ScenarioError
from mock_odus.scripting.library import Library, Stamp, stamp

EVERY = 0.2  # real seconds from one look to the next
LOG = logging.getLogger("mock_odus")


class ScenarioFile:
    """A scenario by its file's path or its name. `tell` hears what is to be read by the person who edits it.

    When it is `strict`, a warning is an error.
    """

    def __init__(
        self,
        name: str,
        folders: Sequence[Path],
        prefixes: Mapping[str, str],
        *,
        strict: bool = False,
        tell: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.name = name
        self._folders = folders
        self._prefixes = prefixes
        self._strict = strict
        self._tell = tell
        self._as_read: dict[Path, Stamp] = {}
        """The files that were looked for when it was read, as they were then."""
        self._as_seen: dict[Path, Stamp] = {}
        """The same files, as they were at the last look."""

    def read(self) -> Scenario:
        """The scenario as it stands in its file now. ScenarioError."""
        library = Library(self._folders)
        try:
            found = loader.read(self.name, library, self._prefixes)
        finally:
            self._as_read = library.seen or self._now()
        if self._strict and found.warnings:
            raise ScenarioError(*found.warnings)
        for warning in found.warnings:
            self._tell(warning)
        return found

    async def watch(self, sandbox: Sandbox) -> None:
        """Loads it into the sandbox whenever one of its files has changed since it was read; never ends by itself."""
        while True:
            try:
                self.look(sandbox)
            except Exception:  # whatever it was, the next change is to be seen
                LOG.exception("%s could not be loaded again", self.name)
            await asyncio.sleep(EVERY)

    def look(self, sandbox: Sandbox) -> None:
        """Loads it when a file has changed and rests since the last look: half of a file is of no use to anybody.

        A broken one leaves everything as it is, and its problems are told.
        """
        now = self._now()
        rests, self._as_seen = now == self._as_seen, now
        if now == self._as_read or not rests:
            return
        try:
            sandbox.load(self.read())
        except ScenarioError as error:
            self._tell(f"{error}\n{self.name} was not loaded: what ran before goes on")
        else:
            sandbox.stir()
            self._tell(f"{self.name} has changed and was loaded again")

    def _now(self) -> dict[Path, Stamp]:
        return {file: stamp(file) for file in self._as_read}
