"""What is particular to each resource: metadata, gateway profiles, cascades, the merchant's defaults, customers."""

import pytest


def rule(profile, position, **fields):
    return {"gatewayProfile": profile, "position": position} | fields


# --- metadata: guides/api-features/metadata


@pytest.mark.parametrize("kind", ["payments", "customers", "merchant-configs"])
def test_metadata_is_merged_as_documented(api, kind):
    """The sample of the documentation: an update merges, an empty value deletes its key, null clears all."""
    path = {
        "payments": lambda: f"/payments/{api.payment()['id']}",
        "customers": lambda: f"/customers/{api.ids['jane']}",
        "merchant-configs": lambda: f"/merchant-configs/{api.get('/merchant-configs').json['data'][0]['id']}",
    }[kind]()

    def update(metadata):
        return api.made(path, {"metadata": metadata})["metadata"]

    assert {"orderId": "12345", "source": "mobile_app"} == update({"orderId": "12345", "source": "mobile_app"})
    merged = {"orderId": "67890", "source": "mobile_app", "priority": "high"}
    assert merged == update({"orderId": "67890", "priority": "high"})
    assert {"source": "mobile_app", "priority": "high"} == update({"orderId": ""})
    assert {"source": "mobile_app", "priority": "high"} == update({})
    assert {"source": "mobile_app", "priority": "high"} == api.made(path, {})["metadata"]
    assert {} == update(None)


def test_metadata_has_at_most_fifty_pairs_after_the_merge(api):
    """50 pairs are allowed; the 51st is refused, unless another goes in the same update."""
    many = {f"key{number}": "x" for number in range(50)}
    payment = api.payment(metadata=many)["id"]

    answer = api.post(f"/payments/{payment}", {"metadata": {"one": "more"}})
    assert (400, ["metadata must have at most 50 pairs, found 51"]) == (answer.status, answer.problems)
    assert 201 == api.post(f"/payments/{payment}", {"metadata": {"one": "more", "key0": ""}}).status
    assert 400 == api.post("/payments", {"amount": 1, "currency": "usd", "metadata": many | {"one": "more"}}).status


@pytest.mark.parametrize(
    ("metadata", "problem"),
    [
        ({"a": "x" * 501}, "metadata.a must be text of at most 500 characters"),
        ({"a": 1}, "metadata.a must be text of at most 500 characters, found 1"),
        ({"a": True}, "metadata.a must be text of at most 500 characters, found true"),
        ({"a": None}, "metadata.a must be text of at most 500 characters, found null"),
        ({"a": {"b": "c"}}, "metadata.a must be text of at most 500 characters"),
        ({"a": ["b"]}, "metadata.a must be text of at most 500 characters"),
        ({"x" * 101: "a"}, f"metadata.{'x' * 101} must be a key of 1 to 100 characters"),
        ({"": "a"}, "metadata. must be a key of 1 to 100 characters"),
        ("text", "metadata must be an object"),
        ([], "metadata must be an object"),
    ],
)
def test_metadata_that_cannot_be_names_the_rule(api, metadata, problem):
    """Strings of at most 500 characters, never nested, under keys of at most 100."""
    answer = api.post("/payments", {"amount": 1, "currency": "usd", "metadata": metadata})

    assert 400 == answer.status
    assert 1 == len(answer.problems)
    assert answer.problems[0].startswith(problem)
    kept = {"a": "x" * 500, "b" * 100: "é" * 500}
    assert kept == api.payment(metadata=kept)["metadata"]


# --- gateway profiles (guides/dashboard/gateway-profiles)

GOOD = [
    ("stripe", "test", {"publicKey": "pk_test_12345678", "secretKey": "sk_test_12345678"}),
    ("stripe", "live", {"publicKey": "pk_live_12345678", "secretKey": "sk_live_12345678"}),
    ("adyen", "test", {"merchantAccount": "Shop", "apiKey": "AQE12345678901"}),
    ("adyen", "live", {"merchantAccount": "Shop", "apiKey": "AQE12345678901", "liveUrlPrefix": "1797a841-shop"}),
    ("checkout", "test", {"publicKey": "pk_sbox_12345678", "secretKey": "sk_sbox_12345678"}),
    ("checkout", "live", {"publicKey": "pk_12345678", "secretKey": "sk_12345678"}),
    ("paypal", "test", {"clientId": "A1234567", "clientSecret": "E123456789"}),
]


