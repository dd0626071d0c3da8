"""What a good scenario file becomes."""

from __future__ import annotations

import json

import msgspec
import pytest

from mock_odus.engine import ids
from mock_odus.engine.gateways import Answer, Approved, Challenged, Declined, FailsLater, TimedOut, Unreachable
from mock_odus.engine.periods import Duration
from mock_odus.scripting import loader, rules
from mock_odus.scripting.language import Clock, Condition, ScenarioError, Span

HEAD = "version: 1\nname: x\n"
AUTHORIZE = Condition("operation", values=("authorize",))
WORLD = """\
world:
  gatewayProfiles:
    stripe_eu: {integration: stripe}
    adyen_us: {integration: adyen, title: US, id: gwp_mine}
  cascades:
    main: {algorithm: priority_queue, rules: [{gatewayProfile: stripe_eu, position: 1}]}
  merchantConfig:
    paymentMethodOptions:
      card: {mode: gatewayProfile, gatewayProfile: gwp_mine}
      paypal: {mode: gatewayProfile, gatewayProfile: stripe_eu}
      applePay: {mode: cascade, cascade: main}
  customers: {jane: {phoneNumber: +15559876543}, joe: }
  paymentMethods: {visa: {customer: jane, card: {number: 4242 4242 4242 4242, expMonth: 01}}}
  blacklist: {fraud: {email: Bad@example.com}}
"""


@pytest.fixture
def conditions(read):
    """The conditions of a `when` whose rule has them only."""

    def told(when: str) -> tuple[Condition, ...]:
        (rule,) = read(f"{HEAD}{WORLD}rules: [{{then: unreachable, when: {when}}}]").rules
        return rule.when

    return told


@pytest.fixture
def answers(read):
    """The answers of a `then`."""
    return lambda then, when="{}": read(f"{HEAD}rules: [{{name: r, when: {when}, then: {then}}}]").rules[0].then


def test_the_head(read):
    """Name, about, seed and clock are as written; the start is an instant in Odus's form."""
    scenario = read(f"{HEAD}about: NO\nseed: 7\nclock: {{start: 2026-01-31T10:00:00+01:00, mode: frozen}}")
    assert ("x", "NO", 7) == (scenario.name, scenario.about, scenario.seed)
    assert Clock(start="2026-01-31T09:00:00.000Z", mode="frozen") == scenario.clock
    assert "2026-01-31T09:00:00.000Z" == scenario.clock_start


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{mode: ticking}", Clock(mode="ticking")),
        ("{mode: ticking, rate: 60}", Clock(mode="ticking", rate=60)),
        ("{rate: 0.5}", Clock(mode="ticking", rate=0.5)),
        ("{start: 2026-01-31}", Clock(start="2026-01-31T00:00:00.000Z")),
    ],
)
def test_how_the_clock_runs(read, written, expected):
    """What is not said of it stays as the sandbox has it; a rate is that of a clock that ticks."""
    assert expected == read(f"{HEAD}clock: {written}").clock


def test_what_is_left_out(read):
    """A scenario may say nothing but its name."""
    scenario = read(HEAD)
    assert (None, None, None, (), {}) == (
        scenario.about,
        scenario.seed,
        scenario.clock_start,
        scenario.rules,
        scenario.ids,
    )


def test_names_become_ids(read):
    """An id comes from its kind and name alone, unless the file gives it; references take both."""
    scenario = read(HEAD + WORLD)
    stripe = ids.named("gwp", "gatewayProfile", "stripe_eu")
    jane = ids.named("cus", "customer", "jane")
    assert {"stripe_eu": stripe, "adyen_us": "gwp_mine"} == scenario.ids["gatewayProfiles"]
    assert {"jane": jane, "joe": ids.named("cus", "customer", "joe")} == scenario.ids["customers"]
    assert stripe == scenario.world.cascades["main"].rules[0].gateway_profile
    assert jane == scenario.world.payment_methods["visa"].customer
    options = scenario.world.merchant_config.payment_method_options
    assert ("gwp_mine", stripe) == (options.card.gateway_profile, options.paypal.gateway_profile)
    assert scenario.ids["cascades"]["main"] == options.apple_pay.cascade
    assert scenario.ids["blacklist"]["fraud"] == scenario.world.blacklist["fraud"].id


