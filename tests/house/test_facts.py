"""The facts under tests/facts: each names its pages and asks over HTTP, as it could be asked of the real service."""

import ast
import re
from pathlib import Path

import pytest

FILES = sorted((Path(__file__).parents[1] / "facts").glob("test_*.py"))
PAGE = r"(guides|api|integrations)/[a-z0-9*/-]+|docs"
FACT = re.compile(rf"[^\n]+ \(({PAGE})(, ({PAGE}))*\)\.")


def facts(file):
    """The test functions of a file."""
    return [node for node in ast.parse(file.read_text()).body if getattr(node, "name", "").startswith("test_")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_fact_names_its_pages(file):
    """Its docstring is one sentence and, in brackets, the pages under docs.odus.com/docs/ that state it."""
    assert facts(file)
    assert [] == [fact.name for fact in facts(file) if not FACT.fullmatch(ast.get_docstring(fact) or "")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_fact_knows_nothing_of_the_mock(file):
    """It imports none of it; what only a mock can do it gets from its fixtures."""
    text = file.read_text()

    assert "mock_odus" not in text
    assert "/_mock" not in text
