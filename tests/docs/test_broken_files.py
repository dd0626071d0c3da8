"""Files that cannot be used, given to each command that takes one: a message and an exit code, never a traceback."""

import pytest
from click.testing import CliRunner

from mock_odus.cli import main

FILES = {
    "empty": (b"", "file.yaml:1:1: the document is empty"),
    "binary": (b"\xff\xfe\x00", "file.yaml:1:1: the document is not UTF-8 text"),
    "zeros": (b"\0" * 100, "not YAML: "),
    "too large": (b"#" * (1024 * 1024 + 1), "file.yaml:1:1: the document has 1048577 bytes"),
    "cut off": (b"version: 1\nname: x\nrules: [", "not YAML: "),
    "a misspelt outcome": (
        b"version: 1\nname: x\nrules: [{then: insuficient_funds}]\n",
        "file.yaml:3:16: rules[0].then: unknown outcome 'insuficient_funds'; did you mean 'insufficient_funds'?",
    ),
    "an unknown origin": (
        b"version: 1\nname: x\nextends: startr\n",
        "file.yaml:3:10: extends: unknown scenario 'startr'",
    ),
    "an impossible world": (
        b"version: 1\nname: x\nworld: {merchantConfig: {timezone: Mars/Olympus}}\n",
        "file.yaml:3:36: world.merchantConfig.timezone: must be an IANA timezone",
    ),
}
COMMANDS = {
    "serve": (["serve", "--port", "0", "--scenario"], 2),
    "play": (["play"], 2),
    "check": (["check"], 1),
}


def run(*arguments):
    """Exit code and everything that was printed; an exception would be the exit code 1 and no message."""
    done = CliRunner().invoke(main, [*arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.output


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("file", FILES)
def test_a_broken_scenario_is_told_with_its_place(tmp_path, file, command):
    """Wrong use for a command that needs it, a finding for the one that looks for them; with line and column."""
    raw, told = FILES[file]
    (tmp_path / "file.yaml").write_bytes(raw)
    arguments, code = COMMANDS[command]
    found, printed = run(*arguments, str(tmp_path / "file.yaml"))

    assert code == found
    assert told in printed


@pytest.mark.parametrize("command", [*(arguments for arguments, _ in COMMANDS.values()), ["ids"]], ids=" ".join)
def test_a_file_that_cannot_be_read_is_wrong_use(tmp_path, command):
    """A folder, a link that leads in circles, and nothing at all, each with the reason."""
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    for name, reason in (("folder", "Is a directory"), ("loop", "symbolic links"), ("missing", "No such file")):
        code, printed = run(*command, str(tmp_path / f"{name}.yaml"))
        assert 2 == code
        assert f"{name}.yaml: cannot be read: " in printed
        assert reason in printed


def test_a_broken_file_of_corrections_is_wrong_use(tmp_path):
    """Whatever it holds, `--assumptions` says where it went wrong."""
    for raw, told in (raw_told for name, raw_told in FILES.items() if name in ("binary", "too large", "zeros")):
        (tmp_path / "file.yaml").write_bytes(raw)
        code, printed = run("serve", "--port", "0", "--assumptions", str(tmp_path / "file.yaml"))
        assert 2 == code
        assert told in printed
