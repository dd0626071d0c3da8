"""Clocks that tick and clocks that stand, over HTTP. The real clock behind them is moved by hand."""

from urllib.parse import urlsplit

import pytest

from mock_odus.app import Server, create_app
from mock_odus.timekeeper.ticking import RealClock
from tests.conftest import VISA, Account, Client
from tests.timekeeper.hands import Hands, challenged

START = "2026-01-01T00:00:00.000Z"
MINUTE = "2026-11-24T04:05:00.000Z"
CHALLENGED = "4000000000003220"


@pytest.fixture(scope="module")
def hands():
    return Hands()


@pytest.fixture(scope="module")
def url(hands):
    """A server whose real seconds are the hands'; its default sandbox ticks."""
    clock = RealClock(hands.day, lambda: hands.seconds, sleep=hands.let_pass)
    server = Server(create_app(scenario="starter", by_default="ticking", clock=clock))
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def opened(url):
    """Makes sandboxes on that server."""
    made = []

    def make(**settings):
        opener = Client(url)
        made.append(Account(url, opener.made("/_mock/sandboxes", {"scenario": "starter"} | settings)))
        opener.close()
        return made[-1]

    yield make
    for account in made:
        account.delete(f"/_mock/sandboxes/{account.name}")
        account.close()


def clock(api):
    told = api.get("/_mock/clock").json
    return told["now"], told["mode"], told["rate"]


def test_a_sandbox_stands_unless_it_is_told_to_tick(opened, hands):
    """Also where the default one ticks; a rate is one of a clock that ticks."""
    standing, ticking, quick = opened(), opened(clock={"mode": "ticking"}), opened(clock={"rate": 60})
    hands.seconds += 1

    assert (START, "frozen", None) == clock(standing)
    assert ("2026-11-24T04:05:01.000Z", "ticking", 1) == clock(ticking)
    assert ("2026-11-24T04:06:00.000Z", "ticking", 60) == clock(quick)


def test_every_answer_is_of_the_clocks_time(opened, hands):
    """The header, the journal, and what is made."""
    api = opened(clock={"mode": "ticking", "start": START, "rate": 10})
    hands.seconds += 3
    answer = api.post("/payments", {"amount": 5000, "currency": "usd"})

    at = "2026-01-01T00:00:30.000Z"
    assert (at, at) == (answer.headers["x-mock-now"], answer.json["createdAt"])
    hands.seconds += 3
    assert [at] == [entry["at"] for entry in api.get("/_mock/journal/requests").json["data"]]


SLOW = [
    {"name": "the first is slow", "when": {"gateway": "stripe_eu"}, "then": {"unreachable": None, "latency": "20 s"}},
    {"name": "so is the second", "when": {"gateway": "adyen_us"}, "then": {"approve": None, "latency": "10 s"}},
]


@pytest.fixture
def slow(opened, hands):
    """A sandbox with slow gateways, and hands that have not waited for any yet."""

    def make(**clock):
        api = opened(clock={"start": START} | clock)
        for rule in SLOW:
            api.made("/_mock/rules", rule)
        hands.slept.clear()
        return api

    return make


def test_an_answer_takes_as_long_as_the_gateways_where_the_clock_ticks(slow, hands):
    """All that were asked together, by the sandbox's own clock; the payment was changed before the wait."""
    api = slow(mode="ticking", rate=10)
    paid = api.paid(VISA)

    assert ([3.0], "succeeded", [20_000, 10_000], START, "2026-01-01T00:00:30.000Z") == (
        hands.slept,
        paid["status"],
        [one["latencyMs"] for one in paid["transactions"]],
        paid["updatedAt"],
        clock(api)[0],
    )


def test_a_gateway_is_not_waited_for_where_the_clock_stands(slow, hands):
    """Its latency is only written down."""
    latencies = [one["latencyMs"] for one in slow(mode="frozen").paid(VISA)["transactions"]]

    assert ([20_000, 10_000], []) == (latencies, hands.slept)


def test_after_a_challenge_only_what_is_asked_then_is_waited_for(slow, hands):
    """The gateway that challenged was waited for when it did."""
    api = slow(mode="ticking")
    api.made(
        "/_mock/rules",
        {
            "when": {"gateway": "stripe_eu"},
            "then": {"challenge": {"then": "insufficient_funds"}, "latency": "7 seconds"},
        },
    )
    payment, other = api.paid(VISA), api.paid(VISA)
    api.made(f"/_mock/challenges/{payment['id']}/complete", {"result": "passed"})
    page = urlsplit(other["action"]["redirectUrl"]).path

    assert 303 == api.post(page, raw=b"result=passed").status
    assert [7.0, 7.0, 10.0, 10.0] == hands.slept


