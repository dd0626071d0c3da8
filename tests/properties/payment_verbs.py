"""What can be done with payments, customers, gateways, settings and keys: each verb as a rule."""

from hypothesis import strategies as st
from hypothesis.stateful import rule
from msgspec import UNSET

from mock_odus.engine import (
    account,
    authorizations,
    blacklist,
    captures,
    cascades,
    challenges,
    chargebacks,
    customers,
    keys,
    methods,
    payments,
    profiles,
    reversals,
)
from mock_odus.engine.access import SecretKey
from mock_odus.engine.bodies import (
    AuthorizePayment,
    CapturePayment,
    CreateBlacklistEntry,
    CreateCascade,
    CreateCustomer,
    CreateGatewayProfile,
    CreatePayment,
    CreatePublishableKey,
    CreateSecretKey,
    CustomerRestrictions,
    MethodOptions,
    RecordChargeback,
    RestrictCustomer,
    ReversePayment,
    Routing,
    UpdateCascade,
    UpdateCustomer,
    UpdateMerchantConfig,
    UpdatePayment,
    UpdatePaymentMethod,
)
from mock_odus.engine.records import (
    BlacklistEntry,
    Cascade,
    Customer,
    GatewayProfile,
    PaymentMethod,
)
from tests.properties import drawn
from tests.properties.drawn import ANSWERS, FLAG, PLACES, RETURN_URL
from tests.properties.machine import Twins


def is_open(payment):
    return payment.status == "open"


def is_captured(payment):
    return payment.is_captured and not payment.is_fully_reversed


def is_uncaptured(payment):
    return payment.status == "succeeded" and not payment.is_captured


