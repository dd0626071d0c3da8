"""Which gateway profile next: a priority queue with its limits and caps, and what may be routed where.

Odus pages: guides/routing/*.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec.structs import asdict

from mock_odus.engine import metadata, periods
from mock_odus.engine.bodies import CreateCascade, CreateCascadeRule, MethodOptions, Routing
from mock_odus.engine.cards import TAKERS
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import (
    Cascade,
    CascadeRule,
    GatewayProfile,
    MethodRouting,
    PaymentMethodOptions,
    Record,
    Transaction,
    Usage,
)
from mock_odus.engine.world import World


class Candidate(Record, frozen=True):
    """A gateway profile that may be asked; `cascade` and `position` say by which rule, if by one."""

    gateway_profile: str
    cascade: str | None = None
    position: int | None = None


def create(world: World, body: CreateCascade, *, id: str | None = None) -> Cascade:
    """Invalid names every rule that cannot be; a priority queue has exactly one rule without limit and cap."""
    with world.verb():
        if problems := list(_rule_problems(world, body)):
            raise Invalid(*problems)
        cascade = Cascade(
            id=id or world.new_id("cascade"),
            created_at=world.now,
            updated_at=world.now,
            title=body.title,
            description=body.description,
            algorithm=body.algorithm,
            rules=tuple(CascadeRule(**asdict(rule)) for rule in body.rules),
            metadata=metadata.first(body.metadata),
        )
        return world.put(cascade)


def _rule_problems(world: World, body: CreateCascade) -> Iterator[str]:
    positions = Counter(rule.position for rule in body.rules)
    for place, rule in enumerate(body.rules):
        if not world.find(GatewayProfile, rule.gateway_profile):
            yield f"rules[{place}].gatewayProfile must be an existing gateway profile, found '{rule.gateway_profile}'"
        if positions[rule.position] > 1:
            yield f"rules[{place}].position must be unique, found {rule.position} {positions[rule.position]} times"
        if (rule.transaction_limit is None) != (rule.limit_period is None):
            yield f"rules[{place}] must have transactionLimit and limitPeriod together"
        if (rule.transaction_cap is None) != (rule.cap_period is None):
            yield f"rules[{place}] must have transactionCap and capPeriod together"
    unlimited = sum(_is_unlimited(rule) for rule in body.rules)
    if unlimited != 1:
        yield f"rules must hold exactly one rule with neither limit nor cap in a priority queue, found {unlimited}"


def _is_unlimited(rule: CreateCascadeRule) -> bool:
    return rule.transaction_limit is None and rule.transaction_cap is None


def options(world: World, body: MethodOptions | None, path: str = "paymentMethodOptions") -> PaymentMethodOptions:
    """The routing that a caller gave, checked. Invalid."""
    if body is None:
        return PaymentMethodOptions()
    if body.card and (problem := _routing_problem(world, body.card)):
        raise Invalid(f"{path}.card{problem}")
    card = MethodRouting(**asdict(body.card)) if body.card else None
    return PaymentMethodOptions(capture_method=body.capture_method, card=card)


def _routing_problem(world: World, routing: Routing) -> str | None:
    if routing.mode == "cascade":
        if routing.gateway_profile is not None:
            return ".gatewayProfile must be left out with mode 'cascade'"
        if routing.cascade is None:
            return ".cascade is required with mode 'cascade'"
        cascade = world.find(Cascade, routing.cascade)
        if cascade is None:
            return f".cascade must be an existing cascade, found '{routing.cascade}'"
        profiles = [rule.gateway_profile for rule in cascade.rules]
    else:
        if routing.cascade is not None:
            return ".cascade must be left out with mode 'gatewayProfile'"
        if routing.gateway_profile is None:
            return ".gatewayProfile is required with mode 'gatewayProfile'"
        if not world.find(GatewayProfile, routing.gateway_profile):
            return f".gatewayProfile must be an existing gateway profile, found '{routing.gateway_profile}'"
        profiles = [routing.gateway_profile]
    for id in profiles:
        integration = world.get(GatewayProfile, id).integration
        if integration not in TAKERS["card"]:
            return f" must be routed to gateways that take cards, found {id} ({integration})"
    return None


def candidates(world: World, routing: MethodRouting, currency: str) -> list[Candidate]:
    """The gateway profiles to ask, in order, each at most once; a rule at its limit or cap is passed over."""
    if routing.cascade is None:
        assert routing.gateway_profile is not None
        return [Candidate(routing.gateway_profile)]
    cascade = world.get(Cascade, routing.cascade)
    found: dict[str, Candidate] = {}
    for rule in sorted(cascade.rules, key=lambda rule: rule.position):
        if rule.gateway_profile not in found and not _is_exhausted(world, cascade, rule, currency):
            found[rule.gateway_profile] = Candidate(rule.gateway_profile, cascade.id, rule.position)
    return list(found.values())


def note_approval(world: World, transaction: Transaction) -> None:
    """Counts an approved authorization against the rule that led to it. Refunds give nothing back."""
    if transaction.cascade is None:
        return
    cascade = world.get(Cascade, transaction.cascade)
    for rule in cascade.rules:
        if rule.position == transaction.position:
            for usage, _, step in _usages(world, cascade, rule, transaction.currency, transaction.amount):
                world.put(Usage(id=usage, value=_used(world, usage) + step))


def _is_exhausted(world: World, cascade: Cascade, rule: CascadeRule, currency: str) -> bool:
    return any(_used(world, usage) >= most for usage, most, _ in _usages(world, cascade, rule, currency, 0))


def _usages(
    world: World, cascade: Cascade, rule: CascadeRule, currency: str, amount: int
) -> Iterator[tuple[str, int, int]]:
    """For the rule's limit and its cap: the usage in this calendar period, the most it may be, and what is added."""
    timezone = world.merchant_config().timezone
    for what, most, period, step in (
        ("limit", rule.transaction_limit, rule.limit_period, 1),
        (f"cap/{currency}", rule.transaction_cap, rule.cap_period, amount),
    ):
        if most is not None and period is not None:
            start = periods.period_start(world.now, period, timezone)
            yield f"{cascade.id}/{rule.position}/{what}/{period}/{start}", most, step


def _used(world: World, usage: str) -> int:
    found = world.find(Usage, usage)
    return found.value if found else 0
