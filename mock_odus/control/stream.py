"""What happens, as it happens: server-sent events, looked for only when something may have happened in the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import takewhile
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from mock_odus.control import deliveries, entries, waits
from mock_odus.control.bodies import StreamQuery
from mock_odus.control.context import Call, Control
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import Entry, Transaction
from mock_odus.engine.views import Links
from mock_odus.engine.webhooks import Delivery
from mock_odus.sandbox import Sandbox
from mock_odus.scripting import rules
from mock_odus.shapes import nearest
from mock_odus.web.front import Caller

QUIET_SECONDS = 15.0  # after which a comment tells that the line still stands
Told = tuple[str, str, Any]
"""An event's type, its id or nothing, and its data."""


def routes(control: Control) -> list[Call]:
    async def follow_sandbox(request: Request) -> Response:
        """Tells attempts, challenges, jobs, events, deliveries, rule hits and the clock as they happen."""
        sandbox = control.sandbox(request)
        caller: Caller = request.scope["caller"]
        query = dict(request.query_params)
        if unknown := sorted(set(query) - {"timeout"}):
            raise Invalid(*(f"{name} is not a parameter of the stream{nearest(name, ['timeout'])}" for name in unknown))
        seconds = waits.seconds(query["timeout"]) if "timeout" in query else None
        seen = Seen(sandbox, caller.links, request.headers.get("last-event-id", ""))
        return StreamingResponse(_lines(sandbox, seen, seconds), headers=HEADERS, media_type="text/event-stream")

    return [Call("GET", "/_mock/stream", follow_sandbox, str, query=StreamQuery, streamed=True)]


HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


class Seen:
    """How much of a sandbox has been told: up to where in its log, which deliveries, how many hits of each rule."""

    _epoch: int
    _place: int
    _now: str
    _hits: dict[str, int]
    _last_delivery: str | None
    _pending: dict[str, Delivery | None]

    def __init__(self, sandbox: Sandbox, links: Links, last: str) -> None:
        """`last` is the id of the last event that the listener has heard; it begins with what happens from now on."""
        self.sandbox, self.links = sandbox, links
        self._begin()
        epoch, _, place = last.partition("-")
        if epoch == str(self._epoch) and place.isascii() and place.isdecimal() and int(place) < self._place:
            self._place = int(place)

    def news(self) -> Iterator[Told]:
        """What has happened since this was asked for the last time."""
        sandbox, world = self.sandbox, self.sandbox.world
        if self._epoch != sandbox.epoch or self._place > len(world.log):
            self._begin()
            yield "reset", "", {"now": world.now, "scenario": sandbox.scenario}
        while self._place < len(world.log):
            entry, place = world.log[self._place], self._place
            self._place += 1
            if told := self._entry(place, entry):
                yield entry.kind, f"{self._epoch}-{self._place}", told
        yield from self._deliveries()
        for listed in rules.rules(world):
            if listed.hits != self._hits.get(listed.rule.id):  # a rule that was put on top has no hits yet
                self._hits[listed.rule.id] = listed.hits
                yield "rule", "", {"id": listed.rule.id, "name": listed.rule.name, "hits": listed.hits}
        if world.now != self._now:
            self._now = world.now
            yield "clock", "", {"now": world.now, "advancing": sandbox.advancing}

    def _entry(self, place: int, entry: Entry) -> Any:
        if entry.kind == "job":
            return entries.job(entry)
        if isinstance(entry.record, Transaction):
            told = entries.attempt(entry.record)
            return told if entry.kind == "attempt" else told | {"at": entry.at, "answer": entry.name}
        return entry.record and entries.event(self.sandbox.world, place, entry, self.links)

    def _deliveries(self) -> Iterator[Told]:
        """Those that are new, and those that were waited for and are decided."""
        table = self.sandbox.world.table(Delivery)
        fresh = list(takewhile(lambda id: id != self._last_delivery, reversed(table)))
        if fresh:
            self._last_delivery = fresh[0]
            self._pending |= dict.fromkeys(reversed(fresh))
        for id, known in list(self._pending.items()):
            delivery = table.get(id)
            if delivery is None or delivery.status != "pending":
                del self._pending[id]
            else:
                self._pending[id] = delivery
            if delivery and delivery is not known:
                yield "delivery", "", deliveries.entry(self.sandbox.world, delivery)

    def _begin(self) -> None:
        world = self.sandbox.world
        self._epoch = self.sandbox.epoch
        self._place = len(world.log)
        self._now = world.now
        self._hits = {listed.rule.id: listed.hits for listed in rules.rules(world)}
        table = world.table(Delivery)
        self._last_delivery = next(reversed(table), None)
        self._pending = {delivery.id: delivery for delivery in table.values() if delivery.status == "pending"}


async def _lines(sandbox: Sandbox, seen: Seen, seconds: float | None) -> AsyncIterator[bytes]:
    stirred = asyncio.Event()
    sandbox.watchers.append(stirred.set)
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds if seconds is not None else None
    try:
        yield b": what happens in sandbox " + sandbox.name.encode() + b"\n\n"
        while not sandbox.is_over:
            stirred.clear()
            for kind, id, data in seen.news():
                mark = f"id: {id}\n" if id else ""
                yield f"event: {kind}\n{mark}data: ".encode() + msgspec.json.encode(data) + b"\n\n"
            left = QUIET_SECONDS if end is None else min(QUIET_SECONDS, end - loop.time())
            if left <= 0:
                return
            try:
                await asyncio.wait_for(stirred.wait(), left)
            except TimeoutError:
                yield b": quiet\n\n"
    finally:
        sandbox.watchers.remove(stirred.set)
