"""A year of a monthly subscription that began on the last of January, each renewal on its own day at its minute."""

from itertools import pairwise

import pytest

# Eleven in the morning in Paris, where clocks are an hour ahead from 29 March to 25 October.
IN_PARIS = [
    "2026-02-28 10:00",
    "2026-03-31 09:00",
    "2026-04-30 09:00",
    "2026-05-31 09:00",
    "2026-06-30 09:00",
    "2026-07-31 09:00",
    "2026-08-31 09:00",
    "2026-09-30 09:00",
    "2026-10-31 10:00",
    "2026-11-30 10:00",
    "2026-12-31 10:00",
    "2027-01-31 10:00",
]
# Eight in the evening in New York, where that is the last day of a month and the first of the next one in UTC.
IN_NEW_YORK = [
    "2026-03-01 01:00",
    "2026-04-01 00:00",
    "2026-05-01 00:00",
    "2026-06-01 00:00",
    "2026-07-01 00:00",
    "2026-08-01 00:00",
    "2026-09-01 00:00",
    "2026-10-01 00:00",
    "2026-11-01 00:00",
    "2026-12-01 01:00",
    "2027-01-01 01:00",
    "2027-02-01 01:00",
]


def shop(timezone, now):
    """A merchant of that timezone, who sells at 29.99 by the month."""
    return {
        "version": 1,
        "name": "a year",
        "extends": "starter",
        "clock": {"start": now},
        "world": {"merchantConfig": {"timezone": timezone}},
    }


@pytest.fixture
def subscription(odus):
    """Jane signs up as soon as the story begins."""
    return odus.subscribe(odus.ids["jane"], odus.ids["pro_monthly"], payment_method=odus.ids["janes_visa"])


def begun(at, end):
    """What is told of the sign-up."""
    return [
        f"{at} payment.created 2999 open unattempted",
        f"{at} payment.updated 2999 succeeded",
        f"{at} subscription.created pro_monthly cycle 1 until {end}",
        f"{at} invoice.created pro_monthly 2999 paid",
    ]


def renewed(at, cycle, end):
    """What is told of a renewal."""
    return [
        f"{at} invoice.created pro_monthly 2999 open",
        f"{at} payment.created 2999 open unattempted",
        f"{at} payment.updated 2999 succeeded",
        f"{at} invoice.updated pro_monthly 2999 paid",
        f"{at} subscription.updated pro_monthly cycle {cycle} until {end}",
    ]


@pytest.mark.odus(scenario=shop("Europe/Paris", "2026-01-31T10:00:00Z"))
def test_a_year_renewal_by_renewal(odus, news, subscription):
    """Twelve periods from one last of a month to the next, at the same time by the clocks of Paris."""
    assert begun("2026-01-31 10:00", IN_PARIS[0]) == news()
    for cycle, (at, end) in enumerate(pairwise(IN_PARIS), 2):
        odus.advance(until="renewal")
        assert renewed(at, cycle, end) == news()
    odus.advance(to="2027-01-31T09:59:59.999Z")
    assert [] == news()
    invoices = odus.invoices.list(subscription=subscription)
    assert 12 * [("paid", 2999)] == [(invoice.status, invoice.amountPaid) for invoice in invoices]
    assert [one.periodEnd for one in invoices[:-1]] == [one.periodStart for one in invoices[1:]]
    attempts = odus.attempts()
    assert (list(range(1, 13)), 12 * ["stripe_eu"]) == ([one.cycle for one in attempts], attempts.gateways)


@pytest.mark.odus(scenario=shop("America/New_York", "2026-02-01T01:00:00Z"))
def test_a_year_in_one_step(odus, news, subscription):
    """It is January still where the merchant is, so the months are counted from the 31st, each event on its own day."""
    assert begun("2026-02-01 01:00", IN_NEW_YORK[0]) == news()
    odus.advance(to="2027-02-01T00:59:59.999Z")
    renewals = [renewed(at, cycle, end) for cycle, (at, end) in enumerate(pairwise(IN_NEW_YORK), 2)]
    assert [line for renewal in renewals for line in renewal] == news()


@pytest.mark.odus(scenario=shop("UTC", "2026-01-31T10:00:30Z"))
def test_a_renewal_waits_for_the_whole_minute(odus, news, subscription):
    """Odus looks once a minute. That delays a charge and never the period, which is counted from its own end."""
    assert begun("2026-01-31 10:00", "2026-02-28 10:00") == news()
    odus.advance(to="2026-02-28T10:00:59.999Z")
    assert [] == news()
    for at, cycle, end in [
        ("2026-02-28 10:01", 2, "2026-03-31 10:00"),
        ("2026-03-31 10:01", 3, "2026-04-30 10:00"),
    ]:
        odus.advance(until="renewal")
        assert renewed(at, cycle, end) == news()
    now = odus.subscriptions[subscription.id]
    assert ("2026-03-31T10:00:30.000Z", "2026-04-30T10:00:30.000Z") == (now.currentPeriodStart, now.currentPeriodEnd)
