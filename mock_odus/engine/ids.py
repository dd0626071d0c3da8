"""Ids: a prefix and a KSUID, 27 base-62 characters that sort by time.

The first six are the sandbox's clock, the others follow from the seed, the prefix and an ordinal: the third payment
made at a given time has the same id in every run, whatever else was made before it.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

EPOCH = 1_400_000_000
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LENGTH = 27
_DRAWN = 21
_LEFT = 62**_DRAWN
_MOST = (1 << 8 * _DRAWN) - 1
_DIGITS = bytes(ord(ALPHABET[byte % 62]) for byte in range(256))


def ksuid(seconds: int, seed: int, name: str, ordinal: int) -> str:
    """The KSUID of a Unix time in seconds; it can be decoded to that time."""
    drawn = _step(seed, name) * (2 * ordinal + 1) & _MOST
    return _time(seconds) + _spelled(drawn.to_bytes(_DRAWN))


def named(prefix: str, kind: str, name: str) -> str:
    """The id of a record that a scenario names: the same in every run, sandbox and start time, so it has no time."""
    return f"{prefix}_{_time(EPOCH)}{_spelled(_hash(f'{kind}/{name}'))}"


@lru_cache(maxsize=1024)
def _step(seed: int, name: str) -> int:
    """What lies between the numbers that two ids of a kind are spelled from: a hash for each would cost twice as much.

    Being odd, it leads to no number twice.
    """
    return int.from_bytes(_hash(f"{seed}/{name}")) | 1


def _hash(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=_DRAWN).digest()


def _spelled(number: bytes) -> str:
    return number.translate(_DIGITS).decode()


@lru_cache(maxsize=1024)
def _time(seconds: int) -> str:
    """The six characters that say a time: a KSUID is a number of 160 bits, the upper 32 of them the time.

    Rounded up, and 62 ** 21 being less than an eighth of 2 ** 128, whatever is drawn after them leaves the time alone.
    """
    number = -(-((seconds - EPOCH) % (1 << 32) << 128) // _LEFT)
    characters = ""
    for _ in range(LENGTH - _DRAWN):
        number, digit = divmod(number, 62)
        characters = ALPHABET[digit] + characters
    return characters
