"""A refused request changes nothing: for every verb, in every state that a payment can be in.

What is expected is written here by hand, from the documented rules: a code, and for what is wrong in the request itself
the paths of the fields at fault; a state that forbids the action is told in one sentence, which is None here.
"""

import pytest

KINDS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed"}
DECLINED, CHALLENGED, VISA = "4000000000000002", "4000000000003220", "4242424242424242"
PAIRS = {f"k{number}": "v" for number in range(51)}
ADDRESS = {"line1": "1 High St", "country": "GB"}
ALICE = {"email": "alice@example.com", "password": "Str0ng#Pass", "role": "developer"}

DONE = "done"  # allowed: 201
STATE = (400, None)  # forbidden by the state: one sentence


def bad(*fields):
    """Wrong in itself: a list of problems, which begin with these paths."""
    return 400, fields


# --- Payments in each state ------------------------------------------------------------------------------------------

STATES = {
    "unattempted": ("open", "unattempted"),
    "failed": ("open", "failed"),
    "lapsed": ("open", "incomplete"),
    "waiting": ("requires_action", "incomplete"),
    "succeeded": ("succeeded", "succeeded"),
    "partly reversed": ("succeeded", "partially_reversed"),
    "reversed": ("succeeded", "reversed"),
    "held": ("succeeded", "uncaptured"),
    "charged back": ("succeeded", "chargeback"),
    "cancelled": ("cancelled", "cancelled"),
}


def make(account, state):
    """A payment of 5000 in that state."""
    match state:
        case "unattempted":
            return account.create()
        case "failed":
            return account.pay(DECLINED)
        case "lapsed":
            payment = account.pay(CHALLENGED)
            account.advance("24 hours")
            return payment
        case "waiting":
            return account.pay(CHALLENGED)
        case "succeeded":
            return account.pay()
        case "partly reversed":
            return account.reverse(account.pay(), amount=500)
        case "reversed":
            return account.reverse(account.pay())
        case "held":
            return account.pay(paymentMethodOptions={"captureMethod": "manual"})
        case "charged back":
            return account.post(f"/payments/{account.pay()['id']}/record-chargeback")
        case "cancelled":
            return account.post(f"/payments/{account.create()['id']}/cancel")


def card(number=VISA, **fields):
    """The body that authorizes with a card."""
    return {"type": "card", "card": {"number": number, "expMonth": "12", "expYear": "2030", "cvv": "100"} | fields}


AUTHORIZE, REVERSE, UPDATE = "/payments/{payment}/authorize", "/payments/{payment}/reverse", "/payments/{payment}"
CAPTURE, CANCEL = "/payments/{payment}/capture", "/payments/{payment}/cancel"
CHARGEBACK = "/payments/{payment}/record-chargeback"
COMPLETE = "/_mock/challenges/{payment}/complete"

# verb: (path, body, what comes of it in each state, in their order)
OPEN = ("unattempted", "failed", "lapsed")
CHARGED = ("succeeded", "partly reversed", "charged back")
WHOLE = ("succeeded", "charged back")


def only(*states, otherwise=STATE, **special):
    """Done in these states, refused in the others."""
    return [special.get(state.replace(" ", "_"), DONE if state in states else otherwise) for state in STATES]


VERBS = {
    "authorize by card": (AUTHORIZE, card(), only(*OPEN)),
    "authorize by saved method": (AUTHORIZE, {"paymentMethod": "{janes}"}, only(*OPEN)),
    "authorize with a bad card": (
        AUTHORIZE,
        card("4242424242424241"),
        only(**dict.fromkeys(OPEN, bad("card.number"))),
    ),
    "authorize with a malformed body": (AUTHORIZE, {"card": 1}, only(otherwise=bad("card"))),
    "capture all": (CAPTURE, {}, only("held")),
    "capture a part": (CAPTURE, {"amount": 1}, only("held")),
    "capture more than is authorized": (CAPTURE, {"amount": 5001}, only(held=bad("amount"))),
    "capture nothing": (CAPTURE, {"amount": 0}, only(otherwise=bad("amount"))),
    "reverse all": (REVERSE, {}, only(*CHARGED, "held")),
    "reverse a part": (REVERSE, {"amount": 1}, only(*CHARGED, held=bad("amount"))),
    "reverse elsewhere": (REVERSE, {"isExternal": True}, only(*CHARGED, held=bad("isExternal"))),
    "reverse what was paid": (
        REVERSE,
        {"amount": 5000},
        only(*WHOLE, partly_reversed=bad("amount"), held=bad("amount")),
    ),
    "reverse more than was paid": (
        REVERSE,
        {"amount": 5001},
        only(**dict.fromkeys(["succeeded", "partly_reversed", "charged_back", "held"], bad("amount"))),
    ),
    "reverse nothing": (REVERSE, {"amount": 0}, only(otherwise=bad("amount"))),
    "cancel": (CANCEL, {}, only(*OPEN, "waiting", "held")),
    "charge back": (CHARGEBACK, {}, only("succeeded", "partly reversed", "reversed", "held")),
    "charge back and blacklist": (
        CHARGEBACK,
        {"blacklistCustomer": True, "customerRestrictions": {"restrictCit": True}},
        only("succeeded", "partly reversed", "reversed", "held"),
    ),
    "update metadata": (UPDATE, {"metadata": {"a": "b"}}, only(otherwise=DONE)),
    "update addresses": (UPDATE, {"billingAddress": ADDRESS, "shippingAddress": None}, only(otherwise=DONE)),
    "update the customer": (UPDATE, {"customer": "{joe}"}, only(*OPEN)),
    "update to an unknown customer": (UPDATE, {"customer": "cus_x"}, only(**dict.fromkeys(OPEN, bad("customer")))),
    "update what is fixed": (UPDATE, {"amount": 1, "currency": "eur"}, only(otherwise=bad("amount", "currency"))),
    "update with too many pairs": (UPDATE, {"metadata": PAIRS}, only(otherwise=bad("metadata"))),
    "pass the challenge": (COMPLETE, {"result": "passed"}, only("waiting")),
    "fail the challenge": (COMPLETE, {"result": "failed"}, only("waiting")),
    "cancel the challenge": (COMPLETE, {"result": "cancelled"}, only("waiting")),
    "answer with another word": (COMPLETE, {"result": "maybe"}, only(otherwise=bad("result"))),
}


@pytest.fixture(scope="module")
def states(mock):
    """The names of a sandbox's snapshots by state, and the id of the one payment in it."""
    found = {}
    for state in STATES:
        account = mock.open(seed=7)
        payment = make(account, state)["id"]
        account.post("/_mock/snapshots", {"name": "here"})
        found[state] = f"{account.name}/here", payment
    return found


