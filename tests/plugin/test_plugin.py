"""What the fixture, the marker and the options promise, each in a pytest run of its own."""

import pytest

from mock_odus.app import Server, create_app
from mock_odus.driver import Connection, Driver

pytest_plugins = ["pytester"]


@pytest.fixture(scope="module")
def shared():
    """A handle on a server that is not the plugin's own: a run of its own server spends most of its time importing."""
    server = Server(create_app())
    server.start()
    connection = Connection(server.url)
    yield Driver(server.url, "skey_mock", connection=connection)
    connection.close()
    server.stop()


@pytest.fixture
def run(pytester, shared):
    """Runs a test module with the given options, on the shared server unless told otherwise."""

    def run(source, *options, url=shared.url):
        pytester.makepyfile(source)
        where = [f"--odus-url={url}"] if url else []
        return pytester.runpytest_inprocess(
            "-W", "error", "--strict-markers", "-p", "no:cacheprovider", *where, *options
        )

    return run


def fails(result, *lines):
    """The one test failed, and its report says so."""
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(lines)


def test_the_fixture_pays_at_once(run):
    """A test that only asks for `odus` can pay: a server starts by itself, and the starter world is there."""
    result = run(
        """
        def test_pay(odus):
            assert "t-main-1" == odus.name
            assert "succeeded" == odus.pay(2999, customer=odus.ids["jane"]).displayStatus
        """,
        url=None,
    )
    result.assert_outcomes(passed=1)


def test_two_tests_never_meet(run):
    """Each test has a sandbox of its own, on one server."""
    result = run(
        """
        seen = []

        def test_one(odus):
            odus.pay(100)
            seen.append(odus)

        def test_two(odus):
            assert [] == odus.payments.list()
            assert odus.url == seen[0].url
            assert odus.secret_key != seen[0].secret_key
        """,
        url=None,
    )
    result.assert_outcomes(passed=2)


def test_a_rule_that_was_never_used_fails_the_test(run):
    """Wherever in the test a rule was written, it must decide something; it is a failed test, not an error."""
    result = run("""
        import pytest

        RULE = {"name": "the big one", "when": {"amount": 777}, "then": "insufficient_funds"}
        SCENARIO = {"version": 1, "name": "mine", "rules": [RULE]}

        @pytest.mark.odus(rules=[RULE])
        def test_marker(odus):
            pass

        @pytest.mark.odus(scenario=SCENARIO)
        def test_document(odus):
            pass

        def test_rule(odus):
            odus.rule(RULE)

        def test_rule_and_reset(odus):
            odus.rule(RULE)
            odus.reset()

        def test_scenario(odus):
            odus.scenario(SCENARIO)
    """)
    result.assert_outcomes(failed=5)
    report, _, _ = result.stdout.str().partition("short test summary info")  # which repeats them where CI is set
    assert 5 == report.count("allow_unused=True")
    result.stdout.fnmatch_lines(["rules never used:", "  - the big one"] * 5)


def test_a_used_rule_stays_used(run):
    """A reset, a restored snapshot, another scenario or a removed rule do not undo that it was used."""
    result = run("""
        import pytest

        @pytest.mark.odus(rules=[{"then": "insufficient_funds"}])
        @pytest.mark.parametrize("then", ["reset", "restore", "scenario", "delete"])
        def test_used(odus, then):
            odus.snapshot("before")
            assert ["insufficient_funds"] * 2 == odus.attempts(payment=odus.pay(500)).declines
            if then == "reset":
                odus.reset()
            elif then == "restore":
                odus.restore("before")
            elif then == "scenario":
                odus.scenario("starter")
            else:
                odus.delete("/_mock/rules/" + odus.rules()[0].id)
    """)
    result.assert_outcomes(passed=4)


def test_a_rule_may_be_allowed_to_stay_unused(run):
    """allow_unused lets a test pass whose rules decided nothing."""
    result = run("""
        import pytest

        @pytest.mark.odus(rules=[{"then": "timeout"}], allow_unused=True)
        def test_nothing(odus):
            pass
    """)
    result.assert_outcomes(passed=1)


def test_rules_of_a_named_scenario_are_free_unless_strict(run):
    """Only strict=True demands the rules of a scenario that the test merely named."""
    result = run("""
        import pytest

        @pytest.mark.odus(scenario="cascade_failover")
        class TestNothing:
            def test_free(self, odus):
                pass

            @pytest.mark.odus(strict=True)
            def test_strict(self, odus):
                pass
    """)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*test_strict*", "rules never used:", "  - *EU gateway is down"])