@pytest.mark.parametrize(("integration", "environment", "credentials"), GOOD)
def test_credentials_of_their_environment_are_taken_and_masked(api, integration, environment, credentials):
    """A profile is made with credentials that fit, and no answer ever shows them again."""
    body = {"title": "Mine", "integration": integration, "environment": environment, "credentials": credentials}
    profile = api.made("/gateway-profiles", body | {"webhookVerificationKey": "whsec_12345678"})
    found = api.get(f"/gateway-profiles/{profile['id']}")

    assert profile == found.json
    assert credentials.keys() == profile["credentials"].keys()
    for secret in (*credentials.values(), "whsec_12345678"):
        assert secret not in found.text
        assert secret.encode() not in api.get("/gateway-profiles?pageSize=100").raw
    assert all(shown.startswith("****") and len(shown) <= 8 for shown in profile["credentials"].values())


@pytest.mark.parametrize(
    ("integration", "environment", "credentials", "fields"),
    [
        ("stripe", "live", GOOD[0][2], ["publicKey", "secretKey"]),
        ("stripe", "test", GOOD[1][2], ["publicKey", "secretKey"]),
        ("checkout", "test", GOOD[5][2], ["publicKey", "secretKey"]),
        ("checkout", "live", GOOD[4][2], ["publicKey", "secretKey"]),
        ("adyen", "live", GOOD[2][2], ["liveUrlPrefix"]),
        ("adyen", "test", GOOD[3][2], ["liveUrlPrefix"]),
        ("stripe", "test", {}, ["publicKey", "secretKey"]),
        ("stripe", "test", GOOD[2][2], ["apiKey", "merchantAccount", "publicKey", "secretKey"]),
        ("paypal", "test", {"clientId": "", "clientSecret": "x"}, ["clientId"]),
    ],
)
def test_credentials_must_match_the_environment(api, integration, environment, credentials, fields):
    """Live credentials in a test profile, the other way round, missing and foreign ones are a 400 by field."""
    body = {"title": "Mine", "integration": integration, "environment": environment, "credentials": credentials}
    answer = api.post("/gateway-profiles", body)

    assert 400 == answer.status
    assert [f"credentials.{name}" for name in fields] == sorted(problem.split(" ")[0] for problem in answer.problems)


def test_a_profile_needs_no_credentials(api):
    """Credentials may be left out, the environment is then test, and the webhook URL names merchant and profile."""
    profile = api.made("/gateway-profiles", {"title": "Mine", "integration": "adyen"})
    merchant = api.get("/merchant-configs").json["data"][0]["id"]

    assert ("test", None) == (profile["environment"], profile["credentials"])
    assert profile["webhookUrl"].startswith(api.url)
    assert {merchant, profile["id"]} <= {
        part.partition("=")[2] for part in profile["webhookUrl"].partition("?")[2].split("&")
    }


def test_a_live_profile_is_simulated_with_a_warning(api):
    """The mock contacts nobody, and says so on the answer that has a live profile."""
    integration, environment, credentials = GOOD[1]
    body = {"title": "Mine", "integration": integration, "environment": environment, "credentials": credentials}

    assert "x-mock-warning" in api.post("/gateway-profiles", body).headers


def test_a_repeated_idempotency_key_is_warned_of(api):
    """The header is undocumented and ignored: a repeated one makes a second record, and the answer says so."""
    body, headers = {"amount": 1, "currency": "usd"}, {"Idempotency-Key": "order-7"}
    first, second = (api.post("/payments", body, headers=headers) for _ in range(2))

    assert first.json["id"] != second.json["id"]
    assert "x-mock-warning" not in first.headers
    assert "x-mock-warning" in second.headers


