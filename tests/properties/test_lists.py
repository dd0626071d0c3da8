"""Lists against plain Python: drawn records, drawn queries; and how little of a table a list looks at."""

import json
from itertools import accumulate

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import to_builtins

from mock_odus import assumptions
from mock_odus.engine import account, attempts, cascades, payments, periods, profiles
from mock_odus.engine.bodies import (
    CreateCascade,
    CreateCascadeRule,
    CreateGatewayProfile,
    CreatePayment,
    MethodOptions,
    Routing,
)
from mock_odus.engine.records import Payment, Transaction
from mock_odus.engine.views import Links, view
from mock_odus.engine.world import World
from mock_odus.web import listing

START = "2026-01-31T10:00:00.000Z"
LINKS = Links("http://localhost:4010", "shop")
POLICIES = assumptions.load().for_engine()


def new_world():
    world = World(seed=7, now=START, policies=POLICIES, gateway=None)
    account.open_account(world)
    return world


def template():
    """A payment with nothing special about it."""
    world = new_world()
    profile = profiles.create(world, CreateGatewayProfile(title="One", integration="stripe", environment="test"))
    rule = CreateCascadeRule(gateway_profile=profile.id, position=1)
    cascade = cascades.create(world, CreateCascade(title="One", algorithm="priority_queue", rules=(rule,)))
    options = MethodOptions(card=Routing(mode="cascade", cascade=cascade.id))
    return payments.create(world, CreatePayment(amount=1, currency="usd", payment_method_options=options))


PLAIN = template()


def payment(number, **fields):
    return msgspec.structs.replace(PLAIN, id=f"pay_{number * 37 % 101:03}", **fields)


def page(world, query):
    return listing.records(world, Payment, query, "secret", LINKS)


# --- Against plain Python --------------------------------------------------------------------------------------------

