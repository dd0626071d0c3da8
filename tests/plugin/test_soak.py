"""A thousand tests in two workers, as a large suite is run: nobody meets anybody, whoever serves."""

import pytest

from mock_odus.app import Server, create_app

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.soak

TESTS = """
import pytest

from mock_odus.driver import OdusApiError

@pytest.mark.parametrize("number", range(1000))
def test_alone(odus, number):
    amount = 1000 + number
    odus.rule({"name": f"rule {number}", "when": {"amount": amount}, "then": ["insufficient_funds", "approve"]})
    heard = []
    odus.on_webhook(lambda body, headers: heard.append(headers["x-mock-now"]) or 200)
    payment = odus.pay(amount, customer=odus.ids["jane"])
    odus.advance(by=f"{number % 27 + 1} days")
    paid = odus.pay(payment=payment)
    assert ("open", "succeeded", amount) == (payment.status, paid.status, paid.amountCaptured)
    assert [paid.id] == [one.id for one in odus.payments.list()]
    assert [f"rule {number}"] == [rule.name for rule in odus.rules()]
    assert f"2026-01-{number % 27 + 2:02}T00:00:00.000Z" == odus.now == heard[-1]
"""

REPORT = """
from collections import Counter
from statistics import median

costs, spent = Counter(), Counter()

def pytest_runtest_logreport(report):
    (spent if report.when == "call" else costs)[report.nodeid] += report.duration

def pytest_terminal_summary(terminalreporter):
    if costs:
        terminalreporter.write_line(f"fixture: {median(costs.values()) * 1000:.2f} ms median of {len(costs)}")
        terminalreporter.write_line(f"test: {median(spent.values()) * 1000:.2f} ms median")
"""


@pytest.mark.parametrize("serving", ["a server for all", "a server for each worker"])
def test_a_thousand_tests_never_meet(pytester, pytestconfig, serving):
    """Each sees its own payments, rules, webhooks and time, and nothing else; what the fixture costs is told."""
    pytester.makepyfile(TESTS)
    pytester.makeconftest(REPORT)
    server = Server(create_app()) if serving == "a server for all" else None
    if server:
        server.start()
    where = [f"--odus-url={server.url}"] if server else []
    try:
        result = pytester.runpytest_subprocess("-n", "2", "-q", "-p", "no:cacheprovider", *where)
    finally:
        if server:
            server.stop()
    result.assert_outcomes(passed=1000)
    told = [line for line in result.outlines if line.startswith(("fixture:", "test:", "1000 passed"))]
    pytestconfig.pluginmanager.getplugin("terminalreporter").write_line(f"\n{serving}: {', '.join(told)}")
