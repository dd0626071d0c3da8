"""What stands beside the fixture: further accounts, expected events, the app's clock, and other ways to write tests."""

import pytest

from mock_odus.app import Server, create_app

pytest_plugins = ["pytester"]
FURTHER = "account t-*-2: "


@pytest.fixture(scope="module")
def shared():
    """The URL of a server that runs share."""
    server = Server(create_app())
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def run(pytester, shared):
    """Runs a test module."""

    def run(source, *options):
        pytester.makepyfile(source)
        return pytester.runpytest_inprocess("-W", "error", "-p", "no:cacheprovider", f"--odus-url={shared}", *options)

    return run


def test_further_accounts(run):
    """They are the test's own, begin as they are asked to, and are gone after it."""
    result = run("""
        made = []

        def test_two(odus, odus_factory):
            other = odus_factory(scenario=None, now="2027-03-01T00:00:00Z")
            made.append(other)
            assert ["2026-01-01T00:00:00.000Z", "2027-03-01T00:00:00.000Z"] == [odus.now, other.now]
            other.customers.create(email="sam@example.com")
            assert ["jane@example.com"] == [one.email for one in odus.customers.list()]

        def test_alone(odus_factory):
            assert "succeeded" == odus_factory().pay(500).status
            made[0].secret_key
            import pytest
            from mock_odus.driver import OdusApiError
            with pytest.raises(OdusApiError, match="401"):
                made[0].now
    """)
    result.assert_outcomes(passed=2)


def test_their_rules_must_be_used(run):
    """As those of the first; the report tells which account, and the story of each."""
    result = run("""
        RULE = {"name": "never", "when": {"amount": 1}, "then": "approve"}

        def test_unused(odus, odus_factory):
            odus_factory(rules=[RULE])

        def test_relaxed(odus, odus_factory):
            odus_factory(rules=[RULE], allow_unused=True)

        def test_misspelt(odus_factory):
            odus_factory(scenaro="starter")
    """)
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [f"*{FURTHER}rules never used:", "*odus timeline*", "*odus timeline of t-*-2*", "*did you mean 'scenario'?*"]
    )


def test_expected_events(odus):
    """Exactly these since the last time; a reset and a restored snapshot begin anew."""
    odus.pay(500)
    odus.expect_events(["payment.created", "payment.updated"])
    odus.expect_events([])
    odus.customers.create(email="sam@example.com")
    odus.snapshot("before")
    odus.expect_events(["customer.created"])
    odus.pay(500)
    odus.restore("before")
    odus.expect_events([])
    odus.reset()
    odus.expect_events([])


def test_other_events_than_expected(odus):
    """The difference is told, line by line."""
    odus.pay(500)
    with pytest.raises(AssertionError) as caught:
        odus.expect_events(["payment.created", "customer.created"])
    told = str(caught.value).splitlines()
    assert ["  payment.created", "- customer.created", "+ payment.updated"] == told[1:]


def test_the_clock_of_the_app(run):
    """It stands at the sandbox's instant, moves with it, and is given back; webhooks are taken at theirs."""
    result = run("""
        import time
        from datetime import datetime, timezone
        import pytest

        def now():
            return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")

        def test_clock(odus):
            before = time.time()
            with odus.freeze_app_clock():
                assert "2026-01-01T00:00:00.000Z" == now()
                odus.advance(by="1 month")
                assert "2026-02-01T00:00:00.000Z" == now()
                odus.reset()
                assert "2026-01-01T00:00:00.000Z" == now()
                with pytest.raises(RuntimeError, match="held already"), odus.freeze_app_clock():
                    pass
            assert time.time() >= before

        def test_webhooks(odus):
            seen = []

            def take(body, headers):
                seen.append((headers["x-mock-now"], now()))
                return 200

            odus.subscribe(odus.ids["jane"], odus.ids["pro_monthly"], card="4242424242424242")
            with odus.freeze_app_clock():
                odus.on_webhook(take)
                odus.advance(by="1 month 1 day")
            assert {("2026-02-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z")} == set(seen)
    """)
    result.assert_outcomes(passed=2)


def test_coroutines(run):
    """Tests of anyio use the fixture as it is."""
    result = run("""
        import asyncio
        import pytest

        @pytest.mark.anyio
        @pytest.mark.parametrize("anyio_backend", ["asyncio"])
        async def test_anyio(odus):
            assert "succeeded" == (await asyncio.to_thread(odus.pay, 500)).status
    """)
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("is_shared", [True, False])
def test_workers_never_meet(pytester, shared, is_shared):
    """With pytest-xdist, on servers of their own and on one server for all."""
    pytester.makepyfile("""
        import pytest

        @pytest.mark.parametrize("number", range(40))
        def test_alone(odus, number):
            assert [] == odus.payments.list()
            odus.pay(100 + number)
            assert [100 + number] == [one.amount for one in odus.payments.list()]
    """)
    where = [f"--odus-url={shared}"] if is_shared else []
    pytester.runpytest_subprocess("-n", "2", "-p", "no:cacheprovider", *where).assert_outcomes(passed=40)


def test_one_expected_event_is_still_a_list(odus):
    """A text would be taken letter by letter."""
    with pytest.raises(TypeError, match=r"takes a list of event types, such as \['payment.created'\]"):
        odus.expect_events("payment.created")