TEXTS = st.sampled_from(["", "a", "A", "ab", "b", "ß", "ss", "null", "true", "1"])
NUMBERS = st.sampled_from([-1, 0, 1, 2, 9, 10, 100, 10**30])
HOURS = st.integers(0, 3)
KINDS = {
    "amount": NUMBERS,
    "captureDelay": NUMBERS,
    "customer": TEXTS,
    "statementDescriptor": TEXTS,
    "status": st.sampled_from(["open", "succeeded", "succeded"]),
    "metadata.k": TEXTS,
    "metadata.a.b": TEXTS,
    "isCaptured": st.booleans(),
    "createdAt": HOURS,
    "cancelledAt": HOURS,
}
INSTANTS = ("createdAt", "cancelledAt")
ORDERED = ("eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "isNull")


def hours(count):
    return periods.after(START, periods.Duration(milliseconds=count * 3_600_000))


@st.composite
def tables(draw):
    """Payments, one hour or none after another."""
    steps = draw(st.lists(st.integers(0, 1), max_size=8))
    return [
        payment(
            number,
            created_at=hours(hour),
            amount=draw(st.sampled_from([1, 2, 9, 10, 100])),
            capture_delay=draw(st.none() | st.integers(0, 2)),
            customer=draw(st.none() | TEXTS),
            statement_descriptor=draw(st.none() | TEXTS),
            status=draw(st.sampled_from(["open", "succeeded"])),
            is_captured=draw(st.booleans()),
            cancelled_at=draw(st.none() | HOURS.map(hours)),
            metadata=draw(st.dictionaries(st.sampled_from(["k", "a.b"]), TEXTS)),
        )
        for number, hour in enumerate(accumulate(steps))
    ]


@st.composite
def conditions(draw):
    """A field, an operator that it takes, and an operand."""
    field = draw(st.sampled_from(sorted(KINDS)))
    values = KINDS[field]
    if field == "isCaptured":
        takes = ("eq", "ne", "in", "nin", "isNull")
    else:
        takes = ORDERED if field in (*INSTANTS, "amount", "captureDelay") else (*ORDERED, "like")
    operator = draw(st.sampled_from(takes))
    if operator == "isNull":
        return field, operator, draw(st.booleans())
    if operator in ("in", "nin"):
        several = st.lists(values, min_size=2, max_size=3)  # a single empty text would be the empty list
        return field, operator, draw(several)
    return field, operator, draw(values)


def written(field, value):
    """An operand as a query has it; an instant in a form of its own."""
    if isinstance(value, list):
        return ",".join(written(field, one) for one in value)
    if field in INSTANTS and not isinstance(value, bool):
        return hours(value + 1).replace(".000Z", "+01:00")
    return value if isinstance(value, str) else json.dumps(value)


def value_of(shown, field):
    head, _, key = field.partition(".")
    return shown["metadata"].get(key) if head == "metadata" else shown[field]


def fits(shown, field, operator, operand):
    """The rules, as they are documented."""
    value = value_of(shown, field)
    if field in INSTANTS and operator != "isNull":
        operand = [hours(one) for one in operand] if isinstance(operand, list) else hours(operand)
    match operator:
        case "isNull":
            return (value is None) == operand
        case "ne":
            return value != operand
        case "nin":
            return value not in operand
    if value is None:
        return False
    match operator:
        case "eq":
            return value == operand
        case "gt":
            return value > operand
        case "gte":
            return value >= operand
        case "lt":
            return value < operand
        case "lte":
            return value <= operand
        case "in":
            return value in operand
        case "like":
            return operand.casefold() in value.casefold()


def in_order(shown, by, descending):
    """Equal ones as they were made, null last, or first when turned round; only `createdAt` turns ties as well."""
    if by == "createdAt":
        return shown[::-1] if descending else shown
    alike = {}
    for one in shown:
        alike.setdefault(value_of(one, by), []).append(one)
    nulls = alike.pop(None, [])
    rest = [one for value in sorted(alike, reverse=descending) for one in alike[value]]
    return nulls + rest if descending else rest + nulls


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(tables(), st.lists(conditions(), max_size=3), st.sampled_from(sorted(KINDS)), st.booleans(), st.integers(1, 4))
def test_a_list_is_what_plain_python_finds(table, asked, by, descending, size):
    """Whatever is stored and asked: the entries that fit, in their order, and every page of them once."""
    world = new_world()
    for record in table:
        world.put(record)
    shown = [to_builtins(view(record, "secret", LINKS)) for record in table]
    expected = in_order([one for one in shown if all(fits(one, *condition) for condition in asked)], by, descending)
    query = [(f"{field}[{operator}]", written(field, operand)) for field, operator, operand in asked]
    query += [("sortBy", by), ("sortDirection", "desc" if descending else "asc"), ("pageSize", str(size))]

    pages = [page(world, [*query, ("page", str(number))]) for number in range(1, -(-len(expected) // size) + 1)]

    assert expected == [to_builtins(one) for found in pages for one in found["data"]]
    assert [len(expected)] * len(pages) == [found["pagination"]["itemCount"] for found in pages]
    assert [] == page(world, [*query, ("page", str(len(pages) + 1))])["data"]


# --- How much of a table is looked at --------------------------------------------------------------------------------


class Watched(dict):
    """A table that counts how many of its entries were looked at, or passed by."""

    looks = 0

    def __getitem__(self, id):
        self.looks += 1
        return super().__getitem__(id)

    def __iter__(self):
        for id in super().__iter__():
            self.looks += 1
            yield id

    def __reversed__(self):
        for id in super().__reversed__():
            self.looks += 1
            yield id

    def get(self, id, default=None):
        self.looks += 1
        return super().get(id, default)

    def keys(self):
        self.looks += len(self)
        return super().keys()

    def values(self):
        self.looks += len(self)
        return super().values()

    def items(self):
        self.looks += len(self)
        return super().items()


@pytest.fixture(scope="module")
def many():
    """A thousand payments, half of them Jane's, ten of them Joe's."""
    world = new_world()
    for number in range(1000):
        customer = "joe" if number % 100 == 50 else ("jane" if number % 2 else None)
        world.put(msgspec.structs.replace(PLAIN, id=f"pay_{number}", customer=customer, amount=number))
    world._tables[Payment] = Watched(world.table(Payment))
    return world


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1000),
        ("sortDirection=desc", 1000),
        ("sortBy=createdAt&sortDirection=DESC", 1000),
        ("customer[eq]=jane", 500),
        ("customer[eq]=jane&sortDirection=desc", 500),
        ("customer[eq]=joe&amount[gt]=5&metadata.a[isNull]=true", 10),
        ("amount[gt]=5&status[eq]=open&customer[eq]=joe&sortBy=amount", 10),
        ("customer[eq]=jane&customer[eq]=joe", 0),
        ("customer[eq]=nobody&amount[gt]=5", 0),
        ("amount[lt]=900&customer[eq]=jane&id[eq]=pay_7", 1),
        ("id[eq]=nobody", 0),
    ],
)
def test_a_list_looks_at_no_more_than_it_must(many, query, count):
    """A page by id or an indexed reference, or without filters, costs as much in a table of any size."""
    table = many.table(Payment)
    table.looks = 0

    found = page(many, [tuple(part.split("=")) for part in query.split("&")] if query else [])

    assert count == found["pagination"]["itemCount"]
    assert min(count, 10) == len(found["data"])
    assert table.looks <= 40


def test_a_scan_is_seen(many):
    """The watched table notices when all of it is looked at."""
    table = many.table(Payment)
    table.looks = 0

    assert 1 == page(many, [("amount[eq]", "5")])["pagination"]["itemCount"]
    assert table.looks >= 1000


def test_the_transactions_of_a_payment_are_found_without_a_look_at_the_others():
    """A payment carries its transactions, so a list of them costs as much in a table of any size."""
    world = new_world()
    for number in range(1000):
        payment = msgspec.structs.replace(PLAIN, id=f"pay_{number}")
        made = tuple(attempts.record_external(world, payment, 1) for _ in range(number % 4))
        world.put(msgspec.structs.replace(payment, transactions=made))
    first, second, third = (one.id for one in world.get(Payment, "pay_7").transactions)
    table = world._tables[Transaction] = Watched(world.table(Transaction))

    def ids(*query):
        return [one.id for one in listing.records(world, Transaction, list(query), "secret", LINKS)["data"]]

    assert [first, second, third] == ids(("payment[eq]", "pay_7"))
    assert [third, second, first] == ids(("payment[eq]", "pay_7"), ("sortDirection", "desc"))
    assert [second] == ids(("payment[eq]", "pay_7"), ("id[eq]", second))
    assert [] == ids(("payment[eq]", "pay_8"))
    assert [] == ids(("payment[eq]", "nobody"))
    assert table.looks <= 20
