"""`/payments` over HTTP: every display status, every action with its body and its key, and what browsers see of it."""

import pytest

CHALLENGED, DECLINED = "4000000000003220", "4000000000000002"
MANUAL = {"paymentMethodOptions": {"captureMethod": "manual"}}
RETURN_URL = "https://shop.example/back"


@pytest.fixture
def act(api):
    """Does something to a payment, and answers it as it then is."""
    return lambda payment, verb, body=None: api.made(f"/payments/{payment['id']}/{verb}", body)


@pytest.fixture
def rule(api):
    """Puts a rule on top of the running scenario."""
    return lambda **fields: api.made("/_mock/rules", fields)


@pytest.fixture
def wallets(api):
    """The merchant takes PayPal and Apple Pay as well. The id of the PayPal gateway."""
    paypal = api.made("/gateway-profiles", {"title": "PayPal", "integration": "paypal"})["id"]
    config = api.get("/merchant-configs").json["data"][0]
    card = {"mode": "cascade", "cascade": api.ids["main"]}
    options = {"card": card, "applePay": card, "paypal": {"mode": "gatewayProfile", "gatewayProfile": paypal}}
    api.made(f"/merchant-configs/{config['id']}", {"paymentMethodOptions": options})
    return paypal


def pick(record, *names):
    return [record[name] for name in names]


# --- What is displayed


def test_all_nine_display_statuses(api, act):
    """Each is reached by what a merchant and a customer do, and is what find-one and the list then show."""
    refunded, charged, lapsed = api.paid(), api.paid(), api.paid(CHALLENGED)
    api.made("/_mock/clock/advance", {"by": "24 hours"})
    made = {
        "unattempted": api.payment(),
        "incomplete": api.paid(CHALLENGED),
        "failed": api.paid(DECLINED),
        "uncaptured": api.paid(**MANUAL),
        "succeeded": api.paid(),
        "partially_reversed": act(api.paid(), "reverse", {"amount": 500}),
        "reversed": act(refunded, "reverse"),
        "chargeback": act(charged, "record-chargeback"),
        "cancelled": act(api.payment(), "cancel"),
    }
    assert {status: status for status in made} == {status: one["displayStatus"] for status, one in made.items()}
    assert made == {status: api.get(f"/payments/{one['id']}").json for status, one in made.items()}
    for status, one in made.items():
        listed = api.get(f"/payments?displayStatus[eq]={status}&pageSize=100").json["data"]
        assert one["id"] in [other["id"] for other in listed]
    assert ["open", "incomplete"] == pick(api.get(f"/payments/{lapsed['id']}").json, "status", "displayStatus")


# --- Capture and cancel


def test_a_payment_is_captured_by_hand(api, act):
    """201 and the payment; a part is taken, the rest released, and the transaction tells."""
    held = api.paid(**MANUAL)
    assert ["succeeded", True, False, 5000, 0] == pick(
        held, "status", "isAuthorized", "isCaptured", "amountAuthorized", "amountCaptured"
    )
    payment = act(held, "capture", {"amount": 3000})
    assert ["succeeded", True, 5000, 3000, "manual", None] == pick(
        payment, "status", "isCaptured", "amount", "amountCaptured", "captureMethod", "captureAt"
    )
    assert [("authorization", 5000), ("capture", 3000)] == [
        (one["type"], one["amount"]) for one in payment["transactions"]
    ]
    again = api.post(f"/payments/{held['id']}/capture")
    assert (400, str) == (again.status, type(again.json["message"]))


@pytest.mark.parametrize("raw", [None, b"", b"{}"])
@pytest.mark.parametrize(
    ("verb", "expected"),
    [("capture", "succeeded"), ("cancel", "cancelled"), ("reverse", "cancelled"), ("record-chargeback", "chargeback")],
)
def test_an_empty_body_is_an_empty_object(api, raw, verb, expected):
    """Every action does what it does without any field."""
    held = api.paid(**MANUAL)
    answer = api("POST", f"/payments/{held['id']}/{verb}", raw=raw)
    assert (201, expected) == (answer.status, answer.json["displayStatus"])


