"""A mock that holds payments already: filled.py PORT PAID OPEN FILE. The ids of the open ones go into the file.

Every second payment is of one customer, who has no more than 20; the default sandbox has three gateways, of which the
first two decline what costs 7777.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from resource import getpagesize
from time import perf_counter

from mock_odus import assumptions
from mock_odus.app import Server, create_app
from mock_odus.engine import authorizations, customers, payments
from mock_odus.engine.bodies import (
    AuthorizePayment,
    CardDetails,
    CreateCustomer,
    CreatePayment,
)
from mock_odus.engine.world import World
from mock_odus.sandbox import Sandbox, Settings
from mock_odus.scripting import loader

SCENARIO = """
version: 1
name: three gateways
world:
  gatewayProfiles: {first: {integration: stripe}, second: {integration: adyen}, third: {integration: checkout}}
  cascades:
    main:
      algorithm: priority_queue
      rules:
        - {gatewayProfile: first, position: 1, transactionLimit: 100000000, limitPeriod: day}
        - {gatewayProfile: second, position: 2, transactionLimit: 100000000, limitPeriod: day}
        - {gatewayProfile: third, position: 3}
  merchantConfig: {paymentMethodOptions: {card: {mode: cascade, cascade: main}}}
rules:
  - {when: {gateway: [first, second], amount: 7777}, then: insufficient_funds}
"""
EACH = 20
RETURN_URL = "https://shop.example/thanks"


def main(port: int, paid: int, unpaid: int, file: Path) -> None:
    scenario = file.with_suffix(".yaml")
    scenario.write_text(SCENARIO)
    front = create_app(scenario=str(scenario))
    world = front.sandboxes.default.world
    customer = fill(world, paid)
    waiting = [payments.create(world, CreatePayment("usd", 7777, return_url=RETURN_URL)).id for _ in range(unpaid)]
    file.write_text("\n".join([customer, *waiting]))
    Server(front, port=port).run()


def fill(world: World, paid: int) -> str:
    """Pays so many payments. The id of the last customer."""
    card = CardDetails("4242424242424242", 12, 2030, "100")
    body = AuthorizePayment(type="card", card=card, return_url=RETURN_URL)
    customer = ""
    for number in range(paid):
        if number % (2 * EACH) == 0:
            customer = customers.create(world, CreateCustomer(email=f"c{number}@example.com")).id
        owner = customer if number % 2 else None
        authorizations.authorize(world, payments.create(world, CreatePayment("usd", 5000, customer=owner)), body)
    return customer


def measure(paid: int) -> None:
    """Prints the bytes that a paid payment takes, and the milliseconds of a snapshot (the best of five)."""
    sandbox = Sandbox("bench", "", "", Settings(), assumptions.load().for_engine())
    scenario = loader.load(SCENARIO, file="bench", prefixes=sandbox.policies.prefixes)
    sandbox.load(scenario)
    fill(sandbox.world, 1000)  # what is made once is made now
    before = _resident()
    fill(sandbox.world, paid)
    each = (_resident() - before) / paid
    snapshots = []
    for _ in range(5):
        began = perf_counter()
        sandbox.world.snapshot()
        snapshots.append(perf_counter() - began)
    print(each, min(snapshots) * 1000)


def _resident() -> int:
    """Bytes of memory in use by this process; Linux only."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * getpagesize()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
