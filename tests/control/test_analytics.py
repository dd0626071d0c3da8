"""Revenue, product sales and the calendar of rebills, held against figures that were worked out by hand."""

import pytest

MANUAL = {"paymentMethodOptions": {"captureMethod": "manual"}}
DECLINED, CHALLENGED = "4000000000000002", "4000000000003220"
FICKLE = "4000000000000341"  # approved for its customer, then declined for the merchant
FIGURES = ("grossAmount", "refundedAmount", "netAmount", "payments", "refunds", "refundRate")
NOTHING = (0, 0, 0, 0, 0, None)


def figures(api, query=""):
    """The start of every bucket in which something was earned, to the minute, and its figures."""
    found = api.get(f"/_mock/analytics/revenue?{query}").json
    told = {bucket["start"][:16]: tuple(bucket[name] for name in FIGURES) for bucket in found["buckets"]}
    return {start: numbers for start, numbers in told.items() if numbers != NOTHING}


def totals(api, query=""):
    found = api.get(f"/_mock/analytics/revenue?{query}").json["totals"]
    return tuple(found[name] for name in FIGURES)


def sold(api, query=""):
    """By the name of each product: pieces, revenue, refunds."""
    found = api.get(f"/_mock/analytics/products?{query}").json["products"]
    return {one["name"]: (one["quantity"], one["grossAmount"], one["refundedAmount"]) for one in found}


def rebills(api, month, state, query=""):
    """The days of a month on which there is something: how many renewals, and what they come to."""
    found = api.get(f"/_mock/analytics/rebills?month={month}{query}").json["days"]
    return {day["date"][8:]: tuple(day[state].values()) for day in found if day[state]["count"]}


def until(api, to):
    api.made("/_mock/clock/advance", {"to": to})


def reversed_by(api, payment, amount):
    return api.made(f"/payments/{payment['id']}/reverse", {"amount": amount})


def settings(api, **fields):
    config = api.get("/merchant-configs").json["data"][0]["id"]
    api.made(f"/merchant-configs/{config}", fields)


# --- Revenue and refunds


@pytest.fixture
def night(account):
    """A night of sales in Paris in which summer time begins: 100.00 before midnight, 50.00 after; 20.00 given back."""
    api = account(clock={"start": "2026-03-28T22:30:00Z"})
    settings(api, timezone="Europe/Paris")
    first = api.paid(amount=10000)
    until(api, "2026-03-28T23:30:00Z")
    api.paid(amount=5000)
    until(api, "2026-03-29T21:59:59.999Z")
    reversed_by(api, first, 2000)
    until(api, "2026-03-29T22:00:00Z")
    api.paid(amount=1000)
    return api


def test_days_are_the_merchants(night):
    """Money counts on the day on which it moved, by the merchant's calendar."""
    assert {
        "2026-03-27T23:00": (10000, 0, 10000, 1, 0, 0.0),
        "2026-03-28T23:00": (5000, 2000, 3000, 1, 1, 40.0),
        "2026-03-29T22:00": (1000, 0, 1000, 1, 0, 0.0),
    } == figures(night)
    assert (16000, 2000, 14000, 3, 1, 12.5) == totals(night)


def test_another_timezone_counts_otherwise(night):
    """By UTC more was given back on the second day than was earned."""
    assert {
        "2026-03-28T00:00": (15000, 0, 15000, 2, 0, 0.0),
        "2026-03-29T00:00": (1000, 2000, -1000, 1, 1, 200.0),
    } == figures(night, "timezone=UTC")


@pytest.mark.parametrize(
    ("granularity", "wanted"),
    [
        ("hour", {"2026-03-28T23:00": 5000, "2026-03-29T21:00": 0}),
        ("week", {"2026-03-28T23:00": 5000}),
        ("month", {"2026-03-28T23:00": 5000}),
    ],
)
def test_the_day_on_which_the_clock_moves(night, granularity, wanted):
    """It has 23 hours; a week and a month begin with the range, and nothing beyond it counts."""
    query = f"from=2026-03-29&to=2026-03-29&granularity={granularity}"

    assert wanted == {start: numbers[0] for start, numbers in figures(night, query).items()}
    assert (5000, 2000, 3000, 1, 1, 40.0) == totals(night, query)
    assert {"hour": 23}.get(granularity, 1) == len(night.get(f"/_mock/analytics/revenue?{query}").json["buckets"])


