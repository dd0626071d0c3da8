"""What happened in a sandbox, as its handle tells it: the journals, the timeline, and events that are expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from mock_odus.driver.collection import id_of, query_of
from mock_odus.driver.records import Attempts, Ids, Page

if TYPE_CHECKING:
    from mock_odus.driver.expecting import Expecting

__tracebackhide__ = True

PAGE_SIZE = 100


class Journals:
    """The part of a handle that looks back."""

    _expecting: Expecting

    @property
    def ids(self) -> Ids:
        raise NotImplementedError

    def get(self, path: str) -> Any:
        raise NotImplementedError

    def attempts(self, **filters: Any) -> Attempts:
        """Every gateway asked, oldest first. Filters as in `list`: `payment=…`, `operation="authorize"`, …

        Example: `assert ["processor_unavailable", "approve"] == odus.attempts(payment=payment).outcomes`
        """
        page = self._list("/_mock/journal/attempts", filters)
        names = {id_: name for name, id_ in self.ids.kinds.get("gatewayProfiles", {}).items()} if page else {}
        return Attempts(page, page.pagination, names)

    def events(self, **filters: Any) -> Page:
        """Every event, oldest first: `eventType`, `subject`, and in `data` the record as it was then.

        Example: `assert 1 == len(odus.events(event_type="payment.created"))`
        """
        return self._list("/_mock/journal/events", filters)

    def expect_events(self, types: Sequence[str]) -> None:
        """Exactly these types of events have happened, in this order, since the last call of this, or since the world
        began: AssertionError shows the difference. Example:

        `odus.expect_events(["payment.created", "payment.updated"])`
        """
        self._expecting.events(types)

    def misses(self, **filters: Any) -> Page:
        """Charges that no rule fitted though the scenario says `unmatched: fail`: `at`, the facts of the `charge`, and
        the `nearest` rules, each with what `differs`.

        Example: `assert [] == odus.misses()`; the fixture fails a test that leaves any.
        """
        return self._list("/_mock/journal/misses", filters)

    def orphans(self, **filters: Any) -> Page:
        """Charges that a gateway holds and Odus does not know of. Example: `assert [] == odus.orphans()`"""
        return self._list("/_mock/journal/orphans", filters)

    def deliveries(self, **filters: Any) -> Page:
        """Every attempt to post a webhook: `eventType`, `subject`, `attempt`, `status`, `responseStatus`, `error`, …

        Example: `assert ["failed", "delivered"] == [one.status for one in odus.deliveries(subject=payment.id)]`
        """
        return self._list("/_mock/journal/deliveries", filters)

    def requests(self, **filters: Any) -> Page:
        """Every request to the API in this sandbox, oldest first. Example: `odus.requests(method="POST")`"""
        return self._list("/_mock/journal/requests", filters)

    def timeline(
        self,
        payment: str | Mapping[str, Any] | None = None,
        customer: str | Mapping[str, Any] | None = None,
        format: str = "text",
        *,
        subscription: str | Mapping[str, Any] | None = None,
    ) -> Any:
        """The merged story, oldest first: `text`, or `json` for a list of records. Example: `print(odus.timeline())`

        Of everything, or of one payment, of one subscription with its payments, or of one customer with all theirs.
        """
        about = {"payment": payment, "subscription": subscription, "customer": customer}
        query = {key: id_of(value) for key, value in about.items() if value is not None}
        return self.get("/_mock/timeline?" + urlencode({**query, "format": format}))

    def _list(self, path: str, params: Mapping[str, Any]) -> Page:
        query = query_of(params)
        whole = not any(word in ("page", "pageSize") for word, _ in query)
        page = Page()
        while True:
            place = [("page", str(len(page) // PAGE_SIZE + 1)), ("pageSize", str(PAGE_SIZE))] if whole else []
            answer = self.get(f"{path}?{urlencode([*query, *place])}")
            page.extend(answer.data)
            page.pagination = answer.pagination
            if not whole or not page.pagination.hasNextPage:
                return page