def test_what_is_filled_in(read):
    """Titles, names and emails come from the key, the rest from defaults."""
    world = read(HEAD + WORLD).world
    assert ("stripe_eu", "test") == (
        world.gateway_profiles["stripe_eu"].title,
        world.gateway_profiles["stripe_eu"].environment,
    )
    assert ("US", "main") == (world.gateway_profiles["adyen_us"].title, world.cascades["main"].title)
    assert ("jane", "jane@example.com", "+15559876543") == (
        world.customers["jane"].name,
        world.customers["jane"].email,
        world.customers["jane"].phone_number,
    )
    assert "joe@example.com" == world.customers["joe"].email
    card = world.payment_methods["visa"].card
    assert ("01", None, "100") == (card.exp_month, card.exp_year, card.cvv)


def test_json_is_the_same(read, prefixes):
    """A document in JSON loads as the same in YAML."""
    document = {
        "version": 1,
        "name": "x",
        "rules": [{"when": {"amount": 5}, "then": ["approve", {"decline": "lost_card"}]}],
    }
    yaml = HEAD + "rules:\n- when: {amount: 5}\n  then: [approve, {decline: lost_card}]"
    assert read(yaml) == read(json.dumps(document)) == read(json.dumps(document, indent=2))


def test_a_scenario_can_be_encoded(read):
    """Everything in it is plain, so that a world can store and hash it, and no card number is in the rules."""
    scenario = read(HEAD + WORLD + "rules: [{when: {card.number: '4*'}, then: challenge}]")
    assert b"stripe/4242" in msgspec.json.encode(scenario.rules)
    assert b"4242424242424242" not in msgspec.json.encode(scenario.rules)
    assert hash(scenario.rules)


