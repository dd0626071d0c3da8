"""`/_mock/stream`: what happens, as it happens."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from mock_odus.app import Server, create_app

RULE = {"name": "broke", "when": {"amount": 5000}, "then": "insufficient_funds"}


class Listener:
    """Hears the stream of a sandbox, event by event."""

    def __init__(self, api, query="", **headers):
        self._line = HTTPConnection(urlsplit(api.url).netloc, timeout=10)
        self._line.request("GET", f"/_mock/stream?{query}", headers={"Authorization": f"Bearer {api.key}", **headers})
        self.response = self._line.getresponse()
        self.first = self.response.readline() + self.response.readline()  # it listens from here on

    def next(self):
        """The next event: its type, its id, its data. None when the stream has ended."""
        found = {}
        while line := self.response.readline().decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            found[name] = value
        return (found["event"], found.get("id"), json.loads(found["data"])) if "event" in found else None

    def until(self, kind, **wanted):
        """What is heard up to and with that event."""
        heard = []
        while not heard or heard[-1][0] != kind or not wanted.items() <= heard[-1][2].items():
            heard.append(self.next())
            assert heard[-1] is not None, heard
        return heard

    def close(self):
        self._line.close()


@pytest.fixture
def listen(api):
    """Opens listeners, which are closed after the test."""
    opened = []

    def make(*arguments, **options):
        opened.append(Listener(*arguments, **options))
        return opened[-1]

    yield make
    for listener in opened:
        listener.close()


def test_it_tells_what_happens(api, listen):
    """Events, attempts and rule hits in their order, in the shapes of the journals."""
    api.made("/_mock/rules", RULE)
    listener = listen(api)
    assert ("text/event-stream; charset=utf-8", "no-store") == (
        listener.response.headers["content-type"],
        listener.response.headers["cache-control"],
    )
    paid = api.paid()
    heard = listener.until("rule")
    assert ["event", "attempt", "attempt", "event", "rule"] == [kind for kind, _, _ in heard]
    told = [data for kind, _, data in heard if kind == "event"]
    assert told == api.get("/_mock/journal/events").json["data"]
    assert [heard[1][2], heard[2][2]] == api.get(f"/_mock/journal/attempts?payment[eq]={paid['id']}").json["data"]
    assert ("broke", 2) == (heard[4][2]["name"], heard[4][2]["hits"])


def test_a_new_rule_is_told(api, listen):
    """With no hits, as soon as it stands on top."""
    listener = listen(api)
    rule = api.made("/_mock/rules", RULE)

    assert ("rule", None, {"id": rule["id"], "name": "broke", "hits": 0}) == listener.next()


def test_it_tells_of_an_advance_on_its_way(api, listen):
    """Each job, what came of it, and where the clock is."""
    api.subscribed()
    listener = listen(api)
    api.made("/_mock/clock/advance", {"by": "1 month"})
    heard = listener.until("clock", advancing=False)
    assert ("job", "renew") == (heard[0][0], heard[0][2]["kind"])
    assert [data for kind, _, data in heard if kind == "job"] == api.get("/_mock/journal/jobs").json["data"]
    assert {"now": "2026-02-01T00:00:00.000Z", "advancing": False} == heard[-1][2]


def test_it_tells_of_answered_challenges(api, listen):
    """The attempt as it is then, and the answer."""
    payment = api.paid("4000000000003220")
    listener = listen(api)
    api.made(f"/_mock/challenges/{payment['id']}/complete", {"result": "failed"})
    told = listener.until("challenge")[-1][2]
    assert (payment["id"], "failed", "authentication_failed") == (
        told["payment"],
        told["answer"],
        told["outcome"]["errorCode"],
    )


def test_it_tells_of_deliveries(api, listen):
    """That one waits, and then what came of it."""
    api.made("/_mock/deliveries/hold", {"held": True})
    api.made("/webhook-subscribers", {"url": "http://127.0.0.1:9/hooks", "events": ["product.created"]})
    listener = listen(api)
    api.made("/products", {"name": "Mug"})
    waiting = listener.until("delivery")[-1][2]
    api.made(f"/_mock/deliveries/{waiting['id']}/answer", {"status": 204})
    decided = listener.until("delivery")[-1][2]
    assert ["pending", "delivered"] == [waiting["status"], decided["status"]]
    assert [decided] == api.get("/_mock/journal/deliveries").json["data"]


def test_who_was_away_hears_what_was_missed(api, listen):
    """From the event whose id it names."""
    listener = listen(api)
    api.payment()
    last = listener.until("event")[-1][1]
    listener.close()
    missed = api.payment()["id"]
    assert missed == listen(api, **{"Last-Event-ID": last}).next()[2]["subject"]


def test_another_world_is_told_of(api, listen):
    """After a reset the stream goes on with the new one."""
    listener = listen(api)
    api.payment()
    listener.until("event")
    api.made(f"/_mock/sandboxes/{api.name}/reset")
    assert "starter" == listener.until("reset")[-1][2]["scenario"]
    made = api.payment()["id"]
    assert made == listener.until("event")[-1][2]["subject"]


def test_nothing_of_others_is_heard(account, listen):
    """Each stream is that of its sandbox."""
    mine, other = account(), account()
    listener = listen(mine)
    other.payment()
    own = mine.payment()["id"]
    assert own == listener.next()[2]["subject"]


@pytest.mark.parametrize("query", ["timeout=1 parsec", "timout=1s", "timeout=2h"])
def test_what_it_does_not_know_is_refused(api, query):
    """With the field named."""
    answer = api.get(f"/_mock/stream?{query.replace(' ', '%20')}")
    assert 400 == answer.status
    assert answer.problems[0].startswith(query[:6])


def test_it_ends_with_its_time_and_with_its_sandbox(account, listen):
    """A `timeout`, and the end of the sandbox, end the stream."""
    mine, other = account(), account()
    assert listen(mine, "timeout=10ms").next() is None
    listener = listen(other)
    other.delete(f"/_mock/sandboxes/{other.name}")
    assert listener.next() is None


def test_it_ends_with_the_server(listen):
    """A server that stops waits for no listener."""
    server = Server(create_app(scenario="starter"))
    server.start()
    api = type("Api", (), {"url": server.url, "key": "skey_mock"})
    listener = listen(api)
    server.stop()
    assert listener.next() is None
