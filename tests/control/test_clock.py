"""The clock: what is due, moving it, and who may do what while it moves."""

import subprocess
import sys
import threading

import pytest

from mock_odus.driver import Connection, Driver

START = "2026-01-01T00:00:00.000Z"
DAY = "2026-01-02T00:00:00.000Z"
CHALLENGED = "4000000000003220"
MANY = 1_500


def advance(api, **body):
    answer = api.post("/_mock/clock/advance", body)
    assert 201 == answer.status, answer.text
    return answer.json


def test_the_clock_shows_what_is_due(api):
    """now, the mode, and the next ten jobs by time."""
    assert {"now": START, "mode": "frozen", "rate": None, "agenda": []} == api.get("/_mock/clock").json
    first = api.paid(CHALLENGED)["id"]
    advance(api, by="1 hour")
    others = [api.paid(CHALLENGED)["id"] for _ in range(11)]

    agenda = api.get("/_mock/clock").json["agenda"]
    assert [{"at": DAY, "kind": "lapse_challenge", "subject": first}] == agenda[:1]
    assert [first, *others][:10] == [job["subject"] for job in agenda]


def test_an_advance_tells_what_happened(api):
    """from, to, every job at its own instant, events by type, attempts, rules hit, and what is next."""
    api.made("/_mock/rules", {"name": "ask", "then": {"challenge": {"answer": "passed", "after": "1 hour"}}})
    answered = api.paid()["id"]
    lapsing = api.paid(CHALLENGED)["id"]
    later = api.paid()["id"]
    rule = api.get("/_mock/rules").json[0]["id"]
    api.delete(f"/_mock/rules/{rule}")
    waiting = api.paid(CHALLENGED)["id"]
    report = advance(api, by="2 hours")

    assert (START, "2026-01-01T02:00:00.000Z", False) == (report["from"], report["to"], report["stoppedEarly"])
    at = "2026-01-01T01:00:00.000Z"
    step = {"at": at, "kind": "answer_challenge", "result": "done"}
    assert [step | {"subject": id} for id in (answered, lapsing, later)] == report["steps"]
    assert (3, {"payment.updated": 3}, 0) == (report["jobs"], report["events"], report["attempts"])
    assert [{"at": DAY, "kind": "lapse_challenge", "subject": waiting}] == report["agenda"]
    assert "2026-01-01T02:00:00.000Z" == api.get("/_mock/clock").json["now"]
    assert at == api.get(f"/payments/{answered}").json["updatedAt"]


def test_rules_hit_on_the_way_are_counted(api):
    """A rule that decides during an advance is in its report."""
    eu, us = api.ids["stripe_eu"], api.ids["adyen_us"]
    then = {"challenge": {"answer": "passed", "after": "1 hour", "then": "insufficient_funds"}}
    api.made(
        "/_mock/rules", {"name": "the US gateway says no", "when": {"gateway": us}, "then": "generic_soft_decline"}
    )
    api.made("/_mock/rules", {"name": "the EU gateway asks", "when": {"gateway": eu}, "then": then})
    api.paid()
    report = advance(api, by="1 day")

    assert {"the US gateway says no": 1} == report["rules"]
    assert 1 == report["attempts"]


def test_rules_of_one_name_are_counted_together(api):
    """A rule that was put in by hand may be called as another is; the report names both by their sum."""
    then = {"challenge": {"answer": "passed", "after": "1 hour", "then": "insufficient_funds"}}
    for gateway in ("stripe_eu", "adyen_us"):
        api.made("/_mock/rules", {"name": "no", "when": {"gateway": api.ids[gateway]}, "then": then})
    api.paid()

    assert {"no": 1} == advance(api, by="1 day")["rules"]


def test_too_many_steps_are_told_the_limit(api):
    """A number that is too large is told how large it may be."""
    answer = api.post("/_mock/clock/advance", {"by": "1 day", "maxSteps": 2_000_000})
    assert ["maxSteps must be at most 1,000,000, found 2000000"] == answer.problems


@pytest.mark.parametrize(
    ("by", "to"),
    [
        ("0 seconds", START),
        ("1 day", DAY),
        ("+1 day", DAY),
        ("P1D", DAY),
        ("1 month", "2026-02-01T00:00:00.000Z"),
        ("1 month 2 days", "2026-02-03T00:00:00.000Z"),
        ("90 seconds", "2026-01-01T00:01:30.000Z"),
        ("1 year", "2027-01-01T00:00:00.000Z"),
    ],
)
def test_by_is_a_duration(api, by, to):
    """Words and ISO 8601; months are calendar months."""
    assert to == advance(api, by=by)["to"]


