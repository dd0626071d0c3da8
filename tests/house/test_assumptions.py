"""`assumptions.yaml`, what we guess: it is whole, and a user's corrections arrive where they are read."""

from pathlib import Path

import msgspec
import pytest
import yaml

from mock_odus import assumptions
from mock_odus.app import create_app

FILE = Path(assumptions.__file__).with_name("assumptions.yaml")


@pytest.fixture
def corrected(tmp_path):
    """The assumptions with these corrections, as a file says them."""

    def load(text):
        file = tmp_path / "mine.yaml"
        file.write_text(text)
        return assumptions.load(file)

    return load


@pytest.fixture
def refused(corrected):
    """What is wrong with corrections, each with its line and column."""

    def told(text):
        with pytest.raises(assumptions.AssumptionsError) as caught:
            corrected(text)
        return [line.partition("mine.yaml:")[2] for line in str(caught.value).splitlines()]

    return told


def test_every_guess_is_a_value_and_a_reason():
    """And nothing else: a comma in a reason without quotation marks would begin another key."""
    sections = yaml.safe_load(FILE.read_text())
    guesses = {f"{section}.{name}": entry for section, entries in sections.items() for name, entry in entries.items()}
    assert [] == [name for name, entry in guesses.items() if {"value", "reason"} != set(entry)]
    assert [] == [name for name, entry in guesses.items() if len(entry["reason"].split()) < 3]


def test_there_are_six_sections_and_at_most_forty_guesses():
    """More would not be read; each is typed."""
    sections = yaml.safe_load(FILE.read_text())
    fields = msgspec.structs.fields(assumptions.Assumptions)
    typed = {one.encode_name: [field.encode_name for field in msgspec.structs.fields(one.type)] for one in fields}

    assert ["paths", "statusCodes", "prefixes", "webhook", "policies", "defaults"] == list(typed)
    assert typed == {section: list(entries) for section, entries in sections.items()}
    assert 40 >= sum(map(len, typed.values()))


def test_billing_can_be_corrected(corrected):
    """Each guess by itself, or all of them; what is left out stays."""
    text = """policies:
      dunning.days: [7]
      dunning.stop_on_hard_decline: true
      billing.catch_up: {value: bill_each, reason: we asked}
    """
    policies = corrected(text).for_engine()
    assert ((7,), True, "bill_each") == (policies.dunning_days, policies.stop_on_hard_decline, policies.catch_up)
    assert assumptions.load().for_engine().failover_on == policies.failover_on
    alone = corrected("policies: {billing.catch_up: bill_each}").for_engine()
    assert ((1, 3, 5), False, "bill_each") == (alone.dunning_days, alone.stop_on_hard_decline, alone.catch_up)


@pytest.mark.parametrize("text", ["{}", "webhook: {}"])
def test_a_file_may_correct_nothing(corrected, text):
    """Then everything is as we guess."""
    assert assumptions.load() == corrected(text)


