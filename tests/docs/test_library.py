"""The scenarios that come with the package: each is played, and each of its rules and faults acts."""

import json
import subprocess
import sys
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mock_odus import assumptions, story
from mock_odus.scripting import loader
from mock_odus.scripting.summaries import summaries

ROOT = Path(__file__).parents[2]
VISA = "4242424242424242"


def plays(name):
    """Runs the scenario, and fails if one of its rules decides nothing."""
    return pytest.mark.odus(scenario=name, strict=True)


def declines(odus, **about):
    return [code for code in odus.attempts(sortBy="at", pageSize=100, **about).declines if code]


def gateways(odus, **about):
    return odus.attempts(pageSize=100, **about).gateways


@plays("happy_path")
def test_happy_path(odus):
    """A card that is declined everywhere else is approved."""
    assert "succeeded" == odus.pay(5000, card="4000000000000002").status


@plays("soft_decline_then_approve")
def test_soft_decline_then_approve(odus):
    """The second try at a payment works, at the first gateway."""
    payment = odus.pay(5000, card=VISA)
    again = odus.payments.authorize(payment, **card())
    assert ["open", "succeeded"] == [payment.status, again.status]
    assert ["stripe_eu", "adyen_us", "stripe_eu"] == gateways(odus)


@plays("hard_decline")
def test_hard_decline(odus):
    """Every try ends alike, with the advice to take another method."""
    payment = odus.payments.authorize(odus.pay(5000, card=VISA), **card())
    assert ("open", {"stolen_card"}) == (payment.status, set(declines(odus)))
    assert "change_payment_method" == payment.transactions[-1]["outcome"]["retryStrategy"]


@plays("three_strikes")
def test_three_strikes(odus):
    """Three declines, and the subscription lives on."""
    odus.advance(by="3 months")
    assert ["insufficient_funds"] * 3 == declines(odus)
    assert jane(odus).currentCycle > 2


@plays("insufficient_funds_on_renewal")
def test_insufficient_funds_on_renewal(odus):
    """One decline, and the first retry saves it."""
    odus.advance(by="2 months")
    assert ["insufficient_funds"] == declines(odus)
    assert "paid" == odus.invoices.list(subscription=jane(odus).id)[-1].status


@plays("dunning_recovers_on_step_two")
def test_dunning_recovers_on_step_two(odus):
    """The renewal and step one at the EU gateway, step two at the other one."""
    odus.advance(by="1 month 5 days")
    assert ["insufficient_funds"] * 2 == declines(odus)
    assert ["stripe_eu", "stripe_eu", "adyen_us"] == gateways(odus, initiator="merchant", cycle=2)


@plays("dunning_exhausted")
def test_dunning_exhausted(odus):
    """When no step is left, the invoice is given up."""
    odus.advance(by="6 weeks")
    assert "uncollectible" == odus.invoices.list(subscription=jane(odus).id)[-1].status


@plays("three_ds_passed")
def test_3ds_passed(odus):
    """The payment succeeds without a page, and the journal knows of the challenge."""
    payment = odus.pay(5000, card=VISA)
    assert ("succeeded", ["passed"]) == (payment.status, [one.challenge for one in odus.attempts()])


@plays("three_ds_failed")
def test_3ds_failed(odus):
    """The payment is open again."""
    payment = odus.pay(5000, card=VISA)
    assert ("open", ["authentication_failed"]) == (payment.status, declines(odus))


@plays("three_ds_abandoned")
def test_3ds_abandoned(odus):
    """It waits for a day, and is open after that."""
    payment = odus.pay(5000, card=VISA)
    odus.advance(by="1 day")
    assert ["requires_action", "open"] == [payment.status, odus.payments[payment].status]


@plays("cascade_failover")
def test_cascade_failover(odus):
    """Both rules act on one payment."""
    assert "succeeded" == odus.pay(5000, card=VISA).status
    assert ["stripe_eu", "adyen_us"] == gateways(odus)


@plays("gateway_outage_with_recovery")
def test_gateway_outage_with_recovery(odus):
    """The US gateway takes over for two days; a refund has to wait for the EU gateway."""
    first = odus.pay(5000, card=VISA)
    odus.advance(by="2 days")
    odus.pay(5000, card=VISA)
    failed = odus.payments.reverse(first)
    odus.advance(by="1 day")
    assert [0, 5000] == [failed.amountReversed, odus.payments.reverse(first).amountReversed]
    assert ["stripe_eu", "stripe_eu", "adyen_us", "stripe_eu", "stripe_eu"] == gateways(odus)


@plays("weighted_split")
def test_weighted_split(odus):
    """Three of four begin at the EU gateway, and all end well."""
    paid = [odus.pay(5000, card=VISA) for _ in range(24)]
    firsts = Counter(one.transactions[0]["gatewayProfile"] for one in paid)
    assert {odus.ids["stripe_eu"]: 18, odus.ids["adyen_us"]: 6} == firsts
    assert {"succeeded"} == {one.status for one in paid}


@plays("gateway_limit_reached")
def test_gateway_limit_reached(odus):
    """The third payment of a day goes to the US gateway; after midnight in Paris it begins anew."""
    for _ in range(3):
        odus.pay(5000, card=VISA)
    odus.advance(by="1 day")
    odus.pay(5000, card=VISA)
    assert ["stripe_eu", "stripe_eu", "adyen_us", "stripe_eu"] == gateways(odus)


