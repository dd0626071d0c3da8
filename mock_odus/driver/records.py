"""What the server answers, as a test reads it: records, pages of them, and the ids of what a scenario named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__tracebackhide__ = True


class UnknownName(KeyError):
    """A name no record of the running scenario bears, or one that two kinds of records share."""

    def __str__(self) -> str:
        return str(self.args[0])


class Record(dict[str, Any]):
    """A JSON object whose keys are also attributes: `payment.displayStatus`, `payment.transactions[0].outcome`.

    A key that every dict has as a method (`items`, `values`, …) is read as `payment.cart["items"]`.
    """

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            pass
        hint = "" if name.startswith("__") else nearest(camel(name), self)
        raise AttributeError(f"no '{name}' here{hint}", name=name, obj=None)


class Page(list[Record]):
    """Records of a list, oldest first, with the server's `pagination` of the last page read."""

    def __init__(self, records: Sequence[Record] = (), pagination: Record | None = None) -> None:
        super().__init__(records)
        self.pagination = Record() if pagination is None else pagination


class Attempts(Page):
    """Entries of the journal of attempts: one gateway, asked once.

    `gateways`: which were asked, by their name in the scenario, else their id. `outcomes`: `approve`, `challenge`
    (still waiting) or an error code. `declines`: the error codes alone.

    Example: `assert ["eu", "us"] == odus.attempts(payment=payment).gateways`
    """

    def __init__(self, entries: Sequence[Record], pagination: Record | None, names: Mapping[str, str]) -> None:
        super().__init__(entries, pagination)
        self.gateways = [names.get(entry["gatewayProfile"], entry["gatewayProfile"]) for entry in entries]
        self.outcomes = [_word(entry["outcome"]) for entry in entries]
        self.declines = [entry["outcome"]["errorCode"] for entry in entries if entry["outcome"]["status"] == "failure"]


class Ids(dict[str, str]):
    """Name → id of the running scenario's records: `odus.ids["jane"]`, or `odus.ids["customers.jane"]`.

    The long form is needed where two kinds of records share a name; `UnknownName` says so.
    """

    def __init__(self, world: Mapping[str, Any]) -> None:
        kinds = {kind: names for kind, names in world.items() if isinstance(names, dict)}
        every = [name for names in kinds.values() for name in names]
        super().__init__()
        for kind, names in kinds.items():
            self.update({f"{kind}.{name}": id_ for name, id_ in names.items()})
            self.update({name: id_ for name, id_ in names.items() if every.count(name) == 1})
        self.kinds: dict[str, dict[str, str]] = kinds

    def __missing__(self, name: str) -> str:
        several = [f"'{kind}.{name}'" for kind, names in self.kinds.items() if name in names]
        if several:
            raise UnknownName(f"'{name}' names several records: write {' or '.join(several)}")
        raise UnknownName(f"the running scenario names no record '{name}'{nearest(name, self)}")


def camel(name: str) -> str:
    """`payment_method` → `paymentMethod`; a name without underscores is left alone."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def _word(outcome: Mapping[str, Any]) -> str:
    match outcome["status"]:
        case "success":
            return "approve"
        case "partial":
            return "challenge"
        case _:
            return str(outcome["errorCode"])


def nearest(name: str, known: Mapping[str, Any] | Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), 1)
    if near:
        return f"; did you mean '{near[0]}'?"
    return f"; there is {', '.join(sorted(known))}" if known else ""