@pytest.mark.parametrize("prefix", ["subscription: sub2", "webhookSubscriber: hook"])
def test_a_documented_prefix_is_no_guess(refused, prefix):
    """It cannot be corrected."""
    (told,) = refused(f"prefixes: {{{prefix}}}")
    assert told.startswith(f"1:12: prefixes.{prefix.partition(':')[0]} is not an assumption")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("policies: [", ["2:1: not YAML"]),
        ("- 1", ["1:1: must be a mapping of paths, statusCodes, "]),
        ("polices: {}", ["1:1: polices is not a section: must be one of paths, ", "; did you mean 'policies'?"]),
        ("policies: 3", ["1:1: policies must be a mapping of cascade.failover_on, "]),
        (
            "policies:\n  billing.catch_up: skipp",
            ["2:21: policies.billing.catch_up must be one of skip, bill_each, found \"skipp\"; did you mean 'skip'?"],
        ),
        (
            "policies:\n  billing.catchup: skip",
            ["2:3: policies.billing.catchup is not an assumption; did you mean 'policies.billing.catch_up'?"],
        ),
        ("policies:\n  dunning.days: []", ["2:17: policies.dunning.days must be a list of 1 to 100 entries, found []"]),
        (
            "policies:\n  dunning.days: [1, soon]",
            ['2:21: policies.dunning.days[1] must be an integer from 1 to 3650, in days, found "soon"'],
        ),
        (
            "policies:\n  dunning.days:\n    value: [0]\n    resaon: we asked",
            [
                "3:13: policies.dunning.days[0] must be an integer from 1 to 3650, in days, found 0",
                "4:5: policies.dunning.days.resaon is neither value nor reason; did you mean 'reason'?",
            ],
        ),
        (
            "policies: {dunning.stop_on_hard_decline: often}",
            ['1:42: policies.dunning.stop_on_hard_decline must be true or false, found "often"'],
        ),
        ("policies: {idempotency: yes}", ['1:25: policies.idempotency must be one of on, off, found "yes"']),
        (
            "policies: {cascade.failover_on: [lost_cart]}",
            ["1:34: policies.cascade.failover_on[0] must be one of ", "; did you mean 'lost_card'?"],
        ),
        (
            "policies: {authorization.lapses_after: a week}",
            ["1:40: policies.authorization.lapses_after must be a duration such as '7 days', found \"a week\""],
        ),
        (
            "webhook: {retryDelays: [5 s, later]}",
            ["1:30: webhook.retryDelays[1] must be a duration such as '5 minutes', found \"later\""],
        ),
        (
            "webhook: {signatureHeader: 'x odus'}",
            ["1:28: webhook.signatureHeader must be a header's name of letters, digits and '-', found \"x odus\""],
        ),
        ("statusCodes: {action: 999}", ["1:23: statusCodes.action must be one of 200, 201, 202, found 999"]),
        ("statusCodes: {notFound: 200}", ["1:25: statusCodes.notFound must be one of 400, 401, "]),
        (
            "paths: {payments.capture: /capture}",
            ['1:27: paths.payments.capture must be a path such as /payments/{id}/capture, found "/capture"'],
        ),
        (
            "paths: {payments.capture: '/payments/{id}/cancel'}",
            ['1:27: paths.payments.capture is "/payments/{id}/cancel", which is that of payments.cancel'],
        ),
        ("paths: {payments.reverse: '/payments/{id}/refund'}", ["1:9: paths.payments.reverse is not an assumption"]),
        (
            "prefixes: {invoice: PRICE}",
            ["1:21: prefixes.invoice must be 1 to 16 of a-z and 0-9, a letter first, found"],
        ),
        ("prefixes: {invoice: price}", ['1:21: prefixes.invoice is "price", which is that of price']),
        (
            "defaults: {timezone: Europe/Pariss}",
            [
                "1:22: defaults.timezone must be an IANA timezone such as Europe/Paris, ",
                "; did you mean 'Europe/Paris'?",
            ],
        ),
        (
            "defaults: {displayCurrency: euros}",
            ["1:29: defaults.displayCurrency must be a currency of three lower-case "],
        ),
    ],
)
def test_a_wrong_correction_is_told_with_its_place_and_what_is_allowed(refused, text, told):
    """Line, column, what was found and what may stand there; one line a problem."""
    found = "\n".join(refused(text))
    assert [] == [part for part in told if part not in found], found
    assert sum(part[0].isdigit() for part in told) == len(found.splitlines())


@pytest.mark.parametrize("path", ["/openapi.json", "/_mock/clock", "/dashboard", "/sdk/x", "/shop/logs"])
def test_an_operation_cannot_lie_where_the_mock_has_its_own(tmp_path, path):
    """It could not be reached, or something else could not."""
    file = tmp_path / "mine.yaml"
    file.write_text(f"paths: {{requestLogs: {path}}}")
    with pytest.raises(assumptions.AssumptionsError, match=f"{path}.* is the mock's own"):
        create_app(corrections=file)


def test_two_operations_cannot_lie_at_one_path(tmp_path):
    """Neither could be reached for sure."""
    file = tmp_path / "mine.yaml"
    file.write_text("paths: {payments.cancel: '/payments/{id}/reverse'}")
    with pytest.raises(
        assumptions.AssumptionsError, match=r"two operations cannot lie at POST /payments/\{id\}/reverse"
    ):
        create_app(corrections=file)
