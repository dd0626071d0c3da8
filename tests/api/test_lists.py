"""Lists: pages and their order (guides/api-features/pagination-filtering-sorting)."""

import pytest

DEFAULT = {
    "hasNextPage": True,
    "hasPreviousPage": False,
    "itemCount": 12,
    "page": 1,
    "pageCount": 2,
    "pageSize": 10,
}


@pytest.fixture
def twelve(api):
    """Twelve payments of 1 to 12, the even ones in euros."""
    return [api.payment(amount=amount, currency=("eur", "usd")[amount % 2])["id"] for amount in range(1, 13)]


def ids(answer):
    assert 200 == answer.status, answer.text
    return [record["id"] for record in answer.json["data"]]


def amounts(answer):
    assert 200 == answer.status, answer.text
    return [record["amount"] for record in answer.json["data"]]


def test_a_list_is_data_and_pagination(api, twelve):
    """Ten records a page, oldest first, and where the page lies."""
    answer = api.get("/payments")

    assert {"data", "pagination"} == answer.json.keys()
    assert twelve[:10] == ids(answer)
    assert DEFAULT == answer.json["pagination"]
    assert api.get(f"/payments/{twelve[0]}").json == answer.json["data"][0]


def test_the_last_page(api, twelve):
    """The last page holds the rest and knows that it is the last."""
    answer = api.get("/payments?page=2")

    assert twelve[10:] == ids(answer)
    assert DEFAULT | {"hasNextPage": False, "hasPreviousPage": True, "page": 2} == answer.json["pagination"]


def test_a_page_past_the_end_is_empty(api, twelve):
    """A page that does not exist has no records and still the counts."""
    answer = api.get("/payments?page=99&pageSize=5")

    assert [] == ids(answer)
    expected = {
        "hasNextPage": False,
        "hasPreviousPage": True,
        "itemCount": 12,
        "page": 99,
        "pageCount": 3,
        "pageSize": 5,
    }
    assert expected == answer.json["pagination"]


def test_an_empty_list(api):
    """No records are no pages."""
    expected = {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "itemCount": 0,
        "page": 1,
        "pageCount": 0,
        "pageSize": 10,
    }

    assert {"data": [], "pagination": expected} == api.get("/payments").json


@pytest.mark.parametrize(
    "bad",
    [
        "0",
        "-1",
        "1.5",
        "x",
        "",
        "101",
        "1e1",
        "%20",
        "%D9%A3",
        "1%D9%A3",
        "9" * 400,
        "+5",
        "0x5",
        "null",
        "5,6",
        "5%0A",
    ],
)
def test_a_page_size_that_cannot_be_fails_silently(api, twelve, bad):
    """A pageSize that is no integer from 1 to 100 is the default; the page beside it still counts."""
    answer = api.get(f"/payments?page=2&pageSize={bad}")

    assert (2, 10) == (answer.json["pagination"]["page"], answer.json["pagination"]["pageSize"])
    assert twelve[10:] == ids(answer)


@pytest.mark.parametrize("bad", ["0", "-1", "1.5", "x", "", "1e1", "%20", "%D9%A3", "+2", "null", "2,3"])
def test_a_page_that_cannot_be_fails_silently(api, twelve, bad):
    """A page that is no positive integer is the first; the pageSize beside it still counts."""
    answer = api.get(f"/payments?page={bad}&pageSize=5")

    assert (1, 5) == (answer.json["pagination"]["page"], answer.json["pagination"]["pageSize"])
    assert twelve[:5] == ids(answer)


@pytest.mark.parametrize("page", ["9" * 30, "9" * 16, "0" * 5000 + "1"])
def test_a_huge_page_is_no_fault_of_ours(api, twelve, page):
    """A page beyond all counting is answered."""
    assert 200 == api.get(f"/payments?page={page}").status


def test_a_repeated_parameter_is_the_last_one(api, twelve):
    """`page` and `pageSize` may stand several times; the last one counts."""
    answer = api.get("/payments?page=3&pageSize=2&page=2&pageSize=5&sortBy=amount&sortBy=createdAt")

    assert twelve[5:10] == ids(answer)
    assert (2, 5) == (answer.json["pagination"]["page"], answer.json["pagination"]["pageSize"])


