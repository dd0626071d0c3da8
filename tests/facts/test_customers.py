"""What Odus documents of customers and what they pay with (guides/customers/*, guides/payments/payment-methods)."""

import pytest

JANE = "cus_2R0uWz4tu9wxTMBXxj9CJfSE9vV"
JANES_VISA = "pm_2RTUw7lL6IuBUwGQOD1EB0OAmx7"
BODY = {"amount": 5000, "currency": "usd", "customer": JANE}


def test_the_sampled_customer_is_made_and_changed(odus):
    """Both bodies as they stand (guides/customers/managing-customers)."""
    made = odus.post("/customers", {"email": "jane@example.com", "name": "Jane Smith"})
    assert ("jane@example.com", "Jane Smith") == (made["email"], made["name"])
    changed = odus.post(f"/customers/{made['id']}", {"name": "Jane Doe", "phoneNumber": "+15559876543"})
    assert ("Jane Doe", "+15559876543") == (changed["name"], changed["phoneNumber"])


def test_a_customer_needs_an_email(odus):
    """And nothing else (guides/customers/managing-customers)."""
    odus.refuses("/customers", {"name": "Jane Smith"})
    assert odus.post("/customers", {"email": "jane@example.com"})["id"].startswith("cus_")


def test_the_optional_fields_of_a_customer(odus):
    """Name, phone number, birthday, two addresses, metadata (guides/customers/managing-customers)."""
    body = {"phoneNumber": "+15559876543", "dateOfBirth": "1990-01-31", "metadata": {"tier": "gold"}}
    made = odus.post("/customers", {"email": "jane@example.com", "name": "Jane Smith"} | body)
    assert body == {name: made[name] for name in body}
    assert {"billingAddress", "shippingAddress"} <= set(made)


@pytest.mark.parametrize(("flag", "initiator"), [("restrictCit", "customer"), ("restrictMit", "merchant")])
def test_a_restriction_blocks_its_own_initiator(odus, flag, initiator):
    """Each by itself (guides/customers/customer-restrictions)."""
    restricted = odus.post(f"/customers/{JANE}/restrictions", {"customer": JANE, flag: True, "restrictReason": "fraud"})
    assert "fraud" == restricted["restrictReason"]
    statuses = {one: odus("POST", "/payments", BODY | {"initiator": one}).status for one in ("customer", "merchant")}
    assert {"customer": 201, "merchant": 201} | {initiator: 400} == statuses


# --- Payment methods


def test_a_saved_method_is_as_the_page_shows_it(odus):
    """Type, customer, default, and a card whose expiry is text (guides/payments/payment-methods)."""
    method = odus.get(f"/payment-methods/{JANES_VISA}")
    card = {
        "brand": "visa",
        "lastFour": "4242",
        "expMonth": "12",
        "expYear": "2027",
        "cardholderName": "Jane Doe",
    }
    shown = {"id": JANES_VISA, "type": "card", "customer": JANE, "isDefault": True}
    assert shown == {name: method[name] for name in shown}
    assert card == method["card"]
    assert {"createdAt", "updatedAt"} <= set(method)


def test_methods_are_found_by_customer_and_default(odus):
    """`customer[eq]=…&isDefault[eq]=true` (guides/payments/payment-methods)."""
    other = odus.post("/customers", {"email": "other@example.com"})["id"]
    odus.pay(customer=other)
    found = odus.get(f"/payment-methods?customer[eq]={JANE}&isDefault[eq]=true")
    assert [JANES_VISA] == [one["id"] for one in found["data"]]


def test_methods_are_not_made_by_hand(odus):
    """They can be listed and found (guides/payments/payment-methods)."""
    assert 400 <= odus("POST", "/payment-methods", {"customer": JANE, "type": "card"}).status < 500
    assert 1 == odus.get("/payment-methods")["pagination"]["itemCount"]


def test_a_new_card_is_saved_with_its_customer(odus):
    """After their first success with it, without its number (guides/payments/payment-methods)."""
    customer = odus.post("/customers", {"email": "jane@example.com"})["id"]
    odus.pay(customer=customer)
    (method,) = odus.get(f"/payment-methods?customer[eq]={customer}&isDefault[eq]=true")["data"]
    assert {"brand": "visa", "lastFour": "4242", "expMonth": "12", "expYear": "2040"}.items() <= method["card"].items()
    assert "4242424242424242" not in str(method)


def test_a_saved_method_pays(odus):
    """It is named on the payment of its customer (guides/payments/making-payments)."""
    payment = odus.post("/payments", BODY | {"paymentMethod": JANES_VISA})
    body = {"paymentMethod": JANES_VISA, "returnUrl": "https://shop.example/thanks"}
    assert "succeeded" == odus.post(f"/payments/{payment['id']}/authorize", body)["status"]
