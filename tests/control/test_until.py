"""An advance that goes until something has happened, one that is only tried out, and what their reports say."""

import pytest

START = "2026-01-01T00:00:00.000Z"
CHALLENGED = "4000000000003220"
MONTH = {"position": 1, "amount": 2999, "intervalUnit": "month", "intervalValue": 1}


def advance(api, **body):
    answer = api.post("/_mock/clock/advance", body)
    assert 201 == answer.status, answer.text
    return answer.json


def subscribed(api, customer=None, **cycle):
    """The id of a new subscription, by the month unless told otherwise."""
    customer = customer or api.made("/customers", {"email": "sam@example.com"})["id"]
    product = api.made("/products", {"name": "Pro"})["id"]
    schedule = {"cycleDefinitions": [MONTH | cycle]}
    fields = {"product": product, "type": "recurring", "currency": "usd", "billingSchedule": schedule}
    price = api.made("/prices", fields)["id"]
    cart = {"items": [{"price": price}]}
    back = "https://shop.example/back"
    payment = api.made("/payments", {"currency": "usd", "customer": customer, "cart": cart, "returnUrl": back})
    return api.made(f"/payments/{payment['id']}/authorize", api.card())["subscriptions"][0]


def steps(report):
    return [(step["at"], step["kind"], step["subject"]) for step in report["steps"]]


def declining(api):
    """No renewal and no retry is paid from now on."""
    api.made("/_mock/rules", {"name": "broke", "when": {"initiator": "merchant"}, "then": "insufficient_funds"})


# --- until


def test_until_next_runs_everything_due_at_that_instant(api):
    """The clock stops at the next due instant, and all that is due then has run."""
    first, second = [api.paid(CHALLENGED)["id"] for _ in range(2)]
    advance(api, by="1 hour")
    api.paid(CHALLENGED)
    report = advance(api, until="next")

    at = "2026-01-02T00:00:00.000Z"
    assert [(at, "lapse_challenge", first), (at, "lapse_challenge", second)] == steps(report)
    assert (at, at, False) == (report["to"], report["target"], report["stoppedEarly"])


def test_until_renewal_stops_at_the_first_of_any_subscription(api):
    """What is due before runs on the way, and what is due at the same instant runs too."""
    late = subscribed(api, intervalUnit="year")
    soon, beside = subscribed(api, intervalUnit="day"), subscribed(api, intervalUnit="day")
    waiting = api.paid(CHALLENGED)["id"]
    report = advance(api, until="renewal")

    at = "2026-01-02T00:00:00.000Z"
    assert [(at, "renew", soon), (at, "renew", beside), (at, "lapse_challenge", waiting)] == steps(report)
    assert (at, at) == (report["to"], report["target"])
    assert late in [due["subject"] for due in report["agenda"]]


def test_until_renewal_finds_one_that_comes_of_a_retry(api):
    """A renewal that is not due yet when the advance begins counts as well."""
    daily = subscribed(api, intervalUnit="day")
    api.made(
        "/_mock/rules", {"name": "late", "when": {"initiator": "merchant"}, "then": ["insufficient_funds", "approve"]}
    )
    advance(api, until="renewal")
    subscribed(api, intervalUnit="year")
    report = advance(api, until="renewal")

    assert ["retry_payment", "renew"] == [step["kind"] for step in report["steps"]]
    assert daily == report["steps"][1]["subject"]


def test_until_the_renewal_of_one_subscription_goes_past_others(api):
    """Up to and with that subscription's own."""
    daily, monthly = subscribed(api, intervalUnit="day"), subscribed(api)
    report = advance(api, until=f"renewal:{monthly}")

    assert "2026-02-01T00:00:00.000Z" == report["to"] == report["target"]
    assert [daily] * 31 + [monthly] == sorted((step["subject"] for step in report["steps"]), key=[daily, monthly].index)
    assert 2 == api.get(f"/subscriptions/{monthly}").json["currentCycle"]


