"""What happened: the journals, the timeline, and the open challenges."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, get_type_hints

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from mock_odus import timeline
from mock_odus.control import deliveries, entries, waits
from mock_odus.control.answers import (
    AttemptEntry,
    CompletedChallenge,
    DeliveryEntry,
    EventEntry,
    JobEntry,
    MissEntry,
    OpenChallenge,
    OrphanEntry,
    RequestEntry,
)
from mock_odus.control.bodies import MOST_LINES, CompleteChallenge, TimelineQuery, WaitQuery
from mock_odus.control.context import Call, Control, body_of
from mock_odus.engine import authorizations, challenges
from mock_odus.engine.errors import Invalid, NotFound, Refused
from mock_odus.engine.records import (
    Job,
    Orphan,
    Payment,
    Transaction,
)
from mock_odus.engine.views import Links, view
from mock_odus.engine.webhooks import Delivery
from mock_odus.journal import Request as Noted
from mock_odus.sandbox import Sandbox
from mock_odus.scripting.misses import Miss
from mock_odus.shapes import nearest, one_of, shown
from mock_odus.web import filters, listing
from mock_odus.web.answers import Answer
from mock_odus.web.filters import Fields
from mock_odus.web.front import Caller
from mock_odus.web.listing import Made
from mock_odus.web.routing import Route

Rows = Callable[[Sandbox, Links], Made]


def routes(control: Control) -> list[Route]:
    def requests(sandbox: Sandbox, links: Links) -> Made:
        return Made(control.journal.of(sandbox.serial), _request)

    journals: dict[str, tuple[type, Rows]] = {
        "requests": (RequestEntry, requests),
        "events": (EventEntry, _events),
        "attempts": (AttemptEntry, _attempts),
        "jobs": (JobEntry, _jobs),
        "misses": (MissEntry, _misses),
        "orphans": (OrphanEntry, _orphans),
        "deliveries": (DeliveryEntry, _deliveries),
    }

    def journal(name: str) -> Call:
        entry, rows = journals[name]
        fields = fields_of(entry)

        async def list_entries(request: Request) -> Response:
            sandbox = control.sandbox(request)
            caller: Caller = request.scope["caller"]
            wait, query = waits.read(request.query_params.multi_items())

            def look() -> dict[str, Any]:
                return listing.rows(fields, rows(sandbox, caller.links), query)

            return Answer(await waits.until(sandbox, look, wait) if wait else look())

        list_entries.__name__ = f"list_{name}"
        list_entries.__doc__ = f"Lists the {name} of the sandbox."
        return Call("GET", f"/_mock/journal/{name}", list_entries, entry, query=WaitQuery, listed=True)

    async def miss_journal(request: Request) -> Response:
        control.sandbox(request)
        name = request.path_params["name"]
        known = ", ".join(journals)
        raise NotFound(f"no journal is called '{name}'{nearest(name, list(journals))}; known: {known}")

    async def get_timeline(request: Request) -> Response:
        """Tells what happened as one story, oldest first."""
        world = control.sandbox(request).world
        query = request.query_params
        format = query.get("format", "json")
        if format not in ("json", "text", "mermaid"):
            raise Invalid(f"format {one_of(format, ['json', 'text', 'mermaid'])}")
        known = TimelineQuery.__struct_fields__
        if unknown := set(query) - {*known}:
            told = (f"{name} is not a parameter of the timeline{nearest(name, known)}" for name in sorted(unknown))
            raise Invalid(*told)
        about = {name: query.get(name) for name in ("payment", "subscription", "customer")}
        lines = timeline.story(world, **about, last=_count(query["last"]) if "last" in query else None)
        if format == "json":
            return Answer(lines)
        return PlainTextResponse((timeline.render(lines) if format == "text" else timeline.diagram(lines)) + "\n")

    async def list_challenges(request: Request) -> Response:
        """Lists the payments that wait for their customer."""
        sandbox = control.sandbox(request)
        caller: Caller = request.scope["caller"]
        # Every open challenge has a job that will let it lapse: no need to look at other payments.
        jobs = [job for job in sandbox.world.table(Job).values() if job.kind == "lapse_challenge"]
        return Answer([_challenge(sandbox.world.get(Payment, job.subject), job, caller.links) for job in jobs])

    async def complete_challenge(request: Request) -> Response:
        """Answers a challenge in place of the customer."""
        sandbox = control.sandbox(request)
        body: CompleteChallenge = await body_of(request, CompleteChallenge)
        caller: Caller = request.scope["caller"]
        payment = sandbox.world.get(Payment, request.path_params["payment"])
        challenge = challenges.pending(sandbox.world, payment)
        if challenge is None:
            raise Refused(f"payment {payment.id} is {payment.status}: no challenge is waiting for an answer")
        mark = len(sandbox.world.log)
        payment = authorizations.finish_challenge(sandbox.world, challenge, body.result)
        await caller.wait_for_gateways(mark)
        back = challenges.return_url(payment, challenge, caller.links.fill(payment.checkout_key))
        return Answer({"payment": view(payment, "secret", caller.links), "returnUrl": back}, 201)

    return [
        *map(journal, journals),
        Route("/_mock/journal/{name}", miss_journal, methods=["GET"]),
        Call("GET", "/_mock/timeline", get_timeline, list[timeline.Line], query=TimelineQuery, as_text=True),
        Call("GET", "/_mock/challenges", list_challenges, list[OpenChallenge]),
        Call(
            "POST",
            "/_mock/challenges/{payment}/complete",
            complete_challenge,
            CompletedChallenge,
            body=CompleteChallenge,
        ),
    ]


def fields_of(entry: type) -> Fields:
    """What a journal can be filtered and sorted by; the first instant tells the order in which its entries stand."""
    return filters.of_rows(get_type_hints(entry, include_extras=True))


def _count(text: str) -> int:
    if not re.fullmatch("[0-9]{1,6}", text) or not 1 <= int(text) <= MOST_LINES:
        raise Invalid(f"last must be an integer from 1 to {MOST_LINES:,}, found {shown(text)}")
    return int(text)


def _request(entry: Noted) -> RequestEntry:
    return {
        "id": entry.id,
        "at": entry.at,
        "method": entry.method,
        "path": entry.path,
        "query": entry.query,
        "status": entry.status,
        "keyKind": entry.key_kind,
        "durationMs": round(entry.seconds * 1000, 3),
        "fault": entry.fault,
    }


def _events(sandbox: Sandbox, links: Links) -> Made:
    world = sandbox.world
    places = [place for place, entry in enumerate(world.log) if entry.kind == "event" and entry.record is not None]
    return Made(places, lambda place: entries.event(world, place, world.log[place], links))


def _attempts(sandbox: Sandbox, links: Links) -> Made:
    """Attempts are the transactions."""
    return Made(list(sandbox.world.table(Transaction).values()), entries.attempt)


def _deliveries(sandbox: Sandbox, links: Links) -> Made:
    return Made(list(sandbox.world.table(Delivery).values()), partial(deliveries.entry, sandbox.world))


def _jobs(sandbox: Sandbox, links: Links) -> Made:
    return Made([entry for entry in sandbox.world.log if entry.kind == "job"], entries.job)


def _misses(sandbox: Sandbox, links: Links) -> Made:
    return Made(list(sandbox.world.table(Miss).values()), _miss)


def _miss(miss: Miss) -> MissEntry:
    return {"at": miss.at, "charge": miss.charge, "nearest": list(miss.nearest)}


def _orphans(sandbox: Sandbox, links: Links) -> Made:
    return Made(list(sandbox.world.table(Orphan).values()), _orphan)


def _orphan(orphan: Orphan) -> OrphanEntry:
    return {
        "at": orphan.at,
        "payment": orphan.payment,
        "transaction": orphan.id,
        "operation": orphan.operation,
        "gatewayProfile": orphan.gateway_profile,
        "amount": orphan.amount,
        "currency": orphan.currency,
        "rule": orphan.rule,
    }


def _challenge(payment: Payment, lapse: Job, links: Links) -> OpenChallenge:
    return {
        "payment": payment.id,
        "amount": payment.amount,
        "currency": payment.currency,
        "redirectUrl": links.fill(payment.action.redirect_url) if payment.action else None,
        "lapsesAt": lapse.due,
    }
