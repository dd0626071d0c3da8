"""What the engine does where Odus's documentation is silent. `assumptions.yaml` holds the values and the reasons."""

from __future__ import annotations

from msgspec import Struct


class Policies(Struct, frozen=True, kw_only=True, rename="camel"):
    """Given to a World. `failover_on` lists the error codes after which a cascade goes on; `prefixes` begins the
    ids of each kind of record, without the underscore."""

    failover_on: frozenset[str]
    display_currency: str
    prefixes: dict[str, str]