MISSING = """
        import pytest

        RULES = [
            {"name": "big", "when": {"amount": {"gte": 9000}}, "then": "lost_card"},
            {"name": "other", "when": {"amount": 1, "currency": ["eur", "chf"]}, "then": "lost_card"},
        ]
        WORLD = {"version": 1, "name": "mine", "extends": "starter", "unmatched": "fail", "rules": RULES}
"""


@pytest.mark.parametrize("then", ["pass", "odus.reset()", "odus.scenario('starter')", "odus.restore('before')"])
def test_a_charge_that_no_rule_fitted_fails_the_test(run, then):
    """Where the scenario wants a rule for each charge, a miss is a failure, told with what came nearest."""
    result = run(f"""{MISSING}
        @pytest.mark.odus(scenario=WORLD, allow_unused=True)
        def test_passes(odus):
            odus.snapshot("before")
            payment = odus.pay(5000)
            assert ["generic_processor_error"] == odus.attempts(payment=payment).declines
            {then}
    """)
    fails(
        result,
        "charges that no rule fitted, though the scenario says `unmatched: fail`:",
        "  - authorize of 5000 usd at stripe_eu, 2026-01-01T00:00:00.000Z, pay_*",
        "      'big' is nearest:",
        "        amount must be {gte: 9000}, is 5000",
        "      'other':",
        "        amount must be 1, is 5000",
        "        currency must be any of eur, chf, is usd",
    )
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_misses_of_a_file_and_of_a_snapshot_are_known(run, pytester):
    """However the scenario came to run, and came back."""
    pytester.makefile(".yaml", strict="version: 1\nname: strict\nextends: starter\nunmatched: fail")
    result = run("""
        import pytest

        @pytest.mark.odus(scenario="strict.yaml")
        def test_file(odus):
            odus.pay(100)

        def test_later(odus):
            odus.scenario("strict.yaml")
            odus.pay(100)

        @pytest.mark.odus(scenario="strict.yaml")
        def test_back(odus):
            odus.snapshot("before")
            odus.scenario("starter")
            odus.restore("before")
            odus.pay(100)
    """)
    result.assert_outcomes(failed=3)
    report, _, _ = result.stdout.str().partition("short test summary info")
    assert 6 == report.count("authorize of 100 usd at stripe_eu")  # each in its message, and in its report
    assert "the scenario has no rules" in report


def test_a_scenario_that_is_met_passes(run):
    """A charge that a rule fits is no miss, nor is a refund; and without `unmatched: fail` there are none."""
    result = run(f"""{MISSING}
        @pytest.mark.odus(scenario=WORLD, allow_unused=True)
        def test_met(odus):
            odus.rule({{"then": "approve"}})
            odus.payments.reverse(odus.pay(9000))
            assert [] == odus.misses() == odus.all_misses()

        @pytest.mark.odus(scenario=WORLD | {{"unmatched": "approve"}}, allow_unused=True)
        def test_approved(odus):
            assert "succeeded" == odus.pay(5000, card="4000000000000002").status
            assert [] == odus.misses()
    """)
    result.assert_outcomes(passed=2)


def test_a_failure_names_the_misses(run):
    """A test that fails by itself tells them in its report, since they may be why."""
    result = run(f"""{MISSING}
        @pytest.mark.odus(scenario=WORLD)
        def test_wrong(odus):
            odus.rule({{"name": "once", "when": {{"currency": "eur"}}, "times": 1, "then": "approve"}})
            odus.rule({{"name": "never", "chance": "0%", "then": "approve"}})
            for currency in ("eur", "eur", "usd"):
                payment = odus.pay(5000, currency)
            assert "succeeded" == payment.status
    """)
    fails(
        result,
        "*assert 'succeeded' == *",
        "*odus timeline*",
        "charges that no rule fitted, *",
        "  - authorize of 5000 eur at stripe_eu, *",
        "        its chance of 0% was lost",
        "      'once':",
        "        it is spent after 1 try",
        "  - authorize of 5000 usd at stripe_eu, *",
        "rules never used:",
    )


def test_a_failed_test_is_not_scolded_for_its_rules(run):
    """The failure of the test itself is what is told; the unused rule is only listed."""
    result = run("""
        import pytest

        @pytest.mark.odus(rules=[{"name": "waits", "then": "timeout"}])
        def test_wrong(odus):
            assert 1 == 2
    """)
    fails(result, "*assert 1 == 2", "*odus timeline*", "rules never used:", "  - waits")
    result.stdout.no_fnmatch_line("*allow_unused*")


