"""What Odus documents of its API as a whole (guides/api-features/*)."""

from __future__ import annotations

import re

from mock_odus.facts.account import Account
from mock_odus.facts.fact import Chapter, holds, same

fact = Chapter("conventions")

AUTHENTICATION = "guides/api-features/authentication"
MAKING = "guides/payments/making-payments"
CUSTOMERS = "guides/customers/managing-customers"
METADATA = "guides/api-features/metadata"
CREATE = "api/core/payment-controller-create"


@fact("Resources lie at the root; paths have no version segment.", AUTHENTICATION)
def no_version(odus: Account) -> None:
    same(200, odus("GET", "/payments").status)
    holds(odus("GET", "/v1/payments").is_refusal, "there is something at /v1/payments")


@fact("An id is a prefix that tells the kind of record, and 27 base-62 characters.", "guides/payments/payment-methods")
def ids(odus: Account) -> None:
    product = odus.post("/products", {"name": "Pro Plan"})["id"]
    made = {
        "cus": odus.customer(),
        "prod": product,
        "price": odus.post("/prices", {"product": product, "type": "one_time", "currency": "usd", "amount": 1})["id"],
    }
    same([], [id for kind, id in made.items() if not re.fullmatch(f"{kind}_[0-9A-Za-z]{{27}}", id)])


@fact("The ids of payments and of saved methods begin with pay_ and pm_.", MAKING, needs="test card")
def ids_of_paying(odus: Account) -> None:
    paid = odus.pay(customer=odus.customer())
    same(("pay", "pm"), tuple(str(id).partition("_")[0] for id in (paid["id"], paid["paymentMethod"])))


@fact("The id of a cascade begins with cas_.", "guides/routing")
def ids_of_cascades(odus: Account) -> None:
    same("cas", odus.cascade("round_robin", odus.gateways()).partition("_")[0])


@fact("Every request has an id, by which the request log finds it.", "guides/dashboard/request-logs", needs="script")
def request_ids(odus: Account) -> None:
    id = odus("POST", "/customers", {"email": odus.email()}).headers["x-request-id"]
    holds(id, "there is no header x-request-id")
    same(1, len(odus.records(f"{odus.at('requestLogs')}?requestId[eq]={id}")))


@fact("Amounts are integers of minor units.", MAKING, needs="test card")
def amounts(odus: Account) -> None:
    same(5000, odus.create(amount=5000)["amount"])
    for amount in (50.5, "5000"):
        odus.refuses("/payments", {"amount": amount, "currency": "usd"})


@fact("Currencies are in lower case.", MAKING, needs="test card")
def currencies(odus: Account) -> None:
    same("usd", odus.create(currency="usd")["currency"])


