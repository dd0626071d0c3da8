"""What an advance did: counted while it runs, so that a long one needs no look back over a million entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypedDict

from msgspec import Struct

from mock_odus.engine.billing import Invoice, Subscription
from mock_odus.engine.records import (
    Entry,
    Instant,
    Job,
    Transaction,
)
from mock_odus.engine.world import World
from mock_odus.scripting import rules

STEPS_SHOWN = 1_000


class Step(Struct, frozen=True):
    at: Instant
    kind: str
    subject: str
    result: str


class Due(TypedDict):
    at: Instant
    kind: str
    subject: str


class Month(Struct, rename="camel"):
    """What became of subscriptions in a month (of UTC), and what was charged in each currency, in minor units.

    `renewed` and `recovered` are periods that were paid for, at once or by a later try; `declined` are tries that
    failed, `givenUp` periods that nobody pays for any more, `ended` subscriptions that were cancelled.
    """

    month: str
    started: int = 0
    renewed: int = 0
    recovered: int = 0
    declined: int = 0
    given_up: int = 0
    ended: int = 0
    charged: dict[str, int] = {}


class Report(Struct, frozen=True, rename={"from_": "from", "stopped_early": "stoppedEarly"}):
    """What an advance did. `attempts` counts gateways asked, `rules` the hits of each rule by name. `deliveries`
    are the attempts to post webhooks, `pending` those still to be made.

    `target` is where it was going, null when that never became known.
    """

    from_: Instant
    to: Instant
    target: Instant | None
    stopped_early: bool
    hint: str | None
    jobs: int
    events: dict[str, int]
    attempts: int
    deliveries: dict[str, int]
    rules: dict[str, int]
    months: list[Month]
    steps: list[Step]
    agenda: list[Due]


class Tally:
    """Counts what the jobs of one advance do."""

    def __init__(self, world: World) -> None:
        self.start = world.now
        self.jobs = 0
        self._hits = _hits(world)
        self._events: dict[str, int] = {}
        self._attempts = 0
        self._months: dict[str, Month] = {}
        self._steps: list[Step] = []
        # Asked of a million entries, so it is a look-up and no chain of questions.
        self._counts: dict[type, Callable[[Entry, Any], None]] = {
            Transaction: self._count_attempt,
            Invoice: self._count_invoice,
            Subscription: self._count_subscription,
        }

    def add(self, job: Job, entries: Iterable[Entry]) -> None:
        """One job more, and what it wrote into the log."""
        self.jobs += 1
        if self.jobs <= STEPS_SHOWN:
            self._steps.append(Step(job.due, job.kind, job.subject, "done"))
        for entry in entries:
            kind = entry.kind
            if kind == "event":
                self._events[entry.name] = self._events.get(entry.name, 0) + 1
            elif kind == "attempt":
                self._attempts += 1
            if count := self._counts.get(type(entry.record)):
                count(entry, entry.record)

    def report(self, world: World, *, target: str | None, stopped_early: bool, hint: str | None) -> Report:
        return Report(
            from_=self.start,
            to=world.now,
            target=target,
            stopped_early=stopped_early,
            hint=hint,
            jobs=self.jobs,
            events=self._events,
            attempts=self._attempts,
            deliveries={"delivered": 0, "failed": 0, "pending": 0},
            rules={name: more for name, now in _hits(world).items() if (more := now - self._hits.get(name, 0)) > 0},
            months=list(self._months.values()),
            steps=self._steps,
            agenda=agenda(world),
        )

    def _month(self, entry: Entry) -> Month:
        name = entry.at[:7]
        month = self._months.get(name)
        if month is None:
            month = self._months[name] = Month(name)
        return month

    def _count_attempt(self, entry: Entry, transaction: Transaction) -> None:
        status, kind = transaction.outcome.status, transaction.type
        if status == "success" and kind in ("sale", "capture"):
            charged = self._month(entry).charged
            charged[transaction.currency] = charged.get(transaction.currency, 0) + transaction.amount
        elif status == "failure" and kind in ("sale", "authorization") and transaction.subscription:
            self._month(entry).declined += 1

    def _count_invoice(self, entry: Entry, invoice: Invoice) -> None:
        if invoice.status == "uncollectible":
            self._month(entry).given_up += 1
        elif invoice.status == "paid" and invoice.paid_at == entry.at:
            if entry.name == "invoice.created" and invoice.payment:
                return  # the first charge
            if invoice.attempt_count > 1:
                self._month(entry).recovered += 1
            else:
                self._month(entry).renewed += 1

    def _count_subscription(self, entry: Entry, subscription: Subscription) -> None:
        if entry.name == "subscription.created":
            self._month(entry).started += 1
        elif subscription.cancelled_at == entry.at:
            self._month(entry).ended += 1


def agenda(world: World) -> list[Due]:
    """What is due next, as the API shows it."""
    return [{"at": job.due, "kind": job.kind, "subject": job.subject} for job in world.agenda()]


def _hits(world: World) -> dict[str, int]:
    found: dict[str, int] = {}
    for listed in rules.rules(world):  # rules put in by hand may share a name
        found[listed.rule.name] = found.get(listed.rule.name, 0) + listed.hits
    return found
