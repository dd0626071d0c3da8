"""PayPal and Apple Pay: their own routing, what is saved, and what is kept of a token (guides/payments/*)."""

import msgspec
import pytest

from mock_odus.engine import authorizations, customers, methods
from mock_odus.engine.bodies import (
    AuthorizePayment,
    CreateCustomer,
    MethodOptions,
    Routing,
)
from mock_odus.engine.gateways import Challenged, Declined, Unreachable
from mock_odus.engine.records import PaymentMethod

FUNDS = Declined("insufficient_funds")
TOKEN = "an-apple-pay-token-of-the-device"


@pytest.fixture(autouse=True)
def wallets(shop):
    """The merchant takes PayPal at a gateway of its own, and Apple Pay where cards go. The id of the PayPal gateway."""
    paypal = shop.profile("paypal")
    cards = Routing("cascade", cascade=shop.queue)
    shop.config(
        payment_method_options=MethodOptions(
            card=cards, paypal=Routing("gatewayProfile", gateway_profile=paypal), apple_pay=cards
        )
    )
    return paypal


@pytest.fixture
def saved(shop):
    """The saved methods."""
    return lambda: list(shop.world.table(PaymentMethod).values())


def paypal(shop, *answers, **fields):
    return shop.authorize(shop.create(**fields), *answers, type="paypal")


def apple_pay(shop, *answers, token=TOKEN, **fields):
    return shop.authorize(shop.create(**fields), *answers, type="applePay", token=token)


# --- PayPal


def test_paypal_goes_its_own_way(shop, wallets):
    """To the gateway that takes it, without a card."""
    payment = paypal(shop)
    assert ("succeeded", True, wallets, None) == (
        payment.status,
        payment.is_captured,
        payment.gateway_profile,
        payment.cascade,
    )
    (charge,) = shop.gateway.charges
    assert ("paypal", None, wallets, "paypal") == (charge.method, charge.card, charge.gateway, charge.integration)
    details = payment.transactions[0].payment_method_details
    assert ("paypal", None) == (details.type, details.card)


def test_the_customer_approves_at_paypal(shop, saved):
    """The approval page is a challenge: passed, the account is saved and becomes the payment's."""
    waiting = paypal(shop, Challenged())
    assert ("requires_action", "redirect", []) == (waiting.status, waiting.action.type, saved())
    payment = shop.finish(waiting, "passed")
    (method,) = saved()
    assert ("succeeded", method.id) == (payment.status, payment.payment_method)
    assert ("paypal", True, None) == (method.type, method.is_default, method.card)


def test_paypal_is_saved_once_for_each_customer(shop, saved):
    """A customer has one account there; another customer has another."""
    joe = customers.create(shop.world, CreateCustomer(email="joe@example.com"))
    first, again, other = paypal(shop), paypal(shop), paypal(shop, customer=joe.id)
    assert first.payment_method == again.payment_method != other.payment_method
    assert [shop.customer.id, joe.id] == [method.customer for method in saved()]


def test_a_saved_paypal_account_pays_for_the_merchant(shop, wallets):
    """Without the customer; its own routing is used, and it is not saved again."""
    method = paypal(shop).payment_method
    payment = shop.authorize(shop.create(initiator="merchant"), payment_method=method)
    assert ("succeeded", method, wallets) == (payment.status, payment.payment_method, payment.gateway_profile)
    assert ("merchant", "paypal", None) == (
        shop.gateway.charges[-1].initiator,
        shop.gateway.charges[-1].method,
        shop.gateway.charges[-1].card,
    )


def test_the_merchant_cannot_approve_at_paypal(shop):
    """Where the page would be needed the charge fails."""
    payment = paypal(shop, Challenged(), initiator="merchant")
    assert ("open", ["authentication_failed"]) == (payment.status, shop.codes(payment))


def test_a_guests_paypal_account_is_not_saved(shop, saved):
    """Nor is one that the merchant charges."""
    assert [None, None] == [
        paypal(shop, **one).payment_method for one in ({"customer": None}, {"initiator": "merchant"})
    ]
    assert [] == saved()


def test_paypal_money_goes_back_where_it_came_from(shop, wallets):
    """Captures and refunds are asked of the same gateway, as PayPal."""
    options = MethodOptions(capture_method="manual")
    payment = shop.reverse(shop.capture(paypal(shop, payment_method_options=options)), amount=1)
    assert 3 * [(wallets, "paypal")] == [(one.gateway, one.method) for one in shop.gateway.charges]
    assert 1 == payment.amount_reversed


# --- Apple Pay


def test_apple_pay_goes_where_it_is_routed(shop, saved):
    """Through the cascade like a card, one gateway after the other, and is saved without a card."""
    payment = apple_pay(shop, Unreachable())
    assert ["processor_unavailable", "success"] == shop.codes(payment)
    assert 2 * ["applePay"] == [charge.method for charge in shop.gateway.charges]
    (method,) = saved()
    assert ("applePay", None, payment.payment_method) == (method.type, method.card, method.id)


