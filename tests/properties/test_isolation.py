"""Two sandboxes never meet: whatever is done in one, the other is as it was, over every route there is."""

import pytest

VISA, CHALLENGED = "4242424242424242", "4000000000003220"
FICKLE = "4000000000000341"  # approved for its customer, then declined for the merchant
HOOK = {"url": "http://127.0.0.1:9/hooks", "events": ["product.created"]}
RULE = {"when": {"amount": 1}, "then": "insufficient_funds"}
ALICE = {"email": "alice@example.com", "password": "Str0ng#Pass", "role": "developer"}


def page(payment):
    """The path of a payment's challenge page."""
    return payment["action"]["redirectUrl"].removeprefix("http://mock.local")


class Acts:
    """One act for each route, in sandbox `a`. Each is prepared before the other sandbox is looked at."""

    def __init__(self, a, typed):
        self.a, self.typed, self.ids = a, typed, a.ids
        plan, self.other_plan = a.plan(), a.plan()
        owing = a.subscribe(plan, FICKLE)["id"]
        a.advance("1 month")
        owed = a.get(f"/subscriptions/{owing}")["latestInvoice"]
        ending, billed = a.subscribe(plan)["id"], a.subscribe(plan)["id"]
        self.billed = billed
        a.post(f"/subscriptions/{ending}/cancel")
        self.preview = a.post(f"/subscriptions/{billed}/preview", {"price": self.other_plan})["id"]
        self.open, self.paid, self.waiting = a.create(), a.pay(), a.pay(CHALLENGED)
        self.key = a.post("/secret-keys", {"permissions": ["PAYMENT_READ"]})
        self.publishable_key = a.post("/publishable-keys")
        self.held = a.pay(paymentMethodOptions={"captureMethod": "manual"})
        self.config = a.get("/merchant-configs")["data"][0]
        self.customer = a.post("/customers", {"email": "own@example.com"})
        self.product = a.post("/products", {"name": "Sold"})["id"]
        self.user = a.post("/users", ALICE)["id"]
        self.rule = a.post("/_mock/rules", RULE)
        a.post("/_mock/snapshots", {"name": "mine"})
        self.subscriber = a.post("/webhook-subscribers", HOOK)["id"]
        a.post("/_mock/deliveries/hold", {"held": True})
        a.post("/products", {"name": "Told of"})
        self.delivery = a.get("/_mock/deliveries/held")[0]["id"]
        self.names = {
            "/payments/{id}": self.open["id"],
            "/payments/{id}/authorize": self.open["id"],
            "/payments/{id}/reverse": self.paid["id"],
            "/payments/{id}/capture": self.held["id"],
            "/payments/{id}/cancel": self.open["id"],
            "/payments/{id}/record-chargeback": self.paid["id"],
            "/transactions/{id}": self.paid["transactions"][0]["id"],
            "/customers/{id}": self.customer["id"],
            "/customers/{id}/restrictions": self.customer["id"],
            "/products/{id}": a.post("/products", {"name": "Own"})["id"],
            "/prices/{id}": a.post("/prices", self.body("POST", "/prices"))["id"],
            "/blacklist/{id}": a.post("/blacklist", {"email": "own@example.com"})["id"],
            "/payment-methods/{id}": a.pay("5555555555554444")["paymentMethod"],
            "/gateway-profiles/{id}": a.post("/gateway-profiles", {"title": "Own", "integration": "stripe"})["id"],
            "/cascades/{id}": a.post("/cascades", self.body("POST", "/cascades"))["id"],
            "/subscriptions/{id}": billed,
            "/subscriptions/{id}/cancel": billed,
            "/subscriptions/{id}/resume": ending,
            "/subscriptions/{id}/preview": billed,
            "/subscriptions/{id}/apply-preview": billed,
            "/invoices/{id}": owed,
            "/invoices/{id}/pay": owed,
            "/invoices/{id}/void": owed,
            "/retry-policies/{id}": a.post("/retry-policies", self.body("POST", "/retry-policies"))["id"],
            "/webhook-subscribers/{id}": self.subscriber,
            "/merchant-configs/{id}": self.config["id"],
            "/secret-keys/{id}": self.key["id"],
            "/secret-keys/{id}/rotate": self.key["id"],
            "/publishable-keys/{id}": self.publishable_key["id"],
            "/users/{id}": self.user,
            "/request-logs/{id}": a.get("/request-logs")["data"][0]["id"],
            "/_mock/sandboxes/{name}": a.name,
            "/_mock/sandboxes/{name}/reset": a.name,
            "/_mock/snapshots/{name}": "mine",
            "/_mock/snapshots/{name}/restore": "mine",
            "/_mock/rules/{id}": self.rule["id"],
            "/_mock/deliveries/{id}/answer": self.delivery,
            "/_mock/deliveries/{id}/redeliver": self.delivery,
            "/_mock/challenges/{payment}/complete": self.waiting["id"],
            "/challenge/{sandbox}/{token}": page(self.waiting),
            "/sdk/{file}": "checkout.js",
            "/dashboard/_/{file:path}": "main.js",
            "/dashboard/{page:path}": f"{a.name}/payments",
            "/_mock/scenarios/{name}": "starter",
            "/shop/{sandbox}/checkout/{payment}": self.open["id"],
        }

    def body(self, method, path):
        """What is sent there."""
        if (method, path) == ("PUT", "/_mock/scenario"):
            return {"name": "starter"}
        if method != "POST":
            return None
        profile = {"gatewayProfile": self.ids["first"], "position": 1}
        return {
            "/payments": {"amount": 1, "currency": "usd"},
            "/payments/{id}": {"metadata": {"a": "b"}},
            "/payments/{id}/authorize": self.typed(VISA),
            "/payments/{id}/reverse": {"amount": 1},
            "/payments/{id}/capture": {"amount": 1},
            "/payments/{id}/cancel": {},
            "/payments/{id}/record-chargeback": {"blacklistCustomer": True},
            "/customers": {"email": "new@example.com"},
            "/customers/{id}": {"name": "Other"},
            "/customers/{id}/restrictions": {"restrictCit": True},
            "/payment-methods/{id}": {"isDefault": True},
            "/blacklist": {"email": "jane@example.com"},
            "/products": {"name": "New"},
            "/products/{id}": {"name": "Other"},
            "/prices": {"product": self.product, "type": "one_time", "currency": "usd", "amount": 1},
            "/prices/{id}": {"name": "Other"},
            "/gateway-profiles": {"title": "New", "integration": "stripe"},
            "/gateway-profiles/{id}": {"title": "Other"},
            "/cascades": {"title": "New", "algorithm": "priority_queue", "rules": [profile]},
            "/cascades/{id}": {"title": "Other"},
            "/subscriptions/{id}": {"metadata": {"a": "b"}},
            "/subscriptions/{id}/cancel": {"cancelImmediately": True},
            "/subscriptions/{id}/resume": {},
            "/subscriptions/{id}/preview": {"price": self.other_plan},
            "/subscriptions/{id}/apply-preview": {"preview": self.preview},
            "/invoices/{id}": {"metadata": {"a": "b"}},
            "/invoices/{id}/pay": {},
            "/invoices/{id}/void": {},
            "/retry-policies": {"title": "New", "steps": [{"position": 1, "retryDelay": 1}]},
            "/retry-policies/{id}": {"title": "Other"},
            "/webhook-subscribers": HOOK,
            "/webhook-subscribers/{id}": {"events": ["*"]},
            "/merchant-configs/{id}": {"timezone": "Europe/Paris", "displayCurrency": "eur"},
            "/secret-keys": {"permissions": ["PAYMENT_READ"]},
            "/secret-keys/{id}": {"note": "other"},
            "/secret-keys/{id}/rotate": {},
            "/publishable-keys": {"note": "new"},
            "/publishable-keys/{id}": {"note": "other"},
            "/users": ALICE | {"email": "bob@example.com"},
            "/users/{id}": {"role": "admin"},
            "/_mock/sessions": {name: ALICE[name] for name in ("email", "password")},
            "/_mock/scenario/check": {"name": "starter"},
            "/_mock/sandboxes": {"scenario": "starter"},
            "/_mock/sandboxes/{name}/reset": {"scenario": None},
            "/_mock/snapshots": {"name": "theirs"},
            "/_mock/snapshots/{name}/restore": {},
            "/_mock/clock/advance": {"by": "3 days"},
            "/_mock/clock/freeze": {"at": "2027-01-01T00:00:00Z"},
            "/_mock/clock/tick": {"rate": 1e-6},  # too slow for other tests of the process to see it move
            "/_mock/rules": RULE,
            "/_mock/events": {"type": "payment.updated", "subject": self.waiting["id"]},
            "/_mock/deliveries/settle": {},
            "/_mock/deliveries/hold": {"held": True},
            "/_mock/deliveries/{id}/answer": {"status": 204},
            "/_mock/deliveries/{id}/redeliver": {},
            "/_mock/challenges/{payment}/complete": {"result": "passed"},
            "/challenge/{sandbox}/{token}": b"result=passed",
            "/shop/{sandbox}": f"price={self.other_plan}".encode(),
            "/shop/{sandbox}/account": f"do=cancel&subscription={self.billed}".encode(),
            "/shop/{sandbox}/panel": b"by=1+day",
        }[path]

    def target(self, path):
        name = self.names.get(path)
        if name is None and not path.startswith("/shop/"):
            return path
        if path.startswith("/challenge"):
            return name
        if path.startswith("/shop/"):
            asked = f"?payment={self.open['id']}" if path.endswith("/result") else ""
            return path.format(sandbox=self.a.name, payment=name) + asked
        head, _, rest = path.partition("{")
        return head + name + rest.partition("}")[2]


