"""The merchant's own settings: what they are at first, what changes them, and what they may not be."""

import pytest

from mock_odus.engine import retry_policies
from mock_odus.engine.billing_bodies import CreateRetryPolicy, CreateRetryStep
from mock_odus.engine.bodies import MethodOptions, Routing
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import MerchantConfig

DELAY = "captureDelay is required with captureMethod automaticDelayed"


@pytest.fixture
def options(shop):
    """Cards through the shop's queue, and whatever else is given beside it or above it."""

    def made(own=None, **fields):
        return MethodOptions(card=Routing("cascade", cascade=shop.queue, capture_method=own), **fields)

    return made


def test_a_new_account(world):
    """One configuration: UTC, dollars, captured at once; no bundling, nothing of its own for renewals."""
    (config,) = world.table(MerchantConfig).values()
    assert ("UTC", "usd", "automatic", None) == (
        config.timezone,
        config.display_currency,
        config.capture_method,
        config.capture_delay,
    )
    assert (None, False, {}) == (
        config.recurring_capture_method,
        config.enable_recurring_payment_bundling,
        config.metadata,
    )


def test_only_what_is_given_changes(shop):
    """The rest stays, metadata merges, and `updatedAt` tells when."""
    before = shop.config(capture_delay=3, metadata={"a": "1", "b": "2"})
    shop.world.advance("2026-01-02T00:00:00.000Z")
    after = shop.config(timezone="Europe/Paris", metadata={"b": "", "c": "3"})
    assert ("Europe/Paris", 3, {"a": "1", "c": "3"}) == (after.timezone, after.capture_delay, after.metadata)
    assert before.payment_method_options == after.payment_method_options
    assert ("2026-01-02T00:00:00.000Z", before.created_at) == (after.updated_at, after.created_at)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("display_currency", "eur"),
        ("timezone", "America/New_York"),
        ("capture_method", "manual"),
        ("capture_delay", 5),
        ("recurring_capture_method", "manual"),
        ("enable_recurring_payment_bundling", True),
    ],
)
def test_each_setting_can_be_changed(shop, field, value):
    """One at a time."""
    assert value == getattr(shop.config(**{field: value}), field)


def test_another_retry_policy_can_be_the_default(shop, refused):
    """One that exists; the refusal says which does not."""
    policy = retry_policies.create(shop.world, CreateRetryPolicy("Mine", [CreateRetryStep(1, 3)]))
    assert policy.id == shop.config(default_retry_policy=policy.id).default_retry_policy
    for wrong in ("rp_x", shop.queue, ""):
        told = f"defaultRetryPolicy must be an existing retry policy, found '{wrong}'"
        refused(told, shop.config, default_retry_policy=wrong)


def test_a_currency_is_kept_in_lower_case(shop):
    """Whatever case it is given in."""
    assert "eur" == shop.config(display_currency="EUR").display_currency


def test_what_may_be_null_is_taken_away_by_null(shop):
    """The delay, the way of renewals, the defaults of payments, the metadata."""
    shop.config(capture_delay=3, recurring_capture_method="manual", metadata={"a": "1"})
    config = shop.config(capture_delay=None, recurring_capture_method=None, payment_method_options=None, metadata=None)
    assert (None, None, None, {}) == (
        config.capture_delay,
        config.recurring_capture_method,
        config.payment_method_options,
        config.metadata,
    )


def test_what_is_null_already_does_not_change(shop):
    """Not even `updatedAt`."""
    before = shop.config(payment_method_options=None)
    shop.world.advance("2026-01-02T00:00:00.000Z")
    assert before == shop.config(payment_method_options=None, capture_delay=None, recurring_capture_method=None)


FILES = ("localtime", "posixrules", "posix/Europe/Paris", "right/UTC")


@pytest.mark.parametrize("name", ["Nowhere", "", "Europe", "../UTC", "Europe/Paris\x00", "/etc/localtime", "é", *FILES])
def test_a_timezone_must_exist(shop, refused, name):
    """A name of the IANA database, no path to anything else, and no file that merely lies beside the zones."""
    refused("timezone must be an IANA timezone such as Europe/Paris", shop.config, timezone=name)


def test_a_delayed_capture_needs_its_delay(shop, refused, options):
    """Wherever it is the default; a delay that is known already, or given beside it, is enough."""
    wanting = [
        {"capture_method": "automaticDelayed"},
        {"recurring_capture_method": "automaticDelayed"},
        {"payment_method_options": options(capture_method="automaticDelayed")},
        {"payment_method_options": options("automaticDelayed")},
    ]
    for fields in wanting:
        refused(DELAY, shop.config, **fields)
    for fields in wanting:
        shop.config(capture_delay=2, **fields)
        refused(DELAY, shop.config, capture_delay=None)
        shop.config(capture_method="automatic", recurring_capture_method=None, payment_method_options=None)
        shop.config(capture_delay=None)


def test_the_default_options_may_bring_their_own_delay(shop, options):
    """Then the merchant's is not needed, and payments are made with it."""
    shop.config(payment_method_options=options("automaticDelayed", capture_delay=2))
    assert "2026-01-03T00:00:00.000Z" == shop.pay().capture_at


def test_a_delay_that_no_default_uses_is_not_needed(shop, options):
    """Where the one method type has another way the delay above it is never used."""
    shop.config(payment_method_options=options("manual", capture_method="automaticDelayed"))
    assert "manual" == shop.pay().capture_method


def test_every_problem_is_told(shop):
    """A wrong timezone hides neither a missing delay nor a cascade that nobody has."""
    wrong = MethodOptions(card=Routing("cascade", cascade="cas_x"))
    before = shop.world.digest()
    with pytest.raises(Invalid) as caught:
        shop.config(timezone="Nowhere", capture_method="automaticDelayed", payment_method_options=wrong)
    begins = sorted(problem.split()[0] for problem in caught.value.problems)
    assert ["captureDelay", "paymentMethodOptions.card.cascade", "timezone"] == begins
    assert before == shop.world.digest()


def test_a_new_timezone_leaves_what_is_due(shop):
    """What was scheduled by the old wall clock stays."""
    shop.config(capture_method="automaticDelayed", capture_delay=1)
    payment = shop.pay()
    shop.config(timezone="Asia/Tokyo")
    assert (payment.capture_at, "2026-01-02T00:00:00.000Z") == (shop.read(payment).capture_at, shop.agenda[0][1])
