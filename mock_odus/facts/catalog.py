"""What Odus documents of products and prices (guides/products/*)."""

from __future__ import annotations

from typing import Any

from mock_odus.facts.account import Account
from mock_odus.facts.fact import Chapter, same

fact = Chapter("catalog")

PAGE = "guides/products"
PRO = {"name": "Pro Plan", "description": "Full access to all Pro features", "statementDescriptor": "MYAPP PRO PLAN"}


def _monthly(**fields: Any) -> dict[str, Any]:
    """A billing schedule of one cycle."""
    cycle = {"position": 1, "amount": 2999, "intervalUnit": "month", "intervalValue": 1}
    return {"cycleDefinitions": [cycle | fields]}


def _recurring(odus: Account, schedule: object, **fields: Any) -> Any:
    product = odus.post("/products", PRO)["id"]
    body = {"product": product, "type": "recurring", "currency": "usd", "billingSchedule": schedule}
    return odus.post("/prices", body | fields)


@fact("The sampled product is made, of a name, a description and a statement descriptor.", PAGE)
def sample(odus: Account) -> None:
    made = odus.post("/products", PRO)
    same(PRO, {name: made[name] for name in PRO})


@fact("A statement descriptor has 22 characters at most.", PAGE)
def descriptor(odus: Account) -> None:
    same("x" * 22, odus.post("/products", PRO | {"statementDescriptor": "x" * 22})["statementDescriptor"])
    odus.refuses("/products", PRO | {"statementDescriptor": "x" * 23})


@fact("A one-time price is an amount in a currency.", PAGE)
def one_time(odus: Account) -> None:
    product = odus.post("/products", PRO)["id"]
    body = {"name": "Once", "product": product, "type": "one_time", "currency": "usd", "amount": 2999}
    made = odus.post("/prices", body)
    same(body, {name: made[name] for name in body})


@fact("A recurring price has a billing schedule, and its own amount is a setup fee.", PAGE)
def recurring(odus: Account) -> None:
    same(_monthly(), _recurring(odus, _monthly())["billingSchedule"])
    same(500, _recurring(odus, _monthly(), amount=500)["amount"])


@fact("The setup fee is charged once, with the first cycle.", PAGE, needs="test card")
def setup_fee(odus: Account) -> None:
    price = _recurring(odus, _monthly(), amount=500)["id"]
    cart = {"items": [{"price": price, "quantity": 1}]}
    same(3499, odus.post("/payments", {"currency": "usd", "customer": odus.customer(), "cart": cart})["amount"])


@fact("A cycle is so many minutes, hours, days, weeks, months or years.", PAGE)
def units(odus: Account) -> None:
    for unit in ("minute", "hour", "day", "week", "month", "year"):
        made = _recurring(odus, _monthly(intervalUnit=unit, intervalValue=3))
        (cycle,) = made["billingSchedule"]["cycleDefinitions"]
        same((unit, 3), (cycle["intervalUnit"], cycle["intervalValue"]))


@fact("A schedule may begin otherwise than it goes on: a trial of nothing, then the months.", PAGE)
def trials(odus: Account) -> None:
    trial = {"position": 1, "amount": 0, "intervalUnit": "week", "intervalValue": 1}
    schedule = {"cycleDefinitions": [trial, *_monthly(position=2)["cycleDefinitions"]]}
    same(schedule, _recurring(odus, schedule)["billingSchedule"])
