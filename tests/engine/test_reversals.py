"""Giving back, voiding and cancelling; and gateways that refuse, now or later (guides/payments/refunds)."""

import pytest

from mock_odus.engine.bodies import MethodOptions
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.gateways import Answer, Approved, Challenged, Declined, FailsLater, TimedOut, Unreachable
from mock_odus.engine.periods import Duration
from mock_odus.engine.records import Transaction

FUNDS = Declined("insufficient_funds")
LATER = FailsLater(Duration(days=2), "card_restricted")
TWO_DAYS_ON = "2026-01-03T00:00:00.000Z"
LAPSE = [("lapse_authorization", "2026-01-08T00:00:00.000Z")]


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


def test_the_smallest_part(shop):
    """One unit given back, and one unit kept, are both a part."""
    payment = shop.reverse(shop.pay(), amount=1)
    assert (1, True, False, "partially_reversed") == flags(payment)
    assert (4999, True, False, "partially_reversed") == flags(shop.reverse(payment, amount=4998))


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


def test_only_what_was_captured_is_given_back(shop, refused):
    """After a partial capture the part is all there is."""
    payment = shop.capture(shop.hold(), amount=2000)
    refused("amount must be at most 2000, which is what is left to reverse", shop.reverse, payment, amount=2001)
    part = shop.reverse(payment, amount=500)
    assert (500, True, False, "partially_reversed") == flags(part)
    whole = shop.reverse(part)
    assert (2000, False, True, "reversed") == flags(whole)
    assert [500, 1500] == [one.amount for one in whole.transactions if one.type == "refund"]


def test_a_verification_gives_nothing_back(shop, refused):
    """A payment of 0 has taken nothing: neither a refund nor a void nor a cancel."""
    payment = shop.pay(amount=0)
    refused("only verified its payment method", shop.reverse, payment)
    refused("only verified its payment method", shop.reverse, payment, external=True)
    refused("cannot be cancelled", shop.cancel, payment)


# --- Elsewhere


def test_what_was_given_back_elsewhere_is_recorded(shop):
    """No gateway is asked; the transaction has none, nor anything a gateway would have said."""
    payment = shop.reverse(shop.pay(), amount=1500, external=True)
    assert (1500, True, False, "partially_reversed") == flags(payment)
    assert 1 == len(shop.gateway.charges)
    refund = payment.transactions[-1]
    assert ("refund", 1500, "usd", 2, "success") == (
        refund.type,
        refund.amount,
        refund.currency,
        refund.attempt,
        refund.outcome.status,
    )
    assert (None, None, None) == (refund.gateway_profile, refund.integration, refund.gateway_reference)


def test_without_an_amount_the_rest_was_given_back_elsewhere(shop, refused):
    """External and other refunds add up."""
    payment = shop.reverse(shop.reverse(shop.pay(), amount=2000), external=True)
    assert (5000, False, True, "reversed") == flags(payment)
    assert [5000, 2000, 3000] == [one.amount for one in payment.transactions]
    refused("fully reversed", shop.reverse, payment, amount=1, external=True)


def test_no_more_was_given_back_elsewhere_than_is_left(shop, refused):
    """The limit is the same wherever the money came from."""
    payment = shop.reverse(shop.pay(), amount=2000)
    refused("amount must be at most 3000, ", shop.reverse, payment, amount=3001, external=True)


def test_a_gateway_refunds_after_one_elsewhere(shop):
    """The gateway that charged is asked, although the last transaction has none."""
    payment = shop.reverse(shop.reverse(shop.pay(), amount=1500, external=True))
    assert (5000, False, True, "reversed") == flags(payment)
    assert ("refund", shop.gateways[0], 3500) == (
        shop.gateway.charges[-1].operation,
        shop.gateway.charges[-1].gateway,
        shop.gateway.charges[-1].amount,
    )


# --- Before the capture


