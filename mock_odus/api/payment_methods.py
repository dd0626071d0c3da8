"""`/payment-methods`: listed and read, never created by hand (guides/payments/payment-methods)."""

from __future__ import annotations

from mock_odus.api.resource import Resource
from mock_odus.engine.records import PaymentMethod

payment_methods = Resource(PaymentMethod, "/payment-methods", "PAYMENT_METHOD")
