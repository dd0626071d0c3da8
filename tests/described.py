"""Holds answers against an OpenAPI document, stricter than a client would."""

import re
from copy import deepcopy
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker

INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time")
def is_instant(value):
    return not isinstance(value, str) or re.search(INSTANT, value) is not None


@FORMATS.checks("uri")
def is_link(value):
    return not isinstance(value, str) or all(urlsplit(value)[:2])


class Described:
    """A client whose calls and answers must be as the document says; `seen` are the operations that succeeded so."""

    def __init__(self, client, path):
        self.client = client
        self.document = client.get(path).json
        self.strict = {"components": {"schemas": _strict(deepcopy(self.document["components"]["schemas"]))}}
        self.seen = set()

    @property
    def operations(self):
        """Every operation by its id, with its method and path."""
        return {
            operation["operationId"]: (method.upper(), path, operation)
            for path, operations in self.document["paths"].items()
            for method, operation in operations.items()
        }

    def __call__(self, method, path, body=None, *, client=None, **options):
        """The answer of that client, or of this one's own."""
        answer = (client or self.client)(method, path, body, **options)
        operation = self._find(method, path.partition("?")[0])
        assert str(answer.status) in operation["responses"], (method, path, answer.status, answer.text)
        described = self.resolved(operation["responses"][str(answer.status)])
        kind = answer.headers["content-type"].partition(";")[0]
        schema = described["content"][kind]["schema"]
        if kind == "application/json":
            self.check(schema, answer.json)
        for name, header in described["headers"].items():
            assert answer.headers[name] is not None or not self.resolved(header)["required"], name
        if answer.status < 400:
            self.seen.add(operation["operationId"])
            if body is not None:
                self.check(operation["requestBody"]["content"]["application/json"]["schema"], body)
        return answer

    def made(self, path, body=None):
        """The record that a POST made."""
        answer = self("POST", path, {} if body is None else body)
        assert 201 == answer.status, answer.text
        return answer.json

    def check(self, schema, value):
        """Fails with every place at which the value differs."""
        validator = Draft202012Validator(schema | self.strict, format_checker=FORMATS)
        wrong = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value)]
        assert [] == wrong, "\n".join(wrong)

    def resolved(self, node):
        """What a `$ref` points to."""
        if "$ref" not in node:
            return node
        found = self.document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return found

    def _find(self, method, path):
        for template, operations in self.document["paths"].items():
            if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path):
                return operations[method.lower()]
        raise AssertionError(f"{method} {path} is not described")


def _strict(node):
    """The same schemas, taking no property that is not described, and no instant that is not called one."""
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: _strict(value) for key, value in node.items()}
    if isinstance(node.get("properties"), dict):
        found.setdefault("additionalProperties", False)
    if "string" in node.get("type", ()) and not {"format", "enum", "pattern"} & node.keys():
        found["not"] = {"type": "string", "pattern": INSTANT}
    return found
