"""Writes the second part of docs/fidelity.md anew: resource by resource what is documented, then what is guessed.

The first part is written by hand and stays as it is.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from mock_odus import assumptions, basis
from mock_odus.api.routes import RESOURCES, document
from mock_odus.facts import FACTS
from mock_odus.facts.measures import MEASURES
from mock_odus.facts.verifying import written

PAGE = Path(__file__).parents[1] / "docs" / "fidelity.md"
MARK = "<!-- From here on `scripts/fidelity.py` writes. -->"
DOCS = "https://docs.odus.com/docs/"


def page(text: str) -> str:
    """The page with its second part made anew."""
    by_hand = text.partition(MARK)[0]
    return by_hand + "\n".join([MARK, "", *_resources(), *_parts(), *_guesses(), *_facts()])


def _resources() -> Iterator[str]:
    described = document(assumptions.load())
    yield "## Resource by resource\n"
    yield "What no page shows is assumed. Links lead to the page that documents it.\n"
    for resource in RESOURCES:
        yield f"### {resource.name}\n"
        yield "| operation | |\n|---|---|"
        for path, operations in described["paths"].items():
            for method, told in operations.items():
                if told["tags"] == [resource.name]:
                    yield f"| `{method.upper()} {path}` {told['summary']} | {_basis(told)} |"
        yield from _fields(described["components"]["schemas"][resource.record.__name__]["properties"])


def _parts() -> Iterator[str]:
    """What is documented of bodies and parts of records."""
    known = {resource.name for resource in RESOURCES}
    schemas = document(assumptions.load())["components"]["schemas"]
    yield "### Parts and bodies\n"
    yield "| | documented fields |\n|---|---|"
    for name, entry in basis.load().items():
        if name not in known and name in schemas:
            pages = sorted(set(entry.fields.values()))
            yield f"| {name} | {_names(entry.fields)} · {', '.join(map(_link, pages))} |"
    yield ""


def _fields(properties: dict[str, Any]) -> Iterator[str]:
    """The documented ones by page, and the others."""
    yield ""
    told = sorted((field["x-odus-source"], name) for name, field in properties.items() if "x-odus-source" in field)
    for source, names in groupby(told, key=lambda pair: pair[0]):
        yield f"- {_link(source)}: {_names(name for _, name in names)}"
    assumed = [name for name, field in properties.items() if "x-odus-source" not in field]
    if assumed:
        yield f"- assumed: {_names(assumed)}"
    yield ""


def _guesses() -> Iterator[str]:
    yield "## Guesses you may want to correct\n"
    yield "`mock-odus verify` finds each out, as far as the other side can do what it needs.\n"
    yield "| entry | value | why | needs |\n|---|---|---|---|"
    for guess in assumptions.guesses():
        name = f"{guess.section}.{guess.name}"
        yield f"| `{name}` | {written(guess.value)} | {guess.reason} | {MEASURES[name].needs} |"
    yield ""


def _facts() -> Iterator[str]:
    yield "## Facts\n"
    yield "What Odus documents of its behaviour. The tests ask the mock all of them, `mock-odus verify` any service.\n"
    for chapter, facts in groupby(FACTS, key=lambda fact: fact.name.partition(".")[0]):
        yield f"**{chapter.capitalize()}**\n"
        for fact in facts:
            needs = "" if fact.needs == "nothing" else f" · needs: {fact.needs}"
            yield f"- {fact.sentence} {', '.join(map(_link, fact.urls))}{needs}"
        yield ""


def _basis(told: dict[str, Any]) -> str:
    return _link(told["x-odus-source"]) if "x-odus-source" in told else "assumed"


def _names(names: Any) -> str:
    return " ".join(f"`{name}`" for name in names)


def _link(url: str) -> str:
    return f"[{url.removeprefix(DOCS).rpartition('/')[2] or 'docs'}]({url})"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
