"""Worlds and charges for the tests of the scripting layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mock_odus.engine import account
from mock_odus.engine.declines import ERROR_CODES
from mock_odus.engine.gateways import Charge
from mock_odus.engine.jobs import JOBS
from mock_odus.engine.policies import Policies
from mock_odus.engine.reactions import REACTION
from mock_odus.engine.records import Card, Customer
from mock_odus.engine.world import World
from mock_odus.scripting import loader
from mock_odus.scripting.gateway import ScriptedGateway
from mock_odus.scripting.language import Scenario, ScenarioError

START = "2026-01-01T00:00:00.000Z"
PREFIXES = {
    "payment": "pay",
    "customer": "cus",
    "paymentMethod": "pm",
    "cascade": "cas",
    "product": "prod",
    "price": "price",
    "gatewayProfile": "gwp",
    "merchantConfig": "mcf",
    "transaction": "txn",
    "event": "evt",
    "blacklistEntry": "blk",
    "key": "key",
    "subscription": "sub",
    "retryPolicy": "rp",
    "invoice": "inv",
    "planPreview": "prv",
    "webhookSubscriber": "whs",
    "delivery": "dlv",
    "user": "usr",
}
HEAD = "version: 1\nname: x\n"


@pytest.fixture
def prefixes() -> dict[str, str]:
    return PREFIXES


@pytest.fixture
def world() -> World:
    """A world as every sandbox begins it."""
    policies = Policies(failover_on=frozenset(ERROR_CODES), display_currency="usd", prefixes=PREFIXES)
    world = World(seed=7, now=START, policies=policies, gateway=ScriptedGateway(), jobs=JOBS, reaction=REACTION)
    account.open_account(world)
    return world


@pytest.fixture
def read() -> Callable[[str], Scenario]:
    """Loads a document called `x.yaml`."""
    return lambda text: loader.load(text, file="x.yaml", prefixes=PREFIXES)


@pytest.fixture
def problems(read: Callable[[str], Scenario]) -> Callable[[str], list[str]]:
    """The problems of a whole document called `x.yaml`."""

    def told(text: str) -> list[str]:
        with pytest.raises(ScenarioError) as caught:
            read(text)
        return list(caught.value.problems)

    return told


@pytest.fixture
def fault(problems: Callable[[str], list[str]]) -> Callable[[str], str]:
    """The only problem of a document that begins with two good lines; this one's text begins in line 3."""

    def told(text: str) -> str:
        found = problems(HEAD + text)
        assert 1 == len(found), found
        return found[0]

    return told


@pytest.fixture
def card() -> Card:
    return Card(
        brand="visa",
        last_four="4242",
        exp_month="12",
        exp_year="2030",
        country="US",
        first_six="424242",
        fingerprint="print",
        test_card="stripe/4242",
    )


@pytest.fixture
def customer() -> Customer:
    return Customer(
        id="cus_1", created_at=START, updated_at=START, email="a@unlucky.example", metadata={"plan": "gold"}
    )


@pytest.fixture
def charge(card: Card, customer: Customer) -> Callable[..., Charge]:
    """A charge of one gateway of a cascade, with whatever facts the test wants different."""

    def made(**facts: Any) -> Charge:
        usual: dict[str, Any] = {
            "operation": "authorize",
            "occasion": "pay_1/1",
            "gateway": "gwp_1",
            "integration": "stripe",
            "at": START,
            "payment": "pay_1",
            "ordinal": 1,
            "tries": 1,
            "amount": 5000,
            "currency": "usd",
            "initiator": "customer",
            "method": "card",
            "metadata": {"orderId": "01234"},
            "cascade": "cas_1",
            "position": 1,
            "card": card,
            "customer": customer,
        }
        return Charge(**(usual | facts))

    return made
