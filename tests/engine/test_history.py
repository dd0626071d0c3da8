"""What was before a world begins: done in the order of time, approved, and nothing else is touched by it."""

from __future__ import annotations

import pytest

from mock_odus.engine import history, invariants, methods
from mock_odus.engine.billing import Invoice, Subscription
from mock_odus.engine.bodies import CreateBillingSchedule, CreateCycleDefinition
from mock_odus.engine.errors import Invalid
from mock_odus.engine.gateways import Declined
from mock_odus.engine.history import Deed
from mock_odus.engine.records import Job, PaymentMethod

NOW = "2026-01-01T00:00:00.000Z"
THEN = "2025-10-01T00:00:00.000Z"


@pytest.fixture
def monthly(shop):
    """A price by the month; its product."""
    schedule = CreateBillingSchedule([CreateCycleDefinition(1, 2999, "month", 1)])
    return shop.price(None, type="recurring", billing_schedule=schedule)


@pytest.fixture
def method(shop, world):
    """The customer's saved method."""
    shop.pay(amount=100)
    return methods.of(world, shop.customer.id)[0]


@pytest.fixture
def sign_up(shop, world, monthly, method):
    """Subscribes the customer."""
    return lambda **fields: history.sign_up(world, shop.customer.id, method, monthly, until=NOW, **fields)


def test_deeds_are_done_in_order(world):
    """Each at its time, those of one time as they are given; then it is now again."""
    done = []

    def deed(at, name):
        return Deed(at, lambda: done.append((name, world.now)))

    first, second = "2025-12-01T00:00:00.000Z", "2025-12-02T00:00:00.000Z"
    with history.since(world, first):
        history.relive(world, [deed(second, "c"), deed(first, "b"), deed(first, "a")])
    assert [("b", first), ("a", first), ("c", second)] == done
    assert NOW == world.now


def test_the_past_is_approved(shop, world, sign_up):
    """No gateway of the world is asked of a sign-up, nor of the renewals that have fallen due since."""
    asked, shop.gateway.answers = len(shop.gateway.charges), [Declined("lost_card")]
    with history.since(world, THEN):
        begun = sign_up()
    assert (asked, shop.gateway) == (len(shop.gateway.charges), world.gateway)
    assert (4, True) == (world.get(Subscription, begun.id).current_cycle, begun.auto_billing_enabled)
    assert ["paid"] * 4 == [invoice.status for invoice in world.table(Invoice).values()]
    world.log.clear()  # as who asked for it does
    invariants.check(world)


def test_what_was_waiting_goes_on_waiting(shop, world, sign_up):
    """A job that is due at this very moment is not run by the past."""
    held = shop.hold()
    world.schedule("capture_payment", held.id, NOW)
    waiting = dict(world.table(Job))
    with history.since(world, THEN):
        sign_up()
    assert waiting.items() <= world.table(Job).items()
    assert not shop.read(held).is_captured
    world.advance(NOW)
    assert shop.read(held).is_captured


def test_a_mistake_leaves_now_as_it_was(shop, world, sign_up):
    """What is refused within brings the time and the gateways back."""
    paypal = shop.profile("paypal")
    with pytest.raises(Invalid, match="gatewayProfile must take cards"), world.verb(), history.since(world, THEN):
        sign_up(gateway=paypal)
    assert (NOW, shop.gateway) == (world.now, world.gateway)
    assert {} == world.table(Subscription)


def test_the_first_gateway_is_looked_up_without_a_turn(shop, world, sign_up):
    """A cascade that shares charges out keeps its turn, the first and every later one."""
    shop.share()
    first = sign_up().billing_settings.gateway_profile
    assert (shop.gateways[0], [1]) == (first, shop.asked())
    again = sign_up().billing_settings.gateway_profile
    assert (shop.gateways[1], [2]) == (again, shop.asked())


@pytest.mark.parametrize("type", ["paypal", "applePay"])
def test_other_methods(shop, world, monthly, type):
    """Whatever a customer pays with can be subscribed with, at a gateway that takes it."""
    gateway = shop.profile("paypal") if type == "paypal" else shop.gateways[0]
    method = methods.save(world, shop.customer, type=type, card=None, fingerprint="f", gateway_profile=None)
    begun = history.sign_up(world, shop.customer.id, method, monthly, until=NOW, gateway=gateway)
    assert (type, gateway) == (begun.billing_settings.payment_method_type, begun.billing_settings.gateway_profile)
    assert method.id == world.get(PaymentMethod, begun.payment_method).id