@pytest.mark.parametrize(("verb", "reason"), [("reverse", "voided"), ("cancel", "requested")])
def test_what_is_not_captured_is_voided(shop, verb, reason):
    """By a reverse and by a cancel: the gateway lets go, the payment is cancelled, nothing counts as reversed."""
    held = shop.hold()
    shop.world.advance("2026-01-02T00:00:00.000Z")
    payment = getattr(shop, verb)(held)
    assert ("cancelled", "cancelled", reason, shop.world.now) == (
        payment.status,
        payment.display_status,
        payment.cancellation_reason,
        payment.cancelled_at,
    )
    assert (0, False, False, "cancelled") == flags(payment)
    assert (5000, 0, 0, False) == (
        payment.amount,
        payment.amount_authorized,
        payment.amount_captured,
        payment.is_authorized,
    )
    assert [("authorization", 5000), ("void", 5000)] == [(one.type, one.amount) for one in payment.transactions]
    asked = shop.gateway.charges[-1]
    assert ("void", shop.gateways[0], 5000) == (asked.operation, asked.gateway, asked.amount)
    assert [] == shop.agenda


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"amount": 500}, "amount must be left out: the payment is not captured"),
        ({"amount": 5000}, "amount must be left out: the payment is not captured"),
        ({"external": True}, "isExternal must be false: the payment is not captured"),
    ],
)
def test_a_void_is_whole(shop, refused, fields, words):
    """Nothing has been taken, so there is no part of it to give back, nor anybody else who could have."""
    refused(words, shop.reverse, shop.hold(), **fields)


def test_every_problem_of_a_void_is_told(shop):
    """An amount does not hide that it cannot be external."""
    with pytest.raises(Invalid) as caught:
        shop.reverse(shop.hold(), amount=500, external=True)
    assert ["amount", "isExternal"] == [problem.split()[0] for problem in caught.value.problems]


@pytest.mark.parametrize("verb", ["reverse", "cancel"])
@pytest.mark.parametrize("answer", [FUNDS, Unreachable(), TimedOut()])
def test_a_void_that_the_gateway_refuses(shop, verb, answer):
    """A failed transaction; the authorization stands, lapses as before, and can be voided or captured yet."""
    payment = getattr(shop, verb)(shop.hold(), answer)
    assert ("succeeded", "uncaptured", 5000, True) == (
        payment.status,
        payment.display_status,
        payment.amount_authorized,
        payment.is_authorized,
    )
    assert ("void", "failure") == (payment.transactions[-1].type, payment.transactions[-1].outcome.status)
    assert (None, None, LAPSE) == (payment.cancelled_at, payment.cancellation_reason, shop.agenda)
    assert "cancelled" == shop.cancel(payment).status


def test_a_void_that_is_refused_leaves_the_delayed_capture(shop):
    """What was due stays due."""
    options = MethodOptions(capture_method="automaticDelayed", capture_delay=2)
    payment = shop.cancel(shop.pay(payment_method_options=options), FUNDS)
    assert TWO_DAYS_ON == payment.capture_at
    shop.world.advance(TWO_DAYS_ON)
    assert shop.read(payment).is_captured


# --- Cancel


@pytest.mark.parametrize("answers", [None, (FUNDS, FUNDS, FUNDS)])
def test_an_open_payment_is_cancelled(shop, answers):
    """Untouched or declined: no gateway is asked, and it is over."""
    payment = shop.create() if answers is None else shop.pay(*answers)
    asked = len(shop.gateway.charges)
    cancelled = shop.cancel(payment)
    assert ("cancelled", "cancelled", "requested", shop.world.now) == (
        cancelled.status,
        cancelled.display_status,
        cancelled.cancellation_reason,
        cancelled.cancelled_at,
    )
    assert (asked, payment.transactions) == (len(shop.gateway.charges), cancelled.transactions)


