"""What Odus documents of its API as a whole (guides/api-features/*)."""

import re

import pytest

LISTS = ["payments", "payment-methods", "customers", "gateway-profiles", "cascades", "merchant-configs"]


def test_resources_lie_at_the_root(odus):
    """Paths have no version segment (guides/api-features/authentication)."""
    assert 200 == odus("GET", "/payments").status
    assert 404 == odus("GET", "/v1/payments").status


def test_an_id_is_a_prefix_and_27_characters(odus):
    """The prefix tells the kind of record, and the rest is base 62 (guides/payments/payment-methods)."""
    product = odus.post("/products", {"name": "Pro Plan"})
    made = {
        "pay": odus.create(),
        "cus": odus.post("/customers", {"email": "jane@example.com"}),
        "prod": product,
        "price": odus.post("/prices", {"product": product["id"], "type": "one_time", "currency": "usd", "amount": 1}),
    }
    assert [] == [one["id"] for kind, one in made.items() if not re.fullmatch(f"{kind}_[0-9A-Za-z]{{27}}", one["id"])]


def test_every_answer_has_a_request_id(odus):
    """The request log finds a request by it (guides/dashboard/request-logs)."""
    assert odus("GET", "/payments").headers["x-request-id"]


def test_amounts_are_integers_of_minor_units(odus):
    """50.00 is 5000, and nothing else (guides/payments/making-payments)."""
    assert 5000 == odus.create(amount=5000)["amount"]
    for amount in (50.5, "5000"):
        odus.refuses("/payments", {"amount": amount, "currency": "usd"})


def test_currencies_are_lower_case(odus):
    """`usd` (guides/payments/making-payments)."""
    assert "usd" == odus.create(currency="usd")["currency"]


def test_times_are_utc(odus):
    """ISO 8601 with a Z (guides/api-features/webhooks)."""
    assert re.fullmatch(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}([.][0-9]+)?Z", odus.create()["createdAt"])


def test_a_reference_is_the_bare_id(odus):
    """Under the resource's name: `customer`, never `customerId` (guides/payments/making-payments)."""
    customer = odus.post("/customers", {"email": "jane@example.com"})["id"]
    payment = odus.create(customer=customer)
    assert customer == payment["customer"]
    assert "customerId" not in payment


def test_an_update_is_a_post_that_changes_the_given_fields_only(odus):
    """The sampled update leaves the email (guides/customers/managing-customers)."""
    customer = odus.post("/customers", {"email": "jane@example.com", "name": "Jane Smith"})
    changed = odus.post(f"/customers/{customer['id']}", {"name": "Jane Doe", "phoneNumber": "+15559876543"})
    assert ("jane@example.com", "Jane Doe", "+15559876543") == tuple(
        changed[name] for name in ("email", "name", "phoneNumber")
    )


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_nothing_is_updated_by_put_or_patch(odus, method):
    """An update is a POST (guides/customers/managing-customers)."""
    customer = odus.post("/customers", {"email": "jane@example.com", "name": "Jane Smith"})
    assert 400 <= odus(method, f"/customers/{customer['id']}", {"name": "Jane Doe"}).status < 500
    assert "Jane Smith" == odus.get(f"/customers/{customer['id']}")["name"]


def test_an_invalid_create_is_a_400_and_makes_nothing(odus):
    """Neither without an amount nor without a currency (api/core/payment-controller-create)."""
    before = odus.get("/payments")["pagination"]["itemCount"]
    odus.refuses("/payments", {"currency": "usd"})
    odus.refuses("/payments", {"amount": 5000})
    assert before == odus.get("/payments")["pagination"]["itemCount"]


# --- Lists


@pytest.mark.parametrize("resource", LISTS)
def test_a_list_has_data_and_pagination(odus, resource):
    """First page and ten records unless told otherwise (guides/api-features/pagination-filtering-sorting)."""
    answer = odus.get(f"/{resource}")
    assert {"data", "pagination"} == set(answer)
    fields = {"hasNextPage", "hasPreviousPage", "itemCount", "page", "pageCount", "pageSize"}
    assert fields == set(answer["pagination"])
    assert (1, 10) == (answer["pagination"]["page"], answer["pagination"]["pageSize"])


def test_item_count_counts_all_pages(odus):
    """Forty payments are four pages of ten (guides/api-features/pagination-filtering-sorting)."""
    made = [odus.create()["id"] for _ in range(40)]
    first, last = odus.get("/payments"), odus.get("/payments?page=4")
    wanted = {"hasNextPage": True, "hasPreviousPage": False, "itemCount": 40, "page": 1, "pageCount": 4, "pageSize": 10}
    assert (made[:10], wanted) == ([one["id"] for one in first["data"]], first["pagination"])
    wanted |= {"hasNextPage": False, "hasPreviousPage": True, "page": 4}
    assert (made[30:], wanted) == ([one["id"] for one in last["data"]], last["pagination"])


