"""The 3DS step: asked once, answered once, or left to lapse (checkout/3ds-and-redirect-handling)."""

import pytest
from msgspec.structs import replace

from mock_odus.engine import authorizations, challenges
from mock_odus.engine.declines import ERROR_CODES
from mock_odus.engine.errors import NotFound, Refused
from mock_odus.engine.gateways import Approved, Challenged, Declined, Unreachable
from mock_odus.engine.records import PaymentMethod, Transaction

FUNDS = Declined("insufficient_funds")


@pytest.fixture
def waiting(shop):
    return shop.pay(Challenged())


def test_a_challenge_waits_for_the_customer(shop, waiting):
    """`requires_action` with a link; the one transaction is partial, nothing is charged and no other gateway asked."""
    assert ("requires_action", "incomplete", 0) == (waiting.status, waiting.display_status, waiting.amount_captured)
    assert "redirect" == waiting.action.type
    assert waiting.action.redirect_url.endswith(waiting.action.token)
    (transaction,) = waiting.transactions
    assert ("partial", "confirmation_requested") == (transaction.outcome.status, transaction.outcome.special_code)
    assert "pending" == transaction.challenge
    assert 1 == len(shop.gateway.charges)


def test_passed(shop, waiting):
    """The authorization is finished in place: one transaction, now a success, and the card is saved."""
    payment = shop.finish(waiting, "passed")
    assert ("succeeded", None, 5000) == (payment.status, payment.action, payment.amount_captured)
    (transaction,) = payment.transactions
    assert (waiting.transactions[0].id, "success", None, "passed") == (
        transaction.id,
        transaction.outcome.status,
        transaction.outcome.special_code,
        transaction.challenge,
    )
    assert payment.payment_method in shop.world.table(PaymentMethod)
    assert 1 == len(shop.gateway.charges)
    assert [] == shop.world.agenda()


@pytest.mark.parametrize("answer", ["failed", "cancelled"])
def test_failed_or_cancelled(shop, waiting, answer):
    """The payment is open again, the transaction failed `authentication_failed`, and no other gateway is asked."""
    payment = shop.finish(waiting, answer)
    assert ("open", "failed", None) == (payment.status, payment.display_status, payment.action)
    assert ["authentication_failed"] == shop.codes(payment)
    assert answer == payment.transactions[0].challenge
    assert 1 == len(shop.gateway.charges)
    assert [] == shop.world.agenda()


def test_it_lapses_after_exactly_24_hours(shop, waiting):
    """A millisecond before it still waits; then it is open, and the transaction stays partial."""
    shop.world.advance("2026-01-01T23:59:59.999Z")
    assert "requires_action" == shop.read(waiting).status
    shop.world.advance("2026-01-02T00:00:00.000Z")
    payment = shop.read(waiting)
    assert ("open", "incomplete", None, "2026-01-02T00:00:00.000Z") == (
        payment.status,
        payment.display_status,
        payment.action,
        payment.updated_at,
    )
    assert ("partial", "lapsed") == (payment.transactions[0].outcome.status, payment.transactions[0].challenge)
    assert 1 == len(shop.gateway.charges)


def test_what_came_before_stays(shop):
    """A lapse and a cancel touch the last transaction only."""
    lapsed, cancelled = (shop.pay(FUNDS, FUNDS, Challenged()) for _ in range(2))
    assert ["insufficient_funds", "insufficient_funds", "partial"] == shop.codes(shop.cancel(cancelled))
    shop.world.advance("2026-01-02T00:00:00.000Z")
    assert ["insufficient_funds", "insufficient_funds", "partial"] == shop.codes(shop.read(lapsed))


def test_24_hours_are_exact_when_the_clocks_change(open_shop):
    """A lapse is an exact time, not a calendar day of the merchant's."""
    shop = open_shop(now="2026-03-28T11:00:00.000Z")
    shop.config(timezone="Europe/Paris")
    shop.pay(Challenged())
    assert ["2026-03-29T11:00:00.000Z"] == [job.due for job in shop.world.agenda()]


