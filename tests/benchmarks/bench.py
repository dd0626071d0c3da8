"""Measures the mock, and says whether the targets hold.

scripts/bench start requests measures two parts; scripts/bench all of the quick ones; scripts/bench --page
docs/performance.md everything, other mocks beside it, and writes the page, in half an hour and with 6 GB.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.benchmarks import billing, page, rivals, starting, throughput, worlds
from tests.benchmarks.figures import Figure
from tests.benchmarks.load import require_wrk

Part = Callable[[Path], Iterator[Figure]]

PARTS: dict[str, Part] = {
    "start": starting.start,
    "requests": throughput.requests,
    "cascade": throughput.cascade,
    "stored": throughput.stored,
    "memory": worlds.memory,
    "reset": worlds.reset,
    "plugin": starting.plugin,
    "fixture": starting.fixture,
    "travel": billing.travel,
    "million": billing.million,
    "webhooks": billing.webhooks,
}
LONG = ("stored", "million")
DRIVEN = {"requests", "cascade", "stored"}
"""Those for which wrk is needed."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = ", ".join(PARTS)
    parser.add_argument(
        "parts", nargs="*", help=f"{known}; without any all but {' and '.join(LONG)}, which take minutes"
    )
    parser.add_argument("--page", type=Path, help="measure everything and write it to this file")
    parser.add_argument("--rivals", action="store_true", help="measure other mocks beside this one, too")
    parser.add_argument("--many", type=int, default=throughput.MANY, help="how many payments `stored` stores")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; known are {known}")
    asked = options.parts or [name for name in PARTS if options.page or name not in LONG]
    parts = PARTS | {"stored": partial(throughput.stored, many=options.many)}
    beside = options.rivals or bool(options.page and not options.parts)
    if beside or DRIVEN & set(asked):
        require_wrk()
    figures: list[Figure] = []
    rows: list[rivals.Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in asked:
            for figure in parts[name](Path(folder)):
                print(figure, flush=True)
                figures.append(figure)
        if beside:
            for row in rivals.table(Path(folder)):
                print(row, flush=True)
                rows.append(row)
    if options.page:
        page.write(options.page, figures, rows)
    return 0 if all(figure.is_well for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