def test_only_what_is_done_twice_is_warned_of(api):
    """What was refused has made nothing, and a restored world does not know the key; two warnings are both told."""
    body, headers = {"amount": 1, "currency": "usd"}, {"Idempotency-Key": "order-7"}
    api.made("/_mock/snapshots", {"name": "before"})
    refused = [api.post("/payments", {"amount": -1}, headers=headers) for _ in range(2)]
    first = api.post("/payments", body, headers=headers)
    api.made("/_mock/snapshots/before/restore")
    again = api.post("/payments", body, headers=headers)

    assert [400, 400, 201, 201] == [answer.status for answer in (*refused, first, again)]
    assert not [answer for answer in (*refused, first, again) if "x-mock-warning" in answer.headers]
    live = {"title": "Live", "integration": "stripe", "environment": "live"}
    told = [
        api.post("/gateway-profiles", live, headers={"Idempotency-Key": "p"}).headers["x-mock-warning"]
        for _ in range(2)
    ]
    assert [False, True] == ["Idempotency-Key" in one for one in told]
    assert [True, True] == ["no real gateway" in one for one in told]


# --- cascades (guides/routing/*)


def test_a_cascade_keeps_its_rules(api):
    """A cascade is what was sent, with nulls where nothing was."""
    us, eu = api.ids["adyen_us"], api.ids["stripe_eu"]
    rules = [rule(eu, 1, transactionLimit=10, limitPeriod="day", transactionCap=500, capPeriod="month"), rule(us, 2)]
    cascade = api.made("/cascades", {"title": "Mine", "algorithm": "priority_queue", "rules": rules})

    nothing = dict.fromkeys(("weight", "transactionLimit", "limitPeriod", "transactionCap", "capPeriod"))
    assert [nothing | sent for sent in rules] == cascade["rules"]
    assert ("Mine", None, "priority_queue", {}) == (
        cascade["title"],
        cascade["description"],
        cascade["algorithm"],
        cascade["metadata"],
    )


@pytest.mark.parametrize(
    ("rules", "problems"),
    [
        ([], ["rules must be a list of 1 to 10 entries, found []"]),
        ([("eu", 1, {}), ("us", 1, {})], ["rules[0].position", "rules[1].position", "rules must hold exactly one"]),
        ([("eu", 1, {}), ("us", 2, {})], ["rules must hold exactly one rule with neither limit nor cap"]),
        ([("eu", 1, {"transactionLimit": 1, "limitPeriod": "day"})], ["rules must hold exactly one rule"]),
        ([("eu", 1, {"transactionLimit": 1}), ("us", 2, {})], ["rules[0] must have transactionLimit and limitPeriod"]),
        (
            [("eu", 1, {"capPeriod": "day"}), ("us", 2, {})],
            ["rules[0] must have transactionCap and capPeriod", "rules must hold"],
        ),
        ([("eu", 0, {})], ["rules[0].position must be an integer from 1 to 10, found 0"]),
        (
            [("eu", 1, {"limitPeriod": "year", "transactionLimit": 0})],
            ["rules[0].transactionLimit", "rules[0].limitPeriod"],
        ),
        ([("nowhere", 1, {})], ["rules[0].gatewayProfile must be an existing gateway profile"]),
    ],
)
def test_a_cascade_that_cannot_be_names_each_rule(api, rules, problems):
    """1 to 10 rules, unique positions, limits with their period, exactly one rule without limit and cap."""
    known = {"eu": api.ids["stripe_eu"], "us": api.ids["adyen_us"], "nowhere": "gwp_nowhere"}
    sent = [rule(known[name], position, **fields) for name, position, fields in rules]
    answer = api.post("/cascades", {"title": "Mine", "algorithm": "priority_queue", "rules": sent})

    assert 400 == answer.status
    assert len(problems) == len(answer.problems)
    for expected, told in zip(problems, answer.problems):
        assert told.startswith(expected)


def test_eleven_rules_are_too_many(api):
    """A cascade has at most ten rules."""
    sent = [rule(api.ids["stripe_eu"], 1 + place % 10) for place in range(11)]
    answer = api.post("/cascades", {"title": "Mine", "algorithm": "priority_queue", "rules": sent})

    assert (400, True) == (
        answer.status,
        any(problem.startswith("rules must be a list") for problem in answer.problems),
    )


