"""What schemathesis is told beyond the documents: ids that exist. It loads this file by `SCHEMATHESIS_HOOKS`.

Left to itself it would make ids up, and most calls would end at a 404. So a path gets the id of a record that is there
whenever it was not made wrong on purpose, one after the other; where there is none, one is made.
"""

import json
from itertools import count
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import schemathesis
from schemathesis.core.parameters import ParameterLocation

TURN = count()

# Which list holds the ids of a path of the control API, and under what name.
HELD = {
    "/_mock/challenges/{payment}/complete": ("/_mock/challenges", "payment"),
    "/_mock/deliveries/{id}/answer": ("/_mock/deliveries/held", "id"),
    "/_mock/deliveries/{id}/redeliver": ("/_mock/journal/deliveries", "id"),
    "/_mock/rules/{id}": ("/_mock/rules", "id"),
    "/_mock/sandboxes/{name}": ("/_mock/sandboxes", "name"),
    "/_mock/sandboxes/{name}/reset": ("/_mock/sandboxes", "name"),
    "/_mock/scenarios/{name}": ("/_mock/scenarios", "name"),
    "/_mock/snapshots/{name}": ("/_mock/snapshots", "name"),
    "/_mock/snapshots/{name}/restore": ("/_mock/snapshots", "name"),
}
CARD = {"number": "4000000000003220", "expMonth": "12", "expYear": "2099", "cvv": "100"}
PAYING = {"type": "card", "card": CARD, "returnUrl": "https://shop.example"}


def ask(base, method, path, body=None):
    """The answer; None when it is a refusal."""
    headers = {"Authorization": "Bearer skey_mock", "Content-Type": "application/json"}
    raw = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(base.rstrip("/") + path, raw, headers, method=method), timeout=30) as answer:
            return json.load(answer)
    except HTTPError:
        return None


def ids(base, path):
    """Those of the records that are there now."""
    place, field = HELD.get(path, ("/" + path.split("/")[1], "id"))
    found = ask(base, "GET", place)
    return [one[field] for one in (found["data"] if isinstance(found, dict) else found or ())]


def make(base, path):
    """What the path of the control API is about, in a world that may have been dropped or reset."""
    if "/rules/" in path:
        ask(base, "POST", "/_mock/rules", {"then": "approve"})
    elif "/snapshots/" in path:
        ask(base, "POST", "/_mock/snapshots", {"name": "saved"})
    elif "/challenges/" in path or "/deliveries/" in path:
        ask(base, "PUT", "/_mock/scenario", {"name": "starter"})
        ask(base, "POST", "/_mock/deliveries/hold", {"held": True})
        ask(base, "POST", "/webhook-subscribers", {"url": "http://127.0.0.1:9/", "events": ["*"]})
        payment = ask(base, "POST", "/payments", {"amount": 5000, "currency": "usd"})
        ask(base, "POST", f"/payments/{payment['id']}/authorize", PAYING)


def is_wrong(case, part):
    """Whether a part of a case was made wrong on purpose."""
    known = case.meta and case.meta.components.get(part)
    return bool(known and known.mode.is_negative)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Puts an id that exists where one is wanted, and an end to answers that wait for what will not come."""
    base, path, query = case.operation.base_url, case.operation.path, case.query or {}
    if case.path_parameters and not is_wrong(case, ParameterLocation.PATH) and next(TURN) % 4:
        (name,) = case.path_parameters
        known = ids(base, path) or make(base, path) or ids(base, path)
        if known:
            case.path_parameters[name] = known[next(TURN) % len(known)]
    if path == "/_mock/events" and isinstance(case.body, dict) and not is_wrong(case, ParameterLocation.BODY):
        kind = str(case.body.get("type")).partition(".")[0].replace("_", "-")
        if known := ids(base, f"/{kind}s"):
            case.body["subject"] = known[0]
    if (path == "/_mock/stream" or "waitFor" in query) and query.get("timeout", "5 seconds") == "5 seconds":
        case.query = query | {"timeout": "1 ms"}
