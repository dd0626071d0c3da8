"""The pages in docs/: what they show is run, and what they list is complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mock_odus import assumptions
from mock_odus.app import create_app
from mock_odus.engine.declines import ERROR_CODES
from mock_odus.sandbox import Sandbox, Settings
from mock_odus.scripting import conditions, loader
from tests.pages import blocks

ROOT = Path(__file__).parents[2]
POLICIES = assumptions.load().for_engine()
PREFIXES = POLICIES.prefixes

pytest_plugins = ["pytester"]


def test_the_scenario_page_shows_a_scenario_that_loads():
    """The examples of docs/scenarios.md are one good scenario, and its world can be made."""
    examples = blocks("scenarios.md", "yaml")
    scenario = loader.load("".join(examples), file="scenarios.md", prefixes=PREFIXES)

    assert "two gateways, one of them moody" == scenario.name
    assert 201 == Sandbox("x", "", "", Settings(scenario=scenario), POLICIES).world.counts["subscriptions"]


def test_the_scenario_page_names_every_condition():
    """Each condition of the language stands in docs/scenarios.md."""
    page = (ROOT / "docs/scenarios.md").read_text()

    assert [] == [fact for fact in conditions.FACTS if f"`{fact}`" not in page]


def test_the_pytest_page_shows_tests_that_pass(pytester: pytest.Pytester):
    """The examples of docs/pytest.md, one below the other, pass as they stand."""
    pytester.makepyfile("\n\n".join(blocks("pytest.md", "python")))

    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=8)


def test_the_subscriptions_page_shows_tests_that_pass(pytester: pytest.Pytester):
    """The examples of docs/subscriptions.md, one below the other, pass as they stand."""
    examples = blocks("subscriptions.md", "python")
    pytester.makepyfile("\n\n".join(examples))

    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=7)


def test_the_corrections_on_the_fidelity_page_are_taken(tmp_path: Path):
    """The example of docs/fidelity.md corrects two guesses."""
    (example,) = blocks("fidelity.md", "yaml")
    file = tmp_path / "corrections.yaml"
    file.write_text(example)

    corrected = [guess.name for guess in assumptions.guesses(file) if guess.corrected]

    assert ["action", "cascade.failover_on"] == corrected


def test_every_code_that_a_cascade_goes_on_after_is_an_error_code():
    """`cascade.failover_on` in assumptions.yaml holds nothing but error codes."""
    assert set() == assumptions.load().for_engine().failover_on - set(ERROR_CODES)


def test_the_control_page_names_every_route():
    """Each part of each route under /_mock stands in docs/control.md."""
    page = (ROOT / "docs/control.md").read_text()
    paths = [path for path in create_app().branches.paths if path.startswith("/_mock/")]
    words = {word for path in paths for word in path.split("/")}

    assert [] == sorted(word for word in words if word not in page and not word.startswith("{"))


def test_the_page_of_the_examples_names_them_all():
    """Each folder in docs/examples, with its tests and what they need."""
    folder = ROOT / "docs/examples"
    found = {file.parent.name for file in folder.glob("*/shop.py")}

    assert found == {file.parent.name for file in folder.glob("*/requirements.txt")}
    assert found == {file.parent.name for file in folder.glob("*/test_*.py")}
    assert found == set(re.findall(r"\]\((\w+)\)", (folder / "README.md").read_text()))
