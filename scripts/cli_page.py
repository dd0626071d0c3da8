"""Writes docs/cli.md anew: every command and every option, as the command line itself tells them."""

import inspect
from pathlib import Path

import click

from mock_odus import cli

HEAD = """# The command line

Every option is a variable of the environment, too: `--port` is `MOCK_ODUS_PORT`. An option wins over its variable; what
may be given several times is parted by spaces in its variable. Exit codes: 0 well, 1 a finding, 2 wrong use. There is
colour on a terminal only, and with `NO_COLOR` set there is none.
"""


def page() -> str:
    return "\n".join([HEAD, *(command(name, found) for name, found in cli.main.commands.items())])


def command(name: str, found: click.Command) -> str:
    """Its section: what it does, and a table of its options."""
    arguments = [_shown(one) for one in found.params if isinstance(one, click.Argument)]
    rows = [_row(one) for one in found.params if isinstance(one, click.Option)]
    table = ["| option | | default |", "|---|---|---|", *rows, ""] if rows else []
    about = inspect.cleandoc(found.help or "")
    return "\n".join([f"## mock-odus {' '.join([name, *arguments])}", "", about, "", *table])


def _shown(argument: click.Argument) -> str:
    name = (argument.name or "").upper()
    return f"{name.removesuffix('S')}…" if argument.nargs == -1 else name


def _row(option: click.Option) -> str:
    told = option.default
    default = f"`{told}`" if isinstance(told, str | int) and not isinstance(told, bool) else ""
    choices = (
        f" One of {', '.join(f'`{one}`' for one in option.type.choices)}."
        if isinstance(option.type, click.Choice)
        else ""
    )
    return f"| `{option.opts[-1]}` | {option.help}{choices} | {default} |"


if __name__ == "__main__":
    (Path(__file__).parents[1] / "docs" / "cli.md").write_text(page(), encoding="utf-8")
