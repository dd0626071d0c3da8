"""Binds the declared resources to routes. The one list of resources stands here."""

from __future__ import annotations

from collections import Counter
from functools import cache
from operator import attrgetter
from typing import Any

from msgspec import Struct, to_builtins
from starlette.requests import Request
from starlette.responses import Response

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
    repeats,
    request_logs,
    retry_policies,
    secret_keys,
    subscriptions,
    transactions,
    users,
    webhook_subscribers,
)
from mock_odus.api.resource import Call, Resource
from mock_odus.assumptions import Assumptions, AssumptionsError
from mock_odus.engine.errors import NotFound
from mock_odus.engine.records import Record
from mock_odus.engine.views import view
from mock_odus.shapes import mask
from mock_odus.web import filters, listing
from mock_odus.web.answers import Answer, ToldOnce
from mock_odus.web.bodies import decode, read
from mock_odus.web.faults import OTHER_FACES
from mock_odus.web.front import Caller
from mock_odus.web.routing import Endpoint, Route

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

_DESCRIPTION = "/openapi.json"


def routes(assumed: Assumptions) -> list[Route]:
    """Every route of the Odus API, as assumed, and its own description. AssumptionsError."""
    bound = [route for resource in RESOURCES for route in _bind(resource, assumed)]
    if foreign := [route.path for route in bound if route.path.startswith(OTHER_FACES) or route.path == _DESCRIPTION]:
        raise AssumptionsError(f"paths: {foreign[0]} is the mock's own; give the operation another path")
    calls = Counter((method, route.path) for route in bound for method in route.methods or ())
    if twice := [f"{method} {path}" for (method, path), count in calls.items() if count > 1]:
        raise AssumptionsError(f"paths: two operations cannot lie at {', '.join(twice)}")
    return [*bound, Route(_DESCRIPTION, _describe(assumed), methods=["GET"])]


def hints() -> dict[str, str]:
    """What to do in place of a call that there is not, by its method and path."""
    return {call: hint for resource in RESOURCES for call, hint in resource.instead.items()}


def document(assumed: Assumptions) -> dict[str, Any]:
    """The OpenAPI document of the Odus API."""
    from mock_odus.api import openapi  # costs what only those should pay who ask for it

    return openapi.document(RESOURCES, assumed)


def _bind(resource: Resource, assumed: Assumptions) -> list[Route]:
    root = resource.root(assumed)
    one = root + "/{id}"
    found: list[Route] = [
        Route(root, _list(resource), methods=["GET"]),
        *(Route(f"{root}/{name}", _find_named(resource, name), methods=["GET"]) for name in resource.named),
        Route(one, _find(resource), methods=["GET"]),
    ]
    if resource.remover:
        found.append(Route(one, _delete(resource), methods=["DELETE"]))
    for call in resource.calls:
        endpoint = _post(resource, call, assumed)
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
            kept = sorted(resource.kept(caller), key=attrgetter("created_at"))  # a clock may have been set back
            return Answer(listing.rows(fields, kept, query))
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


def _post(resource: Resource, call: Call, assumed: Assumptions) -> Endpoint:
    status, is_once = call.status(assumed), assumed.policies.idempotency == "on"

    async def endpoint(request: Request) -> Response:
        caller: Caller = request.scope["caller"]
        caller.require(call.permission, call.kinds, request.path_params["id"] if call.on_record else None)
        raw = await read(request)
        # No await until the answer is made: a verb runs whole, and the world has one writer.
        mark = len(caller.world.log)
        key = caller.headers.get(b"idempotency-key")
        if key and is_once:
            answer = repeats.once(request, key, raw, lambda: act(request, caller, raw))
        else:
            answer = act(request, caller, raw)
            if key:
                repeats.warn(caller, key)
        if caller.sandbox.ticker:
            await caller.wait_for_gateways(mark)
        return answer

    def act(request: Request, caller: Caller, raw: bytes) -> Response:
        if call.on_record:
            record = _record(resource, caller, request)
            made = call.verb(caller, record, decode(raw, call.body))
        else:
            made = call.verb(caller, decode(raw, call.body))
        if isinstance(made, tuple):
            record, once = made
            return ToldOnce(to_builtins(_shown(record, caller)) | once, status)
        return Answer(_shown(made, caller), status)

    return endpoint


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
