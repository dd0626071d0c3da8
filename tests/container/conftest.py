"""The image, built once from the checkout, and containers of it. `.ci/container-engine` brings an engine."""

import itertools
import os
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

from mock_odus.driver import Connection, Driver

ROOT = Path(__file__).parents[2]
IMAGE = f"mock-odus:test-{os.getpid()}"
NUMBERS = itertools.count(1)
HARDENED = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
PATIENCE_SECONDS, BUILD_SECONDS = 30, 300
SCENARIO = """
version: 1
name: nobody has money
world:
  gatewayProfiles: {eu: {integration: stripe}}
  merchantConfig: {paymentMethodOptions: {card: {mode: gatewayProfile, gatewayProfile: eu}}}
rules: [{name: no money, then: insufficient_funds}]
"""
BOOK = "{version: 1, name: a book, world: {fake: {customers: 3}}}"
FIGURES: dict[str, str] = {}


def pytest_terminal_summary(terminalreporter):
    for name, figure in FIGURES.items():
        terminalreporter.write_line(f"{name}: {figure}")


class Container:
    """A running container of the image."""

    def __init__(self, name, port=4010):
        self.name, self.port = name, port

    @property
    def url(self):
        """Where this machine reaches it."""
        return f"http://{engine('port', self.name, self.port).splitlines()[0]}"

    def state(self, template):
        """What the engine knows of it, by a Go template."""
        return engine("inspect", "--format", template, self.name)

    def await_event(self, event):
        """When the engine told that event of it, in seconds; it may have been before."""
        kind = event.partition(":")[0]
        only = ["--filter", f"container={self.name}", "--filter", f"event={kind}"]
        shown = ["--since", self.state("{{.Created}}"), "--format", "{{.TimeNano}} {{.Action}}"]
        return int(awaited(event, "events", *shown, *only).split()[0]) / 1e9

    def python(self, program):
        """What a Python program prints in it."""
        return engine("exec", self.name, "python", "-c", program)


def engine(*arguments):
    """What a docker command prints on stdout; a failed one fails the test, in its own words. The slowest builds."""
    command = ["docker", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
    if done.returncode:
        pytest.fail(f"docker {' '.join(map(str, arguments))} exits {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def awaited(word, *arguments):
    """The line with `word` of a following docker command; fails when that ends before, or takes too long."""
    with subprocess.Popen(
        ["docker", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as follows:
        patience = threading.Timer(PATIENCE_SECONDS, follows.kill)
        patience.start()
        printed = []
        while line := follows.stdout.readline():
            printed.append(line)
            if word in line:
                break
        patience.cancel()
        follows.kill()
    if not printed or word not in printed[-1]:
        pytest.fail(f"docker {' '.join(arguments)} never said '{word}':\n{''.join(printed)}")
    return printed[-1]


def let_through(url, path):
    """Asks until the engine's proxy lets a request through: in its first moments it resets connections."""
    deadline = time.perf_counter() + PATIENCE_SECONDS
    while True:
        connection = Connection(url)
        try:
            return connection.ask("GET", path)
        except OSError:
            if time.perf_counter() > deadline:
                raise
        finally:
            connection.close()


@pytest.fixture(scope="session")
def figures():
    """What is measured on the way, for the end of the report."""
    return FIGURES


@pytest.fixture(scope="session")
def docker():
    """Runs a docker command."""
    if not shutil.which("docker") or subprocess.run(["docker", "info"], capture_output=True, check=False).returncode:
        pytest.fail("no docker daemon answers; `.ci/container-engine scripts/test -m container` starts one", False)
    return engine


@pytest.fixture(scope="session")
def image(docker, figures):
    """The tag of the built image."""
    began = time.perf_counter()
    docker("build", "--tag", IMAGE, ROOT)
    figures["image built in"] = f"{time.perf_counter() - began:.1f} s"
    yield IMAGE
    docker("image", "rm", "--force", IMAGE)


@pytest.fixture(scope="session")
def scenarios(tmp_path_factory):
    """A folder with scenarios of one's own, readable for everybody as a checkout is."""
    folder = tmp_path_factory.mktemp("scenarios")
    folder.chmod(0o755)
    (folder / "penniless.yaml").write_text(SCENARIO)
    (folder / "bookish.yaml").write_text(BOOK)
    return folder


@pytest.fixture(scope="session")
def network(docker):
    """A network of containers that leads nowhere else."""
    name = f"mock-odus-{os.getpid()}"
    docker("network", "create", "--internal", name)
    yield name
    docker("network", "rm", name)


@pytest.fixture(scope="session")
def open_network(docker):
    """A network of containers from which ports can be published."""
    name = f"mock-odus-open-{os.getpid()}"
    docker("network", "create", name)
    yield name
    docker("network", "rm", name)


@pytest.fixture
def free_port():
    """A port of this machine on which nobody listens, for what has to know it beforehand."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def run(docker, image, network, open_network):  # a network can only go when its containers are gone
    """Starts a container with options of `docker run`, and is back when it serves. All of them are gone at the end."""
    names = []

    def start(*options, command=(), port=4010, ready="mock-odus ready on", asks="/_mock/health"):
        names.append(f"mock-odus-{os.getpid()}-{next(NUMBERS)}")
        docker("run", "--detach", "--name", names[-1], *HARDENED, *options, image, *command)
        awaited(ready, "logs", "--follow", names[-1])
        container = Container(names[-1], port)
        if "--publish" in options:
            let_through(container.url, asks)
        return container

    yield start
    if names:
        docker("rm", "--force", "--volumes", *names)


@pytest.fixture(scope="session")
def mock(run, scenarios, figures):
    """A container with nothing it does not need, published on a free port, with a folder of scenarios."""
    began = time.perf_counter()
    container = run("--publish", "127.0.0.1::4010", "--volume", f"{scenarios}:/scenarios:ro")
    figures["docker run to the first 200 in"] = f"{time.perf_counter() - began:.2f} s"
    return container


@pytest.fixture
def account(mock):
    """Opens sandboxes in the container, as a test on this machine does."""
    opened = []

    def make(scenario):
        opened.append(Driver.open(mock.url, f"account-{next(NUMBERS)}", scenario=scenario))
        return opened[-1]

    yield make
    for driver in opened:
        driver.close()
        driver._connection.close()
