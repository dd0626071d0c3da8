"""The gateways that a scenario scripts: the one adapter of `engine.gateways.Gateway`. It holds no state of its own."""

from __future__ import annotations

from msgspec.structs import replace

from mock_odus.engine.gateways import Answer, Approved, Charge, Declined, Mischief
from mock_odus.engine.world import World
from mock_odus.scripting import faults, loader, misses
from mock_odus.scripting.language import TEST_CARDS, TestCards
from mock_odus.scripting.matching import fits
from mock_odus.scripting.rules import Running, hit, is_lucky, running, turn

_YES = Answer(Approved())
_YES_TO_TEST_CARD = Answer(Approved(), rule=TEST_CARDS)


class ScriptedGateway:
    """Answers by the running rules, first match wins; else by the built-in table, or as the scenario says."""

    def __init__(self, table: TestCards | None = None) -> None:
        self.table = table or loader.test_cards()

    def test_card(self, number: str) -> str | None:
        """The name of a known test number (`stripe/4242`), or None."""
        return self.table.numbers.get(number)

    def answer(self, world: World, charge: Charge) -> Answer:
        """What the gateway says to a charge; counts it for the rule that decided."""
        now = running(world)
        for rule in now.rules if now else ():
            if fits(rule, charge) and is_lucky(world, rule, charge) and (number := turn(world, rule, charge)):
                hit(world, rule)
                return rule.then[min(number, len(rule.then)) - 1]
        if charge.operation != "authorize":
            return _YES
        if now is None or now.unmatched == TEST_CARDS:
            return self._by_table(charge)
        return _YES if now.unmatched == "approve" else _no_rule(world, now, charge)

    def _by_table(self, charge: Charge) -> Answer:
        card = charge.card.test_card if charge.card else None
        for rule in self.table.rules.get(card, ()):
            if fits(rule, charge):
                return rule.then[0]
        if card and charge.initiator == "merchant" and not charge.is_saved:
            # A card that was never challenged is asked for what the customer would be: the engine fails what takes one.
            return self._by_table(replace(charge, initiator="customer"))
        return _YES_TO_TEST_CARD if card else _YES  # what the table says is of the customer's own charges, such as 3DS

    def mischief(self, world: World, event_type: str, subscriber: str) -> Mischief | None:
        """What happens to an event on its way to a subscriber; None when it simply arrives."""
        return faults.mischief(world, event_type, subscriber)


def _no_rule(world: World, now: Running, charge: Charge) -> Answer:
    """The scenario wants a rule for each charge, so the try ends here, with the rules that came nearest."""
    near = [f"'{near.rule}'" for near in misses.note(world, now, charge).nearest]
    words = f"nearest: {', '.join(near)}" if near else "there is none"
    message = f"no rule of the scenario fits this charge; {words}. See /_mock/journal/misses"
    return Answer(Declined("generic_processor_error", processor_message=message, ends_try=True))
