"""The OpenAPI document of the Odus API: good in itself, whole, and true of what is answered."""

import json
import re
import subprocess
import sys

import msgspec
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from mock_odus import assumptions, basis
from mock_odus.api.openapi import document
from mock_odus.api.routes import RESOURCES
from mock_odus.api.samples import SAMPLES
from mock_odus.app import create_app
from mock_odus.web.filters import kind_of
from tests.described import documents

DOCUMENT = document(RESOURCES, assumptions.load())
SCHEMAS = DOCUMENT["components"]["schemas"]
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}
SHOP = [
    *("/shop", "/shop/{sandbox}", "/shop/{sandbox}/shop.css", "/shop/{sandbox}/shop.js"),
    *("/shop/{sandbox}/checkout/{payment}", "/shop/{sandbox}/result", "/shop/{sandbox}/account"),
    "/shop/{sandbox}/panel",
]
UNDESCRIBED = {
    "/openapi.json": "no part of Odus",
    "/challenge/{sandbox}/{token}": "a page for people",
    "/sdk/{file}": "files for browsers",
    **dict.fromkeys(SHOP, "pages for people"),
    **dict.fromkeys(
        ("/dashboard", "/dashboard/{page:path}", "/dashboard/_/{file:path}"), "a page for people, and its files"
    ),
    "/_mock/journal/{name}": "answers nothing but what journals there are",
}


@pytest.fixture
def odus(held_to):
    """A client that is held to the document."""
    return held_to("/openapi.json")


def nodes(node):
    """Every object in a document."""
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(inner)


def routes(app):
    """Method and path of every route, as the router has them."""
    return {
        (method, path)
        for path, methods in app.branches.paths.items()
        for method in methods
        if method != "HEAD" and path not in UNDESCRIBED
    }


def described_routes(*documents):
    """The same of documents; one that two of them describe stands here twice."""
    return sorted((method.upper(), path) for one in documents for path in one["paths"] for method in one["paths"][path])


# --- In itself


def test_it_is_openapi_3_1():
    """The document and each of its schemas are good by their own standards."""
    validate(DOCUMENT)
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere(odus):
    """No $ref is left hanging, and no schema is left without one."""
    found = {node["$ref"] for node in nodes(DOCUMENT) if "$ref" in node}

    assert [] == [ref for ref in found if not odus.resolved({"$ref": ref})]
    assert set() == {f"#/components/schemas/{name}" for name in SCHEMAS} - found


