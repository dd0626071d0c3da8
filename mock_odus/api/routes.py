"""Binds the declared resources to routes. The one list of resources stands here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

from msgspec import Struct, to_builtins
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from mock_odus.api import (
    blacklist,
    cascades,
    customers,
    gateway_profiles,
    invoices,
    merchant_configs,
    payment_methods,
    payments,
    prices,
    products,
    publishable_keys,
    request_logs,
    retry_policies,
    secret_keys,
    subscriptions,
    transactions,
    users,
    webhook_subscribers,
)
from mock_odus.api.resource import Call, Resource
from mock_odus.assumptions import Assumptions
from mock_odus.engine.errors import NotFound
from mock_odus.engine.records import Record
from mock_odus.engine.views import view
from mock_odus.shapes import mask
from mock_odus.web import filters, listing
from mock_odus.web.answers import Answer
from mock_odus.web.bodies import decode, read
from mock_odus.web.front import Caller

Endpoint = Callable[[Request], Awaitable[Response]]

RESOURCES: tuple[Resource, ...] = (
    payments.payments,
    transactions.transactions,
    customers.customers,
    payment_methods.payment_methods,
    blacklist.blacklist,
    products.products,
    prices.prices,
    subscriptions.subscriptions,
    invoices.invoices,
    gateway_profiles.gateway_profiles,
    cascades.cascades,
    retry_policies.retry_policies,
    webhook_subscribers.webhook_subscribers,
    merchant_configs.merchant_configs,
    secret_keys.secret_keys,
    publishable_keys.publishable_keys,
    users.users,
    request_logs.request_logs,
)


def routes(assumed: Assumptions) -> list[BaseRoute]:
    """Every route of the Odus API, with the assumed paths and status codes, and its own description."""
    bound = [route for resource in RESOURCES for route in _bind(resource, assumed)]
    return [*bound, Route("/openapi.json", _describe(assumed), methods=["GET"])]


def hints() -> dict[str, str]:
    """What to do in place of a call that there is not, by its method and path."""
    return {call: hint for resource in RESOURCES for call, hint in resource.instead.items()}


def document(assumed: Assumptions) -> dict[str, Any]:
    """The OpenAPI document of the Odus API."""
    from mock_odus.api import openapi  # costs what only those should pay who ask for it

    return openapi.document(RESOURCES, assumed)


def _bind(resource: Resource, assumed: Assumptions) -> list[BaseRoute]:
    one = resource.path + "/{id}"
    found: list[BaseRoute] = [
        Route(resource.path, _list(resource), methods=["GET"]),
        *(Route(f"{resource.path}/{name}", _find_named(resource, name), methods=["GET"]) for name in resource.named),
        Route(one, _find(resource), methods=["GET"]),
    ]
    if resource.remover:
        found.append(Route(one, _delete(resource), methods=["DELETE"]))
    for call in resource.calls:
        endpoint = _post(resource, call, call.status(assumed))
        found.append(Route(resource.path_of(call, assumed), endpoint, methods=["POST"]))
    return found


def _describe(assumed: Assumptions) -> Endpoint:
    described = cache(lambda: document(assumed))

    async def endpoint(request: Request) -> Response:
        caller: Caller = request.scope["caller"]
        return Answer(described() | {"servers": [{"url": caller.origin}]})

    return endpoint


def _list(resource: Resource) -> Endpoint:
    permission = f"{resource.noun}_READ"

    async def endpoint(request: Request) -> Response:
        caller: Caller = request.scope["caller"]
        caller.require(permission, resource.listers)
        query = request.query_params.multi_items()
        if resource.kept:
            fields = filters.of_record(resource.record, caller.audience, caller.links)
            return Answer(listing.rows(fields, list(resource.kept(caller)), query))
        return Answer(listing.records(caller.world, resource.record, query, caller.audience, caller.links))

    return endpoint


def _find(resource: Resource) -> Endpoint:
    permission = f"{resource.noun}_READ"

    async def endpoint(request: Request) -> Response:
        caller: Caller = request.scope["caller"]
        caller.require(permission, resource.readers, request.path_params["id"])
        return Answer(_shown(_record(resource, caller, request), caller))

    return endpoint


def _find_named(resource: Resource, name: str) -> Endpoint:
    permission = f"{resource.noun}_READ"
    finder = resource.named[name]

    async def endpoint(request: Request) -> Response:
        caller: Caller = request.scope["caller"]
        caller.require(permission, resource.readers)
        return Answer(_shown(finder(caller), caller))

    return endpoint


def _delete(resource: Resource) -> Endpoint:
    permission = f"{resource.noun}_DELETE"
    remover = resource.remover
    assert remover is not None

    async def endpoint(request: Request) -> Response:
        caller: Caller = request.scope["caller"]
        caller.require(permission)
        record = _record(resource, caller, request)
        return Answer(_shown(remover(caller, record), caller))

    return endpoint


def _post(resource: Resource, call: Call, status: int) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        caller: Caller = request.scope["caller"]
        caller.require(call.permission, call.kinds, request.path_params["id"] if call.on_record else None)
        raw = await read(request)
        if key := caller.headers.get(b"idempotency-key"):
            _warn_of_repetition(caller, key)
        # No await until the answer is made: a verb runs whole, and the world has one writer.
        mark = len(caller.world.log)
        if call.on_record:
            record = _record(resource, caller, request)
            made = call.verb(caller, record, decode(raw, call.body))
        else:
            made = call.verb(caller, decode(raw, call.body))
        if isinstance(made, tuple):
            record, once = made
            answer = Answer(to_builtins(_shown(record, caller)) | once, status)
        else:
            answer = Answer(_shown(made, caller), status)
        if caller.sandbox.ticker:
            await caller.wait_for_gateways(mark)
        return answer

    return endpoint


def _warn_of_repetition(caller: Caller, key: bytes) -> None:
    """Odus does not document idempotency, so a repeated request acts again; who counts on it should hear of that."""
    if key in caller.sandbox.idempotency_keys:
        caller.warning = "this Idempotency-Key was used before and is ignored: a second record was made"
    caller.sandbox.idempotency_keys.add(key)


def _record(resource: Resource, caller: Caller, request: Request) -> Any:
    """The record in the path. NotFound."""
    id = request.path_params["id"]
    if resource.kept:
        found = [record for record in resource.kept(caller) if record.id == id]
        if not found:
            raise NotFound(f"no {resource.record.__name__} has the id '{mask(id)}'")
        return found[-1]
    return caller.world.get(resource.record, id)


def _shown(record: Record, caller: Caller) -> Struct:
    return view(record, caller.audience, caller.links)
