"""Documents: nodes with places, scalars typed by what is wanted, and what is refused."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import pytest
from msgspec import Meta, Struct

from mock_odus import documents

Number = Annotated[int, Meta(ge=1)]


class Part(Struct, rename="camel"):
    some_text: str | None = None
    amount: Number | None = None
    on: bool = False
    many: list[str] = []
    pairs: dict[str, str] = {}
    word: Literal["NO", "yes"] = "NO"
    version: Literal[1] = 1


def value(text: str, wanted: Any = Any) -> Any:
    document = documents.read(text)
    assert [] == document.mistakes
    return documents.value(document.root, wanted)


def mistakes(text: str | bytes) -> list[tuple[int, int, str, str]]:
    found = documents.read(text).mistakes
    return [(line, column, ".".join(map(str, path)), text) for line, column, path, text in found]


@pytest.mark.parametrize("text", ["NO", "yes", "01234", "+15559876543", "4242424242424242", "1e3", "0x10", "1_000"])
def test_text_keeps_its_characters(text):
    """Where text is wanted a plain scalar is the characters that were written."""
    assert {"someText": text} == value(f"someText: {text}", Part)


@pytest.mark.parametrize("text", ["2026-01-31", "2026-01-31T10:00:00Z", "true", "1.50", "12:30:45", "null-ish"])
def test_text_is_never_a_timestamp_or_number(text):
    """Dates, booleans and numbers are text too where text is wanted."""
    assert text == value(text, str)


@pytest.mark.parametrize(("text", "expected"), [("true", True), ("false", False), ("yes", "yes"), ("on", "on")])
def test_only_true_and_false_are_booleans(text, expected):
    """The other words that YAML 1.1 takes for booleans are text."""
    assert {"on": expected} == value(f"on: {text}", Part)


@pytest.mark.parametrize(
    ("text", "expected"), [("12", 12), ("-3", -3), ("+3", "+3"), ("0x1F", "0x1F"), ("1_0", "1_0"), ('"12"', "12")]
)
def test_integers_are_plain_digits(text, expected):
    """An integer is digits with perhaps a minus; anything else, and anything quoted, stays text."""
    assert {"amount": expected} == value(f"amount: {text}", Part)


@pytest.mark.parametrize("text", ["null", "~", ""])
def test_null(text):
    """`null`, `~` and nothing are null where null is allowed."""
    assert {"someText": None} == value(f"someText: {text}", Part)


def test_null_where_only_text_is_allowed_is_text():
    """The word null is a text like any other where null is not allowed."""
    assert "null" == value("null", str)


def test_a_quoted_null_is_text():
    """Quotes make text of everything."""
    assert {"someText": "null", "on": "true"} == value("{someText: 'null', on: \"true\"}", Part)


def test_lists_mappings_and_literals_are_typed_by_what_they_hold():
    """The wanted type reaches into lists, mappings and unions."""
    text = "{many: [NO, 01], pairs: {1: 007, yes: no}, word: NO, version: 1}"
    expected = {"many": ["NO", "01"], "pairs": {"1": "007", "yes": "no"}, "word": "NO", "version": 1}
    assert expected == value(text, Part)


def test_unknown_types_take_what_it_looks_like():
    """Where nothing is known, what looks like a number, a boolean or null is one."""
    assert [1, -2, 1.5, True, None, None, "NO", "1"] == value("[1, -2, 1.5, true, null, ~, NO, '1']")


def test_text_reaches_all_the_way_down():
    """Wanting text makes text of every scalar, however deep."""
    assert {"a": ["1", {"b": "true"}]} == value("a: [1, {b: true}]", str)


def test_a_huge_number_stays_text():
    """A number of more digits than any amount has is not read as one."""
    assert {"amount": "9" * 5000} == value(f"amount: {'9' * 5000}", Part)


def test_json_is_read_as_it_is():
    """A JSON document, as `json.dumps` writes it, means what it says."""
    given = {"someText": 'é 😀 \\ud83d "/"', "amount": 5, "on": True, "many": ["a"], "pairs": {}, "word": "NO"}
    assert given == value(json.dumps(given), Part)
    assert given == value(json.dumps(given, indent=2, ensure_ascii=False), Part)


def test_places():
    """Every value and every key knows its line and column; what is missing stands where it should have been."""
    document = documents.read("a:\n  - {b: 1,  c: 2}\n  - d\n")
    assert (2, 16) == document.at(("a", 0, "c"))
    assert (2, 13) == document.at(("a", 0, "c"), key=True)
    assert (3, 5) == document.at(("a", 1))
    assert (2, 5) == document.at(("a", 0, "missing", "deeper"))
    assert (1, 1) == document.at(("missing",))


def test_doubled_keys():
    """A key that stands twice is a mistake that names the first line; the first one counts."""
    document = documents.read("a: 1\nb:\n  c: 1\n  c: 2\n")
    assert [(4, 3, ("b",), 'doubled key "c"; it stands in line 3 already')] == document.mistakes
    assert {"a": 1, "b": {"c": 1}} == documents.value(document.root)


def test_aliases_and_anchors():
    """Anchors and aliases are refused where they stand, so nothing can grow without end."""
    expected = [
        (1, 4, "a", "an anchor (&x) stands here; anchors are not allowed"),
        (2, 5, "b.0", 'an alias (*x) stands here; aliases are not allowed, write it out; a pattern needs quotes: "*x"'),
    ]
    assert expected == mistakes("a: &x [1]\nb: [*x]\n")


def test_an_alias_bomb_is_cheap():
    """Nine generations of nine aliases each are refused without being followed."""
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    assert 91 == len(mistakes("\n".join(lines)))


@pytest.mark.parametrize("tag", ["!!python/object:os.system", "!!str", "!mine"])
def test_tags(tag):
    """No tag is taken, not even a harmless one."""
    assert [(1, 4, "a")] == [found[:3] for found in mistakes(f"a: {tag} x")]


@pytest.mark.parametrize("text", ["? [a]\n: b", "? {a: 1}\n: b", "? \n: b", "{'': b}"])
def test_keys_are_text(text):
    """A key that is no text is refused."""
    assert ["a key must be text"] == [found[3] for found in mistakes(text)]


def test_a_second_document():
    """A file holds one document."""
    assert [(3, 1, "", "a second document begins here; a file holds one")] == mistakes("a: 1\n\n---\nb: 2\n")


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n..."])
def test_nothing(text):
    """An empty document is a mistake, or a null."""
    assert None is documents.value(documents.read(text).root)


def test_yaml_errors_have_yaml_s_place():
    """What is not YAML is told with YAML's own line and column."""
    (line, column, _, text) = mistakes("a: 1\nb: [1, 2\nc: 3\n")[0]
    assert (3, True) == (line, column >= 1)
    assert text.startswith("not YAML: ")


