"""Health, sandboxes, reset, snapshots and the digest."""

import re

import pytest

from mock_odus import __version__

START = "2026-01-01T00:00:00.000Z"
EMPTY = {"retryPolicies": 1, "merchantConfigs": 1}


@pytest.fixture
def opener(api, server):
    """A client without a key, and a way to delete what it makes."""
    return api.with_key(None)


def test_health_needs_no_key(opener):
    """Health answers anyone, with the version and the seconds since the start."""
    answer = opener.get("/_mock/health")

    assert 200 == answer.status
    assert {"status", "version", "uptimeSeconds"} == answer.json.keys()
    assert ("ok", __version__) == (answer.json["status"], answer.json["version"])
    assert 0 <= answer.json["uptimeSeconds"]


def test_a_new_sandbox_holds_only_the_merchants_configuration(account):
    """Without a scenario there is the default retry policy besides, the usual instant, and keys named after it."""
    api = account(name="plain", scenario=None)
    shown = next(one for one in api.get("/_mock/sandboxes").json if one["name"] == "plain")

    expected = {
        "name": "plain",
        "secretKey": "skey_plain",
        "publishableKey": "pk_plain",
        "now": START,
        "scenario": None,
        "counts": EMPTY,
    }
    assert expected == shown
    config = api.get("/merchant-configs").json["data"][0]
    assert ("UTC", "usd", "automatic") == (config["timezone"], config["displayCurrency"], config["captureMethod"])


def test_names_are_invented(account):
    """Sandboxes without a name get different ones."""
    names = {account().name for _ in range(3)}

    assert 3 == len(names)
    assert all(re.fullmatch(r"[a-z0-9-]{1,64}", name) for name in names)


def test_an_invented_name_passes_over_a_taken_one(account):
    """A name that somebody chose is not invented again."""
    last = int(account().name.rpartition("-")[2])
    account(name=f"sandbox-{last + 1}")

    assert f"sandbox-{last + 2}" == account().name


def test_creating_twice_finds_the_first(account, opener):
    """The same name again answers the existing sandbox with 200, as it is."""
    api = account(name="shop")
    api.payment()

    for body in ({"name": "shop"}, {"name": "shop", "scenario": "starter"}):
        again = opener.post("/_mock/sandboxes", body)
        assert (200, 1) == (again.status, again.json["counts"]["payments"])
        assert api.ids["jane"] == again.json["world"]["customers"]["jane"]


@pytest.mark.parametrize("other", [{"seed": 8}, {"scenario": "cascade_failover"}, {"clock": {"start": "2027-01-01"}}])
def test_the_same_name_with_other_fields_is_a_409(account, opener, other):
    """A sandbox that exists with other settings is not silently another one."""
    account(name="shop", seed=7)
    answer = opener.post("/_mock/sandboxes", {"name": "shop", "seed": 7, "scenario": "starter"} | other)

    assert (409, "Conflict") == (answer.status, answer.json["error"])
    assert "shop" in answer.json["message"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "Shop"},
        {"name": "a_b"},
        {"name": "a" * 65},
        {"name": "a/b"},
        {"name": "a\n"},
        {"name": 7},
        {"seed": "x"},
        {"seed": 2**63},
        {"scenario": "nothing"},
        {"scenario": "../starter"},
        {"scenario": "starter.yaml"},
        {"scenario": {"version": 1}},
        {"scenario": 7},
        {"clock": {"start": "yesterday"}},
        {"clock": {"start": "2026-02-30T00:00:00Z"}},
        {"clock": {"begin": START}},
        {"from": "nowhere"},
        {"from": "mock/paid", "seed": 7, "scenario": "starter", "clock": {"start": START}},
        {"nmae": "x"},
    ],
    ids=str,
)
def test_a_sandbox_that_cannot_be_is_a_400(opener, body):
    """Names are 1 to 64 of a-z, 0-9 and -; scenarios, clocks and seeds must be such; a file cannot be named."""
    before = opener.get("/_mock/sandboxes").json
    answer = opener.post("/_mock/sandboxes", body)

    assert 400 == answer.status, answer.text
    assert [one["name"] for one in before] == [one["name"] for one in opener.get("/_mock/sandboxes").json]


