"""A resource, declared: its record, its path, and which verb of the engine answers which call."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from msgspec import Struct, field

from mock_odus.assumptions import Assumptions
from mock_odus.engine.access import KeyKind
from mock_odus.engine.bodies import Body
from mock_odus.engine.records import Record, Stored
from mock_odus.web.front import Caller

V = TypeVar("V", bound=Callable[..., Any])

Answer = Record | tuple[Stored, dict[str, Any]]
"""The record, or the record and what is laid over its view (a value that is told once)."""


BROWSERS: tuple[KeyKind, ...] = ("secretKey", "publishableKey")
"""Who may read what a shop shows on its pages."""


class Call(Struct, frozen=True):
    """A verb on `POST path`, or on `POST path/{id}` and `POST path/{id}/name` with the record it is about.

    `answers` is what it tells when that is not the record.
    """

    name: str
    path: str
    body: type[Body]
    permission: str
    verb: Callable[..., Answer]
    kinds: tuple[KeyKind, ...] = ("secretKey",)
    on_record: bool = True
    answers: type[Record] | None = None

    def status(self, assumed: Assumptions) -> int:
        """POST /payments is documented to answer 201; the status of every other successful POST is a guess."""
        return 201 if self.path == "/payments" else assumed.status_codes.action


class Resource(Struct):
    """Only declares: `routes.py` binds it, `listing.py` lists it.

    `noun` begins its permissions (`PAYMENT` for `PAYMENT_READ`); `readers` are the kinds of key that may GET one,
    `listers` those that may GET the list.
    Verbs are called with (caller, body) on the collection and with (caller, record, body) on one record.
    `named` are the records that can be read by a name in place of their id, and only that. `instead` tells what to do
    in place of a call that there is not (`DELETE /invoices/{id}`). `kept` brings the records, oldest first, of a
    resource that is no table of the world.
    """

    record: type[Stored]
    path: str
    noun: str
    readers: tuple[KeyKind, ...] = ("secretKey",)
    listers: tuple[KeyKind, ...] = ("secretKey",)
    calls: list[Call] = field(default_factory=list)
    remover: Callable[[Caller, Any], Stored] | None = None
    named: dict[str, Callable[[Caller], Stored]] = field(default_factory=dict)
    instead: dict[str, str] = field(default_factory=dict)
    kept: Callable[[Caller], Iterable[Stored]] | None = None

    @property
    def name(self) -> str:
        """The name of the resource in `assumptions.yaml`: `payments`, `gatewayProfiles`."""
        head, *rest = self.path.strip("/").split("-")
        return head + "".join(word.capitalize() for word in rest)

    def path_of(self, call: Call, assumed: Assumptions) -> str:
        """Where a call is reached: as it was declared, or as the assumptions say."""
        return assumed.path(f"{self.name}.{call.name}", self.root(assumed) + call.path.removeprefix(self.path))

    def root(self, assumed: Assumptions) -> str:
        """Where its list is reached: as it was declared, or as the assumptions say."""
        return assumed.path(self.name, self.path)

    def create(
        self, body: type[Body], *, action: str = "CREATE", answers: type[Record] | None = None
    ) -> Callable[[V], V]:
        return self._call("create", self.path, body, action, on_record=False, answers=answers)

    def update(self, body: type[Body]) -> Callable[[V], V]:
        return self._call("update", self.path + "/{id}", body, "UPDATE")

    def action(
        self,
        name: str,
        body: type[Body],
        *,
        action: str = "",
        kinds: tuple[KeyKind, ...] = ("secretKey",),
        answers: type[Record] | None = None,
    ) -> Callable[[V], V]:
        path = f"{self.path}/{{id}}/{name}"
        return self._call(name, path, body, action or name.upper(), kinds=kinds, answers=answers)

    def delete(self, verb: Callable[[Caller, Any], Stored]) -> Callable[[Caller, Any], Stored]:
        self.remover = verb
        return verb

    def find(self, name: str) -> Callable[[Callable[[Caller], Stored]], Callable[[Caller], Stored]]:
        def declare(finder: Callable[[Caller], Stored]) -> Callable[[Caller], Stored]:
            self.named[name] = finder
            return finder

        return declare

    def _call(self, name: str, path: str, body: type[Body], action: str, **options: Any) -> Callable[[V], V]:
        def declare(verb: V) -> V:
            self.calls.append(Call(name, path, body, f"{self.noun}_{action}", verb, **options))
            return verb

        return declare
