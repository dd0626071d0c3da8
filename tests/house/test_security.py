"""SECURITY.md: each threat names the tests that hold it off, and those exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
THREATS = [
    line
    for line in (ROOT / "SECURITY.md").read_text().splitlines()
    if line.startswith("| ") and not line.startswith("| threat")
]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@cache
def functions(file):
    """The names of the test functions of a file."""
    return {node.name for node in ast.parse((ROOT / file).read_text()).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("threat", THREATS, ids=lambda line: line.split("|")[1].strip()[:40])
def test_every_threat_has_its_tests(threat):
    """Each row names at least one, and each that it names is there."""
    named = TEST.findall(threat)

    assert named
    assert [] == [f"{file}::{name}" for file, name in named if name not in functions(file)]
    assert threat.count("::") == len(named)


def test_the_known_threats_are_listed():
    """Those that a tool of this kind is asked about first."""
    listed = "\n".join(THREATS)
    known = (
        "rebinds",
        "CSRF",
        "XSS",
        "SSRF",
        "sandbox",
        "Keys",
        "scenario",
        "static file",
        "YAML",
        "returnUrl",
        "ReDoS",
    )

    assert [] == [word for word in known if word not in listed]
