"""The small standard story that `mock-odus play` tells: pay, answer, try again, wait a day, give some back.

Where the scenario sells by subscription, the customer then takes out one, and two renewals pass with all that comes of
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mock_odus import assumptions, timeline
from mock_odus.engine import authorizations, challenges, customers, payments, periods, reversals
from mock_odus.engine.billing import Subscription
from mock_odus.engine.bodies import (
    AuthorizePayment,
    CardDetails,
    CreateCart,
    CreateCartItem,
    CreateCustomer,
    CreatePayment,
    ReversePayment,
)
from mock_odus.engine.records import Payment, Price
from mock_odus.engine.world import World
from mock_odus.sandbox import DEFAULT, Sandbox, Settings
from mock_odus.scripting import loader

AMOUNT = 5000
BACK = 2000
TRIES = 3
RENEWALS = 2
MOST_JOBS = 50


def play(scenario: str, folders: Sequence[Path]) -> list[timeline.Line]:
    """The lines of the story, played in a world of its own. ScenarioError."""
    policies = assumptions.load().for_engine()
    found = loader.find(scenario, folders, prefixes=policies.prefixes)
    world = Sandbox(DEFAULT, "", "", Settings(scenario=found), policies).world
    customer = customers.create(world, CreateCustomer(email="sam@example.com", name="Sam Doe"))
    _pay_once(world, customer.id)
    if price := next((price for price in world.table(Price).values() if _is_plan(price)), None):
        _subscribe(world, customer.id, price)
    return timeline.story(world)


def _pay_once(world: World, customer: str) -> None:
    payment = _pay(world, payments.create(world, CreatePayment(amount=AMOUNT, currency="usd", customer=customer)))
    world.advance(periods.after(world.now, periods.Duration(days=1)))
    if payment.status == "succeeded":
        reversals.reverse(world, payment, ReversePayment(amount=BACK))


def _is_plan(price: Price) -> bool:
    return price.type == "recurring" and price.is_active


def _subscribe(world: World, customer: str, price: Price) -> None:
    """The first payment of a plan, and what happens until it was renewed twice, or given up."""
    cart = CreateCart([CreateCartItem(price.id)])
    payment = _pay(world, payments.create(world, CreatePayment(currency=price.currency, cart=cart, customer=customer)))
    for id in payment.subscriptions:
        for _ in range(MOST_JOBS):
            job = world.due(periods.LAST)
            if job is None or world.get(Subscription, id).current_cycle > RENEWALS:
                return
            world.run(job)


def _pay(world: World, payment: Payment) -> Payment:
    """So many tries at a payment; whoever is challenged proves who they are, but for those who never answer."""
    for _ in range(TRIES):
        card = CardDetails(number="4242424242424242", exp_month=12, exp_year=world.now[:4], cvv="100")
        body = AuthorizePayment(type="card", card=card, return_url="https://shop.example/thanks")
        payment = authorizations.authorize(world, payment, body)
        waiting = challenges.pending(world, payment)
        if waiting and not waiting.answer:
            payment = authorizations.finish_challenge(world, waiting, "passed")
        if payment.status != "open":
            break
    return payment
