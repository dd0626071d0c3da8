"""A sandbox is a world with its keys, scenario, clock and snapshots; `Sandboxes` finds it by any of its credentials."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from mock_odus.beginnings import Beginnings
from mock_odus.engine import ids, keys, payments, periods
from mock_odus.engine.access import KeyKind, PublishableKey, Role, SecretKey, User
from mock_odus.engine.errors import Conflict, Invalid, NotFound, Refused, Unauthorized
from mock_odus.engine.jobs import JOBS
from mock_odus.engine.permissions import ROLES
from mock_odus.engine.policies import Policies
from mock_odus.engine.reactions import REACTION
from mock_odus.engine.webhooks import Delivery
from mock_odus.engine.world import Snapshot, World
from mock_odus.scripting import building, rules
from mock_odus.scripting.gateway import ScriptedGateway
from mock_odus.scripting.language import Clock, Mode, Scenario

DEFAULT = "mock"
START = "2026-01-01T00:00:00.000Z"
NAME = re.compile(r"[a-z0-9-]{1,64}")


class Ticker(Protocol):
    """What moves the clock of a sandbox with the real one, `rate` virtual seconds for each real one."""

    rate: float

    def follow(self) -> None:
        """Brings the clock up to the real one."""

    def plan(self) -> None:
        """Sees to it that what is due next runs by itself."""

    def seconds_to(self, instant: str) -> float:
        """Real seconds until the clock shows an instant."""

    def restart(self) -> None:
        """Goes on from the time to which somebody else has set the clock."""

    def stop(self) -> None: ...

    async def wait(self, milliseconds: int) -> None:
        """Returns when the clock has gone so far on."""


class Courier(Protocol):
    """What posts webhooks. `counts` are the attempts it made: `delivered`, `failed`, `refused`."""

    counts: Counter[str]
    origin: str

    def wake(self) -> None:
        """Something may have happened."""

    async def settle(self) -> None:
        """Returns when nothing is left that may be sent now."""

    def send_again(self, delivery: Delivery) -> Delivery:
        """Sends the same event once more, and tells what is sent."""
        ...

    def post(self, delivery: Delivery) -> tuple[bytes, dict[str, str]]:
        """The body and the headers of a delivery."""
        ...

    def stop(self) -> None: ...


class HostClock(Protocol):
    """The clock of this machine, of which a sandbox knows nothing by itself."""

    @property
    def seconds(self) -> Callable[[], float]:
        """Tells seconds that never go back."""
        ...

    def minute(self) -> str:
        """The time of day as an instant, cut to the minute."""
        ...

    def ticker(self, sandbox: Sandbox, rate: float) -> Ticker: ...


Couriers = Callable[["Sandbox"], Courier]


class Settings(Struct, frozen=True):
    """How a sandbox begins, and begins again when it is reset. `start` is an instant, `seed` any integer.

    What is told here of the clock wins over the scenario.
    """

    seed: int | None = None
    start: str | None = None
    scenario: Scenario | None = None
    mode: Mode | None = None
    rate: float | None = None

    @property
    def clock(self) -> Clock:
        """What the scenario says of the clock, under what is told here."""
        written = (self.scenario.clock if self.scenario else None) or Clock()
        return Clock(self.start or written.start, self.mode or written.mode, self.rate or written.rate)


class Sandbox:
    """`epoch` changes whenever the world is replaced under a running advance; `requests` counts its requests.

    `serial` tells it from an earlier one of its name. `origin` is the snapshot that it was forked from, and that a
    reset goes back to, until it runs another scenario. `by_default` is how the clock runs when nobody says; `ticker` is
    None while it stands. `courier` is None where nobody posts webhooks; with `holds_webhooks` the caller takes them and
    tells what came of them. `watchers` are called when something may have happened; nothing will any more when it
    `is_over`.
    """

    def __init__(
        self,
        name: str,
        secret_key: str,
        publishable_key: str,
        settings: Settings,
        policies: Policies,
        host: HostClock | None = None,
        by_default: Mode = "frozen",
        couriers: Couriers | None = None,
        origin: Snapshot | None = None,
        beginnings: Beginnings | None = None,
    ) -> None:
        self.name = name
        self.serial = 0
        self.secret_key = secret_key
        self.publishable_key = publishable_key
        self.settings = settings
        self.policies = policies
        self.host = host
        self.by_default = by_default
        self.origin = origin
        self._beginnings = beginnings or Beginnings()
        self.holds_webhooks = False
        self.ticker: Ticker | None = None
        self.snapshots: dict[str, Snapshot] = {}
        self.epoch = 0
        self.advancing = False
        self.requests = 0
        self.idempotency_keys: set[bytes] = set()
        self.watchers: list[Callable[[], None]] = []
        self.is_over = False
        self.world = self._new_world(settings, None, origin)
        self.courier = couriers(self) if couriers else None
        self._start_clock()

    @property
    def scenario(self) -> str | None:
        """The name of the running scenario."""
        running = rules.running(self.world)
        return running.name if running else None

    def reset(self, *, keep_scenario: bool = True) -> None:
        """As just created: the world as its scenario begins, the clock at its start."""
        if not keep_scenario:
            self.settings, self.origin = replace(self.settings, scenario=None), None
        self.holds_webhooks = False
        self._replace(self._new_world(self.settings, None, self.origin))
        self._start_clock()

    def load(self, scenario: Scenario, *, keep_world: bool = False) -> None:
        """Runs another scenario, in a new world that starts when it says, or now. ScenarioError changes nothing."""
        if keep_world:
            building.build(self.world, scenario, keep=True)
            self.epoch += 1
            return
        settings = replace(self.settings, scenario=scenario)
        self._replace(self._new_world(settings, self.world.now))
        self.settings, self.origin = settings, None
        if scenario.clock and scenario.clock.mode:
            self._run_clock(scenario.clock.mode, scenario.clock.rate)

    def drop_scenario(self) -> None:
        """Ends the running scenario; the world it made stays."""
        with self.world.verb():
            rules.start(self.world, None, None, (), {})
        self.epoch += 1

    def save(self, name: str) -> Snapshot:
        if not NAME.fullmatch(name):
            raise Invalid("name must be 1 to 64 of a-z, 0-9 and -")
        self.snapshots[name] = self.world.snapshot()
        return self.snapshots[name]

    def snapshot(self, name: str) -> Snapshot:
        """NotFound."""
        if name not in self.snapshots:
            raise NotFound(f"no snapshot is named '{name}'")
        return self.snapshots[name]

    def restore(self, name: str) -> None:
        self.begin_from(self.snapshot(name))

    def begin_from(self, snapshot: Snapshot) -> None:
        """Goes on from a world as it was saved, its time included."""
        self.world.restore(snapshot)
        self.idempotency_keys.clear()
        self._begin_epoch()

    def tick(self, rate: float | None = None) -> None:
        """Lets the clock run with the real one, from where it is."""
        self.freeze()
        if self.host:
            self.ticker = self.host.ticker(self, rate or 1.0)

    def freeze(self) -> None:
        """Lets the clock stand where it is."""
        if self.ticker:
            self.ticker.stop()
        self.ticker = None
        self.stir()

    def next_request(self) -> str:
        """The id of this sandbox's next request."""
        self.requests += 1
        world = self.world
        return "req_" + ids.ksuid(world.seconds, world.seed, "request", self.requests)

    def end(self) -> None:
        """Nobody need wait for anything any more."""
        self.is_over = True
        self.freeze()
        if self.courier:
            self.courier.stop()
        self.stir()

    def stir(self) -> None:
        """Something may have happened."""
        for watcher in self.watchers:
            watcher()

    def _new_world(self, settings: Settings, now: str | None, origin: Snapshot | None = None) -> World:
        scenario = settings.scenario
        seed = settings.seed if settings.seed is not None else (scenario and scenario.seed) or 0
        if now is None:
            start = settings.clock.start or self._first_instant(settings)
        else:
            start = (scenario and scenario.clock_start) or now
        world = World(
            seed=seed, now=start, policies=self.policies, gateway=ScriptedGateway(), jobs=JOBS, reaction=REACTION
        )
        if origin:
            world.restore(origin)
        else:
            self._beginnings.open(world, scenario)
        return world

    def _replace(self, world: World) -> None:
        self.world = world
        self.idempotency_keys.clear()
        self._begin_epoch()

    def _begin_epoch(self) -> None:
        self.epoch += 1
        if self.ticker:
            self.ticker.restart()
        self.stir()

    def _first_instant(self, settings: Settings) -> str:
        """When a sandbox begins that nobody has told when."""
        return self.host.minute() if self.host and self._mode(settings) == "ticking" else START

    def _mode(self, settings: Settings) -> Mode:
        return settings.clock.mode or self.by_default

    def _start_clock(self) -> None:
        self._run_clock(self._mode(self.settings), self.settings.clock.rate)

    def _run_clock(self, mode: Mode, rate: float | None) -> None:
        if mode == "ticking":
            self.tick(rate)
        else:
            self.freeze()


