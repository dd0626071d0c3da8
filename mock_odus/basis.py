"""What Odus documents, and where: `basis.yaml`, read when somebody asks. Everything it does not name is assumed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

Page = str


class Documented(Struct, frozen=True, forbid_unknown_fields=True):
    """The documented fields and operations of one resource, or the fields of one schema, and the page of each."""

    fields: dict[str, Page] = {}
    operations: dict[str, Page] = {}


@cache
def load() -> dict[str, Documented]:
    """By the name of a resource (`payments`) or of a schema (`Card`)."""
    import yaml  # with aliases, which `documents` refuses; this file is our own

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = Path(__file__).with_name("basis.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.load(text, loader), dict[str, Documented])