ROUTES = [
    *("GET /payments", "POST /payments", "GET /payments/{id}", "POST /payments/{id}"),
    *("POST /payments/{id}/authorize", "POST /payments/{id}/capture", "POST /payments/{id}/reverse"),
    *("POST /payments/{id}/cancel", "POST /payments/{id}/record-chargeback"),
    *("GET /transactions", "GET /transactions/{id}"),
    *("GET /customers", "POST /customers", "GET /customers/{id}", "POST /customers/{id}"),
    *("POST /customers/{id}/restrictions", "DELETE /customers/{id}"),
    *("GET /payment-methods", "GET /payment-methods/{id}"),
    *("POST /payment-methods/{id}", "DELETE /payment-methods/{id}"),
    *("GET /blacklist", "POST /blacklist", "GET /blacklist/{id}", "DELETE /blacklist/{id}"),
    *("GET /products", "POST /products", "GET /products/{id}", "POST /products/{id}", "DELETE /products/{id}"),
    *("GET /prices", "POST /prices", "GET /prices/{id}", "POST /prices/{id}", "DELETE /prices/{id}"),
    *("GET /gateway-profiles", "POST /gateway-profiles", "GET /gateway-profiles/{id}"),
    *("POST /gateway-profiles/{id}", "DELETE /gateway-profiles/{id}"),
    *("GET /cascades", "POST /cascades", "GET /cascades/{id}", "POST /cascades/{id}", "DELETE /cascades/{id}"),
    *("GET /subscriptions", "GET /subscriptions/{id}", "POST /subscriptions/{id}", "POST /subscriptions/{id}/cancel"),
    *("POST /subscriptions/{id}/resume", "POST /subscriptions/{id}/preview", "POST /subscriptions/{id}/apply-preview"),
    *("GET /invoices", "GET /invoices/{id}", "POST /invoices/{id}", "POST /invoices/{id}/pay"),
    "POST /invoices/{id}/void",
    *("GET /retry-policies", "POST /retry-policies", "GET /retry-policies/default", "GET /retry-policies/{id}"),
    *("POST /retry-policies/{id}", "DELETE /retry-policies/{id}"),
    *("GET /webhook-subscribers", "POST /webhook-subscribers", "GET /webhook-subscribers/{id}"),
    *("POST /webhook-subscribers/{id}", "DELETE /webhook-subscribers/{id}"),
    *("GET /merchant-configs", "GET /merchant-configs/{id}", "POST /merchant-configs/{id}"),
    *("GET /secret-keys", "POST /secret-keys", "GET /secret-keys/{id}", "POST /secret-keys/{id}"),
    *("DELETE /secret-keys/{id}", "POST /secret-keys/{id}/rotate"),
    *("GET /publishable-keys", "POST /publishable-keys", "GET /publishable-keys/{id}"),
    *("POST /publishable-keys/{id}", "DELETE /publishable-keys/{id}"),
    *("GET /users", "POST /users", "GET /users/{id}", "POST /users/{id}", "DELETE /users/{id}", "POST /_mock/sessions"),
    *(f"GET /_mock/analytics/{name}" for name in ("revenue", "products", "rebills")),
    *("GET /_mock/scenarios", "GET /request-logs", "GET /request-logs/{id}"),
    *("GET /openapi.json", "GET /_mock/openapi.json", "GET /_mock/coverage"),
    *("GET /_mock/health", "GET /_mock/digest", "GET /_mock/clock", "POST /_mock/clock/advance"),
    *("POST /_mock/clock/freeze", "POST /_mock/clock/tick"),
    *("GET /_mock/sandboxes", "POST /_mock/sandboxes"),
    *("POST /_mock/sandboxes/{name}/reset", "DELETE /_mock/sandboxes/{name}"),
    *("GET /_mock/snapshots", "POST /_mock/snapshots"),
    *("POST /_mock/snapshots/{name}/restore", "DELETE /_mock/snapshots/{name}"),
    *("GET /_mock/scenarios/{name}", "POST /_mock/scenario/check"),
    *("GET /_mock/scenario", "PUT /_mock/scenario", "DELETE /_mock/scenario"),
    *("GET /_mock/rules", "POST /_mock/rules", "DELETE /_mock/rules/{id}"),
    *(f"GET /_mock/journal/{name}" for name in ("requests", "events", "attempts", "jobs", "misses", "orphans")),
    *("GET /_mock/journal/deliveries", "GET /_mock/deliveries/held", "POST /_mock/events"),
    *("POST /_mock/deliveries/settle", "POST /_mock/deliveries/hold"),
    *("POST /_mock/deliveries/{id}/answer", "POST /_mock/deliveries/{id}/redeliver"),
    *("GET /_mock/journal/{name}", "GET /_mock/timeline"),
    *("GET /_mock/challenges", "POST /_mock/challenges/{payment}/complete"),
    *("GET /challenge/{sandbox}/{token}", "POST /challenge/{sandbox}/{token}"),
    "GET /sdk/{file}",
    *("GET /dashboard", "GET /dashboard/_/{file:path}", "GET /dashboard/{page:path}"),
    *(
        "GET /shop",
        "GET /shop/{sandbox}",
        "POST /shop/{sandbox}",
        "GET /shop/{sandbox}/shop.css",
        "GET /shop/{sandbox}/shop.js",
    ),
    *(
        "GET /shop/{sandbox}/checkout/{payment}",
        "GET /shop/{sandbox}/result",
        "GET /shop/{sandbox}/account",
        "POST /shop/{sandbox}/account",
        "POST /shop/{sandbox}/panel",
    ),
]
# These name the sandbox or the thing in their path; whose key asks does not matter there.
NAMED = {
    *("POST /_mock/sandboxes/{name}/reset", "DELETE /_mock/sandboxes/{name}", "GET /_mock/journal/{name}"),
    "GET /_mock/scenarios/{name}",  # of the process
    *("GET /challenge/{sandbox}/{token}", "POST /challenge/{sandbox}/{token}"),
    "GET /sdk/{file}",
    *("GET /dashboard", "GET /dashboard/_/{file:path}", "GET /dashboard/{page:path}"),
    *(
        "GET /shop",
        "GET /shop/{sandbox}",
        "POST /shop/{sandbox}",
        "GET /shop/{sandbox}/shop.css",
        "GET /shop/{sandbox}/shop.js",
    ),
    *(
        "GET /shop/{sandbox}/checkout/{payment}",
        "GET /shop/{sandbox}/result",
        "GET /shop/{sandbox}/account",
        "POST /shop/{sandbox}/account",
        "POST /shop/{sandbox}/panel",
    ),
}
STREAM = "GET /_mock/stream"  # needs an event loop: tests/control/test_stream.py
NOWHERE = "GET /_mock/journal/{name}"  # a 404 that tells which journals there are
OWN = [route for route in ROUTES if "{" in route and route not in NAMED]

