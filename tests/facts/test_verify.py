"""`mock-odus verify`, against mocks that were changed on purpose: each difference is named, and no false one."""

import io
import re
from contextlib import redirect_stderr, redirect_stdout

import pytest

from mock_odus import assumptions
from mock_odus.cli import main
from mock_odus.facts import FACTS, verifying
from mock_odus.facts.verifying import OtherSide
from tests.facts.changed import CHANGES, Bare, Changed
from tests.facts.test_guesses import GUESSES, OTHERS, of, verdicts

NEEDS = {fact.name: fact.needs for fact in FACTS}


def found(url):
    """The facts by verdict."""
    side = OtherSide(url, "skey_mock", verifying.assumed(None)[0])
    told = list(verifying.facts(side))
    side.close()
    return {
        verdict: {finding.name: finding.detail for finding in told if finding.verdict == verdict}
        for verdict in ("holds", "differs", "not checkable")
    }


def verify(*options):
    """The command, its exit code and what it printed."""
    out, err = io.StringIO(), io.StringIO()  # click's own runner parts the two since 8.2 only
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
        main(["verify", *options], prog_name="mock-odus")
    return end.value.code, out.getvalue(), err.getvalue()


def test_other_values_are_no_other_facts(other):
    """On a mock that differs in every value that we guess every fact can still be checked, and holds."""
    told = found(other(of([name for name in OTHERS if not name.startswith("paths.")])))

    assert {} == told["differs"]
    assert {} == told["not checkable"]


def test_what_lies_elsewhere_is_told_and_blamed_on_nothing_else(other):
    """Paths that we guess wrong are named; what is asked through them cannot be checked, and nothing differs."""
    paths = [name for name in OTHERS if name.startswith("paths.")]
    url = other(of(paths))
    told = found(url)

    assert {} == told["differs"]
    assert all("is our guess, and is not there" in detail for detail in told["not checkable"].values())
    assert "conventions.created" in told["holds"]
    seen, _ = verdicts(url, assumptions.guesses())
    assert "paths.payments.authorize" in [name for name, verdict in seen.items() if verdict == "differs"]
    assert [] == [name for name, verdict in seen.items() if verdict == "differs" and name not in paths]


def test_an_account_without_gateways_is_asked_less(other):
    """Nothing can be paid there: what is left holds, and nothing is said to differ."""
    told = found(other(wrapped=Bare))

    assert {} == told["differs"]
    assert "test card" not in {NEEDS[name] for name in told["holds"]}
    assert "conventions.metadata_merges" in told["holds"]
    assert "no gateway profile of stripe" in told["not checkable"]["routing.title"]


def test_verifying_leaves_a_mock_as_it_was(mock):
    """Each question has a sandbox of its own, which is gone afterwards."""
    side = OtherSide(mock, "skey_mock", verifying.assumed(None)[0])
    with side.account() as account:
        before = account.get("/_mock/sandboxes")
    list(verifying.facts(side, FACTS[:5]))
    with side.account() as account:
        after = account.get("/_mock/sandboxes")
    side.close()

    assert [len(before), "mock"] == [len(after), after[0]["name"]]
    assert before[0] == after[0]


# --- The command


def test_the_command_tells_what_holds(mock):
    """Fact by fact and guess by guess, with the counts; it exits 0, and never tells the key."""
    code, told, _ = verify("--url", mock, "--key", "skey_mock")

    assert 0 == code
    assert [] == [fact.name for fact in FACTS if f"holds          {fact.name}\n" not in told]
    assert f"{len(FACTS)} facts: {len(FACTS)} hold, 0 differ, 0 cannot be checked here\n" in told
    assert f"{len(OTHERS)} guesses: {len(OTHERS)} hold, 0 differ" in told
    assert "skey_mock" not in told


def test_every_changed_fact_is_named(other):
    """Each by its sentence, what was found and its page, and no other; then the lines that mend what is a value."""
    code, told, _ = verify("--url", other("statusCodes: {action: 200}", Changed))

    assert 1 == code
    assert sorted([*CHANGES.values(), "statusCodes.action"]) == sorted(
        re.findall(r"^differs +(\S.*)$", told, re.MULTILINE)
    )
    assert (
        "differs        conventions.created\n"
        "               POST /payments answers 201.\n"
        "               expected 201, found 200\n"
        "               https://docs.odus.com/docs/api/core/payment-controller-create\n"
    ) in told
    assert "               we assume 201, and it is 200\n" in told
    assert told.endswith("mend it:\n\nstatusCodes:\n  action: 200\n")


def test_the_command_takes_corrections(other, tmp_path):
    """With a file that says how the other side is, nothing differs from that."""
    file = tmp_path / "mine.yaml"
    file.write_text(of("paths.payments.authorize"))

    assert 0 == verify("--url", other(file.read_text()), "--assumptions", str(file))[0]


def test_what_cannot_be_told_is_a_comment(other):
    """Of a path that we guess wrong the lines say that it is to be put in."""
    _, wrong = verdicts(other(of("paths.payments.authorize")), [GUESSES["paths.payments.authorize"]])

    assert "paths:\n  # payments.authorize: not /payments/{id}/authorize; put in what it is" == verifying.mending(wrong)


def test_a_service_without_a_clock_is_asked_what_it_can_do(other):
    """It may be the real thing, so not unasked; what needs a clock or a script is counted, the rest holds."""
    url = other(wrapped=Bare, scenario="odus_docs")
    refused, _, why = verify("--url", url)
    code, told, _ = verify("--url", url, "--test-account")
    unasked = [name for name, needs in NEEDS.items() if needs in ("clock", "script")]

    assert (2, True) == (refused, "say --test-account" in why)
    assert (0, 0) == (code, told.count("differs  "))
    assert set(unasked) == set(re.findall(r"^not checkable +(\S.*)$", told, re.MULTILINE)) & NEEDS.keys()
    assert f"{len(FACTS)} facts: {len(FACTS) - len(unasked)} hold, 0 differ, {len(unasked)} cannot be checked" in told


@pytest.mark.parametrize(
    "options", [["--url", "http://127.0.0.1:9"], ["--url", "nowhere"], ["--assumptions", "no.yaml"]]
)
def test_wrong_use_of_the_command_is_told(options):
    """Nobody there, no URL, no file: exit 2 and a sentence."""
    code, _, told = verify(*options)

    assert 2 == code
    assert options[1].removeprefix("http://") in told
