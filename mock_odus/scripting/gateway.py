"""The gateways that a scenario scripts: the one adapter of `engine.gateways.Gateway`. It holds no state of its own."""

from __future__ import annotations

from mock_odus.engine.gateways import Answer, Approved, Charge
from mock_odus.engine.world import World
from mock_odus.scripting import loader
from mock_odus.scripting.language import TestCards
from mock_odus.scripting.matching import fits
from mock_odus.scripting.rules import hit, running, turn

_YES = Answer(Approved())
_YES_TO_TEST_CARD = Answer(Approved(), rule="test_cards")


class ScriptedGateway:
    """Answers by the running rules, first match wins; else by the table of test cards; else it approves."""

    def __init__(self, table: TestCards | None = None) -> None:
        self.table = table or loader.test_cards()

    def test_card(self, number: str) -> str | None:
        """The name of a known test number (`stripe/4242`), or None."""
        return self.table.numbers.get(number)

    def answer(self, world: World, charge: Charge) -> Answer:
        """What the gateway says to a charge; counts it for the rule that decided."""
        now = running(world)
        for rule in now.rules if now else ():
            if fits(rule, charge) and (number := turn(world, rule, charge)):
                hit(world, rule)
                return rule.then[min(number, len(rule.then)) - 1]
        return self._by_table(charge)

    def _by_table(self, charge: Charge) -> Answer:
        if charge.operation != "authorize" or charge.card is None or charge.card.test_card is None:
            return _YES
        for rule in self.table.rules.get(charge.card.test_card, ()):
            if fits(rule, charge):
                return rule.then[0]
        return _YES_TO_TEST_CARD  # what the table says of the customer's own charges only, such as 3DS
