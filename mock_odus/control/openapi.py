"""The OpenAPI document of the control API, made of what its routes declare."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mock_odus.control.context import Call
from mock_odus.control.journal import fields_of
from mock_odus.engine.errors import Forbidden, Invalid, NotFound, Unauthorized
from mock_odus.web import openapi
from mock_odus.web.openapi import JSON, Codes, Examples
from mock_odus.web.problems import NotJson, TooLarge
from mock_odus.web.schemas import Schema, Schemas

YAML = "application/yaml"
ABOUT = """\
How a test drives mock_odus. A secret key says which sandbox is meant; without a key it is the default one, `mock`. A
foreign `Host` or `Origin` is refused. The API of Odus itself is told by `/openapi.json`.
"""


def document(calls: Iterable[Call], codes: Codes) -> dict[str, Any]:
    """The document. Whoever answers it over HTTP says where it is served."""
    schemas, examples = Schemas(), Examples(Path(__file__).with_name("examples.json"))
    paths: dict[str, Schema] = {}
    for call in calls:
        paths.setdefault(call.path, {})[call.method.lower()] = _shown(call, schemas, examples, codes)
    return openapi.document("mock_odus", ABOUT, paths, schemas, examples, codes, [{}, {"bearer": []}])


def _shown(call: Call, schemas: Schemas, examples: Examples, codes: Codes) -> Schema:
    found: Schema = {
        "operationId": openapi.camel(call.endpoint.__name__),
        "tags": [re.split(r"[/.]", call.path)[2]],
        **openapi.told(call.endpoint.__doc__),
    }
    if not call.needs_key:
        found["security"] = []
    if parameters := list(_parameters(call, schemas)):
        found["parameters"] = parameters
    if call.body:
        found["requestBody"] = _body(call, schemas, examples)
    answer = schemas.page(call.answer) if call.listed else schemas.answered(call.answer)
    told = openapi.answer("what was asked for" if call.method == "GET" else "done", examples.answered(answer))
    if call.as_text:
        told["content"]["text/plain"] = {"schema": {"type": "string"}}
    if call.streamed:
        told["content"] = {"text/event-stream": {"schema": {"type": "string"}}}
    refusals = openapi.refusals(codes, *_reasons(call))
    return found | {"responses": {str(status): told for status in call.statuses} | refusals}


def _parameters(call: Call, schemas: Schemas) -> Iterator[Schema]:
    for name in re.findall(r"{(\w+)}", call.path):
        yield openapi.path_parameter(name)
    if call.query:
        alone = Schemas()
        alone.sent(call.query)
        for name, schema in alone.components[call.query.__name__]["properties"].items():
            yield openapi.query_parameter(name, schema)
    if call.listed:
        yield from openapi.list_parameters(fields_of(call.answer), schemas)


def _body(call: Call, schemas: Schemas, examples: Examples) -> Schema:
    """No body at all is an empty one, so it is required only where it has required fields."""
    schema = schemas.sent(call.body)
    own = schemas.components.get(getattr(call.body, "__name__", ""), {"required": True})
    kinds = (JSON, YAML) if call.takes_yaml else (JSON,)
    return {
        "required": call.needs_body and "required" in own,
        "content": dict.fromkeys(kinds, examples.sent(schema, openapi.camel(call.endpoint.__name__))),
    }


def _reasons(call: Call) -> Iterator[type[Exception]]:
    """Why a call can be refused."""
    yield Forbidden  # a foreign page
    yield from call.refused
    if call.needs_key:
        yield Unauthorized
    if "{" in call.path:
        yield NotFound
    if call.body or call.query or call.listed or call.takes_no_query:
        yield Invalid
    if call.body:
        yield TooLarge
        if not call.takes_yaml:
            yield NotJson
