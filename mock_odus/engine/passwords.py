"""Passwords: kept as a salted hash that is slow to guess from, never as they were typed."""

from __future__ import annotations

from hashlib import scrypt
from hmac import compare_digest

_COST = {"n": 2**10, "r": 8, "p": 1}  # some milliseconds: these are passwords of tests


def hashed(password: str, salt: str) -> str:
    """What is kept of a password: the salt, and a hash of both."""
    return f"{salt}${scrypt(password.encode(), salt=salt.encode(), dklen=32, **_COST).hex()}"


def fits(password: str, kept: str) -> bool:
    """Whether that is the password of which this was kept."""
    salt, _, _ = kept.partition("$")
    return compare_digest(hashed(password, salt), kept)
