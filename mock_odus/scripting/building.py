"""Builds the world that a scenario describes, by the engine's own verbs, and sets its rules running."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Protocol, TypeVar

from msgspec import to_builtins
from msgspec.structs import replace

from mock_odus import seeding
from mock_odus.engine import (
    account,
    authorizations,
    blacklist,
    cards,
    cascades,
    catalog,
    customers,
    deliveries,
    history,
    keys,
    methods,
    payments,
    profiles,
    retry_policies,
    subscribers,
    users,
)
from mock_odus.engine.access import SecretKey, User
from mock_odus.engine.billing import RetryPolicy, Subscription
from mock_odus.engine.billing_bodies import CreateRetryPolicy
from mock_odus.engine.bodies import (
    AuthorizePayment,
    Body,
    CardDetails,
    CreateBlacklistEntry,
    CreateCascade,
    CreateCustomer,
    CreateGatewayProfile,
    CreatePayment,
    CreatePrice,
    CreateProduct,
    CreateSecretKey,
    CreateWebhookSubscriber,
)
from mock_odus.engine.errors import Invalid
from mock_odus.engine.history import Deed
from mock_odus.engine.records import (
    BlacklistEntry,
    Cascade,
    Customer,
    GatewayProfile,
    Kept,
    MerchantConfig,
    Payment,
    PaymentMethod,
    Price,
    Product,
    Updatable,
)
from mock_odus.engine.users import CreateUser
from mock_odus.engine.webhooks import WebhookSubscriber
from mock_odus.engine.world import World
from mock_odus.scripting import past, rules
from mock_odus.scripting.findings import in_order, placed
from mock_odus.scripting.forms import CardForm, NamedPayment, NamedPaymentMethod, NamedSecretKey, NamedSubscription
from mock_odus.scripting.language import Scenario, ScenarioError
from mock_odus.scripting.rules import Running


class Named(Protocol):
    """A record of a scenario's world: the body that makes it, and the id it is to have."""

    @property
    def id(self) -> str | None: ...


B = TypeVar("B", bound=Body)
N = TypeVar("N", bound=Named)

YEARS_A_CARD_IS_GOOD = 5

OLDEST: tuple[type[Updatable], ...] = (MerchantConfig, RetryPolicy, GatewayProfile, Cascade, Product, Price)
"""What is there before anything happens."""


def build(world: World, scenario: Scenario, *, keep: bool = False) -> Running:
    """Makes the records and starts the rules, all or nothing. Making them leaves no trace in the log.

    With `keep`, named records that exist already stay as they are. ScenarioError says where in the file the record
    stands that could not be made.
    """
    deliveries.catch_up(world)
    mark = len(world.log)
    with world.verb():
        _Building(world, scenario, keep).run()
        now = rules.start(
            world,
            scenario.name,
            scenario.about,
            scenario.rules,
            scenario.ids,
            scenario.unmatched,
            scenario.api,
            scenario.webhooks,
        )
    del world.log[mark:]
    if keep:
        world.put_in_order()
    deliveries.skip(world)
    return now


