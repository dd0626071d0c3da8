"""Ids: a prefix and a KSUID, 27 base-62 characters that sort by time.

The time part is the sandbox's clock, the rest a hash of the seed, the prefix and an ordinal: the third payment made at
a given time has the same id in every run, whatever else was made before it.
"""

from __future__ import annotations

from hashlib import blake2b

EPOCH = 1_400_000_000
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LENGTH = 27
_PAIRS = [a + b for a in ALPHABET for b in ALPHABET]


def ksuid(seconds: int, seed: int, name: str, ordinal: int) -> str:
    """The KSUID of a Unix time in seconds and a seeded payload of 16 bytes."""
    payload = blake2b(f"{seed}/{name}/{ordinal}".encode(), digest_size=16).digest()
    return _base62(((seconds - EPOCH) % (1 << 32)) << 128 | int.from_bytes(payload))


def named(prefix: str, kind: str, name: str) -> str:
    """The id of a record that a scenario names: the same in every run, sandbox and start time."""
    payload = blake2b(f"{kind}/{name}".encode(), digest_size=20).digest()
    return f"{prefix}_{_base62(int.from_bytes(payload))}"


def _base62(number: int) -> str:
    pairs = []
    for _ in range(14):  # two characters a step: 62 ** 28 holds 160 bits
        number, pair = divmod(number, 3844)
        pairs.append(_PAIRS[pair])
    return "".join(reversed(pairs))[1:]
