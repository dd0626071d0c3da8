"""`waitFor`: a journal that answers when enough has happened. And events that are emitted on demand."""

from __future__ import annotations

from threading import Thread
from time import monotonic

import pytest


def answered(ask):
    """Asks in a thread. The function that waits for the answer, and tells whether one is there yet."""
    found = []
    thread = Thread(target=lambda: found.append(ask()))
    thread.start()

    def answer():
        thread.join(10)
        return found[0]

    return answer, lambda: bool(found)


def test_it_answers_when_enough_has_happened(api):
    """Not before, though other requests end meanwhile; filters hold."""
    waiter = api.with_key(api.key)
    path = "/_mock/journal/events?eventType[eq]=payment.created&waitFor=2&timeout=10s"
    answer, is_there = answered(lambda: waiter.get(path))
    api.payment()
    api.made("/customers", {"email": "new@example.com"})
    assert not is_there()
    second = api.payment()["id"]

    found = answer().json
    assert (2, second) == (found["pagination"]["itemCount"], found["data"][-1]["subject"])


def test_what_there_is_already_is_answered_at_once(api):
    """Without any wait."""
    api.payment()
    began = monotonic()

    assert 1 == api.get("/_mock/journal/events?waitFor=1&timeout=60s").json["pagination"]["itemCount"]
    assert monotonic() - began < 30


def test_when_time_is_up_it_answers_what_there_is(api):
    """An empty list is an answer, too."""
    found = api.get("/_mock/journal/attempts?waitFor=1&timeout=20ms")

    assert (200, []) == (found.status, found.json["data"])


def test_time_travel_wakes_it(api):
    """What happens while the clock moves counts as it happens."""
    api.subscribed()
    waiter = api.with_key(api.key)
    answer, _ = answered(lambda: waiter.get("/_mock/journal/jobs?kind[eq]=renew&waitFor=2&timeout=10s"))
    api.made("/_mock/clock/advance", {"by": "3 months"})

    assert answer().json["pagination"]["itemCount"] >= 2


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("waitFor=0", "waitFor must be an integer from 1 to 100000, found '0'"),
        ("waitFor=two", "waitFor must be an integer from 1 to 100000, found 'two'"),
        ("waitFor=²", "waitFor must be an integer from 1 to 100000, found '²'"),
        ("timeout=5s", "timeout stands beside waitFor only"),
        ("waitFor=1&timeout=soon", "timeout: 'soon' is not a duration"),
        ("waitFor=1&timeout=2 minutes", "timeout must be at most 60 seconds"),
        ("waitFor=1&amuont=5", "amuont"),
        ("waitfor=1", "waitfor is not a parameter of this list; did you mean 'waitFor'?"),
    ],
)
def test_a_wait_that_cannot_be_is_refused(api, query, problem):
    """At once, and with what is allowed."""
    from urllib.parse import quote

    answer = api.get(f"/_mock/journal/events?{quote(query, safe='=&')}")

    assert 400 == answer.status
    assert problem in answer.problems[0]


def test_an_event_on_demand(api):
    """It is told as any other: in the log, with the record as it is."""
    payment = api.paid()
    event = api.made("/_mock/events", {"type": "payment.updated", "subject": payment["id"]})

    assert payment == event["data"]
    assert event == api.get("/_mock/journal/events").json["data"][-1]


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        ({"type": "payment.update", "subject": "x"}, 400, "did you mean 'payment.updated'?"),
        ({"type": "*", "subject": "x"}, 400, "type must be"),
        ({"type": "customer.updated", "subject": "pay_x"}, 404, "no customer with id 'pay_x'"),
        ({"type": "payment.created"}, 400, "subject is required"),
    ],
)
def test_an_event_of_nothing_is_refused(api, body, status, problem):
    """The type must be one that Odus has, the object must be there."""
    before = api.get("/_mock/digest").json
    answer = api.post("/_mock/events", body)

    assert status == answer.status
    assert problem in answer.problems[0]
    assert before == api.get("/_mock/digest").json
