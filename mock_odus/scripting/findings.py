"""The problems of a scenario: collected, so that all are told at once, and each with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from mock_odus import shapes
from mock_odus.engine.errors import Invalid, OdusError
from mock_odus.scripting.language import Scenario, ScenarioError
from mock_odus.shapes import Path

MOST = 100
"""How many problems are told: a file of another kind would fill a screen with every line."""


class At(Protocol):
    def __call__(self, path: Path, *, key: bool = False) -> tuple[int, int]:
        """Line and column of the value at a path, or of its key."""


class Findings:
    """Those of one file, which `at` finds a path in, and of the files that it extends."""

    def __init__(self, file: str, at: At, extending: Findings | None = None) -> None:
        self.file = file
        self.at = at
        self._lines: dict[str, tuple[int, int, int]] = extending._lines if extending else {}
        self._depth: int = extending._depth + 1 if extending else 0

    def add(self, path: Path, text: str, *, key: bool = False) -> None:
        """Notes a problem with the value at a path, or with its key."""
        self.note(self.at(path, key=key), path, text)

    def note(self, position: tuple[int, int], path: Path, text: str) -> None:
        self._lines[self.line(position, path, text)] = self._depth, *position

    def line(self, position: tuple[int, int], path: Path, text: str, kind: str = "") -> str:
        """How a problem is told. `kind` stands before it."""
        where = f"{shapes.place(path)}: " if path else ""
        return f"{self.file}:{position[0]}:{position[1]}: {kind}{where}{shapes.mask(text)}"

    def place(self, path: Path) -> str:
        """Where the value at a path stands, as editors take it: `scenarios/x.yaml:14:21`."""
        return ":".join(map(str, (self.file, *self.at(path))))

    def check(self, value: object, wanted: Any, path: Path = ()) -> bool:
        """Holds a plain value against a type and notes every problem. Whether there was none."""
        try:
            msgspec.convert(value, wanted)  # most often, and quicker than looking at each part
            return True
        except msgspec.ValidationError:
            found = list(shapes.problems(value, wanted, path))
        for problem in found:
            self.add(problem.path, problem.text, key=problem.text.startswith("is not a known field"))
        return not found

    def read(self, parse: Callable[[str], Any], text: str, path: Path) -> Any:
        """What `parse` makes of a text; its ValueError or OverflowError is a problem, and the answer None."""
        try:
            return parse(text)
        except (ValueError, OverflowError) as error:
            self.add(path, str(error))
            return None

    def settle(self) -> None:
        """ScenarioError when there is a problem."""
        if self._lines:
            raise _error(sorted(self._lines, key=lambda line: self._lines[line]), self.file)


def in_order(lines: Collection[str]) -> ScenarioError:
    """All problems of a file, as it goes, or as many as anybody reads. They begin with file, line and column."""

    def place(line: str) -> tuple[str, int, int]:
        file, row, column, _ = re.split(r":(\d+):(\d+): ", line, maxsplit=1)
        return file, int(row), int(column)

    found = sorted(lines, key=place)
    return _error(found, place(found[0])[0])


def _error(lines: list[str], file: str) -> ScenarioError:
    rest = len(lines) - MOST
    return ScenarioError(*lines[:MOST], *([f"{file}: and {rest} more problems"] if rest > 0 else []))


@contextmanager
def placed(scenario: Scenario, path: str, form: Struct) -> Iterator[None]:
    """What the engine refuses of the record at a path, written in a form, is a problem of the file, and has its place.

    Where the engine's sentence begins with a field, it is that field's. Records are told by their names.
    """
    try:
        yield
    except OdusError as error:
        problems = error.problems if isinstance(error, Invalid) else (error.message,)
        fields = shapes.field_names(type(form))
        names = {id: name for own in scenario.ids.values() for name, id in own.items()}
        told = [re.sub(r"\w+", lambda found: names.get(found[0], found[0]), problem) for problem in problems]
        raise ScenarioError(*(_placed(scenario.places, path, fields, problem) for problem in told)) from None


def _placed(places: Mapping[str, str], path: str, fields: Collection[str], problem: str) -> str:
    field, _, rest = problem.partition(" ")
    if re.split(r"[.\[]", field)[0] not in fields:
        return shapes.mask(f"{places[path]}: {path}: {problem}")
    full = place = f"{path}.{field}"
    while place not in places:  # what is missing should stand in what there is
        place = place[: max(place.rfind("."), place.rfind("["))]
    if rest.startswith("and "):
        return shapes.mask(f"{places[place]}: {path}: {problem}")
    return shapes.mask(f"{places[place]}: {full}: {rest}")
