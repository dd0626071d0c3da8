"""What happened: journals, the timeline, and open challenges."""

import re

import pytest

GIVEN_UP = "Small: is given up, and billed no more until somebody pays its invoice"
START = "2026-01-01T00:00:00.000Z"
CHALLENGED = "4000000000003220"
ATTEMPT = {
    "at",
    "payment",
    "transaction",
    "customer",
    "subscription",
    "cycle",
    "retry",
    "attempt",
    "operation",
    "cascade",
    "position",
    "gatewayProfile",
    "amount",
    "currency",
    "initiator",
    "challenge",
    "rule",
    "outcome",
    "latencyMs",
}


def journal(api, kind, query=""):
    answer = api.get(f"/_mock/journal/{kind}?{query}")
    assert 200 == answer.status, answer.text
    return answer.json["data"]


def test_attempts_tell_who_was_asked_and_what_decided(api):
    """One entry for each gateway asked, with the rule and the outcome."""
    api.made("/_mock/rules", {"name": "down", "when": {"gateway": api.ids["stripe_eu"]}, "then": "unreachable"})
    paid = api.paid(customer=api.ids["jane"])
    api.made(f"/payments/{paid['id']}/reverse", {"amount": 100})
    first, second, refund = journal(api, "attempts")

    assert ATTEMPT <= first.keys()
    assert [one["id"] for one in paid["transactions"]] == [first["transaction"], second["transaction"]]
    assert [api.ids["stripe_eu"], api.ids["adyen_us"]] == [first["gatewayProfile"], second["gatewayProfile"]]
    assert ["down", "test_cards"] == [first["rule"], second["rule"]]
    assert ["processor_unavailable", None] == [first["outcome"]["errorCode"], second["outcome"]["errorCode"]]
    assert [1, 2] == [first["position"], second["position"]]
    assert {(paid["id"], api.ids["jane"], api.ids["main"], 5000, "usd", "customer", START)} == {
        tuple(one[key] for key in ("payment", "customer", "cascade", "amount", "currency", "initiator", "at"))
        for one in (first, second)
    }
    assert ("refund", 100, 3) == (refund["operation"], refund["amount"], refund["attempt"])


def test_attempts_tell_what_is_paid_for(api):
    """The first charge has a cycle, a renewal its subscription too, and a step of the retry policy its number."""
    api.made("/_mock/rules", {"when": {"cycle": 2, "retry": 0}, "then": "insufficient_funds"})
    cart = {"items": [{"price": api.ids["pro_monthly"]}]}
    paid = api.paid(customer=api.ids["jane"], amount=None, cart=cart)
    (subscription,) = paid["subscriptions"]
    api.made("/_mock/clock/advance", {"by": "32 days"})

    assert [(None, 1, None), (subscription, 2, 0), (subscription, 2, 1)] == [
        (one["subscription"], one["cycle"], one["retry"]) for one in journal(api, "attempts")
    ]
    assert 1 == len(journal(api, "attempts", f"subscription[eq]={subscription}&cycle[gte]=2&retry[eq]=1"))


@pytest.mark.parametrize(("result", "code"), [("passed", None), ("failed", "authentication_failed")])
def test_a_challenge_is_one_attempt(api, result, code):
    """The attempt of a challenge is completed in place and names the answer."""
    payment = api.paid(CHALLENGED)["id"]
    assert ["pending"] == [one["challenge"] for one in journal(api, "attempts")]
    api.made(f"/_mock/challenges/{payment}/complete", {"result": result})

    assert [(result, code)] == [(one["challenge"], one["outcome"]["errorCode"]) for one in journal(api, "attempts")]


def test_journals_are_filtered_and_paged(api):
    """Bracket filters, page, pageSize and sortDirection work as on any list."""
    ids = [api.paid()["id"] for _ in range(3)]

    assert [ids[1]] == [one["payment"] for one in journal(api, "attempts", f"payment[eq]={ids[1]}")]
    assert ids[::-1] == [one["payment"] for one in journal(api, "attempts", "sortDirection=desc")]
    assert ids[2:] == [one["payment"] for one in journal(api, "attempts", "page=2&pageSize=2")]
    assert 3 == api.get("/_mock/journal/attempts?amount[eq]=5000").json["pagination"]["itemCount"]
    assert [] == journal(api, "attempts", "amount[eq]=5001")
    assert [] == journal(api, "attempts", "rule[eq]=nobody")
    assert 400 == api.get("/_mock/journal/attempts?payment=x").status
    answer = api.get("/_mock/journal/attempts?paymnt[eq]=x")
    assert (400, True) == (answer.status, "did you mean 'payment'?" in answer.problems[0])


