"""Webhooks as a test meets them: a real receiver with `odus.webhooks`, a function of the app with `odus.on_webhook`."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace

import pytest

from mock_odus.driver import Connection, Driver, OdusApiError, is_genuine
from mock_odus.driver.webhooks import NotReceived


@pytest.fixture
def opened(server):
    """Opens handles on sandboxes of their own, which are gone after the test."""
    connection, drivers = Connection(server.url), []

    def make(scenario="starter"):
        drivers.append(Driver.open(server.url, f"webhooks-{len(drivers)}", scenario=scenario, connection=connection))
        return drivers[-1]

    yield make
    for driver in drivers:
        driver.close()
    connection.close()


@pytest.fixture
def odus(opened):
    return opened()


class App:
    """Takes webhooks and notes them; `answer` is what it says."""

    def __init__(self):
        self.seen = []
        self.answer = 200

    def __call__(self, body, headers):
        event = json.loads(body)
        self.seen.append((event["eventType"], headers["x-mock-now"]))
        return self.answer(event) if callable(self.answer) else self.answer

    @property
    def types(self):
        return [type for type, _ in self.seen]


# --- a receiver


def test_a_receiver_hears_everything(odus):
    """In order, with the record as it was, and nothing that is not genuine."""
    hooks = odus.webhooks
    payment = odus.pay(5000)
    hook = hooks.wait_for("payment.updated", id=payment.id, status="succeeded")

    assert payment.id == hook.data.id
    assert ["payment.created", "payment.updated"] == hooks.types
    assert ("2026-01-01T00:00:00.000Z", []) == (hook.at, hooks.refused)
    assert hooks is odus.webhooks


def test_what_is_not_heard_fails_the_test(odus):
    """The message tells what was waited for and what came instead."""
    hooks = odus.webhooks
    odus.pay(5000)
    hooks.wait_for("payment.created")
    odus.settle()

    with pytest.raises(NotReceived, match=r"no invoice.paid with amount 7 within 0.01 s; received: payment.created, "):
        hooks.wait_for("invoice.paid", amount=7, timeout=0.01)
    hooks.clear()
    assert [] == hooks.types


def test_a_receiver_that_is_down_hears_later(odus):
    """What it answers with 500 comes again on the sandbox's clock; the journal tells of both."""
    hooks = odus.webhooks
    hooks.status = 500
    customer = odus.customers.create(email="new@example.com")
    odus.settle()
    assert [] == hooks.received
    hooks.status = 200
    odus.advance(by="5 seconds")

    assert "2026-01-01T00:00:05.000Z" == hooks.wait_for("customer.created", id=customer.id).at
    told = [(one.attempt, one.status, one.responseStatus) for one in odus.deliveries(subject=customer.id)]
    assert [(1, "failed", 500), (2, "delivered", 200)] == told


def test_a_forged_webhook_is_refused(opened):
    """Its signature fits no body, so it is answered with 401 and comes again well signed."""
    forged = [{"when": {"nth": 1}, "then": {"corruptSignature": True}}]
    odus = opened({"version": 1, "name": "forged", "webhooks": forged})
    hooks = odus.webhooks
    odus.customers.create(email="new@example.com")
    odus.settle()
    assert (1, []) == (len(hooks.refused), hooks.received)
    odus.advance(by="5 seconds")

    assert "new@example.com" == hooks.wait_for("customer.created").data.email


def test_a_signature_is_checked():
    """Of the raw body with the secret; a missing one, or one that is no hex, is simply wrong."""
    signed = "b82fcb791acec57859b989b430a826488ce2e479fdf92326bd0a2e8375a42ba4"

    assert is_genuine("secret", b"payload", signed)
    assert [False] * 4 == [
        is_genuine("secret", b"payload ", signed),
        is_genuine("other", b"payload", signed),
        is_genuine("secret", b"payload", None),
        is_genuine("secret", b"payload", "é"),
    ]


