"""What is displayed of a payment: one of nine words, the first that fits (guides/reports/payment-summary-report)."""

import pytest
from msgspec.structs import replace

from mock_odus.engine import lifecycle
from mock_odus.engine.gateways import Challenged, Declined
from mock_odus.engine.records import Payment

EXHAUSTED = {"status": "cancelled", "cancellation_reason": "retries_exhausted"}
CANCELLED = {"status": "cancelled", "cancellation_reason": "requested"}
SUCCEEDED = {"status": "succeeded", "is_captured": True}
HELD = {"status": "succeeded", "is_captured": False}
CHARGED_BACK = {"is_chargebacked": True}
REVERSED = {"is_fully_reversed": True, "amount_reversed": 5000}
IN_PART = {"amount_reversed": 1}


@pytest.fixture
def shown(shop):
    """What a payment with these fields displays, after a try that came to this."""

    def shown(fields, *answers):
        payment = shop.pay(*answers) if answers else shop.create()
        return lifecycle.display_status(replace(payment, **fields))

    return shown


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (CHARGED_BACK | EXHAUSTED, "chargeback"),
        (CHARGED_BACK | CANCELLED, "chargeback"),
        (CHARGED_BACK | SUCCEEDED | REVERSED, "chargeback"),
        (CHARGED_BACK | HELD, "chargeback"),
        (EXHAUSTED, "failed"),
        (CANCELLED, "cancelled"),
        (CANCELLED | {"cancellation_reason": "voided"}, "cancelled"),
        (CANCELLED | {"cancellation_reason": "lapsed"}, "cancelled"),
        (SUCCEEDED | REVERSED, "reversed"),
        (SUCCEEDED | IN_PART, "partially_reversed"),
        (HELD, "uncaptured"),
        (SUCCEEDED, "succeeded"),
        ({"status": "requires_action"}, "incomplete"),
        ({"status": "open"}, "unattempted"),
    ],
)
def test_the_first_that_fits(shown, fields, expected):
    """In the order of the contract, whatever else is true of the payment."""
    assert expected == shown(fields)


@pytest.mark.parametrize(
    ("answers", "expected"), [((Declined("invalid_card_details"),), "failed"), ((Challenged(),), "incomplete")]
)
def test_an_open_payment_shows_what_its_last_try_came_to(shown, answers, expected):
    """A failure is `failed`, a challenge that nobody answered `incomplete`."""
    assert expected == shown({"status": "open", "action": None}, *answers)


@pytest.mark.parametrize("status", ["open", "requires_action", "succeeded", "cancelled"])
@pytest.mark.parametrize("done", lifecycle.ALLOWED)
def test_every_refusal_says_why(shop, refused, done, status):
    """What may be done in a status passes; for anything else there is a reason to tell."""
    payment = replace(shop.create(), status=status)
    if status in lifecycle.ALLOWED[done]:
        lifecycle.require(payment, done)
    else:
        refused(f"payment {payment.id} is {status}, so it cannot be {done}: .", lifecycle.require, payment, done)


def test_a_change_is_dated_and_told(shop):
    """The one way to write: `updatedAt`, what is displayed, the table and an event follow."""
    payment = shop.pay()
    shop.world.advance("2026-01-02T00:00:00.000Z")
    with shop.world.verb():
        changed = lifecycle.change(shop.world, payment, is_chargebacked=True)
    assert ("2026-01-02T00:00:00.000Z", "chargeback") == (changed.updated_at, changed.display_status)
    last = shop.world.log[-1]
    assert ("payment.updated", changed, changed) == (last.name, last.record, shop.world.get(Payment, payment.id))
