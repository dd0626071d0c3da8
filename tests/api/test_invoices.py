"""`/invoices` over HTTP: what they are made of, how they are listed, paid and voided."""

import pytest

FICKLE = "4000000000000341"  # approved for its customer, then declined for the merchant
FIELDS = [
    *("id", "createdAt", "updatedAt", "customer", "subscription", "amount", "currency", "status", "lines"),
    *("periodStart", "periodEnd", "payment", "dueAt", "attemptCount", "amountPaid", "creditApplied", "reduction"),
    *("paidAt", "voidedAt", "metadata"),
]
BEGIN, NEXT, LATER = (f"2026-0{month}-01T00:00:00.000Z" for month in (1, 2, 3))


@pytest.fixture
def advance(api):
    """Moves the clock."""
    return lambda by: api.made("/_mock/clock/advance", {"by": by})


@pytest.fixture
def act(api):
    """Does something to an invoice."""
    return lambda invoice, verb: api.made(f"/invoices/{invoice['id']}/{verb}")


@pytest.fixture
def latest(api):
    """The latest invoice of a subscription, as it now is."""

    def find(subscription):
        id = api.get(f"/subscriptions/{subscription['id']}").json["latestInvoice"]
        return api.get(f"/invoices/{id}").json

    return find


@pytest.fixture
def owing(api, advance, latest):
    """A subscription whose first renewal was declined, and the open invoice of it."""
    subscription = api.subscribed(number=FICKLE)
    advance("1 month")
    return subscription, latest(subscription)


@pytest.fixture
def approve(api):
    """From now on the merchant's charges are approved."""
    return lambda: api.made("/_mock/rules", {"when": {"initiator": "merchant"}, "then": "approve"})


def refused(answer):
    """The one problem of a 400."""
    assert (400, 1) == (answer.status, len(answer.problems)), answer.text
    return answer.problems[0]


# --- What is shown


def test_the_first_payment_has_an_invoice(api, latest):
    """Paid already, with a line for the setup fee, one for the first period and one for what is sold once."""
    plan = api.recurring(amount=500)
    mug = {"product": plan["product"], "type": "one_time", "currency": "usd", "amount": 1200, "name": "Mug"}
    items = [{"price": plan["id"], "quantity": 2}, {"price": api.made("/prices", mug)["id"]}]
    subscription = api.subscribed(plan, cart={"items": items})
    invoice = latest(subscription)
    payment = api.get(f"/payments/{invoice['payment']}").json

    assert FIELDS == list(invoice)
    assert {
        "customer": api.ids["jane"],
        "subscription": subscription["id"],
        "amount": 1000 + 5998 + 1200,
        "currency": "usd",
        "status": "paid",
        "periodStart": BEGIN,
        "periodEnd": NEXT,
        "payment": payment["id"],
        "dueAt": BEGIN,
        "attemptCount": 1,
        "amountPaid": 8198,
        "creditApplied": 0,
        "reduction": 0,
        "paidAt": BEGIN,
        "voidedAt": None,
        "metadata": {},
    } == {name: invoice[name] for name in FIELDS[3:] if name != "lines"}
    assert [
        ("Setup fee: Pro Plan", 2, 1000, None, None),
        ("Pro Plan", 2, 5998, BEGIN, NEXT),
        ("Mug", 1, 1200, None, None),
    ] == [
        tuple(line[name] for name in ("description", "quantity", "amount", "periodStart", "periodEnd"))
        for line in invoice["lines"]
    ]
    assert ([invoice["id"]], 8198) == (payment["invoices"], payment["amount"])


def test_a_renewal_has_an_invoice(api, advance, latest):
    """Of the next period alone; its payment is the merchant's, and recurring."""
    subscription = api.subscribed(api.recurring(amount=500))
    advance("1 month")
    invoice = latest(subscription)
    payment = api.get(f"/payments/{invoice['payment']}").json

    assert (2999, "paid", NEXT, LATER, 1) == tuple(
        invoice[name] for name in ("amount", "status", "periodStart", "periodEnd", "attemptCount")
    )
    assert ("merchant", "recurring", [subscription["id"]], [invoice["id"]]) == tuple(
        payment[name] for name in ("initiator", "offSessionType", "subscriptions", "invoices")
    )


def test_nobody_creates_an_invoice_by_hand(api):
    """The 405 tells where invoices come from, and that of a DELETE how they are called off."""
    created, deleted = api.post("/invoices", {"customer": api.ids["jane"]}), api.delete("/invoices/inv_x")

    assert (405, 405) == (created.status, deleted.status)
    assert "an invoice comes with each period of a subscription" in created.json["message"]
    assert deleted.json["message"].endswith("an open invoice is called off by POST /invoices/{id}/void")


def test_invoices_are_listed_and_filtered(api, advance):
    """By subscription, by customer, by status, by what is owed: as every list."""
    owing, paying = api.subscribed(number=FICKLE)["id"], api.subscribed(api.recurring((500, "month", 1)))["id"]
    advance("1 month")

    def listed(query):
        found = api.get(f"/invoices?{query}").json["data"]
        return [(one["subscription"], one["amount"], one["status"]) for one in found]

    assert [(owing, 2999, "paid"), (owing, 2999, "open")] == listed(f"subscription[eq]={owing}")
    assert [(paying, 500, "paid")] * 2 == listed(f"subscription[eq]={paying}&customer[eq]={api.ids['jane']}")
    assert [(owing, 2999, "open")] == listed("status[eq]=open")
    assert [(owing, 2999, "open")] == listed("paidAt[isNull]=true")
    assert [(paying, 500, "paid")] == listed("amountPaid[gt]=0&periodStart[gte]=2026-02-01")
    assert [] == listed("subscription[eq]=sub_x") + listed("customer[eq]=cus_x")


