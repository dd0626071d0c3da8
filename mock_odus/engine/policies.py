"""What the engine does where Odus's documentation is silent. `assumptions.yaml` holds the values and the reasons."""

from __future__ import annotations

from msgspec import Struct


class Policies(Struct, frozen=True, kw_only=True, rename="camel"):
    """Given to a World. Hours are exact; `prefixes` names a record's id by its kind, without the underscore."""

    failover_stops_at: tuple[str, ...]
    challenge_lapse_hours: int
    display_currency: str
    timezone: str
    prefixes: dict[str, str]
