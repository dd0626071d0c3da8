"""No example of the documents goes unrun: `scripts/readme` runs those of README.md, and tests those under docs/."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
FENCE = re.compile(r"^ *```(\w+).*?^ *```$", re.MULTILINE | re.DOTALL)
SHOWN = {"text", "mermaid"}
"""What is to be read, and never to be run."""

RUN_OTHERWISE = {
    ("checkout.md", "html"): "tests/browser: the pages of the tests import the module by such a map",
    ("examples/README.md", "sh"): "scripts/examples: does so for each example, with the built wheel",
}
"""Blocks that no test takes from the page itself, and what does the same."""


def shown():
    """Page and language of all blocks."""
    found = set()
    for page in PAGES:
        for language in FENCE.findall(page.read_text(encoding="utf-8")):
            found.add((page.relative_to(ROOT / "docs").as_posix(), language))
    return {(page, language) for page, language in found if language not in SHOWN}


def taken():
    """Page and language of blocks that a test takes from the page: it names the page, and the language as a word."""
    found = set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        text = file.read_text(encoding="utf-8")
        if file != Path(__file__) and re.search(r"\bblocks?\(", text):
            found |= {
                (page, language)
                for page, language in shown()
                if page in text and re.search(rf"""["']{language}["']""", text)
            }
    return found


def test_every_block_is_run():
    """A block of another language, or on a new page, has to be taken by a test."""
    assert set() == shown() - taken() - RUN_OTHERWISE.keys()


def test_nothing_is_excused_in_vain():
    """What is gone, or is run by now, needs no excuse."""
    assert set() == RUN_OTHERWISE.keys() - (shown() - taken())
