"""A charge that no rule fitted, told to people: what it was, and why the nearest rules did not fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__tracebackhide__ = True


def told(miss: Mapping[str, Any]) -> str:
    """Several lines, without an end of line. Example: `print(told(odus.misses()[0]))`"""
    charge = miss["charge"]
    where = f"{charge['operation']} of {charge['amount']} {charge['currency']} at {charge['gateway']}"
    lines = [f"{where}, {miss['at']}, {charge['payment']}"]
    for near in miss["nearest"]:
        lines.append(f"'{near['rule']}' is nearest:" if len(lines) == 1 else f"'{near['rule']}':")
        lines += [f"  {_why(**difference)}" for difference in near["differs"]]
    if not miss["nearest"]:
        lines.append("the scenario has no rules")
    return "\n      ".join(lines)


def _why(key: str, wanted: Any, found: Any) -> str:
    if (key, found) == ("times", "spent"):
        return f"it is spent after {wanted} {'try' if wanted == 1 else 'tries'}"
    if (key, found) == ("chance", "lost"):
        return f"its chance of {wanted} was lost"
    return f"{key} must be {_shown(wanted)}, {'and the charge has none' if found is None else f'is {_shown(found)}'}"


def _shown(value: Any) -> str:
    """A value as it stands in a scenario file."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_shown(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return f"any of {', '.join(map(_shown, value))}"
    return str(value)