def check_refused(answer, expected):
    """The code, and the body of an error: fields for what is wrong in itself, one sentence for anything else."""
    status, fields = expected
    assert status == answer.status, answer
    told = answer.json
    assert {"statusCode", "message", "error"} == set(told)
    assert (status, KINDS[status]) == (told["statusCode"], told["error"])
    if fields is None:
        assert isinstance(told["message"], str)
    else:
        assert sorted(fields) == sorted(problem.split()[0] for problem in told["message"]), told["message"]


def filled(body, names):
    """The body with `{name}` replaced by ids."""
    if isinstance(body, dict):
        return {key: filled(value, names) for key, value in body.items()}
    if isinstance(body, list):
        return [filled(value, names) for value in body]
    return names.get(body.strip("{}"), body) if isinstance(body, str) and body.startswith("{") else body


@pytest.mark.parametrize("state", STATES)
def test_a_payment_stands_in_the_state_named(mock, states, state):
    """The rows below speak of the states they name."""
    origin, payment = states[state]
    shown = mock.open(origin=origin).get(f"/payments/{payment}")
    assert STATES[state] == (shown["status"], shown["displayStatus"])


@pytest.mark.parametrize("place", range(len(STATES)), ids=STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_what_a_state_forbids_changes_nothing(mock, states, verb, place):
    """Each verb in each state: allowed, or refused by a 400 with the digest as before."""
    target, body, outcomes = VERBS[verb]
    expected = outcomes[place]
    origin, payment = states[list(STATES)[place]]
    account = mock.open(origin=origin)
    before = account.digest

    answer = account("POST", target.format(payment=payment), filled(body, account.ids))

    if expected == DONE:
        assert 201 == answer.status, answer
        assert before != account.digest
    else:
        check_refused(answer, expected)
        assert before == account.digest


@pytest.mark.parametrize("result", ["passed", "failed", "cancelled"])
@pytest.mark.parametrize("first", ["passed", "failed", "cancelled", "lapsed"])
def test_a_used_link_changes_nothing(mock, first, result):
    """A challenge's page, visited and answered again, says what happened and changes nothing."""
    account = mock.open()
    payment = account.pay(CHALLENGED)
    page = payment["action"]["redirectUrl"].removeprefix("http://mock.local")
    if first == "lapsed":
        account.advance("24 hours")
    else:
        assert 303 == mock.client("POST", page, f"result={first}".encode()).status
    before = account.digest
    assert 200 == mock.client("GET", page).status
    assert 200 == mock.client("POST", page, f"result={result}".encode()).status
    assert before == account.digest


def test_no_answer_and_no_link_change_nothing(mock):
    """The page refuses another word than its buttons', and knows no link but those given out."""
    account = mock.open()
    page = account.pay(CHALLENGED)["action"]["redirectUrl"].removeprefix("http://mock.local")
    before = account.digest
    for body in (b"", b"result=maybe", b"\xff", b"result=passed%00"):
        assert 400 == mock.client("POST", page, body).status
    for wrong in (page[:-1], page + "x", page.replace(account.name, "nowhere")):
        assert 404 == mock.client("GET", wrong).status
        assert 404 == mock.client("POST", wrong, b"result=passed").status
    assert before == account.digest


# --- What is wrong in itself -----------------------------------------------------------------------------------------

PAYMENT = {"amount": 5000, "currency": "usd"}
PROFILE = {"title": "One", "integration": "stripe"}
LIMIT = {"transactionLimit": 1, "limitPeriod": "day"}
OPTIONS = "paymentMethodOptions"
ITEMS = "cart.items"
CYCLES = "billingSchedule.cycleDefinitions"
WRONG = {"mode": "cascade", "cascade": "cas_x"}
DELAYED = {"mode": "cascade", "cascade": "{queue}", "captureMethod": "automaticDelayed"}


def queue(*rules):
    """The body of a priority queue."""
    return {"title": "One", "algorithm": "priority_queue", "rules": list(rules)}


def rule(position=1, **fields):
    return {"gatewayProfile": "{first}", "position": position} | fields


def price(**fields):
    """The body of a one-time price."""
    return {"product": "{product}", "type": "one_time", "currency": "usd", "amount": 1200} | fields


def cycle(position=1, **fields):
    return {"position": position, "amount": 900, "intervalUnit": "month", "intervalValue": 1} | fields


def recurring(*cycles):
    """The body of a price by the month."""
    return price(type="recurring", amount=None, billingSchedule={"cycleDefinitions": list(cycles)})


MONTHLY = {"cycleDefinitions": [cycle()]}


def retrying(*steps):
    """The body of a retry policy."""
    return {"title": "One", "steps": list(steps)}


def step(position=1, **fields):
    return {"position": position, "retryDelay": 3} | fields


def routed(**card):
    return PAYMENT | {OPTIONS: {"card": card}}


INVALID = [
    # Payments
    ("/payments", {}, ["currency"]),
    ("/payments", {"currency": "usd"}, ["amount"]),
    ("/payments", {"amount": 0, "currency": "us"}, ["amount", "currency"]),
    ("/payments", PAYMENT | {"amount": -1}, ["amount"]),
    ("/payments", PAYMENT | {"amount": 1.5}, ["amount"]),
    ("/payments", PAYMENT | {"amount": "5000"}, ["amount"]),
    ("/payments", PAYMENT | {"amount": True}, ["amount"]),
    ("/payments", PAYMENT | {"amount": None}, ["amount"]),
    ("/payments", PAYMENT | {"currency": "usd\n"}, ["currency"]),
    ("/payments", PAYMENT | {"initiator": "nobody"}, ["initiator"]),
    ("/payments", PAYMENT | {"curency": "usd"}, ["curency"]),
    ("/payments", PAYMENT | {"status": "succeeded", "isCaptured": True}, ["status", "isCaptured"]),
    ("/payments", PAYMENT | {"customer": "cus_x"}, ["customer"]),
    ("/payments", PAYMENT | {"customer": "{janes}"}, ["customer"]),
    ("/payments", PAYMENT | {"customer": "{jane}", "paymentMethod": "pm_x"}, ["paymentMethod"]),
    ("/payments", PAYMENT | {"customer": "{jane}", "paymentMethod": "{joes}"}, ["paymentMethod"]),
    ("/payments", PAYMENT | {"paymentMethod": "{janes}"}, ["paymentMethod"]),
    ("/payments", PAYMENT | {"returnUrl": "/thanks"}, ["returnUrl"]),
    ("/payments", PAYMENT | {"returnUrl": "javascript:alert(1)"}, ["returnUrl"]),
    ("/payments", PAYMENT | {"returnUrl": "https://shop.example/\n"}, ["returnUrl"]),
    ("/payments", PAYMENT | {"statementDescriptor": "x" * 23}, ["statementDescriptor"]),
    ("/payments", PAYMENT | {"metadata": PAIRS}, ["metadata"]),
    (
        "/payments",
        PAYMENT | {"metadata": {"a": 1, "b": "x" * 501, "c": {}}},
        ["metadata.a", "metadata.b", "metadata.c"],
    ),
    ("/payments", PAYMENT | {"billingAddress": {"line3": "x"}}, ["billingAddress.line3"]),
    ("/payments", routed(mode="cascade"), [f"{OPTIONS}.card.cascade"]),
    ("/payments", routed(mode="cascade", cascade="cas_x"), [f"{OPTIONS}.card.cascade"]),
    ("/payments", routed(mode="cascade", cascade="{wallets}"), [f"{OPTIONS}.card"]),
    ("/payments", routed(mode="gatewayProfile", gatewayProfile="{wallet}"), [f"{OPTIONS}.card"]),
    ("/payments", routed(mode="gatewayProfile", gatewayProfile="gwp_x"), [f"{OPTIONS}.card.gatewayProfile"]),
    (
        "/payments",
        routed(mode="gatewayProfile", cascade="{queue}"),
        [f"{OPTIONS}.card.cascade", f"{OPTIONS}.card.gatewayProfile"],
    ),
    ("/payments", PAYMENT | {OPTIONS: {"captureMethod": "automaticDelayed"}}, [f"{OPTIONS}.captureDelay"]),
    (
        "/payments",
        PAYMENT | {OPTIONS: {"captureMethod": "later", "captureDelay": 6}},
        [f"{OPTIONS}.captureMethod", f"{OPTIONS}.captureDelay"],
    ),
    ("/payments", routed(mode="luck"), [f"{OPTIONS}.card.mode"]),
    ("/payments", routed(**DELAYED), [f"{OPTIONS}.captureDelay"]),
    ("/payments", PAYMENT | {OPTIONS: {"paypal": {"mode": "cascade", "cascade": "{queue}"}}}, [f"{OPTIONS}.paypal"]),
    (
        "/payments",
        PAYMENT | {OPTIONS: {"applePay": {"mode": "cascade", "cascade": "{wallets}"}}},
        [f"{OPTIONS}.applePay"],
    ),
    # Carts
    ("/payments", {"currency": "usd", "cart": {"items": []}}, [ITEMS]),
    ("/payments", {"currency": "usd", "cart": {"items": [{"price": "price_x"}]}}, [f"{ITEMS}[0].price"]),
    ("/payments", {"currency": "eur", "cart": {"items": [{"price": "{price}"}]}}, [f"{ITEMS}[0].price"]),
    ("/payments", {"currency": "usd", "cart": {"items": [{"price": "{monthly}"}]}}, ["customer"]),
    ("/payments", PAYMENT | {"cart": {"items": [{"price": "{price}"}]}}, ["amount"]),
    (
        "/payments",
        {"currency": "usd", "customer": "cus_x", "cart": {"items": [{"price": "x"}]}, OPTIONS: {"card": WRONG}},
        ["customer", f"{ITEMS}[0].price", f"{OPTIONS}.card.cascade"],
    ),
    (
        "/payments",
        {"currency": "usd", "cart": {"items": [{"price": 1, "quantity": 0}, {"quantity": 1_000_000, "x": 1}]}},
        [f"{ITEMS}[0].price", f"{ITEMS}[0].quantity", f"{ITEMS}[1].price", f"{ITEMS}[1].quantity", f"{ITEMS}[1].x"],
    ),
    # Authorizing an open payment
    (AUTHORIZE, {"paymentMethod": "pm_x"}, ["paymentMethod"]),
    (AUTHORIZE, {"paymentMethod": "{joes}"}, ["paymentMethod"]),
    (AUTHORIZE, {}, ["paymentMethod"]),
    (AUTHORIZE, {"type": "card"}, ["card"]),
    (AUTHORIZE, card() | {"paymentMethod": "{janes}"}, ["paymentMethod"]),
    (AUTHORIZE, card() | {"type": "cash"}, ["type"]),
    (AUTHORIZE, card() | {"returnUrl": "shop.example"}, ["returnUrl"]),
    (AUTHORIZE, card(VISA + "\n"), ["card.number"]),
    (AUTHORIZE, card("٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢"), ["card.number"]),
    (AUTHORIZE, card(cvv="1"), ["card.cvv"]),
    (AUTHORIZE, card(cvv=100), ["card.cvv"]),
    (AUTHORIZE, card(expMonth=13, expYear=1999), ["card.expMonth", "card.expYear"]),
    (AUTHORIZE, card(expMonth=12, expYear=2025), ["card.expYear"]),
    (AUTHORIZE, {"type": "card", "card": {}}, ["card.number", "card.expMonth", "card.expYear", "card.cvv"]),
    (AUTHORIZE, {"type": "paypal"}, ["type"]),
    (AUTHORIZE, {"type": "applePay"}, ["token"]),
    (AUTHORIZE, {"token": "t"}, ["type"]),
    (AUTHORIZE, card() | {"token": "t"}, ["token"]),
    (AUTHORIZE, card() | {"type": "applePay", "token": "t"}, ["card"]),
    (AUTHORIZE, {"type": "paypal", "token": "t"}, ["token"]),
    (AUTHORIZE, {"type": "applePay", "token": ""}, ["token"]),
    (AUTHORIZE, {"type": "applePay", "paymentMethod": "{janes}"}, ["paymentMethod"]),
    (UPDATE, {"customer": None, "billingAddress": {"line3": "x"}}, ["customer", "billingAddress.line3"]),
    (CANCEL, {"reason": "x"}, ["reason"]),
    (
        CHARGEBACK,
        {"blacklistCustomer": "yes", "customerRestrictions": 1},
        ["blacklistCustomer", "customerRestrictions"],
    ),
    # Customers
    ("/customers", {}, ["email"]),
    ("/customers", {"email": "jane"}, ["email"]),
    ("/customers", {"email": "jane@example.com\n"}, ["email"]),
    ("/customers", {"emial": "jane@example.com"}, ["email", "emial"]),
    ("/customers", {"email": "jane@example.com", "dateOfBirth": "2000-02-30"}, ["dateOfBirth"]),
    ("/customers", {"email": "jane@example.com", "dateOfBirth": "1 May 2000"}, ["dateOfBirth"]),
    ("/customers", {"email": "jane@example.com", "metadata": PAIRS}, ["metadata"]),
    ("/customers/{jane}", {"email": None}, ["email"]),
    ("/customers/{jane}", {"email": "jane", "name": 1, "restrictCit": True}, ["email", "name", "restrictCit"]),
    ("/customers/{jane}", {"metadata": PAIRS}, ["metadata"]),
    ("/customers/{jane}", {"metadata": {"a": None}}, ["metadata.a"]),
    ("/customers/{jane}/restrictions", {"customer": "{joe}", "restrictCit": True}, ["customer"]),
    (
        "/customers/{jane}/restrictions",
        {"customer": 1, "restrictCit": "yes", "restrictMit": 1, "restrictReason": ""},
        ["customer", "restrictCit", "restrictMit", "restrictReason"],
    ),
    # Saved payment methods
    ("/payment-methods/{janes}", {"isDefault": False, "metadata": {"a": "b"}}, ["isDefault"]),
    ("/payment-methods/{janes}", {"isDefault": None, "metadata": {"a": None}}, ["isDefault", "metadata.a"]),
    ("/payment-methods/{janes}", {"isDefault": True, "metadata": PAIRS}, ["metadata"]),
    ("/payment-methods/{janes}", {"type": "paypal", "customer": "{joe}"}, ["type", "customer"]),
    # The blacklist
    ("/blacklist", {}, ["email"]),
    ("/blacklist", {"email": "jane"}, ["email"]),
    ("/blacklist", {"email": "LISTED@example.com"}, ["email"]),
    ("/blacklist", {"email": "jane@example.com", "reason": "", "metadata": 1}, ["reason", "metadata"]),
    ("/blacklist", {"email": "jane@example.com", "metadata": PAIRS}, ["metadata"]),
    # Users
    ("/users", {}, ["email", "password", "role"]),
    ("/users", {"email": "alice", "password": "weak", "role": "owner"}, ["email", "password", "role"]),
    ("/users", {"email": "ALICE@example.com", "password": "Str0ng#Pass", "role": "admin"}, ["email"]),
    ("/users", {"email": "b@c.example", "password": "Str0ng#Pass", "role": "admin", "metadata": PAIRS}, ["metadata"]),
    ("/users/{user}", {"password": "strong#pass1", "username": "x" * 21}, ["password", "username"]),
    ("/users/{user}", {"email": "bob@example.com", "password": "Other#Pass1", "role": "admin"}, ["email"]),
    ("/users/{user}", {"role": None, "passwordHash": "x"}, ["role", "passwordHash"]),
    # Subscriptions and invoices
    ("/subscriptions/{subscription}", {"status": "cancelled", "quantity": 2}, ["status", "quantity"]),
    ("/subscriptions/{subscription}", {"paymentMethod": None}, ["paymentMethod"]),
    ("/subscriptions/{subscription}", {"paymentMethod": "pm_x", "retryPolicy": "x"}, ["retryPolicy", "paymentMethod"]),
    ("/subscriptions/{subscription}", {"paymentMethod": "{joes}", "metadata": {"a": "b"}}, ["paymentMethod"]),
    ("/subscriptions/{subscription}", {"metadata": PAIRS}, ["metadata"]),
    ("/subscriptions/{subscription}/cancel", {"cancelImmediately": "yes"}, ["cancelImmediately"]),
    ("/subscriptions/{subscription}/cancel", {"cancelImmediatly": True}, ["cancelImmediatly"]),
    ("/subscriptions/{subscription}/preview", {}, ["price"]),
    ("/subscriptions/{subscription}/preview", {"price": "price_x"}, ["price"]),
    ("/subscriptions/{subscription}/preview", {"price": "{price}"}, ["price"]),
    ("/subscriptions/{subscription}/preview", {"price": "{plan}"}, ["price"]),
    ("/subscriptions/{subscription}/apply-preview", {}, ["preview"]),
    ("/subscriptions/{subscription}/apply-preview", {"preview": "prv_x"}, ["preview"]),
    ("/subscriptions/{subscription}/apply-preview", {"preview": "{foreign}"}, ["preview"]),
    ("/invoices/{invoice}", {"status": "paid", "amount": 0}, ["status", "amount"]),
    ("/invoices/{invoice}", {"metadata": PAIRS}, ["metadata"]),
    ("/invoices/{invoice}/pay", {"amount": 1}, ["amount"]),
    ("/invoices/{invoice}/void", {"reason": "x"}, ["reason"]),
    # Retry policies
    ("/retry-policies", {}, ["title", "steps"]),
    ("/retry-policies", retrying(), ["steps"]),
    ("/retry-policies", retrying(*(step(place) for place in range(1, 101)), step(100)), ["steps"]),
    ("/retry-policies", retrying(step(0), step(101)), ["steps[0].position", "steps[1].position"]),
    ("/retry-policies", retrying(step(2), step(), step(2)), ["steps[0].position", "steps[2].position"]),
    ("/retry-policies", retrying(step(retryDelay=0)), ["steps[0].retryDelay"]),
    ("/retry-policies", retrying(step(retryDelay=3651)), ["steps[0].retryDelay"]),
    ("/retry-policies", retrying(step(retryDelay="3 days")), ["steps[0].retryDelay"]),
    ("/retry-policies", retrying(step(priceReductionPercentage=0)), ["steps[0].priceReductionPercentage"]),
    ("/retry-policies", retrying(step(priceReductionPercentage=100)), ["steps[0].priceReductionPercentage"]),
    ("/retry-policies", retrying(step(useInitialGateway=False)), ["steps[0].gatewayProfile"]),
    ("/retry-policies", retrying(step(useInitialGateway=True, gatewayProfile="{first}")), ["steps[0].gatewayProfile"]),
    ("/retry-policies", retrying(step(), step(2, gatewayProfile="gwp_x")), ["steps[1].gatewayProfile"]),
    ("/retry-policies", retrying(step(), step(2, gatewayProfile="{wallet}")), ["steps[1].gatewayProfile"]),
    (
        "/retry-policies",
        retrying(step(gatewayProfile="gwp_x"), step(useInitialGateway=False)),
        [f"steps[{place}].{field}" for place in (0, 1) for field in ("position", "gatewayProfile")],
    ),
    ("/retry-policies", retrying(step()) | {"isEnabled": 1, "default": True}, ["isEnabled", "default"]),
    ("/retry-policies", retrying(step()) | {"metadata": PAIRS}, ["metadata"]),
    ("/retry-policies/{policy}", {"title": None, "steps": [], "isEnabled": None}, ["title", "steps", "isEnabled"]),
    ("/retry-policies/{policy}", {"title": "", "steps": [step() | {"days": 1}]}, ["title", "steps[0].days"]),
    ("/retry-policies/{policy}", {"steps": [step(), step()]}, ["steps[0].position", "steps[1].position"]),
    ("/retry-policies/{policy}", {"metadata": PAIRS}, ["metadata"]),
    # Gateway profiles
    ("/gateway-profiles", {}, ["title", "integration"]),
    ("/gateway-profiles", PROFILE | {"integration": "paddle"}, ["integration"]),
    ("/gateway-profiles", PROFILE | {"environment": "staging"}, ["environment"]),
    (
        "/gateway-profiles",
        PROFILE | {"credentials": {"publicKey": "pk_live_1", "secretKey": "sk_test_1"}},
        ["credentials.publicKey"],
    ),
    (
        "/gateway-profiles",
        PROFILE | {"environment": "live", "credentials": {"publicKey": "pk_test_1", "apiKey": "x"}},
        ["credentials.publicKey", "credentials.secretKey", "credentials.apiKey"],
    ),
    # The catalogue
    ("/products", {}, ["name"]),
    ("/products", {"name": "", "description": 1, "isActive": None}, ["name", "description", "isActive"]),
    ("/products", {"name": "One", "statementDescriptor": "x" * 23, "price": 1}, ["statementDescriptor", "price"]),
    ("/products", {"name": "One", "metadata": PAIRS}, ["metadata"]),
    ("/products/{product}", {"name": None, "statementDescriptor": ""}, ["name", "statementDescriptor"]),
    ("/products/{product}", {"metadata": PAIRS}, ["metadata"]),
    ("/prices", {}, ["product", "type", "currency"]),
    ("/prices", price(product="prod_x"), ["product"]),
    ("/prices", price(product="{price}"), ["product"]),
    ("/prices", price(type="often"), ["type"]),
    ("/prices", price(currency="dollar", amount=-1), ["currency", "amount"]),
    ("/prices", price(amount=None), ["amount"]),
    ("/prices", price(billingSchedule=MONTHLY), ["billingSchedule"]),
    ("/prices", price(type="recurring"), ["billingSchedule"]),
    ("/prices", price(metadata=PAIRS), ["metadata"]),
    ("/prices", recurring(), [CYCLES]),
    ("/prices", recurring(cycle(intervalUnit="second")), [f"{CYCLES}[0].intervalUnit"]),
    ("/prices", recurring(cycle(amount=-1), cycle(2)), [f"{CYCLES}[0].amount"]),
    ("/prices", recurring(cycle(3), cycle(), cycle(3)), [f"{CYCLES}[0].position", f"{CYCLES}[2].position"]),
    ("/prices", recurring(cycle(0, intervalValue=0)), [f"{CYCLES}[0].position", f"{CYCLES}[0].intervalValue"]),
    ("/prices", recurring(cycle(intervalValue=121)), [f"{CYCLES}[0].intervalValue"]),
    ("/prices/{price}", {"amount": 1, "currency": "usd", "product": "{product}"}, ["amount", "currency", "product"]),
    ("/prices/{price}", {"type": None, "billingSchedule": None}, ["type", "billingSchedule"]),
    ("/prices/{price}", {"isActive": None, "metadata": PAIRS}, ["isActive"]),
    # Cascades
    ("/cascades", {}, ["title", "algorithm", "rules"]),
    ("/cascades", queue(), ["rules"]),
    ("/cascades", queue(*(rule(place, **LIMIT) for place in range(1, 11)), rule(10)), ["rules"]),
    ("/cascades", queue(rule(1), rule(2)), ["rules"]),
    ("/cascades", queue(rule(1, **LIMIT)), ["rules"]),
    ("/cascades", queue(rule(0), rule(11, **LIMIT)), ["rules[0].position", "rules[1].position"]),
    ("/cascades", queue(rule(3), rule(3, **LIMIT)), ["rules[0].position", "rules[1].position"]),
    ("/cascades", queue(rule(1, transactionLimit=1), rule(2)), ["rules[0]"]),
    ("/cascades", queue(rule(1, capPeriod="day")), ["rules[0]"]),
    ("/cascades", queue(rule(1, limitPeriod="year", transactionLimit=1), rule(2)), ["rules[0].limitPeriod"]),
    ("/cascades", queue(rule(gatewayProfile="gwp_x")), ["rules[0].gatewayProfile"]),
    ("/cascades", queue(rule()) | {"algorithm": "roulette"}, ["algorithm"]),
    ("/cascades", queue(rule()) | {"algorithm": "weighted_round_robin"}, ["rules[0].weight"]),
    ("/cascades", queue(rule(weight=101)) | {"algorithm": "weighted_round_robin"}, ["rules[0].weight"]),
    ("/cascades", queue(rule(weight=0)) | {"algorithm": "weighted_round_robin"}, ["rules"]),
    (
        "/cascades",
        queue(rule(1, **LIMIT), rule(1)) | {"algorithm": "round_robin"},
        [
            "rules[0].position",
            "rules[0].transactionLimit",
            "rules[0].limitPeriod",
            "rules[1].position",
        ],
    ),
    ("/cascades/{queue}", {"title": None, "algorithm": "roulette"}, ["title", "algorithm"]),
    ("/cascades/{queue}", {"rules": []}, ["rules"]),
    ("/cascades/{queue}", {"metadata": PAIRS}, ["metadata"]),
    ("/cascades/{queue}", {"rules": [rule(1), rule(2)]}, ["rules"]),
    ("/cascades/{queue}", {"rules": [rule(gatewayProfile="{wallet}")]}, ["rules[0].gatewayProfile"]),
    ("/gateway-profiles/{first}", {"title": "", "integration": "adyen"}, ["title"]),
    ("/gateway-profiles/{first}", {"integration": "stripe"}, ["integration"]),
    ("/gateway-profiles/{first}", {"metadata": PAIRS}, ["metadata"]),
    (
        "/gateway-profiles/{first}",
        {"environment": "live", "credentials": {"publicKey": "pk_test_1"}},
        ["credentials.publicKey", "credentials.secretKey"],
    ),
    (
        "/gateway-profiles/{first}",
        {"credentials": {"publicKey": "pk_live_1", "secretKey": "sk_test_1"}},
        ["credentials.publicKey"],
    ),
    # Merchant configuration
    ("/merchant-configs/{config}", {"timezone": "Mars/Phobos"}, ["timezone"]),
    ("/merchant-configs/{config}", {"timezone": "../UTC"}, ["timezone"]),
    ("/merchant-configs/{config}", {"timezone": "Europe/Paris\x00"}, ["timezone"]),
    ("/merchant-configs/{config}", {"displayCurrency": "dollars", "timezone": None}, ["displayCurrency", "timezone"]),
    (
        "/merchant-configs/{config}",
        {"timezone": "Nowhere", OPTIONS: {"card": {"mode": "cascade", "cascade": "cas_x"}}},
        ["timezone", f"{OPTIONS}.card.cascade"],
    ),
    (
        "/merchant-configs/{config}",
        {OPTIONS: {"card": {"mode": "cascade", "cascade": "{wallets}"}}},
        [f"{OPTIONS}.card"],
    ),
    ("/merchant-configs/{config}", {"captureMethod": "never"}, ["captureMethod"]),
    ("/merchant-configs/{config}", {"defaultRetryPolicy": None}, ["defaultRetryPolicy"]),
    ("/merchant-configs/{config}", {"defaultRetryPolicy": "rp_x", "timezone": "x"}, ["defaultRetryPolicy", "timezone"]),
    ("/merchant-configs/{config}", {"captureMethod": None, "captureDelay": 6}, ["captureMethod", "captureDelay"]),
    ("/merchant-configs/{config}", {"captureMethod": "automaticDelayed"}, ["captureDelay"]),
    ("/merchant-configs/{config}", {"recurringCaptureMethod": "automaticDelayed"}, ["captureDelay"]),
    ("/merchant-configs/{config}", {OPTIONS: {"card": DELAYED}}, ["captureDelay"]),
    # Secret keys
    ("/secret-keys", {}, ["permissions"]),
    ("/secret-keys", {"permissions": []}, ["permissions"]),
    ("/secret-keys", {"permissions": ["PAYMENT_REED", "PAYMENT_READ"]}, ["permissions[0]"]),
    ("/secret-keys", {"permissions": ["PAYMENT_READ"], "value": "skey_mine"}, ["value"]),
]


@pytest.fixture(scope="module")
def account(mock):
    """A sandbox in which only refused requests are sent."""
    return mock.open(seed=7)


@pytest.fixture(scope="module")
def names(account):
    """The ids by name: those of the scenario, an open payment, the configuration, a key, a blacklist entry."""
    ids = account.ids
    payment = account.create()
    key = account.post("/secret-keys", {"permissions": ["PAYMENT_METHOD_READ"]})
    config = account.get("/merchant-configs")["data"][0]
    listed = account.post("/blacklist", {"email": "listed@example.com"})
    sold = account.post("/products", {"name": "Mug"})["id"]
    prices = {
        name: account.post("/prices", filled(body, {"product": sold}))["id"]
        for name, body in {"price": price(), "monthly": recurring(cycle())}.items()
    }
    own = {"payment": payment["id"], "config": config["id"], "key": key["id"], "weak": key["value"], "product": sold}
    plan = account.plan()
    subscription, other = account.subscribe(plan), account.subscribe(account.plan())
    foreign = account.post(f"/subscriptions/{other['id']}/preview", {"price": plan})["id"]
    preview = account.post(f"/subscriptions/{subscription['id']}/preview", {"price": prices["monthly"]})["id"]
    own |= {"plan": plan, "subscription": subscription["id"], "invoice": subscription["latestInvoice"]}
    own |= {"preview": preview, "foreign": foreign}
    own["policy"] = account.post("/retry-policies", retrying(step()))["id"]
    for name in ("bob", "alice"):
        own["user"] = account.post("/users", ALICE | {"email": f"{name}@example.com"})["id"]
    return ids | own | prices | {"listed": listed["id"], "pk": account.post("/publishable-keys")["id"]}


@pytest.mark.parametrize(("target", "body", "fields"), INVALID)
def test_what_is_wrong_in_itself_changes_nothing(account, names, target, body, fields):
    """A 400 that names every field at fault, and the digest as before."""
    target = target.format(**names)
    before = account.digest
    check_refused(account("POST", target, filled(body, names)), bad(*fields))
    assert before == account.digest


def test_without_a_method_there_is_no_payment(mock):
    """No method is named and the merchant has no default: 400, and no payment."""
    account = mock.open(scenario=None)
    before = account.digest
    check_refused(account("POST", "/payments", PAYMENT), STATE)
    assert before == account.digest


def test_a_customers_payment_needs_a_return_url(account, names):
    """Neither the payment nor the request has one: 400, and nobody is asked."""
    payment = account.create(returnUrl=None)["id"]
    before = account.digest
    check_refused(account("POST", f"/payments/{payment}/authorize", card()), bad("returnUrl"))
    assert before == account.digest


# --- Who may, and how it is asked ------------------------------------------------------------------------------------

# Every way to change something: method, path, a body that would do it, the permission it takes.
WRITES = [
    ("POST", "/payments", PAYMENT, "PAYMENT_CREATE"),
    ("POST", UPDATE, {"metadata": {"a": "b"}}, "PAYMENT_UPDATE"),
    ("POST", AUTHORIZE, card(), "PAYMENT_AUTHORIZE"),
    ("POST", REVERSE, {}, "PAYMENT_REVERSE"),
    ("POST", CAPTURE, {}, "PAYMENT_CAPTURE"),
    ("POST", CANCEL, {}, "PAYMENT_CANCEL"),
    ("POST", CHARGEBACK, {}, "PAYMENT_CHARGEBACK"),
    ("POST", "/customers", {"email": "a@b.example"}, "CUSTOMER_UPDATE"),
    ("POST", "/customers/{jane}", {"name": "Other"}, "CUSTOMER_UPDATE"),
    ("POST", "/customers/{jane}/restrictions", {"restrictCit": True}, "CUSTOMER_UPDATE"),
    ("DELETE", "/customers/{jane}", None, "CUSTOMER_DELETE"),
    ("POST", "/payment-methods/{janes}", {"metadata": {"a": "b"}}, "PAYMENT_METHOD_UPDATE"),
    ("DELETE", "/payment-methods/{janes}", None, "PAYMENT_METHOD_DELETE"),
    ("POST", "/blacklist", {"email": "jane@example.com"}, "BLACKLIST_CREATE"),
    ("DELETE", "/blacklist/{listed}", None, "BLACKLIST_DELETE"),
    ("POST", "/products", {"name": "One"}, "PRODUCT_CREATE"),
    ("POST", "/products/{product}", {"name": "Other"}, "PRODUCT_UPDATE"),
    ("DELETE", "/products/{product}", None, "PRODUCT_DELETE"),
    ("POST", "/prices", price(), "PRICE_CREATE"),
    ("POST", "/prices/{price}", {"name": "Other"}, "PRICE_UPDATE"),
    ("DELETE", "/prices/{price}", None, "PRICE_DELETE"),
    ("POST", "/gateway-profiles", PROFILE, "GATEWAY_PROFILE_CREATE"),
    ("POST", "/gateway-profiles/{first}", {"title": "Other"}, "GATEWAY_PROFILE_UPDATE"),
    ("DELETE", "/gateway-profiles/{first}", None, "GATEWAY_PROFILE_DELETE"),
    ("POST", "/cascades", queue(rule()), "CASCADE_CREATE"),
    ("POST", "/cascades/{queue}", {"title": "Other"}, "CASCADE_UPDATE"),
    ("DELETE", "/cascades/{queue}", None, "CASCADE_DELETE"),
    ("POST", "/subscriptions/{subscription}", {"metadata": {"a": "b"}}, "SUBSCRIPTION_UPDATE"),
    ("POST", "/subscriptions/{subscription}/cancel", {}, "SUBSCRIPTION_UPDATE"),
    ("POST", "/subscriptions/{subscription}/resume", {}, "SUBSCRIPTION_UPDATE"),
    ("POST", "/subscriptions/{subscription}/preview", {"price": "{monthly}"}, "SUBSCRIPTION_UPDATE"),
    ("POST", "/subscriptions/{subscription}/apply-preview", {"preview": "{preview}"}, "SUBSCRIPTION_UPDATE"),
    ("POST", "/invoices/{invoice}", {"metadata": {"a": "b"}}, "INVOICE_UPDATE"),
    ("POST", "/invoices/{invoice}/pay", {}, "INVOICE_UPDATE"),
    ("POST", "/invoices/{invoice}/void", {}, "INVOICE_UPDATE"),
    ("POST", "/retry-policies", retrying(step()), "RETRY_POLICY_CREATE"),
    ("POST", "/retry-policies/{policy}", {"title": "Other"}, "RETRY_POLICY_UPDATE"),
    ("DELETE", "/retry-policies/{policy}", None, "RETRY_POLICY_DELETE"),
    ("POST", "/merchant-configs/{config}", {"timezone": "Europe/Paris"}, "MERCHANT_CONFIG_UPDATE"),
    ("POST", "/secret-keys", {"permissions": ["PAYMENT_READ"]}, "SECRET_KEY_CREATE"),
    ("POST", "/secret-keys/{key}", {"note": "other"}, "SECRET_KEY_UPDATE"),
    ("POST", "/secret-keys/{key}/rotate", {}, "SECRET_KEY_UPDATE"),
    ("DELETE", "/secret-keys/{key}", None, "SECRET_KEY_DELETE"),
    ("POST", "/publishable-keys", {"note": "shop"}, "PUBLISHABLE_KEY_CREATE"),
    ("POST", "/publishable-keys/{pk}", {"note": "other"}, "PUBLISHABLE_KEY_UPDATE"),
    ("DELETE", "/publishable-keys/{pk}", None, "PUBLISHABLE_KEY_DELETE"),
    ("POST", "/users", ALICE, "USER_CREATE"),
    ("POST", "/users/{user}", {"role": "admin"}, "USER_UPDATE"),
    ("DELETE", "/users/{user}", None, "USER_DELETE"),
]
POSTS = [write for write in WRITES if write[0] == "POST"]
MAY_AUTHORIZE = {"checkoutKey": {AUTHORIZE}}


@pytest.mark.parametrize("key", [None, "", "skey_unknown", "pk_unknown", "skey_{name}_0000", "ckey_{name}_0000"])
@pytest.mark.parametrize(("method", "target", "body", "permission"), WRITES)
def test_without_a_good_key_nothing_changes(mock, account, names, method, target, body, permission, key):
    """No key, an empty one, one that nobody has: 401, in this sandbox and in the default one."""
    key = key and key.format(name=account.name)
    default = mock.client("GET", "/_mock/digest").json
    before = account.digest
    answer = mock.client(method, target.format(**names), filled(body, names), key=key)
    check_refused(answer, (401, None))
    assert before == account.digest
    assert default == mock.client("GET", "/_mock/digest").json


@pytest.mark.parametrize(("method", "target", "body", "permission"), WRITES)
def test_without_the_permission_nothing_changes(mock, account, names, method, target, body, permission):
    """A key made for reading payment methods may do nothing else: 403, which names the permission."""
    before = account.digest
    answer = mock.client(method, target.format(**names), filled(body, names), key=names["weak"])
    check_refused(answer, (403, None))
    assert permission in answer.json["message"]
    assert before == account.digest


@pytest.mark.parametrize("kind", ["publishableKey", "checkoutKey"])
@pytest.mark.parametrize(("method", "target", "body", "permission"), WRITES)
def test_a_browsers_key_changes_nothing(mock, account, names, method, target, body, permission, kind):
    """A publishable key only reads; a checkout key authorizes its one payment and nothing else: 403."""
    payment = account.get(f"/payments/{names['payment']}")
    key = account.publishable_key if kind == "publishableKey" else payment["checkoutKey"]
    if target in MAY_AUTHORIZE.get(kind, ()):
        target = target.format(payment=account.create()["id"])
    before = account.digest
    answer = mock.client(method, target.format(**names), filled(body, names), key=key)
    check_refused(answer, (403, None))
    assert before == account.digest


@pytest.mark.parametrize(("method", "target", "body", "permission"), POSTS)
def test_a_body_that_cannot_be_read_changes_nothing(account, names, method, target, body, permission):
    """Not JSON: 415. Too large: 413. Broken, or no object: 400, told in one problem."""
    target = target.format(**names)
    before = account.digest
    assert 415 == account("POST", target, b"a=b", **{"content-type": "application/x-www-form-urlencoded"}).status
    assert 415 == account("POST", target, b"{}", **{"content-type": "text/plain"}).status
    assert 413 == account("POST", target, b" " * 1024 * 1024 + b"{}").status
    for raw in (b"{", b"\xff", b"[]", b"null", b'"x"', b'{"a": 1} x', b"[" * 100_000):
        answer = account("POST", target, raw)
        assert (400, 1) == (answer.status, len(answer.json["message"]))
    assert before == account.digest


@pytest.mark.parametrize(("method", "target", "body", "permission"), POSTS)
def test_an_unknown_field_changes_nothing(account, names, method, target, body, permission):
    """One field too many and the whole request is refused, with the word that was perhaps meant."""
    before = account.digest
    answer = account("POST", target.format(**names), filled(body, names) | {"metadatta": {"a": "b"}})
    assert 400 == answer.status
    assert "metadatta" == answer.json["message"][0].split()[0]
    if target.count("/") < 3:  # the bodies of actions have no metadata
        assert answer.json["message"][0].endswith("; did you mean 'metadata'?")
    assert before == account.digest


@pytest.mark.parametrize(("method", "target", "body", "permission"), [write for write in WRITES if "{" in write[1]])
def test_an_unknown_id_changes_nothing(account, names, method, target, body, permission):
    """404 for an id that nothing has, and for one of another kind of record."""
    before = account.digest
    another_kind = names["joe" if target.startswith("/payment-methods") else "joes"]
    for wrong in ("x_1", another_kind, "%00", "x" * 10_000):
        path = target.format(**dict.fromkeys(names, wrong))
        check_refused(account(method, path, filled(body, names)), (404, None))
    assert before == account.digest


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("target", sorted({write[1] for write in WRITES}))
def test_another_method_changes_nothing(account, names, target, method):
    """Updates are POSTs: PUT and PATCH are 405, and so is a DELETE where nothing is deleted."""
    if (method, target) in [write[:2] for write in WRITES]:
        target = target.partition("/{")[0]
    before = account.digest
    answer = account(method, target.format(**names), {})
    check_refused(answer, (405, None))
    assert (target in [write[1] for write in POSTS]) == ("POST" in answer.headers["allow"])
    assert before == account.digest


def test_reading_changes_nothing(account, names):
    """Every list and every find-one, also with parameters that make no sense."""
    before = account.digest
    for path in ("payments", "customers", "transactions", "subscriptions", "invoices", "secret-keys"):
        account.get(f"/{path}")
        account.get(f"/{path}?page=-1&pageSize=1000000")
        assert 400 == account("GET", f"/{path}?nonsense=1").status
        assert 404 == account("GET", f"/{path}/x").status
    assert before == account.digest


# --- The control API -------------------------------------------------------------------------------------------------

CONTROL = [
    ("POST", "/_mock/clock/advance", {}, 400),
    ("POST", "/_mock/clock/advance", {"by": "1 day", "to": "2027-01-01T00:00:00Z"}, 400),
    ("POST", "/_mock/clock/advance", {"by": "soon"}, 400),
    ("POST", "/_mock/clock/advance", {"by": "-1 day"}, 400),
    ("POST", "/_mock/clock/advance", {"by": "9999 years"}, 400),
    ("POST", "/_mock/clock/advance", {"to": "0001-01-01T00:00:00+14:00"}, 400),
    ("POST", "/_mock/clock/advance", {"to": "2025-12-31T23:59:59.999Z"}, 409),
    ("POST", "/_mock/clock/advance", {"by": "1 day", "maxSteps": 0}, 400),
    ("POST", "/_mock/clock/advance", {"until": "renewel"}, 400),
    ("POST", "/_mock/clock/advance", {"until": "renewal:sub_nobody"}, 404),
    ("POST", "/_mock/clock/freeze", {"at": "soon"}, 400),
    ("POST", "/_mock/clock/freeze", {"at": "2025-12-31T23:59:59.999Z"}, 409),
    ("POST", "/_mock/clock/tick", {"rate": 0}, 400),
    ("PUT", "/_mock/scenario", {"version": 1, "name": "x", "rules": [{"then": "dance"}]}, 400),
    ("PUT", "/_mock/scenario", {"version": 1, "name": "x", "world": {"customers": {"a": {"email": "b"}}}}, 400),
    ("PUT", "/_mock/scenario?keepWorld=true", {"version": 2, "name": "x"}, 400),
    ("PUT", "/_mock/scenario?keepWorld=perhaps", {"version": 1, "name": "x"}, 400),
    ("PUT", "/_mock/scenario", {"name": "no_such_scenario"}, 400),
    ("PUT", "/_mock/scenario", {"name": "../starter"}, 400),
    ("POST", "/_mock/rules", {"then": "dance"}, 400),
    ("POST", "/_mock/rules", {"when": {"gateway": "nobody"}, "then": "approve"}, 400),
    ("DELETE", "/_mock/rules/rule_x", None, 404),
    ("POST", "/_mock/snapshots", {"name": "Not A Name"}, 400),
    ("POST", "/_mock/snapshots/none/restore", {}, 404),
    ("DELETE", "/_mock/snapshots/none", None, 404),
    ("POST", "/_mock/challenges/pay_x/complete", {"result": "passed"}, 404),
    ("POST", "/_mock/sandboxes/none/reset", {}, 404),
    ("DELETE", "/_mock/sandboxes/none", None, 404),
    ("DELETE", "/_mock/sandboxes/mock", None, 400),
    ("POST", "/_mock/sessions", {"email": "alice@example.com", "password": "Wr0ng#Pass"}, 401),
    ("POST", "/_mock/sessions", {"email": "nobody@example.com", "password": "Str0ng#Pass"}, 401),
    ("POST", "/_mock/sessions", {"email": "alice@example.com"}, 400),
    ("GET", "/_mock/journal/none", None, 404),
    ("GET", "/_mock/timeline?format=video", None, 400),
]


@pytest.mark.parametrize(("method", "target", "body", "status"), CONTROL)
def test_what_the_control_api_refuses_changes_nothing(account, names, method, target, body, status):
    """A test's own mistake leaves the world, the rules and the snapshots as they were."""
    own = ("/_mock/rules", "/_mock/snapshots", "/_mock/scenario", "/_mock/clock", "/_mock/sandboxes")
    before = account.digest, [account.get(path) for path in own]
    answer = account(method, target, body)
    assert status == answer.status, answer
    assert before == (account.digest, [account.get(path) for path in own])


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"origin": "https://evil.example"}, {"origin": "null"}])
@pytest.mark.parametrize("target", ["/_mock/clock/advance", "/_mock/sandboxes", "/_mock/rules", "/_mock/snapshots"])
def test_a_foreign_page_changes_nothing(account, target, headers):
    """A rebound host and a page from elsewhere are refused by 403."""
    before = account.digest, account.get("/_mock/sandboxes")
    answer = account("POST", target, {"by": "1 day", "name": "evil", "then": "approve"}, **headers)
    assert 403 == answer.status
    assert before == (account.digest, account.get("/_mock/sandboxes"))


