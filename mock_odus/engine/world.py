"""A world: all records, the time and the log of one merchant account, and the only way to write them.

`put` is the only write. A verb runs inside `world.verb()`, and an exception puts everything back: a refused request
changes nothing. A snapshot is a shallow copy of the tables, since records are frozen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from hashlib import blake2b
from operator import attrgetter
from types import TracebackType
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from mock_odus.engine import ids, periods
from mock_odus.engine.access import KeyValue, PublishableKey, SecretKey, User
from mock_odus.engine.billing import Invoice, Subscription
from mock_odus.engine.errors import NotFound
from mock_odus.engine.gateways import Gateway
from mock_odus.engine.policies import Policies
from mock_odus.engine.records import (
    BlacklistEntry,
    Counter,
    Entry,
    EntryKind,
    FirstAnswer,
    Job,
    Kept,
    MerchantConfig,
    Payment,
    PaymentMethod,
    Price,
    Record,
    Stored,
    Transaction,
)
from mock_odus.engine.scheduler import Scheduler
from mock_odus.engine.webhooks import Delivery, Lane

S = TypeVar("S", bound=Kept)
T = TypeVar("T", bound=Stored)

# References that hardly ever change: lists by them never scan. Buckets are in creation order; None is in none.
INDEXES: dict[type[Kept], tuple[str, ...]] = {
    Subscription: ("customer",),
    Invoice: ("subscription", "customer"),
    Payment: ("customer",),
    PaymentMethod: ("customer",),
    BlacklistEntry: ("email",),
    Price: ("product",),
    KeyValue: ("key",),
    User: ("email",),
}

CARRIED: dict[tuple[type[Kept], str], tuple[type[Kept], str]] = {(Transaction, "payment"): (Payment, "transactions")}
"""References to a record that carries those that refer to it, in creation order: an index would hold them once more."""

_REFERENCES = {kind: attrgetter(*references) for kind, references in INDEXES.items()}

UNORDERED = frozenset[type[Kept]]({Job, Lane})
"""Tables in which a record's place means nothing. In the others an undo must restore the order as well."""

_STEP = 1_000  # records that are let go of in less than a millisecond

Tables = dict[type[Kept], dict[str, Any]]
Verb = Callable[["World", str], None]
"""What a job runs: a world and the job's subject."""

Reaction = Callable[["World", Payment], Payment]
"""What follows from a payment's change. It is given the payment as it will be, and may add to it."""


class Snapshot(Struct, frozen=True):
    """A world at one moment."""

    now: str
    seed: int
    tables: Tables
    log: list[Entry]

    @property
    def counts(self) -> dict[str, int]:
        return _counts(self.tables)


