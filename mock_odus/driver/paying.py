"""The short cuts of the driver: a payment, a saved card, a subscription, each in one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_odus.driver.collection import Collection
from mock_odus.driver.records import Record

__tracebackhide__ = True

TEST_CARD = "4242424242424242"
SHOP = "https://shop.example/return"


class NotPaid(Exception):
    """What was to come of a payment did not: it was declined, or waits for its customer. `payment` tells the rest."""

    def __init__(self, missing: str, payment: Record) -> None:
        told = [one.outcome.errorCode for one in payment.transactions if one.outcome.errorCode]
        why = f" ({told[-1]})" if told else ""
        super().__init__(f"{missing}: payment {payment.id} is {payment.status}, shown as {payment.displayStatus}{why}")
        self.payment = payment


class Paying:
    """What the driver can do of it, by its collections."""

    payments: Collection
    payment_methods: Collection
    prices: Collection
    subscriptions: Collection

    def pay(
        self,
        amount: int | None = None,
        currency: str | None = None,
        *,
        card: str | None = None,
        customer: str | Mapping[str, Any] | None = None,
        payment_method: str | Mapping[str, Any] | None = None,
        payment: str | Mapping[str, Any] | None = None,
        return_url: str | None = None,
        **fields: Any,
    ) -> Record:
        """Creates a payment and authorizes it, by `card` (a test number) or by a saved `payment_method`.

        `amount` is in minor units, of US dollars unless `currency` says otherwise, and is left out when a `cart` tells
        it; without card and method an approved Visa pays. A declined payment is answered, not raised:
        `payment.displayStatus` is `failed`. Example: `odus.pay(2999, card="4000000000009995")`

        `payment` is one that the app under test has created: it is paid as its customer would. Example:
        `odus.pay(payment=client.post("/orders").json["payment"], card="4000000000003220")`
        """
        if card is not None and payment_method is not None:
            raise TypeError("pay() takes card or payment_method, not both")
        told = {"amount": amount, "currency": currency, "customer": customer}
        told = {name: value for name, value in told.items() if value is not None} | fields
        if payment is None:
            made = self.payments.create(**{"currency": "usd"} | told)
        elif told:
            raise TypeError(f"pay() takes payment or what a new one is like ({', '.join(told)}), not both")
        else:
            made = self.payments.get(payment)
        how: dict[str, Any] = {}
        if made.initiator == "customer" and (return_url or not made.returnUrl):
            how["return_url"] = return_url or SHOP
        if payment_method is not None:
            how["payment_method"] = payment_method
        else:
            number = {"number": card or TEST_CARD, "expMonth": "12", "expYear": "2099", "cvv": "123"}
            how |= {"type": "card", "card": number}
        return self.payments.authorize(made.id, **how)

    def saved_card(self, customer: str | Mapping[str, Any], number: str = TEST_CARD) -> Record:
        """The saved payment method of a card. A card is saved by paying with it, so this makes a payment of 1.00 USD.

        NotPaid when that does not succeed. Example: `odus.saved_card(jane, "4000000000000341")`, which pays now and is
        declined whenever the merchant charges it later.
        """
        payment = self.pay(100, card=number, customer=customer)
        if payment.status != "succeeded":
            raise NotPaid("the card was not saved", payment)
        return self.payment_methods.get(payment.paymentMethod)

    def subscribe(
        self,
        customer: str | Mapping[str, Any],
        price: str | Mapping[str, Any],
        *,
        card: str | None = None,
        payment_method: str | Mapping[str, Any] | None = None,
        quantity: int = 1,
        **fields: Any,
    ) -> Record:
        """The new subscription of a customer to a recurring price: its first payment is made as by `pay`.

        NotPaid when that does not succeed, since no subscription begins then. Example:
        `odus.subscribe(odus.ids["jane"], monthly, card="4242424242424242")`
        """
        found = self.prices.get(price)
        cart = {"items": [{"price": found.id, "quantity": quantity}]}
        payment = self.pay(
            None, found.currency, card=card, customer=customer, payment_method=payment_method, cart=cart, **fields
        )
        if not payment.subscriptions:
            raise NotPaid("no subscription has begun", payment)
        return self.subscriptions.get(payment.subscriptions[0])
