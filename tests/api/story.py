"""A story in which every operation of the Odus API is called once at least."""

BACK = {"returnUrl": "https://shop.example/back"}
USD = {"amount": 5000, "currency": "USD"}
KEYS = {"publicKey": "pk_test_1", "secretKey": "sk_test_1"}
MONTHLY = {"cycleDefinitions": [{"position": 1, "amount": 900, "intervalUnit": "month", "intervalValue": 1}]}
YEARLY = {"cycleDefinitions": [{"position": 1, "amount": 9000, "intervalUnit": "year", "intervalValue": 1}]}
PLAN = {"type": "recurring", "currency": "usd", "billingSchedule": YEARLY}
CART = {"cart": {"items": [{"price": "{monthly}"}]}}
ADDRESSES = {"billingAddress": {"city": "Paris"}, "shippingAddress": {"line1": "1 High Street", "line2": None}}


def card(number):
    """The body that authorizes with a card."""
    return {"type": "card", "card": {"number": number, "expMonth": 12, "expYear": "40", "cvv": "100"}}


# What is called `name` on the left is `{name}` further down: the id of the record, or of the first of a list.
STORY = [
    ("profile", "POST /gateway-profiles", {"title": "One", "integration": "stripe", "credentials": KEYS}),
    ("", "POST /gateway-profiles/{profile}", {"title": "Two", "metadata": {"a": "b"}}),
    ("", "GET /gateway-profiles/{profile}", None),
    ("", "GET /gateway-profiles", None),
    ("", "DELETE /gateway-profiles/{profile}", None),
    ("eu", "GET /gateway-profiles", None),
    (
        "cascade",
        "POST /cascades",
        {"title": "One", "algorithm": "round_robin", "rules": [{"gatewayProfile": "{eu}", "position": 1}]},
    ),
    ("", "POST /cascades/{cascade}", {"description": "two"}),
    ("", "GET /cascades/{cascade}", None),
    ("", "GET /cascades", None),
    ("", "DELETE /cascades/{cascade}", None),
    (
        "policy",
        "POST /retry-policies",
        {"title": "One", "steps": [{"position": 1, "retryDelay": 3, "gatewayProfile": "{eu}"}]},
    ),
    ("", "POST /retry-policies/{policy}", {"isEnabled": False}),
    ("", "GET /retry-policies/{policy}", None),
    ("", "GET /retry-policies/default", None),
    ("", "GET /retry-policies", None),
    ("", "DELETE /retry-policies/{policy}", None),
    (
        "subscriber",
        "POST /webhook-subscribers",
        {"url": "https://shop.example/hooks", "events": ["customer.deleted"], "metadata": {"a": "b"}},
    ),
    ("", "POST /webhook-subscribers/{subscriber}", {"events": ["price.deleted"]}),
    ("", "GET /webhook-subscribers/{subscriber}", None),
    ("", "GET /webhook-subscribers", None),
    ("", "DELETE /webhook-subscribers/{subscriber}", None),
    ("config", "GET /merchant-configs", None),
    ("", "GET /merchant-configs/{config}", None),
    (
        "",
        "POST /merchant-configs/{config}",
        {"paymentMethodOptions": {"card": {"mode": "gatewayProfile", "gatewayProfile": "{eu}"}}},
    ),
    ("sam", "POST /customers", {"email": "sam@example.com", **ADDRESSES}),
    ("", "POST /customers/{sam}", {"dateOfBirth": "1990-01-31", "phoneNumber": None}),
    ("given_up", "POST /payments", {**USD, **BACK, **ADDRESSES, "utm": {"source": "mail"}}),
    ("", "POST /payments/{given_up}", {"metadata": {"order": "1"}, "customer": "{sam}"}),
    ("", "POST /payments/{given_up}/authorize", card("4000000000000002")),
    ("", "POST /payments/{given_up}/authorize", card("4000000000003220")),
    ("", "GET /payments/{given_up}", None),
    ("", "POST /payments/{given_up}/cancel", {}),
    (
        "paid",
        "POST /payments",
        {**USD, **BACK, "customer": "{sam}", "paymentMethodOptions": {"captureMethod": "manual"}},
    ),
    ("", "POST /payments/{paid}/authorize", card("4242424242424242")),
    ("", "POST /payments/{paid}/capture", {"amount": 4000}),
    ("", "POST /payments/{paid}/reverse", {"amount": 1000}),
    ("", "POST /payments/{paid}/record-chargeback", {"blacklistCustomer": True}),
    ("", "GET /payments/{paid}", None),
    ("", "GET /payments", None),
    ("transaction", "GET /transactions?sortDirection=desc", None),
    ("", "GET /transactions/{transaction}", None),
    ("method", "GET /payment-methods?customer[eq]={sam}", None),
    ("", "POST /payment-methods/{method}", {"isDefault": True}),
    ("", "GET /payment-methods/{method}", None),
    ("", "DELETE /payment-methods/{method}", None),
    ("mug", "POST /products", {"name": "Mug", "description": None, "statementDescriptor": "MUGS"}),
    ("", "POST /products/{mug}", {"description": "holds tea"}),
    ("", "GET /products/{mug}", None),
    ("once", "POST /prices", {"product": "{mug}", "type": "one_time", "currency": "USD", "amount": 1200}),
    (
        "monthly",
        "POST /prices",
        {"product": "{mug}", "type": "recurring", "currency": "usd", "amount": 100, "billingSchedule": MONTHLY},
    ),
    ("", "POST /prices/{once}", {"name": "one mug"}),
    ("", "POST /payments", {"currency": "usd", "cart": {"items": [{"price": "{once}", "quantity": 2}]}}),
    ("", "GET /prices/{monthly}", None),
    ("yearly", "POST /prices", {**PLAN, "product": "{mug}"}),
    ("kim", "POST /customers", {"email": "kim@example.com"}),
    ("first", "POST /payments", {"currency": "usd", "customer": "{kim}", **BACK, **CART}),
    ("", "POST /payments/{first}/authorize", card("4000000000000341")),  # approved once, then declined
    ("subscription", "GET /subscriptions?customer[eq]={kim}", None),
    ("", "GET /subscriptions/{subscription}", None),
    ("", "POST /subscriptions/{subscription}", {"retryPolicy": None, "metadata": {"seats": "3"}}),
    ("", "POST /subscriptions/{subscription}/cancel", {}),
    ("", "POST /subscriptions/{subscription}/resume", {}),
    ("preview", "POST /subscriptions/{subscription}/preview", {"price": "{yearly}"}),
    ("", "POST /subscriptions/{subscription}/apply-preview", {"preview": "{preview}"}),
    ("", "POST /_mock/clock/advance", {"by": "1 month"}),
    ("invoice", "GET /invoices?status[eq]=open", None),
    ("", "GET /invoices/{invoice}", None),
    ("", "POST /invoices/{invoice}", {"metadata": {"month": "2"}}),
    ("", "POST /invoices/{invoice}/pay", {}),
    ("", "POST /invoices/{invoice}/void", {}),
    ("", "GET /prices", None),
    ("", "GET /products", None),
    ("", "DELETE /prices/{once}", None),
    ("", "DELETE /products/{mug}", None),
    ("entry", "POST /blacklist", {"email": "joe@example.com", "reason": "fraud"}),
    ("", "GET /blacklist/{entry}", None),
    ("", "GET /blacklist", None),
    ("", "DELETE /blacklist/{entry}", None),
    ("", "POST /customers/{sam}/restrictions", {"restrictCit": True, "restrictReason": "fraud"}),
    ("", "GET /customers/{sam}", None),
    ("", "GET /customers", None),
    ("", "DELETE /customers/{sam}", None),
    ("secret", "POST /secret-keys", {"permissions": ["PAYMENT_READ"], "note": "mine"}),
    ("", "POST /secret-keys/{secret}", {"note": None}),
    ("", "POST /secret-keys/{secret}/rotate", {}),
    ("", "GET /secret-keys/{secret}", None),
    ("", "GET /secret-keys", None),
    ("", "DELETE /secret-keys/{secret}", None),
    ("public", "POST /publishable-keys", {}),
    ("", "POST /publishable-keys/{public}", {"note": "shop"}),
    ("", "GET /publishable-keys/{public}", None),
    ("", "GET /publishable-keys", None),
    ("", "DELETE /publishable-keys/{public}", None),
    ("alice", "POST /users", {"email": "alice@example.com", "password": "Str0ng#Pass", "role": "developer"}),
    ("", "POST /users/{alice}", {"role": "admin", "username": "alice", "metadata": {"team": "1"}}),
    ("", "GET /users/{alice}", None),
    ("", "GET /users", None),
    ("", "DELETE /users/{alice}", None),
    ("log", "GET /request-logs?sortDirection=desc&method[eq]=DELETE", None),
    ("", "GET /request-logs/{log}", None),
]


def filled(node, names):
    """The same with every `{name}` filled in."""
    if isinstance(node, dict):
        return {key: filled(value, names) for key, value in node.items()}
    if isinstance(node, list):
        return [filled(value, names) for value in node]
    return node.format_map(names) if isinstance(node, str) else node


def played(odus, client):
    """Asks it all; how the mock is driven is told by another document, so that is asked of the client."""
    names = {}
    for name, call, body in STORY:
        method, path = filled(call, names).split()
        ask = client if path.startswith("/_mock") else odus
        answer = ask(method, path, filled(body, names))
        assert answer.status < 400, (call, answer.text)
        if name:
            names[name] = (answer.json.get("data") or [answer.json])[0]["id"]
