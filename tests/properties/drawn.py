"""What the machine of random verbs draws: payments, ways to pay, and answers of gateways."""

from hypothesis import strategies as st

from mock_odus.engine.billing_bodies import CreateRetryStep
from mock_odus.engine.bodies import (
    AuthorizePayment,
    CardDetails,
    CreateBillingSchedule,
    CreateCascadeRule,
    CreateCycleDefinition,
    MethodOptions,
    Routing,
)
from mock_odus.engine.declines import ERROR_CODES
from mock_odus.engine.gateways import Answer, Approved, Challenged, Declined, FailsLater, TimedOut, Unreachable
from mock_odus.engine.periods import Duration

RETURN_URL = "https://shop.example/thanks"
ZONES = ["Europe/Paris", "UTC", "Asia/Tokyo", "America/New_York"]
"""Where the merchant has been, or will go."""

KNOWN = ("4242424242424242", "5555555555554444")

# --- What gateways answer

TWO_DAYS = Duration(days=2)
YES = [
    Approved(),
    Approved(frictionless=True),
    Approved(forgotten=True),
    Approved(chargeback_after=Duration(days=3)),
    Approved(chargeback_after=Duration(months=1)),
]
NO = [
    *map(Declined, sorted(ERROR_CODES)),
    Declined("insufficient_funds", ends_try=True),
    Unreachable(),
    Unreachable(503),
    TimedOut(),
    TimedOut(charged=True),
]
# A yes as often as a no, and what moves on to the next gateway as often as what does not.
FINAL = st.one_of(st.sampled_from(YES), st.sampled_from(NO), st.just(Declined("insufficient_funds")))
CHALLENGE = st.builds(
    Challenged,
    answer=st.sampled_from([None, None, "passed", "failed", "cancelled", "abandoned"]),
    after_ms=st.sampled_from([None, 0, 30_000, 24 * 3_600_000, 25 * 3_600_000]),
    then=FINAL,
)
ANSWERS = st.lists(st.one_of(CHALLENGE, FINAL, st.just(Challenged())), max_size=4)
"""To an authorize."""

FINALS = st.lists(FINAL, max_size=3)
"""To what jobs ask: nobody is there to be challenged."""

REFUSALS = st.lists(st.sampled_from([*NO, *NO, Declined("insufficient_funds"), Approved()]), min_size=1, max_size=3)
"""To what is billed."""

LATER = [FailsLater(TWO_DAYS), FailsLater(Duration(milliseconds=1), "card_restricted")]
CAPTURED = st.lists(st.sampled_from([Approved(), Declined("limit_exceeded"), *NO[-4:]]), max_size=1)
VOIDED = st.lists(st.sampled_from([Approved(), Declined("fraud_suspected"), *NO[-4:-1], *LATER]), max_size=1)
REFUNDED = st.lists(st.sampled_from([Approved(), Declined("fraud_suspected"), *NO[-4:], *LATER]), max_size=1)


class DrawnGateway:
    """Says what was drawn, and approves when that is used up."""

    def __init__(self):
        self.answers = []

    def test_card(self, number):
        """The name of a number that this gateway knows."""
        return f"test/{number[-4:]}" if number in KNOWN else None

    def mischief(self, world, event_type, subscriber):
        return None

    def answer(self, world, charge):
        return Answer(self.answers.pop(0) if self.answers else Approved())


LEAPS = st.sampled_from(
    ["1 ms", "30 seconds", "15 minutes", "23 hours", "1 day", "1 week", "1 month", "1 month", "1 year", "8000 years"]
)

# --- What is asked for

AMOUNTS = st.sampled_from([5000, 5000, 4000, 999, 1, 0])
PARTS = st.sampled_from([None, None, 1, 500, 2500, 4999, 5000])
PLACES = st.integers(0, 11)
FLAG = st.sampled_from([None, True, False])
INITIATORS = st.sampled_from(["customer", "customer", "merchant"])
METADATA = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "1", "2"]), max_size=3)
CAPTURE = st.sampled_from([None, "automatic", "manual", "manual", "automaticDelayed"])
DELAY = st.sampled_from([None, 1, 5])
ALGORITHMS = st.sampled_from(["priority_queue", "round_robin", "weighted_round_robin"])
NUMBERS = st.sampled_from([*KNOWN, *KNOWN, "4242424242424241", "4012888888881881"])
WALLETS = st.sampled_from(
    [
        AuthorizePayment(type="paypal"),
        AuthorizePayment(type="applePay", token="a token"),
        AuthorizePayment(type="applePay", token="another token", return_url=RETURN_URL),
    ]
)

# --- What is sold

FEES = st.sampled_from([None, None, 0, 700])
QUANTITIES = st.sampled_from([1, 1, 1, 2, 7])
CYCLES = st.tuples(
    st.sampled_from([0, 0, 1, 999, 2999, 2999, 5000]),
    st.sampled_from(["minute", "hour", "day", "day", "week", "month", "month", "month", "year"]),
    st.sampled_from([1, 1, 1, 3, 12, 31]),
)
SCHEDULES = st.lists(CYCLES, min_size=1, max_size=3)
STEPS = st.lists(
    st.tuples(st.sampled_from([1, 1, 3, 10]), st.sampled_from([None, None, 1, 33, 99]), st.none() | PLACES),
    min_size=1,
    max_size=3,
)


def schedule(*cycles):
    """A billing schedule of cycles of an amount, a unit, and how many of it."""
    numbered = enumerate((cycle[0], cycle[1], min(cycle[2], 10 if cycle[1] == "year" else 120)) for cycle in cycles)
    return CreateBillingSchedule([CreateCycleDefinition(place + 1, *cycle) for place, cycle in numbered])


def steps(gateways, drawn):
    """Steps of a retry policy: days to wait, percent off, and where else to go."""
    return [
        CreateRetryStep(
            position=place,
            retry_delay=days,
            gateway_profile=None if where is None else gateways[where % len(gateways)],
            price_reduction_percentage=percent,
        )
        for place, (days, percent, where) in enumerate(drawn, 1)
    ]


def by_card(number, year=2030):
    """The body that authorizes with a card."""
    return AuthorizePayment(type="card", card=CardDetails(number, 1, year, "100"), return_url=RETURN_URL)


def by_card_or_wallet():
    """The body that authorizes, most often with a card."""
    cards = NUMBERS.map(by_card)
    return st.one_of(cards, cards, WALLETS)


def through(algorithm, gateways):
    """Rules over gateways, of which a queue meets its limits soon."""
    match algorithm:
        case "priority_queue":
            limits = [
                {"transaction_limit": 2, "limit_period": "week"},
                {"transaction_cap": 9000, "cap_period": "month"},
            ]
            last = len(gateways) - 1
            fields = [{} if place == last else limits[place % 2] for place in range(len(gateways))]
        case "weighted_round_robin":
            fields = [{"weight": 3 - place} for place in range(len(gateways))]
        case "round_robin":
            fields = [{} for _ in gateways]
    return [CreateCascadeRule(one, place, **more) for place, (one, more) in enumerate(zip(gateways, fields), 1)]


def routed(cascade, profile, *, way, own, top, delay):
    """The options of a payment: as the merchant would, through a cascade, or straight to a gateway."""
    routing = {
        None: None,
        "cascade": cascade and Routing("cascade", cascade=cascade.id, capture_method=own),
        "straight": Routing("gatewayProfile", gateway_profile=profile.id, capture_method=own),
    }[way]
    return MethodOptions(capture_method=top, capture_delay=delay, card=routing)
