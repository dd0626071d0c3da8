"""The same acts make the same world, to the byte."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.properties.replay import billed, subscribe

ROOT = Path(__file__).parents[2]


def test_a_restored_world_answers_the_same_bytes(mock, history):
    """Snapshot, act, restore, act again: every body and the digest are the same."""
    account = mock.open(seed=7)
    account.pay("4000000000003220")
    account.post("/_mock/snapshots", {"name": "before"})
    before = account.digest
    first, there = history(account), account.digest
    assert before != there
    for _ in range(2):
        account.post("/_mock/snapshots/before/restore")
        assert before == account.digest
        assert first == history(account)
        assert there == account.digest


def test_a_restored_year_of_billing_answers_the_same_bytes(mock):
    """Renewals, dunning, a change of plan, a void: the same again, to the byte."""
    account = mock.open(seed=7)
    account.post("/_mock/snapshots", {"name": "before"})
    first, there = billed(account), account.digest
    account.post("/_mock/snapshots/before/restore")
    assert first == billed(account)
    assert there == account.digest


def test_a_fork_answers_the_same_bytes(mock, history):
    """A sandbox made from a snapshot goes on as the original does, but for its own name."""
    account = mock.open(seed=7)
    account.post("/_mock/snapshots", {"name": "before"})
    twin = mock.open(origin=f"{account.name}/before")
    here, there = history(account), history(twin)
    assert [raw.replace(account.name.encode(), b"NAME") for raw in here] == [
        raw.replace(twin.name.encode(), b"NAME") for raw in there
    ]
    assert account.digest == twin.digest


def test_a_reset_sandbox_answers_the_same_bytes(mock, history):
    """Reset is as just created."""
    account = mock.open(seed=7)
    before, first = account.digest, history(account)
    account.post(f"/_mock/sandboxes/{account.name}/reset")
    assert before == account.digest
    assert first == history(account)


def test_two_processes_answer_the_same_bytes(mock, history):
    """Whatever PYTHONHASHSEED says: the same digest, the same bodies, and those of this process."""
    told = []
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.properties.replay"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
        )
        for seed in ("1", "2")
    ]
    for process in running:
        output, _ = process.communicate(timeout=60)
        assert 0 == process.returncode
        told.append(json.loads(output))
    assert told[0] == told[1]

    account = mock.open(name="replay", seed=7)
    assert told[0]["bodies"] == [raw.decode() for raw in (*history(account), *billed(account))]
    assert told[0]["digest"] == account.digest


@pytest.mark.parametrize("seed", [0, 8, -7])
def test_another_seed_is_another_world(mock, history, seed):
    """Ids and digest differ with the seed, what happens does not."""
    one, other = mock.open(seed=7), mock.open(seed=seed)
    assert history(one) != history(other)
    assert one.digest != other.digest
    outcomes = [
        [entry["outcome"]["status"] for entry in account.get("/_mock/journal/attempts?pageSize=100")["data"]]
        for account in (one, other)
    ]
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize(("step", "times"), [("1 day", 30), ("6 hours", 120)])
def test_thirty_days_at_once_or_in_steps(mock, step, times):
    """One advance of 30 days ends in the world that many small ones end in, with challenges pending inside."""
    leap, steps = mock.open(seed=7), mock.open(seed=7)
    for account in (leap, steps):
        rule = {"when": {"amount": 777}, "then": {"challenge": {"answer": "passed", "after": "7 days"}}}
        account.post("/_mock/rules", rule)
        account.pay("4000000000003220")
        account.advance("90 minutes")
        account.pay("4000000000003220", amount=778)
        account.pay(amount=777)
    leap.advance("30 days")
    for _ in range(times):
        steps.advance(step)
    assert leap.digest == steps.digest
    updates = "/_mock/journal/events?pageSize=100"
    assert leap.get(updates)["data"] == [
        json.loads(
            json.dumps(row).replace(f"_{steps.name}_", f"_{leap.name}_").replace(f"/{steps.name}/", f"/{leap.name}/")
        )
        for row in steps.get(updates)["data"]
    ]


@pytest.mark.parametrize(("step", "times"), [("1 day", 365), ("73 days", 5)])
def test_a_year_of_renewals_at_once_or_in_steps(mock, step, times):
    """One advance of a year ends in the world that many small ones end in, refused renewals and all."""
    leap, steps = mock.open(seed=7), mock.open(seed=7)
    for account in (leap, steps):
        subscribe(account)
    leap.advance("365 days")
    for _ in range(times):
        steps.advance(step)
    assert leap.digest == steps.digest
    invoices = "/invoices?pageSize=100"
    assert leap.get(invoices) == steps.get(invoices)
    assert 1 < max(one["attemptCount"] for one in leap.get(invoices)["data"]), "nothing was refused"


def test_refused_requests_leave_no_trace_in_what_follows(mock, typed):
    """A world in which requests were refused goes on as if they had never been sent."""
    one, other = mock.open(seed=7), mock.open(seed=7)
    payments = [account.create() for account in (one, other)]
    for target, body in (
        ("/customers", {"email": "nobody"}),
        ("/payments", {"amount": 0, "currency": "usd"}),
        (f"/payments/{payments[1]['id']}/authorize", typed("4242424242424241")),
        (f"/payments/{payments[1]['id']}/reverse", {}),
        ("/secret-keys", {"permissions": []}),
    ):
        assert 400 == other("POST", target, body).status
    assert [one.authorize(payments[0])["transactions"][0]["id"]] == [
        other.authorize(payments[1])["transactions"][0]["id"]
    ]
    assert one.digest == other.digest
