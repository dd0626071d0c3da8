"""What Odus documents of captures, refunds and chargebacks (guides/payments/*)."""

import pytest

MANUAL = {"captureMethod": "manual", "card": {"mode": "cascade", "cascade": "cas_abc123"}}
JANE = "cus_2R0uWz4tu9wxTMBXxj9CJfSE9vV"


def delayed(days):
    return MANUAL | {"captureMethod": "automaticDelayed", "captureDelay": days}


# --- Capture


def test_a_payment_is_captured_at_once_unless_told(odus):
    """`automatic` is the default (guides/payments/capture)."""
    assert odus.pay()["isCaptured"] is True


def test_a_manual_capture_takes_all_or_a_part(odus):
    """And is asked for (guides/payments/capture)."""
    first, second = odus.hold(), odus.hold()
    assert first["isCaptured"] is False
    whole = odus.post(f"/payments/{first['id']}/capture")
    part = odus.post(f"/payments/{second['id']}/capture", {"amount": 3000})
    assert [(True, 5000), (True, 3000)] == [(one["isCaptured"], one["amountCaptured"]) for one in (whole, part)]


def test_a_method_types_capture_overrides_the_common_one(odus):
    """`card.captureMethod` beats `captureMethod` (guides/payments/capture)."""
    card = {"mode": "cascade", "cascade": "cas_abc123", "captureMethod": "manual"}
    paid = odus.pay(paymentMethodOptions={"captureMethod": "automatic", "card": card})
    assert paid["isCaptured"] is False


@pytest.mark.parametrize("days", [1, 5])
def test_a_delayed_capture_happens_by_itself(odus, advance, days):
    """After `captureDelay` days, and not before (guides/payments/capture)."""
    payment = odus.pay(paymentMethodOptions=delayed(days))
    advance(f"{24 * days - 1} hours")
    assert odus.get(f"/payments/{payment['id']}")["isCaptured"] is False
    advance("1 hour")
    assert odus.get(f"/payments/{payment['id']}")["isCaptured"] is True


@pytest.mark.parametrize("days", [0, 6])
def test_a_delay_is_of_one_to_five_days(odus, days):
    """Nothing else (guides/payments/capture)."""
    odus.refuses("/payments", {"amount": 5000, "currency": "usd", "paymentMethodOptions": delayed(days)})


def test_an_authorization_lapses_after_about_a_week(odus, advance):
    """Until then it is shown as uncaptured (guides/payments/capture, guides/reports/payment-summary-report)."""
    payment = odus.hold()
    assert ("succeeded", "uncaptured") == (payment["status"], payment["displayStatus"])
    advance("6 days")
    assert "succeeded" == odus.get(f"/payments/{payment['id']}")["status"]
    advance("2 days")
    assert "cancelled" == odus.get(f"/payments/{payment['id']}")["status"]


# --- Reversal


def test_a_refund_of_everything(odus):
    """`{}` gives back what was captured, once (guides/payments/refunds)."""
    path = f"/payments/{odus.pay()['id']}/reverse"
    reversed = odus.post(path, {})
    assert (True, 5000) == (reversed["isFullyReversed"], reversed["amountReversed"])
    odus.refuses(path, {})


def test_refunds_in_parts(odus):
    """`{"amount":500}` may be repeated up to what was captured (guides/payments/refunds)."""
    path = f"/payments/{odus.pay(amount=1200)['id']}/reverse"
    assert [500, 1000] == [odus.post(path, {"amount": 500})["amountReversed"] for _ in range(2)]
    odus.refuses(path, {"amount": 500})
    assert odus.post(path, {"amount": 200})["isFullyReversed"] is True


def test_the_rest_is_refunded_by_an_empty_body(odus):
    """What was captured, less what was given back (guides/payments/refunds)."""
    path = f"/payments/{odus.pay()['id']}/reverse"
    odus.post(path, {"amount": 500})
    reversed = odus.post(path, {})
    assert (True, 5000, 4500) == (
        reversed["isFullyReversed"],
        reversed["amountReversed"],
        reversed["transactions"][-1]["amount"],
    )


