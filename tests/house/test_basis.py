"""`basis.yaml`, the list of what Odus documents, speaks of records, schemas and operations that exist."""

import pytest

from mock_odus import assumptions, basis
from mock_odus.api.openapi import document
from mock_odus.api.routes import RESOURCES

BASIS = basis.load()
SCHEMAS = document(RESOURCES, assumptions.load())["components"]["schemas"]
URL = "https://docs.odus.com/docs/"

RECORDS = {resource.name: resource.record for resource in RESOURCES}
COMMON = {"Page": "PaymentPage", "Filter": "TextFilter"}
"""Entries that stand for every schema with this ending, and one of those."""


def test_it_covers_every_resource():
    """Each record that the API shows has its entry, if only an empty one."""
    assert [] == [name for name in RECORDS if name not in BASIS]


@pytest.mark.parametrize("entry", BASIS)
def test_every_documented_field_exists(entry):
    """A field named in basis.yaml is a field of the record or schema, under the name the API shows."""
    schema = RECORDS[entry].__name__ if entry in RECORDS else COMMON.get(entry, entry)

    assert set() == BASIS[entry].fields.keys() - SCHEMAS[schema]["properties"].keys()


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_every_documented_operation_exists(resource):
    """An operation named in basis.yaml can be called."""
    offered = {"list", "find", *resource.named, *(call.name for call in resource.calls)}
    offered |= {"delete"} if resource.remover else set()

    assert set() == BASIS[resource.name].operations.keys() - offered


def test_only_resources_have_operations():
    """A part or a body is not called."""
    assert [] == [name for name, entry in BASIS.items() if entry.operations and name not in RECORDS]


def test_every_entry_names_its_page():
    """The value of each entry is the address of a page of the Odus documentation."""
    pages = [page for entry in BASIS.values() for page in (*entry.fields.values(), *entry.operations.values())]

    assert pages
    assert [] == [page for page in pages if not page.startswith(URL)]
