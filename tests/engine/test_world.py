"""The only way to write: all or nothing, copied in one piece, told apart by a hash."""

import pytest
from msgspec.structs import replace

from mock_odus.engine import invariants
from mock_odus.engine.access import KeyValue
from mock_odus.engine.bodies import MethodOptions
from mock_odus.engine.errors import NotFound, Refused
from mock_odus.engine.gateways import Challenged
from mock_odus.engine.records import (
    Customer,
    GatewayProfile,
    Job,
    Payment,
    PaymentMethod,
    Transaction,
)


def everything(world):
    """All that an undo must put back, order included; jobs have theirs in their due time."""
    tables = {kind: list(table.items()) for kind, table in world._tables.items() if table and kind is not Job}
    indexes = {
        name: {value: list(ids) for value, ids in index.items() if ids} for name, index in world._indexes.items()
    }
    return {
        "tables": tables,
        "indexes": {name: index for name, index in indexes.items() if index},
        "log": list(world.log),
        "agenda": world.agenda(1000),
        "digest": world.digest(),
    }


def refuse(world, *steps):
    """Runs steps in a verb that is refused at its end."""

    def verb():
        with world.verb():
            for step in steps:
                step()
            raise Refused("no")

    with pytest.raises(Refused):
        verb()


def test_a_refused_verb_puts_everything_back(shop):
    """New, replaced and removed records, the log, jobs, counters and indexes are as they were, in their order."""
    world = shop.world
    waiting = shop.pay(Challenged())
    shop.pay()
    world.schedule("lapse_challenge", "pay_later", "2026-03-01T00:00:00.000Z")
    before = everything(world)

    refuse(
        world,
        lambda: shop.create(),
        lambda: world.put(replace(shop.customer, name="Other")),
        lambda: world.remove(Customer, shop.customer.id),
        lambda: world.remove(GatewayProfile, shop.gateways[1]),
        lambda: world.schedule("answer_challenge", waiting.id, "2026-01-01T00:00:01.000Z"),
        lambda: world.schedule("lapse_challenge", "pay_later", "2026-02-01T00:00:00.000Z"),
        lambda: world.unschedule("lapse_challenge", waiting.id),
        lambda: world.count("anything"),
        lambda: world.emit("customer.updated", shop.customer),
    )

    assert before == everything(world)
    invariants.check(world)


def test_an_undone_job_never_runs(shop):
    """A job from a refused verb leaves nothing on the agenda and nothing for the clock to run."""
    refuse(shop.world, lambda: shop.world.schedule("lapse_challenge", "x", "2026-01-02T00:00:00.000Z"))
    assert [] == shop.world.agenda()
    assert 0 == shop.world.advance("2026-01-03T00:00:00.000Z")


def test_a_job_dropped_by_a_refused_verb_still_runs(shop):
    """A job that a refused verb unscheduled is live again and runs at its time."""
    shop.pay(Challenged())
    due = shop.world.agenda()[0]
    refuse(shop.world, lambda: shop.world.unschedule(due.kind, due.subject))
    assert [due] == shop.world.agenda()
    assert 1 == shop.world.advance(due.due)


def test_a_job_moved_often_by_a_refused_verb_still_runs(shop):
    """However often a refused verb has moved a job, it runs at the time it had before."""
    shop.pay(Challenged())
    due = shop.world.agenda()[0]
    later = [f"2026-03-01T00:00:{second:02}.000Z" for second in range(60)]
    refuse(shop.world, lambda: [shop.world.schedule(due.kind, due.subject, time) for time in 3 * later])
    assert [due] == shop.world.agenda()
    assert 1 == shop.world.advance(due.due)


def test_a_refusal_inside_a_verb_leaves_the_outer_one_whole(shop):
    """What an inner verb wrote is undone alone; a later failure of the outer one still undoes all the rest."""
    world = shop.world
    before = everything(world)
    kept = []

    def inner():
        kept.append(shop.create())
        refuse(world, shop.create)
        assert kept == list(world.table(Payment).values())

    refuse(world, inner, shop.create)
    assert before == everything(world)


