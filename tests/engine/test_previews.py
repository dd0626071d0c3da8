"""Previews of a change of plan: how long they hold, what makes them worthless, and what cannot be previewed."""

import pytest
from msgspec.structs import replace

from mock_odus.engine import catalog
from mock_odus.engine.bodies import UpdatePrice, UpdateProduct
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import Product
from tests.engine.billed import NO, BilledShop

APRIL, MIDDLE, MAY = "2026-04-01T00:00:00.000Z", "2026-04-16T00:00:00.000Z", "2026-05-01T00:00:00.000Z"


@pytest.fixture
def shop():
    """It opens on the first of April."""
    return BilledShop(now=APRIL)


@pytest.fixture
def monthly(shop):
    """A subscription at 3000 by the month; it is the middle of its first."""
    subscription = shop.subscribe(shop.plan(3000))
    shop.advance(MIDDLE)
    return subscription


@pytest.fixture
def dearer(shop):
    """A plan at 6000 by the month."""
    return shop.plan(6000)


# --- what cannot be applied


def test_a_preview_is_good_for_fifteen_minutes(shop, monthly, dearer, refused):
    """A millisecond later it has expired."""
    found = shop.preview(monthly, dearer)
    shop.advance("2026-04-16T00:15:00.001Z")
    expired = "preview must be one that has not expired, as this did at 2026-04-16T00:15:00.000Z"
    refused(expired, shop.apply, monthly, found)


def test_a_preview_is_good_at_fifteen_minutes_exactly(shop, monthly, dearer):
    """The last instant at which it holds."""
    found = shop.preview(monthly, dearer)
    shop.advance("2026-04-16T00:15:00.000Z")
    assert shop.apply(monthly, found).applied


@pytest.mark.parametrize(
    "happen",
    [
        lambda shop, one: shop.change(one, metadata={"a": "1"}),
        lambda shop, one: shop.end(one),
        lambda shop, one: shop.end(one, now=True),
        lambda shop, one: shop.change(one, retry_policy=shop.policy(1)),
        lambda shop, one: shop.move(one, shop.plan(1)),
    ],
    ids=["noted", "to end", "ended", "another policy", "another plan"],
)
def test_a_change_makes_a_preview_worthless(shop, monthly, dearer, refused, happen):
    """Whatever it is."""
    found = shop.preview(monthly, dearer)
    happen(shop, monthly)
    refused("preview must be made after the subscription's last change", shop.apply, monthly, found)


def test_a_change_that_was_taken_back_is_one_as_well(shop, dearer, refused):
    """The clock stands still, and the subscription is again what it was."""
    subscription = shop.subscribe(shop.plan(3000))
    found = shop.preview(subscription, dearer)
    shop.end(subscription)
    assert subscription == shop.resume(subscription)
    refused("preview must be made after the subscription's last change", shop.apply, subscription, found)


@pytest.mark.parametrize("answers", [[], [NO]])
def test_a_renewal_makes_a_preview_worthless(shop, dearer, refused, answers):
    """Paid or not."""
    subscription = shop.subscribe(shop.plan(3000))
    shop.advance("2026-04-30T23:55:00.000Z")
    found = shop.preview(subscription, dearer)
    shop.renew(subscription, *answers)
    refused("preview must be made after the subscription's last change", shop.apply, subscription, found)


def test_what_changes_nothing_leaves_a_preview_good(shop, monthly, dearer):
    """The same metadata once more is no change."""
    found = shop.preview(monthly, dearer)
    shop.change(monthly, metadata={"a": ""})
    assert shop.apply(monthly, found).applied


def test_a_preview_is_applied_once(shop, monthly, dearer, refused):
    """A second time it is refused."""
    found = shop.preview(monthly, dearer)
    shop.apply(monthly, found)
    refused("preview must be one that was not applied yet", shop.apply, monthly, found)


def test_a_preview_is_its_own_subscriptions(shop, monthly, dearer, refused):
    """One of another is refused, and so is one that does not exist, with its name."""
    other = shop.subscribe(shop.plan(3000))
    found = shop.preview(other, dearer)
    refused(f"preview must be one of this subscription, and not of {other.id}", shop.apply, monthly, found)
    refused("preview must be an existing preview, found 'prv_nobody'", shop.apply, monthly, "prv_nobody")


# --- what cannot be previewed


@pytest.mark.parametrize(
    ("happen", "words"),
    [
        (lambda shop, one: shop.end(one), f"is scheduled to cancel at {MAY}, so its plan cannot be changed"),
        (lambda shop, one: shop.renew(one, NO), r"is not billed now \(latest_invoice_retrying\)"),
        (lambda shop, one: shop.advance("2026-05-20T00:00:00.000Z", *4 * [NO]), r"now \(recurring_payment_errored\)"),
        (lambda shop, one: shop.end(one, now=True), "is cancelled since"),
    ],
    ids=["scheduled to cancel", "retrying", "stopped", "cancelled"],
)
def test_only_what_is_billed_can_be_moved(shop, monthly, dearer, refused, happen, words):
    """The refusal says what keeps it."""
    happen(shop, monthly)
    refused(words, shop.preview, monthly, dearer)


def test_only_another_active_plan_of_the_currency_will_do(shop, monthly, dearer, refused):
    """Each refusal names the price and what it should be."""

    def refuse(price, words):
        refused(f"price must be {words}.*, found '{price.id}'", shop.preview, monthly, price)

    refuse(shop.price(100), "a recurring price")
    refuse(shop.plan(6000, currency="eur"), "in the subscription's currency, usd, and not in eur")
    refuse(replace(dearer, id=monthly.price), "another price than the subscription has")
    refuse(replace(dearer, id="price_nobody"), "an existing price")
    retired = shop.plan(6000)
    catalog.update_product(shop.world, shop.world.get(Product, retired.product), UpdateProduct(is_active=False))
    refuse(retired, "a price of an active product")
    refuse(catalog.update_price(shop.world, dearer, UpdatePrice(is_active=False)), "an active price")


def test_a_refused_price_is_invalid(shop, monthly):
    """So that it is told as a problem of the body."""
    with pytest.raises(Invalid):
        shop.preview(monthly, shop.price(100))
