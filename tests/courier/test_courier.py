"""Webhooks over real connections: all of them arrive, in order, signed, whatever the receiver does."""

import hashlib
import hmac
import json
import threading

import pytest

from tests.conftest import Client

PAID = ["payment.created", "payment_method.created", "payment.updated"]
DECLINED = "4000000000000002"


def advance(api, **body):
    return api.made("/_mock/clock/advance", body)


def types(receiver):
    return [type for type, *_ in receiver.seen]


def test_events_are_posted_as_they_happen(api, receiver, subscribe, settle):
    """In the order of their creation, to the URL as it was given, signed with the secret."""
    secret = subscribe(receiver.url)["secret"]
    payment = api.paid(customer=api.ids["jane"])
    assert 0 == settle()

    assert ["payment.created", payment["id"]] == list(receiver.seen[0][:2])
    assert "payment.updated" == receiver.seen[-1][0]
    for path, headers, body in receiver.posts:
        assert "/hooks?shop=7" == path
        assert receiver.url.split("/")[2] == headers["host"]
        assert hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() == headers["x-odus-signature"]
        assert api.get(f"/payments/{payment['id']}").status == 200
    shown = json.loads(receiver.posts[-1][2])["data"]
    assert api.get(f"/payments/{payment['id']}").json == shown


def test_several_objects_are_told_of_in_the_order_of_creation(api, receiver, subscribe, settle):
    """A sign-up's payment.updated is sent before what follows from it, although it waits for payment.created."""
    subscribe(receiver.url)
    api.subscribed()
    assert 0 == settle()

    happened = api.get("/_mock/journal/events?pageSize=100").json["data"]
    assert {"payment.updated", "subscription.created"} < {entry["eventType"] for entry in happened}
    assert [entry["eventType"] for entry in happened] == types(receiver)


def test_nobody_is_told_of_another_sandbox(api, account, receiver, subscribe, settle):
    """A subscriber hears of its own account only."""
    subscribe(receiver.url)
    account(scenario="starter").payment()
    own = api.payment()
    settle()

    assert [own["id"]] == [id for _, id, *_ in receiver.seen]


def test_a_year_is_told_day_by_day(api, receiver, subscribe):
    """During an advance each event is posted at its own time, and the advance waits for it."""
    api.subscribed()
    subscribe(receiver.url, "invoice.created")
    report = advance(api, by="3 months")

    assert ["2026-02-01", "2026-03-01", "2026-04-01"] == [now[:10] for _, _, now, _ in receiver.seen]
    assert {"delivered": 3, "failed": 0, "pending": 0} == report["deliveries"]


def test_settle_end_posts_when_the_clock_has_arrived(api, receiver, subscribe):
    """The bodies tell of the time of the event all the same."""
    api.subscribed()
    subscribe(receiver.url, "invoice.created")
    report = advance(api, by="2 months", settle="end")

    assert ["2026-03-01"] * 2 == [now[:10] for _, _, now, _ in receiver.seen]
    assert ["2026-02-01", "2026-03-01"] == [json.loads(body)["timestamp"][:10] for *_, body in receiver.posts]
    assert 2 == report["deliveries"]["delivered"]


def test_a_dry_run_posts_nothing(api, receiver, subscribe):
    """It is a fork that nobody hears of."""
    api.subscribed()
    subscribe(receiver.url)
    advance(api, by="2 months", dryRun=True)

    assert [] == receiver.seen


def test_a_receiver_that_is_down_for_a_day_loses_nothing(api, receiver, subscribe, journal):
    """Everything arrives within one advance, in the order of each object, by the attempts that are due on the way."""
    receiver.answers = lambda event, headers: 200 if headers["x-mock-now"] >= "2026-01-02T00:00:00.000Z" else 503
    subscribe(receiver.url)
    first, second = api.paid(customer=api.ids["jane"]), api.paid(DECLINED)
    report = advance(api, by="3 days")

    expected = [(entry["eventType"], entry["subject"]) for entry in journal("attempt[eq]=1")]
    for subject in (first["id"], second["id"]):
        assert [one for one in expected if one[1] == subject] == [one for one in receiver.taken if one[1] == subject]
    assert sorted(expected) == sorted(receiver.taken)
    assert 0 == report["deliveries"]["pending"]
    assert 0 < report["deliveries"]["failed"]


@pytest.mark.parametrize("wrong", [404, 302, 500, None], ids=["404", "redirect", "500", "hangs up"])
def test_anything_but_a_2xx_is_tried_again(api, receiver, subscribe, settle, journal, wrong):
    """After five seconds of the sandbox's clock, as often as the delays say; the journal tells each attempt."""
    answers = [wrong, wrong]
    receiver.answers = lambda event, headers: answers.pop() if answers else 204
    subscribe(receiver.url)
    api.payment()

    assert 1 == settle()
    advance(api, by="5 seconds")
    advance(api, by="5 minutes")
    assert [(1, "failed", wrong), (2, "failed", wrong), (3, "delivered", 204)] == [
        (entry["attempt"], entry["status"], entry["responseStatus"]) for entry in journal()
    ]
    assert all(entry["error"] for entry in journal()[:2])
    assert 1 == len({entry["event"] for entry in journal()})


