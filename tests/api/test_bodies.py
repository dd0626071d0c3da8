"""What may arrive as a body, and what becomes of what may not."""

import gzip

import pytest

MIB = 1024 * 1024
POSTS = ["/payments", "/customers", "/cascades", "/_mock/sandboxes", "/_mock/clock/advance", "/_mock/snapshots"]
BROKEN = {
    "nothing": b"{",
    "text": b"hello",
    "a trailing comma": b'{"amount": 1,}',
    "two values": b"{}{}",
    "single quotes": b"{'amount': 1}",
    "invalid UTF-8": b'{"currency": "\xff\xfe"}',
    "half a UTF-8 letter": b'{"currency": "\xc3',
    "UTF-16": '{"amount": 1}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"amount": 1}',
    "a lone surrogate": b'{"currency": "\\ud800"}',
    "a lone surrogate as key": b'{"\\udfff": 1}',
    "surrogates in bytes": b'{"currency": "\xed\xa0\x80"}',
    "NUL": b"\x00",
    "NUL in text": b'{"currency": "us\x00d"}',
    "escaped NUL": b'{"currency": "us\\u0000d", "customer": "\\u0000", "\\u0000": 1}',
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "deep lists in a field": b'{"metadata": ' + b"[" * 900 + b"]" * 900 + b"}",
    "a huge integer": b'{"amount": ' + b"9" * 10_000 + b"}",
    "an integer of 65 bits": b'{"amount": 36893488147419103232}',
    "an amount past the most": b'{"amount": 999999999999999999, "currency": "usd"}',
    "a huge exponent": b'{"amount": 1e999999}',
    "not a number": b'{"amount": NaN}',
    "infinity": b'{"amount": Infinity}',
    "a fraction": b'{"amount": 50.5, "currency": "usd"}',
    "true as a number": b'{"amount": true, "currency": "usd"}',
    "null": b"null",
    "a list": b"[]",
    "a string": b'"x"',
    "a number": b"7",
    "all fields null": b'{"amount": null, "currency": null, "email": null, "by": null, "name": 7, "title": null}',
}


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN)
def test_a_broken_body_is_a_400(api, path, raw):
    """Whatever bytes arrive, the answer is a 400 in JSON and never a 500."""
    answer = api("POST", path, raw=raw)

    assert 400 == answer.status, answer.text
    assert "Bad Request" == answer.json["error"]


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN)
def test_a_broken_scenario_document_is_a_400(api, raw, method):
    """A scenario or a rule is read from any bytes without a 500."""
    answer = api(method, "/_mock/scenario" if method == "PUT" else "/_mock/rules", raw=raw)

    assert 400 == answer.status, answer.text


@pytest.mark.parametrize(
    "field",
    [
        {"number": "4242424242424242\n"},
        {"number": "\n4242424242424242"},
        {"number": "４２４２４２４２４２４２４２４２"},
        {"number": "4242 4242 4242 424²"},
        {"number": "----------------"},
        {"number": 4242424242424242},
        {"number": None},
        {"cvv": "123\n"},
        {"cvv": "１２３"},
        {"cvv": 123},
        {"expMonth": "١٢"},
        {"expMonth": 10**30},
        {"expMonth": -1},
        {"expMonth": "12\n"},
        {"expYear": "9" * 5000},
        {"expYear": 2101},
        {"expYear": "2019"},
        {"expMonth": 1.5},
        {"cardholderName": ""},
        {"cardholderName": 7},
    ],
    ids=str,
)
def test_card_data_that_cannot_be_is_a_400_naming_its_field(api, field):
    """Digits are 0 to 9, nothing hangs on behind them, and a card is of this century and not past."""
    payment = api.payment(returnUrl="https://shop.example/")["id"]
    answer = api.post(f"/payments/{payment}/authorize", api.card(**field))

    assert 400 == answer.status, answer.text
    assert [f"card.{name}" for name in field] == [problem.split(" ")[0] for problem in answer.problems]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("returnUrl", "https://shop.example/\n"),
        ("returnUrl", "http://["),
        ("returnUrl", "http://[::1"),
        ("returnUrl", "http://shop℀.example/"),
        ("returnUrl", "//shop.example/"),
        ("returnUrl", "javascript:alert(1)"),
        ("returnUrl", "ftp://shop.example/"),
        ("returnUrl", "http://"),
        ("returnUrl", "http:///path"),
        ("returnUrl", "https://shop.example/a b"),
        ("returnUrl", ""),
        ("currency", "usd\n"),
        ("currency", "us1"),
        ("currency", "éuro"[:3]),
        ("statementDescriptor", "x" * 23),
        ("statementDescriptor", ""),
    ],
)
def test_a_payment_field_that_cannot_be_is_a_400(api, field, value):
    """A URL is an absolute http or https one that can be taken apart, a currency three letters, and so on."""
    answer = api.post("/payments", {"amount": 1, "currency": "usd", field: value})

    assert 400 == answer.status, answer.text
    assert [field] == [problem.split(" ")[0] for problem in answer.problems]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "jane@example.com\n"),
        ("email", "jane"),
        ("dateOfBirth", "2000-13-01"),
        ("dateOfBirth", "2000-01-01\n"),
    ],
)
def test_a_customer_field_that_cannot_be_is_a_400(api, field, value):
    """An email has an address's form and a date a calendar's, to the last character."""
    answer = api.post("/customers", {"email": "jane@example.com", field: value})

    assert 400 == answer.status, answer.text
    assert [field] == [problem.split(" ")[0] for problem in answer.problems]


