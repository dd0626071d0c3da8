"""The server of a shop that sells single orders and a membership by the month, with FastAPI. Odus takes the payments.

Set in its environment: ODUS_BASE_URL and ODUS_SECRET_KEY say where Odus is, ODUS_WEBHOOK_SECRET how it signs webhooks,
SHOP_PLAN which price the membership has.
"""

import hashlib
import hmac
import os
from contextlib import asynccontextmanager
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel


class Order(BaseModel):
    amount: int


class Member(BaseModel):
    email: str


class Checkout(BaseModel):
    """What the checkout in the browser needs."""

    payment: str
    checkoutKey: str


def create_app() -> FastAPI:
    app = FastAPI(lifespan=lifespan)
    payments: dict[str, str] = {}  # how each of the shop's payments stands
    members: dict[str, dict] = {}  # the subscription of each Odus customer
    customers: dict[str, str] = {}  # the Odus customer of each member, by email address

    @app.post("/orders", status_code=201)
    async def order(asked: Order, request: Request, odus: Odus) -> Checkout:
        return await begin(odus, request, amount=asked.amount)

    @app.post("/members", status_code=201)
    async def join(asked: Member, request: Request, odus: Odus) -> Checkout:
        """The first month; the subscription is born when its payment succeeds."""
        answer = await odus.post("/customers", json={"email": asked.email})
        customers[asked.email] = answer.raise_for_status().json()["id"]
        cart = {"items": [{"price": os.environ["SHOP_PLAN"]}]}
        return await begin(odus, request, customer=customers[asked.email], cart=cart)

    @app.get("/thanks")
    async def thanks(payment: str, odus: Odus) -> PlainTextResponse:
        """Where the bank's page leads back to. Anybody can write `success=true` into an address, so Odus is asked."""
        if payment not in payments:
            raise HTTPException(404)
        status = (await odus.get(f"/payments/{payment}")).raise_for_status().json()["status"]
        return PlainTextResponse("Thank you!" if status == "succeeded" else "That did not work: try another card.")

    @app.get("/orders/{payment}")
    async def show_order(payment: str) -> dict:
        if payment not in payments:
            raise HTTPException(404)
        return {"status": payments[payment]}

    @app.get("/members/{email}")
    async def show_member(email: str) -> dict:
        if email not in customers:
            raise HTTPException(404)
        subscription = members.get(customers[email])
        if subscription is None:
            return {"until": None, "owes": False}
        return {"until": subscription["currentPeriodEnd"], "owes": not subscription["autoBillingEnabled"]}

    @app.post("/webhooks/odus", status_code=204)
    async def webhook(request: Request, odus: Odus) -> None:
        """A webhook says that something happened; how things are now, Odus is asked. So it may come twice, or late."""
        secret = os.environ["ODUS_WEBHOOK_SECRET"].encode()
        signature = hmac.new(secret, await request.body(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signature, request.headers.get("x-odus-signature", "")):
            raise HTTPException(401)
        event = await request.json()
        kind, id = event["eventType"].split(".")[0], event["data"]["id"]
        if kind == "payment":
            payments[id] = (await odus.get(f"/payments/{id}")).raise_for_status().json()["status"]
        elif kind == "subscription":
            subscription = (await odus.get(f"/subscriptions/{id}")).raise_for_status().json()
            members[subscription["customer"]] = subscription

    @app.exception_handler(httpx.HTTPError)
    async def refused_by_odus(request: Request, error: httpx.HTTPError) -> PlainTextResponse:
        """Odus sends a webhook again that was answered like this."""
        return PlainTextResponse("Payments do not work at the moment.", 502)

    async def begin(odus: httpx.AsyncClient, request: Request, **about) -> Checkout:
        body = {"currency": "usd", "returnUrl": str(request.url_for("thanks")), **about}
        payment = (await odus.post("/payments", json=body)).raise_for_status().json()
        payments[payment["id"]] = payment["status"]
        return Checkout(payment=payment["id"], checkoutKey=payment["checkoutKey"])

    return app


@asynccontextmanager
async def lifespan(app: FastAPI):
    """One client for all requests. It belongs to the event loop that the app runs in."""
    headers = {"Authorization": f"Bearer {os.environ['ODUS_SECRET_KEY']}"}
    async with httpx.AsyncClient(base_url=os.environ["ODUS_BASE_URL"], headers=headers, timeout=30) as client:
        app.state.odus = client
        yield


def odus_client(request: Request) -> httpx.AsyncClient:
    return request.app.state.odus


Odus = Annotated[httpx.AsyncClient, Depends(odus_client)]
