"""Loads scenarios: one YAML or JSON document becomes a `Scenario`, or a `ScenarioError` with every problem.

`docs/scenarios.md` is the language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path as File
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from mock_odus import documents
from mock_odus.engine.world import World
from mock_odus.scripting import extending, reading
from mock_odus.scripting.extending import Part
from mock_odus.scripting.findings import Findings
from mock_odus.scripting.forms import RuleForm
from mock_odus.scripting.language import TEST_CARDS, Rule, Scenario, ScenarioError, TestCards
from mock_odus.scripting.library import SUFFIXES, Library, Source, Stamp, available, named, shipped, stamp
from mock_odus.scripting.naming import Names, quoted
from mock_odus.scripting.rules import running
from mock_odus.shapes import nearest

__all__ = ["available", "find", "load", "load_rule", "shipped", "test_cards"]

MOST_KEPT = 64


def load(
    text: str | bytes,
    *,
    file: str | File,
    prefixes: Mapping[str, str],
    world: World | None = None,
    folders: Sequence[File] = (),
    sent: Mapping[str, str] | None = None,
) -> Scenario:
    """The scenario of a document. `prefixes` are the world's policies'; ids of records in `world` may be used as well.

    What it extends is looked for among `sent` (texts by name), beside the file when that is a path, in `folders`, and
    among the shipped scenarios. ScenarioError.
    """
    path = file if isinstance(file, File) else None
    source = Source(str(file), text, path)
    return reading.scenario(extending.parts(source, Library(folders, sent)), prefixes, test_cards().numbers, world)


def load_rule(text: str | bytes, world: World, *, file: str = "rule") -> Rule:
    """One rule, for a running world: it may use the names of its scenario and all ids in it. ScenarioError."""
    document = documents.read(text)
    findings = Findings(file, document.at)
    for mistake in document.mistakes:
        findings.note((mistake.line, mistake.column), mistake.path, mistake.text)
    if document.root is None:
        findings.settle()
    now = running(world)
    names = Names(now.ids if now else {}, test_cards().numbers, world.policies.prefixes, world)
    form = documents.value(document.root, RuleForm)
    findings.check(form, RuleForm)
    rule = reading.rule(Part("", document, form, findings), form, (), "", names)
    findings.settle()
    assert rule
    return rule


# --- files


class Kept(Struct, frozen=True):
    """A scenario that was read, and the files it was made of as they were then."""

    scenario: Scenario
    files: dict[File, Stamp]


_kept: dict[tuple[Any, ...], Kept] = {}


def find(name: str, folders: Sequence[File] = (), *, prefixes: Mapping[str, str]) -> Scenario:
    """A scenario by its file's path or by its name, in the given folders and then among the shipped. ScenarioError."""
    file = _file(name, folders)
    # A file is read again when it has changed: every test begins with a scenario, most often with the same one.
    key = (file, *folders, *prefixes.items())
    kept = _kept.get(key)
    if kept is None or any(stamp(one) != then for one, then in kept.files.items()):
        library = Library(folders)
        kept = Kept(_read(file, name, library, prefixes), library.seen)
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = kept
    return kept.scenario


def read(name: str, library: Library, prefixes: Mapping[str, str]) -> Scenario:
    """As `find`, but read anew. `library.seen` then holds the files that were looked for, whatever came of it."""
    return _read(_file(name, library.folders), name, library, prefixes)


def _file(name: str, folders: Sequence[File]) -> File:
    file = File(name)
    if file.suffix in SUFFIXES:
        return file
    if found := named(name, folders):
        return found
    known = available(folders)
    hint = nearest(name, list(known)) or ""
    raise ScenarioError(f"{name}: unknown scenario {quoted(name)}{hint}; known are {', '.join(known)}")


def _read(file: File, name: str, library: Library, prefixes: Mapping[str, str]) -> Scenario:
    return reading.scenario(extending.parts(library.open(file, name), library), prefixes, test_cards().numbers, None)


# --- the table of test cards


@cache
def test_cards() -> TestCards:
    """The built-in table, read once a process."""
    library = Library()
    parts = extending.parts(library.open(shipped() / f"{TEST_CARDS}.yaml", TEST_CARDS), library)
    numbers = _numbers(documents.value(parts[0].document.root, str))
    table: dict[str | None, list[Rule]] = {name: [] for name in (*numbers.values(), None)}
    for rule in reading.scenario(parts, {}, numbers, None).rules:
        answers = tuple(replace(answer, rule=TEST_CARDS) for answer in rule.then)
        cards = next((condition.values for condition in rule.when if condition.fact == "card.number"), (None,))
        # The look-up by card and operation has decided these two already.
        rest = tuple(condition for condition in rule.when if condition.fact not in ("card.number", "operation"))
        for card in cards:
            table[None if card is None else str(card)].append(replace(rule, when=rest, then=answers))
    return TestCards(numbers, {name: tuple(rules) for name, rules in table.items()})


def _numbers(form: Any) -> dict[str, str]:
    """The numbers of the table, each named by the first rule that holds it."""
    seen: dict[str, str] = {}
    for rule in form["rules"]:
        if number := rule["when"].get("card.number"):
            seen.setdefault(number, rule["name"])
    return seen
