"""Builds the world that a scenario describes, by the engine's own verbs, and sets its rules running."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

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
    PaymentMethod,
    Price,
    Product,
    SecretKey,
)
from mock_odus.engine.world import World
from mock_odus.scripting import rules
from mock_odus.scripting.forms import CardForm, NamedPaymentMethod, WorldForm
from mock_odus.scripting.language import Scenario, ScenarioError
from mock_odus.scripting.rules import Running
from mock_odus.shapes import mask

B = TypeVar("B", bound=Body)

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
    for name, profile in form.gateway_profiles.items():
        if not (keep and world.find(GatewayProfile, profile.id or "")):
            with _at(scenario, f"world.gatewayProfiles.{name}"):
                profiles.create(world, _plain(profile, CreateGatewayProfile), id=profile.id)
    for name, cascade in form.cascades.items():
        if not (keep and world.find(Cascade, cascade.id or "")):
            with _at(scenario, f"world.cascades.{name}"):
                cascades.create(world, _plain(cascade, CreateCascade), id=cascade.id)
    if form.merchant_config:
        with _at(scenario, "world.merchantConfig"):
            account.update_config(world, world.merchant_config(), form.merchant_config)
    for name, product in form.products.items():
        if not (keep and world.find(Product, product.id or "")):
            with _at(scenario, f"world.products.{name}"):
                catalog.create_product(world, _plain(product, CreateProduct), id=product.id)
    for name, price in form.prices.items():
        if not (keep and world.find(Price, price.id or "")):
            with _at(scenario, f"world.prices.{name}"):
                catalog.create_price(world, _plain(price, CreatePrice), id=price.id)
    for name, customer in form.customers.items():
        if not (keep and world.find(Customer, customer.id or "")):
            with _at(scenario, f"world.customers.{name}"):
                customers.create(world, _plain(customer, CreateCustomer), id=customer.id)
    for name, method in form.payment_methods.items():
        if not (keep and world.find(PaymentMethod, method.id or "")):
            with _at(scenario, f"world.paymentMethods.{name}"):
                _save_card(world, method)
    for name, entry in form.blacklist.items():
        if not (keep and world.find(BlacklistEntry, entry.id or "")):
            with _at(scenario, f"world.blacklist.{name}"):
                blacklist.create(world, _plain(entry, CreateBlacklistEntry), id=entry.id)
    for name, key in form.secret_keys.items():
        if not (keep and world.find(SecretKey, key.id or "")):
            with _at(scenario, f"world.secretKeys.{name}"):
                keys.create_secret(world, _plain(key, CreateSecretKey), id=key.id, tail=name)


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


def _plain(named: Body, kind: type[B]) -> B:
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