def test_a_failure_tells_the_story_once(run):
    """The report of a failed test has the timeline, with the gateway asked and the rule that decided."""
    result = run("""
        import pytest

        @pytest.fixture
        def shop(odus):
            yield odus
            raise RuntimeError("the teardown fails too")

        @pytest.mark.odus(scenario="cascade_failover")
        def test_wrong(shop):
            assert "failed" == shop.pay(100).displayStatus
    """)
    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["*odus timeline*", "*Stripe EU*rule 'the EU gateway is down'*", "  - the US gateway asks*"]
    )
    assert 1 == result.stdout.str().count("- odus timeline -")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_failing_fixture_tells_the_story(run, when):
    """The server and the sandbox are there for all fixtures of the last test, their setup and their teardown."""
    result = run(
        f"""
        import pytest

        @pytest.fixture
        def shop(odus):
            odus.pay(100)
            assert "{when}" != "before"
            yield
            raise RuntimeError("late")

        def test_fine(shop):
            pass
        """,
        url=None,
    )
    result.assert_outcomes(passed=int(when == "after"), errors=1)
    result.stdout.fnmatch_lines(["*odus timeline*", "*payment.created*"])


def test_a_report_holds_no_secrets(run):
    """Neither the card number nor the key is in the report of a call that the server refused."""
    result = run(
        """
        NUMBER = "4242" * 4

        def test_wrong(odus):
            payment = odus.pay(100, card=NUMBER)
            odus.payments.authorize(payment, card={"number": NUMBER}, nonsense=1)
        """,
        "-vv",
    )
    fails(result, "*OdusApiError: POST /payments/pay_*/authorize was answered by 400", "*nonsense*", "*odus timeline*")
    assert "42424242" not in result.stdout.str()
    assert "skey_" not in result.stdout.str()


def test_the_environment_is_set_and_restored(pytester):
    """The app under test finds Odus in its environment, for as long as the test runs."""
    pytester.makepyfile("""
        from os import environ

        environ["ODUS_SECRET_KEY"] = "mine"
        environ.pop("ODUS_BASE_URL", None)

        def test_during(odus):
            assert odus.url == environ["ODUS_BASE_URL"]
            assert odus.secret_key == environ["ODUS_SECRET_KEY"]
            assert odus.publishable_key == environ["ODUS_PUBLISHABLE_KEY"]

        def test_after():
            assert "mine" == environ["ODUS_SECRET_KEY"]
            assert "ODUS_BASE_URL" not in environ
    """)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("scenaro='starter'", "*no argument 'scenaro'; did you mean 'scenario'?"),
        ("'starter'", "*takes keywords only*"),
        ("scenario='startr'", "*unknown scenario 'startr'; did you mean 'starter'?*"),
        ("scenario='missing.yaml'", "*No such file*missing.yaml*"),
        ("scenario={'version': 1, 'name': 'x', 'rulse': []}", "  - rulse*did you mean 'rules'?"),
        ("rules=[{'then': 'unreachble'}]", "  - then: unknown outcome 'unreachble'; did you mean 'unreachable'?"),
        ("now='tomorrow'", "  - *tomorrow*"),
    ],
)
def test_a_mistake_in_the_marker_is_explained(run, given, told):
    """What is wrong with the marker is told in a line, without a traceback."""
    result = run(f"import pytest\n@pytest.mark.odus({given})\ndef test(odus): pass")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([told])
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")
    result.stdout.no_fnmatch_line("*During handling*")


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("odus.rule({'thn': 'approve'})", "E *- thn: is not a known field; did you mean 'then'?"),
        ("odus.scenario('startr')", "E *- startr: unknown scenario 'startr'; did you mean 'starter'?*"),
        ("odus.paymets.list()", "E   *odus has no 'paymets'; did you mean 'payments'?"),
    ],
)
def test_a_mistake_in_a_call_ends_at_its_line(run, call, told):
    """The report shows the test's own line, none of the code below it, and what was meant."""
    result = run(f"def test(odus):\n    {call}")
    fails(result, f">   *{call}", told)
    for other in ("*contextlib.py*", "*driver*__init__.py*"):
        result.stdout.no_fnmatch_line(other)


def test_a_mistake_in_a_file_has_its_line(run, pytester):
    """A problem of a scenario file names the file, the line and the column."""
    pytester.makefile(".yaml", bad="version: 1\nname: bad\nrules:\n  - then: declne\n")
    result = run("import pytest\n@pytest.mark.odus(scenario='bad.yaml')\ndef test(odus): pass")
    result.stdout.fnmatch_lines(["*bad.yaml:4:11: rules[[]0].then: unknown outcome 'declne'; did you mean 'decline'?"])


