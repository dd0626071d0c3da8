"""A story in which every operation of the control API is called once at least."""

from tests.api.story import filled

SCENARIO = {
    "version": 1,
    "name": "moody",
    "extends": "starter",
    "unmatched": "fail",
    "world": {
        "webhookSubscribers": {"shop": {"url": "http://127.0.0.1:9/hooks", "events": ["payment.created"]}},
        "users": {"alice": {"password": "Str0ng#Pass", "role": "supportAgent"}},
    },
    "rules": [
        {"name": "taken and not told", "when": {"amount": 1}, "then": {"timeout": {"charged": True}}},
        {"name": "challenged", "when": {"amount": [2, 3]}, "chance": "100%", "then": "challenge"},
        {"name": "twice", "when": {"amount": "4..5"}, "times": 2, "per": "gateway", "then": ["unreachable", "approve"]},
    ],
}
RULE = {"when": {"customer.email": "*@example.com"}, "then": {"decline": "insufficient_funds", "latency": "2 seconds"}}

# What is called `name` on the left is `{name}` further down: the name or id in the answer.
STORY = [
    ("", "GET /_mock/health", None),
    (
        "box",
        "POST /_mock/sandboxes",
        {"name": "{own}-2", "seed": 7, "scenario": "starter", "clock": {"mode": "frozen"}},
    ),
    ("", "POST /_mock/sandboxes", {"name": "{own}-2"}),
    ("", "GET /_mock/sandboxes", None),
    ("", "POST /_mock/sandboxes/{box}/reset", {"scenario": None}),
    ("", "DELETE /_mock/sandboxes/{box}", None),
    ("", "GET /_mock/digest", None),
    ("saved", "POST /_mock/snapshots", {"name": "saved"}),
    ("", "GET /_mock/snapshots", None),
    ("", "POST /_mock/snapshots/{saved}/restore", None),
    ("", "DELETE /_mock/snapshots/{saved}", None),
    ("", "PUT /_mock/scenario", {"name": "starter"}),
    ("", "POST /_mock/deliveries/hold", {"held": True}),
    ("", "PUT /_mock/scenario?keepWorld=true", SCENARIO),
    ("", "GET /_mock/scenario", None),
    ("rule", "POST /_mock/rules", RULE),
    ("", "GET /_mock/rules", None),
    ("", "DELETE /_mock/rules/{rule}", None),
    ("", "POST /_mock/sessions", {"email": "alice@example.com", "password": "Str0ng#Pass"}),
    ("", "GET /_mock/clock", None),
    ("", "POST /_mock/clock/advance", {"by": "1 hour", "maxSteps": 10}),
    ("", "POST /_mock/clock/advance", {"until": "next", "dryRun": True}),
    ("", "POST /_mock/clock/tick", {"rate": 0.5}),
    ("", "GET /_mock/clock", None),
    ("", "POST /_mock/clock/freeze", {}),
    ("", "GET /_mock/challenges", None),
    ("", "POST /_mock/challenges/{waiting}/complete", {"result": "passed"}),
    ("", "POST /_mock/clock/advance", {"to": "2026-03-01T00:00:00Z"}),
    ("", "GET /_mock/timeline", None),
    ("", "GET /_mock/timeline?payment={waiting}&format=text", None),
    ("", "POST /_mock/events", {"type": "payment.updated", "subject": "{waiting}"}),
    ("", "GET /_mock/timeline?format=mermaid", None),
    ("", "GET /_mock/deliveries/held", None),
    ("", "POST /_mock/deliveries/{delivery}/answer", {"status": 204}),
    ("", "POST /_mock/deliveries/{delivery}/redeliver", {}),
    ("", "POST /_mock/deliveries/settle", {}),
    ("", "GET /_mock/journal/deliveries", None),
    ("", "GET /_mock/journal/requests?pageSize=100", None),
    ("", "GET /_mock/journal/events?pageSize=100", None),
    ("", "GET /_mock/journal/attempts?pageSize=100", None),
    ("", "GET /_mock/journal/jobs?waitFor=1&timeout=5s", None),
    ("", "GET /_mock/journal/misses", None),
    ("", "GET /_mock/journal/orphans", None),
    ("", "GET /_mock/analytics/revenue?granularity=week&from=2026-01-01", None),
    ("", "GET /_mock/analytics/products?timezone=Europe/Paris&currency=USD", None),
    ("", "GET /_mock/analytics/rebills?month=2026-03", None),
    ("", "GET /_mock/stream?timeout=1ms", None),
    ("", "GET /_mock/scenarios", None),
    ("", "GET /_mock/scenarios/starter", None),
    ("", "POST /_mock/scenario/check", {"version": 2}),
    ("", "GET /_mock/timeline?last=3", None),
    ("", "GET /_mock/openapi.json", None),
    ("", "GET /_mock/coverage", None),
    ("", "DELETE /_mock/scenario", None),
    ("", "GET /_mock/scenario", None),
]


def played(mock, client):
    """Asks it all of that client's sandbox, and tells the payments that were made on the way."""
    names, payments = {"own": client.name}, []
    for name, call, body in STORY:
        method, path = filled(call, names).split()
        answer = mock(method, path, filled(body, names))
        assert answer.status < 400, (call, answer.text)
        if name:
            names[name] = answer.json.get("id") or answer.json["name"]
        if body is SCENARIO:
            payments = [client.paid(amount=amount) for amount in (1, 2, 3, 4, 6)]
            names["waiting"] = payments[1]["id"]
        if "/held" in path:
            names["delivery"] = answer.json[0]["id"]
        if "/journal/" in path:
            assert answer.json["data"]
    return payments