def test_what_an_app_does_in_its_webhook_happens_then(api, receiver, subscribe):
    """A subscription that is cancelled from inside a webhook is renewed no more."""
    subscription = api.subscribed()
    line = Client(api.url, api.key)

    def cancel(event, headers):
        if event["eventType"] == "invoice.created":
            line.made(f"/subscriptions/{subscription['id']}/cancel", {"cancelImmediately": True})
        return 200

    receiver.answers = cancel
    subscribe(receiver.url)
    advance(api, by="1 year")
    line.close()

    assert 1 == types(receiver).count("invoice.created")
    assert "2026-02-01" == api.get(f"/subscriptions/{subscription['id']}").json["cancelledAt"][:10]
    assert ("subscription.updated", "2026-02-01") == (receiver.seen[-1][0], receiver.seen[-1][2][:10])


def test_a_slow_receiver_holds_up_nobody_else(api, receiver, subscribe, settle):
    """Neither another subscriber nor the API: only its own posts wait, one after the other."""
    is_slow, is_let_go, has_arrived = threading.Event(), threading.Event(), threading.Event()

    def wait(event, headers):
        if event["eventType"] == "payment.created":
            is_slow.set()
            is_let_go.wait(10)
        else:
            has_arrived.set()
        return 200

    receiver.answers = wait
    subscribe(receiver.url, "payment.created")
    subscribe(receiver.url, "customer.created")
    api.payment()
    assert is_slow.wait(10)
    api.made("/customers", {"email": "sam@example.com"})
    assert has_arrived.wait(10)
    is_let_go.set()

    assert 0 == settle()
    assert ["customer.created", "payment.created"] == types(receiver)


def test_redelivery_sends_the_same_again(api, receiver, subscribe, settle, journal):
    """The same bytes under the same event's id, as another attempt."""
    subscribe(receiver.url)
    api.payment()
    settle()
    (entry,) = journal()
    again = api.made(f"/_mock/deliveries/{entry['id']}/redeliver")
    settle()

    assert (2, entry["event"], "pending") == (again["attempt"], again["event"], again["status"])
    assert receiver.posts[0][2] == receiver.posts[1][2]
    assert ["delivered", "delivered"] == [one["status"] for one in journal()]


def test_a_deleted_subscriber_is_left_alone(api, receiver, subscribe, settle, journal):
    """Nothing more is posted, not even what was to be tried again."""
    receiver.answers = lambda event, headers: 500
    subscriber = subscribe(receiver.url)
    api.payment()
    settle()
    api.delete(f"/webhook-subscribers/{subscriber['id']}")
    api.payment()
    advance(api, by="1 day")

    assert 1 == len(receiver.posts)
    assert ["failed", "failed"] == [entry["status"] for entry in journal()]
    answer = api.post(f"/_mock/deliveries/{journal()[0]['id']}/redeliver")
    assert (404, f"webhook subscriber {subscriber['id']} was deleted") == (answer.status, answer.json["message"])


def test_what_waits_is_part_of_a_snapshot(api, receiver, subscribe, settle):
    """A restored world posts what it had not posted by then."""
    receiver.answers = lambda event, headers: 500
    subscribe(receiver.url)
    payment = api.payment()
    settle()
    api.made("/_mock/snapshots", {"name": "down"})
    receiver.answers = lambda event, headers: 200
    for _ in range(2):
        advance(api, by="5 seconds")
        api.made("/_mock/snapshots/down/restore")

    assert [("payment.created", payment["id"])] * 2 == receiver.taken


def test_an_answer_that_comes_after_a_restore_is_nobodys(api, receiver, subscribe, settle, journal):
    """What was under way in the world that was leaves nothing in the restored one, which goes on telling."""
    is_slow, is_let_go = threading.Event(), threading.Event()
    subscribe(receiver.url)
    api.payment()
    settle()
    api.made("/_mock/snapshots", {"name": "before"})

    def wait(event, headers):
        is_slow.set()
        is_let_go.wait(10)
        return 200

    receiver.answers = wait
    api.payment()
    assert is_slow.wait(10)
    api.made("/_mock/snapshots/before/restore")
    (known,) = journal()
    is_let_go.set()

    for _ in range(20):  # the answer is under way
        assert [known] == journal()
    again = api.payment()
    settle()
    assert ("payment.created", again["id"]) == receiver.taken[-1]
    assert ["delivered", "delivered"] == [entry["status"] for entry in journal()]


# --- answered by the caller


