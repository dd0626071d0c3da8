"""Holds answers against the OpenAPI documents, stricter than a client would."""

import json
import re
from copy import deepcopy
from functools import cache, lru_cache
from urllib.parse import urlsplit

from jsonschema_rs import Draft202012Validator

from mock_odus.app import describe

INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"
FORMATS = {
    "date-time": lambda text: re.search(INSTANT, text) is not None,
    "uri": lambda text: all(urlsplit(text)[:2]),
}
JSON = "application/json"


class Document:
    """An OpenAPI document, its schemas made strict and compiled when they are first needed."""

    def __init__(self, document):
        self.document = document
        self.strict = _strict(deepcopy(document["components"]["schemas"]))
        self._validators = {}
        self._places = {}
        self._fixed = {path: operations for path, operations in document["paths"].items() if "{" not in path}
        for path, operations in document["paths"].items():
            pattern = re.compile(re.sub(r"{\w+}", "[^/]+", path))
            self._places.setdefault(path.count("/"), []).append((pattern, operations))

    def find(self, method, path):
        """The operation; None when there is none."""
        if operations := self._fixed.get(path):
            return operations.get(method.lower())
        for pattern, operations in self._places.get(path.count("/"), ()):
            if pattern.fullmatch(path) and (found := operations.get(method.lower())):
                return found
        return None

    def check_answer(self, operation, answer):
        """Fails when its status, its type, its headers or its body are not those that the operation tells."""
        assert str(answer.status) in operation["responses"], (operation["operationId"], answer.status, answer.text)
        described = self.resolved(operation["responses"][str(answer.status)])
        kind = answer.headers["content-type"].partition(";")[0]
        schema = described["content"][kind]["schema"]
        if kind == JSON:
            self.check(schema, answer.json)
        for name, header in described["headers"].items():
            assert answer.headers[name] is not None or not self.resolved(header)["required"], name

    def check(self, schema, value):
        """Fails with every place at which the value differs."""
        key = schema.get("$ref") or json.dumps(schema)
        validator = self._validators.get(key)
        if validator is None:
            parts = {"components": {"schemas": self._reachable(schema)}}
            validator = Draft202012Validator(schema | parts, validate_formats=True, formats=FORMATS)
            self._validators[key] = validator
        if not validator.is_valid(value):
            wrong = [
                f"{'/'.join(map(str, one.instance_path))}: {one.message[:200]}" for one in validator.iter_errors(value)
            ]
            raise AssertionError("\n".join([key, *wrong]))

    def resolved(self, node):
        """What a `$ref` points to."""
        if "$ref" not in node:
            return node
        found = self.document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return found

    def examples(self, operation):
        """Those of its body and of its answers, each with what it is an example of and its schema."""
        told = {"body": operation["requestBody"]} if "requestBody" in operation else {}
        for place, node in (told | operation["responses"]).items():
            content = self.resolved(node)["content"]
            if JSON in content:
                shown = [self.resolved(one)["value"] for one in content[JSON].get("examples", {}).values()]
                shown += [content[JSON]["example"]] if "example" in content[JSON] else []
                yield place, content[JSON]["schema"], shown

    def _reachable(self, schema):
        """The schemas that this one refers to, and those that they do."""
        found, left = {}, [schema]
        while left:
            for name in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(left.pop())):
                if name not in found:
                    found[name] = self.strict[name]
                    left.append(self.strict[name])
        return found


@cache
def documents():
    """Both, as the mock is when nothing is corrected."""
    return [Document(json.loads(describe(of_control=of_control))) for of_control in (False, True)]


def check(method, path, answer):
    """Holds an answer of the mock as it is against the document that describes it, if one does."""
    for document in documents():
        if operation := document.find(method, path.partition("?")[0]):
            document.check_answer(operation, answer)


class Described:
    """A client whose calls and answers must be as the document says; `seen` are the operations that succeeded so."""

    def __init__(self, client, path):
        self.client = client
        self._held = _read(client.get(path).text)
        self.document = self._held.document
        self.check, self.resolved = self._held.check, self._held.resolved
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
        operation = self._held.find(method, path.partition("?")[0])
        assert operation, f"{method} {path} is not described"
        self._held.check_answer(operation, answer)
        if answer.status < 400:
            self.seen.add(operation["operationId"])
            if body is not None:
                self.check(operation["requestBody"]["content"][JSON]["schema"], body)
        return answer

    def made(self, path, body=None):
        """The record that a POST made."""
        answer = self("POST", path, {} if body is None else body)
        assert 201 == answer.status, answer.text
        return answer.json


@lru_cache(maxsize=4)
def _read(text):
    """A document as it was answered; most tests get the same one."""
    return Document(json.loads(text))


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
