"""Reads `then`: what a gateway answers. All scalars arrive as the text that was written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from mock_odus.engine import periods
from mock_odus.engine.declines import ERROR_CODES
from mock_odus.engine.gateways import Answer, Approved, Challenged, Declined, Outcome, TimedOut, Unreachable
from mock_odus.engine.records import ChallengeAnswer
from mock_odus.scripting.findings import Findings
from mock_odus.scripting.forms import ChallengeForm, DeclineForm, TimeoutForm
from mock_odus.scripting.naming import quoted
from mock_odus.shapes import Path, nearest, shown

_SHORT = {"soft_decline": "generic_soft_decline", "hard_decline": "generic_hard_decline"}
_PLAIN: dict[str, Outcome] = {
    "approve": Approved(),
    "challenge": Challenged(),
    "unreachable": Unreachable(),
    "timeout": TimedOut(),
    **{word: Declined(code) for word, code in _SHORT.items()},
    **{code: Declined(code) for code in ERROR_CODES},
}
WORDS = ["approve", "decline", *[word for word in _PLAIN if word != "approve"]]


def read(tree: Any, path: Path, rule: str, findings: Findings) -> tuple[Answer, ...]:
    """The answers of a `then`, in order, bearing the rule's name; what is wrong becomes a finding."""
    reading = _Reading(rule, findings)
    if not isinstance(tree, list):
        return reading.answer(tree, path)
    if not tree:
        findings.add(path, "must hold at least one outcome")
    return tuple(answer for place, item in enumerate(tree) for answer in reading.answer(item, (*path, place)))


def milliseconds(text: str) -> int:
    """A duration of an exact length. ValueError."""
    length = periods.duration(text)
    if length.months:
        raise ValueError(f"must be an exact length, no months or years, found '{text}'")
    return length.days * 86_400_000 + length.milliseconds


class _Reading:
    """`answer` and the others give nothing when they noted a problem."""

    def __init__(self, rule: str, findings: Findings) -> None:
        self.rule, self.findings = rule, findings
        self.detailed: dict[str, Callable[[Any, Path], tuple[Outcome, ...]]] = {
            "decline": self.decline,
            "challenge": self.challenge,
            "timeout": self.timeout,
        }

    def answer(self, tree: Any, path: Path) -> tuple[Answer, ...]:
        latency = 0
        if isinstance(tree, dict) and "latency" in tree:
            latency = self.duration(tree["latency"], (*path, "latency"))
            if isinstance(timeout := tree.get("timeout"), dict) and "after" in timeout:
                self.findings.add((*path, "latency"), "cannot stand beside timeout.after: both say how long it takes")
        elif isinstance(tree, dict) and isinstance(timeout := tree.get("timeout"), dict) and "after" in timeout:
            latency = self.duration(timeout["after"], (*path, "timeout", "after"))
        return tuple(Answer(outcome, self.rule, latency) for outcome in self.outcome(tree, path))

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
        if word in self.detailed and (given or word == "decline"):
            return self.detailed[word](given, (*path, word))
        if given not in (None, "", {}):
            self.findings.add((*path, word), f"takes nothing beside latency, found {shown(given)}")
            return ()
        return (_PLAIN[word],)

    def word(self, word: str, path: Path) -> tuple[Outcome, ...]:
        if word in _PLAIN:
            return (_PLAIN[word],)
        text = "needs a code: {decline: insufficient_funds}" if word == "decline" else _unknown(word, WORDS)
        self.findings.add(path, text)
        return ()

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
        code = _SHORT.get(given["code"], given["code"])
        if code not in ERROR_CODES:
            hint = nearest(code, list(ERROR_CODES)) or f"; known are {', '.join(ERROR_CODES)}"
            self.findings.add(place, f"unknown error code {quoted(code)}{hint}")
            return ()
        words = given.get("processorCode"), given.get("processorMessage")
        return (Declined(code, given.get("type"), *words),)

    def challenge(self, tree: Any, path: Path) -> tuple[Outcome, ...]:
        if not self.findings.check(tree, ChallengeForm, path):
            return ()
        answer = cast(ChallengeAnswer | None, tree.get("answer"))
        after = None
        if "after" in tree:
            after = self.duration(tree["after"], (*path, "after"))
            if answer is None:
                self.findings.add((*path, "after"), "needs `answer`: what is answered then")
        final: tuple[Outcome, ...] = (Approved(),)
        if "then" in tree:
            final = self.outcome(tree["then"], (*path, "then"))
        if not final:
            return ()
        if isinstance(final[0], Challenged):
            self.findings.add((*path, "then"), "cannot be a challenge again: a customer is challenged once")
            return ()
        return (Challenged(answer, after, final[0]),)

    def timeout(self, tree: Any, path: Path) -> tuple[Outcome, ...]:
        return (TimedOut(),) if self.findings.check(tree, TimeoutForm, path) else ()

    def duration(self, text: Any, path: Path) -> int:
        if not isinstance(text, str):
            self.findings.add(path, f"must be a duration such as '2 seconds', found {shown(text)}")
            return 0
        return self.findings.read(milliseconds, text, path) or 0


def _unknown(word: str, known: list[str]) -> str:
    hint = nearest(word, known) or f"; known are {', '.join(known)}"
    return f"unknown outcome {quoted(word)}{hint}"
