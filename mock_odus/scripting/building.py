"""Builds the world that a scenario describes, by the engine's own verbs, and sets its rules running."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from msgspec.structs import asdict, fields

from mock_odus.engine import account, blacklist, cards, cascades, catalog, customers, keys, methods, profiles
from mock_odus.engine.bodies import (
    Body,
    CardDetails,
    CreateBlacklistEntry,
    CreateCascade,
    CreateCustomer,
    CreateGatewayProfile,
    CreatePrice,
    CreateProduct,
    CreateSecretKey,
)
from mock_odus.engine.errors import Invalid, OdusError
from mock_odus.engine.records import (
    BlacklistEntry,
    Cascade,
    Customer,
    GatewayProfile,
    Kept,
    PaymentMethod,
    Price,
    Product,
    SecretKey,
)
from mock_odus.engine.world import World
from mock_odus.scripting import rules
from mock_odus.scripting.forms import CardForm, NamedPaymentMethod, NamedSecretKey, WorldForm
from mock_odus.scripting.language import Scenario, ScenarioError
from mock_odus.scripting.rules import Running
from mock_odus.shapes import mask


class Named(Protocol):
    """A record of a scenario's world: the body that makes it, and the id it is to have."""

    @property
    def id(self) -> str | None: ...


B = TypeVar("B", bound=Body)
N = TypeVar("N", bound=Named)

YEARS_A_CARD_IS_GOOD = 5


def build(world: World, scenario: Scenario, *, keep: bool = False) -> Running:
    """Makes the records and starts the rules, all or nothing. Making them leaves no trace in the log.

    With `keep`, named records that exist already stay as they are. ScenarioError says where in the file the record
    stands that could not be made.
    """
    mark = len(world.log)
    with world.verb():
        _make(world, scenario, scenario.world, keep)
        now = rules.start(world, scenario.name, scenario.about, scenario.rules, scenario.ids, scenario.unmatched)
    del world.log[mark:]
    return now


def _make(world: World, scenario: Scenario, form: WorldForm, keep: bool) -> None:
    """In the order of the form: a cascade needs its profiles, a price its product, a card its customer."""

    def each(kind: str, record: type[Kept], named: Mapping[str, N], make: Callable[[str, N], object]) -> None:
        for name, one in named.items():
            if not (keep and world.find(record, one.id or "")):
                with _at(scenario, f"world.{kind}.{name}"):
                    make(name, one)

    def by(create: Callable[..., object], body: type[Body]) -> Callable[[str, Named], object]:
        return lambda name, one: create(world, _plain(one, body), id=one.id)

    def key(name: str, one: NamedSecretKey) -> object:
        return keys.create_secret(world, _plain(one, CreateSecretKey), id=one.id, tail=name)

    each("gatewayProfiles", GatewayProfile, form.gateway_profiles, by(profiles.create, CreateGatewayProfile))
    each("cascades", Cascade, form.cascades, by(cascades.create, CreateCascade))
    if form.merchant_config:
        with _at(scenario, "world.merchantConfig"):
            account.update_config(world, world.merchant_config(), form.merchant_config)
    each("products", Product, form.products, by(catalog.create_product, CreateProduct))
    each("prices", Price, form.prices, by(catalog.create_price, CreatePrice))
    each("customers", Customer, form.customers, by(customers.create, CreateCustomer))
    each("paymentMethods", PaymentMethod, form.payment_methods, lambda name, one: _save_card(world, one))
    each("blacklist", BlacklistEntry, form.blacklist, by(blacklist.create, CreateBlacklistEntry))
    each("secretKeys", SecretKey, form.secret_keys, key)


def _save_card(world: World, method: NamedPaymentMethod) -> None:
    customer = world.get(Customer, method.customer)
    card = cards.tokenize(world, _details(world, method.card))
    saved = methods.save(
        world, customer, type="card", card=card, fingerprint=card.fingerprint, gateway_profile=None, id=method.id
    )
    if saved.id != method.id:
        raise Invalid("card is saved on this customer already")


def _details(world: World, card: CardForm) -> CardDetails:
    year = card.exp_year or str(int(world.now[:4]) + YEARS_A_CARD_IS_GOOD)
    return CardDetails(card.number, card.exp_month, year, card.cvv, card.cardholder_name)


def _plain(named: Any, kind: type[B]) -> B:
    """The body that a named form extends, without its id."""
    known = {field.name for field in fields(kind)}
    return kind(**{name: value for name, value in asdict(named).items() if name in known})


@contextmanager
def _at(scenario: Scenario, path: str) -> Iterator[None]:
    try:
        yield
    except OdusError as error:
        problems = error.problems if isinstance(error, Invalid) else (error.message,)
        place = scenario.places[path]
        raise ScenarioError(*(mask(f"{place}: {path}: {problem}") for problem in problems)) from None