def test_a_delayed_capture_comes_by_itself(api):
    """`captureAt` says when; until then the payment is uncaptured."""
    options = {"captureMethod": "automaticDelayed", "captureDelay": 2}
    payment = api.paid(paymentMethodOptions=options)
    assert ["uncaptured", 2, "2026-01-03T00:00:00.000Z"] == pick(payment, "displayStatus", "captureDelay", "captureAt")
    api.made("/_mock/clock/advance", {"by": "2 days"})
    assert ["succeeded", True, 5000, None] == pick(
        api.get(f"/payments/{payment['id']}").json, "displayStatus", "isCaptured", "amountCaptured", "captureAt"
    )


def test_an_authorization_lapses(api):
    """After seven days the payment is cancelled, and says why."""
    payment = api.paid(**MANUAL)
    api.made("/_mock/clock/advance", {"by": "7 days"})
    lapsed = api.get(f"/payments/{payment['id']}").json
    assert ["cancelled", "lapsed", "2026-01-08T00:00:00.000Z", 0, False] == pick(
        lapsed, "status", "cancellationReason", "cancelledAt", "amountAuthorized", "isAuthorized"
    )


def test_a_captured_payment_says_what_to_do_instead(api):
    """A cancel comes too late: 400, which names `reverse`."""
    answer = api.post(f"/payments/{api.paid()['id']}/cancel")
    assert 400 == answer.status
    assert "reverse it instead" in answer.json["message"]


@pytest.mark.parametrize("verb", ["capture", "reverse", "cancel"])
def test_a_gateway_that_refuses_is_no_error(api, act, rule, verb):
    """201 and the payment with a failed transaction; what was true before still is."""
    operation = "capture" if verb == "capture" else "void"
    rule(when={"operation": operation}, then="generic_processor_error")
    held = api.paid(**MANUAL)
    payment = act(held, verb)
    assert "failure" == payment["transactions"][-1]["outcome"]["status"]
    flags = [
        "status",
        "displayStatus",
        "isCaptured",
        "isAuthorized",
        "amountAuthorized",
        "amountCaptured",
        "cancelledAt",
    ]
    assert pick(held, *flags) == pick(payment, *flags)


# --- Reverse


def test_an_external_refund_has_no_gateway(api, act):
    """Its transaction is listed like any other, with nothing that a gateway would have said."""
    payment = act(api.paid(), "reverse", {"amount": 1500, "isExternal": True})
    assert [1500, "partially_reversed", True, False] == pick(
        payment, "amountReversed", "displayStatus", "isPartiallyReversed", "isFullyReversed"
    )
    refund = payment["transactions"][-1]
    assert [None, None, None, None] == pick(
        refund, "gatewayProfile", "integration", "gatewayReference", "paymentMethodDetails"
    )
    assert refund == api.get(f"/transactions/{refund['id']}").json
    assert [refund["id"]] == [one["id"] for one in api.get("/transactions?gatewayProfile[isNull]=true").json["data"]]


def test_a_refund_may_fail_later(api, act, rule):
    """The money is back on the payment, the outcome of its transaction a failure; it can be reversed again."""
    rule(when={"operation": "refund"}, times=1, then={"fail_later": {"after": "2 days", "code": "card_restricted"}})
    payment = act(api.paid(), "reverse")
    assert ["reversed", 5000] == pick(payment, "displayStatus", "amountReversed")
    api.made("/_mock/clock/advance", {"by": "2 days"})
    failed = api.get(f"/payments/{payment['id']}").json
    assert ["succeeded", 0, False] == pick(failed, "displayStatus", "amountReversed", "isFullyReversed")
    assert "card_restricted" == failed["transactions"][-1]["outcome"]["errorCode"]
    assert "reversed" == act(payment, "reverse")["displayStatus"]


