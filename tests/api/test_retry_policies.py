"""Retry policies over HTTP: made, changed and deleted, and the default under its own path."""

import pytest

STEPS = [
    {"position": 1, "retryDelay": 3},
    {"position": 2, "retryDelay": 7, "priceReductionPercentage": 10},
]


@pytest.fixture
def policy(api):
    """A policy of two steps."""
    return api.made("/retry-policies", {"title": "Mine", "steps": STEPS})


@pytest.fixture
def config(api):
    """The path of the merchant's configuration."""
    return f"/merchant-configs/{api.get('/merchant-configs').json['data'][0]['id']}"


def test_a_policy_shows_every_field(api, policy):
    """What was left out is shown as it is understood."""
    own = {"useInitialGateway": True, "gatewayProfile": None}
    expected = [{"priceReductionPercentage": None} | own | step for step in STEPS]
    assert (expected, "Mine", True, {}) == (policy["steps"], policy["title"], policy["isEnabled"], policy["metadata"])
    assert policy == api.get(f"/retry-policies/{policy['id']}").json


def test_what_was_read_can_be_sent_again(api, policy):
    """The steps as they are shown are steps that may be given."""
    assert policy["steps"] == api.made(f"/retry-policies/{policy['id']}", {"steps": policy["steps"]})["steps"]


def test_a_policy_changes_and_goes(api, policy):
    """Only what is given changes; a DELETE answers the record, and then it is gone."""
    path = f"/retry-policies/{policy['id']}"
    changed = api.made(path, {"isEnabled": False, "steps": STEPS[:1], "metadata": {"team": "eu"}})
    expected = policy | {"isEnabled": False, "steps": policy["steps"][:1], "metadata": {"team": "eu"}}
    assert expected == changed
    deleted = api.delete(path)
    assert (200, changed) == (deleted.status, deleted.json)
    assert 404 == api.get(path).status


def test_the_default_is_the_merchants(api, config, policy):
    """It is read under its own path and under its id, and is another one once the merchant names another."""
    default = api.get("/retry-policies/default").json
    assert default["id"] == api.get(config).json["defaultRetryPolicy"]
    assert default == api.get(f"/retry-policies/{default['id']}").json
    assert [default, policy] == api.get("/retry-policies").json["data"]
    api.made(config, {"defaultRetryPolicy": policy["id"]})
    assert policy == api.get("/retry-policies/default").json


def test_the_path_of_the_default_is_for_reading(api):
    """It is changed and deleted under its id: anything but a GET is a 405."""
    before = api.get("/retry-policies/default").json
    for method in ("POST", "DELETE", "PUT"):
        answer = api(method, "/retry-policies/default", {})
        assert (405, "GET, HEAD") == (answer.status, answer.headers["allow"]), method
    assert before == api.get("/retry-policies/default").json
    changed = api.made(f"/retry-policies/{before['id']}", {"title": "Ours"})
    assert changed == api.get("/retry-policies/default").json


def test_the_default_stays(api, config, policy):
    """Its DELETE is a 400 that names the configuration, until that names another policy, which must be there."""
    default = api.get("/retry-policies/default").json["id"]
    refused = api.delete(f"/retry-policies/{default}")
    assert (400, True) == (refused.status, config.rpartition("/")[2] in refused.problems[0])
    for wrong in (None, "rp_x", 7):
        answer = api.post(config, {"defaultRetryPolicy": wrong})
        assert (400, "defaultRetryPolicy") == (answer.status, answer.problems[0].split()[0]), wrong
    api.made(config, {"defaultRetryPolicy": policy["id"]})
    assert 200 == api.delete(f"/retry-policies/{default}").status


def test_wrong_steps_are_told_by_their_places(api):
    """All of them at once, with the nearest word; nothing is made."""
    steps = [
        {"position": 1, "retryDelay": 3, "gatewayProfile": "gwp_x"},
        {"position": 1, "retryDelay": 7, "useInitialGateway": False},
    ]
    answer = api.post("/retry-policies", {"title": "Mine", "steps": steps})
    places = [f"steps[{place}].{field}" for place in (0, 1) for field in ("position", "gatewayProfile")]
    assert (400, places) == (answer.status, [problem.split()[0] for problem in answer.problems])
    word = api.post("/retry-policies", {"title": "Mine", "steps": [{"position": 1, "retryDelays": 3}]})
    assert [
        "steps[0].retryDelays is not a known field; did you mean 'retryDelay'?",
        "steps[0].retryDelay is required",
    ] == word.problems
    assert 1 == api.get("/retry-policies").json["pagination"]["itemCount"]


def test_a_gateway_that_a_step_names_stays(api):
    """Its DELETE is a 400 that names the policy; a cascade is not held up by one."""
    profile = api.made("/gateway-profiles", {"title": "Spare", "integration": "adyen"})["id"]
    rules = [{"gatewayProfile": profile, "position": 1}]
    cascade = api.made("/cascades", {"title": "Spare", "algorithm": "round_robin", "rules": rules})["id"]
    step = {"position": 1, "retryDelay": 14, "gatewayProfile": profile}
    policy = api.made("/retry-policies", {"title": "Elsewhere", "steps": [step]})["id"]
    assert 200 == api.delete(f"/cascades/{cascade}").status
    refused = api.delete(f"/gateway-profiles/{profile}")
    assert (400, [f"gateway profile {profile} is used by retry policy {policy}: take it out there first"]) == (
        refused.status,
        refused.problems,
    )
    api.delete(f"/retry-policies/{policy}")
    assert 200 == api.delete(f"/gateway-profiles/{profile}").status