LISTS = [
    *("/payments", "/transactions", "/customers", "/payment-methods", "/gateway-profiles", "/cascades"),
    *("/merchant-configs", "/secret-keys", "/publishable-keys", "/blacklist", "/products", "/prices"),
    *("/retry-policies", "/subscriptions", "/invoices", "/webhook-subscribers", "/users"),
]
CONTROL = [
    *("/_mock/journal/events", "/_mock/journal/attempts", "/_mock/journal/jobs"),
    *("/_mock/journal/misses", "/_mock/journal/orphans", "/_mock/journal/deliveries"),
    *("/_mock/snapshots", "/_mock/rules", "/_mock/scenario", "/_mock/clock", "/_mock/challenges", "/_mock/timeline"),
    *("/_mock/analytics/revenue", "/_mock/analytics/products", "/_mock/analytics/rebills", "/_mock/digest"),
]


def observed(account):
    """All that can be seen of a sandbox, and its journal of requests without the looking itself."""
    journal = account.get("/_mock/journal/requests?pageSize=100")
    asked = [(row["id"], row["path"]) for row in journal["data"]]
    seen = {path: account.get(f"{path}?pageSize=100" if path in LISTS else path) for path in LISTS + CONTROL}
    return seen, asked


@pytest.fixture
def pair(mock, typed):
    """Two sandboxes with one history and one seed apart; the acts are those of the first."""
    a, b = mock.open(seed=1), mock.open(seed=2)
    acts = Acts(a, typed)
    b.pay(CHALLENGED)
    b.reverse(b.pay(), amount=1)
    b.post("/_mock/snapshots", {"name": "b"})
    return acts, b


