"""A test's handle on a sandbox, over HTTP only: it drives a server in this process and one in a container alike.

Amounts are integers in minor units (2999 is 29.99), instants are text (`2026-01-31T09:00:00.000Z`), and whatever the
server refuses is raised as `OdusApiError`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from mock_odus.driver import documents, slices
from mock_odus.driver.collection import Collection, id_of
from mock_odus.driver.connection import Connection, OdusApiError
from mock_odus.driver.documents import Document, PlacesIn
from mock_odus.driver.expecting import Expecting
from mock_odus.driver.journals import Journals
from mock_odus.driver.paying import NotPaid, Paying
from mock_odus.driver.records import Attempts, Ids, Page, Record, UnknownName, nearest
from mock_odus.driver.signatures import is_genuine

if TYPE_CHECKING:
    from mock_odus.driver.app_clock import AppClock
    from mock_odus.driver.webhooks import Handler, Taking, Webhooks

__all__ = [
    "Attempts",
    "Collection",
    "Connection",
    "Driver",
    "Ids",
    "NotPaid",
    "OdusApiError",
    "Page",
    "Record",
    "UnknownName",
    "is_genuine",
]

__tracebackhide__ = True
"""A report of pytest ends at the test's own line: what lies below it is ours, and may hold card numbers."""