def test_an_amount_past_the_most_is_told_the_most(api):
    """It is a positive integer, so that is not what is said of it; digits in groups are not taken for a card's."""
    answer = api.post("/payments", {"amount": 1_000_000_000_000, "currency": "usd"})
    assert ["amount must be at most 999,999,999,999, found ************"] == answer.problems


def test_a_cart_that_comes_to_too_much_is_told_the_most(api):
    """And to how much it came."""
    product = api.made("/products", {"name": "Gold"})["id"]
    price = {"product": product, "type": "one_time", "currency": "usd", "amount": 999_999_999_999}
    items = [{"price": api.made("/prices", price)["id"], "quantity": 2}]
    answer = api.post("/payments", {"currency": "usd", "cart": {"items": items}})
    assert ["cart must come to at most 999,999,999,999, found 1,999,999,999,998"] == answer.problems


def test_a_verb_without_fields_says_so(api):
    """There is nothing to name."""
    payment = api.made("/payments", {"amount": 1, "currency": "usd"})
    answer = api.post(f"/payments/{payment['id']}/cancel", {"reason": "changed my mind"})
    assert ["reason is not a known field; there are none here"] == answer.problems


def test_text_of_every_language_is_kept(api):
    """Letters beyond ASCII and beyond the first 65,536 come back as they were."""
    name = "Zoë 田中 🙂 \u0000 \u2028 <b>&"

    assert name == api.made("/customers", {"email": "zoe@example.com", "name": name})["name"]


def test_of_a_doubled_key_one_counts(api):
    """A body with the same key twice is read, as JSON allows, and is no fault."""
    answer = api.post("/payments", raw=b'{"amount": 1, "amount": 2, "currency": "usd"}')

    assert 201 == answer.status
    assert 2 == answer.json["amount"]


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "application/x-www-form-urlencoded", "image/png", ""]
)
@pytest.mark.parametrize("raw", [b"", b"  \n "])
def test_an_empty_post_is_an_empty_object(api, kind, raw):
    """A POST without a body is `{}`, whatever its content type says."""
    paid = api.paid()
    answer = api.post(f"/payments/{paid['id']}/reverse", raw=raw, headers={"Content-Type": kind})

    assert 201 == answer.status, answer.text
    assert "reversed" == answer.json["displayStatus"]


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.api+json"]
)
def test_json_has_several_names(api, kind):
    """Parameters, case and a +json suffix make no difference."""
    answer = api.post("/customers", raw=b'{"email": "a@b.example"}', headers={"Content-Type": kind})

    assert 201 == answer.status


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json", ""])
def test_what_is_not_json_is_a_415(api, kind):
    """A body of another content type is refused before it is read as anything."""
    answer = api.post("/customers", raw=b'{"email": "a@b.example"}', headers={"Content-Type": kind})

    assert (415, "Unsupported Media Type") == (answer.status, answer.json["error"])


def test_a_mebibyte_is_the_most(api):
    """A body of exactly 1 MiB is read, one byte more is a 413."""
    body = b'{"email": "a@b.example"}'

    assert 201 == api.post("/customers", raw=body + b" " * (MIB - len(body))).status
    answer = api.post("/customers", raw=body + b" " * (MIB + 1 - len(body)))
    assert (413, 413, "Payload Too Large") == (answer.status, answer.json["statusCode"], answer.json["error"])


def test_a_body_in_pieces_is_measured_too(api):
    """A chunked body that names no length is refused once it is too long."""
    answer = api.post("/customers", raw=iter([b" " * 65_536] * 17))

    assert 413 == answer.status


def test_a_compressed_body_is_refused_as_what_it_is(api):
    """Its JSON may be well; it is its coding that is not taken. `identity` is none."""
    raw, head = b'{"amount": 1, "currency": "usd"}', {"Content-Type": "application/json"}
    refused = api("POST", "/payments", raw=gzip.compress(raw), headers=head | {"Content-Encoding": "gzip"})

    assert 415 == refused.status
    assert "the body must not be compressed, found Content-Encoding 'gzip'" == refused.json["message"]
    assert 201 == api("POST", "/payments", raw=raw, headers=head | {"Content-Encoding": "identity"}).status
