"""Measures the mock against a bare Starlette route, side by side on this machine, and says whether the targets hold.

Throughput: the bare app answers with the very body the mock answered, behind the same server settings; wrk drives both
from the other core in interleaved rounds, and medians are compared. Start: from spawning to the first answer, bytecode
present. Plugin: its import, when pytest is there. Fixture: a generated file of tests that use `odus`, and the same file
of empty tests.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from threading import Event, Thread
from typing import Any

GET_TARGET, POST_TARGET, CASCADE_TARGET = 0.80, 0.65, 0.50
STORED_TARGET, PAGE_TARGET = 1.25, 1.5
PAYMENT_KB, SNAPSHOT_MS = 2.5, 10.0
YEAR_SECONDS, RENEWALS_A_SECOND = 1.5, 10_000.0
RENEWAL_KB, MILLION_TARGET, PAUSE_MS = 5.0, 1.8, 100.0
DELIVERIES_A_SECOND = 1_000.0
START_TARGET = 1.6
FIXTURE_TARGET_MS = 3.0
PLUGIN_TARGET_MS = 10.0

ROUNDS, SECONDS, CONNECTIONS = 5, 3, 16
SPAWNS = 11
TESTS = 300

MANY = 100_000
CREATE = json.dumps({"amount": 5000, "currency": "usd"})
CARD = json.dumps(
    {"type": "card", "card": {"number": "4242424242424242", "expMonth": "12", "expYear": "2030", "cvv": "100"}}
)
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
KEY = "Bearer skey_mock"
ROOT = Path(__file__).parents[2]
WITH_BYTECODE = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

PARTS = ["throughput", "cascade", "stored", "memory", "billing", "webhooks", "start", "plugin", "fixture"]

BARE = """
import socket, sys
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
import json

path, body = sys.argv[2], json.loads(sys.argv[3])

async def read(request):
    return JSONResponse(body)

async def create(request):
    return JSONResponse(body, status_code=201)

app = Starlette(routes=[Route(path, read), Route("/payments", create, methods=["POST"])])
config = uvicorn.Config(
    app, host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop", http="httptools", ws="none", lifespan="off",
    log_config=None, access_log=False,
    server_header=False, timeout_graceful_shutdown=1,
)
uvicorn.Server(config).run()
"""

RECEIVER = """
import asyncio, re, sys

class Receiver(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.held = transport, b""

    def data_received(self, data):
        self.held += data
        head, found, rest = self.held.partition(b"\\r\\n\\r\\n")
        if found and len(rest) >= int(re.search(rb"(?i)content-length: *([0-9]+)", head)[1]):
            self.held = b""
            self.transport.write(b"HTTP/1.1 200 OK\\r\\ncontent-length: 0\\r\\n\\r\\n")

async def serve():
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()

asyncio.run(serve())
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    others = "million takes three minutes and 5 GB, and is asked for by name"
    parser.add_argument("parts", nargs="*", help=f"{', '.join(PARTS)}; all of them when left out; {others}")
    parts = parser.parse_args().parts or PARTS
    if {"throughput", "cascade", "stored"} & set(parts):
        require_wrk()
    found: list[bool] = []
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE)
        payment = sample()
        if "throughput" in parts:
            found += throughput(Path(folder), bare, payment)
        if "cascade" in parts:
            found += cascade(Path(folder), bare)
        if "stored" in parts:
            found += stored(Path(folder))
        if "memory" in parts:
            found += memory(Path(folder))
        if "billing" in parts:
            found += billing()
        if "webhooks" in parts:
            found.append(webhooks())
        if "million" in parts:
            found.append(million())
        if "start" in parts:
            found.append(start(bare, payment))
        if "plugin" in parts:
            found.append(plugin())
        if "fixture" in parts:
            found.append(fixture(Path(folder)))
    return 0 if all(found) else 1


def require_wrk() -> None:
    if not shutil.which("wrk"):
        raise SystemExit("wrk drives the measurement and is missing: apt-get install wrk")
    if (os.cpu_count() or 1) < 2:
        print("one core only: wrk and the servers share it, so the ratios say little")


def at_least(name: str, value: float, target: float) -> bool:
    return verdict(name, f"{value:.2f}", f"≥ {target:.2f}", value >= target)


def at_most(name: str, value: float, target: float) -> bool:
    return verdict(name, f"{value:.2f}", f"≤ {target:.2f}", value <= target)


def verdict(name: str, value: str, target: str, well: bool) -> bool:
    print(f"{'ok  ' if well else 'MISS'} {name:<28} {value:>10}   target {target}", flush=True)
    return well


# --- Servers ---------------------------------------------------------------------------------------------------------


def mock_command(port: int) -> list[str]:
    return [sys.executable, "-m", "mock_odus", "serve", "--port", str(port)]


