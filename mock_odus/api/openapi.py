"""The OpenAPI document of the Odus API, made of the declared resources, the assumptions in force and `basis.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mock_odus import basis
from mock_odus.api.resource import Resource
from mock_odus.api.samples import SAMPLES
from mock_odus.assumptions import Assumptions
from mock_odus.basis import Documented
from mock_odus.engine.access import KeyKind
from mock_odus.engine.bodies import Body
from mock_odus.engine.errors import Forbidden, Invalid, NotFound, Unauthorized
from mock_odus.engine.records import Record
from mock_odus.engine.views import Links
from mock_odus.web import filters, openapi
from mock_odus.web.openapi import JSON, Codes, Examples
from mock_odus.web.problems import NotJson, Problems, TooLarge
from mock_odus.web.schemas import Schema, Schemas

ABOUT = """\
Odus as mock_odus speaks it. `x-odus-basis` tells of every operation and field whether Odus documents it, on the page
`x-odus-source`, or whether it is assumed. `x-odus-key-kinds` are the kinds of key that may call an operation, and
`x-odus-permission` is what a secret key needs for it, or the role of the user whose session key it is. How to drive the
mock itself is told by `/_mock/openapi.json`.
"""


class Operation(NamedTuple):
    """One method of one path. `name` is what `basis.yaml` calls it."""

    name: str
    method: str
    path: str
    id: str
    doc: str | None
    permission: str
    kinds: tuple[KeyKind, ...] = ("secretKey",)
    body: type[Body] | None = None
    status: int = 200
    answers: type[Record] | None = None


def document(resources: Sequence[Resource], assumed: Assumptions) -> dict[str, Any]:
    """The document. Whoever answers it over HTTP says where it is served."""
    schemas, examples = Schemas(), Examples(Path(__file__).with_name("examples.json"))
    codes = Problems(assumed.status_codes).status
    paths: dict[str, Schema] = {}
    for resource in resources:
        for operation in _operations(resource, assumed):
            shown = _shown(operation, resource, schemas, examples, codes)
            paths.setdefault(operation.path, {})[operation.method] = shown
    found = openapi.document("Odus", ABOUT, paths, schemas, examples, codes, [{"bearer": []}])
    _add_basis(resources, schemas)
    return found


def _operations(resource: Resource, assumed: Assumptions) -> Iterator[Operation]:
    root = resource.root(assumed)
    one, noun, read = root + "/{id}", resource.record.__name__, f"{resource.noun}_READ"
    all, lists = f"Lists the {_words(resource.name)}.", openapi.camel(f"list_{resource.name}")
    yield Operation("list", "get", root, lists, all, read, resource.listers)
    for name, finder in resource.named.items():
        id = f"find{name.capitalize()}{noun}"
        yield Operation(name, "get", f"{root}/{name}", id, finder.__doc__, read, resource.readers)
    yield Operation("find", "get", one, f"find{noun}", f"Finds one {_words(noun)}.", read, resource.readers)
    if verb := resource.remover:
        yield Operation("delete", "delete", one, f"delete{noun}", verb.__doc__, f"{resource.noun}_DELETE")
    for call in resource.calls:
        path, status = resource.path_of(call, assumed), call.status(assumed)
        first, _, rest = call.verb.__name__.partition("_")
        id = openapi.camel(f"{first}_{noun}_{rest}")  # record_chargeback of a payment: recordPaymentChargeback
        told = call.verb.__doc__
        yield Operation(call.name, "post", path, id, told, call.permission, call.kinds, call.body, status, call.answers)


def _shown(operation: Operation, resource: Resource, schemas: Schemas, examples: Examples, codes: Codes) -> Schema:
    documented = basis.load().get(resource.name, Documented()).operations
    found: Schema = {
        "operationId": operation.id,
        "tags": [resource.name],
        **openapi.told(operation.doc),
        **_basis(documented.get(operation.name)),
        "x-odus-permission": operation.permission,
        "x-odus-key-kinds": [*operation.kinds, "sessionKey"],
    }
    refused: list[type[Exception]] = [Unauthorized, Forbidden]
    parameters: list[Schema] = []
    answer = schemas.answered(operation.answers or resource.record)
    if "{id}" in operation.path:
        parameters.append(openapi.path_parameter("id"))
        refused.append(NotFound)
    if operation.name == "list":
        refused.append(Invalid)
        parameters += openapi.list_parameters(filters.of_record(resource.record, "secret", Links("", "")), schemas)
        answer = schemas.page(resource.record)
    if operation.body:
        refused += [Invalid, TooLarge, NotJson]
        found["requestBody"] = _body(operation, schemas, examples)
    if operation.method == "delete":
        refused.append(Invalid)
    if parameters:
        found["parameters"] = parameters
    told = openapi.answer("what was asked for" if operation.method == "get" else "done", examples.answered(answer))
    return found | {"responses": {str(operation.status): told} | openapi.refusals(codes, *refused)}


def _body(operation: Operation, schemas: Schemas, examples: Examples) -> Schema:
    """No body at all is an empty one, so it is required only where it has required fields."""
    body = operation.body
    assert body is not None
    schema = schemas.sent(body)
    if samples := SAMPLES.get(body):  # what Odus shows
        content = {"schema": schema, "examples": {name: {"value": value} for name, value in samples.items()}}
    else:
        content = examples.sent(schema, operation.id)
    return {"required": "required" in schemas.components[body.__name__], "content": {JSON: content}}


# --- Basis


def _add_basis(resources: Sequence[Resource], schemas: Schemas) -> None:
    """A field of a body that makes or changes a record stands on what is known of the record's field."""
    known = basis.load()
    owners = {resource.record.__name__: resource.name for resource in resources}
    for resource in resources:
        changes = [call.body.__name__ for call in resource.calls if call.name in ("create", "update")]
        owners |= dict.fromkeys(changes, resource.name)
    for name, schema in schemas.components.items():
        # `AddressInput` is the entry `Address`, and `PaymentPage` the entry `Page`.
        own = re.sub(r"Input$|^\w+(?=(Page|Filter)$)", "", name)
        fields = known.get(owners.get(name, own), Documented()).fields
        for field, property in schema.get("properties", {}).items():
            schema["properties"][field] = property | _basis(fields.get(field))


def _basis(page: str | None) -> Schema:
    return {"x-odus-basis": "documented", "x-odus-source": page} if page else {"x-odus-basis": "assumed"}


def _words(name: str) -> str:
    """`gatewayProfiles` and `GatewayProfile` as people write them."""
    return re.sub(r"(?<=.)([A-Z])", r" \1", name).lower()
