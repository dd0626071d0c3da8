"""Loads scenario files: one YAML or JSON document becomes a `Scenario`, or a `ScenarioError` with every problem.

`docs/scenarios.md` is the language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path as File
from typing import Any

import msgspec

from mock_odus import documents, shapes
from mock_odus.documents import Document
from mock_odus.engine import ids, periods
from mock_odus.engine.gateways import Challenged, TimedOut, Unreachable
from mock_odus.engine.world import World
from mock_odus.scripting import conditions, outcomes
from mock_odus.scripting.findings import Findings
from mock_odus.scripting.forms import RuleForm, ScenarioForm, WorldForm
from mock_odus.scripting.language import Clock, Condition, Rule, Scenario, ScenarioError, TestCards
from mock_odus.scripting.naming import KINDS, Names, quoted
from mock_odus.scripting.rules import running
from mock_odus.shapes import Path, nearest

TEST_CARDS = "test_cards"
SUFFIXES = (".yaml", ".yml", ".json")

_AUTHORIZE = Condition(fact="operation", values=("authorize",))


def load(text: str | bytes, *, file: str, prefixes: Mapping[str, str], world: World | None = None) -> Scenario:
    """The scenario of a document. `prefixes` are the world's policies'; ids of records in `world` may be used as well.

    ScenarioError.
    """
    return _read(*_open(text, file), prefixes, test_cards().numbers, world)


def load_rule(text: str | bytes, world: World, *, file: str = "rule") -> Rule:
    """One rule, for a running world: it may use the names of its scenario and all ids in it. ScenarioError."""
    document, findings = _open(text, file)
    now = running(world)
    names = Names(now.ids if now else {}, test_cards().numbers, world.policies.prefixes, world)
    form = documents.value(document.root, RuleForm)
    findings.check(form, RuleForm)
    rule = _rule(form, (), "", document, names, findings)
    findings.settle()
    assert rule
    return rule


def find(name: str, folders: Sequence[File] = (), *, prefixes: Mapping[str, str]) -> Scenario:
    """A scenario by its file's path or by its name, in the given folders and then among the shipped. ScenarioError."""
    file = File(name)
    if file.suffix not in SUFFIXES:
        known = available(folders)
        if name not in known:
            hint = nearest(name, list(known)) or ""
            raise ScenarioError(f"{name}: unknown scenario {quoted(name)}{hint}; known are {', '.join(known)}")
        file = known[name]
    try:
        stat = file.stat()
        return _unchanged(file, stat.st_mtime_ns, stat.st_size, tuple(prefixes.items()))
    except OSError as error:
        raise ScenarioError(f"{name}: cannot be read: {error.strerror}") from None


@lru_cache(maxsize=64)
def _unchanged(file: File, changed: int, size: int, prefixes: tuple[tuple[str, str], ...]) -> Scenario:
    """A file is read again when it has changed: every test begins with a scenario, most often with the same one."""
    return load(file.read_bytes(), file=_shown(file), prefixes=dict(prefixes))


def available(folders: Sequence[File] = ()) -> dict[str, File]:
    """The files of all scenarios by name; a folder named earlier wins."""
    found: dict[str, File] = {}
    for folder in (*folders, shipped()):
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            if file.suffix in SUFFIXES and not file.name.startswith("."):
                found.setdefault(file.stem, file)
    return dict(sorted(found.items()))


def shipped() -> File:
    """The folder of the scenarios that come with the package; in a source tree it stands beside the package."""
    package = File(__file__).parent.parent
    packaged = package / "scenarios"
    return packaged if packaged.is_dir() else package.parent / "scenarios"


