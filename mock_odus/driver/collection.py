"""A resource of the API as a test writes it: keywords in, records out, anything else an action."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mock_odus.driver.records import Page, Record, camel

if TYPE_CHECKING:
    from mock_odus.driver import Driver

__tracebackhide__ = True

_LIST_WORDS = ("page", "pageSize", "sortBy", "sortDirection")


class Collection:
    """One resource. Any other attribute is an action: `odus.payments.reverse(payment.id, amount=500)`.

    Keywords are sent in camelCase (`payment_method` as `paymentMethod`), what lies inside a value as it is. Wherever an
    id is expected a record will do. Whatever the server refuses is raised as OdusApiError.
    """

    def __init__(self, driver: Driver, name: str) -> None:
        self._driver = driver
        self._path = "/" + name.replace("_", "-")

    def create(self, **fields: Any) -> Record:
        """A new record. Example: `odus.customers.create(email="jane@example.com")`"""
        return self._driver._record("POST", self._path, _given(fields))

    def get(self, id: str | Mapping[str, Any]) -> Record:
        """The record as it is now; also `odus.payments[id]`. Status 404 when there is none."""
        return self._driver._record("GET", self._at(id))

    def __getitem__(self, id: str | Mapping[str, Any]) -> Record:
        return self.get(id)

    def list(self, **params: Any) -> Page:
        """All records that fit every filter; with `page` or `page_size` that one page, as the API pages.

        Filters: `status="open"`, `amount={"gte": 100, "lt": 500}`, `currency=["usd", "eur"]`, `customer=None` (is
        null), `created_at={"gte": "2026-01-31"}`, `metadata={"orderId": "1"}`. Operators: `eq ne gt gte lt lte in nin
        like isNull`. Sorting: `sort_by`, `sort_direction` (`asc` or `desc`). Status 400 for an unknown field.

        Example: `odus.payments.list(status="succeeded", sort_by="amount")`
        """
        return self._driver._list(self._path, params)

    def update(self, id: str | Mapping[str, Any], **fields: Any) -> Record:
        """The record, changed in the given fields. Example: `odus.customers.update(jane, name="Jane Doe")`"""
        return self._driver._record("POST", self._at(id), _given(fields))

    def delete(self, id: str | Mapping[str, Any]) -> Record:
        """The deleted record."""
        return self._driver._record("DELETE", self._at(id))

    def __getattr__(self, action: str) -> Callable[..., Record]:
        if action.startswith("_"):
            raise AttributeError(action)

        def act(id: str | Mapping[str, Any], **fields: Any) -> Record:
            return self._driver._record("POST", f"{self._at(id)}/{_kebab(action)}", _given(fields))

        return act

    def _at(self, id: str | Mapping[str, Any]) -> str:
        return f"{self._path}/{quote(id_of(id), safe='')}"


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z])[A-Z]", lambda match: "-" + match[0].lower(), name).replace("_", "-")


def id_of(value: Any) -> str:
    return str(value["id"]) if isinstance(value, Mapping) else str(value)


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as the API spells them; a record of the API stands for its id."""
    return {camel(key): value.get("id", value) if isinstance(value, Record) else value for key, value in fields.items()}


def query_of(params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Keywords as list parameters and bracket filters."""
    query: list[tuple[str, str]] = []
    for name, value in params.items():
        field = camel(name)
        if field in _LIST_WORDS:
            query.append((field, str(value)))
        elif field == "metadata" and isinstance(value, Mapping):
            for key, wanted in value.items():
                query += _conditions(f"metadata.{key}", wanted)
        else:
            query += _conditions(field, value)
    return query


def _conditions(field: str, value: Any) -> list[tuple[str, str]]:
    match value:
        case None:
            return [_condition(field, "eq", None)]
        case Mapping() if "id" not in value:
            return [_condition(field, camel(operator), operand) for operator, operand in value.items()]
        case list() | tuple() | set() | frozenset():
            return [_condition(field, "in", value)]
        case _:
            return [_condition(field, "eq", value)]


def _condition(field: str, operator: str, operand: Any) -> tuple[str, str]:
    if operand is None and operator in ("eq", "ne"):
        return f"{field}[isNull]", "true" if operator == "eq" else "false"
    if not isinstance(operand, list | tuple | set | frozenset):
        return f"{field}[{operator}]", _text(operand)
    if any(value is None for value in operand):
        raise ValueError(f"{field}: None cannot stand in a list of values; ask for it alone, {field}=None")
    texts = [_text(value) for value in operand]
    if any("," in text for text in texts):
        raise ValueError(f"{field}: a text with a comma cannot stand in a list of values, which commas separate")
    return f"{field}[{operator}]", ",".join(texts)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else id_of(value)
