"""Texts that are made to keep somebody busy: every face answers them at once, and without a fault."""

from time import process_time

import pytest

from mock_odus.engine import periods
from mock_odus.scripting.matching import like
from mock_odus.shapes import mask
from tests.properties.conftest import Mock, typed

SECONDS = 2.0
"""Of this process, whatever else the machine does. Texts that are not answered at once take minutes."""

KIB = 1024
NESTED = "%2" + "%3" * 10_000 + "5"  # each look at it finds one more thing to decode
LONG = {
    "digits": "1" * 60 * KIB,
    "digits apart": "4 " * 30 * KIB,
    "encoded over and over": "%" + "25" * 10_000,
    "encoded in each other": NESTED,
    "blanks": " " * 60 * KIB,
    "brackets": "a[" * 30 * KIB,
    "stars": "*a" * 30 * KIB,
    "backslashes": "\\" * 60 * KIB,
    "commas": "1," * 30 * KIB,
    "days": "1 day " * 10 * KIB,
}


@pytest.fixture(scope="module")
def account():
    return Mock().open()


@pytest.fixture
def promptly(account):
    """Asks, and asserts that the answer is there at once and no fault."""

    def ask(method, target, body=None, **headers):
        began = process_time()
        answer = account(method, target, body, **headers)
        assert process_time() - began < SECONDS
        assert answer.status < 500, answer
        return answer

    return ask


@pytest.mark.parametrize("name", LONG)
def test_paths_and_queries(promptly, name):
    """In the path, as a parameter, as a filter, an order, and what is waited for."""
    text = LONG[name].replace("?", "")
    for target in (
        f"/{text}",
        f"/payments/{text}",
        f"/payments/pay_1/{text}",
        f"/payments?{text}=1",
        f"/payments?currency[eq]={text}",
        f"/payments?currency[in]={text}",
        f"/payments?metadata.{text}[like]={text}",
        f"/payments?sortBy={text}",
        f"/payments?page={text}",
        f"/_mock/journal/requests?path[eq]={text}",
        f"/_mock/journal/events?waitFor=1&timeout={text}",
        f"/_mock/timeline?payment={text}",
    ):
        promptly("GET", target)


@pytest.mark.parametrize("name", LONG)
def test_bodies(account, promptly, name):
    """As a value, as a key, as a duration, as a name, as a whole scenario, and as a card."""
    text = LONG[name]
    for path, body in (
        ("/payments", {"amount": 1, "currency": text}),
        ("/payments", {text: 1}),
        ("/payments", {"amount": 1, "currency": "usd", "metadata": {text: text}}),
        ("/payments", {"amount": 1, "currency": "usd", "returnUrl": "https://" + text}),
        ("/customers", {"email": text}),
        (f"/payments/{account.create()['id']}/authorize", typed(text, expMonth=text)),
        ("/webhook-subscribers", {"url": "http://" + text, "events": [text]}),
        ("/_mock/clock/advance", {"by": text}),
        ("/_mock/clock/advance", {"to": text}),
        ("/_mock/clock/advance", {"until": text}),
        ("/_mock/sandboxes", {"name": text, "scenario": text}),
        ("/_mock/events", {"type": text, "subject": text}),
        ("/_mock/rules", {"when": {"metadata.x": text}, "then": text}),
        ("/_mock/rules", {"when": {"amount": text, text: text}, "then": {"decline": text}, "chance": text}),
    ):
        promptly("POST", path, body)
    promptly("PUT", "/_mock/scenario", text.encode(), **{"content-type": "application/yaml"})
    promptly("PUT", "/_mock/scenario", f"version: 1\nname: x\nextends: {text}\n{text}: {text}\n".encode())


@pytest.mark.parametrize("name", LONG)
def test_headers(account, promptly, name):
    """As a key, and as each header that is looked at."""
    text = LONG[name]
    for header in ("authorization", "host", "origin", "content-type", "user-agent", "if-none-match", "idempotency-key"):
        promptly("POST", "/payments", {"amount": 1, "currency": "usd"}, **{header: text})
        promptly("POST", "/_mock/clock/advance", {"by": "1 day"}, **{header: text})
    promptly("GET", "/sdk/checkout.js", **{"if-none-match": text})
    assert 401 == account.client("GET", "/payments", key=text).status


@pytest.mark.parametrize(
    "document",
    [
        "[" * 500_000,
        "{" * 500_000,
        "- " * 500_000,
        "a: " * 300_000,
        "a: 1\n" * 20_000,
        "".join(f"k{place}: 1\n" for place in range(9_000)),
        '"' + "\\u0041" * 170_000 + '"',
        "version: 1\nname: x\nrules: [" + "{then: approv}," * 6_000 + "]",
        "version: 1\nname: x\nrules: [" + "{then: approve}," * 6_000 + "]",
        "a: &a [x]\n" + "".join(f"b{place}: [*a, *a, *a]\n" for place in range(4_000)),
    ],
    ids=lambda document: document[:30].replace("\n", " "),
)
def test_documents(document):
    """YAML at its worst is read or refused at once; a mebibyte, the most there can be, takes some seconds."""
    began = process_time()
    answer = Mock().open()("PUT", "/_mock/scenario", document.encode(), **{"content-type": "application/yaml"})
    assert process_time() - began < 2 * SECONDS
    assert answer.status in (200, 400)


def test_globs():
    """One with forty stars against a text that nearly fits it forty times over, in rules and in faults."""
    glob = "*a" * 40 + "*b"
    account = Mock().open()
    began = process_time()
    assert not like(glob, "a" * 500)
    assert like(glob, "a" * 500 + "b")
    account.post("/_mock/rules", {"when": {"metadata.x": glob}, "then": "insufficient_funds"})
    paid = account.pay(metadata={"x": "a" * 500})
    assert process_time() - began < SECONDS
    assert "succeeded" == paid["status"]


@pytest.mark.parametrize(
    ("glob", "text", "fits"),
    [
        ("*", "", True),
        ("a*", "a", True),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("a*b*a", "abba", True),
        ("*ab*ab*", "xabyab", True),
        ("*ab*ab", "abxab", True),
        ("*ab*ab", "abb", False),
        ("*aab", "aaab", True),
        ("**", "x", True),
        ("a.c", "abc", False),
        ("a*\nc", "ab\nc", True),
        ("", "", True),
    ],
)
def test_a_star_is_anything(glob, text, fits):
    """Nothing, too, and a star before the end gives back what the end needs."""
    assert fits == like(glob, text)


def test_what_takes_long_to_decode_is_struck_out():
    """A card number that was encoded a few times is found; a text that was encoded for ever is not looked into."""
    assert "************" == mask("%2534242424242424242".replace("%2534", "%25252534"))
    assert "************" == mask(NESTED)


def test_a_duration_is_short():
    """Nobody needs more than a hundred characters."""
    with pytest.raises(ValueError, match="at most 100 characters, this one has 60000"):
        periods.duration("1 day " * 10_000)