def test_held_webhooks_are_taken_and_answered(api, receiver, subscribe, journal):
    """Nothing is posted; what is held tells all that a receiver would get; the next is held once it is answered."""
    secret = subscribe(receiver.url)["secret"]
    api.made("/_mock/deliveries/hold", {"held": True})
    payment = api.paid(DECLINED)
    (held,) = api.get("/_mock/deliveries/held").json
    signed = hmac.new(secret.encode(), held["body"].encode(), hashlib.sha256).hexdigest()
    assert (receiver.url, signed, "payment.created") == (
        held["url"],
        held["headers"]["x-odus-signature"],
        held["eventType"],
    )
    assert payment["id"] == json.loads(held["body"])["data"]["id"]
    done = api.made(f"/_mock/deliveries/{held['id']}/answer", {"status": 200})
    assert ("delivered", 200) == (done["status"], done["responseStatus"])
    (held,) = api.get("/_mock/deliveries/held").json
    assert "payment.updated" == held["eventType"]

    api.made(f"/_mock/deliveries/{held['id']}/answer", {"status": 503})
    assert [] == api.get("/_mock/deliveries/held").json
    assert ("failed", 503, "answered 503") == tuple(
        journal()[1][name] for name in ("status", "responseStatus", "error")
    )
    assert [] == receiver.posts
    api.made("/_mock/deliveries/hold", {"held": False})
    advance(api, by="5 seconds")
    assert ["payment.updated"] == types(receiver)


def test_settle_hold_stops_the_clock_for_the_caller(api, receiver, subscribe):
    """At each instant at which something waits; the same advance again goes on from there."""
    api.subscribed()
    subscribe(receiver.url, "invoice.created")
    days = []
    while True:
        report = advance(api, to="2026-03-15T00:00:00Z", settle="hold")
        held = api.get("/_mock/deliveries/held").json
        if not held:
            break
        assert report["stoppedEarly"]
        assert "/_mock/deliveries/held" in report["hint"]
        days.append(report["to"][:10])
        for one in held:
            api.made(f"/_mock/deliveries/{one['id']}/answer", {"status": 200})

    assert (["2026-02-01", "2026-03-01"], "2026-03-15", False) == (days, report["to"][:10], report["stoppedEarly"])
    assert [] == receiver.posts


def test_who_forgets_that_webhooks_are_held_is_told(api, receiver, subscribe):
    """They are held until somebody says otherwise, and an advance that posts none of them says why."""
    api.subscribed()
    subscribe(receiver.url, "invoice.created")
    advance(api, by="1 day", settle="hold")
    report = advance(api, by="40 days")

    assert ([], False) == (receiver.posts, report["stoppedEarly"])
    assert 'POST /_mock/deliveries/hold {"held": false}' in report["hint"]
    api.made("/_mock/deliveries/hold", {"held": False})
    api.made("/_mock/deliveries/settle", {})
    assert ["invoice.created"] == types(receiver)
    assert None is advance(api, by="1 day")["hint"]


def test_what_is_not_held_cannot_be_answered(api, receiver, subscribe, settle, journal):
    """While the mock posts by itself, once it is answered, and before its time; each refusal says why."""
    receiver.answers = lambda event, headers: 500
    subscribe(receiver.url)
    api.paid(DECLINED)
    settle()
    by_kind = {(entry["eventType"], entry["attempt"]): entry for entry in journal()}
    first, again = by_kind["payment.created", 1], by_kind["payment.created", 2]
    behind = by_kind["payment.updated", 1]

    def refused(entry):
        answer = api.post(f"/_mock/deliveries/{entry['id']}/answer", {"status": 200})
        assert 400 == answer.status
        return answer.json["message"]

    assert "POST /_mock/deliveries/hold first" in refused(again)
    api.made("/_mock/deliveries/hold", {"held": True})
    assert f"delivery {first['id']} is failed" in refused(first)
    assert "is due at 2026-01-01T00:00:05.000Z" in refused(again)
    assert "behind an earlier one of the same object" in refused(behind)
    assert 404 == api.post("/_mock/deliveries/dlv_x/answer", {"status": 200}).status


# --- spoiled by the scenario


def test_a_scenario_spoils_webhooks_on_their_way(account, receiver):
    """Forged ones are refused by the app and come again well; doubled ones come under one id; lost ones never come."""
    shop = {"url": receiver.url, "events": ["payment.created"]}
    told = [
        {"when": {"nth": 1}, "then": {"corruptSignature": True}},
        {"when": {"nth": 1}, "then": {"duplicate": 1}},
        {"when": {"nth": 1}, "then": {"drop": True}},
    ]
    api = account(
        scenario={
            "version": 1,
            "name": "spoiled",
            "extends": "starter",
            "world": {"webhookSubscribers": {"shop": shop}},
            "webhooks": told,
        }
    )
    secret = f"whsec_{api.ids['shop'].partition('_')[2]}"

    def check(event, headers):
        *_, body = receiver.posts[-1]
        signed = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return 200 if signed == headers["x-odus-signature"] else 401

    receiver.answers = check
    forged, doubled, lost, well = [api.payment()["id"] for _ in range(4)]
    advance(api, by="5 seconds")

    by_payment = {id: [status for _, subject, _, status in receiver.seen if subject == id] for id in (forged, doubled)}
    assert {forged: [401, 200], doubled: [200, 200]} == by_payment
    arrived = [subject for _, subject, *_ in receiver.seen]
    assert (0, 1) == (arrived.count(lost), arrived.count(well))
