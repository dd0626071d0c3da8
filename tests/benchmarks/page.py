"""docs/performance.md: what was measured on which machine, with what, and how."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.figures import Figure
from tests.benchmarks.load import CONNECTIONS, PAIRS, ROUNDS, SECONDS
from tests.benchmarks.rivals import Row

PARTS = {
    "start": "Start",
    "requests": "Requests",
    "cascade": "A cascade",
    "stored": "With many payments stored",
    "memory": "Memory and snapshots",
    "reset": "Reset",
    "fixture": "In a test",
    "travel": "Time travel",
    "million": "After a million renewals",
    "webhooks": "Webhooks",
}
USUAL = 17_000
"""Creates a second of the bare app; how many it answers here stands under time travel."""

LIBRARIES = ("mock-odus", "starlette", "uvicorn", "httptools", "uvloop", "msgspec")

METHOD = f"""\
Everything is measured over HTTP on loopback, the server on one core and [wrk](https://github.com/wg/wrk) on another,
with {CONNECTIONS} connections. What is compared is measured in one run, in turns: {ROUNDS} rounds of {SECONDS} seconds
each. A figure is the median of the rounds, and a ratio the median of theirs. It says more than the figures that it is
made of, which are this machine's: targets in seconds are meant for one on which the bare app answers {USUAL:,} creates
a second. The column with a date is what this page showed before.

"Bare" is a Starlette app of one route behind the same server settings, which answers with the very body that the mock
answered: what is left for the mock to lose. Against it the rounds are shared by {PAIRS} pairs of processes, since one
process may be a tenth faster than the next. "A cascade" is an authorize that two gateways decline and the third
approves.
"""

BESIDE = """\
## Beside other stateful mocks

They mock other services; the same is done to each: it is started, a hundred things (customers, or objects of S3) are
created, one is read, ten are listed.

"""


class Earlier(NamedTuple):
    """What an earlier page showed, by the names of figures, and when it was measured."""

    day: str
    shown: dict[str, str]


def page(figures: Sequence[Figure], rivals: Sequence[Row], earlier: Earlier) -> str:
    """The whole page. What was not measured is not on it."""
    parts = [f"# Performance\n\n{_machine()}\n\n{METHOD}"]
    for part, found in groupby(figures, key=lambda figure: figure.part):
        rows = "\n".join(
            f"| {one.name} | {one.shown} | {earlier.shown.get(one.name, '')} | {_target(one)} |" for one in found
        )
        head = f"| | measured | {earlier.day} | target |\n|---|---:|---:|---:|"
        parts.append(f"## {PARTS[part]}\n\n{head}\n{rows}\n")
    if rivals:
        parts.append(_beside(rivals))
    parts.append("Measured by `scripts/bench --page docs/performance.md`; `scripts/bench --help` names its parts.\n")
    return "\n".join(parts)


def write(file: Path, figures: Sequence[Figure], rivals: Sequence[Row]) -> None:
    """In place of an earlier page, whose figures stand beside the new ones."""
    file.write_text(page(figures, rivals, _earlier(file.read_text() if file.exists() else "")))


def _earlier(text: str) -> Earlier:
    day = re.search(r"^(\d{4}-\d{2}-\d{2}): ", text, re.MULTILINE)
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|", text, re.MULTILINE)
    return Earlier(day[1] if day else "before", dict(rows))


def _target(figure: Figure) -> str:
    return figure.target if figure.is_well else f"{figure.target} **missed**"


def _beside(rivals: Sequence[Row]) -> str:
    names = " | ".join(f"{row.name} {row.version}" for row in rivals)
    lines = [f"| | {names} |", f"|---|{'---:|' * len(rivals)}"]
    for name, unit in (("start", "ms"), ("memory", "MB"), ("create", "/s"), ("read", "/s"), ("list", "/s")):
        cells = " | ".join(f"{getattr(row, name):,.0f} {unit}" for row in rivals)
        lines.append(f"| {name} | {cells} |")
    return BESIDE + "\n".join(lines) + "\n"


def _machine() -> str:
    python = f"{platform.python_implementation()} {platform.python_version()}"
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    wrk = (
        subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False).stdout.split("Copyright")[0].strip()
    )
    system = f"{platform.system()} {platform.release()}, {os.cpu_count()} cores of {_processor()}"
    return f"{date.today().isoformat()}: {libraries}; {python}; {wrk}; {system}."  # noqa: TID251, DTZ011 - of this machine


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())
