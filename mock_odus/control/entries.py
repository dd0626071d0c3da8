"""The entries of the journals, each made of one line of a world's log or of one record."""

from __future__ import annotations

from typing import Any

import msgspec

from mock_odus.control.answers import AttemptEntry, EventEntry, JobEntry
from mock_odus.engine import attempts
from mock_odus.engine.records import Entry, Transaction
from mock_odus.engine.views import Links, view
from mock_odus.engine.world import World


def event(world: World, place: int, entry: Entry, links: Links) -> EventEntry:
    """The envelope of the event at a place of the log, with its record as it was."""
    assert entry.record is not None
    return {
        "eventId": world.event_id(place),
        "eventType": entry.name,
        "timestamp": entry.at,
        "subject": entry.subject,
        "data": msgspec.to_builtins(view(entry.record, "secret", links)),
    }


def attempt(transaction: Transaction) -> dict[str, Any]:
    """A transaction, with what is kept privately on it."""
    row = msgspec.to_builtins(transaction)
    row |= {
        "at": transaction.created_at,
        "transaction": transaction.id,
        "operation": attempts.OPERATIONS[transaction.type],
    }
    return {name: row[name] for name in AttemptEntry.__annotations__}


def job(entry: Entry) -> JobEntry:
    return {"at": entry.at, "kind": entry.name, "subject": entry.subject, "result": "done"}
