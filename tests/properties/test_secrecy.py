"""No card number in any answer, journal, log line, timeline, snapshot or table.

Card numbers are sent to a server in every place one could end up in by mistake. What a user writes into metadata is the
user's own, and is left out here.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from socket import create_connection
from urllib.parse import quote, unquote_plus, urlsplit

import msgspec
import pytest

from mock_odus.app import Server, create_app
from mock_odus.scripting import loader

UNKNOWN = ("4929000000006", "6304000000000000000", "4000056655665556", "3530111333300000")
NUMBERS = (*loader.test_cards().numbers, *UNKNOWN)
SECRET = {"Authorization": "Bearer skey_mock", "Content-Type": "application/json"}
JOURNALS = ("requests", "events", "attempts", "jobs", "misses", "orphans")


def groups(number, between):
    return between.join(number[place : place + 4] for place in range(0, len(number), 4))


def forms(number):
    """As people and programs write a card number."""
    return (number, groups(number, " "), groups(number, "-"), groups(number, "\u00a0"))


class Wire:
    """Sends requests and keeps every byte that comes back."""

    def __init__(self, url):
        self.address = urlsplit(url).netloc
        self.heard = []
        self._line = HTTPConnection(self.address, timeout=30)

    def __call__(self, method, path, body=None, **headers):
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        sent = SECRET | {name.replace("_", "-"): value for name, value in headers.items()}
        self._line.request(method, path, body, {name: value for name, value in sent.items() if value})
        response = self._line.getresponse()
        raw = response.read()
        self.heard.append(f"{method} → {response.status} {response.headers}\n{raw.decode('utf-8', 'replace')}")
        return raw

    def made(self, path, body):
        return json.loads(self("POST", path, body))

    def close(self):
        self._line.close()


def payment(wire, **fields):
    return wire.made("/payments", {"amount": 5000, "currency": "usd", "returnUrl": "https://shop.example/"} | fields)


def send_bodies(wire, text):
    """In the right field, in wrong ones, as a key, in broken JSON, escaped, and under a content type that is none."""
    path = f"/payments/{payment(wire)['id']}/authorize"
    card = {"number": text, "expMonth": 12, "expYear": 2030, "cvv": "987"}
    wire("POST", path, {"type": "card", "card": card | {"expYear": 2001}})
    wire("POST", path, {"type": "card", "card": card | {"expMonth": text, "cvv": text, "expYear": text}})
    for body in (
        {"type": text, "paymentMethod": text, "returnUrl": text, "card": text},
        {"type": "card", "card": [text, text], "number": text, text: text},
        {"card": {text: text, "nummer": text}, "type": [text], "paymentMethod": {"number": text}},
        {"paymentMethod": text},
        {"paymentMethod": f"{'x' * 38} {text} {text}"},
        {"paymentMethod": ["y" * 40, text]},
        text,
        [text],
    ):
        wire("POST", path, body)
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in text)
    for raw in (
        f'{{"paymentMethod": "{escaped}"}}',
        f'{{"{escaped}": 1}}',
        f'{{"card": {{"number": "{text}", "cvv": }}}}',
        f'{{"card": {{"number": "{text}',
        f'{{"card": {{"number": {text}}}}}',
        f"number={quote(text)}",
    ):
        wire("POST", path, raw.encode())
        wire("POST", path, raw.encode(), Content_Type=f"text/{re.sub('[^0-9]', '', text)}")
    wire("POST", path, {"type": "card", "card": card})
    for elsewhere in (
        {"amount": text, "currency": text, "customer": text, "paymentMethod": text, "initiator": text},
        {"amount": 1, "currency": "usd", "customer": text},
        {"amount": 1, "currency": "usd", "paymentMethodOptions": {"card": {"mode": "cascade", "cascade": text}}},
        {"amount": 1, "currency": "usd", "metadata": text},
        {"amount": 1, "currency": "usd", "card": card},
    ):
        wire("POST", "/payments", elsewhere)
    wire("POST", "/customers", {"email": text, "dateOfBirth": text, "card": card})
    customer = wire.made("/customers", {"email": "a@b.example"})["id"]
    for body in ({"customer": text}, {"customer": [text], "restrictCit": text, text: text}):
        wire("POST", f"/customers/{customer}/restrictions", body)
    wire("POST", "/blacklist", {"email": text, "reason": [text]})
    wire("POST", "/secret-keys", {"permissions": [text]})
    wire("POST", "/users", {"email": text, "password": text, "role": text, "username": text})
    wire("POST", "/_mock/sessions", {"email": text, "password": text, text: text})
    credentials = {"publicKey": text, "secretKey": text, text: text}
    wire("POST", "/gateway-profiles", {"title": "x", "integration": "stripe", "credentials": credentials})
    wire("POST", "/cascades", {"title": "x", "algorithm": text, "rules": [{"gatewayProfile": text, "position": 1}]})


def send_paths(wire, text):
    """In the path, the query and the headers."""
    for word in {quote(text), "".join(f"%{byte:02x}" for byte in text.encode()), quote(text).replace("%20", "+")}:
        for path in (
            f"/payments/{word}",
            f"/customers/{word}",
            f"/{word}",
            f"/payments/x/{word}",
            f"/challenge/mock/{word}",
            f"/challenge/{word}/{word}",
            f"/_mock/journal/{word}",
            f"/_mock/rules/{word}",
            f"/_mock/snapshots/{word}/restore",
            f"/_mock/sandboxes/{word}/reset",
            f"/_mock/challenges/{word}/complete",
            f"/payments?{word}={word}",
            f"/payments?customer[eq]={word}&sortBy={word}&sortDirection={word}&page={word}&amount[eq]={word}",
            f"/payments?status[{word}]=x&{word}[eq]=1",
            f"/_mock/timeline?payment={word}&format={word}",
            f"/_mock/timeline?payment={word}",
            f"/_mock/journal/attempts?payment[eq]={word}&{word}[eq]=1",
        ):
            for method in ("GET", "POST"):
                wire(method, path)
    digits = re.sub("[^0-9]", "", text)
    wire("GET", "/payments", Authorization=f"Bearer {digits}")
    wire("GET", "/payments", Authorization=f"Basic {digits}")
    wire("GET", "/_mock/clock", Host=f"{digits}.example")
    wire("GET", "/_mock/clock", Origin=f"https://{digits}.example")
    wire("POST", "/_mock/clock/advance", {"by": text})
    wire("POST", "/_mock/clock/advance", {"to": text})
    wire("POST", "/_mock/sandboxes", {"scenario": text, "from": text, "clock": {"start": text}})
    wire("POST", "/_mock/sandboxes", {"scenario": text})
    wire("POST", "/_mock/sandboxes", {"from": f"{digits}x/{text}"})
    with create_connection(wire.address.split(":")) as line:
        line.sendall(f"GET /{text} HTTP/1.1\r\nHost: {digits} x\r\n\r\nGET {text}\r\n\r\n".encode())
        wire.heard.append(line.recv(65536).decode("utf-8", "replace"))


def send_scenarios(wire, text):
    """In scenario documents and rules, well and badly formed. The last good one is left running."""
    saved = {"customer": "jane", "card": {"number": text}}
    documents = (
        {"paymentMethods": {"visa": saved}, "customers": {"jane": None}},
        {"paymentMethods": {"visa": {"customer": text, "card": text}}},
        {"paymentMethods": {"visa": {"customer": "jane", "card": {"number": [text], "cvv": text}}}},
        {"customers": {"jane": {"emial": text, "email": text}}, text: text},
        {"cascades": {"x": {"algorithm": text, "rules": [{"gatewayProfile": text}]}}},
        {"merchantConfig": {"timezone": text}},
    )
    for world in documents:
        wire("PUT", "/_mock/scenario", {"version": 1, "name": "x", "world": world})
        wire("POST", "/_mock/sandboxes", {"scenario": {"version": 1, "name": "x", "world": world}})
    for raw in (
        f"version: {text}",
        f"version: 1\nname: x\nrules: {text}",
        f"version: 1\nname: x\nrules: [{text}",
        f"version: 1\nname: x\n{text}: 1\n{text}: 2",
        f"version: 1\nname: x\nclock: {{start: {text}}}",
        f"version: 1\nname: x\nextends: {text}",
        f"version: 1\nname: x\nunmatched: {text}",
        f"version: 1\nname: x\nworld: {{blacklist: {{a: {{email: {text}}}}}}}",
        f"version: 1\nname: x\nworld: {{secretKeys: {{b: {{permissions: {text}}}}}}}",
        f"version: 1\nname: x\nworld: {{users: {{c: {{password: {text}, role: {text}}}}}}}",
        f"version: 1\nname: x\nseed: {text}",
        f"version: 1\nname: x\nrules: [&a{text} x, *b{text}, !{text} y]",
        f"'{text}",
    ):
        wire("PUT", "/_mock/scenario", raw.encode(), Content_Type="application/yaml")
    for sent in (
        {"document": text, "extends": {text: text}},
        {"document": f"version: 1\nname: x\nextends: '{text}'", "extends": {text: f"version: {text}"}},
        {"document": [text], "extends": text, text: text},
    ):
        wire("PUT", "/_mock/scenario", sent)
    wire("PUT", "/_mock/scenario", {"name": text})
    wire("PUT", f"/_mock/scenario?keepWorld={quote(text)}", {"name": "starter"})
    wire("PUT", "/_mock/scenario", {"version": 1, "name": "x", "extends": "starter", "unmatched": "fail"})
    for rule in (
        {"when": {"card.number": text}, "then": "approve"},
        {"when": {"card.number": [text, text]}, "then": "approve"},
        {"when": {"card.number": {"ne": text}}, "then": "approve"},
        {"when": {"card.number": f"{text[:6]}*"}, "then": "approve"},
        {"when": {"card.bin": text, "card.last4": text, "amount": text, "gateway": text, "customer": text}},
        {"when": {text: text}, "then": text, "per": text, "times": text},
        {"then": {"decline": {"code": text}}},
        {"then": {text: text}},
        {"then": {"error": text}, "chance": text},
        {"then": {"approve": {"chargeback": {"after": text}, "forgotten": text}}},
        {"then": {"fail_later": {"after": text, "code": text}}, "when": {"operation": "refund"}},
        {
            "when": {"between": {"from": text, "until": f"+{text}"}, "card.country": text, "try": text},
            "then": "approve",
        },
        {"when": {"between": {"from": f"+{text} days", "until": f"+{text} days"}}, "then": "approve"},
    ):
        wire("POST", "/_mock/rules", rule)


def pay_and_wait(wire, number):
    """A card's whole life: tried by a guest and by a customer, challenged, given back, lapsed."""
    card = {"number": number, "expMonth": 12, "expYear": 2030, "cvv": "987", "cardholderName": "Jane Doe"}
    customer = wire.made("/customers", {"email": "a@b.example"})["id"]
    for holder in ({}, {"customer": customer}, {"customer": customer}):
        id = payment(wire, **holder)["id"]
        waiting = wire.made(f"/payments/{id}/authorize", {"type": "card", "card": card})
        if waiting.get("action"):
            link = urlsplit(waiting["action"]["redirectUrl"]).path
            wire("GET", link)
            wire("POST", link, f"result={number}".encode())
            wire("POST", link, b"result=passed")
            wire("GET", link)
        wire("POST", f"/payments/{id}/reverse", {"amount": 100})


