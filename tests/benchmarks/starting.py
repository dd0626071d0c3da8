"""From nothing to the first answer, and what a test with the fixture costs."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.benchmarks.figures import Figure, at_most, note, plain
from tests.benchmarks.servers import (
    WITH_BYTECODE,
    ask,
    bare_command,
    free_port,
    measured_apart,
    mock_command,
    resident,
    spawn,
    wait,
)
from tests.benchmarks.throughput import sample

START, PLUGIN_MS, FIXTURE_MS = 1.5, 10.0, 3.0
SPAWNS = 21
TESTS = 300
ROUNDS = 5


def start(folder: Path) -> Iterator[Figure]:
    """From spawning to the first answer, and the memory in use then, against the bare app."""
    payment = sample()
    path = f"/payments/{payment['id']}"
    mock, bare = [], []
    for _ in range(SPAWNS + 1):
        port = free_port()
        mock.append(first_answer(mock_command(port), port, "/_mock/health"))
        port = free_port()
        bare.append(first_answer(bare_command(port, path, payment), port, path))
    del mock[0], bare[0]  # they wrote bytecode
    (mine, memory), (plainly, least) = (map(median, zip(*found)) for found in (mock, bare))
    slower = median(one[0] / other[0] for one, other in zip(mock, bare))
    note(f"mock {mine:.0f} ms and {memory:.1f} MB, bare {plainly:.0f} ms and {least:.1f} MB   ({SPAWNS} spawns)")
    yield plain("start", "to the first answer", mine, "ms")
    yield at_most("start", "to the first answer, against bare", slower, START, "×")
    yield plain("start", "memory then, against bare", memory / least, "×")


def first_answer(command: list[str], port: int, path: str) -> tuple[float, float]:
    """Milliseconds until then, and megabytes in use then."""
    began = time.perf_counter()
    server = spawn(command)
    try:
        wait(server, lambda: ask(port, "GET", path))
        return (time.perf_counter() - began) * 1000, resident(server)
    finally:
        server.terminate()
        server.wait()


def plugin(folder: Path) -> Iterator[Figure]:
    """What a pytest run pays that has the plugin and does not use it: its import."""
    code = (
        "import time, pytest; began = time.perf_counter(); import mock_odus.pytest_plugin; "
        "print((time.perf_counter() - began) * 1000)"
    )
    taken = [measured_apart(code)[0] for _ in range(SPAWNS + 1)]
    yield at_most("fixture", "the plugin, unused", median(taken[1:]), PLUGIN_MS, "ms")  # the first wrote bytecode


def fixture(folder: Path) -> Iterator[Figure]:
    """What one test with `odus` costs beyond an empty one. The server's start, once a run, is in it."""
    for name, argument in (("empty", ""), ("odus", "odus")):
        lines = [f"def test_{number}({argument}): pass" for number in range(TESTS)]
        (folder / f"test_{name}.py").write_text("\n".join(lines))
    with_odus, empty = folder / "test_odus.py", folder / "test_empty.py"
    costs = [pytest_seconds(with_odus) - pytest_seconds(empty) for _ in range(ROUNDS)]
    yield at_most("fixture", "a test with the fixture", median(costs) * 1000 / TESTS, FIXTURE_MS, "ms")


def pytest_seconds(file: Path) -> float:
    """The time pytest itself reports."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(file.parent), str(file)]
    result = subprocess.run(command, cwd=file.parent, env=WITH_BYTECODE, capture_output=True, text=True, check=False)
    passed = re.search(rf"{TESTS} passed in ([\d.]+)s", result.stdout)
    if not passed:
        raise SystemExit(f"{file.name} did not pass:\n{result.stdout[-2000:]}{result.stderr[-2000:]}")
    return float(passed[1])
