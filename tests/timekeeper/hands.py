"""A real clock that a test moves by hand, and worlds in which something falls due."""

from __future__ import annotations

from datetime import UTC, datetime

from mock_odus import assumptions
from mock_odus.engine import authorizations, payments
from mock_odus.engine.bodies import AuthorizePayment, CardDetails, CreatePayment
from mock_odus.scripting import library, loader
from mock_odus.timekeeper.ticking import RealClock

POLICIES = assumptions.load().for_engine()
HOUR = 3_600.0
DAY = 24 * HOUR


class Alarm:
    def __init__(self, at, callback):
        self.at, self.callback, self.is_cancelled = at, callback, False

    def cancel(self):
        self.is_cancelled = True


class Hands:
    """It is 04:05:06.789 on 24 November 2026, and so many `seconds` since something."""

    def __init__(self):
        self.seconds = 1_000.0
        self.set = []
        self.slept = []
        self.clock = RealClock(self.day, lambda: self.seconds, self.set_alarm)

    @staticmethod
    def day():
        return datetime(2026, 11, 24, 4, 5, 6, 789_000, tzinfo=UTC)

    def set_alarm(self, seconds, callback):
        self.set.append(Alarm(self.seconds + seconds, callback))
        return self.set[-1]

    async def let_pass(self, seconds):
        """Whoever sleeps wakes up so much later, at once."""
        self.slept.append(seconds)
        self.seconds += seconds

    @property
    def alarms(self):
        """When those alarms will ring that have not yet, in seconds from now."""
        return [alarm.at - self.seconds for alarm in self.set if not alarm.is_cancelled]

    def wait(self, seconds):
        """Real time passes, and alarms ring at their time."""
        end = self.seconds + seconds
        while due := [alarm for alarm in self.set if not alarm.is_cancelled and alarm.at <= end]:
            self.ring(min(due, key=lambda alarm: alarm.at))
        self.seconds = end

    def ring(self, alarm):
        """One alarm rings, late when time has passed it already."""
        self.set.remove(alarm)
        self.seconds = max(self.seconds, alarm.at)
        alarm.callback()


def scenario(**head):
    """The starter scenario, with what is told of its clock."""
    text = library.shipped().joinpath("starter.yaml").read_text()
    assert "\nclock:" not in text
    return loader.load(f"{text}\nclock: {head}" if head else text, file="starter", prefixes=POLICIES.prefixes)


def challenged(world):
    """The id of a payment whose challenge lapses in 24 hours."""
    payment = payments.create(world, CreatePayment(amount=5000, currency="usd", return_url="https://shop.example"))
    card = CardDetails(number="4000000000003220", exp_month="12", exp_year="2040", cvv="100")
    return authorizations.authorize(world, payment, AuthorizePayment(type="card", card=card)).id


def ran(world):
    """Which jobs ran when."""
    return [(entry.at, entry.name, entry.subject) for entry in world.log if entry.kind == "job"]