@fact("Times are ISO 8601, in UTC and with a Z.", "guides/api-features/webhooks")
def times(odus: Account) -> None:
    shown = odus.post("/products", {"name": "Pro Plan"})["createdAt"]
    holds(re.fullmatch(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}([.][0-9]+)?Z", shown), f"found {shown}")


@fact("A reference is the bare id under the resource's name: customer, never customerId.", MAKING, needs="test card")
def references(odus: Account) -> None:
    customer = odus.customer()
    payment = odus.create(customer=customer)
    same(customer, payment["customer"])
    holds("customerId" not in payment, "there is a customerId")


@fact("An update is a POST to the record, and changes the given fields only.", CUSTOMERS)
def updates(odus: Account) -> None:
    email = odus.email()
    id = odus.customer(email=email, name="Jane Smith")
    changed = odus.post(f"/customers/{id}", {"name": "Jane Doe", "phoneNumber": "+15559876543"})
    same((email, "Jane Doe", "+15559876543"), tuple(changed[name] for name in ("email", "name", "phoneNumber")))


@fact("Nothing is updated by PUT or PATCH.", CUSTOMERS)
def no_put(odus: Account) -> None:
    id = odus.customer(name="Jane Smith")
    for method in ("PUT", "PATCH"):
        holds(odus(method, f"/customers/{id}", {"name": "Jane Doe"}).is_refusal, f"{method} is taken")
    same("Jane Smith", odus.get(f"/customers/{id}")["name"])


@fact("An action is a POST to the record and the verb.", "guides/payments/refunds", needs="test card")
def verbs(odus: Account) -> None:
    same(5000, odus.post(f"/payments/{odus.pay()['id']}/reverse")["amountReversed"])


@fact("POST /payments answers 201.", CREATE, needs="test card")
def created(odus: Account) -> None:
    same(201, odus("POST", "/payments", {"amount": 5000, "currency": "usd"}).status)


@fact("An invalid create is a 400 and makes nothing.", CREATE)
def invalid_create(odus: Account) -> None:
    count = odus.get("/payments?pageSize=1")["pagination"]["itemCount"]
    odus.refuses("/payments", {"currency": "usd"})
    odus.refuses("/payments", {"amount": 5000})
    same(count, odus.get("/payments?pageSize=1")["pagination"]["itemCount"])


# --- Metadata

_SAMPLE = {"orderId": "12345", "source": "mobile_app"}


def _holders(odus: Account) -> list[tuple[str, dict[str, object]]]:
    """What metadata is documented on, and what makes one; a subscription is made by paying."""
    return [("/customers", {"email": odus.email()})]


def _held(odus: Account, metadata: dict[str, str]) -> list[str]:
    """The paths of records with that metadata."""
    found = []
    for path, body in _holders(odus):
        made = odus.post(path, body | {"metadata": metadata})
        same(metadata, made["metadata"])
        found.append(f"{path}/{made['id']}")
    return found


@fact("Updating metadata merges it: what is not given stays.", METADATA)
def metadata_merges(odus: Account) -> None:
    for path in _held(odus, _SAMPLE):
        merged = odus.post(path, {"metadata": {"orderId": "67890", "priority": "high"}})["metadata"]
        same({"orderId": "67890", "source": "mobile_app", "priority": "high"}, merged)


@fact("An empty text removes a key of the metadata, and that key only.", METADATA)
def metadata_removes(odus: Account) -> None:
    for path in _held(odus, _SAMPLE):
        same({"source": "mobile_app"}, odus.post(path, {"metadata": {"orderId": ""}})["metadata"])


@fact("null clears all metadata.", METADATA)
def metadata_clears(odus: Account) -> None:
    for path in _held(odus, _SAMPLE):
        same({}, odus.post(path, {"metadata": None})["metadata"])


@fact("Metadata has at most 50 pairs after the merge, of at most 500 characters each.", METADATA)
def metadata_limits(odus: Account) -> None:
    for path in _held(odus, {f"key{number}": "x" * 500 for number in range(50)}):
        odus.refuses(path, {"metadata": {"one": "more"}})
        same("more", odus.post(path, {"metadata": {"key0": "", "one": "more"}})["metadata"]["one"])


@fact("A violation of the rules of metadata is a validation error that names the rule.", METADATA)
def metadata_violations(odus: Account) -> None:
    for metadata, rule in (
        ({f"key{number}": "x" for number in range(51)}, "50"),
        ({"note": "x" * 501}, "500"),
        ({"count": 1}, "metadata"),
        ({"nested": {"a": "b"}}, "metadata"),
        ({"list": ["a"]}, "metadata"),
    ):
        told = odus.refuses("/customers", {"email": odus.email(), "metadata": metadata})
        holds(rule in told, f"the rule {rule} is not named: {told}")


@fact("Payments and subscriptions hold metadata too.", METADATA, needs="test card")
def metadata_of_paying(odus: Account) -> None:
    subscription = odus.subscribe(odus.plan(), odus.customer())
    for path in (f"/payments/{odus.create()['id']}", f"/subscriptions/{subscription['id']}"):
        same(_SAMPLE, odus.post(path, {"metadata": _SAMPLE})["metadata"])
        same({"source": "mobile_app"}, odus.post(path, {"metadata": {"orderId": ""}})["metadata"])
