"""What is warned of: rules that never decide, and outcomes that are never reached."""

import pytest

from mock_odus.scripting import loader

ALL = "{name: all, then: approve}"
NEVER = "never decides: '{}' stands above it and takes every charge that it fits"


def warnings(prefixes, *rules, **sent):
    text = "version: 1\nname: x\n" + "".join(f"{key}: {value}\n" for key, value in sent.items())
    text += "rules:\n" + "".join(f"  - {rule}\n" for rule in rules)
    return loader.load(text, file="x.yaml", prefixes=prefixes).warnings


@pytest.mark.parametrize(
    ("above", "below", "taker"),
    [
        (ALL, "{then: lost_card}", "all"),
        (ALL, "{when: {amount: 5, currency: usd}, times: 1, then: lost_card}", "all"),
        (
            "{name: eu, when: {currency: eur}, then: approve}",
            "{when: {amount: 5, currency: eur}, then: lost_card}",
            "eu",
        ),
        ("{name: many, then: [timeout, approve], per: card}", "{when: {operation: authorize}, then: timeout}", "many"),
        ("{name: down, then: unreachable}", "{when: {operation: refund}, then: lost_card}", "down"),
        (
            "{name: week, when: {between: {until: +7 days}}, then: approve}",
            "{when: {between: {until: +7 days}, amount: 5}, then: lost_card}",
            "week",
        ),
    ],
)
def test_a_rule_that_never_decides(prefixes, above, below, taker):
    """One above it asks for no more than it does."""
    assert (f"x.yaml:5:5: warning: rules[1]: {NEVER.format(taker)}",) == warnings(prefixes, above, below)


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("{times: 3, then: approve}", "{then: lost_card}"),
        ("{chance: 99%, then: approve}", "{then: lost_card}"),
        ("{when: {amount: 5}, then: approve}", "{then: lost_card}"),
        ("{when: {amount: 5}, then: approve}", "{when: {amount: 6}, then: lost_card}"),
        ("{when: {between: {until: +7 days}}, then: approve}", "{then: lost_card}"),
        (ALL, "{when: {operation: refund}, then: lost_card}"),
        (ALL, "{then: unreachable}"),
    ],
)
def test_a_rule_that_may_decide(prefixes, above, below):
    """One above it is spent some time, left to chance, or asks for more."""
    assert () == warnings(prefixes, above, below)


def test_each_is_told_once(prefixes):
    """By the first rule that takes all of its charges."""
    told = warnings(prefixes, ALL, "{name: second, then: lost_card}", "{then: timeout, when: {operation: authorize}}")
    assert [NEVER.format("all")] * 2 == [one.partition("]: ")[2] for one in told]


def test_outcomes_that_are_never_reached(prefixes):
    """A rule that is spent before its list ends; a list as long as its times is as it should be."""
    told = warnings(
        prefixes, "{times: 1, then: [lost_card, approve]}", "{times: 2, per: card, then: [lost_card, approve]}"
    )
    assert ("x.yaml:4:5: warning: rules[0]: times: 1 lets only the first 1 of 2 outcomes be reached",) == told


def test_a_file_may_take_everything_from_what_it_extends(prefixes):
    """That is why one extends another."""
    assert () == warnings(prefixes, ALL, extends="cascade_failover")


def test_all_shipped_scenarios_are_meant(prefixes):
    """None of them has a warning."""
    told = {name: loader.find(name, prefixes=prefixes).warnings for name in loader.available()}
    assert {} == {name: warnings for name, warnings in told.items() if warnings}
