"""What `mock-odus verify` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from mock_odus.facts import verifying
from mock_odus.facts.verifying import Correction, Finding, OtherSide


class ForTestAccountsOnly(Exception):
    """What is asked leaves records behind, and this may be a real account."""


def lines(url: str, key: str, corrections: Path | None, *, is_test_account: bool) -> Iterator[tuple[str, bool]]:
    """The report line by line, each with whether it tells a difference.

    AssumptionsError, ConnectionError, ValueError for a bad URL; ForTestAccountsOnly when nobody said that it is one.
    """
    paths, guessed = verifying.assumed(corrections)
    side = OtherSide(url, key, paths)
    try:
        if not side.is_mock and not is_test_account:
            raise ForTestAccountsOnly(
                f"{url} is no mock, and what is asked leaves customers, keys and payments behind: "
                "say --test-account when the key is that of a test account"
            )
        found: list[Finding] = []
        wrong: list[Correction] = []
        yield _heading("Facts", "what Odus documents"), False
        for finding in verifying.facts(side):
            found.append(finding)
            yield _line(finding), finding.verdict == "differs"
        yield _heading("Guesses", "what we assume where it is silent"), False
        told: list[Finding] = []
        for finding, correction in verifying.guesses(side, guessed):
            told.append(finding)
            wrong += [correction] if correction else []
            yield _line(finding), finding.verdict == "differs"
        yield f"\n{_count('facts', found)}\n{_count('guesses', told)}", False
        if wrong:
            yield f"\nThese lines of an assumptions.yaml mend it:\n\n{verifying.mending(wrong)}", False
    finally:
        side.close()


def _heading(title: str, told: str) -> str:
    return f"\n{title}: {told}\n"


def _line(finding: Finding) -> str:
    """One line; what differs is told in full, with its pages."""
    first = f"{finding.verdict:<13}  {finding.name}"
    if finding.verdict == "holds":
        return first
    rest = [finding.detail] if finding.verdict == "not checkable" else [finding.sentence, finding.detail, *finding.urls]
    return "\n".join([first, *(f"{'':<15}{line}" for line in rest)])


def _count(what: str, found: Iterable[Finding]) -> str:
    counts = Counter(finding.verdict for finding in found)
    return (
        f"{counts.total()} {what}: {counts['holds']} hold, {counts['differs']} differ, "
        f"{counts['not checkable']} cannot be checked here"
    )