# --- Chargebacks


def test_a_chargeback_may_block_the_customer(api, act):
    """Blacklisted and restricted by one call; the next payment is refused."""
    jane = api.ids["jane"]
    body = {"blacklistCustomer": True, "customerRestrictions": {"restrictMit": True, "restrictReason": "fraud"}}
    payment = act(api.paid(customer=jane), "record-chargeback", body)
    assert [True, "2026-01-01T00:00:00.000Z"] == pick(payment, "isChargebacked", "chargebackRecordedAt")
    assert ["jane@example.com"] == [one["email"] for one in api.get("/blacklist").json["data"]]
    customer = api.get(f"/customers/{jane}").json
    assert [False, True, "fraud"] == pick(customer, "restrictCit", "restrictMit", "restrictReason")
    refused = api.post("/payments", {"amount": 1, "currency": "usd", "customer": jane})
    assert (400, True) == (refused.status, "is blacklisted by email" in refused.json["message"])


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"blacklistCustomer": "yes"}, ["blacklistCustomer"]),
        (
            {"customerRestrictions": {"restrictCIT": True, "restrictMit": 1}},
            ["customerRestrictions.restrictCIT", "customerRestrictions.restrictMit"],
        ),
        ({"customerRestrictions": {"customer": "cus_1"}}, ["customerRestrictions.customer"]),
        ({"blacklistCustomer": True, "customerRestrictions": {}}, ["blacklistCustomer", "customerRestrictions"]),
    ],
)
def test_a_chargeback_that_cannot_be(api, body, fields):
    """What is wrong is told with its path; a guest can be neither blacklisted nor restricted."""
    answer = api.post(f"/payments/{api.paid()['id']}/record-chargeback", body)
    assert 400 == answer.status
    assert sorted(fields) == sorted(problem.split()[0] for problem in answer.problems)


def test_the_scenario_records_a_chargeback(api, rule):
    """When its time has come."""
    rule(then={"approve": {"chargeback": {"after": "20 days"}}})
    payment = api.paid()
    api.made("/_mock/clock/advance", {"by": "20 days"})
    assert "chargeback" == api.get(f"/payments/{payment['id']}").json["displayStatus"]


# --- Wallets


def test_paypal_sends_the_customer_to_its_approval_page(api, wallets):
    """A redirect like a challenge; approved, the account is saved and charges the next time without the customer."""
    payment = api.payment(customer=api.ids["jane"], returnUrl=RETURN_URL)
    waiting = api.made(f"/payments/{payment['id']}/authorize", {"type": "paypal"})
    assert ["requires_action", "incomplete"] == pick(waiting, "status", "displayStatus")
    assert "confirmation_requested" == waiting["transactions"][0]["outcome"]["specialCode"]
    done = api.made(f"/_mock/challenges/{payment['id']}/complete", {"result": "passed"})["payment"]
    assert ["succeeded", wallets] == pick(done, "status", "gatewayProfile")
    method = api.get(f"/payment-methods/{done['paymentMethod']}").json
    assert ["paypal", api.ids["jane"], None] == pick(method, "type", "customer", "card")

    later = api.payment(customer=api.ids["jane"], initiator="merchant", paymentMethod=method["id"])
    assert "succeeded" == api.made(f"/payments/{later['id']}/authorize")["status"]


def test_paypals_page_is_paypals(api, wallets):
    """It asks for an approval, not for who the customer is; a decline there is a failed authentication."""
    payment = api.payment(customer=api.ids["jane"], returnUrl=RETURN_URL)
    waiting = api.made(f"/payments/{payment['id']}/authorize", {"type": "paypal"})
    browser = api.with_key(None)
    link = waiting["action"]["redirectUrl"].removeprefix(api.url)
    assert "Approve this payment with your PayPal balance." in browser.get(link).text
    declined = browser.post(link, raw=b"result=failed")
    assert (303, True) == (declined.status, "success=false" in declined.headers["location"])
    failed = api.get(f"/payments/{payment['id']}").json
    assert ["open", "failed", None] == pick(failed, "status", "displayStatus", "paymentMethod")
    assert "authentication_failed" == failed["transactions"][0]["outcome"]["errorCode"]
    assert [] == api.get("/payment-methods?type[eq]=paypal").json["data"]