def test_unnamed_rules(read):
    """A rule without a name is called by its position."""
    scenario = read(HEAD + "rules: [{then: approve}, {name: b, then: approve}, {then: approve}]")
    assert ["rules[0]", "b", "rules[2]"] == [rule.name for rule in scenario.rules]
    assert ["rules[0]", "b", "rules[2]"] == [rule.then[0].rule for rule in scenario.rules]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("{amount: 5}", Condition("amount", values=(5,))),
        ("{amount: '5'}", Condition("amount", values=(5,))),
        (
            "{amount: [1, 3..5, {gt: 9, ne: 11}]}",
            Condition("amount", (1,), (), (Span(gte=3, lte=5), Span(gt=9, ne=11))),
        ),
        ("{currency: [USD, eur]}", Condition("currency", values=("usd", "eur"))),
        (
            "{customer.email: ['*@x.example', a@b.example]}",
            Condition("customer.email", ("a@b.example",), ("*@x.example",)),
        ),
        ("{customer.email: {ne: a@b.example}}", Condition("customer.email", spans=(Span(ne="a@b.example"),))),
        ("{metadata.orderId: 01234}", Condition("metadata.orderId", values=("01234",))),
        ("{customer.metadata.NO: NO}", Condition("customer.metadata.NO", values=("NO",))),
        ("{method: applepay}", Condition("method", values=("applePay",))),
        ("{method: '*P*'}", Condition("method", values=("paypal", "applePay"))),
        ("{gateway: gwp_mine}", Condition("gateway", values=("gwp_mine",))),
        ("{gateway: '*_us'}", Condition("gateway", values=("gwp_mine",))),
        ("{gateway: {ne: adyen_us}}", Condition("gateway", spans=(Span(ne="gwp_mine"),))),
        ("{card.number: 4242 4242 4242 4242}", Condition("card.number", values=("stripe/4242",))),
        ("{card.number: '3714*'}", Condition("card.number", values=("adyen/8431",))),
        ("{card.number: {ne: 371449635398431}}", Condition("card.number", spans=(Span(ne="adyen/8431"),))),
        ("{card.last4: 0002}", Condition("card.last4", values=("0002",))),
        ("{card.number: stripe/4242}", Condition("card.number", values=("stripe/4242",))),
        ("{card.country: [de, US]}", Condition("card.country", values=("DE", "US"))),
        ("{payment: pay_abc}", Condition("payment", values=("pay_abc",))),
        ("{try: 2..3}", Condition("try", spans=(Span(gte=2, lte=3),))),
        ("{operation: [refund, VOID]}", Condition("operation", values=("refund", "void"))),
    ],
)
def test_conditions(conditions, when, expected):
    """Each way of writing a value becomes data."""
    assert (expected,) == conditions(when)


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("approve", Answer(Approved())),
        ("insufficient_funds", Answer(Declined("insufficient_funds"))),
        ("soft_decline", Answer(Declined("generic_soft_decline"))),
        ("hard_decline", Answer(Declined("generic_hard_decline"))),
        ("{decline: hard_decline}", Answer(Declined("generic_hard_decline"))),
        ("{decline: lost_card, latency: 2 seconds}", Answer(Declined("lost_card"), latency_ms=2000)),
        (
            "{decline: {code: lost_card, type: soft_decline, processorCode: 05, processorMessage: NO}}",
            Answer(Declined("lost_card", "soft_decline", "05", "NO")),
        ),
        ("{approve: , latency: 90 ms}", Answer(Approved(), latency_ms=90)),
        ('{"challenge": null, "latency": "1 s"}', Answer(Challenged(), latency_ms=1000)),
        ("{lost_card: {}, latency: PT1M}", Answer(Declined("lost_card"), latency_ms=60_000)),
        ("unreachable", Answer(Unreachable())),
        ("timeout", Answer(TimedOut())),
        ("{timeout: {after: 30 seconds}}", Answer(TimedOut(), latency_ms=30_000)),
        ("{timeout: , latency: 30 seconds}", Answer(TimedOut(), latency_ms=30_000)),
        ("{timeout: {charged: true}}", Answer(TimedOut(charged=True))),
        ("{timeout: {charged: false, after: 1 s}}", Answer(TimedOut(), latency_ms=1000)),
        ("{error: 503}", Answer(Unreachable(503))),
        ("{error: '400', latency: 1 s}", Answer(Unreachable(400), latency_ms=1000)),
        ("frictionless", Answer(Approved(frictionless=True))),
        ("{frictionless: , latency: 1 s}", Answer(Approved(frictionless=True), latency_ms=1000)),
        ("{approve: {forgotten: true}}", Answer(Approved(forgotten=True))),
        ("{approve: {forgotten: false}}", Answer(Approved())),
        ("{approve: {chargeback: {after: 1 month 20 days}}}", Answer(Approved(chargeback_after=Duration(1, 20)))),
        (
            "{approve: {chargeback: {after: P1D}, forgotten: true}, latency: 1 s}",
            Answer(Approved(forgotten=True, chargeback_after=Duration(days=1)), latency_ms=1000),
        ),
        ("challenge", Answer(Challenged())),
        ("{challenge: {}}", Answer(Challenged())),
        (
            "{challenge: {answer: failed, after: 1 day, then: {decline: lost_card}}}",
            Answer(Challenged("failed", 86_400_000, Declined("lost_card"))),
        ),
        ("{challenge: {then: timeout}}", Answer(Challenged(then=TimedOut()))),
        ("{challenge: {then: {timeout: {charged: true}}}}", Answer(Challenged(then=TimedOut(charged=True)))),
        (
            "{challenge: {answer: passed, then: {approve: {chargeback: {after: 1 day}}}}}",
            Answer(Challenged("passed", then=Approved(chargeback_after=Duration(days=1)))),
        ),
    ],
)
def test_outcomes(answers, then, expected):
    """Each way of writing an outcome becomes the answer of a gateway that bears the rule's name."""
    assert (msgspec.structs.replace(expected, rule="r"),) == answers(then)


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("{fail_later: {after: 2 days}}", FailsLater(Duration(days=2))),
        ("{fail_later: {after: 1 month, code: lost_card}}", FailsLater(Duration(months=1), "lost_card")),
        ("{fail_later: {after: 1 s, code: soft_decline}}", FailsLater(Duration(0, 0, 1000), "generic_soft_decline")),
    ],
)
@pytest.mark.parametrize("operation", ["refund", "void", "[refund, void]"])
def test_what_fails_later(answers, then, expected, operation):
    """A refund or a void may fail later, with an error code of its own."""
    assert (Answer(expected, "r"),) == answers(then, f"{{operation: {operation}}}")


