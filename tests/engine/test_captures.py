"""Captures: at once, by hand, after a delay, or never (guides/payments/capture)."""

import pytest
from msgspec.structs import replace

from mock_odus.engine import periods
from mock_odus.engine.bodies import MethodOptions, Routing
from mock_odus.engine.gateways import Approved, Challenged, Declined, TimedOut, Unreachable

FUNDS = Declined("insufficient_funds")
LAPSE = "2026-01-08T00:00:00.000Z"  # seven days after the shop's start
LAST_MOMENT = "2026-01-07T23:59:59.999Z"


@pytest.fixture
def held(shop):
    return shop.hold()


@pytest.fixture
def delayed(shop):
    """Pays with a delayed capture."""

    def pay(days, *answers, **fields):
        options = MethodOptions(capture_method="automaticDelayed", capture_delay=days)
        return shop.pay(*answers, payment_method_options=options, **fields)

    return pay


def flags(payment):
    return payment.status, payment.display_status, payment.is_authorized, payment.is_captured


def amounts(payment):
    return payment.amount, payment.amount_authorized, payment.amount_captured


def kinds(payment):
    """What the gateways were asked for, and what they said."""
    return [(one.type, one.amount, one.outcome.error_code or one.outcome.status) for one in payment.transactions]


# --- At once


def test_automatic_is_the_default(shop):
    """One sale, captured in full; nothing is left to be done."""
    payment = shop.pay()
    assert ("succeeded", "succeeded", True, True) == flags(payment)
    assert (5000, 5000, 5000) == amounts(payment)
    assert [("sale", 5000, "success")] == kinds(payment)
    assert ("automatic", None, []) == (payment.capture_method, payment.capture_at, shop.agenda)


def test_what_is_captured_is_not_captured_again(shop, refused):
    """There is one capture: a sale refuses another."""
    refused("is captured already: there is one capture", shop.capture, shop.pay())


# --- By hand


def test_manual_only_authorizes(shop, held):
    """The payment is `succeeded` and shown `uncaptured`; the money is held and lapses in seven days."""
    assert ("succeeded", "uncaptured", True, False) == flags(held)
    assert (5000, 5000, 0) == amounts(held)
    assert [("authorization", 5000, "success")] == kinds(held)
    assert ("manual", None) == (held.capture_method, held.capture_at)
    assert [("lapse_authorization", LAPSE)] == shop.agenda


def test_all_that_is_authorized_is_captured(shop, held):
    """Without an amount; the gateway that authorized is asked, and nothing lapses any more."""
    payment = shop.capture(held)
    assert ("succeeded", "succeeded", True, True) == flags(payment)
    assert (5000, 5000, 5000) == amounts(payment)
    assert [("authorization", 5000, "success"), ("capture", 5000, "success")] == kinds(payment)
    asked = shop.gateway.charges[-1]
    assert ("capture", shop.gateways[0], 5000) == (asked.operation, asked.gateway, asked.amount)
    assert [] == shop.agenda


def test_a_part_is_captured_and_the_rest_released(shop, held, refused):
    """`amountCaptured` is the part, `amount` stays; a second capture is refused."""
    payment = shop.capture(held, amount=2000)
    assert ("succeeded", "succeeded", True, True) == flags(payment)
    assert (5000, 5000, 2000) == amounts(payment)
    assert ("capture", 2000, "success") == kinds(payment)[-1]
    assert [] == shop.agenda
    refused("is captured already: there is one capture, and the rest was released", shop.capture, payment, amount=1)


def test_all_may_be_captured_by_its_amount(shop, held):
    """The whole amount is no more than is authorized."""
    assert (5000, 5000, 5000) == amounts(shop.capture(held, amount=5000))


def test_no_more_than_is_authorized(shop, held, refused):
    """One unit too much is refused, and says what is authorized."""
    refused("amount must be at most 5000, which is what is authorized; found 5001", shop.capture, held, amount=5001)


