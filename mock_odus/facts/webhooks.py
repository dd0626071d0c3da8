"""What Odus documents of webhooks (guides/api-features/webhooks, guides/dashboard/webhook-subscriber).

A mock can hold its deliveries, so that they can be looked at without a server that receives them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from typing import Any

from mock_odus.facts.account import Account
from mock_odus.facts.fact import Chapter, holds, same

fact = Chapter("webhooks")

PAGE = "guides/api-features/webhooks"
SUBSCRIBER = "guides/dashboard/webhook-subscriber"


def subscribed(odus: Account, *events: str) -> Any:
    """A new subscriber, whose deliveries are held."""
    odus.post("/_mock/deliveries/hold", {"held": True})
    body = {"url": "https://shop.example/hooks", "events": list(events)}
    return odus.post(odus.at("webhookSubscribers"), body)


def held(odus: Account) -> list[Any]:
    """The deliveries that are held, the oldest first."""
    found: list[Any] = odus.get("/_mock/deliveries/held")
    return found


def signatures(secret: str, body: str) -> dict[str, str]:
    """The HMAC-SHA256 of the raw body, by the ways of writing it."""
    digest = hmac.digest(secret.encode(), body.encode(), hashlib.sha256)
    return {"hex": digest.hex(), "base64": b64encode(digest).decode()}


@fact("A subscriber is an HTTPS url and a list of events, which can be edited.", SUBSCRIBER)
def subscriber(odus: Account) -> None:
    body = {"url": "https://shop.example/hooks", "events": ["payment.created"]}
    made = odus.post(odus.at("webhookSubscribers"), body)
    same(body, {name: made[name] for name in body})
    path = f"{odus.at('webhookSubscribers')}/{made['id']}"
    same(["payment.updated"], odus.post(path, {"events": ["payment.updated"]})["events"])
    odus("DELETE", path)


@fact("A subscriber needs a url and events.", SUBSCRIBER)
def required(odus: Account) -> None:
    odus.refuses(odus.at("webhookSubscribers"), {"url": "https://shop.example/hooks"})
    odus.refuses(odus.at("webhookSubscribers"), {"events": ["payment.created"]})


@fact("An event is posted with eventId, eventType, profile, timestamp and data.", PAGE, needs="script")
def envelope(odus: Account) -> None:
    who = subscribed(odus, "payment.created")
    payment = odus.create()
    (delivery,) = held(odus)
    told = json.loads(delivery["body"])
    same({"eventId", "eventType", "profile", "timestamp", "data"}, set(told))
    same(("payment.created", who["id"], payment["id"]), (told["eventType"], told["profile"], told["data"]["id"]))
    same(("evt", "whs", "Z"), (told["eventId"][:3], told["profile"][:3], told["timestamp"][-1]))


@fact("payment.created and payment.updated tell of payments, and only what is asked for is told.", PAGE, needs="script")
def events(odus: Account) -> None:
    subscribed(odus, "payment.updated")
    odus.pay()
    same({"payment.updated"}, {delivery["eventType"] for delivery in held(odus)})


@fact("Events are sent in the order of their creation.", PAGE, needs="script")
def order(odus: Account) -> None:
    subscribed(odus, "payment.created")
    made = [odus.create()["id"] for _ in range(3)]
    same(made, [json.loads(delivery["body"])["data"]["id"] for delivery in held(odus)])


@fact("data is the record as it was when the event happened, what is sensitive included.", PAGE, needs="script")
def data(odus: Account) -> None:
    subscribed(odus, "payment.created")
    payment = odus.create()
    odus.authorize(payment)
    same("open", json.loads(held(odus)[0]["body"])["data"]["status"])


@fact("The signature is an HMAC-SHA256 of the raw body with the shared secret.", PAGE, needs="script")
def signature(odus: Account) -> None:
    secret = subscribed(odus, "payment.created")["secret"]
    odus.create()
    (delivery,) = held(odus)
    known = set(signatures(secret, delivery["body"]).values())
    holds(known & set(delivery["headers"].values()), "no header holds it")


@fact("An event is told at least once: what is not taken is sent again, with the same id.", PAGE, needs="clock")
def at_least_once(odus: Account) -> None:
    url = "http://127.0.0.1:9/nobody-listens"
    odus.post(odus.at("webhookSubscribers"), {"url": url, "events": ["payment.created"]})
    odus.create()
    odus.advance("7 days")
    sent = odus.records("/_mock/journal/deliveries")
    holds(len(sent) > 1, "it is sent once")
    same(1, len({delivery["event"] for delivery in sent}))


@fact("Several subscribers are told, each of what it asked for.", SUBSCRIBER, needs="script")
def several(odus: Account) -> None:
    first, second = subscribed(odus, "payment.created"), subscribed(odus, "payment.created", "payment.updated")
    odus.create()
    same([first["id"], second["id"]], [delivery["subscriber"] for delivery in held(odus)])
