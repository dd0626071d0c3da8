"""Cascades: the rules by which gateway profiles are asked, one after the other.

Odus pages: guides/routing/*.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from operator import attrgetter

from msgspec import UNSET
from msgspec.structs import asdict, replace

from mock_odus.engine import metadata, rotation, routing, usages
from mock_odus.engine.bodies import CreateCascade, CreateCascadeRule, UpdateCascade
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.records import (
    Algorithm,
    Cascade,
    CascadeRule,
    GatewayProfile,
    MethodRouting,
    MethodType,
    Record,
    Transaction,
)
from mock_odus.engine.routing import options as options
from mock_odus.engine.world import World

_LIMITS = (
    ("transactionLimit", "transaction_limit"),
    ("limitPeriod", "limit_period"),
    ("transactionCap", "transaction_cap"),
    ("capPeriod", "cap_period"),
)


_POSITION = attrgetter("position")


class Candidate(Record, frozen=True):
    """A gateway profile that may be asked; `cascade` and `position` say by which rule, if by one."""

    gateway_profile: str
    cascade: str | None = None
    position: int | None = None


# --- the resource


def create(world: World, body: CreateCascade, *, id: str | None = None) -> Cascade:
    """Invalid names everything that the algorithm does not allow."""
    with world.verb():
        rules = _stored(body.rules)
        if problems := list(_problems(world, body.algorithm, rules)):
            raise Invalid(*problems)
        cascade = Cascade(
            id=id or world.new_id("cascade"),
            created_at=world.now,
            updated_at=world.now,
            title=body.title,
            description=body.description,
            algorithm=body.algorithm,
            rules=rules,
            metadata=metadata.first(body.metadata),
        )
        return world.put(cascade)


def update(world: World, cascade: Cascade, body: UpdateCascade) -> Cascade:
    """Changes the given fields only. Other rules or another algorithm begin their turns anew; counts stay. Invalid."""
    with world.verb():
        given = {name: value for name, value in asdict(body).items() if value is not UNSET}
        if body.rules is not UNSET:
            given["rules"] = _stored(body.rules)
        given["metadata"] = metadata.merge(cascade.metadata, body.metadata)
        changed: Cascade = replace(cascade, **given)
        if problems := [*_problems(world, changed.algorithm, changed.rules), *_unfit(world, changed)]:
            raise Invalid(*problems)
        if (changed.algorithm, changed.rules) != (cascade.algorithm, cascade.rules):
            rotation.forget(world, cascade)
        return world.update(cascade, changed)


def delete(world: World, cascade: Cascade) -> Cascade:
    """Refused while the merchant's defaults use it."""
    with world.verb():
        if types := routing.defaults_to(world, cascade.id):
            raise Refused(
                f"cascade {cascade.id} is the merchant's default for {' and '.join(types)}: change "
                f"paymentMethodOptions of {world.merchant_config().id} first"
            )
        rotation.forget(world, cascade)
        usages.forget(world, cascade)
        world.remove(Cascade, cascade.id)
        return cascade


def _stored(rules: list[CreateCascadeRule]) -> tuple[CascadeRule, ...]:
    return tuple(CascadeRule(**asdict(rule)) for rule in rules)


def _problems(world: World, algorithm: Algorithm, rules: Sequence[CascadeRule]) -> Iterator[str]:
    positions = Counter(rule.position for rule in rules)
    for place, rule in enumerate(rules):
        path = f"rules[{place}]"
        if not world.find(GatewayProfile, rule.gateway_profile):
            yield f"{path}.gatewayProfile must be an existing gateway profile, found '{rule.gateway_profile}'"
        if positions[rule.position] > 1:
            yield f"{path}.position must be unique, found {rule.position} {positions[rule.position]} times"
        if algorithm == "weighted_round_robin" and rule.weight is None:
            yield f"{path}.weight is required in a {algorithm}: 0 to 100"
        if algorithm == "priority_queue":
            yield from _period_problems(path, rule)
        else:
            for name, field in _LIMITS:
                if getattr(rule, field) is not None:
                    yield f"{path}.{name} must be left out in a {algorithm}: limits and caps are for a priority_queue"
    if algorithm == "weighted_round_robin" and all(rule.weight == 0 for rule in rules):
        yield f"rules must hold at least one weight above 0 in a {algorithm}, found none"
    unlimited = sum(rule.transaction_limit is None and rule.transaction_cap is None for rule in rules)
    if algorithm == "priority_queue" and unlimited != 1:
        yield f"rules must hold exactly one rule with neither limit nor cap in a priority queue, found {unlimited}"


def _period_problems(path: str, rule: CascadeRule) -> Iterator[str]:
    if (rule.transaction_limit is None) != (rule.limit_period is None):
        yield f"{path} must have transactionLimit and limitPeriod together"
    if (rule.transaction_cap is None) != (rule.cap_period is None):
        yield f"{path} must have transactionCap and capPeriod together"


def _unfit(world: World, cascade: Cascade) -> Iterator[str]:
    """What would make a cascade unfit for the method types that go through it by default."""
    for method in routing.defaults_to(world, cascade.id):
        for place, rule in enumerate(cascade.rules):
            profile = rule.gateway_profile
            if world.find(GatewayProfile, profile) and not routing.takes(world, profile, method):
                yield (
                    f"rules[{place}].gatewayProfile must take {routing.takers(method)}, since this cascade is the "
                    f"merchant's default for {method}; found {routing.named(world, profile)}"
                )


# --- which gateway next


def candidates(world: World, way: MethodRouting, method: MethodType, currency: str) -> list[Candidate]:
    """The gateway profiles to ask, in order, each at most once. To be called once an attempt: it moves the turns on.

    Refused when none is left, since a payment keeps its routing while cascades and profiles change and go.
    """
    found: dict[str, Candidate] = {}
    if way.gateway_profile is not None and routing.takes(world, way.gateway_profile, method):
        found[way.gateway_profile] = Candidate(way.gateway_profile)
    elif way.cascade is not None and (cascade := world.find(Cascade, way.cascade)):
        for rule in _order(world, cascade, method, currency):
            found.setdefault(rule.gateway_profile, Candidate(rule.gateway_profile, cascade.id, rule.position))
    if not found:
        raise Refused(_why_none(world, way, method))
    return list(found.values())


def note_approval(world: World, transaction: Transaction) -> None:
    """Counts an approved authorization for the rule that led to it. Refunds give nothing back."""
    if transaction.cascade is not None and world.find(Cascade, transaction.cascade):
        usages.note(world, transaction)


def _order(world: World, cascade: Cascade, method: MethodType, currency: str) -> list[CascadeRule]:
    """The rules to follow: in a priority queue those below their limits, else from the one whose turn it is."""
    rules = sorted(cascade.rules, key=_POSITION)
    rules = [rule for rule in rules if routing.takes(world, rule.gateway_profile, method)]
    if cascade.algorithm == "priority_queue":
        return [rule for rule in rules if not usages.is_exhausted(world, cascade, rule, currency)]
    return rotation.turn(world, cascade, rules) if rules else []


def _why_none(world: World, way: MethodRouting, method: MethodType) -> str:
    kind: type[Cascade | GatewayProfile] = Cascade if way.cascade else GatewayProfile
    what = f"cascade {way.cascade}" if way.cascade else f"gateway profile {way.gateway_profile}"
    is_there = world.find(kind, way.cascade or way.gateway_profile or "")
    why = f"leads to no gateway that takes {routing.takers(method)} now" if is_there else "was deleted"
    return f"no gateway is left for this payment, since {what} {why}: create another payment"