def test_what_is_due_has_run_before_a_request(opened, hands):
    """At its own time, not at that of the request."""
    api = opened(clock={"mode": "ticking", "start": START})
    payment = api.paid(CHALLENGED)["id"]
    hands.seconds += 2 * 86_400

    assert "open" == api.get(f"/payments/{payment}").json["status"]
    assert "2026-01-02T00:00:00.000Z" == api.get(f"/payments/{payment}").json["updatedAt"]
    assert ("2026-01-03T00:00:00.000Z", "ticking", 1) == clock(api)


def test_an_advance_jumps_ahead(opened, hands):
    """And the clock ticks on from there."""
    api = opened(clock={"mode": "ticking", "start": START})
    hands.seconds += 5
    report = api.made("/_mock/clock/advance", {"by": "1 month"})

    assert ("2026-01-01T00:00:05.000Z", "2026-02-01T00:00:05.000Z") == (report["from"], report["to"])
    hands.seconds += 5
    assert ("2026-02-01T00:00:10.000Z", "ticking", 1) == clock(api)


def test_a_dry_run_leaves_a_ticking_clock_alone(opened, hands):
    """It goes on as if nobody had asked."""
    api = opened(clock={"mode": "ticking", "start": START})
    api.made("/_mock/clock/advance", {"by": "1 month", "dryRun": True})
    hands.seconds += 5

    assert ("2026-01-01T00:00:05.000Z", "ticking", 1) == clock(api)


def test_freezing_and_ticking_again(opened, hands):
    """Both answer the clock; what was missed while it stood is not made up for."""
    api = opened(clock={"mode": "ticking", "start": START})
    hands.seconds += 5
    at = "2026-01-01T00:00:05.000Z"
    assert {"now": at, "mode": "frozen", "rate": None, "agenda": []} == api.made("/_mock/clock/freeze")
    hands.seconds += 5
    assert {"now": at, "mode": "ticking", "rate": 60, "agenda": []} == api.made("/_mock/clock/tick", {"rate": 60})
    hands.seconds += 1
    assert ("2026-01-01T00:01:05.000Z", "ticking", 60) == clock(api)
    assert 1 == api.made("/_mock/clock/tick")["rate"]


@pytest.mark.parametrize("mode", ["frozen", "ticking"])
def test_freezing_at_an_instant_is_an_advance(opened, hands, mode):
    """What is due until then runs, and then the clock stands."""
    api = opened(clock={"mode": mode, "start": START})
    payment = api.paid(CHALLENGED)["id"]
    told = api.made("/_mock/clock/freeze", {"at": "2026-01-31T09:00:00+01:00"})

    assert ("2026-01-31T08:00:00.000Z", "frozen", []) == (told["now"], told["mode"], told["agenda"])
    assert "2026-01-02T00:00:00.000Z" == api.get(f"/payments/{payment}").json["updatedAt"]
    hands.seconds += 5
    assert ("2026-01-31T08:00:00.000Z", "frozen", None) == clock(api)


def test_freezing_in_the_past_is_a_409(opened, hands):
    """It suggests a snapshot, and the clock ticks on."""
    api = opened(clock={"mode": "ticking", "start": START})
    answer = api.post("/_mock/clock/freeze", {"at": "2025-12-31T00:00:00Z"})

    assert (409, "Conflict") == (answer.status, answer.json["error"])
    assert "restore a snapshot" in answer.json["message"]
    hands.seconds += 5
    assert ("2026-01-01T00:00:05.000Z", "ticking", 1) == clock(api)


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("clock/freeze", {"at": "soon"}, 'at must be an instant such as 2026-01-31T09:00:00Z, found "soon"'),
        ("clock/freeze", {"until": START}, "until is not a known field"),
        ("clock/tick", {"rate": 0}, "rate must be a number above 0 and up to 1000000, found 0"),
        ("clock/tick", {"rate": -1}, "rate must be a number above 0 and up to 1000000, found -1"),
        ("clock/tick", {"rate": 1e7}, "rate must be a number above 0 and up to 1000000, found 10000000.0"),
        ("clock/tick", {"rate": "2"}, 'rate must be a number above 0 and up to 1000000, found "2"'),
        ("clock/tick", {"speed": 2}, "speed is not a known field"),
        ("sandboxes", {"clock": {"mode": "stopped"}}, "clock.mode must be one of frozen, ticking"),
        ("sandboxes", {"clock": {"mode": "frozen", "rate": 2}}, "clock.rate is for a clock that ticks"),
    ],
    ids=str,
)
def test_a_clock_that_cannot_be_is_a_400(opened, path, body, told):
    """Each says what is allowed, and nothing has changed."""
    api = opened()
    answer = api.post(f"/_mock/{path}", body)

    assert 400 == answer.status
    assert answer.problems[0].startswith(told)
    assert (START, "frozen", None) == clock(api)


