"""The running scenario and its rules."""

import json
from pathlib import Path

import pytest

from mock_odus.app import Server, create_app

NOTHING: dict[str, object] = {"name": None, "about": None, "rules": 0, "unmatched": "test_cards", "world": {}}
SCENARIOS = Path(__file__).parents[2] / "scenarios"
YAML = {"Content-Type": "application/yaml"}
DOCUMENT = {
    "version": 1,
    "name": "mine",
    "about": "One gateway that is short of luck.",
    "world": {
        "gatewayProfiles": {"eu": {"integration": "stripe"}},
        "merchantConfig": {"paymentMethodOptions": {"card": {"mode": "gatewayProfile", "gatewayProfile": "eu"}}},
        "customers": {"ann": {"email": "ann@example.com"}},
    },
    "rules": [{"name": "no luck", "when": {"gateway": "eu"}, "then": "insufficient_funds"}],
}
TEXT = b"""
version: 1
name: mine
about: One gateway that is short of luck.
world:
  gatewayProfiles: {eu: {integration: stripe}}
  merchantConfig: {paymentMethodOptions: {card: {mode: gatewayProfile, gatewayProfile: eu}}}
  customers: {ann: {email: ann@example.com}}
rules:
  - {name: no luck, when: {gateway: eu}, then: insufficient_funds}
"""


def declined(payment):
    return [one["outcome"]["errorCode"] for one in payment["transactions"] if one["outcome"]["status"] == "failure"]


def test_the_running_scenario_is_shown(api, account):
    """Name, what it is about, how many rules, what becomes of other charges, and the ids of its records."""
    shown = api.get("/_mock/scenario").json

    assert {"name", "about", "rules", "unmatched", "world"} == shown.keys()
    assert ("starter", 0, "test_cards") == (shown["name"], shown["rules"], shown["unmatched"])
    assert api.ids == {name: id for kind in shown["world"].values() for name, id in kind.items()}
    assert NOTHING == account(scenario=None).get("/_mock/scenario").json


def test_a_scenario_is_loaded_by_name(api):
    """PUT with a name runs a shipped scenario in a new world."""
    api.payment()
    shown = api.put("/_mock/scenario", {"name": "cascade_failover"})

    assert (200, "cascade failover", 2) == (shown.status, shown.json["name"], shown.json["rules"])
    assert shown.json == api.get("/_mock/scenario").json
    assert [] == api.get("/payments").json["data"]
    assert "processor_unavailable" == api.paid()["transactions"][0]["outcome"]["errorCode"]


@pytest.mark.parametrize(
    ("raw", "headers"),
    [
        (json.dumps(DOCUMENT).encode(), {}),
        (TEXT, YAML),
        (TEXT, {"Content-Type": "text/plain"}),
        (b"\xef\xbb\xbf" + TEXT, YAML),
        (TEXT.replace(b"\n", b"\r\n"), YAML),
    ],
)
def test_a_scenario_is_loaded_as_a_document(api, raw, headers):
    """PUT takes a whole document, YAML or JSON, whatever its content type says."""
    shown = api.put("/_mock/scenario", raw=raw, headers=headers)

    assert 200 == shown.status, shown.text
    assert ("mine", 1, "One gateway that is short of luck.") == tuple(
        shown.json[key] for key in ("name", "rules", "about")
    )
    assert {"gatewayProfiles", "customers"} == shown.json["world"].keys()
    paid = api.paid()
    assert ["insufficient_funds"] == declined(paid)
    assert shown.json["world"]["gatewayProfiles"]["eu"] == paid["transactions"][0]["gatewayProfile"]


def test_loading_keeps_the_time(api):
    """A new scenario begins now, or when it says."""
    api.post("/_mock/clock/advance", {"by": "1 day"})
    api.put("/_mock/scenario", DOCUMENT)
    assert "2026-01-02T00:00:00.000Z" == api.get("/_mock/clock").json["now"]

    api.put("/_mock/scenario", DOCUMENT | {"clock": {"start": "2025-06-01T00:00:00Z"}})
    assert "2025-06-01T00:00:00.000Z" == api.get("/_mock/clock").json["now"]


def test_a_document_extends_a_shipped_scenario(api):
    """By its name; the merged world is made."""
    shown = api.put("/_mock/scenario", {"version": 1, "name": "x", "extends": "starter", "unmatched": "approve"})

    assert (200, "x", "approve") == (shown.status, shown.json["name"], shown.json["unmatched"])
    assert api.ids == {name: id for kind in shown.json["world"].values() for name, id in kind.items()}