@pytest.mark.parametrize(
    ("kind", "query", "expected"),
    [
        ("attempts", "amount[gt]=9", [100, 10]),
        ("attempts", "amount[gte]=9&amount[lt]=100", [9, 10]),
        ("attempts", "amount[in]=9,100", [9, 100]),
        ("attempts", "sortBy=amount&sortDirection=desc", [100, 10, 9]),
        ("attempts", "position[isNull]=false&attempt[eq]=1&latencyMs[gte]=0", [9, 100, 10]),
        ("attempts", "challenge[isNull]=true", [9, 10]),
        ("attempts", "challenge[isNull]=false&rule[like]=CARDS", [100]),
        ("attempts", "at[gte]=2026-01-02&currency[nin]=eur,gbp", [10]),
        ("attempts", "sortDirection=desc", [10, 100, 9]),
        ("attempts", "sortBy=at&sortDirection=desc", [10, 100, 9]),
        ("attempts", "sortBy=currency", [9, 100, 10]),
        ("events", "eventType[eq]=payment.created&timestamp[lt]=2026-01-02", [9, 100]),
        ("events", "eventType[like]=PAYMENT.CR&sortBy=timestamp&sortDirection=desc", [10, 100, 9]),
        ("requests", "status[gte]=300&status[lt]=500", [404]),
        ("requests", "status[gt]=1000", []),
        ("requests", "durationMs[lt]=0.001&durationMs[gte]=-1&at[eq]=2026-01-01T01:00:00%2B01:00&status[lt]=99", []),
        ("requests", "method[ne]=POST&sortBy=status&sortDirection=desc&path[like]=/pay", [404, 200]),
        ("jobs", "kind[eq]=nothing&at[gt]=2026-01-01", []),
    ],
)
def test_a_journal_knows_what_its_fields_hold(api, kind, query, expected):
    """Numbers compare as numbers and instants as time; every scalar of an entry is filtered and sorted by."""
    api.paid(amount=9)
    api.paid(CHALLENGED, amount=100)
    api.made("/_mock/clock/advance", {"by": "1 day"})
    api.paid(amount=10)
    api.get("/payments")
    api.get("/payments/pay_nobody")

    def told(entry):
        return entry["data"]["amount"] if kind == "events" else entry["amount" if kind == "attempts" else "status"]

    assert expected == [told(entry) for entry in journal(api, kind, query)]


@pytest.mark.parametrize(
    ("kind", "query", "told"),
    [
        ("attempts", "amount[eq]=x", 'amount[eq] must be an integer, found "x"'),
        ("attempts", "amount[like]=1", "amount[like] has an operator that does not fit; an integer takes eq, ne, gt"),
        ("attempts", "outcome[eq]=x", "outcome is not a field to filter by"),
        ("attempts", "metadata.a[eq]=x", "metadata.a is not a field to filter by"),
        ("events", "data[eq]=x", "data is not a field to filter by; known are eventId, eventType, timestamp, subject"),
        ("events", "sortBy=createdAt", "sortBy must be one of eventId, eventType, timestamp, subject, found"),
        ("requests", "status[eq]=ok", 'status[eq] must be an integer, found "ok"'),
        ("requests", "durationMs[gt]=1s", 'durationMs[gt] must be a number, found "1s"'),
        ("requests", "durationMs[gt]=nan", 'durationMs[gt] must be a number, found "nan"'),
        ("jobs", "at[gt]=soon", "at[gt] must be an instant such as"),
        ("jobs", "page=0&kind=x", "kind is not a parameter of this list; write kind[eq]=x"),
    ],
)
def test_a_journal_refuses_as_lists_do(api, kind, query, told):
    """What cannot be asked is a 400 that names what can."""
    answer = api.get(f"/_mock/journal/{kind}?{query}")

    assert (400, 1) == (answer.status, len(answer.problems))
    assert answer.problems[0].startswith(told)


