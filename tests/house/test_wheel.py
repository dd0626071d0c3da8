"""What a user gets: the built wheel."""

import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import mock_odus

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built once and open for reading."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, capture_output=True, check=True)
    (file,) = folder.glob("*.whl")
    with zipfile.ZipFile(file) as opened:
        yield opened


def metadata(wheel):
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    return Parser().parsestr(wheel.read(name).decode())


def test_it_holds_the_whole_package(wheel):
    """Every file of the package is in the wheel, those for browsers too, and the mark that it is typed."""
    kinds = (".py", ".yaml", ".js", ".ts", ".css", ".html", ".svg", ".txt")
    files = [file for file in (ROOT / "mock_odus").rglob("*") if file.suffix in kinds]
    wanted = {str(file.relative_to(ROOT)) for file in files}

    assert wanted <= set(wheel.namelist())
    assert "mock_odus/py.typed" in wheel.namelist()


def test_it_holds_the_scenarios(wheel):
    """Every shipped scenario is in the wheel, inside the package."""
    wanted = {f"mock_odus/scenarios/{file.name}" for file in (ROOT / "scenarios").glob("*.yaml")}

    assert wanted
    assert wanted <= set(wheel.namelist())


def test_it_holds_the_licence(wheel):
    """The licence travels with the code."""
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel.namelist())


def test_it_holds_nothing_else(wheel):
    """No tests, no scripts, no bytecode: only the package and its metadata."""
    tops = {name.split("/")[0] for name in wheel.namelist()}

    assert {"mock_odus", f"mock_odus-{mock_odus.__version__}.dist-info"} == tops
    assert not [name for name in wheel.namelist() if "__pycache__" in name]


def test_it_asks_for_the_declared_dependencies_only(wheel):
    """pytest comes with an extra; a plain install has only what the server needs."""
    asked = [line for line in metadata(wheel).get_all("Requires-Dist") if "extra ==" not in line]
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]

    assert len(declared) == len(asked)
    assert not [line for line in asked if line.startswith("pytest")]
