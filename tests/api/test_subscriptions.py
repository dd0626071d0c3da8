"""`/subscriptions` over HTTP: what is shown, what can be changed, cancelled, resumed and previewed, and by whom."""

import pytest

from mock_odus.app import Server, create_app

FICKLE = "4000000000000341"  # approved for its customer, then declined for the merchant
MASTERCARD = "5555555555554444"
FIELDS = [
    *("id", "createdAt", "updatedAt", "status", "cancelAtPeriodEnd", "autoBillingEnabled"),
    *("autoBillingDisabledReason", "startDate", "currentPeriodStart", "currentPeriodEnd", "currentCycle", "customer"),
    *("price", "product", "currency", "quantity", "paymentMethod", "retryPolicy", "billingSettings", "latestInvoice"),
    *("upcomingInvoice", "creditBalance", "cancelledAt", "metadata"),
]


@pytest.fixture
def advance(api):
    """Moves the clock."""
    return lambda by: api.made("/_mock/clock/advance", {"by": by})


@pytest.fixture
def act(api):
    """Does something to a subscription."""
    return lambda subscription, verb, body=None: api.made(f"/subscriptions/{subscription['id']}/{verb}", body)


@pytest.fixture
def found(api):
    """A subscription as it now is."""
    return lambda subscription: api.get(f"/subscriptions/{subscription['id']}").json


def refused(answer):
    """The one problem of a 400."""
    assert (400, 1) == (answer.status, len(answer.problems)), answer.text
    return answer.problems[0]


# --- What is shown


def test_a_subscription_is_answered_whole(api):
    """Every field is there, and nothing of the engine's own; renewals go to the gateway that took the first payment."""
    plan = api.recurring()
    subscription = api.subscribed(plan, quantity=2)
    payment = api.get("/payments").json["data"][0]

    assert FIELDS == list(subscription)
    assert {
        "status": "active",
        "cancelAtPeriodEnd": False,
        "autoBillingEnabled": True,
        "autoBillingDisabledReason": None,
        "startDate": "2026-01-01T00:00:00.000Z",
        "currentPeriodStart": "2026-01-01T00:00:00.000Z",
        "currentPeriodEnd": "2026-02-01T00:00:00.000Z",
        "currentCycle": 1,
        "customer": api.ids["jane"],
        "price": plan["id"],
        "product": plan["product"],
        "currency": "usd",
        "quantity": 2,
        "paymentMethod": payment["paymentMethod"],
        "retryPolicy": None,
        "billingSettings": {
            "paymentMethodType": "card",
            "gatewayProfile": api.ids["stripe_eu"],
            "captureMethod": "automatic",
            "captureDelay": None,
        },
        "latestInvoice": payment["invoices"][0],
        "upcomingInvoice": {"amount": 2 * 2999, "periodStart": "2026-02-01T00:00:00.000Z"},
        "creditBalance": 0,
        "cancelledAt": None,
        "metadata": {},
    } == {name: subscription[name] for name in FIELDS[3:]}
    assert [subscription["id"]] == payment["subscriptions"]


def test_nobody_creates_a_subscription_by_hand(api):
    """The 405 tells where subscriptions come from, and that of a DELETE how they are ended."""
    created = api.post("/subscriptions", {"customer": api.ids["jane"]})
    deleted = api.delete(f"/subscriptions/{api.subscribed()['id']}")

    assert (405, 405) == (created.status, deleted.status)
    assert "a subscription begins when a payment succeeds whose cart holds a recurring price" in created.json["message"]
    assert deleted.json["message"].endswith("a subscription is ended by POST /subscriptions/{id}/cancel")


def test_a_verb_that_there_is_not_is_told_the_others(api):
    """The nearest of them, or all."""
    path = f"/subscriptions/{api.subscribed()['id']}"
    misspelt, unknown = api.post(f"{path}/preveiw"), api.post(f"{path}/pay")

    assert (404, 404) == (misspelt.status, unknown.status)
    assert misspelt.json["message"].endswith("/preveiw; did you mean 'preview'?")
    assert unknown.json["message"].endswith("/pay; known there: cancel, resume, preview, apply-preview")


def test_a_declined_payment_begins_nothing(api):
    """There is a subscription as soon as the payment succeeds, and not before."""
    cart = {"items": [{"price": api.recurring()["id"]}]}
    fields = {"currency": "usd", "customer": api.ids["jane"], "cart": cart, "returnUrl": "https://shop.example/back"}
    payment = api.made("/payments", fields)["id"]
    declined = api.made(f"/payments/{payment}/authorize", api.card("4000000000000002"))

    assert ([], []) == (declined["subscriptions"], api.get("/subscriptions").json["data"])
    assert 1 == len(api.made(f"/payments/{payment}/authorize", api.card())["subscriptions"])


