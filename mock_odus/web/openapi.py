"""What the OpenAPI documents of both APIs have in common: the frame, headers, refusals, and the parameters of lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from inspect import cleandoc
from pathlib import Path
from typing import Any

from msgspec import Struct, json

from mock_odus import __version__
from mock_odus.engine.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorized
from mock_odus.web import filters
from mock_odus.web.bodies import MAX_BYTES
from mock_odus.web.filters import Fields, Kind
from mock_odus.web.listing import DEFAULT_PAGE, MAX_PAGE
from mock_odus.web.problems import NotJson, TooLarge
from mock_odus.web.schemas import REF, Schema, Schemas, sentences

JSON = "application/json"
Codes = Mapping[type[Exception], int]

_HEADERS = {
    "x-request-id": "the id of this request",
    "x-mock-now": "the time on the sandbox's clock",
    "x-mock-warning": "what the mock did in another way than the caller may think",
}
_REFUSALS: dict[type[Exception], tuple[str, str | list[str]]] = {  # why, and what is told for example
    Invalid: (
        "wrong in itself, or forbidden by the state of the record; nothing has changed",
        ["amount must be a positive integer, found -1"],
    ),
    Unauthorized: ("no key, or one that is unknown or was revoked", "this key is unknown or was revoked"),
    Forbidden: ("whoever asks may not do this", "this key lacks the permission PAYMENT_READ"),
    NotFound: ("there is no such thing", "no payment with id 'pay_x'"),
    Conflict: ("not while the sandbox is as it is", "the clock cannot go back: restore a snapshot instead"),
    TooLarge: (f"the body has more than {MAX_BYTES} bytes", f"the body must be at most {MAX_BYTES} bytes"),
    NotJson: ("the body is not JSON", "the body must be application/json, found 'text/plain'"),
}
_ONE_PAGE = {
    "hasNextPage": False,
    "hasPreviousPage": False,
    "itemCount": 1,
    "page": 1,
    "pageCount": 1,
    "pageSize": DEFAULT_PAGE,
}
# Two enums, since generators of clients give values that differ in capitals only one name.
_DIRECTION: Schema = {"anyOf": [{"type": "string", "enum": one} for one in (["asc", "desc"], ["ASC", "DESC"])]}
_FILTERS: dict[Kind, tuple[str, Schema]] = {
    filters.TEXT: ("TextFilter", {"type": "string"}),
    filters.INSTANT: ("InstantFilter", {"type": "string"}),
    filters.INTEGER: ("IntegerFilter", {"type": "integer"}),
    filters.NUMBER: ("NumberFilter", {"type": "number"}),
    filters.BOOLEAN: ("BooleanFilter", {"type": "boolean"}),
}


class Error(Struct, frozen=True, rename="camel"):
    """Why a request was refused: one message for each problem of a body or query, else one sentence."""

    status_code: int
    message: str | list[str]
    error: str


class Examples:
    """What was answered and sent once, by the names of schemas: what `scripts/openapi_examples.py` has written."""

    def __init__(self, file: Path) -> None:
        told = json.decode(file.read_bytes())
        self._answers, self._bodies = told["answers"], told["bodies"]
        self.components: dict[str, Schema] = {}

    def answered(self, schema: Schema) -> Schema:
        """The content of an answer; a list has one entry. Without an example, when there is none yet."""
        name = _name(schema.get("items", schema))
        value = self._answers.get(name.removesuffix("Page"))
        if value is None:
            return {"schema": schema}
        if "items" in schema:
            return self._content(schema, f"{name}List", [value])
        if name.endswith("Page"):
            value = {"data": [value], "pagination": _ONE_PAGE}
        return self._content(schema, name, value)

    def sent(self, schema: Schema, id: str) -> Schema:
        """The content of a body; one that has no name goes by the id of its operation."""
        name = _name(schema) or id
        return self._content(schema, name, self._bodies.get(name, {}))

    def _content(self, schema: Schema, name: str, value: Any) -> Schema:
        self.components[name] = {"value": value}
        return {"schema": schema, "examples": {"example": {"$ref": f"#/components/examples/{name}"}}}


def _name(schema: Schema) -> str:
    return str(schema.get("$ref", "")).removeprefix(REF)


def document(
    title: str, about: str, paths: Schema, schemas: Schemas, examples: Examples, codes: Codes, security: list[Schema]
) -> dict[str, Any]:
    """The whole document. Whoever answers it over HTTP says where it is served."""
    error = schemas.answered(Error)
    told: dict[int, list[type[Exception]]] = {}  # two kinds of refusal may have been given one code
    for kind in _REFUSALS:
        told.setdefault(codes[kind], []).append(kind)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": __version__, "description": about},
        "servers": [{"url": "http://127.0.0.1:4010"}],
        "security": security,
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "responses": {f"Error{code}": _refused(code, kinds, error) for code, kinds in told.items()},
            "examples": examples.components,
            "headers": {
                name: {"description": text, "required": name != "x-mock-warning", "schema": {"type": "string"}}
                for name, text in _HEADERS.items()
            },
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def told(doc: str | None) -> Schema:
    """What a docstring tells of an operation."""
    summary, *rest = sentences(cleandoc(doc or ""))
    return {"summary": summary} | ({"description": " ".join(rest)} if rest else {})


def camel(name: str) -> str:
    """`list_sandboxes` as it is written in JSON."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def answer(description: str, content: Schema) -> Schema:
    """One answer of an operation, with the headers that every answer has."""
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
    return {"description": description, "headers": headers, "content": {JSON: content}}