def test_every_operation_has_its_own_name_and_a_summary():
    """An operationId is one word and unique; a summary is one sentence."""
    ids = [operation["operationId"] for methods in DOCUMENT["paths"].values() for operation in methods.values()]

    assert len(ids) == len(set(ids))
    assert [] == [id for id in ids if not re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", id)]
    assert [] == [id for id, (_, _, told) in OPERATIONS.items() if not re.fullmatch(r"[A-Z].*\.", told["summary"])]


def test_every_route_stands_in_one_document(api):
    """What the router knows and what the two documents describe are the same, and nothing is described twice."""
    documents = api.get("/openapi.json").json, api.get("/_mock/openapi.json").json

    assert sorted(routes(create_app())) == described_routes(*documents)


def test_it_follows_the_corrections(tmp_path):
    """A corrected path or status code is what the document says, also when two refusals share a code."""
    file = tmp_path / "mine.yaml"
    file.write_text("paths: {payments.capture: '/payments/{id}/settle'}\nstatusCodes: {action: 200, forbidden: 404}\n")
    corrected = document(RESOURCES, assumptions.load(file))
    settle = corrected["paths"]["/payments/{id}/settle"]["post"]

    validate(corrected)
    assert {"200", "400", "401", "404", "413", "415"} == set(settle["responses"])
    assert {"201", "400", "401", "404", "413", "415"} == set(corrected["paths"]["/payments"]["post"]["responses"])
    assert "do this; or there" in corrected["components"]["responses"]["Error404"]["description"]
    assert routes(create_app(corrections=file)) >= set(described_routes(corrected))


def test_it_says_where_it_is_served(api):
    """`servers` is the origin that the caller used, or the one told at the start; no key is needed, of any kind."""
    for key in (None, "nobody", api.publishable_key):
        served = api.with_key(key).get("/openapi.json", headers={"Host": "mock.internal:4010"})
        assert (200, [{"url": "http://mock.internal:4010"}]) == (served.status, served.json["servers"])
    assert DOCUMENT | {"servers": served.json["servers"]} == served.json


def test_nobody_pays_for_it_who_does_not_ask():
    """A server that starts loads neither the generator nor basis.yaml."""
    script = "import sys, mock_odus.app as app; app.create_app(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()

    assert "mock_odus.api.routes" in loaded
    assert [] == [name for name in loaded if re.fullmatch(r"mock_odus\.(basis|.*openapi|.*schemas|.*samples)", name)]


@pytest.mark.parametrize("held", documents(), ids=["odus", "control"])
def test_everything_has_an_example_that_is_right(held):
    """Every body and every answer of every operation, refusals too; each is what its schema says."""
    for operations in held.document["paths"].values():
        for operation in operations.values():
            for place, schema, examples in held.examples(operation):
                free = "$ref" not in json.dumps(schema)  # an object of any form, such as the document itself
                assert examples or free, (operation["operationId"], place, "python -m scripts.examples writes it")
                for example in examples:
                    held.check(schema, example)


# --- Basis


def test_every_operation_and_field_says_what_it_stands_on():
    """Documented with a page, or assumed without one."""
    properties = [property for schema in SCHEMAS.values() for property in schema.get("properties", {}).values()]
    told = [*(operation for _, _, operation in OPERATIONS.values()), *properties]
    pages = {"documented": str, "assumed": type(None)}

    assert [] == [node for node in told if not isinstance(node.get("x-odus-source"), pages[node["x-odus-basis"]])]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_what_is_documented_is_what_basis_yaml_says(resource):
    """The pages of a record's fields and of its operations are those of its entry, and there are no others."""
    entry = basis.load()[resource.name]
    properties = SCHEMAS[resource.record.__name__]["properties"]
    operations = [told for _, _, told in OPERATIONS.values() if told["tags"] == [resource.name]]

    shown = {name: told["x-odus-source"] for name, told in properties.items() if "x-odus-source" in told}
    assert entry.fields == shown
    assert sorted(entry.operations.values()) == sorted(
        told["x-odus-source"] for told in operations if "x-odus-source" in told
    )


def test_a_part_stands_on_its_own_entry():
    """What is known of cards is not known of the summaries on transactions; a body of an action has its own entry."""
    assert "documented" == SCHEMAS["Card"]["properties"]["lastFour"]["x-odus-basis"]
    assert "assumed" == SCHEMAS["CardSummary"]["properties"]["lastFour"]["x-odus-basis"]
    assert "documented" == SCHEMAS["CreatePayment"]["properties"]["amount"]["x-odus-basis"]
    assert "assumed" == SCHEMAS["CapturePayment"]["properties"]["amount"]["x-odus-basis"]
    assert SCHEMAS["ReversePayment"]["properties"]["amount"]["x-odus-source"].endswith("/payments/refunds")


# --- Fields


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_a_record_is_described_as_secret_keys_see_it(resource):
    """Private fields are nowhere; every other one is required, but for those that browser keys do not see."""
    schema = SCHEMAS[resource.record.__name__]
    audiences = {
        field.encode_name: str(field.type).partition("'audience': '")[2].partition("'")[0]
        for field in msgspec.structs.fields(resource.record)
    }

    assert {name for name, audience in audiences.items() if audience != "engine"} == set(schema["properties"])
    assert {name for name, audience in audiences.items() if not audience} == set(schema["required"])
    for name, audience in audiences.items():
        if audience == "secret":
            assert "only secret keys see it" in schema["properties"][name]["description"]


def test_instants_links_and_amounts_are_called_so():
    """Formats tell instants and links; a description tells what an amount counts; null is one more type."""
    payment = SCHEMAS["Payment"]["properties"]

    assert ("string", "date-time") == (payment["createdAt"]["type"], payment["createdAt"]["format"])
    assert (["string", "null"], "date-time") == (payment["captureAt"]["type"], payment["captureAt"]["format"])
    assert "uri" == SCHEMAS["Action"]["properties"]["redirectUrl"]["format"]
    assert "in minor units of its currency" == payment["amountCaptured"]["description"]
    assert "format" not in payment["checkoutKey"]


def test_a_default_is_told_in_words():
    """Generators of clients would take a field with a `default` for one that is always sent."""
    properties = [property for schema in SCHEMAS.values() for property in schema.get("properties", {}).values()]

    assert [] == [property for property in properties if "default" in property]
    assert SCHEMAS["CreatePayment"]["properties"]["initiator"]["description"].endswith('"customer" by default')


def test_what_is_secret_is_only_ever_sent():
    """Card numbers, credentials and tokens are marked writeOnly, and no answer has a field that is."""
    hidden = {
        f"{name}.{field}"
        for name, schema in SCHEMAS.items()
        for field, property in schema.get("properties", {}).items()
        if property.get("writeOnly")
    }
    profiles = ("CreateGatewayProfile", "UpdateGatewayProfile")

    assert {
        "CardDetails.number",
        "CardDetails.cvv",
        "AuthorizePayment.token",
        *("CreateUser.password", "UpdateUser.password"),
        *(f"{name}.{field}" for name in profiles for field in ("credentials", "webhookVerificationKey")),
    } == hidden


def test_a_body_takes_what_its_type_takes():
    """Limits, patterns that JavaScript reads, and no field beyond; one that is there only to be refused is left out."""
    create = SCHEMAS["CreatePayment"]
    currency = create["properties"]["currency"]

    assert (1, 999_999_999_999) == tuple(create["properties"]["amount"][bound] for bound in ("minimum", "maximum"))
    assert "^[A-Za-z]{3}$" == currency["pattern"]
    assert False is create["additionalProperties"]
    assert "integration" not in SCHEMAS["UpdateGatewayProfile"]["properties"]
    assert [] == [node["pattern"] for node in nodes(SCHEMAS) if "\\Z" in str(node.get("pattern"))]


@pytest.mark.parametrize("body", SAMPLES, ids=lambda body: body.__name__)
def test_the_samples_of_the_documentation_are_good(odus, body):
    """Each is what its schema describes and what the API decodes, and stands where it is sent."""
    for sample in SAMPLES[body].values():
        odus.check({"$ref": f"#/components/schemas/{body.__name__}"}, sample)
        msgspec.convert(sample, body)
    contents = [
        told["requestBody"]["content"]["application/json"]
        for _, _, told in OPERATIONS.values()
        if "requestBody" in told
    ]
    shown = [content["examples"] for content in contents if content["schema"]["$ref"].endswith(f"/{body.__name__}")]
    assert [{name: {"value": sample} for name, sample in SAMPLES[body].items()}] == shown


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_every_scalar_is_a_parameter_of_its_list(resource):
    """A list can be filtered by every scalar that it shows, and by nothing else."""
    scalars = {
        field.encode_name
        for field in msgspec.structs.fields(resource.record)
        if kind_of(field.type) and field.encode_name in SCHEMAS[resource.record.__name__]["properties"]
    }
    parameters = DOCUMENT["paths"][resource.path]["get"]["parameters"]

    assert scalars == {parameter["name"] for parameter in parameters if "style" in parameter}
