"""What runs when its time comes: one row for each kind of job."""

from __future__ import annotations

from mock_odus.engine import payments
from mock_odus.engine.world import Verb

JOBS: dict[str, Verb] = {
    "answer_challenge": payments.answer_challenge,
    "lapse_challenge": payments.lapse_challenge,
}
