"""Filters in LHS brackets: operators, types, null, metadata, and what is said of those that cannot be."""

from urllib.parse import quote

import msgspec
import pytest

from mock_odus.api.routes import RESOURCES
from mock_odus.engine.records import Instant, Private, Sensitive
from mock_odus.engine.views import Links
from mock_odus.web import filters

DAY = "2026-01-01T00:00:00.000Z"
TEXT_TAKES = "text takes eq, ne, gt, gte, lt, lte, in, nin, like, isNull"


@pytest.fixture
def six(api):
    """Payments of 1 to 6: the first three by Jane, the second and third paid, the last one a day later."""
    jane = api.ids["jane"]
    api.payment(amount=1, customer=jane, statementDescriptor="Shop A", metadata={"orderId": "A1", "a.b[c]": "dots"})
    api.paid(amount=2, customer=jane, currency="eur", metadata={"orderId": "a2"})
    api.paid(amount=3, customer=jane, statementDescriptor="SHOP b", metadata={"orderId": "null"})
    api.payment(amount=4, currency="gbp", paymentMethodOptions={"captureMethod": "automatic"})
    api.payment(amount=5, statementDescriptor="true")
    api.made("/_mock/clock/advance", {"by": "1 day"})
    api.payment(amount=6)
    return api


def found(api, query):
    answer = api.get("/payments?" + query.replace(" ", "%20"))
    assert 200 == answer.status, answer.text
    assert len(answer.json["data"]) == answer.json["pagination"]["itemCount"]
    return [payment["amount"] for payment in answer.json["data"]]


ALL = [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # numbers
        ("amount[eq]=3", [3]),
        ("amount[ne]=3", [1, 2, 4, 5, 6]),
        ("amount[gt]=4", [5, 6]),
        ("amount[gte]=4", [4, 5, 6]),
        ("amount[lt]=3", [1, 2]),
        ("amount[lte]=3", [1, 2, 3]),
        ("amount[in]=2,5,99", [2, 5]),
        ("amount[nin]=2,5,99", [1, 3, 4, 6]),
        ("amount[in]=", []),
        ("amount[nin]=", ALL),
        ("amount[isNull]=true", []),
        ("amount[isNull]=false", ALL),
        ("amount[gt]=-1", ALL),
        ("amount[eq]=0003", [3]),
        ("amount[lt]=" + "9" * 100, ALL),
        ("amount[eq]=" + "9" * 100, []),
        # text
        ("currency[eq]=eur", [2]),
        ("currency[eq]=EUR", []),
        ("currency[ne]=usd", [2, 4]),
        ("currency[in]=eur,gbp", [2, 4]),
        ("currency[nin]=eur,gbp", [1, 3, 5, 6]),
        ("currency[gt]=eur", [1, 3, 4, 5, 6]),
        ("currency[lte]=gbp", [2, 4]),
        ("currency[like]=S", [1, 3, 5, 6]),
        ("currency[like]=", ALL),
        ("currency[eq]=", []),
        ("statementDescriptor[like]=shop", [1, 3]),
        ("statementDescriptor[eq]=shop a", []),
        ("statementDescriptor[eq]=Shop A", [1]),
        ("statementDescriptor[eq]=Shop+A", [1]),
        ("statementDescriptor[eq]=true", [5]),
        # null
        ("customer[isNull]=true", [4, 5, 6]),
        ("customer[isNull]=false", [1, 2, 3]),
        ("statementDescriptor[ne]=Shop A", [2, 3, 4, 5, 6]),
        ("statementDescriptor[nin]=Shop A,true", [2, 3, 4, 6]),
        ("statementDescriptor[gt]=", [1, 3, 5]),
        ("statementDescriptor[lt]=z", [1, 3, 5]),
        ("statementDescriptor[like]=", [1, 3, 5]),
        ("captureDelay[isNull]=true", ALL),
        ("captureDelay[lt]=9", []),
        ("captureDelay[ne]=9", ALL),
        ("customer[eq]=null", []),
        # booleans
        ("isCaptured[eq]=true", [2, 3]),
        ("isCaptured[ne]=true", [1, 4, 5, 6]),
        ("isCaptured[in]=true", [2, 3]),
        ("isCaptured[in]=true,false", ALL),
        ("isCaptured[nin]=true", [1, 4, 5, 6]),
        ("isCaptured[isNull]=true", []),
        # enums: an unknown value is nobody's, as the documentation's own sample `succeded`
        ("status[eq]=succeeded", [2, 3]),
        ("status[eq]=succeded", []),
        ("status[ne]=succeded", ALL),
        ("status[in]=succeded,open", [1, 4, 5, 6]),
        ("status[nin]=succeded", ALL),
        ("displayStatus[like]=succ", [2, 3]),
        ("offSessionType[isNull]=true", ALL),
        # several at once
        ("amount[gt]=1&amount[lt]=4", [2, 3]),
        ("amount[ne]=1&amount[ne]=2&amount[ne]=3", [4, 5, 6]),
        ("amount[eq]=1&amount[eq]=2", []),
        ("currency[eq]=usd&isCaptured[eq]=true&amount[gte]=1", [3]),
        # metadata
        ("metadata.orderId[eq]=A1", [1]),
        ("metadata.orderId[like]=a", [1, 2]),
        ("metadata.orderId[in]=A1,null", [1, 3]),
        ("metadata.orderId[isNull]=true", [4, 5, 6]),
        ("metadata.orderId[ne]=A1", [2, 3, 4, 5, 6]),
        ("metadata.orderId[gte]=a", [2, 3]),
        ("metadata.a.b[c][eq]=dots", [1]),
        ("metadata.nobody[eq]=", []),
        ("metadata.nobody[isNull]=false", []),
        ("metadata.orderid[isNull]=false", []),
    ],
)
def test_what_fits(six, query, expected):
    """Each operator on each type, null among the values, and several filters at once."""
    assert expected == found(six, query)


