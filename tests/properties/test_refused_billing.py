"""A refused request changes nothing: every verb of billing, in every state that a subscription can be in.

What is expected is written here by hand, from the documented rules: done, or a 400 that changes nothing.
"""

import pytest

FICKLE = "4000000000000341"  # approved for its customer, then declined for the merchant
DONE, REFUSED = 201, 400
NAMES = ("status", "cancelAtPeriodEnd", "autoBillingEnabled", "autoBillingDisabledReason")
STATES = {
    "billing": ("active", False, True, None),
    "ending": ("active", True, True, None),
    "retrying": ("active", False, False, "latest_invoice_retrying"),
    "stopped": ("active", False, False, "recurring_payment_errored"),
    "cancelled": ("cancelled", False, False, "subscription_cancelled"),
}
SUBSCRIPTION, INVOICE, PAYMENT = "/subscriptions/{subscription}", "/invoices/{invoice}", "/payments/{payment}"
CARD = {"type": "card", "card": {"number": "4242424242424242", "expMonth": "12", "expYear": "2030", "cvv": "100"}}

# verb: (method, path, body, the states in which it is done)
VERBS = {
    "change metadata": ("POST", SUBSCRIPTION, {"metadata": {"a": "b"}}, {*STATES}),
    "take another card": ("POST", SUBSCRIPTION, {"paymentMethod": "{janes}"}, {*STATES} - {"cancelled"}),
    "take another policy": ("POST", SUBSCRIPTION, {"retryPolicy": "{policy}"}, {*STATES} - {"cancelled"}),
    "cancel": ("POST", f"{SUBSCRIPTION}/cancel", {}, {"billing", "retrying", "stopped"}),
    "cancel at once": ("POST", f"{SUBSCRIPTION}/cancel", {"cancelImmediately": True}, {*STATES} - {"cancelled"}),
    "resume": ("POST", f"{SUBSCRIPTION}/resume", {}, {"ending"}),
    "preview": ("POST", f"{SUBSCRIPTION}/preview", {"price": "{plan}"}, {"billing"}),
    "pay the latest invoice": ("POST", f"{INVOICE}/pay", {}, {"retrying", "stopped"}),
    "void the latest invoice": ("POST", f"{INVOICE}/void", {}, {"retrying"}),
    "change an invoice's metadata": ("POST", INVOICE, {"metadata": {"a": "b"}}, {*STATES}),
    "authorize the latest payment": ("POST", f"{PAYMENT}/authorize", CARD, set()),
    "cancel the latest payment": ("POST", f"{PAYMENT}/cancel", {}, {"retrying"}),
    "delete the card": ("DELETE", "/payment-methods/{method}", None, {"cancelled"}),
    "delete the customer": ("DELETE", "/customers/{jane}", None, {"cancelled"}),
}


def make(account, state):
    """A subscription in that state."""
    subscription = account.subscribe(account.plan(), FICKLE)
    path = f"/subscriptions/{subscription['id']}"
    match state:
        case "ending":
            account.post(f"{path}/cancel")
        case "retrying":
            account.advance("1 month")
        case "stopped":
            account.advance("2 months")
        case "cancelled":
            account.post(f"{path}/cancel", {"cancelImmediately": True})
    return account.get(path)


@pytest.fixture(scope="module")
def states(mock):
    """By state: a snapshot of a sandbox, and the ids in it."""
    found = {}
    for state in STATES:
        account = mock.open(seed=7)
        subscription = make(account, state)
        invoice = account.get(f"/invoices/{subscription['latestInvoice']}")
        names = account.ids | {
            "subscription": subscription["id"],
            "invoice": invoice["id"],
            "payment": invoice["payment"],
            "method": subscription["paymentMethod"],
            "plan": account.plan(),
            "policy": account.post("/retry-policies", {"title": "Own", "steps": [{"position": 1, "retryDelay": 1}]})[
                "id"
            ],
        }
        account.post("/_mock/snapshots", {"name": "here"})
        found[state] = f"{account.name}/here", names
    return found


def filled(body, names):
    """The body with every `{name}` replaced by its id."""
    return body and {key: value.format(**names) if isinstance(value, str) else value for key, value in body.items()}


@pytest.mark.parametrize("state", STATES)
def test_a_subscription_stands_in_the_state_named(mock, states, state):
    """The rows above speak of the states they name."""
    origin, names = states[state]
    shown = mock.open(origin=origin).get(SUBSCRIPTION.format(**names))
    assert STATES[state] == tuple(shown[name] for name in NAMES)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_what_a_state_forbids_changes_nothing(mock, states, verb, state):
    """Each verb in each state: done, or refused by a 400 in one sentence with the digest as before."""
    method, path, body, allowed = VERBS[verb]
    origin, names = states[state]
    account = mock.open(origin=origin)
    before = account.digest

    answer = account(method, path.format(**names), filled(body, names))

    if state in allowed:
        assert answer.status in (200, DONE), answer
        assert before != account.digest
    else:
        assert REFUSED == answer.status, answer
        assert isinstance(answer.json["message"], str)
        assert before == account.digest


def test_a_declined_charge_is_no_refusal(mock):
    """Paying an invoice and applying a plan answer 201 when the gateway says no; something has happened."""
    account = mock.open()
    subscription = account.subscribe(account.plan(), FICKLE)
    preview = account.post(f"/subscriptions/{subscription['id']}/preview", {"price": account.plan(9000)})
    before = account.digest
    applied = account.post(f"/subscriptions/{subscription['id']}/apply-preview", {"preview": preview["id"]})
    assert (False, "cancelled") == (applied["applied"], applied["payment"]["status"])
    assert before != account.digest

    account.advance("1 month")
    (owed,) = account.get("/invoices?status[eq]=open")["data"]
    assert "open" == account.post(f"/invoices/{owed['id']}/pay")["status"]
