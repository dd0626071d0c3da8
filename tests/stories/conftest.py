"""For the stories: what has happened since somebody asked last, a line an event."""

import pytest


@pytest.fixture
def news(odus):
    """Tells each event once: `assert ["2026-02-28 10:00 invoice.created pro 2999 open"] == news()`."""
    heard = len(odus.events())

    def news():
        nonlocal heard
        events = odus.events()[heard:]
        heard += len(events)
        names = {id: name for kind in odus.ids.kinds.values() for name, id in kind.items()}
        return [f"{minute(one.timestamp)} {one.eventType} {told(one.data, names)}" for one in events]

    return news


def told(record, names):
    """What a record was like. A subscription goes by its name in the scenario, or by that of its price."""
    match record.id.partition("_")[0]:
        case "pay":
            again = f", again {minute(record.retryNextAt)}" if record.retryNextAt else ""
            return f"{record.amount} {' '.join(dict.fromkeys([record.status, record.displayStatus]))}{again}"
        case "inv":
            name = names.get(record.subscription) or names[record.lines[0].price]
            credit = f", {record.creditApplied} by credit" if record.creditApplied else ""
            reduction = f", {record.reduction} let off" if record.reduction else ""
            return f"{name} {record.amount} {record.status}{credit}{reduction}"
        case "sub":
            credit = f", credit {record.creditBalance}" if record.creditBalance else ""
            return f"{names.get(record.id) or names[record.price]} {stage(record)}{credit}"
        case "pm":
            return f"{record.card.brand} {record.card.lastFour}"
    return names.get(record.id, record.id)


def stage(subscription):
    """How far a subscription has come."""
    if subscription.autoBillingDisabledReason:
        return subscription.autoBillingDisabledReason
    verb = "ends" if subscription.cancelAtPeriodEnd else f"cycle {subscription.currentCycle} until"
    return f"{verb} {minute(subscription.currentPeriodEnd)}"


def minute(instant):
    """`2026-02-28 10:00`"""
    return instant[:16].replace("T", " ")