def test_every_route_has_its_row(mock):
    """A new route without a row here fails."""
    paths = mock.app.branches.paths
    found = {f"{method} {path}" for path, methods in paths.items() for method in methods if method != "HEAD"}
    assert found - {STREAM} == set(ROUTES)


@pytest.mark.parametrize("route", ROUTES)
def test_what_is_done_in_one_is_not_seen_in_the_other(pair, route):
    """Records, log, jobs, rules, snapshots, clock, digest and journals of the other stay as they were."""
    acts, b = pair
    method, path = route.split()
    before, asked = observed(b)

    answer = acts.a(method, acts.target(path), acts.body(method, path))

    assert answer.status < 400 or route == NOWHERE, answer
    after, asked_again = observed(b)
    assert before == after
    looking = ["/_mock/journal/requests", *LISTS, *CONTROL]
    assert [path for _, path in asked] + looking == [path for _, path in asked_again]
    assert asked == asked_again[: len(asked)]


@pytest.mark.parametrize("route", OWN)
def test_the_others_key_does_not_find_it(pair, route):
    """What belongs to one sandbox is 404 for the key of the other, and neither has changed."""
    acts, b = pair
    method, path = route.split()
    before = acts.a.digest, b.digest
    answer = b(method, acts.target(path), acts.body(method, path))
    assert 404 == answer.status, answer
    assert before == (acts.a.digest, b.digest)


