"""`/users`: the merchant's team. A password is never answered (guides/dashboard/team-management)."""

from __future__ import annotations

from mock_odus.api.resource import Resource
from mock_odus.engine import users as engine
from mock_odus.engine.access import User
from mock_odus.engine.users import CreateUser, UpdateUser
from mock_odus.web.front import Caller

users = Resource(User, "/users", "USER")


@users.create(CreateUser)
def create(caller: Caller, body: CreateUser) -> User:
    """Makes a user, who can log in at once."""
    return engine.create(caller.world, body)


@users.update(UpdateUser)
def update(caller: Caller, user: User, body: UpdateUser) -> User:
    """Changes a user. A new role holds for sessions that are open, a new password ends them."""
    return engine.update(caller.world, user, body)


@users.delete
def delete(caller: Caller, user: User) -> User:
    """Deletes a user, whose sessions end at once."""
    return engine.delete(caller.world, user)