def test_a_broken_verb_puts_everything_back_too(shop):
    """An error that is no refusal undoes as well."""
    before = everything(shop.world)

    def verb():
        with shop.world.verb():
            shop.create()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        verb()
    assert before == everything(shop.world)


def test_an_undone_id_is_given_again(shop):
    """Ids do not depend on what was refused before."""
    twin = shop.world.fork()
    refuse(shop.world, lambda: shop.world.new_id("payment"))
    assert twin.new_id("payment") == shop.world.new_id("payment")


def test_a_removed_record_leaves_its_index(shop):
    """Neither the table nor a look-up by reference knows a record that was removed."""
    method = shop.world.get(PaymentMethod, shop.pay().payment_method)
    shop.world.remove(PaymentMethod, method.id)
    assert [] == shop.world.related(PaymentMethod, "customer", shop.customer.id)
    assert shop.world.find(PaymentMethod, method.id) is None


def test_related_records_come_in_creation_order(shop):
    """A look-up by reference answers in creation order, also after the first of them has changed."""
    payments = [shop.create() for _ in range(3)]
    shop.update(payments[0], metadata={"a": "b"})
    found = shop.world.related(Payment, "customer", shop.customer.id)
    assert [payment.id for payment in payments] == [payment.id for payment in found]


def test_records_without_the_reference_are_in_no_bucket(shop):
    """A guest's payment is not found by the absence of a customer."""
    shop.create(customer=None)
    assert [] == shop.world.related(Payment, "customer", None)


def test_get_names_what_is_missing(world):
    """An unknown id is NotFound, in words."""
    with pytest.raises(NotFound, match="no payment method with id 'pm_x'"):
        world.get(PaymentMethod, "pm_x")


def test_counts_name_the_resources(shop):
    """The counts speak of resources only, not of the engine's own records."""
    shop.create()
    expected = {"retryPolicies": 1, "merchantConfigs": 1, "gatewayProfiles": 3, "cascades": 1}
    expected |= {"customers": 1, "payments": 1}
    assert expected == shop.world.counts


def test_restore_brings_back_the_moment_of_the_snapshot(shop):
    """Records, log, clock, jobs and counters return; the same acts then lead to the same world."""
    world = shop.world
    shop.pay(Challenged())
    snapshot, before = world.snapshot(), everything(world)

    def act():
        shop.pay()
        world.advance("2026-02-01T00:00:00.000Z")
        shop.pay(Challenged())
        return everything(world)

    first = act()
    world.restore(snapshot)
    assert before == everything(world)
    assert first == act()
    world.restore(snapshot)
    assert before == everything(world)
    invariants.check(world)


def test_a_restored_world_has_the_seed_of_its_snapshot(shop, open_shop):
    """A snapshot brings its seed along: ids go on as they would have there."""
    other = open_shop(seed=8)
    other.world.restore(shop.world.snapshot())
    assert shop.world.digest() == other.world.digest()
    assert shop.world.new_id("payment") == other.world.new_id("payment")


def test_a_fork_goes_its_own_way(shop):
    """What happens in a fork is not seen in the original, nor the other way round."""
    waiting = shop.pay(Challenged())
    twin = shop.world.fork()
    before = everything(shop.world)
    assert before == everything(twin)

    twin.advance("2026-02-01T00:00:00.000Z")
    assert before == everything(shop.world)
    assert "open" == twin.get(Payment, waiting.id).status

    there = everything(twin)
    shop.finish(waiting, "passed")
    assert there == everything(twin)
    invariants.check(twin)


def test_equal_histories_have_equal_digests(shop, open_shop):
    """Two worlds with one seed and one history have one digest."""
    other = open_shop()
    for one in (shop, other):
        one.pay(Challenged())
        one.reverse(one.pay(), amount=10)
    assert shop.world.digest() == other.world.digest()