# --- a function


def test_a_function_takes_webhooks_in_this_thread(odus):
    """When a call returns, what it brought about has been taken; signatures fit the secret of the subscriber."""
    bodies = []

    def app(body, headers):
        bodies.append((body, headers["x-odus-signature"]))
        return SimpleNamespace(status_code=204)

    secret = odus.on_webhook(app).secret
    odus.pay(5000)

    assert ["payment.created", "payment.updated"] == [json.loads(body)["eventType"] for body, _ in bodies]
    assert all(is_genuine(secret, body, signature) for body, signature in bodies)
    assert {204} == {one.responseStatus for one in odus.deliveries()}


def test_a_function_takes_several_objects_in_the_order_of_creation(odus):
    """A renewal that is refused and then saved: each event comes before what followed from it, of whatever object."""
    app = App()
    subscription = odus.subscribe(odus.ids["jane"], odus.ids["pro_monthly"])
    odus.rule({"when": {"subscription": subscription.id}, "then": ["insufficient_funds", "approve"]})
    odus.on_webhook(app)
    mark = len(odus.events())
    odus.advance(by="2 months")
    happened = [event.eventType for event in odus.events()[mark:]]
    assert "invoice.created payment.created payment.updated subscription.updated" in " ".join(happened)
    assert happened == app.types


def test_time_stops_for_a_function(odus, opened):
    """Over three months each renewal is heard at its own instant, and the report is that of one advance."""
    twin = opened()
    app = App()
    odus.on_webhook(app)
    for one in (odus, twin):
        one.subscribe(one.ids["jane"], one.ids["pro_monthly"], card="4242424242424242")
    app.seen.clear()
    report, expected = odus.advance(by="3 months"), twin.advance(by="3 months")

    renewals = [at for type, at in app.seen if type == "invoice.created"]
    assert [f"2026-{month:02}-01T00:00:00.000Z" for month in (2, 3, 4)] == renewals
    assert {"delivered": len(app.seen), "failed": 0, "pending": 0} == report.deliveries
    same = ("from", "to", "jobs", "events", "attempts", "months", "agenda", "stoppedEarly")
    assert [expected[key] for key in same] == [report[key] for key in same]


def test_a_function_may_cancel_what_would_be_renewed(odus):
    """What the app does because of a webhook has happened before the clock goes on: one period more, and no other."""
    subscription = odus.subscribe(odus.ids["jane"], odus.ids["pro_monthly"], card="4242424242424242")
    app = App()

    def cancel(event):
        if event["eventType"] == "invoice.created":
            odus.subscriptions.cancel(subscription.id)
        return 200

    app.answer = cancel
    odus.on_webhook(app)
    odus.advance(by="6 months")

    assert 1 == app.types.count("invoice.created")
    assert "2026-03-01T00:00:00.000Z" == odus.subscriptions[subscription.id].cancelledAt


def test_a_function_that_refuses_is_asked_again(odus):
    """At the instants of the schedule, while the clock moves."""
    app = App()
    app.answer = lambda event: 500 if len(app.seen) < 3 else 200
    odus.on_webhook(app)
    odus.customers.create(email="new@example.com")
    report = odus.advance(by="1 hour")

    assert ["00:00:00", "00:00:05", "00:05:05"] == [at[11:19] for _, at in app.seen]
    assert {"delivered": 1, "failed": 1, "pending": 0} == report.deliveries


@pytest.mark.parametrize("goal", [{"until": "renewal"}, {"until": "next"}, {"to": "2026-02-01T00:00:00Z"}])
def test_every_goal_is_reached(odus, goal):
    """And not overshot, however often the clock had to stop."""
    odus.subscribe(odus.ids["jane"], odus.ids["pro_monthly"], card="4242424242424242")
    app = App()
    odus.on_webhook(app)
    report = odus.advance(**goal)

    assert ("2026-02-01T00:00:00.000Z", False) == (report.to, report.stoppedEarly)
    assert 1 == app.types.count("invoice.created")


