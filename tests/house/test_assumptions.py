"""`assumptions.yaml`, what we guess: it is whole, and a user's corrections arrive where they are read."""

from pathlib import Path

import pytest
import yaml

from mock_odus import assumptions
from mock_odus.engine import account
from mock_odus.engine.billing import RetryPolicy
from mock_odus.engine.world import World
from mock_odus.scripting.gateway import ScriptedGateway

FILE = Path(assumptions.__file__).with_name("assumptions.yaml")


@pytest.fixture
def corrected(tmp_path):
    """The assumptions with these corrections, as a file says them."""

    def load(text):
        file = tmp_path / "mine.yaml"
        file.write_text(text)
        return assumptions.load(file)

    return load


@pytest.fixture
def refused(corrected):
    """What is wrong with corrections, without the name of the file."""

    def told(text):
        with pytest.raises(assumptions.AssumptionsError) as caught:
            corrected(text)
        return [line.partition("mine.yaml: ")[2] for line in str(caught.value).splitlines()]

    return told


def test_every_guess_is_a_value_and_a_reason():
    """And nothing else: a comma in a reason without quotation marks would begin another key."""
    sections = yaml.safe_load(FILE.read_text())
    guesses = {f"{section}.{name}": entry for section, entries in sections.items() for name, entry in entries.items()}
    assert [] == [name for name, entry in guesses.items() if {"value", "reason"} != set(entry)]
    assert [] == [name for name, entry in guesses.items() if len(entry["reason"].split()) < 3]


def test_billing_is_guessed():
    """Three more tries on the initial gateway, hard declines among them, and no bill for periods that went by."""
    policies = assumptions.load().for_engine()
    assert ((1, 3, 5), False, "skip") == (policies.dunning_days, policies.stop_on_hard_decline, policies.catch_up)


def test_billing_can_be_corrected(corrected):
    """Each guess by itself, or all of them; what is left out stays."""
    text = "policies: {dunningDays: [7], stopOnHardDecline: true, catchUp: {value: bill_each, reason: we asked}}"
    policies = corrected(text).for_engine()
    assert ((7,), True, "bill_each") == (policies.dunning_days, policies.stop_on_hard_decline, policies.catch_up)
    assert assumptions.load().for_engine().failover_on == policies.failover_on
    alone = corrected("policies: {catchUp: bill_each}").for_engine()
    assert ((1, 3, 5), False, "bill_each") == (alone.dunning_days, alone.stop_on_hard_decline, alone.catch_up)


def test_a_new_account_has_the_corrected_steps(corrected):
    """The default retry policy is made of `dunningDays`."""
    policies = corrected("policies: {dunningDays: [2, 30]}").for_engine()
    world = World(seed=7, now="2026-01-01T00:00:00.000Z", policies=policies, gateway=ScriptedGateway())
    default = world.get(RetryPolicy, account.open_account(world).default_retry_policy)
    assert [(1, 2), (2, 30)] == [(one.position, one.retry_delay) for one in default.steps]


@pytest.mark.parametrize(
    ("kind", "prefix"), [("subscription", "sub"), ("retryPolicy", "rp"), ("invoice", "inv"), ("planPreview", "prv")]
)
def test_ids_of_billing_have_their_prefix(corrected, kind, prefix):
    """The one of subscriptions is documented, so it cannot be corrected; the others can."""
    assert prefix == assumptions.load().for_engine().prefixes[kind]
    if kind == "subscription":
        with pytest.raises(assumptions.AssumptionsError, match=r"prefixes\.subscription is not an assumption"):
            corrected("prefixes: {subscription: x}")
    else:
        assert "x" == corrected(f"prefixes: {{{kind}: x}}").for_engine().prefixes[kind]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("catchUp: skipp", ["catchUp must be one of skip, bill_each, found \"skipp\"; did you mean 'skip'?"]),
        ("catchup: skip", ["catchup is not an assumption; did you mean 'policies.catchUp'?"]),
        ("dunningDays: []", ["dunningDays must be a list of 1 to 100 entries, found []"]),
        ("dunningDays: 3", ["dunningDays must be a list of 1 to 100 entries, found 3"]),
        (
            "dunningDays: [0, 1, soon, 3651]",
            [
                f"dunningDays[{place}] must be an integer from 1 to 3650, in days, found {found}"
                for place, found in ((0, 0), (2, '"soon"'), (3, 3651))
            ],
        ),
        ("stopOnHardDecline: often", ['stopOnHardDecline must be true or false, found "often"']),
        (
            "catchUp: null\n  stopOnHardDecline: 1",
            [
                "stopOnHardDecline must be true or false, found 1",
                "catchUp must be one of skip, bill_each, found null",
            ],
        ),
    ],
)
def test_a_wrong_correction_is_told_with_what_is_allowed(refused, text, told):
    """The place, what was found and what may stand there, for every one of them."""
    assert [f"policies.{one}" for one in told] == refused(f"policies:\n  {text}\n")
