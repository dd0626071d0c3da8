"""What Odus documents, as a table of facts: each with its pages, what it takes to tell, and a check over HTTP.

`mock-odus verify` asks them of a running service, the tests of the mock itself. No server ever imports this.
"""

from mock_odus.facts import (
    after_paying,
    catalog,
    conventions,
    customers,
    keys,
    lists,
    paying,
    payments,
    plans,
    retries,
    routing,
    subscriptions,
    users,
    webhooks,
)
from mock_odus.facts.fact import Fact

FACTS: tuple[Fact, ...] = tuple(
    fact
    for chapter in (
        conventions,
        lists,
        payments,
        paying,
        after_paying,
        routing,
        customers,
        catalog,
        subscriptions,
        retries,
        plans,
        webhooks,
        keys,
        users,
    )
    for fact in chapter.fact.facts
)
