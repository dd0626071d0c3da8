"""A shop with subscribers, who live through the same wherever time stops: gateways decide by what they are asked."""

from hashlib import blake2b

from msgspec.structs import replace

from mock_odus import assumptions
from mock_odus.engine import account, authorizations, cascades, catalog, customers, payments, periods, profiles
from mock_odus.engine.billing import Subscription
from mock_odus.engine.bodies import (
    CreateCart,
    CreateCartItem,
    CreateCascade,
    CreateCascadeRule,
    CreateCustomer,
    CreateGatewayProfile,
    CreatePayment,
    CreatePrice,
    CreateProduct,
    MethodOptions,
    Routing,
    UpdateMerchantConfig,
)
from mock_odus.engine.gateways import Answer, Approved, Declined, TimedOut, Unreachable
from mock_odus.engine.jobs import JOBS
from mock_odus.engine.reactions import REACTION
from mock_odus.engine.world import World
from tests.properties import drawn

POLICIES = assumptions.load().for_engine()
REFUSED = (Declined("insufficient_funds"), Declined("stolen_card"), TimedOut(charged=True), Unreachable(503))


class HashedGateway:
    """Refuses so many of a hundred charges: which ones is a hash of the payment and of how often it was asked."""

    def __init__(self, refuses):
        self.refuses = refuses

    def test_card(self, number):
        return f"test/{number[-4:]}"

    def mischief(self, world, event_type, subscriber):
        return None

    def answer(self, world, charge):
        said = blake2b(f"{charge.operation}/{charge.ordinal}/{charge.tries}".encode(), digest_size=4).digest()
        if charge.initiator == "customer" or int.from_bytes(said[:2]) % 100 >= self.refuses:
            return Answer(Approved())
        return Answer(REFUSED[said[3] % len(REFUSED)])


class BilledShop:
    """Two customers, a gateway, and a plan for each of the schedules; everybody subscribes an hour after the other."""

    def __init__(self, start, *schedules, seed=7, gateway=None, refuses=30, catch_up="skip", **config):
        policies = replace(POLICIES, catch_up=catch_up)
        self.world = world = World(
            seed=seed,
            now=start,
            policies=policies,
            gateway=gateway or HashedGateway(refuses),
            jobs=JOBS,
            reaction=REACTION,
        )
        account.open_account(world)
        profile = profiles.create(world, CreateGatewayProfile(title="A gateway", integration="stripe")).id
        rules = [CreateCascadeRule(profile, 1)]
        cascade = cascades.create(world, CreateCascade("A cascade", "priority_queue", rules)).id
        options = MethodOptions(card=Routing("cascade", cascade=cascade))
        body = UpdateMerchantConfig(payment_method_options=options, **config)
        account.update_config(world, world.merchant_config(), body)
        self.customers = [customers.create(world, CreateCustomer(email=f"{name}@example.com")) for name in "ab"]
        self.prices = [self.sell(cycles) for cycles in schedules]
        for place, price in enumerate(self.prices):
            self.sign_up(self.customers[place % 2], (price, 1 + place % 3))
            self.wait("61 minutes")

    def sell(self, cycles, fee=None):
        product = catalog.create_product(self.world, CreateProduct("A plan"))
        body = CreatePrice(product.id, "recurring", "usd", fee, drawn.schedule(*cycles))
        return catalog.create_price(self.world, body)

    def sign_up(self, customer, *items, number="4242424242424242", **options):
        """The subscriptions that are born of a cart of prices, and how many of each."""
        cart = CreateCart([CreateCartItem(price.id, quantity) for price, quantity in items])
        body = CreatePayment(
            currency="usd", customer=customer.id, cart=cart, payment_method_options=MethodOptions(**options)
        )
        payment = authorizations.authorize(self.world, payments.create(self.world, body), drawn.by_card(number))
        return [self.world.get(Subscription, id) for id in payment.subscriptions]

    def wait(self, text):
        self.world.advance(periods.due(self.world.now, periods.duration(text)))

    def read(self, record):
        """The record as it is now."""
        return self.world.get(type(record), record.id)