def test_money_counts_when_it_is_taken(api):
    """An authorization is no revenue, a capture is, of what it took; declines, voids and open payments are none."""
    held, voided = api.paid(amount=9000, **MANUAL), api.paid(amount=700, **MANUAL)
    api.paid(DECLINED)
    api.payment()
    assert NOTHING == totals(api)
    until(api, "2026-01-03T12:00:00Z")
    api.made(f"/payments/{held['id']}/capture", {"amount": 4000})
    api.made(f"/payments/{voided['id']}/cancel")

    assert {"2026-01-03T00:00": (4000, 0, 4000, 1, 0, 0.0)} == figures(api, "from=2026-01-01")


def test_a_challenge_counts_when_it_is_passed(api):
    """The customer came back hours later, and that is when the money was taken."""
    payment = api.paid(CHALLENGED)
    until(api, "2026-01-01T23:30:00Z")
    assert NOTHING == totals(api)
    api.made(f"/_mock/challenges/{payment['id']}/complete", {"result": "passed"})

    assert {"2026-01-01T23:00": (5000, 0, 5000, 1, 0, 0.0)} == figures(api, "granularity=hour")


def test_refunds_count_when_they_are_made(api):
    """Also those that no gateway has made; one that fails, at once or later, gives nothing back."""
    first, second = api.paid(amount=8000), api.paid(amount=3000)
    until(api, "2026-01-02T00:00:00Z")
    api.made(f"/payments/{first['id']}/reverse", {"amount": 1000, "isExternal": True})
    api.made("/_mock/rules", {"when": {"operation": "refund", "amount": 3000}, "then": "generic_processor_error"})
    reversed_by(api, second, 3000)
    late = {"fail_later": {"after": "2 days", "code": "generic_processor_error"}}
    api.made("/_mock/rules", {"when": {"operation": "refund", "amount": 2000}, "then": late})
    reversed_by(api, first, 2000)

    assert (11000, 3000, 8000, 2, 2, 27.27) == totals(api)
    until(api, "2026-01-05T00:00:00Z")
    assert (11000, 1000, 10000, 2, 1, 9.09) == totals(api)


def test_currencies_are_never_added(api):
    """Figures are of the merchant's own currency or of the one asked for; which others there are is told."""
    api.paid(amount=1000)
    api.paid(amount=700, currency="EUR")

    assert (1000, 0, 1000, 1, 0, 0.0) == totals(api)
    assert (700, 0, 700, 1, 0, 0.0) == totals(api, "currency=EUR")
    found = api.get("/_mock/analytics/revenue?currency=gbp").json
    assert ("gbp", ["eur", "usd"], NOTHING) == (found["currency"], found["currencies"], totals(api, "currency=gbp"))


def test_an_empty_account_has_one_empty_day(api):
    """Nothing is no error: today, and no revenue of which there could be a rate."""
    found = api.get("/_mock/analytics/revenue?granularity=day").json

    assert "hour" == api.get("/_mock/analytics/revenue").json["granularity"]
    assert ("2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z") == (found["from"], found["to"])
    assert [dict(zip(FIGURES, NOTHING)) | {"start": found["from"], "end": found["to"]}] == found["buckets"]
    assert {} == sold(api)


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("from=soon", "from must be a date"),
        ("granularity=days", "granularity must be one of hour, day, week, month, found \"days\"; did you mean 'day'?"),
        ("timezone=Mars/Olympus", "timezone must be an IANA timezone such as Europe/Paris"),
        ("currency=dollars", "currency must be a currency of three letters"),
        ("form=2026-01-01", "form is not a known field; did you mean 'from'?"),
        ("granularity=hour&from=2020-01-01", "granularity must be coarser than hour"),
    ],
)
def test_a_wrong_question_is_refused(api, query, problem):
    """The parameter, what was found, and what is allowed."""
    answer = api.get(f"/_mock/analytics/revenue?{query}")

    assert (400, True) == (answer.status, answer.problems[0].startswith(problem)), answer.text


