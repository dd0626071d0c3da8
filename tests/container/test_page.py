"""docs/docker.md: what it tells to run is run."""

import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from mock_odus.driver import Driver
from tests.pages import blocks

NAME = re.compile(r"(?<![\w-])mock-odus(?=[\s\"]|$)", re.MULTILINE)
PATIENCE_SECONDS = 120
ALONE = os.environ | {"TESTCONTAINERS_RYUK_DISABLED": "true"}  # its own container would have to be pulled
PAYS = """

def test_it_is_driven_in_the_container(odus, odus_server):
    odus.rule({"name": "the EU is down", "when": {"gateway": "stripe_eu"}, "then": "unreachable"})
    assert "succeeded" == odus.pay(5000).status
    assert ["stripe_eu", "adyen_us"] == odus.attempts().gateways
    assert odus.url == odus_server
"""

pytestmark = pytest.mark.container


def finished(*command, cwd):
    """What a command prints, and it ends well."""
    done = subprocess.run(
        command, cwd=cwd, env=ALONE, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert 0 == done.returncode, f"{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture
def example(image):
    """The page's only example in a language, for the image under test."""

    def read(language):
        (text,) = blocks("docker.md", language)
        named, times = NAME.subn(image, text)
        assert 1 == times
        return named

    return read


def test_the_first_commands_answer_a_payment(image, free_port):
    """Built and run as the page says it, the mock takes the payment of the page, and SIGTERM ends it."""
    start, call = (block.replace("127.0.0.1:4010", f"127.0.0.1:{free_port}") for block in blocks("docker.md", "sh"))
    build, run = (NAME.sub(image, line) for line in start.splitlines())
    finished("sh", "-c", build, cwd=".")
    with subprocess.Popen(["sh", "-c", f"exec {run}"], stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout.readline().startswith("mock-odus ready on")
        answer = finished("sh", "-c", call.replace("curl -s", "curl -s --retry 9 --retry-all-errors"), cwd=".")
        serving.terminate()

    assert ('"status":"open"' in answer, 0) == (True, serving.returncode)


def test_testcontainers_for_python_play_the_fixture(example, tmp_path):
    """A test with `odus` passes in the container that the conftest.py of the page starts."""
    (tmp_path / "conftest.py").write_text(example("python"))
    (tmp_path / "test_shop.py").write_text(PAYS)

    assert "1 passed" in finished(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", cwd=tmp_path)


def test_testcontainers_for_node_pay(example, tmp_path):
    """The page's program starts the mock, makes a payment and stops it."""
    (tmp_path / "package.json").write_text('{"private": true, "type": "module"}')
    (tmp_path / "pay.js").write_text(example("js"))
    finished("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "testcontainers@11", cwd=tmp_path)

    assert "open\n" == finished("node", "pay.js", cwd=tmp_path)


def test_an_app_on_the_host_gets_webhooks(run):
    """With the host's name added, what happens in the container is posted to this machine."""
    told, arrived = [], threading.Event()

    class App(BaseHTTPRequestHandler):
        def do_POST(self):
            told.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            arrived.set()

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("", 0), App)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    container = run("--add-host", "host.docker.internal:host-gateway", "--publish", "127.0.0.1::4010")
    odus = Driver(container.url, "skey_mock")
    url = f"http://host.docker.internal:{server.server_port}/webhooks"
    odus.webhook_subscribers.create(url=url, events=["payment.created"])
    payment = odus.pay(700)
    arrived.wait(PATIENCE_SECONDS)
    server.shutdown()
    thread.join()
    server.server_close()
    odus._connection.close()

    assert [True] == [payment.id.encode() in body for body in told]