def bare_command(bare: Path, port: int, payment: dict[str, object]) -> list[str]:
    return [sys.executable, str(bare), str(port), f"/payments/{payment['id']}", json.dumps(payment)]


def filled_command(port: int, paid: int, unpaid: int, file: Path) -> list[str]:
    return [sys.executable, str(Path(__file__).with_name("filled.py")), str(port), str(paid), str(unpaid), str(file)]


@contextmanager
def running(command: list[str], port: int, *, core: int | None = None) -> Iterator[None]:
    """The server, once it accepts connections."""
    pinned = ["taskset", "-c", str(core), *command] if core is not None and shutil.which("taskset") else command
    server = spawn(pinned)
    try:
        wait(server, lambda: socket.create_connection(("127.0.0.1", port), timeout=1).close())
        yield
    finally:
        server.terminate()
        server.wait()


def spawn(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command, cwd=ROOT, env=WITH_BYTECODE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, process_group=0
    )


def wait(server: subprocess.Popen[bytes], attempt: Callable[[], object], seconds: float = 60) -> None:
    """Until the attempt does not fail any more."""
    deadline = time.perf_counter() + seconds
    while True:
        try:
            attempt()
            return
        except (OSError, http.client.HTTPException) as error:
            if server.poll() is not None or time.perf_counter() > deadline:
                raise SystemExit(f"the server did not start: {' '.join(map(str, server.args))}") from error  # type: ignore[arg-type]
            time.sleep(0.001)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int, method: str, path: str, body: str | None = None, *, seconds: float = 5) -> dict[str, object]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    headers = {"authorization": KEY} | ({"content-type": "application/json"} if body else {})
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    if response.status >= 300:
        raise SystemExit(f"{method} {path} answered {response.status}: {answer.decode()[:300]}")
    found: dict[str, object] = json.loads(answer)
    return found


def sample() -> dict[str, object]:
    """A payment as the mock answers it: the body of the bare app."""
    port = free_port()
    with running(mock_command(port), port):
        return ask(port, "POST", "/payments", CREATE)


# --- Throughput ------------------------------------------------------------------------------------------------------


def throughput(folder: Path, bare: Path, payment: dict[str, object]) -> list[bool]:
    """GET and POST, each against bare."""
    mock_port, bare_port = free_port(), free_port()
    with (
        running(mock_command(mock_port), mock_port, core=0),
        running(bare_command(bare, bare_port, payment), bare_port, core=0),
    ):
        mine = ask(mock_port, "POST", "/payments", CREATE)["id"]
        get = against((mock_port, f"/payments/{mine}"), (bare_port, f"/payments/{payment['id']}"))
        post = against((mock_port, "/payments"), (bare_port, "/payments"), posting(folder))
    return [at_least("GET against bare", get, GET_TARGET), at_least("POST against bare", post, POST_TARGET)]


def cascade(folder: Path, bare: Path) -> list[bool]:
    """Authorize, declined by two gateways and approved by the third, against a bare POST that answers the same."""
    mock_port, bare_port, ids = free_port(), free_port(), folder / "open.txt"
    script = folder / "authorize.lua"
    script.write_text(AUTHORIZE.format(ids=ids, body=CARD))
    with running(filled_command(mock_port, 0, 200_000, ids), mock_port, core=0):
        sample = ids.read_text().split()[-1]
        paid = ask(mock_port, "POST", f"/payments/{sample}/authorize", CARD)
        with running(bare_command(bare, bare_port, paid), bare_port, core=0):
            ratio = against(
                (mock_port, "/"), (bare_port, "/payments"), ["-s", str(script)], posting(folder), counted=True
            )
    return [at_least("authorize, three gateways", ratio, CASCADE_TARGET)]


def stored(folder: Path) -> list[bool]:
    """The same calls with 100,000 payments stored and with a hundred."""
    many_port, few_port = free_port(), free_port()
    many, few = folder / "many.txt", folder / "few.txt"
    with (
        running(filled_command(few_port, 100, 1, few), few_port, core=0),
        running(filled_command(many_port, MANY, 1, many), many_port, core=0),
    ):
        (few_customer, few_open), (many_customer, many_open) = few.read_text().split(), many.read_text().split()
        get = against((few_port, f"/payments/{few_open}"), (many_port, f"/payments/{many_open}"))
        page = against(
            (few_port, f"/payments?customer[eq]={few_customer}"), (many_port, f"/payments?customer[eq]={many_customer}")
        )
        post = against((few_port, "/payments"), (many_port, "/payments"), posting(folder))
    return [
        at_most(f"GET, {MANY:,} stored", get, STORED_TARGET),
        at_most(f"POST, {MANY:,} stored", post, STORED_TARGET),
        at_most(f"page of a customer, {MANY:,}", page, PAGE_TARGET),
    ]


