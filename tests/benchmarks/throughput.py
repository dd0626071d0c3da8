"""Create, read, list and cascade against a bare Starlette app; and the same with a million payments stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median

from tests.benchmarks.figures import Figure, at_least, at_most, plain
from tests.benchmarks.load import PAIRS, Call, authorizing, posting, ratio, ratios
from tests.benchmarks.servers import (
    CREATE,
    Body,
    ask,
    bare_command,
    filled_command,
    free_port,
    mock_command,
    running,
)

GET, POST, CASCADE = 0.85, 0.70, 0.50
STORED, PAGE = 1.25, 1.5
FEW, MANY = 1_000, 1_000_000
OPEN = 80_000
"""Payments that one server authorizes at most."""

OPEN_FOR_LESS = 180_000
"""The same where two share a core."""

FILL_SECONDS = 900.0
CARD = json.dumps(
    {"type": "card", "card": {"number": "4242424242424242", "expMonth": "12", "expYear": "2030", "cvv": "100"}}
)


def sample() -> Body:
    """A payment as the mock answers it: the body of the bare app."""
    port = free_port()
    with running(mock_command(port), port):
        return ask(port, "POST", "/payments", CREATE)


def requests(folder: Path) -> Iterator[Figure]:
    """Create, read and list."""
    payment = sample()
    path = f"/payments/{payment['id']}"
    read, create, listed = [], [], []
    for _ in range(PAIRS):
        mock, bare, filled = free_port(), free_port(), free_port()
        with running(mock_command(mock), mock, core=0), running(bare_command(bare, path, payment), bare, core=0):
            mine = ask(mock, "POST", "/payments", CREATE)["id"]
            read += ratios(Call(mock, f"/payments/{mine}"), Call(bare, path))
            create += ratios(Call(mock, "/payments", posting(folder)), Call(bare, "/payments", posting(folder)))
        with running(filled_command(filled, FEW, 1, folder / "listed.txt"), filled, core=0):
            shown = ask(filled, "GET", "/payments")
            with running(bare_command(bare, "/list", shown), bare, core=0):
                listed += ratios(Call(filled, "/payments"), Call(bare, "/list"))
    yield at_least("requests", "read, against bare", median(read), GET)
    yield at_least("requests", "create, against bare", median(create), POST)
    yield plain("requests", "list of ten, against bare", median(listed))


def cascade(folder: Path) -> Iterator[Figure]:
    """Authorize, declined by two gateways and approved by the third, against a bare POST that answers the same."""
    found = []
    for _ in range(PAIRS):
        mock, bare, ids = free_port(), free_port(), folder / "open.txt"
        with running(filled_command(mock, 0, OPEN, ids), mock, core=0):
            paid = ask(mock, "POST", f"/payments/{ids.read_text().split()[-1]}/authorize", CARD)
            with running(bare_command(bare, "/read", paid), bare, core=0):
                mine = Call(mock, "/", authorizing(folder, ids, CARD), counted=True)
                found += ratios(mine, Call(bare, "/payments", posting(folder)))
    yield at_least("cascade", "authorize over three gateways, against bare", median(found), CASCADE)


def stored(folder: Path, many: int = MANY) -> Iterator[Figure]:
    """The same calls with a thousand payments stored and with a million."""
    few, open_few, much = (_Filled(folder, name) for name in ("few", "open", "many"))
    with few.running(FEW, 1), open_few.running(0, OPEN_FOR_LESS), much.running(many, OPEN_FOR_LESS):
        customer, mine = few.first
        own_customer, own = much.first
        calls = {
            "read": (f"/payments/{mine}", f"/payments/{own}", STORED),
            "list": ("/payments", "/payments", STORED),
            "page of a customer": (
                f"/payments?customer[eq]={customer}",
                f"/payments?customer[eq]={own_customer}",
                PAGE,
            ),
        }
        compared = f"{many:,} stored against {FEW:,}"
        for name, (one, other, target) in calls.items():
            slower = ratio(Call(few.port, one), Call(much.port, other))
            yield at_most("stored", f"{name}, {compared}", slower, target, "×")
        create = ratio(Call(few.port, "/payments", posting(folder)), Call(much.port, "/payments", posting(folder)))
        yield at_most("stored", f"create, {compared}", create, STORED, "×")
        slower = ratio(
            *(Call(one.port, "/", authorizing(folder, one.ids, CARD), counted=True) for one in (open_few, much))
        )
        yield at_most("stored", f"cascade, {compared}", slower, STORED, "×")


class _Filled:
    """A mock that holds payments already."""

    def __init__(self, folder: Path, name: str) -> None:
        self.port, self.ids = free_port(), folder / f"{name}.txt"

    def running(self, paid: int, unpaid: int) -> AbstractContextManager[object]:
        return running(filled_command(self.port, paid, unpaid, self.ids), self.port, core=0, seconds=FILL_SECONDS)

    @property
    def first(self) -> list[str]:
        """A customer, and a payment that nobody has paid."""
        return self.ids.read_text().split()[:2]
