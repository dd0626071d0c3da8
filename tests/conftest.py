"""For all tests: what the engine's part took, since it has a budget of two seconds."""

from __future__ import annotations

import pytest

ENGINE_SECONDS = 2.0


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [
        report
        for outcome in ("passed", "failed", "error")
        for report in terminalreporter.stats.get(outcome, [])
        if getattr(report, "nodeid", "").startswith("tests/engine/")
    ]
    if reports:
        seconds = sum(report.duration for report in reports)
        late = "" if seconds <= ENGINE_SECONDS else f", over its budget of {ENGINE_SECONDS:.0f} s"
        terminalreporter.write_line(f"engine: {len(reports)} tests took {seconds:.2f} s{late}")
