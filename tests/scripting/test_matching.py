"""Which rule fits which charge."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from mock_odus.scripting import conditions
from mock_odus.scripting.language import Condition, Rule, Span
from mock_odus.scripting.matching import FACTS, fact, fits, like

FITTING = {
    "operation": "authorize",
    "gateway": "gwp_1",
    "integration": "stripe",
    "cascade": "cas_1",
    "position": 1,
    "amount": 5000,
    "currency": "usd",
    "initiator": "customer",
    "offSessionType": "recurring",
    "method": "card",
    "card.number": "stripe/4242",
    "card.brand": "visa",
    "card.last4": "4242",
    "card.bin": "424242",
    "card.country": "US",
    "customer": "cus_1",
    "customer.email": "a@unlucky.example",
    "payment": "pay_1",
    "retry": 0,
    "try": 1,
    "between": "2026-01-01T00:00:00.000Z",
    "metadata.orderId": "01234",
    "customer.metadata.plan": "gold",
}
SEVERAL = {
    "price": ("prices", ("price_1", "price_2")),
    "product": ("products", ("prod_1", "prod_2")),
    "subscription": ("subscriptions", ("sub_1", "sub_2")),
    "cycle": ("cycles", (1, 4)),
}
LACKING = {
    "cascade": {"cascade": None},
    "position": {"position": None},
    "offSessionType": {"off_session_type": None},
    "card.number": {"card": None},
    "card.brand": {"card": None},
    "card.last4": {"card": None},
    "card.bin": {"card": None},
    "card.country": {"card": None},
    "price": {"prices": ()},
    "product": {"products": ()},
    "subscription": {"subscriptions": ()},
    "cycle": {"cycles": ()},
    "retry": {"retry": None},
    "customer": {"customer": None},
    "customer.email": {"customer": None},
    "customer.metadata.plan": {"customer": None},
    "customer.metadata.other": {},
    "metadata.orderId": {"metadata": {}},
}


def rule(*when: Condition) -> Rule:
    return Rule(name="r", then=(), when=when)


def test_every_condition_has_a_fact():
    """Whatever a file may ask for, a charge can be asked for."""
    assert set(conditions.FACTS) == set(FACTS)
    assert set(FACTS) <= set(FITTING) | set(SEVERAL)


@pytest.mark.parametrize("key", FITTING)
def test_a_fact_fits_its_value(charge, key):
    """A condition holds when the charge has the value, and does not when it has another."""
    asked = charge(off_session_type="recurring", retry=0)
    assert FITTING[key] == fact(asked, key)
    assert fits(rule(Condition(key, values=("other", FITTING[key]))), asked)
    assert not fits(rule(Condition(key, values=("other",))), asked)


@pytest.mark.parametrize("key", LACKING)
@pytest.mark.parametrize("way", [{"spans": (Span(ne="x"),)}, {"spans": (Span(lt=9),)}, {"globs": ("*",)}])
def test_a_fact_that_is_lacking_fits_nothing(charge, key, way):
    """What the charge does not have fits no condition, `ne` and `lt` included."""
    assert not fits(rule(Condition(key, **way)), charge(**LACKING[key]))


@pytest.mark.parametrize("key", SEVERAL)
def test_one_of_several_is_enough(charge, key):
    """A bundle has several prices: a condition holds when it does for any of them, `ne` and `lt` included."""
    field, (first, second) = SEVERAL[key]
    asked = charge(**{field: (first, second)})
    assert (first, second) == fact(asked, key)
    held = [Condition(key, values=(first,)), Condition(key, values=("other", second)), Condition(key, globs=("*",))]
    held += [Condition(key, spans=(Span(ne=first),)), Condition(key, spans=(Span(lte=second),))]
    assert [True] * 5 == [fits(rule(condition), asked) for condition in held]
    broken = [
        Condition(key, values=("other",)),
        Condition(key, globs=("x*",)),
        Condition(key, spans=(Span(gt=second),)),
    ]
    assert [False] * 3 == [fits(rule(condition), asked) for condition in broken]
    assert not fits(rule(Condition(key, spans=(Span(ne=first),))), charge(**{field: (first,)}))


def test_what_is_lacking_is_none(charge):
    """A payment for nothing that recurs has no subscription, and is told to have none."""
    assert [None] * 4 == [fact(charge(), key) for key in SEVERAL]


def test_no_condition_fits_everything(charge):
    """A rule without conditions fits any charge."""
    assert fits(rule(), charge())


def test_all_conditions_must_hold(charge):
    """One condition that does not hold is enough to pass a rule over."""
    held, broken = Condition("amount", values=(5000,)), Condition("currency", values=("eur",))
    assert fits(rule(held), charge())
    assert not fits(rule(held, broken), charge())
    assert not fits(rule(broken, held), charge())


@pytest.mark.parametrize(
    ("span", "low", "high"),
    [
        (Span(gt=10), 11, None),
        (Span(gte=10), 10, None),
        (Span(lt=10), None, 9),
        (Span(lte=10), None, 10),
        (Span(gte=8, lte=10), 8, 10),
        (Span(gt=8, lt=10), 9, 9),
    ],
)
def test_bounds(charge, span, low, high):
    """Bounds with an e include their number, the others do not, and all of them must hold."""
    held = [amount for amount in range(1, 20) if fits(rule(Condition("amount", spans=(span,))), charge(amount=amount))]
    assert list(range(low or 1, (high or 19) + 1)) == held


def test_instants(charge):
    """Bounds of time are text that compares as time does."""
    condition = rule(Condition("between", spans=(Span(gte="2026-01-02T00:00:00.000Z", lt="2026-01-03T00:00:00.000Z"),)))
    instants = [f"2026-01-0{day}T{time}Z" for day in (1, 2, 3) for time in ("00:00:00.000", "23:59:59.999")]
    assert instants[2:4] == [at for at in instants if fits(condition, charge(at=at))]


def test_ne(charge):
    """`ne` holds for every other value."""
    condition = rule(Condition("currency", spans=(Span(ne="usd"),)))
    assert not fits(condition, charge())
    assert fits(condition, charge(currency="eur"))


def test_any_of_several(charge):
    """A list fits when any part does: a value, a glob or a span."""
    condition = rule(Condition("metadata.a", values=("x",), globs=("y*",)))
    fitting = [text for text in ("x", "y", "yes", "z", "xy") if fits(condition, charge(metadata={"a": text}))]
    assert ["x", "y", "yes"] == fitting


@pytest.mark.parametrize(
    ("glob", "text", "expected"),
    [
        ("*@unlucky.example", "a@unlucky.example", True),
        ("*@unlucky.example", "a@unluckyXexample", False),
        ("a*c*e", "abcde", True),
        ("a*c*e", "abcd", False),
        ("*", "", True),
        ("a?", "ab", False),
        ("[ab]*", "a", False),
        ("a*", "a\nb", True),
    ],
)
def test_globs(glob, text, expected):
    """In a glob only `*` is special, and it stands for anything."""
    assert expected is like(glob, text)


def test_facts_of_the_customer(charge, customer):
    """Facts of the customer come from the charge's own customer."""
    other = replace(customer, email="b@lucky.example")
    condition = rule(Condition("customer.email", globs=("*@unlucky.example",)))
    assert fits(condition, charge())
    assert not fits(condition, charge(customer=other))
