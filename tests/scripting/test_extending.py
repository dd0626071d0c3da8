"""A scenario may extend another one: what it says itself wins, the rest is the other's."""

from __future__ import annotations

import os

import pytest

from mock_odus.engine import ids
from mock_odus.engine.records import Customer
from mock_odus.scripting import building, loader
from mock_odus.scripting.language import ScenarioError

PARENT = """\
version: 1
name: parent
about: What it is about.
seed: 7
clock: {start: 2026-01-31T10:00:00Z, mode: frozen}
unmatched: approve
world:
  gatewayProfiles:
    eu: {integration: stripe, title: Europe, metadata: {a: b}}
    us: {integration: adyen}
  cascades:
    main: {algorithm: priority_queue, rules: [{gatewayProfile: eu, position: 1}]}
  merchantConfig:
    timezone: Europe/Paris
    paymentMethodOptions: {card: {mode: cascade, cascade: main}}
  customers: {jane: {name: Jane}}
rules:
  - {name: down, when: {gateway: eu}, then: unreachable}
  - {then: lost_card}
  - {name: jane, when: {customer: jane}, then: stolen_card}
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with files of these texts; `parent` is there already."""

    def write(**texts):
        for name, text in ({"parent": PARENT} | texts).items():
            (tmp_path / f"{name}.yaml").write_text(text)
        return tmp_path

    write()
    return write


@pytest.fixture
def find(folder, prefixes):
    """The scenario `child`, of this text, that stands beside `parent`."""

    def found(text, **others):
        child = folder(child=f"version: 1\nname: child\nextends: parent\n{text}", **others) / "child.yaml"
        return loader.find(str(child), prefixes=prefixes)

    return found


@pytest.fixture
def faults(find, tmp_path):
    """The problems of `child`, without the folder that they stand in."""

    def told(text, **others):
        with pytest.raises(ScenarioError) as caught:
            find(text, **others)
        return [problem.replace(f"{tmp_path}{os.sep}", "") for problem in caught.value.problems]

    return told


def names(scenario):
    return [rule.name for rule in scenario.rules]


def test_what_is_not_said_is_the_parent_s(find):
    """A child that says nothing has all that its parent has, but for the name."""
    child = find("")
    assert "child" == child.name
    assert ("What it is about.", 7, "2026-01-31T10:00:00.000Z", "approve") == (
        child.about,
        child.seed,
        child.clock_start,
        child.unmatched,
    )
    assert ["eu", "us"] == list(child.world.gateway_profiles)
    assert "Europe/Paris" == child.world.merchant_config.timezone
    assert ["down", "rules[1] of parent", "jane"] == names(child)


def test_own_scalars_win(find):
    """About, seed, unmatched and each part of the clock."""
    child = find("about: Mine.\nseed: 0\nclock: {start: 2027-01-01T00:00:00Z}\nunmatched: fail")
    assert ("Mine.", 0, "2027-01-01T00:00:00.000Z", "frozen", "fail") == (
        child.about,
        child.seed,
        child.clock_start,
        child.clock.mode,
        child.unmatched,
    )


def test_an_equal_name_replaces_the_record(find):
    """Wholly: nothing of the parent's record is left; other records of both are there."""
    world = find("world: {gatewayProfiles: {eu: {integration: adyen}, asia: {integration: checkout}}}").world
    assert {"eu": "eu", "us": "us", "asia": "asia"} == {
        name: profile.title for name, profile in world.gateway_profiles.items()
    }
    assert ("adyen", None) == (world.gateway_profiles["eu"].integration, world.gateway_profiles["eu"].metadata)
    assert ["jane"] == list(world.customers)


def test_the_merchant_s_configuration_is_merged_by_key(find):
    """What the child does not set stays as the parent set it."""
    config = find("world: {merchantConfig: {timezone: UTC}}").world.merchant_config
    assert ("UTC", ids.named("cas", "cascade", "main")) == (config.timezone, config.payment_method_options.card.cascade)


def test_names_mean_what_they_mean_in_the_end(find):
    """The parent's references and rules find the child's record of that name; the child can name the parent's."""
    child = find(
        "world:\n  gatewayProfiles: {eu: {integration: adyen, id: gwp_mine}}\n"
        "  paymentMethods: {visa: {customer: jane, card: {number: 4242424242424242}}}\n"
        "rules: [{name: own, when: {gateway: [us, eu]}, then: unreachable}]"
    )
    assert "gwp_mine" == child.world.cascades["main"].rules[0].gateway_profile
    by_name = {rule.name: rule for rule in child.rules}
    assert ("gwp_mine",) == by_name["down"].when[0].values
    assert (ids.named("gwp", "gatewayProfile", "us"), "gwp_mine") == by_name["own"].when[0].values
    assert ids.named("cus", "customer", "jane") == child.world.payment_methods["visa"].customer