@pytest.mark.parametrize(
    ("query", "page", "size"),
    [
        ("page=2&pageSize=100", 2, 100),
        ("page=0&pageSize=20", 1, 20),
        ("page=x&pageSize=20", 1, 20),
        ("page=-1&pageSize=20", 1, 20),
        ("page=2&pageSize=0", 2, 10),
        ("page=2&pageSize=101", 2, 10),
        ("page=2&pageSize=ten", 2, 10),
        ("page=&pageSize=", 1, 10),
    ],
)
def test_a_page_that_cannot_be_fails_silently(odus, query, page, size):
    """First page, default size, each on its own; 100 at most (guides/api-features/pagination-filtering-sorting)."""
    pagination = odus.get(f"/payments?{query}")["pagination"]
    assert (page, size) == (pagination["page"], pagination["pageSize"])


@pytest.mark.parametrize("direction", ["asc", "desc", "ASC", "DESC"])
def test_a_direction_is_written_in_either_case(odus, direction):
    """By creation unless told otherwise (guides/api-features/pagination-filtering-sorting)."""
    made = [odus.create(amount=amount)["id"] for amount in (3, 1, 2)]
    shown = [one["id"] for one in odus.get(f"/payments?sortDirection={direction}")["data"]]
    assert (made if direction.lower() == "asc" else made[::-1]) == shown
    by_amount = [one["amount"] for one in odus.get(f"/payments?sortBy=amount&sortDirection={direction}")["data"]]
    assert ([1, 2, 3] if direction.lower() == "asc" else [3, 2, 1]) == by_amount


def test_a_list_ascends_by_creation_unless_told(odus):
    """`createdAt` and `asc` (guides/api-features/pagination-filtering-sorting)."""
    made = [odus.create(amount=amount)["id"] for amount in (3, 1, 2)]
    assert made == [one["id"] for one in odus.get("/payments")["data"]]
    assert made == [one["id"] for one in odus.get("/payments?sortBy=createdAt")["data"]]


def test_the_sampled_filters(odus):
    """`amount[gt]=100&status[eq]=succeeded` (guides/api-features/pagination-filtering-sorting)."""
    odus.pay(amount=100)
    more = odus.pay(amount=101)["id"]
    odus.create(amount=500)
    assert [more] == [one["id"] for one in odus.get("/payments?amount[gt]=100&status[eq]=succeeded")["data"]]


def test_a_status_that_does_not_exist_finds_nothing(odus):
    """The sample `status[eq]=succeded` answers 200 (guides/api-features/pagination-filtering-sorting)."""
    odus.pay()
    assert [] == odus.get("/payments?status[eq]=succeded")["data"]


# --- Metadata


@pytest.fixture(params=["payments", "customers"])
def holder(odus, request):
    """Makes a record with that metadata, and tells its path."""
    bodies = {"payments": {"amount": 5000, "currency": "usd"}, "customers": {"email": "jane@example.com"}}

    def make(metadata):
        made = odus.post(f"/{request.param}", bodies[request.param] | {"metadata": metadata})
        assert metadata == made["metadata"]
        return f"/{request.param}/{made['id']}"

    return make


def test_metadata_merges(odus, holder):
    """What is not given stays (guides/api-features/metadata)."""
    path = holder({"orderId": "12345", "source": "mobile_app"})
    merged = odus.post(path, {"metadata": {"orderId": "67890", "priority": "high"}})["metadata"]
    assert {"orderId": "67890", "source": "mobile_app", "priority": "high"} == merged


def test_an_empty_text_removes_a_key(odus, holder):
    """`{"orderId": ""}`, and that key only (guides/api-features/metadata)."""
    path = holder({"orderId": "12345", "source": "mobile_app"})
    assert {"source": "mobile_app"} == odus.post(path, {"metadata": {"orderId": ""}})["metadata"]


def test_null_clears_the_metadata(odus, holder):
    """All of it (guides/api-features/metadata)."""
    path = holder({"orderId": "12345", "source": "mobile_app"})
    assert {} == odus.post(path, {"metadata": None})["metadata"]


def test_metadata_reaches_its_limits(odus, holder):
    """50 pairs and 500 characters are allowed; the merged pairs count (guides/api-features/metadata)."""
    path = holder({f"key{number}": "x" * 500 for number in range(50)})
    odus.refuses(path, {"metadata": {"one": "more"}})
    assert "more" == odus.post(path, {"metadata": {"key0": "", "one": "more"}})["metadata"]["one"]


@pytest.mark.parametrize(
    ("metadata", "rule"),
    [
        ({f"key{number}": "x" for number in range(51)}, "50"),
        ({"note": "x" * 501}, "500"),
        ({"count": 1}, "text"),
        ({"nested": {"a": "b"}}, "text"),
        ({"list": ["a"]}, "text"),
    ],
    ids=["51 pairs", "501 characters", "a number", "an object", "a list"],
)
@pytest.mark.parametrize("path", ["/payments", "/customers"])
def test_a_violation_names_its_rule(odus, path, metadata, rule):
    """At most 50 pairs, texts only, of at most 500 characters (guides/api-features/metadata)."""
    body = {"/payments": {"amount": 5000, "currency": "usd"}, "/customers": {"email": "a@b.example"}}[path]
    (problem,) = odus.refuses(path, body | {"metadata": metadata})
    assert "metadata" in problem
    assert rule in problem
