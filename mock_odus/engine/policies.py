"""What the engine does where Odus's documentation is silent. `assumptions.yaml` holds the values and the reasons."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mock_odus.engine.periods import Duration


class Policies(Struct, frozen=True, kw_only=True, rename="camel"):
    """Given to a World.

    `failover_on` lists the error codes after which a cascade goes on; `prefixes` begins the ids of each kind of record,
    without the underscore. `dunning_days` are the delays of the default retry policy's steps. `catch_up` says what a
    subscription does that was paid so late that periods have passed. `webhook_delays` are those before each new attempt
    at a webhook that was not taken, `webhook_header` is what its signature is sent in and `webhook_encoding` how it is
    written. An authorization that nobody captures `lapses_after` so long. `timezone` is that of a new account.
    """

    failover_on: frozenset[str]
    display_currency: str
    timezone: str = "UTC"
    prefixes: dict[str, str]
    dunning_days: tuple[int, ...] = (1, 3, 5)
    stop_on_hard_decline: bool = False
    catch_up: Literal["skip", "bill_each"] = "skip"
    webhook_delays: tuple[Duration, ...] = ()
    webhook_header: str = "x-odus-signature"
    webhook_encoding: Literal["hex", "base64"] = "hex"
    lapses_after: Duration = Duration(milliseconds=7 * 24 * 3_600_000)
