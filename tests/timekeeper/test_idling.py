"""Sandboxes that nobody uses make room for others: past a thousand, after a real hour."""

import pytest

from mock_odus.app import create_app
from mock_odus.timekeeper.idling import KEPT
from tests.properties.conftest import Client
from tests.timekeeper.hands import HOUR, Hands

MINUTE = 60.0


class House:
    """A mock whose real clock is moved by hand."""

    def __init__(self):
        self.hands = Hands()
        app = create_app(clock=self.hands.clock)
        self.sandboxes = app.sandboxes
        self.ask = Client(app)

    def open(self, *names):
        for name in names:
            assert 201 == self.ask("POST", "/_mock/sandboxes", {"name": name}).status

    def status(self, name):
        """What a request with the key of a sandbox is answered."""
        return self.ask("GET", "/payments", key=f"skey_{name}").status

    @property
    def count(self):
        return len(self.sandboxes.by_name)


@pytest.fixture
def full():
    """A thousand and two of them: the default one, a thousand, and one that was one too many a moment ago."""
    house = House()
    house.open(*(f"old-{number}" for number in range(KEPT)), "last")
    return house


def test_the_idle_make_room_after_an_hour(full):
    """As many as there are too many, those first that were made first; their keys are unknown from then on."""
    full.hands.wait(HOUR)
    full.open("new")

    assert KEPT == full.count
    assert [401, 401, 401, 200] == [full.status(f"old-{number}") for number in range(4)]
    assert (200, 200, 200) == (full.status("mock"), full.status("last"), full.status("new"))


def test_nobody_goes_before_the_hour_is_over(full):
    """A minute earlier all of them are there."""
    full.hands.wait(HOUR - MINUTE)
    full.open("new")

    assert KEPT + 3 == full.count
    assert 200 == full.status("old-0")


def test_who_was_asked_meanwhile_stays(full):
    """One request within the hour, and it is another hour's turn; one that somebody waits for is in use."""
    full.hands.wait(HOUR / 2)
    assert (200, 200) == (full.status("old-0"), full.status("old-1"))
    full.sandboxes.get("old-2").watchers.append(print)
    full.hands.wait(HOUR / 2)
    full.open("new")

    assert KEPT == full.count
    assert [200, 200, 200, 401, 401, 401, 200] == [full.status(f"old-{number}") for number in range(7)]


def test_a_thousand_stay_for_ever():
    """Up to a thousand nobody is dropped, however long it was idle."""
    house = House()
    house.open(*(f"old-{number}" for number in range(KEPT - 2)))
    house.hands.wait(1_000 * HOUR)
    house.open("new")

    assert KEPT == house.count
    assert 200 == house.status("old-0")


def test_a_dropped_name_can_be_had_again():
    """It is a new sandbox then, with nothing of the old one in it."""
    house = House()
    house.open("old-0")
    assert 201 == house.ask("POST", "/customers", {"email": "jane@example.com"}, key="skey_old-0").status
    house.open(*(f"old-{number}" for number in range(1, KEPT + 1)))
    house.hands.wait(HOUR)
    house.open("new", "old-0")

    assert [] == house.ask("GET", "/customers", key="skey_old-0").json["data"]