def test_a_lapsed_payment_can_be_tried_again(shop, waiting):
    """The next try asks afresh, and its own challenge has its own 24 hours."""
    shop.world.advance("2026-01-05T00:00:00.000Z")
    again = shop.authorize(shop.read(waiting), Challenged())
    assert waiting.action.token != again.action.token
    assert ["2026-01-06T00:00:00.000Z"] == [job.due for job in shop.world.agenda()]
    assert "succeeded" == shop.finish(again, "passed").status
    assert ["partial", "success"] == shop.codes(shop.read(waiting))


def test_an_answered_challenge_does_not_lapse(shop, waiting):
    """Its job is gone with the answer: a later day changes nothing."""
    done = shop.finish(waiting, "passed")
    shop.world.advance("2026-01-05T00:00:00.000Z")
    assert done == shop.read(waiting)


@pytest.mark.parametrize("first", ["passed", "failed", "cancelled", "lapsed"])
@pytest.mark.parametrize("second", ["passed", "failed", "cancelled"])
def test_a_link_works_once(shop, waiting, first, second):
    """A second answer is refused, says what became of the first, and changes nothing."""
    token = waiting.action.token
    if first == "lapsed":
        shop.world.advance("2026-01-02T00:00:00.000Z")
    else:
        shop.finish(waiting, first)
    before = shop.world.digest()
    with pytest.raises(Refused, match=f"this challenge is over: it was {first}"):
        authorizations.finish_challenge(shop.world, challenges.get(shop.world, token), second)
    assert before == shop.world.digest()


def test_an_unknown_link(world):
    """A link that was never given is NotFound."""
    with pytest.raises(NotFound, match="no challenge has this link"):
        challenges.get(world, "x")


# --- Who is there to answer


def test_a_merchants_charge_cannot_be_challenged(shop):
    """Nobody is there to answer: it fails `authentication_failed` at once, and no other gateway is asked."""
    payment = shop.pay(Challenged(), initiator="merchant")
    assert ("open", "failed", None) == (payment.status, payment.display_status, payment.action)
    assert ["authentication_failed"] == shop.codes(payment)
    assert (1, []) == (len(shop.gateway.charges), shop.world.agenda())


def test_a_merchants_charge_is_challenged_after_a_failover_as_well(shop):
    """The same holds at the second gateway."""
    payment = shop.pay(FUNDS, Challenged(), initiator="merchant")
    assert ["insufficient_funds", "authentication_failed"] == shop.codes(payment)


def test_what_a_challenge_ends_is_ended_whatever_cascades_go_on_after(shop):
    """A merchant who has cascades go on after `authentication_failed` does not ask an absent or failing customer."""
    shop.world.policies = replace(shop.world.policies, failover_on=frozenset(ERROR_CODES))
    unattended = shop.pay(Challenged(), initiator="merchant")
    failed = shop.finish(shop.pay(Challenged()), "failed")
    assert 2 * [["authentication_failed"]] == [shop.codes(unattended), shop.codes(failed)]
    assert "succeeded" == shop.pay(Declined("authentication_failed")).status


# --- In a cascade


def test_a_challenge_after_a_failover(shop):
    """Failed gateways before it keep their transactions; the answer completes the last one."""
    payment = shop.finish(shop.pay(FUNDS, Challenged()), "passed")
    assert ["insufficient_funds", "success"] == shop.codes(payment)
    assert shop.gateways[1] == payment.gateway_profile


@pytest.mark.parametrize("then", [FUNDS, Unreachable()])
def test_a_decline_after_a_passed_challenge_goes_on(shop, then):
    """The remaining gateways are asked before the customer is sent back, in one try."""
    payment = shop.finish(shop.pay(Challenged(then=then)), "passed", FUNDS)
    assert "succeeded" == payment.status
    assert shop.gateways == [one.gateway_profile for one in payment.transactions]
    assert ["success"] == shop.codes(payment)[2:]
    assert 1 == len({charge.occasion for charge in shop.gateway.charges})


def test_at_most_one_challenge_an_attempt(shop):
    """A gateway that would challenge again takes the passed one and says what it says afterwards."""
    payment = shop.finish(shop.pay(Challenged(then=FUNDS)), "passed", Challenged(then=FUNDS), Challenged())
    assert ("succeeded", None) == (payment.status, payment.action)
    assert ["insufficient_funds", "insufficient_funds", "success"] == shop.codes(payment)
    assert ["passed", None, None] == [one.challenge for one in payment.transactions]


