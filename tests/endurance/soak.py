"""Anything at all, a million times over, in two hundred sandboxes: what may never happen does not.

scripts/soak starts the server in a process of its own and speaks to it over HTTP. Each sandbox lives a life drawn from
the seed: payments, subscriptions, jumps of the clock, snapshots, webhooks, and all kinds of faults that its scenario
scripts. What holds all the while:

- no answer is a fault of the server's that no scenario has asked for, and none is missing;
- no event is lost: it was taken, given up after all attempts, dropped by a scenario, or is still to be told;
- money is conserved: the ledger of paid invoices, the transactions of each payment, and every other invariant;
- memory is flat: it is looked at when all sandboxes are gone, ten times.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from threading import Barrier, Lock, Thread
from time import perf_counter
from typing import Any

from tests.endurance.visitor import Visitor
from tests.endurance.wire import Receiver, Wire

ROOT = Path(__file__).parents[2]
ROUNDS = 10
GROWTH = 1.10
"""How much more memory the last round may leave in use than the second; the first one is for warming up."""


class Soak:
    """`worked` is what was counted, `wrong` what may not be, `memory` the bytes in use after each round."""

    def __init__(self, port: int, requests: int, sandboxes: int, workers: int, seed: int) -> None:
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.memory: list[int] = []
        self._port, self._seed = port, seed
        self._share = requests // ROUNDS // workers
        self._names = [f"soak-{number}" for number in range(sandboxes)]
        self._workers = workers
        self._receiver = Receiver()
        self._lock = Lock()
        self._began = perf_counter()

    def run(self) -> None:
        barrier = Barrier(self._workers, self._look)
        names = [self._names[place :: self._workers] for place in range(self._workers)]
        threads = [Thread(target=self._work, args=(some, barrier)) for some in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self, names: list[str], barrier: Barrier) -> None:
        wire = Wire(self._port)
        try:
            for number in range(ROUNDS):
                visitors = [Visitor(name, f"{self._seed}/{number}/{name}", wire, self._receiver) for name in names]
                for visitor in visitors:
                    visitor.begin()
                    self.wrong += visitor.wrong  # the others need not wait for the end of the round
                while sum(visitor.counts["requests"] for visitor in visitors) < self._share and not self.wrong:
                    for visitor in visitors:
                        visitor.act()
                for visitor in visitors:
                    visitor.end()
                with self._lock:
                    for visitor in visitors:
                        self.counts += visitor.counts
                        self.wrong += visitor.wrong  # the others need not wait for the end of the round
                barrier.wait()
        except BaseException as error:  # a fault of the soak's own: the others need not wait
            self.wrong.append(f"the soak itself failed: {error!r}")
            barrier.abort()
            raise
        finally:
            wire.close()

    def _look(self) -> None:
        """Between two rounds nothing is there but the default sandbox."""
        wire = Wire(self._port)
        self.memory.append(wire("POST", "/_mock/soak/memory", {}, key="skey_mock").json["bytes"])
        wire.close()
        seconds = perf_counter() - self._began
        said = f"round {len(self.memory)}: {self.counts['requests']:,} requests in {seconds:.0f} s"
        print(f"{said}, {self.memory[-1] / 1e6:.1f} MB in use, {len(self.wrong)} wrong", flush=True)

    @property
    def is_flat(self) -> bool:
        return len(self.memory) == ROUNDS and self.memory[-1] <= GROWTH * self.memory[1]

    def report(self) -> str:
        """Everything that was counted, and what was wrong."""
        groups = ("answered ", "tellings ")
        plain = {name: count for name, count in self.counts.items() if not name.startswith(groups)}
        lines = [f"{count:>12,}  {name}" for name, count in sorted(plain.items(), key=lambda item: -item[1])]
        for group in groups:
            found = {name: count for name, count in self.counts.items() if name.startswith(group)}
            lines += [f"{count:>12,}  {name}" for name, count in sorted(found.items())]
        lines.append(f"{self._receiver.posts:>12,}  posts came in at the receiver")
        memory = " ".join(f"{bytes / 1e6:.1f}" for bytes in self.memory)
        lines.append(f"memory in use after each round, in MB: {memory}{'' if self.is_flat else '   NOT FLAT'}")
        lines += [f"WRONG {text}" for text in self.wrong[:20]]
        return "\n".join(lines)


def soak(requests: int, sandboxes: int = 200, workers: int = 4, seed: int = 1) -> Soak:
    """Runs it against a server of its own. What is wrong is in the answer."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.endurance.soaked", str(port)]
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(command, cwd=ROOT, stderr=log) as server,
    ):
        _wait_for(port)
        found = Soak(port, requests, sandboxes, workers, seed)
        found.run()
        server.terminate()
        server.wait(10)
        log.seek(0)
        if errors := log.read():
            found.wrong.insert(0, f"the log of the server is not empty: {errors[-3000:]}")
    return found


def _wait_for(port: int) -> None:
    end = perf_counter() + 60
    while perf_counter() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except ConnectionRefusedError:
            continue
    raise SystemExit("the server did not start")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--sandboxes", type=int, default=200)
    parser.add_argument("--workers", type=int, default=4, help="how many ask at the same time")
    parser.add_argument("--seed", type=int, default=1)
    options: dict[str, Any] = vars(parser.parse_args())
    print(json.dumps(options), flush=True)
    began = perf_counter()
    found = soak(**options)
    print(found.report())
    seconds = perf_counter() - began
    well = not found.wrong and found.is_flat
    print(f"{'well' if well else 'NOT WELL'}: {found.counts['requests']:,} requests in {seconds:.0f} s")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