def test_the_longest_name_is_taken(account):
    """64 characters are a name."""
    assert "a" * 64 == account(name="a" * 64).name


@pytest.mark.parametrize(
    ("given", "expected"),
    [("2026-01-31T09:00:00Z", "2026-01-31T09:00:00.000Z"), ("2026-01-31T09:00:00+02:00", "2026-01-31T07:00:00.000Z")],
)
def test_a_clock_starts_where_it_is_told(account, given, expected):
    """`clock.start` is the first instant, and the one that a reset goes back to."""
    api = account(clock={"start": given})

    assert expected == api.get("/_mock/clock").json["now"]
    api.post("/_mock/clock/advance", {"by": "1 day"})
    assert expected == api.made(f"/_mock/sandboxes/{api.name}/reset")["now"]


def test_the_seed_makes_the_ids(account):
    """The same seed gives the same ids, another one others."""
    ids = [account(seed=seed).payment()["id"] for seed in (7, 7, 8)]

    assert ids[0] == ids[1] != ids[2]


def test_a_whole_document_is_a_scenario(account):
    """A sandbox may be created with a scenario of its own."""
    api = account(scenario={"version": 1, "name": "mine", "world": {"customers": {"ann": None}}})

    assert ["ann@example.com"] == [one["email"] for one in api.get("/customers").json["data"]]
    assert api.ids["ann"] == api.get("/customers").json["data"][0]["id"]


def test_a_sandbox_from_a_snapshot_goes_its_own_way(account):
    """`from` forks a snapshot: the same records and instant, and from then on two worlds."""
    api = account()
    payment = api.payment()["id"]
    api.post("/_mock/clock/advance", {"by": "1 day"})
    api.post("/_mock/snapshots", {"name": "paid"})
    twin = account(scenario=None, **{"from": f"{api.name}/paid"})

    assert api.get("/_mock/digest").json == twin.get("/_mock/digest").json
    assert "2026-01-02T00:00:00.000Z" == twin.get("/_mock/clock").json["now"]
    assert api.key != twin.key
    twin.payment()
    assert [payment] == [one["id"] for one in api.get("/payments").json["data"]]
    assert 2 == len(twin.get("/payments").json["data"])
    assert 404 == twin.post("/_mock/sandboxes", {"from": f"{api.name}/nothing"}).status
    assert 404 == twin.post("/_mock/sandboxes", {"from": "nothing/paid"}).status


def test_a_fork_is_found_again_and_reset_to_what_it_was(account, opener):
    """The same `from` finds the fork, a snapshot saved since is a 409; a reset goes back to where the fork began."""
    api = account()
    api.payment()
    api.made("/_mock/snapshots", {"name": "paid"})
    body = {"name": f"{api.name}-twin", "from": f"{api.name}/paid"}
    twin = account(scenario=None, **body)
    begun = twin.get("/_mock/digest").json
    twin.payment()

    assert (200, 2) == ((again := opener.post("/_mock/sandboxes", body)).status, again.json["counts"]["payments"])
    assert 1 == twin.made(f"/_mock/sandboxes/{twin.name}/reset")["counts"]["payments"]
    assert begun == twin.get("/_mock/digest").json
    api.made("/_mock/snapshots", {"name": "paid"})
    assert 409 == opener.post("/_mock/sandboxes", body).status
    twin.put("/_mock/scenario", {"name": "starter"})
    assert "payments" not in twin.made(f"/_mock/sandboxes/{twin.name}/reset")["counts"]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"seed": "x"}, 'seed must be an integer of at most 64 bits, found "x"'),
        ({"clock": {"start": "soon"}}, "clock.start must be an instant such as 2026-01-31T09:00:00Z, found 'soon'"),
        ({"from": "mock/paid", "seed": 7}, "seed must be left out with from: the snapshot has its own"),
    ],
)
def test_a_refusal_names_the_field(opener, body, problem):
    """And what is allowed there."""
    assert [problem] == opener.post("/_mock/sandboxes", body).problems


