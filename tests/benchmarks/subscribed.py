"""A mock with subscriptions: subscribed.py PORT COUNT CHANCE. Each is monthly; CHANCE (0% to 100%) of renewals fail.

They begin spread over a month, so that no two days are alike.
"""

from __future__ import annotations

import gc
import sys
import tempfile
from pathlib import Path
from resource import getpagesize
from time import perf_counter

from mock_odus.app import Server, create_app
from mock_odus.engine import authorizations, customers, payments, periods
from mock_odus.engine.billing import Invoice
from mock_odus.engine.bodies import (
    AuthorizePayment,
    CardDetails,
    CreateCart,
    CreateCartItem,
    CreateCustomer,
    CreatePayment,
)
from mock_odus.engine.records import Price
from mock_odus.engine.world import World

SCENARIO = """
version: 1
name: subscribed
clock: {{start: 2026-01-01T00:00:00Z, mode: frozen}}
world:
  gatewayProfiles: {{one: {{integration: stripe}}}}
  merchantConfig: {{paymentMethodOptions: {{card: {{mode: gatewayProfile, gatewayProfile: one}}}}}}
  products: {{pro: {{}}}}
  prices:
    monthly:
      product: pro
      type: recurring
      currency: usd
      billingSchedule: {{cycleDefinitions: [{{position: 1, amount: 2999, intervalUnit: month, intervalValue: 1}}]}}
rules:
  - {{when: {{initiator: merchant}}, chance: {chance}, then: insufficient_funds}}
"""
MONTH = 27 * 24 * 3_600_000
"""Milliseconds over which they begin."""


def main(port: int, count: int, chance: str) -> None:
    front = create_app(scenario=_file(chance))
    fill(front.sandboxes.default.world, count)
    Server(front, port=port).run()


def fill(world: World, count: int) -> None:
    price = next(iter(world.table(Price)))
    card = CardDetails("4242424242424242", 12, 2040, "100")
    body = AuthorizePayment(type="card", card=card, return_url="https://shop.example/thanks")
    step = periods.Duration(milliseconds=MONTH // count)
    for number in range(count):
        customer = customers.create(world, CreateCustomer(email=f"c{number}@example.com"))
        cart = CreateCart([CreateCartItem(price)])
        authorizations.authorize(
            world, payments.create(world, CreatePayment("usd", cart=cart, customer=customer.id)), body
        )
        world.advance(periods.after(world.now, step))


def measure(count: int, months: int) -> None:
    """Prints how many renewals there were, what each takes in bytes, and its microseconds in the last of the months."""
    world = create_app(scenario=_file("0%")).sandboxes.default.world
    fill(world, count)
    before, invoices = _resident(), len(world.table(Invoice))
    seconds = 0.0
    for _ in range(months):
        target = periods.after(world.now, periods.Duration(months=1))
        began = perf_counter()
        world.advance(target)
        seconds = perf_counter() - began
    renewed = len(world.table(Invoice)) - invoices
    print(renewed, (_resident() - before) / renewed, seconds / count * 1_000_000)


def _file(chance: str) -> str:
    file = Path(tempfile.mkdtemp()) / "subscribed.yaml"
    file.write_text(SCENARIO.format(chance=chance))
    return str(file)


def _resident() -> int:
    """Bytes of memory in use by this process; Linux only."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * getpagesize()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
