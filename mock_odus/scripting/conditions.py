"""Reads `when`: what a charge must be for a rule to fit. All scalars arrive as the text that was written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from mock_odus.engine.records import (
    Initiator,
    Integration,
    MethodType,
    OffSessionType,
    Operation,
)
from mock_odus.scripting import windows
from mock_odus.scripting.findings import Findings
from mock_odus.scripting.language import Condition, Span, Window
from mock_odus.scripting.matching import holds, like
from mock_odus.scripting.naming import KINDS, NAMED, Names, quoted
from mock_odus.shapes import Path, nearest, one_of, shown

BRANDS = ("visa", "mastercard", "amex", "discover", "diners", "jcb", "unionpay", "unknown")
BOUNDS = ("gt", "gte", "lt", "lte", "ne")

OPERATIONS: tuple[Operation, ...] = get_args(Operation)

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_RANGE = re.compile(r"(-?[0-9]{1,18})\.\.(-?[0-9]{1,18})")


class Fact(Struct, frozen=True):
    """What values a fact takes: a number, any text, text of a certain form, one of some words, a name, or a time.

    `least` is what a number counts from.
    """

    sort: Literal["number", "text", "words", "name", "card", "window"]
    words: tuple[str, ...] = ()
    pattern: str = ""
    described: str = ""
    least: int | None = None


TEXT = Fact("text")
FACTS: dict[str, Fact] = {
    "operation": Fact("words", OPERATIONS),
    "gateway": Fact("name"),
    "integration": Fact("words", get_args(Integration)),
    "cascade": Fact("name"),
    "position": Fact("number", least=1),
    "amount": Fact("number"),
    "currency": Fact("text", pattern="[A-Za-z]{3}", described="a currency of three letters such as usd"),
    "initiator": Fact("words", get_args(Initiator)),
    "offSessionType": Fact("words", get_args(OffSessionType)),
    "method": Fact("words", get_args(MethodType)),
    "card.number": Fact("card"),
    "card.brand": Fact("words", BRANDS),
    "card.last4": Fact("text", pattern="[0-9]{4}", described="four digits"),
    "card.country": Fact("text", pattern="[A-Za-z]{2}", described="a country of two letters such as DE"),
    "card.bin": Fact("text", pattern="[0-9]{6}", described="the first six digits"),
    "customer": Fact("name"),
    "customer.email": TEXT,
    "payment": Fact("name"),
    "price": Fact("name"),
    "product": Fact("name"),
    "subscription": Fact("name"),
    "cycle": Fact("number", least=1),
    "retry": Fact("number", least=0),
    "try": Fact("number", least=1),
    windows.KEY: Fact("window"),
}
METADATA = ("metadata.", "customer.metadata.")
BORN_LATER = ("payment", "subscription")
"""Facts whose values may be ids of what does not exist yet: they are the same in every run."""

_CASES: dict[str, Callable[[str], str]] = {"currency": str.lower, "card.country": str.upper}


class When(Struct, frozen=True):
    """What must hold. A window becomes a condition once its scenario starts."""

    conditions: tuple[Condition, ...] = ()
    window: Window | None = None

    @property
    def operations(self) -> tuple[Operation, ...] | None:
        """The operations that are named; None when none is."""
        for condition in self.conditions:
            if condition.fact == "operation":
                return tuple(operation for operation in OPERATIONS if holds(condition, operation))
        return None


def read(tree: Any, path: Path, names: Names, findings: Findings) -> When:
    """The conditions of a `when`; what is wrong becomes a finding."""
    if tree in (None, "null"):
        return When()
    if not isinstance(tree, dict):
        findings.add(path, f"must be a mapping of conditions such as {{gateway: NAME}}, found {shown(tree)}")
        return When()
    conditions, window = [], None
    for key, value in tree.items():
        fact = _fact(key)
        if fact is None:
            known = [*FACTS, "metadata.KEY", "customer.metadata.KEY"]
            hint = _flat(key, value) or nearest(key, known) or f"; known are {', '.join(known)}"
            findings.add((*path, key), f"unknown condition {quoted(key)}{hint}", key=True)
        elif fact.sort == "window":
            window = windows.read(value, (*path, key), findings)
        else:
            conditions.append(_Reading(key, fact, names, findings).read(value, (*path, key)))
    return When(tuple(conditions), window)


def _flat(key: str, value: Any) -> str:
    """What to write for facts that stand as a mapping in a mapping, for a sentence that ends; nothing for others."""
    found = [f"{key}.{inner}" for inner in value if _fact(f"{key}.{inner}")] if isinstance(value, dict) else []
    return f"; write {' and '.join(found)}" if found else ""


def _fact(key: str) -> Fact | None:
    if any(key.startswith(prefix) and key != prefix for prefix in METADATA):
        return TEXT
    return FACTS.get(key)


class _Reading:
    """One condition, of one fact."""

    def __init__(self, key: str, fact: Fact, names: Names, findings: Findings) -> None:
        self.key, self.fact, self.names, self.findings = key, fact, names, findings

    def read(self, tree: Any, path: Path) -> Condition:
        condition = Condition(fact=self.key)
        if tree == []:
            self.findings.add(path, "must name at least one value")
        for part, place in _parts(tree, path):
            if isinstance(part, dict):
                if span := self.span(part, place):
                    condition = replace(condition, spans=(*condition.spans, span))
            elif not isinstance(part, str):
                self.findings.add(place, f"must be {self.allowed()}, found {shown(part)}")
            elif self.fact.sort == "number" and (match := _RANGE.fullmatch(part)):
                low, high = int(match[1]), int(match[2])
                if low > high:
                    self.findings.add(place, f"must be a range upwards such as {high}..{low}, found {part}")
                condition = replace(condition, spans=(*condition.spans, Span(gte=low, lte=high)))
            elif "*" in part and self.fact.sort == "text":
                condition = replace(condition, globs=(*condition.globs, self.cased(part)))
            else:
                found = tuple(self.values(part, place))
                least = self.fact.least
                if least is not None and any(isinstance(value, int) and value < least for value in found):
                    self.findings.add(place, f"counts from {least}, found {part}")
                condition = replace(condition, values=(*condition.values, *found))
        return condition

    def span(self, tree: dict[str, Any], path: Path) -> Span | None:
        bounds: dict[str, Any] = {}
        allowed = BOUNDS if self.fact.sort == "number" else ("ne",)
        if not tree:
            self.findings.add(path, f"must name at least one of {', '.join(allowed)}")
        for key, value in tree.items():
            if key not in allowed:
                why = f"is for numbers; {self.key} takes ne only"
                if key not in BOUNDS:
                    why = one_of(key, allowed) + _flat(self.key, {key: value})
                self.findings.add((*path, key), why, key=True)
            elif not isinstance(value, str):
                self.findings.add((*path, key), f"must be one value, found {shown(value)}")
            elif "*" in value:
                self.findings.add((*path, key), "takes no glob")
            elif found := list(self.values(value, (*path, key))):
                bounds[key] = found[0]
        span = Span(**bounds) if bounds else None
        if span and self.fact.sort == "number" and _is_empty(span):
            self.findings.add(path, f"leaves no number, found {', '.join(f'{key}: {tree[key]}' for key in tree)}")
        return span

    def values(self, word: str, path: Path) -> Iterable[str | int]:
        """What a word stands for: one value, or with a glob in a name all that it fits."""
        sort, fact, names = self.fact.sort, self.fact, self.names
        if sort == "number":
            if _INTEGER.fullmatch(word):
                return (int(word),)
            self.findings.add(path, f"must be {self.allowed()}, found {shown(word)}")
        elif sort == "words":
            if found := _chosen(word, {known: known for known in fact.words}, str.lower):
                return found
            self.findings.add(path, one_of(word, fact.words))
        elif sort == "name":
            kind = NAMED[self.key]
            if found := _chosen(word, names.ids.get(kind, {})) if "*" in word else ():
                return found
            if id := names.id(kind, word):
                return (id,)
            singular, is_born_later = KINDS[kind].singular, self.key in BORN_LATER
            if is_born_later and names.is_id(singular, word):
                return (word,)
            is_named = not is_born_later or bool(names.ids.get(kind))
            self.findings.add(path, names.unknown(kind, word) if is_named else names.bad_id(singular, word))
        elif sort == "card":
            if found := _chosen(word, {name: name for name in names.numbers.values()}):
                return found
            if found := tuple(dict.fromkeys(_chosen(word.replace(" ", "").replace("-", ""), names.numbers))):
                return found
            self.findings.add(path, names.unknown_card(word))
        elif fact.pattern and not re.fullmatch(fact.pattern, word):
            self.findings.add(path, f"must be {fact.described}, found {shown(word)}")
        else:
            return (self.cased(word),)
        return ()

    def cased(self, word: str) -> str:
        """Any case of a currency or a country is accepted; a charge has the one in lower case, the other in upper."""
        return _CASES.get(self.key, str)(word)

    def allowed(self) -> str:
        if self.fact.sort == "number":
            return "an integer, a range such as 1..3, or bounds such as {gte: 100}"
        return "a value, a list of values, or {ne: VALUE}"


def _is_empty(span: Span) -> bool:
    """Whether no integer lies within the bounds."""
    low = [bound for bound in (span.gte, None if span.gt is None else int(span.gt) + 1) if bound is not None]
    high = [bound for bound in (span.lte, None if span.lt is None else int(span.lt) - 1) if bound is not None]
    return bool(low and high) and max(map(int, low)) > min(map(int, high))


def _parts(tree: Any, path: Path) -> list[tuple[Any, Path]]:
    return [(part, (*path, place)) for place, part in enumerate(tree)] if isinstance(tree, list) else [(tree, path)]


def _chosen(word: str, known: Mapping[str, str], fold: Callable[[str], str] = str) -> tuple[str, ...]:
    """What the known words stand for that equal the word or, when it is a glob, fit it."""
    pattern = fold(word)
    if "*" in pattern:
        return tuple(value for name, value in known.items() if like(pattern, fold(name)))
    return tuple(value for name, value in known.items() if fold(name) == pattern)
