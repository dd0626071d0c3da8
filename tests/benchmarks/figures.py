"""What was measured, and whether it is as it should be."""

from __future__ import annotations

from typing import NamedTuple


class Figure(NamedTuple):
    """`target` is the text of one, and empty where there is none."""

    part: str
    name: str
    value: float
    unit: str
    target: str = ""
    is_well: bool = True

    @property
    def shown(self) -> str:
        number = f"{self.value:,.0f}" if self.value >= 1_000 else f"{self.value:.2f}"
        return f"{number} {self.unit}".strip()

    def __str__(self) -> str:
        mark = "" if not self.target else "ok" if self.is_well else "MISS"
        return f"{mark:<4} {self.name:<46} {self.shown:>14}   {self.target and 'target ' + self.target}"


def at_least(part: str, name: str, value: float, target: float, unit: str = "") -> Figure:
    return Figure(part, name, value, unit, f"≥ {target:,g}", value >= target)


def at_most(part: str, name: str, value: float, target: float, unit: str = "") -> Figure:
    return Figure(part, name, value, unit, f"≤ {target:,g}", value <= target)


def plain(part: str, name: str, value: float, unit: str = "") -> Figure:
    return Figure(part, name, value, unit)


def note(text: str) -> None:
    """What stands behind a figure, for who watches."""
    print(f"     {text}", flush=True)
