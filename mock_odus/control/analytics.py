"""Figures for the merchant: revenue and refunds, product sales, the calendar of rebills."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec
from msgspec import UNSET, Struct
from starlette.requests import Request
from starlette.responses import Response

from mock_odus.analytics import buckets, products, rebills, revenue
from mock_odus.analytics.buckets import Range
from mock_odus.analytics.moves import Move, moves
from mock_odus.control.answers import ProductAnalytics, RebillAnalytics, RevenueAnalytics
from mock_odus.control.bodies import AnalyticsQuery, RangeQuery, RebillQuery, RevenueQuery
from mock_odus.control.context import Call, Control
from mock_odus.engine import periods
from mock_odus.engine.billing import Subscription
from mock_odus.engine.errors import Invalid
from mock_odus.engine.world import World
from mock_odus.shapes import problems, shown
from mock_odus.web.answers import Answer

Q = TypeVar("Q", bound=AnalyticsQuery)


class Terms(Struct, frozen=True):
    """What figures are told of: one currency, on the calendar of one timezone. `currencies` are those there are."""

    currency: str
    timezone: str
    currencies: list[str]
    moves: list[Move]


def routes(control: Control) -> list[Call]:
    async def get_revenue(request: Request) -> Response:
        """Tells revenue and refunds by the calendar."""
        world, query = control.sandbox(request).world, _read(request, RevenueQuery)
        terms = _terms(world, query)
        range = _range(world, query, terms)
        granularity = buckets.fitting(range) if query.granularity is UNSET else query.granularity
        totals, parts = revenue.by_calendar(terms.moves, range, granularity, terms.timezone)
        answer: RevenueAnalytics = {
            "from": range.start,
            "to": range.end,
            "granularity": granularity,
            "timezone": terms.timezone,
            "currency": terms.currency,
            "currencies": terms.currencies,
            "totals": totals,
            "buckets": parts,
        }
        return Answer(answer)

    async def get_product_sales(request: Request) -> Response:
        """Tells what each product has earned, the largest revenue first."""
        world, query = control.sandbox(request).world, _read(request, RangeQuery)
        terms = _terms(world, query)
        range = _range(world, query, terms)
        answer: ProductAnalytics = {
            "from": range.start,
            "to": range.end,
            "timezone": terms.timezone,
            "currency": terms.currency,
            "currencies": terms.currencies,
            "products": products.sales(world, terms.moves, range),
        }
        return Answer(answer)

    async def get_rebills(request: Request) -> Response:
        """Tells for each day of a month which renewals were paid, have failed, and are expected."""
        world, query = control.sandbox(request).world, _read(request, RebillQuery)
        terms = _terms(world, query)
        today = periods.local_day(world.now, terms.timezone)
        month = query.month if isinstance(query.month, str) else str(today)[: len("2026-02")]
        answer: RebillAnalytics = {
            "month": month,
            "today": str(today),
            "timezone": terms.timezone,
            "currency": terms.currency,
            "currencies": terms.currencies,
            "days": rebills.by_day(world, month, terms.timezone, terms.currency),
        }
        return Answer(answer)

    return [
        Call("GET", "/_mock/analytics/revenue", get_revenue, RevenueAnalytics, query=RevenueQuery),
        Call("GET", "/_mock/analytics/products", get_product_sales, ProductAnalytics, query=RangeQuery),
        Call("GET", "/_mock/analytics/rebills", get_rebills, RebillAnalytics, query=RebillQuery),
    ]


def _read(request: Request, wanted: type[Q]) -> Q:
    """The parameters of the query. Invalid with every problem."""
    told = dict(request.query_params)
    if faults := list(problems(told, wanted)):
        raise Invalid(*map(str, faults))
    return msgspec.convert(told, wanted)


def _terms(world: World, query: AnalyticsQuery) -> Terms:
    """The merchant's own currency and timezone unless others are asked for. Invalid."""
    config = world.merchant_config()
    timezone = config.timezone if query.timezone is UNSET else str(query.timezone)
    if not periods.is_timezone(timezone):
        raise Invalid(f"timezone must be an IANA timezone such as Europe/Paris, found {shown(timezone)}")
    currency = (config.display_currency if query.currency is UNSET else str(query.currency)).lower()
    all_moves = list(moves(world))
    known = {config.display_currency, *_currencies(all_moves), *_currencies(world.table(Subscription).values())}
    return Terms(currency, timezone, sorted(known), [move for move in all_moves if move.currency == currency])


def _currencies(all: Iterable[Move | Subscription]) -> set[str]:
    return {one.currency for one in all}


def _range(world: World, query: RangeQuery, terms: Terms) -> Range:
    earliest = min((move.at for move in terms.moves), default=None)
    first, last = (None if text is UNSET else str(text) for text in (query.from_, query.to))
    return buckets.resolve(first, last, terms.timezone, earliest=earliest, now=world.now)
