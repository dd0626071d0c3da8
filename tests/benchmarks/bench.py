"""Measures the mock against a bare Starlette route, side by side on this machine, and says whether the targets hold.

Throughput: the bare app answers with the very body the mock answered, behind the same server settings; wrk drives both
from the other core in interleaved rounds, and medians are compared. Start: from spawning to the first answer, bytecode
present. Fixture: a generated file of tests that use `odus`, and the same file of empty tests.
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

GET_TARGET, POST_TARGET = 0.80, 0.65
START_TARGET = 1.6
FIXTURE_TARGET_MS = 3.0

ROUNDS, SECONDS, CONNECTIONS = 5, 3, 16
SPAWNS = 11
TESTS = 300

CREATE = json.dumps({"amount": 5000, "currency": "usd"})
KEY = "Bearer skey_mock"
ROOT = Path(__file__).parents[2]
WITH_BYTECODE = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help="throughput, start, fixture; all of them when left out")
    parts = parser.parse_args().parts or ["throughput", "start", "fixture"]
    found: list[bool] = []
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE)
        payment = sample()
        if "throughput" in parts:
            found += throughput(bare, payment)
        if "start" in parts:
            found.append(start(bare, payment))
        if "fixture" in parts:
            found.append(fixture(Path(folder)))
    return 0 if all(found) else 1


def verdict(name: str, value: str, target: str, well: bool) -> bool:
    print(f"{'ok  ' if well else 'MISS'} {name:<28} {value:>10}   target {target}", flush=True)
    return well


# --- Servers ---------------------------------------------------------------------------------------------------------


def mock_command(port: int) -> list[str]:
    return [sys.executable, "-m", "mock_odus", "serve", "--port", str(port)]


def bare_command(bare: Path, port: int, payment: dict[str, object]) -> list[str]:
    return [sys.executable, str(bare), str(port), f"/payments/{payment['id']}", json.dumps(payment)]


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


def wait(server: subprocess.Popen[bytes], attempt: Callable[[], object], seconds: float = 20) -> None:
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


def ask(port: int, method: str, path: str, body: str | None = None) -> dict[str, object]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
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


def throughput(bare: Path, payment: dict[str, object]) -> list[bool]:
    """GET and POST, each against bare."""
    if not shutil.which("wrk"):
        raise SystemExit("wrk drives the measurement and is missing: apt-get install wrk")
    cores = os.cpu_count() or 1
    if cores < 2:
        print("one core only: wrk and the servers share it, so the ratios say little")
    mock_port, bare_port = free_port(), free_port()
    with (
        running(mock_command(mock_port), mock_port, core=0),
        running(bare_command(bare, bare_port, payment), bare_port, core=0),
        tempfile.NamedTemporaryFile("w", suffix=".lua") as script,
    ):
        script.write(
            f'wrk.method = "POST"\nwrk.body = \'{CREATE}\'\nwrk.headers["content-type"] = "application/json"\n'
        )
        script.flush()
        mine = ask(mock_port, "POST", "/payments", CREATE)["id"]
        get = compare(f"/payments/{mine}", mock_port, f"/payments/{payment['id']}", bare_port)
        post = compare("/payments", mock_port, "/payments", bare_port, "-s", script.name)
    return [
        verdict("GET against bare", f"{get:.2f}", f"≥ {GET_TARGET:.2f}", get >= GET_TARGET),
        verdict("POST against bare", f"{post:.2f}", f"≥ {POST_TARGET:.2f}", post >= POST_TARGET),
    ]


def compare(mock_path: str, mock_port: int, bare_path: str, bare_port: int, *options: str) -> float:
    mock_rates, bare_rates = [], []
    wrk(mock_port, mock_path, 1, *options)
    wrk(bare_port, bare_path, 1, *options)
    for _ in range(ROUNDS):
        mock_rates.append(wrk(mock_port, mock_path, SECONDS, *options))
        bare_rates.append(wrk(bare_port, bare_path, SECONDS, *options))
    print(f"     mock {median(mock_rates):,.0f}/s   bare {median(bare_rates):,.0f}/s   ({ROUNDS} rounds)", flush=True)
    return median(mock_rates) / median(bare_rates)


def wrk(port: int, path: str, seconds: int, *options: str) -> float:
    """Requests a second."""
    core = ["taskset", "-c", "1"] if (os.cpu_count() or 1) > 1 and shutil.which("taskset") else []
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", f"Authorization: {KEY}", *options]
    output = subprocess.run(
        [*core, *command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True
    ).stdout
    if "Non-2xx" in output:
        raise SystemExit(f"not every answer of {path} was 2xx:\n{output}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    assert rate, output
    return float(rate[1])


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
