"""Every guess can be corrected, and the correction can be seen from outside: no entry of assumptions.yaml is idle."""

import pytest
import yaml

from mock_odus import assumptions
from mock_odus.facts import verifying
from mock_odus.facts.measures import MEASURES
from mock_odus.facts.verifying import OtherSide

GUESSES = {f"{guess.section}.{guess.name}": guess for guess in assumptions.guesses()}

OTHERS = {
    "paths.payments.authorize": "/payments/{id}/confirm",
    "paths.payments.capture": "/payments/{id}/settle",
    "paths.payments.cancel": "/v2/payments/{id}/abandon",
    "paths.subscriptions.resume": "/subscriptions/{id}/reactivate",
    "paths.subscriptions.apply-preview": "/subscriptions/{id}/preview/apply",
    "paths.invoices.pay": "/invoices/{id}/charge",
    "paths.invoices.void": "/invoices/{id}/forgive",
    "paths.webhookSubscribers": "/webhooks",
    "paths.requestLogs": "/logs/requests",
    "statusCodes.action": 200,
    "statusCodes.unauthorized": 403,
    "statusCodes.forbidden": 404,
    "statusCodes.notFound": 410,
    **{
        f"prefixes.{name}": f"x{place}"
        for place, name in enumerate(guess.name for guess in GUESSES.values() if guess.section == "prefixes")
    },
    "webhook.signatureHeader": "odus-signature",
    "webhook.signatureEncoding": "base64",
    "webhook.retryDelays": ["10 minutes", "3 hours", "2 days"],
    "policies.cascade.failover_on": ["generic_soft_decline", "processor_unavailable", "processor_timeout"],
    "policies.authorization.lapses_after": "6 days",
    "policies.dunning.days": [2, 30],
    "policies.dunning.stop_on_hard_decline": True,
    "policies.billing.catch_up": "bill_each",
    "policies.idempotency": "on",
    "defaults.displayCurrency": "eur",
    "defaults.timezone": "Europe/Paris",
}
"""Another value of each."""


def of(name):
    """A file that corrects these entries."""
    sections = {}
    for one in [name] if isinstance(name, str) else name:
        section, _, entry = one.partition(".")
        sections.setdefault(section, {})[entry] = OTHERS[one]
    return yaml.safe_dump(sections)


def verdicts(url, guesses, paths=None):
    """What is found of guesses on a mock, and the corrections."""
    side = OtherSide(url, "skey_mock", paths or verifying.assumed(None)[0])
    found = list(verifying.guesses(side, guesses))
    side.close()
    return {finding.name: finding.verdict for finding, _ in found}, [wrong for _, wrong in found if wrong]


def test_every_guess_has_another_value_and_a_measure():
    """An entry that nobody could see to be corrected is refused here."""
    assert list(GUESSES) == sorted(OTHERS, key=list(GUESSES).index)
    assert set(GUESSES) == set(MEASURES)
    assert [] == [name for name, guess in GUESSES.items() if guess.value == OTHERS[name]]


@pytest.mark.parametrize("name", GUESSES)
def test_a_correction_changes_what_the_mock_does(other, tmp_path, name):
    """Asked for that guess alone, a corrected mock differs from ours, by that value, and is as its own file says."""
    url, file = other(of(name)), tmp_path / "again.yaml"
    file.write_text(of(name))
    paths, guesses = verifying.assumed(file)
    (own,) = [guess for guess in guesses if guess.corrected]

    seen, (wrong,) = verdicts(url, [GUESSES[name]])
    assert {name: "differs"} == seen
    assert wrong.found == (None if name.startswith("paths.") else OTHERS[name])
    assert ({name: "holds"}, []) == verdicts(url, [own], paths)


def test_the_lines_that_are_printed_mend_it(other, tmp_path):
    """Of a mock that differs in all values they are its own corrections; nothing differs from them any more."""
    values = [name for name in OTHERS if not name.startswith("paths.")]
    url, file = other(of(values)), tmp_path / "mended.yaml"
    file.write_text(verifying.mending(verdicts(url, list(GUESSES.values()))[1]))
    paths, guesses = verifying.assumed(file)

    assert {name: OTHERS[name] for name in values} == {
        f"{guess.section}.{guess.name}": guess.value for guess in guesses if guess.corrected
    }
    assert (dict.fromkeys(GUESSES, "holds"), []) == verdicts(url, guesses, paths)
