"""What schemathesis is told beyond the documents: ids that exist. It loads this file by `SCHEMATHESIS_HOOKS`.

Left to itself it would make ids up, and most calls would end at a 404. So a path gets the id of a record that is there
whenever it was not made wrong on purpose, one after the other.
"""

import json
from itertools import count
from urllib.request import Request, urlopen

import schemathesis
from schemathesis.core.parameters import ParameterLocation

KEY = {"Authorization": "Bearer skey_mock"}
TURN = count()

# Which list holds the ids of a path of the control API, and under what name.
HELD = {
    "/_mock/challenges/{payment}/complete": ("/_mock/challenges", "payment"),
    "/_mock/deliveries/{id}/answer": ("/_mock/deliveries/held", "id"),
    "/_mock/deliveries/{id}/redeliver": ("/_mock/journal/deliveries", "id"),
    "/_mock/rules/{id}": ("/_mock/rules", "id"),
    "/_mock/sandboxes/{name}": ("/_mock/sandboxes", "name"),
    "/_mock/sandboxes/{name}/reset": ("/_mock/sandboxes", "name"),
    "/_mock/snapshots/{name}": ("/_mock/snapshots", "name"),
    "/_mock/snapshots/{name}/restore": ("/_mock/snapshots", "name"),
}


def ids(base, path):
    """Those of the records that are there now."""
    place, field = HELD.get(path, ("/" + path.split("/")[1], "id"))
    with urlopen(Request(base.rstrip("/") + place, headers=KEY), timeout=10) as answer:
        found = json.load(answer)
    return [one[field] for one in (found["data"] if isinstance(found, dict) else found)]


@schemathesis.hook
def before_call(context, case, kwargs):
    """Puts an id that exists into a path, and an end to answers that wait for what will not come."""
    path, meta = case.operation.path, case.meta
    part = meta and meta.components.get(ParameterLocation.PATH)
    if case.path_parameters and not (part and part.mode.is_negative) and next(TURN) % 4:
        (name,) = case.path_parameters
        if known := ids(case.operation.base_url, path):
            case.path_parameters[name] = known[next(TURN) % len(known)]
    query = case.query or {}
    if (path == "/_mock/stream" or "waitFor" in query) and not query.get("timeout"):
        case.query = query | {"timeout": "1 ms"}
