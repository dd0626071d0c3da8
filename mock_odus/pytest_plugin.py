"""The pytest plugin: the fixture `odus`, a sandbox for each test, and the story of what happened when a test fails.

One server for each test process, in a thread, or the one that `--odus-url` names. Everything else is imported late: a
project that has the plugin installed and does not use it pays nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from mock_odus.driver import Driver

DEFAULT_SCENARIO = "starter"

ARGUMENTS = {
    "scenario": "a name, a document, or a .yaml file beside the test; None for an empty sandbox",
    "rules": "a list of rules that stand above the scenario's",
    "now": "the first instant, such as 2026-01-31T09:00:00Z",
    "seed": "an integer; ids come from it",
    "allow_unused": "True: rules written in the test need not be used",
    "strict": "True: the rules of a named scenario must be used as well",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("odus", "a local mock of Odus")
    group.addoption("--odus-url", metavar="URL", help="a running mock to use instead of starting one")
    group.addoption("--odus-seed", metavar="N", type=int, help="seed of the sandboxes whose marker names none")
    group.addoption(
        "--odus-scenario",
        metavar="NAME|FILE|none",
        default=DEFAULT_SCENARIO,
        help="scenario of the sandboxes whose marker names none (default: %(default)s)",
    )
    parser.addini("odus_url", "a running mock to use instead of starting one; --odus-url wins", default="")
    parser.addini("odus_scenarios_dir", "folder of scenarios, relative to the ini file; they win over shipped ones")


def pytest_configure(config: pytest.Config) -> None:
    arguments = "; ".join(f"{name}: {meaning}" for name, meaning in ARGUMENTS.items())
    config.addinivalue_line("markers", f"odus({', '.join(ARGUMENTS)}): how the sandbox of a test begins. {arguments}")


# --- Fixtures --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def odus_server(pytestconfig: pytest.Config) -> str:
    """The URL of the mock that the tests of this process share, such as `http://127.0.0.1:40113`.

    A fixture of the same name and scope in a conftest.py brings another one, for example that of a container.
    """
    url: str = pytestconfig.getoption("odus_url") or pytestconfig.getini("odus_url")
    if url:
        return url.rstrip("/")
    from mock_odus.app import Server, create_app

    server = Server(create_app())
    server.start()
    pytestconfig.stash[_OWN_SERVER] = server.url
    pytestconfig.add_cleanup(server.stop)  # not in a teardown: the report of the last test's is still to be written
    return server.url


@pytest.fixture(scope="session")
def _odus_sandboxes(pytestconfig: pytest.Config, odus_server: str) -> _Sandboxes:
    sandboxes = _Sandboxes(pytestconfig, odus_server)
    pytestconfig.add_cleanup(sandboxes.close)
    return sandboxes


@pytest.fixture
def odus(request: pytest.FixtureRequest, _odus_sandboxes: _Sandboxes) -> Iterator[Driver]:
    """A handle on a sandbox of this test's own; `mock_odus.driver.Driver` tells all it can do.

    It runs the scenario `starter` unless `@pytest.mark.odus` says otherwise. While the test runs, the environment tells
    the app under test where Odus is: ODUS_BASE_URL, ODUS_SECRET_KEY, ODUS_PUBLISHABLE_KEY. Example:

        def test_part_of_a_payment_is_given_back(odus):
            payment = odus.pay(2999)
            assert 500 == odus.payments.reverse(payment, amount=500).amountReversed
    """
    sandbox = _odus_sandboxes.open(request.node, _marked(request.node))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ODUS_BASE_URL", sandbox.url)
        environment.setenv("ODUS_SECRET_KEY", sandbox.secret_key)
        environment.setenv("ODUS_PUBLISHABLE_KEY", sandbox.publishable_key)
        yield sandbox


@pytest.fixture
def odus_factory(request: pytest.FixtureRequest, _odus_sandboxes: _Sandboxes) -> Callable[..., Driver]:
    """Makes further accounts in one test, each a handle as `odus` is. Its arguments are those of the marker, which does
    not hold for them. Example:

        def test_two_merchants_never_meet(odus, odus_factory):
            other = odus_factory(scenario="three_strikes")
            other.pay(2999)
            assert [] == odus.payments.list()
    """

    def make(**asked: Any) -> Driver:
        for name in asked:
            if name not in ARGUMENTS:
                raise TypeError(f"odus_factory has no argument '{name}'{_nearest(name)}")
        return _odus_sandboxes.open(request.node, asked)

    return make


# --- Hooks -----------------------------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fails a test that passed although a rule it wrote decided nothing, or a charge met no rule and should have.

    Here, and not in the fixture's teardown, where that would be an error beside a passed test.
    """
    result = yield
    for account in item.stash.get(_ACCOUNTS, ()):
        if missed := _missed(account.sandbox):
            raise _failure(f"{account.title}{_MISSED}:\n{_lines(missed)}")
        if account.asked.get("allow_unused"):
            continue
        if unused := account.sandbox.unused_rules(named=bool(account.asked.get("strict"))):
            raise _failure(
                f"{account.title}rules never used:\n{_lines(unused)}\n"
                "No charge fitted them, or a rule above them answered first. "
                "If that is meant: @pytest.mark.odus(allow_unused=True)"
            )
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds the story to the first report that failed, and deletes the sandboxes after the last one.

    The fixture's own teardown would be too early: that of another fixture may still fail.
    """
    report = yield
    accounts = item.stash.get(_ACCOUNTS, None)
    if accounts and report.failed and item.stash.get(_TOLD, None) is not accounts:
        item.stash[_TOLD] = accounts
        for account in accounts:
            about = f" of {account.sandbox.name}" if account.title else ""
            report.sections.append((f"odus timeline{about}", _story(account.sandbox)))
    if accounts and report.when == "teardown":
        for account in accounts:
            account.maker.delete(account.sandbox)
        del item.stash[_ACCOUNTS]
    return report


# --- Sandboxes -------------------------------------------------------------------------------------------------------


class _Sandboxes:
    """Makes the sandboxes of the tests, all over one connection, and deletes them."""

    def __init__(self, config: pytest.Config, url: str) -> None:
        from mock_odus.driver import Connection

        self.config = config
        self.prefix = _prefix(config, is_shared=config.stash.get(_OWN_SERVER, None) != url)
        self.count = 0
        self.left: set[Driver] = set()
        try:
            self.connection = Connection(url)
        except ValueError as error:
            raise _failure(f"--odus-url, or odus_url in the ini file: {error}") from None

    def open(self, item: pytest.Item, marked: dict[str, Any]) -> Driver:
        """A sandbox for a test, as `marked` and the options say."""
        from mock_odus.driver import Driver, OdusApiError

        self.count += 1
        try:
            sandbox = Driver.open(
                self.connection.url,
                f"{self.prefix}-{self.count}",
                scenario=marked["scenario"] if "scenario" in marked else _scenario(self.config),
                rules=marked.get("rules", ()),
                now=marked.get("now"),
                seed=marked.get("seed", self.config.getoption("odus_seed")),
                scenarios=_scenarios_folder(self.config),
                folder=item.path.parent,
                connection=self.connection,
            )
        except OdusApiError as error:
            raise _failure(f"the sandbox of this test was refused:\n{_lines(error.problems)}") from None
        except OSError as error:
            raise _failure(f"the sandbox of this test could not be made: {error}") from None
        self.left.add(sandbox)
        accounts = item.stash.setdefault(_ACCOUNTS, [])
        title = f"account {sandbox.name}: " if accounts else ""
        accounts.append(_Account(sandbox, marked, self, title))
        return sandbox

    def delete(self, sandbox: Driver) -> None:
        """One that the test has deleted itself, or a server that is gone, is no reason to complain."""
        from mock_odus.driver import OdusApiError

        self.left.discard(sandbox)
        try:
            sandbox.close()
        except (OdusApiError, OSError):
            return

    def close(self) -> None:
        """Deletes what an interrupted run has left."""
        for sandbox in tuple(self.left):
            self.delete(sandbox)
        self.connection.close()


class _Account(NamedTuple):
    """A sandbox of a test, and what was asked for it. `title` begins messages about a test's further ones."""

    sandbox: Driver
    asked: dict[str, Any]
    maker: _Sandboxes
    title: str


