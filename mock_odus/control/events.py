"""Events on demand: an app is told of an object once more, as if something had happened to it."""

from __future__ import annotations

from msgspec import to_builtins
from starlette.requests import Request
from starlette.responses import Response

from mock_odus.control.answers import EventEntry
from mock_odus.control.bodies import EmitEvent
from mock_odus.control.context import Call, Control, body_of
from mock_odus.engine.billing import Invoice, Subscription
from mock_odus.engine.errors import NotFound
from mock_odus.engine.records import (
    Customer,
    Payment,
    PaymentMethod,
    Price,
    Product,
    Stored,
)
from mock_odus.engine.views import view
from mock_odus.web.answers import Answer
from mock_odus.web.front import Caller

KINDS: dict[str, type[Stored]] = {
    "payment": Payment,
    "customer": Customer,
    "payment_method": PaymentMethod,
    "subscription": Subscription,
    "invoice": Invoice,
    "product": Product,
    "price": Price,
}
"""What an event is of, by the first word of its type."""


def routes(control: Control) -> list[Call]:
    async def emit_event(request: Request) -> Response:
        """Emits an event of an existing object, which is told to subscribers as any other."""
        sandbox = control.sandbox(request)
        body: EmitEvent = await body_of(request, EmitEvent)
        caller: Caller = request.scope["caller"]
        world = sandbox.world
        record = world.get(KINDS[body.type.partition(".")[0]], body.subject)
        with world.verb():
            world.emit(body.type, record)
        event: EventEntry = {
            "eventId": world.event_id(len(world.log) - 1),
            "eventType": body.type,
            "timestamp": world.now,
            "subject": body.subject,
            "data": to_builtins(view(record, "secret", caller.links)),
        }
        return Answer(event, 201)

    return [Call("POST", "/_mock/events", emit_event, EventEntry, body=EmitEvent, refused=(NotFound,))]
