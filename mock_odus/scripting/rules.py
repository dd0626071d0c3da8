"""The rules that run in a world, and how often each has served. All of it lies in the world's tables.

Counting moves once a try, whatever number of gateways is asked in it: a `Turn` remembers which place in the list a try
was given, also while a challenge lets other payments pass in between. A chance needs no memory: the same try gives the
same roll.
"""

from __future__ import annotations

from hashlib import blake2b

from msgspec import Struct
from msgspec.structs import replace

from mock_odus.engine.errors import NotFound
from mock_odus.engine.gateways import Charge
from mock_odus.engine.records import Kept
from mock_odus.engine.world import World
from mock_odus.scripting import windows
from mock_odus.scripting.language import TEST_CARDS, ApiFault, Rule, Unmatched, WebhookFault

RUNNING = "running"


class Running(Kept, frozen=True):
    """What runs: at most one in a world. Without a scenario it has no name and holds the rules put in by hand."""

    name: str | None
    about: str | None
    rules: tuple[Rule, ...]
    ids: dict[str, dict[str, str]]
    started_at: str
    unmatched: Unmatched = TEST_CARDS
    api: tuple[ApiFault, ...] = ()
    webhooks: tuple[WebhookFault, ...] = ()


class Cursor(Kept, frozen=True):
    """How many tries a rule has served in one scope: `rule_1/cus_…`."""

    served: int


class Turn(Kept, frozen=True):
    """Which of its tries a rule gave to an occasion, from 1: `rule_1/cus_…/pay_…/1`."""

    number: int


class Hits(Kept, frozen=True):
    """How many answers a rule gave; its id is the rule's."""

    value: int


class Listed(Struct, frozen=True):
    """A rule as it stands. `spent` when it will not serve again."""

    rule: Rule
    hits: int
    spent: bool


def running(world: World) -> Running | None:
    """The running scenario with its rules, if there is one."""
    return world.find(Running, RUNNING)


def start(
    world: World,
    name: str | None,
    about: str | None,
    rules: tuple[Rule, ...],
    ids: dict[str, dict[str, str]],
    unmatched: Unmatched = TEST_CARDS,
    api: tuple[ApiFault, ...] = (),
    webhooks: tuple[WebhookFault, ...] = (),
) -> Running:
    """Makes these the world's only rules, each with an id of its own; their windows count from now."""
    with world.verb():
        taken_in = tuple(_taken_in(world, rule, world.now) for rule in rules)
        api = tuple(replace(fault, id=_fault_id(world)) for fault in api)
        webhooks = tuple(replace(fault, id=_fault_id(world)) for fault in webhooks)
        return world.put(Running(RUNNING, name, about, taken_in, ids, world.now, unmatched, api, webhooks))


def add_rule(world: World, rule: Rule) -> Rule:
    """Puts a rule on top of the others. The rule with its id, by which an unnamed one is called."""
    with world.verb():
        now = running(world) or start(world, None, None, (), {})
        rule = _taken_in(world, rule, now.started_at)
        world.put(replace(now, rules=(rule, *now.rules)))
        return rule


def remove_rule(world: World, id: str) -> Rule:
    """NotFound."""
    now = running(world)
    for rule in now.rules if now else ():
        if now and rule.id == id:
            with world.verb():
                world.put(replace(now, rules=tuple(other for other in now.rules if other is not rule)))
            return rule
    raise NotFound(f"no rule with id '{id}'")


def rules(world: World) -> list[Listed]:
    """All rules in the order in which they are asked."""
    now = running(world)
    return [Listed(rule, hits(world, rule), is_spent(world, rule)) for rule in (now.rules if now else ())]


def hits(world: World, rule: Rule) -> int:
    """How many answers a rule gave."""
    found = world.find(Hits, rule.id)
    return found.value if found else 0


def hit(world: World, rule: Rule) -> None:
    """Counts one more answer of a rule."""
    world.put(Hits(rule.id, hits(world, rule) + 1))


def is_lucky(world: World, rule: Rule, charge: Charge) -> bool:
    """Whether the chance of a rule falls on the try this charge belongs to; adding other rules changes nothing."""
    if rule.chance is None:
        return True
    occasion = charge.occasion.partition("/")[2]
    gateway = charge.gateway if rule.per == "gateway" else ""
    text = f"{world.seed}/{rule.name}/{charge.ordinal}/{occasion}/{gateway}"
    roll = int.from_bytes(blake2b(text.encode(), digest_size=8).digest())
    return roll < rule.chance / 100 * 2**64


def turn(world: World, rule: Rule, charge: Charge) -> int | None:
    """Which of the rule's tries this charge belongs to, from 1; None when the rule is spent for it."""
    if rule.times is None and len(rule.then) == 1:
        return 1
    cursor = f"{rule.id}/{_scope(rule, charge)}"
    known = world.find(Turn, f"{cursor}/{charge.occasion}")
    if known:
        return known.number
    number = _served(world, cursor) + 1
    if rule.times is not None and number > rule.times:
        return None
    world.put(Cursor(cursor, number))
    world.put(Turn(f"{cursor}/{charge.occasion}", number))
    return number


def _taken_in(world: World, rule: Rule, start: str) -> Rule:
    """The rule with its id, which an unnamed one is called by, and its window as a condition."""
    id = f"rule_{world.count('rule')}"
    if not rule.name:
        rule = replace(rule, name=id, then=tuple(replace(answer, rule=id) for answer in rule.then))
    if rule.window is None:
        return replace(rule, id=id)
    window = windows.resolved(rule.window, start, world.merchant_config().timezone)
    return replace(rule, id=id, when=(*rule.when, window), window=None)


def _fault_id(world: World) -> str:
    return f"fault_{world.count('fault')}"


def _scope(rule: Rule, charge: Charge) -> str:
    """What the rule counts by; charges that lack it share one count."""
    match rule.per:
        case None:
            return ""
        case "payment":
            return charge.payment
        case "gateway":
            return charge.gateway
        case "customer":
            return charge.customer.id if charge.customer else ""
        case "card":
            return charge.card.fingerprint if charge.card else ""
        case "subscription":  # a bundle counts by its first
            return charge.subscriptions[0] if charge.subscriptions else ""


def _served(world: World, cursor: str) -> int:
    found = world.find(Cursor, cursor)
    return found.served if found else 0


def is_spent(world: World, rule: Rule) -> bool:
    """A rule that counts by something may always meet a new one, so only a common count is ever spent."""
    return rule.times is not None and rule.per is None and _served(world, f"{rule.id}/") >= rule.times
