"""Webhook subscribers over HTTP: made, changed, deleted; the secret is told once."""

import pytest

HOOK = {"url": "https://shop.example/hooks", "events": ["payment.created", "payment.updated"]}


@pytest.fixture
def subscriber(api):
    """A subscriber as it was answered when it was made."""
    return api.made("/webhook-subscribers", HOOK)


def test_the_secret_is_told_once(api, subscriber):
    """When it is made; no other answer has a field of that name, nor the value anywhere."""
    secret = subscriber.pop("secret")
    path = f"/webhook-subscribers/{subscriber['id']}"

    assert secret.startswith("whsec_")
    assert subscriber == api.get(path).json
    for answer in (api.get("/webhook-subscribers"), api.post(path, {"events": ["*"]}), api.delete(path)):
        assert answer.status < 300
        assert secret not in answer.text


def test_it_shows_what_was_given(subscriber):
    """And nothing of the engine's own."""
    assert HOOK | {"metadata": {}} == {
        name: value for name, value in subscriber.items() if name not in ("id", "createdAt", "updatedAt", "secret")
    }


def test_it_changes_and_goes(api, subscriber):
    """Only what is given changes; an event named twice is one; a DELETE answers the record, and then it is gone."""
    path = f"/webhook-subscribers/{subscriber['id']}"
    changed = api.made(path, {"events": ["*", "invoice.created", "*"], "metadata": {"team": "eu"}})

    assert (["*", "invoice.created"], HOOK["url"], {"team": "eu"}) == (
        changed["events"],
        changed["url"],
        changed["metadata"],
    )
    assert changed == api.delete(path).json
    assert 404 == api.get(path).status


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"events": ["*"]}, "url is required"),
        ({"url": HOOK["url"]}, "events is required"),
        (HOOK | {"url": "ftp://shop.example"}, "url must be an absolute http or https URL"),
        (HOOK | {"events": []}, "events must"),
        (HOOK | {"events": ["payment.create"]}, "did you mean 'payment.created'?"),
        (HOOK | {"secret": "mine"}, "secret is not a known field"),
    ],
)
def test_a_bad_body_is_refused(api, body, problem):
    """The problem names the field, and for a word that is nearly right the right one; nothing is made."""
    answer = api.post("/webhook-subscribers", body)

    assert 400 == answer.status
    assert problem in answer.problems[0]
    assert [] == api.get("/webhook-subscribers").json["data"]


def test_a_scenario_makes_one_with_a_secret_known_beforehand(account):
    """Its id comes from its name, and its secret from its id."""
    world = {"webhookSubscribers": {"shop": HOOK}}
    first, second = (account(scenario={"version": 1, "name": "n", "world": world}) for _ in range(2))
    (found,) = first.get("/webhook-subscribers").json["data"]

    assert found["id"] == first.ids["shop"] == second.ids["shop"]
    assert HOOK["url"] == found["url"]
