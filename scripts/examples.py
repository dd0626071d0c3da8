"""Tests each app in docs/examples as its author would: in a directory and an environment of its own, with the wheel.

    scripts/examples [NAME]...

What its requirements.txt names is installed, with the built wheel as `mock-odus[pytest]`; then its tests are run.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from scripts.wheel import ROOT, Failed, build, empty_environment, quietly

EXAMPLES = ROOT / "docs" / "examples"


def test(name: str, wheel: Path, folder: Path) -> str:
    """The last line of pytest. Failed."""
    shutil.copytree(EXAMPLES / name, folder)
    requirements = folder / "requirements.txt"
    named = requirements.read_text()
    if "mock-odus[pytest]" not in named:
        raise Failed(f"{name}/requirements.txt does not name mock-odus[pytest]")
    requirements.write_text(named.replace("mock-odus[pytest]", f"mock-odus[pytest] @ {wheel.as_uri()}"))
    python = str(empty_environment(folder / "venv") / "bin" / "python")
    quietly([python, "-m", "pip", "install", "--quiet", "--requirement", "requirements.txt"], folder)
    return quietly([python, "-m", "pytest", "-W", "error"], folder).strip().splitlines()[-1]


def main() -> int:
    names = sys.argv[1:] or sorted(file.parent.name for file in EXAMPLES.glob("*/requirements.txt"))
    with tempfile.TemporaryDirectory() as temporary:
        try:
            wheel = build(Path(temporary))
            for name in names:
                print(f"{name}: {test(name, wheel, Path(temporary) / name)}", flush=True)
        except Failed as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