class Driver(Paying, Journals):
    """A test's handle on one sandbox.

    `url` and `secret_key` are what the app under test needs. `name` and `publishable_key` default to those that belong
    to `secret_key`. `scenarios` is a folder in which scenario names are looked for before the server is asked, `folder`
    where relative paths of scenario files begin.

    Example: `Driver("http://127.0.0.1:4010", "skey_mock").pay(2999)`
    """

    def __init__(
        self,
        url: str,
        secret_key: str,
        *,
        publishable_key: str | None = None,
        name: str | None = None,
        scenarios: str | os.PathLike[str] | None = None,
        folder: str | os.PathLike[str] = ".",
        connection: Connection | None = None,
    ) -> None:
        self._connection = connection or Connection(url)
        self.url = self._connection.url
        self.secret_key = secret_key
        self.name = name or secret_key.removeprefix("skey_")
        self.publishable_key = publishable_key or f"pk_{self.name}"
        self._scenarios = None if scenarios is None else Path(scenarios)
        self._folder = Path(folder)
        self._ids: Ids | None = None
        self._unhit: dict[tuple[str, str], str] = {}
        self._may_miss = True
        self._missed: list[Record] = []
        self._webhooks: Webhooks | None = None
        self._taking: Taking | None = None
        self._app_clock: AppClock | None = None
        self._expecting = Expecting(self)
        self.payments = Collection(self, "payments")
        self.transactions = Collection(self, "transactions")
        self.customers = Collection(self, "customers")
        self.payment_methods = Collection(self, "payment_methods")
        self.blacklist = Collection(self, "blacklist")
        self.products = Collection(self, "products")
        self.prices = Collection(self, "prices")
        self.subscriptions = Collection(self, "subscriptions")
        self.invoices = Collection(self, "invoices")
        self.retry_policies = Collection(self, "retry_policies")
        self.gateway_profiles = Collection(self, "gateway_profiles")
        self.cascades = Collection(self, "cascades")
        self.webhook_subscribers = Collection(self, "webhook_subscribers")
        self.merchant_configs = Collection(self, "merchant_configs")
        self.secret_keys = Collection(self, "secret_keys")
        self.publishable_keys = Collection(self, "publishable_keys")
        self.users = Collection(self, "users")
        self.request_logs = Collection(self, "request_logs")

    @classmethod
    def open(
        cls,
        url: str,
        name: str,
        *,
        scenario: str | Mapping[str, Any] | os.PathLike[str] | None = None,
        rules: Sequence[Mapping[str, Any]] = (),
        now: str | None = None,
        seed: int | None = None,
        scenarios: str | os.PathLike[str] | None = None,
        folder: str | os.PathLike[str] = ".",
        connection: Connection | None = None,
    ) -> Self:
        """A handle on a new sandbox, which `close` deletes. `now` is its first instant, before the scenario's own.

        `rules` stand above the scenario's, in their order. Example:
        `Driver.open(url, "shop-1", scenario="starter", rules=[{"then": "insufficient_funds"}])`
        """
        driver = cls(url, f"skey_{name}", scenarios=scenarios, folder=folder, connection=connection)
        document = driver._document(scenario)
        loads = document is not None and document.needs_files  # what cannot be said in the call that makes the sandbox
        settings = {
            "name": name,
            "scenario": None if loads else scenario,
            "seed": seed,
            "clock": now and {"start": now},
        }
        with PlacesIn(None):
            answer = driver._connection.ask("POST", "/_mock/sandboxes", _told(settings))
        driver.secret_key, driver.publishable_key = answer.secretKey, answer.publishableKey
        driver._begin(answer)
        try:
            if loads and scenario is not None:
                driver.scenario(scenario)
                if now is not None:
                    driver.reset()  # loading has moved the clock to the scenario's own start
            elif isinstance(scenario, Mapping):
                driver._wrote(scenario)
            for place, rule in reversed(list(enumerate(rules))):
                driver.rule({"name": f"rules[{place}] of the test", **rule})
        except BaseException:
            driver.close()
            raise
        return driver

    def close(self) -> None:
        """Deletes the sandbox, with all that is in it."""
        self._taking = None
        if self._webhooks is not None:
            self._webhooks.close()
            self._webhooks = None
        self.delete(f"/_mock/sandboxes/{self.name}")

    if not TYPE_CHECKING:  # where types are checked, that what is misspelt is not there

        def __getattr__(self, name: str) -> Any:
            near = "" if name.startswith("_") else nearest(name, [one for one in dir(self) if not one.startswith("_")])
            raise AttributeError(f"odus has no '{name}'{near}", name=name, obj=None)

    def __repr__(self) -> str:
        return f"<odus sandbox {self.name} at {self.url}>"

    # --- Time --------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> str:
        """The sandbox's instant. Example: `assert "2026-01-01T00:00:00.000Z" == odus.now`"""
        return str(self.get("/_mock/clock")["now"])

    def advance(
        self,
        *,
        by: str | None = None,
        to: str | None = None,
        until: str | None = None,
        dry_run: bool = False,
        max_steps: int | None = None,
    ) -> Record:
        """Moves time forward and runs all that falls due at its own instant; answers what happened.

        `by` is a duration (`1 month`, `90 seconds`, `P1M2D`; months are calendar months), `to` an instant, `until` one
        of `next`, `renewal`, `renewal:sub_…` and `idle`. Status 409 when it lies in the past. Stops early after
        `max_steps` jobs. With `dry_run` nothing is changed. Example: `odus.advance(until="renewal")`

        With `on_webhook` the clock stops wherever a webhook is to be taken, and goes on when it was.
        """
        report = self._advance(by, to, until, dry_run, max_steps)
        self._moved()
        return report

    def _advance(
        self, by: str | None, to: str | None, until: str | None, dry_run: bool, max_steps: int | None
    ) -> Record:
        told = {"by": by, "to": to, "until": until, "dryRun": dry_run or None, "maxSteps": max_steps}

        def ask(told: Mapping[str, Any]) -> Record:
            answer: Record = self._ask("POST", "/_mock/clock/advance", _told(told))
            return answer

        taking = self._taking
        if taking is None or dry_run:
            return ask(told)
        before = dict(taking.counts)
        report = slices.advance(lambda told: ask({**told, "settle": "hold"}), taking.take, told)
        counts = {name: count - before[name] for name, count in taking.counts.items()}
        report["deliveries"] = Record({**counts, "pending": report.deliveries.pending})
        return report

    def agenda(self) -> list[Record]:
        """What falls due next: `at`, `kind` and `subject` of up to ten jobs."""
        return list(self.get("/_mock/clock")["agenda"])

    def freeze_app_clock(self) -> AppClock:
        """Holds the clock of this process at the sandbox's, and moves it along, inside `with`. Needs time-machine.

        For an app that runs in the test's own process and looks at the time of day. Each webhook taken by
        `on_webhook` is taken at its own instant. Example:
        `with odus.freeze_app_clock(): odus.advance(by="1 month")`
        """
        from mock_odus.driver.app_clock import AppClock

        return AppClock(self)

    def _moved(self) -> None:
        """The sandbox's clock may have been moved."""
        if self._app_clock is not None:
            self._app_clock.move(self.now)

    # --- The outside world -------------------------------------------------------------------------------------------

    def scenario(self, scenario: str | Mapping[str, Any] | os.PathLike[str]) -> Record:
        """Loads a scenario and makes its world: by name, as a document, or from a `.yaml` file. Replaces the last one.

        Rules of a document given here must be used by the test. Status 400 tells every problem of a bad one.
        Example: `odus.scenario({"version": 1, "name": "empty"})`
        """
        self._keep_count()
        document = self._document(scenario)
        with PlacesIn(document):
            if document is None:
                answer: Record = self._ask("PUT", "/_mock/scenario", {"name": scenario})
            else:
                answer = self._ask("PUT", "/_mock/scenario", document.content, media_type=document.media_type)
        if isinstance(scenario, Mapping):
            self._wrote(scenario)
        self._begin(answer)
        self._begin_anew()
        return answer

    def rule(self, rule: Mapping[str, Any]) -> Record:
        """Puts one rule above all others; answers it with its `id`. The test must use it.

        Example: `odus.rule({"when": {"gateway": "eu"}, "then": "unreachable", "times": 1})`
        """
        with PlacesIn(None):
            answer = self._record("POST", "/_mock/rules", rule)
        self._unhit["id", answer.id] = answer.name
        return answer

    def rules(self) -> list[Record]:
        """The rules of the running scenario, the first to be asked first, with `hits` and `spent`."""
        return list(self.get("/_mock/rules"))

    def unused_rules(self, *, named: bool = False) -> list[str]:
        """Names of rules written through this handle that decided nothing yet; `named`: of all rules."""
        if named:
            return [rule.name for rule in self.rules() if not rule.hits]
        self._keep_count()
        return list(self._unhit.values())

    @property
    def ids(self) -> Ids:
        """Name → id of the running scenario's records. Example: `odus.pay(500, customer=odus.ids["jane"])`"""
        if self._ids is None:
            self._ids = Ids(self.get("/_mock/scenario")["world"])
        return self._ids

    def complete_challenge(self, payment: str | Mapping[str, Any], result: str = "passed") -> Record:
        """Answers a payment's challenge as the customer: `passed`, `failed` or `cancelled`.

        Answers `payment` as it is then, and `returnUrl`, where the browser is sent. Example:
        `odus.complete_challenge(payment, "failed")`
        """
        return self._record("POST", f"/_mock/challenges/{id_of(payment)}/complete", {"result": result})

    # --- Webhooks ----------------------------------------------------------------------------------------------------

    @property
    def webhooks(self) -> Webhooks:
        """A real receiver of this sandbox's webhooks, which begins to listen when it is first asked for.

        The mock must be able to reach this machine: see `on_webhook` for one in a container. Example:
        `hooks = odus.webhooks; payment = odus.pay(500); hooks.wait_for("payment.updated", id=payment.id)`
        """
        if self._taking is not None:
            raise ValueError("webhooks go to the function given to on_webhook: a receiver would get none")
        if self._webhooks is None:
            from mock_odus.driver.webhooks import Webhooks

            self._webhooks = Webhooks(self)
        return self._webhooks

    def on_webhook(self, handler: Handler) -> Record:
        """Gives every webhook to a function, in this thread, in order, each at its instant: no server is needed.

        `handler(body, headers)` is called after each call of this handle that brings some about, and while the clock
        moves; it answers a status, or a response with a `status_code`, such as that of a framework's test client. What
        it answers with an error comes again at its time. An exception ends the call that brought the webhook about.

        Answers the subscriber, whose `secret` the app needs; it is made when nobody has subscribed yet. Example:
        `odus.on_webhook(lambda body, headers: client.post("/webhooks", content=body, headers=headers))`
        """
        from mock_odus.driver.webhooks import Taking

        if self._webhooks is not None:
            raise ValueError("odus.webhooks receives the webhooks already: use one or the other")
        known = self.webhook_subscribers.list()
        found = known[0] if known else self.webhook_subscribers.create(url=_NOWHERE, events=["*"])
        self._ask("POST", "/_mock/deliveries/hold", {"held": True})
        self._taking = Taking(self, handler)
        self._taking.take()
        return found

    def settle(self) -> None:
        """Returns when all webhooks that are due now were sent, or taken: for what the app has done by itself."""
        if self._taking is not None:
            self._taking.take()
        else:
            self._ask("POST", "/_mock/deliveries/settle", {})

    # --- The sandbox -------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Everything as just created: the scenario's world made again, the clock at its start."""
        self._keep_count()
        self._ask("POST", f"/_mock/sandboxes/{self.name}/reset", {})
        self._ids = None
        self._taking = None
        self._begin_anew()

    def snapshot(self, name: str) -> Record:
        """Keeps the world under a name (1 to 64 of `a-z`, `0-9` and `-`), for `restore`."""
        return self._record("POST", "/_mock/snapshots", {"name": name})

    def restore(self, name: str) -> None:
        """The world as it was at the snapshot, clock, rules and hits included. Status 404 when there is none."""
        self._keep_count()
        self.post(f"/_mock/snapshots/{quote(name, safe='')}/restore")
        self._ids = None
        self._may_miss = True  # whatever ran then
        self._expecting.restart()
        self._moved()

    def _begin_anew(self) -> None:
        """The world is another one, without a past."""
        self._expecting.told = 0
        self._moved()

    def digest(self) -> str:
        """A hash of the whole world: equal worlds, equal digests."""
        return str(self.get("/_mock/digest")["digest"])

    # --- What happened (the rest: journals.py) -----------------------------------------------------------------------

    def all_misses(self) -> list[Record]:
        """The misses of this sandbox, also those from before a reset, a restored snapshot or another scenario."""
        self._keep_count()
        return list(self._missed)

    # --- HTTP with the secret key ------------------------------------------------------------------------------------

    def get(self, path: str) -> Any:
        """The decoded answer to a GET: records, or text. Example: `odus.get("/payments?status[eq]=open")`"""
        return self._ask("GET", path)

    def post(self, path: str, json: Any = None) -> Any:
        """The decoded answer to a POST; without `json` an empty object is sent.

        Example: `odus.post("/payments", {"amount": 2999, "currency": "usd"})`
        """
        return self._heard(self._ask("POST", path, {} if json is None else json))

    def delete(self, path: str) -> Any:
        """The decoded answer to a DELETE. Example: `odus.delete("/_mock/rules/" + rule.id)`"""
        if path.startswith("/_mock/rules/"):
            self._keep_count()
        return self._heard(self._ask("DELETE", path))

    def _ask(self, method: str, path: str, content: Any = None, **how: Any) -> Any:
        return self._connection.ask(method, path, content, key=self.secret_key, **how)

    def _record(self, method: str, path: str, content: Any = None) -> Record:
        answer: Record = self._ask(method, path, content)
        return answer if method == "GET" else self._heard(answer)

    def _heard(self, answer: Any) -> Any:
        """An answer, once the webhooks that it brought about were taken."""
        if self._taking is not None:
            self._taking.take()
        return answer

    # --- Rules that must be used -------------------------------------------------------------------------------------

    def _wrote(self, scenario: Mapping[str, Any]) -> None:
        for place, rule in enumerate(scenario.get("rules") or ()):
            name = rule.get("name") or f"rules[{place}]"
            self._unhit["name", name] = name

    def _begin(self, answer: Record) -> None:
        """Takes over what the server tells of the scenario that it now runs."""
        self._ids = Ids(answer.world)
        self._may_miss = answer.unmatched == "fail"

    def _keep_count(self) -> None:
        """Forgets the written rules that were used, and keeps what was missed: called before either is taken away."""
        if self._unhit:
            for rule in self.rules():
                if rule.hits:
                    self._unhit.pop(("id", rule.id), None)
                    self._unhit.pop(("name", rule.name), None)
        if self._may_miss:
            self._missed += [miss for miss in self.misses() if miss not in self._missed]

    # --- Scenario files ----------------------------------------------------------------------------------------------

    def _document(self, scenario: object) -> Document | None:
        """What the test holds itself: a file, by path or by name, or a document; None for a name of the server's."""
        folders = () if self._scenarios is None else (self._scenarios,)
        if isinstance(scenario, os.PathLike) or (isinstance(scenario, str) and scenario.endswith((".yaml", ".yml"))):
            return documents.in_file(self._folder / os.fspath(scenario), folders)
        if isinstance(scenario, str):
            file = documents.find(scenario, folders)
            return documents.in_file(file, folders) if file else None
        return documents.in_test(scenario, (self._folder, *folders)) if isinstance(scenario, Mapping) else None


_NOWHERE = "http://on-webhook.localhost/webhooks"
"""Where webhooks that a function takes would be posted to."""


def _told(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Without those that were left out."""
    return {key: value for key, value in fields.items() if value is not None}
