"""docs/fidelity.md: its second part is written by a script, from what the code knows."""

import subprocess
import sys
from pathlib import Path

from mock_odus import basis

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "fidelity.md").read_text(encoding="utf-8")


def test_the_page_is_up_to_date():
    """It is what `scripts/fidelity.py` writes; the part above the mark is kept as it is."""
    code = "from scripts import fidelity as it; print(it.page(it.PAGE.read_text(encoding='utf-8')), end='')"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert told == PAGE, "run .venv/bin/python scripts/fidelity.py"


def test_every_documented_page_is_linked():
    """Whatever basis.yaml names as a source can be followed from here."""
    pages = {page for entry in basis.load().values() for page in (*entry.fields.values(), *entry.operations.values())}

    assert [] == [page for page in pages if f"({page})" not in PAGE]
