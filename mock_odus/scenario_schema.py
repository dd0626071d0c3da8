"""The JSON Schema of scenario files, for editors: made of the forms and the tables that the loader itself reads by.

An editor sees scalars as YAML types them, the loader as they are written: where a text is wanted, a number will do.
What only the loader can tell (names, ids, times that make no sense) stays its own to tell.
"""

from __future__ import annotations

import json
from typing import Any

from mock_odus.engine.declines import ERROR_CODES
from mock_odus.scripting import forms, outcomes, windows
from mock_odus.scripting.conditions import BOUNDS, FACTS, Fact
from mock_odus.web.schemas import REF, Schema, Schemas

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DEFS = "#/$defs/"
FILLED_IN = {"title", "name", "environment", "credentials", "email"}
"""What a record of a scenario need not say, though a body of the API must."""

_SCALAR = {"type": ["string", "number", "boolean"]}
_DURATION = {"type": "string", "description": "a duration: 2 days, 1 month, 90 seconds, P1M2D"}
_NOTHING: Schema = {"type": ["object", "null"], "maxProperties": 0}


def document() -> Schema:
    """The whole schema."""
    schemas = Schemas()
    schemas.sent(forms.ScenarioForm)
    for form in (forms.DeclineForm, forms.ApproveForm, forms.ChallengeForm, forms.TimeoutForm, forms.FailLaterForm):
        schemas.sent(form)
    defs: dict[str, Schema] = {name: _as_written(schema) for name, schema in schemas.components.items()}
    for name, schema in defs.items():
        if schema.get("type") == "object" and "properties" in schema:
            schema["additionalProperties"] = False
        if name.startswith("Named") and "required" in schema:
            schema["required"] = [field for field in schema["required"] if field not in FILLED_IN]
        if name.startswith("Named") and not schema.get("required"):
            schema["type"] = ["object", "null"]  # `jane:` alone is a record, too
    defs["RuleForm"]["properties"] |= {"when": _ref("When"), "then": _one_or_more(_ref("Outcome"))}
    defs["ChallengeForm"]["properties"] |= {"after": _DURATION, "then": _ref("Outcome")}
    defs["TimeoutForm"]["properties"]["after"] = _DURATION
    defs["RuleForm"]["required"] = ["then"]
    defs |= {"When": _when(), "Outcome": _outcome()}
    root = defs.pop("ScenarioForm")
    return {"$schema": DIALECT, "title": "A scenario of mock_odus", **root, "$defs": defs}


def _as_written(node: Any) -> Any:
    """The same for what stands in a YAML file: references within this document, and scalars of any type for text."""
    if isinstance(node, list):
        return [_as_written(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    found = {key: _as_written(value) for key, value in node.items()}
    if isinstance(found.get("$ref"), str):
        found["$ref"] = found["$ref"].replace(REF, DEFS)
    kinds = [found["type"]] if isinstance(found.get("type"), str) else found.get("type", [])
    if "string" in kinds and "enum" not in found:
        found["type"] = list(dict.fromkeys([*kinds, *_SCALAR["type"]]))
    if "true" in found.get("enum", ()):
        found["enum"] = [*found["enum"], True, False]
        found.pop("type", None)
    return found


def _when() -> Schema:
    conditions = {name: _condition(fact) for name, fact in FACTS.items() if name != windows.KEY}
    instant = {"type": "string", "description": "an instant, or '+40 days' since the scenario's start"}
    window = {"type": "object", "properties": {"from": instant, "until": instant}, "additionalProperties": False}
    return {
        "type": ["object", "null"],
        "description": "what the charge must be; every condition must hold",
        "properties": conditions | {windows.KEY: window},
        "patternProperties": {r"^(customer\.)?metadata\..": _condition(Fact("text"))},
        "additionalProperties": False,
    }


def _condition(fact: Fact) -> Schema:
    """One value, a list of which any will do, or bounds."""
    value: Schema = {"type": ["string", "number"]}
    if fact.words:  # a `*` makes a pattern of a text
        value = {"anyOf": [{"enum": list(fact.words)}, {"type": "string", "pattern": r"\*"}]}
    elif fact.sort == "number":
        value = {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^-?[0-9]+(\.\.-?[0-9]+)?$"}]}
    elif fact.sort == "text":
        value = _SCALAR
    bounds: Schema = {"type": "object", "properties": dict.fromkeys(BOUNDS, _SCALAR), "additionalProperties": False}
    return _one_or_more({"anyOf": [value, bounds]})


def _outcome() -> Schema:
    code = {"enum": [*ERROR_CODES, *outcomes.SHORT]}
    long: dict[str, Schema] = {
        "approve": {"anyOf": [_ref("ApproveForm"), _NOTHING]},
        "decline": {"anyOf": [code, _ref("DeclineForm")]},
        "challenge": {"anyOf": [_ref("ChallengeForm"), _NOTHING]},
        "timeout": {"anyOf": [_ref("TimeoutForm"), _NOTHING]},
        "error": {"type": "integer", "minimum": 400, "maximum": 599},
        "fail_later": _ref("FailLaterForm"),
        "latency": _DURATION | {"description": "how long the gateway takes to answer"},
    }
    plain = [word for word in outcomes.WORDS if word not in outcomes.NEEDY]
    return {
        "description": "what the gateway answers",
        "anyOf": [
            {"enum": plain},
            {
                "type": "object",
                "properties": dict.fromkeys(plain, _NOTHING) | long,
                "minProperties": 1,
                "maxProperties": 2,
                "additionalProperties": False,
            },
        ],
    }


def _one_or_more(item: Schema) -> Schema:
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


def _ref(name: str) -> Schema:
    return {"$ref": DEFS + name}


def as_text() -> str:
    return json.dumps(document(), indent=2, ensure_ascii=False)
