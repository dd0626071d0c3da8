"""Who may call: the keys of an account, and the merchant's team (guides/dashboard/team-management)."""

from typing import Literal

from mock_odus.engine.records import Kept, Linked, Private, Updatable

KeyKind = Literal["secretKey", "publishableKey", "checkoutKey", "sessionKey"]


Role = Literal["admin", "developer", "supportAgent"]


class SecretKey(Updatable, frozen=True):
    """A server-side key. Only a digest of its value is kept; `value` shows the last four characters."""

    note: str | None
    permissions: tuple[str, ...]
    value: Linked[str]
    metadata: dict[str, str] = {}


class PublishableKey(Updatable, frozen=True):
    """A browser's key. It is no secret, so `value` is whole."""

    note: str | None
    value: Linked[str]
    metadata: dict[str, str] = {}


class KeyValue(Kept, frozen=True):
    """Which key a value belongs to; the id is a digest of the value. A rotated key gets another.

    A session key belongs to its user, who may have several.
    """

    key: str


class User(Updatable, frozen=True):
    """Somebody of the merchant's team. The email is kept in lower case, and of the password a salted hash."""

    email: str
    role: Role
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    metadata: dict[str, str] = {}
    password_hash: Private[str] = ""
