"""The control API's own OpenAPI document: good in itself, and true of what is answered."""

import re

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from tests.control.story import played

DOCUMENT = "/_mock/openapi.json"


@pytest.fixture
def mock(held_to):
    """A client that is held to the document."""
    return held_to(DOCUMENT)


def test_it_is_openapi_3_1(mock):
    """The document and each of its schemas are good by their own standards."""
    validate(mock.document)
    for schema in mock.document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_operation_has_its_own_name_and_a_summary(mock):
    """An operationId is one word and unique; a summary is one sentence."""
    told = [operation for operations in mock.document["paths"].values() for operation in operations.values()]

    assert len(told) == len(mock.operations)
    assert [] == [id for id in mock.operations if not re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", id)]
    assert [] == [operation for operation in told if not re.fullmatch(r"[A-Z].*\.", operation["summary"])]


def test_it_is_guarded_and_needs_no_key(api):
    """Any key or none gets it, a foreign page does not; it says where it is served."""
    for key in (None, "nobody", api.publishable_key):
        assert 200 == api.with_key(key).get(DOCUMENT).status
    assert [{"url": api.url}] == api.get(DOCUMENT).json["servers"]
    assert 403 == api.get(DOCUMENT, headers={"Origin": "https://evil.example"}).status


def test_every_operation_answers_as_described(mock):
    """A live answer of each, with entries in every list that it holds."""
    payments = played(mock, mock.client)

    assert ["open", *2 * ["requires_action"], *2 * ["open"]] == [payment["status"] for payment in payments]
    assert set() == mock.operations.keys() - mock.seen


def test_the_coverage_is_that_of_the_odus_api_s_document(api):
    """Each route once, with what it stands on."""
    told = {(one["method"], one["path"]): one for one in api.get("/_mock/coverage").json}
    paths = api.get("/openapi.json").json["paths"]

    assert {(method.upper(), path) for path, operations in paths.items() for method in operations} == set(told)
    assert {"supported"} == {one["status"] for one in told.values()}
    create = told["POST", "/payments"]
    assert ("documented", paths["/payments"]["post"]["x-odus-source"]) == (create["basis"], create["source"])
    assert ("assumed", None) == tuple(told["POST", "/payments/{id}/capture"][key] for key in ("basis", "source"))


def test_every_refusal_is_described(mock):
    """A foreign page, a key of another kind or unknown, a name that nobody has, a body that is wrong or too large."""
    for method, path, operation in mock.operations.values():
        target = re.sub(r"{\w+}", "x-1", path)
        body = None if method in ("GET", "DELETE") else {}
        assert 403 == mock(method, target, body, headers={"Origin": "https://evil.example"}).status
        if operation.get("security") != []:
            assert 401 == mock(method, target, body, client=mock.client.with_key("skey_nobody")).status
            assert 403 == mock(method, target, body, client=mock.client.with_key(mock.client.publishable_key)).status
        if "{" in path and "requestBody" not in operation:
            assert 404 == mock(method, target, body).status
        if "requestBody" in operation:
            own = target.replace("x-1", mock.client.name)
            assert 413 == mock(method, own, raw=b" " * (1024 * 1024 + 1)).status
            told = 201 if path.endswith("/check") else 400  # what is wrong is what a check answers
            assert told == mock(method, own, {"nobody": "knows"}).status
        if any(parameter["in"] == "query" for parameter in operation.get("parameters", [])):
            assert 400 == mock(method, f"{target}?format=x&keepWorld=x", body).status


def test_what_cannot_be_now_is_described(mock):
    """A name that is taken by another sandbox, a way back in time, a sandbox that must stay, a snapshot nobody made."""
    own = mock.client.name

    assert 409 == mock("POST", "/_mock/sandboxes", {"name": own, "seed": 99}).status
    assert 409 == mock("POST", "/_mock/clock/advance", {"to": "2020-01-01T00:00:00Z"}).status
    assert 400 == mock("DELETE", "/_mock/sandboxes/mock").status
    assert 404 == mock("POST", "/_mock/sandboxes", {"name": f"{own}-3", "from": f"{own}/nothing"}).status


def test_every_parameter_of_a_journal_is_taken(mock):
    """Every filter with every operator is understood; another operator is not."""
    operands = {"TextFilter": "x", "InstantFilter": "2026-01-01", "IntegerFilter": "1", "NumberFilter": "1.5"}
    for _, path, operation in mock.operations.values():
        for parameter in operation.get("parameters", []):
            if parameter.get("style") == "deepObject":
                name, operand = parameter["name"], operands[parameter["schema"]["$ref"].rpartition("/")[2]]
                for operator in mock.resolved(parameter["schema"])["properties"]:
                    value = "true" if operator == "isNull" else operand
                    assert 200 == mock("GET", f"{path}?{name}[{operator}]={value}").status, (path, name, operator)
                assert 400 == mock("GET", f"{path}?{name}[is]=x").status