def test_a_document_extends_those_of_the_server_s_folder(api, tmp_path):
    """What the server was started with is known by name, too."""
    (tmp_path / "mine.yaml").write_text("version: 1\nname: mine\nabout: Of the folder.\nextends: starter")
    server = Server(create_app(folders=[tmp_path]))
    server.start()
    try:
        shown = api.at(server.url).put("/_mock/scenario", {"version": 1, "name": "x", "extends": "mine"}).json
        assert ("Of the folder.", True) == (shown["about"], "jane" in shown["world"]["customers"])
    finally:
        server.stop()


@pytest.mark.parametrize("name", ["/etc/passwd", "../scenarios/starter", "starter.yaml", "mine"])
def test_a_document_extends_no_file(api, name):
    """Names are looked for, never paths of the server's machine."""
    answer = api.put("/_mock/scenario", {"version": 1, "name": "x", "extends": name})

    assert 400 == answer.status
    assert f"extends: unknown scenario '{name}'" in answer.problems[0]


def test_texts_may_come_along(api):
    """A document is sent with those that it extends and the server does not have; each problem names its text."""
    sent = {
        "document": "version: 1\nname: x\nextends: base",
        "extends": {"base": "version: 1\nname: base\nextends: starter\nabout: Sent along."},
    }
    shown = api.put("/_mock/scenario", sent)
    assert (200, "x", "Sent along.") == (shown.status, shown.json["name"], shown.json["about"])
    assert "jane" in shown.json["world"]["customers"]

    sent["extends"]["base"] += "\nsead: 1"
    assert ["base:5:1: sead: is not a known field; did you mean 'seed'?"] == api.put("/_mock/scenario", sent).problems


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"extends": {}, "document": None}, "document must be text"),
        ({"document": {}, "extends": {}}, "document must be text"),
        ({"document": "", "extends": {"a": 1}}, "extends.a must be text"),
        ({"document": "", "extends": {}, "extend": {}}, "extend is not a known field; did you mean 'extends'?"),
    ],
)
def test_texts_that_are_none_are_a_400(api, sent, problem):
    """The form in which texts are sent is checked like any body."""
    before = api.get("/_mock/digest").json
    answer = api.put("/_mock/scenario", sent)

    assert 400 == answer.status
    assert any(told.startswith(problem) for told in answer.problems), answer.problems
    assert before == api.get("/_mock/digest").json


def test_keep_world_keeps_the_records(api):
    """With keepWorld=true the rules are new, named records are added, and nothing is lost."""
    payment = api.payment()["id"]
    shown = api.put("/_mock/scenario?keepWorld=true", DOCUMENT)

    assert (200, "mine") == (shown.status, shown.json["name"])
    assert 200 == api.get(f"/payments/{payment}").status
    assert ["jane@example.com", "ann@example.com"] == [one["email"] for one in api.get("/customers").json["data"]]
    assert ["insufficient_funds"] == declined(api.paid())


def test_a_past_that_is_added_stands_before_what_was_there(api):
    """Lists are in the order of creation, whatever was made when."""
    late = api.payment()["id"]
    document = {"version": 1, "name": "past", "world": {"fake": {"payments": 3}}}
    assert 200 == api.put("/_mock/scenario?keepWorld=true", document).status

    for path in ("/payments", "/customers", "/transactions"):
        times = [one["createdAt"] for one in api.get(f"{path}?pageSize=100").json["data"]]
        assert times == sorted(times), path
    assert late == api.get("/payments?sortDirection=desc").json["data"][0]["id"]


def test_keep_world_twice_makes_nothing_twice(api):
    """Named records that exist already stay as they are."""
    api.put("/_mock/scenario?keepWorld=true", DOCUMENT)
    api.made(f"/customers/{api.get('/_mock/scenario').json['world']['customers']['ann']}", {"name": "Ann Lee"})
    api.put("/_mock/scenario?keepWorld=true", DOCUMENT)

    assert ["Jane Smith", "Ann Lee"] == [one["name"] for one in api.get("/customers").json["data"]]


def test_keep_world_is_true_or_false(api):
    """Any other word is a 400."""
    assert 400 == api.put("/_mock/scenario?keepWorld=yes", DOCUMENT).status
    assert 200 == api.put("/_mock/scenario?keepWorld=false", DOCUMENT).status