def test_events_keep_the_record_as_it_was(api):
    """An event read after retries and a refund shows the payment as it was then."""
    payment = api.payment(returnUrl="https://shop.example/")["id"]
    for number in ("4000000000000002", "4242424242424242"):
        api.post(f"/payments/{payment}/authorize", api.card(number))
    api.post(f"/payments/{payment}/reverse")
    events = journal(api, "events", f"subject[eq]={payment}")

    assert ["payment.created", "payment.updated", "payment.updated", "payment.updated"] == [
        one["eventType"] for one in events
    ]
    assert {"eventId", "eventType", "timestamp", "subject", "data"} <= events[0].keys()
    assert ("open", []) == (events[0]["data"]["status"], events[0]["data"]["transactions"])
    assert [0, 2, 3, 4] == [len(one["data"]["transactions"]) for one in events]
    assert api.get(f"/payments/{payment}").json == events[-1]["data"]
    assert 4 == len({one["eventId"] for one in events})
    assert all(one["eventId"].startswith("evt_") for one in events)
    assert events[:1] == journal(api, "events", "eventType[eq]=payment.created")


def test_jobs_are_noted_when_they_ran(api):
    """A job stands in its journal at its own instant."""
    payment = api.paid(CHALLENGED)["id"]
    assert [] == journal(api, "jobs")
    api.post("/_mock/clock/advance", {"by": "1 month"})

    expected = {"at": "2026-01-02T00:00:00.000Z", "kind": "lapse_challenge", "subject": payment, "result": "done"}
    assert [expected] == journal(api, "jobs")


def test_requests_are_noted_with_their_answers(api):
    """Method, path, query, status, key kind and id of each request, refused ones too."""
    created = api.post("/payments", {"amount": 1, "currency": "usd"})
    api.get("/payments?status[eq]=open&x=1")
    api.with_key(api.publishable_key).get("/customers")
    api.put("/payments")
    entries = journal(api, "requests", "pageSize=100")

    assert ["POST", "GET", "GET", "PUT"] == [one["method"] for one in entries]
    assert [201, 400, 403, 405] == [one["status"] for one in entries]
    assert ["secretKey", "secretKey", "publishableKey", "secretKey"] == [one["keyKind"] for one in entries]
    assert (created.headers["x-request-id"], "/payments", "", START) == tuple(
        entries[0][key] for key in ("id", "path", "query", "at")
    )
    assert "status[eq]=open&x=1" == entries[1]["query"]
    assert all(one["durationMs"] >= 0 for one in entries)
    assert [entries[0]] == journal(api, "requests", "status[eq]=201&method[eq]=POST")


def test_journals_are_a_sandboxs_own(api, account):
    """Nothing of one sandbox is in the journals of another."""
    other = account()
    api.paid()
    api.post("/_mock/clock/advance", {"by": "1 day"})

    assert [] == journal(other, "attempts") + journal(other, "events") + journal(other, "jobs")
    assert [] == journal(other, "requests", "path[eq]=/payments")


def test_an_unknown_journal_is_a_404_with_the_nearest(api):
    """A journal that does not exist is answered with those that do."""
    answer = api.get("/_mock/journal/attemts")

    assert 404 == answer.status
    assert "did you mean 'attempts'?" in answer.json["message"]


def test_the_timeline_tells_the_story(api):
    """Oldest first: which gateway was asked, which rule decided, what happened next."""
    api.made("/_mock/rules", {"name": "EU is down", "when": {"gateway": api.ids["stripe_eu"]}, "then": "unreachable"})
    payment = api.paid(CHALLENGED, customer=api.ids["jane"])["id"]
    api.made(f"/_mock/challenges/{payment}/complete", {"result": "passed"})
    lines = api.get("/_mock/timeline").json

    assert {"at", "kind", "what", "subject", "text", "rule", "mood", "gateway"} == lines[0].keys()
    attempts = [line for line in lines if line["kind"] == "attempt"]
    assert ["EU is down", "test_cards"] == [line["rule"] for line in attempts]
    assert [
        "Stripe EU (stripe) says processor_unavailable to 50.00 USD",
        "Adyen US (adyen) asks for a challenge for 50.00 USD",
    ] == [line["text"] for line in attempts]
    assert "passed: the gateway approves 50.00 USD" in [line["text"] for line in lines]
    assert "requires_action → succeeded, shown as succeeded" == lines[-1]["text"]
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)


