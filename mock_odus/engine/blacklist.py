"""The blacklist: emails whose customers may not pay, whoever starts the payment (guides/payments/chargebacks)."""

from __future__ import annotations

from mock_odus.engine import metadata
from mock_odus.engine.bodies import CreateBlacklistEntry
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import BlacklistEntry
from mock_odus.engine.world import World


def holds(world: World, email: str) -> bool:
    """Whether an email is on the list, in whatever case it is written."""
    return bool(world.bucket(BlacklistEntry, "email", email.lower()))


def create(world: World, body: CreateBlacklistEntry, *, id: str | None = None) -> BlacklistEntry:
    """Invalid when the email is on the list already."""
    with world.verb():
        if found := _find(world, body.email):
            raise Invalid(f"email must not be on the blacklist already, found '{found.email}' as {found.id}")
        entry = BlacklistEntry(
            id=id or world.new_id("blacklistEntry"),
            created_at=world.now,
            email=body.email.lower(),
            reason=body.reason,
            metadata=metadata.first(body.metadata),
        )
        return world.put(entry)


def add(world: World, email: str) -> BlacklistEntry:
    """Sees to it that an email is on the list; one that is there already keeps its entry."""
    return _find(world, email) or create(world, CreateBlacklistEntry(email=email))


def delete(world: World, entry: BlacklistEntry) -> BlacklistEntry:
    with world.verb():
        world.remove(BlacklistEntry, entry.id)
        return entry


def _find(world: World, email: str) -> BlacklistEntry | None:
    found = world.related(BlacklistEntry, "email", email.lower())
    return found[0] if found else None