def test_the_gateway_that_authorized_is_asked(shop):
    """Once, with the rule that led there, whatever the cascade says."""
    payment = shop.authorize(shop.create(payment_method_options=MethodOptions(capture_method="manual")), Unreachable())
    captured = shop.capture(payment, FUNDS)
    asked = shop.gateway.charges[-1]
    assert (shop.gateways[1], shop.queue, 2) == (asked.gateway, asked.cascade, asked.position)
    assert [shop.gateways[0], *2 * [shop.gateways[1]]] == [one.gateway_profile for one in captured.transactions]


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        (None, "nothing has been authorized yet"),
        ((FUNDS, FUNDS, FUNDS), "nothing has been authorized yet"),
        ((Challenged(),), "nothing has been authorized yet"),
    ],
)
def test_only_what_is_authorized_is_captured(shop, refused, answers, why):
    """An untouched payment, a declined one and one that waits refuse."""
    payment = shop.create() if answers is None else shop.pay(*answers)
    refused(why, shop.capture, payment)


def test_what_is_cancelled_is_not_captured(shop, held, refused):
    """A voided payment is gone for good."""
    refused("it is cancelled for good", shop.capture, shop.cancel(held))


# --- A gateway that refuses to capture


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Declined("generic_processor_error"), "generic_processor_error"),
        (Unreachable(), "processor_unavailable"),
        (TimedOut(), "processor_timeout"),
    ],
)
def test_a_refused_capture(shop, held, answer, code):
    """It is no error: a failed transaction, all flags and amounts as before, and the lapse still stands."""
    payment = shop.capture(held, answer, amount=2000)
    assert flags(held) == flags(payment)
    assert amounts(held) == amounts(payment)
    assert ("capture", 2000, code) == kinds(payment)[-1]
    assert [("lapse_authorization", LAPSE)] == shop.agenda


def test_a_refused_capture_may_be_tried_again(shop, held):
    """By hand, for all or another part."""
    payment = shop.capture(shop.capture(held, FUNDS), amount=300)
    assert (5000, 5000, 300) == amounts(payment)


def test_each_capture_is_an_occasion_of_its_own(shop, held):
    """Rules that count tries see every capture as a new one."""
    shop.capture(shop.capture(held, FUNDS))
    assert 3 == len({charge.occasion for charge in shop.gateway.charges})


# --- After a delay


def test_a_delayed_capture(shop, delayed):
    """Authorized now, captured at `captureAt` without anybody's doing; until then it could lapse."""
    payment = delayed(2)
    due = "2026-01-03T00:00:00.000Z"
    assert ("succeeded", "uncaptured", True, False) == flags(payment)
    assert ("automaticDelayed", 2, due) == (payment.capture_method, payment.capture_delay, payment.capture_at)
    assert [("capture_payment", due), ("lapse_authorization", LAPSE)] == shop.agenda

    shop.world.advance("2026-01-02T23:59:59.999Z")
    assert payment == shop.read(payment)
    shop.world.advance(due)
    captured = shop.read(payment)
    assert ("succeeded", "succeeded", True, True) == flags(captured)
    assert [("authorization", 5000, "success"), ("capture", 5000, "success")] == kinds(captured)
    assert (None, due, []) == (captured.capture_at, captured.updated_at, shop.agenda)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-28T11:00:00.000Z", "2026-03-29T10:00:00.000Z"),  # the clocks go forward: a day of 23 hours
        ("2026-10-24T10:00:00.000Z", "2026-10-25T11:00:00.000Z"),  # back: a day of 25 hours
        ("2026-03-28T01:30:00.000Z", "2026-03-29T01:30:00.000Z"),  # 02:30 does not exist: an hour later on the clock
        ("2026-10-24T00:30:00.000Z", "2026-10-25T00:30:00.000Z"),  # 02:30 comes twice: the first
    ],
)
def test_a_delay_is_calendar_days_on_the_merchants_clock(open_shop, now, due):
    """The capture comes at the same time of the wall clock, also when the clocks change in between."""
    shop = open_shop(now=now)
    shop.config(timezone="Europe/Paris")
    options = MethodOptions(capture_method="automaticDelayed", capture_delay=1)
    assert due == shop.pay(payment_method_options=options).capture_at


