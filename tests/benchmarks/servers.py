"""Servers in processes of their own: the mock, the bare app beside it, and one request at a time to them."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from resource import getpagesize

ROOT = Path(__file__).parents[2]
KEY = "Bearer skey_mock"
CREATE = json.dumps({"amount": 5000, "currency": "usd"})
WITH_BYTECODE = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

Body = dict[str, object]

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


def mock_command(port: int) -> list[str]:
    """As it is installed and started."""
    return [str(Path(sys.executable).with_name("mock-odus")), "serve", "--port", str(port)]


def bare_command(port: int, path: str, body: object) -> list[str]:
    """A Starlette app that answers with this very body, behind the same server settings."""
    return [sys.executable, "-c", BARE, str(port), path, json.dumps(body)]


def filled_command(port: int, paid: int, unpaid: int, file: Path) -> list[str]:
    """The mock with payments in it, of which the ids go into the file."""
    return [sys.executable, str(Path(__file__).with_name("filled.py")), str(port), str(paid), str(unpaid), str(file)]


@contextmanager
def running(
    command: list[str], port: int, *, core: int | None = None, seconds: float = 60
) -> Iterator[subprocess.Popen[bytes]]:
    """The server, once it accepts connections."""
    pinned = ["taskset", "-c", str(core), *command] if core is not None and shutil.which("taskset") else command
    server = spawn(pinned)
    try:
        wait(server, lambda: socket.create_connection(("127.0.0.1", port), timeout=1).close(), seconds)
        yield server
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


def ask(port: int, method: str, path: str, body: str | None = None, *, seconds: float = 5) -> Body:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    headers = {"authorization": KEY} | ({"content-type": "application/json"} if body else {})
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    if response.status >= 300:
        raise SystemExit(f"{method} {path} answered {response.status}: {answer.decode()[:300]}")
    found: Body = json.loads(answer)
    return found


def resident(server: subprocess.Popen[bytes]) -> float:
    """Megabytes of memory in use by a server that was started without `taskset`, or with it, which it replaces."""
    return int(Path(f"/proc/{server.pid}/statm").read_text().split()[1]) * getpagesize() / 1e6


def measured_apart(code: str) -> list[float]:
    """The numbers that some code prints, in a process of its own."""
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); {code}"]
    output = subprocess.run(command, cwd=ROOT, env=WITH_BYTECODE, capture_output=True, text=True, check=True).stdout
    return [float(word) for word in output.split()]