@cache
def test_cards() -> TestCards:
    """The built-in table, read once a process."""
    file = shipped() / f"{TEST_CARDS}.yaml"
    document, findings = _open(file.read_bytes(), _shown(file))
    numbers = _numbers(documents.value(document.root, str))
    table: dict[str, list[Rule]] = {name: [] for name in numbers.values()}
    for rule in _read(document, findings, {}, numbers, None).rules:
        answers = tuple(msgspec.structs.replace(answer, rule=TEST_CARDS) for answer in rule.then)
        cards = next(condition.values for condition in rule.when if condition.fact == "card.number")
        # The look-up by card and operation has decided these two already.
        rest = tuple(condition for condition in rule.when if condition.fact not in ("card.number", "operation"))
        for card in cards:
            table[str(card)].append(msgspec.structs.replace(rule, when=rest, then=answers))
    return TestCards(numbers, {name: tuple(rules) for name, rules in table.items()})


def _numbers(form: Any) -> dict[str, str]:
    """The numbers of the table, each named by the first rule that holds it."""
    seen: dict[str, str] = {}
    for rule in form["rules"]:
        seen.setdefault(rule["when"]["card.number"], rule["name"])
    return seen


def _shown(file: File) -> str:
    return f"scenarios/{file.name}" if file.parent == shipped() else str(file)


def _open(text: str | bytes, file: str) -> tuple[Document, Findings]:
    """ScenarioError when there is nothing to go on with."""
    document = documents.read(text)
    findings = Findings(file, document.at)
    for mistake in document.mistakes:
        findings.note((mistake.line, mistake.column), mistake.path, mistake.text)
    if document.root is None:
        findings.settle()
    return document, findings


def _read(
    document: Document,
    findings: Findings,
    prefixes: Mapping[str, str],
    numbers: Mapping[str, str],
    world: World | None,
) -> Scenario:
    form = documents.value(document.root, ScenarioForm)
    if not isinstance(form, dict):
        findings.check(form, ScenarioForm)
        findings.settle()
    names = Names(_fill_in(form, prefixes), numbers, prefixes, world)
    findings.check(form, ScenarioForm)
    _check_world(form, names, findings)
    _start(form, findings)
    rules = _rules(form, document, names, findings)
    findings.settle()
    whole = msgspec.convert(form, ScenarioForm)
    clock = Clock(whole.clock.start, whole.clock.mode) if whole.clock else None
    places = {shapes.place(path): findings.place(path) for path in _records(form)}
    return Scenario(
        name=whole.name,
        about=whole.about,
        seed=whole.seed,
        clock=clock,
        world=whole.world or WorldForm(),
        rules=tuple(rules),
        ids={kind: dict(own) for kind, own in names.ids.items() if own},
        places=places,
    )


# --- the world


def _records(form: dict[str, Any]) -> Iterator[Path]:
    """Where the records of the world stand."""
    world = _mapping(form, "world")
    for kind in KINDS:
        yield from (("world", kind, name) for name in _mapping(world, kind))
    if "merchantConfig" in world:
        yield "world", "merchantConfig"