class SettledVerbs(Twins):
    """What is done with payments that somebody has tried to pay, and with those who pay."""

    @rule(place=PLACES, answer=st.sampled_from(["passed", "passed", "failed", "cancelled"]), answers=ANSWERS)
    def finish(self, place, answer, answers):
        """The newest link first, so that most of them are still good."""

        def verb(world, challenge):
            authorizations.finish_challenge(world, challenge, answer)

        self.act_on(challenges.Challenge, place // 4, verb, answers)

    @rule(place=PLACES, amount=drawn.PARTS, answers=drawn.CAPTURED)
    def capture(self, place, amount, answers):
        body = CapturePayment(amount=amount)
        self.act_on_payment(
            place, lambda world, payment: captures.capture(world, payment, body), answers, when=is_uncaptured
        )

    @rule(place=PLACES, amount=drawn.PARTS, external=st.booleans(), refunded=drawn.REFUNDED, voided=drawn.VOIDED)
    def reverse(self, place, amount, external, refunded, voided):
        body = ReversePayment(amount=amount, is_external=external)
        self.act_on_payment(
            place,
            lambda world, payment: reversals.reverse(world, payment, body),
            lambda payment: [] if external else refunded if payment.is_captured else voided,
            when=is_captured,
        )

    @rule(place=PLACES, answers=drawn.VOIDED)
    def void(self, place, answers):
        body = ReversePayment()
        self.act_on_payment(
            place,
            lambda world, payment: reversals.reverse(world, payment, body),
            lambda payment: [] if payment.is_captured else answers,
            when=is_uncaptured,
        )

    @rule(place=PLACES, answers=drawn.VOIDED)
    def cancel(self, place, answers):
        self.act_on_payment(
            place,
            reversals.cancel,
            lambda payment: answers if is_uncaptured(payment) else [],
            when=lambda payment: payment.status == "requires_action",
        )

    @rule(place=PLACES, blacklisted=st.booleans(), cit=FLAG)
    def charge_back(self, place, blacklisted, cit):
        restrictions = None if cit is None else CustomerRestrictions(restrict_cit=cit)
        body = RecordChargeback(blacklist_customer=blacklisted, customer_restrictions=restrictions)
        self.act_on_payment(place, lambda world, payment: chargebacks.record(world, payment, body), when=is_captured)

    @rule(place=PLACES, cit=FLAG, mit=FLAG)
    def restrict(self, place, cit, mit):
        body = RestrictCustomer(restrict_cit=cit, restrict_mit=mit)
        self.act_on(Customer, place, lambda world, customer: customers.restrict(world, customer, body))

    @rule(email=st.sampled_from(["A@example.com", "b@example.com", "c@example.com"]))
    def blacklist_an_email(self, email):
        self.act(lambda world: blacklist.create(world, CreateBlacklistEntry(email=email)))

    @rule(place=PLACES)
    def free_an_email(self, place):
        self.act_on(BlacklistEntry, place, blacklist.delete)

    @rule(place=PLACES)
    def delete_method(self, place):
        self.act_on(PaymentMethod, place, methods.delete)

    @rule(place=PLACES)
    def replace_customer(self, place):
        """One goes, with the saved methods, and another comes, so that there is always one."""

        def verb(world, customer):
            customers.delete(world, customer)
            customers.create(world, CreateCustomer(email=customer.email))

        self.act_on(Customer, place, verb)

    @rule(timezone=st.sampled_from([*drawn.ZONES, "Nowhere"]))
    def move(self, timezone):
        body = UpdateMerchantConfig(timezone=timezone)
        self.act(lambda world: account.update_config(world, world.merchant_config(), body))


class PaymentVerbs(SettledVerbs):
    """And how payments come to be, by which ways they go, and who may ask for them."""

    # --- Payments

    @rule(
        amount=drawn.AMOUNTS,
        currency=st.sampled_from(["usd", "EUR"]),
        initiator=drawn.INITIATORS,
        guest=st.booleans(),
        method=st.booleans(),
        url=st.sampled_from([None, RETURN_URL]),
        place=PLACES,
        way=st.sampled_from([None, "cascade", "straight"]),
        own=drawn.CAPTURE,
        top=drawn.CAPTURE,
        delay=drawn.DELAY,
    )
    def create(self, amount, currency, initiator, guest, method, url, place, way, own, top, delay):
        def verb(world):
            saved = self.pick(world, PaymentMethod, place) if method else None
            cascade, profile = self.pick(world, Cascade, place), self.pick(world, GatewayProfile, place)
            body = CreatePayment(
                amount=amount,
                currency=currency,
                initiator=initiator,
                customer=None if guest else self.pick(world, Customer, place).id,
                payment_method=saved and saved.id,
                payment_method_options=drawn.routed(cascade, profile, way=way, own=own, top=top, delay=delay),
                return_url=url,
            )
            payments.create(world, body)

        self.act(verb)

    @rule(place=PLACES, number=drawn.NUMBERS, year=st.sampled_from([2030, 2031, 2025]), answers=ANSWERS)
    def authorize_by_card(self, place, number, year, answers):
        body = drawn.by_card(number, year)
        self.act_on_payment(
            place,
            lambda world, payment: authorizations.authorize(world, payment, body),
            answers,
            when=is_open,
        )

    @rule(place=PLACES, body=drawn.WALLETS, answers=ANSWERS)
    def authorize_by_wallet(self, place, body, answers):
        self.act_on_payment(
            place,
            lambda world, payment: authorizations.authorize(world, payment, body),
            answers,
            when=is_open,
        )

    @rule(place=PLACES, which=st.none() | PLACES, answers=ANSWERS)
    def authorize_by_method(self, place, which, answers):
        def verb(world, payment):
            method = None if which is None else self.pick(world, PaymentMethod, which)
            authorizations.authorize(world, payment, AuthorizePayment(payment_method=method and method.id))

        self.act_on_payment(place, verb, answers, when=is_open)

    @rule(
        place=PLACES,
        amount=drawn.AMOUNTS,
        initiator=drawn.INITIATORS,
        number=drawn.NUMBERS,
        capture=drawn.CAPTURE,
        answers=ANSWERS,
    )
    def pay(self, place, amount, initiator, number, capture, answers):
        """Created and authorized, or neither."""

        def verb(world):
            body = CreatePayment(
                amount=amount,
                currency="usd",
                initiator=initiator,
                customer=self.pick(world, Customer, place).id,
                payment_method_options=MethodOptions(capture_method=capture, capture_delay=1),
            )
            with world.verb():
                authorizations.authorize(world, payments.create(world, body), drawn.by_card(number))

        self.act(verb, answers)

    @rule(place=PLACES, metadata=st.none() | drawn.METADATA, whose=st.none() | PLACES)
    def update(self, place, metadata, whose):
        """With a customer or without; a customer's place in the list of all payments may change with it."""

        def verb(world, payment):
            customer = UNSET if whose is None else self.pick(world, Customer, whose).id
            payments.update(world, payment, UpdatePayment(customer=customer, metadata=metadata))

        self.act_on_payment(place, verb, when=is_open)

    # --- Customers

    @rule(place=PLACES, metadata=drawn.METADATA, name=st.sampled_from([None, "Jane", "Joe"]))
    def update_customer(self, place, metadata, name):
        body = UpdateCustomer(name=name, metadata=metadata)
        self.act_on(Customer, place, lambda world, customer: customers.update(world, customer, body))

    @rule(place=PLACES, is_default=FLAG)
    def update_method(self, place, is_default):
        body = UpdatePaymentMethod(is_default=UNSET if is_default is None else is_default)
        self.act_on(PaymentMethod, place, lambda world, method: methods.update(world, method, body))

    # --- Gateways and settings

    @rule(place=PLACES, way=st.sampled_from(["cascade", "straight"]), capture=drawn.CAPTURE, delay=drawn.DELAY)
    def configure(self, place, way, capture, delay):
        """Other defaults; the wallets' stay."""

        def verb(world):
            config = world.merchant_config()
            chosen = drawn.routed(
                self.pick(world, Cascade, place),
                self.pick(world, GatewayProfile, place),
                way=way,
                own=None,
                top=capture,
                delay=delay,
            )
            kept = config.payment_method_options
            wallets = {
                name: Routing(one.mode, one.cascade, one.gateway_profile, one.capture_method)
                for name, one in (("paypal", kept.paypal), ("apple_pay", kept.apple_pay))
            }
            options = MethodOptions(chosen.capture_method, chosen.capture_delay, chosen.card, **wallets)
            account.update_config(world, config, UpdateMerchantConfig(payment_method_options=options))

        self.act(verb)

    @rule(place=PLACES, integration=st.sampled_from([None, "stripe", "adyen", "paypal"]))
    def touch_profiles(self, place, integration):
        """One comes, or one goes."""
        if integration is None:
            self.act_on(GatewayProfile, place, profiles.delete)
        else:
            body = CreateGatewayProfile(title="A gateway", integration=integration)
            self.act(lambda world: profiles.create(world, body))

    @rule(
        place=PLACES,
        what=st.sampled_from(["create", "update", "delete"]),
        algorithm=drawn.ALGORITHMS,
        places=st.lists(PLACES, min_size=1, max_size=3),
    )
    def touch_cascades(self, place, what, algorithm, places):
        """One comes, gets other rules, or goes."""

        def rules(world):
            return drawn.through(algorithm, [self.pick(world, GatewayProfile, one).id for one in places])

        match what:
            case "create":
                self.act(lambda world: cascades.create(world, CreateCascade("A cascade", algorithm, rules(world))))
            case "update":
                self.act_on(
                    Cascade,
                    place,
                    lambda world, cascade: cascades.update(
                        world, cascade, UpdateCascade(algorithm=algorithm, rules=rules(world))
                    ),
                )
            case "delete":
                self.act_on(Cascade, place, cascades.delete)

    # --- Keys

    @rule(place=PLACES, verb=st.sampled_from([None, keys.revoke, keys.rotate]), is_secret=st.booleans())
    def touch_keys(self, place, verb, is_secret):
        if verb:
            self.act_on(SecretKey, place, verb)
        elif is_secret:
            self.act(lambda world: keys.create_secret(world, CreateSecretKey(permissions=["PAYMENT_READ"])))
        else:
            self.act(lambda world: keys.create_publishable(world, CreatePublishableKey()))
