"""Writes rules, conditions and outcomes as a user would: read again, they are the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from mock_odus.engine.gateways import (
    Answer,
    Approved,
    Challenged,
    Declined,
    FailsLater,
    Outcome,
    TimedOut,
    Unreachable,
)
from mock_odus.engine.periods import Duration
from mock_odus.scripting import windows
from mock_odus.scripting.language import Condition, Rule, Span
from mock_odus.scripting.naming import NAMED

_LENGTHS = (("hour", 3_600_000), ("minute", 60_000), ("second", 1_000), ("millisecond", 1))


def rule(found: Rule, ids: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """A rule with what it was given. `ids` are those of the named records, by kind and name."""
    then = [_answer(answer) for answer in found.then]
    written: dict[str, Any] = {"name": found.name}
    if found.when:
        written["when"] = {condition.fact: wanted(condition, ids) for condition in found.when}
    if found.per:
        written["per"] = found.per
    if found.times:
        written["times"] = found.times
    if found.chance is not None:
        written["chance"] = percent(found.chance)
    return written | {"then": then[0] if len(then) == 1 else then}


def wanted(condition: Condition, ids: Mapping[str, Mapping[str, str]]) -> Any:
    """What a condition asks of its fact: one value, or a list of which any will do."""
    values = [name_of(condition.fact, value, ids) for value in condition.values]
    parts = [*values, *condition.globs, *(_span(condition.fact, span, ids) for span in condition.spans)]
    return parts[0] if len(parts) == 1 else parts


def name_of(fact: str, value: Any, ids: Mapping[str, Mapping[str, str]]) -> Any:
    """The name of a record where the scenario has one for it, else the value itself; of several facts each.

    Charges have one price and one subscription most often, and then that is told alone.
    """
    if isinstance(value, tuple):
        names = [name_of(fact, one, ids) for one in value]
        return names[0] if len(names) == 1 else names
    own = ids.get(NAMED.get(fact, ""), {})
    return next((name for name, id in own.items() if id == value), value)


def percent(chance: float) -> str:
    return f"{chance:.9g}%"


def _span(fact: str, span: Span, ids: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    if fact == windows.KEY:
        bounds = {"from": span.gte, "until": span.lt}
    else:
        bounds = {"gt": span.gt, "gte": span.gte, "lt": span.lt, "lte": span.lte, "ne": span.ne}
    return {word: name_of(fact, bound, ids) for word, bound in bounds.items() if bound is not None}


def _answer(answer: Answer) -> Any:
    outcome = _outcome(answer.outcome)
    if not answer.latency_ms:
        return outcome
    shown = outcome if isinstance(outcome, dict) else {outcome: None}
    return shown | {"latency": _length(Duration(milliseconds=answer.latency_ms))}


def _outcome(outcome: Outcome) -> Any:
    match outcome:
        case Approved():
            due = outcome.chargeback_after
            chargeback = None if due is None else {"after": _length(due)}
            word = "frictionless" if outcome.frictionless else "approve"
            return _detailed(word, chargeback=chargeback, forgotten=outcome.forgotten)
        case Declined():
            words = {"processorCode": outcome.processor_code, "processorMessage": outcome.processor_message}
            details = _told(type=outcome.type, **words)
            return {"decline": {"code": outcome.code, **details}} if details else outcome.code
        case Unreachable():
            return "unreachable" if outcome.status is None else {"error": outcome.status}
        case TimedOut():
            return _detailed("timeout", charged=outcome.charged)
        case Challenged():
            after = None if outcome.after_ms is None else _length(Duration(milliseconds=outcome.after_ms))
            then = None if outcome.then == Approved() else _outcome(outcome.then)
            return _detailed("challenge", answer=outcome.answer, after=after, then=then)
        case FailsLater():
            return {"fail_later": {"after": _length(outcome.after), "code": outcome.code}}
        case _:
            assert_never(outcome)


def _detailed(word: str, **details: Any) -> Any:
    told = _told(**details)
    return {word: told} if told else word


def _told(**details: Any) -> dict[str, Any]:
    return {key: value for key, value in details.items() if value not in (None, False)}


def _length(length: Duration) -> str:
    """A duration in words: `1 month 2 days`."""
    parts = [(length.months, "month"), (length.days, "day")]
    rest = length.milliseconds
    for unit, size in _LENGTHS:
        parts.append((rest // size, unit))
        rest %= size
    words = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]
    return " ".join(words) or "0 seconds"