@pytest.mark.parametrize("path", LISTS)
def test_lists_hold_ones_own_only(pair, path):
    """No id of one list stands in the other's, but for those that the scenario names."""
    acts, b = pair
    named = set(acts.ids.values())
    here, there = (
        {one["id"] for one in account.get(f"{path}?pageSize=100")["data"]} - named for account in (acts.a, b)
    )
    assert not here & there
    assert here or path not in ("/payments", "/transactions", "/payment-methods", "/merchant-configs")


@pytest.mark.parametrize("answer", ["passed", "failed", "cancelled"])
def test_a_link_works_in_its_own_sandbox_only(pair, answer):
    """Whatever key the browser sends, and whatever name is put into the link."""
    acts, b = pair
    link, form = page(acts.waiting), f"result={answer}".encode()
    before = acts.a.digest, b.digest
    for moved in (link.replace(f"/{acts.a.name}/", f"/{b.name}/"), link.replace(f"/{acts.a.name}/", "/mock/")):
        assert 404 == b("POST", moved, form).status
    assert before == (acts.a.digest, b.digest)

    assert 303 == b("POST", link, form).status
    assert before[1] == b.digest
    wanted = "succeeded" if answer == "passed" else "open"
    assert wanted == acts.a.get(f"/payments/{acts.waiting['id']}")["status"]


