"""`/blacklist`: emails whose customers may not pay (guides/payments/chargebacks)."""

from __future__ import annotations

from mock_odus.api.resource import Resource
from mock_odus.engine import blacklist as engine
from mock_odus.engine.bodies import CreateBlacklistEntry
from mock_odus.engine.records import BlacklistEntry
from mock_odus.web.front import Caller

blacklist = Resource(BlacklistEntry, "/blacklist", "BLACKLIST")


@blacklist.create(CreateBlacklistEntry)
def create(caller: Caller, body: CreateBlacklistEntry) -> BlacklistEntry:
    """Blocks every payment of every customer with this email."""
    return engine.create(caller.world, body)


@blacklist.delete
def delete(caller: Caller, entry: BlacklistEntry) -> BlacklistEntry:
    """Lets an email pay again."""
    return engine.delete(caller.world, entry)
