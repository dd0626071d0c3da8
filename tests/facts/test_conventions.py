"""What Odus documents of its API as a whole (guides/api-features/*)."""

import pytest

LISTS = ["payments", "payment-methods", "customers", "gateway-profiles", "cascades", "merchant-configs"]


def test_resources_lie_at_the_root(odus):
    """Paths have no version segment; the key is a bearer token (guides/api-features/authentication)."""
    assert 200 == odus("GET", "/payments").status
    assert 401 == odus("GET", "/payments", key="skey_of_nobody").status


def test_the_values_of_keys_begin_as_documented(odus):
    """Secret keys begin with skey_, publishable ones with pk_ (guides/api-features/authentication)."""
    assert odus.post("/secret-keys", {"note": "shop", "permissions": ["PAYMENT_READ"]})["value"].startswith("skey_")
    assert odus.post("/publishable-keys")["value"].startswith("pk_")


def test_customer_update_makes_customers(odus):
    """CUSTOMER_UPDATE covers creating as well as updating them (guides/customers/managing-customers)."""
    key = odus.post("/secret-keys", {"note": "crm", "permissions": ["CUSTOMER_UPDATE"]})["value"]
    made = odus("POST", "/customers", {"email": "new@example.com"}, key=key)
    assert 300 > made.status
    assert 300 > odus("POST", f"/customers/{made.body['id']}", {"name": "New"}, key=key).status
    assert 403 == odus("GET", "/customers", key=key).status


def test_ids_are_a_prefix_and_27_characters(odus):
    """`pay_` and a KSUID of 27 base-62 characters (the samples of every page)."""
    prefix, _, tail = odus.create()["id"].partition("_")
    assert ("pay", 27, True) == (prefix, len(tail), tail.isalnum() and tail.isascii())


def test_every_answer_has_a_request_id(odus):
    """The request log finds a request by it (guides/dashboard/request-logs)."""
    assert odus("GET", "/payments").headers["x-request-id"]


def test_an_update_is_a_post_that_changes_the_given_fields_only(odus):
    """Nothing else changes (guides/customers/managing-customers)."""
    customer = odus.post("/customers", {"email": "jane@example.com", "name": "Jane Smith"})
    changed = odus.post(f"/customers/{customer['id']}", {"name": "Jane Doe", "phoneNumber": "+15559876543"})
    assert ("jane@example.com", "Jane Doe", "+15559876543") == tuple(
        changed[name] for name in ("email", "name", "phoneNumber")
    )


def test_an_invalid_create_is_a_400(odus):
    """And nothing is made (api/core/payment-controller-create)."""
    before = odus.get("/payments")["pagination"]["itemCount"]
    assert 400 == odus("POST", "/payments", {"currency": "usd"}).status
    assert before == odus.get("/payments")["pagination"]["itemCount"]


# --- Lists: guides/api-features/pagination-filtering-sorting


@pytest.mark.parametrize("resource", LISTS)
def test_a_list_has_data_and_pagination(odus, resource):
    """The six fields of `pagination` (guides/api-features/pagination-filtering-sorting)."""
    answer = odus.get(f"/{resource}")
    assert {"data", "pagination"} == set(answer)
    fields = {"hasNextPage", "hasPreviousPage", "itemCount", "page", "pageCount", "pageSize"}
    assert fields == set(answer["pagination"])
    assert (1, 10) == (answer["pagination"]["page"], answer["pagination"]["pageSize"])


def test_item_count_counts_all_pages(odus):
    """Forty payments are four pages of ten (guides/api-features/pagination-filtering-sorting)."""
    for _ in range(40):
        odus.create()
    answer = odus.get("/payments")
    wanted = {"hasNextPage": True, "hasPreviousPage": False, "itemCount": 40, "page": 1, "pageCount": 4, "pageSize": 10}
    assert (10, wanted) == (len(answer["data"]), answer["pagination"])


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=-1", "pageSize=0", "pageSize=101", "pageSize=ten"])
def test_a_page_that_cannot_be_fails_silently(odus, query):
    """First page, default size (guides/api-features/pagination-filtering-sorting)."""
    pagination = odus.get(f"/payments?{query}")["pagination"]
    assert (1, 10) == (pagination["page"], pagination["pageSize"])


@pytest.mark.parametrize("direction", ["asc", "desc", "ASC", "DESC"])
def test_sorting_is_by_creation_unless_told(odus, direction):
    """`sortDirection` in either case (guides/api-features/pagination-filtering-sorting)."""
    made = [odus.create(amount=amount)["id"] for amount in (3, 1, 2)]
    shown = [one["id"] for one in odus.get(f"/payments?sortDirection={direction}")["data"]]
    assert (made if direction.lower() == "asc" else made[::-1]) == shown
    by_amount = [one["amount"] for one in odus.get(f"/payments?sortBy=amount&sortDirection={direction}")["data"]]
    assert sorted(by_amount, reverse=direction.lower() == "desc") == by_amount


def test_the_sampled_filters(odus):
    """Two filters; a status that does not exist finds nothing (guides/api-features/pagination-filtering-sorting)."""
    odus.pay(amount=100)
    more = odus.pay(amount=101)["id"]
    odus.create(amount=500)
    assert [more] == [one["id"] for one in odus.get("/payments?amount[gt]=100&status[eq]=succeeded")["data"]]
    assert [] == odus.get("/payments?status[eq]=succeded")["data"]


# --- Metadata: guides/api-features/metadata


def test_metadata_merges(odus):
    """The page's own example, step by step (guides/api-features/metadata)."""
    payment = odus.create(metadata={"orderId": "12345", "source": "mobile_app"})
    path = f"/payments/{payment['id']}"
    merged = odus.post(path, {"metadata": {"orderId": "67890", "priority": "high"}})["metadata"]
    assert {"orderId": "67890", "source": "mobile_app", "priority": "high"} == merged
    assert {"source": "mobile_app", "priority": "high"} == odus.post(path, {"metadata": {"orderId": ""}})["metadata"]
    assert {} == odus.post(path, {"metadata": None})["metadata"]


@pytest.mark.parametrize(
    "metadata",
    [{f"key{number}": "x" for number in range(51)}, {"note": "x" * 501}, {"count": 1}, {"nested": {"a": "b"}}],
    ids=["51 pairs", "501 characters", "a number", "an object"],
)
def test_metadata_has_limits(odus, metadata):
    """At most 50 pairs of texts, each of at most 500 characters (guides/api-features/metadata)."""
    assert 400 == odus("POST", "/payments", {"amount": 5000, "currency": "usd", "metadata": metadata}).status
    assert 400 == odus("POST", "/customers", {"email": "a@b.example", "metadata": metadata}).status
