"""What happened: the journals of requests, events, attempts and jobs, the timeline, and the open challenges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from mock_odus import timeline
from mock_odus.control.bodies import CompleteChallenge
from mock_odus.control.context import Control, body_of
from mock_odus.engine import attempts, challenges, payments
from mock_odus.engine.errors import Invalid, NotFound, Refused
from mock_odus.engine.records import Job, Payment, Transaction
from mock_odus.engine.views import Links, view
from mock_odus.sandbox import Sandbox
from mock_odus.shapes import nearest, one_of
from mock_odus.web import listing
from mock_odus.web.answers import Answer
from mock_odus.web.front import Caller

Row = dict[str, Any]
Rows = Callable[[Sandbox, Links], Iterator[Row]]

REQUEST = ("id", "at", "method", "path", "query", "status", "keyKind")
ATTEMPT = (
    "at",
    "payment",
    "transaction",
    "customer",
    "attempt",
    "operation",
    "cascade",
    "position",
    "gatewayProfile",
    "amount",
    "currency",
    "initiator",
    "challenge",
    "rule",
    "outcome",
    "latencyMs",
)


def routes(control: Control) -> list[Route]:
    def requests(sandbox: Sandbox, links: Links) -> Iterator[Row]:
        for entry in control.journal.of(sandbox.name):
            yield dict(zip(REQUEST, entry[1:-1], strict=True)) | {"durationMs": round(entry.seconds * 1000, 3)}

    journals: dict[str, tuple[tuple[str, ...], Rows]] = {
        "requests": ((*REQUEST, "durationMs"), requests),
        "events": (("eventId", "eventType", "timestamp", "subject"), _events),
        "attempts": (ATTEMPT, _attempts),
        "jobs": (("at", "kind", "subject", "result"), _jobs),
    }

    async def show_journal(request: Request) -> Response:
        sandbox = control.sandbox(request)
        kind = request.path_params["kind"]
        if kind not in journals:
            raise NotFound(
                f"no journal is called '{kind}'{nearest(kind, list(journals))}; known: {', '.join(journals)}"
            )
        fields, read = journals[kind]
        caller: Caller = request.scope["caller"]
        return Answer(listing.rows(fields, list(read(sandbox, caller.links)), request.query_params.multi_items()))

    async def show_timeline(request: Request) -> Response:
        world = control.sandbox(request).world
        query = request.query_params
        format = query.get("format", "json")
        if format not in ("json", "text"):
            raise Invalid(f"format {one_of(format, ['json', 'text'])}")
        if unknown := set(query) - {"payment", "customer", "format"}:
            raise Invalid(*(f"{name} is not a parameter of the timeline" for name in sorted(unknown)))
        lines = timeline.story(world, payment=query.get("payment"), customer=query.get("customer"))
        return PlainTextResponse(timeline.render(lines) + "\n") if format == "text" else Answer(lines)

    async def list_challenges(request: Request) -> Response:
        sandbox = control.sandbox(request)
        caller: Caller = request.scope["caller"]
        # Every open challenge has a job that will let it lapse: no need to look at other payments.
        jobs = [job for job in sandbox.world.table(Job).values() if job.kind == "lapse_challenge"]
        return Answer([_challenge(sandbox.world.get(Payment, job.subject), job, caller.links) for job in jobs])

    async def complete(request: Request) -> Response:
        sandbox = control.sandbox(request)
        body: CompleteChallenge = await body_of(request, CompleteChallenge)
        caller: Caller = request.scope["caller"]
        payment = sandbox.world.get(Payment, request.path_params["payment"])
        challenge = challenges.pending(sandbox.world, payment)
        if challenge is None:
            raise Refused(f"payment {payment.id} is {payment.status}: no challenge is waiting for an answer")
        payment = payments.finish_challenge(sandbox.world, challenge, body.result)
        back = challenges.return_url(payment, challenge, caller.links.fill(payment.checkout_key))
        return Answer({"payment": view(payment, "secret", caller.links), "returnUrl": back}, 201)

    return [
        Route("/_mock/journal/{kind}", show_journal, methods=["GET"]),
        Route("/_mock/timeline", show_timeline, methods=["GET"]),
        Route("/_mock/challenges", list_challenges, methods=["GET"]),
        Route("/_mock/challenges/{payment}/complete", complete, methods=["POST"]),
    ]


def _events(sandbox: Sandbox, links: Links) -> Iterator[Row]:
    """The envelope of each event, with its record as it was."""
    world = sandbox.world
    for ordinal, entry in enumerate(world.log):
        if entry.kind == "event" and entry.record is not None:
            yield {
                "eventId": world.event_id(ordinal),
                "eventType": entry.name,
                "timestamp": entry.at,
                "subject": entry.subject,
                "data": view(entry.record, "secret", links),
            }


def _attempts(sandbox: Sandbox, links: Links) -> Iterator[Row]:
    """Attempts are the transactions, with what is kept privately on each."""
    for transaction in sandbox.world.table(Transaction).values():
        row = msgspec.to_builtins(transaction)
        row |= {
            "at": transaction.created_at,
            "transaction": transaction.id,
            "operation": attempts.OPERATIONS[transaction.type],
        }
        yield {name: row[name] for name in ATTEMPT}


def _jobs(sandbox: Sandbox, links: Links) -> Iterator[Row]:
    for entry in sandbox.world.log:
        if entry.kind == "job":
            yield {"at": entry.at, "kind": entry.name, "subject": entry.subject, "result": "done"}


def _challenge(payment: Payment, lapse: Job, links: Links) -> Row:
    return {
        "payment": payment.id,
        "amount": payment.amount,
        "currency": payment.currency,
        "redirectUrl": payment.action and links.fill(payment.action.redirect_url),
        "lapsesAt": lapse.due,
    }
