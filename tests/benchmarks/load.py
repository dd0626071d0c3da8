"""Requests as fast as they are answered, by wrk from the other core, in interleaved rounds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.benchmarks.figures import note
from tests.benchmarks.servers import CREATE, KEY

ROUNDS, SECONDS, CONNECTIONS = 9, 2, 16
PAIRS = 3
"""Pairs of processes that share the rounds where the mock is held against bare: one is a tenth faster than the next."""


AUTHORIZE = """
local ids, place = {{}}, 0
for id in io.lines("{ids}") do ids[#ids + 1] = id end
wrk.headers["content-type"] = "application/json"
function init(args) place = 1 + tonumber(args[1]) end -- the first line is a customer's
function request()
  place = place + 1
  return wrk.format("POST", "/payments/" .. ids[place] .. "/authorize", nil, '{body}')
end
"""


class Call(NamedTuple):
    """What is asked of whom, with wrk's options. A `counted` script is told where the round before ended.

    `key` is the `Authorization` header, and empty for none.
    """

    port: int
    path: str
    options: Sequence[str] = ()
    counted: bool = False
    key: str = KEY


def require_wrk() -> None:
    if not shutil.which("wrk"):
        raise SystemExit("wrk drives the measurement and is missing: apt-get install wrk")
    if (os.cpu_count() or 1) < 2:
        print("one core only: wrk and the servers share it, so the ratios say little")


def ratio(one: Call, other: Call) -> float:
    """How the rates of two compare: the median of the rounds, in each of which both were asked."""
    return median(ratios(one, other, ROUNDS))


def ratios(one: Call, other: Call, rounds: int = ROUNDS // PAIRS) -> list[float]:
    """The same of each round."""
    return [first / second for first, second in zip(*_rounds(one, other, rounds=rounds))]


def rates(*calls: Call) -> list[float]:
    """Requests a second of each, the median of interleaved rounds."""
    return [median(rounds) for rounds in _rounds(*calls)]


def _rounds(*calls: Call, rounds: int = ROUNDS) -> list[list[float]]:
    """Requests a second of each in each round."""
    found: list[list[float]] = [[] for _ in calls]
    done = [0] * len(calls)
    for turn in range(rounds + 1):
        for place, call in enumerate(calls):
            rate, requests = wrk(call, SECONDS if turn else 1, done[place])  # the first round warms up
            done[place] += requests
            found[place].append(rate)
    counted = [measured[1:] for measured in found]
    note(f"{' against '.join(f'{median(measured):,.0f}/s' for measured in counted)}   ({rounds} rounds)")
    return counted


def wrk(call: Call, seconds: int, done: int = 0) -> tuple[float, int]:
    """Requests a second, and how many were sent at most."""
    core = ["taskset", "-c", "1"] if (os.cpu_count() or 1) > 1 and shutil.which("taskset") else []
    key = ["-H", f"Authorization: {call.key}"] if call.key else []
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *key, *call.options]
    output = subprocess.run(
        [*core, *command, f"http://127.0.0.1:{call.port}{call.path}", *(["--", str(done)] if call.counted else [])],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in output:
        raise SystemExit(f"not every answer of {call.path} was 2xx:\n{output}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    requests = re.search(r"(\d+) requests in", output)
    assert rate, output
    assert requests, output
    return float(rate[1]), int(requests[1]) + 2 * CONNECTIONS


def posting(folder: Path, body: str = CREATE, kind: str = "application/json") -> list[str]:
    """wrk's options for a POST of that body."""
    script = folder / f"post-{abs(hash(body))}.lua"
    script.write_text(f'wrk.method = "POST"\nwrk.body = \'{body}\'\nwrk.headers["content-type"] = "{kind}"\n')
    return ["-s", str(script)]


def authorizing(folder: Path, ids: Path, body: str) -> list[str]:
    """wrk's options for an authorize of one payment after the other."""
    script = folder / f"authorize-{ids.stem}.lua"
    script.write_text(AUTHORIZE.format(ids=ids, body=body))
    return ["-s", str(script)]
