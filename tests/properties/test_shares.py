"""What is paid for several invoices at once is spread over them: to the cent, and fairly."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from mock_odus.engine import invoices

AMOUNTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=7)
quick = settings(max_examples=300, deadline=None, derandomize=True, database=None)


@st.composite
def parts(draw):
    """A total that is all of the amounts or less, and the amounts."""
    amounts = draw(AMOUNTS)
    return draw(st.integers(0, sum(amounts))), amounts


@quick
@given(parts())
def test_nothing_is_lost_and_nobody_pays_more_than_is_due(spread):
    """The shares come to the total, and each lies between nothing and its amount."""
    total, amounts = spread
    shares = invoices.shares(total, amounts)
    assert total == sum(shares)
    assert all(0 <= share <= amount for share, amount in zip(shares, amounts, strict=True))


@quick
@given(parts())
def test_each_is_within_a_cent_of_its_due(spread):
    """The exact part is rounded down or up, and those that are rounded up were cut off the most."""
    total, amounts = spread
    whole = sum(amounts) or 1
    exact = [Fraction(total * amount, whole) for amount in amounts]
    shares = invoices.shares(total, amounts)
    assert all(abs(share - due) < 1 for share, due in zip(shares, exact, strict=True))
    rounded_up = [due % 1 for share, due in zip(shares, exact, strict=True) if share > due]
    rounded_down = [due % 1 for share, due in zip(shares, exact, strict=True) if share <= due]
    assert min(rounded_up, default=1) >= max(rounded_down, default=0)


@quick
@given(parts())
def test_who_owes_more_pays_no_less(spread):
    """And who owes the same pays a cent more at most, and that who comes first."""
    total, amounts = spread
    shares = invoices.shares(total, amounts)
    ranked = sorted(zip(amounts, range(0, -len(amounts), -1), shares, strict=True))
    paid = [share for _, _, share in ranked]
    assert paid == sorted(paid)


@quick
@given(AMOUNTS)
def test_all_of_it_is_what_each_owes(amounts):
    """There is nothing to round."""
    assert amounts == invoices.shares(sum(amounts), amounts)


def test_where_nothing_is_owed_nothing_is_shared():
    """Also when there are several to share it."""
    assert [0, 0] == invoices.shares(0, [0, 0])
