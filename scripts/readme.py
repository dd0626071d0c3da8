"""Runs every block of README.md in an empty environment, which then holds nothing but the built wheel and pytest.

Above each ```sh, ```python, ```yaml or ```json block stands an HTML comment that says how it is run:

    <!-- run: install -->                       has to succeed, with the built wheel in place of this directory
    <!-- run: server -->                        starts in the background; goes on once it said that it is ready
    <!-- run: shell -->                         has to succeed
    <!-- run: test -->                          is written to a file and run by pytest; has to pass
    <!-- run: file shop.yaml -->                is written to that file, for the blocks that follow
    <!-- not run: why -->                       is left out

`fails` after the word turns success round (`run: test fails`), and `shows: TEXT` demands that the output has TEXT in
it; several are parted by commas: `<!-- run: test fails, shows: gateway down, shows: timeline -->`. A block of these
languages without a comment is an error, and so is a comment without a block. Other blocks only show something.

All blocks share one directory, the later ones see what the earlier ones left. In them port 4010 is exchanged for a free
one.

At the end stands what a new user waits for: the seconds of the installation, and those of the first test that passes.
"""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from scripts.wheel import Failed, build, empty_environment

ROOT = Path(__file__).parents[1]
RUNNABLE = ("sh", "python", "yaml", "json")
READY_SECONDS, BLOCK_SECONDS, NEW_USER_SECONDS = 20, 60, 60

COMMENT = re.compile(r"<!-- (run|not run): (.+?) -->")
FENCE = re.compile(r"^```(\w*).*?$\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class ReadmeError(Failed):
    """What the README promises and does not hold, with its line."""


@dataclass(frozen=True)
class Block:
    line: int
    language: str
    text: str
    kind: str
    """install, server, shell, test, file, or nothing for a block that is not run."""
    name: str
    fails: bool
    shows: tuple[str, ...]


def blocks(readme: str) -> list[Block]:
    """The blocks that a comment or their language makes runnable, in order."""
    found, end = [], 0
    for fence in FENCE.finditer(readme):
        language, text = fence[1], fence[2]
        line = readme.count("\n", 0, fence.start()) + 1
        comments = list(COMMENT.finditer(readme, end, fence.start()))
        end = fence.end()
        if len(comments) > 1:
            raise ReadmeError(f"line {line}: {len(comments)} comments stand above one block")
        if comments:
            found.append(block(line, language, text, comments[0]))
        elif language in RUNNABLE:
            raise ReadmeError(f"line {line}: no comment says how this {language} block is run")
    if COMMENT.search(readme, end):
        raise ReadmeError("the last comment has no block")
    return found


def block(line: int, language: str, text: str, comment: re.Match[str]) -> Block:
    if comment[1] == "not run":
        return Block(line, language, text, "", "", fails=False, shows=())
    first, *rest = re.split(r",\s*(?=shows: )", comment[2])
    kind, *words = first.split()
    name = words.pop(0) if kind == "file" and words else ""
    fails = words == ["fails"]
    if (
        kind not in ("install", "server", "shell", "test", "file")
        or (words and not fails)
        or (kind == "file") != bool(name)
    ):
        raise ReadmeError(f"line {line}: '{comment[0]}' is none of the comments that scripts/readme.py knows")
    return Block(line, language, text, kind, name, fails, tuple(part.removeprefix("shows: ") for part in rest))


class Runner:
    """One directory, one environment, and the servers that run in it."""

    def __init__(self, folder: Path, environment: Path, wheel: Path) -> None:
        self.folder = folder
        self.wheel = wheel
        self.port = free_port()
        self.python = str(environment / "bin" / "python")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MOCK_ODUS_"))}
        self.env = kept | {"PATH": f"{environment / 'bin'}:{kept['PATH']}", "MOCK_ODUS_PORT": str(self.port)}
        self.servers: list[subprocess.Popen[str]] = []
        self.seconds: dict[str, float] = {}
        """What the first block of each kind took that did not fail."""

    def run(self, block: Block) -> None:
        """ReadmeError when the block does not do what its comment says."""
        text = block.text.replace(":4010", f":{self.port}").replace("--port 4010", f"--port {self.port}")
        began = perf_counter()
        match block.kind:
            case "install":
                told = f"'{self.wheel}[pytest]'"
                if "'.[pytest]'" not in text:
                    raise ReadmeError(f"line {block.line}: this directory is not what is installed: '.[pytest]'")
                self.finish(block, ["sh", "-eu", "-c", text.replace("'.[pytest]'", told)])
            case "file":
                (self.folder / block.name).write_text(text)
            case "server":
                self.serve(block, text)
            case "shell":
                self.finish(block, ["sh", "-eu", "-c", text])
            case "test":
                file = f"test_readme_{block.line}.py"
                (self.folder / file).write_text(text)
                self.finish(block, [self.python, "-m", "pytest", "-W", "error", file])
        if not block.fails:
            self.seconds.setdefault(block.kind, perf_counter() - began)

    def serve(self, block: Block, text: str) -> None:
        server = subprocess.Popen(
            ["sh", "-eu", "-c", text], cwd=self.folder, env=self.env, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=(self.folder / f"server_{block.line}.log").open("w"), process_group=0,
        )  # fmt: skip
        self.servers.append(server)
        assert server.stdout
        readable, _, _ = select.select([server.stdout], [], [], READY_SECONDS)
        ready = server.stdout.readline() if readable else "nothing"
        if " ready on http://" not in ready:
            log = (self.folder / f"server_{block.line}.log").read_text()
            raise ReadmeError(f"line {block.line}: the server did not say that it is ready: {ready!r}\n{log}")

    def finish(self, block: Block, command: list[str]) -> None:
        result = subprocess.run(
            command, cwd=self.folder, env=self.env, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=BLOCK_SECONDS, check=False,
        )  # fmt: skip
        wrong = [f"it does not show {text!r}" for text in block.shows if text not in result.stdout]
        if block.kind == "test" and result.returncode not in (0, 1):
            wrong.append("pytest could not run it")
        elif (result.returncode != 0) != block.fails:
            wrong.append(f"it ended with {result.returncode}" if not block.fails else "it should have failed")
        if wrong:
            raise ReadmeError(f"line {block.line}: {' and '.join(wrong)}. Its output:\n{result.stdout}")

    def stop(self) -> None:
        for server in self.servers:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    readme = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "README.md"
    ran = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "work"
        folder.mkdir()
        try:
            todo = blocks(readme.read_text())
            runner = Runner(folder, empty_environment(Path(temporary) / "venv"), build(Path(temporary)))
            try:
                for block in todo:
                    runner.run(block)
                    ran += bool(block.kind)
                    print(f"{readme.name}:{block.line} {block.kind or 'not run'}", flush=True)
            finally:
                runner.stop()
            new_user(runner.seconds)
        except Failed as error:
            print(f"{readme.name} {error}", file=sys.stderr)
            return 1
    print(f"{readme.name}: {ran} blocks ran")
    return 0


def new_user(seconds: dict[str, float]) -> None:
    """Tells how long it was from `pip install` in an empty environment to a green test. ReadmeError when too long."""
    if not {"install", "test"} <= seconds.keys():
        raise ReadmeError("shows a new user no installation, or no test")
    install, test = seconds["install"], seconds["test"]
    print(f"a new user: {install:.1f} s of pip install, {test:.1f} s of a first test, {install + test:.1f} s to green")
    if install + test > NEW_USER_SECONDS:
        raise ReadmeError(f"takes a new user more than {NEW_USER_SECONDS} s")


if __name__ == "__main__":
    sys.exit(main())
