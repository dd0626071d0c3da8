"""What a test may send to the control API."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from mock_odus.analytics.buckets import Granularity
from mock_odus.engine.bodies import Body, Currency, SomeEventType
from mock_odus.scripting.forms import Rate
from mock_odus.scripting.language import Mode
from mock_odus.shapes import Hidden

Name = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,64}\Z", description="1 to 64 of a-z, 0-9 and -")]
_MONTH = r"^(19|[2-9][0-9])[0-9]{2}-(0[1-9]|1[0-2])\Z"
MOST_LINES = 10_000
Seed = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1, description="an integer of at most 64 bits")]


class Clock(Body, frozen=True):
    """`start` is an instant, `rate` virtual seconds for each real one; a clock with a rate ticks."""

    start: str | None = None
    mode: Mode | None = None
    rate: Rate | None = None


class CreateSandbox(Body, frozen=True, rename={"from_": "from"}):
    """`scenario` is a name or a whole document; `from` is `sandbox/snapshot`, which says all but how the clock runs."""

    name: Name | None = None
    seed: Seed | None = None
    scenario: str | dict[str, Any] | None = None
    clock: Clock | None = None
    from_: str | None = None


class Reset(Body, frozen=True):
    """`scenario: null` drops the scenario."""

    scenario: UnsetType | None = UNSET


_FORMS = "one of the scenario language, a name of one: `{name}`, or texts: `{document, extends: {name: document}}`"
Document = Annotated[dict[str, Any], Meta(description=_FORMS)]


class SentScenario(Body, frozen=True):
    """The text of a document, and by name the texts of those it extends that the server does not have."""

    document: str
    extends: dict[str, str] = {}


class LoadScenario(Body, frozen=True):
    """Parameters of the query: whether the world that there is stays, so that the document may use its ids."""

    keep_world: bool = False


class TimelineQuery(Body, frozen=True):
    """Parameters of the query; `last` asks for so many lines at the end only."""

    payment: str | UnsetType = UNSET
    subscription: str | UnsetType = UNSET
    customer: str | UnsetType = UNSET
    format: Literal["json", "text", "mermaid"] = "json"
    last: Annotated[int, Meta(ge=1, le=MOST_LINES)] | UnsetType = UNSET


class AnalyticsQuery(Body, frozen=True):
    """Parameters of the query: the merchant's own currency, and the calendar of their timezone, unless given."""

    timezone: Annotated[str, Meta(description="an IANA timezone such as Europe/Paris")] | UnsetType = UNSET
    currency: Currency | UnsetType = UNSET


class RangeQuery(AnalyticsQuery, frozen=True, rename={"from_": "from"}):
    """Parameters of the query: dates, of which the last counts whole, or instants; without them all there is."""

    from_: str | UnsetType = UNSET
    to: str | UnsetType = UNSET


class RevenueQuery(RangeQuery, frozen=True, rename={"from_": "from"}):
    """Parameters of the query: without a granularity it goes by how long the range is."""

    granularity: Granularity | UnsetType = UNSET


class RebillQuery(AnalyticsQuery, frozen=True):
    """Parameters of the query: the current month unless one is given."""

    month: Annotated[str, Meta(pattern=_MONTH, description="a month such as 2026-02")] | UnsetType = UNSET


class WaitQuery(Body, frozen=True):
    """Parameters of the query: answers when so many entries fit, or when `timeout`, a duration, is up."""

    wait_for: Annotated[int, Meta(ge=1, le=100_000)] | UnsetType = UNSET
    timeout: str = "5 seconds"


class StreamQuery(Body, frozen=True):
    """Parameters of the query: after `timeout`, a duration, the stream ends; without one it does not."""

    timeout: str | UnsetType = UNSET


class EmitEvent(Body, frozen=True):
    """`subject` is the id of an object of the kind that `type` begins with."""

    type: SomeEventType
    subject: str


class CreateSnapshot(Body, frozen=True):
    name: Name


class Advance(Body, frozen=True):
    """`by` a duration, `to` an instant, or `until` `next`, `renewal`, `renewal:sub_…` or `idle`: one of the three."""

    by: str | None = None
    to: str | None = None
    until: str | None = None
    dry_run: bool = False
    max_steps: Annotated[int, Meta(ge=1, le=1_000_000)] = 1_000_000
    settle: Literal["step", "end", "hold"] = "step"


class Freeze(Body, frozen=True):
    """`at` is an instant; without it the clock stands where it is."""

    at: str | None = None


class Tick(Body, frozen=True):
    """`rate` is virtual seconds for each real one."""

    rate: Rate = 1.0


class Nothing(Body, frozen=True):
    """`{}`, or no body at all."""


class LogIn(Body, frozen=True):
    email: str
    password: Hidden[str]

    def __repr__(self) -> str:
        return "LogIn(…)"


class HoldWebhooks(Body, frozen=True):
    held: bool


class AnswerDelivery(Body, frozen=True):
    """`status` is what the receiver answered."""

    status: Annotated[int, Meta(ge=100, le=599)]


class CompleteChallenge(Body, frozen=True):
    result: Literal["passed", "failed", "cancelled"]