@pytest.mark.parametrize(
    ("text", "expected", "hint"),
    [
        ("a:\n\t- b", 2, "; a tab stands here, and lines are indented with spaces"),
        ("a:\n- b: c\n\td: e", 3, "; a tab stands here, and lines are indented with spaces"),
        ("a:\n  *@b.example", 2, "; text that begins with * needs quotes"),
        ("a: @b", 1, "; text that begins with @ needs quotes"),
        ("a: b: c", 1, "; text with a colon and a space in it needs quotes"),
        ("a:\n  - b: 1\n     c: 2", 3, "keys of one mapping stand in one column"),
        ("a: [\n  b\n", 3, "flow sequence that begins in line 1, "),
    ],
)
def test_yaml_s_own_words_come_with_a_hint(text, expected, hint):
    """Tabs, unquoted patterns, colons in text and brackets that nobody closed are told in words that help."""
    (line, _, _, told) = mistakes(text)[0]
    assert expected == line
    assert hint in told


@pytest.mark.parametrize("text", ["a: \0", "a: \x07", "a: \ud800"])
def test_characters_that_yaml_does_not_know(text):
    """A control character is a mistake in its line, never an exception."""
    assert [1] == [found[0] for found in mistakes(text)]


def test_bytes_must_be_utf_8():
    """A file in another encoding is refused at the first byte that is not UTF-8."""
    assert [(2, 4, "", "the document is not UTF-8 text")] == mistakes("a: 1\nb: \xe9".encode("latin-1"))


def test_a_byte_order_mark_is_no_character():
    """A file may begin with a byte order mark."""
    assert {"a": 1} == documents.value(documents.read(b"\xef\xbb\xbfa: 1").root)


def test_one_mebibyte_at_most():
    """A document of more than 1 MiB is not even looked at."""
    fits = "a: " + "x" * (documents.MAX_BYTES - 3)
    assert [] == mistakes(fits)
    expected = "the document has 1048577 bytes; at most 1048576 are allowed"
    assert [(1, 1, "", expected)] == mistakes(fits + "x")


@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ("{a: ", "}")])
@pytest.mark.parametrize("depth", [51, 900, 100_000])
def test_deep_nesting(opened, closed, depth):
    """More than 50 levels are a mistake, however many there are."""
    found = mistakes(opened * depth + closed * depth)
    assert ["nested deeper than 50 levels"] == [mistake[3] for mistake in found]


def test_deep_block_nesting():
    """Levels made by indentation count as well."""
    assert 1 == len(mistakes("\n".join(" " * depth + "a:" for depth in range(200))))


def test_fifty_levels_are_fine():
    """Fifty levels are read."""
    assert [] == mistakes("[" * 50 + "]" * 50)