@pytest.mark.parametrize("seed", [-(2**63), -1, 0, 8, 2**63 - 1])
def test_another_seed_is_another_world(open_shop, seed):
    """The digest tells seeds apart."""
    assert open_shop().world.digest() != open_shop(seed=seed).world.digest()


def test_the_digest_sees_every_kind_of_change(shop):
    """A record, a counter, a job, an entry of the log and the clock each make another digest."""
    world = shop.world
    seen = [world.digest()]
    for change in (
        lambda: world.put(replace(shop.customer, name="Other")),
        lambda: world.count("anything"),
        lambda: world.schedule("lapse_challenge", "x", "2026-03-01T00:00:00.000Z"),
        lambda: world.unschedule("lapse_challenge", "x"),
        lambda: world.emit("customer.updated", shop.customer),
        lambda: world.forward("2026-01-01T00:00:00.001Z"),
    ):
        change()
        seen.append(world.digest())
    assert len(seen) == len(set(seen))


def test_the_digest_sees_the_order_of_records(shop):
    """Creation order is a part of the world: lists show it."""
    one, two = (shop.world.fork() for _ in range(2))
    first, second = replace(shop.customer, id="cus_1"), replace(shop.customer, id="cus_2")
    for record in (first, second):
        one.put(record)
    for record in (second, first):
        two.put(record)
    assert one.digest() != two.digest()


# --- What check sees


def _broken(shop, kind):
    world, payment = shop.world, shop.pay()
    match kind:
        case "more reversed than captured":
            world.put(replace(payment, amount_reversed=payment.amount_captured + 1))
        case "more captured than authorized":
            world.put(replace(payment, amount_authorized=1))
        case "more authorized than asked":
            world.put(replace(payment, amount=payment.amount - 1))
        case "a payment without its transaction":
            world.put(replace(payment, transactions=()))
        case "a transaction without its payment's knowledge":
            world.put(replace(payment.transactions[0], id="txn_x"))
        case "an action in the wrong status":
            world.put(replace(shop.pay(Challenged()), status="open"))
        case "waiting without an action":
            world.put(replace(payment, status="requires_action"))
        case "a job in the past":
            world.schedule("lapse_challenge", payment.id, "2025-12-31T23:59:59.999Z")
        case "a job nobody runs":
            world.schedule("dance", payment.id, "2026-02-01T00:00:00.000Z")
        case "a record under a foreign id":
            world.table(Payment)["pay_x"] = payment
        case "an index that has lost one":
            world._indexes[PaymentMethod, "customer"].clear()
        case "an index that knows a stranger":
            world._indexes[KeyValue, "key"] = {"key_x": ["x"]}
        case "a value that opens no key":
            world.put(KeyValue(id="x", key="key_x"))
        case "a log out of order":
            world.log.append(replace(world.log[-1], at="2025-01-01T00:00:00.000Z"))
        case "a log ahead of the clock":
            world.log.append(replace(world.log[-1], at="2026-01-01T00:00:00.001Z"))