class _Building:
    """One scenario that becomes a world."""

    def __init__(self, world: World, scenario: Scenario, keep: bool) -> None:
        self.world, self.scenario, self.keep = world, scenario, keep
        self.form = scenario.world
        self.start = world.now
        self.problems: list[str] = []
        self.missing: set[str] = set()
        """Ids of records that could not be made: who names one of them is left out as well, without a word."""

    def run(self) -> None:
        """In the order of the form: a cascade needs its profiles, a price its product, a card its customer."""
        world, form = self.world, self.form
        self.each(
            "gatewayProfiles", GatewayProfile, form.gateway_profiles, self.by(profiles.create, CreateGatewayProfile)
        )
        self.each("cascades", Cascade, form.cascades, self.by(cascades.create, CreateCascade))
        self.each("retryPolicies", RetryPolicy, form.retry_policies, self.by(retry_policies.create, CreateRetryPolicy))
        if config := form.merchant_config:
            self.noting(
                "world.merchantConfig", config, lambda: account.update_config(world, world.merchant_config(), config)
            )
        self.each("products", Product, form.products, self.by(catalog.create_product, CreateProduct))
        self.each("prices", Price, form.prices, self.by(catalog.create_price, CreatePrice))
        deeds = [*self.signed_up(), *self.made_up()]
        if deeds:
            with history.since(world, min(deed.at for deed in deeds)):
                self.people()
                history.relive(world, deeds)
        else:
            self.people()
        with history.approving(world):
            self.each("payments", Payment, form.payments, lambda _, one: self.pay(one))
        self.each("blacklist", BlacklistEntry, form.blacklist, self.by(blacklist.create, CreateBlacklistEntry))
        self.each(
            "webhookSubscribers",
            WebhookSubscriber,
            form.webhook_subscribers,
            self.by(subscribers.create, CreateWebhookSubscriber),
        )
        self.each("secretKeys", SecretKey, form.secret_keys, self.key)
        self.each("users", User, form.users, self.by(users.create, CreateUser))
        if self.problems:
            raise in_order(self.problems)

    def people(self) -> None:
        """Customers and what they pay with, who are as old as the first thing that any of them did."""
        if self.world.now < self.start and not self.keep:
            self.backdate()
        self.each("customers", Customer, self.form.customers, self.by(customers.create, CreateCustomer))
        self.each("paymentMethods", PaymentMethod, self.form.payment_methods, lambda _, one: self.save_card(one))

    def each(self, kind: str, record: type[Kept], named: Mapping[str, N], make: Callable[[str, N], object]) -> None:
        for name, one in named.items():
            if not self.exists(record, one):
                self.noting(f"world.{kind}.{name}", one, partial(make, name, one))

    def noting(self, path: str, form: Any, make: Callable[[], object]) -> None:
        """Makes a record, and goes on to the next when it cannot be made."""
        try:
            if not self.missing or self.missing.isdisjoint(_words(to_builtins(form))):
                with self.world.verb(), placed(self.scenario, path, form):
                    make()
                return
        except ScenarioError as error:
            self.problems += error.problems
        self.missing.add(getattr(form, "id", None) or path)

    def by(self, create: Callable[..., object], body: type[Body]) -> Callable[[str, Named], object]:
        return lambda name, one: create(self.world, _plain(one, body), id=one.id)

    def exists(self, record: type[Kept], one: Named) -> bool:
        return self.keep and self.world.find(record, one.id or "") is not None

    def backdate(self) -> None:
        """In a new world nothing is younger than what has happened with it."""
        for kind in OLDEST:
            for record in list(self.world.table(kind).values()):
                self.world.put(replace(record, created_at=self.world.now, updated_at=self.world.now))

    def key(self, name: str, one: NamedSecretKey) -> object:
        return keys.create_secret(self.world, _plain(one, CreateSecretKey), id=one.id, tail=name)

    def save_card(self, method: NamedPaymentMethod) -> None:
        if self.saved(method.customer, method.card, method.id).id != method.id:
            raise Invalid("card is saved on this customer already")

    def saved(self, customer: str, form: CardForm, id: str | None = None) -> PaymentMethod:
        """A card that is saved on a customer; if it was before, the record that it has."""
        world = self.world
        card = cards.tokenize(world, self.details(form))
        owner = world.get(Customer, customer)
        return methods.save(
            world, owner, type="card", card=card, fingerprint=card.fingerprint, gateway_profile=None, id=id
        )

    def details(self, card: CardForm) -> CardDetails:
        year = card.exp_year or str(int(self.start[:4]) + YEARS_A_CARD_IS_GOOD)
        return CardDetails(card.number, card.exp_month, year, card.cvv, card.cardholder_name)

    # --- what has happened

    def signed_up(self) -> list[Deed]:
        """The subscriptions that are to be made, each at its start."""
        deeds: list[Deed] = []
        for name, one in self.form.subscriptions.items():
            if not self.exists(Subscription, one):
                self.noting(f"world.subscriptions.{name}", one, partial(self.plan, deeds, name, one))
        return deeds

    def plan(self, deeds: list[Deed], name: str, one: NamedSubscription) -> None:
        start = past.resolved(self.world, one.start_date)
        path = f"world.subscriptions.{name}"
        deeds.append(Deed(start, lambda: self.noting(path, one, partial(self.sign_up, one))))

    def sign_up(self, one: NamedSubscription) -> None:
        world = self.world
        method = self.saved(one.customer, one.card) if one.card else None
        history.sign_up(
            world,
            one.customer,
            method or world.get(PaymentMethod, one.payment_method or ""),
            world.get(Price, one.price),
            until=self.start,
            quantity=one.quantity,
            gateway=one.gateway_profile,
            retry_policy=one.retry_policy,
            id=one.id,
        )

    def made_up(self) -> list[Deed]:
        fake, deeds = self.form.fake, list[Deed]()
        if fake is not None and not self.problems:  # it may lack what was to be made before
            make = partial(seeding.book, self.world, fake.customers, fake.payments, fake.subscriptions)
            self.noting("world.fake", fake, lambda: deeds.extend(make()))
        return deeds

    def pay(self, one: NamedPayment) -> None:
        payment = payments.create(self.world, _plain(one, CreatePayment), id=one.id)
        if one.card or one.payment_method:
            url = one.return_url or history.RETURN_URL
            body = AuthorizePayment(return_url=url)
            if one.card:
                body = AuthorizePayment(type="card", card=self.details(one.card), return_url=url)
            authorizations.authorize(self.world, payment, body)


def _plain(named: Any, kind: type[B]) -> B:
    """The body that a named form extends, without its id."""
    return kind(**{name: getattr(named, name) for name in kind.__struct_fields__})


def _words(form: Any) -> Iterator[str]:
    """Every text in a form, or in what it holds."""
    if isinstance(form, str):
        yield form
    elif isinstance(form, dict | list):
        for inner in form.values() if isinstance(form, dict) else form:
            yield from _words(inner)
