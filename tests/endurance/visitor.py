"""Somebody who does anything at all with one sandbox, drawn from a seed, and looks whether it could have been so."""

from __future__ import annotations

import random  # noqa: TID251 - seeded, and the soak's own
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from tests.endurance.wire import Answer, Receiver, Wire

CARDS = (
    *3 * ("4242424242424242",),
    *("5555555555554444", "4000000000000341"),  # the latter is declined from the second charge on
    *("4000000000000002", "4000000000009995", "4000000000003220", "4242424242424241"),
)
RETURN_URL = "https://shop.example/thanks"
JUMPS = ("1 minute", "5 minutes", "1 hour", "7 hours", "1 day", "3 days", "8 days", "1 month", "40 days")
OUTCOMES: tuple[Any, ...] = (
    *("insufficient_funds", "hard_decline", "unreachable", "timeout", "challenge", "frictionless", {"error": 503}),
    *(
        {"timeout": {"charged": True}},
        {"approve": {"forgotten": True}},
        {"approve": {"chargeback": {"after": "9 days"}}},
    ),
    {"challenge": {"answer": "passed", "after": "1 hour"}},
    {"challenge": {"answer": "abandoned"}},
)
API_FAULTS: tuple[Any, ...] = (
    *({"status": 503}, {"status": 500}, {"status": 429, "retryAfter": 1}),
    *({"drop": "before"}, {"drop": "after"}, "empty", "reset", "truncate", "malformed"),
    *({"latency": "2 milliseconds"}, {"drip": "4 milliseconds"}),
)
HOOK_FAULTS: tuple[Any, ...] = (
    *({"duplicate": 1}, {"delay": "2 hours"}, {"reorder": True}, {"drop": True}),
    *({"corruptSignature": True}, {"malformed": True}),
)
MOST_JOBS = 400
"""In one jump, so that none of them takes the soak's time."""

MOST_SUBSCRIPTIONS = 12
"""In a sandbox, for the same reason."""


