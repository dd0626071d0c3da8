"""The running scenario and its rules."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from msgspec.structs import asdict, replace
from starlette.requests import Request
from starlette.responses import Response

from mock_odus.control.answers import Checked, Finding, RuleAnswer, ScenarioAnswer, ScenarioSummary, ScenarioText
from mock_odus.control.bodies import Document, LoadScenario, SentScenario
from mock_odus.control.context import Call, Control
from mock_odus.engine.errors import Invalid, NotFound
from mock_odus.engine.world import World
from mock_odus.sandbox import Sandbox, Settings
from mock_odus.scripting import building, loader, rules, writing
from mock_odus.scripting.language import TEST_CARDS, Scenario, ScenarioError
from mock_odus.scripting.rules import Listed
from mock_odus.shapes import nearest
from mock_odus.web.answers import Answer
from mock_odus.web.bodies import decode, read


def routes(control: Control) -> list[Call]:
    async def get_scenario(request: Request) -> Response:
        """Tells the running scenario, and the ids of what it named."""
        return Answer(_scenario(control.sandbox(request)))

    async def list_scenarios(request: Request) -> Response:
        """Lists the scenarios that can be named: those that come with the mock, and those of its folder."""
        control.sandbox(request)
        return Answer([{"name": name, "about": about} for name, about in control.summaries().items()])

    async def get_scenario_text(request: Request) -> Response:
        """Tells a scenario that can be named, as it was written."""
        control.sandbox(request)
        name = request.path_params["name"]
        document = control.text(name)
        known = control.summaries()
        if document is None:
            raise NotFound(f"no scenario is named '{name}'{nearest(name, list(known))}; known are {', '.join(known)}")
        return Answer({"name": name, "about": known[name], "document": document})

    async def check_scenario(request: Request) -> Response:
        """Tells what is wrong with a document; nothing is loaded. Of `fake` one of each kind is made, for a try."""
        sandbox = control.sandbox(request)
        raw = await read(request, json=False)
        return Answer({"problems": _problems(control, raw, sandbox.world if _keeps(request) else None)}, 201)

    async def load_scenario(request: Request) -> Response:
        """Runs another scenario in a new world, or in the one there is."""
        sandbox = control.sandbox(request)
        raw = await read(request, json=False)
        keeps = _keeps(request)
        sandbox.load(_read(control, raw, sandbox.world if keeps else None), keep_world=keeps)
        return Answer(_scenario(sandbox))

    async def drop_scenario(request: Request) -> Response:
        """Ends the running scenario; the world it made stays."""
        sandbox = control.sandbox(request)
        shown = _scenario(sandbox)
        sandbox.drop_scenario()
        return Answer(shown)

    async def list_rules(request: Request) -> Response:
        """Lists the rules in the order in which they are asked, with their hits."""
        world = control.sandbox(request).world
        return Answer([_rule(world, listed) for listed in rules.rules(world)])

    async def add_rule(request: Request) -> Response:
        """Puts a rule on top of the others."""
        world = control.sandbox(request).world
        raw = await read(request, json=False)
        rule = rules.add_rule(world, loader.load_rule(_text(raw), world))
        return Answer(_rule(world, Listed(rule, 0, False)), 201)

    async def delete_rule(request: Request) -> Response:
        """Takes a rule away."""
        world = control.sandbox(request).world
        id = request.path_params["id"]
        shown = [_rule(world, listed) for listed in rules.rules(world) if listed.rule.id == id]
        rules.remove_rule(world, id)
        return Answer(shown[0])

    return [
        Call("GET", "/_mock/scenarios", list_scenarios, list[ScenarioSummary]),
        Call("GET", "/_mock/scenarios/{name}", get_scenario_text, ScenarioText),
        Call(
            "POST",
            "/_mock/scenario/check",
            check_scenario,
            Checked,
            body=Any,  # whatever is wrong with it is the answer
            query=LoadScenario,
            takes_yaml=True,
            needs_body=False,
        ),
        Call("GET", "/_mock/scenario", get_scenario, ScenarioAnswer),
        Call(
            "PUT",
            "/_mock/scenario",
            load_scenario,
            ScenarioAnswer,
            body=Document,
            query=LoadScenario,
            takes_yaml=True,
        ),
        Call("DELETE", "/_mock/scenario", drop_scenario, ScenarioAnswer),
        Call("GET", "/_mock/rules", list_rules, list[RuleAnswer]),
        Call("POST", "/_mock/rules", add_rule, RuleAnswer, body=Document, takes_yaml=True),
        Call("DELETE", "/_mock/rules/{id}", delete_rule, RuleAnswer),
    ]


def _read(control: Control, raw: bytes, kept: World | None) -> Scenario:
    """By name, as a whole document, or as one with those it extends. Invalid, ScenarioError."""
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = None
    if isinstance(value, dict) and set(value) == {"name"} and isinstance(value["name"], str):
        return control.find(value["name"])
    if isinstance(value, dict) and "document" in value:
        sent = decode(raw, SentScenario)
        return control.read_document(sent.document, kept, sent.extends)
    return control.read_document(_text(raw), kept, {})


def _keeps(request: Request) -> bool:
    """Whether the world that there is stays. A misspelt parameter would cost it. Invalid."""
    if unknown := sorted(set(request.query_params) - {"keepWorld"}):
        hints = [nearest(name, ["keepWorld"]) or "; known is keepWorld" for name in unknown]
        raise Invalid(*(f"{name} is not a parameter here{hint}" for name, hint in zip(unknown, hints, strict=True)))
    keep = request.query_params.get("keepWorld", "false")
    if keep not in ("true", "false"):
        raise Invalid(f"keepWorld must be true or false, found '{keep}'")
    return keep == "true"


def _problems(control: Control, raw: bytes, kept: World | None) -> list[Finding]:
    """What is wrong with a document; its world is made for a try, and forgotten."""
    try:
        scenario = _read(control, raw, kept)
        if fake := scenario.world.fake:
            one = replace(fake, **{kind: min(1, count) for kind, count in asdict(fake).items() if count})
            scenario = replace(scenario, world=replace(scenario.world, fake=one))
        if kept is None:
            Sandbox("check", "", "", Settings(scenario=scenario), control.sandboxes.policies)
        else:
            building.build(kept.fork(), scenario, keep=True)
    except ScenarioError as error:
        return [_finding(problem) for problem in error.problems]
    return []


def _finding(problem: str) -> Finding:
    match = re.match(r"([^:\n]+):(\d+):(\d+): ", problem)
    if match is None:
        return {"file": None, "line": None, "column": None, "message": problem}
    file, line, column = match.groups()
    return {"file": file, "line": int(line), "column": int(column), "message": problem[match.end() :]}


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Invalid("the body must be UTF-8") from None


def _scenario(sandbox: Sandbox) -> ScenarioAnswer:
    running = rules.running(sandbox.world)
    if running is None:
        return {"name": None, "about": None, "rules": 0, "unmatched": TEST_CARDS, "world": {}}
    return {
        "name": running.name,
        "about": running.about,
        "rules": len(running.rules),
        "unmatched": running.unmatched,
        "world": running.ids,
    }


def _rule(world: World, listed: Listed) -> RuleAnswer:
    rule, running = listed.rule, rules.running(world)
    written = writing.rule(rule, running.ids if running else {})
    return {
        "id": rule.id,
        "name": rule.name,
        "when": written.get("when", {}),
        "then": written["then"],
        "per": rule.per,
        "times": rule.times,
        "chance": written.get("chance"),
        "hits": listed.hits,
        "spent": listed.spent,
    }