def test_a_visit_belongs_to_the_links_sandbox(pair):
    """The visit of a page stands in the journal of its own sandbox, not in that of the key or in the default one."""
    acts, b = pair

    def visits(account):
        rows = account.get("/_mock/journal/requests?pageSize=100")["data"]
        return sum(row["path"].startswith("/challenge/") for row in rows)

    before = visits(acts.a)
    answer = b("GET", page(acts.waiting))
    assert (200, acts.a.get("/_mock/clock")["now"]) == (answer.status, answer.headers["x-mock-now"])
    assert (before + 1, 0) == (visits(acts.a), visits(b))


def test_request_ids_are_unique_in_a_sandbox(mock):
    """Also when a link is visited with the key of another sandbox of the same seed, or with none."""
    a, b = mock.open(), mock.open()
    link = page(a.pay(CHALLENGED))
    for _ in range(3):
        b("GET", link)
        mock.client("GET", link)
    ids = [row["id"] for row in a.get("/_mock/journal/requests?pageSize=100")["data"]]
    assert sorted(set(ids)) == sorted(ids)


def test_a_visit_leaves_the_visitors_request_ids_alone(mock):
    """The ids of one sandbox's requests do not depend on how often another's links were visited with its key."""
    a = mock.open(seed=1)
    link = page(a.pay(CHALLENGED))
    quiet, visitor = mock.open(seed=3), mock.open(seed=3)
    for _ in range(3):
        visitor("GET", link)
    ids = [account("GET", "/_mock/clock").headers["x-request-id"] for account in (quiet, visitor)]
    assert ids[0] == ids[1]


# --- Keys


def test_a_key_made_by_api_opens_its_own_sandbox_only(mock):
    """It reads what it may there, opens no door elsewhere, and after its DELETE none at all."""
    a, b = mock.open(seed=1), mock.open(seed=1)  # one seed, so that both would make the same key
    payments = a.create()["id"], b.create()["id"]
    assert payments[0] == payments[1]
    made = a.post("/secret-keys", {"permissions": ["PAYMENT_READ"]})
    key = made["value"]
    own = mock.client("GET", "/payments?pageSize=100", key=key)
    assert (200, a.get("/payments?pageSize=100")) == (own.status, own.json)
    assert a.name == mock.client("GET", "/payments", key=key).json["data"][0]["checkoutKey"].split("_")[1]

    assert 401 == mock.client("GET", "/payments", key=key.replace(a.name, b.name)).status
    assert 401 == mock.client("GET", "/payments", key=key.replace(a.name, "mock")).status
    assert 401 == mock.client("GET", "/payments", key=key[:-1]).status
    assert 403 == mock.client("GET", "/customers", key=key).status

    assert 200 == a("DELETE", f"/secret-keys/{made['id']}").status
    assert 401 == mock.client("GET", "/payments", key=key).status
    assert 404 == a("GET", f"/secret-keys/{made['id']}").status


def test_the_value_of_a_key_is_told_once(mock):
    """In the answer to its making; later it is masked."""
    a = mock.open()
    made = a.post("/secret-keys", {"permissions": ["PAYMENT_READ"]})
    later = a.get(f"/secret-keys/{made['id']}")["value"]
    assert made["value"] != later
    assert later.startswith(f"skey_{a.name}_****")
    assert made["value"].encode() not in a("GET", "/secret-keys").raw


