"""The journal of requests is one ring: it has a budget, whatever comes in."""

from mock_odus.journal import Bodies, RequestJournal

BUDGET = 1_000_000


def filled(requests, answered=b""):
    """A journal that has noted so many requests, and what it holds of them."""
    journal = RequestJournal(BUDGET)
    for number in range(requests):
        bodies = Bodies("127.0.0.1", None, '{"amount":1}', answered)
        journal.add(1, f"req_{number}", "now", "POST", "/payments", b"", 201, "secretKey", 0.001, bodies=bodies)
    return journal, journal.of(1)


def test_the_ring_forgets_the_oldest():
    """What is held stays under the budget, the newest of it; the count of all requests stays exact."""
    journal, held = filled(10_000)

    assert 10_000 == journal.counts[1]
    assert len(held) < 10_000
    assert [f"req_{number}" for number in range(10_000 - len(held), 10_000)] == [request.id for request in held]


def test_large_bodies_count():
    """A thousand answers of a kilobyte do not fit, of which ten fit well."""
    assert 10 == len(filled(10, b"x" * 1_000)[1])
    assert 300 < len(filled(1_000, b"x" * 1_000)[1]) < 1_000
