"""What Odus documents of lists (guides/api-features/pagination-filtering-sorting)."""

from __future__ import annotations

from mock_odus.facts.account import Account
from mock_odus.facts.fact import Chapter, same

fact = Chapter("lists")

PAGE = "guides/api-features/pagination-filtering-sorting"
LISTS = ("payments", "payment-methods", "customers", "gateway-profiles", "cascades", "merchant-configs")


@fact("A list has data and pagination: the first page, of ten records, unless told otherwise.", PAGE)
def form(odus: Account) -> None:
    fields = {"hasNextPage", "hasPreviousPage", "itemCount", "page", "pageCount", "pageSize"}
    for resource in LISTS:
        answer = odus.get(f"/{resource}")
        same({"data", "pagination"}, set(answer))
        same(fields, set(answer["pagination"]))
        same((1, 10), (answer["pagination"]["page"], answer["pagination"]["pageSize"]))


@fact("itemCount counts all pages.", PAGE)
def item_count(odus: Account) -> None:
    name = odus.email()
    made = [odus.post("/products", {"name": name})["id"] for _ in range(12)]
    pages = [odus.get(f"/products?name[eq]={name}&pageSize=5&page={page}") for page in (1, 3)]
    same([made[:5], made[10:]], [[one["id"] for one in page["data"]] for page in pages])
    wanted = {"itemCount": 12, "pageCount": 3, "pageSize": 5}
    first = wanted | {"hasNextPage": True, "hasPreviousPage": False, "page": 1}
    last = wanted | {"hasNextPage": False, "hasPreviousPage": True, "page": 3}
    same([first, last], [page["pagination"] for page in pages])


@fact("A page or size that cannot be fails silently, each on its own: first page, ten records; 100 at most.", PAGE)
def silent_failure(odus: Account) -> None:
    for query, page, size in (
        ("page=2&pageSize=100", 2, 100),
        ("page=0&pageSize=20", 1, 20),
        ("page=x&pageSize=20", 1, 20),
        ("page=-1&pageSize=20", 1, 20),
        ("page=2&pageSize=0", 2, 10),
        ("page=2&pageSize=101", 2, 10),
        ("page=2&pageSize=ten", 2, 10),
        ("page=&pageSize=", 1, 10),
    ):
        pagination = odus.get(f"/customers?{query}")["pagination"]
        same((query, page, size), (query, pagination["page"], pagination["pageSize"]))


def _three(odus: Account) -> tuple[str, list[str]]:
    """A query of three products, and their names in order of creation."""
    mark = odus.email()
    names = [f"{place} {mark}" for place in (3, 1, 2)]
    for name in names:
        odus.post("/products", {"name": name, "description": mark})
    return f"/products?description[eq]={mark}", names


@fact("A list ascends by createdAt unless told otherwise.", PAGE)
def default_order(odus: Account) -> None:
    query, names = _three(odus)
    for order in ("", "&sortBy=createdAt"):
        same(names, [one["name"] for one in odus.get(query + order)["data"]])


@fact("A direction is asc, desc, ASC or DESC, and sortBy names the field.", PAGE)
def directions(odus: Account) -> None:
    query, names = _three(odus)
    for direction in ("asc", "desc", "ASC", "DESC"):
        found = odus.get(f"{query}&sortBy=name&sortDirection={direction}")["data"]
        same(sorted(names, reverse=direction.lower() == "desc"), [one["name"] for one in found])


@fact("amount[gt]=100&status[eq]=succeeded, the sampled filters, are both held to.", PAGE, needs="test card")
def filters(odus: Account) -> None:
    customer = odus.customer()
    odus.pay(amount=100, customer=customer)
    more = odus.pay(amount=101, customer=customer)["id"]
    odus.create(amount=500, customer=customer)
    found = odus.get(f"/payments?amount[gt]=100&status[eq]=succeeded&customer[eq]={customer}")["data"]
    same([more], [one["id"] for one in found])


@fact("A status that does not exist finds nothing: the sample status[eq]=succeded answers 200.", PAGE)
def unknown_status(odus: Account) -> None:
    same([], odus.get("/payments?status[eq]=succeded")["data"])