def test_a_file_brings_along_what_it_extends(run, pytester, shared):
    """Beside it and in the folder of scenarios, the whole chain, also for a server that has none of them."""
    folder = pytester.mkdir("scripts")
    (folder / "base.yaml").write_text("version: 1\nname: base\nextends: older\nworld: {customers: {sam: }}\n")
    (folder / "older.json").write_text('{"version": 1, "name": "older", "extends": "starter", "seed": 5}')
    pytester.makefile(
        ".yaml", child="version: 1\nname: child\nextends: near", near="{version: 1, name: x, extends: base}"
    )
    pytester.makeini("[pytest]\nodus_scenarios_dir = scripts")
    result = run("""
        import pytest

        NAMES = {"sam", "jane"}
        TODAY = "2026-05-05T00:00:00.000Z"

        @pytest.mark.odus(scenario="child.yaml", now="2026-05-05")
        def test_file(odus):
            assert NAMES == set(odus.ids.kinds["customers"])
            assert TODAY == odus.now

        @pytest.mark.odus(scenario="base")
        def test_name(odus):
            assert NAMES == set(odus.ids.kinds["customers"])

        @pytest.mark.odus(scenario={"version": 1, "name": "mine", "extends": "child"}, now="2026-05-05")
        def test_document(odus):
            assert NAMES == set(odus.ids.kinds["customers"])
            assert TODAY == odus.now
            odus.scenario({"version": 1, "name": "mine", "extends": "base"})
            assert NAMES == set(odus.ids.kinds["customers"])

        @pytest.mark.odus(scenario={"version": 1, "name": "mine", "extends": "older", "rules": [{"then": "approve"}]})
        def test_its_own_rules_must_be_used(odus):
            pass
    """)
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["rules never used:", "  - rules[[]0]"])


def test_a_mistake_in_what_is_extended_has_its_file(run, pytester):
    """Each problem names the file that it stands in."""
    pytester.makefile(
        ".yaml", child="version: 1\nname: child\nextends: base\nsead: 1", base="version: 1\nname: base\nsead: 2"
    )
    result = run("import pytest\n@pytest.mark.odus(scenario='child.yaml')\ndef test(odus): pass")
    known = "sead: is not a known field; did you mean 'seed'?"
    result.stdout.fnmatch_lines(
        [f"*{pytester.path}/child.yaml:4:1: {known}", f"*{pytester.path}/base.yaml:3:1: {known}"]
    )


def test_a_scenario_of_the_shipped_one_s_name_may_extend_it(run, pytester):
    """A file in the folder of scenarios that extends its own name means the one that the server has."""
    folder = pytester.mkdir("scripts")
    (folder / "starter.yaml").write_text("version: 1\nname: mine\nextends: starter\nworld: {customers: {sam: }}\n")
    pytester.makeini("[pytest]\nodus_scenarios_dir = scripts")
    run("def test(odus): assert {'sam', 'jane'} == set(odus.ids.kinds['customers'])").assert_outcomes(passed=1)


def test_the_marker_sets_the_first_instant_and_the_seed(run, pytester):
    """`now` wins over the scenario's own clock, also when that is a file; equal seeds make equal ids."""
    pytester.makefile(".yaml", later="version: 1\nname: later\nclock: {start: 2030-01-01T00:00:00Z}")
    result = run("""
        import pytest

        NOW = "2026-01-31T09:00:00.000Z"
        ids = []

        @pytest.mark.odus(scenario="later.yaml")
        def test_its_own(odus):
            assert "2030-01-01T00:00:00.000Z" == odus.now

        @pytest.mark.odus(scenario="later.yaml", now="2026-01-31T09:00:00Z")
        def test_file(odus):
            assert NOW == odus.now

        @pytest.mark.odus(now="2026-01-31T09:00:00Z")
        class TestNow:
            @pytest.mark.odus(seed=7)
            def test_seven(self, odus):
                assert NOW == odus.now
                ids.append(odus.pay(100).id)

            @pytest.mark.odus(seed=7)
            def test_seven_again(self, odus):
                assert odus.pay(100).id in ids

            @pytest.mark.odus(seed=8)
            def test_eight(self, odus):
                assert odus.pay(100).id not in ids
    """)
    result.assert_outcomes(passed=5)


