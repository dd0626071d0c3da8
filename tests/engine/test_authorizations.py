"""Authorizing: the way through a cascade, what is charged, and what ends it (guides/payments/*, guides/routing/*)."""

import pytest

from mock_odus.engine import authorizations, customers
from mock_odus.engine.bodies import (
    AuthorizePayment,
    CreateCustomer,
    MethodOptions,
    Routing,
)
from mock_odus.engine.errors import Invalid, Refused
from mock_odus.engine.gateways import Approved, Challenged, Declined, TimedOut, Unreachable
from mock_odus.engine.records import PaymentMethod

FUNDS = Declined("insufficient_funds")


# --- The cascade


def test_the_first_approval_ends_the_attempt(shop):
    """One gateway asked, one transaction; authorized and captured in full."""
    payment = shop.pay()
    assert ("succeeded", "succeeded", True, True) == (
        payment.status,
        payment.display_status,
        payment.is_authorized,
        payment.is_captured,
    )
    assert (5000, 5000, 0) == (payment.amount_authorized, payment.amount_captured, payment.amount_reversed)
    assert (shop.gateways[0], shop.queue) == (payment.gateway_profile, payment.cascade)
    (transaction,) = payment.transactions
    assert ("sale", 5000, "usd", 1, "stripe") == (
        transaction.type,
        transaction.amount,
        transaction.currency,
        transaction.attempt,
        transaction.integration,
    )
    assert 1 == len(shop.gateway.charges)


def test_a_failure_moves_on_at_once(shop):
    """Each gateway that fails leaves a transaction; the one that approves is the payment's."""
    payment = shop.pay(Unreachable(), Declined("generic_hard_decline"))
    assert ["processor_unavailable", "generic_hard_decline", "success"] == shop.codes(payment)
    assert shop.gateways == [one.gateway_profile for one in payment.transactions]
    assert [1, 2, 3] == [one.attempt for one in payment.transactions]
    assert shop.gateways[2] == payment.gateway_profile


def test_all_gateways_fail(shop):
    """The payment is open again with every attempt listed, and charged nothing."""
    payment = shop.pay(FUNDS, TimedOut(), FUNDS)
    assert ("open", "failed", 0) == (payment.status, payment.display_status, payment.amount_captured)
    assert ["insufficient_funds", "processor_timeout", "insufficient_funds"] == shop.codes(payment)
    assert payment.payment_method is None


@pytest.mark.parametrize(
    "code",
    ["authentication_failed", "invalid_card_details", "customer_restricted", "customer_blacklisted"],
)
def test_what_ends_an_attempt(shop, code):
    """Some reasons hold at any gateway: no other one is asked."""
    payment = shop.pay(Declined(code))
    assert [code] == shop.codes(payment)
    assert ("open", "failed", 1) == (payment.status, payment.display_status, len(shop.gateway.charges))


@pytest.mark.parametrize(
    "code",
    [
        "insufficient_funds",
        "expired_card",
        "generic_processor_error",
        "fraud_suspected",
        "card_restricted",
        "generic_hard_decline",
        "generic_soft_decline",
        "processor_unavailable",
        "processor_timeout",
        "lost_card",
        "stolen_card",
        "limit_exceeded",
    ],
)
def test_what_moves_on(shop, code):
    """Every other reason leads to the next gateway."""
    assert [code, "success"] == shop.codes(shop.pay(Declined(code)))


def test_a_customer_may_try_as_often_as_they_like(shop):
    """Each try walks the whole cascade again; the transactions add up, and all gateways of a try share an occasion."""
    payment = shop.create()
    for _ in range(2):
        payment = shop.authorize(payment, FUNDS, FUNDS, FUNDS)
    payment = shop.authorize(payment, FUNDS)
    assert "succeeded" == payment.status
    assert list(range(1, 9)) == [one.attempt for one in payment.transactions]
    occasions = [charge.occasion.partition("/")[2] for charge in shop.gateway.charges]
    assert ["1"] * 3 + ["2"] * 3 + ["3"] * 2 == occasions


def test_an_unknown_card_number_never_gets_as_far_as_a_gateway(shop):
    """A number that is no test card is declined `invalid_card_details` whatever the gateways would say."""
    payment = shop.pay(Approved(), card=shop.gateway.unknown)
    assert ["invalid_card_details"] == shop.codes(payment)
    assert [] == shop.gateway.charges
    assert {} == shop.world.table(PaymentMethod)


