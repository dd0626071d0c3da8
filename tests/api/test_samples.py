"""The samples of the documentation, sent as they stand to an account that holds the ids they name."""

import pytest

from mock_odus.api.samples import SAMPLES
from mock_odus.engine.bodies import CreatePayment

JANE, JANES_VISA = "cus_2R0uWz4tu9wxTMBXxj9CJfSE9vV", "pm_2RTUw7lL6IuBUwGQOD1EB0OAmx7"
CARD = {"brand": "visa", "lastFour": "4242", "expMonth": "12", "expYear": "2027", "cardholderName": "Jane Doe"}
BACK = "https://shop.example/thanks"


@pytest.fixture
def api(account):
    """A client of an account that the `odus_docs` scenario has made."""
    return account(scenario="odus_docs")


@pytest.mark.parametrize("name", SAMPLES[CreatePayment])
def test_the_sampled_payments_are_made(api, name):
    """201, and every field is as it was sent; each can be paid."""
    sample = SAMPLES[CreatePayment][name]
    answer = api.post("/payments", sample)
    plain = {field: sent for field, sent in sample.items() if field != "paymentMethodOptions"}

    assert 201 == answer.status
    assert plain == {field: answer.json[field] for field in plain}
    assert "cas_abc123" == answer.json["paymentMethodOptions"]["card"]["cascade"]
    paid = api.made(f"/payments/{answer.json['id']}/authorize", api.card() | {"returnUrl": BACK})
    assert "succeeded" == paid["status"]
    assert ("cart" in sample) == bool(paid["subscriptions"])


def test_the_sampled_method_is_found(api):
    """As the page shows it, and by the sampled filters; it pays."""
    method = api.get(f"/payment-methods/{JANES_VISA}").json
    found = api.get(f"/payment-methods?customer[eq]={JANE}&isDefault[eq]=true").json["data"]
    payment = api.made("/payments", {"amount": 5000, "currency": "usd", "customer": JANE, "paymentMethod": JANES_VISA})

    assert ("card", JANE, True, CARD) == tuple(method[name] for name in ("type", "customer", "isDefault", "card"))
    assert [method] == found
    assert "succeeded" == api.made(f"/payments/{payment['id']}/authorize", {"returnUrl": BACK})["status"]