def read_all(wire):
    """Everything that a server tells."""
    for path in (
        *(
            f"/{kind}"
            for kind in ("payments", "transactions", "customers", "payment-methods", "secret-keys", "cascades")
        ),
        "/blacklist",
        "/gateway-profiles",
        "/merchant-configs",
        *(f"/_mock/journal/{kind}" for kind in JOURNALS),
    ):
        page, more = 1, True
        while more:
            more = json.loads(wire("GET", f"{path}?page={page}&pageSize=100"))["pagination"]["hasNextPage"]
            page += 1
    for path in (
        "timeline",
        "timeline?format=text",
        "challenges",
        "rules",
        "scenario",
        "snapshots",
        "clock",
        "sandboxes",
    ):
        wire("GET", f"/_mock/{path}")


def torrent(wire):
    for number in NUMBERS:
        pay_and_wait(wire, number)
        for text in forms(number):
            send_bodies(wire, text)
    wire("POST", "/_mock/snapshots", {"name": "paid"})
    read_all(wire)
    for number in (NUMBERS[0], UNKNOWN[2]):
        for text in forms(number):
            send_paths(wire, text)
            send_scenarios(wire, text)
    pay_and_wait(wire, NUMBERS[0])
    wire("POST", "/_mock/clock/advance", {"by": "2 days"})
    wire("POST", "/_mock/snapshots", {"name": "later"})
    read_all(wire)