def test_by_keeps_the_merchants_wall_clock(api):
    """A day over the end of summer time has 25 hours in the merchant's timezone."""
    config = api.get("/merchant-configs").json["data"][0]["id"]
    api.made(f"/merchant-configs/{config}", {"timezone": "Europe/Paris"})
    advance(api, to="2026-10-24T10:00:00Z")

    assert "2026-10-25T11:00:00.000Z" == advance(api, by="1 day")["to"]


def test_to_is_an_instant(api):
    """What is due at the target itself runs; an instant with an offset is the same instant."""
    api.paid(CHALLENGED)

    assert 0 == advance(api, to="2026-01-01T23:59:59.999Z")["jobs"]
    assert 1 == advance(api, to="2026-01-02T02:00:00+02:00")["jobs"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"by": "1 day", "to": DAY},
        {"by": None, "to": None},
        {"by": ""},
        {"by": "soon"},
        {"by": "-1 day"},
        {"by": "1"},
        {"by": "9999 years"},
        {"by": "9" * 400 + " days"},
        {"by": 7},
        {"to": "tomorrow"},
        {"to": ""},
        {"to": "99999-01-01"},
        {"to": "2026-13-01"},
        {"to": 7},
        {"by": "1 day", "maxSteps": 0},
        {"by": "1 day", "maxSteps": 1_000_001},
        {"by": "1 day", "maxSteps": "1"},
        {"bye": "1 day"},
    ],
    ids=lambda body: str(body)[:40],
)
def test_an_advance_that_cannot_be_is_a_400(api, body):
    """By or to, one of them, in a form that can be read."""
    answer = api.post("/_mock/clock/advance", body)

    assert 400 == answer.status, answer.text
    assert START == api.get("/_mock/clock").json["now"]


def test_time_does_not_go_back(api):
    """An earlier target is a 409 that suggests restoring a snapshot."""
    advance(api, by="1 day")
    answer = api.post("/_mock/clock/advance", {"to": START})

    assert (409, "Conflict") == (answer.status, answer.json["error"])
    assert "restore" in answer.json["message"]
    assert "snapshot" in answer.json["message"]
    assert DAY == api.get("/_mock/clock").json["now"]


def test_an_advance_may_stop_early(api):
    """After maxSteps jobs it stops at the last job's time, and the next one goes on from there."""
    api.paid(CHALLENGED)
    advance(api, by="1 hour")
    api.paid(CHALLENGED)
    api.paid(CHALLENGED)
    first = advance(api, by="1 month", maxSteps=2)

    assert (True, 2, "2026-01-02T01:00:00.000Z") == (first["stoppedEarly"], first["jobs"], first["to"])
    assert "2026-01-02T01:00:00.000Z" == api.get("/_mock/clock").json["now"]
    second = advance(api, by="1 month", maxSteps=1)
    assert (False, 1, "2026-02-02T01:00:00.000Z") == (second["stoppedEarly"], second["jobs"], second["to"])


def test_clocks_are_apart(api, account):
    """Moving one sandbox moves no other."""
    other = account()
    advance(api, by="1 month")

    assert START == other.get("/_mock/clock").json["now"]


# --- while it moves

GATEWAYS = [f"g{position}" for position in range(1, 11)]
LIMIT = {"transactionLimit": 1_000_000, "limitPeriod": "day"}
LABOUR = {
    "version": 1,
    "name": "labour",
    "world": {
        "gatewayProfiles": {name: {"integration": "stripe"} for name in GATEWAYS},
        "cascades": {
            "ten": {
                "algorithm": "priority_queue",
                "rules": [
                    {"gatewayProfile": name, "position": position} | (LIMIT if position < 10 else {})
                    for position, name in enumerate(GATEWAYS, start=1)
                ],
            }
        },
        "merchantConfig": {"paymentMethodOptions": {"card": {"mode": "cascade", "cascade": "ten"}}},
    },
    "rules": [
        {
            "when": {"gateway": "g1"},
            "then": {"challenge": {"answer": "passed", "after": "1 hour", "then": "insufficient_funds"}},
        },
        {"then": "insufficient_funds"},
    ],
}