def test_own_rules_stand_above(find):
    """Then come the parent's, but for those whose name is used."""
    child = find("rules: [{then: approve}, {name: jane, then: expired_card}]")
    assert ["rules[0]", "jane", "down", "rules[1] of parent"] == names(child)
    assert "expired_card" == child.rules[1].then[0].outcome.code


def test_a_chain(find):
    """A parent may extend another one, the nearest wins."""
    child = find(
        "rules: [{name: one, then: approve}]",
        parent=PARENT.replace("name: parent", "name: parent\nextends: old"),
        old="version: 1\nname: old\nseed: 1\nabout: Old.\nworld: {customers: {joe: , jane: {name: Old Jane}}}\n"
        "rules: [{name: two, then: approve}, {name: jane, then: approve}, {name: one, then: approve}]",
    )
    assert (7, "What it is about.") == (child.seed, child.about)
    assert {"joe": "joe", "jane": "Jane"} == {name: one.name for name, one in child.world.customers.items()}
    assert ["one", "down", "rules[1] of parent", "jane", "two"] == names(child)


def test_it_can_be_built(find, world):
    """The merged world is made like any other."""
    running = building.build(world, find("world: {customers: {joe: }}"))
    assert ["Jane", "joe"] == [customer.name for customer in world.table(Customer).values()]
    assert ("child", "approve") == (running.name, running.unmatched)


def test_a_shipped_scenario_is_extended_by_name(read):
    """Wherever the document comes from."""
    assert {"jane", "joe"} == set(
        read("version: 1\nname: x\nextends: starter\nworld: {customers: {joe: }}").ids["customers"]
    )


def test_a_file_extends_the_shipped_one_of_its_own_name(folder, prefixes):
    """A name never means the file itself while there is another one."""
    path = folder(starter="version: 1\nname: mine\nextends: starter\nworld: {customers: {joe: }}")
    for found in (
        loader.find("starter", [path], prefixes=prefixes),
        loader.find(str(path / "starter.yaml"), prefixes=prefixes),
        loader.load("version: 1\nname: x\nextends: starter", file="x.yaml", prefixes=prefixes, folders=[path]),
    ):
        assert {"jane", "joe"} == set(found.ids["customers"])


def test_where_a_parent_is_looked_for(tmp_path, prefixes):
    """Among the texts that came along, beside the file, in the folders in their order, then among the shipped."""
    texts = {}
    for place in ("beside", "first", "second"):
        (tmp_path / place).mkdir()
        texts[place] = tmp_path / place / "starter.yaml"
        texts[place].write_text(f"version: 1\nname: {place}\nabout: {place}")
    document = "version: 1\nname: x\nextends: starter"
    how = {
        "file": tmp_path / "beside" / "x.yaml",
        "folders": [tmp_path / "first", tmp_path / "second"],
        "sent": {"starter": "version: 1\nname: sent\nabout: sent"},
    }

    def about():
        return loader.load(document, prefixes=prefixes, **how).about

    assert "sent" == about()
    how["sent"] = {}
    assert "beside" == about()
    how["file"] = "x.yaml"
    assert "first" == about()
    texts["first"].unlink()
    assert "second" == about()
    texts["second"].unlink()
    assert about().startswith("Enough to make the first payment")


def test_texts_that_came_along_extend_each_other(prefixes):
    """The whole chain may come along with a document."""
    sent = {"a": "version: 1\nname: a\nextends: b", "b": "version: 1\nname: b\nextends: starter\nabout: B."}
    found = loader.load("{version: 1, name: x, extends: a}", file="x", prefixes=prefixes, sent=sent)
    assert ("B.", {"jane"}) == (found.about, set(found.ids["customers"]))


@pytest.mark.parametrize("suffix", [".yaml", ".yml", ".json"])
def test_a_parent_may_have_any_suffix(tmp_path, prefixes, suffix):
    """The name alone is written."""
    (tmp_path / f"base{suffix}").write_text('{"version": 1, "name": "base", "seed": 5}')
    file = tmp_path / "child.yaml"
    file.write_text("version: 1\nname: child\nextends: base")
    assert 5 == loader.find(str(file), prefixes=prefixes).seed


# --- mistakes


def test_a_circle_is_told_with_its_chain(faults):
    """At the place that closes it."""
    circle = "goes in a circle: parent.yaml → other.yaml → parent.yaml"
    assert [f"other.yaml:3:10: extends: {circle}"] == faults(
        "",
        parent=PARENT.replace("name: parent", "name: parent\nextends: other"),
        other="version: 1\nname: other\nextends: parent",
    )


