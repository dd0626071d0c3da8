"""The command line, as a shell sees it: what it prints where, and how it exits."""

import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mock_odus import __version__, cli

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "mock_odus"]
READY = re.compile(r"mock-odus ready on (http://\S+)\n")
GOOD = "version: 1\nname: good\nrules: [{then: insufficient_funds}]\n"
BAD = "version: 1\nname: bad\nrules: [{then: insuficient_funds}]\n"
UNMEANT = "version: 1\nname: odd\nrules:\n  - {then: approve}\n  - {then: insufficient_funds}\n"
UNBUILT = "version: 1\nname: unbuilt\nworld: {merchantConfig: {timezone: Mars/Olympus}}\n"


def environment(**variables):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MOCK_ODUS", "NO_COLOR"))}
    return clean | variables


def run(*arguments, **variables):
    """The finished process; it has ten seconds."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=10,
        env=environment(**variables),
        check=False,
    )


@contextmanager
def serving(*arguments, **variables):
    """A server, its URL, and what it had printed by the end."""
    with subprocess.Popen(
        [*COMMAND, "serve", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**variables),
    ) as process:
        first = process.stdout.readline()
        printed = {"process": process, "first": first, "url": first.split()[-1] if first else ""}
        try:
            yield printed
        finally:  # also when an assertion failed, or it would be waited for without end
            if process.poll() is None:
                process.terminate()
        rest, printed["stderr"] = process.communicate(timeout=10)
        printed["stdout"] = first + rest


def get(url, path, key="skey_mock", **headers):
    line = HTTPConnection(urlsplit(url).netloc, timeout=10)
    line.request("GET", path, None, {"Authorization": f"Bearer {key}"} | headers)
    answer = line.getresponse()
    raw = answer.read()
    line.close()
    return answer.status, json.loads(raw)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


# --- serve


def test_serve_prints_one_line_when_it_is_ready():
    """stdout has exactly the ready line, and the server answers from then on; everything else is on stderr."""
    with serving("--port", 0) as printed:
        assert READY.fullmatch(printed["first"])
        assert (200, "starter") == (200, get(printed["url"], "/_mock/scenario")[1]["name"])

    assert printed["first"] == printed["stdout"]
    for hint in ("skey_mock", "pk_mock", f"curl -s {printed['url']}/payments", "/_mock/clock"):
        assert hint in printed["stderr"]
    assert "\x1b" not in printed["stdout"] + printed["stderr"]
    assert "Traceback" not in printed["stderr"]


def test_the_curl_line_works_as_pasted(tmp_path):
    """The command that stderr shows makes a payment."""
    with serving("--port", 0) as printed:
        shown = ""
        while "-d '" not in shown:
            shown += printed["process"].stderr.readline()
        pasted = subprocess.run(
            ["sh", "-c", shown[shown.index("curl") :]], capture_output=True, text=True, timeout=10, check=False
        )

    assert "open" == json.loads(pasted.stdout)["status"]


def test_every_option_is_a_variable_too(tmp_path):
    """MOCK_ODUS_PORT and the others stand in for options; an option wins over its variable."""
    port = free_port()
    variables = {
        "MOCK_ODUS_PORT": str(port),
        "MOCK_ODUS_SECRET_KEY": "skey_own",
        "MOCK_ODUS_SCENARIO": "cascade_failover",
        "MOCK_ODUS_FREEZE_AT": "2027-01-01",
        "MOCK_ODUS_ALLOW_HOST": "mock.example other.example",
    }
    with serving(**variables) as printed:
        assert f"http://127.0.0.1:{port}" == printed["url"]
        assert "cascade failover" == get(printed["url"], "/_mock/scenario", key="skey_own")[1]["name"]
        status, clock = get(printed["url"], "/_mock/clock", key="skey_own", Host="other.example")
        assert (200, "2027-01-01T00:00:00.000Z") == (status, clock["now"])
        assert 401 == get(printed["url"], "/payments")[0]
    with serving("--port", 0, **variables) as printed:
        assert f":{port}" not in printed["url"]


def test_serve_takes_a_file_a_folder_and_a_seed(tmp_path):
    """A scenario may be a file, or a name in a folder of one's own; the seed makes the ids."""
    (tmp_path / "mine.yaml").write_text(GOOD)
    with serving("--port", 0, "--scenario", tmp_path / "mine.yaml", "--seed", 7) as printed:
        assert "good" == get(printed["url"], "/_mock/scenario")[1]["name"]
        config = get(printed["url"], "/merchant-configs")[1]["data"][0]["id"]
    with serving("--port", 0, "--scenario", "mine", "--scenarios", tmp_path, "--seed", 8) as printed:
        assert "good" == get(printed["url"], "/_mock/scenario")[1]["name"]
        assert config != get(printed["url"], "/merchant-configs")[1]["data"][0]["id"]
    with serving("--port", 0, "--scenario", "none") as printed:
        assert None is get(printed["url"], "/_mock/scenario")[1]["name"]


