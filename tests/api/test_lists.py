"""Lists: paging, order and filters (guides/api-features/pagination-filtering-sorting)."""

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
    "bad", ["0", "-1", "1.5", "x", "", "101", "1e1", "%20", "%D9%A3", "9" * 400, "+5", "0x5", "null", "5,6"]
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


@pytest.mark.parametrize("page", ["9" * 30, "9" * 16])
def test_a_huge_page_is_no_fault_of_ours(api, twelve, page):
    """A page beyond all counting is answered."""
    assert 200 == api.get(f"/payments?page={page}").status


@pytest.mark.parametrize("size", [1, 7, 12, 100])
def test_a_page_has_the_size_that_was_asked_for(api, twelve, size):
    """Every size from 1 to 100 holds, and the pages together are the list."""
    pages = -(-12 // size)
    found = [id for page in range(1, pages + 1) for id in ids(api.get(f"/payments?page={page}&pageSize={size}"))]

    assert twelve == found
    assert pages == api.get(f"/payments?pageSize={size}").json["pagination"]["pageCount"]


@pytest.mark.parametrize("direction", ["desc", "DESC"])
def test_newest_first(api, twelve, direction):
    """`sortDirection=desc` turns the list round; equal times keep the order of creation, turned round."""
    assert twelve[::-1][:5] == ids(api.get(f"/payments?sortBy=createdAt&sortDirection={direction}&pageSize=5"))


@pytest.mark.parametrize("direction", ["asc", "ASC"])
def test_oldest_first(api, twelve, direction):
    """`sortDirection=asc` is how a list is anyway."""
    assert twelve[:10] == ids(api.get(f"/payments?sortDirection={direction}"))


def test_filters_are_anded(api, twelve):
    """Several filters hold at once, and the counts are of what fits."""
    answer = api.get("/payments?currency[eq]=usd&amount[eq]=3")

    assert [twelve[2]] == ids(answer)
    assert 1 == answer.json["pagination"]["itemCount"]
    assert [] == ids(api.get("/payments?currency[eq]=eur&amount[eq]=3"))


def test_scalars_of_every_type_are_compared(api):
    """Text, numbers, booleans, instants and enums are filtered by what they are."""
    open_, paid = api.payment()["id"], api.paid(amount=70)["id"]

    assert [paid] == ids(api.get("/payments?amount[eq]=70"))
    assert [paid] == ids(api.get("/payments?status[eq]=succeeded"))
    assert [paid] == ids(api.get("/payments?isCaptured[eq]=true"))
    assert [open_] == ids(api.get("/payments?isCaptured[eq]=false"))
    assert [open_] == ids(api.get(f"/payments?id[eq]={open_}"))
    assert [open_, paid] == ids(api.get("/payments?createdAt[eq]=2026-01-01T00:00:00.000Z"))
    assert [open_] == ids(api.get("/payments?displayStatus[eq]=unattempted"))
    assert [open_] == ids(api.get("/payments?status%5Beq%5D=open"))


def test_references_are_compared(api):
    """Lists are filtered by the ids they refer to; one that nobody has matches nothing."""
    jane = api.ids["jane"]
    mine, other = api.paid(customer=jane), api.paid()

    assert [mine["id"]] == ids(api.get(f"/payments?customer[eq]={jane}"))
    assert [other["transactions"][0]["id"]] == ids(api.get(f"/transactions?payment[eq]={other['id']}"))
    assert [api.ids["janes_visa"]] == ids(api.get(f"/payment-methods?customer[eq]={jane}&isDefault[eq]=true"))
    assert [] == ids(api.get("/payments?customer[eq]=cus_nobody"))
    assert 2 == len(ids(api.get(f"/payments?cascade[eq]={api.ids['main']}")))


def test_an_unknown_enum_value_matches_nothing(api, twelve):
    """The documentation itself asks for `succeded`: 200 and an empty list."""
    assert [] == ids(api.get("/payments?status[eq]=succeded"))


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (
            "status=succeeded",
            "status is not a parameter of this list; write status[eq]=succeeded; filters are written field[eq]=value",
        ),
        ("stauts[eq]=open", "stauts is not a field to filter by; did you mean 'status'?"),
        ("status[equals]=open", "status[equals] has an unknown operator; known are eq"),
        ("status[]=open", "status[] has an unknown operator; known are eq"),
        ("[eq]=open", "[eq] is not a parameter of this list"),
        ("pagesize=5", "pagesize is not a parameter of this list; did you mean 'pageSize'?"),
        ("checkout_key[eq]=x", "checkout_key is not a field to filter by; did you mean 'checkoutKey'?"),
        ("cart[eq]=x", "cart is not a field to filter by"),
        ("tries[eq]=0", "tries is not a field to filter by"),
        ("amount[eq]=x", "amount[eq] must be an integer, found 'x'"),
        ("isCaptured[eq]=yes", "isCaptured[eq] must be true or false, found 'yes'"),
        ("sortBy=nothing", "sortBy must be"),
        ("sortDirection=up", "sortDirection must be asc or desc, found 'up'"),
        ("=1", " is not a parameter of this list"),
    ],
)
def test_a_query_that_cannot_be_is_a_400_that_says_why(api, query, told):
    """An unknown field, operator, parameter or value names what was wrong and what exists."""
    answer = api.get(f"/payments?{query}")

    assert 400 == answer.status
    assert 1 == len(answer.problems)
    assert answer.problems[0].startswith(told)


def test_every_problem_of_a_query_is_told(api):
    """Three faults are three messages."""
    answer = api.get("/payments?status=open&colour[eq]=red&amount[gtt]=1")

    assert ["status", "colour", "amount[gtt]"] == [problem.split(" ")[0] for problem in answer.problems]


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
    "query", ["%ff[eq]=%ff", "%00=%00", "status[eq]=%ff%fe", "&&&", "?", "a" * 5000 + "=1", "[=]", "status[eq]"]
)
def test_an_odd_query_is_no_fault_of_ours(api, query):
    """Whatever stands in a query, the answer is a list or a 400."""
    assert api.get(f"/payments?{query}").status in (200, 400)
