"""A fact that Odus documents, and how it is asked of a running service."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

if TYPE_CHECKING:
    from mock_odus.facts.account import Account

C = TypeVar("C", bound="Callable[[Account], object]")

Needs = Literal["nothing", "test card", "clock", "script"]
"""What a check takes beyond a key: a route by which the documented test cards are paid, a clock that can be moved, or
gateways that can be told what to answer. Only a mock has the last two."""

DOCS = "https://docs.odus.com/docs/"


class Differs(Exception):
    """The other side does something else."""


class NotCheckable(Exception):
    """It cannot be told, for a reason that is no difference: something that is needed is missing."""


class Fact(NamedTuple):
    """`name` is unique, `sentence` is what holds, `urls` are the pages that say so; `check` raises Differs."""

    name: str
    sentence: str
    urls: tuple[str, ...]
    needs: Needs
    check: Callable[[Account], object]


class Chapter:
    """The facts of one subject, declared one by one."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.facts: list[Fact] = []

    def __call__(self, sentence: str, *pages: str, needs: Needs = "nothing") -> Callable[[C], C]:
        """Declares what follows as the check of that sentence, which stands on these pages under the documentation."""

        def declare(check: C) -> C:
            urls = tuple(DOCS + page for page in pages)
            self.facts.append(Fact(f"{self.name}.{check.__name__}", sentence, urls, needs, check))
            return check

        return declare


def same(expected: object, found: object) -> None:
    """Differs when they are not equal."""
    if expected != found:
        raise Differs(f"expected {_shown(expected)}, found {_shown(found)}")


def holds(told: object, otherwise: str) -> None:
    """Differs with that explanation when it is not true."""
    if not told:
        raise Differs(otherwise)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 200 else text[:197] + "..."
