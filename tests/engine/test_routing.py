"""What may go where: the routings of a payment or of the merchant's defaults (guides/payments/making-payments)."""

import pytest

from mock_odus.engine import cascades
from mock_odus.engine.bodies import MethodOptions, Routing
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import MethodRouting, PaymentMethodOptions


@pytest.fixture
def wallet(shop):
    """A gateway profile for PayPal."""
    return shop.profile("paypal")


@pytest.fixture
def told(shop):
    """The problems of options."""

    def problems(path="paymentMethodOptions", **fields):
        with pytest.raises(Invalid) as caught:
            cascades.options(shop.world, MethodOptions(**fields), path)
        return list(caught.value.problems)

    return problems


def to(profile, **fields):
    return Routing("gatewayProfile", gateway_profile=profile, **fields)


def test_every_method_type_has_its_own_routing(shop, wallet):
    """Cards and Apple Pay to the card gateways, PayPal to its own, each with its own capture."""
    body = MethodOptions(
        capture_method="automaticDelayed",
        capture_delay=5,
        card=Routing("cascade", cascade=shop.queue),
        paypal=to(wallet, capture_method="manual"),
        apple_pay=to(shop.gateways[1], capture_method="automatic"),
    )
    expected = PaymentMethodOptions(
        capture_method="automaticDelayed",
        capture_delay=5,
        card=MethodRouting("cascade", cascade=shop.queue),
        paypal=MethodRouting("gatewayProfile", gateway_profile=wallet, capture_method="manual"),
        apple_pay=MethodRouting("gatewayProfile", gateway_profile=shop.gateways[1], capture_method="automatic"),
    )
    assert expected == cascades.options(shop.world, body)


@pytest.mark.parametrize("body", [None, MethodOptions()])
def test_nothing_given_is_nothing_routed(shop, body):
    """No method type is available by what is not said."""
    assert PaymentMethodOptions() == cascades.options(shop.world, body)


@pytest.mark.parametrize("integration", ["stripe", "adyen", "checkout", "paypal"])
@pytest.mark.parametrize("method", ["card", "paypal", "applePay"])
def test_each_method_goes_to_its_own_gateways_only(shop, told, method, integration):
    """PayPal to paypal, the others to stripe, adyen and checkout; the wrong kind is told of, with what is right."""
    profile = shop.profile(integration)
    cascade = shop.cascade({"gateway_profile": profile, "position": 1})
    field = "apple_pay" if method == "applePay" else method
    right = {
        "card": "cards (stripe, adyen, checkout)",
        "paypal": "PayPal (paypal)",
        "applePay": "Apple Pay (stripe, adyen, checkout)",
    }[method]
    for way in (to(profile), Routing("cascade", cascade=cascade)):
        if (method == "paypal") == (integration == "paypal"):
            assert cascades.options(shop.world, MethodOptions(**{field: way})).routing(method)
            continue
        problem = f"must be routed to gateways that take {right}, found {profile} ({integration})"
        assert [f"paymentMethodOptions.{method} {problem}"] == told(**{field: way})


def test_a_cascade_with_one_unfit_gateway_is_unfit(shop, told, wallet):
    """All of its rules must lead to gateways that can take the method; those that cannot are named."""
    ways = (shop.gateways[0], wallet, shop.gateways[1], wallet)
    rules = [{"gateway_profile": one, "position": place} for place, one in enumerate(ways, 1)]
    mixed = Routing("cascade", cascade=shop.cascade(*rules, algorithm="round_robin"))
    first, second, _ = shop.gateways
    assert [
        f"x.card must be routed to gateways that take cards (stripe, adyen, checkout), found {wallet} (paypal)",
        f"x.paypal must be routed to gateways that take PayPal (paypal), found {first} (stripe), {second} (adyen)",
    ] == told("x", card=mixed, paypal=mixed)


@pytest.mark.parametrize(
    ("routing", "expected"),
    [
        (Routing("cascade"), [".cascade is required with mode 'cascade'"]),
        (Routing("cascade", cascade="cas_x"), [".cascade must be an existing cascade, found 'cas_x'"]),
        (Routing("gatewayProfile"), [".gatewayProfile is required with mode 'gatewayProfile'"]),
        (to("gwp_x"), [".gatewayProfile must be an existing gateway profile, found 'gwp_x'"]),
        (
            Routing("cascade", gateway_profile="gwp_x"),
            [".gatewayProfile must be left out with mode 'cascade'", ".cascade is required with mode 'cascade'"],
        ),
        (
            Routing("gatewayProfile", cascade="cas_x", gateway_profile="gwp_x"),
            [
                ".cascade must be left out with mode 'gatewayProfile'",
                ".gatewayProfile must be an existing gateway profile, found 'gwp_x'",
            ],
        ),
    ],
)
def test_every_problem_of_every_method_is_told_at_once(told, routing, expected):
    """Under the path of each method type, whatever the others say."""
    found = told(card=routing, paypal=routing, apple_pay=routing)
    wanted = [f"paymentMethodOptions.{method}{one}" for method in ("card", "paypal", "applePay") for one in expected]
    assert wanted == found