def test_a_delay_begins_with_the_authorization(shop):
    """Not with the payment's creation, nor with the challenge, but when it is passed."""
    options = MethodOptions(capture_method="automaticDelayed", capture_delay=1)
    payment = shop.create(payment_method_options=options)
    shop.world.advance("2026-01-02T00:00:00.000Z")
    waiting = shop.authorize(payment, Challenged())
    assert (None, ["lapse_challenge"]) == (waiting.capture_at, [kind for kind, _ in shop.agenda])
    shop.world.advance("2026-01-02T06:00:00.000Z")
    assert "2026-01-03T06:00:00.000Z" == shop.finish(waiting, "passed").capture_at


def test_a_delayed_capture_that_is_refused_is_not_repeated(shop, delayed):
    """A failed transaction; nothing tries again, the authorization lapses, and a hand may still capture before."""
    payment = delayed(5)
    shop.gateway.answers = [FUNDS]
    shop.world.advance(LAST_MOMENT)
    failed = shop.read(payment)
    assert ("succeeded", "uncaptured", True, False) == flags(failed)
    assert ("capture", 5000, "insufficient_funds") == kinds(failed)[-1]
    assert (None, [("lapse_authorization", LAPSE)]) == (failed.capture_at, shop.agenda)
    assert ("succeeded", "succeeded", True, True) == flags(shop.capture(failed))


def test_a_hand_is_quicker_than_the_delay(shop, delayed):
    """Captured before its time, in part: the delayed capture is off."""
    payment = shop.capture(delayed(3), amount=1000)
    assert (None, []) == (payment.capture_at, shop.agenda)
    shop.world.advance("2026-02-01T00:00:00.000Z")
    assert payment == shop.read(payment)


def test_a_hand_that_is_refused_calls_the_delay_off(shop, delayed):
    """Nothing retries by itself, a delayed capture after a refused one neither."""
    payment = shop.capture(delayed(3), FUNDS)
    assert (None, [("lapse_authorization", LAPSE)]) == (payment.capture_at, shop.agenda)


def test_what_is_voided_is_not_captured_later(shop, delayed):
    """A cancel calls the delayed capture off."""
    payment = shop.cancel(delayed(3))
    assert (None, []) == (payment.capture_at, shop.agenda)
    shop.world.advance("2026-02-01T00:00:00.000Z")
    assert payment == shop.read(payment)


# --- Never


def test_an_authorization_lapses_after_exactly_seven_days(shop, held):
    """A millisecond before it is there; then the funds are released and the payment is cancelled, no gateway asked."""
    shop.world.advance(LAST_MOMENT)
    assert held == shop.read(held)
    shop.world.advance(LAPSE)
    payment = shop.read(held)
    assert ("cancelled", "cancelled", False, False) == flags(payment)
    assert (5000, 0, 0) == amounts(payment)
    assert ("lapsed", LAPSE) == (payment.cancellation_reason, payment.cancelled_at)
    assert (1, 1, []) == (len(payment.transactions), len(shop.gateway.charges), shop.agenda)


def test_captured_at_the_last_moment(shop, held):
    """A millisecond before the lapse is early enough, and nothing lapses afterwards."""
    shop.world.advance(LAST_MOMENT)
    payment = shop.capture(held)
    shop.world.advance("2026-02-01T00:00:00.000Z")
    assert payment == shop.read(payment)
    assert ("succeeded", "succeeded", True, True) == flags(payment)


def test_what_has_lapsed_is_not_captured_later(shop, delayed):
    """An authorization that lapses before its delayed capture is gone: nothing is taken of it."""
    shop.world.policies = replace(shop.world.policies, lapses_after=periods.Duration(days=2))
    payment = delayed(3)
    shop.world.advance("2026-02-01T00:00:00.000Z")
    lapsed = shop.read(payment)
    assert ("lapsed", "2026-01-03T00:00:00.000Z") == (lapsed.cancellation_reason, lapsed.cancelled_at)
    assert ("cancelled", "cancelled", False, False, []) == (*flags(lapsed), shop.agenda)


