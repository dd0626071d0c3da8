"""What the control API answers."""

from typing import Any, Literal, TypedDict

from mock_odus.analytics.buckets import Granularity
from mock_odus.analytics.products import ProductSales
from mock_odus.analytics.rebills import RebillDay
from mock_odus.analytics.revenue import Bucket, Figures
from mock_odus.engine.access import Role
from mock_odus.engine.permissions import Permission
from mock_odus.engine.records import (
    Initiator,
    Instant,
    Operation,
    Payment,
    TransactionOutcome,
)
from mock_odus.engine.webhooks import DeliveryStatus
from mock_odus.scripting.language import Mode, Scope, Unmatched
from mock_odus.scripting.misses import Near
from mock_odus.timekeeper.reports import Due


class Health(TypedDict):
    status: Literal["ok"]
    version: str
    uptimeSeconds: float


class SandboxAnswer(TypedDict):
    """`counts` are the records of each kind."""

    name: str
    secretKey: str
    publishableKey: str
    now: Instant
    scenario: str | None
    counts: dict[str, int]


class NewSandbox(SandboxAnswer):
    """`world` holds the ids of what the scenario named, by kind and name; `unmatched` is the scenario's."""

    unmatched: Unmatched
    world: dict[str, dict[str, str]]


class SnapshotAnswer(TypedDict):
    name: str
    at: Instant
    counts: dict[str, int]


class Digest(TypedDict):
    """Equal worlds, equal digests."""

    digest: str


class ClockAnswer(TypedDict):
    """`agenda` is what is due next; a clock that stands has no rate."""

    now: Instant
    mode: Mode
    rate: float | None
    agenda: list[Due]


class ScenarioAnswer(TypedDict):
    """What runs: how many rules it has, what becomes of other charges, and the ids of what it named."""

    name: str | None
    about: str | None
    rules: int
    unmatched: Unmatched
    world: dict[str, dict[str, str]]


class ScenarioSummary(TypedDict):
    """A scenario that can be named, and the first sentence of what it says about itself."""

    name: str
    about: str


class ScenarioText(ScenarioSummary):
    """`document` is its text as it was written."""

    document: str


class Finding(TypedDict):
    """What is wrong with a document, and where; line and column are null where it has no place."""

    file: str | None
    line: int | None
    column: int | None
    message: str


class Checked(TypedDict):
    """Nothing is wrong with a document that has no problems."""

    problems: list[Finding]


class RuleAnswer(TypedDict):
    """A rule as it could be written, with its hits. `spent` when it will not serve again."""

    id: str
    name: str
    when: dict[str, Any]
    then: Any
    per: Scope | None
    times: int | None
    chance: str | None
    hits: int
    spent: bool


class CoveredRoute(TypedDict):
    """A route of the Odus API. `source` is the page that documents it; without one it is our reading."""

    method: str
    path: str
    status: Literal["supported"]
    basis: Literal["documented", "assumed"]
    source: str | None


class OpenChallenge(TypedDict):
    """A payment that waits for its customer."""

    payment: str
    amount: int
    currency: str
    redirectUrl: str | None
    lapsesAt: Instant


class CompletedChallenge(TypedDict):
    """`returnUrl` is where the browser would have gone."""

    payment: Payment
    returnUrl: str | None


class SessionAnswer(TypedDict):
    """`key` goes into the `Authorization` header of calls of the Odus API; `user` is an id."""

    key: str
    user: str
    role: Role
    permissions: list[Permission]


# --- Analytics: amounts are in one currency; `currencies` are those that there are


_From = TypedDict("_From", {"from": Instant})  # which is no name in Python


class RevenueAnalytics(_From):
    """Revenue and refunds from `from` (included) to `to`, whole and piece by piece."""

    to: Instant
    granularity: Granularity
    timezone: str
    currency: str
    currencies: list[str]
    totals: Figures
    buckets: list[Bucket]


class ProductAnalytics(_From):
    """What each product has earned from `from` (included) to `to`."""

    to: Instant
    timezone: str
    currency: str
    currencies: list[str]
    products: list[ProductSales]


class RebillAnalytics(TypedDict):
    """The renewals of a month by its days; `today` is the sandbox's."""

    month: str
    today: str
    timezone: str
    currency: str
    currencies: list[str]
    days: list[RebillDay]


# --- Journals: the entries' fields in their order


class RequestEntry(TypedDict):
    """`fault` names what the scenario did to the request; `status` is null when nothing was answered."""

    id: str
    at: Instant
    method: str
    path: str
    query: str
    status: int | None
    keyKind: str | None
    durationMs: float
    fault: str | None


class EventEntry(TypedDict):
    """`data` is the subject as it then was."""

    eventId: str
    eventType: str
    timestamp: Instant
    subject: str
    data: dict[str, Any]


class AttemptEntry(TypedDict):
    """One gateway, asked once. `rule` is the name of the rule that decided, `test_cards`, or null.

    `subscription` is the first of a bundle, and `cycle` what is paid for of it, 1 the first charge; `retry` is 0 on the
    renewal itself, 1 on the first step of its retry policy.
    """

    at: Instant
    payment: str
    transaction: str
    customer: str | None
    subscription: str | None
    cycle: int | None
    retry: int | None
    attempt: int
    operation: Operation
    cascade: str | None
    position: int | None
    gatewayProfile: str | None
    amount: int
    currency: str
    initiator: Initiator
    challenge: str | None
    rule: str | None
    outcome: TransactionOutcome
    latencyMs: int


class MissEntry(TypedDict):
    """A charge that no rule fitted though the scenario wants one for each, and the rules that came nearest."""

    at: Instant
    charge: dict[str, Any]
    nearest: list[Near]


class OrphanEntry(TypedDict):
    """A charge that a gateway holds and Odus does not know of. `rule` is the name of the rule that made it one."""

    at: Instant
    payment: str
    transaction: str
    operation: Operation
    gatewayProfile: str
    amount: int
    currency: str
    rule: str | None


class JobEntry(TypedDict):
    at: Instant
    kind: str
    subject: str
    result: Literal["done"]


class DeliveryEntry(TypedDict):
    """One attempt to tell a subscriber of an event. `at` is when it is due, and then when it was sent."""

    id: str
    event: str
    eventType: str
    subject: str
    subscriber: str
    attempt: int
    at: Instant
    status: DeliveryStatus
    responseStatus: int | None
    error: str | None
    durationMs: int | None


class HeldDelivery(DeliveryEntry):
    """`body` is the text that is signed, byte for byte."""

    url: str
    headers: dict[str, Any]  # texts, of which one is an instant
    body: str


class Settled(TypedDict):
    """`pending` are the webhooks that are still to be sent, at a later time of the sandbox."""

    pending: int


class Holding(TypedDict):
    held: bool