# --- Product sales


def test_a_cart_is_spread_over_its_products(api):
    """Mugs and caps in one cart, a part of it captured, a part of that given back: in proportion, to the cent."""
    items = []
    for name, amount, quantity in (("Mug", 1500, 2), ("Cap", 1000, 1)):
        product = api.made("/products", {"name": name})["id"]
        price = {"product": product, "type": "one_time", "currency": "usd", "amount": amount}
        items.append({"price": api.made("/prices", price)["id"], "quantity": quantity})
    cart = {"currency": "usd", "cart": {"items": items}, "returnUrl": "https://shop.example/"} | MANUAL
    payment = api.made("/payments", cart)
    api.made(f"/payments/{payment['id']}/authorize", api.card())
    api.made(f"/payments/{payment['id']}/capture", {"amount": 3001})
    reversed_by(api, payment, 10)
    api.paid(amount=250)

    # 3001 as 3 to 1 is 2250.75 and 750.25; 10 is 7.5 and 2.5, and of equal remainders the first has the cent.
    assert {"Mug": (2, 2251, 8), "Cap": (1, 750, 2), None: (0, 250, 0)} == sold(api)


def test_every_renewal_is_sold_again(api):
    """The setup fee comes once and is no piece more; a renewal counts the plan's pieces and its price."""
    price = api.recurring((1000, "week", 1), (2500, "month", 1), amount=500)
    subscription = api.subscribed(price, quantity=2)
    assert {"Pro Plan": (2, 3000, 0)} == sold(api)
    until(api, "2026-01-08T00:00:00Z")

    assert {"Pro Plan": (4, 8000, 0)} == sold(api)
    assert {"Pro Plan": (2, 5000, 0)} == sold(api, "from=2026-01-08&to=2026-01-08")
    assert {} == sold(api, "to=2025-12-31&from=2025-01-01")
    assert {subscription["product"]} == {
        one["product"] for one in api.get("/_mock/analytics/products").json["products"]
    }


# --- The calendar of rebills


def test_renewals_are_expected_and_then_paid(api):
    """By the anchor of the plan: begun on the 31st, it is billed on the last day of shorter months."""
    until(api, "2026-01-31T10:00:00Z")
    api.subscribed(quantity=3)

    assert ({}, {}) == (rebills(api, "2026-01", "paid"), rebills(api, "2026-01", "expected"))
    assert {"28": (1, 8997)} == rebills(api, "2026-02", "expected")
    assert {"31": (1, 8997)} == rebills(api, "2026-03", "expected") == rebills(api, "2031-03", "expected")
    until(api, "2026-02-28T10:00:00Z")
    assert ({"28": (1, 8997)}, {}) == (rebills(api, "2026-02", "paid"), rebills(api, "2026-02", "expected"))
    assert {"01": (1, 8997)} == rebills(api, "2026-03", "paid", "&timezone=Pacific/Kiritimati")


def test_a_failed_renewal_is_expected_again(api):
    """It has failed on its day, and is tried by the steps of the policy, at their reductions, until it is given up."""
    steps = [{"position": 1, "retryDelay": 3}, {"position": 2, "retryDelay": 4, "priceReductionPercentage": 10}]
    policy = api.made("/retry-policies", {"title": "Twice", "steps": steps})["id"]
    subscription = api.subscribed(number=FICKLE)
    api.made(f"/subscriptions/{subscription['id']}", {"retryPolicy": policy})
    until(api, "2026-02-01T00:00:00Z")

    failed = {"01": (1, 2999)}
    assert (failed, {"04": (1, 2999)}) == (rebills(api, "2026-02", "failed"), rebills(api, "2026-02", "expected"))
    until(api, "2026-02-04T00:00:00Z")
    assert (failed, {"08": (1, 2699)}) == (rebills(api, "2026-02", "failed"), rebills(api, "2026-02", "expected"))
    until(api, "2026-02-08T00:00:00Z")
    assert (failed, {}) == (rebills(api, "2026-02", "failed"), rebills(api, "2026-02", "expected"))
    assert {} == rebills(api, "2026-02", "paid") == rebills(api, "2026-03", "expected")


