"""The samples that the Odus documentation shows of request bodies: examples for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from mock_odus.engine.billing_bodies import CancelSubscription, CreateRetryPolicy
from mock_odus.engine.bodies import (
    Body,
    CreateCustomer,
    CreatePayment,
    CreateProduct,
    CreateWebhookSubscriber,
    ReversePayment,
    UpdateCustomer,
    UpdatePayment,
)
from mock_odus.engine.users import CreateUser

SAMPLES: dict[type[Body], dict[str, dict[str, Any]]] = {
    CreatePayment: {
        "manualCapture": {
            "amount": 5000,
            "currency": "usd",
            "paymentMethodOptions": {"captureMethod": "manual", "card": {"mode": "cascade", "cascade": "cas_abc123"}},
        },
        "metadata": {
            "amount": 5000,
            "currency": "usd",
            "metadata": {
                "orderId": "ORD-2024-1234",
                "campaignId": "SPRING_SALE",
                "notes": "Priority shipping requested",
            },
        },
        "cart": {
            "currency": "usd",
            "initiator": "customer",
            "customer": "cus_2R0uWz4tu9wxTMBXxj9CJfSE9vV",
            "cart": {"items": [{"price": "price_2R4e2xDqbww8ewmkIYWE1A6Zcfp", "quantity": 1}]},
            "paymentMethodOptions": {"card": {"mode": "cascade", "cascade": "cas_abc123"}},
        },
    },
    UpdatePayment: {
        "mergedMetadata": {"metadata": {"orderId": "67890", "priority": "high"}},
        "removedKey": {"metadata": {"orderId": ""}},
    },
    ReversePayment: {
        "everything": {},
        "aPart": {"amount": 500},
        "external": {"amount": 1500, "isExternal": True},
    },
    CreateCustomer: {"customer": {"email": "jane@example.com", "name": "Jane Smith"}},
    UpdateCustomer: {"customer": {"name": "Jane Doe", "phoneNumber": "+15559876543"}},
    CreateProduct: {
        "plan": {
            "name": "Pro Plan",
            "description": "Full access to all Pro features",
            "statementDescriptor": "MYAPP PRO PLAN",
        }
    },
    CreateRetryPolicy: {
        "threeSteps": {
            "title": "Three more tries",
            "steps": [
                {"position": 1, "retryDelay": 3, "useInitialGateway": True},
                {"position": 2, "retryDelay": 7, "useInitialGateway": True, "priceReductionPercentage": 10},
                {"position": 3, "retryDelay": 14, "useInitialGateway": False, "gatewayProfile": "gwp_abc123"},
            ],
        }
    },
    CreateWebhookSubscriber: {
        "payments": {"url": "https://shop.example/webhooks/odus", "events": ["payment.created", "payment.updated"]}
    },
    CreateUser: {
        "developer": {
            "email": "alice@example.com",
            "password": "Str0ng#Pass",
            "role": "developer",
            "firstName": "Alice",
            "lastName": "Smith",
        }
    },
    CancelSubscription: {
        "atPeriodEnd": {"cancelImmediately": False},
        "immediately": {"cancelImmediately": True},
    },
}
