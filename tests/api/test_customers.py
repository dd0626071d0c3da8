"""Customers, saved payment methods, restrictions and the blacklist over HTTP."""

import pytest

MASTERCARD = "5555555555554444"
BACK = "https://shop.example/back"
RESTRICTED = {"restrictCit": True, "restrictMit": True, "restrictReason": "Repeated chargebacks"}


def told(api, mark):
    """The events since there were that many: type and subject."""
    return [
        (row["eventType"], row["subject"]) for row in api.get("/_mock/journal/events?pageSize=100").json["data"][mark:]
    ]


@pytest.fixture
def jane(api):
    """The customer of the starter scenario, with a Visa as her default."""
    return api.get(f"/customers/{api.ids['jane']}").json


@pytest.fixture
def visa(api):
    return api.get(f"/payment-methods/{api.ids['janes_visa']}").json


@pytest.fixture
def other(api, jane):
    """The id of a second saved card of the same customer."""
    return api.paid(MASTERCARD, customer=jane["id"])["paymentMethod"]


# --- Restrictions: guides/customers/customer-restrictions


def test_a_customer_is_restricted_and_freed(api, jane):
    """The documented body repeats the customer; what is not given stays, `false` and `null` lift."""
    path = f"/customers/{jane['id']}/restrictions"

    restricted = api.made(path, {"customer": jane["id"]} | RESTRICTED)
    assert jane | RESTRICTED == restricted
    assert restricted == api.get(f"/customers/{jane['id']}").json
    partly = api.made(path, {"restrictCit": False})
    assert restricted | {"restrictCit": False} == partly
    assert jane == api.made(path, {"restrictMit": None, "restrictReason": None})


def test_restricting_is_told_once(api, jane):
    """`customer.updated`, and nothing at all for what is so already."""
    mark = len(told(api, 0))
    for body in (RESTRICTED, RESTRICTED, {}):
        api.made(f"/customers/{jane['id']}/restrictions", body)

    assert [("customer.updated", jane["id"])] == told(api, mark)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"customer": "cus_other", "restrictCit": True}, "customer must be the customer in the path"),
        ({"restrictCit": "yes", "restrictMit": True}, "restrictCit must be"),
        ({"restrictReason": "", "restrictMit": True}, "restrictReason must be"),
        ({"restrictCIT": True}, "restrictCIT"),
    ],
)
def test_a_restriction_that_cannot_be_restricts_nobody(api, jane, body, problem):
    """Another customer's id, no boolean, an empty reason, an unknown field: 400, and the customer as before."""
    answer = api.post(f"/customers/{jane['id']}/restrictions", body)

    assert 400 == answer.status
    assert answer.problems[0].startswith(problem), answer.problems
    assert jane == api.get(f"/customers/{jane['id']}").json


# --- Deleting customers


def test_a_deleted_customer_takes_the_saved_methods_along(api, jane, visa, other):
    """200 and the customer as it was; customer and methods are then unknown, and each is told of."""
    payment = api.payment(customer=jane["id"])
    mark = len(told(api, 0))
    deleted = api.delete(f"/customers/{jane['id']}")

    assert (200, jane) == (deleted.status, deleted.json)
    assert [
        ("payment_method.deleted", visa["id"]),
        ("payment_method.deleted", other),
        ("customer.deleted", jane["id"]),
    ] == told(api, mark)
    for path in (f"/customers/{jane['id']}", f"/payment-methods/{visa['id']}", f"/payment-methods/{other}"):
        assert (404, 404) == (api.get(path).status, api.delete(path).status)
    assert 0 == api.get(f"/payment-methods?customer[eq]={jane['id']}").json["pagination"]["itemCount"]
    assert payment == api.get(f"/payments/{payment['id']}").json
    assert payment["id"] in [found["id"] for found in api.get(f"/payments?customer[eq]={jane['id']}").json["data"]]


def test_nothing_new_is_made_for_a_deleted_customer(api, jane):
    """A payment that names a deleted customer is a 400 naming the field."""
    api.delete(f"/customers/{jane['id']}")
    answer = api.post("/payments", {"amount": 1, "currency": "usd", "customer": jane["id"]})

    assert (400, True) == (answer.status, answer.problems[0].startswith("customer must be an existing customer"))


