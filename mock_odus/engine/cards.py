"""Cards: what a typed-in number becomes. The number is checked here, turned into a `Card`, and forgotten.

Test numbers: guides/testing.
"""

from __future__ import annotations

from hashlib import blake2b
from sys import intern

from mock_odus.engine.bodies import CardDetails
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import (
    Card,
    CardSummary,
    Integration,
    MethodType,
    PaymentMethodDetails,
)
from mock_odus.engine.world import World
from mock_odus.shapes import mask

TAKERS: dict[MethodType, tuple[Integration, ...]] = {
    "card": ("stripe", "adyen", "checkout"),
    "applePay": ("stripe", "adyen", "checkout"),
    "paypal": ("paypal",),
}
"""Which integrations can take a method type."""

# Test cards are from the United States, but for those whose numbers say otherwise.
_ABROAD = {"stripe/3184": "DE"}


def tokenize(world: World, details: CardDetails) -> Card:
    """What may be kept of a card. Invalid names every field at fault, and never the number."""
    digits = details.number.replace(" ", "").replace("-", "")
    test_card = world.gateway.test_card(digits)
    problems = []
    # Some documented test numbers fail the check digit, and are taken all the same.
    if not test_card and not (12 <= len(digits) <= 19 and _luhn(digits)):
        problems.append("card.number is not a valid card number")
    month, year = _number(details.exp_month), _number(details.exp_year)
    year += 2000 if 0 <= year < 100 else 0
    if not 1 <= month <= 12:
        problems.append("card.expMonth must be a month from 1 to 12")
    if not 2000 <= year <= 2099:
        problems.append("card.expYear must be a year such as 2030 or 30")
    expires = f"{year}-{month:02}"
    if 1 <= month <= 12 and 2000 <= year <= 2099 and expires < world.now[:7]:
        problems.append(f"card.expYear and card.expMonth are in the past: the sandbox's clock is at {world.now}")
    if problems:
        raise Invalid(*problems)
    return Card(
        brand=_brand(digits),
        last_four=intern(digits[-4:]),  # every payment keeps these, and there are few of them
        exp_month=intern(expires[5:]),
        exp_year=intern(expires[:4]),
        cardholder_name=details.cardholder_name and mask(details.cardholder_name),  # a browser may fill in the number
        country=_ABROAD.get(test_card, "US") if test_card else None,
        first_six=intern(digits[:6]),
        fingerprint=blake2b(f"{world.seed}/{digits}".encode(), digest_size=12).hexdigest(),
        test_card=test_card,
    )


def details(type: MethodType, card: Card | None) -> PaymentMethodDetails:
    """What a transaction says of the method it charged."""
    summary = CardSummary(card.brand, card.last_four, card.exp_month, card.exp_year) if card else None
    return PaymentMethodDetails(type=type, card=summary)


def _number(given: str | int) -> int:
    """Up to four digits as a number, -1 for anything else."""
    text = str(given)
    return int(text) if len(text) <= 4 and text.isascii() and text.isdigit() else -1


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _brand(digits: str) -> str:
    if digits[0] == "4":
        return "visa"
    two, four = int(digits[:2]), int(digits[:4])
    if 51 <= two <= 55 or 2221 <= four <= 2720:
        return "mastercard"
    if two in (34, 37):
        return "amex"
    if four == 6011 or two == 65 or 644 <= int(digits[:3]) <= 649:
        return "discover"
    if two in (36, 38, 39) or 300 <= int(digits[:3]) <= 305:
        return "diners"
    if 3528 <= four <= 3589:
        return "jcb"
    return "unionpay" if two == 62 else "unknown"
