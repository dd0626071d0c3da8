"""A scenario with one subscription, `janes`, whose renewals gateways answer as a test lists."""


def janes(*answers, steps=None, enabled=True, every="month"):
    """29.99 `every` so often since 31 January, 10:00, and now it is the first of February.

    The answers are those to its renewal and to each try after that; the last one stays. `steps` are those of its retry
    policy, each a number of days or `(days, what else it says)`; by default they are the merchant's: 1, 3 and 5 days.
    """
    cycle = {"position": 1, "amount": 2999, "intervalUnit": every, "intervalValue": 1}
    plan = {"product": "pro", "type": "recurring", "currency": "usd", "billingSchedule": {"cycleDefinitions": [cycle]}}
    usual = {"customer": "jane", "price": "plan", "paymentMethod": "janes_visa", "gatewayProfile": "stripe_eu"}
    subscription = usual | {"startDate": "2026-01-31T10:00:00Z"} | ({"retryPolicy": "hers"} if steps else {})
    return {
        "version": 1,
        "name": "janes",
        "extends": "starter",
        "clock": {"start": "2026-02-01T00:00:00Z"},
        "world": {
            "prices": {"plan": plan},
            "retryPolicies": {"hers": {"isEnabled": enabled, "steps": _steps(steps)}} if steps else {},
            "subscriptions": {"janes": subscription},
        },
        "rules": [{"name": "as listed", "when": {"subscription": "janes"}, "then": list(answers)}],
    }


def _steps(steps):
    described = [step if isinstance(step, tuple) else (step, {}) for step in steps]
    return [{"position": place, "retryDelay": days} | more for place, (days, more) in enumerate(described, 1)]