# --- Saved payment methods: guides/payments/payment-methods


def test_the_default_is_chosen(api, jane, visa, other):
    """The method named becomes the default, the one before loses it, and the list finds it."""
    mark = len(told(api, 0))
    chosen = api.made(f"/payment-methods/{other}", {"isDefault": True, "metadata": {"card": "work"}})

    assert (True, {"card": "work"}) == (chosen["isDefault"], chosen["metadata"])
    updated = "payment_method.updated"
    assert [(updated, visa["id"]), (updated, other)] == told(api, mark)
    found = api.get(f"/payment-methods?customer[eq]={jane['id']}&isDefault[eq]=true").json["data"]
    assert [chosen] == found
    assert visa["isDefault"]
    assert not api.get(f"/payment-methods/{visa['id']}").json["isDefault"]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"isDefault": False}, "isDefault must be true, found false: to take it away, make another method the default"),
        ({"isDefault": None}, "isDefault must be"),
        ({"card": {"expYear": "2031"}}, "card"),
    ],
)
def test_a_change_that_cannot_be_changes_no_method(api, visa, body, problem):
    """A default is taken away by choosing another; the card itself is fixed."""
    answer = api.post(f"/payment-methods/{visa['id']}", body)

    assert 400 == answer.status
    assert answer.problems[0].startswith(problem), answer.problems
    assert visa == api.get(f"/payment-methods/{visa['id']}").json


def test_a_deleted_default_is_succeeded_by_the_oldest(api, jane, visa, other):
    """200 and the method as it was; it is unknown afterwards and pays no more."""
    deleted = api.delete(f"/payment-methods/{visa['id']}")

    assert (200, visa) == (deleted.status, deleted.json)
    assert (404, 404) == (api.get(f"/payment-methods/{visa['id']}").status, api.delete("/payment-methods/x").status)
    assert [(other, True)] == [
        (method["id"], method["isDefault"])
        for method in api.get(f"/payment-methods?customer[eq]={jane['id']}").json["data"]
    ]
    body = {"amount": 1, "currency": "usd", "customer": jane["id"], "paymentMethod": visa["id"]}
    assert 400 == api.post("/payments", body).status


def test_methods_are_not_created_by_hand(api):
    """They come from payments alone: 405."""
    assert 405 == api.post("/payment-methods", {"type": "card"}).status


# --- The blacklist


def test_an_email_is_listed_read_and_freed(api):
    """Stored in lower case; listed, found, deleted, and then unknown."""
    entry = api.made("/blacklist", {"email": "Jane@Example.com", "reason": "Fraud", "metadata": {"case": "A-1"}})

    expected = {"email": "jane@example.com", "reason": "Fraud", "metadata": {"case": "A-1"}}
    assert expected | {"id": entry["id"], "createdAt": entry["createdAt"]} == entry
    assert entry == api.get(f"/blacklist/{entry['id']}").json
    assert [entry] == api.get("/blacklist?email[eq]=jane@example.com").json["data"]
    bare = api.made("/blacklist", {"email": "joe@example.com"})
    assert (None, {}) == (bare["reason"], bare["metadata"])
    assert [entry, bare] == api.get("/blacklist").json["data"]

    deleted = api.delete(f"/blacklist/{entry['id']}")
    assert (200, entry) == (deleted.status, deleted.json)
    assert 404 == api.get(f"/blacklist/{entry['id']}").status
    assert [bare] == api.get("/blacklist").json["data"]
    assert 201 == api.post("/blacklist", {"email": "jane@example.com"}).status


def test_an_email_is_listed_once(api):
    """A second entry for it, in whatever case, is a 400 that names the first; nothing is told of either."""
    mark = len(told(api, 0))
    entry = api.made("/blacklist", {"email": "jane@example.com"})
    answer = api.post("/blacklist", {"email": "JANE@example.com"})

    wanted = f"email must not be on the blacklist already, found 'jane@example.com' as {entry['id']}"
    assert (400, [wanted]) == (answer.status, answer.problems)
    assert [entry] == api.get("/blacklist").json["data"]
    assert [] == told(api, mark)


