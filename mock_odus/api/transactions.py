"""`/transactions`: every attempt at a gateway, to be read (guides/payments/error-codes)."""

from __future__ import annotations

from mock_odus.api.resource import Resource
from mock_odus.engine.records import Transaction

transactions = Resource(Transaction, "/transactions", "TRANSACTION")
