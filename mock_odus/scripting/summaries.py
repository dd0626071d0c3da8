"""What each scenario is about, in a sentence. Nothing is built for it: one broken file does not spoil the list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path as File

from mock_odus import documents
from mock_odus.scripting.forms import ScenarioForm
from mock_odus.scripting.language import ScenarioError
from mock_odus.scripting.library import Library, available


def summaries(folders: Sequence[File] = ()) -> dict[str, str]:
    """Every scenario that can be named, those of the folders and the shipped ones, with its first sentence."""
    return {name: _summary(file, name) for name, file in available(folders).items()}


def _summary(file: File, name: str) -> str:
    try:
        document = documents.read(Library().open(file, name).text)
    except ScenarioError as error:
        return str(error)
    tree = documents.value(document.root, ScenarioForm)
    if not isinstance(tree, dict):
        return f"cannot be read: mock-odus check {file.name} tells why"
    about = tree.get("about") or tree.get("name")
    words = " ".join(about.split()) if isinstance(about, str) else "tells nothing about itself"
    return re.split(r"(?<=[.?!])\s+(?=[A-Z])", words, maxsplit=1)[0]