def test_what_fits_percent_encoded(six):
    """Many clients encode the brackets and everything else."""
    for query in ("amount[gt]=4", "metadata.a.b[c][eq]=dots", "statementDescriptor[eq]=Shop A", "amount[in]=1,2"):
        key, value = query.split("=")
        assert found(six, query) == found(six, f"{quote(key, safe='')}={quote(value, safe='')}")
    assert [5, 6] == found(six, "amount%5Bgt%5D=4")


@pytest.mark.parametrize(
    "instant",
    [
        "2026-01-02",
        "20260102",
        "2026-01-02T00:00Z",
        "2026-01-02T00:00:00.000Z",
        "2026-01-02T02:30:00%2B02:30",
        "2026-01-02T02:30:00+02:30",  # a plus that nobody encoded arrives as a space
        "2026-01-01T19:00:00-05:00",
        "2026-01-02 00:00:00",
        "2026-01-02T00:00:00.0009999Z",
    ],
)
def test_instants_in_any_form(six, instant):
    """Whatever ISO 8601 allows is compared as time; a date is its first instant in UTC, and no offset means UTC."""
    assert [6] == found(six, f"createdAt[gte]={instant}") == found(six, f"createdAt[eq]={instant}")
    assert [1, 2, 3, 4, 5] == found(six, f"createdAt[lt]={instant}") == found(six, f"createdAt[ne]={instant}")
    assert [] == found(six, f"createdAt[gt]={instant}")
    assert ALL == found(six, f"createdAt[in]={DAY},{instant}") == found(six, f"createdAt[lte]={instant}")


def test_a_day_is_asked_for_by_its_ends(six):
    """From the first instant of a day to that of the next."""
    assert [1, 2, 3, 4, 5] == found(six, "createdAt[gte]=2026-01-01&createdAt[lt]=2026-01-02")
    assert ALL == found(six, "chargebackRecordedAt[isNull]=true")
    assert [] == found(six, "chargebackRecordedAt[lte]=2999-01-01")