def test_a_lapsed_payment_is_cancelled(shop):
    """A lapsed challenge leaves an open payment like any other."""
    waiting = shop.pay(Challenged())
    shop.world.advance("2026-01-02T00:00:00.000Z")
    payment = shop.cancel(shop.read(waiting))
    assert ("cancelled", "cancelled", "partial") == (
        payment.status,
        payment.display_status,
        payment.transactions[0].outcome.status,
    )


def test_what_is_captured_is_not_cancelled(shop, refused):
    """It is reversed instead, and the refusal says so; in part or in whole makes no difference."""
    for payment in (shop.pay(), shop.capture(shop.hold(), amount=1), shop.reverse(shop.pay())):
        refused("is captured, so it cannot be cancelled: reverse it instead", shop.cancel, payment)


def test_what_is_cancelled_is_over(shop, refused):
    """No verb but an update of its metadata does anything to it."""
    for payment in (shop.cancel(shop.create()), shop.cancel(shop.hold())):
        refused("it is that already", shop.cancel, payment)
        refused("nothing is left to give back", shop.reverse, payment)
        refused("it is cancelled for good", shop.capture, payment)
        refused("it is cancelled for good; create another payment", shop.authorize, payment)
        refused("nothing is left to charge back", shop.charge_back, payment)
        assert {"a": "1"} == shop.update(payment, metadata={"a": "1"}).metadata


# --- A yes that becomes a no


def test_a_refund_may_fail_later(shop):
    """It counts until then; afterwards the money is the merchant's again and the transaction says why."""
    payment = shop.reverse(shop.pay(), LATER)
    assert (5000, False, True, "reversed") == flags(payment)
    assert ["success", "success"] == shop.codes(payment)
    assert [("fail_reversal", TWO_DAYS_ON)] == shop.agenda

    shop.world.advance("2026-01-02T23:59:59.999Z")
    assert payment == shop.read(payment)
    shop.world.advance(TWO_DAYS_ON)
    failed = shop.read(payment)
    assert (0, False, False, "succeeded") == flags(failed)
    assert ["success", "card_restricted"] == shop.codes(failed)
    assert ("hard_decline", "restricted_card") == (
        failed.transactions[-1].outcome.decline_type,
        failed.transactions[-1].outcome.processor_code,
    )
    assert shop.world.get(Transaction, failed.transactions[-1].id) == failed.transactions[-1]
    assert (TWO_DAYS_ON, []) == (failed.updated_at, shop.agenda)


def test_what_failed_later_can_be_given_back_again(shop):
    """Also after a full reversal."""
    payment = shop.reverse(shop.pay(), LATER)
    shop.world.advance(TWO_DAYS_ON)
    again = shop.reverse(shop.read(payment))
    assert (5000, False, True, "reversed") == flags(again)
    assert ["success", "card_restricted", "success"] == shop.codes(again)


def test_only_the_refund_that_failed_is_taken_back(shop):
    """Others before and after it stay, external ones too."""
    payment = shop.reverse(shop.pay(), amount=1000)
    payment = shop.reverse(payment, LATER, amount=500)
    payment = shop.reverse(payment, amount=700, external=True)
    payment = shop.reverse(payment)
    assert (5000, False, True, "reversed") == flags(payment)
    shop.world.advance(TWO_DAYS_ON)
    failed = shop.read(payment)
    assert (4500, True, False, "partially_reversed") == flags(failed)
    assert ["success", "success", "card_restricted", "success", "success"] == shop.codes(failed)
    assert (5000, False, True, "reversed") == flags(shop.reverse(failed, amount=500))


def test_two_refunds_may_fail_at_the_same_time(shop):
    """Each takes back its own amount."""
    payment = shop.reverse(shop.reverse(shop.pay(), LATER, amount=1000), LATER, amount=300)
    assert 1300 == payment.amount_reversed
    shop.world.advance(TWO_DAYS_ON)
    assert (0, False, False, "succeeded") == flags(shop.read(payment))


