"""Random verbs, one after the other; after each the world's invariants hold."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.properties.billing_verbs import BillingVerbs
from tests.properties.payment_verbs import PaymentVerbs

QUICK = settings(
    max_examples=30,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
LONG = settings(QUICK, max_examples=600)
MACHINES = pytest.mark.parametrize("machine", [PaymentVerbs, BillingVerbs])


@MACHINES
def test_a_world_holds_whatever_is_done(machine):
    """With payments, customers, gateways and keys; with prices, subscriptions, invoices and retry policies."""
    run_state_machine_as_test(machine, settings=QUICK)


@pytest.mark.fuzz
@MACHINES
def test_a_world_holds_however_much_is_done(machine):
    """The same, twenty times as often."""
    run_state_machine_as_test(machine, settings=LONG)