@pytest.mark.parametrize(
    ("then", "operations"),
    [
        ("unreachable", None),
        ("{error: 503}", None),
        ("[unreachable, {timeout: {after: 1 s}}, {error: 500}]", None),
        ("{timeout: {charged: true}}", ("authorize", "capture", "refund")),
        ("[unreachable, {timeout: {charged: true}}]", ("authorize", "capture", "refund")),
        ("approve", ("authorize",)),
        ("[unreachable, approve]", ("authorize",)),
        ("[{timeout: {charged: true}}, approve]", ("authorize",)),
        ("{challenge: {then: unreachable}}", ("authorize",)),
        ("{challenge: {then: {timeout: {charged: true}}}}", ("authorize",)),
    ],
)
def test_without_an_operation(read, then, operations):
    """A rule speaks of authorizing, but a gateway that is down is down for everything that can be so."""
    (rule,) = read(f"{HEAD}rules: [{{then: {then}}}]").rules
    assert (() if operations is None else (Condition("operation", values=operations),)) == rule.when


@pytest.mark.parametrize(
    ("text", "expected"), [("30%", 30.0), ("12.5%", 12.5), ("0%", 0.0), ("100%", 100.0), ("'7%'", 7.0)]
)
def test_a_chance_is_a_percentage(read, text, expected):
    """A chance is kept in percent."""
    assert expected == read(f"{HEAD}rules: [{{then: approve, chance: {text}}}]").rules[0].chance


def test_nothing_is_said_by_null(read):
    """What JSON has to say with null is the same as leaving it out."""
    left_out = {"name": "r", "then": "approve"}
    null = dict.fromkeys(("when", "per", "times", "chance"))
    document = {"version": 1, "name": "x", "rules": [left_out]}
    assert read(json.dumps(document)) == read(json.dumps(document | {"rules": [left_out | null]}))


@pytest.mark.parametrize("word", ["test_cards", "approve", "fail"])
def test_unmatched(read, word):
    """What happens to a charge that no rule fits is the test cards' to say, unless the file says otherwise."""
    assert word == read(f"{HEAD}unmatched: {word}").unmatched
    assert "test_cards" == read(HEAD).unmatched


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "rules: [{then: {challenge: {answer: abandoned, after: 1 minute}}}]",
            "x.yaml:3:55: rules[0].then.challenge.after: must be left out: an abandoned challenge is never answered",
        ),
        (
            "rules: [{when: {card.number: stripe/4224}, then: approve}]",
            "x.yaml:3:30: rules[0].when.card.number: is not a known test number, found 'stripe/4224'; did you mean "
            "'stripe/4242'?",
        ),
        ("rules: [{when: {try: 0}, then: approve}]", "x.yaml:3:22: rules[0].when.try: counts from 1, found 0"),
        (
            "rules: [{when: {amount: {gt: 5, lte: 5}}, then: approve}]",
            "x.yaml:3:25: rules[0].when.amount: leaves no number, found gt: 5, lte: 5",
        ),
        (
            "rules: [{when: {card: {brand: visa, last4: 4242}}, then: approve}]",
            "x.yaml:3:17: rules[0].when.card: unknown condition 'card'; write card.brand and card.last4",
        ),
        (
            "rules: [{when: {customer: {email: a@b.example}}, then: approve}]",
            'x.yaml:3:28: rules[0].when.customer.email: must be one of ne, found "email"; write customer.email',
        ),
        (
            "rules: [{then: {timeout: 30 seconds}}]",
            'x.yaml:3:26: rules[0].then.timeout: must be an object such as {after: 30 seconds}, found "30 seconds"',
        ),
        (
            "rules: [{then: {approve: {chargeback: 20 days}}}]",
            "x.yaml:3:39: rules[0].then.approve.chargeback: must be an object such as {after: 20 days}, "
            'found "20 days"',
        ),
        (
            "rules: [{name: 'rules[1]', then: approve}, {then: approve}]",
            "x.yaml:3:44: rules[1].name: is the name of rules[0] already, found 'rules[1]'",
        ),
    ],
)
def test_what_would_be_passed_over_is_told(problems, text, expected):
    """What can have no meaning beside something else, or is no name, is a problem."""
    assert [expected] == problems(f"version: 1\nname: x\n{text}")


def test_a_thousand_names_are_not_all_told(problems):
    """Of many names those are listed that anybody reads; the nearest is found all the same."""
    world = f"world: {{customers: {{{', '.join(f'c{number}: ' for number in range(1000))}}}}}"
    first, second = problems(f"version: 1\nname: x\n{world}\nrules: [{{when: {{customer: [x, c5oo]}}, then: approve}}]")

    assert first.endswith(
        "unknown customer 'x'; known are " + ", ".join(f"c{number}" for number in range(30)) + " and 970 more"
    )
    assert second.endswith("unknown customer 'c5oo'; did you mean 'c5'?")