def test_subscriptions_are_listed_and_filtered(api, act, found):
    """By customer, by state, by a moment: as every list."""
    sam = api.made("/customers", {"email": "sam@example.com"})["id"]
    plan = api.recurring()
    janes, sams = api.subscribed(plan), api.subscribed(plan, customer=sam)
    act(sams, "cancel")

    def listed(query):
        return [one["id"] for one in api.get(f"/subscriptions?{query}").json["data"]]

    assert [found(janes), found(sams)] == api.get("/subscriptions").json["data"]
    assert [sams["id"]] == listed(f"customer[eq]={sam}")
    assert [] == listed("customer[eq]=cus_x")
    assert [sams["id"]] == listed("cancelAtPeriodEnd[eq]=true")
    assert [janes["id"], sams["id"]] == listed("currentPeriodEnd[lte]=2026-02-01&currentCycle[eq]=1")
    assert [] == listed("autoBillingDisabledReason[isNull]=false")
    assert [sams["id"], janes["id"]] == listed(f"price[eq]={plan['id']}&sortDirection=desc")


# --- What can be changed


def test_metadata_is_merged(api, found):
    """As everywhere; what changes nothing is no event."""
    subscription = api.subscribed()
    path = f"/subscriptions/{subscription['id']}"
    api.made(path, {"metadata": {"seats": "3", "team": "a"}})
    changed = api.made(path, {"metadata": {"seats": "4", "team": ""}})

    assert {"seats": "4"} == changed["metadata"]
    assert changed == api.made(path) == found(subscription)
    events = api.get(f"/_mock/journal/events?subject[eq]={subscription['id']}").json["data"]
    assert ["subscription.created", *["subscription.updated"] * 2] == [event["eventType"] for event in events]


def test_another_card_is_charged_from_now_on(api, advance, found):
    """Nothing is charged by the change; the next renewal is."""
    subscription = api.subscribed(number=FICKLE)
    card = api.paid(MASTERCARD, customer=api.ids["jane"])["paymentMethod"]
    before = api.get("/payments").json["pagination"]["itemCount"]
    changed = api.made(f"/subscriptions/{subscription['id']}", {"paymentMethod": card})

    assert card == changed["paymentMethod"]
    assert before == api.get("/payments").json["pagination"]["itemCount"]
    advance("1 month")
    assert (2, "active", True) == tuple(found(subscription)[name] for name in ("currentCycle", "status", FIELDS[5]))


def test_a_card_must_be_the_customers(api):
    """Another's is refused, and so is one that nobody has."""
    sam = api.made("/customers", {"email": "sam@example.com"})["id"]
    subscription = api.subscribed()
    path, sams = f"/subscriptions/{subscription['id']}", api.paid(customer=sam)["paymentMethod"]

    wanted = f"paymentMethod must belong to customer {api.ids['jane']}, found '{sams}'"
    assert wanted == refused(api.post(path, {"paymentMethod": sams}))
    assert refused(api.post(path, {"paymentMethod": "pm_x"})).startswith("paymentMethod must be a saved payment method")
    assert refused(api.post(path, {"paymentMethod": None})).startswith("paymentMethod ")


def test_a_subscription_may_have_a_retry_policy_of_its_own(api, advance):
    """Its first step says when a declined renewal is tried again; null is the merchant's default."""
    policy = api.made("/retry-policies", {"title": "Patient", "steps": [{"position": 1, "retryDelay": 7}]})["id"]
    own, default = api.subscribed(number=FICKLE), api.subscribed(number=FICKLE)
    assert policy == api.made(f"/subscriptions/{own['id']}", {"retryPolicy": policy})["retryPolicy"]
    api.made(f"/subscriptions/{default['id']}", {"retryPolicy": policy})
    assert None is api.made(f"/subscriptions/{default['id']}", {"retryPolicy": None})["retryPolicy"]
    advance("1 month")

    waiting = api.get("/payments?retryNextAt[isNull]=false").json["data"]
    assert {own["id"]: "2026-02-08T00:00:00.000Z", default["id"]: "2026-02-02T00:00:00.000Z"} == {
        payment["subscriptions"][0]: payment["retryNextAt"] for payment in waiting
    }
    unknown = refused(api.post(f"/subscriptions/{own['id']}", {"retryPolicy": "rp_x"}))
    assert "retryPolicy must be an existing retry policy, found 'rp_x'" == unknown


# --- Cancel and resume


@pytest.mark.parametrize("body", [None, {"cancelImmediately": False}])
def test_a_cancel_waits_for_the_periods_end(api, act, advance, found, body):
    """It is active until then, and nothing is charged."""
    subscription = api.subscribed()
    scheduled = act(subscription, "cancel", body)
    assert ("active", True, True, None) == tuple(scheduled[name] for name in FIELDS[3:7])
    assert None is scheduled["upcomingInvoice"]
    advance("1 month")

    ended = found(subscription)
    assert ("cancelled", False, "subscription_cancelled") == tuple(ended[name] for name in (FIELDS[3], *FIELDS[5:7]))
    assert "2026-02-01T00:00:00.000Z" == ended["cancelledAt"]
    assert 1 == api.get("/payments").json["pagination"]["itemCount"]


