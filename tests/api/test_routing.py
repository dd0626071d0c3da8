"""Cascades and gateway profiles, changed and deleted over HTTP, and payments that follow them."""

import pytest

LIVE = {"publicKey": "pk_live_12345678", "secretKey": "sk_live_12345678"}
TEST = {"publicKey": "pk_test_12345678", "secretKey": "sk_test_12345678"}


@pytest.fixture
def cascade(api):
    """The path of the starter's cascade, through which cards go by default."""
    return f"/cascades/{api.ids['main']}"


@pytest.fixture
def share(api, cascade):
    """Makes it share charges out by weight."""

    def made(**weights):
        rules = [
            {"gatewayProfile": api.ids[name], "position": place, "weight": weight}
            for place, (name, weight) in enumerate(weights.items(), 1)
        ]
        return api.made(cascade, {"algorithm": "weighted_round_robin", "rules": rules})

    return made


def asked(payment):
    """The gateway profiles that were asked, in order."""
    return [one["gatewayProfile"] for one in payment["transactions"]]


def test_a_cascade_is_changed_only_where_asked(api, cascade):
    """A title changes the title; null clears a description."""
    before = api.get(cascade).json
    changed = api.made(cascade, {"title": "Cards", "description": "All cards", "metadata": {"team": "eu"}})
    assert before | {"title": "Cards", "description": "All cards", "metadata": {"team": "eu"}} == changed
    assert changed | {"description": None} == api.made(cascade, {"description": None})


def test_payments_are_shared_out_by_weight(api, share):
    """Three to one, spread smoothly; the other gateway takes over when the first one declines."""
    share(stripe_eu=3, adyen_us=1)
    eu, us = api.ids["stripe_eu"], api.ids["adyen_us"]
    assert [[eu], [eu], [us], [eu]] == [asked(api.paid()) for _ in range(4)]
    assert [eu, us] == asked(api.paid("4000000000000002"))


def test_a_snapshot_keeps_whose_turn_it_is(api, share):
    """Restored, it goes on where it was."""
    share(stripe_eu=1, adyen_us=1)
    eu, us = api.ids["stripe_eu"], api.ids["adyen_us"]
    assert [eu] == asked(api.paid())
    api.made("/_mock/snapshots", {"name": "next"})
    digest = api.get("/_mock/digest").json
    assert [[us], [eu]] == [asked(api.paid()) for _ in range(2)]
    api.made("/_mock/snapshots/next/restore")
    assert digest == api.get("/_mock/digest").json
    assert [[us], [eu]] == [asked(api.paid()) for _ in range(2)]


def test_the_default_cascade_stays(api, cascade):
    """Its delete is refused with the merchant configuration that names it, until that names another or none."""
    config = api.get("/merchant-configs").json["data"][0]["id"]
    answer = api.delete(cascade)
    assert 400 == answer.status
    assert config in answer.problems[0]
    api.made(f"/merchant-configs/{config}", {"paymentMethodOptions": None})
    before, deleted = api.get(cascade).json, api.delete(cascade)
    assert (200, before) == (deleted.status, deleted.json)
    assert 404 == api.get(cascade).status


def test_a_payment_of_a_deleted_cascade_is_told_so(api, cascade):
    """It keeps its routing and cannot be authorized any more: 400, and the payment as it was."""
    payment = api.payment(returnUrl="https://shop.example/back")
    config = api.get("/merchant-configs").json["data"][0]["id"]
    api.made(f"/merchant-configs/{config}", {"paymentMethodOptions": None})
    assert 200 == api.delete(cascade).status
    answer = api.post(f"/payments/{payment['id']}/authorize", api.card())
    assert 400 == answer.status
    assert f"cascade {api.ids['main']} was deleted" in answer.problems[0]
    assert payment == api.get(f"/payments/{payment['id']}").json


def test_a_profile_goes_live_with_live_credentials_and_a_warning(api):
    """Those kept are test ones, so new ones are required; the mock contacts nobody and says so on every answer."""
    body = {"title": "Mine", "integration": "stripe", "credentials": TEST}
    profile = api.made("/gateway-profiles", body)
    path = f"/gateway-profiles/{profile['id']}"
    refused = api.post(path, {"environment": "live"})
    assert (400, "credentials") == (refused.status, refused.problems[0].split(" ")[0])
    live = api.post(path, {"environment": "live", "credentials": LIVE})
    assert (201, "live") == (live.status, live.json["environment"])
    assert "x-mock-warning" in live.headers
    assert "x-mock-warning" in api.post(path, {"title": "Other"}).headers
    assert "x-mock-warning" not in api.post(path, {"environment": "test", "credentials": TEST}).headers


def test_a_changed_profile_shows_no_secret(api):
    """New credentials and keys are kept as masks, and a refusal does not repeat them."""
    profile = api.made("/gateway-profiles", {"title": "Mine", "integration": "stripe"})
    path = f"/gateway-profiles/{profile['id']}"
    secrets = {"credentials": TEST, "webhookVerificationKey": "whsec_12345678"}
    changed = api.post(path, secrets)
    refused = api.post(path, {"credentials": LIVE, "webhookVerificationKey": ["whsec_12345678"]})
    assert (201, 400) == (changed.status, refused.status)
    assert {"publicKey": "****5678", "secretKey": "****5678"} == changed.json["credentials"]
    for secret in (*TEST.values(), *LIVE.values(), "whsec_12345678"):
        assert secret not in changed.text + refused.text + api.get(path).text


@pytest.mark.parametrize("integration", ["adyen", "stripe"])
def test_the_integration_is_fixed(api, integration):
    """A 400 that says so, whatever is given."""
    answer = api.post(f"/gateway-profiles/{api.ids['stripe_eu']}", {"integration": integration})
    assert (400, ["integration is fixed, it stays stripe: make another gateway profile"]) == (
        answer.status,
        answer.problems,
    )


def test_a_profile_in_use_stays(api):
    """A cascade names it: 400; once it has made a transaction it stays for good, for the refunds."""
    path = f"/gateway-profiles/{api.ids['stripe_eu']}"
    in_use = api.delete(path)
    assert (400, True) == (in_use.status, f"cascade {api.ids['main']}" in in_use.problems[0])
    api.paid()
    rules = [{"gatewayProfile": api.ids["adyen_us"], "position": 1}]
    api.made(f"/cascades/{api.ids['main']}", {"rules": rules})
    used = api.delete(path)
    assert (400, True) == (used.status, "has made transactions" in used.problems[0])
    assert 200 == api.get(path).status


def test_an_unused_profile_is_deleted(api):
    """200 and the record, then 404."""
    profile = api.made("/gateway-profiles", {"title": "Mine", "integration": "stripe"})
    answer = api.delete(f"/gateway-profiles/{profile['id']}")
    assert (200, profile) == (answer.status, answer.json)
    assert 404 == api.delete(f"/gateway-profiles/{profile['id']}").status
