"""What a world costs: memory, a snapshot, a reset."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from tests.benchmarks.figures import Figure, at_most, plain
from tests.benchmarks.servers import KEY, free_port, measured_apart, mock_command, resident, running

RECORDS = 100_000
PAYMENT_KB, SNAPSHOT_MS, RESET_MS = 2.5, 10.0, 1.0
RESETS = 300


def memory(folder: Path) -> Iterator[Figure]:
    """What a mock takes, what a paid payment takes, and what a snapshot of the world costs."""
    port = free_port()
    with running(mock_command(port), port) as server:
        yield plain("memory", "in use after the start", resident(server), "MB")
    # A payment and its transaction are two records.
    each, snapshot = measured_apart(f"import filled; filled.measure({RECORDS // 2})")
    yield at_most("memory", "a paid payment", each / 1000, PAYMENT_KB, "KB")
    yield at_most("memory", f"snapshot of {RECORDS:,} records", snapshot, SNAPSHOT_MS, "ms")


def reset(folder: Path) -> Iterator[Figure]:
    """Over HTTP, of the starter scenario with a payment in it."""
    port, taken = free_port(), []
    with running(mock_command(port), port, core=0):
        line = HTTPConnection("127.0.0.1", port, timeout=10)
        for _ in range(RESETS):
            _post(line, "/payments", b'{"amount": 5000, "currency": "usd"}')
            began = time.perf_counter()
            _post(line, "/_mock/sandboxes/mock/reset", b"{}")
            taken.append((time.perf_counter() - began) * 1000)
        line.close()
    yield at_most("reset", "reset of a sandbox, over HTTP", median(taken), RESET_MS, "ms")


def _post(line: HTTPConnection, path: str, body: bytes) -> None:
    line.request("POST", path, body, {"authorization": KEY, "content-type": "application/json"})
    answer = line.getresponse()
    answer.read()
    assert answer.status == 201, answer.status