def test_a_late_failure_is_calendar_days_on_the_merchants_clock(open_shop):
    """Two days over a change of the clocks are not 48 hours."""
    shop = open_shop(now="2026-03-28T11:00:00.000Z")
    shop.config(timezone="Europe/Paris")
    shop.reverse(shop.pay(), LATER)
    assert [("fail_reversal", "2026-03-30T10:00:00.000Z")] == shop.agenda


@pytest.mark.parametrize("verb", ["reverse", "cancel"])
def test_a_void_may_fail_later(shop, verb):
    """The payment stays cancelled; the gateway holds money that Odus knows nothing of."""
    held = shop.hold()
    payment = getattr(shop, verb)(held, LATER)
    assert ("cancelled", ["success", "success"], []) == (payment.status, shop.codes(payment), shop.orphans)
    shop.world.advance(TWO_DAYS_ON)
    failed = shop.read(payment)
    assert ("cancelled", "cancelled", 0) == (failed.status, failed.display_status, failed.amount_authorized)
    assert (["success", "card_restricted"], TWO_DAYS_ON) == (shop.codes(failed), failed.updated_at)
    assert [(payment.id, "authorize", 5000)] == shop.orphans


def test_a_late_failure_does_not_touch_a_chargeback(shop):
    """The payment is shown as charged back before and after."""
    payment = shop.charge_back(shop.reverse(shop.pay(), LATER))
    shop.world.advance(TWO_DAYS_ON)
    assert (0, False, False, "chargeback") == flags(shop.read(payment))


def test_the_past_shows_the_refund_as_it_was(shop):
    """The event of the refund still tells of its success."""
    payment = shop.reverse(shop.pay(), LATER)
    shop.world.advance(TWO_DAYS_ON)
    told = [entry.record for entry in shop.world.log if entry.kind == "event" and entry.subject == payment.id]
    assert ["success", "failure"] == [one.transactions[-1].outcome.status for one in told[-2:]]
    assert [5000, 0] == [one.amount_reversed for one in told[-2:]]


# --- A gateway that has forgotten


def test_a_forgotten_charge_is_not_given_back(shop):
    """The gateway had said yes and kept nothing: it is not asked, and the refund fails."""
    payment = shop.reverse(shop.pay(Approved(forgotten=True)), amount=100)
    assert (0, False, False, "succeeded") == flags(payment)
    assert ["success", "generic_processor_error"] == shop.codes(payment)
    assert "The processor knows of no such charge" == payment.transactions[-1].outcome.processor_message
    assert 1 == len(shop.gateway.charges)


@pytest.mark.parametrize("verb", ["reverse", "cancel"])
def test_a_forgotten_authorization_is_not_voided(shop, verb):
    """It stays as it is, until it lapses."""
    options = MethodOptions(capture_method="manual")
    held = shop.authorize(shop.create(payment_method_options=options), Approved(forgotten=True))
    payment = getattr(shop, verb)(held)
    assert ("succeeded", ["success", "generic_processor_error"]) == (payment.status, shop.codes(payment))
    assert (1, LAPSE) == (len(shop.gateway.charges), shop.agenda)


def test_forgotten_after_a_challenge(shop):
    """What the gateway says once the challenge is passed may be forgotten as well."""
    payment = shop.reverse(shop.finish(shop.pay(Challenged(then=Approved(forgotten=True))), "passed"))
    assert ["success", "generic_processor_error"] == shop.codes(payment)


def test_what_was_forgotten_is_told_by_its_rule(shop):
    """The failed refund names the rule that let the gateway forget."""
    payment = shop.reverse(shop.pay(Answer(Approved(forgotten=True), rule="forgetful")))
    assert ["forgetful", "forgetful"] == [one.rule for one in payment.transactions]


def test_an_external_refund_needs_no_memory(shop):
    """What was given back elsewhere is recorded whatever the gateway knows."""
    payment = shop.reverse(shop.pay(Approved(forgotten=True)), external=True)
    assert (5000, False, True, "reversed") == flags(payment)
