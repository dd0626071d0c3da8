"""What may be written in a scenario file: a struct for each mapping. The fields of records are those of the API."""

import re
from typing import Annotated, Any, Literal

from msgspec import Meta

from mock_odus.engine.access import KeyKind
from mock_odus.engine.billing_bodies import CreateRetryPolicy
from mock_odus.engine.bodies import (
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
    Quantity,
    Text,
    UpdateMerchantConfig,
)
from mock_odus.engine.records import ChallengeAnswer, DeclineType
from mock_odus.engine.users import CreateUser
from mock_odus.shapes import Hidden

Name = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z", description="a name of letters, digits, '_', '-' and '.'"),
]
TrueOrFalse = Literal["true", "false"]
PERCENT = r"^(100(\.0{1,6})?|[0-9]{1,2}(\.[0-9]{1,6})?)%\Z"
Chance = Annotated[str, Meta(pattern=PERCENT, description="a percentage from 0% to 100% such as 30%")]


def percent(text: Any) -> float | None:
    """The number of a percentage; None for anything else, of which the form has told."""
    return float(text.removesuffix("%")) if isinstance(text, str) and re.match(PERCENT, text) else None


Rate = Annotated[float, Meta(gt=0, le=1_000_000, description="a number above 0 and up to 1000000")]
Count = Annotated[int, Meta(ge=0, le=10_000)]
Seed = Annotated[int, Meta(ge=-(2**53), le=2**53, description="an integer")]


class NamedGatewayProfile(CreateGatewayProfile, frozen=True):
    id: str | None = None


class NamedCascade(CreateCascade, frozen=True):
    id: str | None = None


class NamedProduct(CreateProduct, frozen=True):
    id: str | None = None


class NamedPrice(CreatePrice, frozen=True):
    id: str | None = None


class NamedCustomer(CreateCustomer, frozen=True):
    id: str | None = None


class NamedRetryPolicy(CreateRetryPolicy, frozen=True):
    id: str | None = None


class NamedBlacklistEntry(CreateBlacklistEntry, frozen=True):
    id: str | None = None


class NamedSecretKey(CreateSecretKey, frozen=True):
    """Its value is `skey_<sandbox>_<name>`."""

    id: str | None = None


class NamedUser(CreateUser, frozen=True):
    id: str | None = None


class NamedWebhookSubscriber(CreateWebhookSubscriber, frozen=True):
    """Its secret is `whsec_` and what follows the underscore of its id, so that an app can know it beforehand."""

    id: str | None = None


class CardForm(Body, frozen=True):
    """A test card. Without `expYear` it is good for another five years."""

    number: Hidden[Annotated[str, Meta(pattern=r"^[0-9 -]{12,30}\Z", description="a card number of 12 to 19 digits")]]
    exp_month: str = "12"
    exp_year: str | None = None
    cvv: Hidden[Annotated[str, Meta(pattern=r"^[0-9]{3,4}\Z", description="3 or 4 digits")]] = "100"
    cardholder_name: Text | None = None

    __repr__ = CardDetails.__repr__


class NamedPaymentMethod(Body, frozen=True):
    customer: str
    card: CardForm
    id: str | None = None


class NamedSubscription(Body, frozen=True):
    """Charged to a saved method, or to a card that is saved. Without `startDate` it begins with the scenario."""

    customer: str
    price: str
    quantity: Quantity = 1
    payment_method: str | None = None
    card: CardForm | None = None
    gateway_profile: str | None = None
    start_date: str | None = None
    retry_policy: str | None = None
    id: str | None = None


class NamedPayment(CreatePayment, frozen=True):
    """With a saved method or a card it is authorized; else it stays open."""

    card: CardForm | None = None
    id: str | None = None


class FakeForm(Body, frozen=True):
    """How many believable records are made up. Without `customers` there are as many as the others need."""

    customers: Count = 0
    payments: Count = 0
    subscriptions: Count = 0


class WorldForm(Body, frozen=True):
    """What exists when the scenario has been loaded, by kind and name, in the order in which it is made."""

    gateway_profiles: dict[Name, NamedGatewayProfile] = {}
    cascades: dict[Name, NamedCascade] = {}
    retry_policies: dict[Name, NamedRetryPolicy] = {}
    merchant_config: UpdateMerchantConfig | None = None
    products: dict[Name, NamedProduct] = {}
    prices: dict[Name, NamedPrice] = {}
    customers: dict[Name, NamedCustomer] = {}
    payment_methods: dict[Name, NamedPaymentMethod] = {}
    subscriptions: dict[Name, NamedSubscription] = {}
    fake: FakeForm | None = None
    payments: dict[Name, NamedPayment] = {}
    blacklist: dict[Name, NamedBlacklistEntry] = {}
    webhook_subscribers: dict[Name, NamedWebhookSubscriber] = {}
    secret_keys: dict[Name, NamedSecretKey] = {}
    users: dict[Name, NamedUser] = {}