@pytest.mark.parametrize(
    "kind",
    [
        "more reversed than captured",
        "more captured than authorized",
        "more authorized than asked",
        "a payment without its transaction",
        "a transaction without its payment's knowledge",
        "an action in the wrong status",
        "waiting without an action",
        "a job in the past",
        "a job nobody runs",
        "a record under a foreign id",
        "an index that has lost one",
        "an index that knows a stranger",
        "a value that opens no key",
        "a log out of order",
        "a log ahead of the clock",
    ],
)
def test_check_sees_a_broken_world(shop, kind):
    """Each invariant is broken by hand, and `check` says so."""
    invariants.check(shop.world)
    with shop.world.verb():
        _broken(shop, kind)
    with pytest.raises(AssertionError):
        invariants.check(shop.world)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"amount_captured": 4999}, "says other amounts than its transactions"),
        ({"amount_reversed": 1}, "says other amounts than its transactions"),
        ({"amount": 5001}, "amountAuthorized"),
        ({"is_authorized": False}, "isAuthorized"),
        ({"is_captured": False}, "isCaptured"),
        ({"is_fully_reversed": True}, "isFullyReversed"),
        ({"is_partially_reversed": True}, "isPartiallyReversed"),
        ({"is_chargebacked": True}, "chargebackRecordedAt"),
        ({"cancelled_at": "2026-01-01T00:00:00.000Z"}, "cancelledAt"),
        ({"cancellation_reason": "voided"}, "cancellationReason"),
        ({"capture_at": "2026-01-02T00:00:00.000Z"}, "capture_payment is not due"),
    ],
)
def test_check_sees_a_payment_that_contradicts_itself(shop, fields, words):
    """What a payment says of itself agrees with its status, its transactions and its jobs."""
    payment = shop.pay()
    with shop.world.verb():
        shop.world.put(replace(payment, **fields))
    with pytest.raises(AssertionError, match=words):
        invariants.check(shop.world)


@pytest.mark.parametrize("kind", ["lapse_authorization", "lapse_challenge", "capture_payment"])
def test_check_sees_what_is_due_for_nothing(shop, kind):
    """A payment that waits for nothing has no job of this kind."""
    payment = shop.pay()
    with shop.world.verb():
        shop.world.schedule(kind, payment.id, "2026-01-02T00:00:00.000Z")
    with pytest.raises(AssertionError, match=f"{kind} is due"):
        invariants.check(shop.world)


@pytest.mark.parametrize("kind", ["lapse_authorization", "lapse_challenge", "capture_payment"])
def test_check_sees_what_is_not_due(shop, kind):
    """A payment that waits has its job."""
    delayed = MethodOptions(capture_method="automaticDelayed", capture_delay=1)
    payment = shop.pay(Challenged()) if kind == "lapse_challenge" else shop.pay(payment_method_options=delayed)
    with shop.world.verb():
        shop.world.unschedule(kind, payment.id)
    with pytest.raises(AssertionError, match=f"{kind} is not due"):
        invariants.check(shop.world)


def test_check_sees_a_capture_at_another_time(shop):
    """`captureAt` is when its job is due."""
    delayed = MethodOptions(capture_method="automaticDelayed", capture_delay=1)
    payment = shop.pay(payment_method_options=delayed)
    with shop.world.verb():
        shop.world.schedule("capture_payment", payment.id, "2026-01-03T00:00:00.000Z")
    with pytest.raises(AssertionError, match="captureAt"):
        invariants.check(shop.world)


def test_check_sees_an_id_that_two_records_have(shop):
    """Ids are unique over all resources."""
    with shop.world.verb():
        shop.world.put(replace(shop.customer, id=shop.queue))
    with pytest.raises(AssertionError, match="two records have the same id"):
        invariants.check(shop.world)


def test_check_sees_an_index_out_of_order(shop):
    """Lists by a reference show the order of creation."""
    for _ in range(2):
        shop.create()
    shop.world._indexes[Payment, "customer"][shop.customer.id].reverse()
    with pytest.raises(AssertionError, match=r"index Payment\.customer is wrong"):
        invariants.check(shop.world)


def test_check_sees_a_verb_that_was_left_open(shop):
    """A write outside any verb could never be undone, and `check` says so."""
    shop.world.put(replace(shop.customer, name="Other"))
    with pytest.raises(AssertionError, match="a verb was left open"):
        invariants.check(shop.world)


def test_the_table_and_the_payment_hold_the_same_transactions(shop):
    """A payment carries the very objects of the transactions table."""
    payment = shop.pay()
    assert payment.transactions[0] is shop.world.get(Transaction, payment.transactions[0].id)
