"""The server of a shop that sells single orders and a membership by the month, with Flask. Odus takes the payments.

Set in its environment: ODUS_BASE_URL and ODUS_SECRET_KEY say where Odus is, ODUS_WEBHOOK_SECRET how it signs webhooks,
SHOP_PLAN which price the membership has.
"""

import hashlib
import hmac
import os

import requests
from flask import Flask, abort, request, url_for


def create_app():
    app = Flask(__name__)
    newest = {}  # of each payment and subscription, by id: what Odus has told last
    customers = {}  # the Odus customer of each member, by email address

    @app.post("/orders")
    def order():
        """Begins a payment. The answer is what the checkout in the browser needs."""
        return begin(amount=request.json["amount"])

    @app.post("/members")
    def join():
        """Begins the payment of a first month; the subscription is born when it succeeds."""
        email = request.json["email"]
        customers[email] = odus("POST", "/customers", email=email)["id"]
        return begin(customer=customers[email], cart={"items": [{"price": os.environ["SHOP_PLAN"]}]})

    @app.get("/thanks")
    def thanks():
        """Where the bank's page leads back to. Anybody can write `success=true` into an address, so Odus is asked."""
        payment = request.args["payment"]
        if payment not in newest:
            abort(404)
        succeeded = odus("GET", f"/payments/{payment}")["status"] == "succeeded"
        return "Thank you!" if succeeded else "That did not work. Please try another card."

    @app.get("/orders/<payment>")
    def show_order(payment):
        if payment not in newest:
            abort(404)
        return {"paid": newest[payment]["status"] == "succeeded"}

    @app.get("/members/<email>")
    def show_member(email):
        if email not in customers:
            abort(404)
        for record in newest.values():
            if "currentPeriodEnd" in record and record["customer"] == customers[email]:
                return {"until": record["currentPeriodEnd"], "owes": not record["autoBillingEnabled"]}
        return {"until": None, "owes": False}

    @app.post("/webhooks/odus")
    def webhook():
        """Webhooks come at least once and in any order: what is older than what is known is left."""
        secret = os.environ["ODUS_WEBHOOK_SECRET"].encode()
        signature = hmac.new(secret, request.get_data(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signature, request.headers.get("x-odus-signature", "")):
            abort(401)
        record = request.json["data"]
        if record["id"] not in newest or newest[record["id"]]["updatedAt"] <= record["updatedAt"]:
            newest[record["id"]] = record
        return "", 204

    @app.errorhandler(requests.RequestException)
    def refused_by_odus(error):
        return "Payments do not work at the moment.", 502

    def begin(**about):
        back = url_for("thanks", _external=True)
        payment = odus("POST", "/payments", currency="usd", returnUrl=back, **about)
        newest[payment["id"]] = payment
        return {"payment": payment["id"], "checkoutKey": payment["checkoutKey"]}, 201

    return app


def odus(method, path, **body):
    """What Odus answers; RequestException when it refuses, or does not answer."""
    answer = requests.request(
        method,
        os.environ["ODUS_BASE_URL"] + path,
        json=body or None,
        headers={"Authorization": f"Bearer {os.environ['ODUS_SECRET_KEY']}"},
        timeout=30,
    )
    answer.raise_for_status()
    return answer.json()