def test_a_scenario_cannot_extend_itself(tmp_path, prefixes):
    """A name that only the file itself has is a circle of one."""
    (tmp_path / "alone.yaml").write_text("version: 1\nname: x\nextends: alone")
    with pytest.raises(ScenarioError, match=r"extends: goes in a circle: \S*alone.yaml → \S*alone.yaml"):
        loader.find("alone", [tmp_path], prefixes=prefixes)


def test_an_unknown_parent(faults):
    """What is beside the file is known, too."""
    known = ", ".join(sorted({"child", "parent", *loader.available()}))
    assert [f"parent.yaml:2:10: extends: unknown scenario 'chlid'; did you mean 'child'?; known are {known}"] == faults(
        "", parent="version: 1\nextends: chlid\nname: x"
    )


@pytest.mark.parametrize("name", ["parent.yaml", "./parent", "..", "", "/etc/passwd", "*"])
def test_a_path_is_no_name(faults, name):
    """Only names are looked for."""
    (told,) = faults("", parent=f"version: 1\nname: x\nextends: {name!r}")
    assert f"unknown scenario '{name}'" in told


def test_a_problem_names_the_file_it_stands_in(faults):
    """All problems of all files are told at once, the own ones first, each with its own line and column."""
    assert [
        "child.yaml:4:16: rules[0].then: unknown outcome 'approv'; did you mean 'approve'?",
        "parent.yaml:1:10: version: must be one of 1, found 2",
        "parent.yaml:3:1: sead: is not a known field; did you mean 'seed'?",
        "parent.yaml:4:28: world.customers.jane.emial: is not a known field; did you mean 'email'?",
        "parent.yaml:6:22: rules[0].when.gateway: unknown gatewayProfile 'euu'; did you mean 'eu'?",
    ] == faults(
        "rules: [{then: approv}]\nworld: {gatewayProfiles: {eu: {integration: stripe}}}",
        parent="version: 2\nname: parent\nsead: 5\nworld: {customers: {jane: {emial: a@b.example}}}\n"
        "rules:\n  - {when: {gateway: euu}, then: unreachable}",
    )


def test_a_reference_that_leads_nowhere(faults):
    """Is told where the record stands."""
    assert [
        "parent.yaml:3:76: world.cascades.c.rules[0].gatewayProfile: unknown gatewayProfile 'a'; none is named here"
    ] == faults(
        "",
        parent="version: 1\nname: parent\n"
        "world: {cascades: {c: {algorithm: priority_queue, rules: [{gatewayProfile: a, position: 1}]}}}",
    )


def test_what_is_no_document(faults):
    """A parent that cannot be read is told as such, and the child's own problems beside it."""
    assert [
        "child.yaml:4:1: sead: is not a known field; did you mean 'seed'?",
        "parent.yaml:1:1: the document is empty",
    ] == (faults("sead: 1", parent=""))
    assert ["parent.yaml:1:1: must be an object, found []"] == faults("", parent="[]")


def test_an_id_that_two_files_give(faults):
    """The ids of all files are unique together."""
    told = faults(
        "world: {customers: {a: {id: cus_1}}}", parent="version: 1\nname: x\nworld: {customers: {b: {id: cus_1}}}"
    )
    assert [
        "child.yaml:4:29: world.customers.a.id: is the id of 2 records, found 'cus_1'",
        "parent.yaml:3:29: world.customers.b.id: is the id of 2 records, found 'cus_1'",
    ] == told


def test_what_the_engine_refuses_names_the_file(find, world, tmp_path):
    """A record that cannot be made is told where it stands."""
    child = find(
        "world: {merchantConfig: {timezone: UTC}}",
        parent=PARENT.replace("integration: stripe,", "integration: paypal,"),
    )
    with pytest.raises(ScenarioError) as caught:
        building.build(world, child)
    assert [f"{tmp_path / 'parent.yaml'}"] == sorted({problem.partition(":")[0] for problem in caught.value.problems})


# --- files that change


def test_a_changed_parent_is_noticed(folder, prefixes):
    """A scenario is read again when any of its files has changed, or one comes that is found before them."""
    path = folder(child="version: 1\nname: child\nextends: starter")

    def about():
        return loader.find("child", [path], prefixes=prefixes).about

    shipped = about()
    assert loader.find("child", [path], prefixes=prefixes) is loader.find("child", [path], prefixes=prefixes)
    folder(starter="version: 1\nname: mine\nextends: parent")
    assert "What it is about." == about()
    folder(parent="version: 1\nname: parent\nabout: Another text.")
    assert "Another text." == about()
    (path / "starter.yaml").unlink()
    assert shipped == about()
