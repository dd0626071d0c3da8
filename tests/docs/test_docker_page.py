"""docs/docker.md, compose.yaml and the Dockerfile: they name what there is. The mark `container` runs them."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from mock_odus.cli import main
from tests.pages import DOCS, blocks

ROOT = Path(__file__).parents[2]
FILES = ["docs/docker.md", "compose.yaml", "Dockerfile"]
SERVE = {option.name: option for option in main.commands["serve"].params}
GITHUB, GITLAB = (yaml.safe_load(block) for block in blocks("docker.md", "yaml"))


@pytest.mark.parametrize("file", FILES)
def test_every_variable_is_one_of_the_command(file):
    """Each MOCK_ODUS_… is an option of `mock-odus serve`."""
    told = set(re.findall(r"MOCK_ODUS_([A-Z]+(?:_[A-Z]+)*)", (ROOT / file).read_text()))
    known = {name.upper() for name in SERVE} | {"WEBHOOK_ALLOW", "ALLOW_HOST"}

    assert told
    assert set() == told - known


@pytest.mark.parametrize("file", FILES)
def test_every_port_is_the_one_it_listens_on(file):
    """Where a port of the mock is named it is the default of `--port`; 4020 is the example of another one."""
    ports = set(re.findall(r"\b40\d\d\b", (ROOT / file).read_text()))

    assert {str(SERVE["port"].default)} == ports - {"4020"}


def test_the_jobs_reach_their_service():
    """GitHub publishes the port that its job asks on its machine; GitLab's job asks the alias of the service."""
    service, job = GITHUB["jobs"]["test"]["services"]["odus"], GITHUB["jobs"]["test"]
    url = urlsplit(job["env"]["ODUS_BASE_URL"])

    assert ("127.0.0.1", [f"{url.port}:{SERVE['port'].default}"]) == (url.hostname, service["ports"])
    assert job["env"]["ODUS_BASE_URL"] in job["steps"][-1]["run"]
    (service,) = GITLAB["test"]["services"]
    url = GITLAB["test"]["variables"]["ODUS_BASE_URL"]
    assert f"http://{service['alias']}:{SERVE['port'].default}" == url
    assert url in GITLAB["test"]["script"][0]


def test_the_compose_file_lets_the_app_wait():
    """The app starts when the mock is healthy, and finds it by the name of its service."""
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]

    assert {"odus": {"condition": "service_healthy"}} == services["app"]["depends_on"]
    assert f"http://odus:{SERVE['port'].default}" == services["app"]["environment"]["ODUS_BASE_URL"]


def test_what_is_not_run_says_why():
    """Of the page's programs only the one in Java is not run anywhere, and a comment above it tells the reason."""
    page = (DOCS / "docker.md").read_text()

    assert ["java"] == re.findall(r"^<!-- not run: .+ -->\n```(\w+)$", page, re.MULTILINE)
