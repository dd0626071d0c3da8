"""Does a rule fit a charge? Plain functions over data."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from mock_odus.engine.gateways import Charge
from mock_odus.scripting.language import Condition, Rule, Span

Found = str | int | tuple[str | int, ...] | None
"""A fact. One of several values fits if any of them does."""

FACTS: dict[str, Callable[[Charge], Found]] = {
    "operation": attrgetter("operation"),
    "gateway": attrgetter("gateway"),
    "integration": attrgetter("integration"),
    "cascade": attrgetter("cascade"),
    "position": attrgetter("position"),
    "amount": attrgetter("amount"),
    "currency": attrgetter("currency"),
    "initiator": attrgetter("initiator"),
    "offSessionType": attrgetter("off_session_type"),
    "method": attrgetter("method"),
    "card.number": lambda charge: charge.card.test_card if charge.card else None,
    "card.brand": lambda charge: charge.card.brand if charge.card else None,
    "card.last4": lambda charge: charge.card.last_four if charge.card else None,
    "card.country": lambda charge: charge.card.country if charge.card else None,
    "card.bin": lambda charge: charge.card.first_six if charge.card else None,
    "customer": lambda charge: charge.customer.id if charge.customer else None,
    "customer.email": lambda charge: charge.customer.email if charge.customer else None,
    "payment": attrgetter("payment"),
    "price": attrgetter("prices"),
    "product": attrgetter("products"),
    "subscription": attrgetter("subscriptions"),
    "cycle": attrgetter("cycles"),
    "retry": attrgetter("retry"),
    "try": attrgetter("tries"),
    "between": attrgetter("at"),
}


def fits(rule: Rule, charge: Charge) -> bool:
    """Whether every condition holds. A fact that the charge lacks fits none, `ne` and `lt` included."""
    for condition in rule.when:  # a loop, since `all` costs twice as much and every rule is asked on every charge
        find = FACTS.get(condition.fact)
        found = find(charge) if find else _metadata(charge, condition.fact)
        if found is None or (found not in condition.values and not _fits_otherwise(condition, found)):
            return False
    return True


def holds(condition: Condition, found: Found) -> bool:
    """Whether one condition holds for a fact."""
    return found is not None and (found in condition.values or _fits_otherwise(condition, found))


def fact(charge: Charge, key: str) -> Found:
    """What the charge says under a condition's key; None when it lacks it."""
    find = FACTS.get(key)
    found = find(charge) if find else _metadata(charge, key)
    return None if found == () else found


def _metadata(charge: Charge, key: str) -> str | None:
    if key.startswith("metadata."):
        return charge.metadata.get(key.removeprefix("metadata."))
    if charge.customer is None:
        return None
    return charge.customer.metadata.get(key.removeprefix("customer.metadata."))


def _fits_otherwise(condition: Condition, found: str | int | tuple[str | int, ...]) -> bool:
    if type(found) is tuple:
        return any(holds(condition, one) for one in found)
    for span in condition.spans:
        if _within(span, found):
            return True
    return any(like(glob, str(found)) for glob in condition.globs) if condition.globs else False


def like(glob: str, text: str) -> bool:
    """Whether a text fits a glob, in which `*` is anything. As a regular expression `*a*a*a*a*b` takes for ever."""
    start, *parts = glob.split("*")
    if not parts:
        return glob == text
    *between, end = parts
    if not text.startswith(start):
        return False
    place = len(start)
    for part in between:
        found = text.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return len(text) - place >= len(end) and text.endswith(end)


def _within(span: Span, found: Any) -> bool:
    return (
        (span.ne is None or found != span.ne)
        and (span.gt is None or found > span.gt)
        and (span.gte is None or found >= span.gte)
        and (span.lt is None or found < span.lt)
        and (span.lte is None or found <= span.lte)
    )