def test_a_capture_goes_before_a_lapse_at_the_same_instant(shop, delayed):
    """What is to be captured just when it would lapse is captured."""
    shop.world.policies = replace(shop.world.policies, lapses_after=periods.Duration(days=3))
    payment = delayed(3)
    shop.world.advance("2026-02-01T00:00:00.000Z")
    assert ("succeeded", "succeeded", True, True) == flags(shop.read(payment))
    assert [] == shop.agenda


def test_seven_days_are_exact_when_the_clocks_change(open_shop):
    """The lapse is an exact time, not a calendar day of the merchant's."""
    shop = open_shop(now="2026-03-28T11:00:00.000Z")
    shop.config(timezone="Europe/Paris")
    shop.hold()
    assert [("lapse_authorization", "2026-04-04T11:00:00.000Z")] == shop.agenda


def test_seven_days_begin_with_the_authorization(shop):
    """Not with the challenge before it."""
    waiting = shop.authorize(shop.create(payment_method_options=MethodOptions(capture_method="manual")), Challenged())
    shop.world.advance("2026-01-01T12:00:00.000Z")
    shop.finish(waiting, "passed")
    assert [("lapse_authorization", "2026-01-08T12:00:00.000Z")] == shop.agenda


# --- Which of them


@pytest.mark.parametrize("default", ["automatic", "manual", "automaticDelayed"])
def test_the_merchants_default(shop, default):
    """It holds where a payment does not say otherwise, and is fixed when the payment is created."""
    shop.config(capture_method=default, capture_delay=4)
    payment = shop.create()
    shop.config(capture_method="manual" if default == "automatic" else "automatic", capture_delay=1)
    paid = shop.authorize(payment)
    assert (default, default == "automatic") == (paid.capture_method, paid.is_captured)
    assert ("2026-01-05T00:00:00.000Z" if default == "automaticDelayed" else None) == paid.capture_at


def test_a_payments_own_method_wins_over_the_merchants(shop):
    """Both are shown: what was given, and what came of it."""
    shop.config(capture_method="manual")
    payment = shop.pay(payment_method_options=MethodOptions(capture_method="automatic"))
    assert ("automatic", True) == (payment.capture_method, payment.is_captured)
    assert "automatic" == payment.payment_method_options.capture_method


def test_the_default_options_win_over_the_default(shop):
    """The merchant's paymentMethodOptions are more than their captureMethod, a payment's own more than both."""
    card = Routing("cascade", cascade=shop.queue)
    shop.config(payment_method_options=MethodOptions(capture_method="automaticDelayed", capture_delay=3, card=card))
    assert "2026-01-04T00:00:00.000Z" == shop.pay().capture_at
    assert "2026-01-02T00:00:00.000Z" == shop.pay(payment_method_options=MethodOptions(capture_delay=1)).capture_at
    again = MethodOptions(capture_method="automaticDelayed")
    assert "2026-01-04T00:00:00.000Z" == shop.pay(payment_method_options=again).capture_at
    assert shop.pay(payment_method_options=MethodOptions(capture_method="automatic")).is_captured


def test_what_a_payment_asks_for_wins_over_a_default_of_its_method(shop):
    """The merchant's routing of cards may say how they are captured; a caller who says it of the payment is obeyed."""
    card = Routing("cascade", cascade=shop.queue, capture_method="automatic")
    shop.config(payment_method_options=MethodOptions(card=card))
    held = shop.pay(payment_method_options=MethodOptions(capture_method="manual"))
    assert ("manual", False) == (held.capture_method, held.is_captured)
    assert shop.pay().is_captured


def test_the_delay_of_the_merchant_serves_a_payment_without_its_own(shop):
    """`captureDelay` falls back by itself."""
    shop.config(capture_delay=5)
    payment = shop.pay(payment_method_options=MethodOptions(capture_method="automaticDelayed"))
    assert "2026-01-06T00:00:00.000Z" == payment.capture_at


