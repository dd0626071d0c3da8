"""Time travel and webhooks: years of subscriptions in one advance over HTTP, and the posts that come of it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from threading import Event, Thread

from tests.benchmarks.figures import Figure, at_least, at_most, note, plain
from tests.benchmarks.load import Call, posting, rates
from tests.benchmarks.servers import ask, bare_command, free_port, measured_apart, running
from tests.benchmarks.throughput import sample

YEARS = 3
"""How often each is lived through; the median counts."""

YEAR_SECONDS, RENEWALS_A_SECOND = 1.5, 10_000.0
RENEWAL_KB, MILLION_TARGET, PAUSE_MS = 5.0, 1.8, 100.0
DELIVERIES_A_SECOND = 1_000.0
FILL_SECONDS = 300.0

RECEIVER = """
import asyncio, re, sys

class Receiver(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.held = transport, b""

    def data_received(self, data):
        self.held += data
        head, found, rest = self.held.partition(b"\\r\\n\\r\\n")
        if found and len(rest) >= int(re.search(rb"(?i)content-length: *([0-9]+)", head)[1]):
            self.held = b""
            self.transport.write(b"HTTP/1.1 200 OK\\r\\ncontent-length: 0\\r\\n\\r\\n")

async def serve():
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()

asyncio.run(serve())
"""


def travel(folder: Path) -> Iterator[Figure]:
    """A year of subscriptions in one advance, and how long others wait for an answer meanwhile."""
    declined = median(year(1_000, "30%")[0] for _ in range(YEARS))
    yield at_most("travel", "1,000 subscriptions a year, 30 % declined", declined, YEAR_SECONDS, "s")
    taken, pauses = zip(*(year(10_000, "0%") for _ in range(YEARS)))
    seconds, pause = median(taken), max(pauses)
    renewed, each, _ = renewals(10_000, 12)
    yield at_least("travel", "10,000 subscriptions a year, renewals", renewed / seconds, RENEWALS_A_SECOND, "/s")
    plainly = _bare_creates(folder)
    yield plain("travel", "creates of the bare app on this machine", plainly, "/s")
    yield plain("travel", "renewals, against them", renewed / seconds / plainly)
    yield at_most("travel", "longest wait of another meanwhile", pause * 1000, PAUSE_MS, "ms")
    yield at_most("travel", "a renewal", each / 1000, RENEWAL_KB, "KB")


def million(folder: Path) -> Iterator[Figure]:
    """A renewal when there have been a million, against one of ten thousand."""
    renewed, each, slow = renewals(84_000, 12)
    _, _, quick = renewals(10_000, 1)
    note(f"{renewed:,.0f} renewals kept, {each / 1000:.2f} KB each: {slow:.0f} us against {quick:.0f} us")
    yield at_most("million", "a renewal after a million of them", slow / quick, MILLION_TARGET, "×")


def webhooks(folder: Path) -> Iterator[Figure]:
    """Signed posts a second in an advance that waits for each, to a receiver that does nothing, on another core."""
    port, hooks = free_port(), free_port()
    receiver = [sys.executable, "-c", RECEIVER, str(hooks)]
    with running(receiver, hooks, core=1), running(_subscribed(port, 200, "0%"), port, core=0, seconds=FILL_SECONDS):
        ask(port, "POST", "/webhook-subscribers", json.dumps({"url": f"http://127.0.0.1:{hooks}/", "events": ["*"]}))
        began = time.perf_counter()
        report = ask(port, "POST", "/_mock/clock/advance", json.dumps({"by": "1 year"}), seconds=600)
        seconds = time.perf_counter() - began
    told = report["deliveries"]
    assert isinstance(told, dict)
    note(f"{told['delivered']:,} deliveries in {seconds:.2f} s, {told['failed']} failed")
    yield at_least("webhooks", "deliveries in an advance", told["delivered"] / seconds, DELIVERIES_A_SECOND, "/s")


def year(count: int, chance: str) -> tuple[float, float]:
    """The seconds of a year, and the longest that a health request had to wait, asked every 50 ms from another core."""
    port = free_port()
    with running(_subscribed(port, count, chance), port, core=0, seconds=FILL_SECONDS):
        done = Event()
        waits: list[float] = []

        def probe() -> None:
            while not done.wait(0.05):
                began = time.perf_counter()
                ask(port, "GET", "/_mock/health")
                waits.append(time.perf_counter() - began)

        prober = Thread(target=probe)
        prober.start()
        began = time.perf_counter()
        report = ask(port, "POST", "/_mock/clock/advance", json.dumps({"by": "1 year"}), seconds=600)
        seconds = time.perf_counter() - began
        done.set()
        prober.join()
    note(f"{count:,} subscriptions, {chance} declined: {report['jobs']:,} jobs in {seconds:.2f} s")
    return seconds, max(waits, default=0.0)


def renewals(count: int, months: int) -> tuple[float, float, float]:
    """How many there were, the bytes each takes, and its microseconds in the last month."""
    renewed, each, microseconds = measured_apart(f"import subscribed; subscribed.measure({count}, {months})")
    return renewed, each, microseconds


def _bare_creates(folder: Path) -> float:
    """How many a second: it says how fast the machine is."""
    payment, port = sample(), free_port()
    with running(bare_command(port, "/read", payment), port, core=0):
        return rates(Call(port, "/payments", posting(folder)))[0]


def _subscribed(port: int, count: int, chance: str) -> list[str]:
    return [sys.executable, str(Path(__file__).with_name("subscribed.py")), str(port), str(count), chance]
