"""What runs when its time comes: one row for each kind of job."""

from __future__ import annotations

from mock_odus.engine import (
    authorizations,
    captures,
    chargebacks,
    deliveries,
    dunning,
    renewals,
    reversals,
    subscriptions,
)
from mock_odus.engine.world import Verb

JOBS: dict[str, Verb] = {
    "answer_challenge": authorizations.answer_challenge,
    "capture_payment": captures.capture_when_due,
    deliveries.JOB: deliveries.let_go,
    "end_subscription": subscriptions.end_when_due,
    "fail_reversal": reversals.fail_later,
    "lapse_authorization": captures.lapse,
    "lapse_challenge": authorizations.lapse_challenge,
    "record_chargeback": chargebacks.record_when_due,
    "renew": renewals.renew,
    "retry_payment": dunning.retry,
}
