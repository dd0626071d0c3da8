"""The command line. Everything heavy is imported by the command that needs it.

Exit codes: 0 well, 1 a finding, 2 wrong use.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from errno import EADDRINUSE
from math import isnan
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import click

from mock_odus import __version__

# Every option is also a variable of the environment: `--port` is MOCK_ODUS_PORT.
SETTINGS = {"show_default": True, "auto_envvar_prefix": "MOCK_ODUS"}

_KEYS = ["MOCK_ODUS_KEY", "MOCK_ODUS_SECRET_KEY"]
_CORRECTIONS = click.option(
    "--assumptions",
    "corrections",
    envvar="MOCK_ODUS_ASSUMPTIONS",
    type=click.Path(path_type=Path),
    help="File that corrects our guesses.",
)
_FOLDER = click.option(
    "--scenarios", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of your own scenarios."
)

_STRICT = click.option("--strict", is_flag=True, help="A warning about a scenario is an error.")
LOG_LEVELS = ("critical", "error", "warning", "info", "debug")


def _filled(hint: str) -> Callable[[click.Context, click.Parameter, str], str]:
    """A check that something is given; `hint` says what could be."""

    def check(context: click.Context, parameter: click.Parameter, value: str) -> str:
        if not value.strip():
            raise click.BadParameter(f"must not be empty; {hint}")
        return value

    return check


def _url(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Browsers are sent there."""
    address = urlsplit(value or "http://x")
    if address.scheme not in ("http", "https") or not address.netloc:
        raise click.BadParameter(f"'{value}' is not the URL of a server; an example: https://mock.shop.example")
    return value