def test_a_link_of_a_cancelled_payment_says_so(api, act):
    """Looked at and answered, it changes nothing any more."""
    waiting = api.paid(CHALLENGED)
    cancelled = act(waiting, "cancel")
    assert ["cancelled", "cancelled", None] == pick(cancelled, "status", "displayStatus", "action")
    link, browser = waiting["action"]["redirectUrl"].removeprefix(api.url), api.with_key(None)
    for answer in (browser.get(link), browser.post(link, raw=b"result=passed")):
        assert (200, True) == (answer.status, "The payment was cancelled" in answer.text)
    assert cancelled == api.get(f"/payments/{waiting['id']}").json
    assert [] == api.get("/_mock/challenges").json


def test_apple_pay_takes_a_token_and_forgets_it(api, wallets):
    """Approved at a gateway for cards; the token is in no answer and no journal."""
    token = "tok-of-a-device-1234567890"
    payment = api.payment(customer=api.ids["jane"], returnUrl=RETURN_URL)
    answer = api.post(f"/payments/{payment['id']}/authorize", {"type": "applePay", "token": token})
    assert (201, "succeeded") == (answer.status, answer.json["status"])
    details = answer.json["transactions"][0]["paymentMethodDetails"]
    assert ["applePay", None] == pick(details, "type", "card")
    method = api.get(f"/payment-methods/{answer.json['paymentMethod']}").json
    assert ["applePay", None] == pick(method, "type", "card")
    journals = [api.get(f"/_mock/journal/{name}").text for name in ("requests", "events", "attempts", "jobs")]
    assert all(token not in text for text in [answer.text, str(method), *journals])


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"type": "applePay", "token": ""}, ["token"]),
        ({"type": "applePay", "token": 5}, ["token"]),
        ({"type": "applePay", "token": "s3cret" * 2000}, ["token"]),
        ({"type": "paypal", "token": "s3cret"}, ["token"]),
        ({"type": "googlePay", "token": "s3cret"}, ["type"]),
        ({"token": "s3cret"}, ["type"]),
    ],
)
def test_a_wrong_wallet_is_told_without_its_token(api, wallets, body, fields):
    """The field at fault, never what was in it."""
    payment = api.payment(returnUrl=RETURN_URL)
    answer = api.post(f"/payments/{payment['id']}/authorize", body)
    assert (400, fields) == (answer.status, [problem.split()[0] for problem in answer.problems])
    assert "s3cret" not in answer.text


def test_a_wallet_that_is_not_available(api):
    """Without a routing of its own a method type is not offered: 400, which names those that are."""
    payment = api.payment(returnUrl=RETURN_URL)
    answer = api.post(f"/payments/{payment['id']}/authorize", {"type": "paypal"})
    assert (400, ["type must be of a type that is available for this payment (card), found paypal"]) == (
        answer.status,
        answer.problems,
    )


# --- Changing it


def test_an_open_payment_is_given_another_customer(api):
    """Lists by customer follow; `null` is no customer, and a waiting payment keeps its own."""
    joe = api.made("/customers", {"email": "joe@example.com"})["id"]
    payment = api.payment(customer=api.ids["jane"])
    assert joe == api.made(f"/payments/{payment['id']}", {"customer": joe})["customer"]
    mine, theirs = (api.get(f"/payments?customer[eq]={id}").json["data"] for id in (api.ids["jane"], joe))
    assert ([], [payment["id"]]) == (mine, [one["id"] for one in theirs])
    none = api.post(f"/payments/{payment['id']}", {"customer": None})
    assert (400, ["customer"]) == (none.status, [problem.split()[0] for problem in none.problems])
    waiting = api.paid(CHALLENGED, customer=joe)
    late = api.post(f"/payments/{waiting['id']}", {"customer": api.ids["jane"]})
    assert (400, True) == (late.status, "it waits for the customer it has" in late.json["message"])


