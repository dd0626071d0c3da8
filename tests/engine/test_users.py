"""Users and their sessions: who may log in, with what, and what ends it."""

import pytest
from msgspec.structs import replace

from mock_odus.engine import invariants, keys, passwords, users
from mock_odus.engine.access import KeyValue, User
from mock_odus.engine.errors import Invalid, Unauthorized
from mock_odus.engine.permissions import ALL, ROLES
from mock_odus.engine.users import CreateUser, UpdateUser

PASSWORD = "Str0ng#Pass"


def user(world, email="alice@example.com", **fields):
    return users.create(world, CreateUser(**({"email": email, "password": PASSWORD, "role": "developer"} | fields)))


def tail(value):
    return value.rpartition("_")[2]


def logged_in(world, email="alice@example.com", password=PASSWORD):
    """The end of the key of a new session."""
    return tail(users.log_in(world, email, password)[1])


def test_a_user_keeps_what_was_given(world):
    """The email in lower case, the rest as it is, and an id of its own kind."""
    made = user(world, "Alice@Example.com", username="alice", first_name="Alice", last_name="Smith", metadata={"a": ""})

    assert ("alice@example.com", "developer", {}) == (made.email, made.role, made.metadata)
    assert ("alice", "Alice", "Smith") == (made.username, made.first_name, made.last_name)
    assert (world.now, world.now, "usr") == (made.created_at, made.updated_at, made.id.partition("_")[0])
    assert made == world.get(User, made.id)


def test_a_password_is_kept_as_a_salted_hash(world):
    """Nowhere as it was typed; the same password of two users, and the same again of one, is kept otherwise."""
    alice, bob = user(world), user(world, "bob@example.com")
    again = users.update(world, alice, UpdateUser(password=PASSWORD))
    kept = [alice.password_hash, bob.password_hash, again.password_hash]

    assert 3 == len({one.partition("$")[0] for one in kept}) == len({one.partition("$")[2] for one in kept})
    assert PASSWORD not in repr((alice, bob, world.log, CreateUser("a@b.example", PASSWORD, "admin")))
    assert [True] * 3 == [passwords.fits(PASSWORD, one) for one in kept]
    assert [False] * 3 == [passwords.fits(wrong, kept[0]) for wrong in ("str0ng#Pass", PASSWORD + " ", "")]


def test_equal_histories_keep_equal_hashes(world):
    """The salt is derived as ids are, so a world can be repeated, passwords and all; another password shows."""
    twin = world.fork()
    first, second = user(world), user(twin)

    assert first == second
    assert world.digest() == twin.digest()
    users.update(world, first, UpdateUser(password="Other#Pass1"))
    users.update(twin, second, UpdateUser(password="Other#Pass2"))
    assert world.digest() != twin.digest()


@pytest.mark.parametrize("email", ["alice@example.com", "ALICE@example.com"])
def test_an_email_is_one_users(world, email):
    """In whatever case: neither a new user nor one that changes takes it, and the owner is named."""
    alice, bob = user(world), user(world, "bob@example.com")
    before = world.digest()

    for take in (lambda: user(world, email), lambda: users.update(world, bob, UpdateUser(email=email))):
        with pytest.raises(Invalid, match=f"email must not be that of another user, .* of {alice.id}"):
            take()
    assert before == world.digest()
    assert "alice@example.com" == users.update(world, alice, UpdateUser(email=email)).email


def test_an_update_changes_what_is_given(world):
    """The rest stays, null takes away, and what changes nothing leaves the record as it was."""
    alice = user(world, username="alice", first_name="Alice", metadata={"a": "1"})
    world.advance("2026-02-01T00:00:00.000Z")
    changed = users.update(world, alice, UpdateUser(username=None, last_name="Smith", metadata={"b": "2"}))

    wanted = {"username": None, "last_name": "Smith", "metadata": {"a": "1", "b": "2"}, "updated_at": world.now}
    assert replace(alice, **wanted) == changed
    assert changed is users.update(world, changed, UpdateUser(role="developer", last_name="Smith"))


@pytest.mark.parametrize("role", ROLES)
def test_a_session_is_found_by_its_key(world, role):
    """And leads to the user as they now are; a user may have several."""
    alice = user(world, role=role)
    first, second = logged_in(world), logged_in(world, "ALICE@example.com")

    assert first != second
    assert alice == keys.find(world, User, first) == keys.find(world, User, second)
    changed = users.update(world, alice, UpdateUser(role="supportAgent"))
    assert changed == keys.find(world, User, first)
    invariants.check(world)


@pytest.mark.parametrize(
    ("email", "password"), [("alice@example.com", "Wr0ng#Pass"), ("nobody@example.com", PASSWORD), ("", "")]
)
def test_a_wrong_pair_is_not_told_apart(world, email, password):
    """Whether the email or the password is wrong is not said, and no session begins."""
    user(world)
    before = world.digest()

    with pytest.raises(Unauthorized, match=r"\Athe email or the password is wrong\Z"):
        users.log_in(world, email, password)
    assert ([], before) == (list(world.table(KeyValue)), world.digest())


def test_sessions_end_with_the_password(world):
    """A new password ends all of them and is the one to log in with; other changes end none."""
    alice = user(world)
    ended, bobs = logged_in(world), (user(world, "bob@example.com"), logged_in(world, "bob@example.com"))[1]
    alice = users.update(world, alice, UpdateUser(role="admin", email="a@example.com"))
    assert alice == keys.find(world, User, ended)
    changed = users.update(world, alice, UpdateUser(password="Other#Pass1"))

    assert keys.find(world, User, ended) is None
    assert keys.find(world, User, bobs)
    assert changed == keys.find(world, User, logged_in(world, "a@example.com", "Other#Pass1"))
    with pytest.raises(Unauthorized):
        logged_in(world, "a@example.com")
    invariants.check(world)


def test_sessions_end_with_the_user(world):
    """Nobody is found by the key of a deleted user; the email is free again."""
    alice = user(world)
    ended = logged_in(world)
    assert alice == users.delete(world, alice)

    assert (None, 0) == (keys.find(world, User, ended), len(world.table(KeyValue)))
    assert alice.id != user(world).id
    assert keys.find(world, User, ended) is None
    invariants.check(world)


def test_a_refused_change_ends_no_session(world):
    """Too much metadata, and everything is as before, the open session too."""
    alice = user(world)
    session, before = logged_in(world), world.digest()

    pairs = {f"k{number}": "v" for number in range(51)}
    with pytest.raises(Invalid, match="metadata must have at most 50 pairs"):
        users.update(world, alice, UpdateUser(password="Other#Pass1", metadata=pairs))
    assert (alice, before) == (keys.find(world, User, session), world.digest())


def test_users_are_no_subject_of_events(world):
    """Nothing is told of them or their sessions."""
    before = list(world.log)
    alice = user(world)
    logged_in(world)
    users.delete(world, users.update(world, alice, UpdateUser(role="admin")))

    assert before == world.log


def test_the_roles_divide_the_permissions(world):
    """An admin has all of them, a developer all but those of users, a support agent reads three kinds of record."""
    assert set(ALL) == ROLES["admin"]
    assert {"USER_READ", "USER_CREATE", "USER_UPDATE", "USER_DELETE"} == ROLES["admin"] - ROLES["developer"]
    assert {"PAYMENT_READ", "CUSTOMER_READ", "SUBSCRIPTION_READ"} == ROLES["supportAgent"] & ROLES["developer"]
    assert ROLES["supportAgent"] < ROLES["developer"] < ROLES["admin"]
