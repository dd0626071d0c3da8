"""The JSON Schema that editors use: what the loader takes it takes, and it knows the usual mistakes."""

import json
import subprocess
import sys

import pytest
import yaml
from jsonschema import Draft202012Validator

from mock_odus import scenario_schema
from mock_odus.scripting import loader
from mock_odus.scripting.conditions import FACTS
from mock_odus.scripting.outcomes import WORDS

HEAD = {"version": 1, "name": "x"}


@pytest.fixture(scope="module")
def schema():
    found = scenario_schema.document()
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def as_editors_see(text):
    """The document with the dates as text: JSON has no others."""
    return json.loads(json.dumps(yaml.load(text, _Loader)))


class _Loader(yaml.SafeLoader):
    """As YAML types scalars, but for instants."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.mark.parametrize("name", sorted(loader.available()))
def test_every_shipped_scenario_fits(schema, name):
    """Without a complaint."""
    text = loader.available()[name].read_text(encoding="utf-8")
    assert [] == [error.message for error in schema.iter_errors(as_editors_see(text))]


@pytest.mark.parametrize("word", [word for word in WORDS if word not in ("decline", "error", "fail_later")])
def test_every_outcome_is_known(schema, word):
    """Alone, in a list, with a latency."""
    for then in (word, [word, "approve"], {word: None, "latency": "2 seconds"}):
        assert schema.is_valid(HEAD | {"rules": [{"then": then}]}), then


@pytest.mark.parametrize("fact", [fact for fact in FACTS if fact != "between"])
def test_every_condition_is_known(schema, fact):
    """A value, a list, or bounds."""
    value = FACTS[fact].words[0] if FACTS[fact].words else 4
    for wanted in (value, [value, value], {"ne": value}, [value, {"ne": value}]):
        assert schema.is_valid(HEAD | {"rules": [{"when": {fact: wanted}, "then": "approve"}]}), wanted


@pytest.mark.parametrize(
    "text",
    [
        "rules: [{when: , then: approve}]",
        "rules: [{then: {decline: soft_decline}}]",
        "world: {customers: {jane: }, products: {pro: }}",
        "rules: [{when: {cycle: [2, 3..5, {gte: 7}]}, then: approve}]",
    ],
)
def test_what_the_loader_takes_fits(schema, read, text):
    """Nothing is underlined that is well."""
    read(f"version: 1\nname: x\n{text}")
    assert [] == [error.message for error in schema.iter_errors(HEAD | as_editors_see(text))]


@pytest.mark.parametrize(
    "mistake",
    [
        {"version": 2},
        {"rule": []},
        {"rules": [{"then": "declin"}]},
        {"rules": [{"when": {"gatway": "x"}, "then": "approve"}]},
        {"rules": [{"when": {"operation": "authorise"}, "then": "approve"}]},
        {"rules": [{"when": {"amount": {"above": 5}}, "then": "approve"}]},
        {"rules": [{"when": {"amount": "much"}, "then": "approve"}]},
        {"rules": [{"when": {"between": {"since": "+1 day"}}, "then": "approve"}]},
        {"rules": [{"name": "no outcome"}]},
        {"rules": [{"then": []}]},
        {"rules": [{"then": {"challenge": {"answer": "maybe"}}}]},
        {"rules": [{"then": {"error": 200}}]},
        {"rules": [{"then": "approve", "per": "day"}]},
        {"rules": [{"then": "approve", "times": 0}]},
        {"rules": [{"then": "approve", "chance": "often"}]},
        {"clock": {"mode": "running"}},
        {"unmatched": "decline"},
        {"world": {"customer": {}}},
        {"world": {"prices": {"a": {"product": "b", "type": "weekly", "currency": "usd"}}}},
        {"world": {"subscriptions": {"a": {"customer": "b"}}}},
        {"world": {"customers": {"a": {"mail": "a@example.com"}}}},
        {"api": [{"then": {"status": 200}}]},
        {"webhooks": [{"then": {"duplicate": 0}}]},
    ],
)
def test_usual_mistakes_are_seen(schema, problems, mistake):
    """By the schema as well as by the loader."""
    document = HEAD | mistake
    assert not schema.is_valid(document)
    assert problems(json.dumps(document))


def test_the_command_prints_it():
    """Ready to be kept beside the scenarios."""
    told = subprocess.run([sys.executable, "-m", "mock_odus", "schema"], capture_output=True, text=True, check=True)
    assert scenario_schema.document() == json.loads(told.stdout)
