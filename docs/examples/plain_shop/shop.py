"""The server of a shop that sells single orders and a membership by the month, with nothing but Python. Odus takes the
payments.

`python shop.py` serves it on port 8000. ODUS_BASE_URL and ODUS_SECRET_KEY say where Odus is, SHOP_PLAN which price the
membership has. It subscribes to webhooks by itself, so nobody need tell it how they are signed.
"""

import hashlib
import hmac
import json
import os
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen


class Shop:
    """What the shop knows and does. A route answers a status and what is sent as JSON."""

    def __init__(self, url):
        self.url = url
        self.payments = {}  # how each of the shop's payments stands
        self.members = {}  # the subscription of each Odus customer
        self.customers = {}  # the Odus customer of each member, by email address
        hook = {
            "url": f"{url}/webhooks/odus",
            "events": ["payment.updated", "subscription.created", "subscription.updated"],
        }
        self.secret = odus("POST", "/webhook-subscribers", hook)["secret"].encode()

    def order(self, body):
        return self.begin({"amount": body["amount"]})

    def join(self, body):
        """The first month; the subscription is born when its payment succeeds."""
        email = body["email"]
        self.customers[email] = odus("POST", "/customers", {"email": email})["id"]
        return self.begin({"customer": self.customers[email], "cart": {"items": [{"price": os.environ["SHOP_PLAN"]}]}})

    def begin(self, about):
        """The answer is what the checkout in the browser needs."""
        payment = odus("POST", "/payments", {"currency": "usd", "returnUrl": f"{self.url}/thanks", **about})
        self.payments[payment["id"]] = payment["status"]
        return 201, {"payment": payment["id"], "checkoutKey": payment["checkoutKey"]}

    def thanks(self, query):
        """Where the bank's page leads back to. Anybody can write `success=true` into an address, so Odus is asked."""
        (payment,) = query["payment"]
        if payment not in self.payments:
            return 404, {}
        return 200, {"thanks": odus("GET", f"/payments/{payment}")["status"] == "succeeded"}

    def show_order(self, payment):
        if payment not in self.payments:
            return 404, {}
        return 200, {"status": self.payments[payment]}

    def show_member(self, email):
        if email not in self.customers:
            return 404, {}
        subscription = self.members.get(self.customers[email])
        if subscription is None:
            return 200, {"until": None, "owes": False}
        return 200, {"until": subscription["currentPeriodEnd"], "owes": not subscription["autoBillingEnabled"]}

    def webhook(self, raw, signature):
        """A webhook says that something happened; how things are now, Odus is asked. So it may come twice, or late."""
        if not hmac.compare_digest(hmac.new(self.secret, raw, hashlib.sha256).hexdigest(), signature):
            return 401, {}
        record = json.loads(raw)["data"]
        if record["id"] in self.payments:
            self.payments[record["id"]] = odus("GET", f"/payments/{record['id']}")["status"]
        elif record["id"].startswith("sub_"):
            self.members[record["customer"]] = odus("GET", f"/subscriptions/{record['id']}")
        return 200, {}


class Door(BaseHTTPRequestHandler):
    """Finds the route of a request."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        shop, address = self.server.shop, urlsplit(self.path)
        if address.path == "/thanks":
            self.answer(*shop.thanks(parse_qs(address.query)))
        elif found := re.fullmatch(r"/orders/(pay_\w+)", address.path):
            self.answer(*shop.show_order(found[1]))
        elif found := re.fullmatch(r"/members/(.+@.+)", address.path):
            self.answer(*shop.show_member(found[1]))
        else:
            self.answer(404, {})

    def do_POST(self):
        shop, raw = self.server.shop, self.rfile.read(int(self.headers["content-length"]))
        match self.path:
            case "/orders":
                self.answer(*shop.order(json.loads(raw)))
            case "/members":
                self.answer(*shop.join(json.loads(raw)))
            case "/webhooks/odus":
                self.answer(*shop.webhook(raw, self.headers.get("x-odus-signature", "")))
            case _:
                self.answer(404, {})

    def answer(self, status, content):
        raw = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_):
        pass


def odus(method, path, body=None):
    """What Odus answers; urllib's HTTPError when it refuses."""
    headers = {"Authorization": f"Bearer {os.environ['ODUS_SECRET_KEY']}", "Content-Type": "application/json"}
    raw = None if body is None else json.dumps(body).encode()
    with urlopen(Request(os.environ["ODUS_BASE_URL"] + path, raw, headers, method=method), timeout=30) as answer:
        return json.load(answer)


def open_shop(port):
    """A server that listens, and is subscribed to webhooks; `serve_forever` of it does the rest."""
    server = ThreadingHTTPServer(("127.0.0.1", port), Door)
    server.shop = Shop(f"http://127.0.0.1:{server.server_address[1]}")
    return server


if __name__ == "__main__":
    open_shop(8000).serve_forever()
