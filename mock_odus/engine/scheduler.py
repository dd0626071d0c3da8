"""Time, and what is due: a heap of (due, sequence, Job). The only writer of `now`.

Time moves one job at a time: `now` becomes a job's own due time, then the job runs. A clock that jumps first and runs
jobs afterwards dates everything on the last day.
"""

from __future__ import annotations

import heapq

from mock_odus.engine import periods
from mock_odus.engine.errors import Conflict
from mock_odus.engine.records import Job


class Scheduler:
    """`live` is the world's table of jobs; an entry of the heap that is not in it any more is stale."""

    def __init__(self, now: str, live: dict[str, Job]) -> None:
        self.live = live
        self.now, self.seconds = now, periods.unix(now)
        self.rebuild()

    def move(self, now: str) -> None:
        """Sets the clock. `seconds` is the same instant as Unix time, for ids."""
        if now[:19] != self.now[:19]:  # a clock that ticks is moved by every request
            self.seconds = periods.unix(now)
        self.now = now

    def forward(self, target: str) -> None:
        """Sets the clock to a later instant once nothing is due before it. Conflict when it is earlier."""
        if target < self.now:
            raise Conflict(
                f"the clock is at {self.now} and cannot go back to {target}; restore a snapshot taken at that time"
            )
        self.move(target)

    def rebuild(self) -> None:
        self.heap = [(job.due, job.sequence, job) for job in self.live.values()]
        heapq.heapify(self.heap)

    def add(self, job: Job) -> None:
        heapq.heappush(self.heap, (job.due, job.sequence, job))
        if len(self.heap) > 64 and len(self.heap) > 2 * len(self.live):
            self.rebuild()

    def due(self, target: str) -> Job | None:
        """The next live job at or before `target`; stays on the heap until the world drops it."""
        while self.heap and self.heap[0][0] <= target:
            job = self.heap[0][2]
            if self.live.get(job.id) is job:
                return job
            heapq.heappop(self.heap)
        return None

    def agenda(self, count: int) -> list[Job]:
        """The next `count` live jobs, soonest first. Taken from the heap and put back, since it may be a long one."""
        found: list[tuple[str, int, Job]] = []
        while self.heap and len(found) < count:
            entry = heapq.heappop(self.heap)
            if self.live.get(entry[2].id) is entry[2]:
                found.append(entry)
        for entry in found:
            heapq.heappush(self.heap, entry)
        return [job for _, _, job in found]