def test_the_candidates_are_fixed_when_the_attempt_begins(shop):
    """A cascade that fills up while the customer is away does not change who is asked next."""
    limit = {"transaction_limit": 1, "limit_period": "month"}
    first, second, third = shop.gateways
    shop.route(
        shop.cascade(
            {"gateway_profile": first, "position": 1, "transaction_limit": 9, "limit_period": "month"},
            {"gateway_profile": second, "position": 2, **limit},
            {"gateway_profile": third, "position": 3},
        )
    )
    waiting = shop.pay(Challenged(then=FUNDS))
    assert second == shop.pay(FUNDS).gateway_profile
    assert [first, second] == [one.gateway_profile for one in shop.finish(waiting, "passed").transactions]


def test_a_decline_after_the_last_gateway(shop):
    """Challenged by the only one left, passed, declined: open and failed."""
    payment = shop.finish(shop.pay(FUNDS, FUNDS, Challenged(then=FUNDS)), "passed")
    assert ("open", "failed", 3) == (payment.status, payment.display_status, len(payment.transactions))


def test_some_declines_end_the_attempt_after_a_challenge_too(shop):
    """`invalid_card_details` after a passed challenge asks no other gateway."""
    payment = shop.finish(shop.pay(Challenged(then=Declined("invalid_card_details"))), "passed")
    assert ["invalid_card_details"] == shop.codes(payment)
    assert ("open", 1) == (payment.status, len(shop.gateway.charges))


def test_a_passed_challenge_is_told_to_nobody_twice(shop):
    """Approved by the second gateway after the first one's challenge: one payment, one card, no action left."""
    payment = shop.finish(shop.pay(Challenged(then=FUNDS)), "passed", Approved())
    assert ("succeeded", None, 5000) == (payment.status, payment.action, payment.amount_captured)
    assert 1 == len(shop.world.table(PaymentMethod))
    assert [] == shop.agenda


def test_the_next_try_may_be_challenged_again(shop):
    """At most one challenge an attempt, not a payment."""
    declined = shop.finish(shop.pay(Challenged(then=FUNDS)), "passed", FUNDS, FUNDS)
    again = shop.authorize(declined, Challenged())
    assert ("requires_action", 4) == (again.status, len(again.transactions))
    assert "succeeded" == shop.finish(again, "passed").status


# --- Answers that the scenario has in store


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        ("passed", "succeeded", "success"),
        ("failed", "open", "authentication_failed"),
        ("cancelled", "open", "authentication_failed"),
    ],
)
def test_a_challenge_may_answer_itself_at_once(shop, answer, status, code):
    """Inside the authorize call: both changes are events, the answer is final."""
    payment = shop.pay(Challenged(answer=answer))
    assert (status, [code], answer) == (payment.status, shop.codes(payment), payment.transactions[0].challenge)
    assert 2 == shop.events.count("payment.updated")
    assert [] == shop.world.agenda()


def test_an_answer_at_once_may_lead_to_the_next_gateway(shop):
    """Passed in the call, declined, and approved elsewhere: all in one answer."""
    payment = shop.pay(Challenged(answer="passed", then=FUNDS), Unreachable(), Challenged(answer="failed"))
    assert ["insufficient_funds", "processor_unavailable", "success"] == shop.codes(payment)
    assert ["passed", None, None] == [one.challenge for one in payment.transactions]
    assert ("succeeded", 2) == (payment.status, shop.events.count("payment.updated"))


def test_a_challenge_may_answer_itself_later(shop):
    """It waits until its time, then the answer is given and the lapse is off."""
    payment = shop.pay(Challenged(answer="passed", after_ms=30_000))
    assert "requires_action" == payment.status
    shop.world.advance("2026-01-01T00:00:30.000Z")
    assert ("succeeded", "2026-01-01T00:00:30.000Z") == (shop.read(payment).status, shop.read(payment).updated_at)
    assert [] == shop.world.agenda()


def test_an_answer_after_the_lapse_comes_too_late(shop):
    """An answer in store for after 24 hours finds the payment open and changes nothing."""
    payment = shop.pay(Challenged(answer="passed", after_ms=25 * 3_600_000))
    shop.world.advance("2026-01-05T00:00:00.000Z")
    assert ("open", "incomplete") == (shop.read(payment).status, shop.read(payment).display_status)