def test_max_steps_hold_across_stops(odus):
    """They count jobs, not the stops for webhooks."""
    odus.subscribe(odus.ids["jane"], odus.ids["pro_monthly"], card="4242424242424242")
    odus.on_webhook(App())
    report = odus.advance(by="1 year", max_steps=3)

    assert (3, True) == (report.jobs, report.stoppedEarly)
    assert "2026-04-01T00:00:00.000Z" == odus.now


def test_an_exception_ends_the_call(odus):
    """It is the test's own, and the webhook waits for the next call."""
    app = App()
    app.answer = lambda event: 1 // 0
    odus.on_webhook(app)
    with pytest.raises(ZeroDivisionError):
        odus.customers.create(email="new@example.com")
    app.answer = 200
    odus.settle()

    assert ["customer.created"] * 2 == app.types


def test_the_answer_must_be_a_status(odus):
    """A function that forgets to return is told so."""
    odus.on_webhook(lambda body, headers: None)
    with pytest.raises(TypeError, match="must answer a status such as 200, found None"):
        odus.customers.create(email="new@example.com")


def test_a_coroutine_takes_webhooks(odus):
    """In the loop in which it was given, while the call that brings them about waits in a thread."""
    app = App()

    async def story():
        async def take(body, headers):
            heard_in.append(asyncio.get_running_loop())
            return app(body, headers)

        heard_in = []
        odus.on_webhook(take)
        payment = await asyncio.to_thread(odus.pay, 5000)
        with pytest.raises(RuntimeError, match=r"await asyncio\.to_thread\(odus\.pay, 2999\)"):
            odus.customers.create(email="new@example.com")
        await asyncio.to_thread(odus.settle)
        assert {asyncio.get_running_loop()} == set(heard_in)
        return payment.status

    assert "succeeded" == asyncio.run(story())
    assert ["payment.created", "payment.updated", "customer.created"] == app.types


def test_a_coroutine_needs_a_loop(odus):
    """Given outside of one, the first webhook tells so."""

    async def take(body, headers):
        raise AssertionError("never runs")

    odus.on_webhook(take)
    with pytest.raises(RuntimeError, match="call on_webhook inside a test or fixture that is one"):
        odus.pay(5000)


def test_who_subscribed_before_is_heard(odus):
    """The app's own subscription is used; what the app itself brings about is taken with `settle`."""
    own = odus.webhook_subscribers.create(url="http://shop.localhost/hooks", events=["customer.created"])
    app = App()
    assert own.id == odus.on_webhook(app).id
    odus.pay(5000)
    Driver(odus.url, odus.secret_key, connection=odus._connection).customers.create(email="new@example.com")
    assert [] == app.types
    odus.settle()

    assert ["customer.created"] == app.types


def test_one_way_or_the_other(odus):
    """A receiver and a function exclude each other, and the message says so."""
    odus.on_webhook(App())
    with pytest.raises(ValueError, match="on_webhook"):
        odus.webhooks.received  # noqa: B018
    odus.reset()
    assert [] == odus.webhooks.received
    with pytest.raises(ValueError, match="use one or the other"):
        odus.on_webhook(App())


def test_a_function_may_reset_the_sandbox(odus):
    """What it was about to answer for is gone, which is no mistake."""
    odus.on_webhook(lambda body, headers: odus.reset() or 200)
    odus.customers.create(email="new@example.com")

    assert ["jane@example.com"] == [one.email for one in odus.customers.list()]


def test_a_bad_event_name_is_the_apps_own_mistake(odus):
    """Collections know webhook subscribers like any other resource."""
    with pytest.raises(OdusApiError, match=r"did you mean 'payment\.updated'"):
        odus.webhook_subscribers.create(url="http://shop.localhost/hooks", events=["payment.update"])
