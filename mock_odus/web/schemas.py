"""What a type looks like in JSON, as JSON Schema 2020-12: what may be sent, and what is answered.

msgspec describes the types. What our marks say (`Private`, `Sensitive`, `Instant`, `Hidden`) and what a name tells (a
link, an amount) is laid over that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin, get_type_hints, is_typeddict

import msgspec
from msgspec import Struct

from mock_odus.engine.bodies import Body

Schema = dict[str, Any]

REF = "#/components/schemas/"

_AMOUNT = re.compile(r"^amount|Amount$|Cap$")


class Schemas:
    """The schemas of one document. A type that is asked for is described once, with its parts, under its own name."""

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}

    def sent(self, wanted: Any) -> Schema:
        """The schema of a body. A record's part that may be sent, such as an address, is another type there."""
        return self._described(wanted, sent=True)

    def answered(self, wanted: Any) -> Schema:
        """The schema of an answer: every field is always there, but for those that only secret keys see."""
        return self._described(wanted, sent=False)

    def page(self, record: type) -> Schema:
        """The schema of a list's answer."""
        name = f"{record.__name__}Page"
        self.components[name] = {
            "type": "object",
            "properties": {
                "data": {"type": "array", "items": self.answered(record)},
                "pagination": self.answered(Pagination),
            },
            "required": ["data", "pagination"],
        }
        return {"$ref": REF + name}

    def _described(self, wanted: Any, *, sent: bool) -> Schema:
        (top,), found = msgspec.json.schema_components([wanted], ref_template=REF + "{name}")
        kinds = dict.fromkeys(_kinds(wanted))
        names = {kind.__name__: _name(kind, sent) for kind in kinds}
        for kind in kinds:
            name = names[kind.__name__]
            if name not in self.components:
                self.components[name] = _object(kind, _tidy(found[kind.__name__], names), sent)
        tidied: Schema = _tidy(top, names)
        return tidied


class Pagination(Struct, frozen=True, rename="camel"):
    """Where a page lies in its list; `itemCount` counts all pages."""

    has_next_page: bool
    has_previous_page: bool
    item_count: int
    page: int
    page_count: int
    page_size: int


def sentences(text: str) -> list[str]:
    """The first sentence of a docstring, and what follows it."""
    return re.split(r"(?<=\.)\s+", text.strip(), maxsplit=1)


class _Field(NamedTuple):
    """A field under its name in JSON. `required`: it has no default."""

    name: str
    type: Any
    required: bool


def _fields(kind: type) -> list[_Field]:
    if issubclass(kind, Struct):
        return [_Field(field.encode_name, field.type, field.required) for field in msgspec.structs.fields(kind)]
    return [_Field(name, wanted, True) for name, wanted in get_type_hints(kind, include_extras=True).items()]


def _kinds(wanted: Any, above: tuple[type, ...] = ()) -> Iterator[type]:
    """The classes in a type that become schemas of their own, and those in their fields, but for private ones."""
    if isinstance(wanted, type) and (issubclass(wanted, Struct) or is_typeddict(wanted) or hasattr(wanted, "_fields")):
        if wanted in above:
            return
        yield wanted
        for field in _fields(wanted):
            if _marks(field.type).get("audience") != "engine":
                yield from _kinds(field.type, (*above, wanted))
    for inner in get_args(wanted):
        yield from _kinds(inner, above)


def _marks(wanted: Any) -> dict[str, Any]:
    """What `Private`, `Sensitive`, `Instant` and `Hidden` say of a type, also within `… | None`."""
    found: dict[str, Any] = {}
    for meta in getattr(wanted, "__metadata__", ()):
        found |= getattr(meta, "extra", None) or {}
    if get_origin(wanted) in (Annotated, Union, UnionType):
        for inner in get_args(wanted):
            found |= _marks(inner)
    return found


def _name(kind: type, sent: bool) -> str:
    return f"{kind.__name__}Input" if sent and not issubclass(kind, Body) else kind.__name__


def _object(kind: type, schema: Schema, sent: bool) -> Schema:
    """An object as it is shown; what a docstring says after its first sentence is for those who read code."""
    if schema["type"] != "object":
        return schema
    config = getattr(kind, "__struct_config__", None)
    omits = sent or bool(config and config.omit_defaults)
    fields = _fields(kind)
    tags = schema["properties"].keys() - {field.name for field in fields}  # they tell the structs of a union apart
    properties: dict[str, Schema] = {tag: schema["properties"][tag] for tag in tags}
    required = list(tags)
    for name, wanted, is_required in fields:
        marks, property = _marks(wanted), schema["properties"][name]
        if marks.get("audience") == "engine" or (sent and wanted is Any):  # a body has Any only to refuse it
            continue
        default = property.pop("default", None)
        properties[name] = property | _told(name, property, marks, default if sent else None)
        if (is_required or not omits) and marks.get("audience") != "secret":
            required.append(name)
    found: Schema = {"type": "object", "properties": properties}
    if description := schema.get("description"):
        found = {"description": sentences(description)[0]} | found
    if required:
        found["required"] = required
    if sent and config and config.forbid_unknown_fields:
        found["additionalProperties"] = False
    return found


def _told(name: str, property: Schema, marks: dict[str, Any], default: Any) -> Schema:
    """What a property's name and its marks tell beyond its type.

    A default is told in words: what generates clients takes `default` for a field that is always sent.
    """
    found: Schema = {"writeOnly": True} if marks.get("hidden") else {}
    types = property.get("type", ())
    if "string" in types and (marks.get("instant") or name.endswith("Url")):
        found["format"] = "date-time" if marks.get("instant") else "uri"
    notes = [property["description"]] if "description" in property else []
    if "integer" in types and _AMOUNT.search(name):
        notes.append("in minor units of its currency")
    if marks.get("audience") == "secret":
        notes.append("only secret keys see it")
    if default is not None:
        notes.append(f"{json.dumps(default)} by default")
    return found | ({"description": "; ".join(notes)} if notes else {})


def _tidy(node: Any, names: dict[str, str]) -> Any:
    """msgspec's schema in the words of other tools: their end of a pattern, types of enums, null as one more type.

    Beside an enum null stays an alternative: within it, generators of clients make the enum three times.
    """
    if isinstance(node, list):
        return [_tidy(item, names) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: _tidy(value, names) for key, value in node.items()}
    match found:
        case {"$ref": str(ref)}:
            name = ref.removeprefix(REF)
            found["$ref"] = REF + names.get(name, name)
        case {"enum": [str(), *_]}:
            found = {"type": "string"} | found
        case {"pattern": str(pattern)}:
            found["pattern"] = pattern.replace(r"\Z", "$")
        case {"anyOf": [{"type": str(type)} as option, {"type": "null"}]} if "enum" not in option:
            del found["anyOf"]
            found = option | {"type": [type, "null"]} | found
    return found