def test_options_and_ini_say_how_sandboxes_begin(run, pytester):
    """--odus-scenario and --odus-seed hold where no marker speaks; odus_scenarios_dir comes before the server."""
    folder = pytester.mkdir("scripts")
    (folder / "no_luck.yaml").write_text("version: 1\nname: no luck\nworld: {customers: {sam: {}}}\n")
    pytester.makeini("[pytest]\nodus_scenarios_dir = scripts")
    result = run(
        """
        import pytest

        ids = []

        def test_option(odus):
            assert ["customers.sam", "sam"] == sorted(odus.ids)

        @pytest.mark.odus(scenario="starter")
        @pytest.mark.parametrize("seed", [3, pytest.param(4, marks=pytest.mark.odus(seed=4))])
        def test_seed(odus, seed):
            ids.append(odus.pay(100).id)
            assert len(ids) == len(set(ids))

        @pytest.mark.odus(scenario="starter", seed=3)
        def test_seed_of_the_option(odus):
            assert ids[0] == odus.pay(100).id

        @pytest.mark.odus(scenario=None)
        def test_empty(odus):
            assert {} == odus.ids
            odus.scenario("no_luck")
            assert "sam" in odus.ids
        """,
        "--odus-scenario=no_luck",
        "--odus-seed=3",
    )
    result.assert_outcomes(passed=5)


def test_another_server_serves_and_is_left_clean(run, shared):
    """--odus-url runs the same tests against any mock; their sandboxes have names of their own and are deleted."""
    result = run("""
        def test_pays(odus, pytestconfig):
            assert odus.url == pytestconfig.getoption("odus_url")
            assert 3 == odus.name.count("-")
            odus.pay(100)

        def test_fails(odus):
            assert False
    """)
    result.assert_outcomes(passed=1, failed=1)
    assert ["mock"] == [sandbox.name for sandbox in shared.get("/_mock/sandboxes")]


def test_an_interrupted_run_leaves_nothing(run, shared):
    """Ctrl-C in the middle of a test deletes its sandbox as well."""
    with pytest.raises(KeyboardInterrupt):
        run("def test_stop(odus): raise KeyboardInterrupt")
    assert ["mock"] == [sandbox.name for sandbox in shared.get("/_mock/sandboxes")]


def test_the_ini_file_may_name_the_server(run, pytester, shared):
    """odus_url is what --odus-url is, for every run."""
    pytester.makeini(f"[pytest]\nodus_url = {shared.url}")
    run(f"def test_there(odus): assert odus.url == '{shared.url}'", url=None).assert_outcomes(passed=1)


def test_a_server_that_is_not_there_is_named(run):
    """No mock at --odus-url is an error that says where it was looked for."""
    result = run("def test(odus): pass", url="http://127.0.0.1:9")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*could not be made: POST http://127.0.0.1:9/_mock/sandboxes: *refused*"])


def test_an_address_that_is_none_is_told(run):
    """Without a traceback, and where it may have come from."""
    result = run("def test(odus): pass", url="localhost:4010")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["--odus-url, or odus_url in the ini file: 'localhost:4010' is not the URL of a server; *"]
    )
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_workers_share_a_server(run, shared):
    """Under xdist no two tests meet, also on one server."""
    source = """
        import pytest

        @pytest.mark.parametrize("n", range(8))
        def test_alone(odus, n):
            odus.pay(100)
            assert 1 == len(odus.payments.list())
    """
    run(source, "-n", "2").assert_outcomes(passed=8)
    assert ["mock"] == [sandbox.name for sandbox in shared.get("/_mock/sandboxes")]


def test_a_project_that_does_not_use_it_loads_nothing(pytester):
    """The plugin adds options, a marker and fixtures: nothing else is there before a test asks for `odus`."""
    pytester.makepyfile("""
        import sys

        def test_idle():
            assert ["mock_odus.pytest_plugin"] == [name for name in sys.modules if name.startswith("mock_odus.")]
    """)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_a_marker_of_the_wrong_kind_is_told_of(run):
    """What was found and what is meant, without a traceback of ours."""
    result = run("""
        from datetime import datetime
        import pytest

        @pytest.mark.odus(rules={"then": "approve"})
        def test_rules(odus):
            pass

        @pytest.mark.odus(now=datetime(2026, 5, 5))
        def test_now(odus):
            pass
    """)
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        [
            "*@pytest.mark.odus: rules must be a list of rules, found {'then': 'approve'}",
            "*@pytest.mark.odus: now must be text such as '2026-01-31T09:00:00Z', found datetime.datetime(2026, 5, 5*",
        ]
    )
    result.stdout.no_fnmatch_line("*TypeError*")


def test_a_folder_of_scenarios_that_is_not_there_is_told_of(run, pytester):
    """The setting is named, and what it leads to."""
    pytester.makeini("[pytest]\nodus_scenarios_dir = nope")
    result = run("""
        def test_it(odus):
            pass
    """)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*odus_scenarios_dir names a folder that does not exist: *nope"])
