"""Revenue and refunds by the calendar: what was captured, what was given back, and what is left of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import TypedDict

from mock_odus.analytics import buckets
from mock_odus.analytics.buckets import Granularity, Range
from mock_odus.analytics.moves import Move
from mock_odus.engine.records import Instant


class Figures(TypedDict):
    """`payments` and `refunds` are counts. `refundRate` is refunds as a percentage of revenue, null without any."""

    grossAmount: int
    refundedAmount: int
    netAmount: int
    payments: int
    refunds: int
    refundRate: float | None


class Bucket(Figures):
    """A piece of the calendar: from `start` (included) to `end`."""

    start: Instant
    end: Instant


class _Sums:
    def __init__(self) -> None:
        self.amounts = {"captured": 0, "refunded": 0}
        self.counts = {"captured": 0, "refunded": 0}

    def add(self, move: Move) -> None:
        self.amounts[move.kind] += move.amount
        self.counts[move.kind] += 1

    @property
    def figures(self) -> Figures:
        gross, refunded = self.amounts["captured"], self.amounts["refunded"]
        return {
            "grossAmount": gross,
            "refundedAmount": refunded,
            "netAmount": gross - refunded,
            "payments": self.counts["captured"],
            "refunds": self.counts["refunded"],
            "refundRate": round(100 * refunded / gross, 2) if gross else None,
        }


def by_calendar(
    moves: Iterable[Move], range: Range, granularity: Granularity, timezone: str
) -> tuple[Figures, list[Bucket]]:
    """The figures of the whole range, and of each bucket of it. Invalid."""
    edges = buckets.starts(range, granularity, timezone)
    total, parts = _Sums(), [_Sums() for _ in edges]
    for move in moves:
        if range.holds(move.at):
            total.add(move)
            parts[bisect_right(edges, move.at) - 1].add(move)
    ends = [*edges[1:], range.end]
    found: list[Bucket] = [
        {"start": start, "end": end, **part.figures} for start, end, part in zip(edges, ends, parts, strict=True)
    ]
    return total.figures, found