def _number(context: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    """`nan` lies in every range."""
    if value is not None and isnan(value):
        raise click.BadParameter("must be a number above 0 and up to 1000000, found nan")
    return value


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mock-odus")
def main() -> None:
    """A local mock of Odus, the payment-orchestration and subscription API."""


@main.command(context_settings=SETTINGS)
@click.option(  # an empty address would be every address of this machine
    "--host",
    default="127.0.0.1",
    callback=_filled("127.0.0.1 is this machine alone, 0.0.0.0 all its addresses"),
    help="Address to listen on.",
)
@click.option("--port", default=4010, type=click.IntRange(0, 65535), help="Port to listen on; 0 picks a free one.")
@click.option(
    "--public-url", callback=_url, help="Where browsers are sent. Without it: the host that the request named."
)
@click.option(
    "--scenario",
    default="starter",
    callback=_filled("'none' runs none"),
    help="Name or file that the default sandbox runs, or 'none'.",
)
@_FOLDER
@click.option(
    "--secret-key",
    default="skey_mock",
    callback=_filled("leave it out for skey_mock"),
    help="Secret key of the default sandbox.",
)
@click.option(
    "--publishable-key",
    default="pk_mock",
    callback=_filled("leave it out for pk_mock"),
    help="Publishable key of the default sandbox.",
)
@click.option("--seed", type=int, help="Seed of the default sandbox; ids come from it.")
@click.option("--freeze-at", help="The instant at which the default sandbox's clock stands; else it ticks.")
@click.option(
    "--rate",
    type=click.FloatRange(0, 1_000_000, min_open=True),
    callback=_number,
    help="Virtual seconds for each real one.",
)
@_CORRECTIONS
@click.option(
    "--allow-host",
    "allowed_hosts",
    envvar="MOCK_ODUS_ALLOW_HOST",
    multiple=True,
    help="Host that may drive /_mock; may be given several times.",
)
@click.option(
    "--webhook-allow",
    "webhook_hosts",
    metavar="HOST",
    envvar="MOCK_ODUS_WEBHOOK_ALLOW",
    multiple=True,
    help="Host beyond this machine and private networks to which webhooks may be posted; may be given several times.",
)
@click.option("--watch", is_flag=True, help="Load the scenario again when its file, or one it extends, changes.")
@_STRICT
@click.option("--log-level", default="warning", type=click.Choice(LOG_LEVELS), help="From 'info' on requests are told.")
def serve(
    host: str,
    port: int,
    scenario: str,
    freeze_at: str | None,
    rate: float | None,
    scenarios: Path | None,
    log_level: str,
    **options: Any,
) -> None:
    """Serve the mock until told to stop.

    The clock of the default sandbox ticks from the time of day, unless its scenario or an option says otherwise.
    Prints one line to stdout when it is ready; keys and a first call go to stderr.
    """
    if freeze_at and rate:
        raise click.UsageError("--freeze-at lets the clock stand and --rate lets it run: give one of them")
    if options["watch"] and scenario == "none":
        raise click.UsageError("--watch has nothing to watch: --scenario is 'none'")
    if options["secret_key"] == options["publishable_key"]:
        raise click.UsageError("--secret-key and --publishable-key must differ: what a key may do goes by the key")
    gc.disable()  # nothing that a start makes is garbage; the server looks for it again when it runs
    from mock_odus.app import Server, create_app

    app = _or_exit(
        lambda: create_app(
            scenario=None if scenario == "none" else scenario,
            start=_instant(freeze_at) if freeze_at else None,
            mode="frozen" if freeze_at else "ticking" if rate else None,
            rate=rate,
            by_default="ticking",
            folders=[scenarios] if scenarios else [],
            tell=lambda text: click.echo(text, err=True),
            **options,
        )
    )
    try:
        server = Server(app, host, port, log_level)
    except OSError as error:
        hint = "; --port 0 picks a free port" if error.errno == EADDRINUSE else ""
        _fail(f"cannot listen on {host}:{port}: {error.strerror}{hint}", 2)
    click.echo(f"mock-odus ready on {server.url}")
    sys.stdout.flush()
    _welcome(_reachable(server.url), options["secret_key"], options["publishable_key"], scenario)
    server.run()


@main.command(context_settings=SETTINGS)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@_FOLDER
@_STRICT
def check(files: tuple[Path, ...], scenarios: Path | None, strict: bool) -> None:
    """Check scenario FILES and say what is wrong where."""
    from mock_odus import assumptions
    from mock_odus.sandbox import Sandbox, Settings
    from mock_odus.scripting import loader
    from mock_odus.scripting.language import ScenarioError

    policies = assumptions.load().for_engine()
    folders = [scenarios] if scenarios else []
    code = 0
    for file in files:
        try:
            scenario = loader.load(file.read_bytes(), file=file, prefixes=policies.prefixes, folders=folders)
            Sandbox("check", "", "", Settings(scenario=scenario), policies)  # builds its world
        except OSError as error:
            code = 2
            click.echo(f"{file}: cannot be read: {error.strerror}", err=True)
        except ScenarioError as error:
            code = code or 1
            click.echo("\n".join(error.problems))
        else:
            for warning in scenario.warnings:
                click.echo(warning)
            if strict and scenario.warnings:
                code = code or 1
            else:
                click.echo(f"{file}: well")
    sys.exit(code)


@main.command(context_settings=SETTINGS)
@click.argument("file")
@_FOLDER
def ids(file: str, scenarios: Path | None) -> None:
    """Print the ids of what the scenario FILE names (a file or a name); they are the same in every run."""
    from mock_odus import assumptions
    from mock_odus.scripting import loader

    prefixes = assumptions.load().for_engine().prefixes
    found = _or_exit(lambda: loader.find(file, [scenarios] if scenarios else [], prefixes=prefixes)).ids
    lines = [(f"{kind}.{name}", id) for kind, named in found.items() for name, id in named.items()]
    width = max((len(name) for name, _ in lines), default=0)
    for name, id in lines:
        click.echo(f"{name:<{width}}  {id}")


@main.command(context_settings=SETTINGS)
@_FOLDER
def scenarios(scenarios: Path | None) -> None:
    """List the scenarios that can be named: those that come with the package, and your own."""
    from mock_odus.scripting.summaries import summaries

    found = summaries([scenarios] if scenarios else [])
    width = max(map(len, found))
    for name, about in found.items():
        click.echo(f"{name:<{width}}  {about}")


@main.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from mock_odus import scenario_schema

    click.echo(scenario_schema.as_text())


@main.command(context_settings=SETTINGS)
@click.argument("scenario")
@_FOLDER
def play(scenario: str, scenarios: Path | None) -> None:
    """Play a small standard story in SCENARIO (a name or a file) and print what happened.

    A customer pays 50.00, answers the challenge if there is one, tries once more if it was declined; a day passes, and
    20.00 are given back. Where the scenario has a recurring price, the customer subscribes to it, and it is renewed
    twice.
    """
    from mock_odus import story

    lines = _or_exit(lambda: story.play(scenario, [scenarios] if scenarios else []))
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    from mock_odus import timeline

    click.echo(timeline.render(lines, colour=colour), color=colour)


@main.command(context_settings=SETTINGS)
@click.option("--by", help="How long: '1 year', '1 month 2 days', 'P1M2D'.")
@click.option("--to", help="Until which instant: 2026-12-31T09:00:00Z.")
@click.option("--until", help="Until what: next, renewal, renewal:sub_…, idle.")
@click.option("--url", default="http://127.0.0.1:4010", help="Where the mock is served.")
@click.option(
    "--key",
    default="skey_mock",
    envvar=_KEYS,
    help="Secret key of the sandbox whose clock is moved.",
)
@click.option("--dry-run", is_flag=True, help="Change nothing, only tell what would happen.")
def advance(url: str, key: str, dry_run: bool, **where: str | None) -> None:
    """Move the clock of a running mock, and tell what happened on the way.

    Exits 1 when it stopped early, after a million jobs.
    """
    told = {word: value for word, value in where.items() if value is not None}
    if len(told) != 1:
        raise click.UsageError("one of --by, --to and --until is required, and only one: --by '1 year'")
    from mock_odus import journey
    from mock_odus.driver import Connection, OdusApiError

    try:
        connection = Connection(url, journey.TIMEOUT_SECONDS)
        if dry_run:
            report = journey.rehearse(connection, key, told)
        else:
            report = journey.travel(connection, key, told, watch=_show_progress)
            _show_progress("")
    except OdusApiError as error:
        _fail("\n".join(error.problems), 2)
    except ConnectionError as error:
        _fail(f"{error}; `mock-odus serve` starts a mock, --url says where one is", 2)
    except ValueError as error:
        _fail(str(error), 2)
    click.echo(f"{url}, key {_masked(key)}{', dry run: nothing was changed' if dry_run else ''}")
    click.echo(journey.told(report))
    sys.exit(1 if report.stoppedEarly else 0)


@main.command(context_settings=SETTINGS)
@_CORRECTIONS
def assumptions(corrections: Path | None) -> None:
    """Print what we guess about Odus: the value in force and the reason."""
    from mock_odus import assumptions as guessed

    _or_exit(lambda: guessed.load(corrections))
    for guess in guessed.guesses(corrections):
        mark = f" (corrected; ours: {_written(guess.own)})" if guess.corrected else ""
        click.echo(f"{guess.section}.{guess.name}: {_written(guess.value)}{mark}\n    {guess.reason}")


@main.command(context_settings=SETTINGS)
@click.option("--url", default="http://127.0.0.1:4010", help="Where the service is that is asked.")
@click.option("--key", default="skey_mock", envvar=_KEYS, help="Secret key of a test account, or of a sandbox.")
@click.option("--test-account", is_flag=True, help="The key is that of a test account: records may be left behind.")
@_CORRECTIONS
def verify(url: str, key: str, test_account: bool, corrections: Path | None) -> None:
    """Ask a running service for everything that Odus documents and that we guess, and tell what differs.

    A mock is asked in sandboxes of its own, which are gone afterwards. Exits 1 when something differs.
    """
    from mock_odus.assumptions import AssumptionsError
    from mock_odus.facts import report

    click.echo(f"{url}, key {_masked(key)}")
    code = 0
    try:
        for line, differs in report.lines(url, key, corrections, is_test_account=test_account):
            click.echo(line)
            code = 1 if differs else code
    except (AssumptionsError, ConnectionError, ValueError, report.ForTestAccountsOnly) as error:
        _fail(str(error), 2)
    sys.exit(code)


@main.command(context_settings=SETTINGS)
@click.option("--control", is_flag=True, help="Describe the control API instead.")
@_CORRECTIONS
def openapi(control: bool, corrections: Path | None) -> None:
    """Print the OpenAPI document of the Odus API as it is spoken here."""
    from mock_odus.app import describe

    click.echo(_or_exit(lambda: describe(corrections, of_control=control)))


def _written(value: object) -> str:
    """A value as it is written in a file of corrections."""
    if isinstance(value, list):
        return ", ".join(map(_written, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _reachable(url: str) -> str:
    """Every address is one to listen on, and none to call."""
    return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")


def _welcome(url: str, secret_key: str, publishable_key: str, scenario: str) -> None:
    click.echo(
        f"""
  dashboard        {url}/dashboard
  scenario         {scenario}
  secret key       {secret_key}
  publishable key  {publishable_key}
  control API      {url}/_mock/clock  /_mock/rules  /_mock/timeline?format=text

  Make a payment:
  curl -s {url}/payments -H 'Authorization: Bearer {secret_key}' -H 'Content-Type: application/json' \\
    -d '{{"amount":5000,"currency":"usd"}}'
""",
        err=True,
    )


def _show_progress(text: str) -> None:
    """One line that is written over again and again, on a terminal only; nothing at all clears it."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{text}", nl=False, err=True)


def _masked(key: str) -> str:
    """What kind of key it is."""
    return f"{key.partition('_')[0]}_***" if "_" in key else "***"


def _instant(text: str) -> str:
    from mock_odus.engine import periods

    try:
        return periods.instant(text)
    except (ValueError, OverflowError):
        _fail(f"--freeze-at must be an instant such as 2026-01-31T09:00:00Z, found '{text}'", 2)


def _or_exit(work: Any) -> Any:
    """What `work` answers; a user's mistake becomes a message and exit code 2."""
    from mock_odus.assumptions import AssumptionsError
    from mock_odus.engine.errors import OdusError
    from mock_odus.scripting.language import ScenarioError

    try:
        return work()
    except (AssumptionsError, OdusError, ScenarioError) as error:
        _fail(str(error), 2)


def _fail(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)