def test_reset_makes_the_world_again(api):
    """After a reset all is as just created: records, clock, counters, rules, and keys made by API are gone."""
    before = api.get("/_mock/digest").json
    key = api.made("/secret-keys", {"permissions": ["PAYMENT_READ"]})["value"]
    first = api.paid()["id"]
    api.made("/_mock/rules", {"then": "insufficient_funds"})
    api.post("/_mock/clock/advance", {"by": "1 day"})
    shown = api.post(f"/_mock/sandboxes/{api.name}/reset", {})

    assert (201, START, "starter") == (shown.status, shown.json["now"], shown.json["scenario"])
    assert "payments" not in shown.json["counts"]
    assert before == api.get("/_mock/digest").json
    assert 401 == api.with_key(key).get("/payments").status
    assert first == api.paid()["id"]


def test_reset_may_drop_the_scenario(api):
    """`scenario: null` leaves an empty world; a name there is a 400."""
    assert 400 == api.post(f"/_mock/sandboxes/{api.name}/reset", {"scenario": "starter"}).status
    shown = api.made(f"/_mock/sandboxes/{api.name}/reset", {"scenario": None})

    assert (None, EMPTY) == (shown["scenario"], shown["counts"])
    assert 404 == api.get(f"/customers/{api.ids['jane']}").status
    assert EMPTY == api.made(f"/_mock/sandboxes/{api.name}/reset")["counts"]


def test_a_deleted_sandbox_is_gone(account, opener):
    """DELETE answers the sandbox; its keys are unknown from then on, and its name is free."""
    api = account(name="short-lived")
    key = api.made("/secret-keys", {"permissions": ["PAYMENT_READ"]})["value"]
    deleted = opener.delete("/_mock/sandboxes/short-lived")

    assert (200, "short-lived") == (deleted.status, deleted.json["name"])
    for gone in (api.key, api.publishable_key, key):
        assert 401 == api.with_key(gone).get("/payments/x").status
    assert 404 == opener.delete("/_mock/sandboxes/short-lived").status
    assert 404 == opener.post("/_mock/sandboxes/short-lived/reset").status
    assert 201 == opener.post("/_mock/sandboxes", {"name": "short-lived"}).status


def test_the_default_sandbox_stays(opener):
    """The default sandbox cannot be deleted."""
    answer = opener.delete("/_mock/sandboxes/mock")

    assert (400, "Bad Request") == (answer.status, answer.json["error"])
    assert "mock" in [one["name"] for one in opener.get("/_mock/sandboxes").json]


def test_without_a_key_the_default_sandbox_is_meant(opener):
    """The control API without a key drives the sandbox that `skey_mock` belongs to."""
    assert opener.get("/_mock/digest").json == opener.with_key("skey_mock").get("/_mock/digest").json


def test_a_snapshot_is_named_dated_and_counted(api):
    """A snapshot's answer and the list of them say the same; deleting one forgets it."""
    api.payment()
    saved = api.post("/_mock/snapshots", {"name": "one-payment"})

    assert 201 == saved.status
    assert {"name", "at", "counts"} == saved.json.keys()
    assert ("one-payment", START, 1) == (saved.json["name"], saved.json["at"], saved.json["counts"]["payments"])
    assert [saved.json] == api.get("/_mock/snapshots").json
    assert saved.json == api.delete("/_mock/snapshots/one-payment").json
    assert [] == api.get("/_mock/snapshots").json
    assert 404 == api.delete("/_mock/snapshots/one-payment").status
    assert 404 == api.post("/_mock/snapshots/one-payment/restore").status


@pytest.mark.parametrize("name", ["", "A", "a b", "a/b", "a" * 65, "a\n", None, 7])
def test_a_snapshot_needs_a_good_name(api, name):
    """1 to 64 of a-z, 0-9 and -."""
    assert 400 == api.post("/_mock/snapshots", {"name": name}).status


def test_restore_brings_the_world_back(api):
    """Records, clock, log, jobs, rules and their hits are as they were, again and again."""
    api.made("/_mock/rules", {"name": "twice", "then": "insufficient_funds", "times": 2})
    payment = api.paid("4242424242424242")["id"]
    before = api.get("/_mock/digest").json, api.get("/_mock/timeline").json, api.get("/_mock/rules").json
    api.made("/_mock/snapshots", {"name": "here"})

    for _ in range(2):
        after = api.paid("4242424242424242"), api.paid("4242424242424242")
        assert ["failed", "succeeded"] == [one["displayStatus"] for one in after]
        api.post("/_mock/clock/advance", {"by": "3 days"})
        restored = api.post("/_mock/snapshots/here/restore")
        assert (201, START) == (restored.status, restored.json["now"])
        assert before == (api.get("/_mock/digest").json, api.get("/_mock/timeline").json, api.get("/_mock/rules").json)
        assert "failed" == api.get(f"/payments/{payment}").json["displayStatus"]


