"""Time: one job at a time, each at its own instant."""

import pytest

from mock_odus.engine import invariants
from mock_odus.engine.errors import Conflict
from mock_odus.engine.records import Job
from mock_odus.engine.scheduler import Scheduler
from mock_odus.engine.world import World

START = "2026-01-01T00:00:00.000Z"


def day(number):
    return f"2026-01-{number:02}T00:00:00.000Z"


@pytest.fixture
def ran():
    """What ran so far: (now, subject)."""
    return []


@pytest.fixture
def world(shop, ran):
    """A world whose one kind of job notes that it ran; the subject `again` schedules itself a day later."""

    def note(world, subject):
        ran.append((world.now, subject))
        if subject == "again" and world.now < day(4):
            world.schedule("note", "again", day(int(world.now[8:10]) + 1))
        if subject == "drops b":
            world.unschedule("note", "b")
        if subject == "breaks":
            world.count("broken")
            raise ZeroDivisionError

    return World(seed=1, now=START, policies=shop.world.policies, gateway=shop.gateway, jobs={"note": note})


def test_each_job_runs_at_its_own_time(world, ran):
    """The clock stands at a job's due time while it runs, and at the target in the end."""
    for subject, due in (("c", day(9)), ("a", day(2)), ("b", day(5))):
        world.schedule("note", subject, due)
    assert 3 == world.advance(day(20))
    assert [(day(2), "a"), (day(5), "b"), (day(9), "c")] == ran
    assert day(20) == world.now


def test_ties_run_in_the_order_of_scheduling(world, ran):
    """Jobs of one instant run in the order in which they were made."""
    for subject in ("z", "a", "m"):
        world.schedule("note", subject, day(2))
    world.advance(day(2))
    assert ["z", "a", "m"] == [subject for _, subject in ran]


def test_a_job_due_at_the_target_runs(world, ran):
    """Everything due at or before the target runs, nothing after it."""
    world.schedule("note", "at", day(2))
    world.schedule("note", "after", "2026-01-02T00:00:00.001Z")
    assert 1 == world.advance(day(2))
    assert [(day(2), "at")] == ran


def test_a_job_made_by_a_job_runs_in_the_same_advance(world, ran):
    """What a job schedules before the target runs at its own time, too."""
    world.schedule("note", "again", day(2))
    world.advance(day(30))
    assert [(day(2), "again"), (day(3), "again"), (day(4), "again")] == ran


def test_rescheduling_replaces(world, ran):
    """One live job for each kind and subject: the newer due time counts."""
    world.schedule("note", "a", day(2))
    world.schedule("note", "a", day(6))
    assert [day(6)] == [job.due for job in world.agenda()]
    world.advance(day(10))
    assert [(day(6), "a")] == ran


def test_a_stale_job_never_runs(world, ran):
    """Dropped before its time, by a test or by another job of the same instant: it does not run."""
    world.schedule("note", "gone", day(2))
    world.schedule("note", "drops b", day(3))
    world.schedule("note", "b", day(3))
    world.unschedule("note", "gone")
    world.advance(day(10))
    assert [(day(3), "drops b")] == ran


def test_looking_at_the_agenda_changes_nothing(world):
    """What gave way to another is not on it, and all that is runs in its order afterwards."""
    for subject, due in (("c", day(4)), ("a", day(2)), ("b", day(3)), ("a", day(5))):
        world.schedule("note", subject, due)
    world.unschedule("note", "b")

    assert [["c"], ["c", "a"], ["c", "a"]] == [[job.subject for job in world.agenda(count)] for count in (1, 2, 10)]
    assert ["c", "a"] == [job.subject for job in world.agenda()]
    assert (2, []) == (world.advance(day(6)), world.agenda())


def test_a_job_leaves_the_agenda_when_it_runs(world):
    """The agenda holds live jobs only, soonest first, and says in the log what ran."""
    world.schedule("note", "b", day(3))
    world.schedule("note", "a", day(2))
    assert ["a", "b"] == [job.subject for job in world.agenda()]
    assert ["a"] == [job.subject for job in world.agenda(1)]
    world.advance(day(2))
    assert ["b"] == [job.subject for job in world.agenda()]
    assert [("job", "note", "a", day(2))] == [(entry.kind, entry.name, entry.subject, entry.at) for entry in world.log]


def test_a_job_that_breaks_stays_due(world, ran):
    """A fault in a job surfaces; what it wrote is undone and the job is still there."""
    world.schedule("note", "breaks", day(2))
    with pytest.raises(ZeroDivisionError):
        world.advance(day(10))
    assert day(2) == world.now
    assert ["breaks"] == [job.subject for job in world.agenda()]
    assert [] == world.log
    invariants.check(world)


def test_backwards_is_refused(world):
    """The clock never goes back: Conflict, which names the way out, and nothing has changed."""
    world.advance(day(2))
    before = world.digest()
    with pytest.raises(Conflict, match=r"cannot go back to 2026-01-01T00:00:00\.000Z; restore a snapshot"):
        world.advance(START)
    assert before == world.digest()


def test_standing_still_is_allowed(world):
    """An advance to now runs nothing and is no error."""
    assert 0 == world.advance(START)
    assert START == world.now


def test_steps_and_leaps_end_alike(world, ran):
    """Day by day or in one go, the same jobs run at the same instants."""
    world.schedule("note", "again", day(2))
    twin = world.fork()
    world.advance(day(20))
    leap = list(ran)
    ran.clear()
    for number in range(2, 21):
        twin.advance(day(number))
    assert leap == ran
    assert world.digest() == twin.digest()


def test_the_heap_is_rebuilt_when_most_of_it_is_stale():
    """However often jobs are moved, the heap stays within twice the live ones and 64; the live ones still come."""
    live = {}
    scheduler = Scheduler(START, live)
    for sequence in range(1000):
        job = Job(id=f"note/{sequence % 3}", kind="note", subject=str(sequence % 3), due=day(2), sequence=sequence)
        live[job.id] = job
        scheduler.add(job)
    assert 65 >= len(scheduler.heap)
    assert 997 == scheduler.due(day(2)).sequence
    assert [997, 998, 999] == [job.sequence for job in scheduler.agenda(10)]


def test_seconds_follow_the_clock(world):
    """The same instant as Unix time, for ids."""
    world.advance("2026-01-01T00:00:01.999Z")
    assert 1_767_225_601 == world.seconds