@pytest.fixture(scope="module")
def laboratory():
    """A server in a process of its own, with a snapshot in which many challenges are about to be answered.

    Each answer leads to nine more gateways. In this process the client and the server would hold each other up.
    """
    command = [sys.executable, "-m", "mock_odus", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        connection = Connection(process.stdout.readline().split()[-1])
        driver = Driver.open(connection.url, "laboratory", scenario=LABOUR, connection=connection)
        for number in range(1, MANY + 1):
            driver.pay(100)
            if number % 25 == 0:
                driver.advance(by="1 second")
        driver.snapshot("busy")
        yield connection
        connection.close()
        process.terminate()


@pytest.fixture
def busy(api, laboratory):
    """A sandbox of the laboratory."""
    opener = api.at(laboratory.url)
    made = opener.made("/_mock/sandboxes", {"from": "laboratory/busy"})
    client = opener.with_key(made["secretKey"])
    client.name, client.begun = made["name"], made["now"]
    yield client
    opener.delete(f"/_mock/sandboxes/{made['name']}")
    opener.close()


class Advancing:
    """An advance by two hours over all that is due, in a thread of its own."""

    def __init__(self, api):
        self.answer = None
        self._line = api.with_key(api.key)
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        self.answer = self._line.post("/_mock/clock/advance", {"by": "2 hours"})

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *failure):
        self._thread.join()

    def under_way(self, api):
        """Returns once the clock has moved, and before it has arrived."""
        while (now := now_of(api)) == api.begun:
            assert self.answer is None
        assert is_between(now)


def now_of(api):
    return api.get("/_mock/clock").json["now"]


def is_between(now):
    return "2026-01-01T01:00" <= now < "2026-01-01T01:02"


def test_an_advance_lets_others_speak(busy):
    """Other requests are answered while an advance runs, one after the other, and see its time pass."""
    seen = []
    with Advancing(busy) as advancing:
        while advancing.answer is None:
            assert 200 == busy.get("/_mock/health").status
            seen.append(now_of(busy))

    assert (201, MANY) == (advancing.answer.status, advancing.answer.json["jobs"])
    assert 1_000 == len(advancing.answer.json["steps"])
    assert sorted(seen) == seen
    assert 5 <= len({now for now in seen if is_between(now)})


def test_one_advance_at_a_time(busy):
    """A second advance of the same sandbox is a 409; the first goes on to its end."""
    with Advancing(busy) as advancing:
        advancing.under_way(busy)
        second = busy.post("/_mock/clock/advance", {"by": "1 day"})

    assert (409, "Conflict") == (second.status, second.json["error"])
    assert "one advance at a time" in second.json["message"]
    assert (201, MANY) == (advancing.answer.status, advancing.answer.json["jobs"])
    assert 201 == busy.post("/_mock/clock/advance", {"by": "1 day"}).status


def test_another_sandbox_may_move_at_the_same_time(busy):
    """An advance holds up nobody but its own sandbox."""
    other = busy.with_key("skey_mock")
    with Advancing(busy) as advancing:
        advancing.under_way(busy)
        moved = other.post("/_mock/clock/advance", {"by": "1 day"})
        assert is_between(now_of(busy))

    assert 201 == moved.status
    assert 201 == advancing.answer.status


@pytest.mark.parametrize("by", ["reset", "restore", "scenario", "keep", "drop", "delete"])
def test_what_replaces_the_world_stops_an_advance(busy, by):
    """Reset, restore, another scenario or DELETE win; whoever was advancing gets a 409."""
    busy.made("/_mock/snapshots", {"name": "here"})
    stop = {
        "reset": lambda: busy.post(f"/_mock/sandboxes/{busy.name}/reset"),
        "restore": lambda: busy.post("/_mock/snapshots/here/restore"),
        "scenario": lambda: busy.put("/_mock/scenario", {"name": "starter"}),
        "keep": lambda: busy.put("/_mock/scenario?keepWorld=true", {"name": "starter"}),
        "drop": lambda: busy.delete("/_mock/scenario"),
        "delete": lambda: busy.delete(f"/_mock/sandboxes/{busy.name}"),
    }[by]
    with Advancing(busy) as advancing:
        advancing.under_way(busy)
        stopped = stop()

    assert stopped.status in (200, 201)
    assert (409, "Conflict") == (advancing.answer.status, advancing.answer.json["error"])
    if by != "delete":
        now = now_of(busy)
        assert now == busy.begun if by in ("reset", "restore") else is_between(now)
        assert 201 == busy.post("/_mock/clock/advance", {"by": "1 second", "maxSteps": 1}).status
