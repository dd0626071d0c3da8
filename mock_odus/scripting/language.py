"""What a scenario is once it has been read: what exists, and the rules by which gateways answer.

Everything here is frozen and plain, so that a world can store it, copy it and hash it. `docs/scenarios.md` is the
language for people; `forms.py` holds what may be written in a file.
"""

from typing import Final, Literal

from msgspec import Struct

from mock_odus.engine.access import KeyKind
from mock_odus.engine.gateways import Answer, Mischief
from mock_odus.engine.periods import Duration
from mock_odus.engine.records import Record
from mock_odus.scripting.forms import WorldForm

TEST_CARDS: Final = "test_cards"
"""What decides when no rule does: the name of the built-in table."""

Scope = Literal["payment", "customer", "card", "subscription", "gateway"]
Unmatched = Literal["test_cards", "approve", "fail"]
Mode = Literal["frozen", "ticking"]


class ScenarioError(Exception):
    """The test author's mistake: one line a problem, each `file:line:column: path: what is wrong`."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Span(Record, frozen=True, omit_defaults=True):
    """Bounds that must all hold. Instants are text that compares as time does."""

    gt: int | None = None
    gte: int | str | None = None
    lt: int | str | None = None
    lte: int | None = None
    ne: str | int | None = None


class Condition(Record, frozen=True, omit_defaults=True):
    """A fact of the charge that must equal one of `values`, fit one of `globs` or lie in one of `spans`."""

    fact: str
    values: tuple[str | int, ...] = ()
    globs: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()


class Window(Record, frozen=True):
    """From an instant (included) until another (excluded); a duration counts from the scenario's start."""

    since: str | Duration | None
    until: str | Duration | None


class Rule(Record, frozen=True, omit_defaults=True):
    """`then` in order of tries, the last one stays; `chance` in percent.

    A world that takes the rule in gives it an `id`, and makes a condition of its `window`.
    """

    name: str
    then: tuple[Answer, ...]
    when: tuple[Condition, ...] = ()
    window: Window | None = None
    per: Scope | None = None
    times: int | None = None
    chance: float | None = None
    id: str = ""


class WebhookFault(Record, frozen=True, omit_defaults=True):
    """What happens to webhooks of these types (globs) to these subscribers; empty is all. `chance` in percent.

    Of those that fit, it befalls the `nth`, or `every` so many. A world that takes it in gives it an `id`.
    """

    name: str
    mischief: Mischief
    event_types: tuple[str, ...] = ()
    subscribers: tuple[str, ...] = ()
    nth: tuple[int, ...] = ()
    every: int | None = None
    times: int | None = None
    chance: float | None = None
    id: str = ""


class Trouble(Record, frozen=True, omit_defaults=True):
    """What happens to a request of the API. `seconds` are real ones: an answer that comes late, or in drips.

    Up to `hang` nothing of what was asked for is done; after it, it is done, and the answer suffers.
    """

    kind: Literal[
        "status", "drop_before", "reset", "empty", "hang", "drop_after", "latency", "drip", "truncate", "malformed"
    ]
    status: int | None = None
    retry_after: int | None = None
    seconds: float = 0.0


class ApiFault(Record, frozen=True, omit_defaults=True):
    """What happens to requests of these methods to these paths (globs) with such keys; empty is all.

    The rest is as in a fault of webhooks.
    """

    name: str
    trouble: Trouble
    methods: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    key_kinds: tuple[KeyKind, ...] = ()
    nth: tuple[int, ...] = ()
    every: int | None = None
    times: int | None = None
    chance: float | None = None
    id: str = ""


class Clock(Record, frozen=True):
    """How a sandbox's time passes; what is None is as the sandbox has it. `rate` is virtual seconds for a real one."""

    start: str | None = None
    mode: Mode | None = None
    rate: float | None = None


class Scenario(Record, frozen=True):
    """`ids` are those of the named records, by kind and name; `places` say where in the file all stands.

    `warnings` tell what is well formed and cannot be meant, each with its place.
    """

    name: str
    about: str | None
    seed: int | None
    clock: Clock | None
    unmatched: Unmatched
    world: WorldForm
    rules: tuple[Rule, ...]
    api: tuple[ApiFault, ...]
    webhooks: tuple[WebhookFault, ...]
    ids: dict[str, dict[str, str]]
    places: dict[str, str]
    warnings: tuple[str, ...] = ()

    @property
    def clock_start(self) -> str | None:
        return self.clock.start if self.clock else None


class TestCards(Struct, frozen=True):
    """The built-in table: the name of each known number, and by that name what gateways say to it.

    Under None is what they say when no card is charged.
    """

    __test__ = False  # for pytest: no class of tests

    numbers: dict[str, str]
    rules: dict[str | None, tuple[Rule, ...]]
