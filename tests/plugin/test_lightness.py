"""What a user's test run pays for having the plugin installed."""

import subprocess
import sys

import pytest

HEAVY = {"asyncio", "http.client", "msgspec", "starlette", "uvicorn", "yaml"}

SCRIPT = """
import sys
import pytest
before = set(sys.modules)
import {module}
print(*sorted(set(sys.modules) - before))
"""


@pytest.mark.parametrize("module", ["mock_odus.driver", "mock_odus.pytest_plugin"])
def test_importing_it_brings_nothing_heavy(module):
    """Neither the driver nor the plugin imports the server, its libraries or an HTTP client."""
    command = [sys.executable, "-c", SCRIPT.format(module=module)]
    brought = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    assert module in brought
    assert set() == HEAVY & set(brought)
    assert all(name.startswith(module) for name in brought if name.startswith("mock_odus."))