def test_the_same_name_with_another_clock_is_a_409(opened, url):
    """Mode and rate are settings as the start is."""
    opened(name="shop", clock={"mode": "ticking", "start": START})
    opener = Client(url)
    answers = [
        opener.post("/_mock/sandboxes", {"name": "shop", "scenario": "starter", "clock": told}).status
        for told in ({"start": START}, {"mode": "ticking", "start": START}, {"rate": 2, "start": START})
    ]
    opener.close()

    assert [409, 200, 409] == answers


def test_a_scenario_may_let_the_clock_tick(opened, hands):
    """In a new sandbox, and when it is loaded."""
    document = {"version": 1, "name": "running", "clock": {"start": START, "mode": "ticking", "rate": 3600}}
    api, other = opened(scenario=document), opened()
    other.put("/_mock/scenario", document)
    hands.seconds += 2

    for one in (api, other):
        assert ("2026-01-01T02:00:00.000Z", "ticking", 3600) == clock(one)
    api.put("/_mock/scenario", document | {"clock": {"mode": "frozen"}})
    assert ("2026-01-01T02:00:00.000Z", "frozen", None) == clock(api)


def test_a_list_of_sandboxes_tells_everybodys_time(opened, hands):
    """Whoever asks: each clock is at its own time."""
    api, other = opened(clock={"mode": "ticking", "start": START}), opened()
    hands.seconds += 5
    told = {one["name"]: one["now"] for one in other.get("/_mock/sandboxes").json}

    assert ("2026-01-01T00:00:05.000Z", START) == (told[api.name], told[other.name])


def test_a_snapshot_is_gone_on_from(opened, hands):
    """Restoring sets the clock back, and it ticks on; a sandbox made of a snapshot begins at its time."""
    api = opened(clock={"mode": "ticking", "start": START})
    api.made("/_mock/snapshots", {"name": "saved"})
    hands.seconds += 60
    api.made("/_mock/snapshots/saved/restore")
    twin = opened(**{"from": f"{api.name}/saved", "clock": {"mode": "ticking"}, "scenario": None})
    hands.seconds += 1

    assert ("2026-01-01T00:00:01.000Z", "ticking", 1) == clock(api) == clock(twin)


def test_the_default_sandbox_may_tick_by_default(url, hands):
    """As `serve` has it; a reset begins at the time of day."""
    mock = Client(url, "skey_mock")
    assert ("ticking", 1) == clock(mock)[1:]
    mock.post("/_mock/sandboxes/mock/reset")
    assert MINUTE == clock(mock)[0]
    mock.close()


def test_serving_sets_the_alarms():
    """What is due in a world that was made before anybody serves has its alarm as soon as somebody does."""
    hands = Hands()
    app = create_app(scenario="starter", mode="ticking", clock=hands.clock)
    challenged(app.sandboxes.default.world)
    assert [] == hands.alarms
    server = Server(app)
    server.start()
    assert [3_600] == hands.alarms
    server.stop()
    assert [] == hands.alarms


# --- probes


def test_asking_for_health_without_a_key_leaves_no_trace(api):
    """Neither in the journal nor in the ids of other requests, and yet each answer has an id of its own."""
    mock = api.with_key("skey_mock")
    probes = [api.with_key(key).get("/_mock/health").headers["x-request-id"] for key in (None, None, "skey_nobody")]

    assert [] == mock.get("/_mock/journal/requests?path[eq]=/_mock/health").json["data"]
    assert 3 == len(set(probes))
    assert all(len("req_") + 27 == len(probe) for probe in probes)


def test_asking_for_health_with_a_key_is_a_request_like_others(api):
    """It stands in the journal of its sandbox."""
    api.get("/_mock/health")

    assert ["/_mock/health"] == [entry["path"] for entry in api.get("/_mock/journal/requests").json["data"]]