def test_a_cancel_may_be_at_once(api, act, advance, found):
    """For good: it is not resumed, not cancelled again, and never renewed."""
    subscription = api.subscribed()
    ended = act(subscription, "cancel", {"cancelImmediately": True})
    assert ("cancelled", "2026-01-01T00:00:00.000Z") == (ended["status"], ended["cancelledAt"])
    for verb in ("cancel", "resume"):
        assert "is cancelled since" in refused(api.post(f"/subscriptions/{subscription['id']}/{verb}"))
    advance("2 months")

    assert ended == found(subscription)


def test_a_second_cancel_is_refused_and_a_resume_undoes_the_first(api, act, advance, found):
    """At the end of the period it is renewed as if nothing had been."""
    subscription = api.subscribed()
    path = f"/subscriptions/{subscription['id']}"
    assert "there is nothing to resume" in refused(api.post(f"{path}/resume"))
    act(subscription, "cancel")
    assert "is scheduled to cancel already" in refused(api.post(f"{path}/cancel"))
    resumed = act(subscription, "resume")

    assert (False, subscription["upcomingInvoice"]) == (resumed["cancelAtPeriodEnd"], resumed["upcomingInvoice"])
    advance("1 month")
    assert 2 == found(subscription)["currentCycle"]


def test_an_action_needs_no_body(api):
    """No body at all is an empty one, whatever its content type."""
    subscription = api.subscribed()
    answer = api("POST", f"/subscriptions/{subscription['id']}/cancel", headers={"Content-Type": "text/plain"})

    assert (201, True) == (answer.status, answer.json["cancelAtPeriodEnd"])


# --- Another plan


def test_a_preview_tells_five_things(api, act, found):
    """What it costs, for how long that holds, and the subscription as it would be; nothing has changed."""
    subscription, large = api.subscribed(), api.recurring((5999, "month", 1))
    preview = act(subscription, "preview", {"price": large["id"]})

    assert ["id", "amountDue", "amountCredit", "previewValidUntil", "subscription"] == list(preview)
    assert (3000, 0, "2026-01-01T00:15:00.000Z") == tuple(list(preview.values())[1:4])
    assert FIELDS == list(preview["subscription"])
    assert (large["id"], 5999) == (
        preview["subscription"]["price"],
        preview["subscription"]["upcomingInvoice"]["amount"],
    )
    assert subscription == found(subscription)


def test_a_larger_plan_is_charged_at_once(api, act, found):
    """The answer holds the subscription, the payment and its invoice, each as find-one shows it."""
    subscription, large = api.subscribed(), api.recurring((5999, "month", 1))
    preview = act(subscription, "preview", {"price": large["id"]})
    applied = act(subscription, "apply-preview", {"preview": preview["id"]})

    assert ["applied", "subscription", "payment", "invoice"] == list(applied)
    assert True is applied["applied"]
    assert found(subscription) == applied["subscription"]
    assert api.get(f"/payments/{applied['payment']['id']}").json == applied["payment"]
    assert api.get(f"/invoices/{applied['invoice']['id']}").json == applied["invoice"]
    assert ("merchant", "unscheduled", 3000) == tuple(
        applied["payment"][name] for name in ("initiator", "offSessionType", "amountCaptured")
    )
    assert applied["invoice"]["id"] == applied["subscription"]["latestInvoice"]
    assert large["id"] == applied["subscription"]["price"]


def test_a_smaller_plan_gives_credit(api, act):
    """Nobody is charged, so there is neither payment nor invoice."""
    subscription, small = api.subscribed(), api.recurring((999, "month", 1))
    preview = act(subscription, "preview", {"price": small["id"]})
    applied = act(subscription, "apply-preview", {"preview": preview["id"]})

    assert (0, 2000) == (preview["amountDue"], preview["amountCredit"])
    assert (True, None, None) == (applied["applied"], applied["payment"], applied["invoice"])
    assert 2000 == applied["subscription"]["creditBalance"]


def test_a_declined_change_changes_nothing(api, act, found):
    """201 and `applied: false`; the payment tells why and is not tried again, and the preview can still be applied."""
    subscription, large = api.subscribed(number=FICKLE), api.recurring((5999, "month", 1))
    preview = act(subscription, "preview", {"price": large["id"]})["id"]
    applied = act(subscription, "apply-preview", {"preview": preview})

    assert (False, None) == (applied["applied"], applied["invoice"])
    assert subscription == applied["subscription"] == found(subscription)
    assert ("cancelled", None) == (applied["payment"]["status"], applied["payment"]["retryNextAt"])
    assert ["failure"] == [one["outcome"]["status"] for one in applied["payment"]["transactions"]]
    api.made("/_mock/rules", {"when": {"initiator": "merchant"}, "then": "approve"})
    assert True is act(subscription, "apply-preview", {"preview": preview})["applied"]


