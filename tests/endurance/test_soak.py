"""The soak in short; scripts/soak runs it at length."""

import pytest

from tests.endurance.soak import soak


@pytest.mark.soak
def test_whatever_is_done_everything_still_holds():
    """Mixed requests with random faults and jumps in many sandboxes: nothing wrong, nothing lost, memory as before."""
    found = soak(requests=40_000, sandboxes=60)

    assert [] == found.wrong
    assert found.is_flat, found.report()
    assert found.counts["requests"] >= 40_000
    assert found.counts["worlds checked"] >= 600