def test_the_same_token_is_saved_once(shop, saved):
    """Another token is another method; another customer's is theirs."""
    joe = customers.create(shop.world, CreateCustomer(email="joe@example.com"))
    first, again = apple_pay(shop), apple_pay(shop)
    assert first.payment_method == again.payment_method
    apple_pay(shop, token="another")
    apple_pay(shop, customer=joe.id)
    assert [True, False, True] == [method.is_default for method in saved()]


def test_a_wallet_is_no_card_and_no_other_wallet(shop, saved):
    """Each type is saved for itself."""
    shop.pay()
    paypal(shop)
    apple_pay(shop, token="paypal")
    assert ["card", "paypal", "applePay"] == [method.type for method in saved()]


def test_a_saved_apple_pay_pays_again(shop):
    """By its id, without a token."""
    method = apple_pay(shop).payment_method
    payment = shop.authorize(shop.create(), payment_method=method)
    assert ("succeeded", method) == (payment.status, payment.payment_method)


def test_a_token_is_kept_nowhere(shop):
    """Neither in a record, nor in the log, nor in what a gateway is told."""
    apple_pay(shop, FUNDS, Challenged())
    everything = [record for table in shop.world.snapshot().tables.values() for record in table.values()]
    everything += [*shop.world.log, *shop.gateway.charges]
    assert all(TOKEN.encode() not in msgspec.json.encode(one) for one in everything)


# --- What belongs together


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"type": "paypal", "token": "t"}, "token must be left out with type 'paypal'"),
        ({"type": "card", "token": "t"}, "token must be left out with type 'card'"),
        ({"type": "applePay"}, "token is required with type 'applePay'"),
        ({"token": "t"}, "type is required with a token: give 'applePay'"),
        ({"type": "paypal", "payment_method": "pm_x"}, "paymentMethod and type exclude each other"),
        ({"token": "t", "payment_method": "pm_x"}, "paymentMethod and token exclude each other"),
    ],
)
def test_a_type_wants_what_belongs_to_it(shop, refused, body, words):
    """And nothing else."""
    refused(words, shop.authorize, shop.create(), card=None, **body)


@pytest.mark.parametrize("type", ["paypal", "applePay"])
def test_a_wallet_takes_no_card(shop, refused, type):
    """A card beside another type is told."""
    body = AuthorizePayment(type=type, token="t" if type == "applePay" else None, card=shop.card())
    words = f"card must be left out with type '{type}'"
    refused(words, authorizations.authorize, shop.world, shop.create(), body)


@pytest.mark.parametrize(
    ("type", "body"), [("paypal", {"type": "paypal"}), ("applePay", {"type": "applePay", "token": TOKEN})]
)
def test_a_type_that_is_not_available(shop, refused, type, body):
    """Neither listed on the payment nor a default of the merchant: 400, which lists what is."""
    shop.route(shop.queue)
    words = rf"type must be of a type that is available for this payment \(card\), found {type}"
    refused(words, shop.authorize, shop.create(), **body)


def test_a_payments_own_wallets_stand_before_the_defaults(shop, wallets):
    """Each type by itself: what is given wins, what is not stays as the merchant has it."""
    other = shop.profile("paypal")
    options = MethodOptions(paypal=Routing("gatewayProfile", gateway_profile=other))
    made = shop.create(payment_method_options=options).payment_method_options
    assert (shop.queue, other, shop.queue) == (made.card.cascade, made.paypal.gateway_profile, made.apple_pay.cascade)
    straight = MethodOptions(apple_pay=Routing("gatewayProfile", gateway_profile=shop.gateways[2]))
    made = shop.create(payment_method_options=straight).payment_method_options
    assert (wallets, shop.gateways[2]) == (made.paypal.gateway_profile, made.apple_pay.gateway_profile)


def test_a_saved_method_of_a_type_that_is_not_available(shop, refused):
    """The same when a saved one is named, at creation and at authorization."""
    method = paypal(shop).payment_method
    shop.route(shop.queue)
    words = r"paymentMethod must be of a type that is available for this payment \(card\), found paypal"
    refused(words, shop.create, payment_method=method)
    refused(words, shop.authorize, shop.create(), payment_method=method)


def test_a_type_needs_gateways_that_take_it(shop, refused, wallets):
    """PayPal goes to PayPal and nothing else does, on a payment and as a default."""
    stripe, theirs = (Routing("gatewayProfile", gateway_profile=one) for one in (shop.gateways[0], wallets))
    for options, words in (
        (MethodOptions(paypal=stripe), r"paymentMethodOptions\.paypal must be routed to gateways that take PayPal"),
        (MethodOptions(apple_pay=theirs), r"paymentMethodOptions\.applePay must be routed to gateways that take Apple"),
        (MethodOptions(card=theirs), r"paymentMethodOptions\.card must be routed to gateways that take cards"),
    ):
        refused(words, shop.create, payment_method_options=options)
        refused(words, shop.config, payment_method_options=options)


def test_a_deleted_method_pays_nothing(shop, refused):
    """A wallet that was removed is as good as unknown, also where the payment names it."""
    payment = paypal(shop)
    method = shop.world.get(PaymentMethod, payment.payment_method)
    named = shop.create(payment_method=method.id)
    methods.delete(shop.world, method)
    refused("paymentMethod must be a saved payment method", shop.authorize, named, card=None)
    assert "succeeded" == shop.authorize(named, type="paypal").status