class Visitor:
    """`counts` are what was done and what came of it, `wrong` what may not be."""

    def __init__(self, name: str, seed: str, wire: Wire, receiver: Receiver) -> None:
        self.name = name
        self.chance = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._wire = wire
        self._key = f"skey_{name}"
        self._hook = f"http://127.0.0.1:{receiver.port}/{name}"
        self._seen = receiver.seen["/" + name]
        self._answered: set[str] = set()
        self._world: dict[str, dict[str, str]] = {}
        self._known: defaultdict[str, list[str]] = defaultdict(list)
        self._acts = [act for act, weight in self._weights().items() for _ in range(weight)]

    def _weights(self) -> dict[Callable[[], None], int]:
        return {
            self.create: 12,
            self.authorize: 18,
            self.follow_up: 14,
            self.challenge: 4,
            self.subscribe: 4,
            self.bill: 8,
            self.customer: 4,
            self.read: 18,
            self.jump: 3,
            self.webhooks: 4,
            self.rule: 1,
            self.copy: 1,
        }

    # --- asking

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """The answer. One that nothing explains is wrong: a fault of the server's, or none at all."""
        answer = self._wire(method, path, body, key=self._key)
        self.counts["requests"] += 1
        self.counts[f"answered {answer.status}"] += 1
        is_odd = answer.status not in (200, 201, 400, 404, 409)
        if is_odd and not self._is_scripted(path, answer):
            self.wrong.append(f"{self.name}: {method} {path} {body} was answered {answer.status}: {answer.raw[:300]!r}")
        return answer

    def _is_scripted(self, path: str, answer: Answer) -> bool:
        """Whether the scenario has done this: the answer says so, or where there is none the journal does."""
        if answer.status is not None:
            return b"the scenario says so: " in answer.raw
        found = self._wire(
            "GET", f"/_mock/journal/requests?path[eq]={path.partition('?')[0]}&pageSize=100", key=self._key
        )
        self.counts["requests"] += 1
        return found.status == 200 and any(entry["fault"] for entry in found.json["data"])

    def made(self, kind: str, path: str, body: Any = None) -> Any:
        """What a POST made, remembered by its kind; None when it was refused, or the answer was spoiled."""
        answer = self.ask("POST", path, body or {})
        if answer.status != 201:
            return None
        try:
            found = answer.json
        except ValueError:  # a scenario has cut it
            return None
        if isinstance(found, dict) and "id" in found and found["id"] not in self._known[kind]:
            self._known[kind].append(found["id"])
        return found

    def one(self, kind: str) -> str:
        """The id of something, one of the newer ones most often; of nothing while there is none."""
        known = self._known[kind]
        return known[-1 - min(int(self.chance.expovariate(0.2)), len(known) - 1)] if known else "none"

    # --- a life

    def begin(self) -> None:
        """A sandbox with a scenario of its own."""
        body = {"name": self.name, "seed": self.chance.randrange(2**32), "scenario": self._scenario()}
        answer = self.ask("POST", "/_mock/sandboxes", body)
        if answer.status != 201:
            self.wrong.append(f"{self.name}: was not made: {answer.raw[:500]!r}")
            return
        self._world = answer.json["world"]
        self._begin_anew()
        if self.chance.random() < 0.5:
            self.ask("POST", "/_mock/deliveries/hold", {"held": True})

    def _begin_anew(self) -> None:
        self._known.clear()
        for kind, named in self._world.items():
            self._known[kind] += named.values()
        self._seen.clear()
        self._answered.clear()
        for _ in range(3):  # by hand, since nobody is told of what a scenario has made
            self.made("customers", "/customers", {"email": f"{self.chance.randrange(10**9)}@example.com"})

    def act(self) -> None:
        act = self.chance.choice(self._acts)
        self.counts[act.__name__] += 1
        act()

    def end(self) -> None:
        """Time goes by until everything was told that can be; the world is looked at as a whole, and is no more."""
        self.ask("POST", "/_mock/deliveries/hold", {"held": False})
        self.ask("POST", "/_mock/clock/advance", {"by": "3 days"})
        self.check()
        self.ask("DELETE", f"/_mock/sandboxes/{self.name}")

    def check(self) -> None:
        """The invariants, and whether the receiver has seen what the mock says it has taken."""
        self.ask("POST", "/_mock/deliveries/settle")
        answer = self.ask("POST", "/_mock/soak/check")
        if answer.status != 200:
            return
        found = answer.json
        if found["wrong"]:
            self.wrong.append(f"{self.name}: {found['wrong']}")
            return
        self.counts["worlds checked"] += 1
        self.counts["records"] += found["records"]
        self.counts["events"] += found["events"]
        self.counts["attempts to tell"] += found["attempts"]
        for end, count in found["ends"].items():
            self.counts[f"tellings {end}"] += count
        taken = set(found["delivered"].get(self._hook, ()))
        if lost := taken - self._seen - self._answered:
            self.wrong.append(f"{self.name}: {len(lost)} events are said to be delivered, and were not")

    # --- what can be done

    def create(self) -> None:
        chance = self.chance
        options = chance.choice(
            ({}, {}, {"captureMethod": "manual"}, {"captureMethod": "automaticDelayed", "captureDelay": 2})
        )
        body = {"amount": chance.randint(1, 20_000), "currency": "usd", "returnUrl": RETURN_URL}
        if chance.random() < 0.7:
            body["customer"] = self.one("customers")
        self.made("payments", "/payments", body | {"paymentMethodOptions": options})

    def authorize(self) -> None:
        if self.chance.random() < 0.4:
            self.create()
        payment, number = self.one("payments"), self.chance.choice(CARDS)
        card = {"number": number, "expMonth": "12", "expYear": "2040", "cvv": "100"}
        body: Any = {"type": "card", "card": card, "returnUrl": RETURN_URL}
        if self._known["methods"] and self.chance.random() < 0.2:
            body = {"paymentMethod": self.one("methods")}
        if paid := self.made("payments", f"/payments/{payment}/authorize", body):
            self._known["methods"] += [paid["paymentMethod"]] if paid.get("paymentMethod") else []
            self._known["subscriptions"] += paid.get("subscriptions") or []
            self._known["invoices"] += paid.get("invoices") or []

    def follow_up(self) -> None:
        chance, payment = self.chance, self.one("payments")
        verb, body = chance.choice(
            (
                *2 * (("capture", {}),),
                *(("capture", {"amount": chance.randint(1, 5_000)}), ("reverse", {})),
                *3 * (("reverse", {"amount": chance.randint(1, 3_000)}),),
                *(("cancel", {}), ("record-chargeback", {}), ("reverse", {"isExternal": True})),
            )
        )
        self.made("payments", f"/payments/{payment}/{verb}", body)

    def challenge(self) -> None:
        found = self.ask("GET", "/_mock/challenges")
        for waiting in found.json[:3]:
            result = self.chance.choice(("passed", "passed", "failed", "cancelled"))
            self.ask("POST", f"/_mock/challenges/{waiting['payment']}/complete", {"result": result})

    def subscribe(self) -> None:
        if len(self._known["subscriptions"]) > MOST_SUBSCRIPTIONS:
            return
        item = {
            "price": self.chance.choice(list(self._world["prices"].values())),
            "quantity": self.chance.randint(1, 3),
        }
        body = {
            "currency": "usd",
            "customer": self.one("customers"),
            "cart": {"items": [item]},
            "returnUrl": RETURN_URL,
        }
        if self.made("payments", "/payments", body):
            self.authorize()

    def bill(self) -> None:
        chance, subscription, invoice = self.chance, self.one("subscriptions"), self.one("invoices")
        match chance.randint(0, 6):
            case 0:
                self.ask("POST", f"/subscriptions/{subscription}/cancel", {"cancelImmediately": chance.random() < 0.3})
            case 1:
                self.ask("POST", f"/subscriptions/{subscription}/resume", {})
            case 2 | 3:
                body = {"price": chance.choice(list(self._world["prices"].values()))}
                if preview := self.made("previews", f"/subscriptions/{subscription}/preview", body):
                    self.ask("POST", f"/subscriptions/{subscription}/apply-preview", {"preview": preview.get("id")})
            case 4:
                self.ask("POST", f"/invoices/{invoice}/pay", {})
            case 5:
                self.ask("POST", f"/invoices/{invoice}/void", {})
            case 6:
                found = self.ask("GET", "/invoices?pageSize=20&sortBy=createdAt&sortDirection=desc")
                if found.status == 200 and found.raw.endswith(b"}"):
                    self._known["invoices"] = [one["id"] for one in found.json["data"]]

    def customer(self) -> None:
        match self.chance.randint(0, 3):
            case 0 | 1:
                self.made("customers", "/customers", {"email": f"{self.chance.randrange(10**9)}@example.com"})
            case 2:
                self.ask("POST", f"/customers/{self.one('customers')}", {"name": "Somebody else"})
            case 3:
                self.ask(
                    "DELETE", f"/customers/{self._known['customers'].pop() if self._known['customers'] else 'none'}"
                )

    def read(self) -> None:
        payment, customer = self.one("payments"), self.one("customers")
        paths = (
            *3 * (f"/payments/{payment}",),
            *(
                f"/payments?customer[eq]={customer}",
                "/payments?status[in]=open,succeeded&sortBy=amount",
                "/payments?page=2",
            ),
            *(f"/customers/{customer}", "/subscriptions?pageSize=50", "/invoices?status[ne]=paid", "/transactions"),
            *("/_mock/journal/events?pageSize=5", "/_mock/journal/deliveries?status[eq]=failed", "/_mock/clock"),
            *(f"/_mock/timeline?payment={payment}", "/request-logs", "/_mock/journal/attempts?amount[gt]=5000"),
        )
        self.ask("GET", self.chance.choice(paths))

    def jump(self) -> None:
        chance = self.chance
        goal = {"by": chance.choice(JUMPS)} if chance.random() < 0.8 else {"until": chance.choice(("next", "renewal"))}
        how = {"settle": chance.choice(("step", "end", "hold")), "maxSteps": MOST_JOBS, "dryRun": chance.random() < 0.1}
        answer = self.ask("POST", "/_mock/clock/advance", goal | how)
        if answer.status == 201:
            self.counts["jobs"] += answer.json["jobs"]

    def webhooks(self) -> None:
        match self.chance.randint(0, 5):
            case 0:
                events = self.chance.choice((["*"], ["payment.updated", "invoice.created"]))
                self.made("hooks", "/webhook-subscribers", {"url": self._hook, "events": events})
            case 1:
                hooks = self._known["hooks"]
                self.ask("DELETE", f"/webhook-subscribers/{hooks.pop() if len(hooks) > 1 else 'none'}")
            case 2:
                self.ask("POST", "/_mock/deliveries/hold", {"held": self.chance.random() < 0.5})
            case _:
                self._take()

    def _take(self) -> None:
        """The app's part, where webhooks are held: it answers well nine times out of ten."""
        for held in self.ask("GET", "/_mock/deliveries/held").json[:20]:
            status = 500 if self.chance.random() < 0.1 else 200
            answer = self.ask("POST", f"/_mock/deliveries/{held['id']}/answer", {"status": status})
            if (answer.status, status) == (201, 200):
                self._answered.add(held["event"])

    def rule(self) -> None:
        rule = {"chance": f"{self.chance.randint(1, 20)}%", "then": self.chance.choice(OUTCOMES), "times": 50}
        if self.chance.random() < 0.5:
            self.made("rules", "/_mock/rules", rule)
        else:
            self.ask("DELETE", f"/_mock/rules/{self._known['rules'].pop() if self._known['rules'] else 'none'}")

    def copy(self) -> None:
        name = self.chance.choice("ab")
        match self.chance.randint(0, 6):
            case 0 | 1 | 2:
                self.ask("POST", "/_mock/snapshots", {"name": name})
            case 3 | 4:
                self.ask("POST", f"/_mock/snapshots/{name}/restore", {})
            case 5:
                self.ask("DELETE", f"/_mock/snapshots/{name}")
            case 6:
                self.check()
                for name in "ab":  # another life's: what the receiver took in it is forgotten
                    self.ask("DELETE", f"/_mock/snapshots/{name}")
                self.ask("POST", f"/_mock/sandboxes/{self.name}/reset", {})
                self._begin_anew()

    # --- what it begins with

    def _scenario(self) -> dict[str, Any]:
        chance = self.chance
        gateways = {name: {"integration": kind} for name, kind in zip("abc", ("stripe", "adyen", "checkout"))}
        limit = {"transactionLimit": 50, "limitPeriod": "day"}
        queue: list[Any] = [{"gatewayProfile": name, "position": place} | limit for place, name in enumerate("ab", 1)]
        queue.append({"gatewayProfile": "c", "position": 3})
        month = {"position": 1, "amount": 2999, "intervalUnit": "month", "intervalValue": 1}
        week = {"position": 1, "amount": 499, "intervalUnit": "week", "intervalValue": 2}
        prices = {
            name: {
                "product": "pro",
                "type": "recurring",
                "currency": "usd",
                "billingSchedule": {"cycleDefinitions": [one]},
            }
            for name, one in (("monthly", month), ("weekly", week))
        }
        hooks = {"all": {"url": self._hook, "events": ["*"]}} if chance.random() < 0.5 else {}

        def some(faults: tuple[Any, ...], most: int, **more: Any) -> list[Any]:
            picked = chance.sample(faults, chance.randint(0, most))
            return [
                {"name": f"fault {place}", "chance": f"{chance.randint(1, 6)}%", "then": then} | more
                for place, then in enumerate(picked)
            ]

        charges = chance.sample(OUTCOMES, chance.randint(0, 5))
        return {
            "version": 1,
            "name": "soaked",
            "world": {
                "gatewayProfiles": gateways,
                "cascades": {"main": {"algorithm": "priority_queue", "rules": queue}},
                "merchantConfig": {
                    "paymentMethodOptions": {"card": {"mode": "cascade", "cascade": "main"}},
                    "enableRecurringPaymentBundling": chance.random() < 0.5,
                },
                "products": {"pro": {}},
                "prices": prices,
                "webhookSubscribers": hooks,
            },
            "rules": [
                {"name": f"charge {place}", "chance": f"{chance.randint(2, 15)}%", "then": then}
                for place, then in enumerate(charges)
            ],
            "api": some(API_FAULTS, 4),
            "webhooks": some(HOOK_FAULTS, 3),
        }