@pytest.mark.parametrize("kind", ["publishableKey", "checkoutKey", "unknown"])
def test_only_secret_keys_drive_the_mock(mock, account, names, kind):
    """Browser keys are refused by 403, unknown ones by 401."""
    keys = {
        "publishableKey": account.publishable_key,
        "checkoutKey": account.get(f"/payments/{names['payment']}")["checkoutKey"],
        "unknown": "skey_unknown",
    }
    before = account.digest
    answer = mock.client("POST", "/_mock/clock/advance", {"by": "1 day"}, key=keys[kind])
    assert (401 if kind == "unknown" else 403) == answer.status
    assert before == account.digest


# --- What the gateway refuses is no refusal --------------------------------------------------------------------------


def test_a_declined_request_is_done(mock):
    """A decline and a refused refund answer 201 and the payment with a failed transaction: something has happened."""
    account = mock.open()
    paid = account.pay()
    account.post("/_mock/rules", {"when": {"operation": "refund"}, "then": "generic_processor_error"})
    before = account.digest
    payment = account.reverse(paid, amount=1)
    assert ["success", "failure"] == [one["outcome"]["status"] for one in payment["transactions"]]
    assert 0 == payment["amountReversed"]
    declined = account.pay(DECLINED)
    assert ("open", "failed") == (declined["status"], declined["displayStatus"])
    assert before != account.digest