def test_references_are_compared(api):
    """Lists are filtered by the ids they refer to, in any place among the filters; an unknown one is nobody's."""
    jane = api.ids["jane"]
    mine, other = api.paid(amount=1, customer=jane), api.paid(amount=2)

    def ids(query):
        return [record["id"] for record in api.get(query).json["data"]]

    assert [mine["id"]] == ids(f"/payments?customer[eq]={jane}") == ids(f"/payments?customer[in]=cus_x,{jane}")
    assert [mine["id"]] == ids(f"/payments?amount[gte]=1&customer[eq]={jane}&id[eq]={mine['id']}")
    assert [] == ids(f"/payments?amount[gte]=2&customer[eq]={jane}")
    assert [] == ids(f"/payments?id[eq]={other['id']}&customer[eq]={jane}")
    assert [] == ids(f"/payments?customer[eq]={jane}&customer[eq]=cus_nobody")
    assert [other["id"]] == ids(f"/payments?customer[ne]={jane}")
    assert [other["id"], mine["id"]] == ids(f"/payments?cascade[eq]={api.ids['main']}&sortDirection=desc")
    assert [other["transactions"][0]["id"]] == ids(f"/transactions?payment[eq]={other['id']}")
    assert [api.ids["janes_visa"]] == ids(f"/payment-methods?customer[eq]={jane}&isDefault[eq]=true")


# --- What cannot be asked --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (
            "status=succeeded",
            "status is not a parameter of this list; write status[eq]=succeeded; filters are written field[eq]=value",
        ),
        ("metadata.a=1", "metadata.a is not a parameter of this list; write metadata.a[eq]=1; filters are"),
        ("stauts[eq]=open", "stauts is not a field to filter by; did you mean 'status'?; known are id, createdAt, "),
        ("status[equals]=open", f"status[equals] has an unknown operator; {TEXT_TAKES}"),
        ("status[]=open", f"status[] has an unknown operator; {TEXT_TAKES}"),
        ("status[EQ]=open", f"status[EQ] has an unknown operator; did you mean 'eq'?; {TEXT_TAKES}"),
        ("status[isnull]=true", "status[isnull] has an unknown operator; did you mean 'isNull'?"),
        ("amount[gtt]=1", "amount[gtt] has an unknown operator; did you mean 'gt'?; an integer takes eq, ne, gt, "),
        (
            "amount[like]=1",
            "amount[like] has an operator that does not fit; an integer takes eq, ne, gt, gte, lt, lte, in, nin, ",
        ),
        ("createdAt[like]=2026", "createdAt[like] has an operator that does not fit; an instant takes eq, ne, gt, "),
        (
            "isCaptured[gt]=false",
            "isCaptured[gt] has an operator that does not fit; a boolean takes eq, ne, in, nin, isNull",
        ),
        ("isCaptured[like]=t", "isCaptured[like] has an operator that does not fit; a boolean takes"),
        ("[eq]=open", "[eq] is not a parameter of this list"),
        ("pagesize=5", "pagesize is not a parameter of this list; did you mean 'pageSize'?"),
        ("checkout_key[eq]=x", "checkout_key is not a field to filter by; did you mean 'checkoutKey'?"),
        ("cart[eq]=x", "cart is not a field to filter by"),
        ("transactions[eq]=x", "transactions is not a field to filter by"),
        ("action.token[eq]=x", "action.token is not a field to filter by"),
        ("tries[eq]=0", "tries is not a field to filter by"),
        ("succeededAt[isNull]=true", "succeededAt is not a field to filter by"),
        ("metadata[eq]=x", "metadata is not a field to filter by; did you mean 'metadata.<key>'?"),
        ("metadata.[eq]=x", "metadata. is not a field to filter by"),
        ("amount[eq]=x", 'amount[eq] must be an integer, found "x"'),
        ("amount[eq]=", 'amount[eq] must be an integer, found ""'),
        ("amount[gt]=1.5", 'amount[gt] must be an integer, found "1.5"'),
        ("amount[gt]=%D9%A3", 'amount[gt] must be an integer, found "٣"'),
        ("amount[gt]=1%0A", 'amount[gt] must be an integer, found "1\\n"'),
        ("amount[in]=1,x", 'amount[in] must be a comma list, each an integer, found "1,x"'),
        ("amount[in]=1,,2", "amount[in] must be a comma list, each an integer"),
        ("captureDelay[eq]=null", 'found "null"; null is asked for by captureDelay[isNull]=true'),
        ("isCaptured[eq]=yes", 'isCaptured[eq] must be true or false, found "yes"'),
        ("isCaptured[in]=true,1", 'isCaptured[in] must be a comma list, each true or false, found "true,1"'),
        ("customer[isNull]=1", 'customer[isNull] must be true or false, found "1"'),
        ("metadata.a[isNull]=", 'metadata.a[isNull] must be true or false, found ""'),
        (
            "createdAt[gte]=yesterday",
            'createdAt[gte] must be an instant such as 2026-01-31T09:00:00Z or 2026-01-31, found "yesterday"',
        ),
        ("createdAt[gte]=2026-02-30", "createdAt[gte] must be an instant such as"),
        ("createdAt[gte]=1769817600", "createdAt[gte] must be an instant such as"),
        ("createdAt[lt]=0001-01-01T00:00:00%2B14:00", "createdAt[lt] must be an instant such as"),
        ("=1", " is not a parameter of this list"),
    ],
)
def test_a_query_that_cannot_be_is_a_400_that_says_why(api, query, told):
    """An unknown field, operator, parameter or value names what was wrong and what exists."""
    answer = api.get(f"/payments?{query}")

    assert 400 == answer.status
    assert 1 == len(answer.problems)
    assert told in answer.problems[0]


