"""The permissions of a secret key: `<RESOURCE>_<ACTION>` (guides/customers/managing-customers), and those of a role.

`CUSTOMER_UPDATE` covers making customers as well as changing them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from mock_odus.engine.access import Role

Permission = Literal[
    "PAYMENT_READ",
    "PAYMENT_CREATE",
    "PAYMENT_UPDATE",
    "PAYMENT_AUTHORIZE",
    "PAYMENT_CAPTURE",
    "PAYMENT_REVERSE",
    "PAYMENT_CANCEL",
    "PAYMENT_CHARGEBACK",
    "TRANSACTION_READ",
    "CUSTOMER_READ",
    "CUSTOMER_UPDATE",
    "CUSTOMER_DELETE",
    "PAYMENT_METHOD_READ",
    "PAYMENT_METHOD_UPDATE",
    "PAYMENT_METHOD_DELETE",
    "GATEWAY_PROFILE_READ",
    "GATEWAY_PROFILE_CREATE",
    "GATEWAY_PROFILE_UPDATE",
    "GATEWAY_PROFILE_DELETE",
    "CASCADE_READ",
    "CASCADE_CREATE",
    "CASCADE_UPDATE",
    "CASCADE_DELETE",
    "PRODUCT_READ",
    "PRODUCT_CREATE",
    "PRODUCT_UPDATE",
    "PRODUCT_DELETE",
    "PRICE_READ",
    "PRICE_CREATE",
    "PRICE_UPDATE",
    "PRICE_DELETE",
    "SUBSCRIPTION_READ",
    "SUBSCRIPTION_UPDATE",
    "INVOICE_READ",
    "INVOICE_UPDATE",
    "RETRY_POLICY_READ",
    "RETRY_POLICY_CREATE",
    "RETRY_POLICY_UPDATE",
    "RETRY_POLICY_DELETE",
    "WEBHOOK_SUBSCRIBER_READ",
    "WEBHOOK_SUBSCRIBER_CREATE",
    "WEBHOOK_SUBSCRIBER_UPDATE",
    "WEBHOOK_SUBSCRIBER_DELETE",
    "BLACKLIST_READ",
    "BLACKLIST_CREATE",
    "BLACKLIST_DELETE",
    "MERCHANT_CONFIG_READ",
    "MERCHANT_CONFIG_UPDATE",
    "SECRET_KEY_READ",
    "SECRET_KEY_CREATE",
    "SECRET_KEY_UPDATE",
    "SECRET_KEY_DELETE",
    "PUBLISHABLE_KEY_READ",
    "PUBLISHABLE_KEY_CREATE",
    "PUBLISHABLE_KEY_UPDATE",
    "PUBLISHABLE_KEY_DELETE",
    "USER_READ",
    "USER_CREATE",
    "USER_UPDATE",
    "USER_DELETE",
    "REQUEST_LOG_READ",
]

ALL: tuple[Permission, ...] = get_args(Permission)

ROLES: Mapping[Role, frozenset[str]] = {
    "admin": frozenset(ALL),
    "developer": frozenset(one for one in ALL if not one.startswith("USER_")),
    "supportAgent": frozenset({"PAYMENT_READ", "CUSTOMER_READ", "SUBSCRIPTION_READ"}),
}
"""What a role may do: only an admin manages users, a developer does all else (guides/dashboard/team-management)."""
