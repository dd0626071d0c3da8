"""The running scenario and its rules."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from mock_odus.control.answers import RuleAnswer, ScenarioAnswer, ScenarioSummary
from mock_odus.control.bodies import Document, LoadScenario, SentScenario
from mock_odus.control.context import Call, Control
from mock_odus.engine.errors import Invalid
from mock_odus.engine.world import World
from mock_odus.sandbox import Sandbox
from mock_odus.scripting import loader, rules, writing
from mock_odus.scripting.language import TEST_CARDS, Scenario
from mock_odus.scripting.rules import Listed
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

    async def load_scenario(request: Request) -> Response:
        """Runs another scenario in a new world, or in the one there is."""
        sandbox = control.sandbox(request)
        raw = await read(request, json=False)
        keep = request.query_params.get("keepWorld", "false")
        if keep not in ("true", "false"):
            raise Invalid(f"keepWorld must be true or false, found '{keep}'")
        scenario = _read(control, raw, sandbox.world if keep == "true" else None)
        sandbox.load(scenario, keep_world=keep == "true")
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
