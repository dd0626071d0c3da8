"""Both OpenAPI documents, held against the running mock by schemathesis: all phases, all checks, a fixed seed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mock_odus.app import Server, create_app

pytestmark = pytest.mark.fuzz

HERE = Path(__file__).parent

# A state that forbids an action is a 400, and no schema can tell states. Nothing else differs from the defaults.
SETTINGS = """\
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "400", "401", "403", "404", "409", "429", "5xx"]
"""

DOCUMENTS = {"/openapi.json": (10, 5_000), "/_mock/openapi.json": (10, 1_000)}
"""Of each: how many examples an operation gets, and how many cases there are at least."""


@pytest.fixture
def mock():
    """A mock with the records of the starter scenario and some that have had a life."""
    server = Server(create_app(scenario="starter"))
    server.start()
    yield server.url
    server.stop()


@pytest.mark.parametrize(("document", "examples", "least"), [(path, *told) for path, told in DOCUMENTS.items()])
def test_the_mock_does_what_the_document_says(mock, tmp_path, document, examples, least):
    """No fault of the server, no answer that is not described, nothing taken that is wrong, whatever is sent."""
    (tmp_path / "schemathesis.toml").write_text(SETTINGS)
    options = ["--checks", "all", "--seed", "1", "--max-examples", str(examples), "--no-color"]
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        "run",
        mock + document,
        "-H",
        "Authorization: Bearer skey_mock",
    ]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": str(HERE / "hooks.py")}
    done = subprocess.run(
        [*command, *options], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    assert 0 == done.returncode, done.stdout[-20_000:] + done.stderr[-2_000:]
    cases = re.search(r"(\d+) generated", done.stdout)
    assert cases
    assert least <= int(cases[1])
