"""What Odus documents of customers and what they pay with (guides/customers/*, guides/payments/payment-methods)."""

from __future__ import annotations

from mock_odus.facts.account import RETURN_URL, VISA, Account
from mock_odus.facts.fact import Chapter, holds, same

fact = Chapter("customers")

MANAGING = "guides/customers/managing-customers"
RESTRICTIONS = "guides/customers/customer-restrictions"
METHODS = "guides/payments/payment-methods"


@fact("The sampled bodies make and change a customer.", MANAGING)
def samples(odus: Account) -> None:
    made = odus.post("/customers", {"email": "jane@example.com", "name": "Jane Smith"})
    same(("jane@example.com", "Jane Smith"), (made["email"], made["name"]))
    changed = odus.post(f"/customers/{made['id']}", {"name": "Jane Doe", "phoneNumber": "+15559876543"})
    same(("Jane Doe", "+15559876543"), (changed["name"], changed["phoneNumber"]))


@fact("A customer needs an email, and nothing else.", MANAGING)
def email(odus: Account) -> None:
    odus.refuses("/customers", {"name": "Jane Smith"})
    odus.post("/customers", {"email": odus.email()})


@fact("A customer may have a name, a phone number, a birthday, two addresses and metadata.", MANAGING)
def fields(odus: Account) -> None:
    body = {"name": "Jane Smith", "phoneNumber": "+15559876543", "dateOfBirth": "1990-01-31"}
    made = odus.post("/customers", {"email": odus.email(), "metadata": {"tier": "gold"}} | body)
    same(body | {"metadata": {"tier": "gold"}}, {name: made[name] for name in (*body, "metadata")})
    same(set(), {"billingAddress", "shippingAddress"} - set(made))


@fact("A restriction blocks what the customer or what the merchant begins, each by itself, and holds its reason.",
      RESTRICTIONS, needs="test card")  # fmt: skip
def restrictions(odus: Account) -> None:
    for flag, blocked, free in (("restrictCit", "customer", "merchant"), ("restrictMit", "merchant", "customer")):
        id = odus.customer()
        body = {"customer": id, flag: True, "restrictReason": "fraud"}
        same("fraud", odus.post(f"/customers/{id}/restrictions", body)["restrictReason"])
        payment = {"amount": 5000, "currency": "usd", "customer": id}
        holds(odus("POST", "/payments", payment | {"initiator": blocked}).is_refusal, f"{flag} does not block")
        odus.post("/payments", payment | {"initiator": free})


# --- Payment methods


@fact("A card that a customer has paid with is saved by itself, without its number.", METHODS, needs="test card")
def saved(odus: Account) -> None:
    customer = odus.customer()
    odus.pay(customer=customer)
    (method,) = odus.records(f"/payment-methods?customer[eq]={customer}&isDefault[eq]=true")
    card = {"brand": "visa", "lastFour": "4242", "expMonth": "12", "expYear": "2040", "cardholderName": "Jane Doe"}
    same(card, {name: method["card"][name] for name in card})
    same(("card", customer, True), (method["type"], method["customer"], method["isDefault"]))
    same(set(), {"id", "createdAt", "updatedAt"} - set(method))
    holds(VISA not in str(method), "the number is told")
    same(method, odus.get(f"/payment-methods/{method['id']}"))


@fact("Methods are found by customer[eq] and isDefault[eq].", METHODS, needs="test card")
def found(odus: Account) -> None:
    customer, other = odus.customer(), odus.customer()
    id = odus.pay(customer=customer)["paymentMethod"]
    odus.pay(customer=other)
    told = odus.records(f"/payment-methods?customer[eq]={customer}&isDefault[eq]=true")
    same([id], [one["id"] for one in told])


@fact("Methods are not made by hand: they can be listed and found.", METHODS)
def not_made(odus: Account) -> None:
    customer = odus.customer()
    holds(odus("POST", "/payment-methods", {"customer": customer, "type": "card"}).is_refusal, "one is made")
    same([], odus.records(f"/payment-methods?customer[eq]={customer}"))


@fact("A saved method is named on the payment of its customer, and pays.", "guides/payments/making-payments",
      needs="test card")  # fmt: skip
def pays(odus: Account) -> None:
    customer = odus.customer()
    method = odus.pay(customer=customer)["paymentMethod"]
    payment = odus.create(customer=customer, paymentMethod=method)
    paid = odus.act("payments.authorize", payment["id"], {"paymentMethod": method, "returnUrl": RETURN_URL})
    same("succeeded", paid["status"])
    odus.refuses("/payments", {"amount": 1, "currency": "usd", "customer": odus.customer(), "paymentMethod": method})
