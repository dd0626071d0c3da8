"""What follows from what happens: how a verb of a lower file moves a higher one, without knowing of it."""

from __future__ import annotations

from mock_odus.engine import settlements
from mock_odus.engine.world import Reaction

REACTION: Reaction = settlements.follow