def test_a_misspelt_keep_world_costs_no_world(api):
    """A parameter that is not known is a 400 before anything is replaced."""
    payment = api.payment()["id"]
    answer = api.put("/_mock/scenario?keepworld=true", DOCUMENT)

    assert (400, ["keepworld is not a parameter here; did you mean 'keepWorld'?"]) == (answer.status, answer.problems)
    assert 200 == api.get(f"/payments/{payment}").status


def test_a_reset_makes_the_loaded_scenario_again(api):
    """Reset starts the scenario that runs now, not the first one."""
    api.put("/_mock/scenario", DOCUMENT)
    api.payment()
    api.post(f"/_mock/sandboxes/{api.name}/reset")

    assert "mine" == api.get("/_mock/scenario").json["name"]
    assert ["ann@example.com"] == [one["email"] for one in api.get("/customers").json["data"]]


def test_dropping_a_scenario_leaves_its_world(api):
    """DELETE answers what ran; the rules are gone, the records stay."""
    api.put("/_mock/scenario", DOCUMENT)
    dropped = api.delete("/_mock/scenario")

    assert (200, "mine", 1) == (dropped.status, dropped.json["name"], dropped.json["rules"])
    assert NOTHING == api.get("/_mock/scenario").json
    assert "succeeded" == api.paid()["status"]
    assert [] == api.get("/_mock/rules").json


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            b"version: 1\nname: x\nrules:\n  - then: insuficient_funds\n",
            ["scenario:4:11: rules[0].then: ", "did you mean 'insufficient_funds'?"],
        ),
        (b"version: 1\nname: x\nworlds: {}\n", ["scenario:3:1: worlds: is not a known field; did you mean 'world'?"]),
        (b"version: 2\nname: x\n", ["scenario:1:10: version"]),
        (b"name: x\n", ["scenario:1:1: version: is required"]),
        (
            b"version: 1\nname: x\nrules: [{when: {gateway: eu}, then: approve}]\n",
            ["scenario:3:26: rules[0].when.gateway"],
        ),
        (b"version: 1\nname: [\n", ["scenario:3:1: not YAML"]),
        (b"a: 1\na: 2\n", ["scenario:2:1: "]),
        (b"- 1\n", ["scenario:1:1: "]),
        (b"", ["scenario:1:1: version: is required"]),
    ],
)
def test_a_bad_document_tells_every_place(api, text, problems):
    """Each problem has line and column, what is wrong and the nearest word; nothing is loaded."""
    before = api.get("/_mock/digest").json
    answer = api.put("/_mock/scenario", raw=text, headers=YAML)

    assert 400 == answer.status
    for part in problems:
        assert any(part in problem for problem in answer.problems), answer.problems
    assert before == api.get("/_mock/digest").json


def test_all_problems_of_a_document_are_told(api):
    """Faults in the world and in the rules come in one answer, in the order of their lines."""
    world = b"world:\n  customers: {a: {emial: a@b.example}}\n"
    text = b"version: 1\nname: x\n" + world + b"rules:\n  - {then: nothing}\n  - {when: {x: 1}}\n"
    answer = api.put("/_mock/scenario", raw=text, headers=YAML)

    assert ["4", "6", "7", "7"] == [problem.split(":")[1] for problem in answer.problems]


def test_a_record_that_cannot_be_made_is_told_with_its_place(api):
    """What the engine refuses of a world names the record's line."""
    text = b"version: 1\nname: x\nworld:\n  merchantConfig: {timezone: Mars/Olympus}\n"
    answer = api.put("/_mock/scenario", raw=text, headers=YAML)

    assert 400 == answer.status
    assert answer.problems[0].startswith("scenario:4:30: world.merchantConfig.timezone: must be an IANA timezone")


@pytest.mark.parametrize("name", ["nothing", "../starter", "/etc/passwd", "starter.yaml", "scenarios/starter", "", "."])
def test_an_unknown_scenario_is_a_400(api, name):
    """Only names of scenarios are looked for, never files, and the known ones are told."""
    answer = api.put("/_mock/scenario", {"name": name})

    assert 400 == answer.status
    assert "root:" not in answer.text


def test_a_misspelt_scenario_is_told_the_nearest(api):
    """`startr` is answered with `starter`."""
    assert "did you mean 'starter'?" in api.put("/_mock/scenario", {"name": "startr"}).problems[0]