@plays("timeout_with_money_taken")
def test_timeout_with_money_taken(odus):
    """The customer has paid at both gateways, and Odus knows of one."""
    payment = odus.pay(5000, card=VISA)
    assert (5000, [5000]) == (payment.amountCaptured, [orphan.amount for orphan in odus.orphans()])


@plays("approved_but_forgotten")
def test_approved_but_forgotten(odus):
    """A refund fails; the next payment is as any other."""
    first, second = odus.pay(5000, card=VISA), odus.pay(5000, card=VISA)
    assert [0, 5000] == [odus.payments.reverse(one).amountReversed for one in (first, second)]


@plays("refund_fails_later")
def test_refund_fails_later(odus):
    """The money is given back, and two days later it is not."""
    payment = odus.payments.reverse(odus.pay(5000, card=VISA))
    odus.advance(by="2 days")
    assert [5000, 0] == [payment.amountReversed, odus.payments[payment].amountReversed]


@plays("chargeback_wave")
def test_chargeback_wave(odus):
    """Three weeks later the large payment is charged back, the small one is not."""
    paid = [odus.pay(amount, card=VISA) for amount in (5000, 3000)]
    odus.advance(by="21 days")
    assert [True, False] == [odus.payments[one].isChargebacked for one in paid]


@plays("bundled_renewals")
def test_bundled_renewals(odus):
    """One payment for both subscriptions, declined on its day and paid on the next."""
    odus.advance(by="1 month 1 day")
    (payment,) = [one for one in odus.payments.list() if len(one.subscriptions) == 2 and one.initiator == "merchant"]
    assert (3499, "succeeded", ["insufficient_funds"]) == (payment.amount, payment.status, declines(odus))


@plays("slow_and_flaky_api")
def test_slow_and_flaky_api(odus):
    """A 503 for every third payment, and an authorize that is done though nobody hears of it."""
    line = HTTPConnection(urlsplit(odus.url).netloc, timeout=10)
    heard = []

    def ask(method, path, body):
        headers = {"Authorization": f"Bearer {odus.secret_key}", "Content-Type": "application/json"}
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            answer.read()
            heard.append(answer.status)
        except ConnectionError:
            line.close()
            heard.append(None)

    for _ in range(3):
        ask("POST", "/payments", b'{"amount": 5000, "currency": "usd"}')
    payment = odus.payments.list()[0].id
    for _ in range(4):
        ask("POST", f"/payments/{payment}/authorize", b"{}")
    ask("GET", f"/payments/{payment}", None)
    line.close()
    assert [201, 201, 503, 400, 400, 400, None, 200] == heard
    assert faults("slow_and_flaky_api", "api") == {one.fault for one in odus.requests(pageSize=100) if one.fault}


@plays("duplicate_and_out_of_order_webhooks")
def test_duplicate_and_out_of_order_webhooks(odus):
    """A change is heard twice, and something new before what was there first."""
    heard = []

    def hear(body, headers):
        event = json.loads(body)
        heard.append((event["eventType"], event["data"]["id"]))
        return 200

    odus.on_webhook(hear)
    made = [odus.customers.create(email=f"{number}@example.com").id for number in range(4)]
    payment = odus.pay(5000, card=VISA).id
    odus.settle()
    first, second, third, fourth = made
    assert [first, second, fourth, third] == [id for type, id in heard if type == "customer.created"]
    assert 2 == heard.count(("payment.updated", payment))


@plays("merchants_year")
def test_merchants_year(odus):
    """In a year every rule acts, and most of the money comes in."""
    odus.advance(by="1 year")
    paid = odus.invoices.list(status="paid").pagination.itemCount
    assert paid > 500
    assert {"insufficient_funds", "expired_card", "processor_unavailable"} <= {
        odus.attempts(rule=rule).declines[0]
        for rule in ("a card is short of money", "a card has expired", "the EU gateway is down for a weekend")
    }


NOT_PLAYED = {
    "odus_docs": "names only: tests/facts is run in it",
    "starter": "names only: nearly every test is run in it",
    "test_cards": "the built-in table: tests/scripting/test_test_cards.py",
}


def test_every_scenario_is_played_here():
    """But for those that are tested elsewhere."""
    named = {
        mark.kwargs["scenario"]
        for function in globals().values()
        for mark in getattr(function, "pytestmark", ())
        if mark.name == "odus"
    }
    assert set(loader.available()) == named | NOT_PLAYED.keys()


@pytest.mark.parametrize("name", sorted(loader.available().keys() - {"test_cards"}))
def test_it_can_be_played(name):
    """`mock-odus play` tells a story in each."""
    assert "payment.created" in {line.what for line in story.play(name, [])}


def test_each_tells_what_it_is_about():
    """In a sentence that ends."""
    assert [] == [name for name, about in summaries().items() if not about.endswith((".", "?"))]


def test_the_index_is_up_to_date(tmp_path):
    """scenarios/README.md is what `scripts/scenario_index.py` writes."""
    code = "import runpy; print(runpy.run_path('scripts/scenario_index.py')['index'](), end='')"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told == (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")


def card():
    """What authorizes with a card."""
    return {"type": "card", "card": {"number": VISA, "expMonth": 12, "expYear": "40", "cvv": "100"}}


def jane(odus):
    """Jane's subscription."""
    return odus.subscriptions[odus.ids["janes_pro"]]


def faults(name, kind):
    """The names of a scenario's faults."""
    return {fault.name for fault in getattr(loader.find(name, prefixes=assumptions.load().for_engine().prefixes), kind)}