def test_a_reversal_before_the_capture_is_a_void(odus):
    """The payment is cancelled (guides/payments/refunds, guides/payments/payment-statuses)."""
    assert "cancelled" == odus.post(f"/payments/{odus.hold()['id']}/reverse", {})["status"]


def test_a_refund_made_elsewhere_is_recorded(odus, gateway_says):
    """`{"amount":1500,"isExternal":true}` asks no gateway (guides/payments/refunds)."""
    gateway_says("unreachable", "refund")
    reversed = odus.post(f"/payments/{odus.pay()['id']}/reverse", {"amount": 1500, "isExternal": True})
    assert 1500 == reversed["amountReversed"]


@pytest.mark.parametrize("number", [None, "4000000000000002", "4000000000003220"])
def test_what_has_not_succeeded_cannot_be_reversed(odus, number):
    """It needs the status `succeeded` (guides/payments/refunds)."""
    payment = odus.pay(number) if number else odus.create()
    odus.refuses(f"/payments/{payment['id']}/reverse", {})


def test_a_refund_can_fail_later(odus, gateway_says, advance):
    """The gateway tells Odus, which corrects the payment (integrations/*-webhooks)."""
    gateway_says({"fail_later": {"after": "2 days"}}, "refund")
    payment = odus.pay()
    assert 5000 == odus.post(f"/payments/{payment['id']}/reverse", {})["amountReversed"]
    advance("2 days")
    assert 0 == odus.get(f"/payments/{payment['id']}")["amountReversed"]


# --- Chargebacks


def test_a_chargeback_is_recorded(odus):
    """An empty body is enough (guides/payments/chargebacks)."""
    marked = odus.post(f"/payments/{odus.pay()['id']}/record-chargeback", {})
    assert marked["isChargebacked"] is True
    assert marked["chargebackRecordedAt"].endswith("Z")


def test_capture_and_reverse_stay_possible(odus):
    """After a chargeback as before (guides/payments/chargebacks)."""
    path = f"/payments/{odus.hold()['id']}"
    odus.post(f"{path}/record-chargeback", {})
    assert odus.post(f"{path}/capture")["isCaptured"] is True
    assert 5000 == odus.post(f"{path}/reverse", {})["amountReversed"]


def test_a_chargeback_may_blacklist_the_customer(odus):
    """By email: new payments of every customer with it are refused (guides/payments/chargebacks)."""
    odus.post(f"/payments/{odus.pay(customer=JANE)['id']}/record-chargeback", {"blacklistCustomer": True})
    twin = odus.post("/customers", {"email": "jane@example.com"})["id"]
    for customer in (JANE, twin):
        odus.refuses("/payments", {"amount": 5000, "currency": "usd", "customer": customer})


def test_a_chargeback_may_restrict_the_customer(odus):
    """Their own payments, the merchant's, and why (guides/payments/chargebacks)."""
    body = {"customerRestrictions": {"restrictCit": True, "restrictMit": True, "restrictReason": "fraud"}}
    odus.post(f"/payments/{odus.pay(customer=JANE)['id']}/record-chargeback", body)
    assert "fraud" == odus.get(f"/customers/{JANE}")["restrictReason"]
    for initiator in ("customer", "merchant"):
        odus.refuses("/payments", {"amount": 5000, "currency": "usd", "customer": JANE, "initiator": initiator})


def test_a_chargeback_may_do_both(odus):
    """Restrict now and blacklist for good (guides/payments/chargebacks)."""
    body = {"blacklistCustomer": True, "customerRestrictions": {"restrictCit": True, "restrictReason": "fraud"}}
    odus.post(f"/payments/{odus.pay(customer=JANE)['id']}/record-chargeback", body)
    twin = odus.post("/customers", {"email": "jane@example.com"})["id"]
    assert "fraud" == odus.get(f"/customers/{JANE}")["restrictReason"]
    odus.refuses("/payments", {"amount": 5000, "currency": "usd", "customer": twin})