def test_the_end_of_the_timeline(api):
    """`last` tells so many lines at the end, as the whole story tells them; anything but a number is told."""
    for _ in range(3):
        api.paid()
    api.subscribed()
    api.post("/_mock/clock/advance", {"by": "2 months"})
    whole = api.get("/_mock/timeline").json
    jane = f"customer={api.ids['jane']}"

    for count in (1, 7, len(whole), 10_000):
        assert whole[-count:] == api.get(f"/_mock/timeline?last={count}").json
    assert api.get(f"/_mock/timeline?{jane}").json[-3:] == api.get(f"/_mock/timeline?{jane}&last=3").json
    assert [] == api.get("/_mock/timeline?payment=pay_x&last=3").json
    for wrong in ("0", "-1", "10001", "x", ""):
        answer = api.get(f"/_mock/timeline?last={wrong}")
        assert (400, True) == (answer.status, "last must be an integer from 1 to 10,000" in answer.text)


def test_the_timeline_as_text(api):
    """The same story as lines of text, the date where it changes, and no colours."""
    api.paid(CHALLENGED)
    api.post("/_mock/clock/advance", {"by": "1 day"})
    answer = api.get("/_mock/timeline?format=text")

    assert "text/plain; charset=utf-8" == answer.headers["content-type"]
    assert "\x1b" not in answer.text
    assert ["2026-01-01", "2026-01-02"] == [line for line in answer.text.splitlines() if not line.startswith(" ")]
    assert "nobody came back within 24 hours" in answer.text
    assert "the test card's own meaning" in answer.text


def test_a_rule_s_name_stays_on_its_line(api):
    """Whatever it holds: a line of the text is one thing that happened, and nothing in it drives a terminal."""
    api.made("/_mock/rules", {"name": "two\nlines \x1b[31m", "then": "approve"})
    api.paid()

    assert "← rule 'two lines  [31m'\n" in api.get("/_mock/timeline?format=text").text


def test_the_timeline_of_one(api):
    """`payment` and `customer` choose whose story is told."""
    mine, other = api.paid(customer=api.ids["jane"])["id"], api.paid()["id"]

    assert {mine} == {line["subject"] for line in api.get(f"/_mock/timeline?payment={mine}").json}
    assert other not in {line["subject"] for line in api.get(f"/_mock/timeline?customer={api.ids['jane']}").json}
    assert mine in {line["subject"] for line in api.get(f"/_mock/timeline?customer={api.ids['jane']}").json}
    assert [] == api.get("/_mock/timeline?payment=pay_nobody").json
    assert [] == api.get(f"/_mock/timeline?payment={other}&customer={api.ids['jane']}").json


def billed(api, query=""):
    """What the timeline tells of subscriptions, invoices and jobs, without their ids."""
    lines = api.get(f"/_mock/timeline{query}").json
    told = [line for line in lines if line["what"].startswith(("subscription", "invoice", "job"))]
    return [re.sub(r" ?:? ?\b(sub|inv|pay)_\w{27}", "", line["text"]).strip() for line in told]