def test_a_checkout_key_reads_its_one_payment_only(mock, typed):
    """Neither another payment, nor a list, nor another sandbox; and it authorizes that one only."""
    a, b = mock.open(seed=1), mock.open(seed=1)
    payment, other, twin = a.create(), a.create(amount=1), b.create()
    assert payment["id"] == twin["id"]
    key = payment["checkoutKey"]

    shown = mock.client("GET", f"/payments/{payment['id']}", key=key)
    assert (200, 5000) == (shown.status, shown.json["amount"])
    assert "checkoutKey" not in shown.json
    b.authorize(twin)
    assert "open" == mock.client("GET", f"/payments/{payment['id']}", key=key).json["status"]

    assert 403 == mock.client("GET", f"/payments/{other['id']}", key=key).status
    for path in ("/payments", "/customers", "/transactions", f"/customers/{payment['customer']}", "/_mock/clock"):
        assert 403 == mock.client("GET", path, key=key).status
    assert 401 == mock.client("GET", f"/payments/{payment['id']}", key=key[:-1] + "x").status

    assert 403 == mock.client("POST", f"/payments/{other['id']}/authorize", typed(VISA), key=key).status
    done = mock.client("POST", f"/payments/{payment['id']}/authorize", typed(VISA), key=key)
    assert (201, "succeeded") == (done.status, done.json["status"])
    assert "errorCode" not in done.json["transactions"][0]["outcome"]
    assert 403 == mock.client("POST", f"/payments/{payment['id']}/reverse", {}, key=key).status


def test_a_checkout_key_ends_24_hours_after_its_payment(mock):
    """It reads its payment for 24 hours after the success, and is then as good as unknown."""
    a = mock.open()
    payment = a.pay()
    a.advance("24 hours")
    assert 200 == mock.client("GET", f"/payments/{payment['id']}", key=payment["checkoutKey"]).status
    a.advance("1 ms")
    assert mock.client("GET", f"/payments/{payment['id']}", key=payment["checkoutKey"]).status in (401, 403)


def test_a_publishable_key_reads_payments_of_its_own_sandbox(mock):
    """One payment at a time, no list, and none of another sandbox."""
    a, b = mock.open(seed=1), mock.open(seed=2)
    payment = a.create()["id"]
    assert 200 == mock.client("GET", f"/payments/{payment}", key=a.publishable_key).status
    assert 404 == mock.client("GET", f"/payments/{payment}", key=b.publishable_key).status
    for path in ("/payments", "/customers", "/transactions", "/payment-methods"):
        assert 403 == mock.client("GET", path, key=a.publishable_key).status


def test_the_keys_of_a_deleted_sandbox_open_nothing(mock):
    """Neither its own keys, nor those made by API, nor its links; nor in a new one of that name."""
    a = mock.open(name="fleeting", seed=1)
    waiting = a.pay(CHALLENGED)
    made = a.post("/secret-keys", {"permissions": ["PAYMENT_READ"]})["value"]

    def closed(*keys):
        return [
            *(mock.client("GET", f"/payments/{waiting['id']}", key=key).status for key in keys),
            mock.client("POST", page(waiting), b"result=passed").status,
        ]

    assert 200 == a("DELETE", "/_mock/sandboxes/fleeting").status
    assert [401, 401, 401, 401, 404] == closed(made, waiting["checkoutKey"], a.key, a.publishable_key)
    again = mock.open(name="fleeting", seed=2)
    assert [401, 401, 404] == closed(made, waiting["checkoutKey"])
    assert [] == again.get("/payments")["data"]
    again("DELETE", "/_mock/sandboxes/fleeting")


def test_a_copy_goes_its_own_way(mock):
    """A sandbox made from another's snapshot shares nothing with it afterwards."""
    a = mock.open(seed=1)
    waiting = a.pay(CHALLENGED)
    made = a.post("/secret-keys", {"permissions": ["PAYMENT_READ"]})
    a.post("/_mock/snapshots", {"name": "here"})
    copy = mock.open(origin=f"{a.name}/here")
    before, _ = observed(a)
    copy.post(f"/_mock/challenges/{waiting['id']}/complete", {"result": "passed"})
    copy.advance("3 days")
    copy("DELETE", f"/secret-keys/{made['id']}")
    assert before == observed(a)[0]
    assert 200 == mock.client("GET", "/payments", key=made["value"]).status
    assert [] == copy.get("/_mock/snapshots")


@pytest.mark.parametrize("options", [{"secret_key": "skey_shop"}, {"publishable_key": "pk_shop"}])
def test_a_sandbox_does_not_take_anothers_key(open_mock, options):
    """A new sandbox whose key would be the default one's is refused; the default one keeps its key."""
    mock = open_mock(**options)
    (key,) = options.values()
    assert 409 == mock.client("POST", "/_mock/sandboxes", {"name": "shop"}).status
    assert "mock" == mock.app.sandboxes.authenticate(key).sandbox.name