def test_a_rule_lies_on_top(api):
    """A posted rule is asked before all others, and the last one posted first."""
    api.put("/_mock/scenario", DOCUMENT)
    first = api.post("/_mock/rules", {"name": "first", "then": "fraud_suspected"})
    second = api.post("/_mock/rules", {"name": "second", "then": "lost_card", "times": 1})

    assert (201, 201) == (first.status, second.status)
    assert ["second", "first", "no luck"] == [rule["name"] for rule in api.get("/_mock/rules").json]
    assert ["lost_card", "fraud_suspected"] == [declined(api.paid())[0] for _ in range(2)]


def test_a_rule_counts_its_hits(api):
    """Each rule shows its id, its hits, and whether it is spent."""
    rule = api.made("/_mock/rules", {"name": "once", "then": "approve", "times": 1})
    assert (0, False) == (rule["hits"], rule["spent"])
    api.paid()
    api.paid()

    shown = api.get("/_mock/rules").json
    assert [rule | {"hits": 1, "spent": True}] == shown
    assert ["once", "test_cards"] == [one["rule"] for one in api.get("/_mock/journal/attempts").json["data"]]


def test_a_deleted_rule_decides_no_more(api):
    """DELETE answers the rule as it was, with its hits."""
    rule = api.made("/_mock/rules", {"name": "no", "when": {"amount": {"gte": 100}}, "then": "insufficient_funds"})
    api.paid()
    deleted = api.delete(f"/_mock/rules/{rule['id']}")

    assert (200, rule["id"], 2) == (deleted.status, deleted.json["id"], deleted.json["hits"])
    assert "succeeded" == api.paid()["status"]
    assert 404 == api.delete(f"/_mock/rules/{rule['id']}").status


def test_a_rule_is_shown_as_it_could_be_written(api):
    """With names in place of ids, and with instants where a window counted from the start."""
    written = {
        "name": "all of it",
        "when": {"operation": "authorize", "gateway": "stripe_eu", "amount": {"gte": 100}, "try": [1, 2]},
        "then": ["insufficient_funds", {"approve": {"chargeback": {"after": "20 days"}}}],
        "per": "customer",
        "times": 3,
        "chance": "12.5%",
    }
    rule = api.made("/_mock/rules", written)
    assert written | {"id": rule["id"], "hits": 0, "spent": False} == rule
    assert [rule] == api.get("/_mock/rules").json

    window = api.made("/_mock/rules", {"when": {"between": {"until": "+1 day"}}, "then": "unreachable"})
    assert {"between": {"until": "2026-01-02T00:00:00.000Z"}} == window["when"]
    assert (None, None, None) == (window["per"], window["times"], window["chance"])


def test_a_shown_rule_can_be_posted_again(api):
    """What is shown of a rule, but for its id and its hits, makes the same rule."""
    rule = api.made("/_mock/rules", {"when": {"card.number": "4242424242424242"}, "then": {"error": 503}})
    again = {key: value for key, value in rule.items() if key not in ("id", "name", "hits", "spent")}
    assert again.items() <= api.made("/_mock/rules", again).items()
    assert "4242424242424242" not in api.get("/_mock/rules").text


def test_a_rule_has_a_chance(api):
    """A live rule's chance falls as it does in a file, on some of the payments."""
    api.made("/_mock/rules", {"name": "half", "chance": "50%", "then": "insufficient_funds"})
    told = {bool(declined(api.paid())) for _ in range(20)}

    assert {True, False} == told


def test_an_unnamed_rule_is_called_by_its_id(api):
    """A rule without a name has one all the same, which the journal tells."""
    rule = api.made("/_mock/rules", {"then": "approve"})
    api.paid()

    assert rule["id"] == rule["name"]
    assert [rule["id"]] == [one["rule"] for one in api.get("/_mock/journal/attempts").json["data"]]