def test_the_timeline_of_a_subscription_reads_well(api):
    """Sign-up, renewal, decline, retry, plan change and end, each in words."""
    api.made("/_mock/rules", {"when": {"initiator": "merchant"}, "then": ["approve", "insufficient_funds", "approve"]})
    subscription = api.subscribed()["id"]
    path = f"/subscriptions/{subscription}"
    api.made("/_mock/clock/advance", {"to": "2026-03-04T00:00:00Z"})
    small = api.recurring((999, "month", 1), name="Small")["id"]
    preview = api.made(f"{path}/preview", {"price": small})["id"]
    api.made(f"{path}/apply-preview", {"preview": preview})
    for verb in ("cancel", "resume", "cancel"):
        api.made(f"{path}/{verb}")
    api.made("/_mock/clock/advance", {"by": "1 month"})

    assert [
        "to Pro Plan begins, paid until 2026-02-01 00:00",
        "of 29.99 USD for Pro Plan is paid",
        "the period is over, the next one is to be paid",
        "of 29.99 USD for Pro Plan is open",
        "Pro Plan: open → paid",
        "Pro Plan: cycle 2, paid until 2026-03-01 00:00",
        "the period is over, the next one is to be paid",
        "of 29.99 USD for Pro Plan is open",
        "Pro Plan: nothing else is billed until its invoice is paid",
        "the next try is due",
        "Pro Plan: open → paid",
        "Pro Plan: cycle 3, paid until 2026-04-01 00:00",
        "Small: is the new plan, 9.99 USD from 2026-04-01 00:00 on",
        "Small: ends on 2026-04-01 00:00",
        "Small: is resumed, and renewed on 2026-04-01 00:00",
        "Small: ends on 2026-04-01 00:00",
        "the period is over, and the subscription ends with it",
        "Small: is cancelled",
    ] == billed(api)
    texts = [line["text"] for line in api.get("/_mock/timeline").json]
    assert "is open, shown as failed; the next try is on 2026-03-02 00:00" in texts
    assert billed(api) == billed(api, f"?subscription={subscription}") == billed(api, f"?customer={api.ids['jane']}")


def test_the_timeline_of_a_subscription_that_is_given_up(api):
    """Until somebody pays; a lower price, a credit and what is changed by hand have their words, too."""
    api.made("/_mock/rules", {"when": {"initiator": "merchant"}, "then": "insufficient_funds"})
    small = api.recurring((999, "month", 1), name="Small")["id"]
    step = {"position": 1, "retryDelay": 1, "priceReductionPercentage": 10}
    policy = api.made("/retry-policies", {"title": "Cheaper", "steps": [step]})["id"]
    subscription = api.subscribed()
    path = f"/subscriptions/{subscription['id']}"
    preview = api.made(f"{path}/preview", {"price": small})["id"]
    api.made(f"{path}/apply-preview", {"preview": preview})
    card = api.paid("5555555555554444", customer=api.ids["jane"])["paymentMethod"]
    for change in ({"metadata": {"a": "b"}}, {"retryPolicy": policy}, {"paymentMethod": card}, {"retryPolicy": None}):
        api.made(path, change)
    api.made("/_mock/clock/advance", {"to": "2026-05-01T00:00:00Z"})
    assert [
        "Small: is the new plan, 9.99 USD from 2026-02-01 00:00 on",
        "Small: has other metadata",
        f"Small: is tried again by {policy} from now on",
        f"Small: is charged to {card} from now on",
        "Small: is tried again by the default retry policy from now on",
        "the period is over, the next one is to be paid",
        "of 9.99 USD for Small, 9.99 USD of it by credit, is paid",
        "Small: cycle 2, paid until 2026-03-01 00:00",
    ] == billed(api)[2:10]
    assert ["Small: open → uncollectible", GIVEN_UP] == billed(api)[-2:]


def test_the_timeline_tells_that_nobody_was_asked(api):
    """A restricted customer's renewal fails without its gateway."""
    api.subscribed()
    api.made(f"/customers/{api.ids['jane']}/restrictions", {"restrictMit": True})
    api.made("/_mock/clock/advance", {"by": "1 month"})
    texts = [line["text"] for line in api.get("/_mock/timeline").json]

    assert "Stripe EU (stripe) is not asked for 29.99 USD: customer_restricted" in texts


def test_the_timeline_tells_what_was_let_off(api):
    """A retry that charges less settles the invoice in full."""
    api.made("/_mock/rules", {"when": {"initiator": "merchant"}, "then": ["insufficient_funds", "approve"]})
    step = {"position": 1, "retryDelay": 1, "priceReductionPercentage": 10}
    policy = api.made("/retry-policies", {"title": "Cheaper", "steps": [step]})["id"]
    api.made(f"/subscriptions/{api.subscribed()['id']}", {"retryPolicy": policy})
    api.made("/_mock/clock/advance", {"to": "2026-02-03T00:00:00Z"})

    assert ["Pro Plan: open → paid, but for 3.00 USD"] == billed(api)[-2:-1]


