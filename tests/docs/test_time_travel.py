"""docs/time-travel.md: what it shows is run, and what it lists is complete."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import msgspec
import pytest

from mock_odus import cli, journey
from mock_odus.driver import Record
from mock_odus.timekeeper.goals import UNTIL
from mock_odus.timekeeper.reports import Month, Report

PAGE = (Path(__file__).parents[2] / "docs/time-travel.md").read_text()

pytest_plugins = ["pytester"]


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return found


def test_the_page_shows_tests_that_pass(pytester: pytest.Pytester):
    """The example passes as it stands."""
    pytester.makepyfile(block("python"))

    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=3)


def test_the_page_names_every_goal_and_every_part_of_a_report():
    """The words of `until`, and the fields of the report and its months."""
    fields = {field.encode_name for kind in (Report, Month) for field in msgspec.structs.fields(kind)}
    words = {f'"{word}"' for word in UNTIL} | {f"`{name}`" for name in fields - {"month"}}

    assert [] == sorted(word for word in words if word not in PAGE)


def test_the_page_names_every_option():
    """Each option of `mock-odus advance` stands there, and the command that it shows is one."""
    options = {option.opts[-1] for option in cli.advance.params}
    shown = shlex.split(block("sh"))

    assert [] == sorted(option for option in options if option not in PAGE)
    assert ["mock-odus", "advance"] == shown[:2]
    assert {word for word in shown if word.startswith("--")} <= options


def test_the_page_shows_a_story_as_it_is_told():
    """The lines that the page shows are those that such a report makes."""
    none = dict.fromkeys(journey.COLUMNS, 0) | {"charged": Record()}
    months = [
        none | {"month": "2026-02", "renewed": 1, "charged": Record(usd=2999)},
        none | {"month": "2026-03", "declined": 1},
        none | {"month": "2026-04", "renewed": 1, "recovered": 1, "charged": Record(usd=5998)},
    ]
    due = Record(at="2026-05-31T09:00:00.000Z", kind="renew", subject="sub_2r8wKdDPAzqHXnNbhLVCfgMXyzT")
    report = Record(
        {"from": "2026-01-31T09:00:00.000Z", "to": "2026-04-30T09:00:00.000Z", "jobs": 4, "attempts": 4},
        events=Record(any=18),
        months=[Record(month) for month in months],
        rules=Record({"broke in March": 1}),
        agenda=[due],
        hint=None,
    )

    assert block("text").splitlines()[1:] == journey.told(report).splitlines()
