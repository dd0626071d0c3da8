"""Years of a shop with subscribers: what is sold, what is done on which day, and how the years go by."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from mock_odus.engine import account, dunning, invoices, periods, plan_changes, subscriptions
from mock_odus.engine.billing import Invoice, Subscription
from mock_odus.engine.billing_bodies import ApplyPreview, PreviewPlan, UpdateInvoice
from mock_odus.engine.bodies import UpdateMerchantConfig
from mock_odus.engine.errors import OdusError
from tests.properties.billed_shop import BilledShop

START = "2026-01-31T10:00:00.000Z"
ZONES = ["UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe"]

QUICK = settings(
    max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
LONG = settings(QUICK, max_examples=400)

# --- what a year is made of

PLANS = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from([0, 1, 999, 2999]),
            st.sampled_from(["day", "week", "month", "month", "year"]),
            st.sampled_from([1, 2, 13]),
        ),
        min_size=1,
        max_size=3,
    ),
    min_size=1,
    max_size=4,
)
ACTS = st.lists(
    st.tuples(
        st.integers(0, 364),
        st.sampled_from(["cancel", "cancel now", "resume", "void", "pay", "plan", "move", "bundle", "note"]),
        st.integers(0, 3),
    ),
    max_size=8,
).map(lambda acts: sorted(acts, key=lambda act: act[0]))
YEARS = st.fixed_dictionaries(
    {
        "plans": PLANS,
        "acts": ACTS,
        "refuses": st.sampled_from([0, 20, 50, 90]),
        "timezone": st.sampled_from(ZONES),
        "bundling": st.booleans(),
        "capture": st.sampled_from([None, "manual", "automaticDelayed"]),
        "catch_up": st.sampled_from(["skip", "bill_each"]),
    }
)


def begin(year, seed=7, **more):
    """A shop that is to live through the year."""
    return BilledShop(
        START,
        *year["plans"],
        seed=seed,
        refuses=year["refuses"],
        catch_up=year["catch_up"],
        timezone=year["timezone"],
        enable_recurring_payment_bundling=year["bundling"],
        recurring_capture_method=year["capture"],
        capture_delay=2,
        **more,
    )


def live(shop, year, *, step=None):
    """A year goes by, at once or in steps of so many hours; what is done in it is done at the same instants."""
    begun = shop.world.now
    for day, what, place in [*year["acts"], (365, "nothing", 0)]:
        go(shop.world, periods.after(begun, periods.Duration(days=day)), step)
        try:
            act(shop, what, place)
        except OdusError:
            continue  # there is nothing to do it to


def go(world, target, step=None):
    """To an instant, at once or in steps of so many hours."""
    while step and (stop := periods.after(world.now, periods.duration(f"{step} hours"))) < target:
        world.advance(stop)
    world.advance(target)


def act(shop, what, place):
    """Somebody does something with one of the subscriptions."""
    world = shop.world
    one = list(world.table(Subscription).values())[place % len(world.table(Subscription))]
    latest = world.get(Invoice, one.latest_invoice)
    match what:
        case "cancel" | "cancel now":
            dunning.cancel(world, one, immediately=what == "cancel now")
        case "resume":
            subscriptions.resume(world, one)
        case "void":
            dunning.void(world, latest)
        case "pay":
            dunning.pay(world, latest)
        case "plan":
            price = shop.prices[(place + 1) % len(shop.prices)]
            found = plan_changes.preview(world, one, PreviewPlan(price.id))
            plan_changes.apply(world, one, ApplyPreview(found.id))
        case "move":
            settings = UpdateMerchantConfig(timezone=ZONES[place])
            account.update_config(world, world.merchant_config(), settings)
        case "bundle":
            settings = UpdateMerchantConfig(enable_recurring_payment_bundling=bool(place % 2))
            account.update_config(world, world.merchant_config(), settings)
        case "note":
            invoices.update(world, latest, UpdateInvoice(metadata={"place": str(place)}))