def test_a_renewal_that_another_takes_along_is_one(api):
    """With bundling a subscription is renewed early, together with one that is due up to a day before."""
    config = api.get("/merchant-configs").json["data"][0]["id"]
    api.made(f"/merchant-configs/{config}", {"enableRecurringPaymentBundling": True})
    customer = api.made("/customers", {"email": "sam@example.com"})["id"]
    first = subscribed(api, customer)
    advance(api, by="12 hours")
    second = subscribed(api, customer)
    report = advance(api, until=f"renewal:{second}")

    at = "2026-02-01T00:00:00.000Z"
    assert (at, [(at, "renew", first)]) == (report["to"], steps(report))
    assert 2 == api.get(f"/subscriptions/{second}").json["currentCycle"]


def test_a_declined_renewal_is_one_too(api):
    """The renewal was tried: what comes of it is another matter."""
    declining(api)
    subscription = subscribed(api)
    report = advance(api, until=f"renewal:{subscription}")

    assert "2026-02-01T00:00:00.000Z" == report["to"]
    assert "latest_invoice_retrying" == api.get(f"/subscriptions/{subscription}").json["autoBillingDisabledReason"]


def test_until_idle_runs_all_there_is(api):
    """The clock stops at the last thing that was due; with nothing due it stays where it is."""
    api.paid(CHALLENGED)
    report = advance(api, until="idle")

    assert (1, "2026-01-02T00:00:00.000Z", False) == (report["jobs"], report["to"], report["stoppedEarly"])
    assert [] == report["agenda"]
    assert (0, report["to"]) == ((again := advance(api, until="idle"))["jobs"], again["to"])


def test_a_living_subscription_is_never_idle(api):
    """It ends at maxSteps, at the last job's time, and says why."""
    subscribed(api)
    report = advance(api, until="idle", maxSteps=3)

    assert (True, 3, "2026-04-01T00:00:00.000Z") == (report["stoppedEarly"], report["jobs"], report["to"])
    assert None is report["target"]
    assert "a subscription that is renewed is never idle" in report["hint"]


def test_a_goal_that_was_not_reached_is_gone_on_to(api):
    """Stopped in the middle of its last instant, the report names that as its target."""
    first, second = subscribed(api), subscribed(api)
    report = advance(api, until="renewal", maxSteps=1)

    at = "2026-02-01T00:00:00.000Z"
    assert (True, [(at, "renew", first)], at) == (report["stoppedEarly"], steps(report), report["target"])
    assert f"more is due until {at}" in report["hint"]
    assert [(at, "renew", second)] == steps(advance(api, to=report["target"]))


@pytest.mark.parametrize(
    ("until", "status", "told"),
    [
        ("renewel", 400, 'until must be one of next, renewal, renewal:sub_…, idle, found "renewel"; did you mean'),
        ("", 400, "until must be one of"),
        ("renewal:", 400, "until must be one of"),
        ("next:sub_x", 400, "until must be one of"),
        ("next", 400, "until next: nothing is due"),
        ("renewal", 400, "until renewal: no subscription has a renewal due"),
        ("renewal:sub_x", 404, "no subscription with id 'sub_x'"),
    ],
)
def test_what_will_never_happen_is_refused(api, until, status, told):
    """Unknown words, unknown subscriptions, and what nothing leads to; the clock stays."""
    answer = api.post("/_mock/clock/advance", {"until": until})

    assert status == answer.status
    assert told in answer.problems[0]
    assert START == api.get("/_mock/clock").json["now"]


