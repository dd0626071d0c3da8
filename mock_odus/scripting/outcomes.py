"""Reads `then`: what a gateway answers. All scalars arrive as the text that was written."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Annotated, Any, cast

from msgspec import Meta, Struct

from mock_odus.engine import periods
from mock_odus.engine.declines import ERROR_CODES
from mock_odus.engine.gateways import (
    Answer,
    Approved,
    Challenged,
    Declined,
    FailsLater,
    Final,
    Outcome,
    TimedOut,
    Unreachable,
)
from mock_odus.engine.periods import Duration
from mock_odus.engine.records import ChallengeAnswer, Operation
from mock_odus.scripting.conditions import OPERATIONS
from mock_odus.scripting.findings import Findings
from mock_odus.scripting.forms import ApproveForm, ChallengeForm, DeclineForm, FailLaterForm, TimeoutForm
from mock_odus.scripting.naming import quoted
from mock_odus.shapes import Path, nearest, shown

SHORT = {"soft_decline": "generic_soft_decline", "hard_decline": "generic_hard_decline"}
_PLAIN: dict[str, Outcome] = {
    "approve": Approved(),
    "challenge": Challenged(),
    "frictionless": Approved(frictionless=True),
    "unreachable": Unreachable(),
    "timeout": TimedOut(),
    **{word: Declined(code) for word, code in SHORT.items()},
    **{code: Declined(code) for code in ERROR_CODES},
}
# What says nothing by its name alone.
NEEDY = {
    "decline": "needs a code: {decline: insufficient_funds}",
    "error": "needs an HTTP status: {error: 503}",
    "fail_later": "needs a time: {fail_later: {after: 2 days}}",
}
WORDS = ["approve", "decline", "error", "fail_later", *[word for word in _PLAIN if word != "approve"]]

_NOTHING: tuple[Any, ...] = (None, "", "null", "~", {})
_STATUS = re.compile("[45][0-9]{2}")
_SOME_DAY = "2026-01-01T00:00:00.000Z"


def _such(form: type, sample: str) -> Any:
    return Annotated[form, Meta(description=f"an object such as {sample}")]


_APPROVE = _such(ApproveForm, "{forgotten: true}")
_CHALLENGE = _such(ChallengeForm, "{answer: passed}")
_TIMEOUT = _such(TimeoutForm, "{after: 30 seconds}")
_FAIL_LATER = _such(FailLaterForm, "{after: 2 days}")


class Then(Struct, frozen=True):
    """The answers in order, and the operations the rule is about: all of them when it does not matter which."""

    answers: tuple[Answer, ...] = ()
    operations: Collection[Operation] = OPERATIONS


def read(tree: Any, path: Path, rule: str, operations: Collection[Operation] | None, findings: Findings) -> Then:
    """The answers of a `then`, bearing the rule's name; what is wrong becomes a finding.

    `operations` are those that the rule's `when` names. When it names none, the outcomes say what the rule is about.
    """
    reading = _Reading(rule, operations, findings)
    if isinstance(tree, list) and not tree:
        findings.add(path, "must hold at least one outcome")
    places = [((*path, place), item) for place, item in enumerate(tree)] if isinstance(tree, list) else [(path, tree)]
    answers = tuple(answer for place, item in places for answer in reading.answer(item, place))
    return Then(answers, reading.about)


def milliseconds(text: str) -> int:
    """A duration of an exact length. ValueError."""
    length = calendar(text)
    if length.months:
        raise ValueError(f"must be an exact length, no months or years, found '{text}'")
    return length.days * 86_400_000 + length.milliseconds


def calendar(text: str) -> Duration:
    """A duration that may have months and years. ValueError."""
    length = periods.duration(text)
    try:
        periods.after(_SOME_DAY, length)
    except OverflowError:
        raise ValueError(f"must end before the year 9999, found '{text}'") from None
    return length


class _Reading:
    """`answer` and the others give nothing when they noted a problem. `about` shrinks to what outcomes belong to."""

    def __init__(self, rule: str, named: Collection[Operation] | None, findings: Findings) -> None:
        self.rule, self.named, self.findings = rule, named, findings
        self.about: tuple[Operation, ...] = OPERATIONS if named is None else tuple(named)
        self.detailed: dict[str, Callable[[Any, Path], tuple[Outcome, ...]]] = {
            "approve": self.approve,
            "decline": self.decline,
            "challenge": self.challenge,
            "timeout": self.timeout,
            "error": self.error,
            "fail_later": self.fail_later,
        }

    def answer(self, tree: Any, path: Path) -> tuple[Answer, ...]:
        latency = 0
        if isinstance(tree, dict) and "latency" in tree:
            latency = self.exact(tree["latency"], (*path, "latency"))
            if isinstance(timeout := tree.get("timeout"), dict) and "after" in timeout:
                self.findings.add((*path, "latency"), "cannot stand beside timeout.after: both say how long it takes")
        elif isinstance(tree, dict) and isinstance(timeout := tree.get("timeout"), dict) and "after" in timeout:
            latency = self.exact(timeout["after"], (*path, "timeout", "after"))
        found = self.outcome(tree, path)
        if self.named is None and not all(isinstance(outcome, Unreachable | TimedOut) for outcome in found):
            # A gateway that is down is down for refunds too; anything else speaks of authorizing.
            self.about = ("authorize",)
        return tuple(Answer(outcome, self.rule, latency) for outcome in found)

    def outcome(self, tree: Any, path: Path) -> tuple[Outcome, ...]:
        if isinstance(tree, str):
            return self.word(tree, path)
        if not isinstance(tree, dict):
            found = "a list in a list" if isinstance(tree, list) else shown(tree)
            self.findings.add(path, f"must be an outcome such as approve or insufficient_funds, found {found}")
            return ()
        words = [key for key in tree if key != "latency"]
        unknown = [key for key in words if key not in WORDS]
        for key in unknown:
            self.findings.add((*path, key), _unknown(key, [*WORDS, "latency"]), key=True)
        if unknown:
            return ()
        if len(words) != 1:
            found = " and ".join(words) or "none"
            self.findings.add(path, f"must name exactly one outcome, found {found}")
            return ()
        word, given = words[0], tree[words[0]]
        if word in self.detailed and (given not in _NOTHING or word in NEEDY):
            return self.detailed[word](given, (*path, word))
        if given not in _NOTHING:
            self.findings.add((*path, word), f"takes nothing beside latency, found {shown(given)}")
            return ()
        return self.word(word, (*path, word))

    def word(self, word: str, path: Path) -> tuple[Outcome, ...]:
        if word not in _PLAIN:
            self.findings.add(path, NEEDY.get(word) or _unknown(word, WORDS))
            return ()
        if word in ("challenge", "frictionless"):
            self.belongs(word, ("authorize",), path)
        return (_PLAIN[word],)

    def belongs(self, word: str, operations: tuple[Operation, ...], path: Path) -> None:
        """Notes a problem when the rule's `when` names an operation that the outcome cannot be about."""
        foreign = [operation for operation in self.about if operation not in operations]
        if self.named is not None and foreign:
            text = f"{word} is for {_listed(operations)} only, and this rule is about {_listed(self.about)}"
            self.findings.add(path, text)
        if self.named is None:
            self.about = tuple(operation for operation in self.about if operation in operations)

    def approve(self, tree: Any, path: Path) -> tuple[Outcome, ...]:
        if not self.findings.check(tree, _APPROVE, path):
            return ()
        after = None
        if chargeback := tree.get("chargeback"):
            self.belongs("chargeback", ("authorize",), (*path, "chargeback"))
            after = self.findings.read(calendar, chargeback["after"], (*path, "chargeback", "after"))
        if forgotten := tree.get("forgotten") == "true":
            self.belongs("forgotten", ("authorize",), (*path, "forgotten"))
        return (Approved(forgotten=forgotten, chargeback_after=after),)

    def decline(self, tree: Any, path: Path) -> tuple[Outcome, ...]:
        place = path
        if isinstance(tree, dict):
            if not self.findings.check(tree, DeclineForm, path):
                return ()
            place = (*path, "code")
        elif not isinstance(tree, str):
            self.findings.add(path, f"must be an error code such as insufficient_funds, found {shown(tree)}")
            return ()
        given = tree if isinstance(tree, dict) else {"code": tree}
        words = given.get("processorCode"), given.get("processorMessage")
        return tuple(Declined(code, given.get("type"), *words) for code in self.code(given["code"], place))

    def code(self, word: str, path: Path) -> tuple[str, ...]:
        code = SHORT.get(word, word)
        if code in ERROR_CODES:
            return (code,)
        hint = nearest(code, list(ERROR_CODES)) or f"; known are {', '.join(ERROR_CODES)}"
        self.findings.add(path, f"unknown error code {quoted(code)}{hint}")
        return ()

    def challenge(self, tree: Any, path: Path) -> tuple[Outcome, ...]:
        self.belongs("challenge", ("authorize",), path)
        if not self.findings.check(tree, _CHALLENGE, path):
            return ()
        answer = cast(ChallengeAnswer | None, tree.get("answer"))
        after = None
        if "after" in tree:
            after = self.exact(tree["after"], (*path, "after"))
            if answer is None:
                self.findings.add((*path, "after"), "needs `answer`: what is answered then")
            elif answer == "abandoned":
                self.findings.add((*path, "after"), "must be left out: an abandoned challenge is never answered")
        final: tuple[Outcome, ...] = (Approved(),)
        if "then" in tree:
            final = self.outcome(tree["then"], (*path, "then"))
        return tuple(Challenged(answer, after, then) for found in final for then in self.last(found, (*path, "then")))

    def last(self, found: Outcome, path: Path) -> tuple[Final, ...]:
        """What a gateway may say once a challenge is passed."""
        if isinstance(found, Challenged):
            self.findings.add(path, "cannot be a challenge again: a customer is challenged once")
            return ()
        if isinstance(found, FailsLater):
            self.findings.add(path, "cannot be fail_later: that is for refunds and voids")
            return ()
        if isinstance(found, Approved) and found.frictionless:
            self.findings.add(path, "cannot be frictionless: the customer has been challenged")
            return ()
        return (found,)

    def timeout(self, tree: Any, path: Path) -> tuple[Outcome, ...]:
        if not self.findings.check(tree, _TIMEOUT, path):
            return ()
        if charged := tree.get("charged") == "true":
            self.belongs("charged", ("authorize", "capture", "refund"), (*path, "charged"))
        return (TimedOut(charged),)

    def error(self, tree: Any, path: Path) -> tuple[Outcome, ...]:
        if isinstance(tree, str) and _STATUS.fullmatch(tree):
            return (Unreachable(int(tree)),)
        self.findings.add(path, f"must be an HTTP status from 400 to 599, found {shown(tree)}")
        return ()

    def fail_later(self, tree: Any, path: Path) -> tuple[Outcome, ...]:
        if self.named is None:
            text = "is for refunds and voids: write `operation: refund`, or `operation: [refund, void]`, in `when`"
            self.findings.add(path, text)
        else:
            self.belongs("fail_later", ("refund", "void"), path)
        if not self.findings.check(tree, _FAIL_LATER, path):
            return ()
        after = self.findings.read(calendar, tree["after"], (*path, "after"))
        codes = self.code(tree["code"], (*path, "code")) if tree.get("code") else (FailsLater(Duration()).code,)
        return tuple(FailsLater(after, code) for code in codes if after is not None)

    def exact(self, text: Any, path: Path) -> int:
        if not isinstance(text, str):
            self.findings.add(path, f"must be a duration such as '2 seconds', found {shown(text)}")
            return 0
        return self.findings.read(milliseconds, text, path) or 0


def _listed(words: Collection[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _unknown(word: str, known: list[str]) -> str:
    hint = nearest(word, known) or f"; known are {', '.join(known)}"
    return f"unknown outcome {quoted(word)}{hint}"