def test_a_gateway_is_told_the_facts(shop):
    """The charge says who pays what, through which rule, and carries no number."""
    payment = shop.pay(FUNDS, amount=1234, metadata={"orderId": "1"})
    first, second = shop.gateway.charges
    assert ("authorize", 1234, "usd", "customer", "card", payment.id) == (
        first.operation,
        first.amount,
        first.currency,
        first.initiator,
        first.method,
        first.payment,
    )
    assert [(shop.gateways[0], 1), (shop.gateways[1], 2)] == [(one.gateway, one.position) for one in (first, second)]
    assert ({"orderId": "1"}, shop.customer, shop.queue) == (first.metadata, first.customer, first.cascade)
    assert "4242424242424242" not in repr(first)


def test_a_gateway_is_told_which_payment_and_which_try_it_is(shop):
    """Payments count from 1, tries of each from 1, whoever is asked in it."""
    first, second = shop.pay(FUNDS, FUNDS, FUNDS), shop.pay(FUNDS)
    shop.authorize(first)
    shop.reverse(second, amount=1)
    counted = [(charge.ordinal, charge.tries) for charge in shop.gateway.charges]
    assert [*3 * [(1, 1)], *2 * [(2, 1)], (1, 2), (2, 1)] == counted


def test_a_script_may_end_the_try(shop):
    """Whatever the code: no other gateway is asked."""
    payment = shop.pay(Declined("generic_soft_decline", ends_try=True))
    assert ("open", ["generic_soft_decline"]) == (payment.status, shop.codes(payment))
    again = shop.finish(shop.pay(Challenged(then=Declined("generic_soft_decline", ends_try=True))), "passed")
    assert ("open", ["generic_soft_decline"]) == (again.status, shop.codes(again))


# --- Straight to a gateway


@pytest.fixture
def straight(shop):
    """Pays at the second gateway, through no cascade."""
    options = MethodOptions(card=Routing("gatewayProfile", gateway_profile=shop.gateways[1]))
    return lambda *answers: shop.pay(*answers, payment_method_options=options)


def test_a_direct_payment_asks_its_gateway(shop, straight):
    """Which is told of no cascade, and is the payment's."""
    payment = straight()
    assert ("succeeded", shop.gateways[1], None) == (payment.status, payment.gateway_profile, payment.cascade)
    (charge,) = shop.gateway.charges
    assert (shop.gateways[1], None, None) == (charge.gateway, charge.cascade, charge.position)


def test_a_direct_payment_has_nobody_to_fall_back_on(shop, straight):
    """A failure is the end of the try, after a challenge too; the customer may try again."""
    declined = straight(FUNDS)
    assert ("open", "failed", ["insufficient_funds"]) == (
        declined.status,
        declined.display_status,
        shop.codes(declined),
    )
    after = shop.finish(straight(Challenged(then=FUNDS)), "passed")
    assert ("open", ["insufficient_funds"]) == (after.status, shop.codes(after))
    assert "succeeded" == shop.authorize(declined).status


def test_a_direct_payment_goes_back_straight(shop, straight):
    """Its refund is told of no cascade either."""
    shop.reverse(straight(), amount=1)
    charge = shop.gateway.charges[-1]
    assert ("refund", shop.gateways[1], None, None) == (
        charge.operation,
        charge.gateway,
        charge.cascade,
        charge.position,
    )


# --- What is charged


def test_a_card_is_saved_after_the_first_success(shop):
    """The customer's new card becomes their default method and the payment's, with the gateway that took it."""
    payment = shop.pay(FUNDS)
    (method,) = shop.world.table(PaymentMethod).values()
    assert method.id == payment.payment_method
    assert (shop.customer.id, True, shop.gateways[1]) == (method.customer, method.is_default, method.gateway_profile)
    assert ("visa", "4242", "12", "2030") == (
        method.card.brand,
        method.card.last_four,
        method.card.exp_month,
        method.card.exp_year,
    )


def test_only_the_first_card_is_the_default(shop):
    """A second card is saved beside the first, which stays the default."""
    shop.pay()
    shop.pay(card="5555555555554444")
    assert [True, False] == [method.is_default for method in shop.world.table(PaymentMethod).values()]