def test_a_subscription_without_a_renewal_says_why(api):
    """Scheduled to cancel, cancelled, retrying, stopped: each has its own sentence."""
    declining(api)
    leaving, retrying = subscribed(api, intervalUnit="year"), subscribed(api, intervalUnit="day")

    def why(subscription):
        answer = api.post("/_mock/clock/advance", {"until": f"renewal:{subscription}"})
        assert 400 == answer.status
        return answer.problems[0].partition(f"subscription {subscription} ")[2]

    api.made(f"/subscriptions/{leaving}/cancel")
    assert "is scheduled to cancel at 2027-01-01T00:00:00.000Z" == why(leaving)
    api.made(f"/subscriptions/{leaving}/cancel", {"cancelImmediately": True})
    assert f"was cancelled at {START}" == why(leaving)
    advance(api, by="1 day")
    assert why(retrying).endswith("which is tried again at 2026-01-03T00:00:00.000Z")
    advance(api, by="30 days")
    assert why(retrying).startswith("has stopped: its latest invoice was given up")


# --- trying it out


@pytest.mark.parametrize("goal", [{"by": "1 year"}, {"until": "renewal"}, {"by": "1 year", "maxSteps": 7}], ids=str)
def test_a_dry_run_tells_what_the_real_one_will(api, goal):
    """The same report, ids included, and nothing has changed by it."""
    subscribed(api)
    subscribed(api, intervalUnit="week")
    api.made(
        "/_mock/rules",
        {"name": "unlucky", "when": {"initiator": "merchant"}, "chance": "40%", "then": "insufficient_funds"},
    )
    api.paid(CHALLENGED)
    before = api.get("/_mock/digest").json
    rehearsed = advance(api, dryRun=True, **goal)

    assert before == api.get("/_mock/digest").json
    assert rehearsed == advance(api, **goal)
    assert before != api.get("/_mock/digest").json


def test_a_dry_run_does_not_go_back_either(api):
    """What cannot be cannot be tried out."""
    answer = api.post("/_mock/clock/advance", {"to": "2020-01-01T00:00:00Z", "dryRun": True})

    assert 409 == answer.status


# --- reports


def test_a_renewal_just_missed_is_hinted_at(api):
    """31 January, a month and another month are 28 March; the renewal is on the 31st."""
    advance(api, to="2026-01-31T00:00:00Z")
    subscription = subscribed(api)
    assert None is advance(api, by="1 month")["hint"]

    report = advance(api, by="1 month")
    assert "2026-03-28T00:00:00.000Z" == report["to"]
    expected = f"the next renewal is near: {subscription} is renewed at 2026-03-31T00:00:00.000Z"
    assert expected == report["hint"]
    assert None is advance(api, to="2026-03-31T00:00:00Z")["hint"]
    assert None is advance(api, to="2026-04-26T23:59:59Z")["hint"]
    assert "2026-04-30T00:00:00.000Z" in advance(api, to="2026-04-27T00:00:00Z")["hint"]


def test_the_months_of_a_report_tell_what_became_of_subscriptions(api):
    """Renewed, declined, recovered, given up, ended, and what was charged, month by month."""
    api.made(
        "/_mock/rules",
        {
            "name": "moody",
            "when": {"initiator": "merchant"},
            "then": ["approve", "insufficient_funds", "approve", "insufficient_funds"],
        },
    )
    subscribed(api)
    leaving = subscribed(api, intervalUnit="year")
    api.made(f"/subscriptions/{leaving}/cancel")
    report = advance(api, by="1 year")

    none = dict.fromkeys(("started", "renewed", "recovered", "declined", "givenUp", "ended"), 0) | {"charged": {}}
    assert [
        none | {"month": "2026-02", "renewed": 1, "charged": {"usd": 2999}},
        none | {"month": "2026-03", "recovered": 1, "declined": 1, "charged": {"usd": 2999}},
        none | {"month": "2026-04", "declined": 4, "givenUp": 1},
        none | {"month": "2027-01", "ended": 1},
    ] == report["months"]
    assert 7 == report["attempts"] == report["rules"]["moody"]


def test_only_what_the_advance_did_is_counted(api):
    """What was there before is no part of a report."""
    subscribed(api)
    advance(api, by="1 month")
    report = advance(api, by="1 month")

    assert (1, 1) == (report["jobs"], report["attempts"])
    assert 1 == report["events"]["invoice.created"]
