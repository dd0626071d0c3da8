"""What `mock-odus advance` does: moves the clock of a running mock over HTTP, and tells what came of it.

A year may hold a million jobs, so it goes in slices: each ends at a job, and the next goes on to where the first was
going. The result is that of one long advance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from mock_odus.driver import Connection, Record
from mock_odus.driver.slices import added, joined
from mock_odus.timeline import money

SLICE = 2_000  # jobs in one request: less than a second
MOST = 1_000_000  # jobs in all
MONTHS_SHOWN = 24
TIMEOUT_SECONDS = 600.0

COLUMNS = {
    "started": "started",
    "renewed": "renewed",
    "recovered": "recovered",
    "declined": "declined",
    "givenUp": "given up",
    "ended": "ended",
}

Watch = Callable[[str], None]


def travel(
    connection: Connection, key: str, where: dict[str, str], *, watch: Watch, slice: int = SLICE, most: int = MOST
) -> Record:
    """The report of an advance by, to or until something, in slices; `watch` is told how far it is.

    A clock that ticks stands meanwhile. OdusApiError, ConnectionError.
    """
    with _standing(connection, key):
        whole = report = _ask(connection, key, where | {"maxSteps": min(slice, most)})
        while report.stoppedEarly and whole.jobs < most:
            watch(_progress(whole))
            wanted = {"to": report.target} if report.target else where
            report = _ask(connection, key, wanted | {"maxSteps": min(slice, most - whole.jobs)})
            whole = joined(whole, report)
        return whole


def rehearse(connection: Connection, key: str, where: dict[str, str]) -> Record:
    """The report that it would be; nothing is changed. OdusApiError, ConnectionError."""
    return _ask(connection, key, where | {"dryRun": True})


@contextmanager
def _standing(connection: Connection, key: str) -> Iterator[None]:
    """Between two slices nothing may run that no report tells of."""
    clock = connection.ask("GET", "/_mock/clock", key=key)
    if clock.mode == "ticking":
        connection.ask("POST", "/_mock/clock/freeze", {}, key=key)
    try:
        yield
    finally:
        if clock.mode == "ticking":
            connection.ask("POST", "/_mock/clock/tick", {"rate": clock.rate}, key=key)


def _ask(connection: Connection, key: str, body: dict[str, Any]) -> Record:
    report: Record = connection.ask("POST", "/_mock/clock/advance", body, key=key)
    return report


def _progress(report: Record) -> str:
    """How far it is, and in which year."""
    text = f"{report.to[:10]}  {report.jobs:,} jobs"
    if not report.target:
        return text
    start, now, end = (datetime.fromisoformat(instant) for instant in (report["from"], report.to, report.target))
    return f"{text}  {(now - start) / (end - start):.0%}" if end > start else text


# --- the story of the time


def told(report: Record) -> str:
    """What happened, by counts and by months, or by years when it was a long time."""
    events = sum(report.events.values())
    counts = f"{report.jobs:,} jobs, {report.attempts:,} attempts, {events:,} events"
    lines = [f"{report['from']} → {report.to}", counts]
    if report.months:
        lines += ["", *_table(_grouped(report.months))]
    if report.rules:
        lines += ["", "rules: " + ", ".join(f"{name} ({hits:,})" for name, hits in report.rules.items())]
    if report.agenda:
        due = report.agenda[0]
        lines += ["", f"next: {due.at} {due.kind.replace('_', ' ')} {due.subject}"]
    if report.hint:
        lines += ["", report.hint]
    return "\n".join(lines)


def _grouped(months: list[Record]) -> list[Record]:
    """Months, or years where there are too many to read."""
    if len(months) <= MONTHS_SHOWN:
        return months
    years: dict[str, Record] = {}
    for month in months:
        year = Record(month, month=month.month[:4])
        years[year.month] = added(years[year.month], year) if year.month in years else year
    return list(years.values())


def _table(rows: list[Record]) -> Iterator[str]:
    """A line for each, and their sum; what never happened has no column."""
    total = rows[0]
    for row in rows[1:]:
        total = added(total, row)
    shown = [name for name in COLUMNS if total[name]]
    widths = [max(len(COLUMNS[name]), len(f"{total[name]:,}")) for name in shown]
    heads = [f"{COLUMNS[name]:>{width}}" for name, width in zip(shown, widths, strict=True)]
    yield "  ".join([f"{'':<7}", *heads, "charged"]).rstrip()
    for name, row in [*((row.month, row) for row in rows), ("in all", total)]:
        cells = [f"{row[column]:>{width},}" for column, width in zip(shown, widths, strict=True)]
        charged = ", ".join(money(amount, currency) for currency, amount in sorted(row.charged.items()))
        yield "  ".join([f"{name:<7}", *cells, charged]).rstrip()