def test_the_same_card_is_saved_once(shop):
    """The number decides: paying again with it, even with a new expiry, makes no second record."""
    first = shop.pay()
    again = shop.authorize(shop.create(), card=shop.card(exp_year=2031))
    assert first.payment_method == again.payment_method
    (method,) = shop.world.table(PaymentMethod).values()
    assert "2031" == method.card.exp_year


def test_two_customers_may_have_the_same_card(shop):
    """A card is saved for each customer by itself, and is the first of each."""
    shop.pay()
    other = customers.create(shop.world, CreateCustomer(email="joe@example.com"))
    shop.pay(customer=other.id)
    assert [True, True] == [method.is_default for method in shop.world.table(PaymentMethod).values()]


@pytest.mark.parametrize("fields", [{"customer": None}, {"initiator": "merchant"}])
def test_a_card_that_is_not_saved(shop, fields):
    """Neither a guest's card nor one that the merchant charges is kept; the transaction says what was charged."""
    payment = shop.pay(**fields)
    assert "succeeded" == payment.status
    assert {} == shop.world.table(PaymentMethod)
    details = payment.transactions[0].payment_method_details
    assert ("card", "visa", "4242") == (details.type, details.card.brand, details.card.last_four)


def test_a_declined_card_is_not_saved(shop):
    """Only a success saves."""
    shop.pay(FUNDS, FUNDS, FUNDS)
    assert {} == shop.world.table(PaymentMethod)


def test_a_saved_method_pays_again(shop):
    """By its id, or named on the payment before; no second record is made."""
    method = shop.pay().payment_method
    by_body = shop.authorize(shop.create(), payment_method=method)
    by_payment = shop.authorize(shop.create(payment_method=method), card=None)
    assert [method, method] == [by_body.payment_method, by_payment.payment_method]
    assert 1 == len(shop.world.table(PaymentMethod))


def test_a_saved_method_remembers_who_took_it_last(shop, told):
    """The gateway that approved it, which is nobody's event."""
    method = shop.pay().payment_method
    payment = shop.create()
    assert ["payment.updated"] == told(shop.authorize, payment, FUNDS, payment_method=method)
    assert shop.gateways[1] == shop.world.get(PaymentMethod, method).gateway_profile


def test_a_new_card_replaces_the_named_method(shop):
    """A payment that names a saved method and is paid with another card shows the one that was charged."""
    saved = shop.pay().payment_method
    payment = shop.authorize(shop.create(payment_method=saved), card="5555555555554444")
    assert "4444" == shop.world.get(PaymentMethod, payment.payment_method).card.last_four


def test_a_card_that_is_not_saved_leaves_no_wrong_method(shop):
    """The merchant charges a new card of a payment that names a saved one: it does not claim the saved one paid."""
    saved = shop.pay().payment_method
    payment = shop.authorize(shop.create(payment_method=saved, initiator="merchant"), card="5555555555554444")
    assert "4444" == payment.transactions[0].payment_method_details.card.last_four
    assert payment.payment_method is None


@pytest.mark.parametrize(
    ("body", "begin"),
    [
        ({"card": None}, "paymentMethod is required"),
        ({"payment_method": "pm_x"}, "paymentMethod must be a saved payment method"),
        ({"type": "card"}, "card is required"),
    ],
)
def test_something_must_be_charged(shop, body, begin):
    """A card, a saved method, or one named before: else 400, and nothing has happened."""
    payment = shop.create()
    before = shop.world.digest()
    with pytest.raises(Invalid, match=begin):
        shop.authorize(payment, **body)
    assert before == shop.world.digest()


def test_a_card_wants_its_type(shop, refused):
    """A card alone is not guessed at, nor taken for a wallet's."""
    body = AuthorizePayment(card=shop.card())
    words = "type is required with a card: give 'card'"
    refused(words, authorizations.authorize, shop.world, shop.create(), body)


def test_a_card_and_a_method_exclude_each_other(shop):
    """Both at once are refused."""
    with pytest.raises(Invalid, match="paymentMethod and card exclude each other"):
        shop.authorize(shop.create(), payment_method="pm_x", card=shop.card())


def test_a_foreign_method_pays_nothing(shop):
    """A saved method belongs to its customer: neither another one nor a guest pays with it."""
    method = shop.pay().payment_method
    other = customers.create(shop.world, CreateCustomer(email="joe@example.com"))
    for payment in (shop.create(customer=other.id), shop.create(customer=None)):
        with pytest.raises(Invalid, match="paymentMethod"):
            shop.authorize(payment, payment_method=method)


