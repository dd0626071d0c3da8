"""Users, the merchant's team: what may be sent of them, and how they log in (guides/dashboard/team-management).

Whoever has logged in holds a session key. It does what the role may, as that is at the moment.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import asdict, replace

from mock_odus.engine import keys, metadata, passwords
from mock_odus.engine.access import Role, User
from mock_odus.engine.bodies import (
    Body,
    Email,
    Metadata,
    Text,
)
from mock_odus.engine.errors import Invalid, Unauthorized
from mock_odus.engine.world import World
from mock_odus.shapes import Hidden

_STRONG = r"^(?=[\s\S]*[a-z])(?=[\s\S]*[A-Z])(?=[\s\S]*[0-9])(?=[\s\S]*[^A-Za-z0-9\s])[\s\S]{8,200}\Z"

Password = Hidden[
    Annotated[
        str,
        Meta(
            pattern=_STRONG,
            description="a password of 8 to 200 characters, with an upper-case and a lower-case letter, a digit and "
            "a special character",
        ),
    ]
]
Username = Annotated[str, Meta(min_length=1, max_length=20)]


class CreateUser(Body, frozen=True):
    email: Email
    password: Password
    role: Role
    username: Username | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    metadata: Metadata | None = None

    def __repr__(self) -> str:
        return "CreateUser(…)"


class UpdateUser(Body, frozen=True):
    """A new `password` ends the user's sessions."""

    email: Email | UnsetType = UNSET
    password: Password | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    username: Username | None | UnsetType = UNSET
    first_name: Text | None | UnsetType = UNSET
    last_name: Text | None | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET

    __repr__ = CreateUser.__repr__


def create(world: World, body: CreateUser, *, id: str | None = None) -> User:
    """Invalid when the email is another user's."""
    with world.verb():
        _require_free(world, body.email)
        user = User(
            id=id or world.new_id("user"),
            created_at=world.now,
            updated_at=world.now,
            email=body.email.lower(),
            role=body.role,
            username=body.username,
            first_name=body.first_name,
            last_name=body.last_name,
            metadata=metadata.first(body.metadata),
            password_hash=_hashed(world, body.password),
        )
        return world.put(user)


def update(world: World, user: User, body: UpdateUser) -> User:
    """Changes the given fields only; a session that goes on has the new role. Invalid."""
    with world.verb():
        given = {name: value for name, value in asdict(body).items() if value is not UNSET}
        given["metadata"] = metadata.merge(user.metadata, body.metadata)
        if body.email is not UNSET:
            _require_free(world, body.email, user)
            given["email"] = body.email.lower()
        if body.password is not UNSET:
            given["password_hash"] = _hashed(world, given.pop("password"))
            keys.forget_values(world, user.id)
        changed = replace(user, **given)
        return world.update(user, changed)


def delete(world: World, user: User) -> User:
    """Their sessions end with them."""
    with world.verb():
        keys.forget_values(world, user.id)
        world.remove(User, user.id)
        return user


def log_in(world: World, email: str, password: str) -> tuple[User, str]:
    """The user, and the value of a new session key. Unauthorized, whichever of the two is wrong."""
    user = _by_email(world, email)
    if user is None or not passwords.fits(password, user.password_hash):
        raise Unauthorized("the email or the password is wrong")
    with world.verb():
        return user, keys.new_value(world, "sess", user.id)


def _hashed(world: World, password: str) -> str:
    return passwords.hashed(password, world.token("salt"))


def _by_email(world: World, email: str) -> User | None:
    found = world.related(User, "email", email.lower())
    return found[0] if found else None


def _require_free(world: World, email: str, user: User | None = None) -> None:
    found = _by_email(world, email)
    if found and found is not user:
        raise Invalid(f"email must not be that of another user, found '{found.email}' of {found.id}")
