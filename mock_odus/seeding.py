"""Makes up a merchant's book: customers, what they subscribed to and paid for, and what they took back.

It is drawn from the world's seed, so it is the same in every run with one version of Faker. Nobody in it exists: emails
end in domains that are reserved, telephone numbers are those of films.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from mock_odus.engine import (
    authorizations,
    cards,
    catalog,
    customers,
    cycles,
    dunning,
    history,
    methods,
    payments,
    periods,
    reversals,
    routing,
)
from mock_odus.engine.billing import Subscription
from mock_odus.engine.bodies import (
    AuthorizePayment,
    CardDetails,
    CreateBillingSchedule,
    CreateCart,
    CreateCartItem,
    CreateCustomer,
    CreateCycleDefinition,
    CreatePayment,
    CreatePrice,
    CreateProduct,
    ReversePayment,
)
from mock_odus.engine.errors import Invalid
from mock_odus.engine.history import Deed
from mock_odus.engine.periods import Duration
from mock_odus.engine.records import (
    Address,
    Cascade,
    GatewayProfile,
    Kept,
    Payment,
    PaymentMethod,
    PaymentMethodOptions,
    Price,
    Product,
)
from mock_odus.engine.world import World

if TYPE_CHECKING:
    from faker import Faker

T = TypeVar("T")

HOW_LONG = Duration(months=-18)
MOST_PERIODS = 24
"""Of a price by the hour nobody has paid for eighteen months."""

DOMAINS = ("example.com", "mail.example", "post.example", "inbox.example")
CARDS = {
    "4242424242424242": 50,
    "5555555555554444": 22,
    "378282246310005": 10,
    "5555444433331111": 8,
    "6011111111111117": 6,
    "4000000000000341": 4,  # its first charge is approved, and later ones are declined once the test cards decide
}
"""Test cards, and how many of a hundred customers hold one."""

AMOUNTS = (900, 1450, 1999, 2499, 3900, 4999, 7500, 12900)
PRODUCTS = (("Basic", 900, 9000), ("Pro", 2900, 29000), ("Team", 9900, 99000))
"""What is sold by the month and by the year when the world has no price."""

CANCELLED, UNPAID, REFUNDED = 0.2, 0.06, 0.1
"""Which share of subscriptions, and of payments."""

_DAY = 86_400_000


class Book(Kept, frozen=True):
    """Notes that a world has its book: it is not made up again when the world is kept."""

    customers: int
    payments: int
    subscriptions: int


def book(world: World, customers: int, payments: int, subscriptions: int) -> list[Deed]:
    """What so many made-up customers did in the eighteen months before now. Without any there are as many as needed.

    Invalid when nothing can be charged in this world.
    """
    if world.find(Book, "book"):
        return []
    people = customers or max(payments, subscriptions)
    world.put(Book("book", people, payments, subscriptions))
    return _Writer(world).write(people, payments, subscriptions) if people else []


@cache
def _faker() -> Faker:
    from faker import Faker  # takes 40 ms to import, which most scenarios can do without

    return Faker("en_US")


class _Writer:
    """Draws everything first, in one order whatever comes of it, and then does it deed by deed."""

    def __init__(self, world: World) -> None:
        self.world, self.now = world, world.now
        self.fake = _faker()
        self.fake.seed_instance(world.seed)
        self.random = self.fake.random
        self.timezone = world.merchant_config().timezone
        self.earliest = periods.after(world.now, HOW_LONG, self.timezone)
        self.deeds: list[Deed] = []
        self.emails: set[str] = set()
        self.methods: dict[int, PaymentMethod] = {}
        self.gateways: list[str] = []

    def write(self, people: int, payments: int, subscriptions: int) -> list[Deed]:
        if payments or subscriptions:
            self.gateways = self._gateways()
        recurring, once = self._prices("recurring") if subscriptions else [], self._prices("one_time")
        if subscriptions and not recurring:
            recurring = self._catalogue()
        joined = [self.now] * people
        bodies = [(self._person(), self._card()) for _ in range(people)]
        for number in range(subscriptions):
            who = self._who(number, people)
            joined[who] = min(joined[who], self._subscribe(who, recurring))
        for number in range(payments):
            who = self._who(number, people)
            joined[who] = min(joined[who], self._pay(who, once))
        for who, (body, card) in enumerate(bodies):
            at = joined[who] if joined[who] < self.now else self._moment(self.earliest)
            self.deeds.append(Deed(at, lambda who=who, body=body, card=card: self._join(who, body, card)))  # type: ignore[misc]
        # Who does something at the instant at which they join has joined before.
        return [*self.deeds[-people:], *self.deeds[:-people]]

    # --- who

    def _who(self, number: int, people: int) -> int:
        """Everybody once, as far as that goes; then whoever comes along."""
        return number if number < people else self.random.randrange(people)

    def _person(self) -> CreateCustomer:
        first, last = self.fake.first_name(), self.fake.last_name()
        address = Address(
            line1=self.fake.street_address(),
            city=self.fake.city(),
            state=self.fake.state_abbr(),
            postal_code=self.fake.postcode(),
            country="US",
        )
        phone = f"+1{self.random.randrange(201, 990)}55501{self.random.randrange(100):02}"
        email = self._email(first, last)
        return CreateCustomer(email, f"{first} {last}", phone, billing_address=address, shipping_address=address)

    def _email(self, first: str, last: str) -> str:
        local = "".join(letter for letter in f"{first}.{last}".lower() if letter.isascii() and letter not in " '")
        domain, number = self.random.choice(DOMAINS), 1
        email = f"{local}@{domain}"
        while email in self.emails:
            number += 1
            email = f"{local}{number}@{domain}"
        self.emails.add(email)
        return email

    def _card(self) -> CardDetails:
        number = self._one_of(list(CARDS), list(CARDS.values()))
        year = int(self.now[:4]) + self.random.randrange(1, 5)
        return CardDetails(number, str(self.random.randrange(1, 13)), str(year), "100")

    def _join(self, who: int, body: CreateCustomer, details: CardDetails) -> None:
        customer = customers.create(self.world, body)
        card = cards.tokenize(self.world, details)
        self.methods[who] = methods.save(
            self.world, customer, type="card", card=card, fingerprint=card.fingerprint, gateway_profile=None
        )

    # --- what they subscribe to

    def _subscribe(self, who: int, prices: Sequence[Price]) -> str:
        """Draws a subscription. When it begins."""
        price = self._one_of(prices, range(len(prices), 0, -1))
        start = self._moment(self._first_possible(price))
        quantity = self._one_of((1, 2, 3, 5), (85, 9, 4, 2))
        gateway = self._gateway()
        leaves = self._moment(start) if self.random.random() < CANCELLED else None
        immediately = self.random.random() < 0.5
        begun: list[str] = []

        def sign_up() -> None:
            method = self.methods[who]
            subscription = history.sign_up(
                self.world, method.customer, method, price, until=self.now, quantity=quantity, gateway=gateway
            )
            begun.append(subscription.id)

        def leave() -> None:
            dunning.cancel(self.world, self.world.get(Subscription, begun[0]), immediately=immediately)

        self.deeds.append(Deed(start, sign_up))
        if leaves:
            self.deeds.append(Deed(leaves, leave))
        return start

    def _first_possible(self, price: Price) -> str:
        """Eighteen months ago, or less for a price with short periods."""
        period = cycles.first(price, self.now, self.timezone)
        for _ in range(MOST_PERIODS - 1):
            period = cycles.following(price, period.place, period.end, self.timezone)
        seconds = periods.unix(period.end) - periods.unix(self.now)
        longest = periods.unix(self.now) - periods.unix(self.earliest)
        return periods.after(self.now, Duration(milliseconds=-1000 * min(seconds, longest)))

    def _catalogue(self) -> list[Price]:
        made = []
        for name, by_month, by_year in PRODUCTS:
            product = catalog.create_product(self.world, CreateProduct(name))
            made += [self._price(product, by_month, "month"), self._price(product, by_year, "year")]
        return made

    def _price(self, product: Product, amount: int, unit: Any) -> Price:
        schedule = CreateBillingSchedule([CreateCycleDefinition(1, amount, unit, 1)])
        currency = self.world.merchant_config().display_currency
        name = f"{product.name} by the {unit}"
        body = CreatePrice(product.id, "recurring", currency, billing_schedule=schedule, name=name)
        return catalog.create_price(self.world, body)

    def _prices(self, type: str) -> list[Price]:
        """What the world sells."""
        return [
            price
            for price in self.world.table(Price).values()
            if price.type == type and price.is_active and self.world.get(Product, price.product).is_active
        ]

    # --- what they pay once

    def _pay(self, who: int, prices: Sequence[Price]) -> str:
        """Draws a payment. When it is made."""
        at = self._moment(self.earliest)
        price = self.random.choice(prices) if prices else None
        amount = self.random.choice(AMOUNTS)
        gateway = self._gateway()
        is_paid, is_refunded = self.random.random() >= UNPAID, self.random.random() < REFUNDED
        refunded_at, in_full = self._soon_after(at), self.random.random() < 0.7
        made: list[str] = []

        def pay() -> None:
            method = self.methods[who]
            body = CreatePayment(
                price.currency if price else self.world.merchant_config().display_currency,
                None if price else amount,
                CreateCart([CreateCartItem(price.id)]) if price else None,
                customer=method.customer,
                payment_method=method.id,
                payment_method_options=history.straight_to(gateway, "card"),
                return_url=history.RETURN_URL,
            )
            payment = payments.create(self.world, body)
            if is_paid:
                made.append(authorizations.authorize(self.world, payment, AuthorizePayment()).id)
                history.take_by_hand(self.world, payment.id)

        def refund() -> None:
            payment = self.world.get(Payment, made[0])
            if payment.is_captured and payment.amount > 1:
                reversals.reverse(self.world, payment, ReversePayment(None if in_full else payment.amount // 2))

        self.deeds.append(Deed(at, pay))
        if is_paid and is_refunded and refunded_at < self.now:
            self.deeds.append(Deed(refunded_at, refund))
        return at

    # --- drawing

    def _moment(self, earliest: str) -> str:
        """An instant between one and now. The business grows: later ones are likelier."""
        first, last = periods.unix(earliest), periods.unix(self.now)
        seconds = int((last - first) * self.random.random() ** 0.5)
        return max(earliest, periods.after(earliest, Duration(milliseconds=seconds * 1000)))

    def _soon_after(self, at: str) -> str:
        return periods.after(at, Duration(milliseconds=self.random.randrange(_DAY, 21 * _DAY)))

    def _one_of(self, words: Sequence[T], weights: Sequence[int]) -> T:
        found: list[T] = self.random.choices(words, weights)
        return found[0]

    # --- where they are charged

    def _gateway(self) -> str:
        """Most often the first."""
        return self._one_of(self.gateways, [8] + [1] * (len(self.gateways) - 1))

    def _gateways(self) -> list[str]:
        """Those that cards go to by default, else all that take cards."""
        world = self.world
        way = (world.merchant_config().payment_method_options or PaymentMethodOptions()).card
        asked = list(world.table(GatewayProfile))
        if way and way.gateway_profile:
            asked = [way.gateway_profile]
        elif way and way.cascade:
            rules = sorted(world.get(Cascade, way.cascade).rules, key=lambda rule: rule.position)
            asked = [rule.gateway_profile for rule in rules]
        found = [profile for profile in dict.fromkeys(asked) if routing.takes(world, profile, "card")]
        if not found:
            raise Invalid(f"payments and subscriptions need a gateway profile that takes {routing.takers('card')}")
        return found
