"""A scenario and what it extends: the files it is made of, its own first, and the world that they make together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from mock_odus import documents
from mock_odus.documents import Document
from mock_odus.scripting.findings import Findings
from mock_odus.scripting.forms import ScenarioForm
from mock_odus.scripting.library import Library, Source
from mock_odus.scripting.naming import quoted
from mock_odus.shapes import Path, nearest


class Part(Struct, frozen=True):
    """One file of a scenario as plain values; `name` is what another one calls it that extends it."""

    name: str
    document: Document
    form: dict[str, Any]
    findings: Findings

    def mapping(self, key: str) -> dict[str, Any]:
        """The mapping under a key of the file, or an empty one: what has another shape is reported elsewhere."""
        return mapping(self.form, key)


def mapping(holder: Any, key: str) -> dict[str, Any]:
    """The mapping under a key, or an empty one."""
    found = holder.get(key) if isinstance(holder, dict) else None
    return found if isinstance(found, dict) else {}


def parts(source: Source, library: Library) -> list[Part]:
    """The scenario itself, what it extends, what that extends. ScenarioError when there is nothing to go on with."""
    found: list[Part] = []
    chain = [source]
    while part := _read(chain[-1], found):
        found.append(part)
        parent = _parent(part, chain, library)
        if parent is None:
            break
        chain.append(parent)
    return found


def _read(source: Source, before: list[Part]) -> Part | None:
    """None when there is no mapping to read; then there are findings."""
    document = documents.read(source.text)
    findings = Findings(source.file, document.at, before[-1].findings if before else None)
    for mistake in document.mistakes:
        findings.note((mistake.line, mistake.column), mistake.path, mistake.text)
    form = documents.value(document.root, ScenarioForm)
    if isinstance(form, dict):
        return Part(before[-1].form["extends"] if before else "", document, form, findings)
    if document.root is not None:
        findings.check(form, ScenarioForm)
    if not before:
        findings.settle()
    return None


def _parent(part: Part, chain: list[Source], library: Library) -> Source | None:
    """What a part extends; None when that is nothing, or nothing that can be."""
    name, source = part.form.get("extends"), chain[-1]
    if not isinstance(name, str):
        return None
    parent = library.extended(name, source)
    if parent is None:
        known = library.names(source)
        hint = nearest(name, known) or ""
        part.findings.add(("extends",), f"unknown scenario {quoted(name)}{hint}; known are {', '.join(known)}")
        return None
    if parent in chain:
        circle = [one.file for one in (*chain[chain.index(parent) :], parent)]
        part.findings.add(("extends",), f"goes in a circle: {' → '.join(circle)}")
        return None
    return parent


class World(Struct, frozen=True):
    """The records of all parts together, by kind and name; the owner is the part in which a record stands."""

    records: dict[str, dict[str, Any]]
    owners: dict[tuple[str, str], Part]

    def of(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """The records of a kind, by name: what has another shape is reported elsewhere."""
        for name, record in self.records.get(kind, {}).items():
            if isinstance(record, dict):
                yield name, record

    def fault(self, path: Path, text: str) -> None:
        """Notes a problem with what stands at a path below `world`, in the part that it stands in."""
        owner = self.owners[str(path[0]), str(path[1])]
        owner.findings.add(("world", *path), text)


def world(found: list[Part]) -> World:
    """A part that extends another replaces records of the same name, and keys of the merchant's configuration."""
    made = World({}, {})
    for part in reversed(found):
        for kind, records in part.mapping("world").items():
            if isinstance(records, dict):
                made.records.setdefault(kind, {}).update(records)
                made.owners.update({(kind, name): part for name in records})
    return made