def test_an_id_that_is_null_is_as_none(read):
    """Nothing after `id:` leaves it to the name."""
    named, nulled = (read(f"version: 1\nname: x\nworld: {{customers: {{jane: {form}}}}}") for form in ("{}", "{id: }"))
    assert named.ids == nulled.ids


def test_cards_by_their_names(conditions):
    """A pattern fits the names of the table as it fits numbers."""
    (condition,) = conditions("{card.number: adyen/00*}")
    assert ("adyen/0018", "adyen/0004") == condition.values


def test_a_live_rule_knows_what_runs(world, read, prefixes):
    """A rule put on top uses the names of the running scenario and any id of its world."""
    scenario = read(HEAD + WORLD)
    rules.start(world, scenario.name, None, (), scenario.ids)
    config = world.merchant_config().id
    rule = loader.load_rule('{"when": {"gateway": "adyen_us"}, "then": "approve"}', world)
    assert (AUTHORIZE, Condition("gateway", values=("gwp_mine",))) == rule.when
    with pytest.raises(ScenarioError) as caught:
        loader.load_rule(f"when: {{gateway: {config}, customer: jan}}\nthen: [aprove]", world)
    expected = (
        f"rule:1:17: when.gateway: unknown gatewayProfile '{config}'; known are stripe_eu, adyen_us",
        f"rule:1:{17 + len(config) + 12}: when.customer: unknown customer 'jan'; did you mean 'jane'?",
        "rule:2:8: then[0]: unknown outcome 'aprove'; did you mean 'approve'?",
    )
    assert expected == caught.value.problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "rule:1:1: the document is empty"),
        ("approve", 'rule:1:1: must be an object, found "approve"'),
        ("{when: {}}", "rule:1:1: then: is required"),
    ],
)
def test_what_is_no_rule(world, text, expected):
    """A live rule that is none is refused."""
    with pytest.raises(ScenarioError) as caught:
        loader.load_rule(text, world)
    assert (expected,) == caught.value.problems


def test_finding_a_scenario(tmp_path, prefixes):
    """A name is looked for in the given folders and then among the shipped ones; a path is read as it is."""
    file = tmp_path / "starter.yaml"
    file.write_text("version: 1\nname: mine")
    assert "mine" == loader.find("starter", [tmp_path], prefixes=prefixes).name
    assert "starter" == loader.find("starter", prefixes=prefixes).name
    assert "mine" == loader.find(str(file), prefixes=prefixes).name


@pytest.mark.parametrize("name", ["my shop", "naïve", "v1.2", "-"])
def test_a_scenario_has_its_files_name(tmp_path, prefixes, name):
    """Whatever that may be; of several files of one name JSON is taken, then `.yaml`."""
    for suffix in (".yml", ".yaml", ".json"):
        (tmp_path / f"{name}{suffix}").write_text(f"{{version: 1, name: {suffix[1:]}}}")
        assert suffix[1:] == loader.find(name, [tmp_path], prefixes=prefixes).name
        assert tmp_path / f"{name}{suffix}" == loader.available([tmp_path])[name]


@pytest.mark.parametrize("name", ["", ".", "..", "../starter", ".starter", "a/b", "x" * 300, "a\0b", "\ud800"])
def test_no_scenario_has_such_a_name(tmp_path, prefixes, name):
    """It is unknown, as any other is that nobody has."""
    (tmp_path / ".starter.yaml").write_text("version: 1\nname: hidden")
    with pytest.raises(ScenarioError, match="unknown scenario"):
        loader.find(name, [tmp_path], prefixes=prefixes)


def test_an_unknown_scenario(prefixes):
    """A name that nobody has lists those that are there."""
    with pytest.raises(ScenarioError) as caught:
        loader.find("startr", prefixes=prefixes)
    known = ", ".join(loader.available())
    expected = f"startr: unknown scenario 'startr'; did you mean 'starter'?; known are {known}"
    assert (expected,) == caught.value.problems


def test_a_missing_file(prefixes, tmp_path):
    """A path that leads nowhere is the test author's mistake, told as such."""
    file = str(tmp_path / "none.yaml")
    with pytest.raises(ScenarioError) as caught:
        loader.find(file, prefixes=prefixes)
    assert (f"{file}: cannot be read: No such file or directory",) == caught.value.problems
