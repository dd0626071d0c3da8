"""Which names, ids and card numbers a scenario may use, and what they stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from mock_odus.engine.access import SecretKey, User
from mock_odus.engine.billing import RetryPolicy, Subscription
from mock_odus.engine.records import (
    BlacklistEntry,
    Cascade,
    Customer,
    GatewayProfile,
    Payment,
    PaymentMethod,
    Price,
    Product,
    Stored,
)
from mock_odus.engine.webhooks import WebhookSubscriber
from mock_odus.engine.world import World
from mock_odus.shapes import nearest, shown


class Kind(NamedTuple):
    """A kind of record that a file can name: its singular and the stored record."""

    singular: str
    record: type[Stored]


KINDS: dict[str, Kind] = {
    "gatewayProfiles": Kind("gatewayProfile", GatewayProfile),
    "cascades": Kind("cascade", Cascade),
    "retryPolicies": Kind("retryPolicy", RetryPolicy),
    "products": Kind("product", Product),
    "prices": Kind("price", Price),
    "customers": Kind("customer", Customer),
    "paymentMethods": Kind("paymentMethod", PaymentMethod),
    "subscriptions": Kind("subscription", Subscription),
    "payments": Kind("payment", Payment),
    "blacklist": Kind("blacklistEntry", BlacklistEntry),
    "webhookSubscribers": Kind("webhookSubscriber", WebhookSubscriber),
    "secretKeys": Kind("key", SecretKey),
    "users": Kind("user", User),
}

MOST_LISTED = 30

NAMED = {
    "gateway": "gatewayProfiles",
    "cascade": "cascades",
    "customer": "customers",
    "payment": "payments",
    "price": "prices",
    "product": "products",
    "subscription": "subscriptions",
}
"""The conditions whose values are names, and the kind of record they name."""


class Names(NamedTuple):
    """`ids` by kind and name, those of the file; `world` knows the ids of what exists already."""

    ids: Mapping[str, Mapping[str, str]]
    numbers: Mapping[str, str]
    prefixes: Mapping[str, str]
    world: World | None = None

    def id(self, kind: str, word: str) -> str | None:
        """The id that a name or an id stands for, or None."""
        own = self.ids.get(kind, {})
        if word in own:
            return own[word]
        exists = word in own.values() or (self.world and self.world.find(KINDS[kind].record, word))
        return word if exists else None

    def unknown(self, kind: str, word: str) -> str:
        """The sentence about a word that is no name of that kind."""
        own = list(self.ids.get(kind, {}))
        hint = nearest(word, own) or (f"; known are {_listed(own)}" if own else "; none is named here")
        return f"unknown {KINDS[kind].singular} {quoted(word)}{hint}"

    def is_id(self, singular: str, word: str) -> bool:
        """Whether a word looks like an id of that kind of record."""
        return bool(re.fullmatch(rf"{re.escape(self.prefixes[singular])}_[A-Za-z0-9]{{1,40}}", word))

    def bad_id(self, singular: str, word: object) -> str:
        """The sentence about a word that is no id."""
        return f"must be '{self.prefixes[singular]}_' and 1 to 40 letters or digits, found {shown(word)}"

    def card(self, number: str) -> str | None:
        """The name of a known test number, or None."""
        return self.numbers.get(number.replace(" ", "").replace("-", ""))

    def unknown_card(self, number: str) -> str:
        """The sentence about a number that is no test number; it tells the last four digits only."""
        digits = number.replace(" ", "").replace("-", "")
        if "/" in number:
            return f"is not a known test number, found {quoted(number)}{nearest(number, [*self.numbers.values()])}"
        close = nearest(digits, list(self.numbers)).partition("'")[2].partition("'")[0]
        hint = f"; did you mean '{self.numbers[close]}'?" if close else ""
        return f"is not a known test number (it ends in {digits[-4:]}); see scenarios/test_cards.yaml{hint}"


def _listed(names: list[str]) -> str:
    """As many as anybody reads."""
    rest = len(names) - MOST_LISTED
    return f"{', '.join(names[:MOST_LISTED])}{f' and {rest} more' if rest > 0 else ''}"


def quoted(word: object) -> str:
    """A word as it was found, in single quotes and not too long."""
    text = str(word)
    return f"'{text if len(text) <= 60 else text[:57] + '...'}'"
