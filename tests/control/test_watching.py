"""`serve --watch`: the scenario is loaded again when one of its files changes, and a broken file changes nothing."""

from queue import Queue

import pytest

from mock_odus import assumptions
from mock_odus.app import Server, create_app
from mock_odus.sandbox import Sandbox, Settings
from mock_odus.watching import ScenarioFile

POLICIES = assumptions.load().for_engine()


class Desk:
    """Somebody who edits scenarios: `told` is what they read."""

    def __init__(self, folder, name="mine.yaml", **options):
        self.folder, self.told = folder, []
        self.write("base", "extends: starter")
        self.write("mine", "extends: base")
        where = name if name == "mine" else str(folder / name)
        self.file = ScenarioFile(where, [folder], POLICIES.prefixes, tell=self.told.append, **options)
        self.sandbox = Sandbox("x", "", "", Settings(scenario=self.file.read()), POLICIES)
        self.look()

    def write(self, name, text, title="mine"):
        (self.folder / f"{name}.yaml").write_text(f"version: 1\nname: {title}\n{text}\n", encoding="utf-8")

    def look(self):
        """Twice: a change is taken when it rests."""
        self.file.look(self.sandbox)
        self.file.look(self.sandbox)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_a_change_is_loaded(desk):
    """Once, into a new world at the time there is, and a reset keeps it."""
    desk.sandbox.world.forward("2026-03-01T00:00:00.000Z")
    before = desk.sandbox.world
    desk.write("mine", "extends: base", title="changed")
    desk.look()
    desk.look()
    desk.sandbox.reset()

    assert "changed" == desk.sandbox.scenario
    assert before is not desk.sandbox.world
    assert [f"{desk.folder}/mine.yaml has changed and was loaded again"] == desk.told


def test_nothing_is_loaded_without_a_change(desk):
    """However often it is looked."""
    before = desk.sandbox.world
    desk.look()

    assert (before, []) == (desk.sandbox.world, desk.told)


def test_a_file_that_is_being_written_is_left_alone(desk):
    """Until two looks find the same."""
    for half in ("ext", "extends: ba"):
        desk.write("mine", half)
        desk.file.look(desk.sandbox)
    assert [] == desk.told
    desk.write("mine", "extends: starter", title="whole")
    desk.look()

    assert "whole" == desk.sandbox.scenario


def test_what_it_extends_is_watched(desk):
    """Also a file that was not there before, and the one that a change has brought in."""
    desk.write("base", "extends: starter\nabout: new")
    desk.look()
    assert 1 == len(desk.told)
    desk.write("mine", "extends: further")
    desk.look()
    assert "mine.yaml:3:10: extends: unknown scenario 'further'" in desk.told[1]
    desk.write("further", "seed: 7", title="further")
    desk.look()

    assert (7, 3) == (desk.sandbox.world.seed, len(desk.told))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("rules: [{then: declin}]", "mine.yaml:3:16: rules[0].then: unknown outcome 'declin'; did you mean 'decline'?"),
        ("world: {merchantConfig: {timezone: Mars/X}}", "mine.yaml:3:36: world.merchantConfig.timezone: must be"),
    ],
)
def test_a_broken_file_changes_nothing(desk, text, problem):
    """Its problems are told once, with their places, and when it is mended it is loaded."""
    before = desk.sandbox.world
    desk.write("mine", text)
    desk.look()
    desk.look()
    (told,) = desk.told
    assert (before, True) == (desk.sandbox.world, problem in told)
    assert told.endswith("was not loaded: what ran before goes on")
    desk.write("mine", "seed: 7")
    desk.look()

    assert 7 == desk.sandbox.world.seed


def test_a_file_may_go_and_come_back(tmp_path):
    """A scenario that is known by its name as well."""
    desk = Desk(tmp_path, "mine")
    text = (tmp_path / "mine.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").unlink()
    desk.look()
    assert "unknown scenario 'mine'" in desk.told[0]
    (tmp_path / "mine.yaml").write_text(f"{text}seed: 7\n", encoding="utf-8")
    desk.look()

    assert 7 == desk.sandbox.world.seed


UNMEANT = "rules: [{name: all, then: approve}, {when: {amount: 5}, then: lost_card}]"
WARNING = "mine.yaml:3:37: warning: rules[1]: never decides: 'all' stands above it and takes every charge that it fits"


def test_warnings_are_told(desk):
    """It is loaded all the same."""
    desk.write("mine", UNMEANT, title="unmeant")
    desk.look()

    assert "unmeant" == desk.sandbox.scenario
    assert desk.told[0].endswith(WARNING)


def test_strict_refuses_a_warning(tmp_path):
    """As any other problem."""
    desk = Desk(tmp_path, strict=True)
    desk.write("mine", UNMEANT, title="unmeant")
    desk.look()

    assert "mine" == desk.sandbox.scenario
    assert WARNING in desk.told[0]


def test_a_change_before_the_server_serves_is_seen(tmp_path):
    """Files may change between loading and the begin of the loop; and whatever goes wrong, the next change is seen."""
    told = Queue()

    def tell(text):
        told.put(text)
        if told.qsize() == 1:
            raise BrokenPipeError("nobody reads")

    file = tmp_path / "mine.yaml"
    file.write_text("{version: 1, name: first}", encoding="utf-8")
    app = create_app(scenario=str(file), watch=True, tell=tell)
    file.write_text("{version: 1, name: second}", encoding="utf-8")
    server = Server(app)
    server.start()
    try:
        assert "was loaded again" in told.get(timeout=10)
        assert "second" == app.sandboxes.default.scenario
        (tmp_path / "new.yaml").write_text("{version: 1, name: the third}", encoding="utf-8")
        (tmp_path / "new.yaml").replace(file)  # at once: a file that is written may stand empty for a while
        assert "was loaded again" in told.get(timeout=10)
        assert "the third" == app.sandboxes.default.scenario
    finally:
        server.stop()