def test_a_cascade_of_gateways_that_take_no_cards_cannot_be_used_for_cards(api):
    """A card cannot be routed to PayPal: 400, on a payment and as the merchant's default."""
    paypal = api.made("/gateway-profiles", {"title": "x", "integration": "paypal"})["id"]
    cascade = {"title": "x", "algorithm": "priority_queue", "rules": [rule(paypal, 1)]}
    config = api.get("/merchant-configs").json["data"][0]["id"]
    made = api.post("/cascades", cascade)
    routings = [{"mode": "gatewayProfile", "gatewayProfile": paypal}]
    if 201 == made.status:
        routings.append({"mode": "cascade", "cascade": made.json["id"]})

    for routing in routings:
        options = {"paymentMethodOptions": {"card": routing}}
        assert 400 == api.post("/payments", {"amount": 1, "currency": "usd"} | options).status
        assert 400 == api.post(f"/merchant-configs/{config}", options).status


# --- the merchant's defaults


def test_a_payment_takes_the_merchants_default(api):
    """Without options of its own a payment is routed as the merchant's configuration says."""
    payment = api.payment()

    assert {"mode": "cascade", "cascade": api.ids["main"]}.items() <= payment["paymentMethodOptions"]["card"].items()


def test_without_any_payment_method_no_payment_is_made(account):
    """A sandbox without defaults refuses a payment without options, and makes none."""
    api = account(scenario=None)
    answer = api.post("/payments", {"amount": 1, "currency": "usd"})

    assert 400 == answer.status
    assert "no payment method is available" in answer.problems[0]
    assert [] == api.get("/payments").json["data"]


def test_a_payments_own_routing_wins(api):
    """A payment that names its gateway profile is tried there and nowhere else."""
    routing = {"card": {"mode": "gatewayProfile", "gatewayProfile": api.ids["adyen_us"]}}
    paid = api.paid(paymentMethodOptions=routing)

    assert [(api.ids["adyen_us"], "adyen")] == [
        (one["gatewayProfile"], one["integration"]) for one in paid["transactions"]
    ]
    assert None is paid["cascade"]


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("timezone", "Mars/Olympus", "timezone must be an IANA timezone such as Europe/Paris"),
        ("timezone", "../etc/passwd", "timezone must be an IANA timezone such as Europe/Paris"),
        ("displayCurrency", "dollars", "displayCurrency must be a currency"),
        (
            "paymentMethodOptions",
            {"card": {"mode": "cascade", "cascade": "cas_x"}},
            "paymentMethodOptions.card.cascade",
        ),
    ],
)
def test_a_setting_that_cannot_be_is_a_400(api, field, value, problem):
    """The merchant's configuration takes real timezones, currencies and routings."""
    config = api.get("/merchant-configs").json["data"][0]
    answer = api.post(f"/merchant-configs/{config['id']}", {field: value})

    assert 400 == answer.status
    assert answer.problems[0].startswith(problem)
    assert [config] == api.get("/merchant-configs").json["data"]


def test_only_the_given_settings_change(api):
    """An update of the configuration leaves the other fields as they were."""
    config = api.get("/merchant-configs").json["data"][0]
    changed = api.made(f"/merchant-configs/{config['id']}", {"timezone": "Europe/Paris", "displayCurrency": "EUR"})

    assert config | {"timezone": "Europe/Paris", "displayCurrency": "eur"} == changed


# --- customers and payments


def test_a_customer_is_changed_only_where_asked(api):
    """The documentation's samples: a customer is made, then renamed, and keeps the rest."""
    customer = api.made("/customers", {"email": "jane@example.com", "name": "Jane Smith"})
    changed = api.made(f"/customers/{customer['id']}", {"name": "Jane Doe", "phoneNumber": "+15559876543"})

    assert customer | {"name": "Jane Doe", "phoneNumber": "+15559876543"} == changed
    assert None is api.made(f"/customers/{customer['id']}", {"phoneNumber": None})["phoneNumber"]


def test_emails_are_not_unique(api):
    """Two customers may have one email."""
    first, second = (api.made("/customers", {"email": "jane@example.com"}) for _ in range(2))

    assert first["id"] != second["id"]


def test_currencies_are_lower_case(api):
    """A currency is taken in any case and answered in lower case."""
    assert "eur" == api.payment(currency="EUR")["currency"]