def posting(folder: Path) -> list[str]:
    """wrk's options for POST /payments."""
    script = folder / "create.lua"
    script.write_text(
        f'wrk.method = "POST"\nwrk.body = \'{CREATE}\'\nwrk.headers["content-type"] = "application/json"\n'
    )
    return ["-s", str(script)]


def against(
    mock: tuple[int, str],
    other: tuple[int, str],
    options: Sequence[str] = (),
    other_options: Sequence[str] | None = None,
    *,
    counted: bool = False,
) -> float:
    """How the rates compare, in interleaved rounds; with `counted` the script is told where the round before ended."""
    rates: list[float] = []
    other_rates: list[float] = []
    done = 0
    for turn in range(ROUNDS + 1):
        seconds = SECONDS if turn else 1  # the first one warms up
        rate, requests = wrk(*mock, seconds, options, [str(done)] if counted else [])
        done += requests
        rates.append(rate)
        other_rates.append(wrk(*other, seconds, options if other_options is None else other_options)[0])
    first, second = median(rates[1:]), median(other_rates[1:])
    print(f"     {first:,.0f}/s against {second:,.0f}/s   ({ROUNDS} rounds)", flush=True)
    return first / second


def wrk(
    port: int, path: str, seconds: int, options: Sequence[str] = (), arguments: Sequence[str] = ()
) -> tuple[float, int]:
    """Requests a second, and how many were sent at most."""
    core = ["taskset", "-c", "1"] if (os.cpu_count() or 1) > 1 and shutil.which("taskset") else []
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", f"Authorization: {KEY}", *options]
    output = subprocess.run(
        [*core, *command, f"http://127.0.0.1:{port}{path}", *(["--", *arguments] if arguments else [])],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in output:
        raise SystemExit(f"not every answer of {path} was 2xx:\n{output}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    requests = re.search(r"(\d+) requests in", output)
    assert rate, output
    assert requests, output
    return float(rate[1]), int(requests[1]) + 2 * CONNECTIONS


# --- Memory and snapshots --------------------------------------------------------------------------------------------


def memory(folder: Path) -> list[bool]:
    """What a paid payment takes, and what a snapshot of the world costs."""
    # A payment and its transaction are two records.
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import filled; filled.measure({MANY // 2})"
    output = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    each, snapshot = (float(word) for word in output.split())
    return [
        at_most("KB a paid payment", each / 1000, PAYMENT_KB),
        at_most(f"ms, snapshot of {MANY:,} records", snapshot, SNAPSHOT_MS),
    ]


# --- Billing ---------------------------------------------------------------------------------------------------------


def billing() -> list[bool]:
    """A year of subscriptions in one advance over HTTP, and how long others wait for an answer meanwhile."""
    declined, _ = year(1_000, "30%")
    seconds, pause = year(10_000, "0%")
    renewed, each, _ = renewals(10_000, 12)
    return [
        at_most("s, 1,000 subscriptions a year", declined, YEAR_SECONDS),
        at_least("renewals a second", renewed / seconds, RENEWALS_A_SECOND),
        at_most("ms, longest wait of another", pause * 1000, PAUSE_MS),
        at_most("KB a renewal", each / 1000, RENEWAL_KB),
    ]


def webhooks() -> bool:
    """Signed posts a second in an advance that waits for each, to a receiver that does nothing, on another core."""
    port, hooks = free_port(), free_port()
    command = [sys.executable, str(Path(__file__).with_name("subscribed.py")), str(port), "200", "0%"]
    receiver = [sys.executable, "-c", RECEIVER, str(hooks)]
    with running(receiver, hooks, core=1), running(command, port, core=0):
        hook = json.dumps({"url": f"http://127.0.0.1:{hooks}/", "events": ["*"]})
        ask(port, "POST", "/webhook-subscribers", hook)
        began = time.perf_counter()
        report = ask(port, "POST", "/_mock/clock/advance", json.dumps({"by": "1 year"}), seconds=600)
        seconds = time.perf_counter() - began
    told = report["deliveries"]
    assert isinstance(told, dict)
    print(f"     {told['delivered']:,} deliveries in {seconds:.2f} s, {told['failed']} failed", flush=True)
    return at_least("deliveries a second", told["delivered"] / seconds, DELIVERIES_A_SECOND)


def year(count: int, chance: str) -> tuple[float, float]:
    """The seconds of a year, and the longest that a health request had to wait, asked every 50 ms from another core."""
    port = free_port()
    command = [sys.executable, str(Path(__file__).with_name("subscribed.py")), str(port), str(count), chance]
    with running(command, port, core=0):
        done = Event()
        waits: list[float] = []

        def probe() -> None:
            while not done.wait(0.05):
                began = time.perf_counter()
                ask(port, "GET", "/_mock/health")
                waits.append(time.perf_counter() - began)

        prober = Thread(target=probe)
        prober.start()
        began = time.perf_counter()
        report = ask(port, "POST", "/_mock/clock/advance", json.dumps({"by": "1 year"}), seconds=600)
        seconds = time.perf_counter() - began
        done.set()
        prober.join()
    print(f"     {count:,} subscriptions, {chance} declined: {report['jobs']:,} jobs in {seconds:.2f} s", flush=True)
    return seconds, max(waits, default=0.0)


def million() -> bool:
    """A renewal when there have been a million, against one of ten thousand."""
    renewed, each, slow = renewals(84_000, 12)
    _, _, quick = renewals(10_000, 1)
    print(
        f"     {renewed:,.0f} renewals kept, {each / 1000:.2f} KB each: {slow:.0f} us against {quick:.0f} us",
        flush=True,
    )
    return at_most("a renewal at a million", slow / quick, MILLION_TARGET)


def renewals(count: int, months: int) -> tuple[float, float, float]:
    """How many there were, the bytes each takes, and its microseconds in the last month."""
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); "
        f"import subscribed; subscribed.measure({count}, {months})"
    )
    output = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    renewed, each, microseconds = (float(word) for word in output.split())
    return renewed, each, microseconds


# --- Start -----------------------------------------------------------------------------------------------------------


def start(bare: Path, payment: dict[str, object]) -> bool:
    """From spawning to the first answer, against the bare app."""
    mock_times, bare_times = [], []
    for _ in range(SPAWNS + 1):
        port = free_port()
        mock_times.append(first_answer(mock_command(port), port, "/_mock/health"))
        port = free_port()
        bare_times.append(first_answer(bare_command(bare, port, payment), port, f"/payments/{payment['id']}"))
    mock, plain = median(mock_times[1:]), median(bare_times[1:])  # the first ones may have written bytecode
    print(f"     mock {mock:.0f} ms   bare {plain:.0f} ms   ({SPAWNS} spawns)", flush=True)
    return verdict(
        "start to first answer", f"{mock / plain:.2f}", f"≤ {START_TARGET:.2f}", mock / plain <= START_TARGET
    )


def first_answer(command: list[str], port: int, path: str) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    server = spawn(command)
    try:
        wait(server, lambda: ask(port, "GET", path))
        return (time.perf_counter() - began) * 1000
    finally:
        server.terminate()
        server.wait()


# --- The pytest plugin ------------------------------------------------------------------------------------------------


def plugin() -> bool:
    """What a pytest run pays that has the plugin and does not use it: its import."""
    code = (
        "import time, pytest; began = time.perf_counter(); import mock_odus.pytest_plugin; "
        "print((time.perf_counter() - began) * 1000)"
    )
    how: dict[str, Any] = {"cwd": ROOT, "env": WITH_BYTECODE, "capture_output": True, "text": True, "check": True}
    each = [float(subprocess.run([sys.executable, "-c", code], **how).stdout) for _ in range(SPAWNS + 1)]
    each = each[1:]  # the first one may have written bytecode
    return at_most("ms, the plugin unused", median(each), PLUGIN_TARGET_MS)


# --- The pytest fixture ----------------------------------------------------------------------------------------------


def fixture(folder: Path) -> bool:
    """What one test with `odus` costs beyond an empty one. The server's start, once a run, is in it."""
    for name, argument in (("empty", ""), ("odus", "odus")):
        lines = [f"def test_{number}({argument}): pass" for number in range(TESTS)]
        (folder / f"test_{name}.py").write_text("\n".join(lines))
    with_odus, empty = folder / "test_odus.py", folder / "test_empty.py"
    costs = [pytest_seconds(with_odus) - pytest_seconds(empty) for _ in range(ROUNDS)]
    each = median(costs) * 1000 / TESTS
    return verdict(
        "a test with the fixture", f"{each:.2f} ms", f"< {FIXTURE_TARGET_MS:.1f} ms", each < FIXTURE_TARGET_MS
    )


def pytest_seconds(file: Path) -> float:
    """The time pytest itself reports."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(file.parent), str(file)]
    result = subprocess.run(command, cwd=file.parent, env=WITH_BYTECODE, capture_output=True, text=True, check=False)
    passed = re.search(rf"{TESTS} passed in ([\d.]+)s", result.stdout)
    if not passed:
        raise SystemExit(f"{file.name} did not pass:\n{result.stdout[-2000:]}{result.stderr[-2000:]}")
    return float(passed[1])


if __name__ == "__main__":
    sys.exit(main())
