"""What every file of the project keeps to: sizes, names, and how tests are written."""

import ast
import os
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = sorted((ROOT / "mock_odus").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
SCRIPTS = sorted(file for file in (ROOT / "scripts").iterdir() if file.is_file() and not file.suffix)

MOST_LINES = 500
JUNK_DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "managers"}
JUNK_CLASS = re.compile(r"(Manager|Service|Handler|Helper|Utils?|Base)$")


def named(file):
    return str(file.relative_to(ROOT))


@cache
def tree(file):
    return ast.parse(file.read_text())


def trees(files):
    return [(file, tree(file)) for file in files]


def test_no_file_outgrows_one_idea():
    """No file of the package has more than 500 lines."""
    sizes = {named(file): len(file.read_text().splitlines()) for file in PACKAGE}

    assert {} == {file: lines for file, lines in sizes.items() if lines > MOST_LINES}


def test_no_file_is_a_junk_drawer():
    """Every file is named after an idea, none after a drawer."""
    assert [] == [named(file) for file in [*PACKAGE, *TESTS] if file.stem in JUNK_DRAWERS]


def test_no_class_is_named_after_a_pattern():
    """No class is a Manager, Service, Handler, Helper, Util or Base."""
    names = [
        f"{named(file)}: {node.name}"
        for file, tree in trees(PACKAGE)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and JUNK_CLASS.search(node.name)
    ]

    assert [] == names


def test_every_module_says_what_lives_in_it():
    """Every file of the package begins with a sentence."""
    assert [] == [named(file) for file, tree in trees(PACKAGE) if not ast.get_docstring(tree)]


def test_every_test_states_its_truth():
    """Every test function has a docstring."""
    silent = [
        f"{named(file)}: {node.name}"
        for file, tree in trees(file for file in TESTS if file.name.startswith("test_"))
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]

    assert [] == silent


def test_no_test_sleeps_patches_or_hides():
    """No test waits by the clock, patches what it tests, or is skipped or expected to fail."""
    found = [
        f"{named(file)}:{line} {name}"
        for file, tree in trees(file for file in TESTS if file.name.startswith(("test_", "conftest")))
        for name, line in _mentions(tree)
        if name in {"sleep", "monkeypatch", "skip", "skipif", "importorskip", "xfail"}
    ]

    assert [] == found


def _mentions(tree):
    """Every name in the code and its line, but for `sleep(0)`: it waits for nothing, it lets others run."""
    harmless = {
        node.func
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and [ast.unparse(arg) for arg in node.args] == ["0"]
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node not in harmless:
            yield node.attr, node.lineno
        elif isinstance(node, ast.Name) and node not in harmless:
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_a_script_is_executable_posix_shell(file):
    """Scripts start with #!/bin/sh, may be run, stop at the first failure and use nothing that only bash has."""
    text = file.read_text()

    assert text.startswith("#!/bin/sh\n# ")
    assert os.access(file, os.X_OK)
    assert "\nset -eu\n" in text
    assert not re.search(r"\[\[|\bfunction \w|\bsource |pipefail|<<<|\blocal\b|==", _shell(text))


def _shell(text):
    """The script without comments and without the programs in it."""
    text = re.sub(r"<<'(\w+)'\n.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(("#", "printf")))
