"""What the pages in docs/ show."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def blocks(page, language):
    """The texts of a page's blocks in a language, from the top."""
    return re.findall(rf"^```{language}\n(.*?)^```$", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)
