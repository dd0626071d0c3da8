"""`webhooks` in a scenario: which events a fault strikes, what it does to them, and what is said of mistakes."""

from __future__ import annotations

import pytest

from mock_odus.engine.gateways import Mischief
from mock_odus.engine.periods import Duration
from mock_odus.scripting import building, faults, loader
from mock_odus.scripting.language import ScenarioError

HEAD = """\
version: 1
name: x
world:
  webhookSubscribers:
    shop: {url: "https://shop.example/hooks", events: ["*"]}
    books: {url: "https://books.example/hooks", events: [invoice.created]}
webhooks:
"""
LATE = Mischief(delay=Duration(milliseconds=1_000))


@pytest.fixture
def run(world, read):
    """Builds a world of these faults, a line each. Answers what befalls an event, by name of the subscriber."""

    def made(*lines):
        ids = building.build(world, read(HEAD + "\n".join(f"  - {line}" for line in lines))).ids["webhookSubscribers"]
        return lambda event, subscriber="shop": world.gateway.mischief(world, event, ids[subscriber])

    return made


@pytest.mark.parametrize(
    ("then", "mischief"),
    [
        ("{duplicate: 2}", Mischief(duplicate=2)),
        ("{delay: 5 minutes}", Mischief(delay=Duration(milliseconds=300_000))),
        ("{drop: true}", Mischief(drop=True)),
        ("{reorder: true, duplicate: 1}", Mischief(reorder=True, duplicate=1)),
        ("{corruptSignature: true, malformed: true}", Mischief(corrupt_signature=True, malformed=True)),
        ("{delay: 1 second, drop: false}", LATE),
    ],
)
def test_each_outcome_is_read(run, then, mischief):
    """Several may stand together; `false` is as left out."""
    assert mischief == run(f"{{then: {then}}}")("payment.created")


def test_the_event_type_and_the_subscriber_decide(run):
    """Globs, lists, names and ids; both must fit."""
    struck = run(
        "{when: {eventType: [payment.*, customer.created], subscriber: shop}, then: {delay: 1 second}}",
        "{when: {subscriber: b*}, then: {drop: true}}",
    )

    assert [LATE, LATE, None] == [struck(one) for one in ("payment.updated", "customer.created", "invoice.created")]
    assert Mischief(drop=True) == struck("invoice.created", "books")


def test_some_of_those_that_fit_are_struck(run):
    """`nth` and `every` count events that fit the rest, `times` those that were struck."""
    nth = run("{when: {eventType: payment.created, nth: [1, 3]}, then: {delay: 1 second}}")
    nth("payment.updated")
    assert [True, False, True, False] == [nth("payment.created") is not None for _ in range(4)]
    every = run("{when: {every: 2}, times: 2, then: {delay: 1 second}}")
    assert [False, True, False, True, False, False] == [every("payment.created") is not None for _ in range(6)]


def test_the_first_that_strikes_wins(run):
    """One that fits and does not strike leaves the event to the next."""
    struck = run("{when: {nth: 2}, then: {drop: true}}", "{then: {delay: 1 second}}")

    assert [LATE, Mischief(drop=True), LATE] == [struck("payment.created") for _ in range(3)]


def test_a_chance_is_the_same_in_every_run(run, world):
    """Of a hundred events about so many are struck, and after a restore the same ones."""
    struck = run("{name: dice, chance: 30%, then: {drop: true}}")
    saved = world.snapshot()
    first = [struck("payment.created") is not None for _ in range(100)]
    world.restore(saved)

    assert first == [struck("payment.created") is not None for _ in range(100)]
    assert 15 < sum(first) < 45


def test_counts_are_part_of_the_world(run, world):
    """A snapshot takes them along, and a scenario that is loaded again begins at none."""
    struck = run("{when: {nth: 2}, then: {drop: true}}")
    before = world.digest()
    struck("payment.created")
    assert before != world.digest()
    saved = world.snapshot()
    assert struck("payment.created")
    world.restore(saved)
    assert struck("payment.created")
    assert struck("payment.created") is None
    assert run("{when: {nth: 1}, then: {drop: true}}")("payment.created")


def test_how_often_a_fault_fitted_and_struck_is_kept(run, world):
    """For whoever wants to tell."""
    struck = run("{name: each second, when: {every: 2}, then: {drop: true}}")
    for _ in range(5):
        struck("payment.created")
    (fault,) = faults.running(world).webhooks

    assert ("each second", 5, 2) == (fault.name, faults.seen(world, fault).fitted, faults.seen(world, fault).struck)


def test_a_scenario_goes_on_with_the_faults_it_extends(prefixes):
    """Its own come first; of the others those go whose name it has."""
    parent = HEAD + "  - {name: a, then: {drop: true}}\n  - {name: b, then: {drop: true}}\n"
    child = (
        "version: 1\nname: y\nextends: parent\nwebhooks: [{then: {reorder: true}}, {name: b, then: {malformed: true}}]"
    )
    found = loader.load(child, file="y", prefixes=prefixes, sent={"parent": parent})

    assert [("webhooks[0]", "reorder"), ("b", "malformed"), ("a", "drop")] == [
        (fault.name, next(name for name in fault.mischief.__struct_fields__ if getattr(fault.mischief, name)))
        for fault in found.webhooks
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{}", "webhooks[0].then: is required"),
        ("{then: {}}", "webhooks[0].then: must be one or more of duplicate, delay, drop, reorder"),
        ("{then: {drop: false}}", "webhooks[0].then: must be one or more of"),
        ("{then: drop}", 'webhooks[0].then: must be an object such as {drop: true}, found "drop"'),
        ("{when: {eventType: []}, then: {drop: true}}", "webhooks[0].when.eventType: must be a list of 1 or more"),
        ("{then: {dorp: true}}", "did you mean 'drop'?"),
        ("{then: {drop: maybe}}", "webhooks[0].then.drop: must be"),
        ("{then: {drop: true, duplicate: 1}}", "webhooks[0].then.drop: stands alone"),
        ("{then: {reorder: true, delay: 1 day}}", "webhooks[0].then.reorder: cannot stand beside delay"),
        ("{then: {duplicate: 0}}", "webhooks[0].then.duplicate: must be"),
        ("{then: {delay: soon}}", "webhooks[0].then.delay: "),
        ("{when: {eventType: payment.update}, then: {drop: true}}", "did you mean 'payment.updated'?"),
        ("{when: {eventType: [refund.*]}, then: {drop: true}}", "webhooks[0].when.eventType[0]: must be one of"),
        ("{when: {subscriber: shpo}, then: {drop: true}}", "did you mean 'shop'?"),
        ("{when: {nth: 0}, then: {drop: true}}", "webhooks[0].when.nth: must be"),
        ("{when: {every: often}, then: {drop: true}}", "webhooks[0].when.every: must be"),
        ("{chance: 130%, then: {drop: true}}", "webhooks[0].chance: must be"),
        ("{when: {amount: 5}, then: {drop: true}}", "webhooks[0].when.amount: is not a known field"),
    ],
)
def test_a_mistake_is_told_with_its_place(run, line, problem):
    """The path, what is allowed, and the nearest word."""
    with pytest.raises(ScenarioError) as caught:
        run(line)

    assert problem in caught.value.problems[0]
    assert caught.value.problems[0].startswith("x.yaml:8:")


def test_a_name_is_used_once(run):
    """As it is with rules."""
    with pytest.raises(ScenarioError, match=r"webhooks\[1\]\.name: is the name of webhooks\[0\] already, found 'a'"):
        run("{name: a, then: {drop: true}}", "{name: a, then: {drop: true}}")