class World:
    def __init__(
        self,
        *,
        seed: int,
        now: str,
        policies: Policies,
        gateway: Gateway,
        jobs: Mapping[str, Verb] | None = None,
        reaction: Reaction | None = None,
    ) -> None:
        self.seed = seed
        self.policies = policies
        self.gateway = gateway
        self.jobs = jobs or {}
        self.reaction = reaction
        self.log: list[Entry] = []
        self._tables: Tables = defaultdict(dict)
        self._indexes: dict[tuple[type[Kept], str], dict[Any, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._undo: list[tuple[type[Kept], str, Record | None, dict[str, Any] | None]] = []
        self._open_verbs = 0
        self._scheduler = Scheduler(now, self._tables[Job])

    # --- reading

    @property
    def now(self) -> str:
        return self._scheduler.now

    @property
    def seconds(self) -> int:
        """The same instant in whole seconds since 1970."""
        return self._scheduler.seconds

    def table(self, kind: type[S]) -> dict[str, S]:
        """All records of a kind by id, in creation order. To be read, never written."""
        return self._tables[kind]

    def find(self, kind: type[S], id: str) -> S | None:
        return self._tables[kind].get(id)

    def get(self, kind: type[S], id: str) -> S:
        """NotFound."""
        found: S | None = self._tables[kind].get(id)
        if found is None:
            raise NotFound(f"no {_words(kind)} with id '{id}'")
        return found

    def is_indexed(self, kind: type[Kept], reference: str) -> bool:
        """Whether the records that have a value of that reference are found without a look at the others."""
        return reference in INDEXES.get(kind, ()) or (kind, reference) in CARRIED

    def related(self, kind: type[S], reference: str, value: Any) -> list[S]:
        """The records whose indexed `reference` is `value`, in creation order."""
        table = self.table(kind)
        return [table[id] for id in self.bucket(kind, reference, value)]

    def bucket(self, kind: type[Kept], reference: str, value: Any) -> Collection[str]:
        """The ids of those records, in creation order and not copied: to be read, never written or kept."""
        if (kind, reference) in CARRIED:
            owner, carried = CARRIED[kind, reference]
            found = self.find(owner, value)
            return [one.id for one in getattr(found, carried)] if found else ()
        return self._indexes[kind, reference].get(value, ())

    @property
    def counts(self) -> dict[str, int]:
        return _counts(self._tables)

    def merchant_config(self) -> MerchantConfig:
        config: MerchantConfig = next(iter(self._tables[MerchantConfig].values()))
        return config

    # --- writing

    def put(self, record: S) -> S:
        """Stores a record under its id, in place of the one that had it."""
        kind, id = type(record), record.id
        table = self._tables[kind]
        old = table.get(id)
        self._undo.append((kind, id, old, None))
        table[id] = record
        if kind in INDEXES:
            if old is None:
                self._enter(kind, record)
            elif _moved(kind, old, record):
                self._reindex(kind)
        elif kind is Job:
            self._scheduler.add(record)  # type: ignore[arg-type]
        return record

    def update(self, old: T, changed: T, event: str = "") -> T:
        """Stores what has become of a record, and tells it if it is an event. What changes nothing is neither."""
        if changed == old:
            return old
        changed = self.put(msgspec.structs.replace(changed, updated_at=self._scheduler.now))
        if event:
            self.emit(event, changed)
        return changed

    def remove(self, kind: type[Kept], id: str) -> None:
        table = self._tables[kind]
        self._undo.append((kind, id, table[id], None if kind in UNORDERED else dict(table)))
        self._leave(kind, table.pop(id))

    def count(self, name: str) -> int:
        """One more of a thing: its ordinal, from 1."""
        last = self.find(Counter, name)
        value = last.value + 1 if last else 1
        self.put(Counter(id=name, value=value))
        return value

    def new_id(self, kind: str, ordinal: int | None = None) -> str:
        """The next id of a kind of record, named as in `assumptions.yaml`: `payment`, `gatewayProfile`.

        With `ordinal` the caller has counted: where nothing is ever removed, the length of a table spares a counter.
        """
        prefix = self.policies.prefixes[kind]
        return f"{prefix}_{ids.ksuid(self._scheduler.seconds, self.seed, prefix, ordinal or self.count(prefix))}"

    def token(self, name: str) -> str:
        """27 characters that name a new thing, without a prefix."""
        return ids.ksuid(self._scheduler.seconds, self.seed, name, self.count(name))

    def emit(self, event: str, record: Stored) -> None:
        """Notes what happened, with the record as it is now."""
        self.log.append(Entry(self._scheduler.now, "event", event, record.id, record))

    def note(self, kind: EntryKind, name: str, subject: str, record: Record | None = None) -> None:
        self.log.append(Entry(self._scheduler.now, kind, name, subject, record))

    def hold_back(self, mark: int) -> list[Entry]:
        """Takes out of the log what was written since it was so long, to be told after something else."""
        held = self.log[mark:]
        del self.log[mark:]
        return held

    def event_id(self, ordinal: int) -> str:
        """The id of the entry at that place in the log: derived, not stored."""
        token = ids.ksuid(periods.unix(self.log[ordinal].at), self.seed, "event", ordinal)
        return f"{self.policies.prefixes['event']}_{token}"

    # --- time

    def schedule(self, kind: str, subject: str, due: str) -> None:
        """Makes a job due; a live one of the same kind and subject gives way."""
        self.put(Job(id=f"{kind}/{subject}", kind=kind, subject=subject, due=due, sequence=self.count("job")))

    def unschedule(self, kind: str, subject: str) -> None:
        """Drops the live job of that kind and subject, if there is one."""
        if self.find(Job, f"{kind}/{subject}"):
            self.remove(Job, f"{kind}/{subject}")

    def due(self, target: str) -> Job | None:
        return self._scheduler.due(target)

    def agenda(self, count: int = 10) -> list[Job]:
        return self._scheduler.agenda(count)

    def run(self, job: Job) -> None:
        """Moves the clock to the job's own time and runs it."""
        self._scheduler.forward(job.due)
        with self.verb():
            self.remove(Job, job.id)
            self.note("job", job.kind, job.subject)
            self.jobs[job.kind](self, job.subject)

    def forward(self, target: str) -> None:
        """Moves the clock to `target`, when nothing is due before it. Conflict when it lies in the past."""
        self._scheduler.forward(target)

    def rewind(self, start: str) -> None:
        """Sets the clock back, for what a scenario says was before it begins; nobody may have been told of it."""
        self._scheduler.move(start)

    def advance(self, target: str) -> int:
        """Runs everything due at or before `target`, then moves the clock there. How many jobs ran."""
        ran = 0
        while job := self.due(target):
            self.run(job)
            ran += 1
        self.forward(target)
        return ran

    # --- all or nothing

    def verb(self) -> _Verb:
        """A context in which an exception puts back everything that was written, the log and the jobs included."""
        return _Verb(self, len(self._undo), len(self.log))

    def _settle(self, undo: int, log: int, failed: bool) -> None:
        if failed:
            jobs_touched = False
            while len(self._undo) > undo:
                kind, id, old, before = self._undo.pop()
                jobs_touched |= kind is Job
                self._put_back(kind, id, old, before)
            del self.log[log:]
            if jobs_touched:
                self._scheduler.rebuild()
        self._open_verbs -= 1
        if self._open_verbs == 0:  # a verb inside another leaves the outer one its way back
            self._undo.clear()

    def _put_back(self, kind: type[Kept], id: str, old: Record | None, before: dict[str, Any] | None) -> None:
        table = self._tables[kind]
        if before is not None:
            table.clear()
            table.update(before)
            self._reindex(kind)
        elif old is None:
            self._leave(kind, table.pop(id))
        else:
            new = table.get(id)  # gone when the verb removed it from a table without an order
            table[id] = old
            if kind in INDEXES and _moved(kind, old, new):
                self._reindex(kind)

    # --- indexes

    def _enter(self, kind: type[Kept], record: Any) -> None:
        for reference in INDEXES.get(kind, ()):
            if (value := getattr(record, reference)) is not None:
                self._indexes[kind, reference][value].append(record.id)

    def _leave(self, kind: type[Kept], record: Any) -> None:
        for reference in INDEXES.get(kind, ()):
            if (value := getattr(record, reference)) is not None:
                _take_out(self._indexes[kind, reference][value], record.id)

    def _reindex(self, kind: type[Kept]) -> None:
        for reference in INDEXES.get(kind, ()):
            self._indexes[kind, reference].clear()
        for record in self._tables.get(kind, {}).values():
            self._enter(kind, record)

    # --- copies

    def snapshot(self) -> Snapshot:
        tables = {kind: dict(table) for kind, table in self._tables.items()}
        return Snapshot(now=self.now, seed=self.seed, tables=tables, log=list(self.log))

    def restore(self, snapshot: Snapshot) -> None:
        """Makes the world what it was; the snapshot stays good for another time."""
        self._take_over(snapshot)
        self._indexes.clear()
        for kind in INDEXES:
            self._reindex(kind)

    def _take_over(self, snapshot: Snapshot) -> None:
        self.seed = snapshot.seed
        self._tables = defaultdict(dict, ((kind, dict(table)) for kind, table in snapshot.tables.items()))
        self.log = list(snapshot.log)
        self._undo.clear()
        self._scheduler = Scheduler(snapshot.now, self._tables[Job])

    def fork(self) -> World:
        """An independent world in the same state."""
        twin = World(
            seed=self.seed,
            now=self.now,
            policies=self.policies,
            gateway=self.gateway,
            jobs=self.jobs,
            reaction=self.reaction,
        )
        twin._take_over(Snapshot(self.now, self.seed, self._tables, self.log))
        for place, index in self._indexes.items():  # a third of the time that making them anew would take
            twin._indexes[place].update((value, list(ids)) for value, ids in index.items())
        return twin

    def dismantle(self) -> Iterator[None]:
        """Lets go of everything, a step at a time: all at once a large world takes half a second."""
        for table in self._tables.values():
            while table:
                for _ in range(min(_STEP, len(table))):
                    table.popitem()
                yield
        for index in self._indexes.values():
            while index:
                for _ in range(min(_STEP, len(index))):
                    index.popitem()
                yield
        while self.log:
            del self.log[-_STEP:]
            yield

    def put_in_order(self) -> None:
        """Brings the records of each resource into the order of their times, once older ones were made after newer."""
        for kind, table in self._tables.items():
            if issubclass(kind, Stored):
                ordered = sorted(table.items(), key=lambda row: row[1].created_at)
                table.clear()
                table.update(ordered)
                self._reindex(kind)

    def digest(self) -> str:
        """A hash of the whole world but for the values of keys; equal worlds, equal digests."""
        total = blake2b(digest_size=16)
        encode = msgspec.json.Encoder().encode
        total.update(f"{self.now} {self.seed}".encode())
        for kind in sorted(self._tables, key=lambda kind: kind.__name__):
            records: Iterable[Any] = self._tables[kind].values()
            if kind is Job:
                records = sorted(records, key=lambda job: (job.due, job.sequence))
            elif kind in (SecretKey, PublishableKey):
                records = [msgspec.structs.replace(key, value="") for key in records]
            elif kind is Delivery:
                records = [msgspec.structs.replace(delivery, duration_ms=None) for delivery in records]
            elif kind is FirstAnswer:  # it may hold the values of keys, and links
                records = [(first.asked, first.status) for first in records]
            elif kind is KeyValue:
                continue
            for record in records:
                total.update(kind.__name__.encode() + encode(record))
        for entry in self.log:
            total.update(encode((entry.at, entry.kind, entry.name, entry.subject)))
        return total.hexdigest()

    # --- invariants

    def check(self) -> None:
        """Asserts that the world is sound as a store; `invariants.py` asserts what its records must say."""
        for kind, table in self._tables.items():
            assert all(id == record.id for id, record in table.items()), f"a {kind.__name__} stands under a foreign id"
        ids = [id for kind, table in self._tables.items() if issubclass(kind, Stored) for id in table]
        assert len(ids) == len(set(ids)), "two records have the same id"
        for kind, references in INDEXES.items():
            for reference in references:
                known: dict[Any, list[str]] = {}
                for id, record in self.table(kind).items():
                    known.setdefault(getattr(record, reference), []).append(id)
                known.pop(None, None)
                held = {value: list(bucket) for value, bucket in self._indexes[kind, reference].items() if bucket}
                assert held == known, f"index {kind.__name__}.{reference} is wrong"
        for job in self.table(Job).values():
            assert job.due >= self.now, f"{job.id} was due at {job.due}, now is {self.now}"
            assert job.kind in self.jobs, f"{job.id} is a job that nobody can run"
        times = [entry.at for entry in self.log]
        assert times == sorted(times), "the log is out of order"
        assert not times or times[-1] <= self.now, "the log is ahead of the clock"
        assert not self._undo, "a verb was left open"


class _Verb(Struct, gc=False):
    """`world.verb()`; a class, since a generator would cost a microsecond on every request."""

    world: World
    undo: int
    log: int

    def __enter__(self) -> None:
        self.world._open_verbs += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.world._settle(self.undo, self.log, kind is not None)


def _counts(tables: Tables) -> dict[str, int]:
    """How many records of each resource: `{"payments": 3}`."""
    return {_plural(kind.__name__): len(table) for kind, table in tables.items() if issubclass(kind, Stored) and table}


def _plural(name: str) -> str:
    many = f"{name[:-1]}ies" if name[-1] == "y" and name[-2] not in "aeiou" else f"{name}s"
    return many[0].lower() + many[1:]


def _take_out(bucket: list[str], id: str) -> None:
    """A list takes a third of a dict's memory. What leaves a long one is most often what came last: an undo."""
    if bucket[-1] == id:
        bucket.pop()
    else:
        bucket.remove(id)


def _moved(kind: type[Kept], old: Any, new: Any) -> bool:
    """Whether an indexed reference has changed."""
    references = _REFERENCES[kind]
    return bool(references(old) != references(new))


def _words(kind: type) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in kind.__name__).strip()