_MISSED = "charges that no rule fitted, though the scenario says `unmatched: fail`"

_OWN_SERVER = pytest.StashKey[str]()
_ACCOUNTS = pytest.StashKey[list[_Account]]()
_TOLD = pytest.StashKey[list[_Account]]()


def _marked(item: pytest.Item) -> dict[str, Any]:
    """What the markers of a test say; the one nearest to the test wins, argument by argument."""
    marked: dict[str, Any] = {}
    for marker in item.iter_markers("odus"):
        if marker.args:
            raise _failure("@pytest.mark.odus takes keywords only, such as scenario='starter'")
        for name in marker.kwargs:
            if name not in ARGUMENTS:
                raise _failure(f"@pytest.mark.odus has no argument '{name}'{_nearest(name)}")
        marked = {**marker.kwargs, **marked}
    if not isinstance(marked.get("rules", []), list | tuple):
        raise _failure(f"@pytest.mark.odus: rules must be a list of rules, found {marked['rules']!r}")
    if not isinstance(marked.get("now"), str | None):
        raise _failure(f"@pytest.mark.odus: now must be text such as '2026-01-31T09:00:00Z', found {marked['now']!r}")
    return marked


def _failure(message: str) -> BaseException:
    """Fails a test with a message of ours, without a traceback through code that is not the user's."""
    return pytest.fail.Exception(message, pytrace=False)


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, ARGUMENTS, 1)
    return f"; did you mean '{near[0]}'?" if near else f"; it has {', '.join(ARGUMENTS)}"


