"""Reads the parts of a scenario: holds them against the language, makes ids of names, and rules of what is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import msgspec

from mock_odus import documents, shapes
from mock_odus.documents import Node
from mock_odus.engine import ids, periods
from mock_odus.engine.world import World as Existing
from mock_odus.scripting import api_faults, conditions, extending, outcomes, references, unmeant, webhook_faults
from mock_odus.scripting.extending import Part, World, mapping
from mock_odus.scripting.forms import ClockForm, ScenarioForm, WorldForm, percent
from mock_odus.scripting.language import TEST_CARDS, Clock, Condition, Rule, Scenario
from mock_odus.scripting.naming import KINDS, Names, quoted
from mock_odus.scripting.outcomes import Then
from mock_odus.shapes import Path


def scenario(
    parts: list[Part], prefixes: Mapping[str, str], numbers: Mapping[str, str], existing: Existing | None
) -> Scenario:
    """The scenario that the parts make, its own first. ScenarioError with every problem."""
    for part in parts:
        _fill_in(part.mapping("world"), prefixes)
        part.findings.check(part.form, ScenarioForm)
        _check_clock(part)
    world = extending.world(parts)
    found = {kind: {name: str(record["id"]) for name, record in world.of(kind)} for kind in KINDS}
    names = Names(found, numbers, prefixes, existing)
    references.settle(world, names)
    rules = _listed(parts, "rules", partial(rule, names=names))
    api = _listed(parts, "api", api_faults.read)
    webhooks = _listed(parts, "webhooks", partial(webhook_faults.read, names=names))
    parts[0].findings.settle()
    head = {key: value for part in reversed(parts) for key, value in part.form.items() if value is not None}
    clock = {key: value for part in reversed(parts) for key, value in part.mapping("clock").items()}
    read = {"world": world.records, "clock": clock or None, "rules": None, "api": None, "webhooks": None}
    whole = msgspec.convert(head | read, ScenarioForm)
    return Scenario(
        name=whole.name,
        about=whole.about,
        seed=whole.seed,
        clock=_clock(whole.clock) if whole.clock else None,
        unmatched=whole.unmatched or "test_cards",
        world=whole.world or WorldForm(),
        rules=tuple(one.read for one in rules),
        api=tuple(one.read for one in api),
        webhooks=tuple(one.read for one in webhooks),
        ids={kind: own for kind, own in found.items() if own},
        places=_places(world),
        warnings=tuple(warning for part in parts for warning in _warnings(part, rules)),
    )


# --- the world


def _fill_in(world: dict[str, Any], prefixes: Mapping[str, str]) -> None:
    """Gives the records what only a scenario may leave out, their ids as well."""
    for kind, (singular, _) in KINDS.items():
        for name, record in mapping(world, kind).items():
            if not isinstance(record, dict):
                if record is not None:
                    continue
                record = world[kind][name] = {}  # `jane:` alone is a record too
            if kind in ("gatewayProfiles", "cascades", "retryPolicies"):
                record.setdefault("title", name)
            elif kind in ("products", "prices", "customers"):
                record.setdefault("name", name)
            if kind in ("customers", "users"):
                record.setdefault("email", f"{name}@example.com")
            if record.get("id") is None:
                record["id"] = ids.named(prefixes[singular], singular, name)


def _places(world: World) -> dict[str, str]:
    """Where each record and all that it holds stands, for what the engine finds wrong with it."""
    places: dict[str, str] = {}

    def note(path: str, node: Node | None, file: str) -> None:
        if node is not None:
            places[path] = f"{file}:{node.line}:{node.column}"
        if isinstance(node, documents.Mapping):
            for key, inner in node.entries.items():
                note(f"{path}.{key}", inner, file)
        elif isinstance(node, documents.Sequence):
            for position, inner in enumerate(node.items):
                note(f"{path}[{position}]", inner, file)

    for (kind, name), owner in world.owners.items():
        steps = ("world", kind, name) if kind in KINDS else ("world", kind)
        note(".".join(steps), owner.document.node(steps), owner.findings.file)
    return places


def _clock(form: ClockForm) -> Clock:
    """A rate is that of a clock that ticks."""
    return Clock(form.start, form.mode or ("ticking" if form.rate else None), form.rate)


def _check_clock(part: Part) -> None:
    clock = part.mapping("clock")
    if clock.get("rate") and clock.get("mode") == "frozen":
        part.findings.add(("clock", "rate"), "is for a clock that ticks, and clock.mode is frozen")
    if isinstance(text := clock.get("start"), str):
        try:
            clock["start"] = periods.instant(text)
        except (ValueError, OverflowError):
            text = shapes.shown(text)
            part.findings.add(("clock", "start"), f"must be an instant such as 2026-01-31T10:00:00Z, found {text}")


# --- rules and faults


class Listed(Protocol):
    @property
    def name(self) -> str: ...


L = TypeVar("L", bound=Listed)


class Item(NamedTuple, Generic[L]):
    """What was read of one item of a list, and where it stands."""

    part: Part
    path: Path
    read: L


def _warnings(part: Part, rules: list[Item[Rule]]) -> list[str]:
    """Those of one file: a file that extends another may well take from its rules what they were asked for."""
    own = {one.read.name: one.path for one in rules if one.part is part}
    found = unmeant.told([one.read for one in rules if one.part is part])
    return [part.findings.line(part.findings.at(own[name]), own[name], text, "warning: ") for name, text in found]


def _listed(parts: list[Part], key: str, read: Callable[[Part, Any, Path, str], L | None]) -> list[Item[L]]:
    """What all parts list under a key, in their order, but for those of a name that stands before in another part."""
    seen: dict[str, tuple[Part, int]] = {}
    found = []
    for part in parts:
        written = part.form.get(key)
        for place, form in enumerate(written if isinstance(written, list) else ()):
            unnamed = f"{key}[{place}]{part.name and f' of {part.name}'}"
            own = form.get("name") if isinstance(form, dict) else None
            own = own if isinstance(own, str) else unnamed
            first = seen.get(own)
            if first and first[0] is not part:
                continue
            one = read(part, form, (key, place), unnamed)
            if one is None:
                continue
            if first:
                text = f"is the name of {key}[{first[1]}] already, found {quoted(own)}"
                part.findings.add((key, place, "name"), text)
            seen.setdefault(one.name, (part, place))
            found.append(Item(part, (key, place), one))
    return found


def rule(part: Part, form: Any, path: Path, name: str, names: Names) -> Rule | None:
    """`name` is the rule's when it has none of its own. None, or a rule that is not whole, when there are findings."""
    if not isinstance(form, dict):
        return None
    document, findings = part.document, part.findings
    name = form["name"] if isinstance(form.get("name"), str) else name
    if name == TEST_CARDS:
        findings.add((*path, "name"), f"'{TEST_CARDS}' is the name of the built-in table; take another")
    at_when, at_then = (*path, "when"), (*path, "then")
    when = conditions.read(documents.value(document.node(at_when), str), at_when, names, findings)
    then = Then()
    if "then" in form:
        tree = documents.value(document.node(at_then), str)
        then = outcomes.read(tree, at_then, name, when.operations, findings)
    found = when.conditions
    if when.operations is None and set(then.operations) != set(conditions.OPERATIONS):
        found = (Condition(fact="operation", values=tuple(then.operations)), *found)
    return Rule(
        name=name,
        then=then.answers,
        when=found,
        window=when.window,
        per=form.get("per"),
        times=form.get("times"),
        chance=percent(form.get("chance")),
    )