def leaks(texts) -> Iterator[str]:
    """Where a text holds a card number, or enough of its beginning that it was once there, and some words around it."""
    starts = {number: number[:10] for number in NUMBERS}
    for text in texts:
        plain = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)
        for seen in {text, plain, unquote_plus(plain)}:
            bare = re.sub(r"[\s_.-]", "", seen)
            for number, start in starts.items():
                if start in bare:
                    place = bare.index(start)
                    yield f"{number} in {text[:60]!r}: …{bare[max(0, place - 80) : place + 30]}…"


def tables(app):
    """Every record, log entry and snapshot of all sandboxes, as JSON."""
    for sandbox in app.sandboxes.by_name.values():
        for kept in (sandbox.world.snapshot(), *sandbox.snapshots.values()):
            for kind, table in kept.tables.items():
                yield from (f"{kind.__name__} {key} {msgspec.json.encode(row).decode()}" for key, row in table.items())
            yield from (msgspec.json.encode(entry).decode() for entry in kept.log)


@pytest.fixture
def here():
    """A server in this process, so that its tables can be looked into."""
    app = create_app(scenario="starter")
    server = Server(app)
    server.start()
    wire = Wire(server.url)
    yield app, wire
    wire.close()
    server.stop()


def test_no_card_number_is_told_logged_or_kept(here):
    """Test numbers and unknown ones, in every form and place: no answer, journal, log, table or snapshot has one."""
    app, wire = here
    torrent(wire)
    command = [sys.executable, "-m", "mock_odus", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        other = Wire(process.stdout.readline().split()[-1])
        torrent(other)
        other.close()
        process.terminate()
        log = process.stdout.read()

    assert len(wire.heard) == len(other.heard) > 3_000
    assert "skey_mock" in log
    assert [] == sorted(set(leaks([*wire.heard, *other.heard, log, *tables(app)])))[:10]