def test_every_problem_of_a_query_is_told(api):
    """Five faults are five messages, and what is right beside them is passed over."""
    query = "status=open&colour[eq]=red&page=x&amount[gtt]=1&amount[gt]=1&sortBy=x&sortDirection=y&isCaptured[eq]=1"
    answer = api.get(f"/payments?{query}")

    expected = ["status", "colour", "amount[gtt]", "sortBy", "sortDirection", "isCaptured[eq]"]
    assert expected == [problem.split(" ")[0] for problem in answer.problems]


# --- What a caller sees ----------------------------------------------------------------------------------------------


def test_links_are_compared_as_they_are_shown(api):
    """A checkout key, a masked key and a URL are filtered and sorted by what the list answers."""
    payment, other = api.payment(), api.payment()
    key = api.made("/secret-keys", {"permissions": ["PAYMENT_READ"]})
    shown = api.get(f"/secret-keys/{key['id']}").json["value"]
    profile = api.get(f"/gateway-profiles/{api.ids['stripe_eu']}").json

    def ids(query):
        return [record["id"] for record in api.get(query).json["data"]]

    assert [payment["id"]] == ids(f"/payments?checkoutKey[eq]={payment['checkoutKey']}")
    assert [other["id"]] == ids(f"/payments?checkoutKey[ne]={payment['checkoutKey']}")
    assert [payment["id"], other["id"]] == ids(f"/payments?checkoutKey[like]={api.name}")
    assert sorted([payment["checkoutKey"], other["checkoutKey"]]) == [
        record["checkoutKey"] for record in api.get("/payments?sortBy=checkoutKey").json["data"]
    ]
    assert [key["id"]] == ids(f"/secret-keys?value[eq]={quote(shown)}")
    assert [profile["id"]] == ids(f"/gateway-profiles?webhookUrl[eq]={quote(profile['webhookUrl'])}")
    assert 2 == len(ids(f"/gateway-profiles?webhookUrl[like]={api.url}"))
    for placeholder in ("{sandbox}", "{origin}"):
        assert [] == ids(f"/payments?checkoutKey[like]={quote(placeholder)}")
        assert [] == ids(f"/gateway-profiles?webhookUrl[like]={quote(placeholder)}")