@pytest.mark.parametrize(
    ("own", "top", "expected"),
    [
        ("manual", "automatic", "manual"),
        ("automatic", "manual", "automatic"),
        ("automaticDelayed", None, "automaticDelayed"),
        (None, "manual", "manual"),
        (None, None, "automatic"),
    ],
)
def test_a_method_types_own_method_wins_over_all(shop, own, top, expected):
    """What stands beside the routing of a method type overrides the one above it."""
    card = Routing("cascade", cascade=shop.queue, capture_method=own)
    payment = shop.pay(payment_method_options=MethodOptions(capture_method=top, capture_delay=1, card=card))
    assert (expected, expected == "automatic") == (payment.capture_method, payment.is_captured)
    assert ("sale" if expected == "automatic" else "authorization") == payment.transactions[0].type


def test_another_method_type_has_its_own_way(shop):
    """A declined try by card does not decide how the next one, by Apple Pay, is captured."""
    card, wallet = (Routing("cascade", cascade=shop.queue, capture_method=own) for own in ("manual", None))
    payment = shop.create(payment_method_options=MethodOptions(card=card, apple_pay=wallet))
    declined = shop.authorize(payment, FUNDS, FUNDS, FUNDS)
    paid = shop.authorize(declined, type="applePay", token="t")
    assert ("automatic", True) == (paid.capture_method, paid.is_captured)
    assert [*3 * ["authorization"], "sale"] == [one.type for one in paid.transactions]


def test_the_type_that_is_challenged_decides(shop):
    """A passed challenge captures as the method type that was challenged does."""
    card = Routing("cascade", cascade=shop.queue, capture_method="manual")
    waiting = shop.authorize(shop.create(payment_method_options=MethodOptions(card=card)), Challenged())
    payment = shop.finish(waiting, "passed")
    assert ("manual", False, "authorization") == (
        payment.capture_method,
        payment.is_captured,
        payment.transactions[0].type,
    )


@pytest.mark.parametrize("own", [None, "automaticDelayed"])
def test_a_delay_must_be_known(shop, refused, own):
    """A delayed capture without a captureDelay anywhere is no payment, whichever level wants it."""
    card = Routing("cascade", cascade=shop.queue, capture_method=own)
    top = None if own else "automaticDelayed"
    words = "paymentMethodOptions.captureDelay is required with captureMethod automaticDelayed"
    refused(words, shop.create, payment_method_options=MethodOptions(capture_method=top, card=card))


def test_a_delay_that_is_never_used_need_not_be_known(shop):
    """Where every method type has another way the delay is not asked for."""
    card = Routing("cascade", cascade=shop.queue, capture_method="manual")
    options = MethodOptions(capture_method="automaticDelayed", card=card)
    assert "manual" == shop.pay(payment_method_options=options).capture_method


# --- Nothing to take


@pytest.mark.parametrize("method", ["automatic", "manual", "automaticDelayed"])
def test_nothing_is_captured_of_nothing(shop, refused, method):
    """A payment of 0 verifies its method: captured at once however it would be, and nothing is due for it."""
    options = MethodOptions(capture_method=method, capture_delay=1)
    payment = shop.pay(amount=0, payment_method_options=options)
    assert ("succeeded", "succeeded", True, True) == flags(payment)
    assert ((0, 0, 0), None, []) == (amounts(payment), payment.capture_at, shop.agenda)
    assert [("authorization", 0, "success")] == kinds(payment)
    refused("is captured already", shop.capture, payment)


def test_a_verification_may_be_declined_and_challenged(shop):
    """A payment of 0 goes the way of any other, and saves its card."""
    waiting = shop.authorize(shop.pay(FUNDS, FUNDS, FUNDS, amount=0), Challenged())
    payment = shop.finish(waiting, "passed")
    assert ("succeeded", "succeeded", True, True) == flags(payment)
    assert payment.payment_method is not None


# --- What the gateway keeps to itself


def test_a_forgotten_charge_is_not_captured(shop):
    """The gateway had said yes and kept nothing: nobody is asked, the capture fails, and the payment lapses."""
    payment = shop.authorize(
        shop.create(payment_method_options=MethodOptions(capture_method="manual")), Approved(forgotten=True)
    )
    failed = shop.capture(payment)
    assert ("capture", 5000, "generic_processor_error") == kinds(failed)[-1]
    assert ("succeeded", "uncaptured", True, False) == flags(failed)
    assert (1, [("lapse_authorization", LAPSE)]) == (len(shop.gateway.charges), shop.agenda)
