"""An application in a container of its own: it sells a plan, takes webhooks, and knows the mock by its service's name.

Nothing of mock_odus is imported: the image only lends its Python.
"""

import hmac
import json
import os
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ODUS, KEY = os.environ["ODUS_BASE_URL"], os.environ["ODUS_SECRET_KEY"]
CARD = {"number": "4000000000003220", "expMonth": "12", "expYear": "2040", "cvv": "100"}
PORT = 8000
told: list[list[str | bool]] = []


def ask(method, path, body=None):
    """What the mock answers, as JSON."""
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    sent = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(ODUS + path, sent, headers, method=method)) as answer:
        return json.load(answer)


def buy(return_url):
    """A payment for a month of the plan, which waits for its customer."""
    ids = ask("GET", "/_mock/scenario")["world"]
    cart = {"items": [{"price": ids["prices"]["pro_monthly"], "quantity": 1}]}
    sold = {"currency": "usd", "customer": ids["customers"]["jane"], "cart": cart, "returnUrl": return_url}
    payment = ask("POST", "/payments", sold)
    return ask("POST", f"/payments/{payment['id']}/authorize", {"type": "card", "card": CARD})


class Shop(BaseHTTPRequestHandler):
    """POST /buy, GET /payments/…, POST /advance, GET /told; and POST /webhooks, which only the mock calls."""

    def do_GET(self):
        self.answer(told if self.path == "/told" else ask("GET", self.path))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/buy":
            self.answer(buy(json.loads(body)["returnUrl"]))
        elif self.path == "/advance":
            self.answer(ask("POST", "/_mock/clock/advance", json.loads(body)))
        else:
            signed = hmac.new(SECRET.encode(), body, "sha256").hexdigest()
            told.append([json.loads(body)["eventType"], signed == self.headers["x-odus-signature"]])
            self.answer({})

    def answer(self, what):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(what).encode())

    def log_message(self, *arguments):
        pass


SECRET = ask("POST", "/webhook-subscribers", {"url": f"http://shop:{PORT}/webhooks", "events": ["*"]})["secret"]
server = ThreadingHTTPServer(("", PORT), Shop)
os.write(1, b"shop ready\n")
server.serve_forever()
