"""The image: it serves with nothing to lean on, and is found, driven and stopped as containers are."""

import json
import re
import subprocess
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mock_odus.driver import Driver

ROOT = Path(__file__).parents[2]
(BASE,) = re.findall(r"^ARG BASE=(\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
MEGABYTE = 1000 * 1000
STARTS = 8
RETURN_URL = "https://shop.example/thanks?order=7"
CHALLENGED = "4000000000003220"

CONFINEMENT = """
import json, os
status = dict(line.split(":\\t", 1) for line in open("/proc/1/status"))
refused = []
for folder in ("/tmp", "/scenarios", "/opt/mock-odus"):
    try:
        open(folder + "/x", "w")
    except OSError:
        refused.append(folder)
print(json.dumps([os.getuid(), os.getgid(), status["CapEff"].strip(), status["NoNewPrivs"].strip(), refused]))
"""

CONTENTS = """
import json, os, pathlib, shutil
from importlib.metadata import distributions
home = pathlib.Path("/opt/mock-odus")
print(json.dumps({
    "programs": [name for name in ("cc", "gcc", "git", "make") if shutil.which(name)],
    "left over": [path for path in ("/source", "/wheel", "/root/.cache") if os.path.exists(path)],
    "scenarios": os.listdir("/scenarios"),
    "tools": [dist.name for dist in distributions(path=[str(path) for path in home.glob("lib/*/site-packages")])
              if dist.name in ("build", "hatchling", "hypothesis", "mypy", "pip", "pytest", "ruff")],
    "tests of ours": [str(path) for path in home.rglob("mock_odus/**/test*") if path.suffix != ".yaml"],
    "not compiled": [str(path) for path in home.rglob("*.py")
                     if not list(path.parent.glob("__pycache__/" + path.stem + ".cpython-*.pyc"))],
}))
"""

SHOP = """
from mock_odus.driver import Driver
odus = Driver("http://odus:4010", "skey_mock")
print(odus.pay(700).status, odus.pay(700, card="4000000000003220").action.redirectUrl)
"""

pytestmark = pytest.mark.container


def visit(url, method="GET", form=None):
    """Status, `Location` and text of a page; redirects are not followed."""
    where = urlsplit(url)
    line = HTTPConnection(where.netloc, timeout=10)
    line.request(method, where.path, form, {"Content-Type": "application/x-www-form-urlencoded"})
    answer = line.getresponse()
    text = answer.read().decode()
    line.close()
    return answer.status, answer.headers["Location"], text


def test_it_is_healthy_and_stopped_within_a_second(docker, run, figures):
    """It takes less than a second to become healthy and to go; what a busy machine delays is tried again."""
    healthy, gone = [], []
    while len(gone) < STARTS and max(min(healthy, default=1), min(gone, default=1)) >= 1:
        container = run()
        healthy.append(container.await_event("health_status: healthy") - container.await_event("start"))
        docker("stop", container.name)
        gone.append(container.await_event("die") - container.await_event("kill"))
    figures["healthy"] = f"{min(healthy):.2f} s after the start"
    figures["gone"] = f"{min(gone):.2f} s after the signal"

    assert min(healthy) < 1
    assert min(gone) < 1


def test_its_variables_are_obeyed(docker, run):
    """Port, key, scenario and clock come from the environment, and the health check follows the port."""
    told = {"PORT": 5000, "SECRET_KEY": "skey_ours", "SCENARIO": "cascade_failover", "FREEZE_AT": "2030-01-31"}
    variables = [word for name, value in told.items() for word in ("--env", f"MOCK_ODUS_{name}={value}")]
    container = run(*variables, "--publish", "127.0.0.1::5000", port=5000)
    odus = Driver(container.url, "skey_ours")

    assert "2030-01-31T00:00:00.000Z" == odus.now
    assert "cascade failover" == odus.get("/_mock/scenario").name
    container.await_event("health_status: healthy")
    odus._connection.close()


def test_it_is_not_healthy_without_its_server(docker, image):
    """The probe fails where nobody serves, so the engine calls such a container ill in the end."""
    probe = json.loads(docker("image", "inspect", "--format", "{{json .Config.Healthcheck.Test}}", image))
    done = subprocess.run(
        ["docker", "run", "--rm", "--entrypoint", probe[1], image, *probe[2:]], capture_output=True, check=False
    )

    assert (1, True) == (done.returncode, b"ConnectionRefusedError" in done.stderr)


def test_it_is_confined(mock):
    """It runs as a user without a name, without a capability and without a place to write."""
    confined = json.loads(mock.python(CONFINEMENT))

    assert [10001, 10001, "0" * 16, "1", ["/tmp", "/scenarios", "/opt/mock-odus"]] == confined


def test_a_payment_is_made_and_given_back(account):
    """Through the published port a card pays, and the money goes back."""
    odus = account("starter")
    payment = odus.pay(4900)

    assert "succeeded" == payment.status
    assert "reversed" == odus.payments.reverse(payment).displayStatus


def test_a_challenge_is_passed_through_the_published_port(mock, account):
    """The link leads to the host and port that the caller used; the page there brings the customer back, and paid."""
    odus = account("starter")
    payment = odus.pay(4900, card=CHALLENGED, return_url=RETURN_URL)
    link = payment.action.redirectUrl

    assert link.startswith(f"{mock.url}/challenge/")
    status, _, page = visit(link)
    assert (200, True) == (status, "49.00 USD" in page)
    status, back, _ = visit(link, "POST", "result=passed")
    assert (303, True) == (status, back.startswith(f"{RETURN_URL}&"))
    assert "succeeded" == odus.payments[payment.id].status


def test_a_mounted_scenario_is_found_by_its_name(account):
    """What lies in /scenarios is known without the ending, beside the shipped ones."""
    odus = account("penniless")

    assert "failed" == odus.pay(4900).displayStatus
    assert ["insufficient_funds"] == odus.attempts().declines


def test_a_book_is_made_up(account):
    """`fake` finds its names in the image, which leaves out Faker's other languages."""
    assert 3 == len(account("bookish").customers.list())


def test_it_checks_a_scenario(docker, image, scenarios):
    """The other commands are there too, and files are named from the mounted folder."""
    said = docker("run", "--rm", "--volume", f"{scenarios}:/scenarios:ro", image, "check", "penniless.yaml")

    assert "penniless.yaml: well" == said


def test_a_neighbour_pays_by_the_name_of_the_service(docker, image, network, run):
    """On a network of containers the name is enough; browsers are sent to the public URL when one is told."""
    run("--network", network, "--network-alias", "odus", "--env", "MOCK_ODUS_PUBLIC_URL=http://localhost:4010")

    status, link = docker("run", "--rm", "--network", network, "--entrypoint", "python", image, "-c", SHOP).split()

    assert "succeeded" == status
    assert link.startswith("http://localhost:4010/challenge/mock/")


def test_it_stops_when_told(docker, run, figures):
    """`docker stop` ends it at once and well, though a connection is open; two seconds later it would be killed."""
    container = run("--publish", "127.0.0.1::4010")
    line = HTTPConnection(urlsplit(container.url).netloc, timeout=10)
    line.request("GET", "/_mock/health")
    line.getresponse().read()
    began = time.perf_counter()
    docker("stop", "--time", "2", container.name)
    figures["docker stop took"] = f"{time.perf_counter() - began:.2f} s"
    line.close()

    assert "exited 0" == container.state("{{.State.Status}} {{.State.ExitCode}}")


def test_it_holds_what_it_needs_and_no_more(docker, image):
    """No compiler, no git, no tools, no tests, nothing left of the build; every module compiled."""
    found = json.loads(docker("run", "--rm", "--user", "0", "--entrypoint", "python", image, "-c", CONTENTS))

    assert {} == {what: names for what, names in found.items() if names}


def test_it_is_small(docker, image, figures):
    """It adds less than 40 MB to its base."""
    size, base = (int(docker("image", "inspect", "--format", "{{.Size}}", name)) for name in (image, BASE))
    figures["image"] = f"{size / MEGABYTE:.0f} MB, of them {(size - base) / MEGABYTE:.0f} MB on top of {BASE}"

    assert size - base < 40 * MEGABYTE
