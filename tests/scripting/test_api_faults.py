"""`api` in a scenario: what may be written there, and what is said of mistakes. tests/api/test_faults.py plays them."""

from __future__ import annotations

import pytest

from mock_odus.scripting import loader
from mock_odus.scripting.language import ScenarioError, Trouble

HEAD = "version: 1\nname: x\napi:\n"


@pytest.mark.parametrize(
    ("then", "trouble"),
    [
        ("{status: 500}", Trouble("status", 500)),
        ("{status: 429, retryAfter: 5}", Trouble("status", 429, 5)),
        ("{latency: 2 seconds}", Trouble("latency", seconds=2.0)),
        ("{latency: 10 minutes}", Trouble("latency", seconds=600.0)),
        ("{drip: PT10S}", Trouble("drip", seconds=10.0)),
        ("{drop: before}", Trouble("drop_before")),
        ("{drop: after}", Trouble("drop_after")),
        *((word, Trouble(word)) for word in ("truncate", "malformed", "reset", "empty", "hang")),
    ],
)
def test_each_outcome_is_read(read, then, trouble):
    """Words stand alone, the others say how much."""
    (fault,) = read(HEAD + f"  - {{then: {then}}}").api

    assert ("api[0]", trouble) == (fault.name, fault.trouble)


def test_a_condition_is_one_word_or_several(read):
    """All of them may be left out."""
    one, several, none = read(
        HEAD + "  - {when: {method: POST, path: /payments, keyKind: secretKey, every: 3}, then: reset}\n"
        "  - {when: {method: [GET, POST], path: [/prices, /prod*], nth: [1, 2]}, chance: 5%, times: 2, then: hang}\n"
        "  - {then: empty}"
    ).api

    assert (("POST",), ("/payments",), ("secretKey",), 3) == (one.methods, one.paths, one.key_kinds, one.every)
    told = (several.methods, several.paths, several.nth, several.chance, several.times)
    assert (("GET", "POST"), ("/prices", "/prod*"), (1, 2), 5.0, 2) == told
    assert ((), (), (), (), None) == (none.methods, none.paths, none.key_kinds, none.nth, none.every)


def test_a_scenario_goes_on_with_the_faults_it_extends(prefixes):
    """Its own come first; of the others those go whose name it has."""
    parent = HEAD + "  - {name: a, then: reset}\n  - {name: b, then: empty}\n"
    child = "version: 1\nname: y\nextends: parent\napi: [{then: hang}, {name: b, then: truncate}]"
    found = loader.load(child, file="y", prefixes=prefixes, sent={"parent": parent}).api

    assert [("api[0]", "hang"), ("b", "truncate"), ("a", "reset")] == [(one.name, one.trouble.kind) for one in found]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{}", "api[0].then: is required"),
        ("{then: {}}", "api[0].then: must be one of status, latency, drop and drip, found none"),
        (
            "{then: {status: 500, drop: after}}",
            "api[0].then: must be one of status, latency, drop and drip, found status",
        ),
        ("{then: {retryAfter: 5}}", "api[0].then: must be one of status, latency, drop and drip, found none"),
        ("{when: {path: []}, then: reset}", "api[0].when.path: must be a list of 1 or more entries, found []"),
        ("{when: {nth: []}, then: reset}", "api[0].when.nth: must be a list of 1 or more entries, found []"),
        ("{then: hnag}", "did you mean 'hang'?"),
        ("{then: {status: 200}}", "api[0].then.status: must be"),
        ("{then: {status: 599}}", "api[0].then.status: must be a status code that HTTP has, found 599"),
        ("{then: {staus: 500}}", "did you mean 'status'?"),
        ("{then: {drop: during}}", "api[0].then.drop: must be one of before, after"),
        ("{then: {latency: 1 hour}}", "api[0].then.latency: must be at most 10 minutes"),
        ("{then: {latency: 1 month}}", "api[0].then.latency: must be at most 10 minutes"),
        ("{then: {drip: slowly}}", "api[0].then.drip: "),
        ("{then: {latency: 1 second, retryAfter: 5}}", "api[0].then.retryAfter: stands beside a status only"),
        ("{when: {method: PATCH}, then: reset}", "api[0].when.method: must be"),
        ("{when: {path: payments}, then: reset}", "api[0].when.path: must be a path such as /payments"),
        ("{when: {path: [/prices, /_mock/*]}, then: reset}", "api[0].when.path[1]: must be a path of the Odus API"),
        ("{when: {keyKind: secret}, then: reset}", "api[0].when.keyKind: must be"),
        ("{when: {nth: 0}, then: reset}", "api[0].when.nth: must be"),
        ("{when: {gateway: x}, then: reset}", "api[0].when.gateway: is not a known field"),
        ("{chance: some, then: reset}", "api[0].chance: must be"),
    ],
)
def test_a_mistake_is_told_with_its_place(read, line, problem):
    """The path, what is allowed, and the nearest word."""
    with pytest.raises(ScenarioError) as caught:
        read(f"{HEAD}  - {line}")

    assert problem in caught.value.problems[0]
    assert caught.value.problems[0].startswith("x.yaml:4:")


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("drop", "x.yaml:4:12: api[0].then: needs a value: {drop: before} or {drop: after}"),
        ("{hang: 3}", "x.yaml:4:13: api[0].then.hang: stands alone: write `then: hang`"),
    ],
)
def test_a_word_with_and_one_without_a_value(read, then, expected):
    """Who writes the one as the other is told how."""
    with pytest.raises(ScenarioError) as caught:
        read(f"{HEAD}  - {{then: {then}}}")
    assert expected in caught.value.problems


def test_an_empty_trouble_is_one_problem(read):
    """What follows from it is not told."""
    with pytest.raises(ScenarioError) as caught:
        read(f"{HEAD}  - {{then: {{}}}}")
    assert 1 == len(caught.value.problems)