def test_the_timeline_of_one_subscription(api):
    """With all its payments, also one that was refused and one that pays for others too, and nothing of another."""
    config = api.get("/merchant-configs").json["data"][0]["id"]
    api.made(f"/merchant-configs/{config}", {"enableRecurringPaymentBundling": True})
    mine, other, large = api.subscribed(), api.subscribed(), api.recurring((5999, "month", 1))["id"]
    api.made("/_mock/rules", {"when": {"initiator": "merchant"}, "then": ["insufficient_funds", "approve"], "times": 2})
    preview = api.made(f"/subscriptions/{mine['id']}/preview", {"price": large})["id"]
    refused = api.made(f"/subscriptions/{mine['id']}/apply-preview", {"preview": preview})["payment"]["id"]
    api.made("/_mock/clock/advance", {"by": "1 month"})
    lines = api.get(f"/_mock/timeline?subscription={mine['id']}").json
    invoices = [one["id"] for one in api.get(f"/invoices?subscription[eq]={mine['id']}").json["data"]]
    payments = [one["id"] for one in api.get("/payments").json["data"] if mine["id"] in one["subscriptions"]]

    assert 3 == len(payments)
    assert refused in payments
    assert {mine["id"], *invoices, *payments} == {line["subject"] for line in lines}
    assert other["id"] in {line["subject"] for line in api.get("/_mock/timeline").json}
    assert [] == api.get("/_mock/timeline?subscription=sub_nobody").json


@pytest.mark.parametrize("query", ["format=html", "paymnt=x", "format=text&x=1"])
def test_a_timeline_that_cannot_be_is_a_400(api, query):
    """Unknown formats and parameters are refused."""
    assert 400 == api.get(f"/_mock/timeline?{query}").status


def test_open_challenges_are_listed(api):
    """Each with its payment, its link and when it lapses; an answered one is gone."""
    assert [] == api.get("/_mock/challenges").json
    first, second = api.paid(CHALLENGED), api.paid(CHALLENGED, currency="eur")
    listed = api.get("/_mock/challenges").json

    expected = {
        "payment": first["id"],
        "amount": 5000,
        "currency": "usd",
        "redirectUrl": first["action"]["redirectUrl"],
        "lapsesAt": "2026-01-02T00:00:00.000Z",
    }
    assert expected == listed[0]
    assert [first["id"], second["id"]] == [one["payment"] for one in listed]
    api.made(f"/_mock/challenges/{first['id']}/complete", {"result": "failed"})
    assert [second["id"]] == [one["payment"] for one in api.get("/_mock/challenges").json]
    api.post("/_mock/clock/advance", {"by": "1 day"})
    assert [] == api.get("/_mock/challenges").json


@pytest.mark.parametrize(
    ("result", "status", "success"),
    [("passed", "succeeded", "true"), ("failed", "open", "false"), ("cancelled", "open", "false")],
)
def test_a_challenge_is_completed(api, result, status, success):
    """The answer is the payment as a secret key sees it, and where the browser would be sent."""
    payment = api.paid(CHALLENGED)["id"]
    done = api.made(f"/_mock/challenges/{payment}/complete", {"result": result})

    assert {"payment", "returnUrl"} == done.keys()
    assert status == done["payment"]["status"]
    assert api.get(f"/payments/{payment}").json == done["payment"]
    assert f"https://shop.example/back?success={success}&payment={payment}" == done["returnUrl"]


def test_a_challenge_that_is_not_open_cannot_be_completed(api):
    """Not twice, not without one, not of an unknown payment, not with another word."""
    payment = api.paid(CHALLENGED)["id"]
    path = f"/_mock/challenges/{payment}/complete"

    assert 400 == api.post(path, {"result": "abandoned"}).status
    assert 400 == api.post(path).status
    assert 201 == api.post(path, {"result": "passed"}).status
    assert 400 == api.post(path, {"result": "passed"}).status
    assert 400 == api.post(f"/_mock/challenges/{api.payment()['id']}/complete", {"result": "passed"}).status
    assert 404 == api.post("/_mock/challenges/pay_nobody/complete", {"result": "passed"}).status
