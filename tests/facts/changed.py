"""A mock behind what changes some of its documented behaviour, each so that one fact does not hold any more."""

import json
import re

CHANGES = {
    "POST /payments answers 200": "conventions.created",
    "the paths have a version": "conventions.no_version",
    "instants have an offset": "conventions.times",
    "requests have no id": "conventions.request_ids",
    "PUT is taken": "conventions.no_put",
    "null leaves the metadata": "conventions.metadata_clears",
    "a list has twenty records": "lists.form",
    "a size past 100 is 100": "lists.silent_failure",
    "partial refunds are shown as successes": "payments.display_statuses",
    "a redirect has no special code": "paying.confirmation",
    "descriptors are cut off": "catalog.descriptor",
    "an expiry is a number": "customers.saved",
    "a second cancel is taken": "subscriptions.second_cancel",
    "there is no default policy": "retries.default",
}


class Changed:
    """ASGI: changes requests on their way in and answers on their way out."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or scope["path"].startswith("/_mock"):
            await self.app(scope, receive, send)
            return
        body = await _body(receive)
        method, path, query, body = _asked(scope["method"], scope["path"], scope["query_string"].decode(), body)
        told = []

        async def take():
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message):
            told.append(message)

        length = [(b"content-length", str(len(body)).encode())]
        headers = [header for header in scope["headers"] if header[0] != b"content-length"] + length
        asked = {"method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode()}
        await self.app(scope | asked | {"headers": headers}, take, keep)
        start, text = told[0], b"".join(message.get("body", b"") for message in told[1:])
        status, text = _answered(method, path, start["status"], body, text)
        headers = [one for one in start["headers"] if one[0] not in (b"content-length", b"x-request-id")]
        headers.append((b"content-length", str(len(text)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": text})


async def _body(receive):
    found, more = b"", True
    while more:
        message = await receive()
        found += message.get("body", b"")
        more = message.get("more_body", False)
    return found


def _asked(method, path, query, body):
    path = path.removeprefix("/v1")
    if method == "PUT" and path.startswith("/customers/"):
        method = "POST"
    if method == "GET" and "pageSize" not in query and re.fullmatch(r"/[a-z-]+", path):
        query = f"{query}&pageSize=20".lstrip("&")
    query = query.replace("pageSize=101", "pageSize=100")
    if method == "POST" and body:
        sent = json.loads(body)
        if sent.get("metadata", "") is None:
            del sent["metadata"]
        if path == "/products" and "statementDescriptor" in sent:
            sent["statementDescriptor"] = sent["statementDescriptor"][:22]
        body = json.dumps(sent).encode()
    return method, path, query, body


def _answered(method, path, status, sent, text):
    if (method, path, status) == ("POST", "/payments", 201):
        status = 200
    if path == "/retry-policies/default":
        status = 404
    if method == "POST" and path.endswith("/cancel") and status == 400 and b"false" in sent:
        status = 201
    if path == "/products":
        text = re.sub(rb'(At":"[^"]*)Z"', rb'\1+00:00"', text)
    if path.startswith("/payment-methods"):
        text = re.sub(rb'"expMonth":"(\d+)"', rb'"expMonth":\1', text)
    text = text.replace(b'"confirmation_requested"', b"null")
    return status, text.replace(b'"partially_reversed"', b'"succeeded"')


class Bare:
    """ASGI: the same service without a control API, as Odus itself is."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and scope["path"].startswith(("/_mock", "/sdk")):
            scope = scope | {"path": "/nowhere", "raw_path": b"/nowhere"}
        await self.app(scope, receive, send)
