"""Other stateful mocks beside this one, each in an environment of its own: localstripe, and moto's server for S3.

They mock other services: the table tells how quick a mock may be, not which one to take.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.benchmarks.figures import note
from tests.benchmarks.load import Call, posting, rates
from tests.benchmarks.servers import KEY, free_port, mock_command, resident, running, spawn, wait

SPAWNS = 5
STORED = 100
"""Things that are there when a list is read, of which it shows ten."""

PUT = """
local place = 0
function request()
  place = place + 1
  return wrk.format("PUT", "/bench/more-" .. place, nil, "{body}")
end
"""


class Row(NamedTuple):
    """Milliseconds to the first answer, megabytes in use then, and requests a second."""

    name: str
    version: str
    start: float
    memory: float
    create: float
    read: float
    list: float


class Api(NamedTuple):
    """How a mock is spoken to: `making` is a method, a path (`{}` is a number), a type and a body.

    `reading` is where what was made last is read, by what was answered.
    """

    key: str
    making: tuple[str, str, str, str]
    reading: Callable[[bytes], str]
    listing: str
    before: tuple[str, ...] = ()


SIGNED = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
"""Which nobody checks."""

CUSTOMER = json.dumps({"email": "jane@example.com"})
ODUS = Api(
    KEY,
    ("POST", "/customers", "application/json", CUSTOMER),
    lambda made: f"/customers/{json.loads(made)['id']}",
    "/customers",
)
STRIPE = Api(
    "Bearer sk_test_12345",
    ("POST", "/v1/customers", "application/x-www-form-urlencoded", "email=jane@example.com"),
    lambda made: f"/v1/customers/{json.loads(made)['id']}",
    "/v1/customers?limit=10",
)
S3 = Api(
    SIGNED,
    ("PUT", "/bench/made-{}", "text/plain", CUSTOMER),
    lambda made: "/bench/made-1",
    "/bench?list-type=2&max-keys=10",
    ("/bench",),
)


def table(folder: Path) -> Iterator[Row]:
    """A row for this mock, and one for each other that can be installed here."""
    yield _row(folder, "mock_odus", "this version", mock_command, ODUS)
    for name, package, script, api, more in (
        ("localstripe", "localstripe", "localstripe", STRIPE, ["--from-scratch"]),
        ("moto, S3", "moto[server]", "moto_server", S3, ["-H", "127.0.0.1"]),
    ):
        if found := _installed(folder / script, package):
            command = [str(folder / script / "bin" / script), *more]
            yield _row(folder, name, found, lambda port, command=command: [*command, "--port", str(port)], api)  # type: ignore[misc]


def _installed(environment: Path, package: str) -> str | None:
    """The version that was installed there; None when it could not be."""
    try:
        subprocess.run([sys.executable, "-m", "venv", environment], check=True, capture_output=True)
        pip = [str(environment / "bin" / "python"), "-m", "pip"]
        subprocess.run([*pip, "install", "--quiet", package], check=True, capture_output=True)
        shown = subprocess.run(
            [*pip, "show", package.partition("[")[0]], check=True, capture_output=True, text=True
        ).stdout
    except subprocess.CalledProcessError:
        note(f"{package} cannot be installed here, and is left out")
        return None
    return next(line.partition(": ")[2] for line in shown.splitlines() if line.startswith("Version: "))


def _row(folder: Path, name: str, version: str, command: Callable[[int], list[str]], api: Api) -> Row:
    starts, memory = zip(*(_start(command, api) for _ in range(SPAWNS + 1)))
    port = free_port()
    method, path, kind, body = api.making
    with running(command(port), port, core=0):
        for before in api.before:
            _ask(port, "PUT", before, api.key)
        for number in range(STORED):
            made = _ask(port, method, path.format(number), api.key, body, kind)
        create = posting(folder, body, kind) if method == "POST" else _putting(folder)
        read, listed = (rates(Call(port, where, key=api.key))[0] for where in (api.reading(made), api.listing))
        created = rates(Call(port, path, create, key=api.key))[0]
    return Row(name, version, median(starts[1:]), median(memory[1:]), created, read, listed)


def _start(command: Callable[[int], list[str]], api: Api) -> tuple[float, float]:
    """Milliseconds to the first answer, megabytes in use then."""
    port = free_port()
    began = time.perf_counter()
    server = spawn(command(port))
    try:
        wait(server, lambda: _ask(port, "GET", api.listing, api.key, fails=False))
        return (time.perf_counter() - began) * 1000, resident(server)
    finally:
        server.terminate()
        server.wait()


def _ask(
    port: int, method: str, path: str, key: str, body: str | None = None, kind: str = "", *, fails: bool = True
) -> bytes:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    headers = ({"authorization": key} if key else {}) | ({"content-type": kind} if kind else {})
    line.request(method, path, body, headers)
    answer = line.getresponse()
    found = answer.read()
    line.close()
    if fails and answer.status >= 300:
        raise SystemExit(f"{method} {path} answered {answer.status}: {found.decode()[:300]}")
    return found


def _putting(folder: Path) -> list[str]:
    script = folder / "put.lua"
    script.write_text(PUT.replace("{body}", CUSTOMER.replace('"', '\\"')))
    return ["-s", str(script)]
