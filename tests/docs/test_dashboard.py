"""The page on the dashboard: what it shows exists, and what it leads to is there."""

import re
from pathlib import Path

from mock_odus.browser import dashboard

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/dashboard.md").read_text()


def test_its_pictures_and_links_are_there():
    """Every file that it shows or leads to exists."""
    targets = re.findall(r"\]\(([^)]+)\)", PAGE)

    assert targets
    assert [] == [one for one in targets if not (ROOT / "docs" / one).exists()]


def test_it_names_the_pages_that_steer():
    """Each page of the mock's own group is told of by its title."""
    titles = re.findall(r'^  page\("[^"]+", "([^"]+)", "Mock"', dashboard.files()["pages.js"].read_text(), re.MULTILINE)

    assert titles
    assert [] == [title for title in titles if title not in PAGE]


def test_the_answers_of_a_rule_are_those_of_the_language(api):
    """Every outcome that the form for the next charge offers is one that the mock takes."""
    source = dashboard.files()["parts/rules.js"].read_text()
    listed = source[source.index("const OUTCOMES") : source.index("const OPERATIONS")]
    short = re.findall(r'\["(\w+)", "', listed)
    codes = re.findall(r"`([^`]+)`", listed)[0].split()

    assert len(short + codes) > 15
    for outcome in (*short, *codes):
        assert 201 == api.post("/_mock/rules", {"then": outcome}).status, outcome