@pytest.mark.parametrize(
    ("options", "clock", "expected"),
    [
        ([], "", ("ticking", 1)),
        (["--rate", "60"], "", ("ticking", 60)),
        (["--freeze-at", "2027-01-01"], "", ("frozen", None)),
        ([], "clock: {mode: frozen}", ("frozen", None)),
        (["--rate", "60"], "clock: {mode: frozen}", ("ticking", 60)),
        (["--freeze-at", "2027-01-01"], "clock: {rate: 5}", ("frozen", None)),
    ],
    ids=str,
)
def test_serve_lets_the_clock_tick(tmp_path, options, clock, expected):
    """Unless an option says otherwise, or else the scenario; sandboxes made by API stand."""
    (tmp_path / "mine.yaml").write_text(f"{GOOD}{clock}\n")
    with serving("--port", 0, "--scenario", tmp_path / "mine.yaml", *options) as printed:
        told = get(printed["url"], "/_mock/clock")[1]

    assert expected == (told["mode"], told["rate"])


@pytest.mark.parametrize(("host", "shown"), [("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "127.0.0.1")])
def test_the_welcome_names_an_address_to_call(host, shown):
    """Every address is one to listen on, and none to paste."""
    with serving("--port", 0, "--host", host) as printed:
        port = urlsplit(printed["url"]).port
        told = ""
        while "-d '" not in told:
            told += printed["process"].stderr.readline()

    assert f"curl -s http://{shown}:{port}/payments" in told
    assert f"control API      http://{shown}:{port}/_mock/clock" in told


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_serve_stops_when_told(stop):
    """Both usual signals end it without a traceback, an open connection or not."""
    with serving("--port", 0) as printed, socket.create_connection(urlsplit(printed["url"]).netloc.split(":")) as line:
        line.sendall(b"GET /_mock/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        line.recv(4096)
        printed["process"].send_signal(stop)
        printed["process"].wait(10)

    assert "Traceback" not in printed["stderr"]
    assert printed["first"] == printed["stdout"]


def test_a_port_in_use_is_said():
    """Wrong use: exit 2, the address, and the way out; nothing on stdout."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", "--port", port)

    assert (2, "") == (done.returncode, done.stdout)
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use; --port 0 picks a free port\n" == done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["serve", "--port", "70000"], "70000"),
        (["serve", "--port", "x"], "'x'"),
        (["serve", "--scenario", "startr"], "did you mean 'starter'?"),
        (["serve", "--scenario", "missing.yaml"], "missing.yaml: cannot be read"),
        (["serve", "--freeze-at", "tomorrow"], "--freeze-at must be an instant such as"),
        (["serve", "--freeze-at", "2027-01-01", "--rate", "2"], "give one of them"),
        (["serve", "--rate", "0"], "'--rate'"),
        (["serve", "--rate", "nan"], "found nan"),
        (["serve", "--host", ""], "must not be empty"),
        (["serve", "--secret-key", ""], "must not be empty; leave it out for skey_mock"),
        (["serve", "--scenario", " "], "must not be empty; 'none' runs none"),
        (["serve", "--public-url", "mock.example"], "an example: https://"),
        (["serve", "--secret-key", "key", "--publishable-key", "key"], "must differ"),
        (["advance"], "one of --by, --to and --until is required"),
        (["serve", "--assumptions", "missing.yaml"], "missing.yaml"),
        (["serve", "--scenarios", "missing"], "missing"),
        (["serve", "--host", "256.0.0.1", "--port", "0"], "256.0.0.1"),
        (["serve", "extra"], "extra"),
        (["serve", "--prot", "1"], "--prot"),
        (["sevre"], "sevre"),
        (["check"], "FILES"),
        (["check", "missing.yaml"], "missing.yaml: cannot be read"),
        (["play"], "SCENARIO"),
        (["play", "startr"], "did you mean 'starter'?"),
        (["play", "missing.yaml"], "missing.yaml: cannot be read"),
        (["assumptions", "--assumptions", "missing.yaml"], "missing.yaml"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_wrong_use_is_exit_code_2(arguments, told):
    """A mistake of the caller is said on stderr, without a traceback, and exits 2."""
    done = run(*arguments)

    assert (2, "") == (done.returncode, done.stdout)
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_watches_its_scenario(tmp_path):
    """A change is loaded, and one that is broken is told on stderr with its place."""
    file = tmp_path / "mine.yaml"
    file.write_text(GOOD)
    with serving("--port", 0, "--scenario", file, "--watch") as printed:
        told = iter(printed["process"].stderr.readline, "")
        file.write_text(BAD)
        assert next(line for line in told if line.startswith(f"{file}:3:16: rules[0].then: unknown outcome"))
        assert "good" == get(printed["url"], "/_mock/scenario")[1]["name"]
        file.write_text("version: 1\nname: other\n")
        assert next(line for line in told if line.startswith(f"{file} has changed and was loaded again"))
        assert "other" == get(printed["url"], "/_mock/scenario")[1]["name"]


def test_serve_warns_of_what_cannot_be_meant(tmp_path):
    """With --strict it does not begin at all."""
    file = tmp_path / "odd.yaml"
    file.write_text(UNMEANT)
    with serving("--port", 0, "--scenario", file) as printed:
        assert "odd" == get(printed["url"], "/_mock/scenario")[1]["name"]
    done = run("serve", "--port", 0, "--scenario", file, "--strict")

    assert f"{file}:5:5: warning: rules[1]: never decides" in printed["stderr"]
    assert (2, "") == (done.returncode, done.stdout)
    assert f"{file}:5:5: warning: rules[1]: never decides" in done.stderr


@pytest.mark.parametrize(("level", "told"), [("info", True), ("warning", False)])
def test_serve_logs_as_much_as_it_is_told(level, told):
    """From info on each request, on stderr: stdout has its one line, whatever is logged."""
    with serving("--port", 0, MOCK_ODUS_LOG_LEVEL=level) as printed:
        get(printed["url"], "/customers")

    assert printed["first"] == printed["stdout"]
    assert told == ('"GET /customers HTTP/1.1" 200' in printed["stderr"])


# --- check


def test_check_says_well(tmp_path):
    """Good files exit 0, each with a line."""
    file = tmp_path / "good.yaml"
    file.write_text(GOOD)
    done = run("check", file, file)

    assert (0, f"{file}: well\n" * 2, "") == (done.returncode, done.stdout, done.stderr)


def test_check_warns(tmp_path):
    """Of what cannot be meant, which with --strict is a finding."""
    file = tmp_path / "odd.yaml"
    file.write_text(UNMEANT)
    done, strict = run("check", file), run("check", "--strict", file)
    warning = f"{file}:5:5: warning: rules[1]: never decides: 'rules[0]' stands above it and takes every charge"

    assert (0, [warning, f"{file}: well"]) == (
        done.returncode,
        [line[: len(warning)] for line in done.stdout.splitlines()],
    )
    assert (1, [warning]) == (strict.returncode, [line[: len(warning)] for line in strict.stdout.splitlines()])


def test_check_says_what_is_wrong_where(tmp_path):
    """A bad file exits 1 and tells file, line, column, path and the nearest word; a good one beside it is well."""
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(GOOD)
    bad.write_text(BAD)
    done = run("check", bad, good)

    assert 1 == done.returncode
    first, second = done.stdout.splitlines()
    assert first.startswith(f"{bad}:3:16: rules[0].then: ")
    assert first.endswith("did you mean 'insufficient_funds'?")
    assert f"{good}: well" == second


def test_check_finds_what_a_file_extends(tmp_path):
    """Beside the file and among the shipped; a problem names the file that it stands in."""
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("version: 1\nname: good\nextends: starter\n")
    assert 0 == run("check", good).returncode

    good.write_text("version: 1\nname: good\nextends: bad\n")
    bad.write_text(BAD)
    done = run("check", good)
    assert (1, f"{bad}:3:16: rules[0].then: unknown outcome 'insuficient_funds'") == (
        done.returncode,
        done.stdout.partition(";")[0],
    )


def test_check_finds_what_loading_would_refuse(tmp_path):
    """A world that cannot be made is a finding too."""
    file = tmp_path / "unbuilt.yaml"
    file.write_text(UNBUILT)
    done = run("check", file)

    assert 1 == done.returncode
    assert f"{file}:3:36: world.merchantConfig.timezone: must be an IANA timezone" in done.stdout


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"%PDF-1.4", b"[" * 100_000])
def test_check_reads_anything(tmp_path, raw):
    """Whatever a file holds is a finding, never a traceback."""
    (tmp_path / "odd.yaml").write_bytes(raw)
    done = run("check", tmp_path / "odd.yaml")

    assert (1, "") == (done.returncode, done.stderr)


def test_check_reads_on_after_a_missing_file(tmp_path):
    """A file that cannot be read exits 2; the others are checked all the same."""
    (tmp_path / "bad.yaml").write_text(BAD)
    done = run("check", tmp_path / "missing.yaml", tmp_path / "bad.yaml")

    assert 2 == done.returncode
    assert "missing.yaml: cannot be read" in done.stderr
    assert "did you mean 'insufficient_funds'?" in done.stdout


# --- play


def test_play_tells_who_was_asked_and_what_decided():
    """The shipped story: the EU gateway is down, the US one asks, the customer proves it, money goes back."""
    done = run("play", "cascade_failover")

    assert (0, "") == (done.returncode, done.stderr)
    asked = [line for line in done.stdout.splitlines() if "Stripe EU (stripe)" in line]
    assert "says processor_unavailable to 50.00 USD" in asked[0]
    assert "rule 'the EU gateway is down'" in asked[0]
    assert "Adyen US (adyen) asks for a challenge for 50.00 USD" in done.stdout
    assert "rule 'the US gateway asks who is paying'" in done.stdout
    assert "passed: the gateway approves 50.00 USD" in done.stdout
    assert "shown as partially_reversed" in done.stdout
    assert ["2026-01-01", "2026-01-02"] == [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert "\x1b" not in done.stdout


def test_play_is_the_same_every_time():
    """Two plays print the same, whatever the hash seed."""
    assert run("play", "starter", PYTHONHASHSEED="1").stdout == run("play", "starter", PYTHONHASHSEED="2").stdout


def test_play_takes_a_file(tmp_path):
    """A scenario of one's own is played from its file."""
    file = tmp_path / "mine.yaml"
    file.write_text(
        "version: 1\nname: mine\nworld:\n  gatewayProfiles: {eu: {integration: stripe}}\n"
        "  merchantConfig: {paymentMethodOptions: {card: {mode: gatewayProfile, gatewayProfile: eu}}}\n"
        "rules: [{name: no luck, then: [insufficient_funds, approve]}]\n"
    )
    done = run("play", file)

    assert 0 == done.returncode
    assert "says insufficient_funds to 50.00 USD" in done.stdout
    assert "rule 'no luck'" in done.stdout


def test_play_takes_out_a_subscription_where_there_is_one(tmp_path):
    """A scenario with a recurring price is played until it was renewed twice, and what comes in between is told."""
    file = tmp_path / "mine.yaml"
    file.write_text(
        "version: 1\nname: mine\nextends: starter\nworld:\n  products: {pro: {}}\n  prices:\n"
        "    monthly: {product: pro, type: recurring, currency: usd, billingSchedule: {cycleDefinitions: "
        "[{position: 1, amount: 2999, intervalUnit: month, intervalValue: 1}]}}\n"
        "rules: [{name: no luck, when: {initiator: merchant}, then: [insufficient_funds, approve]}]\n"
    )
    done = run("play", file)

    assert (0, "") == (done.returncode, done.stderr)
    days = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert ["2026-01-01", "2026-01-02", "2026-02-02", "2026-02-03", "2026-03-02"] == days
    assert 1 == done.stdout.count("says insufficient_funds to 29.99 USD")
    assert 3 == done.stdout.count("approves 29.99 USD")


def test_play_of_a_world_without_gateways_says_so():
    """A scenario in which nobody can pay is told in a sentence."""
    done = run("play", "test_cards")

    assert 2 == done.returncode
    assert "no payment method is available" in done.stderr
    assert "Traceback" not in done.stderr


def on_a_terminal(*arguments, **variables):
    """What a command prints when its stdout is a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=theirs, stderr=subprocess.PIPE, env=environment(TERM="xterm", **variables)
    ) as process:
        os.close(theirs)
        printed = b""
        try:
            while piece := os.read(ours, 65536):
                printed += piece
        except OSError:  # the terminal's other end was closed
            pass
        os.close(ours)
        process.communicate(timeout=10)
    return printed.decode()


def test_colours_are_for_terminals():
    """Colours on a terminal, none in a pipe, none with NO_COLOR."""
    coloured, plain = on_a_terminal("play", "starter"), on_a_terminal("play", "starter", NO_COLOR="1")

    assert "\x1b[32m" in coloured
    assert "\x1b" not in plain
    assert plain.replace("\r\n", "\n") == re.sub(r"\x1b\[\d+m", "", coloured).replace("\r\n", "\n")
    assert plain.replace("\r\n", "\n") == run("play", "starter").stdout


def test_an_empty_no_color_is_none():
    """NO_COLOR counts when it is not empty (no-color.org)."""
    assert "\x1b[32m" in on_a_terminal("play", "starter", NO_COLOR="")


# --- the rest


def test_assumptions_are_listed_with_their_reasons(tmp_path):
    """Every guess with its value and reason; a corrected one is marked."""
    plain = run("assumptions")
    file = tmp_path / "mine.yaml"
    file.write_text("statusCodes: {action: 200}\n")
    corrected = run("assumptions", "--assumptions", file)

    assert (0, 0) == (plain.returncode, corrected.returncode)
    assert "statusCodes.action: 201\n    POST /payments answers 201" in plain.stdout
    assert "policies.dunning.days: 1, 3, 5\n" in plain.stdout
    assert "policies.dunning.stop_on_hard_decline: false\n" in plain.stdout
    assert "(corrected" not in plain.stdout
    assert "statusCodes.action: 200 (corrected; ours: 201)\n" in corrected.stdout
    assert corrected.stdout == run("assumptions", MOCK_ODUS_ASSUMPTIONS=str(file)).stdout


def test_a_corrected_assumption_holds(tmp_path):
    """`serve --assumptions` answers as corrected."""
    file = tmp_path / "mine.yaml"
    file.write_text("statusCodes: {notFound: 410}\n")
    with serving("--port", 0, MOCK_ODUS_ASSUMPTIONS=str(file)) as printed:
        assert 410 == get(printed["url"], "/payments/pay_x")[0]


@pytest.mark.parametrize(
    "text", ["statusCode: {action: 200}", "statusCodes: {acton: 200}", "statusCodes: {action: x}", "["]
)
def test_a_correction_that_cannot_be_is_wrong_use(tmp_path, text):
    """An unknown or impossible correction exits 2 and names the file."""
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    done = run("assumptions", "--assumptions", file)

    assert 2 == done.returncode
    assert "mine.yaml" in done.stderr
    assert "Traceback" not in done.stderr


def test_openapi_prints_both_documents(tmp_path):
    """What is printed is what is served, corrections included."""
    file = tmp_path / "mine.yaml"
    file.write_text("paths: {payments.capture: '/payments/{id}/settle'}\n")
    with serving("--port", 0, "--assumptions", file) as printed:
        for path, options in {"/openapi.json": [], "/_mock/openapi.json": ["--control"]}.items():
            done = run("openapi", *options, "--assumptions", file)
            served = get(printed["url"], path)[1]
            assert (0, "") == (done.returncode, done.stderr)
            assert served | {"servers": [{"url": "http://127.0.0.1:4010"}]} == json.loads(done.stdout)
            assert [{"url": printed["url"]}] == served["servers"]


def test_openapi_refuses_a_bad_correction(tmp_path):
    """A file that cannot be read exits 2 and prints nothing."""
    done = run("openapi", "--assumptions", tmp_path / "none.yaml")

    assert (2, "") == (done.returncode, done.stdout)
    assert "none.yaml" in done.stderr


def test_the_version_is_told():
    """--version names the program and its version."""
    done = run("--version")

    assert (0, f"mock-odus, version {__version__}\n") == (done.returncode, done.stdout)


@pytest.mark.parametrize(
    "command", [[], ["serve"], ["check"], ["play"], ["advance"], ["assumptions"], ["openapi"], ["verify"]]
)
def test_help_explains_each_command(command):
    """-h and --help exit 0 and say the same."""
    short, long = run(*command, "-h"), run(*command, "--help")

    assert (0, 0) == (short.returncode, long.returncode)
    assert short.stdout == long.stdout
    assert "Usage:" in short.stdout


def test_the_page_of_the_command_line_is_up_to_date():
    """docs/cli.md is what `python -m scripts.cli_page` writes."""
    code = "from scripts.cli_page import page; print(page(), end='')"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told == (ROOT / "docs/cli.md").read_text(encoding="utf-8")


def test_every_option_has_its_variable():
    """MOCK_ODUS_ and the option's own name, whatever the command."""
    for command in cli.main.commands.values():
        prefix = command.context_settings.get("auto_envvar_prefix")
        for option in (one for one in command.params if one.param_type_name == "option"):
            known = option.envvar or f"{prefix}_{option.name.upper()}"
            spelled = option.opts[-1].removeprefix("--").replace("-", "_").upper()
            assert f"MOCK_ODUS_{spelled}" in ([known] if isinstance(known, str) else known)


def test_ids_are_told():
    """Those that the running sandbox has, by kind and name."""
    told = dict(line.split() for line in run("ids", "starter").stdout.splitlines())
    with serving("--port", 0) as server:
        line = HTTPConnection(urlsplit(server["url"]).netloc, timeout=10)
        line.request("GET", "/_mock/scenario")
        world = json.loads(line.getresponse().read())["world"]
        line.close()
    assert {f"{kind}.{name}": id for kind, named in world.items() for name, id in named.items()} == told


def test_ids_of_nothing_that_is_known():
    """A name that is none gets the nearest, and exit code 2."""
    told = run("ids", "startr")
    assert (2, "") == (told.returncode, told.stdout)
    assert "did you mean 'starter'?" in told.stderr


def test_scenarios_are_listed(tmp_path):
    """The shipped ones and those of a folder, each with its first sentence; a broken one spoils nothing."""
    (tmp_path / "mine.yaml").write_text("version: 1\nname: mine\nabout: It rains. All day.\n", encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("- [\n", encoding="utf-8")
    told = run("scenarios", "--scenarios", tmp_path)
    found = dict(line.split(maxsplit=1) for line in told.stdout.splitlines())
    assert (0, "It rains.") == (told.returncode, found["mine"])
    assert found["three_strikes"].startswith("Jane's first renewal is declined three times")
    assert "mock-odus check broken.yaml" in found["broken"]