class Credential(Struct, frozen=True):
    """Who calls. `permissions` is None when all are granted; `payment` binds a checkout key to one payment.

    `role` is that of the user who has logged in, which a session key goes by. `id` names the key made by API, or
    the user; it stays when the key is rotated, and is empty for the two keys that a sandbox begins with.
    """

    sandbox: Sandbox
    kind: KeyKind
    permissions: frozenset[str] | None = None
    payment: str | None = None
    role: Role | None = None
    id: str = ""


class Sandboxes:
    """All sandboxes of the process. The default one, named `mock`, always exists."""

    def __init__(
        self,
        policies: Policies,
        default: Settings,
        *,
        secret_key: str = "",
        publishable_key: str = "",
        host: HostClock | None = None,
        mode: Mode = "frozen",
        couriers: Couriers | None = None,
    ) -> None:
        """`mode` is that of the default sandbox's clock when neither its settings nor its scenario say."""
        self.policies = policies
        self._host = host
        self._couriers = couriers
        self._beginnings = Beginnings()
        self.by_name: dict[str, Sandbox] = {}
        self._by_key: dict[str, Credential] = {}
        self._by_header: dict[bytes, Credential] = {}
        self._invented = 0
        self._added = 0
        self.default = self._add(DEFAULT, default, secret_key or "skey_mock", publishable_key or "pk_mock", mode)

    def create(self, name: str | None, settings: Settings, snapshot: Snapshot | None = None) -> tuple[Sandbox, bool]:
        """The sandbox, a fork of a snapshot when there is one, and whether it is new.

        The same name again finds the one there. Conflict when it differs.
        """
        name = name or self._invent()
        if not NAME.fullmatch(name):
            raise Invalid(f"name must be 1 to 64 of a-z, 0-9 and -, found '{name}'")
        if existing := self.by_name.get(name):
            is_fork_of_another = snapshot is not None and snapshot is not existing.origin
            if settings not in (Settings(), existing.settings) or is_fork_of_another:
                raise Conflict(f"sandbox '{name}' exists with other settings; reset or delete it, or take another name")
            return existing, False
        secret_key, publishable_key = f"skey_{name}", f"pk_{name}"
        if taken := [key for key in (secret_key, publishable_key) if key in self._by_key]:
            raise Conflict(f"sandbox '{name}' cannot be made: its key {taken[0]} is another sandbox's already")
        return self._add(name, settings, secret_key, publishable_key, origin=snapshot), True

    def get(self, name: str) -> Sandbox:
        """NotFound."""
        if name not in self.by_name:
            raise NotFound(f"no sandbox is named '{name}'")
        return self.by_name[name]

    def delete(self, name: str) -> Sandbox:
        sandbox = self.get(name)
        if sandbox is self.default:
            raise Refused(f"the default sandbox '{DEFAULT}' cannot be deleted; reset it instead")
        del self.by_name[name]
        for key in (sandbox.secret_key, sandbox.publishable_key):
            del self._by_key[key], self._by_header[f"Bearer {key}".encode()]
        sandbox.end()
        sandbox.epoch += 1
        return sandbox

    def authorize(self, header: bytes) -> Credential:
        """Whose key an `Authorization` header holds. Unauthorized."""
        if known := self._by_header.get(header):
            return known
        scheme, _, key = header.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise Unauthorized("the Authorization header must be 'Bearer <key>'")
        return self.authenticate(key.strip())

    def authenticate(self, key: str) -> Credential:
        """Whose key this is. Unauthorized."""
        known = self._by_key.get(key)
        if known is None:
            known = self._made_by_api(key)
        if known is None:
            raise Unauthorized("this key is unknown or was revoked")
        return known

    def _made_by_api(self, key: str) -> Credential | None:
        """Keys made by API carry their sandbox's name: `skey_<sandbox>_<tail>`, and the others likewise."""
        prefix, _, rest = key.partition("_")
        name, _, tail = rest.partition("_")
        sandbox = self.by_name.get(name)
        if sandbox is None or not tail:
            return None
        world = sandbox.world
        if prefix == "skey" and (secret := keys.find(world, SecretKey, tail)):
            return Credential(sandbox, "secretKey", frozenset(secret.permissions), id=secret.id)
        if prefix == "pk" and (publishable := keys.find(world, PublishableKey, tail)):
            return Credential(sandbox, "publishableKey", id=publishable.id)
        if prefix == "ckey" and (payment := payments.find_by_checkout_tail(world, tail)):
            return Credential(sandbox, "checkoutKey", payment=payment.id, id=payment.id)
        if prefix == "sess" and (user := keys.find(world, User, tail)):
            return Credential(sandbox, "sessionKey", ROLES[user.role], role=user.role, id=user.id)
        return None

    def _add(
        self,
        name: str,
        settings: Settings,
        secret_key: str,
        publishable_key: str,
        mode: Mode = "frozen",
        origin: Snapshot | None = None,
    ) -> Sandbox:
        own = name, secret_key, publishable_key, settings
        sandbox = Sandbox(*own, self.policies, self._host, mode, self._couriers, origin, self._beginnings)
        self._added += 1
        sandbox.serial = self._added
        kinds: dict[str, KeyKind] = {secret_key: "secretKey", publishable_key: "publishableKey"}
        for key, kind in kinds.items():
            self._by_key[key] = self._by_header[f"Bearer {key}".encode()] = Credential(sandbox, kind)
        self.by_name[name] = sandbox
        return sandbox

    def _invent(self) -> str:
        while True:
            self._invented += 1
            if (name := f"sandbox-{self._invented}") not in self.by_name:
                return name


def start_of(text: str) -> str:
    """The instant at which a user wants a clock to start, in Odus's form. Invalid."""
    try:
        return periods.instant(text)
    except (ValueError, OverflowError):
        raise Invalid(f"clock.start must be an instant such as 2026-01-31T09:00:00Z, found '{text}'") from None
