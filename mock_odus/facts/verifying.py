"""Asks a running service for every fact and every guess, and tells what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from mock_odus import assumptions
from mock_odus.assumptions import Guess
from mock_odus.engine import periods
from mock_odus.facts import FACTS
from mock_odus.facts.account import Account
from mock_odus.facts.fact import Differs, Fact, Needs, NotCheckable
from mock_odus.facts.measures import MEASURES

Verdict = Literal["holds", "differs", "not checkable"]

SCENARIO = "odus_docs"
"""What a sandbox of a mock holds when a fact is asked: gateways of three integrations, and a route for cards."""

_SHAPES = (KeyError, IndexError, TypeError, ValueError, AttributeError)
"""What a check meets when an answer has not the form that is documented."""


class Finding(NamedTuple):
    """What became of a fact, or of a guess; `detail` says what differs or why it cannot be told."""

    name: str
    sentence: str
    urls: tuple[str, ...]
    verdict: Verdict
    detail: str = ""


class Correction(NamedTuple):
    """A guess that does not hold: what we assume, and what was found; None when that cannot be told."""

    guess: Guess
    found: Any


class OtherSide:
    """What is verified. Of a mock each question gets a sandbox of its own, elsewhere all get the key's account."""

    def __init__(self, url: str, key: str, paths: dict[str, str]) -> None:
        """ConnectionError when nobody answers, ValueError when it is no URL."""
        self._account = Account(url, key, paths)
        health = self._account("GET", "/_mock/health")
        self.is_mock = health.status == 200 and isinstance(health.body, dict) and health.body.get("status") == "ok"
        self._route = "" if self.is_mock else self._missing_route()

    def check(self, needs: Needs) -> None:
        """NotCheckable when the other side cannot do what is needed."""
        if self.is_mock or needs == "nothing":
            return
        if needs != "test card":
            told = {"clock": "a clock that can be moved", "script": "gateways that can be told what to answer"}
            raise NotCheckable(f"it needs {told[needs]}, which only a mock has")
        if self._route:
            raise NotCheckable(self._route)

    @contextmanager
    def account(self) -> Iterator[Account]:
        """Where to ask."""
        if not self.is_mock:
            yield self._account
            return
        try:
            made = self._account.post("/_mock/sandboxes", {"scenario": SCENARIO})
        except Differs as error:
            raise NotCheckable(f"it takes a sandbox of its own: {error}") from None
        account = Account(self._account.url, made["secretKey"], self._account.paths, made["name"])
        try:
            yield account
        finally:
            account.close()
            self._account("DELETE", f"/_mock/sandboxes/{made['name']}")

    def close(self) -> None:
        self._account.close()

    def _missing_route(self) -> str:
        """Why cards cannot be paid with; nothing when they can."""
        known = self._account("GET", "/payments")
        if known.status != 200:
            return f"the key may not read payments: GET /payments is answered by {known.status}"
        try:
            paid = self._account.pay()
        except (Differs, NotCheckable) as error:
            return f"the documented test card cannot be paid with by default: {error}"
        except _SHAPES:
            return "the documented test card cannot be paid with by default"
        return "" if paid.get("status") == "succeeded" else "the documented test card is not approved by default"


def facts(side: OtherSide, asked: Sequence[Fact] = FACTS) -> Iterator[Finding]:
    """What becomes of each fact."""
    for fact in asked:
        verdict, detail, _ = _ask(side, fact.needs, fact.check)
        yield Finding(fact.name, fact.sentence, fact.urls, verdict, detail)


def guesses(side: OtherSide, guessed: Sequence[Guess]) -> Iterator[tuple[Finding, Correction | None]]:
    """What becomes of each guess, and how it is to be corrected."""
    for guess in guessed:
        name = f"{guess.section}.{guess.name}"
        needs, read = MEASURES[name]
        verdict, detail, found = _ask(side, needs, read)
        correction = None
        if verdict == "differs":  # on the way to the value something documented is missing; the facts tell of it
            verdict, detail = "not checkable", f"on the way to it: {detail}"
        elif verdict == "holds" and not _equal(guess, found):
            told = "is another, which cannot be told" if found is None else f"is {written(found)}"
            verdict, detail = "differs", f"we assume {written(guess.value)}, and it {told}"
            correction = Correction(guess, found)
        yield Finding(name, guess.reason, (), verdict, detail), correction


def assumed(corrections: Path | None) -> tuple[dict[str, str], list[Guess]]:
    """The paths in force, and every guess. AssumptionsError."""
    paths: dict[str, str] = msgspec.to_builtins(assumptions.load(corrections).paths)
    return paths, assumptions.guesses(corrections)


def mending(corrections: Sequence[Correction]) -> str:
    """The lines of an `assumptions.yaml` that mend the guesses; of what cannot be told, a comment."""
    sections: dict[str, list[str]] = {}
    for guess, found in corrections:
        known = f"  {guess.name}: {written(found)}"
        unknown = f"  # {guess.name}: not {written(guess.value)}; put in what it is"
        sections.setdefault(guess.section, []).append(unknown if found is None else known)
    return "\n".join("\n".join([f"{section}:", *lines]) for section, lines in sections.items())


def written(value: object) -> str:
    """A value as it is written in a file of corrections."""
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _ask(side: OtherSide, needs: Needs, check: Any) -> tuple[Verdict, str, Any]:
    """The verdict, why, and what the check has told. ConnectionError when there is no answer."""
    try:
        side.check(needs)
        with side.account() as account:
            return "holds", "", check(account)
    except NotCheckable as error:
        return "not checkable", str(error), None
    except Differs as error:
        return "differs", str(error), None
    except _SHAPES as error:
        return "differs", f"an answer has not the form that is documented ({type(error).__name__}: {error})", None


def _equal(guess: Guess, found: Any) -> bool:
    """Whether a guess is what was found; the order of codes means nothing, nor how a duration is written."""
    if found is None:
        return False
    if guess.name == "cascade.failover_on":
        return set(guess.value) == set(found)
    if guess.name in ("retryDelays", "authorization.lapses_after"):
        return _seconds(guess.value) == _seconds(found)
    if guess.name == "signatureHeader":
        return bool(guess.value.lower() == found.lower())
    return bool(guess.value == found)


def _seconds(told: Any) -> list[str]:
    """Durations, comparable; days are exact here."""
    start = "2026-01-01T00:00:00.000Z"
    return [periods.due(start, periods.duration(one)) for one in (told if isinstance(told, list) else [told])]
