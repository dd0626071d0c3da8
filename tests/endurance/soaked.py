"""The server of a soak: soaked.py PORT. Two routes more than usual say whether a world is sound, and what it takes.

`POST /_mock/soak/check` asserts every invariant that the tests know, on the world of the caller's key, and accounts for
each event of its log; `POST /_mock/soak/memory` collects garbage and tells the bytes in use.
"""

from __future__ import annotations

import gc
import sys
from collections import Counter, defaultdict
from pathlib import Path
from resource import getpagesize
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mock_odus.app import Server, create_app
from mock_odus.engine import deliveries
from mock_odus.engine.records import Payment
from mock_odus.engine.webhooks import Delivery, Lane, WebhookSubscriber
from mock_odus.engine.world import World
from mock_odus.web.answers import Answer
from mock_odus.web.routing import Route
from tests.properties import invariants
from tests.properties.test_ledger import balance

JOURNAL_BYTES = 4 * 1024 * 1024
"""Soon full, so that what it holds is not taken for growth."""

STANDSTILL = 3_600
"""Seconds for which a soak may be stopped without losing its connections."""


def main(port: int) -> None:
    front = create_app()
    front.journal._budget = JOURNAL_BYTES
    for path, endpoint in (("/_mock/soak/check", check), ("/_mock/soak/memory", memory)):
        front.branches.add(Route(path, endpoint, methods=["POST"]))
    server = Server(front, port=port)
    server._server.config.timeout_keep_alive = STANDSTILL
    server.run()


async def check(request: Request) -> Response:
    """What is wrong with the world, if anything, and what became of its events."""
    world: World = request.scope["caller"].world
    wrong: str | None = None
    told: dict[str, Any] = {}
    try:
        invariants.check(world)
        balance(world)
        told = accounted(world)
    except AssertionError as error:
        wrong = str(error)[:500] or "an assertion without words"
    money = sum(payment.amount_captured - payment.amount_reversed for payment in world.table(Payment).values())
    return Answer({"wrong": wrong, "records": sum(world.counts.values()), "kept": money, **told})


def accounted(world: World) -> dict[str, Any]:
    """How the events ended for each subscriber; AssertionError when one is neither told, given up, nor to be told.

    `delivered` are the ids of the events that receivers have taken, by the subscriber's URL.
    """
    deliveries.catch_up(world)
    made: defaultdict[tuple[str, int], list[Delivery]] = defaultdict(list)
    for delivery in world.table(Delivery).values():
        made[delivery.subscriber, delivery.event].append(delivery)
    waiting = {id for lane in world.table(Lane).values() for id in lane.waiting}
    held_up = {job.subject for job in world.agenda(1_000_000) if job.kind == deliveries.JOB}
    events = {place: entry for place, entry in enumerate(world.log) if entry.kind == "event"}
    ends: Counter[str] = Counter()
    delivered: defaultdict[str, list[str]] = defaultdict(list)
    attempts = len(world.policies.webhook_delays) + 1
    for subscriber in world.table(WebhookSubscriber).values():
        # It is told of what happened since it was made; at that very instant, of what came after its first delivery.
        first = min((place for whose, place in made if whose == subscriber.id), default=len(world.log))
        for place, entry in events.items():
            if (entry.at <= subscriber.created_at and place < first) or not {entry.name, "*"} & {*subscriber.events}:
                continue
            tries = made[subscriber.id, place]
            assert tries, f"event {place} ({entry.name}) was never to be told to {subscriber.id}"
            last = tries[-1]
            if any(one.status == "delivered" for one in tries):
                delivered[subscriber.url].append(world.event_id(place))
                ends["delivered"] += 1
            elif any(one.id in waiting or one.id in held_up for one in tries):
                ends["still to be told"] += 1
            elif last.error == "dropped by the scenario":
                ends["dropped by a scenario"] += 1
            else:
                assert last.status == "refused" or last.attempt == attempts, f"{last.id} was given up too early"
                ends["given up"] += 1
    return {"events": len(events), "ends": ends, "attempts": len(world.table(Delivery)), "delivered": delivered}


async def memory(request: Request) -> Response:
    gc.unfreeze()
    gc.collect()
    return Answer({"bytes": resident()})


def resident() -> int:
    """Linux only."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * getpagesize()


if __name__ == "__main__":
    main(int(sys.argv[1]))
