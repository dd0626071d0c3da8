"""Who may import whom, and what an import costs."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {"asyncio", "click", "httpx2", "msgspec", "socket", "starlette", "uvicorn", "uvloop", "yaml"}
FORBIDDEN_IN_ENGINE = {"anyio", "asyncio", "random", "secrets", "socket", "starlette", "uuid", "uvicorn", "yaml"}

# msgspec brings what it brings; what the engine adds to it is ours.
SCRIPT = """
import sys
{first}
before = set(sys.modules)
import {module}
print(*sorted(set(sys.modules) - before))
"""


def brought(module, first=""):
    """What a fresh interpreter has loaded after the import and had not before."""
    command = [sys.executable, "-c", SCRIPT.format(module=module, first=first)]
    return set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())


def test_the_import_contracts_hold():
    """Every arrow that pyproject.toml draws is kept."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"]
    result = subprocess.run(
        [*command, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert 0 == result.returncode, result.stdout + result.stderr


def test_importing_the_package_costs_nothing():
    """`import mock_odus` loads no server, no YAML and no library."""
    assert set() == HEAVY & brought("mock_odus")


@pytest.mark.parametrize("file", sorted((ROOT / "mock_odus/engine").glob("[a-z]*.py")), ids=lambda file: file.stem)
def test_the_engine_is_pure_at_run_time(file):
    """No engine file loads a loop, a server, a random source or YAML, not even through others."""
    assert set() == FORBIDDEN_IN_ENGINE & brought(f"mock_odus.engine.{file.stem}", first="import msgspec, hashlib")
