"""Which of the webhooks and requests that fit a fault it befalls. What was counted lies in the world's tables."""

from __future__ import annotations

from hashlib import blake2b

from mock_odus.engine.gateways import Mischief
from mock_odus.engine.records import Kept
from mock_odus.engine.world import World
from mock_odus.scripting.language import ApiFault, WebhookFault
from mock_odus.scripting.matching import like
from mock_odus.scripting.rules import running


class Seen(Kept, frozen=True):
    """How often a fault fitted, and how often it struck; its id is the fault's."""

    fitted: int = 0
    struck: int = 0


def mischief(world: World, event_type: str, subscriber: str) -> Mischief | None:
    """What the first fault does that strikes an event on its way; each that fits is counted until then."""
    now = running(world)
    for fault in now.webhooks if now else ():
        if _fits(fault, event_type, subscriber) and _strikes(world, fault):
            return fault.mischief
    return None


def trouble(world: World, method: str, path: str, key_kind: str | None) -> ApiFault | None:
    """The first fault that strikes a request of the API; each that fits is counted until then."""
    now = running(world)
    if now is None or not now.api:
        return None
    with world.verb():
        for fault in now.api:
            if _fits_request(fault, method, path, key_kind) and _strikes(world, fault):
                return fault
    return None


def seen(world: World, fault: ApiFault | WebhookFault) -> Seen:
    return world.find(Seen, fault.id) or Seen(fault.id)


def _fits(fault: WebhookFault, event_type: str, subscriber: str) -> bool:
    if fault.subscribers and subscriber not in fault.subscribers:
        return False
    return not fault.event_types or any(like(glob, event_type) for glob in fault.event_types)


def _fits_request(fault: ApiFault, method: str, path: str, key_kind: str | None) -> bool:
    if fault.methods and method not in fault.methods:
        return False
    if fault.key_kinds and key_kind not in fault.key_kinds:
        return False
    return not fault.paths or any(like(glob, path) for glob in fault.paths)


def _strikes(world: World, fault: ApiFault | WebhookFault) -> bool:
    """Counts one more that fits. A chance is a hash of seed, name and count: other faults change nothing about it."""
    before = seen(world, fault)
    fitted = before.fitted + 1
    is_struck = (
        (not fault.nth or fitted in fault.nth)
        and (fault.every is None or fitted % fault.every == 0)
        and (fault.times is None or before.struck < fault.times)
        and (fault.chance is None or _roll(world, fault.name, fitted) < fault.chance)
    )
    world.put(Seen(fault.id, fitted, before.struck + is_struck))
    return is_struck


def _roll(world: World, name: str, fitted: int) -> float:
    """From 0 to 100, the latter excluded."""
    drawn = blake2b(f"{world.seed}/{name}/{fitted}".encode(), digest_size=8).digest()
    return int.from_bytes(drawn) / 2**64 * 100