def test_a_customer_is_quicker_than_the_answer_in_store(shop):
    """Answered by hand before its time, the answer in store is dropped."""
    payment = shop.finish(shop.pay(Challenged(answer="passed", after_ms=30_000)), "failed")
    assert [] == shop.agenda
    shop.world.advance("2026-01-05T00:00:00.000Z")
    assert payment == shop.read(payment)


@pytest.mark.parametrize("after", [None, 30_000])
def test_an_abandoned_challenge_lapses(shop, after):
    """Nobody answers, not even by script: it lapses after 24 hours, whenever it was given up."""
    payment = shop.pay(Challenged(answer="abandoned", after_ms=after))
    assert ("requires_action", [("lapse_challenge", "2026-01-02T00:00:00.000Z")]) == (payment.status, shop.agenda)
    shop.world.advance("2026-01-02T00:00:00.000Z")
    assert ("open", "lapsed") == (shop.read(payment).status, shop.read(payment).transactions[0].challenge)


# --- No challenge at all


def test_frictionless(shop):
    """3DS ran and asked nobody: approved in the call, and only the journal tells."""
    payment = shop.pay(FUNDS, Approved(frictionless=True))
    assert ("succeeded", None, [None, "frictionless"]) == (
        payment.status,
        payment.action,
        [one.challenge for one in payment.transactions],
    )
    assert ("success", None) == (payment.transactions[1].outcome.status, payment.transactions[1].outcome.special_code)
    assert [] == shop.agenda


def test_frictionless_for_the_merchant(shop):
    """Nobody is needed, so the merchant may charge as well."""
    assert "succeeded" == shop.pay(Approved(frictionless=True), initiator="merchant").status


# --- A payment that is cancelled while its customer is away


def test_a_cancel_withdraws_the_challenge(shop, waiting, refused):
    """No gateway is asked, the transaction stays partial, nothing lapses, and the link is over."""
    token = waiting.action.token
    payment = shop.cancel(waiting)
    assert ("cancelled", "cancelled", None) == (payment.status, payment.display_status, payment.action)
    (transaction,) = payment.transactions
    assert ("partial", "withdrawn") == (transaction.outcome.status, transaction.challenge)
    assert (transaction, 1, []) == (
        shop.world.get(Transaction, transaction.id),
        len(shop.gateway.charges),
        shop.agenda,
    )
    challenge = challenges.get(shop.world, token)
    words = "this challenge is over: it was withdrawn"
    refused(words, authorizations.finish_challenge, shop.world, challenge, "passed")


def test_a_cancel_withdraws_the_answer_in_store(shop):
    """What would have been answered later is not."""
    payment = shop.cancel(shop.pay(Challenged(answer="passed", after_ms=30_000)))
    shop.world.advance("2026-01-05T00:00:00.000Z")
    assert (payment, []) == (shop.read(payment), shop.agenda)


# --- The way back


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://shop.example/thanks", "https://shop.example/thanks?success=true&payment={id}"),
        ("https://shop.example", "https://shop.example?success=true&payment={id}"),
        ("https://s.example/?cart=1&q=a%20b", "https://s.example/?cart=1&q=a%20b&success=true&payment={id}"),
        ("https://s.example/?empty=", "https://s.example/?empty=&success=true&payment={id}"),
        (
            "https://s.example/?success=x&payment=y&checkoutKey=z&a=1#top",
            "https://s.example/?a=1&success=true&payment={id}#top",
        ),
    ],
)
def test_the_browser_goes_back_with_the_answer(shop, url, expected):
    """The merchant's own parameters are kept, namesakes replaced, `success` and `payment` added."""
    waiting = shop.authorize(shop.create(return_url=None), Challenged(), return_url=url)
    challenge = challenges.pending(shop.world, waiting)
    payment = shop.finish(waiting, "passed")
    assert expected.format(id=payment.id) == challenges.return_url(payment, challenge, "ckey_1")


def test_an_unsuccessful_return(shop):
    """A failed challenge goes back with `success=false`; the checkout's own goes back with its key."""
    waiting = shop.authorize(shop.create(), Challenged(), by_checkout=True)
    challenge = challenges.pending(shop.world, waiting)
    payment = shop.finish(waiting, "failed")
    expected = f"https://shop.example/thanks?success=false&payment={payment.id}&checkoutKey=ckey_1"
    assert expected == challenges.return_url(payment, challenge, "ckey_1")