def test_metadata_is_all_that_can_be_changed(api, latest):
    """It is merged; anything else is a 400."""
    path = f"/invoices/{latest(api.subscribed())['id']}"
    api.made(path, {"metadata": {"a": "b", "number": "7"}})

    assert {"number": "7"} == api.made(path, {"metadata": {"a": ""}})["metadata"]
    assert "status is not a known field" in refused(api.post(path, {"status": "void"}))


# --- Paying by hand


def test_an_open_invoice_is_paid(api, owing, approve, act, latest):
    """One attempt more at its payment; the subscription goes on from the original date."""
    subscription, invoice = owing
    approve()
    paid = act(invoice, "pay")

    assert ("paid", 2, invoice["payment"]) == (paid["status"], paid["attemptCount"], paid["payment"])
    assert paid == latest(subscription)
    now = api.get(f"/subscriptions/{subscription['id']}").json
    assert (True, None, 2, LATER) == tuple(
        now[name] for name in ("autoBillingEnabled", "autoBillingDisabledReason", "currentCycle", "currentPeriodEnd")
    )


def test_a_declined_invoice_stays_open(api, owing, act):
    """201 and the invoice with one attempt more; when it is tried again is as it was."""
    _, invoice = owing
    before = api.get(f"/payments/{invoice['payment']}").json
    declined = act(invoice, "pay")
    after = api.get(f"/payments/{invoice['payment']}").json

    assert ("open", 1, 2) == (declined["status"], invoice["attemptCount"], declined["attemptCount"])
    assert ("open", before["retryNextAt"]) == (after["status"], after["retryNextAt"])
    assert 2 == len(after["transactions"])


def test_an_uncollectible_invoice_is_paid_by_another_payment(api, owing, advance, approve, act, latest):
    """A decline gives up that payment alone; a success restarts the billing."""
    subscription, invoice = owing
    advance("9 days")
    given_up = latest(subscription)
    path = f"/subscriptions/{subscription['id']}"
    stopped = api.get(path).json
    assert ("uncollectible", 4) == (given_up["status"], given_up["attemptCount"])
    assert "recurring_payment_errored" == stopped["autoBillingDisabledReason"]

    assert given_up == act(invoice, "pay")
    assert stopped == api.get(path).json
    approve()
    paid = act(invoice, "pay")
    assert "paid" == paid["status"]
    assert invoice["payment"] != paid["payment"]
    assert ["cancelled", "cancelled", "succeeded"] == [
        one["status"] for one in api.get("/payments?offSessionType[eq]=recurring").json["data"]
    ]
    assert True is api.get(path).json["autoBillingEnabled"]


def test_what_is_settled_is_not_paid(api, owing, act, latest):
    """Neither a paid nor a void invoice."""
    paid, (_, invoice) = latest(api.subscribed()), owing
    act(invoice, "void")

    for one, status in ((paid, "paid"), (invoice, "void")):
        assert f"invoice {one['id']} is {status}, so it cannot be paid" == refused(
            api.post(f"/invoices/{one['id']}/pay")
        )


def test_a_renewals_payment_is_not_authorized_by_itself(api, owing):
    """The 400 names what to call instead."""
    _, invoice = owing
    answer = api.post(f"/payments/{invoice['payment']}/authorize", api.card())

    assert f"/invoices/{invoice['id']}/pay" in refused(answer)


# --- Voiding


def test_a_void_invoice_forgives_its_period(api, owing, advance, act):
    """Its payment is cancelled, and the subscription goes on as if it had been paid."""
    subscription, invoice = owing
    void = act(invoice, "void")
    now = api.get(f"/subscriptions/{subscription['id']}").json

    assert ("void", NEXT, None) == (void["status"], void["voidedAt"], void["paidAt"])
    assert "cancelled" == api.get(f"/payments/{invoice['payment']}").json["status"]
    assert (True, 2, LATER) == tuple(now[name] for name in ("autoBillingEnabled", "currentCycle", "currentPeriodEnd"))
    advance("20 days")
    assert 1 == api.get("/payments?offSessionType[eq]=recurring").json["pagination"]["itemCount"]


def test_only_an_open_invoice_is_voided(api, owing, act, latest):
    """Not a paid one, and none twice."""
    paid, (_, invoice) = latest(api.subscribed()), owing
    act(invoice, "void")

    for one in (paid, invoice):
        assert "only an open one can be voided" in refused(api.post(f"/invoices/{one['id']}/void"))


def test_an_action_needs_no_body(api, owing):
    """No body at all is an empty one, whatever its content type."""
    _, invoice = owing
    path = f"/invoices/{invoice['id']}"

    assert 201 == api("POST", f"{path}/pay", headers={"Content-Type": "text/plain"}).status
    assert 201 == api("POST", f"{path}/void").status