def test_the_customer_must_have_somewhere_to_return_to(shop):
    """A customer-initiated payment needs a returnUrl, its own or the body's; the merchant's needs none."""
    with pytest.raises(Invalid, match="returnUrl is required"):
        shop.authorize(shop.create(return_url=None))
    given = shop.authorize(shop.create(return_url=None), return_url="https://other.example")
    assert "https://other.example" == given.return_url
    assert "succeeded" == shop.authorize(shop.create(return_url=None, initiator="merchant")).status


def test_every_problem_of_an_authorize_is_told(shop):
    """A wrong card does not hide that the returnUrl is missing."""
    with pytest.raises(Invalid) as caught:
        shop.authorize(shop.create(return_url=None), card=shop.card("4242424242424241"))
    assert {"card.number", "returnUrl"} == {problem.split()[0] for problem in caught.value.problems}


# --- What an outcome says


@pytest.mark.parametrize(
    ("code", "kind", "strategy"),
    [
        ("insufficient_funds", "soft_decline", "retry_later"),
        ("expired_card", "soft_decline", "change_payment_method"),
        ("invalid_card_details", "soft_decline", "change_payment_method"),
        ("authentication_failed", "soft_decline", "authenticate"),
        ("generic_processor_error", "soft_decline", "retry"),
        ("fraud_suspected", "hard_decline", "change_payment_method"),
        ("card_restricted", "hard_decline", "change_payment_method"),
        ("generic_hard_decline", "hard_decline", "change_payment_method"),
        ("lost_card", "hard_decline", "change_payment_method"),
        ("stolen_card", "hard_decline", "change_payment_method"),
        ("limit_exceeded", "soft_decline", "retry_later"),
        ("customer_restricted", "hard_decline", "change_payment_method"),
        ("customer_blacklisted", "hard_decline", "change_payment_method"),
    ],
)
def test_a_decline_says_what_to_do(shop, code, kind, strategy):
    """Each error code has its type and its advice."""
    outcome = shop.pay(Declined(code)).transactions[0].outcome
    assert ("failure", code, kind, strategy) == (
        outcome.status,
        outcome.error_code,
        outcome.decline_type,
        outcome.retry_strategy,
    )
    assert outcome.error_message
    assert outcome.safe_error_message
    assert outcome.special_code is None


@pytest.mark.parametrize(
    ("answer", "code"), [(Unreachable(), "processor_unavailable"), (TimedOut(), "processor_timeout")]
)
def test_a_silent_gateway_has_said_nothing(shop, answer, code):
    """One that cannot be reached or does not answer gives neither a reference nor words of its own."""
    transaction = shop.pay(answer).transactions[0]
    assert (code, "soft_decline", "retry") == (
        transaction.outcome.error_code,
        transaction.outcome.decline_type,
        transaction.outcome.retry_strategy,
    )
    assert (None, None, None) == (
        transaction.gateway_reference,
        transaction.outcome.processor_code,
        transaction.outcome.processor_message,
    )


def test_each_gateway_has_its_own_reference(shop):
    """A gateway that has answered has given the charge an id of its own."""
    references = [one.gateway_reference for one in shop.pay(FUNDS, FUNDS).transactions]
    assert ["stripe", "adyen", "checkout"] == [reference.partition("_")[0] for reference in references]
    assert 3 == len(set(references))


def test_a_decline_in_the_scripts_own_words(shop):
    """Type, code and message of the processor can be given; they win over the usual ones."""
    answer = Declined("insufficient_funds", "hard_decline", "51", "No money")
    outcome = shop.pay(answer).transactions[0].outcome
    assert ("hard_decline", "change_payment_method", "51", "No money") == (
        outcome.decline_type,
        outcome.retry_strategy,
        outcome.processor_code,
        outcome.processor_message,
    )


# --- In which status


@pytest.mark.parametrize(
    ("answers", "why"), [((), "already succeeded"), ((Challenged(),), "it waits for the customer")]
)
def test_only_an_open_payment_is_authorized(shop, answers, why):
    """One that has succeeded or waits for the customer refuses, says why, and is not changed."""
    payment = shop.pay(*answers)
    before = shop.world.digest()
    with pytest.raises(Refused, match=why):
        shop.authorize(payment)
    assert before == shop.world.digest()