def _prefix(config: pytest.Config, *, is_shared: bool) -> str:
    """How each sandbox's name begins: `t-gw0`; on a server that others may use, with a token of this run."""
    import os

    worker = getattr(config, "workerinput", {}).get("workerid", "main")
    return f"t-{os.urandom(4).hex()}-{worker}" if is_shared else f"t-{worker}"


def _scenario(config: pytest.Config) -> str | None:
    """The scenario that --odus-scenario names; a path is relative to where pytest was started."""
    named: str = config.getoption("odus_scenario")
    if named.endswith((".yaml", ".yml")):
        return str(config.invocation_params.dir / named)
    return None if named == "none" else named


def _scenarios_folder(config: pytest.Config) -> Any:
    named = config.getini("odus_scenarios_dir")
    if not named:
        return None
    folder = (config.inipath.parent if config.inipath else config.rootpath) / named
    if not folder.is_dir():
        raise _failure(f"odus_scenarios_dir names a folder that does not exist: {folder}")
    return folder


def _story(sandbox: Driver) -> str:
    """The timeline and the rules that decided nothing, or why they cannot be told."""
    from mock_odus.driver import OdusApiError

    try:
        story: str = sandbox.timeline().rstrip() or "nothing happened"
        if missed := _missed(sandbox):
            story += f"\n\n{_MISSED}:\n{_lines(missed)}"
        unused = sandbox.unused_rules(named=True)
    except (OdusApiError, OSError) as error:
        return f"cannot be read: {error}"
    return f"{story}\n\nrules never used:\n{_lines(unused)}" if unused else story


def _missed(sandbox: Driver) -> list[str]:
    """Each charge that met no rule and should have, and why the nearest ones did not fit."""
    from mock_odus.driver import OdusApiError, misses

    try:
        return [misses.told(miss) for miss in sandbox.all_misses()]
    except (OdusApiError, OSError):
        return []  # the test has deleted its sandbox itself, or the server is gone


def _lines(texts: Any) -> str:
    return "\n".join(f"  - {text}" for text in texts)
