"""Bodies that are nearly right: a good one, some of it replaced by what its schema allows, or by anything."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

NOISE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([0, -1, 1, 2**31, 2**53 + 1, 2**63, -(2**63), 2**64, 10**30]),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["", " ", "\0", "\ud800", "😀", "١٢٣", "x" * 600, "../../etc/passwd", "<script>", "*" * 40, "{{7*7}}", "null"]
    ),
    st.sampled_from(["2026-01-31", "9999-12-31T23:59:59Z", "0000-00-00", "24:00", "-1 day", "10000000 years", "P1Y"]),
    st.sampled_from(["http://127.0.0.1:9/", "javascript:alert(1)", "http://[", "https://a\r\nx: y", "//evil.example"]),
    st.lists(st.integers() | st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=5), st.none() | st.text(max_size=3), max_size=3),
)
DEEP = "[" * 2_000 + "]" * 2_000


class Bodies:
    """Draws bodies for one operation of an OpenAPI document."""

    def __init__(self, document: dict[str, Any], names: list[str]) -> None:
        """`names` are the ids that there are, so that a reference may lead somewhere."""
        self.document = document
        self._ids = st.sampled_from(names)

    def of(self, schema: dict[str, Any], example: Any) -> st.SearchStrategy[bytes]:
        """JSON near an example of a schema."""
        if not isinstance(example, dict):
            example = {}
        changed = st.tuples(st.just(example), st.lists(self._changes(schema), max_size=4)).map(_changed)
        whole = self._fit(schema, 0)
        return st.one_of(*4 * [changed], *2 * [whole], NOISE).map(_raw) | st.sampled_from(
            [
                b"",
                b"{",
                b"\xff",
                b"{}",
                b"[]",
                b"null",
                b'{"a":1}',
                DEEP.encode(),
                b'{"amount":1e999}',
                b'{"a":1,"a":2}',
            ]
        )

    def _changes(self, schema: dict[str, Any]) -> st.SearchStrategy[tuple[str, Any]]:
        """A field and what is to stand there; None takes it out."""
        properties = self._resolved(schema).get("properties", {})
        known = [st.tuples(st.just(name), self._fit(inner, 1) | NOISE) for name, inner in properties.items()]
        others = st.tuples(st.sampled_from([*properties, "unknown", "id", "__class__"]), NOISE | st.just(...))
        return st.one_of(*known, others)

    def _fit(self, schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
        """What a schema allows by its types, whatever it says of sizes; now and then something else."""
        schema = self._resolved(schema)
        options = schema.get("oneOf") or schema.get("anyOf")
        if options:
            return st.one_of(*(self._fit(option, depth) for option in options))
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        if "const" in schema:
            return st.just(schema["const"])
        kinds = schema.get("type", [])
        found = [self._plain(kind, schema, depth) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
        return st.one_of(*found) if found else NOISE

    def _plain(self, kind: str, schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
        if kind == "object" and depth < 5:
            properties = {name: self._fit(inner, depth + 1) for name, inner in schema.get("properties", {}).items()}
            required = {name: properties.pop(name) for name in schema.get("required", []) if name in properties}
            more = schema.get("additionalProperties")
            if not properties and not required and isinstance(more, dict):
                return st.dictionaries(st.text(max_size=50), self._fit(more, depth + 1), max_size=3)
            return st.fixed_dictionaries(required, optional=properties)
        if kind == "array" and depth < 5:
            return st.lists(self._fit(schema.get("items", {}), depth + 1), max_size=3)
        plain: dict[str, st.SearchStrategy[Any]] = {
            "string": self._ids | st.text(max_size=30) | st.sampled_from(["usd", "a@example.com", "1 day", "approve"]),
            "integer": st.integers(-2, 5) | st.sampled_from([100, 5000, 10**9, 2**63]),
            "number": st.floats(allow_nan=False) | st.integers(-1, 100),
            "boolean": st.booleans(),
            "null": st.none(),
        }
        return plain.get(kind, st.none())

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            found: Any = self.document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            schema = found
        return schema


def _changed(example_and_changes: tuple[dict[str, Any], list[tuple[str, Any]]]) -> dict[str, Any]:
    example, changes = example_and_changes
    body = deepcopy(example)
    for name, value in changes:
        if value is ...:
            body.pop(name, None)
        else:
            body[name] = value
    return body


def _raw(value: Any) -> bytes:
    return json.dumps(value).encode()