@pytest.mark.parametrize("size", [1, 7, 12, 100])
def test_a_page_has_the_size_that_was_asked_for(api, twelve, size):
    """Every size from 1 to 100 holds, and the pages together are the list."""
    pages = -(-12 // size)
    found = [id for page in range(1, pages + 1) for id in ids(api.get(f"/payments?page={page}&pageSize={size}"))]

    assert twelve == found
    assert pages == api.get(f"/payments?pageSize={size}").json["pagination"]["pageCount"]


@pytest.mark.parametrize("direction", ["desc", "DESC"])
@pytest.mark.parametrize("sort_by", ["", "sortBy=createdAt&"])
def test_newest_first(api, twelve, direction, sort_by):
    """`sortDirection=desc` turns the list round; equal times keep the order of creation, turned round."""
    assert twelve[::-1][:5] == ids(api.get(f"/payments?{sort_by}sortDirection={direction}&pageSize=5"))


@pytest.mark.parametrize("direction", ["asc", "ASC"])
def test_oldest_first(api, twelve, direction):
    """`sortDirection=asc` is how a list is anyway."""
    assert twelve[:10] == ids(api.get(f"/payments?sortDirection={direction}"))


@pytest.fixture
def five(api):
    """Payments in an order of their own, told apart by their amounts."""
    fields = (
        {"amount": 3, "currency": "usd", "metadata": {"rank": "b"}, "statementDescriptor": "b"},
        {"amount": 1, "currency": "eur", "metadata": {"rank": "a"}},
        {"amount": 5, "currency": "usd", "statementDescriptor": "B"},
        {"amount": 2, "currency": "eur", "metadata": {"rank": "b"}, "customer": api.ids["jane"]},
        {"amount": 4, "currency": "gbp", "statementDescriptor": "a"},
    )
    return [api.payment(**one)["amount"] for one in fields]


@pytest.mark.parametrize(
    ("sort_by", "ascending", "descending"),
    [
        ("amount", [1, 2, 3, 4, 5], [5, 4, 3, 2, 1]),
        ("currency", [1, 2, 4, 3, 5], [3, 5, 4, 1, 2]),  # equal ones in the order of creation, both ways
        ("statementDescriptor", [5, 4, 3, 1, 2], [1, 2, 3, 4, 5]),  # null comes last, and first when turned round
        ("customer", [2, 3, 1, 5, 4], [3, 1, 5, 4, 2]),
        ("isCaptured", [3, 1, 5, 2, 4], [3, 1, 5, 2, 4]),
        ("updatedAt", [3, 1, 5, 2, 4], [3, 1, 5, 2, 4]),
        ("createdAt", [3, 1, 5, 2, 4], [4, 2, 5, 1, 3]),
        ("id", None, None),
        ("metadata.rank", [1, 3, 2, 5, 4], [5, 4, 3, 2, 1]),
        ("metadata.nothing", [3, 1, 5, 2, 4], [3, 1, 5, 2, 4]),
    ],
)
def test_sorted_by_any_scalar(api, five, sort_by, ascending, descending):
    """Every scalar and every metadata key orders a list; text by its code points."""
    if sort_by == "id":
        ids = {payment["id"]: payment["amount"] for payment in api.get("/payments").json["data"]}
        ascending = [ids[id] for id in sorted(ids)]
        descending = ascending[::-1]

    assert ascending == amounts(api.get(f"/payments?sortBy={sort_by}"))
    assert ascending == amounts(api.get(f"/payments?sortBy={sort_by}&sortDirection=asc"))
    assert descending == amounts(api.get(f"/payments?sortBy={sort_by}&sortDirection=DESC"))
    assert descending[2:4] == amounts(api.get(f"/payments?sortBy={sort_by}&sortDirection=desc&pageSize=2&page=2"))


def test_sorted_after_filtering(api, five):
    """Order, filters and pages work together."""
    answer = api.get("/payments?sortBy=amount&sortDirection=desc&amount[gt]=1&pageSize=3&page=2")

    assert [2] == amounts(answer)
    assert (4, 2) == (answer.json["pagination"]["itemCount"], answer.json["pagination"]["pageCount"])


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("sortBy=ammount", "sortBy must be one of id, createdAt, updatedAt, amount, "),
        ("sortBy=ammount", "metadata.<key>, found \"ammount\"; did you mean 'amount'?"),
        ("sortBy=", 'metadata.<key>, found ""'),
        ("sortBy=cart", 'found "cart"'),
        ("sortBy=transactions", 'found "transactions"'),
        ("sortBy=metadata", "found \"metadata\"; did you mean 'metadata.<key>'?"),
        ("sortBy=tries", 'found "tries"'),
        ("sortBy=created_at", "did you mean 'createdAt'?"),
        ("sortDirection=up", 'sortDirection must be one of asc, desc, ASC, DESC, found "up"'),
        ("sortDirection=Desc", 'found "Desc"; did you mean'),
        ("sortDirection=", 'found ""'),
    ],
)
def test_an_order_that_cannot_be_is_a_400(api, query, told):
    """An unknown field or direction names what there is and the nearest word."""
    answer = api.get(f"/payments?{query}")

    assert (400, 1) == (answer.status, len(answer.problems))
    assert told in answer.problems[0]
    assert "tries" not in answer.problems[0].split(", found")[0]


@pytest.mark.parametrize(
    "path",
    [
        "/transactions",
        "/customers",
        "/payment-methods",
        "/gateway-profiles",
        "/cascades",
        "/merchant-configs",
        "/secret-keys",
    ],
)
def test_every_resource_is_listed_alike(api, path):
    """All lists page and refuse in the same way, and each record is what find-one answers."""
    api.paid(customer=api.ids["jane"])
    api.made("/secret-keys", {"permissions": ["PAYMENT_READ"]})
    answer = api.get(f"{path}?pageSize=1&sortDirection=desc")

    assert 1 == len(answer.json["data"])
    assert api.get(f"{path}/{answer.json['data'][0]['id']}").json == answer.json["data"][0]
    assert 400 == api.get(f"{path}?nothing[eq]=1").status


@pytest.mark.parametrize(
    "query",
    [
        *("%ff[eq]=%ff", "%00=%00", "status[eq]=%ff%fe", "&&&", "?", "a" * 5000 + "=1", "[=]", "status[eq]", "[[]]=1"),
        *(
            "metadata.%00[like]=%00",
            "metadata.[eq]=1",
            "metadata..[eq]=1",
            "metadata.a[b]c]][eq]=1",
            "sortBy=metadata.",
        ),
        *("amount[eq]=" + "9" * 5000, "amount[in]=" + "9," * 5000, "createdAt[gt]=" + "9" * 5000),
        *("createdAt[eq]=0001-01-01T00:00:00%2B14:00", "createdAt[eq]=9999-12-31T23:59:59-14:00", "createdAt[in]=,"),
        *("id[eq]=%ed%a0%80", "id[like]=%ed%a0%80", "currency[like]=" + "%C3%9F" * 500, "page[eq]=1", "sortBy=%ff"),
    ],
)
def test_an_odd_query_is_no_fault_of_ours(api, query):
    """Whatever stands in a query, the answer is a list or a 400."""
    assert api.get(f"/payments?{query}").status in (200, 400)