def test_restore_and_the_same_again_are_the_same_bytes(api):
    """Act, restore, act again: every answer is equal to the byte."""
    api.made("/_mock/snapshots", {"name": "here"})

    def act():
        payment = api.paid("4000000000003220", customer=api.ids["jane"])
        done = api.post(f"/_mock/challenges/{payment['id']}/complete", {"result": "passed"})
        api.post("/_mock/clock/advance", {"by": "1 day"})
        return done.raw, api.get("/_mock/journal/events?pageSize=100").raw, api.get("/_mock/digest").raw

    first = act()
    api.post("/_mock/snapshots/here/restore")
    assert first == act()


def test_snapshots_are_a_sandboxs_own(api, account):
    """A snapshot of one sandbox is not found from another."""
    api.made("/_mock/snapshots", {"name": "mine"})

    assert 404 == account().post("/_mock/snapshots/mine/restore").status


def test_equal_worlds_have_equal_digests(account):
    """The name, the keys and the journal of requests are not in the digest; anything else is."""
    first, second = account(name="one"), account(name="two")
    for api in (first, second):
        api.paid()
        api.made("/secret-keys", {"permissions": ["PAYMENT_READ"]})
    first.get("/payments")

    assert first.get("/_mock/digest").json == second.get("/_mock/digest").json
    seen = {first.get("/_mock/digest").json["digest"]}
    for change in (
        lambda: first.payment(),
        lambda: first.post("/_mock/clock/advance", {"by": "1 second"}),
        lambda: first.made("/_mock/rules", {"then": "approve"}),
        lambda: first.paid(),
        lambda: first.paid("4000000000003220"),
        lambda: first.made("/secret-keys", {"permissions": ["PAYMENT_READ"]}),
    ):
        change()
        digest = first.get("/_mock/digest").json["digest"]
        assert digest not in seen
        seen.add(digest)


def test_a_sandbox_of_the_same_name_knows_nothing_of_the_one_before(account, api):
    """Neither its requests nor their bodies."""
    first = account(name="again")
    first.made("/customers", {"email": "secret-of-first@b.example"})
    assert 200 == api.delete("/_mock/sandboxes/again").status
    second = account(name="again")
    second.made("/customers", {"email": "x@b.example"})

    (log,) = second.get("/request-logs").json["data"]
    assert "x@b.example" in log["requestBody"]
    assert "secret-of-first" not in second.get("/_mock/journal/requests?pageSize=100").text


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("POST", "/_mock/clock/advance?dryRun=true", {"by": "1 month"}),
        ("POST", "/_mock/sandboxes/{name}/reset?scenario=null", {}),
        ("POST", "/_mock/clock/freeze?at=2030-01-01", {}),
        ("POST", "/_mock/snapshots/before/restore?name=x", {}),
        ("POST", "/_mock/snapshots/before/restore", {"name": "x"}),
        ("POST", "/_mock/snapshots/before/restore", []),
        ("POST", "/_mock/rules?times=1", {"then": "approve"}),
        ("DELETE", "/_mock/scenario?keepWorld=true", None),
        ("GET", "/_mock/digest?x=1", None),
    ],
)
def test_what_belongs_elsewhere_is_refused_and_changes_nothing(api, method, target, body):
    """A parameter in the query of a call that takes none, and a field in a body that has none."""
    api.made("/_mock/snapshots", {"name": "before"})
    api.payment()
    before = api.get("/_mock/digest").json
    refused = api(method, target.format(name=api.name), body)

    assert 400 == refused.status
    assert before == api.get("/_mock/digest").json


@pytest.mark.parametrize("query", ["?", "?&", "?&&"])
def test_a_query_without_a_parameter_is_none(api, query):
    """Nothing is there to be refused."""
    assert 200 == api.get(f"/_mock/digest{query}").status


def test_a_probe_may_add_what_it_likes(opener):
    """Health takes any parameter, such as one against caches."""
    assert 200 == opener.get("/_mock/health?t=1").status