def test_a_new_card_is_saved_on_its_customer(api):
    """After a success the card is a payment method: brand, last four, text for month and year, and no number."""
    customer = api.made("/customers", {"email": "new@example.com"})["id"]
    paid = api.paid("5555555555554444", customer=customer)
    methods = api.get(f"/payment-methods?customer[eq]={customer}").json["data"]

    assert [paid["paymentMethod"]] == [method["id"] for method in methods]
    assert ("card", True) == (methods[0]["type"], methods[0]["isDefault"])
    expected = {"brand": "mastercard", "lastFour": "4444", "expMonth": "12", "expYear": "2030", "cardholderName": None}
    assert expected == methods[0]["card"]


def test_a_saved_method_pays(api):
    """A payment of a customer is authorized with their saved method; named at the create, the body may be empty."""
    jane, visa = api.ids["jane"], api.ids["janes_visa"]
    first = api.payment(customer=jane, returnUrl="https://shop.example/")
    second = api.payment(customer=jane, paymentMethod=visa, returnUrl="https://shop.example/")

    assert "succeeded" == api.made(f"/payments/{first['id']}/authorize", {"paymentMethod": visa})["status"]
    assert "succeeded" == api.made(f"/payments/{second['id']}/authorize")["status"]


def test_a_method_of_another_customer_is_refused(api):
    """A saved method must belong to the payment's customer."""
    other = api.made("/customers", {"email": "other@example.com"})["id"]
    body = {"amount": 1, "currency": "usd", "paymentMethod": api.ids["janes_visa"]}

    assert 400 == api.post("/payments", body | {"customer": other}).status
    assert 400 == api.post("/payments", body).status


def test_a_decline_is_an_answer(api):
    """A declined authorize is a 201: the payment is open, shown as failed, and may be tried again."""
    payment = api.payment(returnUrl="https://shop.example/")
    declined = api.post(f"/payments/{payment['id']}/authorize", api.card("4000000000009995"))

    assert (201, "open", "failed") == (declined.status, declined.json["status"], declined.json["displayStatus"])
    assert "insufficient_funds" == declined.json["transactions"][-1]["outcome"]["errorCode"]
    assert "succeeded" == api.made(f"/payments/{payment['id']}/authorize", api.card())["status"]


def test_a_customer_who_pays_needs_a_way_back(api):
    """returnUrl is required to authorize a customer's payment, on the payment or in the body."""
    payment = api.payment()["id"]
    answer = api.post(f"/payments/{payment}/authorize", api.card())

    assert 400 == answer.status
    assert answer.problems[0].startswith("returnUrl is required")
    back = {"returnUrl": "https://shop.example/"}
    assert "succeeded" == api.made(f"/payments/{payment}/authorize", api.card() | back)["status"]


def test_money_is_given_back_in_parts(api):
    """Refunds add up to what was captured and not a cent more."""
    paid = api.paid()["id"]

    part = api.made(f"/payments/{paid}/reverse", {"amount": 500})
    assert (500, "partially_reversed") == (part["amountReversed"], part["displayStatus"])
    too_much = api.post(f"/payments/{paid}/reverse", {"amount": 4501})
    assert (400, "amount") == (too_much.status, too_much.problems[0].split(" ")[0])
    whole = api.made(f"/payments/{paid}/reverse")
    assert (5000, True, "reversed") == (whole["amountReversed"], whole["isFullyReversed"], whole["displayStatus"])
    assert 400 == api.post(f"/payments/{paid}/reverse").status


@pytest.mark.parametrize(
    ("number", "status"),
    [
        ("4242424242424242", "succeeded"),
        ("5555555555554444", "succeeded"),
        ("378282246310005", "succeeded"),
        ("6011111111111117", "succeeded"),
        ("4000000000003220", "requires_action"),
        ("4000000000000002", "open"),
        ("370000000000018", "succeeded"),
        ("5555444433331111", "succeeded"),
        ("6011000000000004", "succeeded"),
        ("371449635398431", "requires_action"),
    ],
)
def test_every_documented_card_number_works(api, number, status):
    """The test cards of guides/testing do what the page says, also the one whose check digit is wrong."""
    assert status == api.paid(number)["status"]