def test_a_filter_is_no_oracle(api):
    """Neither the value of a key nor its digest, nor credentials or a token, can be found out by asking for them."""
    made = api.made("/secret-keys", {"permissions": ["PAYMENT_READ"], "note": "mine"})
    api.paid("4000000000003220")
    api.made(
        "/gateway-profiles",
        {
            "title": "New",
            "integration": "stripe",
            "credentials": {"publicKey": "pk_test_0123456789", "secretKey": "sk_test_0123456789"},
            "webhookVerificationKey": "whsec_0123456789",
        },
    )

    assert [] == api.get(f"/secret-keys?value[eq]={made['value']}").json["data"]
    assert [] == api.get(f"/secret-keys?value[like]={made['value'][-8:]}").json["data"]
    assert [] == api.get("/gateway-profiles?webhookVerificationKey[like]=012345").json["data"]
    for path in (
        *("/secret-keys?digest[like]=a", "/secret-keys?sortBy=digest", "/secret-keys?digest[isNull]=false"),
        *("/gateway-profiles?credentials.secretKey[like]=sk", "/payment-methods?fingerprint[ne]=x"),
        *("/payment-methods?gatewayProfile[ne]=x", "/payments?action[ne]=x", "/transactions?rule[isNull]=true"),
        *("/transactions?customer[isNull]=true", "/transactions?card[isNull]=true", "/transactions?sortBy=challenge"),
    ):
        answer = api.get(path)
        assert (400, 1) == (answer.status, len(answer.problems)), path
        assert not {"digest", "fingerprint", "credentials"} & set(answer.problems[0].split("known are")[-1].split(", "))


class Sample(msgspec.Struct, rename="camel"):
    seen: str
    for_secret_keys: Sensitive[int | None]
    for_nobody: Private[bool]
    one_of_two: str | int
    many: tuple[str, ...]


def test_what_a_caller_may_not_see_it_cannot_ask_for():
    """Sensitive fields are for secret keys only, private ones for nobody; what is no single scalar is not asked for."""
    links = Links("http://localhost", "mock")

    assert ["seen", "forSecretKeys"] == filters.of_record(Sample, "secret", links).names
    assert ["seen"] == filters.of_record(Sample, "browser", links).names


def test_every_instant_is_known_as_one():
    """A field named like an instant is an `Instant` in its record: else only one way to write it would do."""
    named = ("At", "Start", "End", "Until", "startDate", "endDate")
    for resource in RESOURCES:
        fields = filters.of_record(resource.record, "secret", Links("", "")).known
        instants = [name for name, field in fields.items() if field.kind is filters.INSTANT]
        likely = [name for name, field in fields.items() if name.endswith(named) and field.kind is not filters.BOOLEAN]
        assert likely == instants, resource.path
        assert "createdAt" == instants[0], resource.path


def test_types_are_told_apart():
    """What a field holds decides how it is asked for, however the type is written."""
    kinds = {
        str: filters.TEXT,
        Sensitive[str]: filters.TEXT,
        Private[Instant]: filters.INSTANT,
        Instant | None: filters.INSTANT,
        Instant: filters.INSTANT,
        int | None: filters.INTEGER,
        float: filters.NUMBER,
        bool: filters.BOOLEAN,
        str | int: None,
        dict[str, str]: None,
        list[str] | None: None,
        object: None,
    }
    assert list(kinds.values()) == [filters.kind_of(wanted) for wanted in kinds]
