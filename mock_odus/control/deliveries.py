"""Webhooks at the caller's pace: waits for them, sends one again, or answers in place of the receiver."""

from __future__ import annotations

from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from mock_odus.control.answers import DeliveryEntry, HeldDelivery, Holding, Settled
from mock_odus.control.bodies import AnswerDelivery, HoldWebhooks, Nothing
from mock_odus.control.context import Call, Control, body_of
from mock_odus.engine import deliveries
from mock_odus.engine.errors import NotFound, Refused
from mock_odus.engine.webhooks import Delivery, WebhookSubscriber
from mock_odus.engine.world import World
from mock_odus.sandbox import Courier, Sandbox
from mock_odus.web.answers import Answer
from mock_odus.web.front import Caller


def routes(control: Control) -> list[Call]:
    async def settle_deliveries(request: Request) -> Response:
        """Waits until every webhook that is due now has been sent, and those that are sent because of them."""
        sandbox = control.sandbox(request)
        await body_of(request, Nothing)
        courier = _courier(request, sandbox)
        await courier.settle()
        return Answer({"pending": deliveries.waiting(sandbox.world)}, 201)

    async def hold_deliveries(request: Request) -> Response:
        """Lets webhooks wait for the caller's own answer, or has them posted again."""
        sandbox = control.sandbox(request)
        body: HoldWebhooks = await body_of(request, HoldWebhooks)
        sandbox.holds_webhooks = body.held
        return Answer({"held": body.held}, 201)

    async def list_held_deliveries(request: Request) -> Response:
        """Lists the webhooks that wait for the caller's answer, in the order in which they are to be taken."""
        sandbox = control.sandbox(request)
        courier = _courier(request, sandbox)
        if not sandbox.holds_webhooks:
            return Answer([])
        deliveries.catch_up(sandbox.world)
        held = deliveries.takeable(sandbox.world)
        return Answer([_held(sandbox.world, courier, delivery) for delivery in held])

    async def answer_delivery(request: Request) -> Response:
        """Tells what the receiver answered to a webhook that the caller took."""
        sandbox = control.sandbox(request)
        body: AnswerDelivery = await body_of(request, AnswerDelivery)
        world = sandbox.world
        delivery = world.get(Delivery, request.path_params["id"])
        if not sandbox.holds_webhooks:
            raise Refused("webhooks are posted by the mock itself: POST /_mock/deliveries/hold first")
        deliveries.catch_up(world)
        if delivery not in deliveries.ready(world):
            raise Refused(f"delivery {delivery.id} is {_state(world, delivery)}: it waits for no answer now")
        is_taken = 200 <= body.status < 300
        deliveries.report(
            world,
            delivery,
            "delivered" if is_taken else "failed",
            response_status=body.status,
            error=None if is_taken else f"answered {body.status}",
        )
        return Answer(entry(world, world.get(Delivery, delivery.id)), 201)

    async def redeliver_delivery(request: Request) -> Response:
        """Sends the event of a delivery once more, whatever came of it."""
        sandbox = control.sandbox(request)
        await body_of(request, Nothing)
        world = sandbox.world
        delivery = world.get(Delivery, request.path_params["id"])
        if world.find(WebhookSubscriber, delivery.subscriber) is None:
            raise NotFound(f"webhook subscriber {delivery.subscriber} was deleted")
        return Answer(entry(world, _courier(request, sandbox).send_again(delivery)), 201)

    return [
        Call("POST", "/_mock/deliveries/settle", settle_deliveries, Settled, body=Nothing),
        Call("POST", "/_mock/deliveries/hold", hold_deliveries, Holding, body=HoldWebhooks),
        Call("GET", "/_mock/deliveries/held", list_held_deliveries, list[HeldDelivery]),
        Call(
            "POST",
            "/_mock/deliveries/{id}/answer",
            answer_delivery,
            DeliveryEntry,
            body=AnswerDelivery,
            refused=(NotFound, Refused),
        ),
        Call(
            "POST",
            "/_mock/deliveries/{id}/redeliver",
            redeliver_delivery,
            DeliveryEntry,
            body=Nothing,
            refused=(NotFound,),
        ),
    ]


def entry(world: World, delivery: Delivery) -> DeliveryEntry:
    """A delivery as the journal tells it."""
    return {
        "id": delivery.id,
        "event": world.event_id(delivery.event),
        "eventType": delivery.event_type,
        "subject": delivery.subject,
        "subscriber": delivery.subscriber,
        "attempt": delivery.attempt,
        "at": delivery.at,
        "status": delivery.status,
        "responseStatus": delivery.response_status,
        "error": delivery.error,
        "durationMs": delivery.duration_ms,
    }


def _held(world: World, courier: Courier, delivery: Delivery) -> HeldDelivery:
    body, headers = courier.post(delivery)
    url = world.get(WebhookSubscriber, delivery.subscriber).url
    return cast(HeldDelivery, {**entry(world, delivery), "url": url, "headers": headers, "body": body.decode()})


def _state(world: World, delivery: Delivery) -> str:
    if delivery.status != "pending":
        return delivery.status
    return f"due at {delivery.at}" if delivery.at > world.now else "behind an earlier one of the same object"


def _courier(request: Request, sandbox: Sandbox) -> Courier:
    caller: Caller = request.scope["caller"]
    assert sandbox.courier, "an application has one for each sandbox"
    sandbox.courier.origin = caller.origin
    return sandbox.courier
