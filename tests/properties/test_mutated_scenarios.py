"""Scenario files that somebody has broken: each loads, or is refused with the line; never anything else."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_odus import assumptions
from mock_odus.sandbox import Sandbox, Settings
from mock_odus.scripting import loader
from mock_odus.scripting.language import ScenarioError
from mock_odus.scripting.library import shipped

POLICIES = assumptions.load().for_engine()
SHIPPED = {file.stem: file.read_text() for file in sorted(shipped().glob("*.yaml"))}
PLACED = re.compile(r"[^\n]*?:\d+:\d+: \S")
LONG = settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)

WORDS = sorted({word for text in SHIPPED.values() for word in re.findall(r"[\w.]+", text)})
TOKENS = st.sampled_from(
    [
        *(
            "{",
            "}",
            "[",
            "]",
            ":",
            ": ",
            "- ",
            ",",
            "&a",
            "*a",
            "!!python/object:os.system ",
            "? ",
            "|",
            ">",
            "---",
            "...",
        ),
        *("\t", "\n", "  ", "#", '"', "'", "\\", "\0", "%", "@", "`", "\ud800", "\u2028", "\ufeff", "😀"),
        *("null", "~", "NO", "01", "-1", "0", "1e9", ".inf", "9" * 30, "2026-02-30", "1..0", "..", "40 days", "-1 day"),
        *("100000%", "0%", "x" * 500, "*" * 60, "skey_mock", "4242424242424242"),
    ]
)


def read(text):
    """What is wrong with a scenario, as `mock-odus check` tells it: it is loaded, and its world is built."""
    try:
        scenario = loader.load(text, file="shop.yaml", prefixes=POLICIES.prefixes)
        Sandbox("check", "", "", Settings(scenario=scenario), POLICIES)
    except ScenarioError as error:
        return list(error.problems) or ["refused without a word"]
    return []


def judge(text):
    """Asserts that whatever is wrong has its line and column."""
    assert [] == [problem for problem in read(text) if not PLACED.match(problem)]


@st.composite
def mutated(draw, text):
    """A text in which a few things stand elsewhere, twice, not at all, or differently."""
    lines = text.splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(lines) - 1))
        other = draw(st.integers(0, len(lines) - 1))
        line = lines[place]
        column = draw(st.integers(0, max(0, len(line) - 1)))
        words = list(re.finditer(r"[\w.]+", line))
        match draw(st.integers(0, 7)):
            case 0 if len(lines) > 1:
                del lines[place]
            case 1:
                lines.insert(other, line)
            case 2:
                lines[place], lines[other] = lines[other], lines[place]
            case 3:
                lines[place] = " " * draw(st.integers(0, 9)) + line.lstrip(" ")
            case 4:
                lines[place] = line[:column] + draw(TOKENS) + line[column:]
            case 5:
                lines[place] = line[:column] + line[column + draw(st.integers(1, 5)) :]
            case 6 | 7 if words:
                word = draw(st.sampled_from(words))
                put = draw(TOKENS | st.sampled_from(WORDS))
                lines[place] = line[: word.start()] + put + line[word.end() :]
    return "".join(lines)


def test_what_is_shipped_is_read():
    """The mutations below begin with files that are good."""
    assert 12 < len(SHIPPED)
    assert [] == [name for name, text in SHIPPED.items() if read(text)]


@pytest.mark.fuzz
@pytest.mark.parametrize("name", SHIPPED)
def test_a_broken_scenario_loads_or_names_the_line(name):
    """Each shipped file, with lines moved, words swapped, indents and signs lost."""

    @LONG
    @given(text=mutated(SHIPPED[name]))
    def check(text):
        judge(text)

    check()


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=25,
)
HEADS = st.sampled_from(["", "version: 1\nname: x\n", "version: 1\nname: x\nextends: starter\n"])
KEYS = st.sampled_from(
    ["world", "rules", "api", "webhooks", "clock", "seed", "fake", "past", "unmatched", "about", "extends"]
)


def written(value):
    """A value as YAML in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(key)}: {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return "null" if value is None else str(value)


DOCUMENTS = st.one_of(
    st.text(max_size=200),
    st.binary(max_size=100),
    st.lists(TOKENS | st.sampled_from(WORDS), max_size=30).map(" ".join),
    st.tuples(HEADS, st.dictionaries(KEYS, NESTED, max_size=4)).map(
        lambda made: made[0] + "".join(f"{key}: {written(value)}\n" for key, value in made[1].items())
    ),
)


@pytest.mark.fuzz
@settings(LONG, max_examples=3_000)
@given(document=DOCUMENTS)
def test_any_document_loads_or_names_the_line(document):
    """Noise, words of the language in any order, and their keys with anything in them."""
    judge(document)
