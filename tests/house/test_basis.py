"""`basis.yaml`, the list of what Odus documents, speaks of records and operations that exist."""

from pathlib import Path

import msgspec
import pytest
import yaml

from mock_odus.api.routes import RESOURCES
from mock_odus.engine import records

ROOT = Path(__file__).parents[2]
BASIS = yaml.safe_load((ROOT / "mock_odus/basis.yaml").read_text())
URL = "https://docs.odus.com/docs/"

KINDS = {
    "payments": records.Payment,
    "transactions": records.Transaction,
    "transactionOutcomes": records.TransactionOutcome,
    "customers": records.Customer,
    "paymentMethods": records.PaymentMethod,
    "blacklist": records.BlacklistEntry,
    "gatewayProfiles": records.GatewayProfile,
    "cascades": records.Cascade,
    "merchantConfigs": records.MerchantConfig,
    "secretKeys": records.SecretKey,
}


def test_it_covers_every_resource():
    """Each record that the API shows has its entry, if only an empty one."""
    assert set(KINDS) == set(BASIS)


@pytest.mark.parametrize("resource", KINDS)
def test_every_documented_field_exists(resource):
    """A field named in basis.yaml is a field of the record, under the name the API shows."""
    shown = {field.encode_name for field in msgspec.structs.fields(KINDS[resource])}

    assert set() == set(BASIS[resource]["fields"]) - shown


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_every_documented_operation_exists(resource):
    """An operation named in basis.yaml can be called."""
    offered = {"list", "find", *(call.name for call in resource.calls)} | ({"delete"} if resource.remover else set())

    assert set() == set(BASIS[resource.name]["operations"]) - offered


def test_every_entry_names_its_page():
    """The value of each entry is the address of a page of the Odus documentation."""
    pages = [page for entry in BASIS.values() for part in entry.values() for page in part.values()]

    assert pages
    assert [] == [page for page in pages if not page.startswith(URL)]