def test_an_entry_is_not_changed(api):
    """It is deleted and made again: there is no update."""
    entry = api.made("/blacklist", {"email": "jane@example.com"})

    assert 405 == api.post(f"/blacklist/{entry['id']}", {"reason": "Other"}).status


# --- What a block does


BLOCKS = [
    ("restrictCit", "customer", "is restricted: restrictCit blocks customer-initiated payments"),
    ("restrictMit", "merchant", "is restricted: restrictMit blocks merchant-initiated payments"),
]


@pytest.mark.parametrize(("flag", "initiator", "reason"), BLOCKS)
def test_a_restriction_blocks_its_own_initiator(api, jane, visa, flag, initiator, reason):
    """Create and authorize are a 400 that changes nothing; the other initiator pays, and once it is lifted both do."""
    open_payment = api.payment(customer=jane["id"], paymentMethod=visa["id"], initiator=initiator, returnUrl=BACK)
    api.made(f"/customers/{jane['id']}/restrictions", {flag: True})
    before = api.get("/_mock/digest").json
    body = {"amount": 1, "currency": "usd", "customer": jane["id"], "initiator": initiator}

    for refused in (api.post("/payments", body), api.post(f"/payments/{open_payment['id']}/authorize")):
        assert 400 == refused.status
        assert reason in refused.problems[0]
    assert before == api.get("/_mock/digest").json
    other = {"customer": "merchant", "merchant": "customer"}[initiator]
    paid = api.payment(customer=jane["id"], paymentMethod=visa["id"], initiator=other, returnUrl=BACK)
    assert "succeeded" == api.made(f"/payments/{paid['id']}/authorize")["status"]

    api.made(f"/customers/{jane['id']}/restrictions", {flag: None})
    assert "succeeded" == api.made(f"/payments/{open_payment['id']}/authorize")["status"]


@pytest.mark.parametrize("initiator", ["customer", "merchant"])
def test_the_blacklist_blocks_every_payment(api, jane, visa, initiator):
    """Of every customer with the email, in whatever case and whoever starts it, until the entry is deleted."""
    namesake = api.made("/customers", {"email": jane["email"].upper()})
    open_payment = api.payment(customer=jane["id"], paymentMethod=visa["id"], initiator=initiator, returnUrl=BACK)
    entry = api.made("/blacklist", {"email": jane["email"].title()})
    before = api.get("/_mock/digest").json
    body = {"amount": 1, "currency": "usd", "initiator": initiator}

    for refused in (
        api.post("/payments", body | {"customer": jane["id"]}),
        api.post("/payments", body | {"customer": namesake["id"]}),
        api.post(f"/payments/{open_payment['id']}/authorize"),
    ):
        assert (400, True) == (refused.status, "is blacklisted" in refused.problems[0])
    assert before == api.get("/_mock/digest").json
    assert 201 == api.post("/payments", body).status  # a guest's

    api.delete(f"/blacklist/{entry['id']}")
    assert "succeeded" == api.made(f"/payments/{open_payment['id']}/authorize")["status"]


def test_another_email_takes_a_customer_off_the_list(api, jane):
    """The email that the customer has when they pay is the one that counts."""
    api.made("/blacklist", {"email": jane["email"]})
    body = {"amount": 1, "currency": "usd", "customer": jane["id"]}

    assert 400 == api.post("/payments", body).status
    api.made(f"/customers/{jane['id']}", {"email": "other@example.com"})
    assert 201 == api.post("/payments", body).status


def test_a_challenge_is_finished_though_its_customer_was_deleted(api, jane):
    """The money is taken and the payment succeeds; no method is saved on nobody."""
    waiting = api.paid("4000000000003220", customer=jane["id"])
    api.delete(f"/customers/{jane['id']}")
    mark = len(told(api, 0))

    api.made(f"/_mock/challenges/{waiting['id']}/complete", {"result": "passed"})
    paid = api.get(f"/payments/{waiting['id']}").json
    assert ("succeeded", jane["id"], None) == (paid["status"], paid["customer"], paid["paymentMethod"])
    assert [("payment.updated", paid["id"])] == told(api, mark)
