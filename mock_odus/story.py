"""The small standard story that `mock-odus play` tells: pay, answer, try again, wait a day, give some back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mock_odus import assumptions, timeline
from mock_odus.engine import authorizations, challenges, customers, payments, periods, reversals
from mock_odus.engine.bodies import AuthorizePayment, CardDetails, CreateCustomer, CreatePayment, ReversePayment
from mock_odus.engine.records import Payment
from mock_odus.engine.world import World
from mock_odus.sandbox import DEFAULT, Sandbox, Settings
from mock_odus.scripting import loader

AMOUNT = 5000
BACK = 2000
TRIES = 3


def play(scenario: str, folders: Sequence[Path]) -> list[timeline.Line]:
    """The lines of the story, played in a world of its own. ScenarioError."""
    policies = assumptions.load().for_engine()
    found = loader.find(scenario, folders, prefixes=policies.prefixes)
    world = Sandbox(DEFAULT, "", "", Settings(scenario=found), policies).world
    customer = customers.create(world, CreateCustomer(email="sam@example.com", name="Sam Doe"))
    payment = payments.create(world, CreatePayment(amount=AMOUNT, currency="usd", customer=customer.id))
    for _ in range(TRIES):
        payment = _pay(world, payment)
        if payment.status == "succeeded":
            break
    world.advance(periods.after(world.now, periods.Duration(days=1)))
    if payment.status == "succeeded":
        reversals.reverse(world, payment, ReversePayment(amount=BACK))
    return timeline.story(world)


def _pay(world: World, payment: Payment) -> Payment:
    card = CardDetails(number="4242424242424242", exp_month=12, exp_year=world.now[:4], cvv="100")
    body = AuthorizePayment(type="card", card=card, return_url="https://shop.example/thanks")
    payment = authorizations.authorize(world, payment, body)
    waiting = challenges.pending(world, payment)
    return authorizations.finish_challenge(world, waiting, "passed") if waiting and not waiting.answer else payment