def _refused(code: int, kinds: Sequence[type[Exception]], error: Schema) -> Schema:
    """The answer with that code, for any of these reasons."""
    message = _REFUSALS[kinds[0]][1]
    example = {"statusCode": code, "message": message, "error": HTTPStatus(code).phrase}
    return answer("; or ".join(_REFUSALS[kind][0] for kind in kinds), {"schema": error, "example": example})


def refusals(codes: Codes, *kinds: type[Exception]) -> Schema:
    """The answers of an operation that can be refused for these reasons."""
    found = sorted({codes[kind] for kind in kinds})
    return {str(code): {"$ref": f"#/components/responses/Error{code}"} for code in found}


def path_parameter(name: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def query_parameter(name: str, schema: Schema, description: str = "", **options: Any) -> Schema:
    found = {"name": name, "in": "query", "schema": schema, **options}
    return found | {"description": description} if description else found


def list_parameters(fields: Fields, schemas: Schemas) -> list[Schema]:
    """Pages, order and filters; `status[eq]=open` is a deepObject of one property for each operator."""
    names: Schema = {"type": "string", "enum": list(fields.known)}
    if fields.metadata:
        names = {"anyOf": [names, {"type": "string", "pattern": r"^metadata\..+$"}]}
    anything = ["integer", "string"]  # it is documented that values which cannot be fail silently
    page: Schema = {"type": anything, "default": 1}
    size: Schema = {"type": anything, "default": DEFAULT_PAGE}
    schemas.components["SortDirection"] = _DIRECTION
    return [
        query_parameter("page", page, "a positive integer; what cannot be is the first"),
        query_parameter("pageSize", size, f"an integer from 1 to {MAX_PAGE}; what cannot be is the default"),
        query_parameter("sortBy", names | {"default": fields.made}),
        query_parameter("sortDirection", {"$ref": REF + "SortDirection"}, "asc by default"),
        *(
            query_parameter(name, _filter(field.kind, schemas), style="deepObject", explode=True)
            for name, field in fields.known.items()
        ),
    ]


def _filter(kind: Kind, schemas: Schemas) -> Schema:
    name, operand = _FILTERS[kind]
    others: dict[str, Schema] = {
        "in": {"type": "string", "description": "a list with commas"},
        "nin": {"type": "string", "description": "a list with commas"},
        "like": {"type": "string", "description": "a part of the text, in any case"},
        "isNull": {"type": "boolean"},
    }
    schemas.components[name] = {
        "type": "object",
        "description": f"Compares with {kind.wants}, as in `field[eq]=…`. All conditions must hold.",
        "properties": {operator: others.get(operator, operand) for operator in kind.operators},
        # An operator without an operand leaves no trace in a query, so it cannot be refused: `additionalProperties`
        # would have it tried.
        "unevaluatedProperties": False,
    }
    return {"$ref": REF + name}
