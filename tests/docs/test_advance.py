"""`mock-odus advance`: moving the clock of a running mock in slices, and the story of the time."""

import os
import pty
import subprocess

import pytest

from mock_odus import journey
from mock_odus.driver import Connection, OdusApiError, Record
from tests.docs.test_cli import COMMAND, environment, run

RULES = [{"name": "moody", "when": {"initiator": "merchant"}, "chance": "40%", "then": "insufficient_funds"}]
MONTHLY = {"cycleDefinitions": [{"position": 1, "amount": 2999, "intervalUnit": "month", "intervalValue": 1}]}
GOALS = [{"by": "5 months"}, {"to": "2026-03-15T00:00:00Z"}, {"until": "renewal"}, {"until": "next"}]


@pytest.fixture
def subscribed(account):
    """Makes sandboxes in which three customers pay by the month; two of them are alike when they are named alike."""

    def make(**settings):
        api = account(**settings)
        price = {"product": api.made("/products", {"name": "Pro"})["id"], "type": "recurring", "currency": "usd"}
        price = api.made("/prices", price | {"billingSchedule": MONTHLY})["id"]
        for name in ("ann", "bob", "cid"):
            customer = api.made("/customers", {"email": f"{name}@example.com"})["id"]
            cart = {"items": [{"price": price}]}
            fields = {"currency": "usd", "customer": customer, "cart": cart, "returnUrl": "https://shop.example"}
            payment = api.made("/payments", fields)
            api.subscription = api.made(f"/payments/{payment['id']}/authorize", api.card())["subscriptions"][0]
        for rule in RULES:
            api.made("/_mock/rules", rule)
        return api

    return make


def jobs(api):
    """Everything that ran by its time."""
    return api.get("/_mock/journal/jobs?pageSize=100").json["data"]


@pytest.fixture
def travel():
    """Goes through a sandbox's time in slices."""
    opened = []

    def go(api, goal, watch=lambda text: None, **limits):
        opened.append(Connection(api.url))
        return journey.travel(opened[-1], api.key, goal, watch=watch, **limits)

    yield go
    for connection in opened:
        connection.close()


def advance(api, *options, **variables):
    return run("advance", "--url", api.url, "--key", api.key, *options, **variables)


# --- in slices


@pytest.mark.parametrize("slice", [1, 2, 7])
@pytest.mark.parametrize("goal", [*GOALS, {"until": "renewal:last"}], ids=str)
def test_slices_are_one_long_advance(subscribed, travel, goal, slice):
    """The same report and the same world, wherever the slices end."""
    one, other = subscribed(), subscribed()
    if goal == {"until": "renewal:last"}:
        goal = {"until": f"renewal:{one.subscription}"}
    watched = []
    whole = one.made("/_mock/clock/advance", goal)
    pieces = travel(other, goal, watch=watched.append, slice=slice)

    assert whole == pieces
    assert one.get("/_mock/digest").json == other.get("/_mock/digest").json
    assert len(watched) == (whole["jobs"] - 1) // slice


def test_slices_stop_early_too(subscribed, travel):
    """At so many jobs in all, with the hint of the last slice."""
    one, other = subscribed(), subscribed()
    whole = one.made("/_mock/clock/advance", {"until": "idle", "maxSteps": 5})
    pieces = travel(other, {"until": "idle"}, slice=2, most=5)

    assert (True, 5, one.get("/_mock/digest").json) == (
        pieces.stoppedEarly,
        pieces.jobs,
        other.get("/_mock/digest").json,
    )
    assert whole | {"hint": None} == pieces | {"hint": None}


def test_a_ticking_clock_stands_meanwhile(subscribed, travel):
    """And ticks again at its rate: nothing runs between two slices."""
    api = subscribed(clock={"rate": 1_000})
    pieces = travel(api, {"by": "5 months"}, slice=1)

    clock = api.get("/_mock/clock").json
    assert ("ticking", 1_000) == (clock["mode"], clock["rate"])
    assert pieces.jobs == len([job for job in jobs(api) if job["at"] <= pieces.to])


def test_a_ticking_clock_ticks_again_after_a_refusal(subscribed, travel):
    """What cannot be leaves the clock as it was."""
    api = subscribed(clock={"mode": "ticking"})
    with pytest.raises(OdusApiError, match="is not a duration"):
        travel(api, {"by": "soon"})

    assert "ticking" == api.get("/_mock/clock").json["mode"]


# --- as a shell sees it