@pytest.mark.parametrize("reason", ["unknown", "foreign", "used", "expired", "stale"])
def test_a_preview_that_does_not_hold_is_refused(api, act, advance, reason):
    """The 400 says what is wrong with it, and the subscription is as it was."""
    subscription, other, large = api.subscribed(), api.subscribed(), api.recurring((5999, "month", 1))
    preview = act(other if reason == "foreign" else subscription, "preview", {"price": large["id"]})["id"]
    if reason == "used":
        act(subscription, "apply-preview", {"preview": preview})
    if reason == "expired":
        advance("901 seconds")
    if reason == "stale":
        api.made(f"/subscriptions/{subscription['id']}", {"metadata": {"a": "b"}})
    before = api.get("/_mock/digest").json
    sent = {"preview": "prv_x" if reason == "unknown" else preview}

    assert refused(api.post(f"/subscriptions/{subscription['id']}/apply-preview", sent)).startswith("preview must be ")
    assert before == api.get("/_mock/digest").json


@pytest.mark.parametrize("wrong", ["once", "euros", "same", "inactive"])
def test_a_plan_that_cannot_be_previewed_is_refused(api, wrong):
    """Another active recurring price of the same currency it must be."""
    plan = api.recurring()
    usual = {"product": plan["product"], "type": "one_time", "currency": "usd", "amount": 100}
    price = {
        "once": lambda: api.made("/prices", usual)["id"],
        "euros": lambda: api.recurring(currency="eur")["id"],
        "same": lambda: plan["id"],
        "inactive": lambda: api.recurring(isActive=False)["id"],
    }[wrong]()
    answer = api.post(f"/subscriptions/{api.subscribed(plan)['id']}/preview", {"price": price})

    assert refused(answer).startswith("price must be ")
    assert refused(answer).endswith(f"found '{price}'")


def test_only_what_is_billed_changes_its_plan(api, act, advance):
    """Not what is to be cancelled, nor what owes an invoice."""
    ending, owing, large = api.subscribed(), api.subscribed(number=FICKLE), api.recurring((5999, "month", 1))["id"]
    act(ending, "cancel")
    assert "is scheduled to cancel" in refused(api.post(f"/subscriptions/{ending['id']}/preview", {"price": large}))
    advance("1 month")
    problem = refused(api.post(f"/subscriptions/{owing['id']}/preview", {"price": large}))
    assert "is not billed now (latest_invoice_retrying)" in problem


def test_the_answers_of_a_change_are_described(held_to):
    """A preview, and one that was applied with its payment and its invoice, are as the OpenAPI document says."""
    odus = held_to("/openapi.json")
    subscription, large = odus.client.subscribed()["id"], odus.client.recurring((5999, "month", 1))
    preview = odus.made(f"/subscriptions/{subscription}/preview", {"price": large["id"]})
    applied = odus.made(f"/subscriptions/{subscription}/apply-preview", {"preview": preview["id"]})

    assert None not in (applied["payment"], applied["invoice"])


# --- What hangs on a subscription


def test_what_is_charged_cannot_be_deleted(api, act):
    """Neither the card nor the customer of an active subscription; both of a cancelled one."""
    subscription = api.subscribed()
    paths = [f"/payment-methods/{subscription['paymentMethod']}", f"/customers/{api.ids['jane']}"]
    for path in paths:
        assert subscription["id"] in refused(api.delete(path))
    act(subscription, "cancel")
    assert [400, 400] == [api.delete(path).status for path in paths]
    act(subscription, "cancel", {"cancelImmediately": True})
    assert [200, 200] == [api.delete(path).status for path in paths]


def test_the_guessed_paths_can_be_corrected(tmp_path, api):
    """A user who knows where resuming and applying really are says so."""
    file = tmp_path / "corrections.yaml"
    file.write_text(
        "paths:\n"
        "  subscriptions.resume: /subscriptions/{id}/uncancel\n"
        "  subscriptions.apply-preview: /subscriptions/{id}/apply\n"
    )
    server = Server(create_app(corrections=file))
    server.start()
    other = api.at(server.url)
    statuses = {verb: other.post(f"/subscriptions/sub_x/{verb}").json for verb in ("uncancel", "apply", "resume")}
    server.stop()

    assert ["no subscription with id 'sub_x'"] * 2 == [statuses[verb]["message"] for verb in ("uncancel", "apply")]
    assert statuses["resume"]["message"].startswith("no such route")
