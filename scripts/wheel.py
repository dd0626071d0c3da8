"""The built wheel, and empty environments for it: how the scripts here use the mock as its user does."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]


class Failed(Exception):
    """What could not be done, with the output of what was tried."""


def build(folder: Path) -> Path:
    """The wheel of this tree, in a folder of that folder. Failed."""
    quietly([sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder / "dist"), str(ROOT)])
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel


def empty_environment(folder: Path) -> Path:
    """A virtual environment with nothing but pip in it."""
    venv.create(folder, with_pip=True)
    return folder


def quietly(command: list[str], cwd: Path | None = None) -> str:
    """The output of a command that succeeds. Failed with it when it does not."""
    result = subprocess.run(
        command, cwd=cwd, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        check=False,
    )  # fmt: skip
    if result.returncode:
        raise Failed(f"cannot be run, since this failed: {' '.join(command)}\n{result.stdout}")
    return result.stdout