def test_a_saved_renewal_is_paid_when_it_was(api):
    """What failed and was paid by a later try stands on the day of that."""
    api.subscribed(number=FICKLE)
    until(api, "2026-02-01T00:00:00Z")
    api.made("/_mock/rules", {"then": "approve"})
    until(api, "2026-02-02T00:00:00Z")

    assert ({"02": (1, 2999)}, {}) == (rebills(api, "2026-02", "paid"), rebills(api, "2026-02", "failed"))
    assert {"01": (1, 2999)} == rebills(api, "2026-03", "expected")


def test_who_leaves_is_not_expected(api):
    """A scheduled cancel ends the renewals, a resume brings them back; another currency is another calendar."""
    subscription = api.subscribed()
    api.made(f"/subscriptions/{subscription['id']}/cancel")
    assert {} == rebills(api, "2026-02", "expected")
    api.made(f"/subscriptions/{subscription['id']}/resume")

    assert {"01": (1, 2999)} == rebills(api, "2026-02", "expected")
    assert {} == rebills(api, "2026-02", "expected", "&currency=eur")


def test_credit_lowers_what_is_expected(api):
    """Left over from a change to a cheaper plan on the first day, it pays for what comes first."""
    cheap = api.recurring((900, "month", 1))
    subscription = api.subscribed(api.recurring((3000, "month", 1)))
    preview = api.made(f"/subscriptions/{subscription['id']}/preview", {"price": cheap["id"]})
    api.made(f"/subscriptions/{subscription['id']}/apply-preview", {"preview": preview["id"]})
    assert 2100 == preview["amountCredit"]

    assert [(1, 0), (1, 0), (1, 600), (1, 900)] == [
        rebills(api, f"2026-{month}", "expected")["01"] for month in ("02", "03", "04", "05")
    ]
    until(api, "2026-04-01T00:00:00Z")
    assert [(1, 0), (1, 600)] == [rebills(api, f"2026-{month}", "paid")["01"] for month in ("03", "04")]


@pytest.mark.parametrize(
    "cycles",
    [
        [(100, "minute", 45)],
        [(7, "hour", 11)],
        [(100, "day", 3)],
        [(100, "week", 1)],
        [(0, "day", 1), (500, "hour", 5), (900, "hour", 36)],
        [(300, "month", 1)],
        [(0, "week", 1), (100, "month", 2), (700, "day", 10)],
    ],
    ids=str,
)
def test_what_was_expected_is_what_comes(account, cycles):
    """Day by day of the month in which summer time begins, on the merchant's calendar and on another."""
    api = account(clock={"start": "2026-02-27T21:13:07Z"})
    settings(api, timezone="Europe/Paris")
    api.subscribed(api.recurring(*cycles), quantity=2)
    queries = ["&timezone=Europe/Paris", "&timezone=America/New_York"]
    expected = [rebills(api, "2026-03", "expected", query) for query in queries]
    until(api, "2026-04-02T00:00:00Z")

    assert expected == [rebills(api, "2026-03", "paid", query) for query in queries]
    assert expected[0]
    assert [{}, {}] == [rebills(api, "2026-03", "expected", query) for query in queries]


def test_the_month_is_the_sandboxs(api):
    """Unless one is asked for it is that of the sandbox's time, with all its days."""
    until(api, "2028-02-29T23:30:00Z")
    found = api.get("/_mock/analytics/rebills").json
    there = api.get("/_mock/analytics/rebills?timezone=Asia/Tokyo").json

    assert ("2028-02", "2028-02-29", 29) == (found["month"], found["today"], len(found["days"]))
    assert ("2028-03", "2028-03-01", 31) == (there["month"], there["today"], len(there["days"]))


@pytest.mark.parametrize("month", ["2026-13", "2026", "0000-01", "2026-1"])
def test_another_month_is_refused(api, month):
    """A month is a year and two digits."""
    assert [f'month must be a month such as 2026-02, found "{month}"'] == api.get(
        f"/_mock/analytics/rebills?month={month}"
    ).problems