class ClockForm(Body, frozen=True):
    start: str | None = None
    mode: Literal["frozen", "ticking"] | None = None
    rate: Rate | None = None


class DeclineForm(Body, frozen=True):
    code: str
    type: DeclineType | None = None
    processor_code: Text | None = None
    processor_message: Text | None = None


class ChargebackForm(Body, frozen=True):
    after: str


class ApproveForm(Body, frozen=True):
    """The scalars of an outcome are all text, `true` as well."""

    chargeback: Annotated[ChargebackForm, Meta(description="an object such as {after: 20 days}")] | None = None
    forgotten: TrueOrFalse | None = None


class ChallengeForm(Body, frozen=True):
    """`after` and `then` are read by `outcomes.py`."""

    answer: ChallengeAnswer | None = None
    after: Any = None
    then: Any = None


class TimeoutForm(Body, frozen=True):
    after: Any = None
    charged: TrueOrFalse | None = None


class FailLaterForm(Body, frozen=True):
    after: str
    code: str | None = None


class RuleForm(Body, frozen=True):
    """`when` and `then` are read by `conditions.py` and `outcomes.py`."""

    then: Any
    name: Text | None = None
    when: Any = None
    per: Literal["payment", "customer", "card", "subscription", "gateway"] | None = None
    times: Annotated[int, Meta(ge=1)] | None = None
    chance: Chance | None = None


Place = Annotated[int, Meta(ge=1, le=1_000_000)]
Places = Annotated[list[Place], Meta(min_length=1)]
Texts = Annotated[list[str], Meta(min_length=1)]


class WebhookWhen(Body, frozen=True):
    """Which events on their way to a subscriber. `nth` and `every` count those that fit the rest."""

    event_type: str | Texts | None = None
    subscriber: str | Texts | None = None
    nth: Place | Places | None = None
    every: Place | None = None


class MischiefForm(Body, frozen=True):
    """What happens to a webhook; `delay` is a duration."""

    duplicate: Annotated[int, Meta(ge=1, le=100)] | None = None
    delay: str | None = None
    drop: bool | None = None
    reorder: bool | None = None
    corrupt_signature: bool | None = None
    malformed: bool | None = None


class WebhookFaultForm(Body, frozen=True):
    then: Annotated[MischiefForm, Meta(description="an object such as {drop: true}")]
    name: Text | None = None
    when: WebhookWhen | None = None
    times: Annotated[int, Meta(ge=1)] | None = None
    chance: Chance | None = None


Method = Literal["GET", "POST", "DELETE"]


class ApiWhen(Body, frozen=True):
    """Which requests. `nth` and `every` count those that fit the rest."""

    method: Method | Annotated[list[Method], Meta(min_length=1)] | None = None
    path: str | Texts | None = None
    key_kind: KeyKind | Annotated[list[KeyKind], Meta(min_length=1)] | None = None
    nth: Place | Places | None = None
    every: Place | None = None


class TroubleForm(Body, frozen=True):
    """One of them, `retryAfter` (seconds) beside a status only; `latency` and `drip` are durations."""

    status: Annotated[int, Meta(ge=400, le=599)] | None = None
    retry_after: Annotated[int, Meta(ge=0, le=86_400)] | None = None
    latency: str | None = None
    drop: Literal["before", "after"] | None = None
    drip: str | None = None


class ApiFaultForm(Body, frozen=True):
    then: Literal["truncate", "malformed", "reset", "empty", "hang"] | TroubleForm
    name: Text | None = None
    when: ApiWhen | None = None
    times: Annotated[int, Meta(ge=1)] | None = None
    chance: Chance | None = None


class ScenarioForm(Body, frozen=True):
    version: Literal[1]
    name: Text
    about: Annotated[str, Meta(max_length=5000)] | None = None
    extends: str | None = None
    seed: Seed | None = None
    clock: ClockForm | None = None
    unmatched: Literal["test_cards", "approve", "fail"] | None = None
    world: WorldForm | None = None
    rules: list[RuleForm] | None = None
    api: list[ApiFaultForm] | None = None
    webhooks: list[WebhookFaultForm] | None = None