def test_it_tells_the_story_of_the_time(subscribed):
    """From when to when, counts, a line for each month and their sum, rules, and what is next; the key is masked."""
    api = subscribed()
    done = advance(api, "--by", "3 months")

    assert (0, "") == (done.returncode, done.stderr)
    lines = done.stdout.splitlines()
    assert f"{api.url}, key skey_***" == lines[0]
    assert "2026-01-01T00:00:00.000Z → 2026-04-01T00:00:00.000Z" == lines[1]
    assert api.key not in done.stdout
    assert ["charged"] == lines[4].split()[-1:]
    assert ["2026-02", "2026-03", "2026-04", "in"] == [line.split()[0] for line in lines[5:9]]
    assert lines[8].endswith(" USD")
    assert "rules: moody (" in done.stdout
    assert "next: 2026-0" in done.stdout
    assert "2026-04-01T00:00:00.000Z" == api.get("/_mock/clock").json["now"]


def test_a_dry_run_tells_the_same_story_and_changes_nothing(subscribed):
    """But for the first line, which says that it was one."""
    api = subscribed()
    before = api.get("/_mock/digest").json
    rehearsed = advance(api, "--by", "1 year", "--dry-run")
    assert before == api.get("/_mock/digest").json
    done = advance(api, "--by", "1 year")

    assert "dry run: nothing was changed" in rehearsed.stdout.splitlines()[0]
    assert done.stdout.splitlines()[1:] == rehearsed.stdout.splitlines()[1:]


def test_the_key_may_be_a_variable(subscribed):
    """MOCK_ODUS_SECRET_KEY, as for `serve`, and MOCK_ODUS_URL."""
    api = subscribed()
    done = run("advance", "--until", "next", MOCK_ODUS_SECRET_KEY=api.key, MOCK_ODUS_URL=api.url)

    assert 0 == done.returncode
    assert "2026-02-01T00:00:00.000Z" == api.get("/_mock/clock").json["now"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "one of --by, --to and --until is required"),
        (["--by", "1 day", "--to", "2027-01-01"], "one of --by, --to and --until is required"),
        (["--by", "soon"], "by 'soon' is not a duration"),
        (["--to", "2020-01-01"], "restore a snapshot"),
        (["--until", "renewel"], "did you mean 'renewal'?"),
        (["--until", "renewal:sub_x"], "no subscription with id 'sub_x'"),
        (["--by", "1 day", "--key", "skey_secret"], "this key is unknown"),
        (["--by", "1 day", "--url", "http://127.0.0.1:9"], "; `mock-odus serve` starts a mock, --url says where"),
        (["--by", "1 day", "--url", "nowhere"], "is not the URL of a server"),
    ],
    ids=str,
)
def test_wrong_use_exits_2(subscribed, options, told):
    """A sentence on stderr, no traceback, and no key."""
    done = advance(subscribed(), *options)

    assert (2, "") == (done.returncode, done.stdout)
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert "skey_" not in done.stderr


def test_progress_is_for_terminals(subscribed):
    """One line on stderr that is cleared in the end; the story on stdout is the same."""
    api = subscribed()
    ours, theirs = pty.openpty()
    command = [*COMMAND, "advance", "--by", "1 year", "--url", api.url, "--key", api.key]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=environment(TERM="xterm")) as process:
        os.close(theirs)
        told = process.communicate(timeout=10)[0].decode()
    shown = os.read(ours, 65536).decode()
    os.close(ours)

    assert "\r\x1b[K" == shown
    assert "in all" in told
    assert "\x1b" not in told


# --- the words


def test_progress_tells_how_far_it_is():
    """The day, the jobs, and the part of the way where the end is known."""
    report = Record({"from": "2026-01-01T00:00:00.000Z", "to": "2026-01-11T12:00:00.000Z", "jobs": 12345})
    known = Record(report | {"target": "2026-01-31T00:00:00.000Z"})

    assert "2026-01-11  12,345 jobs  35%" == journey._progress(known)
    assert "2026-01-11  12,345 jobs" == journey._progress(Record(report | {"target": None}))


def test_many_months_are_told_by_year():
    """More than two years of months are too many to read."""
    none = dict.fromkeys(journey.COLUMNS, 0)
    months = [
        Record({"month": f"20{26 + place // 12}-{place % 12 + 1:02}", "renewed": 1, "charged": Record(usd=1_000)})
        for place in range(36)
    ]
    months = [Record(none | month) for month in months]

    assert [
        "         renewed  charged",
        "2026          12  120.00 USD",
        "2027          12  120.00 USD",
        "2028          12  120.00 USD",
        "in all        36  360.00 USD",
    ] == list(journey._table(journey._grouped(months)))
    assert 24 == len(journey._grouped(months[:24]))
