"""compose.yaml: the mock and an application that waits until it serves."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

FILE = Path(__file__).parents[2] / "compose.yaml"
PROJECT = f"mock-odus-compose-{os.getpid()}"

pytestmark = pytest.mark.container


@pytest.fixture(scope="session")
def program(docker):
    """How Compose is called here: as a plug-in of docker, or as the program it once was."""
    for found in (["docker", "compose"], ["docker-compose"]):
        try:
            if not subprocess.run([*found, "version"], capture_output=True, check=False).returncode:
                return found
        except OSError:
            continue
    return pytest.fail("neither `docker compose` nor `docker-compose` is here", False)


@pytest.fixture
def compose(program, image, free_port, tmp_path):
    """Runs a command of Compose on the file, with the image under test and on a free port; all is gone at the end."""
    ours = tmp_path / "ours.yaml"
    ours.write_text(yaml.safe_dump({"services": {name: {"image": image} for name in ("odus", "app")}}))

    def call(*arguments):
        command = [*program, "--project-name", PROJECT, "--file", FILE, "--file", ours, *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=os.environ | {"ODUS_PORT": str(free_port)}
        )
        assert 0 == done.returncode, done.stdout + done.stderr
        return done.stdout.strip()

    yield call
    call("down", "--volumes")


def test_the_app_waits_for_the_mock_and_pays(compose, docker, free_port):
    """One command starts both; the app's first call is answered, and the mock is on the host's port."""
    compose("up", "--detach", "--no-build")
    app, odus = (compose("ps", "--all", "--quiet", name) for name in ("app", "odus"))

    assert "0" == docker("wait", app)
    assert re.fullmatch(r"pay_\w+ is open", docker("logs", app))
    assert "healthy" == docker("inspect", "--format", "{{.State.Health.Status}}", odus)
    assert f"127.0.0.1:{free_port}" == docker("port", odus, "4010")


def test_the_mock_is_locked_up(compose, docker):
    """It has no place to write, no capability, and learns no new ones."""
    compose("up", "--detach", "--no-build", "odus")
    kept = json.loads(docker("inspect", "--format", "{{json .HostConfig}}", compose("ps", "--quiet", "odus")))

    assert (True, ["ALL"], ["no-new-privileges:true"]) == (
        kept["ReadonlyRootfs"], kept["CapDrop"], kept["SecurityOpt"],
    )  # fmt: skip