@pytest.mark.parametrize("raw", [b"then: insufficient_funds", b'{"then": "insufficient_funds"}'])
def test_a_rule_may_be_yaml_or_json(api, raw):
    """A rule is read like a scenario."""
    assert 201 == api.post("/_mock/rules", raw=raw, headers=YAML).status
    assert "insufficient_funds" == declined(api.paid())[0]


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({}, "then"),
        ({"then": "declin"}, "then: "),
        ({"when": {"gateway": "stripe_ue"}, "then": "approve"}, "did you mean 'stripe_eu'?"),
        ({"when": {"gatway": "stripe_eu"}, "then": "approve"}, "did you mean 'gateway'?"),
        ({"then": "approve", "tims": 1}, "did you mean 'times'?"),
        ({"then": "approve", "times": 0}, "times"),
        ({"then": "approve", "chance": 0.3}, "chance: must be a percentage"),
        ({"then": "challenge", "when": {"operation": "refund"}}, "challenge is for authorize only"),
        ({"then": {"fail_later": {"after": "2 days"}}}, "write `operation: refund`"),
        ({"then": "approve", "when": {"between": {"from": "+2 days", "until": "+1 day"}}}, "must lie before"),
        ([], ""),
    ],
)
def test_a_bad_rule_is_a_400(api, rule, problem):
    """A rule that cannot be is refused with its place, and no rule is added."""
    answer = api.post("/_mock/rules", raw=json.dumps(rule).encode())

    assert 400 == answer.status
    assert problem in " ".join(answer.problems)
    assert answer.problems[0].startswith("rule:1:")
    assert [] == api.get("/_mock/rules").json


def test_a_scenario_is_read_as_it_was_written(api):
    """The text of one that can be named; of another name the nearest is told."""
    shown = api.get("/_mock/scenarios/starter").json
    missed = api.get("/_mock/scenarios/startr")

    assert ("starter", (SCENARIOS / "starter.yaml").read_text()) == (shown["name"], shown["document"])
    assert shown["about"] == {one["name"]: one["about"] for one in api.get("/_mock/scenarios").json}["starter"]
    assert 404 == missed.status
    assert "no scenario is named 'startr'; did you mean 'starter'?" in missed.text
    for name in ("..%2Fpyproject", "x" * 300, "a%00b", "%2e", "%ff"):
        assert 404 == api.get(f"/_mock/scenarios/{name}").status, name


def test_a_document_is_checked_and_not_loaded(api):
    """Every problem has its place, a good document has none, and the world stays as it was."""
    before = api.get("/_mock/digest").json
    wrong = TEXT.replace(b"gateway: eu}, then: insufficient_funds", b"gateway: ue}, then: insufficent_funds")
    found = api.post("/_mock/scenario/check", raw=wrong, headers=YAML)

    assert 201 == found.status
    assert [("scenario", 10, 37), ("scenario", 10, 48)] == [
        (one["file"], one["line"], one["column"]) for one in found.json["problems"]
    ]
    assert "did you mean 'insufficient_funds'?" in found.json["problems"][1]["message"]
    assert {"problems": []} == api.post("/_mock/scenario/check", raw=TEXT, headers=YAML).json
    assert {"problems": []} == api.post("/_mock/scenario/check", DOCUMENT).json
    assert before == api.get("/_mock/digest").json


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (b"a: [", 2, "not YAML"),
        (
            b"version: 1\nname: x\nworld:\n  prices: {p: {product: prod_x, type: recurring, currency: usd}}\n",
            4,
            "prod_x",
        ),
        (b"version: 1\nname: x\nextends: startr\n", 3, "did you mean 'starter'?"),
    ],
)
def test_what_only_the_making_would_show_is_found_as_well(api, text, line, message):
    """YAML, the language, what is extended and the records themselves: all of it is looked at."""
    problems = api.post("/_mock/scenario/check", raw=text, headers=YAML).json["problems"]

    assert any(message in one["message"] for one in problems), problems
    assert line in [one["line"] for one in problems]


def test_a_check_makes_no_book_of_thousands(api):
    """Of made-up customers one is enough to see whether they can be made: the answer comes while somebody types."""
    text = TEXT.replace(b"  customers:", b"  fake: {customers: 10000, payments: 10000}\n  customers:")
    answer = api.post("/_mock/scenario/check", raw=text, headers=YAML)

    assert {"problems": []} == answer.json


def test_a_check_may_name_what_the_world_has(api):
    """With keepWorld a document may use the ids of the world that stays."""
    rule = {"version": 1, "name": "x", "rules": [{"when": {"customer": api.ids["jane"]}, "then": "approve"}]}

    assert [] == api.post("/_mock/scenario/check?keepWorld=true", rule).json["problems"]
    assert 1 == len(api.post("/_mock/scenario/check", rule).json["problems"])
    assert "keepWorld must be true or false" in api.post("/_mock/scenario/check?keepWorld=x", rule).text
