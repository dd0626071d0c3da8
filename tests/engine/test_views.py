"""What a caller sees: sensitive fields for secret keys only, private ones for nobody."""

import pytest
from msgspec import to_builtins

from mock_odus.engine import keys as secret_keys
from mock_odus.engine.bodies import CreateSecretKey
from mock_odus.engine.gateways import Challenged, Declined
from mock_odus.engine.records import GatewayProfile, PaymentMethod, Transaction
from mock_odus.engine.views import Links, view

LINKS = Links("https://mock.example", "shop-1")
SENSITIVE = {"errorCode", "errorMessage", "declineType", "processorCode", "processorMessage"}
PUBLIC = {"status", "safeErrorMessage", "retryStrategy", "specialCode"}


@pytest.fixture
def payment(shop):
    """A payment with a declined, a partial and a refunded past."""
    payment = shop.pay(Declined("insufficient_funds"), Challenged())
    return shop.reverse(shop.finish(payment, "passed"), amount=1)


def seen(record, audience):
    """What a caller makes of the answer."""
    return to_builtins(view(record, audience, LINKS))


def keys(value):
    """Every key at any depth."""
    if isinstance(value, dict):
        return {*value, *(key for part in value.values() for key in keys(part))}
    return {key for part in value for key in keys(part)} if isinstance(value, list | tuple) else set()


def test_a_secret_key_sees_why(payment):
    """All of the outcome."""
    outcomes = [one["outcome"] for one in seen(payment, "secret")["transactions"]]
    assert [SENSITIVE | PUBLIC] * 3 == [set(outcome) for outcome in outcomes]
    assert "insufficient_funds" == outcomes[0]["errorCode"]


def test_a_browser_does_not(payment):
    """Sensitive fields are left out, not null; the public ones are there."""
    shown = seen(payment, "browser")
    assert [PUBLIC] * 3 == [set(one["outcome"]) for one in shown["transactions"]]
    assert "checkoutKey" not in shown
    assert not SENSITIVE & keys(shown)


def test_a_transaction_alone_is_seen_the_same_way(shop, payment):
    """By itself or inside its payment, a transaction shows the same."""
    for audience in ("secret", "browser"):
        inside = seen(payment, audience)["transactions"]
        alone = [seen(one, audience) for one in shop.world.table(Transaction).values()]
        assert alone == list(inside)


PRIVATE = {"firstSix", "fingerprint", "testCard", "digest", "token", "tries"}


@pytest.mark.parametrize("audience", ["secret", "browser"])
def test_private_fields_are_shown_to_nobody(shop, payment, audience):
    """Neither what identifies a card or a key, nor the engine's own notes."""
    key, _ = secret_keys.create_secret(shop.world, CreateSecretKey(permissions=["PAYMENT_READ"]))
    method = shop.world.get(PaymentMethod, payment.payment_method)
    waiting = shop.pay(Challenged())
    for record in (payment, waiting, method, key):
        assert not PRIVATE & keys(seen(record, audience))
    assert "gatewayProfile" not in seen(method, audience)
    own = {"initiator", "rule", "challenge", "cascade", "position", "customer"}
    assert not own & set(seen(payment, audience)["transactions"][0])


def test_what_a_transaction_shows(payment):
    """The fields of the contract, no more and no fewer."""
    expected = {
        *("id", "payment", "type", "amount", "currency", "gatewayProfile", "integration", "attempt", "outcome"),
        *("gatewayReference", "latencyMs", "createdAt", "paymentMethodDetails"),
    }
    assert expected == set(seen(payment, "secret")["transactions"][0])


def test_what_a_payment_shows(payment):
    """The documented fields and the assumed ones; unset ones are null, never absent."""
    documented = {
        *("id", "amount", "currency", "initiator", "status", "displayStatus", "customer", "paymentMethod"),
        *("paymentMethodOptions", "cart", "metadata", "action", "isCaptured", "isFullyReversed", "isChargebacked"),
        *("chargebackRecordedAt", "amountCaptured", "amountReversed", "offSessionType", "createdAt", "retryNextAt"),
    }
    assumed = {
        *("amountAuthorized", "isAuthorized", "isPartiallyReversed", "captureMethod", "captureDelay", "captureAt"),
        *("gatewayProfile", "cascade", "transactions", "subscriptions", "invoices", "returnUrl"),
        *("statementDescriptor", "billingAddress", "shippingAddress", "utm", "checkoutKey", "cancelledAt"),
        *("cancellationReason", "updatedAt"),
    }
    shown = seen(payment, "secret")
    assert documented | assumed == set(shown)
    assert {"cart", "action", "retryNextAt", "utm", "cancelledAt"} <= {key for key in shown if shown[key] is None}
    assert documented | assumed - {"checkoutKey"} == set(seen(payment, "browser"))


def test_a_payment_method_shows_expiry_as_text(shop, payment):
    """Brand, last four and the expiry as text, as documented."""
    shown = seen(shop.world.get(PaymentMethod, payment.payment_method), "secret")
    expected = {
        "brand": "visa",
        "lastFour": "4242",
        "expMonth": "12",
        "expYear": "2030",
        "cardholderName": None,
    }
    assert expected == shown["card"]
    assert {"id", "type", "customer", "isDefault", "card", "metadata", "createdAt", "updatedAt"} == set(shown)


def test_links_are_filled_in(shop):
    """Links lead to where the mock is reached, and name the sandbox."""
    waiting = shop.pay(Challenged())
    shown = seen(waiting, "secret")
    assert f"https://mock.example/challenge/shop-1/{waiting.action.token}" == shown["action"]["redirectUrl"]
    assert shown["checkoutKey"].startswith("ckey_shop-1_")
    url = seen(shop.world.get(GatewayProfile, shop.gateways[0]), "secret")["webhookUrl"]
    assert url.startswith("https://mock.example/")


def test_only_links_are_filled_in(shop):
    """What a merchant writes is shown as it was written, braces and all."""
    payment = shop.create(metadata={"note": "{origin} {sandbox}"}, statement_descriptor="{origin}")
    shown = seen(payment, "secret")
    assert ({"note": "{origin} {sandbox}"}, "{origin}") == (shown["metadata"], shown["statementDescriptor"])
