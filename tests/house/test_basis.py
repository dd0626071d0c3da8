"""`basis.yaml`, the list of what Odus documents, speaks of records and operations that exist."""

from pathlib import Path

import msgspec
import pytest
import yaml

from mock_odus import assumptions
from mock_odus.api.openapi import document
from mock_odus.api.routes import RESOURCES

ROOT = Path(__file__).parents[2]
BASIS = yaml.safe_load((ROOT / "mock_odus/basis.yaml").read_text())
URL = "https://docs.odus.com/docs/"

RECORDS = {resource.name: resource.record for resource in RESOURCES}
PARTS = [part for part in BASIS if part not in RECORDS]


def fields(kind):
    return {field.encode_name for field in msgspec.structs.fields(kind)}


def test_it_covers_every_resource():
    """Each record that the API shows has its entry, if only an empty one."""
    assert [] == [name for name in RECORDS if name not in BASIS]


@pytest.mark.parametrize("resource", RECORDS)
def test_every_documented_field_exists(resource):
    """A field named in basis.yaml is a field of the record, under the name the API shows."""
    assert set() == set(BASIS[resource]["fields"]) - fields(RECORDS[resource])


@pytest.mark.parametrize("part", PARTS)
def test_every_documented_part_exists(part):
    """An entry that is no resource is a schema of the document, and its fields are properties there."""
    schemas = document(RESOURCES, assumptions.load())["components"]["schemas"]
    shown = [schema["properties"] for name, schema in schemas.items() if name.removesuffix("Input").endswith(part)]
    assert shown
    assert set() == set(BASIS[part]["fields"]) - set().union(*shown)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_every_documented_operation_exists(resource):
    """An operation named in basis.yaml can be called."""
    offered = {"list", "find", *(call.name for call in resource.calls)} | ({"delete"} if resource.remover else set())

    assert set() == set(BASIS[resource.name]["operations"]) - offered


def test_every_entry_names_its_page():
    """The value of each entry is the address of a page of the Odus documentation."""
    pages = [
        page for entry in BASIS.values() for part in entry.values() for page in part.values()
    ]  # fields, operations

    assert pages
    assert [] == [page for page in pages if not page.startswith(URL)]
