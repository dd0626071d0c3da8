"""Where scenarios are found: in folders, among those that come with the package, or sent along with a document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path as File
from stat import S_ISREG

from msgspec import Struct

from mock_odus.scripting.language import ScenarioError
from mock_odus.shapes import mask

SUFFIXES = (".json", ".yaml", ".yml")
"""Where one folder has a name with several of them, the first wins."""

Stamp = tuple[int, int] | None
"""By which a changed file is told; None when there is none."""


class Source(Struct, frozen=True):
    """The text of a scenario. `file` is what errors call it, `path` where it stands if it is a file."""

    file: str
    text: str | bytes
    path: File | None = None


class Library:
    """Where the names that scenarios extend are looked for: texts by name, the scenario's own folder, other folders.

    `seen` holds every file that was looked for, so that a scenario can be kept until one of them changes.
    """

    def __init__(self, folders: Sequence[File] = (), sent: Mapping[str, str] | None = None) -> None:
        self.folders = (*folders, shipped())
        self.sent = sent or {}
        self.seen: dict[File, Stamp] = {}

    def open(self, file: File, name: str) -> Source:
        """ScenarioError, by the name the user gave."""
        try:
            self.seen[file] = stamp(file)
            return Source(_shown(file), file.read_bytes(), file)
        except OSError as error:
            raise ScenarioError(f"{name}: cannot be read: {error.strerror}") from None

    def extended(self, name: str, by: Source) -> Source | None:
        """The scenario that another one extends. One that has the same name finds the next; itself at the very last."""
        found = None
        for found in self._candidates(name, by):
            if found != by:
                return found
        return found

    def names(self, by: Source) -> list[str]:
        """What a scenario could extend."""
        return sorted({*self.sent, *available(self._folders(by))})

    def _candidates(self, name: str, by: Source) -> Iterator[Source]:
        if name in self.sent:
            yield Source(mask(name), self.sent[name])
        if not re.fullmatch(r"[\w.-]+", name):
            return
        for file in _places(name, self._folders(by)):
            self.seen[file] = stamp(file)
            if self.seen[file]:
                yield self.open(file, name)

    def _folders(self, by: Source) -> tuple[File, ...]:
        return (by.path.parent, *self.folders) if by.path else self.folders


def stamp(file: File) -> Stamp:
    """When a file was changed, and its size; None when there is no such file, and can be none of that name."""
    try:
        stat = file.stat()
    except (OSError, ValueError):
        return None
    return (stat.st_mtime_ns, stat.st_size) if S_ISREG(stat.st_mode) else None


def available(folders: Sequence[File] = ()) -> dict[str, File]:
    """The files of all scenarios by name; a folder named earlier wins."""
    found: dict[str, File] = {}
    for folder in (*folders, shipped()):
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            if file.suffix in SUFFIXES and not file.name.startswith("."):
                found.setdefault(file.stem, file)
    return dict(sorted(found.items()))


def named(name: str, folders: Sequence[File] = ()) -> File | None:
    """The file that `available` has under a name, found without a look at the others."""
    if name.startswith(".") or File(name).name != name:
        return None
    return next((file for file in _places(name, (*folders, shipped())) if stamp(file)), None)


def _places(name: str, folders: Sequence[File]) -> Iterator[File]:
    """Where a scenario of that name may stand, the best place first."""
    for folder in folders:
        for suffix in SUFFIXES:
            yield folder / f"{name}{suffix}"


def text(name: str, folders: Sequence[File] = ()) -> str | None:
    """The text of a scenario that can be named; None when there is none. ScenarioError."""
    file = named(name, folders)
    if file is None:
        return None
    content = Library().open(file, name).text
    return content if isinstance(content, str) else content.decode(errors="replace")


@cache
def shipped() -> File:
    """The folder of the scenarios that come with the package; in a source tree it stands beside the package."""
    package = File(__file__).parent.parent
    packaged = package / "scenarios"
    return packaged if packaged.is_dir() else package.parent / "scenarios"


def _shown(file: File) -> str:
    return f"scenarios/{file.name}" if file.parent == shipped() else str(file)
