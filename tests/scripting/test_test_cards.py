"""The built-in table says what the documentation says (guides/testing), and Stripe's own published numbers."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from mock_odus.engine.gateways import Approved, Challenged, Declined
from mock_odus.scripting import loader, rules

# number: name, what it says while the customer is there, what it says to the merchant alone
TABLE = {
    "4242424242424242": ("stripe/4242", Approved(), Approved()),
    "5555555555554444": ("stripe/4444", Approved(), Approved()),
    "378282246310005": ("stripe/0005", Approved(), Approved()),
    "6011111111111117": ("stripe/1117", Approved(), Approved()),
    "4000000000003220": ("stripe/3220", Challenged(), Approved()),
    "4000000000000002": ("stripe/0002", Declined("generic_soft_decline"), Declined("generic_soft_decline")),
    "370000000000018": ("adyen/0018", Approved(), Approved()),
    "5555444433331111": ("adyen/1111", Approved(), Approved()),
    "6011000000000004": ("adyen/0004", Approved(), Approved()),
    "371449635398431": ("adyen/8431", Challenged(), Approved()),
    "4000000000009995": ("stripe/9995", Declined("insufficient_funds"), Declined("insufficient_funds")),
    "4000000000000069": ("stripe/0069", Declined("expired_card"), Declined("expired_card")),
    "4000000000000127": ("stripe/0127", Declined("invalid_card_details"), Declined("invalid_card_details")),
    "4000000000000119": ("stripe/0119", Declined("generic_processor_error"), Declined("generic_processor_error")),
    "4100000000000019": ("stripe/0019", Declined("fraud_suspected"), Declined("fraud_suspected")),
    "4000000000009987": ("stripe/9987", Declined("lost_card"), Declined("lost_card")),
    "4000000000009979": ("stripe/9979", Declined("stolen_card"), Declined("stolen_card")),
    "4000000000006975": ("stripe/6975", Declined("limit_exceeded"), Declined("limit_exceeded")),
    "4000008400001629": ("stripe/1629", Challenged(then=Declined("generic_soft_decline")), Approved()),
    "4000002760003184": ("stripe/3184", Challenged(), Declined("authentication_failed")),
    "4000000000000341": ("stripe/0341", Approved(), Declined("generic_soft_decline")),
}


def test_the_table_is_complete():
    """The table holds these numbers under these names, and no others."""
    assert {number: name for number, (name, _, _) in TABLE.items()} == loader.test_cards().numbers


@pytest.mark.parametrize("number", TABLE)
@pytest.mark.parametrize("integration", ["stripe", "adyen", "checkout"])
def test_what_a_card_says(world, charge, card, number, integration):
    """A number says the same at every gateway that takes cards, and reports the table as its rule."""
    name, present, absent = TABLE[number]
    known = replace(card, test_card=world.gateway.test_card(number))
    asked = charge(card=known, integration=integration)
    assert name == known.test_card
    assert (present, "test_cards") == _said(world, asked)
    assert (absent, "test_cards") == _said(world, replace(asked, initiator="merchant"))


@pytest.mark.parametrize("number", [number for number, (_, present, _) in TABLE.items() if type(present) is Challenged])
def test_a_card_that_was_never_challenged_is_not_approved_without_its_customer(world, charge, card, number):
    """Typed in by a merchant it is asked for what its customer would be, and nobody is there to answer."""
    name, present, absent = TABLE[number]
    known = replace(card, test_card=name)
    asked = charge(card=known, initiator="merchant", is_saved=False)
    assert (absent if type(absent) is Declined else present, "test_cards") == _said(world, asked)


@pytest.mark.parametrize("facts", [{"operation": "refund"}, {"operation": "capture"}, {"operation": "void"}])
def test_the_table_is_about_authorizing(world, charge, card, facts):
    """Captures, refunds and voids are approved, whatever the card."""
    asked = charge(card=replace(card, test_card="stripe/0002"), **facts)
    assert (Approved(), None) == _said(world, asked)


@pytest.mark.parametrize(
    ("method", "initiator", "expected"),
    [
        ("paypal", "customer", Challenged()),
        ("paypal", "merchant", Approved()),
        ("applePay", "customer", Approved()),
        ("applePay", "merchant", Approved()),
    ],
)
def test_other_methods(world, charge, method, initiator, expected):
    """PayPal asks the customer on its approval page and approves without them; Apple Pay approves."""
    asked = charge(method=method, initiator=initiator, card=None, integration="paypal")
    assert (expected, "test_cards") == _said(world, asked)
    assert (Approved(), None) == _said(world, replace(asked, operation="refund"))


def test_a_rule_stands_above_the_table(world, charge):
    """What the table says of a method can be overridden, like what it says of a card."""
    rules.add_rule(world, loader.load_rule("{name: no, when: {method: paypal}, then: soft_decline}", world))
    assert (Declined("generic_soft_decline"), "no") == _said(world, charge(method="paypal", card=None))


def test_an_unknown_number(world):
    """A number that is not in the table has no name."""
    assert None is world.gateway.test_card("4111111111111111")


def test_the_table_is_read_once():
    """Every gateway of the process shares one table."""
    assert loader.test_cards() is loader.test_cards()


def _said(world, charge):
    answer = world.gateway.answer(world, charge)
    return answer.outcome, answer.rule
