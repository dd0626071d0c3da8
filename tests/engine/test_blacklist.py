"""The blacklist: emails in whatever case, each at most once."""

import pytest

from mock_odus.engine import blacklist, invariants
from mock_odus.engine.bodies import CreateBlacklistEntry
from mock_odus.engine.errors import Invalid
from mock_odus.engine.records import BlacklistEntry

EMAIL = "Jane.Doe@Example.com"


def entry(email=EMAIL, **fields):
    return CreateBlacklistEntry(email=email, **fields)


@pytest.mark.parametrize("email", [EMAIL, EMAIL.lower(), EMAIL.upper()])
def test_case_makes_no_difference(world, email):
    """An email is held in every case, and no other one is."""
    assert not blacklist.holds(world, email)
    blacklist.create(world, entry())

    assert blacklist.holds(world, email)
    assert not blacklist.holds(world, f"x{email}")
    assert not blacklist.holds(world, email.partition("@")[0])


def test_an_entry_keeps_what_was_given(world):
    """The email in lower case, reason and metadata as they are, and an id of its own kind."""
    made = blacklist.create(world, entry(reason="Fraud", metadata={"case": "A-1", "none": ""}))

    assert ("jane.doe@example.com", "Fraud", {"case": "A-1"}) == (made.email, made.reason, made.metadata)
    assert (world.now, "blk") == (made.created_at, made.id.partition("_")[0])
    assert made == world.get(BlacklistEntry, made.id)
    assert "blk_mine" == blacklist.create(world, entry("joe@example.com"), id="blk_mine").id


@pytest.mark.parametrize("email", [EMAIL, EMAIL.lower(), EMAIL.upper()])
def test_an_email_is_listed_once(world, email):
    """A second entry is refused in whatever case, and names the first."""
    first = blacklist.create(world, entry())
    before = world.digest()

    with pytest.raises(Invalid, match=f"email must not be on the blacklist already, .* {first.id}"):
        blacklist.create(world, entry(email))
    assert before == world.digest()


def test_too_much_metadata_lists_nobody(world):
    """A refused entry blocks nobody."""
    with pytest.raises(Invalid, match="metadata must have at most 50 pairs"):
        blacklist.create(world, entry(metadata={f"k{number}": "v" for number in range(51)}))
    assert not blacklist.holds(world, EMAIL)


def test_adding_twice_is_adding_once(world):
    """What the engine itself adds may be there already: the entry stays as it is."""
    first = blacklist.create(world, entry(reason="Fraud"))

    assert first == blacklist.add(world, EMAIL.upper())
    second = blacklist.add(world, "Joe@example.com")
    assert second == blacklist.add(world, "joe@EXAMPLE.com")
    assert [first, second] == list(world.table(BlacklistEntry).values())


def test_deleting_frees_the_email(world):
    """It may then be listed again."""
    first = blacklist.create(world, entry())

    assert first == blacklist.delete(world, first)
    assert not blacklist.holds(world, EMAIL)
    assert first.id != blacklist.create(world, entry()).id


def test_it_is_told_to_nobody(world):
    """Entries are no subject of events."""
    mark = len(world.log)
    blacklist.delete(world, blacklist.create(world, entry()))
    blacklist.add(world, EMAIL)

    assert mark == len(world.log)


def test_it_is_restored_with_its_world(world):
    """A snapshot holds the list as it was, and a fork has one of its own."""
    made = blacklist.create(world, entry())
    saved, twin = world.snapshot(), world.fork()
    blacklist.delete(world, made)
    blacklist.add(world, "joe@example.com")
    world.restore(saved)

    assert (True, False) == (blacklist.holds(world, EMAIL), blacklist.holds(world, "joe@example.com"))
    blacklist.delete(twin, made)
    assert (True, False) == (blacklist.holds(world, EMAIL), blacklist.holds(twin, EMAIL))
    invariants.check(world)
    invariants.check(twin)
    assert 1 == world.counts["blacklistEntries"]
