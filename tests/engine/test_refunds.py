"""Giving back: all, in parts, or not at all when the gateway refuses (guides/payments/refunds)."""

import pytest

from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.gateways import Challenged, Declined, Unreachable


def flags(payment):
    return (
        payment.amount_reversed,
        payment.is_partially_reversed,
        payment.is_fully_reversed,
        payment.display_status,
    )


def test_without_an_amount_all_is_given_back(shop):
    """One refund of everything; the payment stays `succeeded` and reads `reversed`."""
    payment = shop.reverse(shop.pay())
    assert (5000, False, True, "reversed") == flags(payment)
    assert "succeeded" == payment.status
    assert [("sale", 5000), ("refund", 5000)] == [(one.type, one.amount) for one in payment.transactions]


def test_parts_add_up(shop):
    """Parts can be repeated up to what was captured; the last one makes it whole."""
    payment = shop.pay()
    seen = []
    for amount in (500, 1500, None):
        payment = shop.reverse(payment, amount=amount)
        seen.append(flags(payment))
    assert [
        (500, True, False, "partially_reversed"),
        (2000, True, False, "partially_reversed"),
        (5000, False, True, "reversed"),
    ] == seen
    assert [500, 1500, 3000] == [one.amount for one in payment.transactions[1:]]
    assert (5000, 5000) == (payment.amount, payment.amount_captured)


def test_a_part_may_be_the_whole(shop):
    """An amount of all that is left reverses fully."""
    assert (5000, False, True, "reversed") == flags(shop.reverse(shop.pay(), amount=5000))


@pytest.mark.parametrize("already", [None, 500])
def test_no_more_than_is_left(shop, already):
    """One unit too much is refused, says what is left, and changes nothing."""
    payment = shop.pay()
    if already:
        payment = shop.reverse(payment, amount=already)
    left = 5000 - (already or 0)
    before = shop.world.digest()
    with pytest.raises(Invalid, match=f"amount must be at most {left}, "):
        shop.reverse(payment, amount=left + 1)
    assert before == shop.world.digest()


def test_nothing_is_given_back_twice(shop):
    """A fully reversed payment refuses."""
    payment = shop.reverse(shop.pay())
    before = shop.world.digest()
    for amount in (None, 1):
        with pytest.raises(Refused, match="fully reversed"):
            shop.reverse(payment, amount=amount)
    assert before == shop.world.digest()


@pytest.mark.parametrize("answers", [(Challenged(),), (Declined("authentication_failed"),)])
def test_what_was_not_charged_is_not_given_back(shop, answers):
    """An open payment and one that waits refuse."""
    payment = shop.pay(*answers)
    with pytest.raises(Refused, match="nothing has been charged yet"):
        shop.reverse(payment)


@pytest.mark.parametrize(
    ("answer", "code"),
    [(Declined("generic_processor_error"), "generic_processor_error"), (Unreachable(), "processor_unavailable")],
)
def test_a_refund_that_the_gateway_refuses(shop, answer, code):
    """It is no error: a failed transaction, flags and amounts as before, and it can be tried again."""
    payment = shop.reverse(shop.reverse(shop.pay(), amount=500), answer, amount=700)
    assert (500, True, False, "partially_reversed") == flags(payment)
    assert ["success", "success", code] == shop.codes(payment)
    assert (5000, False, True, "reversed") == flags(shop.reverse(payment))


def test_a_first_refund_that_is_refused_leaves_the_payment_succeeded(shop):
    """The status that is shown follows the charge, not the failed refund."""
    payment = shop.reverse(shop.pay(), Declined("generic_processor_error"))
    assert (0, False, False, "succeeded") == flags(payment)


def test_the_gateway_that_charged_is_asked(shop):
    """A refund goes where the money went, once, whatever the cascade says."""
    payment = shop.pay(Unreachable())
    shop.reverse(payment, Declined("generic_processor_error"))
    charge = shop.gateway.charges[-1]
    assert ("refund", shop.gateways[1], 5000, 2) == (charge.operation, charge.gateway, charge.amount, charge.position)
    assert 3 == len(shop.gateway.charges)


def test_each_refund_is_an_occasion_of_its_own(shop):
    """Rules that count tries see every refund as a new one."""
    payment = shop.pay()
    for _ in range(2):
        payment = shop.reverse(payment, amount=1)
    assert 3 == len({charge.occasion for charge in shop.gateway.charges})


@pytest.mark.parametrize("fields", [{}, {"customer": None}])
def test_a_refund_says_which_card_gets_the_money(shop, fields):
    """Its details are those of the charge, also when the card was not saved."""
    charge, refund = shop.reverse(shop.pay(**fields)).transactions
    assert charge.payment_method_details == refund.payment_method_details