# --- Who sees and does what


def test_a_browser_sees_what_became_of_a_payment(api, act):
    """The new fields are public, what a gateway said and the checkout key are not."""
    payment = act(api.paid(**MANUAL), "capture", {"amount": 1000})
    shown = api.with_key(api.publishable_key).get(f"/payments/{payment['id']}").json
    assert [1000, True, "succeeded"] == pick(shown, "amountCaptured", "isCaptured", "displayStatus")
    assert "checkoutKey" not in shown
    assert "errorCode" not in shown["transactions"][-1]["outcome"]
    assert "checkoutKey" in payment


@pytest.mark.parametrize("verb", ["capture", "reverse", "cancel", "record-chargeback"])
def test_a_checkout_key_only_authorizes(api, verb):
    """A browser takes no money, gives none back, and ends nothing: 403, which names the kinds that may."""
    payment = api.paid(**MANUAL)
    for key in (payment["checkoutKey"], api.publishable_key):
        assert 403 == api.with_key(key).post(f"/payments/{payment['id']}/{verb}").status


@pytest.mark.parametrize(
    ("verb", "permission"),
    [
        ("capture", "PAYMENT_CAPTURE"),
        ("reverse", "PAYMENT_REVERSE"),
        ("cancel", "PAYMENT_CANCEL"),
        ("record-chargeback", "PAYMENT_CHARGEBACK"),
    ],
)
def test_each_action_has_its_permission(api, verb, permission):
    """It is enough, and every other one is not."""
    payment = api.paid(**MANUAL)
    others = ["PAYMENT_READ", "PAYMENT_CREATE", "PAYMENT_UPDATE", "PAYMENT_AUTHORIZE"]
    others += [f"PAYMENT_{one}" for one in ("CAPTURE", "REVERSE", "CANCEL", "CHARGEBACK")]
    others.remove(permission)
    weak = api.made("/secret-keys", {"permissions": others})["value"]
    strong = api.made("/secret-keys", {"permissions": [permission]})["value"]
    refused = api.with_key(weak).post(f"/payments/{payment['id']}/{verb}")
    assert (403, True) == (refused.status, permission in refused.json["message"])
    assert 201 == api.with_key(strong).post(f"/payments/{payment['id']}/{verb}").status


# --- Settings


def test_the_merchants_own_way_to_capture(api):
    """Set once, it holds for every payment made afterwards."""
    config = api.get("/merchant-configs").json["data"][0]
    changed = api.made(f"/merchant-configs/{config['id']}", {"captureMethod": "automaticDelayed", "captureDelay": 5})
    assert ["automaticDelayed", 5] == pick(changed, "captureMethod", "captureDelay")
    assert ["automaticDelayed", 5, "2026-01-06T00:00:00.000Z"] == pick(
        api.paid(), "captureMethod", "captureDelay", "captureAt"
    )


@pytest.mark.parametrize(
    "options", [{}, {"captureMethod": "manual"}, {"captureMethod": "automaticDelayed", "captureDelay": 5}]
)
def test_the_end_of_the_calendar_breaks_nothing(api, options):
    """What would be due after the year 9999 is no reason for a fault of ours."""
    payment = api.payment(customer=api.ids["jane"], returnUrl=RETURN_URL, paymentMethodOptions=options)
    api.made("/_mock/clock/advance", {"to": "9999-12-31T12:00:00Z"})
    body = {"paymentMethod": api.ids["janes_visa"]}
    assert 500 > api.post(f"/payments/{payment['id']}/authorize", body).status
