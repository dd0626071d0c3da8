"""Scenarios that stand on this machine, as they are sent: with the files they extend, which the server may not have."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mock_odus.driver.connection import JSON, YAML, OdusApiError

__tracebackhide__ = True

SUFFIXES = (".yaml", ".yml", ".json")

# Finds too much rather than too little: a file that came along for nothing does no harm.
_EXTENDS = re.compile(r"""\bextends["']?\s*:\s*["']?([\w.-]+)""")
_PLACE = re.compile(r"([\w.-]+)(:\d+:\d+: )(.*)", re.DOTALL)


class Document(NamedTuple):
    """A scenario's text, the file it stands in if it does, and the files that come along, by name."""

    raw: bytes
    file: Path | None
    others: Mapping[str, Path]

    @property
    def needs_files(self) -> bool:
        """Whether it is more than a test could have written down itself."""
        return self.file is not None or bool(self.others)

    @property
    def content(self) -> bytes:
        """What is sent: the text alone, or with those that come along."""
        if not self.others:
            return self.raw
        others = {name: _text(file.read_bytes()) for name, file in self.others.items()}
        return json.dumps({"document": _text(self.raw), "extends": others}).encode()

    @property
    def media_type(self) -> str:
        return JSON if self.others else YAML


def in_file(file: Path, folders: tuple[Path, ...]) -> Document:
    """A scenario file. What it extends is looked for beside it and in the folders. OSError."""
    raw = file.read_bytes()
    return Document(raw, file, _extended(raw, file, folders))


def in_test(scenario: Mapping[str, Any], folders: tuple[Path, ...]) -> Document:
    """A scenario written in a test. What it extends is looked for in the folders."""
    raw = json.dumps(scenario).encode()
    return Document(raw, None, _extended(raw, None, folders))


def find(name: str, folders: tuple[Path, ...], asking: Path | None = None) -> Path | None:
    """The file of a scenario by its name; never the one that asks."""
    files = (folder / f"{name}{suffix}" for folder in folders for suffix in SUFFIXES)
    return next((file for file in files if file != asking and file.is_file()), None)


def placed(problem: str, document: Document | None) -> str:
    """A problem with the path of its file in place of the server's word for it; without a place where there is none."""
    place = _PLACE.match(problem)
    if place is None:
        return problem
    label, where, text = place.groups()
    if document and label in document.others:
        return f"{document.others[label]}{where}{text}"
    if label not in ("scenario", "rule"):
        return problem
    return f"{document.file}{where}{text}" if document and document.file else text


class PlacesIn:
    """Problems of a scenario tell their place in the file; what was written in the test has no lines to speak of.

    A class, since a generator would put its frames between a report of pytest and the test's own line.
    """

    def __init__(self, document: Document | None) -> None:
        self._document = document

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OdusApiError):
            problems = [placed(problem, self._document) for problem in error.problems]
            raise OdusApiError(error.method, error.path, error.status, {"message": problems}) from None


def _extended(raw: bytes, file: Path | None, folders: tuple[Path, ...]) -> dict[str, Path]:
    """The files of the whole chain, by the names they are extended by."""
    found: dict[str, Path] = {}
    reading = [(raw, file)]
    while reading:
        raw, file = reading.pop()
        beside = (file.parent,) if file else ()
        for name in _EXTENDS.findall(_text(raw)):
            other = find(name, (*beside, *folders), file)
            if other and name not in found:
                found[name] = other
                reading.append((other.read_bytes(), other))
    return found


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace")
