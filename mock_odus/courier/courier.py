"""The courier of a sandbox: sends what may be sent, to each subscriber one after the other, and reports the answers."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from heapq import heappop, heappush
from itertools import count

from mock_odus.courier.posting import Poster
from mock_odus.engine import deliveries, envelopes
from mock_odus.engine.views import Links
from mock_odus.engine.webhooks import Delivery, WebhookSubscriber
from mock_odus.sandbox import Sandbox

LOG = logging.getLogger("mock_odus")

Queue = list[tuple[tuple[int, bool], int, Delivery]]
"""A heap: what may be sent by the order in which it happened, and of one event by the order in which it was queued."""


class Courier:
    """`counts` are the attempts made, by what came of them; `origin` is where the mock was last reached."""

    def __init__(self, sandbox: Sandbox, poster: Poster) -> None:
        self.sandbox = sandbox
        self.counts: Counter[str] = Counter()
        self.origin = ""
        self._poster = poster
        self._queues: dict[str, Queue] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._places = count()
        self._epoch = sandbox.epoch
        self._is_behind = False

    def wake(self) -> None:
        """Something may have happened. Costs next to nothing while nobody listens."""
        sandbox = self.sandbox
        if not sandbox.world.table(WebhookSubscriber):
            return
        found = deliveries.catch_up(sandbox.world)
        if sandbox.holds_webhooks:
            self._is_behind = True
            return
        if self._epoch != sandbox.epoch or self._is_behind:
            self._epoch, self._is_behind = sandbox.epoch, False
            self._queues, self._tasks = {}, {}  # what is under way in the world that was ends by itself
            found = deliveries.ready(sandbox.world)
        for delivery in found:
            self._push(delivery)

    async def settle(self) -> None:
        """Returns when nothing is left that may be sent now, whatever happens because of what is sent."""
        self.wake()
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    def send_again(self, delivery: Delivery) -> Delivery:
        """Sends the same event once more, and tells what is sent."""
        again, may_go = deliveries.redeliver(self.sandbox.world, delivery)
        if may_go and not self.sandbox.holds_webhooks:
            self._push(again)
        return again

    def post(self, delivery: Delivery) -> tuple[bytes, dict[str, str]]:
        """The body and the headers of a delivery."""
        world = self.sandbox.world
        body = envelopes.body(world, delivery, Links(self.origin, self.sandbox.name))
        return body, envelopes.headers(world, world.get(WebhookSubscriber, delivery.subscriber), delivery, body)

    def stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        self._queues, self._tasks = {}, {}
        self._is_behind = True

    def _push(self, delivery: Delivery) -> None:
        subscriber = delivery.subscriber
        queue = self._queues.setdefault(subscriber, [])
        heappush(queue, (delivery.turn, next(self._places), delivery))
        if subscriber not in self._tasks:
            self._tasks[subscriber] = asyncio.create_task(self._work_off(subscriber, queue, self._tasks))

    async def _work_off(self, subscriber: str, queue: Queue, tasks: dict[str, asyncio.Task[None]]) -> None:
        """`tasks` are those of the world that is now: another world has tasks of its own."""
        try:
            while queue and tasks is self._tasks and self._epoch == self.sandbox.epoch:
                await self._send(heappop(queue)[-1])
        except Exception:
            LOG.exception("webhooks to %s stopped", subscriber)  # a fault of ours: what happened may be heard again
        finally:
            tasks.pop(subscriber, None)

    async def _send(self, delivery: Delivery) -> None:
        sandbox, world, epoch = self.sandbox, self.sandbox.world, self.sandbox.epoch
        if sandbox.holds_webhooks:
            self._is_behind = True
            return
        subscriber = world.find(WebhookSubscriber, delivery.subscriber)
        if subscriber is None:
            return
        body, headers = self.post(delivery)
        answer = await self._poster.post(subscriber.url, body, headers)
        if epoch != sandbox.epoch:  # the courier may have woken up in another world meanwhile
            return
        status = "refused" if answer.is_refused else "delivered" if answer.is_taken else "failed"
        self.counts[status] += 1
        self.wake()  # what happened because of it stands in the log before what came of it
        following = deliveries.report(
            world,
            delivery,
            status,  # type: ignore[arg-type]
            response_status=answer.status,
            error=answer.error,
            duration_ms=answer.milliseconds,
        )
        if following:
            self._push(following)
        sandbox.stir()