def _fill_in(form: dict[str, Any], prefixes: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Gives the records what only a scenario may leave out. Their ids, by kind and name."""
    found: dict[str, dict[str, str]] = {}
    world = _mapping(form, "world")
    for kind, (singular, _) in KINDS.items():
        records = found[kind] = {}
        for name, record in _mapping(world, kind).items():
            if not isinstance(record, dict):
                if record is not None:
                    continue
                record = world[kind][name] = {}  # `jane:` alone is a record too
            if kind in ("gatewayProfiles", "cascades"):
                record.setdefault("title", name)
            elif kind == "customers":
                record.setdefault("name", name)
                record.setdefault("email", f"{name}@example.com")
            record.setdefault("id", ids.named(prefixes[singular], singular, name))
            records[name] = str(record["id"])
    return found


def _check_world(form: dict[str, Any], names: Names, findings: Findings) -> None:
    """Ids have their form and are unique, references lead somewhere and become ids, cards are test cards."""
    taken = Counter(id for own in names.ids.values() for id in own.values())
    for kind, own in names.ids.items():
        for name, id in own.items():
            if not names.is_id(KINDS[kind].singular, id):
                findings.add(("world", kind, name, "id"), names.bad_id(KINDS[kind].singular, id))
            elif taken[id] > 1:
                findings.add(("world", kind, name, "id"), f"is the id of {taken[id]} records, found {quoted(id)}")
    for path, holder, key, kind in _references(_mapping(form, "world")):
        if isinstance(word := holder.get(key), str):
            if found := names.id(kind, word):
                holder[key] = found
            else:
                findings.add(("world", *path, key), names.unknown(kind, word))
    for name, method in _mapping(_mapping(form, "world"), "paymentMethods").items():
        number = _mapping(method, "card").get("number")
        if isinstance(number, str) and names.card(number) is None:
            findings.add(("world", "paymentMethods", name, "card", "number"), names.unknown_card(number))


def _references(world: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any], str, str]]:
    """Every place that names another record: where, its mapping, its key, and the kind it names."""
    for name, cascade in _mapping(world, "cascades").items():
        rules = cascade.get("rules") if isinstance(cascade, dict) else None
        for place, rule in enumerate(rules if isinstance(rules, list) else ()):
            if isinstance(rule, dict):
                yield ("cascades", name, "rules", place), rule, "gatewayProfile", "gatewayProfiles"
    card = _mapping(_mapping(_mapping(world, "merchantConfig"), "paymentMethodOptions"), "card")
    path: Path = ("merchantConfig", "paymentMethodOptions", "card")
    yield path, card, "cascade", "cascades"
    yield path, card, "gatewayProfile", "gatewayProfiles"
    for name, method in _mapping(world, "paymentMethods").items():
        if isinstance(method, dict):
            yield ("paymentMethods", name), method, "customer", "customers"


def _mapping(holder: Any, key: str) -> dict[str, Any]:
    """The mapping under a key, or an empty one: what has another shape is reported elsewhere."""
    found = holder.get(key) if isinstance(holder, dict) else None
    return found if isinstance(found, dict) else {}


def _start(form: dict[str, Any], findings: Findings) -> None:
    clock = _mapping(form, "clock")
    if isinstance(text := clock.get("start"), str):
        try:
            clock["start"] = periods.instant(text)
        except (ValueError, OverflowError):
            text = shapes.shown(text)
            findings.add(("clock", "start"), f"must be an instant such as 2026-01-31T10:00:00Z, found {text}")


# --- rules


def _rules(form: dict[str, Any], document: Document, names: Names, findings: Findings) -> list[Rule]:
    written = form.get("rules")
    seen: dict[str, int] = {}
    rules = []
    for place, rule in enumerate(written if isinstance(written, list) else ()):
        read = _rule(rule, ("rules", place), f"rules[{place}]", document, names, findings)
        if read is None:
            continue
        if read.name in seen:
            text = f"is the name of rules[{seen[read.name]}] already, found {quoted(read.name)}"
            findings.add(("rules", place, "name"), text)
        seen.setdefault(read.name, place)
        rules.append(read)
    return rules


def _rule(form: Any, path: Path, name: str, document: Document, names: Names, findings: Findings) -> Rule | None:
    """`name` is the rule's when it has none of its own. None, or a rule that is not whole, when there are findings."""
    if not isinstance(form, dict):
        return None
    name = form["name"] if isinstance(form.get("name"), str) else name
    if name == TEST_CARDS:
        findings.add((*path, "name"), f"'{TEST_CARDS}' is the name of the built-in table; take another")
    when = (*path, "when")
    then = (*path, "then")
    read = conditions.read(documents.value(document.node(when), str), when, names, findings)
    answers = outcomes.read(documents.value(document.node(then), str), then, name, findings) if "then" in form else ()
    given = [answer.outcome for answer in answers]
    operation = next((condition for condition in read if condition.fact == "operation"), None)
    if operation is None:
        # A gateway that is down is down for refunds too; anything else speaks of authorizing.
        down = all(isinstance(outcome, Unreachable | TimedOut) for outcome in given)
        read = read if down else (_AUTHORIZE, *read)
    elif any(isinstance(outcome, Challenged) for outcome in given) and operation != _AUTHORIZE:
        findings.add(then, "challenge belongs to operation authorize only")
    per, times = form.get("per"), form.get("times")
    return Rule(name=name, then=answers, when=read, per=per, times=times)
